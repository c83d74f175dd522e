"""Inputs that many models share: same name, kind, range and claim everywhere, so that models can be compared."""

from __future__ import annotations

import math
from typing import Any

from .card import REQUIRED, parameter


def current_density(default: Any = REQUIRED) -> Any:
    """Plating current density [A/m^2]; above 10 A/cm^2 a unit is wrong."""
    return parameter("current_density", "plating current density", default=default, least=0.0, most=1e5)


def temperature(default: float = 298.15) -> Any:
    """Temperature [K]; no law here is known outside 200 to 600 K."""
    return parameter("temperature", "temperature", default=default, least=200.0, most=600.0)


def thickness(default: Any = REQUIRED, meaning: str = "thickness of the electrolyte") -> Any:
    """Electrode gap [m]."""
    return parameter("length", meaning, default=default, above=0.0)


def duration(default: float = math.inf) -> Any:
    """How long the current flows [s]; infinite where nobody says."""
    return parameter("time", "how long the current flows", default=default, above=0.0)


def stack_pressure(default: Any = REQUIRED) -> Any:
    """Stack pressure [Pa]."""
    return parameter("pressure", "stack pressure", default=default, least=0.0, most=1e11)


def overpotential(default: Any = REQUIRED, meaning: str = "overpotential, positive drives plating") -> Any:
    """Overpotential [V]."""
    return parameter("potential", meaning, default=default, above=0.0)


def salt_concentration() -> Any:
    """Salt concentration c0 [mol/m^3]."""
    return parameter("concentration", "salt concentration", claim="electrolyte.salt_concentration", above=0.0)


def salt_diffusivity() -> Any:
    """Diffusivity of the salt D, not of the cation [m^2/s]."""
    return parameter(
        "diffusivity", "diffusivity of the salt", claim="electrolyte.salt_diffusivity", above=0.0
    )


def cation_transference_number() -> Any:
    """t+ [dimensionless]; negative values occur in concentrated solutions."""
    claim = "electrolyte.cation_transference_number"
    return parameter("dimensionless", "transference number of the cation", claim=claim, above=-1.0)


def conductivity(default: Any = REQUIRED) -> Any:
    """Ionic conductivity of the electrolyte [S/m]."""
    claim = "electrolyte.conductivity"
    return parameter("conductivity", "ionic conductivity", claim=claim, default=default, above=0.0)


def exchange_current_density(default: Any = REQUIRED) -> Any:
    """Exchange current density [A/m^2]."""
    claim = "interface.exchange_current_density"
    return parameter("current_density", "exchange current density", claim=claim, default=default, above=0.0)


def interface_resistance(default: Any = REQUIRED) -> Any:
    """Resistance of the interface an area [ohm m^2]."""
    claim = "interface.interface_resistance"
    return parameter(
        "areal_resistance", "resistance of the interface", claim=claim, default=default, above=0.0
    )


def symmetry() -> Any:
    """Symmetry factor of the plating reaction [dimensionless]."""
    claim = "interface.charge_transfer_coefficient"
    return parameter("dimensionless", "symmetry factor", claim=claim, default=0.5, above=0.0, below=1.0)


def molar_volume() -> Any:
    """Molar volume of the metal [m^3/mol]."""
    return parameter(
        "molar_volume", "molar volume of the metal", claim="metal.molar_volume", above=0.0, most=1e-3
    )


def cation_molar_volume(default: Any = REQUIRED) -> Any:
    """Partial molar volume V+ of the cation in the electrolyte [m^3/mol]: the least-known number of the field."""
    claim = "electrolyte.partial_molar_volume"
    return parameter(
        "molar_volume", "partial molar volume of the cation", claim=claim, default=default, least=0.0
    )


def surface_energy() -> Any:
    """Surface energy of the metal [J/m^2]."""
    return parameter(
        "surface_energy", "surface energy of the metal", claim="metal.surface_energy", above=0.0, most=2.0
    )


def melting_temperature() -> Any:
    """Melting temperature of the metal [K]; no limit where no metal is named."""
    claim = "metal.melting_temperature"
    return parameter("temperature", "melting temperature", claim=claim, default=math.inf, above=0.0)


def fracture_toughness() -> Any:
    """Fracture toughness of the electrolyte [Pa m^0.5]."""
    claim = "electrolyte.fracture_toughness"
    return parameter("toughness", "fracture toughness", claim=claim, above=0.0, most=1e9)


def young_modulus(default: Any = REQUIRED) -> Any:
    """Young's modulus of the electrolyte [Pa]."""
    claim = "electrolyte.young_modulus"
    return parameter(
        "pressure", "Young's modulus of the electrolyte", claim=claim, default=default, least=1e3, most=1e13
    )


def poisson_ratio() -> Any:
    """Poisson's ratio of the electrolyte [dimensionless]."""
    claim = "electrolyte.poisson_ratio"
    return parameter(
        "dimensionless", "Poisson's ratio of the electrolyte", claim=claim, above=-1.0, below=0.5
    )


def flaw_length(default: Any = REQUIRED) -> Any:
    """Length of a surface flaw or crack [m]; continuum mechanics ends at two atoms."""
    return parameter("length", "length of the flaw", default=default, least=6e-10)


def creep_rate(default: Any = REQUIRED) -> Any:
    """A of the metal's creep law A (stress/1 MPa)^n exp(-Q/RT) [1/s]."""
    return parameter(
        "frequency", "creep rate A at 1 MPa", claim="metal.creep_rate", default=default, above=0.0
    )


def creep_exponent(default: Any = REQUIRED) -> Any:
    """n of the creep law [dimensionless]."""
    return parameter(
        "dimensionless", "creep exponent", claim="metal.creep_exponent", default=default, least=1.0
    )


def creep_activation_energy(default: Any = REQUIRED) -> Any:
    """Q of the creep law [J/mol]."""
    claim = "metal.creep_activation_energy"
    return parameter(
        "activation_energy", "activation energy of creep", claim=claim, default=default, least=0.0
    )
