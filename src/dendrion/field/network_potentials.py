"""Ions and electrons in one network of two layers: currents of a cell with metal in it, at a given total current.

    div(sigma_i grad phi_i) =  R,   div(sigma_e grad phi_e) = -R,   R = g (phi_i - phi_e - eta)      R [A/m^3]

phi_i = mu(ion)/F, phi_e = -mu(electron)/F, so that phi_i - phi_e is the potential of the metal's own atom over bulk metal; g
is the linearised reaction on the metal inside, area/(volume R_ct), eta the overpotential of metal under pressure. Both
equations together are a symmetric network on a grid with one more axis of two cells, solved by the multigrid of
`dendrion.numerics.elliptic`. The counter electrode is one more slab of cells whose two layers are tied together; the current
enters there, or its potential is held. The plating electrode is metal at zero potential: ions reach it through
``R_ct``, electrons without resistance. Kind: derived (electrochemistry of a mixed conductor between two metals).
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from dendrion.field.network_setup import Setup
from dendrion.numerics.elliptic import SolveInfo, build_hierarchy, solve
from dendrion.numerics.grid import Grid
from dendrion.numerics.operators import face_harmonic

TIED = 300.0
"""Conductance within the counter electrode over that of a grain's face [dimensionless]: its potential is even to 1e-5."""

APART = 1e9
"""Size of a cell along the axis of the two layers over the others [dimensionless]: they are never joined."""

MOST_ITERATIONS = 400
"""Iterations after which a solve counts as failed [dimensionless]."""


class Network(NamedTuple):
    """What stays the same through a run: see `Setup`; faces and walls as conductances over volume [S/m^3]."""

    ionic_faces: tuple[Array, ...]
    anode_wall: Array
    counter_wall: Array
    tied: Array


class Solution(NamedTuple):
    """Potentials (2, cells + slab, ...) [V], reaction [A/m^3], currents at the walls, plating positive [A/m^2]."""

    potentials: Array
    reaction: Array
    anode_ions: Array
    anode_electrons: Array
    counter_ions: Array
    counter_electrons: Array
    info: SolveInfo


def make_network(setup: Setup, grid: Grid) -> Network:
    """Conductances of a setup on its grid."""
    h, sigma = grid.spacing, setup.conductivity
    faces = tuple(jnp.asarray(sigma / h[axis] ** 2 * one) for axis, one in enumerate(setup.ionic_faces))
    anode, counter = (
        jnp.asarray(1.0 / (h[0] * (0.5 * h[0] / (sigma * end) + setup.resistance)))[None]
        for end in setup.ionic_ends
    )
    return Network(faces, anode, counter, jnp.asarray(TIED * sigma / min(h) ** 2))


@partial(jax.jit, static_argnames=("spacing", "periodic"))
def solve_potentials(
    network: Network, electronic: Array, conductance: Array, stress: Array, drive: tuple[Array, Array], guess: Array,
    tolerance: Array, *, spacing: tuple[float, ...], periodic: tuple[bool, ...],
) -> Solution:  # fmt: skip
    """Potentials and currents.

    Args:
        network: from `make_network`.
        electronic: sigma_e of every cell, metal included [S/m].
        conductance: g of every cell [S/m^3].
        stress: eta of every cell [V].
        drive: (current density, plating positive [A/m^2], voltage of the counter electrode [V]); a voltage that is not
            a number leaves the current to decide, else it decides.
        guess: potentials to start from.
        tolerance: relative residual [dimensionless].
    """
    current, voltage = drive
    held = jnp.isfinite(voltage)
    h, tied = spacing, network.tied
    slab = jnp.full_like(conductance[:1], tied)
    layers = jnp.concatenate([conductance, slab])[None]
    faces = [layers]
    for axis in range(conductance.ndim):
        electrons = face_harmonic(electronic, axis, periodic[axis]) / h[axis] ** 2
        ions = network.ionic_faces[axis]
        if axis == 0:
            leak = 2.0 * electronic[-1:] / h[0] ** 2
            pair = jnp.concatenate([ions, network.counter_wall]), jnp.concatenate([electrons, leak])
        else:
            end = jnp.full_like(ions[:1], tied)
            pair = jnp.concatenate([ions, end]), jnp.concatenate([electrons, end])
        faces.append(jnp.stack(pair))
    diagonal = jnp.zeros((2, *layers.shape[1:]))
    anode_leak = 2.0 * electronic[:1] / h[0] ** 2
    diagonal = diagonal.at[0, :1].set(network.anode_wall).at[1, :1].set(anode_leak)
    diagonal = diagonal.at[0, -1].set(jnp.where(held, tied, 0.0))
    push = conductance * stress
    source = jnp.zeros_like(diagonal).at[0, :-1].set(push).at[1, :-1].set(-push)
    source = source.at[0, -1].set(jnp.where(held, tied * jnp.where(held, voltage, 0.0), current / h[0]))
    hierarchy = build_hierarchy(tuple(faces), diagonal, (False, *periodic), (APART, *h))
    found, info = solve(hierarchy, source, guess, tolerance, MOST_ITERATIONS)
    ions, electrons = found[0], found[1]
    return Solution(
        found, conductance * (ions[:-1] - electrons[:-1] - stress),
        h[0] * network.anode_wall[0] * ions[0], h[0] * anode_leak[0] * electrons[0],
        h[0] * network.counter_wall[0] * (ions[-1] - ions[-2]), h[0] * leak[0] * (electrons[-1] - electrons[-2]), info,
    )  # fmt: skip


def first_guess(grid: Grid) -> np.ndarray:
    """Potentials of a cell at rest [V]."""
    return np.zeros((2, grid.shape[0] + 1, *grid.shape[1:]))
