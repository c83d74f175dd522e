"""The vocabulary: every property a claim may be about, with its SI unit and the values it can take."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from ..errors import InputError, Location


@dataclass(frozen=True)
class Property:
    """One property: SI unit, kind of quantity for people's units, limits of its value [SI unit]."""

    name: str
    unit: str
    meaning: str
    kind: str
    sign: str = "+"
    maximum: float | None = None

    @property
    def allowed(self) -> str:
        """What a value may be, in words."""
        least = {"+": "above 0", "0": "0 or more", "±": "any finite number", "-1": "above -1"}[self.sign]
        return least + (f", at most {self.maximum:g}" if self.maximum is not None else "")

    def admits(self, value: float) -> bool:
        """Whether ``value`` [SI unit] is possible at all."""
        least = {"+": value > 0.0, "0": value >= 0.0, "±": True, "-1": value > -1.0}[self.sign]
        return least and (self.maximum is None or value <= self.maximum)


def _metal() -> list[Property]:
    return [
        Property("molar_mass", "kg/mol", "mass of a mole", "molar_mass"),
        Property("molar_volume", "m^3/mol", "volume of a mole of metal", "molar_volume"),
        Property("molar_concentration", "mol/m^3", "metal atoms a volume of metal", "concentration"),
        Property("density", "kg/m^3", "mass density", "density"),
        Property("melting_temperature", "K", "melting temperature", "temperature"),
        Property("specific_capacity", "C/kg", "charge a mass", "C/kg"),
        Property("volumetric_capacity", "C/m^3", "charge a volume", "C/m^3"),
        Property("standard_potential", "V", "standard potential against hydrogen", "potential", "±"),
        Property("plated_thickness_per_charge", "m^3/C", "thickness plated a charge an area, V_M/F", "m^3/C"),
        Property("surface_energy", "J/m^2", "energy of the surface", "surface_energy"),
        Property("resistivity", "ohm*m", "electronic resistivity", "resistivity"),
        Property("self_diffusivity", "m^2/s", "self-diffusivity of the metal atoms", "diffusivity"),
        Property("surface_diffusion_barrier", "J/mol", "barrier of a surface hop", "activation_energy"),
        Property("surface_hop_frequency", "1/s", "attempts of a surface hop a second", "frequency"),
        Property(
            "surface_bond_energy",
            "J/mol",
            "barrier that a further neighbour adds to a surface hop",
            "activation_energy",
            "0",
        ),
        Property(
            "interlayer_barrier",
            "J/mol",
            "barrier that an edge adds to a surface hop",
            "activation_energy",
            "0",
        ),
        Property(
            "interphase_mobility_factor",
            "1",
            "mobility of adatoms under an interphase over that on a clean surface",
            "1",
            "+",
            1.0,
        ),
        Property("vacancy_migration_energy", "J/mol", "barrier of a vacancy hop", "activation_energy"),
        Property(
            "stripping_activation_energy", "J/mol", "of the critical stripping current", "activation_energy"
        ),
        Property("vacancy_formation_energy", "J/mol", "energy to make a vacancy", "activation_energy"),
        Property(
            "cohesive_energy", "J/mol", "energy to take the crystal apart into atoms", "activation_energy"
        ),
        Property("lattice_parameter", "m", "edge of the cubic cell", "length"),
        Property("surface_energy_slope", "J/m^2/K", "d(surface energy)/dT", "J/m^2/K", "±"),
        Property("grain_boundary_energy", "J/m^2", "energy of a grain boundary", "surface_energy"),
        Property(
            "entropic_coefficient",
            "V/K",
            "dE/dT of the metal electrode; Peltier heat T dE/dT",
            "entropic_coefficient",
            "±",
        ),
        Property(
            "nucleation_overpotential", "V", "overpotential to nucleate on a substrate", "potential", "0"
        ),
    ]


