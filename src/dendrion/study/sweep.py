"""A sweep: many cases on many workers into one folder and one dataset; it can be stopped and goes on."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dendrion.errors import InputError
from dendrion.runs.files import held, read_json, write_json, write_text
from dendrion.runs.provenance import case_hash, provenance
from dendrion.study.dataset import read_dataset, to_dataset, write_dataset
from dendrion.study.plan import Plan, plan_from
from dendrion.study.pool import open_pool
from dendrion.study.tasks import Evaluate, compile_case, evaluate_case, simulate

if TYPE_CHECKING:
    import xarray

    from dendrion.case import Case

_DATASET_INTERVAL = 30.0
"""Time between writings of the dataset while a sweep goes on [s]."""

_POLL = 0.05
"""Time between looks for results and for Ctrl-C [s]."""

_COMPILED = ("domain", "physics", "numerics", "cell", "initial", "output")
"""Sections of a case that can change the compiled program."""

BAD = ("failed", "refused", "lost")
"""Statuses of cases without a result."""


class SweepFolder:
    """Paths and content of a sweep's folder (docs/sweeps.md lists the files)."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.plan_file = self.path / "sweep.json"
        self.case_file = self.path / "case.yaml"
        self.results = self.path / "cases"
        self.runs = self.path / "runs"
        self.dataset_file = self.path / "sweep.zarr"
        self.figures = self.path / "figures"
        self.lock_file = self.path / ".lock"

    @classmethod
    def open(cls, path: str | Path) -> SweepFolder:
        """An existing sweep.

        Raises:
            InputError: there is none in this folder.
        """
        folder = cls(path)
        if not folder.plan_file.is_file():
            raise InputError("there is no sweep in this folder", field="sweep", value=str(path))
        return folder

    @cached_property
    def head(self) -> dict[str, Any]:
        """The content of ``sweep.json``: title, plan, hash of the case, provenance."""
        return read_json(self.plan_file)

    @cached_property
    def plan(self) -> Plan:
        """The cases of the sweep."""
        return plan_from(self.head["plan"])

    @property
    def title(self) -> str:
        """Title of the case."""
        return self.head["title"]

    @property
    def dataset(self) -> xarray.Dataset:
        """The results along the axes, SI."""
        if not self.dataset_file.is_dir():
            return to_dataset(self.plan, self.read_results(), self.title)
        return read_dataset(self.dataset_file)

    def read_results(self) -> dict[int, dict[str, Any]]:
        """Results that are stored, by number of the case."""
        return {int(file.stem): read_json(file) for file in sorted(self.results.glob("*.json"))}

    def store(self, number: int, result: Mapping[str, Any]) -> None:
        """Stores the result of a case in one step."""
        write_json(self.results / f"{number:06d}.json", result)


@dataclass(frozen=True)
class SweepProgress:
    """Where a sweep stands."""

    done: int
    total: int
    bad: int
    """Cases that failed, were refused or lost."""
    seconds: float
    """Time since this call began [s]."""
    stage: str = "computing"
    """"compiling" or "computing"."""


@dataclass(frozen=True)
class SweepResult:
    """How a sweep ended."""

    folder: SweepFolder
    status: str
    """completed or interrupted."""
    done: int
    bad: int
    total: int


def run_sweep(
    case: Case,
    plan: Plan,
    out: str | Path,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    slurm: Mapping[str, Any] | None = None,
    resume: bool = False,
    keep_runs: bool = False,
    evaluate: Evaluate = simulate,
    on_progress: Callable[[SweepProgress], None] | None = None,
    stop_requested: Callable[[], bool] = lambda: False,
) -> SweepResult:
    """Computes every case of a plan that has no result yet.

    Every result is on disk before it counts, so whatever ends the sweep loses the cases that are under way and
    no others. A case whose worker dies is computed again on another one, at last with no other beside it; one that
    kills every worker is lost.

    Arguments:
        case: the case before the plan's settings.
        plan: what to vary (``make_plan``).
        out: folder of the sweep.
        workers: processes; 0 computes here, one case after another, without Dask.
        scheduler, slurm: see ``open_pool``.
        resume: go on with the sweep in ``out``.
        keep_runs: keep every run folder in ``out/runs``.
        evaluate: from a case and a folder to a summary; a function at module level, so that workers find it.
        on_progress: told after every case.
        stop_requested: asked after every case; True ends with status "interrupted".

    Raises:
        InputError: the folder is taken, the sweep has changed, the first case or every case is refused, no workers.
    """
    folder = SweepFolder(out)
    _prepare(folder, case, plan, resume)
    with held(folder.lock_file) as free:
        if not free:
            raise InputError(
                "another process is sweeping in this folder", field="out", value=str(folder.path)
            )
        run = _Sweeping(folder, case, plan, evaluate, keep_runs, on_progress, stop_requested)
        if run.open and workers == 0:
            run.take(run.here())
        elif run.open:
            with open_pool(workers, scheduler, slurm) as client:
                run.take(run.there(client))
        write_dataset(to_dataset(plan, run.results, case.title), folder.dataset_file)
    bad = sum(result["status"] in BAD for result in run.results.values())
    done = len(run.results)
    if done == len(plan) and all(result["status"] == "refused" for result in run.results.values()):
        raise InputError(f"every case is refused; the first one:\n{run.results[0]['reason']}", field="--over")
    status = "completed" if done == len(plan) else "interrupted"
    return SweepResult(folder, status, done, bad, len(plan))


