"""Linear stability of a growing front: which waves grow, and how fast, in salts and in single-ion conductors."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import FARADAY
from .. import inputs
from ..arrays import Array, bisect
from ..card import Axis, Card, Constraint, Output, Reference, Remark, Threshold, parameter
from ..elementwise import over_elements
from ..model import Model
from ..relations import inverse_thermal_voltage, overpotential_of, sand_time
from .charged_porous import Medium

_AMPLIFICATION = math.log(100.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class ElectrodepositionStability(Model):
    """omega(k) = (V_M/F) k [i P - q S f (Gamma k^2 + m k)]/(P + q k), or its ohmic form."""

    card: ClassVar = Card(
        name="electrodeposition_stability", title="Stability of electrodeposition", field="growth",
        scale="2-D, linear stability, wavelength", kind="derived", system="flat metal front in a binary or single-ion electrolyte",
        equations=(
            "binary: ω = (V_M/F) k [iP − q S f (Γk² + m k)]/(P + q k),  i_c = i₀(c_s/c₀)e^{αfη},  i_a = i₀e^{−(1−α)fη}",
            "S = αi_c + (1−α)i_a,  P = i_c + S,  q = F D c_s/t_a,  Γ = γV_M/F",
            "single ion: ω = (V_M/F) k [i − σ(Γk² + m k)]/(1 + σR_ct k)",
            "charged porous: linearised ∇·N₋ = 0 and ∇·i = 0 about the transient base state with fixed charge ρ_s, solved on a graded grid",
        ),
        assumptions=("quasi-steady, waves much shorter than the gap", "binary: mass-action Butler–Volmer kinetics; single ion: linear kinetics R_ct",
                     "m k: mechanical potential of a unit wave, positive stabilises (0: none)",
                     "charged porous: D, i₀ and c₀ are those of the pores, the gap is closed at its counter electrode"),
        limits=("clean metal: rupture of the interphase is not in it", "linear: says nothing of large amplitudes"),
        conclusion="slow kinetics stabilises; capillarity only sets the shortest wave",
        references=(Reference("Khoo, Zhao and Bazant 2019 (charged porous media; high-k formula of their public code)", "10.1149/2.1521910jes"),
                    Reference("Cogswell 2015 (lower exchange current suppresses)", "10.1103/PhysRevE.92.011301")),
        example={"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "current_density": "1 mA/cm^2", "wavelength": "50 um"},
        regime=(Axis("current_density", 1.0, 1e3), Axis("wavelength", 1e-6, 1e-3)),
        gradient=("current_density", "growth_rate"),
    )  # fmt: skip
    outputs: ClassVar = {
        "growth_rate": Output("frequency", "growth rate of the wave asked for (negative: it decays)"),
        "critical_wavelength": Output("length", "shorter waves decay"),
        "fastest_wavelength": Output("length", "wave that grows fastest"),
        "fastest_rate": Output("frequency", "its growth rate"),
        "hundredfold_time": Output("time", "time in which it grows a hundredfold"),
    }

    current_density: Array = inputs.current_density()
    wavelength: Array = parameter("length", "wavelength of the roughness", default=1e-5, above=0.0)
    thickness: Array = inputs.thickness(math.inf)
    surface_energy: Array = inputs.surface_energy()
    molar_volume: Array = inputs.molar_volume()
    temperature: Array = inputs.temperature()
    charge_transfer_coefficient: Array = inputs.symmetry()
    exchange_current_density: Array = inputs.exchange_current_density(None)
    salt_concentration: Array = parameter(
        "concentration", "salt concentration", claim="electrolyte.salt_concentration", default=None, above=0.0
    )
    surface_concentration: Array = parameter(
        "concentration", "salt concentration at the front", default=None, above=0.0
    )
    salt_diffusivity: Array = parameter(
        "diffusivity",
        "diffusivity of the salt",
        claim="electrolyte.salt_diffusivity",
        default=None,
        above=0.0,
    )
    cation_transference_number: Array = inputs.cation_transference_number()
    conductivity: Array = inputs.conductivity(None)
    interface_resistance: Array = inputs.interface_resistance(None)
    mechanical_slope: Array = parameter(
        "potential", "mechanical potential of a unit wave over k", default=0.0
    )
    duration: Array = inputs.duration()
    form: str = parameter(
        "dimensionless",
        "which transport",
        default="auto",
        choices=("auto", "binary", "single_ion", "charged_porous"),
    )
    fixed_charge: Array = parameter(
        "dimensionless", "fixed charge of the pores over F c₀ (charged_porous)", default=0.0, below=1.0
    )
    elapsed_share: Array = parameter(
        "dimensionless", "time since the start over Sand's time (charged_porous)", default=0.9, above=0.0
    )

    def _binary(self) -> bool:
        return self.form in ("binary", "charged_porous") or (
            self.form == "auto" and self.salt_concentration is not None
        )

    def constraints(self) -> Iterable[Constraint]:
        xp = self.xp
        needed = ["conductivity", "interface_resistance"]
        if self._binary():
            needed = ["salt_concentration", "salt_diffusivity", "exchange_current_density"]
        for name in needed:
            yield Constraint(
                xp.asarray(getattr(self, name) is not None), "is needed for this transport", name, "a number"
            )
        if self._binary():
            yield Constraint(
                self.cation_transference_number < 1.0,
                "only the cation moves: take form=single_ion",
                "cation_transference_number",
                "below 1",
            )
        yield Constraint(
            self.current_density > 0.0, "no current: no front moves", "current_density", "above 0 A/m^2"
        )
        yield Constraint(
            xp.isfinite(xp.asarray(self.thickness, dtype=float)) | (self.form != "charged_porous"), "the base state needs a gap",
            "thickness", "a finite length",
        )  # fmt: skip
        yield Constraint(
            self.wavelength < 2.0 * math.pi * self.thickness, "this wave feels the counter electrode", "wavelength",
            "below 2 pi times the thickness", "stability_landscape knows the gap",
        )  # fmt: skip

    def _terms(self) -> tuple[Array, Array, Array, Array, Array]:
        """(A, B, C, D0, D1) of omega = (V_M/F) k [A - B k - C k^2]/(D0 + D1 k)."""
        i, f = self.current_density, inverse_thermal_voltage(self.temperature)
        capillary, xp = self.surface_energy * self.molar_volume / FARADAY, self.xp
        if not self._binary():
            sigma = self.conductivity
            return i, sigma * self.mechanical_slope, sigma * capillary, 1.0, sigma * self.interface_resistance
        front = self.salt_concentration if self.surface_concentration is None else self.surface_concentration
        activity, alpha = front / self.salt_concentration, self.charge_transfer_coefficient
        eta = overpotential_of(i, self.exchange_current_density, self.temperature, alpha, xp, activity)
        backward = self.exchange_current_density * xp.exp(-(1.0 - alpha) * f * eta)
        forward = i + backward
        slope = alpha * forward + (1.0 - alpha) * backward
        pace = forward + slope
        reach = FARADAY * self.salt_diffusivity * front / (1.0 - self.cation_transference_number)
        stiff = reach * slope * f
        return i * pace, stiff * self.mechanical_slope, stiff * capillary, pace, reach

    def _porous(self) -> dict[str, Array]:
        names = ("growth_rate", "critical_wavelength", "fastest_wavelength", "fastest_rate")
        given = (
            "current_density", "wavelength", "thickness", "surface_energy", "molar_volume", "temperature", "charge_transfer_coefficient",
            "exchange_current_density", "salt_concentration", "salt_diffusivity", "cation_transference_number", "mechanical_slope",
            "fixed_charge", "elapsed_share",
        )  # fmt: skip
        return over_elements(porous_growth, names, {name: getattr(self, name) for name in given})

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        if self.form == "charged_porous":
            found = self._porous()
            return {**found, "hundredfold_time": _AMPLIFICATION / found["fastest_rate"]}
        a, b, c, d0, d1 = self._terms()

        def rate(k: Array) -> Array:
            return self.molar_volume / FARADAY * k * (a - b * k - c * k**2) / (d0 + d1 * k)

        cut = (xp.sqrt(b**2 + 4.0 * a * c) - b) / (2.0 * c)
        top = xp.exp(bisect(
            lambda s: -(a * d0 - 2.0 * b * d0 * xp.exp(s) - (3.0 * c * d0 + b * d1) * xp.exp(2.0 * s) - 2.0 * c * d1 * xp.exp(3.0 * s)),
            xp.log(1e-6 * cut), xp.log(cut), xp,
        ))  # fmt: skip
        k = 2.0 * math.pi / self.wavelength
        fastest = rate(top)
        return {
            "growth_rate": rate(k), "critical_wavelength": 2.0 * math.pi / cut, "fastest_wavelength": 2.0 * math.pi / top,
            "fastest_rate": fastest, "hundredfold_time": _AMPLIFICATION / fastest,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            result["fastest_rate"] > 0.0,
            "clean-metal theory: a real front roughens earlier where its interphase breaks",
        )
        if self._binary():
            speed = self.current_density * self.molar_volume / FARADAY
            peclet = speed / self.salt_diffusivity * self.wavelength / (2.0 * math.pi)
            yield Remark(
                peclet > 0.1, "the front outruns diffusion on this wavelength: not quasi-steady", refused=True
            )

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["hundredfold_time"]
        return Threshold("front roughening", "time", self.duration, limit, self.duration < limit)


def porous_growth(
    *, current_density: float, wavelength: float, thickness: float, surface_energy: float, molar_volume: float, temperature: float,
    charge_transfer_coefficient: float, exchange_current_density: float, salt_concentration: float, salt_diffusivity: float,
    cation_transference_number: float, mechanical_slope: float, fixed_charge: float, elapsed_share: float,
) -> dict[str, float]:  # fmt: skip
    """Growth rate [1/s], critical and fastest wavelength [m] and fastest rate [1/s] of one cell in SI.

    Raises:
        InputError: the salt at the electrode is used up before the elapsed time.
    """
    share, f = 1.0 - cation_transference_number, float(inverse_thermal_voltage(temperature))
    unit = FARADAY * salt_diffusivity * salt_concentration / thickness
    elapsed = elapsed_share * sand_time(current_density, salt_concentration, salt_diffusivity, share)
    medium = Medium(
        current=current_density / unit, elapsed=elapsed * salt_diffusivity / thickness**2, anion_share=share, fixed_charge=fixed_charge,
        exchange=exchange_current_density / unit, symmetry=charge_transfer_coefficient,
        capillarity=surface_energy * molar_volume / FARADAY * f / thickness, mechanics=mechanical_slope * f / thickness,
    )  # fmt: skip
    rate = molar_volume * salt_diffusivity * salt_concentration / thickness**2
    cut, top, fastest = medium.critical()
    return {
        "growth_rate": rate * medium.growth_rate(2.0 * math.pi * thickness / wavelength), "critical_wavelength": 2.0 * math.pi * thickness / cut,
        "fastest_wavelength": 2.0 * math.pi * thickness / top, "fastest_rate": rate * fastest,
    }  # fmt: skip
