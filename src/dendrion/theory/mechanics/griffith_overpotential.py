"""Overpotential as pressure in a flaw: the length that cracks, the overpotential that cracks it (Porz)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import EDGE_CRACK_FACTOR, FARADAY
from .. import inputs
from ..arrays import Array
from ..card import SINGLE_ION, Axis, Card, Constraint, Output, Reference, Remark, Threshold, parameter
from ..model import Model


def stress_intensity(pressure: Array, length: Array, shape: Array, xp: object) -> Array:
    """K = Y p sqrt(pi a) [Pa m^0.5]."""
    return shape * pressure * xp.sqrt(math.pi * length)  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True, eq=False)
class GriffithOverpotential(Model):
    """sigma = min(F eta/V_M, p_flow); K = Y (sigma - S_n) sqrt(pi a) against K_IC; CCD = eta_c/ASR."""

    card: ClassVar = Card(
        name="griffith_overpotential", title="Griffith flaw under overpotential (Porz)", field="mechanics", scale="2-D, linear fracture, flaw",
        kind="published", system="metal-filled surface flaw in a brittle electrolyte",
        equations=("σ = F η/V_M", "K = Y (σ − S_n) √(πa) ≥ K_IC", "a_c = (1/π)[K_IC/(Yσ)]²,  η_c = V_M [K_IC/(Y√(πa)) + S_n]/F",
                   "critical current η_c/R with R the local resistance to the flaw"),
        assumptions=("flaw full of metal at the pressure of the local overpotential", "linear elastic fracture mechanics"),
        limits=("scatter: J ∝ σ³ makes the modulus of the current m/3 (derived), smaller than that of the strength", "the overpotential is the local one at the flaw: iR of the bulk does not press on it", "gives the onset, not the speed",
                "factor 3 against measured critical currents"),
        conclusion="flaws of tens of micrometres run at some ten millivolts",
        references=(Reference("Porz 2017", "10.1002/aenm.201701003"),),
        classes=SINGLE_ION, instead="sand_time or monroe_newman",
        example={"metal": "Li", "electrolyte": "LLZO", "flaw_length": "10 um", "current_density": "1 mA/cm^2"},
        regime=(Axis("flaw_length", 1e-7, 1e-3), Axis("local_resistance", 1e-4, 1e-1)),
        gradient=("flaw_length", "critical_overpotential"),
    )  # fmt: skip
    outputs: ClassVar = {
        "critical_current": Output("current_density", "current density at which the flaw cracks"),
        "critical_overpotential": Output("potential", "local overpotential at which it cracks"),
        "critical_pressure": Output("pressure", "metal pressure at which it cracks"),
        "overpotential": Output("potential", "local overpotential at the current asked for"),
        "pressure": Output("pressure", "metal pressure there, capped by flow"),
        "stress_intensity": Output("toughness", "stress intensity there"),
        "critical_length": Output("length", "flaw that would crack there; infinite without opening pressure"),
        "failure_probability": Output(
            "dimensionless", "1 − exp[−(A/A₀)(i/i_c)^{m/3}] of an area with scattered flaws"
        ),
    }

    flaw_length: Array = inputs.flaw_length()
    current_density: Array = inputs.current_density(0.0)
    local_resistance: Array = parameter(
        "areal_resistance",
        "resistance between reference plane and flaw",
        claim="interface.interface_resistance",
        above=0.0,
    )
    fracture_toughness: Array = inputs.fracture_toughness()
    molar_volume: Array = inputs.molar_volume()
    shape: Array = parameter(
        "dimensionless", "crack shape factor Y", default=EDGE_CRACK_FACTOR, above=0.0, most=2.0
    )
    closing_stress: Array = parameter("pressure", "compression across the crack", default=0.0)
    flow_pressure: Array = parameter(
        "pressure", "pressure at which the metal flows out", default=math.inf, above=0.0
    )
    weibull_modulus: Array = parameter(
        "dimensionless", "Weibull modulus m of the strength", default=8.0, above=0.0
    )
    area_ratio: Array = parameter(
        "dimensionless", "area over the one whose largest flaw this is", default=1.0, above=0.0
    )

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        critical = (
            self.fracture_toughness / (self.shape * xp.sqrt(math.pi * self.flaw_length)) + self.closing_stress
        )
        voltage = self.molar_volume * critical / FARADAY
        voltage = xp.where(critical > self.flow_pressure, xp.inf, voltage)
        eta = self.current_density * self.local_resistance
        pressure = xp.minimum(FARADAY * eta / self.molar_volume, self.flow_pressure)
        opening = pressure - self.closing_stress
        safe = xp.where(opening > 0.0, opening, 1.0)
        length = (self.fracture_toughness / (self.shape * safe)) ** 2 / math.pi
        zero = 0.0 * (critical + eta)
        return {
            "critical_current": voltage / self.local_resistance + zero, "critical_overpotential": voltage + zero,
            "critical_pressure": critical + zero, "overpotential": eta + zero, "pressure": pressure + zero,
            "stress_intensity": stress_intensity(opening, self.flaw_length, self.shape, xp) + zero,
            "critical_length": xp.where(opening > 0.0, length, xp.inf) + zero,
            "failure_probability": -xp.expm1(-self.area_ratio * (eta / voltage) ** (self.weibull_modulus / 3.0)) + zero,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            result["pressure"] > 1e9, "metal pressure above 1 GPa: beyond what a flaw holds without leaking"
        )

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["critical_current"]
        return Threshold(
            "crack growth", "current_density", self.current_density, limit, self.current_density < limit
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class PressurisedCrack(Model):
    """K of a partly filled crack, its opening, and da/dt of a crack that runs as fast as metal comes in."""

    card: ClassVar = Card(
        name="pressurised_crack", title="Pressurised crack", field="mechanics", scale="2-D, linear fracture, crack", kind="derived",
        system="metal-filled crack in a brittle electrolyte",
        equations=("centre crack full: K = p√(πa);  filled |x| < b: K = 2p√(a/π) asin(b/a)",
                   "edge crack: weight function m = 2/√(2π(a−x)) [1 + 0.6147 s + 0.2502 s²],  s = 1 − x/a", "opening w₀ = 4K√a/(√π E')",
                   "mass controlled: da/dt = (V_M I'/F) E'/(3√π K_p √a),  K_p = K_IC [g + (1 − g)/(1 + i/i_c)]"),
        assumptions=("plane strain, E' = E/(1 − ν²)", "uniform pressure on the filled part", "runs at K = K_IC, full of metal"),
        limits=("i_c of the corroding tip (K falls to a quarter at high current, observed in LLZTO) is a free number; infinite: purely mechanical",
                "a slit: needles and pennies are stiffer", "current into the crack is an input"),
        conclusion="a crack half filled from its mouth has 37 % of the full stress intensity; its speed is that of the current",
        references=(Reference("Sneddon's and Bueckner's solutions, textbook; after Porz 2017", "10.1002/aenm.201701003"),
                    Reference("falling stress at a fast tip (commentary on operando birefringence)", "10.20517/energyz.2026.22"),),
        classes=SINGLE_ION, instead="tip_growth",
        example={"metal": "Li", "electrolyte": "LLZO", "flaw_length": "10 um", "pressure": "200 MPa", "crack_current": "1e-3 A/m"},
        regime=(Axis("flaw_length", 1e-6, 1e-3), Axis("pressure", 1e6, 1e9)),
        gradient=("flaw_length", "crack_speed"),
    )  # fmt: skip
    outputs: ClassVar = {
        "stress_intensity": Output("toughness", "stress intensity"),
        "over_full": Output("dimensionless", "stress intensity over that of the full crack"),
        "energy_release": Output("surface_energy", "energy release rate K²/E'"),
        "opening": Output("length", "opening at the centre (or mouth) of a full crack at K_IC"),
        "crack_speed": Output("velocity", "speed of the crack that the current feeds"),
        "filled_volume": Output("area", "volume a depth of a full crack at K_IC, both wings"),
        "propagation_toughness": Output(
            "toughness", "stress intensity at which the crack runs at this current"
        ),
    }

    flaw_length: Array = inputs.flaw_length()
    pressure: Array = parameter("pressure", "pressure of the metal", least=0.0)
    filled_share: Array = parameter(
        "dimensionless", "share of the length that is filled", default=1.0, least=0.0, most=1.0
    )
    crack_current: Array = parameter("A/m", "plating current into the crack a depth", default=0.0, least=0.0)
    fracture_toughness: Array = inputs.fracture_toughness()
    young_modulus: Array = inputs.young_modulus()
    poisson_ratio: Array = inputs.poisson_ratio()
    molar_volume: Array = inputs.molar_volume()
    tip_current: Array = parameter("current_density", "current density at the tip", default=0.0, least=0.0)
    corrosion_current: Array = parameter(
        "current_density", "current i_c from which the tip corrodes", default=math.inf, above=0.0
    )
    corroded_share: Array = parameter(
        "dimensionless", "share g of the toughness left at high current", default=0.25, above=0.0, most=1.0
    )
    geometry: str = parameter(
        "dimensionless",
        "crack and where it is filled",
        default="centre",
        choices=("centre", "edge_from_mouth", "edge_at_tip"),
    )

    def _over_uniform(self, share: Array) -> Array:
        """K over p sqrt(pi a)."""
        if self.geometry == "centre":
            # asin has an infinite slope at 1: the full crack is met to 1e-12.
            return 2.0 / math.pi * self.xp.arcsin(self.xp.minimum(share, 1.0 - 1e-16))
        tip = _edge_integral(share if self.geometry == "edge_at_tip" else 1.0 + 0.0 * share)
        return tip if self.geometry == "edge_at_tip" else tip - _edge_integral(1.0 - share)

    def compute(self) -> dict[str, Array]:
        xp, a = self.xp, self.flaw_length
        stiff = self.young_modulus / (1.0 - self.poisson_ratio**2)
        ratio = self._over_uniform(xp.asarray(self.filled_share)) / self._over_uniform(xp.asarray(1.0))
        intensity = ratio * self._over_uniform(xp.asarray(1.0)) * self.pressure * xp.sqrt(math.pi * a)
        left = self.corroded_share + (1.0 - self.corroded_share) / (
            1.0 + self.tip_current / self.corrosion_current
        )
        toughness = self.fracture_toughness * left
        feed = self.molar_volume * self.crack_current / FARADAY
        zero = 0.0 * (intensity + feed)
        return {
            "stress_intensity": intensity + zero, "over_full": ratio + zero, "energy_release": intensity**2 / stiff + zero,
            "opening": 4.0 * toughness * xp.sqrt(a) / (math.sqrt(math.pi) * stiff) + zero,
            "crack_speed": feed * stiff / (3.0 * math.sqrt(math.pi) * toughness * xp.sqrt(a)) + zero,
            "filled_volume": 2.0 * math.sqrt(math.pi) * toughness * a**1.5 / stiff + zero, "propagation_toughness": toughness + zero,
        }  # fmt: skip

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        k, limit = result["stress_intensity"], result["propagation_toughness"]
        return Threshold("crack growth", "toughness", k, limit, k < limit)


def _edge_integral(share: Array) -> Array:
    """Integral of the weight function over the tip-side ``share`` of an edge crack, over sqrt(pi a)."""
    terms = 2.0 * share**0.5 + 2.0 / 3.0 * 0.6147 * share**1.5 + 2.0 / 5.0 * 0.2502 * share**2.5
    return 2.0 / math.sqrt(2.0 * math.pi) * terms / math.sqrt(math.pi)


@dataclass(frozen=True, kw_only=True, eq=False)
class CrackKink(Model):
    """theta_c of largest hoop stress; k1, k2 and energy release of the kinked branch."""

    card: ClassVar = Card(
        name="crack_kink", title="Kink of a crack in mixed mode", field="mechanics", scale="2-D, linear fracture, tip", kind="published",
        system="crack under opening and shear",
        equations=("θ = 2 atan{[K_I − sgn(K_I)√(K_I² + 8K_II²)]/(4K_II)}", "k₁ = cos(θ/2)[K_I cos²(θ/2) − 1.5 K_II sin θ],  "
                   "k₂ = ½cos(θ/2)[K_I sin θ + K_II(3 cos θ − 1)]", "G = (k₁² + k₂²)/E'", "an interface deflects a crack if Γ_int/Γ ≲ 0.25"),
        assumptions=("small kink in an isotropic solid", "interface: normal incidence, no elastic mismatch"),
        limits=("long kinks and strong mismatch need their own tables",),
        conclusion="shear turns cracks by up to 70.5 degrees; weak boundaries catch them",
        references=(Reference("hoop-stress criterion and He–Hutchinson, textbook; mixed-mode boundary cracks", "10.1038/s41467-025-57259-x"),),
        example={"opening_intensity": "0.5 MPa*m^0.5", "shear_intensity": "0.25 MPa*m^0.5", "electrolyte": "LLZO"},
        regime=(Axis("opening_intensity", 1e5, 1e6), Axis("shear_intensity", 1e4, 1e6)),
        gradient=("shear_intensity", "kink_angle"),
    )  # fmt: skip
    outputs: ClassVar = {
        "kink_angle": Output("angle", "angle of the kink"),
        "kink_opening": Output("toughness", "opening intensity k₁ of the kink"),
        "energy_release": Output("surface_energy", "energy release rate of the kink"),
        "deflects": Output(
            "dimensionless", "1: a boundary ahead with the given toughness ratio catches the crack"
        ),
    }

    opening_intensity: Array = parameter("toughness", "K_I", above=0.0)
    shear_intensity: Array = parameter("toughness", "K_II", default=0.0)
    young_modulus: Array = inputs.young_modulus()
    poisson_ratio: Array = inputs.poisson_ratio()
    toughness_ratio: Array = parameter("dimensionless", "fracture energy of the boundary over the bulk", claim="electrolyte.grain_boundary_fracture_factor",
                                       default=0.5, above=0.0)  # fmt: skip

    def compute(self) -> dict[str, Array]:
        xp, opening, shear = self.xp, self.opening_intensity, self.shear_intensity
        # The conjugate form has no 0/0 without shear.
        angle = 2.0 * xp.arctan2(-2.0 * shear, opening + xp.sqrt(opening**2 + 8.0 * shear**2))
        half = xp.cos(0.5 * angle)
        k1 = half * (opening * half**2 - 1.5 * shear * xp.sin(angle))
        k2 = 0.5 * half * (opening * xp.sin(angle) + shear * (3.0 * xp.cos(angle) - 1.0))
        release = (k1**2 + k2**2) * (1.0 - self.poisson_ratio**2) / self.young_modulus
        return {"kink_angle": angle + 0.0 * release, "kink_opening": k1 + 0.0 * release, "energy_release": release,
                "deflects": (self.toughness_ratio <= 0.25) * 1.0 + 0.0 * release}  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class DendriteDeflection(Model):
    """T = S_x - P decides: T > 0 turns a through-thickness crack within K^2/(8 T^2), T < 0 keeps it straight."""

    card: ClassVar = Card(
        name="dendrite_deflection", title="Deflection of dendrites (Fincher)", field="mechanics", scale="2-D, linear fracture, path",
        kind="published", system="metal-filled crack through a ceramic under in-plane compression",
        equations=("K = Y (p − S_x)√(πa)", "T = S_x − P", "ℓ_T = K²/(8T²) where T > 0", "confined stack: S_x += νP/(1 − ν)"),
        assumptions=("crack faces normal to x, stack pressure along the crack", "Cotterell–Rice path stability"),
        limits=("the compression that turns a kink comes out near 30 MPa for half a millimetre, below the 150–200 MPa of the "
                "experiment; holding the dendrite's own pressure gives that order", "stack pressure alone never deflects: laterally confined T = −(1 − 2ν)P/(1 − ν) < 0", "experiments were on LLZTO, not on LPSC"),
        conclusion="some 150–200 MPa of in-plane compression turn dendrites along the electrode",
        references=(Reference("Fincher 2022", "10.1016/j.joule.2022.10.011"),),
        classes=SINGLE_ION, instead="monroe_newman",
        example={"electrolyte": "LLZTO", "in_plane_compression": "200 MPa", "stack_pressure": "0 MPa", "thickness": "0.5 mm"},
        regime=(Axis("in_plane_compression", 1e6, 3e8), Axis("thickness", 1e-5, 2e-3)),
        gradient=("in_plane_compression", "turning_length"),
    )  # fmt: skip
    outputs: ClassVar = {
        "turning_length": Output(
            "length", "length over which the path turns; infinite where it stays straight"
        ),
        "t_stress": Output("pressure", "T-stress (above 0: the straight path is unstable)"),
        "lateral_stress": Output("pressure", "compression across the crack, confinement included"),
        "required_compression": Output(
            "pressure", "in-plane compression that turns a kink before it is through"
        ),
        "closing_pressure": Output("pressure", "metal pressure that runs the crack against the compression"),
        "dendrite_pressure": Output(
            "pressure",
            "metal pressure of a running dendrite, K_IC/(Y√πa): compression of that order holds it",
        ),
    }

    in_plane_compression: Array = parameter(
        "pressure", "in-plane compression applied or residual", default=0.0, least=0.0
    )
    stack_pressure: Array = inputs.stack_pressure(0.0)
    fracture_toughness: Array = inputs.fracture_toughness()
    poisson_ratio: Array = inputs.poisson_ratio()
    thickness: Array = inputs.thickness()
    initial_kink: Array = parameter(
        "angle", "first kink of the crack", default=math.radians(2.0), above=0.0, below=1.0
    )
    flaw_length: Array = inputs.flaw_length(1e-5)
    strength: Array = parameter("pressure", "compressive strength", default=2e9, above=0.0)
    confinement: str = parameter(
        "dimensionless",
        "what holds the pellet sideways",
        default="unstated",
        choices=("unstated", "free", "confined"),
    )

    def constraints(self) -> Iterable[Constraint]:
        xp = self.xp
        only = (self.stack_pressure > 0.0) & (self.in_plane_compression == 0.0)
        yield Constraint(
            ~(only & (self.confinement == "unstated")), "stack pressure alone does not deflect: say what holds the pellet sideways",
            "confinement", "free, confined", "give in_plane_compression",
        )  # fmt: skip
        yield Constraint(xp.asarray(self.in_plane_compression <= self.strength), "the compression crushes the pellet", "in_plane_compression",
                         "up to its strength")  # fmt: skip

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        held = (
            self.poisson_ratio / (1.0 - self.poisson_ratio) * self.stack_pressure
            if self.confinement == "confined"
            else 0.0
        )
        lateral = self.in_plane_compression + held
        t = lateral - self.stack_pressure
        turning = self.fracture_toughness**2 / (8.0 * xp.where(t > 0.0, t, 1.0) ** 2)
        # A kink theta_0 grows as exp(z/l_T): it has turned by one radian after l_T ln(1/theta_0).
        needed = self.fracture_toughness * xp.sqrt(xp.log(1.0 / self.initial_kink) / (8.0 * self.thickness))
        crack = self.fracture_toughness / (EDGE_CRACK_FACTOR * xp.sqrt(math.pi * self.flaw_length))
        return {
            "turning_length": xp.where(t > 0.0, turning, xp.inf), "t_stress": t, "lateral_stress": lateral + 0.0 * t,
            "required_compression": needed + self.stack_pressure + 0.0 * t, "closing_pressure": crack + lateral,
            "dendrite_pressure": crack + 0.0 * t,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(result["t_stress"] < 0.0, "stack pressure keeps the straight path stable")

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        length = result["turning_length"] * self.xp.log(1.0 / self.initial_kink)
        return Threshold(
            "dendrite path through the electrolyte",
            "length",
            length,
            self.thickness + 0.0 * length,
            length < self.thickness,
        )
