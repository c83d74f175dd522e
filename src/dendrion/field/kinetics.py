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

SERIES_STEPS = 8
"""Newton steps for the overpotential behind a resistance [dimensionless]; from above, five reach round-off."""

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


def behind_resistance(
    drive: Float[Array, "*cells"],
    exchange_current_density: Float[Array, "*cells"],
    charge_transfer_coefficient: Array | float,
    temperature: Float[Array, "*cells"],
    resistance: Float[Array, "*cells"],
) -> tuple[Array, Array]:
    """Current density and slope of the reaction and a resistance in series: ``i = i_BV(drive - R i)``.

    Newton's method for the overpotential x of ``x + R i_BV(x) = drive``, from a bound that is beyond x: the whole drive, or
    the x whose cathodic (anodic) branch alone, less 1, would take the drive up. So it comes down without a detour.

    Args: drive [V], then as `plating_current_density`, and the resistance R [ohm m^2].

    Returns: current density [A/m^2] and its derivative with respect to the drive, ``i'/(1 + R i')`` [A/(m^2 V)].
    """
    alpha, f = charge_transfer_coefficient, FARADAY / (GAS_CONSTANT * temperature)
    share = jnp.where(drive >= 0.0, alpha, 1.0 - alpha)
    strength = jnp.maximum(resistance * exchange_current_density, 1e-300)
    size = jnp.abs(drive)
    start = jnp.sign(drive) * jnp.minimum(size, jnp.log1p(size / strength) / (share * f))

    def kinetics(x: Array) -> tuple[Array, Array]:
        return plating_current_density(x, exchange_current_density, alpha, temperature)

    x = start
    for _ in range(SERIES_STEPS):
        current, slope = kinetics(x)
        x = x - (x + resistance * current - drive) / (1.0 + resistance * slope)
    current, slope = kinetics(x)
    return current, slope / (1.0 + resistance * slope)
