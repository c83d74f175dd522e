"""``dendrion cell``: whole cells and packs, their protocols, and the way to a case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from dendrion.study.cell_run import CellRun

cell_app = typer.Typer(
    help="Whole cells and packs: run them, convert protocols, make a case.", no_args_is_help=True
)

File = Annotated[str, typer.Argument(help="A cell file (YAML with units).")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", help="Change the cell: PATH=VALUE, repeatable.", metavar="PATH=VALUE"),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON only.")]


@cell_app.command("run")
def run(
    file: File,
    out: Annotated[
        Path | None, typer.Option("--out", help="The folder; default cells/NAME-DATE-TIME.")
    ] = None,
    settings: Settings = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint in --out.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the run in --out.")] = False,
    no_pictures: Annotated[bool, typer.Option("--no-pictures", help="Draw nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Leads a cell through its protocol; says when and where it would first grow a dendrite."""
    from dendrion.cell import load_cell
    from dendrion.cli.output import print_json, print_paths
    from dendrion.errors import InputError
    from dendrion.runs import StopOnSignal, default_folder
    from dendrion.study.cell_run import run_cell

    if resume and out is None:
        raise InputError("which run?", field="--resume", hint="dendrion cell run FILE --out FOLDER --resume")
    loaded = load_cell(file, settings or [])
    folder = out if out is not None else default_folder(Path(file).stem, Path("cells"))
    with StopOnSignal() as stop:
        done = run_cell(loaded, folder, resume=resume, overwrite=overwrite, stop_requested=stop)
    pictures = [] if no_pictures else _draw(done, folder)
    if as_json:
        print_json({"folder": str(folder), "pictures": [str(path) for path in pictures], **done.summary})
    else:
        _show_run(done)
        print_paths([folder, *pictures])
    if done.status == "interrupted":
        raise typer.Exit(130)


def _draw(done: CellRun, folder: Path) -> list[Path]:
    from dendrion.report.cells import draw_cell

    return [draw_cell(done, folder / "cell.png")]


def _show_run(done: CellRun) -> None:
    from rich.markup import escape

    from dendrion.cli.output import show
    from dendrion.units import format_quantity

    summary = done.summary
    rows = [
        ("status", f"{done.status}: {done.message}"),
        ("time", format_quantity(summary["time_s"], "time")),
        ("voltage", format_quantity(summary["cell_voltage_V"], "potential")),
        ("charge", format_quantity(summary["charge_C_per_m2"], "areal_capacity")),
        ("leaked as electrons", format_quantity(summary["leaked_C_per_m2"], "areal_capacity")),
        ("highest stack pressure", format_quantity(summary["pressure_max_Pa"], "pressure")),
        ("charge balance", f"{summary['charge_error']:.1e}"),
    ]
    rows = [row for row in rows if not row[1].startswith("nan")]  # PyBaMM knows no stack pressure
    if "coupling" in summary:
        rows.append(("charge over the coupling", f"{summary['coupling']['charge_error']:.1e}"))
    show(
        "",
        f"[bold]{escape(done.file.title or 'cell')}[/]",
        _plain_table(rows),
        "",
        _limits_table(summary["limits"]),
    )
    first = summary["first_instability"]
    show(
        f"first instability: [bold]{first['limit']}[/] at {format_quantity(first['time_s'], 'time')}, {first['place']}"
        if first
        else "no limit of the theory is reached"
    )


def _plain_table(rows: list[tuple[str, str]]) -> Any:
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in rows:
        table.add_row(name, value)
    return table


def _limits_table(limits: list[dict[str, Any]]) -> Any:
    from math import isfinite

    from rich.table import Table

    from dendrion.units import format_quantity

    table = Table(box=None, pad_edge=False)
    for name in ("limit", "reached at", "largest demand/limit", "draws that reach it", "where"):
        table.add_column(name)
    for limit in limits:
        time, share = limit["time_s"], limit["share_of_draws"]
        table.add_row(
            limit["limit"], format_quantity(time, "time") if isfinite(time) else "never",
            f"{limit['largest_ratio']:.3g}", "–" if share is None else f"{share:.0%}", limit["place"],
        )  # fmt: skip
    return table


