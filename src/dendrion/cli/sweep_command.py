"""``dendrion sweep``: many cases on many workers, into one dataset."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from dendrion.case import Case
    from dendrion.study.plan import Plan
    from dendrion.study.sweep import SweepFolder, SweepProgress, SweepResult

_LINE_INTERVAL = 5.0  # [s]


def sweep(
    case: Annotated[str, typer.Argument(help="A case file, a shipped case, or a sweep's folder to resume.")],
    over: Annotated[
        list[str] | None, typer.Option("--over", metavar="PATH=VALUES", help="An axis: a,b,c or lo:hi or lo:hi:5[:log]; repeatable."),
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change the case before the sweep; repeatable.")
    ] = None,
    random: Annotated[int | None, typer.Option("--random", help="That many random points of the box.")] = None,
    sobol: Annotated[int | None, typer.Option("--sobol", help="That many Sobol points (a power of two).")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the points.")] = 0,
    workers: Annotated[
        int | None, typer.Option("--workers", help="Processes (default: one a core), or jobs of Slurm; 0: in this process.")
    ] = None,
    scheduler: Annotated[str | None, typer.Option("--scheduler", metavar="ADDRESS", help="A Dask scheduler that runs already.")] = None,
    slurm: Annotated[list[str] | None, typer.Option("--slurm", metavar="KEY=VALUE", help="Workers as Slurm jobs: queue=main, walltime=01:00:00 …")] = None,
    print_script: Annotated[bool, typer.Option("--print-script", help="Print the Slurm job script and stop.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="The sweep's folder; default sweeps/NAME-DATE-TIME.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted sweep.")] = False,
    keep_runs: Annotated[bool, typer.Option("--keep-runs", help="Keep the run folder of every case.")] = False,
    no_pictures: Annotated[bool, typer.Option("--no-pictures", help="Draw nothing.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the final paths.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:  # fmt: skip
    """Computes a case over axes of parameters; results with their failures go into one dataset."""
    from dendrion.cli.theory_output import pairs_of
    from dendrion.runs import StopOnSignal
    from dendrion.study.pool import slurm_options, slurm_script
    from dendrion.study.sweep import run_sweep

    options = slurm_options(pairs_of(slurm)) if slurm else None
    if print_script:
        typer.echo(slurm_script(options or slurm_options({})))
        return
    loaded, plan, folder = _prepare(case, over or [], settings or [], random, sobol, seed, out, resume)
    with StopOnSignal() as stop, progress_of(quiet or as_json) as show:
        result = run_sweep(
            loaded, plan, folder, workers=workers, scheduler=scheduler, slurm=options, resume=resume,
            keep_runs=keep_runs, on_progress=show, stop_requested=stop,
        )  # fmt: skip
    pictures = [] if no_pictures else _draw(result.folder)
    _conclude(result, pictures, quiet=quiet, as_json=as_json)
    if result.status == "interrupted":
        raise typer.Exit(130)


def _prepare(
    case: str, over: list[str], settings: list[str], random: int | None, sobol: int | None, seed: int,
    out: Path | None, resume: bool,
) -> tuple[Case, Plan, Path]:  # fmt: skip
    """The case, its plan and the folder; a sweep's folder with --resume brings its own."""
    from dendrion.case import load_case
    from dendrion.errors import InputError
    from dendrion.runs import default_folder
    from dendrion.study.plan import make_plan
    from dendrion.study.sweep import SweepFolder

    if Path(case).is_dir():
        if not resume:
            raise InputError(
                "this is a folder", field="case", value=case, hint="--resume to go on with its sweep"
            )
        folder = SweepFolder.open(case)
        if over or settings or random or sobol:
            raise InputError(
                "a sweep that is resumed has its own axes", field="--over", hint="leave them out"
            )
        return load_case(folder.case_file), folder.plan, folder.path
    if random is not None and sobol is not None:
        raise InputError("--random and --sobol exclude each other", field="--sobol", value=sobol)
    if resume and out is None:
        raise InputError("which sweep?", field="--resume", hint="dendrion sweep FOLDER --resume")
    kind: Any = "random" if random is not None else "sobol" if sobol is not None else "grid"
    plan = make_plan(over, kind, random if random is not None else sobol, seed)
    return load_case(case, settings), plan, out or default_folder(Path(case).stem, Path("sweeps"))


