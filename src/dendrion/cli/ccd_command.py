"""``dendrion ccd``: a virtual test of the critical current density by a named protocol."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from dendrion.case import Case
    from dendrion.study.ccd import CcdFolder, CcdResult, TestProtocol

_DEFAULT = "time_controlled"


def ccd(
    case: Annotated[
        str | None, typer.Argument(metavar="CASE", help="A case file, a shipped case, or a test's folder to resume.")
    ] = None,
    protocol: Annotated[str, typer.Option("--protocol", help="A named protocol (--list shows them) or a YAML file.")] = _DEFAULT,
    fast: Annotated[bool, typer.Option("--fast", help="On the theory models instead of the field engine.")] = False,
    seeds: Annotated[int | None, typer.Option("--seeds", help="Number of specimens; default 200 with --fast, else 5.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the first specimen.")] = 0,
    flaws: Annotated[
        str, typer.Option("--flaws", help='Flaw sizes: claims, case, or a distribution such as "lognormal(10 um, 0.5)".')
    ] = "claims",
    start: Annotated[str | None, typer.Option("--start", help="First current density, instead of the protocol's.")] = None,
    increment: Annotated[str | None, typer.Option("--increment", help="Step of the current density.")] = None,
    factor: Annotated[float | None, typer.Option("--factor", help="Factor from step to step instead of an increment.")] = None,
    end: Annotated[str | None, typer.Option("--end", help="Largest current density of the ladder.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change the case before the test; repeatable.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", help="Processes of the field engine (default: one a core); 0: in this process.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="The test's folder; default ccd/NAME-DATE-TIME.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted test.")] = False,
    list_protocols: Annotated[bool, typer.Option("--list", help="List the named protocols and stop.")] = False,
    no_pictures: Annotated[bool, typer.Option("--no-pictures", help="Draw nothing.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the final paths.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:  # fmt: skip
    """Raises the current step by step until the cell fails, for many specimens: a distribution, not a number."""
    from dendrion.cli.sweep_command import progress_of
    from dendrion.errors import InputError
    from dendrion.runs import StopOnSignal
    from dendrion.study.ccd import named_protocol, run_ccd

    if list_protocols:
        _list(as_json)
        return
    if case is None:
        raise InputError("which case?", field="CASE", hint="dendrion ccd default --fast; dendrion cases")
    silent = quiet or as_json
    if resume and Path(case).is_dir():
        loaded, folder, asked = _resumed(Path(case), settings)
    else:
        loaded, folder = _given(case, settings, out, resume)
        ladder = named_protocol(protocol).with_currents(start, increment, factor, end)
        asked = {"protocol": ladder, "fast": fast, "seeds": seeds, "seed": seed, "flaws": flaws}
    if not silent:
        _introduce(loaded, asked, folder)
    with StopOnSignal() as stop, progress_of(silent or asked["fast"]) as show:
        result = run_ccd(
            loaded, asked.pop("protocol"), folder, workers=workers, resume=resume, on_progress=show,
            on_cost=None if silent else _cost, stop_requested=stop, **asked,
        )  # fmt: skip
    pictures = [] if no_pictures else _draw(result.folder)
    _conclude(result, pictures, quiet=quiet, as_json=as_json)
    if result.status == "interrupted":
        raise typer.Exit(130)


def _given(case: str, settings: list[str] | None, out: Path | None, resume: bool) -> tuple[Case, Path]:
    from dendrion.case import load_case
    from dendrion.errors import InputError
    from dendrion.runs import default_folder

    if Path(case).is_dir():
        raise InputError("this is a folder", field="case", value=case, hint="--resume to go on with its test")
    if resume and out is None:
        raise InputError("which test?", field="--resume", hint="dendrion ccd FOLDER --resume")
    return load_case(case, settings or []), out or default_folder(Path(case).stem, Path("ccd"))


def _resumed(path: Path, settings: list[str] | None) -> tuple[Case, Path, dict[str, Any]]:
    """Case, folder and options of an earlier test."""
    from dendrion.case import load_case
    from dendrion.errors import InputError
    from dendrion.study.ccd import CcdFolder

    folder = CcdFolder.open(path)
    if settings:
        raise InputError("a test that is resumed has its own case", field="--set", hint="leave it out")
    test = folder.content["test"]
    asked = {
        "protocol": folder.protocol, "fast": test["method"] == "fast", "seeds": test["specimens"], "seed": test["seed"],
        "flaws": test["flaws"],
    }  # fmt: skip
    return load_case(folder.case_file), path, asked


def _list(as_json: bool) -> None:
    from dendrion.cli.output import print_json, show
    from dendrion.study.ccd import shipped_protocols
    from dendrion.study.ccd.virtual import protocol_data

    known = shipped_protocols()
    if as_json:
        print_json({name: protocol_data(protocol) for name, protocol in known.items()})
        return
    for name, protocol in known.items():
        show(
            f"[bold]{name}[/]  {protocol.title}",
            f"    {_ladder(protocol)}; {_amount(protocol)} a half-cycle; {protocol.source}",
        )


def _ladder(protocol: TestProtocol) -> str:
    from dendrion.units import format_quantity

    first, last = (format_quantity(protocol.currents[place], "current_density", 3) for place in (0, -1))
    return first if len(protocol.currents) == 1 else f"{first} to {last}, {len(protocol.currents)} steps"


def _amount(protocol: TestProtocol) -> str:
    from dendrion.units import format_quantity

    amount = protocol.half_cycle
    if amount.time is not None:
        return format_quantity(amount.time, "time", 3)
    return format_quantity(amount.capacity or 0.0, "areal_capacity", 3)


def _introduce(case: Case, asked: dict[str, Any], folder: Path) -> None:
    from rich.markup import escape

    from dendrion.cli.output import console

    screen, protocol = console(error=True), asked["protocol"]
    screen.print(f"[bold]{escape(case.title or str(folder))}[/]")
    screen.print(
        f"[bright_black]{protocol.title}: {_ladder(protocol)}   {'theory' if asked['fast'] else 'field engine'}   → {folder}[/]"
    )
    for warning in case.warnings:
        screen.print(f"[yellow]warning:[/] {escape(warning)}")


def _cost(low: float, high: float) -> None:
    from dendrion.cli.output import console
    from dendrion.units import format_quantity

    ends = " to ".join(format_quantity(value, "time", 2) for value in (low, high))
    console(error=True).print(f"estimate: {ends} of computing for all specimens, less where they fail early")


def _draw(folder: CcdFolder) -> list[Path]:
    from dendrion.report.ccd_figures import draw_ccd

    return draw_ccd(folder)


def _conclude(result: CcdResult, pictures: list[Path], *, quiet: bool, as_json: bool) -> None:
    from dendrion.cli.output import print_json, print_paths, show
    from dendrion.report.ccd_tables import answer_lines

    folder = result.folder
    if as_json:
        content = {key: value for key, value in folder.content.items() if key != "provenance"}
        print_json(
            {
                **content,
                "folder": str(folder.path),
                "record": str(folder.record_file),
                "pictures": [str(p) for p in pictures],
            }
        )
        return
    if not quiet:
        for line in answer_lines(folder):
            show(line)
        if result.status == "interrupted":
            show(f"stopped on request; to go on: [bold]dendrion ccd {folder.path} --resume[/]")
    files = [path for path in (folder.record_file, folder.outcomes_file) if path.is_file()]
    print_paths([*files, *pictures])