def _prepare(folder: SweepFolder, case: Case, plan: Plan, resume: bool) -> None:
    """Makes the folder, or checks that the sweep in it is this one."""
    head = {
        "title": case.title, "case_sha256": case_hash(case.resolved()), "plan": plan.as_dict(),
        "provenance": provenance(case.resolved(), case.numerics.seed),
    }  # fmt: skip
    if resume:
        old = SweepFolder.open(folder.path)
        if old.head["case_sha256"] != head["case_sha256"]:
            raise InputError(
                "the case has changed since this sweep began", field="--resume", value=str(folder.path)
            )
        if old.plan != plan:
            raise InputError(
                "the axes have changed since this sweep began", field="--resume", value=str(folder.path),
                hint=f"dendrion sweep {folder.path} --resume takes them from the folder",
            )  # fmt: skip
        return
    if folder.path.exists() and (not folder.path.is_dir() or any(folder.path.iterdir())):
        raise InputError(
            "this is not an empty folder",
            field="--out",
            value=str(folder.path),
            hint="--resume, or another folder",
        )
    case.with_settings(plan.settings(0))  # a path that does not exist is refused here, before anything starts
    folder.results.mkdir(parents=True, exist_ok=True)
    write_text(folder.case_file, case.to_yaml())
    write_json(folder.plan_file, head)


class _Sweeping:
    """A sweep under way."""

    def __init__(
        self, folder: SweepFolder, case: Case, plan: Plan, evaluate: Evaluate, keep: bool,
        on_progress: Callable[[SweepProgress], None] | None, stop_requested: Callable[[], bool],
    ) -> None:  # fmt: skip
        self.folder, self.plan, self.evaluate, self.keep = folder, plan, evaluate, keep
        self.results = {
            number: result for number, result in folder.read_results().items() if result["status"] != "lost"
        }
        self.open = [number for number in range(len(plan)) if number not in self.results]
        self._title, self._given = case.title, case.given
        self._place = str(Path(case._folder).resolve())
        self._on_progress, self._stop = on_progress, stop_requested
        self._start = self._written = time.monotonic()

    def take(self, results: Iterator[tuple[int, dict[str, Any]]]) -> None:
        """Stores results as they come, until all are there or a stop is requested."""
        self._tell()
        for number, result in results:
            self.folder.store(number, result)
            self.results[number] = result
            now = time.monotonic()
            if now - self._written > _DATASET_INTERVAL:
                write_dataset(to_dataset(self.plan, self.results, self._title), self.folder.dataset_file)
                self._written = now
            self._tell()
            if self._stop():
                break

    def here(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Computes one case after another in this process."""
        for number in self.open:
            yield number, evaluate_case(*self._task(number), None)

    def there(self, client: Any) -> Iterator[tuple[int, dict[str, Any]]]:
        """Computes on the workers of a Dask client; results come in the order of their end."""
        cache = _shared_cache()
        if self.evaluate is simulate:
            self._compile(client, cache)
        if self._stop():
            return
        suspects = []
        for number, result in self._together(client, self.open, cache):
            if result["status"] == "lost":
                suspects.append(number)
            else:
                yield number, result
        # Dask blames every case that waits at a worker which dies; alone, a case answers for itself.
        for number in suspects:
            yield from self._together(client, [number], cache)

    def _together(
        self, client: Any, numbers: Sequence[int], cache: str
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """Computes some cases at once."""
        from distributed import as_completed

        futures = {
            client.submit(evaluate_case, *self._task(number), cache, pure=False): number for number in numbers
        }
        try:
            with client.as_current():
                ended = as_completed(futures)
            while not ended.is_empty() and not self._stop():
                if not ended.has_ready():
                    time.sleep(_POLL)
                    continue
                future = next(ended)
                yield futures[future], _result(future)
                future.release()
        finally:
            client.cancel(list(futures))

    def _compile(self, client: Any, cache: str | None) -> None:
        """Compiles each kind of case once, on one worker, into the cache that all read."""
        self._tell("compiling")
        first = {self._kind(number): number for number in reversed(self.open)}
        tasks = [
            client.submit(
                compile_case, self._given, self._place, self.plan.settings(number), cache, pure=False
            )
            for number in first.values()
        ]
        for task in tasks:
            while not task.done() and not self._stop():
                time.sleep(_POLL)
            task.release()

    def _kind(self, number: int) -> tuple[str, ...]:
        """Settings that can change the compiled program; cases with the same ones share it."""
        return tuple(setting for setting in self.plan.settings(number) if setting.startswith(_COMPILED))

    def _task(self, number: int) -> tuple[Mapping[str, Any], str, list[str], Evaluate, str | None]:
        keep = str((self.folder.runs / f"{number:06d}").resolve()) if self.keep else None
        return self._given, self._place, self.plan.settings(number), self.evaluate, keep

    def _tell(self, stage: str = "computing") -> None:
        if self._on_progress:
            bad = sum(result["status"] in BAD for result in self.results.values())
            seconds = time.monotonic() - self._start
            self._on_progress(SweepProgress(len(self.results), len(self.plan), bad, seconds, stage))


def _result(future: Any) -> dict[str, Any]:
    """The result of a task; one whose workers died or that ended in a defect has its reason."""
    error = future.exception()
    if error is None:
        return future.result()
    killed = type(error).__name__ == "KilledWorker"
    first = str(error).partition("\n")[0]
    reason = "its worker died again and again (memory?)" if killed else f"{type(error).__name__}: {first}"
    return {"status": "lost" if killed else "failed", "reason": reason, "summary": {}, "seconds": 0.0}


def _shared_cache() -> str:
    """Folder of compiled programs; that of the environment, else the user's."""
    given = os.environ.get("JAX_COMPILATION_CACHE_DIR")
    if given:
        return given
    import platformdirs

    return platformdirs.user_cache_dir("dendrion")


def settings_of(folder: SweepFolder, number: int) -> Sequence[str]:
    """``--set`` settings that reproduce one case of a sweep."""
    return folder.plan.settings(number)
