"""Current limits from charge and stress together: resistive boundaries, back stress, stack pressure, double layers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import EDGE_CRACK_FACTOR, FARADAY, GAS_CONSTANT, VACUUM_PERMITTIVITY
from .. import inputs
from ..arrays import Array
from ..card import SINGLE_ION, Axis, Card, Constraint, Output, Reference, Remark, Threshold, parameter
from ..mechanics.metal_creep import MEGAPASCAL, POWER_LAW_END, creep_factor
from ..model import Model


@dataclass(frozen=True, kw_only=True, eq=False)
class CurrentLimitDiagram(Model):
    """i = (sigma/L)(1 + f)/[f (1 - alpha)] V_M (sigma_b + 2 gamma/r)/F, sigma_b = K_IC/(Y sqrt(pi c))."""

    card: ClassVar = Card(
        name="current_limit_diagram", title="Current-limit diagram (Raj–Wolfenstine)", field="coupled", scale="1-D, electrolyte", kind="reconstruction",
        system="electrolyte with a resistive grain boundary near the anode",
        equations=("Δφ = (iL/σ) f (1 − α)/(1 + f)", "F Δφ − V_M σ_b − 2γV_M/r ≥ 0 → dendrite,  σ_b = K_IC/(Y√(πc))",
                   "i_crit = (σ/L)(1 + f)/[f(1 − α)] V_M (σ_b + 2γ/r)/F"),
        assumptions=("one boundary with resistance f L/σ at the depth αL from the anode", "back stress of a nucleus in a flaw c"),
        limits=("a reconstruction of inputs and trends", "one-dimensional: no current along boundaries"),
        conclusion="resistive boundaries near the anode and low toughness lower the limit; without boundary there is none",
        references=(Reference("Raj and Wolfenstine 2017", "10.1016/j.jpowsour.2017.01.037"),),
        classes=SINGLE_ION, instead="limiting_current",
        example={"metal": "Li", "electrolyte": "LLZO", "thickness": "1 mm", "resistance_ratio": "1", "position": "0.05", "flaw_length": "10 um",
                 "current_density": "1 mA/cm^2"},
        regime=(Axis("position", 0.01, 0.99, False), Axis("resistance_ratio", 0.01, 10.0)),
        gradient=("resistance_ratio", "critical_current"),
    )  # fmt: skip
    outputs: ClassVar = {
        "critical_current": Output(
            "current_density", "current density at which metal appears behind the boundary"
        ),
        "back_stress": Output("pressure", "back stress on the nucleus"),
        "potential_jump": Output("potential", "jump of potential at the current given"),
    }

    thickness: Array = inputs.thickness()
    conductivity: Array = inputs.conductivity()
    resistance_ratio: Array = parameter(
        "dimensionless", "f: resistance of the boundary over that of the bulk", default=0.3, least=0.0
    )
    position: Array = parameter(
        "dimensionless", "α: depth of the boundary over the thickness", default=0.1, above=0.0, below=1.0
    )
    fracture_toughness: Array = inputs.fracture_toughness()
    flaw_length: Array = inputs.flaw_length(1e-5)
    shape: Array = parameter("dimensionless", "crack shape factor Y", default=EDGE_CRACK_FACTOR, above=0.0)
    molar_volume: Array = inputs.molar_volume()
    surface_energy: Array = parameter(
        "surface_energy", "surface energy of the nucleus", default=0.0, least=0.0
    )
    nucleus_radius: Array = parameter("length", "radius of the nucleus", default=1e-6, above=0.0)
    current_density: Array = inputs.current_density(0.0)

    def compute(self) -> dict[str, Array]:
        back = (
            self.fracture_toughness / (self.shape * self.xp.sqrt(math.pi * self.flaw_length))
            + 2.0 * self.surface_energy / self.nucleus_radius
        )
        f = self.resistance_ratio
        jump = self.thickness / self.conductivity * f * (1.0 - self.position) / (1.0 + f)
        critical = self.molar_volume * back / FARADAY / jump
        zero = 0.0 * self.current_density
        return {
            "critical_current": critical + zero,
            "back_stress": back + 0.0 * jump + zero,
            "potential_jump": self.current_density * jump,
        }

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["critical_current"]
        return Threshold(
            "internal deposition",
            "current_density",
            self.current_density,
            limit,
            self.current_density < limit,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class StackPressureCurrent(Model):
    """i_I = F h rate(c P)/V_M (type I, creep); i_II = 4 pi^2 F delta D P/(R T lambda^2) (type II, interface diffusion)."""

    card: ClassVar = Card(
        name="stack_pressure_current", title="Stack pressure as current (Raj types I and II)", field="coupled", scale="0-D, interface wave",
        kind="reconstruction", system="metal on a ceramic under stack pressure",
        equations=("type I: i = F h ε̇(c P)/V_M ∝ Pⁿ", "type II: i = 4π² F δD P/(RT λ²)", "CCD = CCD₀ + i_I + i_II"),
        assumptions=("creep and interface diffusion act side by side", "normal stress must stay compressive everywhere"),
        limits=("a reconstruction; type II is derived", "fracture caps the gain (griffith_overpotential)"),
        conclusion="measured linear gains point to interface diffusion, steep ones to creep",
        references=(Reference("Raj 2021", "10.1016/j.actamat.2021.117076"),),
        classes=SINGLE_ION, instead="pressure_modulus",
        example={"metal": "Li", "electrolyte": "LLZO", "stack_pressure": "1 MPa", "wavelength": "10 um", "current_density": "1 mA/cm^2"},
        regime=(Axis("stack_pressure", 1e4, 1e7), Axis("wavelength", 1e-7, 1e-4)),
        gradient=("stack_pressure", "critical_current"),
    )  # fmt: skip
    outputs: ClassVar = {
        "critical_current": Output("current_density", "critical current density with both"),
        "creep_current": Output("current_density", "type I: what creep of the metal levels"),
        "diffusion_current": Output("current_density", "type II: what diffusion along the interface levels"),
    }

    stack_pressure: Array = inputs.stack_pressure()
    base_current: Array = parameter(
        "current_density", "critical current density without pressure", default=0.0, least=0.0
    )
    wavelength: Array = parameter("length", "wavelength of the uneven current", default=1e-5, above=0.0)
    interface_diffusion: Array = parameter(
        "m^3/s", "width times diffusivity δD of the interface", default=1e-19, above=0.0
    )
    metal_thickness: Array = parameter("length", "thickness of the metal", default=1e-4, above=0.0)
    stress_share: Array = parameter(
        "dimensionless", "von Mises stress over stack pressure", default=1.0, above=0.0, most=1.0
    )
    molar_volume: Array = inputs.molar_volume()
    temperature: Array = inputs.temperature()
    creep_rate: Array = inputs.creep_rate()
    creep_exponent: Array = inputs.creep_exponent()
    creep_activation_energy: Array = inputs.creep_activation_energy()
    current_density: Array = inputs.current_density(0.0)

    def constraints(self) -> Iterable[Constraint]:
        yield Constraint(self.wavelength <= 100.0 * self.metal_thickness, "waves far longer than the metal is thick don't creep level", "wavelength",
                         "up to 100 times the metal's thickness")  # fmt: skip

    def compute(self) -> dict[str, Array]:
        factor = creep_factor(self.creep_rate, self.creep_activation_energy, self.temperature, self.xp)
        rate = factor * (self.stress_share * self.stack_pressure / MEGAPASCAL) ** self.creep_exponent
        creep = FARADAY * self.metal_thickness * rate / self.molar_volume
        diffusion = 4.0 * math.pi**2 * FARADAY * self.interface_diffusion * self.stack_pressure
        diffusion = diffusion / (GAS_CONSTANT * self.temperature * self.wavelength**2)
        return {
            "critical_current": self.base_current + creep + diffusion,
            "creep_current": creep + 0.0 * diffusion,
            "diffusion_current": diffusion + 0.0 * creep,
        }

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        stress = self.stress_share * self.stack_pressure
        yield Remark(
            stress > POWER_LAW_END,
            "above some 3 MPa the power law of creep is extrapolated: type I is too high",
        )

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["critical_current"]
        return Threshold(
            "contact loss", "current_density", self.current_density, limit, self.current_density < limit
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class SpaceChargeNucleation(Model):
    """i = (2 lambda_D/R_int) sqrt(Delta gamma/(eps d)): electrostriction of double layers nucleates in boundaries."""

    card: ClassVar = Card(
        name="space_charge_nucleation", title="Space-charge nucleation (Li–Monroe)", field="coupled", scale="0-D, double layer", kind="reconstruction",
        system="polycrystalline single-ion electrolyte",
        equations=("V = i R |1/(1 + j f/f₀)|,  f₀ = λ_D/(2π R ε)", "Δp = ½ ε (V/λ_D)² ≥ 2Δγ/d", "i_crit = (2λ_D/R)√(Δγ/(ε d))"),
        assumptions=("interfacial double layers of the Debye length carry the voltage i R", "nucleation in grain boundaries when Δp reaches 2Δγ/d"),
        limits=("a reconstruction", "measured on LLZO: the limit falls exponentially with the resistance, not as 1/R: exponential_current shows that law",
                "Debye length and Δγ are hardly known"),
        conclusion="low interface resistance, small permittivity and small grains raise the limit",
        references=(Reference("Li and Monroe 2019", "10.1039/c9cp03884a"), Reference("Flatscher 2020 (exponential)", "10.1039/c9ta14177d")),
        classes=SINGLE_ION, instead="sand_time",
        example={"metal": "Li", "electrolyte": "LLZO", "grain_size": "10 um", "current_density": "1 mA/cm^2"},
        regime=(Axis("interface_resistance", 1e-4, 1e-1), Axis("grain_size", 1e-7, 1e-4)),
        gradient=("grain_size", "critical_current"),
    )  # fmt: skip
    outputs: ClassVar = {
        "critical_current": Output("current_density", "current density at which boundaries nucleate metal"),
        "critical_pressure": Output("pressure", "pressure difference that nucleation needs"),
        "pressure": Output("pressure", "pressure difference at the current and frequency given"),
        "corner_frequency": Output("frequency", "f₀ between the resistive and the capacitive side"),
        "exponential_current": Output("current_density", "the measured law: maximum times exp(−R/R₀)"),
    }

    interface_resistance: Array = inputs.interface_resistance()
    relative_permittivity: Array = parameter(
        "dimensionless",
        "relative permittivity",
        claim="electrolyte.relative_permittivity",
        default=60.0,
        least=1.0,
    )
    debye_length: Array = parameter("length", "Debye length", default=1e-9, above=0.0)
    energy_difference: Array = parameter("surface_energy", "Δγ = 2γ_int − γ_gb", default=0.5, above=0.0)
    grain_size: Array = parameter(
        "length", "grain diameter", claim="electrolyte.grain_size", default=5e-6, above=0.0
    )
    current_density: Array = inputs.current_density(0.0)
    frequency: Array = parameter("frequency", "frequency of the current", default=0.0, least=0.0)
    largest_current: Array = parameter(
        "current_density", "largest measured limit (single-crystal LLZO)", default=2.8, above=0.0
    )
    resistance_scale: Array = parameter(
        "areal_resistance", "decay R₀ of the measured law", default=1e-2, above=0.0
    )

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        permittivity = self.relative_permittivity * VACUUM_PERMITTIVITY
        corner = self.debye_length / (2.0 * math.pi * self.interface_resistance * permittivity)
        voltage = (
            self.current_density * self.interface_resistance / xp.sqrt(1.0 + (self.frequency / corner) ** 2)
        )
        limit = (
            2.0
            * self.debye_length
            / self.interface_resistance
            * xp.sqrt(self.energy_difference / (permittivity * self.grain_size))
        )
        zero = 0.0 * (limit + voltage)
        return {
            "critical_current": limit + zero, "critical_pressure": 2.0 * self.energy_difference / self.grain_size + zero,
            "pressure": 0.5 * permittivity * (voltage / self.debye_length) ** 2 + zero, "corner_frequency": corner + zero,
            "exponential_current": self.largest_current * xp.exp(-self.interface_resistance / self.resistance_scale) + zero,
        }  # fmt: skip

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        p, limit = result["pressure"], result["critical_pressure"]
        return Threshold("internal deposition", "pressure", p, limit, p < limit)


@dataclass(frozen=True, kw_only=True, eq=False)
class TensileNucleation(Model):
    """Delta G* = 16 pi gamma^3 V_M^2 S/[3 (F eta + V_M sigma_t)^2]: tension helps metal nucleate."""

    card: ClassVar = Card(
        name="tensile_nucleation", title="Nucleation in tension (Hu)", field="coupled", scale="0-D, nucleus", kind="reconstruction",
        system="metal site under local tension in a solid electrolyte",
        equations=("ΔG* = 16πγ³V_M² S/[3(Fη + V_Mσ_t)²]", "equivalent overpotential σ_t V_M/F"),
        assumptions=("classical nucleus with shape factor S", "tension acts on the nucleus as a whole"),
        limits=("local tension is an input", "a reconstruction"),
        conclusion="100 MPa of tension stands for 13.4 mV on lithium",
        references=(Reference("Hu 2022", "10.1016/j.xcrp.2022.100938"),),
        example={"metal": "Li", "electrolyte": "LLZO", "overpotential": "40 mV", "tension": "100 MPa", "shape_factor": "0.005"},
        regime=(Axis("tension", 0.0, 3e8, False), Axis("overpotential", 0.01, 0.2)),
        gradient=("tension", "barrier_over_kT"),
    )  # fmt: skip
    outputs: ClassVar = {
        "barrier_over_kT": Output("dimensionless", "barrier over k_B T"),
        "rate_gain": Output("dimensionless", "nucleation rate over that without tension"),
        "equivalent_overpotential": Output("potential", "overpotential that the tension stands for"),
        "critical_radius": Output("length", "critical radius"),
    }

    overpotential: Array = inputs.overpotential()
    tension: Array = parameter("pressure", "local tension", default=0.0, least=0.0)
    surface_energy: Array = inputs.surface_energy()
    molar_volume: Array = inputs.molar_volume()
    temperature: Array = inputs.temperature()
    shape_factor: Array = parameter(
        "dimensionless", "shape factor S of the nucleus", default=1.0, above=0.0, most=1.0
    )

    def compute(self) -> dict[str, Array]:
        extra = self.tension * self.molar_volume / FARADAY
        # k_B N_A = R and F = e N_A: per mole of nuclei the barrier is over R T/N_A.
        scale = (
            16.0
            * math.pi
            / 3.0
            * self.surface_energy**3
            * self.molar_volume**2
            * self.shape_factor
            / FARADAY**2
        )
        thermal = GAS_CONSTANT * self.temperature / 6.02214076e23
        barrier = scale / (self.overpotential + extra) ** 2 / thermal
        gain = self.xp.exp(self.xp.minimum(scale / self.overpotential**2 / thermal - barrier, 700.0))
        radius = 2.0 * self.surface_energy * self.molar_volume / (FARADAY * (self.overpotential + extra))
        return {
            "barrier_over_kT": barrier,
            "rate_gain": gain,
            "equivalent_overpotential": extra + 0.0 * barrier,
            "critical_radius": radius + 0.0 * barrier,
        }

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            result["barrier_over_kT"] > 100.0, "above 100 kT nothing nucleates, with or without this tension"
        )
