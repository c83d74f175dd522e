"""Butler–Volmer kinetics of plating and stripping at the front.

    i_n = i_0 [exp(alpha f eta) - exp(-(1 - alpha) f eta)],     f = F / (R T)
    eta = phi - V - V_M gamma kappa / F

phi is the potential of a metal reference electrode in the electrolyte at the front [V], V the potential of the
plating electrode [V], the last term its capillary part. eta > 0 drives plating. Because phi refers to a metal
electrode at the local composition no Nernst term is added; a binary electrolyte enters through
``i_0 = i_0,ref (c / c_ref)^(1 - alpha)``, which is the mass-action law in other potentials
(Newman and Thomas-Alyea, Electrochemical Systems, 3rd ed., chapter 8). Kind: published.
"""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from dendrion.constants import FARADAY, GAS_CONSTANT

LARGEST_EXPONENT = 40.0
"""Bound on the magnitude of an exponent [dimensionless]; beyond it the current grows linearly."""


def _bounded_exponential(exponent: Array) -> tuple[Array, Array]:
    """exp(x) and its derivative, continued linearly beyond the bound, so Newton always sees a slope."""
    clipped = jnp.clip(exponent, -LARGEST_EXPONENT, LARGEST_EXPONENT)
    value = jnp.exp(clipped)
    return value * (1.0 + jnp.maximum(exponent - clipped, 0.0)), value


def plating_current_density(
    overpotential: Float[Array, "*cells"],
    exchange_current_density: Float[Array, "*cells"],
    charge_transfer_coefficient: Array | float,
    temperature: Float[Array, "*cells"],
) -> tuple[Array, Array]:
    """Current density and its slope.

    Args: overpotential [V], exchange current density [A/m^2], cathodic charge-transfer coefficient alpha
    [dimensionless], temperature [K].

    Returns: plating current density [A/m^2] and its derivative with respect to the overpotential [A/(m^2 V)].
    """
    alpha = charge_transfer_coefficient
    f = FARADAY / (GAS_CONSTANT * temperature)
    cathodic, cathodic_slope = _bounded_exponential(alpha * f * overpotential)
    anodic, anodic_slope = _bounded_exponential(-(1.0 - alpha) * f * overpotential)
    current = exchange_current_density * (cathodic - anodic)
    slope = exchange_current_density * f * (alpha * cathodic_slope + (1.0 - alpha) * anodic_slope)
    return current, slope
