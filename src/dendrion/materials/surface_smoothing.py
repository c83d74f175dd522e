"""How fast a metal's surface smooths by diffusion along itself, from claims: Mullins's coefficient.

A sinusoid of wavenumber k decays with ``exp(-B k^4 t)`` (Mullins 1957, DOI 10.1063/1.1722742),

    B = D_s gamma Omega^2 n_s/(k_B T),   D_s = (nu_0 a^2/4) exp(-E_s/RT),   n_s = a^-2

of a clean square face. Kind: published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..constants import AVOGADRO, BOLTZMANN, GAS_CONSTANT

if TYPE_CHECKING:
    from .material import Material


def surface_diffusivity(
    attempt_frequency: float, lattice_parameter: float, barrier: float, temperature: Any
) -> Any:
    """D_s [m^2/s]: attempt frequency [1/s], lattice parameter [m], barrier of a hop [J/mol], temperatures [K]."""
    return 0.25 * attempt_frequency * lattice_parameter**2 * np.exp(-barrier / (GAS_CONSTANT * temperature))


def mullins_coefficient(
    attempt_frequency: float, lattice_parameter: float, barrier: float, surface_energy: float, molar_volume: float,
    temperature: Any,
) -> Any:  # fmt: skip
    """B [m^4/s]: as ``surface_diffusivity``, with surface energy [J/m^2] and molar volume [m^3/mol]."""
    volume = molar_volume / AVOGADRO
    diffusivity = surface_diffusivity(attempt_frequency, lattice_parameter, barrier, temperature)
    return diffusivity * surface_energy * volume**2 / (lattice_parameter**2 * BOLTZMANN * temperature)


def claimed_mullins_coefficient(
    metal: Material,
    temperature: Any,
    *,
    attempt_frequency: float | None = None,
    mobility_factor: float | None = None,
) -> Any:
    """B [m^4/s] of a metal under its interphase at temperatures [K], from its claims.

    Args:
        attempt_frequency [1/s], mobility_factor [dimensionless]: used in place of the metal's claims.
    """
    frequency = attempt_frequency or metal.claim("surface_hop_frequency").value
    clean = mullins_coefficient(
        frequency, metal.claim("lattice_parameter").value, metal.claim("surface_diffusion_barrier").value,
        metal.claim("surface_energy").value, metal.claim("molar_volume").value, temperature,
    )  # fmt: skip
    return (mobility_factor or metal.claim("interphase_mobility_factor").value) * clean
