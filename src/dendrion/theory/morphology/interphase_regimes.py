"""Root or surface growth by the strength of the interphase, and the regimes of solids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...constants import FARADAY
from .. import inputs
from ..arrays import Array, words
from ..card import Axis, Card, Output, Reference, parameter
from ..mechanics.metal_creep import MEGAPASCAL, creep_factor
from ..mechanics.whisker import size_law
from ..model import Model
from ..relations import overpotential_of, sand_time


@dataclass(frozen=True, kw_only=True, eq=False)
class RootOrSurfaceGrowth(Model):
    """p_g = min(F eta/V_M, C sigma_y) against p_b = 2 sigma_f delta/R of a thin shell."""

    card: ClassVar = Card(
        name="root_or_surface_growth", title="Root or surface growth (Hu)", field="morphology", scale="0-D, particle", kind="reconstruction",
        system="lithium or sodium particle in its interphase", equations=("p_b = 2σ_f δ/R,  p_g = min(Fη/V_M, C σ_y)", "p_g < p_b: root growth; else surface growth"),
        assumptions=("thin shell of uniform strength",), limits=("strength of interphases is an estimate over an order of magnitude",),
        conclusion="lithium's stronger interphase keeps growth at the root, sodium's breaks", references=(Reference("Hu 2021 as told by the survey", None, 52),),
        example={"metal": "Na", "electrolyte": "NZSP", "overpotential": "20 mV", "radius": "0.5 um"},
        regime=(Axis("overpotential", 1e-4, 0.1), Axis("radius", 1e-8, 1e-5)), gradient=("radius", "burst_pressure"),
    )  # fmt: skip
    outputs: ClassVar = {
        "label": Output("dimensionless", "root or surface"),
        "burst_pressure": Output("pressure", "pressure that breaks the interphase"),
        "growth_pressure": Output("pressure", "pressure of the growing metal"),
        "pressure_ratio": Output(
            "dimensionless", "growth over burst pressure: root growth below 1, surface growth above"
        ),
    }

    overpotential: Array = inputs.overpotential()
    radius: Array = parameter("length", "radius of the particle", above=0.0)
    molar_volume: Array = inputs.molar_volume()
    yield_strength: Array = parameter(
        "pressure", "yield strength of the metal", claim="metal.yield_strength", above=0.0
    )
    constraint_factor: Array = parameter("dimensionless", "constraint C of the flow", default=3.0, least=1.0)
    interphase_strength: Array = parameter(
        "pressure", "strength of the interphase", claim="interface.sei_strength", default=4e7, above=0.0
    )
    interphase_thickness: Array = parameter(
        "length", "thickness of the interphase", claim="interface.sei_thickness", default=3e-8, above=0.0
    )

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        growth = xp.minimum(
            FARADAY * self.overpotential / self.molar_volume, self.constraint_factor * self.yield_strength
        )
        burst = 2.0 * self.interphase_strength * self.interphase_thickness / self.radius
        zero = 0.0 * (growth + burst)
        return {
            "label": words((growth >= burst) * 1, ("root", "surface")),
            "burst_pressure": burst + zero,
            "growth_pressure": growth + zero,
            "pressure_ratio": growth / burst + zero,
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class JanaRegimes(Model):
    """Size against current: dissolves below r*, incubates until yield, then grows from base, mixed, or at the tip."""

    card: ClassVar = Card(
        name="jana_regimes", title="Regimes of size and current (Jana)", field="morphology", scale="0-D, protrusion", kind="reconstruction",
        system="lithium protrusion on an electrode",
        equations=("r* = 2γV_M/[Fη(i) − V_M w]", "incubation: p(r) = 2γ/r + E_c r/L_c < σ_y(2r)", "Π = F r ε̇/(V_M i_tip): > 10 base, < 0.1 tip",
                   "i_tip = i(1 + L_d/[r(1 + Wa)])", "depleted: t > π D (F c₀)²/(4 i² t_a²)"),
        assumptions=("η by symmetric Butler–Volmer", "creep as in the bulk at the same share p/σ_y of the strength of that size"),
        limits=("boundaries are our reading of the published map, calibrate before citing",),
        conclusion="small ones dissolve, large slow ones flow from the base, fast ones grow at the tip",
        references=(Reference("Jana 2019", "10.1039/c9ee01864f"), Reference("Jana and García 2023", "10.1149/1945-7111/acb08b")),
        example={"metal": "Li", "electrolyte": "PEO-LiTFSI", "current_density": "1 mA/cm^2", "radius": "10 um", "temperature": "60 degC"},
        regime=(Axis("current_density", 0.1, 1e3), Axis("radius", 1e-8, 1e-4)), gradient=("current_density", "creep_number"),
    )  # fmt: skip
    outputs: ClassVar = {
        "label": Output(
            "dimensionless", "dissolves, incubates, base_controlled, mixed, tip_controlled or depleted"
        ),
        "creep_number": Output("dimensionless", "Π: flow from the base against deposition at the tip"),
        "critical_radius": Output("length", "radius below which it dissolves"),
        "tip_current": Output("current_density", "current density at the tip"),
    }

    current_density: Array = parameter("current_density", "plating current density", above=0.0)
    radius: Array = parameter("length", "radius of the protrusion", least=2e-9)
    confining_modulus: Array = inputs.young_modulus()
    confining_length: Array = parameter(
        "length", "length L_c over which the electrolyte gives way", default=1e-5, above=0.0
    )
    elastic_energy: Array = parameter("energy_density", "elastic energy of the metal", default=0.0, least=0.0)
    diffusion_length: Array = parameter("length", "diffusion length L_d", default=1e-6, least=0.0)
    wagner_number: Array = parameter("dimensionless", "Wagner number of the tip", default=1.0, least=0.0)
    exchange_current_density: Array = inputs.exchange_current_density()
    surface_energy: Array = inputs.surface_energy()
    molar_volume: Array = inputs.molar_volume()
    yield_strength: Array = parameter(
        "pressure", "yield strength of the bulk", claim="metal.yield_strength", default=0.77e6, above=0.0
    )
    temperature: Array = inputs.temperature()
    creep_rate: Array = inputs.creep_rate()
    creep_exponent: Array = inputs.creep_exponent()
    creep_activation_energy: Array = inputs.creep_activation_energy()
    duration: Array = parameter("time", "how long the current has flowed", default=0.0, least=0.0)
    salt_concentration: Array = parameter(
        "concentration", "salt concentration", claim="electrolyte.salt_concentration", default=None, above=0.0
    )
    salt_diffusivity: Array = parameter(
        "diffusivity",
        "diffusivity of the salt",
        claim="electrolyte.salt_diffusivity",
        default=None,
        above=0.0,
    )
    cation_transference_number: Array = parameter(
        "dimensionless",
        "transference number of the cation",
        claim="electrolyte.cation_transference_number",
        default=None,
        above=-1.0,
    )

    def _depletion(self) -> Array:
        """Sand's time [s]; infinite without the numbers of a salt."""
        salt = (self.salt_concentration, self.salt_diffusivity, self.cation_transference_number)
        if any(value is None for value in salt):
            return self.xp.inf
        share = 1.0 - self.cation_transference_number
        time = sand_time(
            self.current_density,
            self.salt_concentration,
            self.salt_diffusivity,
            self.xp.where(share > 0.0, share, 1.0),
        )
        return self.xp.where(share > 0.0, time, self.xp.inf)

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        eta = overpotential_of(self.current_density, self.exchange_current_density, self.temperature, 0.5, xp)
        drive = FARADAY * eta / self.molar_volume - self.elastic_energy
        critical = xp.where(
            drive > 0.0, 2.0 * self.surface_energy / xp.where(drive > 0.0, drive, 1.0), xp.inf
        )
        strength = size_law(2.0 * self.radius, self.yield_strength, xp)
        pressure = 2.0 * self.surface_energy / self.radius
        pressure = pressure + self.confining_modulus * self.radius / self.confining_length
        # A small sample creeps like the bulk at the same share of its own, larger strength.
        stress = xp.minimum(pressure / strength, 1.0) * self.yield_strength
        rate = (
            creep_factor(self.creep_rate, self.creep_activation_energy, self.temperature, xp)
            * (stress / MEGAPASCAL) ** self.creep_exponent
        )
        tip = self.current_density * (
            1.0 + self.diffusion_length / (self.radius * (1.0 + self.wagner_number))
        )
        number = FARADAY * self.radius * rate / (self.molar_volume * tip)
        grown = xp.where(number > 10.0, 2, xp.where(number > 0.1, 3, 4))
        index = xp.where(self.radius < critical, 0, xp.where(pressure < strength, 1, grown))
        index = xp.where((self.radius >= critical) & (self.duration > self._depletion()), 5, index)
        return {
            "label": words(index, ("dissolves", "incubates", "base_controlled", "mixed", "tip_controlled", "depleted")), "creep_number": number,
            "critical_radius": critical + 0.0 * number, "tip_current": tip + 0.0 * number,
        }  # fmt: skip
