"""Which model limits the current of a cell, and with which inputs: one short function a mechanism.

Every function takes the cell and gives the limit [A/m², shape [1 + samples], nominal first] and the model it is from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..errors import InputError
from ..theory import Model
from ..theory.relations import closed_cell_depletion
from .cell_draws import CellDraws
from .half_cycle import HalfCycle, half_cycle
from .numbers import Number

Array = Any
Answer = tuple[Array, Model]

THEORY_INPUTS = {
    "contact_fraction": "share of the area in contact [dimensionless]",
    "flaw_length": "length of the worst flaw at the anode [m]",
    "closing_stress": "further compression across the flaw [Pa]",
    "focusing": "current at the weakest place over the mean current [dimensionless]",
    "area_ratio": "area on which metal plates over the area of the cell [dimensionless]",
    "diffusion_layer": "thickness of the diffusion layer where the electrolyte is stirred [m]",
    "mean_share": "mean over peak of a current that pulses faster than any case can say [dimensionless]",
    "ripple_share": "share of the pulses that reaches the reaction [dimensionless]",
    "frequency": "frequency of the current [1/s]",
    "temperature_rise": "warming of the cell by its own losses [K]",
}
"""Inputs of the limits that no case has, with their SI units: what remedies outside the case change."""

LARGEST_CURRENT = 1e5
"""Current density above which no model answers [A/m²]."""


@dataclass
class Cell:
    """A drawn case with the numbers of ``data/limits.yaml`` and the inputs that no case has."""

    draws: CellDraws
    numbers: Mapping[str, Number]
    theory: Mapping[str, Any]
    assumptions: list[str] = field(default_factory=list)

    def number(self, name: str) -> Array:
        """A number of the file, shape [1 + samples]."""
        return self.draws.number(self.numbers[name])

    def has(self, where: str) -> bool:
        """Whether the case has this claim."""
        return self.draws.claim(where) is not None

    @property
    def spread_share(self) -> Array:
        """Mean current of the cell over the mean current at the weakest place [dimensionless]."""
        contact, focusing = self.theory.get("contact_fraction", 1.0), self.theory.get("focusing", 1.0)
        return contact * self.theory.get("area_ratio", 1.0) / focusing

    @property
    def local_share(self) -> Array:
        """Mean current of the half-cycle over the largest current at the weakest place [dimensionless].

        The part of a ripple that charges the interface's double layer does not reach the reaction.
        """
        ripple = 1.0 / self.half_cycle.mean_share - 1.0
        return self.spread_share / (1.0 + ripple * self.theory.get("ripple_share", 1.0))

    @cached_property
    def half_cycle(self) -> HalfCycle:
        """The half-cycle with the largest mean plating current; ``theory`` may pulse it."""
        found = half_cycle(self.draws.case)
        if "mean_share" in self.theory:
            return HalfCycle(found.mean, found.duration, float(self.theory["mean_share"]))
        return found

    @property
    def flaw_length(self) -> Array:
        """Depth of the deepest crack of the case, else one grain [m]."""
        if "flaw_length" in self.theory:
            return self.theory["flaw_length"]
        depths = [_depth(flaw) for flaw in self.draws.case.flaws]
        if depths and max(depths) > 0.0:
            return max(depths)
        if not self.has("electrolyte.grain_size"):
            self.assumptions.append(
                "no crack in the case, no claim of the grain size: the worst flaw is estimated"
            )
            return self.number("flaw_length")
        self.assumptions.append("the case has no crack: the worst flaw is taken to be one grain deep")
        return self.draws.value("electrolyte.grain_size")

    @property
    def resistance_to_flaw(self) -> Array:
        """Interface plus the mean path along the flaw's faces, R + a/(2κ) [ohm m²]."""
        resistance = self.draws.value("interface.interface_resistance")
        return resistance + 0.5 * self.flaw_length / self.draws.value("electrolyte.conductivity")

    @property
    def closing_stress(self) -> Array:
        """Compression across a flaw of the anode's side, less the stack pressure that its metal carries [Pa]."""
        conditions = self.draws.case.conditions
        given = {
            "in_plane_compression": conditions.in_plane_compression, "stack_pressure": conditions.stack_pressure,
            "confinement": conditions.lateral or "free", "flaw_length": self.flaw_length,
        }  # fmt: skip
        answers, _ = self.draws.evaluate("dendrite_deflection", given)
        extra = self.theory.get("closing_stress", 0.0)
        return answers["lateral_stress"] - conditions.stack_pressure - self.thermal_stress + extra

    @property
    def thermal_stress(self) -> Array:
        """Stress in the anode's side of a plate that is held flat under a temperature difference [Pa]."""
        case = self.draws.case
        difference = case.conditions.temperature_difference
        stressed = case.physics.mechanics != "none" and case.physics.coupling.temperature_to_stress
        if difference == 0.0 or case.conditions.bending != "flat" or not stressed:
            return 0.0
        given = {
            "temperature_difference": abs(difference), "constraint": "flat", "temperature": case.conditions.temperature,
            "flaw_length": self.flaw_length,
        }  # fmt: skip
        answers, _ = self.draws.evaluate("thermal_gradient_plate", given)
        return answers["cold_stress" if difference > 0.0 else "hot_stress"]


