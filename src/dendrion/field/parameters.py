"""What one time step needs to know, split into numbers (traced: changing one never recompiles) and structure.

Everything here is in SI. `build.py` makes it from a case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import equinox as eqx
from jaxtyping import Array

from dendrion.field.heat import HeatWall

Property = Callable[[Array, Array], Array]
"""A property as a function of temperature [K] and salt concentration [mol/m^3]; a pytree, so its numbers trace."""


@dataclass(frozen=True)
class Coupling:
    """Which links between the fields are on; a link that is off is not computed, and changes nothing."""

    temperature_to_kinetics: bool = True
    temperature_to_transport: bool = True
    salt_to_kinetics: bool = True
    salt_to_conduction: bool = True
    curvature_to_kinetics: bool = True
    front_motion: bool = True
    heat_of_reaction: bool = True
    joule_heat: bool = True


@dataclass(frozen=True)
class Structure:
    """What a compiled step depends on: equations and shapes, no numbers."""

    shape: tuple[int, ...]
    periodic: tuple[bool, ...]
    aspect: tuple[float, ...]
    binary: bool
    heat: bool
    fluctuating: bool
    capillary: bool
    substeps: int
    coupling: Coupling
    interphase: str | None = None  # law of its growth: none, parabolic or exponential; None without a layer
    breaking: bool = True


class Metal(NamedTuple):
    """Molar volume [m^3/mol], surface energy [J/m^2] and its cubic anisotropy [dimensionless], volumetric heat
    capacity [J/(m^3 K)], thermal conductivity [W/(m K)], temperature coefficient of the electrode [V/K]."""

    molar_volume: Array
    surface_energy: Array
    surface_anisotropy: Array
    heat_capacity: Array
    thermal_conductivity: Array
    entropic_coefficient: Array


class Electrolyte(NamedTuple):
    """Conductivity [S/m], salt diffusivity [m^2/s], cation transference number and thermodynamic factor
    [dimensionless], reference salt concentration [mol/m^3], volumetric heat capacity [J/(m^3 K)], thermal
    conductivity [W/(m K)]."""

    conductivity: Property
    salt_diffusivity: Property
    transference_number: Property
    thermodynamic_factor: Property
    reference_concentration: Array
    heat_capacity: Array
    thermal_conductivity: Array


class Interface(NamedTuple):
    """Exchange current density at the reference concentration [A/m^2], cathodic charge-transfer coefficient,
    cubic anisotropy and log-normal spread of the exchange current [dimensionless], correlation time [s]."""

    exchange_current_density: Property
    charge_transfer_coefficient: Array
    kinetic_anisotropy: Array
    spread: Array
    correlation_time: Array


class InterphaseNumbers(NamedTuple):
    """Numbers of `interphase.py`: conductivity [S/m]; growth K [m^2/s] or k [m/s]; decay length of exponential growth,
    thickness at the start and of a bare surface [m]; charge a volume [C/m^3]; Young's modulus, strength [Pa]; fracture
    energy [J/m^2]; radius of particles below the grid [m]; largest pressure of the metal C sigma_y [Pa]; concentration
    that claims refer to [mol/m^3]."""

    conductivity: Property
    growth: Property
    decay_length: Array
    first_thickness: Array
    bare_thickness: Array
    charge_density: Array
    modulus: Array
    strength: Array
    fracture_energy: Array
    particle_radius: Array
    flow_pressure: Array
    reference_concentration: Array


class Numerics(NamedTuple):
    """Interface width w [m], front travel a step [cells], mobility factor [dimensionless], relative tolerance of
    the charge balance, salt change a step as a share of the reference concentration, largest growth of the time
    step [dimensionless], largest time step [s]."""

    interface_width: Array
    travel: Array
    mobility: Array
    tolerance: Array
    salt_change: Array
    growth: Array
    largest_time_step: Array


class GrainConduction(NamedTuple):
    """Conductance over that of a uniform grain, of the faces of every axis and of the cells at x = L [dimensionless]."""

    faces: tuple[Array, ...]
    counter: Array


class Parameters(eqx.Module):
    """Everything that a step reads beside the state."""

    structure: Structure = eqx.field(static=True)
    spacing: tuple[Array, ...]
    metal: Metal
    electrolyte: Electrolyte
    interface: Interface
    numerics: Numerics
    walls: tuple[HeatWall, HeatWall]
    imposed_temperature: Array
    counter_holds_salt: Array
    reference_temperature: Array
    grains: GrainConduction | None = None
    interphase: InterphaseNumbers | None = None
