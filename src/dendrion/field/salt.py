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
    diagonal = storage / time_step + last + sink_slope
    returned = (1.0 - boundary.holds) * jnp.sum(sink) * boundary.share
    source = amount / time_step - sink + sink_slope * guess + last * boundary.concentration
    source = source.at[-1].add(returned)
    hierarchy = build_hierarchy(conductances.faces, diagonal, periodic, aspect)
    concentration, info = solve(hierarchy, source, guess, tolerance, 60)
    return concentration, info.iterations


def anion_sink(area_density: Array, current_density: Array, cation_transference_number: Array) -> Array:
    """t_a a i_n / F [mol/(m^3 s)] from area density [1/m], current density [A/m^2] and t_+ [dimensionless]."""
    return (1.0 - cation_transference_number) * area_density * current_density / FARADAY
