"""Peak against valley of a rough front under pressure, heat and current: the stress-dominated region."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import FARADAY, GAS_CONSTANT
from .. import inputs
from ..arrays import Array, maximise
from ..card import SINGLE_ION, Axis, Card, Constraint, Output, Reference, Remark, Threshold, parameter
from ..model import Model


@dataclass(frozen=True, kw_only=True, eq=False)
class StabilityLandscape(Model):
    """i_p/i_v = (1 + eps)/(1 - eps), eps = kA coth(kL) [1 - (i_mech + i_gamma)/i]/(1 + Wa_k)."""

    card: ClassVar = Card(
        name="stability_landscape", title="Stability landscape of pressure, temperature and current", field="growth",
        scale="2-D, linear, wavelength", kind="derived", system="rough metal front on an elastic single-ion electrolyte under stack pressure",
        equations=(
            "ε = kA coth(kL) [1 − (i_mech + i_γ)/i]/(1 + Wa_k),  Wa_k = σ k R_ct coth(kL)",
            "i_mech = σ V₊ C_ν k P/F,  i_γ = σ V_M γ k²/F,  R_ct = RT/[F i₀ cosh(Fη/2RT)]",
            "C_ν = (2/3)(1 + ν)(1 − 2ν)/(1 − ν) confined, (2/3)(1 + ν) free",
            "ω = (V_M/F) k coth(kL) (i − i_mech − i_γ)/(1 + Wa_k);  hoop stress at a peak −P + σ'(1 + 2kA)",
        ),
        assumptions=("metal plastic: hydrostatic pressure P in it", "electrolyte elastic, traction-free wavy surface plus remote load",
                     "linear in the roughness (kA ≤ 0.6)"),
        limits=("V₊ is the least-known number of the field: i_mech is proportional to it", "no cracks, no growth stress of the deposit"),
        conclusion="the boundary does not depend on amplitude or kinetics; pressure and heat enlarge the stable side, long waves escape",
        references=(Reference("Verma 2021", "10.1016/j.xcrp.2020.100301"), Reference("Chatterjee 2024", "10.1002/advs.202307455", 115)),
        classes=SINGLE_ION, instead="electrodeposition_stability",
        example={"metal": "Li", "electrolyte": "LLZO", "current_density": "0.1 mA/cm^2", "stack_pressure": "5 MPa", "wavelength": "10 um",
                 "thickness": "100 um"},
        regime=(Axis("stack_pressure", 1e5, 2e7, False), Axis("current_density", 0.1, 100.0)),
        gradient=("stack_pressure", "peak_to_valley"),
    )  # fmt: skip
    outputs: ClassVar = {
        "peak_to_valley": Output("dimensionless", "current density at peaks over that in valleys"),
        "neutral_current": Output("current_density", "below this current peaks grow slower than valleys"),
        "mechanical_current": Output("current_density", "part of it that pressure holds back"),
        "capillary_current": Output("current_density", "part of it that surface energy holds back"),
        "growth_rate": Output("frequency", "growth rate of the roughness"),
        "wagner_number": Output("dimensionless", "kinetic over ohmic resistance of the wave"),
        "peak_hoop_stress": Output(
            "pressure", "stress along the surface of the electrolyte at a metal peak (tension positive)"
        ),
        "fastest_wavelength": Output("length", "wave that grows fastest, up to twice the thickness"),
    }

    current_density: Array = inputs.current_density()
    stack_pressure: Array = inputs.stack_pressure()
    wavelength: Array = parameter("length", "wavelength of the roughness", default=1e-5, above=0.0)
    slope: Array = parameter(
        "dimensionless", "slope kA = 2πA/λ of the roughness", default=0.1, above=0.0, most=0.6
    )
    thickness: Array = inputs.thickness()
    conductivity: Array = inputs.conductivity()
    exchange_current_density: Array = inputs.exchange_current_density()
    cation_molar_volume: Array = inputs.cation_molar_volume()
    molar_volume: Array = inputs.molar_volume()
    surface_energy: Array = inputs.surface_energy()
    poisson_ratio: Array = inputs.poisson_ratio()
    temperature: Array = inputs.temperature()
    melting_temperature: Array = inputs.melting_temperature()
    strength: Array = parameter(
        "pressure",
        "strength of the electrolyte",
        claim="electrolyte.flexural_strength",
        default=math.inf,
        above=0.0,
    )
    confinement: str = parameter(
        "dimensionless", "what holds the cell sideways", default="confined", choices=("confined", "free")
    )

    def constraints(self) -> Iterable[Constraint]:
        yield Constraint(
            self.temperature < self.melting_temperature,
            "the metal is molten",
            "temperature",
            "below its melting point",
        )
        yield Constraint(
            self.stack_pressure <= self.strength,
            "the pressure breaks the electrolyte",
            "stack_pressure",
            "up to its strength",
        )
        yield Constraint(
            self.current_density > 0.0, "no current: no ratio of currents", "current_density", "above 0 A/m^2"
        )

    def _remote(self) -> Array:
        """sigma' = P - S_lat, the tension that the rough surface concentrates, over P [dimensionless]."""
        lateral = (
            self.poisson_ratio / (1.0 - self.poisson_ratio)
            if self.confinement == "confined"
            else 0.0 * self.poisson_ratio
        )
        return 1.0 - lateral

    def _currents(self, k: Array) -> tuple[Array, Array, Array]:
        """Mechanical and capillary current [A/m^2] and Wagner number at wave number ``k`` [1/m]."""
        share = 2.0 / 3.0 * (1.0 + self.poisson_ratio) * self._remote()
        mechanical = self.conductivity * self.cation_molar_volume * share * k * self.stack_pressure / FARADAY
        capillary = self.conductivity * self.molar_volume * self.surface_energy * k**2 / FARADAY
        i0 = self.exchange_current_density
        # cosh(F eta/2RT) = sqrt(1 + (i/2 i0)^2) for the symmetric law i = 2 i0 sinh(F eta/2RT).
        resistance = (
            GAS_CONSTANT
            * self.temperature
            / (FARADAY * i0 * self.xp.sqrt(1.0 + (self.current_density / (2.0 * i0)) ** 2))
        )
        return mechanical, capillary, self.conductivity * k * resistance / self.xp.tanh(k * self.thickness)

    def _rate(self, k: Array) -> Array:
        mechanical, capillary, wagner = self._currents(k)
        drive = self.current_density - mechanical - capillary
        return self.molar_volume / FARADAY * k / self.xp.tanh(k * self.thickness) * drive / (1.0 + wagner)

    def compute(self) -> dict[str, Array]:
        xp, k = self.xp, 2.0 * math.pi / self.wavelength
        mechanical, capillary, wagner = self._currents(k)
        neutral = mechanical + capillary
        epsilon = (
            self.slope / xp.tanh(k * self.thickness) * (1.0 - neutral / self.current_density) / (1.0 + wagner)
        )
        fastest = maximise(self._rate, math.pi / self.thickness + 0.0 * neutral, 1e9 + 0.0 * neutral, xp)
        return {
            "peak_to_valley": (1.0 + epsilon) / (1.0 - epsilon), "neutral_current": neutral,
            "mechanical_current": mechanical, "capillary_current": capillary, "growth_rate": self._rate(k),
            "wagner_number": wagner,
            "peak_hoop_stress": self.stack_pressure * (self._remote() * (1.0 + 2.0 * self.slope) - 1.0),
            "fastest_wavelength": 2.0 * math.pi / fastest,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            result["peak_hoop_stress"] > self.strength,
            "the electrolyte cracks at the peaks: pressure beyond its upper bound",
        )
        yield Remark(result["peak_to_valley"] <= 0.0, "the valleys strip: outside the linear range")
        yield Remark(
            self.poisson_ratio > 0.49,
            "a nearly incompressible electrolyte under confinement: pressure is powerless",
        )

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["neutral_current"]
        return Threshold(
            "front roughening", "current_density", self.current_density, limit, self.current_density < limit
        )