def _electrolyte() -> list[Property]:
    return [
        Property("conductivity", "S/m", "ionic conductivity", "conductivity"),
        Property("electronic_conductivity", "S/m", "electronic conductivity", "conductivity"),
        Property(
            "cation_transference_number", "1", "share of the current carried by the cation", "1", "±", 1.0
        ),
        Property("salt_concentration", "mol/m^3", "salt concentration of the electrolyte", "concentration"),
        Property("salt_diffusivity", "m^2/s", "ambipolar diffusivity of the salt", "diffusivity"),
        Property("thermodynamic_factor", "1", "1 + d ln f / d ln c of the salt", "1"),
        Property("viscosity", "Pa*s", "dynamic viscosity", "viscosity"),
        Property("relative_permittivity", "1", "relative permittivity", "1"),
        Property("crystallisation_temperature", "K", "crystalline below it", "temperature"),
        Property("thermal_conductivity", "W/m/K", "thermal conductivity", "thermal_conductivity"),
        Property("heat_capacity", "J/kg/K", "specific heat", "heat_capacity"),
        Property("thermal_expansion", "1/K", "linear thermal expansion", "thermal_expansion"),
        Property("partial_molar_volume", "m^3/mol", "volume a mole of cations takes", "molar_volume", "0"),
        Property(
            "conductivity_stress_slope", "S/m/Pa", "d(conductivity)/d(mean stress), tension", "S/m/Pa", "±"
        ),
        Property("grain_size", "m", "grain diameter", "length"),
        Property("grain_boundary_thickness", "m", "electrical thickness of a grain boundary", "length"),
        Property(
            "grain_boundary_resistance_share", "1", "grain boundaries' share of the resistance", "1", "0", 1.0
        ),
        Property("grain_boundary_conductivity_factor", "1", "grain boundary over bulk conductivity", "1"),
        Property(
            "grain_boundary_electronic_factor", "1", "grain boundary over bulk electronic conductivity", "1"
        ),
        Property("grain_boundary_shear_factor", "1", "grain boundary over bulk shear modulus", "1"),
        Property("grain_boundary_fracture_factor", "1", "grain boundary over bulk fracture energy", "1"),
        Property("grain_boundary_fracture_toughness", "Pa*m^0.5", "of a grain boundary", "toughness"),
    ]


def _mechanics() -> list[Property]:
    return [
        Property("young_modulus", "Pa", "Young's modulus", "pressure"),
        Property("shear_modulus", "Pa", "shear modulus", "pressure"),
        Property("bulk_modulus", "Pa", "bulk modulus", "pressure"),
        Property("biaxial_modulus", "Pa", "biaxial modulus of a film", "pressure"),
        Property("poisson_ratio", "1", "Poisson's ratio", "1", "-1", 0.5),
        Property("zener_anisotropy", "1", "2 C44/(C11 - C12)", "1"),
        Property("elastic_constant_11", "Pa", "C11 of the crystal", "pressure"),
        Property("elastic_constant_12", "Pa", "C12 of the crystal", "pressure", "±"),
        Property("elastic_constant_44", "Pa", "C44 of the crystal", "pressure"),
        Property("hardness", "Pa", "indentation hardness", "pressure"),
        Property("fracture_toughness", "Pa*m^0.5", "K_IC", "toughness"),
        Property("fracture_energy", "J/m^2", "G_c = K_IC^2 (1 - nu^2)/E", "surface_energy"),
        Property("flexural_strength", "Pa", "strength in bending", "pressure"),
        Property("tensile_strength", "Pa", "strength in tension", "pressure"),
        Property("weibull_modulus", "1", "Weibull modulus of the strength", "1"),
        Property("yield_strength", "Pa", "yield strength", "pressure"),
        Property("whisker_yield_strength", "Pa", "largest yield strength of a whisker", "pressure"),
        Property("whisker_growth_stress", "Pa", "largest stress a growing whisker exerts", "pressure"),
        Property("size_law_strength", "Pa", "yield strength at the size law's diameter", "pressure"),
        Property("size_law_diameter", "m", "diameter at which the size law is anchored", "length"),
        Property("size_law_exponent", "1", "exponent of the yield strength over the diameter", "1", "±"),
        Property("size_law_cap", "Pa", "largest yield strength the size law gives", "pressure"),
        Property("size_law_scale", "1", "scale of lithium's size law for this metal", "1"),
        Property("creep_rate", "1/s", "A in A (stress/1 MPa)^n exp(-Q/RT)", "frequency"),
        Property("creep_exponent", "1", "n in A (stress/1 MPa)^n exp(-Q/RT)", "1"),
        Property(
            "creep_activation_energy", "J/mol", "Q in A (stress/1 MPa)^n exp(-Q/RT)", "activation_energy"
        ),
        Property(
            "creep_breakdown_stress", "Pa", "stress s in A [s sinh(stress/s)/1 MPa]^n exp(-Q/RT)", "pressure"
        ),
        Property("flow_stress", "Pa", "K in K (strain rate/1 s^-1)^m", "pressure"),
        Property("flow_stress_rate_exponent", "1", "m in K (strain rate/1 s^-1)^m", "1"),
        Property("anand_rate", "1/s", "pre-exponential rate A of the Anand law", "frequency"),
        Property("anand_activation_energy", "J/mol", "Q of the Anand law", "activation_energy"),
        Property("anand_rate_exponent", "1", "strain-rate sensitivity m of the Anand law", "1"),
        Property("anand_saturation_strength", "Pa", "S0 of the Anand law", "pressure"),
        Property("anand_initial_strength", "Pa", "initial resistance of the Anand law", "pressure"),
        Property("anand_hardening_modulus", "Pa", "H0 of the Anand law", "pressure"),
        Property("anand_hardening_exponent", "1", "a of the Anand law", "1"),
        Property("anand_saturation_exponent", "1", "n of the Anand law", "1"),
    ]


