"""A field run inside a cell: every interval the cell's plating current grows the field, and the field answers.

The cell hands over the current density of its metal's reaction; the field gives back the area of its front, the metal
that is cut off, and how easily electrons now cross the electrolyte. Explicit: an interval uses the answer to the one
before. Reconstruction of no published scheme; the exchange is ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dendrion.case import Case
from dendrion.case.segments import Segment
from dendrion.cell.stepper import CellState, Feedback
from dendrion.errors import InputError
from dendrion.field.flatten import flat, unflat
from dendrion.field.simulation import Simulation

SAME_CURRENT = 1e-2
"""Relative change of the current up to which the field goes on with its time step [dimensionless]."""


@dataclass
class FieldInterface:
    """A field simulation driven by a cell.

    Attributes:
        case: its geometry and numbers; its protocol is not used.
        factor: local over mean current density [dimensionless].
        given: charge handed over [C/m^2]; taken: charge that the field says it passed [C/m^2].
        worst_faraday_error: metal grown minus charge passed, over the throughput [dimensionless].
    """

    case: Case
    factor: float = 1.0
    given: float = 0.0
    worst_faraday_error: float = 0.0
    shorted: bool = False
    row: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._model = Simulation(self.case).model
        self._state = self._model.initial_state()
        self._last = math.nan
        electrolyte = self.case.electrolyte_material()
        # Electrons cross what is left of the electrolyte; without a claim there is nothing to say.
        claimed = bool(electrolyte.claims("electronic_conductivity"))
        warm = self.case.conditions.temperature
        self._electronic = float(electrolyte.evaluate("electronic_conductivity", warm)) if claimed else 0.0
        self._first_gap = self._leakage(self._height())

    @property
    def taken(self) -> float:
        """Charge that the field passed [C/m^2]."""
        return self.row.get("charge_C_per_m2", 0.0)

    @property
    def charge_error(self) -> float:
        """Charge handed over minus charge taken up, over what was handed over [dimensionless]."""
        return (self.given - self.taken) / max(abs(self.given), np.finfo(float).tiny)

    def grow(self, state: CellState, dt: float) -> Feedback:
        """Grows the field for the interval ``dt`` [s] that ended with ``state``; what it does to the cell.

        Raises:
            SimulationError: the field can't follow; the message says where it stands.
        """
        current = state.plating_current_density * self.factor
        self.given += current * dt
        kind: Any = "current" if current else "rest"
        segment = Segment(kind, current, dt)
        reference = max(abs(self._last), abs(current), 1e-30)
        fresh = not abs(current - self._last) <= SAME_CURRENT * reference
        elapsed = 0.0
        while elapsed < dt * (1.0 - 1e-12) and not self.shorted:
            first = 0.0 if fresh and elapsed == 0.0 else max(elapsed, 1e-12 * dt)
            self._state, self.row = self._model.advance(self._state, segment, first, dt - elapsed)
            elapsed += self.row["time_step_s"]
            error = self.row["faraday_error"]
            self.worst_faraday_error = max(self.worst_faraday_error, abs(error), key=abs)
            self.shorted = self._model.shorted(self.row)
        if self.shorted:
            self.given -= current * (dt - elapsed)
        self._last = current
        return self.feedback()

    def feedback(self) -> Feedback:
        """What the field does to the cell now."""
        ratio = self.row.get("front_area_ratio", 1.0)
        return Feedback(
            area_ratio=max(ratio, 1e-3),
            leakage_conductance=max(self._leakage(self._height()) - self._first_gap, 0.0),
        )

    def snapshot(self) -> dict[str, Any]:
        """All that ``restore`` needs, as flat arrays and numbers."""
        saved: dict[str, Any] = flat(self._state, "state") | {f"row.{k}": v for k, v in self.row.items()}
        return saved | {
            "given": self.given, "worst": self.worst_faraday_error, "shorted": self.shorted, "last": self._last,
        }  # fmt: skip

    def restore(self, saved: Any) -> None:
        """Goes back to a snapshot."""
        self._state = unflat(self._state, saved, "state")
        self.row = {name[4:]: float(value) for name, value in saved.items() if name.startswith("row.")}
        self.given, self.worst_faraday_error = float(saved["given"]), float(saved["worst"])
        self.shorted, self._last = bool(saved["shorted"]), float(saved["last"])

    def _height(self) -> np.ndarray:
        """Metal in every column along x [m]."""
        xi = self._model.fields(self._state)["order_parameter"][0]
        return np.asarray(xi).sum(axis=0) * self._model.grid.spacing[0]

    def _leakage(self, height: np.ndarray) -> float:
        """Mean over the columns of σ_e/(L − h) [S/m^2]; a column that is bridged counts as one cell short of it."""
        left = np.maximum(self._model.grid.size[0] - height, self._model.grid.spacing[0])
        return float(np.mean(self._electronic / left))


def field_interface(case: Case, factor: float = 1.0) -> FieldInterface:
    """A field simulation for a cell.

    Raises:
        InputError: the case names another engine, or a model that is not driven by a current from outside.
    """
    if case.physics.engine != "field" or case.physics.model == "hong2018":
        raise InputError(
            "a cell drives the field engine with a current", field="coupling.case",
            value=case.title or case.physics.engine, allowed="physics: {engine: field}, model: two_potential",
        )  # fmt: skip
    return FieldInterface(case, factor)