@contextmanager
def progress_of(quiet: bool) -> Iterator[Any]:
    """Yields what takes the progress of a sweep or test: a bar in a terminal, a line now and then elsewhere."""
    from dendrion.cli.output import console

    screen = console(error=True)
    if quiet:
        yield None
        return
    if not screen.is_terminal:
        yield _Lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        TextColumn("{task.fields[bad]}", style="yellow"),
    )  # fmt: skip
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("starting", total=None, bad="")

        def show(progress: SweepProgress) -> None:
            bad = f"{progress.bad} failed" if progress.bad else ""
            bar.update(
                task, description=progress.stage, total=progress.total, completed=progress.done, bad=bad
            )

        yield show


class _Lines:
    """A plain line every few seconds, for logs and pipes."""

    def __init__(self) -> None:
        self._last = -_LINE_INTERVAL

    def __call__(self, progress: SweepProgress) -> None:
        if progress.seconds - self._last < _LINE_INTERVAL and progress.done < progress.total:
            return
        self._last = progress.seconds
        bad = f", {progress.bad} failed" if progress.bad else ""
        typer.echo(
            f"{progress.stage}: {progress.done} of {progress.total} cases{bad}, {progress.seconds:.0f} s",
            err=True,
        )


def _draw(folder: SweepFolder) -> list[Path]:
    """Figures of the results that vary, and of the sensitivities where the sweep has enough points."""
    from dendrion.errors import InputError
    from dendrion.report.surfaces import draw_sensitivity, draw_sweep
    from dendrion.runs.files import write_json
    from dendrion.study.sensitivity import sensitivity, varying

    dataset = folder.dataset
    drawn = draw_sweep(dataset, folder.figures)
    if "case" not in dataset.dims:
        return drawn
    try:
        found = [sensitivity(dataset, name) for name in varying(dataset)]
    except InputError:  # too few cases, or SALib is not there: the sweep itself is whole
        return drawn
    if not found:
        return drawn
    write_json(folder.path / "sensitivity.json", {one.quantity: one.as_dict() for one in found})
    return [*drawn, draw_sensitivity(found, folder.figures / "sensitivity.png")]


def _conclude(result: SweepResult, pictures: list[Path], *, quiet: bool, as_json: bool) -> None:
    from dendrion.cli.output import print_json, print_paths, show

    folder = result.folder
    if as_json:
        counts = {name: getattr(result, name) for name in ("status", "done", "bad", "total")}
        paths = {"folder": folder.path, "dataset": folder.dataset_file}
        print_json(
            {**counts, **{k: str(v) for k, v in paths.items()}, "pictures": [str(path) for path in pictures]}
        )
        return
    if not quiet:
        show(
            f"[bold]{result.done}[/] of {result.total} cases"
            + (f", [yellow]{result.bad} without a result[/]" if result.bad else "")
        )
        for reason, count in _reasons(folder):
            show(
                f"  {count} × {reason}",
            )
        if result.status == "interrupted":
            show(f"stopped on request; to go on: [bold]dendrion sweep {folder.path} --resume[/]")
    print_paths([folder.dataset_file, *pictures])


def _reasons(folder: SweepFolder) -> list[tuple[str, int]]:
    """Reasons of cases without a result, the most frequent first."""
    from collections import Counter

    from rich.markup import escape

    found = Counter(
        f"{result['status']}: {escape(result['reason'].partition(chr(10))[0])}"
        for result in folder.read_results().values() if result["reason"]
    )  # fmt: skip
    return found.most_common(5)
