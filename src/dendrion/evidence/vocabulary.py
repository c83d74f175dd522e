"""The words of evidence: which quantities are on record, under which conditions, and their units."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A quantity or a condition.

    Attributes:
        name: key in ``QUANTITIES`` or ``CONDITIONS``.
        kind: a name of ``dendrion.units.KINDS``, or the unit that fixes the dimension.
        meaning: one line for people.
    """

    name: str
    kind: str
    meaning: str


_QUANTITIES = (
    # what a cell stands
    ("critical_current_density", "current_density", "largest current density without a short, by the protocol named"),
    ("critical_stripping_current", "current_density", "largest stripping current density without contact loss"),
    ("plating_limit", "current_density", "largest plating current density without a short"),
    ("critical_current_ratio", "dimensionless", "critical current density over that of the untreated cell"),
    ("limiting_current", "current_density", "current density that transport can keep up"),
    ("pulse_limiting_ratio", "dimensionless", "peak limiting current of pulses over that of direct current"),
    ("short_time", "time", "time to the short circuit"),
    ("life_ratio", "dimensionless", "life over that of the untreated cell"),
    ("cycle_life", "time", "time of cycling without a short"),
    ("critical_stack_pressure", "pressure", "smallest stack pressure that keeps contact"),
    ("largest_stack_pressure", "pressure", "stack pressure above which the cell shorts or the metal flows out"),
    ("critical_in_plane_stress", "pressure", "in-plane compression that turns filaments aside"),
    ("interface_resistance", "areal_resistance", "resistance of the interface times its area"),
    ("cell_resistance", "resistance", "resistance of the whole cell"),
    ("overpotential", "potential", "overpotential, plating positive"),
    ("exchange_current_density", "current_density", "exchange current density"),
    ("local_current_ratio", "dimensionless", "local over mean current density"),
    ("dendrite_length_ratio", "dimensionless", "length of dendrites over that of the untreated cell"),
    # transport and time
    ("sand_time", "time", "time until the salt at the electrode is used up"),
    ("sand_time_ratio", "dimensionless", "depletion time of a finite gap over Sand's time"),
    ("onset_time", "time", "time until dendrites begin"),
    ("transference_number", "dimensionless", "share of the current that the metal's ion carries"),
    ("conductivity", "conductivity", "ionic conductivity"),
    ("diffusivity_ratio", "dimensionless", "diffusivity along grain boundaries over that of the bulk"),
    # stability and tips
    ("critical_modulus_ratio", "dimensionless", "shear modulus of the electrolyte over the metal's where growth is stable"),
    ("stable_share_of_limiting_current", "dimensionless", "stable up to this share of the limiting current"),
    ("critical_wavelength", "length", "wavelength above which a flat front is unstable"),
    ("fastest_wavelength", "length", "wavelength that grows fastest"),
    ("growth_rate", "frequency", "rate at which a disturbance grows"),
    ("critical_wave_number", "dimensionless", "wave number of neutral stability over that of the cell"),
    ("tip_velocity", "velocity", "velocity of the tip"),
    ("front_position", "length", "mean position of the front"),
    ("roughness", "length", "standard deviation of the front's position"),
    ("area_ratio", "dimensionless", "area of metal over that of a reference"),
    ("arc_length_ratio", "dimensionless", "length of the front over that of a flat one"),
    ("peak_to_valley_current", "dimensionless", "current density at the peak over that in the valley"),
    ("velocity_error", "dimensionless", "speed of the numerical front over the exact one"),
    ("smoothing_time", "time", "time in which surface diffusion levels a sinusoid to 1/e"),
    # nucleation
    ("critical_radius", "length", "radius of the critical nucleus"),
    ("nucleation_barrier", "energy", "energy of the critical nucleus"),
    ("nucleation_overpotential", "potential", "overpotential at which nucleation sets in"),
    ("nucleus_density_exponent", "dimensionless", "power of the overpotential in the density of nuclei"),
    ("nucleus_size_exponent", "dimensionless", "power of the overpotential in the size of nuclei"),
    # mechanics
    ("young_modulus", "pressure", "Young's modulus"),
    ("shear_modulus", "pressure", "shear modulus"),
    ("poisson_ratio", "dimensionless", "Poisson's ratio"),
    ("hardness", "pressure", "hardness"),
    ("toughness", "toughness", "fracture toughness in mode I"),
    ("toughness_ratio", "dimensionless", "stress intensity at a growing tip over the toughness"),
    ("stress_intensity_ratio", "dimensionless", "stress intensity of a partly filled crack over that of a full one"),
    ("yield_stress", "pressure", "stress at which the metal yields"),
    ("flow_stress", "pressure", "stress at which the metal flows at the strain named"),
    ("strength_ratio", "dimensionless", "strength of lithium over that of sodium"),
    ("creep_rate", "frequency", "steady rate of creep"),
    ("creep_exponent", "dimensionless", "power of the stress in the rate of creep"),
    ("activation_energy", "activation_energy", "activation energy"),
    ("internal_stress", "pressure", "stress in the metal or the electrolyte"),
    ("stress_per_overpotential", "MPa/mV", "stress that an overpotential can build up"),
    ("overpotential_per_stress", "mV/MPa", "overpotential that stress on the metal costs"),
    ("critical_flaw_size", "length", "size of the flaw from which a crack starts"),
    ("wrinkle_wavelength", "length", "wavelength of a film's wrinkles on a soft substrate"),
    ("modulus_reduction", "dimensionless", "share of the modulus that is lost"),
    ("pressure_exponent", "dimensionless", "power of the stack pressure"),
    ("mechanical_share", "dimensionless", "share of the growth that mechanics accounts for"),
    ("plated_thickness", "um*cm^2/mAh", "thickness of metal for a charge"),
    # numbers of benchmarks
    ("free_energy", "dimensionless", "free energy in the benchmark's own units"),
    ("error", "dimensionless", "error norm in the benchmark's own units"),
    ("interface_energy", "surface_energy", "energy of an interface"),
    ("force", "kN", "reaction force"),
    ("damage", "dimensionless", "damage variable"),
    ("computing_time", "time", "computing time"),
    ("relative_error", "dimensionless", "error over the value"),
    ("potential_shift", "potential", "shift of the equilibrium potential"),
    ("order_of_accuracy", "dimensionless", "observed order of convergence"),
    # not a number
    ("morphology", "dimensionless", "shape of the deposit; the record says it in words"),
    ("mechanism", "dimensionless", "how the metal gets in; the record says it in words"),
    ("other", "dimensionless", "a number without a quantity of its own; the title says which"),
)  # fmt: skip

