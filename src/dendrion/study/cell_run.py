"""A cell led through its protocol into a folder: history, summary, limits; interrupted runs go on where they were."""

from __future__ import annotations

import csv
import io
import json
import math
import time as clock
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dendrion.case.documents import to_yaml
from dendrion.cell import CellFile, CellLimit, CellState, Position, charge_error, drive
from dendrion.cell.stepper import Feedback, Stepper
from dendrion.errors import InputError, SimulationError
from dendrion.runs.files import read_json, write_bytes_with, write_json, write_text
from dendrion.study.cell_limits import Limit, first_instability, limits_of
from dendrion.study.cosimulation import FieldInterface, field_interface

CHECKPOINT_INTERVAL = 10.0
"""Computing time between checkpoints [s]."""

COLUMNS = {
    "time": "s", "temperature": "K", "current_density": "A/m^2", "plating_current_density": "A/m^2", "voltage": "V",
    "open_circuit_voltage": "V", "overpotential": "V", "charge": "C/m^2", "plated": "C/m^2", "leaked": "C/m^2",
    "metal_thickness": "m", "pressure": "Pa", "contact_fraction": "1", "interface_resistance": "ohm*m^2",
    "salt_at_metal": "mol/m^3", "state_of_charge": "1",
}  # fmt: skip
"""Columns of a history with their units."""


@dataclass
class CellRun:
    """How a cell's run ended.

    Attributes:
        status: completed, shorted, interrupted or failed; message: in words.
        history: states in order of time; steps: the protocol step of each; ended: what ended each step early.
        limits: the dendrite limits along it; field: the coupled field, if any.
    """

    file: CellFile
    status: str = "running"
    message: str = ""
    history: list[CellState] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    ended: dict[int, str] = field(default_factory=dict)
    limits: list[Limit] = field(default_factory=list)
    field: FieldInterface | None = None
    depleted_at: float | None = None
    wall_time: float = 0.0
    folder: Path | None = None

    @property
    def summary(self) -> dict[str, Any]:
        """The content of ``summary.json``, SI."""
        last, first = self.history[-1], first_instability(self.limits)
        found: dict[str, Any] = {
            "status": self.status, "message": self.message, "engine": self.file.engine, "time_s": last.time,
            "charge_C_per_m2": last.charge, "plated_C_per_m2": last.plated, "leaked_C_per_m2": last.leaked,
            "charge_error": charge_error(last), "cell_voltage_V": last.voltage, "state_of_charge": last.state_of_charge,
            "overpotential_V": last.overpotential, "metal_thickness_m": last.metal_thickness,
            "pressure_max_Pa": max(state.pressure for state in self.history),
            "plating_current_density_max_A_per_m2": max(s.plating_current_density for s in self.history),
            "steps_ended_by": {str(step): what for step, what in self.ended.items()},
            "limits": [limit.as_dict() for limit in self.limits],
            "first_instability": first.as_dict() if first else None,
            "intervals": len(self.history), "wall_time_s": self.wall_time, "short_circuit": self.status == "shorted",
        }  # fmt: skip
        if self.field is not None:
            found["coupling"] = {
                "charge_given_C_per_m2": self.field.given, "charge_taken_C_per_m2": self.field.taken,
                "charge_error": self.field.charge_error, "field_faraday_error": self.field.worst_faraday_error,
                "tip_position_m": self.field.row.get("tip_position_m"),
                "front_area_ratio": self.field.row.get("front_area_ratio"),
            }  # fmt: skip
        return found


def make_stepper(file: CellFile) -> Stepper:
    """The cell of the engine that the file names.

    Raises:
        InputError: PyBaMM is not installed, or has no model of this cell.
    """
    if file.engine == "small":
        return file.build()
    from dendrion.cell.pybamm_cell import pybamm_cell

    return pybamm_cell(file)


def run_cell(
    file: CellFile,
    out: str | Path | None = None,
    *,
    resume: bool = False,
    overwrite: bool = False,
    stop_requested: Callable[[], bool] = lambda: False,
    on_progress: Callable[[CellState], None] | None = None,
) -> CellRun:
    """Leads a cell through its protocol.

    Arguments:
        out: the folder; None keeps everything in memory.
        resume: go on from the folder's checkpoint.
        stop_requested: asked after every interval; True checkpoints and ends with status "interrupted".

    Raises:
        InputError: the folder is taken or has nothing to resume, or the cell has changed since.
        SimulationError: the salt is used up or a solver does not converge; says what was saved.
    """
    folder = Path(out) if out is not None else None
    cell, run, position = make_stepper(file), CellRun(file, folder=folder), Position()
    if file.coupling is not None:
        run.field = field_interface(_coupled_case(file), file.coupling.current_factor)
    if folder is not None:
        _prepare(folder, file, resume, overwrite)
        if resume:
            _load(run, cell, position)
    if not run.history:
        run.history, run.steps = [cell.state], [0]
    started = clock.monotonic()
    try:
        _lead(run, cell, position, stop_requested, on_progress)
    except SimulationError as error:
        run.status, run.message = "failed", str(error)
        run.depleted_at = error.time if isinstance(error, CellLimit) and error.what == "salt" else None
        run.wall_time += clock.monotonic() - started
        raise SimulationError(f"{error}\n{_conclude(run, cell, position)}") from error
    run.wall_time += clock.monotonic() - started
    _conclude(run, cell, position)
    return run


