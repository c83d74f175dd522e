"""Growth above the limiting current: a layer without anions and the speed at which it forms (Chazalviel)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import FARADAY, GAS_CONSTANT, VACUUM_PERMITTIVITY
from .. import inputs
from ..arrays import Array
from ..card import BINARY, Axis, Card, Constraint, Output, Reference, Remark, Threshold, parameter
from ..model import Model
from ..relations import depletion_time, limiting_current
from .sand_time import binary_only


@dataclass(frozen=True, kw_only=True, eq=False)
class SpaceChargeGrowth(Model):
    """v = mu_a E = i t_a/(F c0); x1/L = 1 - sqrt(i_lim/i), cut off by the voltage there is."""

    card: ClassVar = Card(
        name="space_charge_growth", title="Space charge and ramified growth (Chazalviel)", field="transport",
        scale="1-D, closed form, electrode gap", kind="published", system="dilute binary electrolyte above "
                                                                          "the limiting current",
        equations=("v = i t_a/(F c₀)", "x₁/L = 1 − √(i_lim/i)", "ΔV = (2/3)√(2i/(ε μ_c)) x₁^{3/2}",
                   "with a voltage V: x₁ ≤ (3V/2)^{2/3}(ε μ_c/2i)^{1/3}"),
        assumptions=("dilute, planar base state, no convection", "closed cell, steady layer",
            "cation mobility from D and t₊"),
        limits=("growth is also seen below the limiting current (uneven electrodes): silence here is not "
                "safety",
                "the planar layer asks for kilovolts in real cells: only onset and speed are meant"),
        conclusion="dendrites start near Sand's time and advance at the speed of the anions",
        references=(Reference("Chazalviel's model; growth in lithium polymer cells (Rosso, Brissot)"),),
        classes=BINARY, instead="electronic_leakage",
        example={"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "current_density": "100 mA/cm^2",
            "thickness": "1 mm"},
        regime=(Axis("current_density", 100.0, 1e4), Axis("thickness", 1e-4, 1e-2)),
        gradient=("current_density", "tip_speed"),
    )  # fmt: skip
    outputs: ClassVar = {
        "tip_speed": Output("velocity", "speed of ramified growth"),
        "onset_time": Output("time", "time to depletion of the gap"),
        "layer": Output("length", "space-charge layer that the voltage allows"),
        "planar_layer": Output("length", "space-charge layer of the planar steady state"),
        "planar_voltage": Output("potential", "voltage that the planar steady state would need"),
        "relative_current": Output("dimensionless", "current over limiting current"),
    }

    current_density: Array = inputs.current_density()
    thickness: Array = inputs.thickness()
    salt_concentration: Array = inputs.salt_concentration()
    salt_diffusivity: Array = inputs.salt_diffusivity()
    cation_transference_number: Array = inputs.cation_transference_number()
    voltage: Array = parameter("potential", "voltage across the cell", default=1.0, above=0.0)
    relative_permittivity: Array = parameter(
        "dimensionless",
        "relative permittivity",
        claim="electrolyte.relative_permittivity",
        default=30.0,
        least=1.0,
    )
    temperature: Array = inputs.temperature()
    duration: Array = inputs.duration()

    def _limit(self) -> Array:
        share = 1.0 - self.cation_transference_number
        return limiting_current(self.salt_concentration, self.salt_diffusivity, share, self.thickness)

    def constraints(self) -> Iterable[Constraint]:
        yield binary_only(self.cation_transference_number, "a space charge of depletion")
        # Above t+ = 1 the limit is negative; that refusal has been made already.
        yield Constraint(
            (self.current_density > self._limit()) | (self.cation_transference_number >= 1.0),
            "not applicable: the current is at or below the limiting current, no space charge forms",
            "current_density", "above the limiting current", "limiting_current says how large that is",
        )  # fmt: skip

    def compute(self) -> dict[str, Array]:
        xp, share = self.xp, 1.0 - self.cation_transference_number
        relative = self.current_density / self._limit()
        mobility = self.salt_diffusivity / (2.0 * share) * FARADAY / (GAS_CONSTANT * self.temperature)
        stiffness = self.relative_permittivity * VACUUM_PERMITTIVITY * mobility
        planar = self.thickness * (1.0 - xp.sqrt(1.0 / relative))
        allowed = (1.5 * self.voltage) ** (2.0 / 3.0) * (stiffness / (2.0 * self.current_density)) ** (
            1.0 / 3.0
        )
        return {
            "tip_speed": self.current_density * share / (FARADAY * self.salt_concentration),
            "onset_time": depletion_time(relative, xp) * self.thickness**2 / self.salt_diffusivity,
            "layer": xp.minimum(planar, allowed), "planar_layer": planar,
            "planar_voltage": 2.0 / 3.0 * xp.sqrt(2.0 * self.current_density / stiffness) * planar**1.5,
            "relative_current": relative,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            result["planar_layer"] > result["layer"],
            "the planar layer needs more voltage than there is: it is cut off by the voltage",
        )

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["onset_time"]
        return Threshold("dendrite initiation", "time", self.duration, limit, self.duration < limit)
