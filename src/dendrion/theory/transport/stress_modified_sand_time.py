"""Sand's time in a stiff, clamped electrolyte: stress that concentration differences cause speeds diffusion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import GAS_CONSTANT
from .. import inputs
from ..arrays import Array
from ..card import BINARY, Axis, Card, Constraint, Output, Reference, Threshold
from ..model import Model
from ..relations import sand_time
from .sand_time import binary_only


@dataclass(frozen=True, kw_only=True, eq=False)
class StressModifiedSandTime(Model):
    """t = (pi D_eff/4) [F c0/(i t_a)]^2 with D_eff = D (1 + theta c0), theta = 2 E V_c^2/[9 R T (1 - nu)]."""

    card: ClassVar = Card(
        name="stress_modified_sand_time", title="Sand's time with diffusion stress", field="transport",
        scale="1-D, closed form", kind="reconstruction", system="stiff binary (polymer) electrolyte, "
                                                                "clamped in its plane",
        equations=("D_eff = D (1 + θ c₀),  θ = 2 E V_c²/[9 R T (1 − ν)]", "t = (π D_eff/4)[F c₀/(i t_a)]²"),
        assumptions=("Larché–Cahn: J = −D∇c + (D V_c c/RT)∇σ_h", "plate constraint: σ_h = −2 E V_c (c − "
                                                                 "c₀)/[9(1 − ν)]",
                     "linear elastic, no relaxation of the polymer"),
        limits=("equations are a reconstruction; the physics is known", "does not exist in single-ion "
                                                                        "conductors",
                "a polymer that creeps loses the stress"),
        conclusion="the gain is a per cent at 3 MPa and fourfold only near 1 GPa",
        references=(Reference("Hao 2020", "10.1149/1945-7111/ab8a98"),),
        classes=BINARY, instead="griffith_overpotential",
        example={"metal": "Li", "electrolyte": "PEO-LiTFSI", "temperature": "60 degC", "current_density": "1 mA/cm^2"},
        regime=(Axis("young_modulus", 1e6, 1e9), Axis("current_density", 1.0, 100.0)),
        gradient=("young_modulus", "sand_time"),
    )  # fmt: skip
    outputs: ClassVar = {
        "sand_time": Output("time", "Sand's time with diffusion stress"),
        "coupling": Output("dimensionless", "θ c₀: relative gain of diffusivity"),
        "effective_diffusivity": Output("diffusivity", "D (1 + θ c₀)"),
        "stress_free_sand_time": Output("time", "Sand's time without stress"),
    }

    current_density: Array = inputs.current_density()
    salt_concentration: Array = inputs.salt_concentration()
    salt_diffusivity: Array = inputs.salt_diffusivity()
    cation_transference_number: Array = inputs.cation_transference_number()
    cation_molar_volume: Array = inputs.cation_molar_volume()
    young_modulus: Array = inputs.young_modulus()
    poisson_ratio: Array = inputs.poisson_ratio()
    temperature: Array = inputs.temperature()
    duration: Array = inputs.duration()

    def constraints(self) -> Iterable[Constraint]:
        return (binary_only(self.cation_transference_number, "Sand's time"),)

    def compute(self) -> dict[str, Array]:
        stiffness = 2.0 * self.young_modulus * self.cation_molar_volume**2 / (1.0 - self.poisson_ratio)
        gain = stiffness / (9.0 * GAS_CONSTANT * self.temperature) * self.salt_concentration
        share = 1.0 - self.cation_transference_number
        free = sand_time(self.current_density, self.salt_concentration, self.salt_diffusivity, share)
        return {
            "sand_time": free * (1.0 + gain), "coupling": gain,
            "effective_diffusivity": self.salt_diffusivity * (1.0 + gain), "stress_free_sand_time": free,
        }  # fmt: skip

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["sand_time"]
        return Threshold("salt depletion", "time", self.duration, limit, self.duration < limit)