_CONDITIONS = (
    ("temperature", "temperature", "temperature of the cell"),
    ("temperature_difference", "temperature_difference", "difference across the electrolyte"),
    ("stack_pressure", "pressure", "pressure on the stack"),
    ("in_plane_compression", "pressure", "compression across the current"),
    ("current_density", "current_density", "current density"),
    ("areal_capacity", "areal_capacity", "charge a half-cycle"),
    ("thickness", "length", "thickness of the electrolyte or film"),
    ("interface_resistance", "areal_resistance", "resistance of the interface"),
    ("exchange_current_density", "current_density", "exchange current density"),
    ("grain_size", "length", "size of the grains"),
    ("relative_density", "dimensionless", "density over the theoretical one"),
    ("strain_rate", "frequency", "rate of strain"),
    ("stress", "pressure", "stress applied"),
    ("overpotential", "potential", "overpotential, plating positive"),
    ("potential", "potential", "potential held"),
    ("concentration", "concentration", "salt concentration"),
    ("flaw_size", "length", "size of the flaw"),
    ("crack_opening", "length", "opening of the crack"),
    ("filled_share", "dimensionless", "filled share of the crack"),
    ("wavelength", "length", "wavelength"),
    ("time", "time", "time"),
    ("time_step", "dimensionless", "time step in the benchmark's own units"),
    ("spacing", "dimensionless", "grid spacing in the benchmark's own units"),
    ("share_of_limiting_current", "dimensionless", "current over the limiting current"),
    ("pulse_on_time", "time", "length of a pulse"),
    ("pulse_period", "time", "time from pulse to pulse"),
    ("frequency", "frequency", "frequency of pulses"),
    ("surface_barrier", "activation_energy", "energy barrier of surface diffusion"),
    ("poisson_ratio", "dimensionless", "Poisson's ratio of the electrolyte"),
    ("molar_volume_ratio", "dimensionless", "partial molar volume of the ion over that of the metal"),
)


QUANTITIES = {row[0]: Word(*row) for row in _QUANTITIES}
"""Every quantity of the records by name."""

CONDITIONS = {row[0]: Word(*row) for row in _CONDITIONS}
"""Every condition that a value can stand under, by name."""

IN_WORDS = ("morphology", "mechanism")
"""Quantities whose values are words: the label of the point."""
