"""A dendrite's tip: the radius that grows fastest between capillarity and diffusion (Barton–Bockris, Akolkar)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import FARADAY
from .. import inputs
from ..arrays import Array
from ..card import BINARY, Axis, Card, Constraint, Output, Reference, Remark, parameter
from ..model import Model
from ..relations import inverse_thermal_voltage

_CONTINUUM = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class TipGrowth(Model):
    """i(r) = f (eta - 2 gamma V_M/(F r))/(1/i0 + r/(F D c)), largest at r_c [1 + sqrt(1 + a_k/r_c)]."""

    card: ClassVar = Card(
        name="tip_growth", title="Tip growth (Barton–Bockris, Akolkar)", field="growth", scale="0-D, tip radius", kind="published",
        system="metal tip in a binary electrolyte",
        equations=("i(r) = f (η − 2γV_M/(F r))/(1/i₀ + r/(F D c))", "r_opt = r_c [1 + √(1 + a_k/r_c)],  r_c = 2γV_M/(Fη),  a_k = F D c/i₀",
                   "v = i V_M/F", "tip over flat at equal potential: (1 − i/i_lim)^{−ξ}"),
        assumptions=("spherical diffusion to one tip, linear kinetics (η below 25 mV)", "the tip chooses the radius of fastest growth"),
        limits=("the radius is a hypothesis of maximal speed, not a solution of the shape", "no interphase, no neighbours"),
        conclusion="without kinetics the radius is twice the critical one; with it, micrometres",
        references=(Reference("Akolkar, J. Power Sources 246 (2014) 84 (temperature form), abstract"),),
        classes=BINARY, instead="electrodeposition_stability or griffith_overpotential",
        example={"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "overpotential": "5 mV"},
        regime=(Axis("overpotential", 1e-3, 2.5e-2), Axis("exchange_current_density", 0.1, 1e4)),
        gradient=("overpotential", "tip_speed"),
    )  # fmt: skip
    outputs: ClassVar = {
        "tip_speed": Output("velocity", "speed of the tip"),
        "tip_current": Output("current_density", "current density at the tip"),
        "tip_radius": Output("length", "radius of fastest growth"),
        "critical_radius": Output("length", "radius below which a tip dissolves, 2γV_M/(Fη)"),
        "reaction_length": Output("length", "F D c/i₀: reaction against diffusion"),
        "tip_over_flat": Output(
            "dimensionless", "current of a tip over that of the flat electrode at equal potential"
        ),
    }

    overpotential: Array = inputs.overpotential()
    exchange_current_density: Array = inputs.exchange_current_density()
    salt_concentration: Array = inputs.salt_concentration()
    salt_diffusivity: Array = inputs.salt_diffusivity()
    surface_energy: Array = inputs.surface_energy()
    molar_volume: Array = inputs.molar_volume()
    temperature: Array = inputs.temperature()
    relative_current: Array = parameter(
        "dimensionless", "current over limiting current", default=0.0, least=0.0, below=1.0
    )
    reaction_order: Array = parameter(
        "dimensionless", "order ξ of the reaction in the salt", default=1.0, least=0.0
    )

    def _radii(self) -> tuple[Array, Array, Array]:
        critical = 2.0 * self.surface_energy * self.molar_volume / (FARADAY * self.overpotential)
        length = FARADAY * self.salt_diffusivity * self.salt_concentration / self.exchange_current_density
        return critical, length, critical * (1.0 + self.xp.sqrt(1.0 + length / critical))

    def constraints(self) -> Iterable[Constraint]:
        yield Constraint(
            self._radii()[2] >= _CONTINUUM, "the tip would be thinner than three atoms", "overpotential",
            "a tip radius of 1 nm or more", "a lower overpotential, or an atomistic model",
        )  # fmt: skip

    def compute(self) -> dict[str, Array]:
        critical, length, radius = self._radii()
        drive = inverse_thermal_voltage(self.temperature) * self.overpotential * (1.0 - critical / radius)
        current = drive * self.exchange_current_density / (1.0 + radius / length)
        return {
            "tip_speed": current * self.molar_volume / FARADAY, "tip_current": current, "tip_radius": radius,
            "critical_radius": critical, "reaction_length": length,
            "tip_over_flat": (1.0 - self.relative_current) ** -self.reaction_order,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(self.overpotential > 0.025, "above 25 mV the kinetics is no longer linear")
