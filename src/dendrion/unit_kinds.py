"""The kinds of quantity that dendrion knows, their SI units and the units people read them in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of quantity.

    Attributes:
        name: key in ``KINDS``.
        unit: SI unit in which values of this kind are held.
        noun: how a message calls it ("a length").
        example: a writing that is accepted.
        ladder: units that people read, smallest first, with the exact SI value of each as text.
    """

    name: str
    unit: str
    noun: str
    example: str
    ladder: tuple[tuple[str, str], ...]


_ROWS: tuple[tuple[str, str, str, str, str], ...] = (
    # name, SI unit, noun, example, ladder as "unit=value unit=value" ("_" stands for a space)
    ("length", "m", "a length", "5 um", "nm=1e-9 µm=1e-6 mm=1e-3 m=1"),
    ("time", "s", "a time", "30 min", "ns=1e-9 µs=1e-6 ms=1e-3 s=1 min=60 h=3600"),
    ("temperature", "K", "a temperature", "25 degC", "K=1"),
    ("temperature_difference", "K", "a temperature difference", "10 K", "mK=1e-3 K=1"),
    ("current_density", "A/m^2", "a current density", "0.5 mA/cm^2", "µA/cm²=1e-2 mA/cm²=10 A/cm²=1e4"),
    ("potential", "V", "a potential", "-0.45 V", "µV=1e-6 mV=1e-3 V=1"),
    ("pressure", "Pa", "a pressure", "5 MPa", "Pa=1 kPa=1e3 MPa=1e6 GPa=1e9"),
    ("energy_density", "J/m^3", "an energy density", "6 MJ/m^3", "J/m³=1 kJ/m³=1e3 MJ/m³=1e6"),
    ("areal_capacity", "C/m^2", "an areal capacity", "2 mAh/cm^2", "µAh/cm²=36 mAh/cm²=36e3"),
    (
        "areal_resistance",
        "ohm*m^2",
        "an areal resistance",
        "10 ohm*cm^2",
        "mΩ_cm²=1e-7 Ω_cm²=1e-4 kΩ_cm²=1e-1",
    ),
    ("areal_stiffness", "Pa/m", "a stiffness an area", "10 MPa/mm", "MPa/mm=1e9 GPa/mm=1e12"),
    ("areal_capacitance", "F/m^2", "an areal capacitance", "10 uF/cm^2", "µF/cm²=1e-2 F/m²=1"),
    ("surface_energy", "J/m^2", "a surface energy", "0.5 J/m^2", "mJ/m²=1e-3 J/m²=1"),
    ("conductivity", "S/m", "a conductivity", "0.4 mS/cm", "nS/cm=1e-7 µS/cm=1e-4 mS/cm=1e-1 S/cm=1e2"),
    ("resistivity", "ohm*m", "a resistivity", "9.3e-8 ohm*m", "nΩ_m=1e-9 µΩ_m=1e-6 mΩ_m=1e-3 Ω_m=1"),
    ("diffusivity", "m^2/s", "a diffusivity", "3e-10 m^2/s", "m²/s=1"),
    ("concentration", "mol/m^3", "a concentration", "1 mol/L", "mmol/L=1 mol/L=1e3"),
    ("molar_volume", "m^3/mol", "a molar volume", "13 cm^3/mol", "cm³/mol=1e-6"),
    ("molar_mass", "kg/mol", "a molar mass", "6.94 g/mol", "g/mol=1e-3"),
    ("density", "kg/m^3", "a density", "5.1 g/cm^3", "kg/m³=1 g/cm³=1e3"),
    ("heat_capacity", "J/(kg K)", "a heat capacity", "600 J/(kg K)", "J/(kg_K)=1"),
    ("volumetric_heat_capacity", "J/(m^3 K)", "a heat capacity of a volume", "3 MJ/(m^3 K)", "J/(m³_K)=1"),
    ("thermal_conductivity", "W/(m K)", "a thermal conductivity", "1.4 W/m/K", "W/(m_K)=1"),
    ("heat_transfer_coefficient", "W/(m^2 K)", "a heat transfer coefficient", "10 W/m^2/K", "W/(m²_K)=1"),
    ("thermal_expansion", "1/K", "a thermal expansion", "13e-6 1/K", "1/K=1"),
    ("temperature_gradient", "K/m", "a temperature gradient", "2 K/mm", "K/m=1 K/mm=1e3 K/µm=1e6"),
    ("temperature_rate", "K/s", "a rate of temperature", "10 K/min", "K/s=1"),
    ("activation_energy", "J/mol", "an activation energy", "0.33 eV", "J/mol=1 kJ/mol=1e3"),
    ("entropic_coefficient", "V/K", "a potential per temperature", "1.1 mV/K", "mV/K=1e-3 V/K=1"),
    ("power_density", "W/m^3", "a power density", "1e5 W/m^3", "W/m³=1 kW/m³=1e3 MW/m³=1e6"),
    ("heat_flux", "W/m^2", "a heat flux", "100 W/m^2", "mW/cm²=10 W/cm²=1e4"),
    ("toughness", "Pa*m^0.5", "a toughness", "1 MPa*m^0.5", "MPa√m=1e6"),
    ("gradient_energy", "J/m", "a gradient energy", "7.5e-7 J/m", "J/m=1"),
    ("phase_mobility", "m^3/(J s)", "a phase mobility", "2.5e-6 m^3/(J s)", "m³/(J_s)=1"),
    ("energy", "J", "an energy", "1 J", "J=1"),
    ("frequency", "1/s", "a rate", "1e-3 1/s", "1/s=1"),
    ("velocity", "m/s", "a velocity", "1 um/s", "nm/s=1e-9 µm/s=1e-6 mm/s=1e-3 m/s=1"),
    ("viscosity", "Pa*s", "a viscosity", "3.5 mPa*s", "mPa_s=1e-3 Pa_s=1"),
    ("electric_field", "V/m", "an electric field", "1 V/um", "V/m=1 V/mm=1e3 V/µm=1e6"),
    ("current", "A", "a current", "1 mA", "µA=1e-6 mA=1e-3 A=1"),
    ("charge", "C", "a charge", "1 mAh", "C=1 mAh=3.6 Ah=3600"),
    ("resistance", "ohm", "a resistance", "10 ohm", "Ω=1 kΩ=1e3"),
    ("power", "W", "a power", "1 W", "W=1"),
    ("area", "m^2", "an area", "1 cm^2", "µm²=1e-12 mm²=1e-6 cm²=1e-4 m²=1"),
    ("volume", "m^3", "a volume", "1 cm^3", "µm³=1e-18 mm³=1e-9 cm³=1e-6 m³=1"),
    ("mass", "kg", "a mass", "1 g", "mg=1e-6 g=1e-3 kg=1"),
    ("angle", "rad", "an angle", "30 deg", "rad=1"),
    ("dimensionless", "", "a number without a unit", "0.3", "=1"),
)


def _kind(name: str, unit: str, noun: str, example: str, ladder: str) -> Kind:
    steps = (step.partition("=") for step in ladder.split(" "))
    return Kind(
        name, unit, noun, example, tuple((label.replace("_", " "), value) for label, _, value in steps)
    )


KINDS = {row[0]: _kind(*row) for row in _ROWS}
"""Every kind by name; where two have the same dimension the earlier one names it in messages."""
