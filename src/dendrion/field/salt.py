"""Salt in a binary electrolyte: the balance of the anions, which neither plate nor enter the metal.

    d[(1-h) c]/dt = div[ (1-h) D grad(c) ] - (t_a / F) a i_n,      t_a = 1 - t_+

(Newman and Thomas-Alyea, Electrochemical Systems, 3rd ed., chapter 12; exact for a constant transference
number). As the front advances, 1 - h falls and the anions are pushed ahead of it. The counter electrode either
returns the salt that the plating electrode takes (a metal electrode that strips) or holds the concentration (a
reservoir). Backward Euler; fluxes on faces, so the salt is conserved.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from dendrion.constants import FARADAY
from dendrion.field.transport import Conductances
from dendrion.numerics.elliptic import build_hierarchy, solve

STORAGE_FLOOR = 1e-4
"""Electrolyte fraction that a metal cell keeps for the salt balance [dimensionless]; it keeps the matrix regular."""


SALT_FLOOR = 5e-3
"""Share of the reference concentration at which a depleted layer goes over to space charge [dimensionless].

Below it conductivity and kinetics fall no further, and the anions' share of the current ends: where the salt is
gone cations alone carry the current. The space charge itself is not resolved (it is nanometres to a few hundred
nanometres thick); this closure is ours, and keeps currents above the limiting one finite.
"""


class SaltBoundary(NamedTuple):
    """The counter electrode: ``holds`` is 1 for a reservoir and 0 for metal; concentration held [mol/m^3]; share
    of the returned salt that each of its cells gets, summing to 1 [dimensionless]."""

    holds: Array
    concentration: Array
    share: Array


def salt_storage(fraction: Float[Array, "*cells"]) -> Float[Array, "*cells"]:
    """Electrolyte volume per volume that stores salt [dimensionless]."""
    return (fraction + STORAGE_FLOOR) / (1.0 + STORAGE_FLOOR)


def salt_step(
    amount: Float[Array, "*cells"],
    storage: Float[Array, "*cells"],
    conductances: Conductances,
    sink: Float[Array, "*cells"],
    sink_slope: Float[Array, "*cells"],
    guess: Float[Array, "*cells"],
    boundary: SaltBoundary,
    time_step: Array,
    periodic: tuple[bool, ...],
    aspect: tuple[float, ...],
    tolerance: float,
) -> tuple[Array, Array]:
    """Concentration [mol/m^3] at the end of a step, and the linear iterations it took [dimensionless].

    Args: salt amount (storage times concentration) at the start [mol/m^3]; storage at the end [dimensionless];
    conductances of the diffusivity [1/s]; anion sink t_a a i_n / F at the guess [mol/(m^3 s)] and its derivative
    with respect to the concentration [1/s]; guess of the concentration; counter electrode; time step [s].
    """
    last = jnp.zeros_like(amount).at[-1].set(conductances.counter * boundary.holds)
    # Where the sink of the step would take more than there is, it falls in proportion to what is left.
    needed = (sink - amount / time_step) / jnp.maximum(guess, 1e-300)
    sink_slope = jnp.maximum(sink_slope, jnp.where(guess > 0.0, needed, 0.0))
    diagonal = storage / time_step + last + sink_slope
    returned = (1.0 - boundary.holds) * jnp.sum(sink) * boundary.share
    source = amount / time_step - sink + sink_slope * guess + last * boundary.concentration
    source = source.at[-1].add(returned)
    hierarchy = build_hierarchy(conductances.faces, diagonal, periodic, aspect)
    concentration, info = solve(hierarchy, source, guess, tolerance, 60)
    # A closed cell keeps its salt to round-off, whatever the sink became as the salt changed.
    kept = jnp.sum(amount) / jnp.sum(storage * concentration)
    return concentration * jnp.where(boundary.holds > 0.0, 1.0, kept), info.iterations


def anion_sink(
    source_density: Array, cation_transference_number: Array, concentration: Array, reference: Array
) -> tuple[Array, Array]:
    """Anion sink ``m(c) t_a a i_n / F`` [mol/(m^3 s)] and its derivative with respect to c [1/s].

    Args: a i_n [A/m^3], t_+ [dimensionless], concentration and reference concentration [mol/m^3]. The factor
    ``m = c^2/(c^2 + floor^2)`` ends the sink with the salt; only plating is limited by it.
    """
    full = (1.0 - cation_transference_number) * source_density / FARADAY
    floor = SALT_FLOOR * reference
    salt = jnp.maximum(concentration, 0.0)
    total = salt * salt + floor * floor
    limited = jnp.where(full > 0.0, full * salt * salt / total, full)
    slope = jnp.where(full > 0.0, full * 2.0 * salt * floor * floor / total**2, 0.0)
    return limited, slope
