"""From a case to a run folder, whatever happens on the way."""

from __future__ import annotations

import errno
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dendrion.errors import DendrionError, InputError, SimulationError
from dendrion.runs.files import held, write_json
from dendrion.runs.folder import RunFolder, default_folder
from dendrion.runs.interrupt import shield
from dendrion.runs.provenance import differences, provenance
from dendrion.runs.recorder import Recorder, Simulation

_STATUS_INTERVAL = 1.0  # [s]
_FINISHED = ("completed", "shorted")
_LISTED_DIFFERENCES = 6


@dataclass(frozen=True)
class Progress:
    """Where a run stands, told after every step."""

    time: float
    """Simulated time [s]."""
    total_time: float
    """Simulated time of the whole protocol [s]."""
    fraction: float
    """Share of the protocol's time that is done [dimensionless]."""
    steps: int
    """Accepted steps [dimensionless]."""
    row: dict[str, float]
    """The history row of the last step, SI."""
    wall_time: float
    """Computing time so far [s]."""
    time_left: float | None
    """Estimated computing time still to come [s]; None while unknown."""


@dataclass(frozen=True)
class RunResult:
    """How a run ended."""

    folder: RunFolder
    status: str
    """completed, shorted or interrupted."""
    message: str
    at_once: bool = False
    """True after a second Ctrl-C: nothing more should be done."""

    @property
    def summary(self) -> dict[str, Any]:
        """The content of ``summary.json``."""
        return self.folder.summary


def run_case(
    case: Any,
    out: str | Path | None = None,
    *,
    resume: bool = False,
    overwrite: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
    stop_requested: Callable[[], bool] | None = None,
    engine: Callable[[Any], Simulation] | None = None,
    checkpoint_interval: float = 30.0,
) -> RunResult:
    """Simulates a case and leaves a run folder.

    Args:
        case: a :class:`dendrion.case.Case`.
        out: the run folder; default ``runs/<title>-<date>-<time>``.
        resume: continue from the folder's last checkpoint, bit for bit as if never interrupted.
        overwrite: replace a run that is already in the folder.
        on_progress: called after every step.
        stop_requested: asked after every step; True checkpoints and ends with status "interrupted".
        engine: makes the simulation from the case; default the one that ``physics.engine`` names.
        checkpoint_interval: computing time between checkpoints [s].

    Raises:
        InputError: the folder is taken, there is nothing to resume, or the case has changed since.
        SimulationError: a field is not finite, a solver failed, or the disk is full or gone; the message
            says what was saved and where.
    """
    folder = RunFolder(out if out is not None else default_folder(case.title or "run"))
    resolved = case.resolved()
    if resume:
        _require_resumable(folder, resolved)
        if folder.status["status"] in _FINISHED:
            return RunResult(folder, folder.status["status"], "this run is complete already")
    elif not overwrite:
        _require_free(folder)
    simulation = (engine or _field_engine())(case)
    folder.path.mkdir(parents=True, exist_ok=True)
    with held(folder.lock_file) as free:
        if not free:
            raise InputError("another process is running in this folder", field="out", value=str(folder.path))
        recorder = Recorder(folder, case.output, simulation)
        with _failures_recorded(recorder):
            if resume:
                recorder.resume()
            else:
                folder.clear()
                folder.write_case(case.to_yaml(), resolved)
                write_json(folder.provenance_file, provenance(resolved, case.numerics.seed))
                folder.log(f"started: {case.title}")
                recorder.start()
            result = _loop(recorder, on_progress, stop_requested or (lambda: False), checkpoint_interval)
    folder.lock_file.unlink(missing_ok=True)
    return result


def _field_engine() -> Callable[[Any], Simulation]:
    from dendrion.runs.engines import simulation_of

    return simulation_of


def _loop(
    recorder: Recorder,
    on_progress: Callable[[Progress], None] | None,
    stop_requested: Callable[[], bool],
    checkpoint_interval: float,
) -> RunResult:
    simulation, clock = recorder.simulation, _TimeLeft(recorder.simulation)
    last_status = last_checkpoint = time.monotonic()
    recorder.write_status("running")
    try:
        while not simulation.finished and not stop_requested():
            row = simulation.advance()
            _require_success(simulation)
            with shield(stop_requested):
                recorder.record(row)
                now = time.monotonic()
                if now - last_checkpoint >= checkpoint_interval:
                    recorder.checkpoint()
                    last_checkpoint = now
                if now - last_status >= _STATUS_INTERVAL:
                    recorder.write_status("running", time_left=clock.left())
                    last_status = now
            if on_progress:
                on_progress(
                    Progress(
                        simulation.time, simulation.total_time, simulation.progress(), recorder.steps,
                        row, recorder.wall_time, clock.left(),
                    )
                )  # fmt: skip
        with shield(stop_requested):
            return _end(recorder)
    except KeyboardInterrupt:
        return _end_at_once(recorder)


def _require_success(simulation: Simulation) -> None:
    if simulation.status == "failed":
        raise SimulationError(f"{simulation.stop_reason} at t = {simulation.time:.6g} s")


