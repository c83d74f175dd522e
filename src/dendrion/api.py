"""The public functions of Python: a case in, a run out."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dendrion.runs import RunFolder, StopOnSignal, run_case

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray

    from dendrion.case import Case
    from dendrion.evidence.ccd import CcdRecord
    from dendrion.strategy import Strategy
    from dendrion.strategy.rank import Ranking
    from dendrion.study.ccd import TestOutcome, TestProtocol
    from dendrion.study.sensitivity import Sensitivity
    from dendrion.study.tasks import Evaluate


class Run:
    """A run folder with its numbers, fields and pictures.

    Args:
        path: an existing run folder, of a run that has ended or still goes on.

    Raises:
        InputError: there is no run in this folder.
    """

    def __init__(self, path: str | Path) -> None:
        self.folder = RunFolder.open(path)

    def __repr__(self) -> str:
        summary = self.summary
        return f"<Run {self.path}: {summary['status']}, t = {summary['time_s']:.6g} s>"

    @property
    def path(self) -> Path:
        """The run folder."""
        return self.folder.path

    @property
    def summary(self) -> dict[str, Any]:
        """The numbers of ``summary.json``, SI."""
        return self.folder.summary

    @property
    def history(self) -> xarray.Dataset:
        """One row a stored step along ``time`` [s]; every column has ``units``."""
        return self.folder.history

    @property
    def fields(self) -> xarray.Dataset:
        """Fields along (time, x, y[, z]) [s, m], read from disk when used; every one has ``units``."""
        return self.folder.fields

    @cached_property
    def resolved(self) -> dict[str, Any]:
        """The complete case in SI with the claims that its numbers come from."""
        return self.folder.resolved

    def plot(self) -> list[Path]:
        """Draws the figures anew and returns their paths."""
        from dendrion.report import draw_run

        return draw_run(self.folder, movie=False)

    def movie(self) -> Path:
        """The growth as a GIF, drawn where it is missing."""
        from dendrion.report import draw_movie

        return self.folder.movie if self.folder.movie.is_file() else draw_movie(self.folder)


def run(
    case: Case | Mapping[str, Any] | str | Path,
    out: str | Path | None = None,
    *,
    resume: bool = False,
    overwrite: bool = False,
) -> Run:
    """Simulates a case.

    Args:
        case: a Case, a mapping of the same keys as a case file, a file, or the name of a shipped case.
        out: the run folder; default ``runs/<title>-<date>-<time>`` in the working directory.
        resume: continue the run in ``out`` from its last checkpoint.
        overwrite: replace the run in ``out``.

    Returns:
        the run; ``run.summary["status"]`` is completed, shorted, or interrupted after Ctrl-C.

    Raises:
        InputError: the case or the folder is refused.
        SimulationError: the simulation failed; the message says what was saved.
    """
    with StopOnSignal() as stop:
        result = run_case(_case(case), out, resume=resume, overwrite=overwrite, stop_requested=stop)
    return Run(result.folder.path)


class Sweep:
    """A sweep's folder with its dataset and pictures.

    Args:
        path: the folder of a sweep, whole or not.

    Raises:
        InputError: there is no sweep in this folder.
    """

    def __init__(self, path: str | Path) -> None:
        from dendrion.study.sweep import SweepFolder

        self.folder = SweepFolder.open(path)

    def __repr__(self) -> str:
        counts = Counter(self.dataset.status.values.ravel().tolist())
        return f"<Sweep {self.path}: {', '.join(f'{count} {status}' for status, count in counts.items())}>"

    @property
    def path(self) -> Path:
        """The folder."""
        return self.folder.path

    @cached_property
    def dataset(self) -> xarray.Dataset:
        """Results along the axes, SI; ``status`` and ``reason`` say what became of each case."""
        return self.folder.dataset

    def plot(self, quantities: list[str] | None = None) -> list[Path]:
        """Draws the results that vary (or those named) and returns the paths of the figures."""
        from dendrion.report.surfaces import draw_sweep

        return draw_sweep(self.dataset, self.folder.figures, quantities)

    def sensitivity(self, quantity: str) -> Sensitivity:
        """Global sensitivity of a result, of a random or Sobol sweep."""
        from dendrion.study.sensitivity import sensitivity

        return sensitivity(self.dataset, quantity)

    def report(self) -> Path:
        """Writes the page about the sweep."""
        from dendrion.report.page import write_report

        return write_report(self.path)


def sweep(
    case: Case | Mapping[str, Any] | str | Path,
    over: Mapping[str, Any] | Sequence[str],
    out: str | Path | None = None,
    *,
    random: int | None = None,
    sobol: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    scheduler: str | None = None,
    slurm: Mapping[str, Any] | None = None,
    resume: bool = False,
    keep_runs: bool = False,
    evaluate: Evaluate | None = None,
) -> Sweep:
    """Computes a case over axes of parameters.

    Args:
        case: as in ``run``.
        over: axes, ``{"conditions.temperature": ["60 degC", "90 degC"]}``; a range is ``"60 degC:90 degC:4"``, a
            part of a text stands in braces, ``{"protocol[0]": "plate at {0.5:2:5:log} mA/cm^2 for 1 h"}``.
        out: the folder; default ``sweeps/<title>-<date>-<time>`` in the working directory.
        random, sobol: that many points of the box instead of a grid; ``seed`` makes them.
        workers: processes; default one a core, 0 none but this. In a script with more than this one the call
            belongs under ``if __name__ == "__main__":``, as always where Python starts processes.
        scheduler: address of a Dask scheduler that runs already.
        slurm: options of ``dask_jobqueue.SLURMCluster``; the workers are then jobs.
        resume: go on with the sweep in ``out``.
        keep_runs: keep the run folder of every case.
        evaluate: from a case, and the folder to keep or None, to a summary, instead of the simulation.

    Returns:
        the sweep; ``sweep.dataset`` has the results, failures with their reason.

    Raises:
        InputError: the case, an axis or the folder is refused, or what a sweep needs is not installed.
    """
    from dendrion.errors import InputError
    from dendrion.runs import default_folder
    from dendrion.study.plan import PlanKind, make_plan
    from dendrion.study.sweep import run_sweep
    from dendrion.study.tasks import simulate

    if random is not None and sobol is not None:
        raise InputError("random and sobol exclude each other", field="sobol", value=sobol)
    kind: PlanKind = "random" if random is not None else "sobol" if sobol is not None else "grid"
    plan = make_plan(over, kind, random if random is not None else sobol, seed)
    chosen = _case(case)
    folder = Path(out) if out is not None else default_folder(chosen.title or "sweep", Path("sweeps"))
    with StopOnSignal() as stop:
        result = run_sweep(
            chosen, plan, folder, workers=workers, scheduler=scheduler, slurm=slurm, resume=resume,
            keep_runs=keep_runs, evaluate=evaluate or simulate, stop_requested=stop,
        )  # fmt: skip
    return Sweep(result.folder.path)


class Ccd:
    """A virtual test's folder with its outcomes, distribution and pictures.

    Args:
        path: the folder of a test, whole or not.

    Raises:
        InputError: there is no virtual test in this folder.
    """

    def __init__(self, path: str | Path) -> None:
        from dendrion.study.ccd import CcdFolder

        self.folder = CcdFolder.open(path)

    def __repr__(self) -> str:
        from dendrion.report.ccd_tables import answer_lines

        return f"<Ccd {self.path}: {'; '.join(answer_lines(self.folder))}>"

    @property
    def path(self) -> Path:
        """The folder."""
        return self.folder.path

    @property
    def summary(self) -> dict[str, Any]:
        """The content of ``ccd.json``, SI: ``fit`` (distribution), ``mechanisms``, ``notes`` …"""
        return self.folder.content

    @property
    def outcomes(self) -> list[TestOutcome]:
        """One a specimen; ``outcome.interval(ccd.currents)`` bounds its critical current density [A/m^2]."""
        return self.folder.outcomes

    @property
    def currents(self) -> tuple[float, ...]:
        """Steps of the ladder [A/m^2]."""
        return self.folder.protocol.currents

    @property
    def record(self) -> CcdRecord:
        """The test in the format of measured ones."""
        from dendrion.evidence.ccd import load_ccd_record

        return load_ccd_record(self.folder.record_file)

    def plot(self) -> list[Path]:
        """Draws current and voltage, and the distribution; returns the paths of the figures."""
        from dendrion.report.ccd_figures import draw_ccd

        return draw_ccd(self.folder)

    def report(self) -> Path:
        """Writes the page about the test."""
        from dendrion.report.page import write_report

        return write_report(self.path)


def ccd(
    case: Case | Mapping[str, Any] | str | Path,
    protocol: str | Path | TestProtocol = "time_controlled",
    out: str | Path | None = None,
    *,
    fast: bool = False,
    seeds: int | None = None,
    seed: int = 0,
    flaws: str = "claims",
    workers: int | None = None,
    resume: bool = False,
) -> Ccd:
    """Tests specimens of a case up a ladder of currents until they fail.

    Args:
        case: as in ``run``; its own protocol is replaced.
        protocol: a named one (``dendrion ccd --list``), a YAML file, or ``named_protocol(…).with_currents(…)``.
        out: the folder; default ``ccd/<title>-<date>-<time>`` in the working directory.
        fast: on the theory's models instead of the field engine.
        seeds: number of specimens, default 200 (fast) or 5; ``seed`` is that of the first.
        flaws: ``"claims"``, ``"case"`` or a distribution such as ``"lognormal(10 um, 0.5)"``.
        workers, resume: as in ``sweep``.

    Returns:
        the test; ``summary["fit"]`` is the distribution, None where the outcomes allow none.

    Raises:
        InputError: the case, the protocol, the flaws or the folder is refused.
    """
    from dendrion.runs import default_folder
    from dendrion.study.ccd import run_ccd

    chosen = _case(case)
    folder = Path(out) if out is not None else default_folder(chosen.title or "ccd", Path("ccd"))
    with StopOnSignal() as stop:
        result = run_ccd(
            chosen, protocol, folder, fast=fast, seeds=seeds, seed=seed, flaws=flaws, workers=workers, resume=resume,
            stop_requested=stop,
        )  # fmt: skip
    return Ccd(result.folder.path)


def strategies() -> Mapping[str, Strategy]:
    """Every strategy against dendrites by name: parameters, cost, validity and the survey's statements."""
    from dendrion.strategy import strategies as every

    return every()


