"""Linear elastic stability of a metal|electrolyte interface: Monroe and Newman, Ahmad and Viswanathan."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...constants import FARADAY
from .. import inputs
from ..arrays import Array, words
from ..card import Axis, Card, Output, Reference, Remark, Threshold, parameter
from ..model import Model

CAVEAT = (
    "valid for a flat, bonded, flaw-free, infinitely thick elastic pair at infinitesimal roughness: no dendrite criterion "
    "for ceramics (LLZO exceeds lithium's shear modulus some twentyfold and shorts at 0.05 to 1 mA/cm^2)"
)
_MONROE_NEWMAN = Reference("Monroe and Newman 2005", "10.1149/1.1850854")
_AHMAD = Reference("Ahmad and Viswanathan 2017", "10.1103/PhysRevLett.119.056003")
_CODE = Reference("Ahmad 2018 (closed forms read in the authors' code)", "10.1021/acscentsci.8b00229")


def critical_ratio(volume_ratio: Array, electrolyte_poisson: Array, metal_poisson: Array, xp: Any) -> Array:
    """x_c = G_s/G_e at which pressure and deviatoric stress cancel, from eq. (1.4) [dimensionless].

    Infinite at V+/V_M = 1, where only the (always destabilising) deviatoric part remains.
    """
    cross = 2.0 - 3.0 * electrolyte_poisson - 3.0 * metal_poisson + 4.0 * metal_poisson * electrolyte_poisson
    equal = volume_ratio == 1.0
    half = 2.0 * (1.0 + volume_ratio) * cross / xp.where(equal, 1.0, 1.0 - volume_ratio)
    a, c = 3.0 - 4.0 * metal_poisson, 3.0 - 4.0 * electrolyte_poisson
    root = xp.sqrt(half**2 + a * c)
    # The form without cancellation for either sign of the middle coefficient.
    return xp.where(equal, xp.inf, xp.where(half > 0.0, c / (half + root), (root - half) / a))


def _pair_inputs() -> tuple[Any, Any]:
    shear = parameter(
        "pressure", "shear modulus of the metal", claim="metal.shear_modulus", least=1e3, most=1e13
    )
    poisson = parameter(
        "dimensionless", "Poisson's ratio of the metal", claim="metal.poisson_ratio", above=-1.0, below=0.5
    )
    return shear, poisson


@dataclass(frozen=True, kw_only=True, eq=False)
class MonroeNewman(Model):
    """Critical shear modulus ratio x_c(V+/V_M, nu_s, nu_e) of the quadratic (1 - v)[...] + 4(1 + v)(...) x = 0."""

    card: ClassVar = Card(
        name="monroe_newman", title="Shear-modulus criterion (Monroe–Newman)", field="mechanics", scale="2-D, linear elastic", kind="published",
        system="metal on an isotropic elastic separator",
        equations=("(1 − v)[(3 − 4ν_e)x² − (3 − 4ν_s)] + 4(1 + v)(2 − 3ν_s − 3ν_e + 4ν_eν_s)x = 0,  v = V₊/V_M,  x = G_s/G_e",
                   "v > 1 (polymers): stable for x > x_c;  v < 1 (ceramics): stable for x < x_c"),
        assumptions=("two isotropic half spaces, plane strain, two-dimensional trace p = −(σ_xx + σ_zz)/2",
                     "both sides displaced alike: the metal is in tension at peaks", "surface tension left out (ahmad_viswanathan has it)"),
        limits=(CAVEAT, "real plating adds stress-free metal: growth_consistent_stability"),
        conclusion="a polymer about twice as stiff as lithium in shear would hold the interface flat; for v < 1 the inequality reverses",
        references=(_MONROE_NEWMAN, _CODE),
        example={"metal": "Li", "electrolyte": "PEO-LiTFSI"},
        regime=(Axis("young_modulus", 1e6, 2e11), Axis("cation_molar_volume", 1e-6, 2e-4)),
        gradient=("cation_molar_volume", "critical_modulus_ratio"),
    )  # fmt: skip
    outputs: ClassVar = {
        "critical_modulus_ratio": Output(
            "dimensionless", "shear modulus of electrolyte over metal at which stability changes"
        ),
        "modulus_ratio": Output("dimensionless", "shear modulus of electrolyte over metal"),
        "stable": Output("dimensionless", "1 stable, 0 unstable"),
        "regime": Output("dimensionless", "pressure_driven (v > 1) or density_driven (v < 1)"),
    }

    young_modulus: Array = inputs.young_modulus()
    poisson_ratio: Array = inputs.poisson_ratio()
    metal_shear_modulus: Array = _pair_inputs()[0]
    metal_poisson_ratio: Array = _pair_inputs()[1]
    molar_volume: Array = inputs.molar_volume()
    cation_molar_volume: Array = inputs.cation_molar_volume()

    def compute(self) -> dict[str, Array]:
        xp, v = self.xp, self.cation_molar_volume / self.molar_volume
        limit = critical_ratio(v, self.poisson_ratio, self.metal_poisson_ratio, xp)
        ratio = self.young_modulus / (2.0 * (1.0 + self.poisson_ratio)) / self.metal_shear_modulus
        stable = xp.where(v > 1.0, ratio > limit, ratio < limit) & (v != 1.0)
        return {
            "critical_modulus_ratio": limit + 0.0 * ratio, "modulus_ratio": ratio + 0.0 * limit, "stable": stable * 1.0,
            "regime": words((v > 1.0) + 0 * (ratio > 0.0), ("density_driven", "pressure_driven")),
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(self.xp.asarray(True), CAVEAT)

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        polymer = self.cation_molar_volume > self.molar_volume
        ratio, limit, xp = result["modulus_ratio"], result["critical_modulus_ratio"], self.xp
        demand, bound = xp.where(polymer, limit, ratio), xp.where(polymer, ratio, limit)
        return Threshold("front roughening", "dimensionless", demand, bound, result["stable"] > 0.5)


@dataclass(frozen=True, kw_only=True, eq=False)
class AhmadViswanathan(Model):
    """chi = chi_p + chi_tau + chi_gamma; the interface is stable where chi < 0."""

    card: ClassVar = Card(
        name="ahmad_viswanathan", title="Stability parameter χ (Ahmad–Viswanathan)", field="mechanics", scale="2-D, linear elastic, wavelength",
        kind="published", system="metal on an isotropic solid electrolyte",
        equations=("D = G_s(3−4ν_e)(1−ν_s) + G_e(1−ν_e)(3−4ν_s)", "χ_p = (V_M − V₊) k [G_s²(3−4ν_e) − G_e²(3−4ν_s)]/(2D)",
                   "χ_τ = 2 G_e G_s (V_M + V₊) k (2 − 3ν_s − 3ν_e + 4ν_eν_s)/D", "χ_γ = −(V_M + V₊) γ k²/2", "stable: χ < 0"),
        assumptions=("as monroe_newman, with surface tension", "charge number 1", "two-dimensional trace"),
        limits=(CAVEAT, "isotropic: anisotropic metals need the Stroh formalism"),
        conclusion="for inorganic electrolytes (V₊ < V_M) it is the soft ones that stabilise; surface tension acts below a nanometre",
        references=(_AHMAD, _CODE, Reference("anisotropic form", "10.1103/PhysRevMaterials.1.055403")),
        example={"metal": "Li", "electrolyte": "LLZO", "wavelength": "100 nm"},
        regime=(Axis("young_modulus", 1e7, 3e11), Axis("cation_molar_volume", 1e-6, 2e-4)),
        gradient=("young_modulus", "chi"),
    )  # fmt: skip
    outputs: ClassVar = {
        "chi": Output("J/mol/m", "stability parameter (below 0: stable)"),
        "pressure_part": Output("J/mol/m", "χ_p of the pressures"),
        "deviatoric_part": Output("J/mol/m", "χ_τ of the deviatoric stresses"),
        "capillary_part": Output("J/mol/m", "χ_γ of the surface tension"),
        "critical_wavelength": Output("length", "shorter waves are stable; infinite: all are"),
        "stable": Output("dimensionless", "1 stable, 0 unstable"),
    }

    young_modulus: Array = inputs.young_modulus()
    poisson_ratio: Array = inputs.poisson_ratio()
    metal_shear_modulus: Array = _pair_inputs()[0]
    metal_poisson_ratio: Array = _pair_inputs()[1]
    molar_volume: Array = inputs.molar_volume()
    cation_molar_volume: Array = inputs.cation_molar_volume()
    surface_energy: Array = inputs.surface_energy()
    wavelength: Array = parameter("length", "wavelength of the roughness", default=1e-7, above=0.0)

    def compute(self) -> dict[str, Array]:
        xp, k = self.xp, 2.0 * math.pi / self.wavelength
        gs, ge, ns, ne = (
            self.young_modulus / (2.0 * (1.0 + self.poisson_ratio)),
            self.metal_shear_modulus,
            self.poisson_ratio,
            self.metal_poisson_ratio,
        )
        total, vm, vp = (
            self.molar_volume + self.cation_molar_volume,
            self.molar_volume,
            self.cation_molar_volume,
        )
        d = gs * (3.0 - 4.0 * ne) * (1.0 - ns) + ge * (1.0 - ne) * (3.0 - 4.0 * ns)
        pressure = (vm - vp) * (gs**2 * (3.0 - 4.0 * ne) - ge**2 * (3.0 - 4.0 * ns)) / (2.0 * d)
        deviatoric = 2.0 * ge * gs * total * (2.0 - 3.0 * ns - 3.0 * ne + 4.0 * ne * ns) / d
        cut = 2.0 * (pressure + deviatoric) / (total * self.surface_energy)
        capillary = -0.5 * total * self.surface_energy * k**2
        chi = (pressure + deviatoric) * k + capillary
        return {
            "chi": chi, "pressure_part": pressure * k, "deviatoric_part": deviatoric * k, "capillary_part": capillary,
            "critical_wavelength": xp.where(cut > 0.0, 2.0 * math.pi / xp.where(cut > 0.0, cut, 1.0), xp.inf), "stable": (chi < 0.0) * 1.0,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(self.xp.asarray(True), CAVEAT)

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        chi = result["chi"]
        return Threshold("front roughening", "J/mol/m", chi, 0.0 * chi, chi < 0.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class GrowthConsistentStability(Model):
    """t_n = G k A/(1 - nu), p = (2/3)(1 + nu) t_n, eta_m = -(t_n/F)[V_M - (2/3)(1 + nu) V+]."""

    card: ClassVar = Card(
        name="growth_consistent_stability", title="Stability with stress-free growth", field="mechanics", scale="2-D, linear elastic, wavelength",
        kind="derived", system="soft metal that grows stress-free into an elastic electrolyte",
        equations=("t_n = [G_s k/(1 − ν_s)] A,  p_SE = (2/3)(1 + ν_s) t_n", "η_m = −(t_n/F)[V_M − (2/3)(1 + ν_s) V₊]",
                   "t_n ≤ C σ_y: plastic limit of the constrained metal"),
        assumptions=("shear-free soft metal pushes a wave A cos kx into a half space", "bonded, no flaws"),
        limits=("a perfect interface only: failure comes from flaws, lost contact and cracks",),
        conclusion="plating compresses metal bumps: stabilising unless V₊ > 1.5 V_M/(1 + ν), overwhelmingly so in ceramics",
        references=(Reference("McMeeking et al. 2019 (stiffness alone does not guarantee flatness)", "10.1149/2.0221906jes"),
                    Reference("Barai 2017", "10.1149/2.0661702jes")),
        example={"metal": "Li", "electrolyte": "LLZO", "wavelength": "10 um", "amplitude": "1 nm"},
        regime=(Axis("wavelength", 1e-7, 1e-3), Axis("amplitude", 1e-10, 1e-7)),
        gradient=("amplitude", "mechanical_overpotential"),
    )  # fmt: skip
    outputs: ClassVar = {
        "mechanical_overpotential": Output(
            "potential", "mechanical overpotential at a peak (negative: holds it back)"
        ),
        "traction": Output("pressure", "compressive traction on a peak"),
        "electrolyte_pressure": Output("pressure", "pressure in the electrolyte above it"),
        "slope": Output(
            "potential", "potential of a unit wave over k, for electrodeposition_stability.mechanical_slope"
        ),
        "limiting_volume": Output("molar_volume", "V₊ above which stress destabilises"),
    }

    young_modulus: Array = inputs.young_modulus()
    poisson_ratio: Array = inputs.poisson_ratio()
    molar_volume: Array = inputs.molar_volume()
    cation_molar_volume: Array = inputs.cation_molar_volume()
    wavelength: Array = parameter("length", "wavelength of the roughness", default=1e-5, above=0.0)
    amplitude: Array = parameter("length", "amplitude of the roughness", default=1e-9, least=0.0)
    yield_strength: Array = parameter(
        "pressure", "yield strength of the metal at this size", default=math.inf, above=0.0
    )
    constraint_factor: Array = parameter("dimensionless", "plastic constraint C", default=3.0, least=1.0)

    def compute(self) -> dict[str, Array]:
        shear = self.young_modulus / (2.0 * (1.0 + self.poisson_ratio))
        elastic = shear * 2.0 * math.pi / self.wavelength / (1.0 - self.poisson_ratio) * self.amplitude
        traction = self.xp.minimum(elastic, self.constraint_factor * self.yield_strength)
        share = 2.0 / 3.0 * (1.0 + self.poisson_ratio)
        volume = self.molar_volume - share * self.cation_molar_volume
        return {
            "mechanical_overpotential": -traction / FARADAY * volume, "traction": traction,
            "electrolyte_pressure": share * traction, "slope": shear / (1.0 - self.poisson_ratio) * volume / FARADAY + 0.0 * traction,
            "limiting_volume": self.molar_volume / share + 0.0 * traction,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            result["traction"] > 1e9, "stress above 1 GPa: the metal flows or the electrolyte breaks first"
        )

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        eta = result["mechanical_overpotential"]
        return Threshold("front roughening", "potential", eta, 0.0 * eta, eta < 0.0)
