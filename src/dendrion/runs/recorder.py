"""Writes what a simulation produces into its run folder, and takes it up again from a checkpoint."""

from __future__ import annotations

import time
from typing import Any, Protocol

import numpy as np

from dendrion.errors import InputError, SimulationError
from dendrion.runs.checkpoint import Position
from dendrion.runs.files import write_json
from dendrion.runs.folder import RunFolder
from dendrion.runs.history import Columns, History
from dendrion.runs.vtkhdf import FieldMap, FieldsFile

_FRONT = "order_parameter"


class Grid(Protocol):
    """A uniform grid of cells: ``shape`` [dimensionless], ``spacing`` [m]."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def spacing(self) -> tuple[float, ...]: ...


class Simulation(Protocol):
    """What the runner needs of an engine."""

    @property
    def history_columns(self) -> Columns: ...
    @property
    def status(self) -> str: ...
    @property
    def stop_reason(self) -> str: ...
    @property
    def warnings(self) -> list[str]: ...
    @property
    def compile_time(self) -> float: ...
    @property
    def grid(self) -> Grid: ...
    @property
    def time(self) -> float: ...
    @property
    def total_time(self) -> float: ...
    @property
    def finished(self) -> bool: ...
    def progress(self) -> float: ...
    def advance(self) -> dict[str, float]: ...
    def fields(self) -> FieldMap: ...
    def summary(self) -> dict[str, Any]: ...
    def checkpoint(self) -> dict[str, Any]: ...
    def restore(self, state: dict[str, Any]) -> None: ...


class Recorder:
    """History, frames, checkpoints, status and summary of one run.

    Args:
        folder: where to write; it exists.
        output: the case's ``output``: ``frames`` (to store, see :meth:`_frame_if_due`),
            ``history_every`` (steps a row), ``fields`` (names to store
            where the engine has them, or None for all).
        simulation: the engine.
    """

    def __init__(self, folder: RunFolder, output: Any, simulation: Simulation) -> None:
        self.folder, self.simulation = folder, simulation
        self._history_every, self._names = max(1, output.history_every), output.fields
        self._wanted_frames = output.frames
        self._history = History(folder.path, simulation.history_columns)
        self._fields = FieldsFile(folder.fields_file)
        self.steps, self.frames, self._next_frame = 0, 0, 0
        self._last_frame_time = -1.0
        self._last_row: dict[str, float] = {}
        self._last_row_stored = True
        self._suspicious: frozenset[str] = frozenset()
        self._earlier_wall_time = self._earlier_compile_time = 0.0
        self._started = time.monotonic()
        self._warnings_logged = 0
        self.saved: Position | None = None

    @property
    def wall_time(self) -> float:
        """Computing time of this run, earlier parts included [s]."""
        return self._earlier_wall_time + time.monotonic() - self._started

    @property
    def compile_time(self) -> float:
        """Time spent on compilation, earlier parts included [s]."""
        return self._earlier_compile_time + self.simulation.compile_time

    def start(self) -> None:
        """Stores the initial state."""
        self._fields.create(self.simulation.grid.spacing, self._chosen_fields())
        self._frame_if_due()
        self.checkpoint()

    def resume(self) -> None:
        """Goes back to the newest whole checkpoint and drops what was stored after it.

        Raises:
            InputError: there is no whole checkpoint.
        """
        loaded = self.folder.checkpoints.load()
        if loaded is None:
            raise InputError(
                "no whole checkpoint is left to resume from",
                field="--resume", value=str(self.folder.path), hint="start again with --overwrite",
            )  # fmt: skip
        state, position = loaded
        self.simulation.restore(state)
        self._history.load(position.rows)
        self.steps, self.frames, self._next_frame = position.steps, position.frames, position.next_frame
        self._last_frame_time = position.frame_time
        self._earlier_wall_time, self._earlier_compile_time = position.wall_time, position.compile_time
        self._started = time.monotonic()
        self.saved = position
        try:
            self._fields.truncate(position.frames)
        except (OSError, KeyError, RuntimeError) as error:  # killed in the middle of writing a frame
            damaged = self.folder.fields_file.with_suffix(".damaged")
            self.folder.fields_file.replace(damaged)
            self._fields.create(self.simulation.grid.spacing, self._chosen_fields())
            self.frames = 0
            self.folder.log(f"fields.vtkhdf was damaged ({error}); moved to {damaged.name}, begun anew")
        self.folder.log(f"resumed at t = {self.simulation.time:.6g} s, step {self.steps}")

    def record(self, row: dict[str, float]) -> None:
        """Takes the row of an accepted step, and a frame where one is due.

        Raises:
            SimulationError: a field is not finite.
            OSError: the frame cannot be written.
        """
        self.steps += 1
        suspicious = frozenset(name for name, value in row.items() if not np.isfinite(value))
        if suspicious != self._suspicious:
            self._chosen_fields()
            self._suspicious = suspicious
        self._last_row = row
        self._last_row_stored = self.steps % self._history_every == 0
        if self._last_row_stored:
            self._history.append(row)
        self._frame_if_due()
        for warning in self.simulation.warnings[self._warnings_logged :]:
            self.folder.log(f"warning: {warning}")
        self._warnings_logged = len(self.simulation.warnings)

    def checkpoint(self) -> None:
        """Brings the history on disk up to date and saves the state, unless the state is not finite.

        Raises:
            SimulationError: the state is not finite; the last checkpoint stays.
            OSError: the disk is full or the folder is gone; the last checkpoint stays.
        """
        state = self.simulation.checkpoint()
        _require_finite({n: v for n, v in state.items() if hasattr(v, "shape")}, self.simulation.time)
        self._history.flush()
        position = Position(
            steps=self.steps, time=self.simulation.time, rows=len(self._history), frames=self.frames,
            next_frame=self._next_frame, frame_time=self._last_frame_time,
            wall_time=self.wall_time, compile_time=self.compile_time,
        )  # fmt: skip
        self.folder.checkpoints.save(state, position)
        self.saved = position
        self.write_summary(self.simulation.status)

    def complete(self) -> None:
        """Stores the last row and frame; after an interruption they are dropped again on resuming."""
        if not self._last_row_stored:
            self._history.append(self._last_row)
            self._last_row_stored = True
        if self.simulation.time > self._last_frame_time:
            self._frame()
        self._history.flush()

    def flush(self) -> None:
        """Brings the history on disk up to date."""
        self._history.flush()

    def write_summary(self, status: str) -> dict[str, Any]:
        """Writes and returns ``summary.json``: the engine's summary with the run's own numbers."""
        summary = {
            **self.simulation.summary(),
            "status": status,
            "steps": self.steps,
            "wall_time_s": round(self.wall_time, 3),
            "compile_time_s": round(self.compile_time, 3),
            "warnings": list(self.simulation.warnings),
        }
        write_json(self.folder.summary_file, summary)
        return summary

    def write_status(self, status: str, message: str = "", time_left: float | None = None) -> None:
        """Rewrites ``status.json``."""
        self.folder.write_status(
            status=status,
            message=message,
            time_s=self.simulation.time,
            total_time_s=self.simulation.total_time,
            progress=self.simulation.progress(),
            steps=self.steps,
            frames=self.frames,
            checkpoint_time_s=self.saved.time if self.saved else None,
            wall_time_s=round(self.wall_time, 3),
            time_left_s=time_left,
            last=self._last_row,
        )

    def _frame_if_due(self) -> None:
        """Frames stand evenly over the protocol's time, or over the engine's progress where that has come further.

        So a run that ends early, or whose end is not a matter of time, is well covered too.
        """
        share = max(self.simulation.time / self.simulation.total_time, self.simulation.progress())
        # The tolerance takes up the rounding of times that are sums of steps.
        due = int(share * self._wanted_frames * (1 + 1e-12)) + 1
        if due > self._next_frame:
            self._frame()
            self._next_frame = due

    def _frame(self) -> None:
        self._fields.append(self.simulation.time, self._chosen_fields())
        self.frames += 1
        self._last_frame_time = self.simulation.time

    def _chosen_fields(self) -> FieldMap:
        fields = self.simulation.fields()
        _require_finite({name: array for name, (array, _, _) in fields.items()}, self.simulation.time)
        if not self._names:
            return fields
        return {name: value for name, value in fields.items() if name in self._names or name == _FRONT}


def _require_finite(arrays: dict[str, Any], time_now: float) -> None:
    for name, array in arrays.items():
        values = np.asarray(array)
        if values.dtype.kind != "f" or np.isfinite(values).all():
            continue
        bad = np.argwhere(~np.isfinite(values))
        where = f", first in cell {tuple(int(i) for i in bad[0])}" if values.ndim else ""
        count = f"{len(bad)} of {values.size} values{where}"
        raise SimulationError(f"{name} is not a finite number at t = {time_now:.6g} s ({count})")
