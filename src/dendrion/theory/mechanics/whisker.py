"""Stress in a plated film: whiskers that it pushes out, wrinkles that relieve it, climb and size that limit it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...constants import FARADAY, GAS_CONSTANT
from .. import inputs
from ..arrays import Array
from ..card import Axis, Card, Constraint, Output, Reference, Remark, Threshold, parameter
from ..model import Model
from .metal_creep import MEGAPASCAL, creep_factor


def size_law(diameter: Array, bulk: Array, xp: Any, scale: Array = 1.0) -> Array:
    """sigma_y(D) = 105 MPa (D/0.98 um)^-0.86 between the bulk value and 250 MPa [Pa]; sodium: ``scale`` 0.6."""
    return xp.clip(scale * 105e6 * (diameter / 0.98e-6) ** -0.86, bulk, scale * 250e6)


@dataclass(frozen=True, kw_only=True, eq=False)
class StressDrivenWhisker(Model):
    """Steady film stress where creep takes up what grain boundaries insert; whiskers where the interphase cracks."""

    card: ClassVar = Card(
        name="stress_driven_whisker", title="Stress-driven whiskers", field="mechanics", scale="0-D, film", kind="reconstruction",
        system="plated film under an interphase",
        equations=("ε̇_ins = ½ f V_M i/(F h);  steady: A|σ|ⁿe^{−Q/RT} = ε̇_ins", "emission: |σ| > σ_SEI t_SEI/a + 2γ/a",
                   "dh/dt = [2/ln(b/a)] |σ| V_M s D_gb/(RT a²)"),
        assumptions=("a fraction f (0–0.2) of the atoms enters grain boundaries", "Tu's whisker: supply by grain-boundary diffusion from radius b"),
        limits=("f and δD_gb are estimates", "steady state only"),
        conclusion="thin films under stiff interphases eject whiskers; soft substrates wrinkle instead (wrinkling)",
        references=(Reference("Wang 2018", "10.1038/s41560-018-0104-5"), Reference("whisker extrusion", "arXiv:2503.21481")),
        example={"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "current_density": "1 mA/cm^2", "film_thickness": "1 um"},
        regime=(Axis("current_density", 0.1, 100.0), Axis("film_thickness", 1e-7, 1e-4)),
        gradient=("current_density", "film_stress"),
    )  # fmt: skip
    outputs: ClassVar = {
        "film_stress": Output("pressure", "steady compression of the film"),
        "emission_stress": Output("pressure", "compression that breaks the interphase over a whisker"),
        "whisker_speed": Output("velocity", "speed of a whisker (diffusional)"),
        "insertion_rate": Output("frequency", "strain rate of insertion"),
    }

    current_density: Array = inputs.current_density()
    film_thickness: Array = parameter("length", "thickness of the film", above=0.0)
    insertion_share: Array = parameter(
        "dimensionless", "share of atoms inserted in grain boundaries", default=0.1, above=0.0, most=1.0
    )
    whisker_radius: Array = parameter("length", "radius a of a whisker", default=0.5e-6, above=0.0)
    cell_radius: Array = parameter("length", "radius b that feeds it", default=5e-6, above=0.0)
    boundary_diffusion: Array = parameter(
        "m^3/s", "width times diffusivity s D_gb of grain boundaries", default=1e-19, above=0.0
    )
    interphase_strength: Array = parameter(
        "pressure", "strength of the interphase", claim="interface.sei_strength", default=1e8, above=0.0
    )
    interphase_thickness: Array = parameter(
        "length", "thickness of the interphase", claim="interface.sei_thickness", default=2e-8, above=0.0
    )
    surface_energy: Array = inputs.surface_energy()
    molar_volume: Array = inputs.molar_volume()
    temperature: Array = inputs.temperature()
    creep_rate: Array = inputs.creep_rate()
    creep_exponent: Array = inputs.creep_exponent()
    creep_activation_energy: Array = inputs.creep_activation_energy()

    def constraints(self) -> Iterable[Constraint]:
        yield Constraint(
            self.whisker_radius < self.cell_radius,
            "the whisker is wider than what feeds it",
            "whisker_radius",
            "below cell_radius",
        )

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        inserted = (
            0.5
            * self.insertion_share
            * self.molar_volume
            * self.current_density
            / (FARADAY * self.film_thickness)
        )
        factor = creep_factor(self.creep_rate, self.creep_activation_energy, self.temperature, xp)
        stress = MEGAPASCAL * (inserted / factor) ** (1.0 / self.creep_exponent)
        emission = (
            self.interphase_strength * self.interphase_thickness + 2.0 * self.surface_energy
        ) / self.whisker_radius
        mobility = (
            self.molar_volume
            * self.boundary_diffusion
            / (GAS_CONSTANT * self.temperature * self.whisker_radius**2)
        )
        return {
            "film_stress": stress, "emission_stress": emission + 0.0 * stress,
            "whisker_speed": 2.0 / xp.log(self.cell_radius / self.whisker_radius) * stress * mobility,
            "insertion_rate": inserted + 0.0 * stress,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            result["film_stress"] > 130e6,
            "above 130 MPa, the largest stress that growing whiskers were seen to exert",
        )

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        stress, limit = result["film_stress"], result["emission_stress"]
        return Threshold("whiskers", "pressure", stress, limit, stress < limit)


@dataclass(frozen=True, kw_only=True, eq=False)
class Wrinkling(Model):
    """sigma_c = (E_f/4)(3 E_s/E_f)^(2/3), lambda = 2 pi h (E_f/3E_s)^(1/3) in plane-strain moduli."""

    card: ClassVar = Card(
        name="wrinkling", title="Wrinkling of a film on a soft substrate", field="mechanics", scale="2-D, film", kind="published",
        system="collector film on a soft substrate",
        equations=("σ_c = (Ē_f/4)(3Ē_s/Ē_f)^{2/3},  λ = 2πh(Ē_f/3Ē_s)^{1/3},  A = h √(|σ|/σ_c − 1),  Ē = E/(1 − ν²)",),
        assumptions=("thin elastic film, thick soft substrate",), limits=("wrong where the substrate is not ten times softer",),
        conclusion="a soft substrate holds the stress of a plated film at the wrinkling stress: no whiskers",
        references=(Reference("Wang 2018", "10.1038/s41560-018-0104-5"),),
        example={"film_modulus": "117 GPa", "film_poisson_ratio": "0.34", "substrate_modulus": "2 MPa", "film_thickness": "0.8 um",
                 "film_stress": "100 MPa"},
        regime=(Axis("substrate_modulus", 1e5, 1e9), Axis("film_thickness", 1e-7, 1e-5)),
        gradient=("substrate_modulus", "wrinkling_stress"),
    )  # fmt: skip
    outputs: ClassVar = {
        "wrinkling_stress": Output("pressure", "compression at which the film wrinkles"),
        "wavelength": Output("length", "wavelength of the wrinkles"),
        "amplitude": Output("length", "amplitude at the film's stress; 0 below the wrinkling stress"),
    }

    film_modulus: Array = parameter("pressure", "Young's modulus of the film", least=1e3, most=1e13)
    film_poisson_ratio: Array = parameter(
        "dimensionless", "Poisson's ratio of the film", default=0.34, above=-1.0, below=0.5
    )
    substrate_modulus: Array = parameter("pressure", "Young's modulus of the substrate", least=1e3, most=1e13)
    substrate_poisson_ratio: Array = parameter(
        "dimensionless", "Poisson's ratio of the substrate", default=0.49, above=-1.0, below=0.5
    )
    film_thickness: Array = parameter("length", "thickness of the film", above=0.0)
    film_stress: Array = parameter("pressure", "compression of the film", default=0.0, least=0.0)

    def _moduli(self) -> tuple[Array, Array]:
        return self.film_modulus / (1.0 - self.film_poisson_ratio**2), self.substrate_modulus / (
            1.0 - self.substrate_poisson_ratio**2
        )

    def constraints(self) -> Iterable[Constraint]:
        film, substrate = self._moduli()
        yield Constraint(
            substrate < 0.1 * film,
            "the substrate is too stiff for wrinkling",
            "substrate_modulus",
            "below a tenth of the film's",
        )

    def compute(self) -> dict[str, Array]:
        film, substrate = self._moduli()
        limit = film / 4.0 * (3.0 * substrate / film) ** (2.0 / 3.0)
        excess = self.xp.maximum(self.film_stress / limit - 1.0, 0.0)
        return {
            "wrinkling_stress": limit, "wavelength": 2.0 * math.pi * self.film_thickness * (film / (3.0 * substrate)) ** (1.0 / 3.0),
            "amplitude": self.film_thickness * self.xp.sqrt(excess),
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class DislocationClimb(Model):
    """sigma_cl = F eta/V_M drives climb; the size law says what stress a whisker of that diameter bears."""

    card: ClassVar = Card(
        name="dislocation_climb", title="Growth by dislocation climb and strength against size", field="mechanics", scale="0-D, whisker",
        kind="reconstruction", system="lithium whisker that grows from its base",
        equations=("σ_cl = F η/V_M", "v = [2πD/(b ln(r_c/b))][exp(V_M σ_cl/RT) − 1];  ε̇ = ρ b v;  growth ε̇ ℓ",
                   "σ_y(D) = clip(105 MPa (D/0.98 µm)^{−0.86}, bulk, 250 MPa)"),
        assumptions=("vacancies at the supersaturation of the overpotential", "climb limited by lattice diffusion"),
        limits=("dislocation density is an estimate over two decades", "the size law is ±40 % in diameter; below 20 nm extrapolated"),
        conclusion="15 to 20 mV already amount to the 130 MPa that whiskers were measured to exert",
        references=(Reference("Becherer 2022"), Reference("Xu 2017 (size)", "10.1073/pnas.1615733114"),
                    Reference("whisker stress", "10.1038/s41565-019-0604-x")),
        example={"metal": "Li", "overpotential": "10 mV", "diameter": "500 nm"},
        regime=(Axis("overpotential", 1e-3, 5e-2), Axis("diameter", 5e-8, 1e-5)),
        gradient=("overpotential", "growth_speed"),
    )  # fmt: skip
    outputs: ClassVar = {
        "growth_speed": Output("velocity", "speed of the whisker"),
        "climb_stress": Output("pressure", "stress that the overpotential stands for"),
        "yield_strength": Output("pressure", "yield strength at this diameter"),
        "climb_speed": Output("velocity", "speed of a climbing dislocation"),
    }

    overpotential: Array = inputs.overpotential()
    diameter: Array = parameter("length", "diameter of the whisker", default=1e-6, least=2e-8)
    self_diffusivity: Array = parameter(
        "diffusivity", "self-diffusivity of the metal", claim="metal.self_diffusivity", above=0.0
    )
    molar_volume: Array = inputs.molar_volume()
    temperature: Array = inputs.temperature()
    bulk_strength: Array = parameter(
        "pressure", "yield strength of the bulk", claim="metal.yield_strength", default=0.77e6, above=0.0
    )
    strength_scale: Array = parameter(
        "dimensionless", "strength over lithium's", claim="metal.size_law_scale", default=1.0, above=0.0
    )
    burgers_vector: Array = parameter("length", "Burgers vector", default=3.04e-10, above=0.0)
    dislocation_density: Array = parameter("1/m^2", "dislocation density", default=1e13, above=0.0)
    base_length: Array = parameter("length", "length ℓ of the growing base", default=1e-6, above=0.0)

    def compute(self) -> dict[str, Array]:
        xp, b = self.xp, self.burgers_vector
        stress = FARADAY * self.overpotential / self.molar_volume
        outer = 1.0 / xp.sqrt(math.pi * self.dislocation_density)
        speed = 2.0 * math.pi * self.self_diffusivity / (b * xp.log(outer / b))
        speed = speed * xp.expm1(self.molar_volume * stress / (GAS_CONSTANT * self.temperature))
        return {
            "growth_speed": self.dislocation_density * b * speed * self.base_length, "climb_stress": stress,
            "yield_strength": size_law(self.diameter, self.bulk_strength, xp, self.strength_scale) + 0.0 * stress, "climb_speed": speed,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            result["climb_stress"] > result["yield_strength"],
            "the stress exceeds the yield strength at this diameter: the whisker yields first",
        )
