"""Peak against valley of a rough front in a stiff polymer: stress that levels, until the metal yields, against salt."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import FARADAY, GAS_CONSTANT
from .. import inputs
from ..arrays import Array
from ..card import BINARY, Axis, Card, Constraint, Output, Reference, Remark, Threshold, parameter
from ..model import Model
from ..relations import inverse_thermal_voltage, limiting_current
from ..transport.sand_time import binary_only


@dataclass(frozen=True, kw_only=True, eq=False)
class ElastoplasticPeakValley(Model):
    """i_p/i_v = (c_p/c_v)^(1 - alpha) exp[-(alpha F/RT)(eta_v - eta_p)] (1 + eps)/(1 - eps), the traction capped by yield."""

    card: ClassVar = Card(
        name="elastoplastic_peak_valley", title="Peak and valley with plasticity (Barai)", field="mechanics", scale="1-D salt, 2-D elastic wave",
        kind="reconstruction", system="rough lithium front in a stiff binary polymer, below its limiting current",
        equations=(
            "i_p/i_v = (c_p/c_v)^{1−α} exp[−(αF/RT)(η_v − η_p)] (1 + ε)/(1 − ε)",
            "c(±A) = c₀[1 − s(1 ∓ 2A/L)],  s = i/i_L,  i_L = 2FDc₀/(t_a L)",
            "η_p = −η_v = −(t_n/F)[V_M − (2/3)(1 + ν)V₊],  t_n = min{G k A/(1 − ν), C σ_y}",
            "ε = kA coth(kL)/(1 + σ k R_ct coth(kL)),  neutral: s_c = (Q − 1)/[(Q − 1) + (2A/L)(Q + 1)]",
        ),
        assumptions=("one sinusoid, steady linear salt profile", "lithium is stress-free when plated: a bump is pushed back (growth_consistent_stability)",
                     "ideal plasticity: the traction stops at C σ_y, C ≈ 2.6–3", "V₊ = 0 unless it is given"),
        limits=("the published model is a two-dimensional simulation that was not read: s_c depends on A/L, and 75 % of the limiting current "
                "stands for A/L near 0.002", "with the V₊ of polymers (1.5e-4 m³/mol) the stress would promote peaks: against the survey's conclusion"),
        conclusion="stress holds the front flat up to a share of the limiting current that rises with the modulus until the metal yields; "
                   "near the limiting current the salt always wins",
        references=(Reference("Barai, Higa and Srinivasan 2017", "10.1039/c7cp03304d"), Reference("Barai et al. 2018 (external pressure)", "10.1149/2.0651811jes")),
        classes=BINARY, instead="stability_landscape",
        example={"metal": "Li", "electrolyte": "PEO-LiTFSI", "current_density": "0.5 mA/cm^2", "temperature": "60 degC", "thickness": "50 um",
                 "salt_diffusivity": "1e-11 m^2/s", "young_modulus": "156 GPa"},
        regime=(Axis("young_modulus", 1e6, 2e11), Axis("current_density", 1.0, 30.0)),
        gradient=("current_density", "peak_to_valley"),
    )  # fmt: skip
    outputs: ClassVar = {
        "peak_to_valley": Output(
            "dimensionless", "current density at peaks over that in valleys; below 1 the front levels"
        ),
        "stable_share": Output("dimensionless", "share of the limiting current up to which the front levels"),
        "relative_current": Output("dimensionless", "current over limiting current"),
        "salt_ratio": Output(
            "dimensionless", "salt at peaks over salt in valleys; infinite where valleys are empty"
        ),
        "traction": Output("pressure", "compression of the metal at peaks"),
        "yields": Output("dimensionless", "1: the metal yields"),
        "stable_current": Output("current_density", "current up to which the front levels"),
    }

    current_density: Array = inputs.current_density()
    thickness: Array = inputs.thickness()
    amplitude: Array = parameter("length", "amplitude A of the roughness", default=1e-7, above=0.0)
    wavelength: Array = parameter("length", "wavelength of the roughness", default=1e-5, above=0.0)
    young_modulus: Array = inputs.young_modulus()
    poisson_ratio: Array = inputs.poisson_ratio()
    yield_strength: Array = parameter(
        "pressure", "yield strength of the metal", claim="metal.yield_strength", default=0.8e6, above=0.0
    )
    constraint_factor: Array = parameter("dimensionless", "plastic constraint C", default=3.0, least=1.0)
    cation_molar_volume: Array = parameter(
        "molar_volume", "partial molar volume V₊ of the cation", default=0.0, least=0.0
    )
    molar_volume: Array = inputs.molar_volume()
    salt_concentration: Array = inputs.salt_concentration()
    salt_diffusivity: Array = inputs.salt_diffusivity()
    cation_transference_number: Array = parameter(
        "dimensionless",
        "transference number of the cation",
        claim="electrolyte.cation_transference_number",
        least=0.0,
    )
    conductivity: Array = inputs.conductivity()
    exchange_current_density: Array = inputs.exchange_current_density(10.0)
    charge_transfer_coefficient: Array = inputs.symmetry()
    temperature: Array = inputs.temperature()

    def _relative(self) -> Array:
        share = 1.0 - self.cation_transference_number
        return self.current_density / limiting_current(
            self.salt_concentration, self.salt_diffusivity, share, self.thickness
        )

    def constraints(self) -> Iterable[Constraint]:
        yield binary_only(self.cation_transference_number, "a limiting current")
        yield Constraint(
            (self._relative() < 1.0) | (self.cation_transference_number >= 1.0), "at or above the limiting current there is no steady front",
            "current_density", "below the limiting current", "limiting_current says how large that is",
        )  # fmt: skip
        yield Constraint(
            self.amplitude < 0.5 * self.thickness,
            "the roughness fills the gap",
            "amplitude",
            "below half the thickness",
        )

    def compute(self) -> dict[str, Array]:
        xp, k, share = self.xp, 2.0 * math.pi / self.wavelength, 2.0 * self.amplitude / self.thickness
        shear = self.young_modulus / (2.0 * (1.0 + self.poisson_ratio))
        elastic = shear * k * self.amplitude / (1.0 - self.poisson_ratio)
        cap = self.constraint_factor * self.yield_strength
        traction = xp.minimum(elastic, cap)
        volume = self.molar_volume - 2.0 / 3.0 * (1.0 + self.poisson_ratio) * self.cation_molar_volume
        potential = 2.0 * traction * volume / FARADAY
        alpha = self.charge_transfer_coefficient
        resistance = GAS_CONSTANT * self.temperature / (FARADAY * self.exchange_current_density)
        spread = 1.0 / xp.tanh(k * self.thickness)
        focus = k * self.amplitude * spread / (1.0 + self.conductivity * k * resistance * spread)
        held = (
            xp.exp(-alpha * inverse_thermal_voltage(self.temperature) * potential)
            * (1.0 + focus)
            / (1.0 - focus)
        )
        s = self._relative()
        peak, valley = 1.0 - s * (1.0 - share), 1.0 - s * (1.0 + share)
        empty = valley <= 0.0
        salt = xp.where(empty, xp.inf, peak / xp.where(empty, 1.0, valley))
        # The salt ratio Q at which salt and stress balance; below 1 nothing balances.
        balance = held ** (-1.0 / (1.0 - alpha))
        stable = xp.where(balance > 1.0, (balance - 1.0) / (balance - 1.0 + share * (balance + 1.0)), 0.0)
        zero = 0.0 * (s + traction)
        return {
            "peak_to_valley": xp.where(empty, xp.inf, xp.where(empty, 1.0, salt) ** (1.0 - alpha) * held) + zero, "stable_share": stable + zero,
            "relative_current": s + zero, "salt_ratio": salt + zero, "traction": traction + zero, "yields": (elastic >= cap) * 1.0 + zero,
            "stable_current": stable * self.current_density / xp.where(s > 0.0, s, 1.0) + zero,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        limit = 1.5 * self.molar_volume / (1.0 + self.poisson_ratio)
        yield Remark(
            self.cation_molar_volume > limit,
            "with this V₊ the stress promotes peaks, against the survey's conclusion",
        )
        yield Remark(self.xp.isinf(result["salt_ratio"]), "the valleys are empty of salt")

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["stable_current"]
        return Threshold(
            "front roughening", "current_density", self.current_density, limit, self.current_density < limit
        )
