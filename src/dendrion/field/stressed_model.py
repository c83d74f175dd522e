"""What every model with stress shares: its history, its fields, and when the fields of a step agree."""

from __future__ import annotations

import math
from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array

from dendrion.case import Case
from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.field import two_potential
from dendrion.field.crack_build import make_crack_parameters
from dendrion.field.crack_energy import Energies, energy_error
from dendrion.field.crack_mechanics import Measures
from dendrion.field.model import Columns, FieldMap, TwoPotentialModel
from dendrion.field.two_potential import Influence

INFLUENCE = 10.0
"""Tolerance of what stress does to the front over ``numerics.coupling_tolerance`` [dimensionless]: a hundredth of RT/F is
a quarter of a millivolt."""

MOST_REPEATS = 8
"""Most repetitions of a step for the sake of what stress does to the front [dimensionless]; what is left is taken up by
the next step."""

UNACCOUNTED = 0.05
"""Energy error above which a run says so [dimensionless]. Mechanical work must be counted once: metal that is wedged into
a crack takes p d(theta) from the reaction and gives the same to the body; counted twice, or in one of them alone, it is
what is missing here."""

STRESS_COLUMNS: Columns = {
    "metal_pressure_max_Pa": ("Pa", "highest pressure of metal, in cracks or in the electrode"),
    "electrolyte_tension_max_Pa": ("Pa", "largest principal tension of unbroken electrolyte"),
    "energy_error": ("1", "energy that neither balance accounts for, over all that was supplied"),
    "coupling_iterations": ("1", "repetitions of the step until its fields agreed"),
    "coupling_passes": ("1", "passes of the step over stress, charge and damage"),
}

CRACK_COLUMNS: Columns = {
    "crack_length_m": ("m", "regularised length of all cracks (in 3-D: area over the depth of the box)"),
}

FILLING_COLUMNS: Columns = {
    "front_position_m": ("m", "highest point of the front, metal in cracks apart"),
    "filling_charge_C_per_m2": ("C/m^2", "charge of the metal in cracks"),
    "dead_filling_C_per_m2": ("C/m^2", "charge of the metal in cracks that is cut off from the anode"),
}


class Counts(NamedTuple):
    """How a step went: whether its fields agree; repetitions, passes and linear iterations [dimensionless]."""

    settled: bool
    iterations: int
    passes: int
    linear: int


class StressedModel:
    """A two-potential model with a solid beside it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.electro = TwoPotentialModel(case)
        self.grid = self.electro.grid
        self.parameters = self.electro.parameters
        self.solid = make_crack_parameters(case, self.grid)
        self.columns: Columns = {**self.electro.columns, **STRESS_COLUMNS}
        if case.physics.fracture != "none":
            self.columns |= CRACK_COLUMNS
        if case.physics.crack.filling:
            self.columns |= FILLING_COLUMNS
        self.strong = case.physics.coupling.scheme == "strong"

    @property
    def warnings(self) -> list[str]:
        """What the user should know of this run."""
        return self.electro.warnings

    @warnings.setter
    def warnings(self, lines: list[str]) -> None:
        """Puts back those of an interrupted run."""
        self.electro.warnings = lines

    @property
    def morphology(self) -> str:
        """Class of the front's shape."""
        return self.electro.morphology

    @property
    def summary_columns(self) -> tuple[str, ...]:
        """Columns of the history that the summary repeats."""
        return self.electro.summary_columns

    @property
    def depth(self) -> float:
        """Extent of the box along z, 1 m in a section [m]."""
        return self.grid.size[2] if self.grid.dimensions == 3 else 1.0

    @property
    def largest_time_step(self) -> float:
        """Bound on the time step that the case sets [s]."""
        return self.case.numerics.largest_time_step or math.inf

    def agree(self, before: Influence, after: Influence, area: Array, length: float) -> bool:
        """Whether what stress does to the front moved less than the tolerance, root mean square over the front.

        Shift of the equilibrium over RT/F, conductivity over itself, heat of the step over that of one kelvin.
        """
        thermal = GAS_CONSTANT * self.case.conditions.temperature / FARADAY
        scales = (thermal, 1.0, float(self.parameters.electrolyte.heat_capacity) / length)
        weight = area / jnp.sum(area)
        allowed = INFLUENCE * self.case.numerics.coupling_tolerance
        for old, new, scale in zip(before[:3], after[:3], scales, strict=True):
            if old is not None and new is not None:
                change = float(jnp.sqrt(jnp.sum(weight * (new - old) ** 2)))
                if change > allowed * scale:
                    return False
        return True

    def stress_row(
        self, row: dict[str, float], measures: Measures, energies: Energies, counts: Counts
    ) -> dict[str, float]:
        """The history row with the columns of stress; warns of energy that nobody accounts for."""
        error = float(energy_error(energies))
        if error > UNACCOUNTED:
            self.electro.warn(
                f"more than {UNACCOUNTED:.0%} of the energy supplied is accounted for by neither balance (energy_error): a "
                "crack jumped, or steps were too long for what happened in them; lower numerics.step"
            )
        found = {
            **row,
            "metal_pressure_max_Pa": float(measures.metal_pressure),
            "electrolyte_tension_max_Pa": float(measures.electrolyte_tension),
            "energy_error": error,
            "linear_iterations": row["linear_iterations"] + counts.linear,
            "coupling_iterations": float(counts.iterations),
            "coupling_passes": float(counts.passes),
        }
        if self.case.physics.fracture != "none":
            found["crack_length_m"] = float(measures.crack_surface) / self.depth
        return found

    def electro_fields(self, state: two_potential.State) -> FieldMap:
        """The fields of charge, salt and heat."""
        return self.electro.fields(state)
