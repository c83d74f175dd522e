"""What the pictures of one run need, read once: grid, front, chosen fields, time and charge of each frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dendrion.report.style import LOOKS, FieldLook, Unit, length_unit, unit_for
from dendrion.runs import RunFolder
from dendrion.units import format_quantity

if TYPE_CHECKING:
    import xarray

PEAKED = (
    "electric_field",
    "ionic_current_density",
    "largest_principal_stress",
    "pressure",
    "von_mises_stress",
)
"""Fields with sharp peaks at tips, which would take the whole range of colours."""

ROUND_OFF = 1e-6
"""Share of a column's largest magnitude below which a value is shown as zero [dimensionless]."""

_FLAT = 1e-3
"""Relative variation below which a map would show nothing but noise [dimensionless]."""

ENDINGS = {
    "completed": "protocol done", "shorted": "short circuit", "interrupted": "interrupted",
    "failed": "failed", "running": "running",
}  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """One field to draw, with its colour range over the frames it was made for."""

    name: str
    look: FieldLook
    unit: Unit
    low: float
    high: float


class Frames:
    """The stored frames of a run."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.fields: xarray.Dataset = folder.fields
        self.times = self.fields.time.values
        self.axes = [name for name in ("x", "y", "z") if name in self.fields.dims]
        self.shape = tuple(self.fields.sizes[name] for name in self.axes)
        self.lengths = tuple(self._length(name) for name in self.axes)
        self.unit = length_unit(*self.lengths)

    def __len__(self) -> int:
        return len(self.times)

    @property
    def dimension(self) -> int:
        """Number of directions with more than one cell [dimensionless]."""
        return sum(count > 1 for count in self.shape)

    def values(self, name: str, frame: int) -> NDArray[np.float64]:
        """A field of one frame, shape [x, y(, z)], SI; ``electric_field`` is made from the potential."""
        if name == "electric_field":
            potential = self.values("electrolyte_potential", frame)
            steps = [length / count for length, count in zip(self.lengths, self.shape, strict=True)]
            wide = [axis for axis, count in enumerate(self.shape) if count > 1]
            return np.sqrt(sum(np.gradient(potential, steps[axis], axis=axis) ** 2 for axis in wide))
        return self.fields[name][frame].values.astype(float)

    def front(self, frame: int) -> NDArray[np.float64]:
        """The order parameter of one frame, shape [x, y(, z)] [dimensionless]."""
        return self.values("order_parameter", frame)

    def panels(self, frames: list[int]) -> list[Panel]:
        """The fields worth a map over these frames: stress and transport first, temperature where it varies."""
        binary = "salt_concentration" in self.fields
        names = ["salt_concentration" if binary else "ionic_current_density", "electrolyte_potential"]
        if not binary and "ionic_current_density" not in self.fields:
            names[0] = "electric_field"
        if self._has("largest_principal_stress"):
            names = ["largest_principal_stress", *names] if binary else ["largest_principal_stress", names[1]]
        found = [self._panel(name, frames) for name in (*names, "temperature") if self._has(name)]
        varying = [panel for panel in found if panel is not None]
        return varying or [self._constant_panel(names, frames)]

    def caption(self, frame: int) -> str:
        """Time, charge passed and, for the last frame, how the run ended."""
        parts = [f"t = {format_quantity(float(self.times[frame]), 'time')}"]
        charge = self._history_at("charge", frame)
        if charge is not None:
            parts.append(f"charge {format_quantity(charge, 'areal_capacity', 3)}")
        status = self.folder.status["status"]
        if frame in (len(self) - 1, -1) and status != "completed":
            parts.append(ENDINGS.get(status, status))
        return "   ·   ".join(parts)

    def _length(self, name: str) -> float:
        centres = self.fields[name].values
        return float(centres[-1] + centres[0])

    def _has(self, name: str) -> bool:
        return name in self.fields or (name == "electric_field" and "electrolyte_potential" in self.fields)

    def _panel(self, name: str, frames: list[int]) -> Panel | None:
        low, high = self._range(name, frames)
        if not high - low > _FLAT * max(abs(low), abs(high)) and name != "temperature":
            return None
        if name == "temperature" and high - low < 0.05:  # [K]
            return None
        look = LOOKS[name]
        if look.signed:
            low, high = -max(-low, high), max(-low, high)
        return Panel(name, look, unit_for(look.kind, (low, high)), low, high)

    def _constant_panel(self, names: list[str], frames: list[int]) -> Panel:
        name = next((name for name in names if self._has(name)), "order_parameter")
        look = LOOKS.get(name, FieldLook("order parameter", "", "cividis"))
        low, high = self._range(name, frames) if name in LOOKS else (0.0, 1.0)
        return Panel(name, look, unit_for(look.kind, (low, high)), low, high + (high == low))

    def _range(self, name: str, frames: list[int]) -> tuple[float, float]:
        """Extremes in the electrolyte; for fields with peaks at tips without the outermost thousandths."""
        found = (self._frame_range(name, frame) for frame in frames)
        bounds = [bound for bound in found if bound is not None] or [(0.0, 0.0)]
        return min(low for low, _ in bounds), max(high for _, high in bounds)

    def _frame_range(self, name: str, frame: int) -> tuple[float, float] | None:
        values = self.values(name, frame)[self.front(frame) < 0.5]
        if values.size == 0:
            return None
        if name in PEAKED:
            return float(np.quantile(values, 0.001)), float(np.quantile(values, 0.999))
        return float(values.min()), float(values.max())

    @cached_property
    def history(self) -> xarray.Dataset | None:
        """The run's history, or None where there is none yet."""
        return self.folder.history if self.folder.history_file.is_file() else None

    def _history_at(self, quantity: str, frame: int) -> float | None:
        found = column(self.history, quantity)
        if found is None or found.size == 0:
            return None
        if self.times[frame] < found.time.values[0]:
            return 0.0
        value = float(np.interp(self.times[frame], found.time.values, found.values))
        return without_round_off(value, found.values)

    def history_at(self, quantity: str, frame: int) -> float | None:
        """A history column at a frame's time [SI]; None where the history lacks it."""
        return self._history_at(quantity, frame)


def without_round_off(value: float, values: Any) -> float:
    """Zero where a value is nothing beside the largest of its column: the charge of a cycle that came back to its start."""
    return 0.0 if abs(value) <= ROUND_OFF * float(np.nanmax(np.abs(values))) else value


def column(history: Any, quantity: str) -> Any:
    """The history's column of a quantity, whether or not its name ends with the unit; None without one."""
    if history is None:
        return None
    if quantity in history:
        return history[quantity]
    for name, values in history.data_vars.items():
        unit = str(values.attrs.get("units", ""))
        suffix = unit.replace("/", "_per_").replace("^", "").replace(" ", "_")
        if name == f"{quantity}_{suffix}":
            return values
    return None


def spread_over(count: int, wanted: int) -> Iterator[int]:
    """``wanted`` of ``count`` indices, evenly spread, first and last among them."""
    yield from sorted({round(index) for index in np.linspace(0, count - 1, min(wanted, count))})
