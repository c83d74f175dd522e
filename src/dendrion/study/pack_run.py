"""A pack through its protocol: how the current splits, which cell meets its dendrite limit first, how sure that is."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dendrion.case.documents import to_yaml
from dendrion.case.segments import Segment
from dendrion.cell import CellFile, CellState, Stepper, charge_error
from dendrion.cell.drive import LARGEST_CHARGE_STEP, STEPS_PER_SEGMENT
from dendrion.cell.pack import Pack, Wiring
from dendrion.cell.stepper import CellLimit
from dendrion.errors import InputError, SimulationError
from dendrion.runs.files import write_json, write_text
from dendrion.study.cell_limits import BY_THEORY, Limit, first_instability, limits_of


@dataclass
class PackRun:
    """How the run of a pack ended.

    Attributes:
        names: of the cells; histories: states of each; limits: of each; voltage: of the pack at every time [V].
        status, message: completed, interrupted or failed.
    """

    file: CellFile
    names: list[str]
    histories: list[list[CellState]]
    voltage: list[float]
    current: list[float]
    limits: list[list[Limit]] = field(default_factory=list)
    status: str = "running"
    message: str = ""

    @property
    def first(self) -> tuple[str, Limit] | None:
        """The cell that meets a limit first, and the limit; None where none does."""
        found = [
            (name, first_instability(limits)) for name, limits in zip(self.names, self.limits, strict=True)
        ]
        reached = [(name, limit) for name, limit in found if limit is not None]
        return min(reached, key=lambda one: one[1].time, default=None)

    def chances(self) -> dict[str, float]:
        """Share of the draws in which each cell is the first; ``none``: no cell reaches a limit.

        Every cell draws its own flaw and toughness; cells that reach a limit at the same moment share the draw.
        """
        times = np.array([_earliest(limits, self.file.limits.samples) for limits in self.limits])
        if times.size == 0:
            return {}
        least = times.min(axis=0)
        ties = (times == least) & np.isfinite(least)
        shares = ties / np.maximum(ties.sum(axis=0), 1)
        found = {name: float(one.mean()) for name, one in zip(self.names, shares, strict=True)}
        return {**found, "none": float(np.mean(~np.isfinite(least)))}

    @property
    def kirchhoff_error(self) -> float:
        """Largest difference of the sum of the cells' currents from the pack's, over the current [dimensionless]."""
        assert self.file.pack is not None
        area, parallel = self.file.cell.area, self.file.pack.parallel
        density = np.array([[state.current_density for state in history[1:]] for history in self.histories])
        total = density.reshape(-1, parallel, density.shape[1]).sum(axis=1) * area
        wanted = np.array(self.current[1:])
        return float(np.max(np.abs(total - wanted) / np.maximum(np.abs(wanted), 1e-12)))

    @property
    def summary(self) -> dict[str, Any]:
        """For machines, SI."""
        chances, first = self.chances(), self.first
        rows = []
        for name, history, limits in zip(self.names, self.histories, self.limits, strict=True):
            densities = [state.plating_current_density for state in history]
            earliest = first_instability(limits)
            rows.append({
                "name": name, "temperature_K": history[-1].temperature, "pressure_Pa": history[0].pressure,
                "current_density_first_A_per_m2": densities[1], "current_density_max_A_per_m2": max(densities),
                "plated_C_per_m2": history[-1].plated, "interface_resistance_ohm_m2": history[-1].interface_resistance,
                "charge_error": charge_error(history[-1]), "limits": [one.as_dict() for one in limits],
                "first_instability": earliest.as_dict() if earliest else None, "chance_of_being_first": chances.get(name),
            })  # fmt: skip
        return {
            "status": self.status, "message": self.message, "time_s": self.histories[0][-1].time,
            "pack_voltage_V": self.voltage[-1], "kirchhoff_error": self.kirchhoff_error,
            "first_cell": first[0] if first else None, "first_limit": first[1].as_dict() if first else None,
            "chance_that_none_is_reached": chances.get("none"), "cells": rows,
        }  # fmt: skip


def _earliest(limits: list[Limit], count: int) -> np.ndarray:
    """Earliest time over the limits of the theory in every draw [s]."""
    drawn = [
        one.draws if one.draws is not None else np.full(max(count, 1), one.time)
        for one in limits
        if one.name in BY_THEORY
    ]
    return np.min(drawn, axis=0) if drawn else np.full(max(count, 1), math.inf)


def run_pack(
    file: CellFile, out: str | Path | None = None, *, stop_requested: Callable[[], bool] = lambda: False
) -> PackRun:
    """Leads a pack through its protocol; current densities of the steps are those of a mean cell.

    Raises:
        InputError: the file has no pack, a step holds a voltage, or the folder is taken.
        SimulationError: the current does not split, or a cell is exhausted in the middle; says what was saved.
    """
    pack = make_pack(file)
    assert file.pack is not None
    folder = _prepare(file, out)
    run = PackRun(
        file, [cell.name for cell in file.pack.cells], [[s] for s in pack.states], [pack.voltage], [0.0]
    )
    try:
        _lead(run, pack, file, stop_requested)
    except SimulationError as error:
        run.status, run.message = "failed", str(error)
        _conclude(run, folder)
        where = f"  saved:   {len(run.voltage)} rows in {folder}" if folder else "  saved:   nothing"
        raise SimulationError(f"{error}\n{where}") from error
    _conclude(run, folder)
    return run


def make_pack(file: CellFile) -> Pack:
    """The cells of a pack, each with its own temperature and stack pressure.

    Raises:
        InputError: the file has no pack, or asks for an engine or a coupling that a pack does not have.
    """
    if file.pack is None:
        raise InputError("this file has no pack", field="pack", hint="pack: {parallel: 2, cells: [...]}")
    if file.engine != "small" or file.coupling is not None:
        raise InputError(
            "a pack is made of small cells without a field run",
            field="engine",
            value=file.engine,
            allowed="small",
        )
    warm = file.conditions.temperature
    heat = [cell.temperature or warm for cell in file.pack.cells]
    cells: list[Stepper] = [
        file.build(temperature=at, pressure=cell.pressure)
        for at, cell in zip(heat, file.pack.cells, strict=True)
    ]
    wiring = Wiring(file.pack.contact_resistance, file.pack.busbar_resistance)
    return Pack(cells, file.pack.parallel, file.cell.area, heat, wiring)


def _lead(run: PackRun, pack: Pack, file: CellFile, stop_requested: Callable[[], bool]) -> None:
    protocol = file.steps(pack.cells[0].capacity if file.cell.counter == "cathode" else None)
    groups = len(pack.cells) // pack.parallel
    index = 0
    while index < len(protocol.segments):
        place = protocol.segments.place(index)
        segment = place.segment
        if segment.kind == "voltage":
            raise InputError(
                "a pack holds no voltage: give its steps a current and a voltage limit", field="protocol",
                value=segment.label,
            )  # fmt: skip
        elapsed, index = 0.0, index + 1
        while elapsed < segment.duration * (1.0 - 1e-12):
            dt = min(_interval(segment, pack), segment.duration - elapsed)
            current = segment.value_at(elapsed + 0.5 * dt) * file.cell.area * pack.parallel
            before = pack.snapshot()
            try:
                pack.advance(current, dt)
            except CellLimit as limit:
                if limit.what == "salt":
                    raise
                index = (
                    place.next_step
                )  # an electrode of one cell is used up: the cycler's limit would have ended it
                break
            elapsed += dt
            if _past(segment, pack.voltage / groups, file):
                pack.restore(before)
                index = place.next_step
                break
            for history, state in zip(run.histories, pack.states, strict=True):
                history.append(state)
            run.voltage.append(pack.voltage)
            run.current.append(current)
            if stop_requested():
                run.status, run.message = "interrupted", "stopped on request"
                return
    run.status, run.message = "completed", "the protocol is done"


def _interval(segment: Segment, pack: Pack) -> float:
    lasting = segment.duration / STEPS_PER_SEGMENT if math.isfinite(segment.duration) else math.inf
    current = abs(segment.mean_value)
    charging = LARGEST_CHARGE_STEP * pack.cells[0].capacity / current if current else math.inf
    shortest = min(lasting, charging)
    return shortest if math.isfinite(shortest) else 60.0


def _past(segment: Segment, voltage: float, file: CellFile) -> bool:
    """Whether the mean voltage of a group is past the limit of the step; a pack ends it one interval before."""
    if segment.voltage_limit is None or segment.kind != "current":
        return False
    plating = segment.mean_value > 0.0
    limit = abs(segment.voltage_limit)
    terminal = limit if plating or file.cell.counter == "cathode" else -limit
    return voltage >= terminal if plating else voltage <= terminal


def _prepare(file: CellFile, out: str | Path | None) -> Path | None:
    if out is None:
        return None
    folder = Path(out)
    if folder.exists() and any(folder.iterdir()):
        raise InputError(
            "this is not an empty folder", field="--out", value=str(folder), hint="name a new folder"
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "cell.yaml", to_yaml(file.given))
    return folder


def _conclude(run: PackRun, folder: Path | None) -> None:
    run.limits = [
        limits_of(run.file, history, seed=run.file.limits.seed + 1000 * k)
        for k, history in enumerate(run.histories)
    ]
    if folder is None:
        return
    write_text(folder / "history.csv", _history_text(run))
    write_json(folder / "summary.json", run.summary)
    write_json(folder / "status.json", {"status": run.status, "message": run.message})


def _history_text(run: PackRun) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    header = ["time [s]", "current [A]", "voltage [V]"]
    for name in run.names:
        header += [f"{name}: current density [A/m^2]", f"{name}: voltage [V]", f"{name}: pressure [Pa]"]
    writer.writerow(header)
    for k, voltage in enumerate(run.voltage):
        row = [run.histories[0][k].time, run.current[k], voltage]
        for history in run.histories:
            row += [history[k].plating_current_density, history[k].voltage, history[k].pressure]
        writer.writerow([repr(float(value)) for value in row])
    return stream.getvalue()