def _end(recorder: Recorder) -> RunResult:
    simulation = recorder.simulation
    if simulation.finished:
        status, message = simulation.status, simulation.stop_reason
        recorder.complete()
        recorder.checkpoint()
    else:
        status, message = "interrupted", "stopped on request"
        recorder.checkpoint()
        recorder.complete()
    recorder.write_summary(status)
    recorder.write_status(status, message)
    recorder.folder.log(f"{status}: {message}, t = {simulation.time:.6g} s, {recorder.steps} steps")
    return RunResult(recorder.folder, status, message)


def _end_at_once(recorder: Recorder) -> RunResult:
    saved_time = recorder.saved.time if recorder.saved else 0.0
    message = f"stopped at once; saved up to t = {saved_time:.6g} s"
    recorder.flush()
    recorder.write_status("interrupted", message)
    recorder.folder.log(message)
    return RunResult(recorder.folder, "interrupted", message, at_once=True)


@contextmanager
def _failures_recorded(recorder: Recorder) -> Iterator[None]:
    """Turns every failure into a SimulationError that says what was saved, and notes it in the folder."""
    folder = recorder.folder
    try:
        yield
    except InputError:
        raise
    except DendrionError as error:
        _note_failure(recorder, str(error))
        raise SimulationError(f"{error}\n{_saved(recorder)}") from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            problem = f"the disk is full ({error.strerror or error})"
        elif not folder.path.is_dir():
            problem = f"the run folder {folder.path} is gone"
        else:
            problem = f"the run folder cannot be written: {error}"
        problem += f", at t = {recorder.simulation.time:.6g} s"
        _note_failure(recorder, problem)
        raise SimulationError(f"{problem}\n{_saved(recorder)}") from error
    except Exception as error:  # whatever it was, the folder says so and stays loadable
        kind = type(error).__name__
        _note_failure(recorder, f"{kind}: {error}", traceback.format_exc())
        raise SimulationError(
            f"unexpected {kind}: {str(error).partition(chr(10))[0]}\n{_saved(recorder)}\n"
            f"  this is a defect; the traceback is in {folder.log_file}"
        ) from error


def _note_failure(recorder: Recorder, problem: str, details: str = "") -> None:
    """As much as the disk still takes: it may be full or gone."""
    try:
        recorder.folder.log(f"failed: {problem}\n{details}".rstrip())
        recorder.write_status("failed", problem)
        recorder.flush()
        summary = recorder.folder.summary
        write_json(recorder.folder.summary_file, {**summary, "status": "failed"})
    except OSError:
        return


def _saved(recorder: Recorder) -> str:
    folder, saved = recorder.folder, recorder.saved
    if not folder.path.is_dir():
        return "  saved:   nothing is left; what was computed is lost"
    if saved is None:
        return f"  saved:   nothing yet, in {folder.path}"
    return (
        f"  saved:   checkpoint at t = {saved.time:.6g} s (step {saved.steps}), {saved.rows} history rows, "
        f"{recorder.frames} frames, in {folder.path}\n"
        f"  resume:  dendrion run {folder.path} --resume"
    )


def _require_free(folder: RunFolder) -> None:
    if folder.exists:
        raise InputError(
            "there is a run in this folder already", field="--out", value=str(folder.path),
            hint="--resume to continue it, --overwrite to replace it, or another folder",
        )  # fmt: skip
    if folder.path.exists() and (not folder.path.is_dir() or any(folder.path.iterdir())):
        raise InputError(
            "this is not an empty folder", field="--out", value=str(folder.path), hint="name a new folder"
        )


def _require_resumable(folder: RunFolder, resolved: dict[str, Any]) -> None:
    if not folder.exists or not folder.resolved_file.is_file():
        raise InputError(
            "there is no run to resume in this folder", field="--resume", value=str(folder.path),
            hint="leave --resume out to start it",
        )  # fmt: skip
    changed = differences(folder.resolved, resolved)
    changed.pop("title", None)  # a label: no number of the run depends on it
    if changed:
        lines = [f"{path}: {old} → {new}" for path, (old, new) in changed.items()]
        more = len(lines) - _LISTED_DIFFERENCES
        listed = "; ".join(lines[:_LISTED_DIFFERENCES]) + (f"; and {more} more" if more > 0 else "")
        raise InputError(
            "the case has changed since this run began", field="--resume", value=listed,
            hint="start the changed case in a folder of its own",
        )  # fmt: skip


class _TimeLeft:
    """Estimates the computing time still to come from the speed of the last half minute.

    A run ends with its protocol or by a limit that only the engine's progress knows, whichever is first.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._seen = deque([(time.monotonic(), self._shares())], maxlen=30)

    def left(self) -> float | None:
        """Seconds until the first share reaches 1 [s]; None before there is a speed."""
        now, shares = time.monotonic(), self._shares()
        if now - self._seen[-1][0] >= 1.0:
            self._seen.append((now, shares))
        since, before = self._seen[0]
        if now - since < 1.0:
            return None
        lasting = [
            (1.0 - share) * (now - since) / (share - earlier)
            for share, earlier in zip(shares, before, strict=True)
            if share > earlier
        ]
        return min(lasting, default=None)

    def _shares(self) -> tuple[float, float]:
        return self._simulation.time / self._simulation.total_time, self._simulation.progress()
