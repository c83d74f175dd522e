"""``dendrion run``: a case in, a run folder out."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from dendrion.case import Case
    from dendrion.runs import RunFolder, RunResult

INTERRUPTED = 130
_LARGE_SECONDS, _LARGE_BYTES = 120.0, 2e9


def run(
    case: Annotated[str, typer.Argument(help="A case file, a shipped case, or a run folder to resume.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="The run folder; default runs/NAME-DATE-TIME.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change the case: PATH=VALUE, repeatable.", metavar="PATH=VALUE"),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last checkpoint.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the run in the folder.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the final paths.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON only.")] = False,
    no_pictures: Annotated[bool, typer.Option("--no-pictures", help="Draw no figures or movie.")] = False,
    coupling_report: Annotated[
        bool,
        typer.Option(
            "--coupling-report", help="Then run it again with each link between the fields off, and compare."
        ),
    ] = False,
) -> None:
    """Simulates a case and leaves a run folder with numbers, fields, figures and a movie."""
    from dendrion.errors import DendrionError, SimulationError

    loaded, folder = _load(case, out, settings or [], resume)
    silent = quiet or as_json
    if not silent:
        _introduce(loaded, folder)
    try:
        result = _simulate(loaded, folder, resume=resume, overwrite=overwrite, silent=silent)
    except SimulationError:
        if not no_pictures:
            with suppress(DendrionError):  # the failure itself is the news
                _draw(folder, silent=True)
        raise
    pictures = [] if no_pictures or result.at_once else _draw(result.folder, silent)
    _conclude(result, pictures, quiet=quiet, as_json=as_json)
    if result.status == "interrupted":
        raise typer.Exit(INTERRUPTED)
    if coupling_report:
        _report_coupling(loaded, result.folder, silent)


def _load(case: str, out: Path | None, settings: list[str], resume: bool) -> tuple[Case, RunFolder]:
    """The case and the folder that its run goes to."""
    from dendrion.case import load_case
    from dendrion.errors import InputError
    from dendrion.runs import RunFolder, default_folder, newest_unfinished

    given = RunFolder(case)
    if given.path.is_dir():
        if not (given.exists and resume):
            raise InputError(
                "this is a folder", field="case", value=case,
                hint="a case file, or a run folder with --resume",
            )  # fmt: skip
        return load_case(given.case_file, settings), given
    loaded, name = load_case(case, settings), Path(case).stem
    if out is not None:
        return loaded, RunFolder(out)
    return loaded, newest_unfinished(name) if resume else RunFolder(default_folder(name))


def _simulate(case: Case, folder: RunFolder, *, resume: bool, overwrite: bool, silent: bool) -> RunResult:
    from dendrion.cli.progress import progress_display
    from dendrion.runs import StopOnSignal, run_case

    with StopOnSignal() as stop, progress_display(silent) as show_progress:
        return run_case(
            case, folder.path, resume=resume, overwrite=overwrite,
            on_progress=show_progress, stop_requested=stop,
        )  # fmt: skip


def _introduce(case: Case, folder: RunFolder) -> None:
    """What will be simulated, and what it will cost where that is much."""
    from rich.markup import escape

    from dendrion.case import estimate
    from dendrion.cli.output import console
    from dendrion.units import format_quantity

    screen = console(error=True)
    size = " × ".join(format_quantity(length, "length", 4) for length in case.domain.size)
    cells = " × ".join(map(str, case.domain.cells))
    duration = _duration(case.protocol.duration)
    screen.print(f"[bold]{escape(case.title or folder.name)}[/]")
    screen.print(f"[bright_black]{size}   {cells} cells   protocol {duration}   → {folder.path}[/]")
    for warning in case.warnings:
        screen.print(f"[yellow]warning:[/] {escape(warning)}")
    cost: dict[str, Any] = estimate(case)
    if cost["seconds_high"] > _LARGE_SECONDS or cost["memory_bytes"] > _LARGE_BYTES:
        low, high = (format_quantity(cost[key], "time", 2) for key in ("seconds_low", "seconds_high"))
        screen.print(f"estimate: {cost['memory_bytes'] / 1e9:.2g} GB of memory, {low} to {high} of computing")


def _duration(seconds: float) -> str:
    from math import isfinite

    from dendrion.units import format_quantity

    return format_quantity(seconds, "time", 4) if isfinite(seconds) else "until a limit is reached"


def _draw(folder: RunFolder, silent: bool) -> list[Path]:
    from dendrion.cli.output import console
    from dendrion.errors import SimulationError
    from dendrion.report import draw_run

    screen = console(error=True, quiet=silent)
    try:
        with screen.status("drawing figures and movie …"):
            return draw_run(folder)
    except OSError as error:
        raise SimulationError(f"the run is saved in {folder.path}, but not its pictures: {error}") from error
    except KeyboardInterrupt:
        screen.print(f"the run is saved; dendrion show {folder.path} draws its pictures")
        raise


def _conclude(result: RunResult, pictures: list[Path], *, quiet: bool, as_json: bool) -> None:
    from dendrion.cli.output import print_json, print_paths, show

    folder = result.folder
    if as_json:
        print_json({"folder": str(folder.path), "pictures": [str(p) for p in pictures], **folder.summary})
        return
    if not quiet:
        from rich.markup import escape

        from dendrion.report.tables import summary_table

        show("", f"[bold]{escape(folder.title)}[/]", summary_table(folder))
        if result.status == "interrupted":
            show(f"{result.message}; to go on: [bold]dendrion run {folder.path} --resume[/]")
    print_paths([folder.path, *pictures])


def _report_coupling(case: Case, folder: RunFolder, silent: bool) -> None:
    from dendrion.cli.output import console, show
    from dendrion.cli.progress import progress_display
    from dendrion.report.tables import coupling_table
    from dendrion.runs import StopOnSignal
    from dendrion.runs.coupling import coupling_report

    screen = console(error=True, quiet=silent)
    with StopOnSignal() as stop, progress_display(silent) as show_progress:
        reports = coupling_report(
            case, folder, on_link=lambda name: screen.print(f"[bright_black]without {name}[/]"),
            on_progress=show_progress, stop_requested=stop,
        )  # fmt: skip
    if not silent:
        show("", coupling_table(reports))
    if stop():
        raise typer.Exit(INTERRUPTED)
