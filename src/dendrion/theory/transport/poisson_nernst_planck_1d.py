"""Space charge while a salt runs out: Poisson–Nernst–Planck in one dimension against the electroneutral time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import FARADAY, GAS_CONSTANT, VACUUM_PERMITTIVITY
from .. import inputs
from ..arrays import Array
from ..card import BINARY, Axis, Card, Constraint, Output, Reference, Remark, Threshold, parameter
from ..elementwise import over_elements
from ..model import Model
from ..relations import depletion_time, inverse_thermal_voltage, limiting_current
from .nernst_planck import NernstPlanckCell
from .sand_time import binary_only

CELLS = 120
"""Cells across the gap, graded to a third of a Debye length at both electrodes."""

STEPS = 80
"""Time steps to the end of the march."""

SMALLEST_SCREENING = 1e-5
"""Smallest Debye length over the gap that is marched [dimensionless]."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PoissonNernstPlanck(Model):
    """dc/dt = div D(grad c + z c f grad phi), -eps lap phi = F(c+ - c-); Scharfetter–Gummel fluxes, BDF2."""

    card: ClassVar = Card(
        name="poisson_nernst_planck_1d", title="Poisson–Nernst–Planck in one dimension", field="transport", scale="1-D, numerical, electrode gap",
        kind="published", system="dilute binary electrolyte between two electrodes that pass cations",
        equations=(
            "∂c±/∂t = ∂/∂x{D±[∂c±/∂x ± c± f ∂φ/∂x]},  −ε ∂²φ/∂x² = F(c₊ − c₋)", "λ_D = √[εRT/(2F²c₀)],  ε_λ = λ_D/L",
            "J = (D/h)[B(zΔφ) c_i − B(−zΔφ) c_{i+1}],  B(u) = u/(e^u − 1)  (Scharfetter–Gummel)",
        ),
        assumptions=("constant D₊ = D/(2t_a), D₋ = D/(2t₊), ideal salt", "held current; both electrodes carry no surface charge (zero field)"),
        limits=("the Debye length of a real cell (0.3 nm at 1 M) is out of reach in a gap of micrometres: screening_ratio widens it and says so",
                "without surface charge the cations can run out before the anions: the march ends there, nothing is clipped",
                "no steric limits, no convection"),
        conclusion="space charge delays depletion by a share proportional to ε_λ i/i_lim: electroneutral models are right but for the last nanometres",
        references=(Reference("Poisson–Nernst–Planck equations, Scharfetter–Gummel discretisation: textbook"),),
        classes=BINARY, instead="electronic_leakage",
        example={"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "current_density": "20 mA/cm^2", "thickness": "1 mm", "screening_ratio": "1e-3"},
        regime=(Axis("current_density", 120.0, 250.0), Axis("screening_ratio", 1e-4, 2e-3)), costly=True,
    )  # fmt: skip
    outputs: ClassVar = {
        "fall_time": Output(
            "time",
            "time at which the anions at the plating electrode fall to the level; infinite where they never do",
        ),
        "electroneutral_time": Output("time", "the same without space charge"),
        "time_ratio": Output("dimensionless", "fall time over electroneutral time"),
        "cation_excess": Output(
            "dimensionless", "largest (c₊ − c₋)/c₀ at the plating electrode, in size, at that time"
        ),
        "potential_drop": Output("potential", "potential across the electrolyte at that time"),
        "debye_length": Output("length", "Debye length of the salt"),
    }

    current_density: Array = parameter("current_density", "plating current density", above=0.0, most=1e5)
    thickness: Array = inputs.thickness()
    salt_concentration: Array = inputs.salt_concentration()
    salt_diffusivity: Array = inputs.salt_diffusivity()
    cation_transference_number: Array = parameter(
        "dimensionless",
        "transference number of the cation",
        claim="electrolyte.cation_transference_number",
        above=0.0,
    )
    relative_permittivity: Array = parameter(
        "dimensionless",
        "relative permittivity",
        claim="electrolyte.relative_permittivity",
        default=30.0,
        least=1.0,
    )
    temperature: Array = inputs.temperature()
    level: Array = parameter(
        "dimensionless", "share of c₀ to which the anions fall", default=0.05, above=0.0, below=1.0
    )
    screening_ratio: Array = parameter(
        "dimensionless",
        "Debye length over the gap, to widen it artificially; the salt's own where not given",
        default=None,
        above=0.0,
        below=0.1,
    )
    finest_cell: Array = parameter(
        "length",
        "cell at the electrodes; a third of the Debye length where not given",
        default=None,
        above=0.0,
    )
    duration: Array = inputs.duration()

    def _debye(self) -> Array:
        permittivity = self.relative_permittivity * VACUUM_PERMITTIVITY
        return self.xp.sqrt(
            permittivity * GAS_CONSTANT * self.temperature / (2.0 * FARADAY**2 * self.salt_concentration)
        )

    def _screening(self) -> Array:
        return self._debye() / self.thickness if self.screening_ratio is None else self.screening_ratio

    def constraints(self) -> Iterable[Constraint]:
        yield binary_only(self.cation_transference_number, "depletion of a salt")
        yield Constraint(
            self._screening() >= SMALLEST_SCREENING, "the Debye length is too thin a share of this gap to be resolved", "thickness",
            f"up to {1.0 / SMALLEST_SCREENING:g} Debye lengths", "screening_ratio=1e-3 widens the Debye length artificially",
        )  # fmt: skip
        if self.finest_cell is not None:
            yield Constraint(
                self.finest_cell <= self._screening() * self.thickness, "the first cell is wider than the Debye length: space charge is not resolved",
                "finest_cell", "up to the Debye length",
            )  # fmt: skip

    def compute(self) -> dict[str, Array]:
        names = (
            "current_density",
            "thickness",
            "salt_concentration",
            "salt_diffusivity",
            "cation_transference_number",
            "temperature",
            "level",
        )
        screening = self._screening()
        finest = screening / 3.0 if self.finest_cell is None else self.finest_cell / self.thickness
        given = {name: getattr(self, name) for name in names}
        found = over_elements(
            fall, tuple(self.outputs)[:-1], {**given, "screening": screening, "finest": finest}
        )
        return {**found, "debye_length": self._debye() + 0.0 * self.current_density}

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        xp = self.xp
        yield Remark(
            xp.asarray(self.screening_ratio is not None),
            "the Debye length is widened artificially: read the ratio of times and its trend, no layer widths",
        )
        yield Remark(
            xp.isnan(result["fall_time"]), "the cations run out before the anions fall to the level: without surface charge no electrode passes this current",
            refused=True,
        )  # fmt: skip
        yield Remark(
            xp.isinf(result["fall_time"]), "below the limiting current: the anions never fall that far"
        )

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["fall_time"]
        return Threshold("salt depletion", "time", self.duration + 0.0 * limit, limit, self.duration < limit)


def fall(
    *, current_density: float, thickness: float, salt_concentration: float, salt_diffusivity: float, cation_transference_number: float,
    temperature: float, level: float, screening: float, finest: float,
) -> dict[str, float]:  # fmt: skip
    """The answers of one cell; SI, ``screening`` and ``finest`` over the gap. NaN where the cations run out first."""
    import numpy as np

    share, unit = 1.0 - cation_transference_number, thickness**2 / salt_diffusivity
    relative = current_density / limiting_current(salt_concentration, salt_diffusivity, share, thickness)
    neutral = float(depletion_time(np.float64(relative), np, np.float64(level)))
    current = 2.0 * relative / share
    cell = NernstPlanckCell(current, share, screening, finest, CELLS)
    found = cell.march(1.6 * neutral if math.isfinite(neutral) else 3.0, STEPS, level)
    time = math.nan if found.exhausted else found.time * unit
    return {
        "fall_time": time, "electroneutral_time": neutral * unit, "time_ratio": time / (neutral * unit) if math.isfinite(neutral) else math.nan,
        "cation_excess": float(abs(found.state[0, 0] - found.state[0, 1])),
        "potential_drop": float(found.state[-1, 2] - found.state[0, 2]) / float(inverse_thermal_voltage(temperature)),
    }  # fmt: skip