def _depth(flaw: Any) -> float:
    """How deep a flaw reaches from the anode's side [m]; a pore does not start a crack by itself."""
    if flaw.kind == "notch":
        return float(flaw.length * math.cos(flaw.angle))
    return float(flaw.radius) if flaw.kind == "penny" else 0.0


def crack_growth(cell: Cell) -> Answer:
    """Metal in the worst flaw presses with F i (R + a/2κ)/V_M and breaks it (derived mean over the flaw's faces)."""
    import numpy as np

    given = {
        "flaw_length": cell.flaw_length, "closing_stress": cell.closing_stress,
        "local_resistance": cell.resistance_to_flaw / cell.local_share,
    }  # fmt: skip
    answers, model = cell.draws.evaluate("griffith_overpotential", given)
    # A flaw that stress alone opens bears no current at all.
    return np.maximum(answers["critical_current"], 0.0), model


def kinetic_initiation(cell: Cell) -> Answer:
    """Local plating must not exceed the exchange current."""
    given = {
        "factor": cell.number("kinetic_factor"), "beyond_data": "yes",
        "interface_resistance": cell.draws.value("interface.interface_resistance"),
    }  # fmt: skip
    answers, model = cell.draws.evaluate("kinetic_ccd", given)
    return answers["critical_current"] * cell.local_share, model


def boundary_nucleation(cell: Cell) -> Answer:
    """Electrostriction of charged boundaries lets metal nucleate in them."""
    given = {
        "debye_length": cell.number("debye_length"), "energy_difference": cell.number("boundary_energy_difference"),
        "frequency": cell.theory.get("frequency", 0.0),
    }  # fmt: skip
    answers, model = cell.draws.evaluate("space_charge_nucleation", given)
    return answers["critical_current"] * cell.local_share, model


def inner_nucleation(cell: Cell) -> Answer:
    """The metal's potential inside the electrolyte reaches the nucleation overpotential."""
    given = {
        "current_density": 0.0, "thickness": cell.draws.given["thickness"],
        "nucleation_overpotential": cell.number("inner_nucleation_overpotential"),
    }  # fmt: skip
    answers, model = cell.draws.evaluate("electronic_leakage", given)
    return answers["critical_current"] * cell.local_share, model


def boundary_potential(cell: Cell) -> Answer:
    """The jump over the first resistive boundary beats the back stress of a flaw."""
    import numpy as np

    if not (cell.has("electrolyte.grain_boundary_resistance_share") and cell.has("electrolyte.grain_size")):
        raise InputError("no claim of grain_boundary_resistance_share and grain_size")
    share, grain = (
        cell.draws.value(f"electrolyte.{name}") for name in ("grain_boundary_resistance_share", "grain_size")
    )
    thickness = cell.draws.given["thickness"]
    place = np.minimum(grain / thickness, 0.5)
    given = {
        "thickness": thickness, "resistance_ratio": share / (1.0 - share) * place, "position": place,
        "flaw_length": cell.flaw_length,
    }  # fmt: skip
    answers, model = cell.draws.evaluate("current_limit_diagram", given)
    return answers["critical_current"] * cell.local_share, model


