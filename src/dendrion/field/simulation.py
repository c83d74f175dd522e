"""A simulation: a model of the front led through a protocol, step by step, with what the world wants to know."""

from __future__ import annotations

import math
import time as clock
from typing import Any

from dendrion.case import Case
from dendrion.case.links import links
from dendrion.case.segments import Place
from dendrion.errors import SimulationError
from dendrion.field.flatten import flat, unflat
from dendrion.field.model import Columns, FieldMap, Model, TwoPotentialModel
from dendrion.numerics.grid import Grid

ROWS_PER_STEP = 20
"""A protocol step takes at least so many time steps [dimensionless]: a pulse is resolved, a history has a shape."""

LARGEST = ("temperature_max_K", "metal_pressure_max_Pa", "electrolyte_tension_max_Pa", "energy_error")
"""Columns of which the summary gives the largest value of the run."""

SLIVER = 1e-9
"""A remainder of a protocol step below this share of it counts as done [dimensionless]."""


def make_model(case: Case) -> Model:
    """The model that the case asks for."""
    if case.physics.model == "hong2018":
        from dendrion.field.hong2018 import Hong2018Model

        return Hong2018Model(case)
    if case.physics.crack.filling:
        from dendrion.field.tri_field import CrackModel

        return CrackModel(case)
    if case.physics.mechanics != "none":
        from dendrion.field.stress_model import StressModel

        return StressModel(case)
    return TwoPotentialModel(case)