def _lead(
    run: CellRun,
    cell: Stepper,
    position: Position,
    stop_requested: Callable[[], bool],
    on_progress: Callable[[CellState], None] | None,
) -> None:
    """Interval by interval to the end of the protocol, or to what ends it before."""
    file, answer, last_saved = run.file, _Answer(run), clock.monotonic()
    protocol = file.steps(cell.capacity if file.cell.counter == "cathode" else None)
    longest = file.coupling.interval if file.coupling else math.inf
    run.status, run.message = "completed", "the protocol is done"
    for interval in drive(
        cell,
        protocol,
        file.conditions.temperature,
        feedback=answer.take_up,
        longest=longest,
        position=position,
    ):
        if interval.state.time > run.history[-1].time:
            run.history.append(interval.state)
            run.steps.append(interval.step_index)
        if interval.ended_by:
            run.ended[interval.step_index] = interval.ended_by
        if on_progress:
            on_progress(interval.state)
        if run.field is not None and run.field.shorted:
            run.status, run.message = "shorted", "the metal reached the counter electrode"
            break
        if stop_requested():
            run.status, run.message = "interrupted", "stopped on request"
            break
        if run.folder is not None and clock.monotonic() - last_saved > CHECKPOINT_INTERVAL:
            answer.take_up(cell.state)
            _save(run, cell, position)
            last_saved = clock.monotonic()
    answer.take_up(cell.state)


def _conclude(run: CellRun, cell: Stepper, position: Position) -> str:
    run.limits = limits_of(run.file, run.history, depleted_at=run.depleted_at)
    if run.folder is None:
        return "  saved:   nothing, the run has no folder"
    _save(run, cell, position)
    return f"  saved:   {len(run.history)} rows up to t = {run.history[-1].time:.6g} s, in {run.folder}"


class _Answer:
    """Lets the coupled field follow the cell, one interval behind."""

    def __init__(self, run: CellRun) -> None:
        self._run, self._seen = run, len(run.history) - 1

    def take_up(self, state: CellState) -> Feedback:
        """Grows the field for the interval that it has not seen yet."""
        coupled, history = self._run.field, self._run.history
        if coupled is None:
            return Feedback()
        while self._seen < len(history) - 1:
            before, after = history[self._seen], history[self._seen + 1]
            self._seen += 1
            coupled.grow(after, after.time - before.time)
        return coupled.feedback()


def _coupled_case(file: CellFile) -> Any:
    from dendrion.case import load_case

    assert file.coupling is not None
    beside = file.folder / file.coupling.case
    return load_case(beside if beside.is_file() else file.coupling.case)


def _prepare(folder: Path, file: CellFile, resume: bool, overwrite: bool) -> None:
    given = to_yaml(file.given)
    known = folder / "cell.yaml"
    if resume:
        if not (folder / "checkpoint.json").is_file():
            raise InputError("there is nothing to resume in this folder", field="--resume", value=str(folder))
        if known.read_text(encoding="utf-8") != given:
            raise InputError(
                "the cell has changed since this run began", field="--resume", value=str(folder),
                hint="start the changed cell in a folder of its own",
            )  # fmt: skip
        return
    if folder.exists() and any(folder.iterdir()) and not (overwrite and known.is_file()):
        raise InputError(
            "this is not an empty folder", field="--out", value=str(folder),
            hint="--resume to continue a run of a cell, --overwrite to replace it, or another folder",
        )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    write_text(known, given)


def _save(run: CellRun, cell: Stepper, position: Position) -> None:
    folder = run.folder
    assert folder is not None
    write_text(folder / "history.csv", history_text(run))
    content = {
        "status": run.status, "message": run.message, "position": asdict(position), "steps": run.steps,
        "ended": {str(k): v for k, v in run.ended.items()}, "wall_time": run.wall_time,
        "history": [list(vars(state).values()) for state in run.history], "cell": cell.saved(),
    }  # fmt: skip
    # The bare encoder: a nan stays one, and every float comes back as the same float.
    write_text(folder / "checkpoint.json", json.dumps(content))
    if run.field is not None:
        saved = run.field.snapshot()
        write_bytes_with(folder / "field.npz", lambda stream: np.savez(stream, **saved))
    write_json(folder / "summary.json", run.summary)
    write_json(folder / "status.json", {"status": run.status, "message": run.message})


def _load(run: CellRun, cell: Stepper, position: Position) -> None:
    assert run.folder is not None
    content = read_json(run.folder / "checkpoint.json")
    run.history = [CellState(*row) for row in content["history"]]
    run.steps = list(content["steps"])
    run.ended = {int(k): v for k, v in content["ended"].items()}
    run.wall_time = float(content["wall_time"])
    position.segment, position.elapsed = content["position"]["segment"], content["position"]["elapsed"]
    cell.load(content["cell"], run.history)
    if run.field is not None:
        with np.load(run.folder / "field.npz") as stored:
            run.field.restore({name: stored[name] for name in stored.files})


def history_text(run: CellRun) -> str:
    """The history as CSV, a row an interval, units in the header."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["step [1]", *(f"{name} [{unit}]" for name, unit in COLUMNS.items())])
    for step, state in zip(run.steps, run.history, strict=True):
        writer.writerow([step, *(repr(getattr(state, name)) for name in COLUMNS)])
    return stream.getvalue()