def _cathode() -> list[Property]:
    return [
        Property(
            "open_circuit_potential", "V", "against the metal, over the ion's concentration", "potential"
        ),
        Property("maximum_concentration", "mol/m^3", "sites of the ion a volume", "concentration"),
        Property("highest_stoichiometry", "1", "share of the sites filled when discharged", "1", "+", 1.0),
        Property("lowest_stoichiometry", "1", "share of the sites filled when charged", "1", "+", 1.0),
        Property("solid_diffusivity", "m^2/s", "diffusivity of the ion in the particle", "diffusivity"),
        Property("particle_radius", "m", "radius of the particles", "length"),
        Property("active_volume_fraction", "1", "active material a volume of electrode", "1", "+", 1.0),
        Property("electrolyte_volume_fraction", "1", "electrolyte a volume of electrode", "1", "+", 1.0),
    ]


def _interface() -> list[Property]:
    return [
        Property("exchange_current_density", "A/m^2", "exchange current density", "current_density"),
        Property(
            "interface_resistance", "ohm*m^2", "resistance an area of the interface", "areal_resistance"
        ),
        Property(
            "charge_transfer_coefficient", "1", "symmetry factor of the plating reaction", "1", "+", 1.0
        ),
        Property(
            "double_layer_capacitance", "F/m^2", "capacitance an area of the interface", "areal_capacitance"
        ),
        Property("chemically_stable", "1", "1: stable against the metal, 0: reacts with it", "1", "0", 1.0),
        Property(
            "boundary_nucleation_overpotential",
            "V",
            "excess potential at which metal nucleates in a grain boundary, its opening apart",
            "potential",
            "0",
        ),
        Property(
            "pore_nucleation_overpotential",
            "V",
            "excess potential at which metal nucleates at the wall of a pore",
            "potential",
            "0",
        ),
        Property("critical_current_density", "A/m^2", "short circuit in a stated test", "current_density"),
        Property("critical_current_density_ratio", "1", "gain of the critical current density", "1"),
        Property("cycle_life_ratio", "1", "gain of the cycle life", "1"),
        Property("critical_stripping_current_density", "A/m^2", "voids form above it", "current_density"),
        Property("critical_plating_current_density", "A/m^2", "dendrites form above it", "current_density"),
        Property("critical_stack_pressure", "Pa", "contact is lost below it", "pressure"),
        Property("extrusion_stack_pressure", "Pa", "metal is extruded above it", "pressure"),
        Property("short_circuit_stack_pressure", "Pa", "the cell shorts mechanically above it", "pressure"),
        Property("adhesion_energy", "J/m^2", "work of adhesion", "surface_energy"),
        Property("interface_fracture_energy", "J/m^2", "energy to open the interface", "surface_energy"),
        Property("flow_stress_factor", "1", "metal's flow stress at the interface over its own", "1"),
        Property("sei_conductivity", "S/m", "ionic conductivity of the interphase", "conductivity"),
        Property("sei_thickness", "m", "thickness of the interphase", "length"),
        Property("sei_molar_volume", "m^3/mol", "molar volume of the interphase", "molar_volume"),
        Property("sei_electron_number", "1", "electrons that a formula unit of the interphase takes", "1"),
        Property(
            "sei_growth_constant", "m^2/s", "K of parabolic growth, d(delta)/dt = K/delta", "diffusivity"
        ),
        Property(
            "sei_growth_rate", "m/s", "k of exponential growth, d(delta)/dt = k exp(-delta/l)", "velocity"
        ),
        Property("sei_decay_length", "m", "l of exponential growth", "length"),
        Property("sei_young_modulus", "Pa", "Young's modulus of the interphase", "pressure"),
        Property("sei_poisson_ratio", "1", "Poisson's ratio of the interphase", "1", "-1", 0.5),
        Property("sei_strength", "Pa", "strength of the interphase", "pressure"),
        Property("sei_fracture_energy", "J/m^2", "fracture energy of the interphase", "surface_energy"),
        Property(
            "heat_transfer_coefficient",
            "W/m^2/K",
            "heat lost to the surroundings",
            "heat_transfer_coefficient",
        ),
    ]


PROPERTIES: dict[str, Property] = {
    item.name: item for item in [*_metal(), *_electrolyte(), *_cathode(), *_mechanics(), *_interface()]
}
"""Every property by name, in the order in which a data sheet lists them."""


def property_named(name: str, *, location: Location | None = None, field: str | None = None) -> Property:
    """The property of that name.

    Raises:
        InputError: there is no such property; names the nearest ones.
    """
    if name in PROPERTIES:
        return PROPERTIES[name]
    near = difflib.get_close_matches(str(name).lower().replace(" ", "_"), PROPERTIES, 3, 0.5)
    raise InputError(
        "unknown property", field=field, value=name, hint=" or ".join(near) or None, location=location,
        allowed=None if near else ", ".join(PROPERTIES),
    )  # fmt: skip