@cell_app.command("convert")
def convert(
    source: Annotated[str, typer.Argument(help="A cell or case file, or one PyBaMM step in quotes.")],
    area: Annotated[str | None, typer.Option("--area", help="Electrode area, as 1 cm^2.")] = None,
    capacity: Annotated[str | None, typer.Option("--capacity", help="What 1C means, as 3 mAh/cm^2.")] = None,
    as_json: Json = False,
) -> None:
    """Writes a protocol in PyBaMM's words, or a PyBaMM step in dendrion's; says what can't be carried."""
    from dendrion.cli.output import print_json, show

    found = _converted(source, area, capacity)
    if as_json:
        print_json(found)
        return
    show(*found["steps"])
    for line in found["left_out"]:
        show(f"[yellow]left out:[/] {line}")


def _converted(source: str, area: str | None, capacity: str | None) -> dict[str, Any]:
    from dendrion.case import load_case
    from dendrion.case.documents import read_document
    from dendrion.cell import from_experiment, load_cell, to_experiment
    from dendrion.errors import InputError
    from dendrion.units import to_si

    size = to_si(area, "area") if area else None
    charge = to_si(capacity, "areal_capacity") if capacity else None
    path = Path(source)
    if path.suffix not in (".yaml", ".yml") and not path.is_file():
        return {"steps": [from_experiment(source, area=size, capacity=charge)], "left_out": []}
    if "domain" in read_document(path).data:
        case = load_case(path)
        if size is None:
            raise InputError(
                "PyBaMM's steps are in amperes: the electrode's area is needed",
                field="--area",
                hint="--area '1 cm^2'",
            )
        return {"steps": to_experiment(case.protocol, size, cathode=False), "left_out": _left_out(case)}
    cell = load_cell(path)
    steps = to_experiment(cell.steps(charge), size or cell.cell.area, cathode=cell.cell.counter == "cathode")
    left = [f"stack pressure {cell.fixture.pressure / 1e6:g} MPa: PyBaMM has none"]
    return {"steps": steps, "left_out": left}


def _left_out(case: Any) -> list[str]:
    """Conditions of a case that no experiment of PyBaMM has."""
    given = case.conditions
    found = [f"temperature {given.temperature:g} K: set PyBaMM's ambient temperature"]
    if given.stack_pressure:
        found.append(f"stack pressure {given.stack_pressure / 1e6:g} MPa: PyBaMM has none")
    if given.temperature_difference:
        found.append(
            f"temperature difference {given.temperature_difference:g} K across the cell: PyBaMM has none"
        )
    return found


@cell_app.command("case")
def case(
    file: File,
    out: Annotated[Path, typer.Option("--out", help="Folder for case.yaml and its table.")] = Path(
        "dendrite"
    ),
    template: Annotated[
        str, typer.Option("--template", help="Case whose domain, surface and physics are taken.")
    ] = "",
    settings: Settings = None,
    as_json: Json = False,
) -> None:
    """Makes the dendrion case of what the metal sees in this cell: current density, temperature, pressure."""
    from dendrion.cell import load_cell
    from dendrion.cell.to_case import write_case
    from dendrion.cli.output import print_json, print_paths, show
    from dendrion.study.cell_run import run_cell

    loaded = load_cell(file, settings or [])
    done = run_cell(loaded)
    written = write_case(loaded, done.history, out, template or None)
    if as_json:
        print_json(written.as_dict())
        return
    for line in written.notes:
        show(f"[yellow]note:[/] {line}")
    print_paths([written.case, written.table])


@cell_app.command("pack")
def pack(
    file: File,
    out: Annotated[
        Path | None, typer.Option("--out", help="The folder; default cells/NAME-DATE-TIME.")
    ] = None,
    settings: Settings = None,
    no_pictures: Annotated[bool, typer.Option("--no-pictures", help="Draw nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Splits the current of a pack among its cells; says which meets its dendrite limit first."""
    from dendrion.cell import load_cell
    from dendrion.cli.output import print_json, print_paths, show
    from dendrion.runs import StopOnSignal, default_folder
    from dendrion.study.pack_run import run_pack

    loaded = load_cell(file, settings or [])
    folder = out if out is not None else default_folder(Path(file).stem, Path("cells"))
    with StopOnSignal() as stop:
        done = run_pack(loaded, folder, stop_requested=stop)
    pictures = []
    if not no_pictures:
        from dendrion.report.cells import draw_pack

        pictures = [draw_pack(done, folder / "pack.png")]
    if as_json:
        print_json({"folder": str(folder), "pictures": [str(path) for path in pictures], **done.summary})
    else:
        from dendrion.report.cells import pack_table

        show("", pack_table(done))
        print_paths([folder, *pictures])
    if done.status == "interrupted":
        raise typer.Exit(130)
