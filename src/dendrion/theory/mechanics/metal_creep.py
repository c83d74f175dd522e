"""How metal flows: power-law creep, its break-down, and the saturated flow stress of the Anand law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...constants import GAS_CONSTANT
from .. import inputs
from ..arrays import Array
from ..card import Axis, Card, Constraint, Output, Reference, Remark, parameter
from ..model import Model

MEGAPASCAL = 1e6
GAROFALO_STRESS = 2.5e6
POWER_LAW_END = 2.8e6
"""Stress at which lithium's power law breaks down, G/1000 [Pa]."""


def creep_factor(rate: Array, energy: Array, temperature: Array, xp: Any) -> Array:
    """A exp(-Q/RT) of the creep law [1/s at 1 MPa]."""
    return rate * xp.exp(-energy / (GAS_CONSTANT * temperature))


def _anand(kind: str, name: str, meaning: str) -> Any:
    return parameter(kind, meaning, claim=f"metal.anand_{name}", default=None, above=0.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class MetalCreep(Model):
    """rate = A (sigma/MPa)^n exp(-Q/RT); flow stress is its inverse; Garofalo and Anand beside it."""

    card: ClassVar = Card(
        name="metal_creep", title="Creep and flow of the metal", field="mechanics", scale="0-D, material point", kind="published",
        system="polycrystalline lithium or sodium",
        equations=("Norton: ε̇ = A (σ/MPa)ⁿ e^{−Q/RT}", "Garofalo: ε̇ = A e^{−Q/RT} [σ₀ sinh(σ/σ₀)/MPa]ⁿ, σ₀ = 2.5 MPa",
                   "Anand, saturated: σ = S₀ (ε̇/ε̇₀)^{n} (ε̇/ε̇₀)^{m},  ε̇₀ = A e^{−Q/RT}"),
        assumptions=("steady flow, von Mises stress", "n and Q as fitted between −25 and 125 °C (lithium)"),
        limits=("power law only for 1e-4 < σ/G < 1e-3: diffusional flow below, break-down above", "small samples are up to a hundred times stronger: "
                "dislocation_climb", "for sodium Q is that of lattice diffusion"),
        conclusion="lithium and sodium flow at every battery temperature; small rates cost little stress",
        references=(Reference("LePage 2019", "10.1149/2.0221902jes"), Reference("Masias 2018", "10.1007/s10853-018-2971-3"),
                    Reference("Anand and Narayan 2019", "10.1149/2.0861906jes")),
        example={"metal": "Li", "stress": "0.75 MPa", "asked_rate": "1e-3 1/s"},
        regime=(Axis("stress", 1e5, 5e6), Axis("temperature", 250.0, 400.0, False)),
        gradient=("stress", "strain_rate"),
    )  # fmt: skip
    outputs: ClassVar = {
        "strain_rate": Output("frequency", "creep rate, power law"),
        "garofalo_rate": Output("frequency", "creep rate with break-down of the power law above some MPa"),
        "flow_stress": Output("pressure", "stress at the rate asked for, power law"),
        "anand_flow_stress": Output("pressure", "saturated flow stress of the Anand law at that rate"),
        "anand_initial_stress": Output(
            "pressure", "flow stress of the Anand law at that rate before hardening"
        ),
        "reduced_stress": Output("dimensionless", "stress over shear modulus"),
    }

    stress: Array = parameter("pressure", "von Mises stress", least=0.0)
    asked_rate: Array = parameter(
        "frequency", "strain rate for which the flow stress is asked", default=1e-3, above=0.0
    )
    temperature: Array = inputs.temperature()
    melting_temperature: Array = inputs.melting_temperature()
    shear_modulus: Array = parameter(
        "pressure", "shear modulus of the metal", claim="metal.shear_modulus", default=2.83e9, above=0.0
    )
    creep_rate: Array = inputs.creep_rate()
    creep_exponent: Array = inputs.creep_exponent()
    creep_activation_energy: Array = inputs.creep_activation_energy()
    anand_rate: Array = _anand("frequency", "rate", "rate A of the Anand law")
    anand_activation_energy: Array = _anand("activation_energy", "activation_energy", "Q of the Anand law")
    anand_rate_exponent: Array = _anand("dimensionless", "rate_exponent", "m of the Anand law")
    anand_saturation_strength: Array = _anand("pressure", "saturation_strength", "S₀ of the Anand law")
    anand_saturation_exponent: Array = _anand("dimensionless", "saturation_exponent", "n of the Anand law")
    anand_initial_strength: Array = _anand(
        "pressure", "initial_strength", "strength S(0) of the Anand law before hardening"
    )

    def constraints(self) -> Iterable[Constraint]:
        yield Constraint(
            self.temperature < self.melting_temperature,
            "the metal is molten: it does not creep",
            "temperature",
            "below its melting point",
        )
        yield Constraint(self.stress <= 1e-2 * self.shear_modulus, "above G/100 metal does not creep, it yields at once", "stress",
                         "up to a hundredth of the shear modulus")  # fmt: skip

    def compute(self) -> dict[str, Array]:
        xp, n = self.xp, self.creep_exponent
        factor = creep_factor(self.creep_rate, self.creep_activation_energy, self.temperature, xp)
        zero = 0.0 * (factor + self.stress)
        if self.anand_rate is None:
            anand, first = zero + xp.nan, zero + xp.nan
        else:
            relative = self.asked_rate / creep_factor(
                self.anand_rate, self.anand_activation_energy, self.temperature, xp
            )
            anand = self.anand_saturation_strength * relative ** (
                self.anand_saturation_exponent + self.anand_rate_exponent
            )
            start = xp.nan if self.anand_initial_strength is None else self.anand_initial_strength
            first = start * relative**self.anand_rate_exponent
        return {
            "strain_rate": factor * (self.stress / MEGAPASCAL) ** n,
            "garofalo_rate": factor * (GAROFALO_STRESS / MEGAPASCAL * xp.sinh(self.stress / GAROFALO_STRESS)) ** n,
            "flow_stress": MEGAPASCAL * (self.asked_rate / factor) ** (1.0 / n) + zero,
            "anand_flow_stress": anand + zero, "anand_initial_stress": first + zero, "reduced_stress": self.stress / self.shear_modulus + zero,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        ratio = result["reduced_stress"]
        yield Remark(
            (ratio < 1e-4) & (self.stress > 0.0),
            "below G/10000 the metal creeps by diffusion, faster than the power law",
        )
        yield Remark(ratio > 1e-3, "above G/1000 the power law breaks down: read garofalo_rate")