def apply(case: Case | Mapping[str, Any] | str | Path, strategy: str, **parameters: Any) -> Case:
    """The case with one strategy, ``dn.apply(case, "stack_pressure", pressure="5 MPa")``.

    Args:
        case: as in ``run``.
        strategy: a name of ``strategies()``.
        parameters: texts with units or SI numbers; what is left out comes from the strategy's sources.

    Raises:
        InputError: unknown strategy or parameter, wrong unit, a strategy that is not for this cell, or one that no
            case can express.
    """
    from dendrion.strategy import apply as apply_one

    return apply_one(_case(case), strategy, **parameters)


def rank(
    case: Case | Mapping[str, Any] | str | Path,
    by: str = "ccd",
    *,
    pairs: bool = False,
    only: Sequence[str] | None = None,
    samples: int = 200,
    seed: int = 0,
    out: str | Path | None = None,
) -> Ranking:
    """Strategies by gain against cost, from the theory, with the spread of the claims.

    Args:
        case: as in ``run``.
        by: "ccd" or "time_to_short"; ``pairs``: also every two of them; ``only``: these names.
        samples, seed: of the draws.
        out: folder for JSON, table and figure; default none.

    Raises:
        InputError: unknown measure or strategy, or a cell of which the theory knows no limit.
    """
    from dendrion.report.ranking import write_ranking
    from dendrion.strategy.rank import rank as rank_all

    found = rank_all(_case(case), by=by, pairs=pairs, only=only, samples=samples, seed=seed)
    if out is not None:
        write_ranking(found, Path(out))
    return found


def _case(given: Case | Mapping[str, Any] | str | Path) -> Case:
    """The case of a file, a shipped name or a mapping; a case is itself."""
    from dendrion.case import Case as CaseModel
    from dendrion.case import load_case

    if isinstance(given, str | Path):
        return load_case(given)
    return given if isinstance(given, CaseModel) else CaseModel.from_mapping(given)