def depletion(cell: Cell) -> Answer:
    """The salt runs out at the plating electrode within the half-cycle; the mean current decides.

    i = i_lim/g(D t/L²) with the g of ``sand_time`` for a closed gap: the inverse of its depletion time.
    """
    import numpy as np

    thickness = cell.draws.given["thickness"]
    far = "reservoir" if cell.draws.case.cell.counter_electrode == "reservoir" else "closed"
    layer = np.minimum(cell.theory.get("diffusion_layer", np.inf), thickness)
    if "diffusion_layer" in cell.theory:
        far = "reservoir"
    answers, model = cell.draws.evaluate("limiting_current", {"thickness": layer, "counter": far})
    steady = answers["limiting_current"]
    if math.isinf(cell.half_cycle.duration):
        return steady * cell.spread_share, model
    # A layer with a reservoir behind it runs out as a closed gap of twice its thickness.
    gap = layer * (2.0 if far == "reservoir" else 1.0)
    scaled = cell.draws.value("electrolyte.salt_diffusivity") * cell.half_cycle.duration / gap**2
    current = np.minimum(steady / closed_cell_depletion(scaled, np), LARGEST_CURRENT)
    given = {"current_density": current, "thickness": gap, "duration": cell.half_cycle.duration}
    _, model = cell.draws.evaluate("sand_time", given)
    return current * cell.spread_share, model


def contact_loss(cell: Cell) -> Answer:
    """Stripping outruns creep, diffusion along the interface and the vacancies that the metal takes up (derived sum)."""
    pressure, thickness = cell.draws.case.conditions.stack_pressure, cell.draws.case.initial.metal_thickness
    if pressure <= 0.0:
        raise InputError("the case states no stack pressure")
    if not thickness:
        raise InputError("the case has no metal layer")
    vacancies: Array = 0.0
    if cell.has("metal.self_diffusivity") and math.isfinite(cell.half_cycle.duration):
        answers, _ = cell.draws.evaluate("metal_side_sand_time", {"current_density": 1.0})
        vacancies = (answers["invariant"] / cell.half_cycle.duration) ** 0.5
    given = {
        "stack_pressure": pressure, "metal_thickness": thickness, "base_current": vacancies,
        "interface_diffusion": cell.number("interface_diffusion"), "wavelength": cell.number("uneven_wavelength"),
    }  # fmt: skip
    answers, model = cell.draws.evaluate("stack_pressure_current", given)
    return answers["critical_current"] * cell.theory.get("area_ratio", 1.0), model


def extrusion(cell: Cell) -> Answer:
    """Above the stack pressure that extrudes the metal the cell is shorted before any current flows."""
    import numpy as np

    if not cell.has("interface.extrusion_stack_pressure"):
        raise InputError("no claim of extrusion_stack_pressure")
    pressure = cell.draws.case.conditions.stack_pressure
    given = {"current_density": 1.0, "stack_pressure": pressure}
    _, model = cell.draws.evaluate("pressure_window", given)
    return np.where(pressure < cell.draws.value("interface.extrusion_stack_pressure"), np.inf, 0.0), model


@dataclass(frozen=True)
class Rule:
    """A mechanism that limits the current: on which side, and how it is computed."""

    mechanism: str
    side: str
    compute: Callable[[Cell], Answer]


RULES = {
    "crack_growth": Rule("crack", "plating", crack_growth),
    "kinetic_initiation": Rule("initiation", "plating", kinetic_initiation),
    "boundary_nucleation": Rule("internal nucleation", "plating", boundary_nucleation),
    "inner_nucleation": Rule("internal nucleation", "plating", inner_nucleation),
    "boundary_potential": Rule("internal nucleation", "plating", boundary_potential),
    "depletion": Rule("depletion", "plating", depletion),
    "contact_loss": Rule("void", "stripping", contact_loss),
    "extrusion": Rule("extrusion", "plating", extrusion),
}
"""Every limit by name."""