class Simulation:
    """Advances a case in time. ``advance`` does one accepted step and returns its history row (SI).

    Raises:
        SimulationError: from ``advance``, when no step can be accepted; the state before it is kept.
    """

    def __init__(self, case: Case, model: Model | None = None) -> None:
        self.case = case
        self.model = model if model is not None else make_model(case)
        self.state = self.model.initial_state()
        self.history_columns: Columns = {
            "time_s": ("s", "simulated time"),
            "step_index": ("1", "step of the protocol, from 0"),
            **self.model.columns,
        }
        self.status = "running"
        self.stop_reason = ""
        self.compile_time = 0.0
        self.row: dict[str, float] = {}
        self._time = 0.0
        self._segment = 0
        self._elapsed = 0.0
        self._advanced = False
        self._extremes = {"faraday_error": 0.0}
        self._extremes |= {name: -math.inf for name in LARGEST if name in self.history_columns}
        self._shorted_at: float | None = None
        self._work = {"coupling_iterations": 0.0, "coupling_passes": 0.0}

    @property
    def grid(self) -> Grid:
        """The grid of the fields."""
        return self.model.grid

    @property
    def warnings(self) -> list[str]:
        """What the user should know of this run."""
        return self.model.warnings

    @property
    def time(self) -> float:
        """Simulated time [s]."""
        return self._time

    @property
    def total_time(self) -> float:
        """Simulated time at which the run ends at the latest [s]; infinite where a voltage limit decides."""
        limit = self.case.stop.time
        duration = float(self.case.protocol.duration)
        return duration if limit is None else min(duration, limit)

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do."""
        return self.status != "running"

    def progress(self) -> float:
        """Share of the run that is done: of the time, or of the way to the counter electrode if that is further."""
        share = self._time / self.total_time if math.isfinite(self.total_time) else 0.0
        if self.case.stop.short_circuit and self.row:
            share = max(share, 0.99 * self.row.get("tip_position_m", 0.0) / self.grid.size[0])
        return 1.0 if self.finished else min(share, 1.0)

    def advance(self) -> dict[str, float]:
        """One accepted time step; returns its history row."""
        if self.finished:
            raise SimulationError("the simulation has ended; there is no step left to do")
        place = self.case.protocol.segments.place(self._segment)
        left = place.segment.duration - self._elapsed
        if self.case.stop.time is not None:
            left = min(left, self.case.stop.time - self._time)
        if math.isfinite(place.segment.duration):
            left = min(left, place.segment.duration / ROWS_PER_STEP)
        started = clock.perf_counter()
        state, row = self.model.advance(self.state, place.segment, self._elapsed, left)
        if not self._advanced:
            self.compile_time, self._advanced = clock.perf_counter() - started, True
        self.state = state
        self._time += row["time_step_s"]
        self._elapsed += row["time_step_s"]
        self.row = {"time_s": self._time, "step_index": float(place.segment.step_index), **row}
        self._note_extremes()
        for name in self._work:
            self._work[name] += self.row.get(name, 0.0)
        self._next_segment(place)
        self._check_end()
        return self.row

    def _note_extremes(self) -> None:
        for name in LARGEST:
            if name in self._extremes:
                self._extremes[name] = max(self._extremes[name], self.row[name])
        error = self.row["faraday_error"]
        if abs(error) > abs(self._extremes["faraday_error"]):
            self._extremes["faraday_error"] = error

    def _next_segment(self, place: Place) -> None:
        segment, voltage = place.segment, self.row["cell_voltage_V"]
        limit = segment.voltage_limit
        if limit is not None and (voltage <= limit if segment.mean_value > 0.0 else voltage >= limit):
            self._segment, self._elapsed = place.next_step, 0.0
        elif self._elapsed >= segment.duration * (1.0 - SLIVER):
            self._segment, self._elapsed = self._segment + 1, 0.0

    def _check_end(self) -> None:
        if self.case.stop.short_circuit and self.model.shorted(self.row):
            self._end("shorted", "the metal reached the counter electrode")
            self._shorted_at = self._time
        elif (reason := getattr(self.model, "ended", None)) is not None:
            self._end("completed", reason)
        elif self.case.stop.tip is not None and self.row["tip_position_m"] >= self.case.stop.tip:
            self._end("completed", f"the tip reached {self.case.stop.tip * 1e6:g} µm")
        elif self.case.stop.time is not None and self._time >= self.case.stop.time * (1.0 - SLIVER):
            self._end("completed", "the stop time was reached")
        elif self._segment >= len(self.case.protocol.segments):
            self._end("completed", "the protocol is done")

    def _end(self, status: str, reason: str) -> None:
        self.status, self.stop_reason = status, reason

    def fields(self) -> FieldMap:
        """Cell fields: name to (array [x, y, z], unit, description)."""
        return self.model.fields(self.state)

    def summary(self) -> dict[str, Any]:
        """The part of ``summary.json`` that the engine knows, SI."""
        row = self.row
        numbers = {
            name: row.get(name)
            for name in (
                "charge_C_per_m2", "tip_position_m", "tip_velocity_m_per_s", "cell_voltage_V", "overpotential_V",
                "current_peak_to_valley", "roughness_m", "front_area_ratio", "branches", "dead_metal_m",
                "current_density_A_per_m2", "crack_length_m", "filling_charge_C_per_m2",
            )
            if name in self.history_columns
        }  # fmt: skip
        return {
            "status": self.status,
            "stop_reason": self.stop_reason,
            "time_s": self._time,
            **numbers,
            **{name: value if math.isfinite(value) else None for name, value in self._extremes.items()},
            "short_circuit": self.status == "shorted",
            "short_time_s": self._shorted_at,
            "morphology": getattr(self.model, "morphology", None),
            **{name: row.get(name) for name in getattr(self.model, "summary_columns", ())},
            **self._coupling(),
        }

    def _coupling(self) -> dict[str, Any]:
        """Links between the fields, and what their agreement cost; only where there is more than one field to agree."""
        if "coupling_passes" not in self.history_columns:
            return {}
        return {
            "links_on": [name for name, state in links(self.case).items() if state == "on"],
            "links_off": [name for name, state in links(self.case).items() if state == "off"],
            "coupling_iterations": int(self._work["coupling_iterations"]),
            "coupling_passes": int(self._work["coupling_passes"]),
        }

    def checkpoint(self) -> dict[str, Any]:
        """Everything that ``restore`` needs to go on bit for bit."""
        saved = flat(self.state, "state")
        saved |= {f"row.{name}": float(value) for name, value in self.row.items()}
        saved |= {f"extreme.{name}": float(value) for name, value in self._extremes.items()}
        saved |= {f"work.{name}": float(value) for name, value in self._work.items()}
        return saved | {
            "time": self._time,
            "segment": self._segment,
            "elapsed": self._elapsed,
            "status": self.status,
            "stop_reason": self.stop_reason,
            "shorted_at": math.nan if self._shorted_at is None else self._shorted_at,
            "warnings": "\n".join(self.warnings),
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Goes back to a checkpoint of the same case."""
        self.state = unflat(self.state, saved, "state")
        self.row = {name[4:]: float(value) for name, value in saved.items() if name.startswith("row.")}
        self._extremes = {name[8:]: float(v) for name, v in saved.items() if name.startswith("extreme.")}
        self._work = {name[5:]: float(v) for name, v in saved.items() if name.startswith("work.")}
        self._time, self._elapsed = float(saved["time"]), float(saved["elapsed"])
        self._segment = int(saved["segment"])
        self.status, self.stop_reason = str(saved["status"]), str(saved["stop_reason"])
        shorted = float(saved["shorted_at"])
        self._shorted_at = None if math.isnan(shorted) else shorted
        self.model.warnings = [line for line in str(saved["warnings"]).split("\n") if line]
