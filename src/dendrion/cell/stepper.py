"""What a cell model offers to whoever drives it: one interval at a time, with what the metal says in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from dendrion.errors import SimulationError


@dataclass(frozen=True)
class Feedback:
    """What a dendrite changes in the cell that it grows in.

    Attributes:
        area_ratio: area of the metal's front over the cross-section [dimensionless].
        film_resistance: of what covers the metal [ohm*m^2].
        contact_resistance: in series at the metal, beyond what the fixture's pressure gives [ohm*m^2].
        leakage_conductance: electrons across the electrolyte [S/m^2].
    """

    area_ratio: float = 1.0
    film_resistance: float = 0.0
    contact_resistance: float = 0.0
    leakage_conductance: float = 0.0


@dataclass(frozen=True)
class CellState:
    """A cell at the end of an interval. Plating is positive; every amount counts from the start.

    Attributes:
        time [s]; temperature [K]; current_density: through the terminals [A/m^2].
        plating_current_density: through the metal's reaction, without the leakage [A/m^2].
        voltage: counter electrode against the metal [V], as people state it; the field engine's cell voltage with the
            sign reversed.
        open_circuit_voltage [V]; overpotential: at the metal, positive drives plating [V].
        charge, plated, leaked: through the terminals, the metal, the electrolyte as electrons [C/m^2].
        metal_thickness [m]; pressure: of the stack [Pa]; contact_fraction [dimensionless].
        interface_resistance: metal to electrolyte, contact and film included, small currents [ohm*m^2].
        salt_at_metal: [mol/m^3], nan where only the metal's ion moves.
        state_of_charge: of the cathode, or of the charge plated over the metal that there was [dimensionless].
    """

    time: float
    temperature: float
    current_density: float
    plating_current_density: float
    voltage: float
    open_circuit_voltage: float
    overpotential: float
    charge: float
    plated: float
    leaked: float
    metal_thickness: float
    pressure: float
    contact_fraction: float
    interface_resistance: float
    salt_at_metal: float
    state_of_charge: float


class Stepper(Protocol):
    """A cell that goes on interval by interval: the small model of dendrion, or PyBaMM's.

    ``capacity`` is the charge between the two ends of the cell [C/m^2]; what a C-rate refers to.
    """

    has_cathode: bool
    """Whether the counter electrode has a voltage of its own."""

    state: CellState

    @property
    def capacity(self) -> float: ...

    def advance(
        self, current_density: float, temperature: float, dt: float, feedback: Feedback = ...
    ) -> CellState: ...
    def hold(self, voltage: float, temperature: float, dt: float, feedback: Feedback = ...) -> CellState: ...
    def snapshot(self) -> Any: ...
    def restore(self, saved: Any) -> None: ...
    def saved(self) -> Any: ...
    def load(self, saved: Any, history: Sequence[CellState]) -> None: ...


UNCHANGED = Feedback()
"""A flat, clean metal in an electrolyte that nothing grows into."""


class CellLimit(SimulationError):
    """The cell can't carry the current any more: salt, metal or cathode is used up. ``what`` is one of those."""

    def __init__(self, what: str, message: str, time: float) -> None:
        super().__init__(f"{message} at t = {time:.6g} s")
        self.what, self.time = what, time
