"""Heat: limits that rise with temperature, processes that compete, healing, hot spots and how warm a cell gets."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import FARADAY, GAS_CONSTANT
from .. import inputs
from ..arrays import Array
from ..card import (
    BINARY,
    SINGLE_ION,
    Axis,
    Card,
    Constraint,
    Fit,
    Output,
    Reference,
    Remark,
    Threshold,
    parameter,
)
from ..model import Model


def arrhenius(energy: Array, temperature: Array, xp: object, reference: Array = 298.15) -> Array:
    """exp[-(E/R)(1/T - 1/T0)] for an energy in J/mol [dimensionless]."""
    return xp.exp(-energy / GAS_CONSTANT * (1.0 / temperature - 1.0 / reference))  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True, eq=False)
class KineticCriticalCurrent(Model):
    """CCD(T) = beta phi R T/(F R_ct(T)), and the two-point Arrhenius line of Sharafi's data."""

    card: ClassVar = Card(
        name="kinetic_ccd", title="Critical current against temperature (Sharafi)", field="coupled", scale="0-D, interface", kind="derived",
        system="lithium on LLZO, 30 to 160 °C",
        equations=("CCD = β φ(T) i₀,  i₀ = RT/(F R_ct)", "data: 0.05 mA/cm² at 30 °C, 20 mA/cm² at 160 °C: E = 0.52 eV"),
        assumptions=("local plating must not exceed the exchange current (β of order 1, up to 5)", "contact φ follows an Arrhenius law of its own"),
        limits=("critical currents depend on protocol, capacity and pressure", "points between 30 and 160 °C are interpolated, not measured",
                "the opposite trend is reported for LPSC: there is no universal sign"),
        conclusion="the resistance alone (0.4 eV) explains less than the measured 0.52 eV: contact and creep must help",
        references=(Reference("Sharafi 2016", "10.1016/j.jpowsour.2015.10.053", 83), Reference("Reisecker 2023 (criterion)", "10.1038/s41467-023-37476-y")),
        classes=SINGLE_ION, instead="activation_ratio",
        example={"metal": "Li", "electrolyte": "LLZO", "temperature": "60 degC", "interface_resistance": "330 ohm*cm^2"},
        regime=(Axis("temperature", 290.0, 440.0, False), Axis("contact_fraction", 0.01, 1.0)),
        gradient=("interface_resistance", "critical_current"),
        fit=Fit("temperature", "data_current", ("reference_current", "activation_energy")),
    )  # fmt: skip
    outputs: ClassVar = {
        "critical_current": Output("current_density", "critical current density from the exchange current"),
        "data_current": Output("current_density", "Arrhenius line through the measured end points"),
        "exchange_current": Output("current_density", "exchange current density RT/(F R_ct)"),
    }

    interface_resistance: Array = inputs.interface_resistance()
    temperature: Array = inputs.temperature()
    contact_fraction: Array = parameter(
        "dimensionless", "contact fraction φ", default=1.0, above=0.0, most=1.0
    )
    factor: Array = parameter("dimensionless", "β", default=1.0, above=0.0, most=5.0)
    current_density: Array = inputs.current_density(0.0)
    reference_current: Array = parameter("current_density", "measured limit at 30 °C", default=0.5, above=0.0)
    activation_energy: Array = parameter(
        "activation_energy",
        "activation energy of the measured limit",
        default=0.5215 * 96485.33212,
        least=0.0,
    )
    beyond_data: str = parameter(
        "dimensionless", "allow more than 20 K beyond the data", default="no", choices=("no", "yes")
    )

    def constraints(self) -> Iterable[Constraint]:
        inside = (self.temperature >= 283.15) & (self.temperature <= 453.15)
        yield Constraint(
            inside | (self.beyond_data == "yes"),
            "more than 20 K beyond the data",
            "temperature",
            "283.15 to 453.15 K",
            "beyond_data=yes",
        )

    def compute(self) -> dict[str, Array]:
        exchange = GAS_CONSTANT * self.temperature / (FARADAY * self.interface_resistance)
        line = self.reference_current * arrhenius(self.activation_energy, self.temperature, self.xp, 303.15)
        zero = 0.0 * (exchange + line)
        return {
            "critical_current": self.factor * self.contact_fraction * exchange + zero,
            "data_current": line + zero,
            "exchange_current": exchange + zero,
        }

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["critical_current"]
        return Threshold(
            "dendrite initiation",
            "current_density",
            self.current_density,
            limit,
            self.current_density < limit,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class ActivationRatio(Model):
    """rho = 1 + Da, Da ~ exp[-(E_a - E_d)/kT] at held potential; rho = 1/(1 - i/i_lim(T)) at held current."""

    card: ClassVar = Card(
        name="activation_ratio", title="Does heat promote or inhibit? (activation energies)", field="coupled", scale="0-D, tip against flat",
        kind="derived", system="electrolyte with activated reaction and diffusion",
        equations=("held potential: ρ = i_tip/i_flat = 1 + Da,  Da = Da₀ e^{−(E_a − E_d)/R (1/T − 1/T₀)}", "held current: ρ = [1 − i/i_lim(T)]⁻¹,  i_lim ∝ e^{−E_d/RT}"),
        assumptions=("tip outside the diffusion layer, flat electrode behind it", "single Arrhenius energies"),
        limits=("liquids in the cold need more than one energy", "a third process (interphase, surface diffusion) can reverse the sign in between"),
        conclusion="at held potential the larger energy decides; at held current heat always inhibits: the control mode sets the sign",
        references=(Reference("Hong 2019 (as told by the survey)", None, 100), Reference("Li 2023 (as told by the survey)", None, 101)),
        classes=BINARY, instead="kinetic_ccd",
        example={"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "temperature": "60 degC", "reaction_energy": "0.6 eV", "diffusion_energy": "0.17 eV"},
        regime=(Axis("reaction_energy", 1e4, 8e4, False), Axis("temperature", 260.0, 340.0, False)),
        gradient=("temperature", "propensity"),
    )  # fmt: skip
    outputs: ClassVar = {
        "propensity": Output("dimensionless", "current at a tip over that of the flat electrode"),
        "change": Output("dimensionless", "propensity over that at 298.15 K: above 1 heat promotes"),
        "damkoehler": Output("dimensionless", "kinetic over limiting current"),
    }

    reaction_energy: Array = parameter("activation_energy", "activation energy of the reaction", least=0.0)
    diffusion_energy: Array = parameter("activation_energy", "activation energy of diffusion", least=0.0)
    temperature: Array = inputs.temperature()
    reference_ratio: Array = parameter(
        "dimensionless", "Da, or i/i_lim at held current, at 298.15 K", default=1.0, above=0.0
    )
    control: str = parameter(
        "dimensionless", "what is held", default="potential", choices=("potential", "current")
    )

    def _propensity(self, temperature: Array) -> Array:
        if self.control == "potential":
            return 1.0 + self.reference_ratio * arrhenius(
                self.reaction_energy - self.diffusion_energy, temperature, self.xp
            )
        return 1.0 / (1.0 - self.reference_ratio / arrhenius(self.diffusion_energy, temperature, self.xp))

    def constraints(self) -> Iterable[Constraint]:
        if self.control == "current":
            reach = self.reference_ratio / arrhenius(self.diffusion_energy, self.temperature, self.xp)
            yield Constraint(
                (reach < 1.0) & (self.reference_ratio < 1.0),
                "at or above the limiting current",
                "reference_ratio",
                "below 1 at both temperatures",
            )

    def compute(self) -> dict[str, Array]:
        here = self._propensity(self.temperature)
        return {"propensity": here, "change": here / self._propensity(298.15), "damkoehler": here - 1.0}

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        close = self.xp.abs(self.reaction_energy - self.diffusion_energy) < 0.02 * FARADAY
        yield Remark(
            close & (self.control == "potential"), "energies within 20 meV: heat does next to nothing"
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class HotSpot(Model):
    """exp[(E/R)(1/T0 - 1/T_hs)] = local gain of the kinetics; Delta T <= R T^2 ln(1 + x)/E keeps it below x."""

    card: ClassVar = Card(
        name="hot_spot", title="Hot spots", field="coupled", scale="0-D, spot", kind="derived", system="uneven temperature of an electrode",
        equations=("gain = exp[(E/R)(1/T₀ − 1/T_hs)]", "ΔT ≤ R T² ln(1 + x)/E", "self-heating of a feature a: ΔT = i η a/k"),
        assumptions=("held potential, no transport limit: an upper bound",), limits=("transport lowers the contrast",),
        conclusion="micrometre dendrites can't heat themselves: fractions of a millikelvin; spots come from outside",
        references=(Reference("Vishnugopi 2020 (lattice model with hot spots)", "10.1021/acsami.0c04355", 80),),
        example={"electrolyte": "LLZO", "temperature_rise": "10 K", "activation_energy": "0.6 eV"},
        regime=(Axis("temperature_rise", 0.1, 30.0), Axis("activation_energy", 1e4, 8e4, False)),
        gradient=("temperature_rise", "amplification"),
    )  # fmt: skip
    outputs: ClassVar = {
        "amplification": Output("dimensionless", "local over mean current"),
        "allowed_rise": Output(
            "temperature_difference", "rise that keeps the contrast below the one allowed"
        ),
        "self_heating": Output("temperature_difference", "rise of a feature by its own losses"),
    }

    temperature_rise: Array = parameter("temperature_difference", "rise of the spot", least=0.0)
    activation_energy: Array = parameter("activation_energy", "activation energy of the kinetics", above=0.0)
    temperature: Array = inputs.temperature()
    contrast: Array = parameter("dimensionless", "contrast that is allowed", default=0.05, above=0.0)
    current_density: Array = inputs.current_density(150.0)
    overpotential: Array = parameter("potential", "overpotential at the feature", default=0.3, least=0.0)
    feature_size: Array = parameter("length", "size of a feature", default=1e-6, above=0.0)
    thermal_conductivity: Array = parameter(
        "thermal_conductivity",
        "of the electrolyte",
        claim="electrolyte.thermal_conductivity",
        default=0.2,
        above=0.0,
    )

    def compute(self) -> dict[str, Array]:
        gain = arrhenius(
            self.activation_energy, self.temperature + self.temperature_rise, self.xp, self.temperature
        )
        allowed = (
            GAS_CONSTANT * self.temperature**2 * self.xp.log(1.0 + self.contrast) / self.activation_energy
        )
        own = self.current_density * self.overpotential * self.feature_size / self.thermal_conductivity
        zero = 0.0 * (gain + own)
        return {"amplification": gain + zero, "allowed_rise": allowed + zero, "self_heating": own + zero}

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["allowed_rise"]
        return Threshold(
            "uneven temperature",
            "temperature_difference",
            self.temperature_rise + 0.0 * limit,
            limit,
            self.temperature_rise < limit,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class JouleTemperature(Model):
    """Lumped i eta/h; slab q L/(2h) + q L^2/(8k); Biot profile; shorted filament q' ln(R/r)/(2 pi k)."""

    card: ClassVar = Card(
        name="joule_temperature", title="Joule heating", field="coupled", scale="0-D and 1-D, cell and filament", kind="published",
        system="cell with losses, cooled at its faces",
        equations=("lumped: ΔT = i η/h,  τ = ρc_p L/h", "slab cooled on both faces: ΔT = qL/2h + qL²/8k", "held at y = 0, convection at L: "
                   "(T − T∞)/(T_b − T∞) = 1 − (Bi y/L)/(1 + Bi),  Bi = hL/k", "filament: ΔT = q' ln(R/r)/(2πk),  q' = ρ_e I²/(πr²)"),
        assumptions=("steady, constant properties", "filament far thinner than the distance R to what cools it"),
        limits=("reversible heat of the two electrodes (some 0.3 V each way) is not in it",),
        conclusion="a cell at 15 mA/cm² warms by some kelvin in air; a dendrite by microkelvin unless it shorts amperes",
        references=(Reference("heat conduction, textbook"),),
        example={"metal": "Li", "electrolyte": "LLZO", "current_density": "15 mA/cm^2", "overpotential": "0.15 V", "thickness": "1 mm"},
        regime=(Axis("current_density", 1.0, 1e3), Axis("heat_transfer", 1.0, 1e3)),
        gradient=("current_density", "lumped_rise"),
    )  # fmt: skip
    outputs: ClassVar = {
        "lumped_rise": Output("temperature_difference", "warming of a thin cell"),
        "time_constant": Output("time", "time to warm up"),
        "slab_rise": Output(
            "temperature_difference", "warming of the middle of a slab with the same heat in its volume"
        ),
        "biot_number": Output("dimensionless", "h L/k: above 0.1 the cell is not uniform"),
        "profile": Output("dimensionless", "(T − T∞)/(T_b − T∞) at the depth asked for, one side held"),
        "filament_rise": Output("temperature_difference", "warming of a shorted filament"),
    }

    current_density: Array = inputs.current_density()
    overpotential: Array = parameter("potential", "total polarisation", default=0.15, least=0.0)
    heat_transfer: Array = parameter(
        "heat_transfer_coefficient", "heat transfer a face", default=10.0, above=0.0
    )
    thickness: Array = inputs.thickness()
    thermal_conductivity: Array = parameter(
        "thermal_conductivity",
        "of the electrolyte",
        claim="electrolyte.thermal_conductivity",
        default=1.4,
        above=0.0,
    )
    density: Array = parameter("density", "density", claim="electrolyte.density", default=2000.0, above=0.0)
    heat_capacity: Array = parameter(
        "heat_capacity", "specific heat", claim="electrolyte.heat_capacity", default=1000.0, above=0.0
    )
    depth: Array = parameter("dimensionless", "y/L from the held side", default=0.5, least=0.0, most=1.0)
    filament_radius: Array = parameter("length", "radius of a shorted filament", default=0.5e-6, above=0.0)
    filament_current: Array = parameter("current", "current through it", default=1e-3, least=0.0)
    resistivity: Array = parameter(
        "resistivity", "resistivity of the metal", claim="metal.resistivity", default=9.28e-8, above=0.0
    )
    cooling_distance: Array = parameter("length", "distance to what cools it", default=1e-5, above=0.0)

    def constraints(self) -> Iterable[Constraint]:
        yield Constraint(self.filament_radius < self.cooling_distance, "the filament is wider than the distance to what cools it", "filament_radius",
                         "below cooling_distance")  # fmt: skip

    def compute(self) -> dict[str, Array]:
        h, size, k = self.heat_transfer, self.thickness, self.thermal_conductivity
        source = self.current_density * self.overpotential
        biot = h * size / k
        power = self.resistivity * self.filament_current**2 / (math.pi * self.filament_radius**2)
        rise = power * self.xp.log(self.cooling_distance / self.filament_radius) / (2.0 * math.pi * k)
        zero = 0.0 * (source + biot + rise)
        return {
            "lumped_rise": source / h + zero, "time_constant": self.density * self.heat_capacity * size / h + zero,
            "slab_rise": source / (2.0 * h) + source * size / (8.0 * k) + zero, "biot_number": biot + zero,
            "profile": 1.0 - biot * self.depth / (1.0 + biot) + zero, "filament_rise": rise + zero,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(result["biot_number"] > 0.1, "Biot number above 0.1: read slab_rise, not lumped_rise")
