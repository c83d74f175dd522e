"""Grain boundaries: current that they focus, paths that dendrites take, cracks that sodium creeps into."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import EDGE_CRACK_FACTOR, FARADAY
from .. import inputs
from ..arrays import Array, words
from ..card import SINGLE_ION, Axis, Card, Constraint, Output, Reference, Remark, Threshold, parameter
from ..mechanics.metal_creep import MEGAPASCAL, creep_factor
from ..model import Model
from ..relations import inverse_thermal_voltage


@dataclass(frozen=True, kw_only=True, eq=False)
class GrainBoundaryFocusing(Model):
    """FF = (R_g + R_ct,g)/(R_gb + R_ct,gb) exp(alpha f (eta_gb - eta_g)): current at a boundary's trace."""

    card: ClassVar = Card(
        name="grain_boundary_focusing", title="Current focusing at grain boundaries (Barai)", field="coupled", scale="1-D columns, grain",
        kind="reconstruction", system="polycrystal on a metal electrode",
        equations=("FF = [(R_g + R_ct)/(R_gb + R_ct,gb)] e^{αf(η_m,gb − η_m,g)}", "R = d/σ of a column, σ_gb = r σ", "η_m = V₊p/F, p ∝ modulus: p_gb = g p"),
        assumptions=("grain and boundary columns in parallel under the same potential", "common confined expansion: pressure scales with the shear modulus"),
        limits=("a reconstruction", "columns exchange no current: an upper bound of the contrast"),
        conclusion="conductivity contrast rules, stiffness contrast adds some per cent",
        references=(Reference("Barai 2019", "10.1149/2.0321910jes"), Reference("Barai 2020", "10.1149/1945-7111/ab9b08"),
                    Reference("Yu and Siegel 2018 (softer boundaries)", "10.1021/acsami.8b17223")),
        classes=SINGLE_ION, instead="stability_landscape",
        example={"metal": "Li", "electrolyte": "LLZO", "boundary_conductivity_factor": "2", "pressure": "10 MPa"},
        regime=(Axis("boundary_conductivity_factor", 0.01, 100.0), Axis("grain_size", 1e-6, 1e-4)),
        gradient=("boundary_conductivity_factor", "focusing"),
    )  # fmt: skip
    outputs: ClassVar = {
        "focusing": Output("dimensionless", "current at the boundary over current at the grain"),
        "ohmic_part": Output("dimensionless", "resistive part of it"),
        "mechanical_part": Output("dimensionless", "mechanical part of it"),
    }

    boundary_conductivity_factor: Array = parameter(
        "dimensionless",
        "boundary over grain conductivity",
        claim="electrolyte.grain_boundary_conductivity_factor",
        above=0.0,
    )
    boundary_shear_factor: Array = parameter(
        "dimensionless",
        "boundary over grain shear modulus",
        claim="electrolyte.grain_boundary_shear_factor",
        default=0.5,
        above=0.0,
    )
    grain_size: Array = parameter(
        "length", "height of the column", claim="electrolyte.grain_size", default=5e-6, above=0.0
    )
    conductivity: Array = inputs.conductivity()
    interface_resistance: Array = inputs.interface_resistance()
    boundary_resistance_factor: Array = parameter(
        "dimensionless", "reaction resistance at the boundary over that at the grain", default=1.0, above=0.0
    )
    pressure: Array = parameter("pressure", "pressure in the grain", default=0.0, least=0.0)
    metal_traction: Array = parameter(
        "pressure", "compression of the metal on the grain", default=0.0, least=0.0
    )
    molar_volume: Array = inputs.molar_volume()
    cation_molar_volume: Array = inputs.cation_molar_volume()
    charge_transfer_coefficient: Array = inputs.symmetry()
    temperature: Array = inputs.temperature()

    def compute(self) -> dict[str, Array]:
        column = self.grain_size / self.conductivity
        gb = (
            column / self.boundary_conductivity_factor
            + self.interface_resistance * self.boundary_resistance_factor
        )
        ohmic = (column + self.interface_resistance) / gb
        # A softer boundary carries less of a common expansion: less pressure on both sides of it.
        eta = (
            (1.0 - self.boundary_shear_factor)
            * (self.molar_volume * self.metal_traction - self.cation_molar_volume * self.pressure)
            / FARADAY
        )
        mechanical = self.xp.exp(
            self.charge_transfer_coefficient * inverse_thermal_voltage(self.temperature) * eta
        )
        return {
            "focusing": ohmic * mechanical,
            "ohmic_part": ohmic + 0.0 * mechanical,
            "mechanical_part": mechanical + 0.0 * ohmic,
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class GrainBoundaryPath(Model):
    """Electrical rule: per-grain ratio (delta/sigma_gb)/(d/sigma_b); mechanical rule: G_c,gb < G_c cos^4(theta/2)."""

    card: ClassVar = Card(
        name="grain_boundary_path", title="Path along or through grains (Dawson)", field="coupled", scale="0-D, grain", kind="reconstruction",
        system="polycrystalline electrolyte",
        equations=("1/σ = 1/σ_b + (δ/d)/σ_gb", "r = (δ/σ_gb)/(d/σ_b): r ≫ 1 through grains, r ≲ 1 along boundaries (logistic in log₁₀ r, half a decade)",
                   "mechanical: along boundaries if G_gb < G_b cos⁴(θ/2)"),
        assumptions=("serial brick layer", "rule of the survey made soft"),
        limits=("two rules that can disagree, both are reported", "the width of the logistic is an estimate"),
        conclusion="large grains restore the bulk; weak boundaries guide cracks even where they resist",
        references=(Reference("Dawson 2018", "10.1021/jacs.7b10593"),),
        classes=SINGLE_ION, instead="effective_conductivity",
        example={"metal": "Li", "electrolyte": "LLZO", "boundary_conductivity": "1e-4 S/m", "angle": "45 deg"},
        regime=(Axis("boundary_conductivity", 1e-7, 1e-2), Axis("grain_size", 1e-7, 1e-4)),
        gradient=("grain_size", "probability_along"),
    )  # fmt: skip
    outputs: ClassVar = {
        "path": Output("dimensionless", "along_boundaries, through_grains, or rules_disagree"),
        "probability_along": Output(
            "dimensionless", "probability of the path along boundaries (electrical rule)"
        ),
        "resistance_ratio": Output("dimensionless", "resistance of boundary over grain, each grain"),
        "mechanical_along": Output("dimensionless", "1: the mechanical rule says along boundaries"),
        "conductivity": Output("conductivity", "conductivity of the polycrystal"),
    }

    conductivity: Array = inputs.conductivity()
    boundary_conductivity: Array = parameter("conductivity", "conductivity of the boundaries", above=0.0)
    grain_size: Array = parameter(
        "length", "grain diameter", claim="electrolyte.grain_size", default=5e-6, above=0.0
    )
    boundary_thickness: Array = parameter(
        "length",
        "thickness of a boundary",
        claim="electrolyte.grain_boundary_thickness",
        default=2e-9,
        above=0.0,
    )
    fracture_ratio: Array = parameter(
        "dimensionless",
        "fracture energy of the boundary over the bulk",
        claim="electrolyte.grain_boundary_fracture_factor",
        default=0.5,
        above=0.0,
    )
    angle: Array = parameter(
        "angle", "angle between boundary and crack", default=math.pi / 4.0, least=0.0, below=math.pi
    )

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        ratio = self.boundary_thickness / self.boundary_conductivity / (self.grain_size / self.conductivity)
        along = 1.0 / (1.0 + xp.exp(xp.log10(ratio) / 0.5))
        weak = (self.fracture_ratio < xp.cos(0.5 * self.angle) ** 4) * 1.0 + 0.0 * along
        index = xp.where((along > 0.5) == (weak > 0.5), xp.where(weak > 0.5, 0, 1), 2)
        return {
            "path": words(index, ("along_boundaries", "through_grains", "rules_disagree")), "probability_along": along,
            "resistance_ratio": ratio + 0.0 * along, "mechanical_along": weak, "conductivity": self.conductivity / (1.0 + ratio) + 0.0 * along,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            (result["probability_along"] > 0.5) != (result["mechanical_along"] > 0.5),
            "the electrical and the mechanical rule disagree",
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class CreepCrack(Model):
    """rate = V_M i/(F w); sigma = C (rate/A)^(1/n); K = Y sigma sqrt(pi a): sodium that creeps in a crack."""

    card: ClassVar = Card(
        name="creep_crack", title="Creep against cracking in NZSP (Wang)", field="coupled", scale="0-D, crack", kind="reconstruction",
        system="sodium in a crack of a NASICON electrolyte",
        equations=("ε̇ = V_M i/(F w),  σ = C_con (ε̇/A)^{1/n},  K = Y σ √(πa)", "C_con = (2/√3)(1 + L/4w)"),
        assumptions=("power-law creep at the rate of the local current", "slab constraint of a narrow crack"),
        limits=("a reconstruction", "local current is an input"),
        conclusion="the stress grows with the fifth root of the current: geometry, not current, decides",
        references=(Reference("Wang 2025", "10.1002/aenm.202502156"),),
        classes=SINGLE_ION, instead="polymer_tip_growth",
        example={"metal": "Na", "electrolyte": "NZSP", "current_density": "1 mA/cm^2", "opening": "100 nm", "flaw_length": "10 um"},
        regime=(Axis("opening", 1e-8, 1e-5), Axis("current_density", 0.1, 1e3)),
        gradient=("current_density", "stress_intensity"),
    )  # fmt: skip
    outputs: ClassVar = {
        "stress_intensity": Output("toughness", "stress intensity of the crack"),
        "stress": Output("pressure", "pressure of the creeping metal, at most F η/V_M"),
        "strain_rate": Output("frequency", "strain rate in the crack"),
        "constraint_factor": Output("dimensionless", "constraint C_con"),
    }

    current_density: Array = inputs.current_density()
    opening: Array = parameter("length", "opening w of the crack", above=0.0)
    flaw_length: Array = inputs.flaw_length()
    fracture_toughness: Array = inputs.fracture_toughness()
    shape: Array = parameter("dimensionless", "crack shape factor Y", default=EDGE_CRACK_FACTOR, above=0.0)
    constrained: str = parameter(
        "dimensionless", "whether the walls constrain the flow", default="yes", choices=("yes", "no")
    )
    overpotential: Array = inputs.overpotential(math.inf)
    molar_volume: Array = inputs.molar_volume()
    temperature: Array = inputs.temperature()
    melting_temperature: Array = inputs.melting_temperature()
    creep_rate: Array = inputs.creep_rate()
    creep_exponent: Array = inputs.creep_exponent()
    creep_activation_energy: Array = inputs.creep_activation_energy()

    def constraints(self) -> Iterable[Constraint]:
        yield Constraint(
            self.temperature < self.melting_temperature,
            "the metal is molten",
            "temperature",
            "below its melting point",
        )

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        rate = self.molar_volume * self.current_density / (FARADAY * self.opening)
        factor = creep_factor(self.creep_rate, self.creep_activation_energy, self.temperature, xp)
        constraint = (
            2.0 / math.sqrt(3.0) * (1.0 + self.flaw_length / (4.0 * self.opening))
            if self.constrained == "yes"
            else 1.0
        )
        stress = xp.minimum(
            constraint * MEGAPASCAL * (rate / factor) ** (1.0 / self.creep_exponent),
            FARADAY * self.overpotential / self.molar_volume,
        )
        k = self.shape * stress * xp.sqrt(math.pi * self.flaw_length)
        zero = 0.0 * k
        return {
            "stress_intensity": k,
            "stress": stress + zero,
            "strain_rate": rate + zero,
            "constraint_factor": constraint + zero,
        }

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        k = result["stress_intensity"]
        return Threshold(
            "crack growth", "toughness", k, self.fracture_toughness + 0.0 * k, k < self.fracture_toughness
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class SodiumAsymmetry(Model):
    """Interphase that cracks or debonds: contact after a cycle, plating against stripping current."""

    card: ClassVar = Card(
        name="sodium_asymmetry", title="Plating–stripping asymmetry of sodium (Singla)", field="coupled", scale="0-D, interphase shell",
        kind="reconstruction", system="sodium with a brittle interphase",
        equations=("ε = Δh/h_w;  cracks if E ε ≥ σ_f or π(Eε)²t/E ≥ Γ", "debonds if (Eε)²t/2E ≥ Γ_int", "θ after strip: θ̇ = −k_v⟨i − i_heal⟩",
                   "A_s = (|i_s| − |i_p|)/(|i_s| + |i_p|) at equal |η| with η_m of fixed sign"),
        assumptions=("η_m = −V_M t_n/F of the compressed metal has the same sign in both directions", "lost contact is regained while plating"),
        limits=("a reconstruction; interphase data are estimates",),
        conclusion="a tough interphase and fast healing remove the asymmetry; otherwise stripping is easier and leaves dead sodium",
        references=(Reference("Singla 2025", "10.1002/adfm.202418033"),),
        example={"metal": "Na", "electrolyte": "NZSP", "overpotential": "20 mV", "swing": "100 nm", "wave_height": "1 um", "traction": "5 MPa"},
        regime=(Axis("traction", 1e5, 5e7), Axis("overpotential", 1e-3, 0.1)),
        gradient=("traction", "asymmetry"),
    )  # fmt: skip
    outputs: ClassVar = {
        "asymmetry": Output("dimensionless", "A_s: above 0 stripping is easier"),
        "interphase_stress": Output("pressure", "hoop stress of the interphase"),
        "cracks": Output("dimensionless", "1: the interphase cracks"),
        "debonds": Output("dimensionless", "1: the interphase comes off"),
        "largest_swing": Output("length", "change of height that the interphase bears"),
    }

    overpotential: Array = inputs.overpotential()
    swing: Array = parameter("length", "change of height in a cycle", default=1e-7, least=0.0)
    wave_height: Array = parameter("length", "height h_w of the roughness", default=1e-6, above=0.0)
    traction: Array = parameter(
        "pressure", "compression of the metal by its interphase", default=0.0, least=0.0
    )
    interphase_modulus: Array = parameter(
        "pressure",
        "Young's modulus of the interphase",
        claim="interface.sei_young_modulus",
        default=1e9,
        above=0.0,
    )
    interphase_strength: Array = parameter(
        "pressure", "strength of the interphase", claim="interface.sei_strength", default=4e7, above=0.0
    )
    interphase_thickness: Array = parameter(
        "length", "thickness of the interphase", claim="interface.sei_thickness", default=3e-8, above=0.0
    )
    interphase_energy: Array = parameter(
        "surface_energy",
        "fracture energy of the interphase",
        claim="interface.sei_fracture_energy",
        default=0.5,
        above=0.0,
    )
    bond_energy: Array = parameter(
        "surface_energy",
        "energy that holds it to the metal",
        claim="interface.interface_fracture_energy",
        default=0.4,
        above=0.0,
    )
    molar_volume: Array = inputs.molar_volume()
    charge_transfer_coefficient: Array = inputs.symmetry()
    temperature: Array = inputs.temperature()

    def compute(self) -> dict[str, Array]:
        xp, f = self.xp, inverse_thermal_voltage(self.temperature)
        stress = self.interphase_modulus * self.swing / self.wave_height
        strain_energy = stress**2 * self.interphase_thickness / self.interphase_modulus
        by_energy = xp.sqrt(
            self.interphase_energy / (math.pi * self.interphase_thickness * self.interphase_modulus)
        )
        bearable = (
            xp.minimum(self.interphase_strength / self.interphase_modulus, by_energy) * self.wave_height
        )
        held, alpha = self.molar_volume * self.traction / FARADAY, self.charge_transfer_coefficient

        def rate(eta: Array) -> Array:
            return xp.exp(alpha * f * eta) - xp.exp(-(1.0 - alpha) * f * eta)

        plate, strip = xp.abs(rate(self.overpotential - held)), xp.abs(rate(-self.overpotential - held))
        asymmetry = (strip - plate) / (strip + plate)
        zero = 0.0 * (asymmetry + stress)
        return {
            "asymmetry": asymmetry + zero, "interphase_stress": stress + zero,
            "cracks": ((stress >= self.interphase_strength) | (math.pi * strain_energy >= self.interphase_energy)) * 1.0 + zero,
            "debonds": (0.5 * strain_energy >= self.bond_energy) * 1.0 + zero, "largest_swing": bearable + zero,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            result["debonds"] > 0.5, "the interphase comes off: stripping leaves gaps and dead metal"
        )
