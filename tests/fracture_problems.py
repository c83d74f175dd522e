"""Fracture problems of the literature, for tests and benchmarks: specimens and a point of their loading path."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dendrion.field.damage import (
    DamageProblem,
    build_damage,
    crack_surface,
    initial_damage,
    solve_damage,
)
from dendrion.field.damaged_body import (
    DamagedBody,
    build_body,
    driving_energy,
    nodal_forces,
    solve_equilibrium,
)
from dendrion.field.flaws import notch
from dendrion.field.fracture import Staggering, stagger, surface_control
from dendrion.numerics.grid import Grid

MODULUS, POISSON, TOUGHNESS, LENGTH, SIZE = 210e9, 0.3, 2700.0, 15e-6, 1e-3
"""Steel of Miehe et al. 2010 (DOI 10.1016/j.cma.2010.04.011): E [Pa], nu, G_c [J/m^2], l [m], edge [m]."""


class Specimen(NamedTuple):
    """A body, its damage, and its displacement at unit load with prescribed values in place."""

    body: DamagedBody
    problem: DamageProblem
    displacement: jax.Array


def edge_notch(
    cells: int, split: str, broken: bool, shear: bool = False, top_free: bool = True, length=LENGTH
):
    """Square with a horizontal notch, one row of cells, to its middle; the top moves by 1 um.

    ``broken`` holds the row at d = 1, else it is void and its cells take no part. The bottom is clamped; ``top_free``
    lets the top move sideways under tension.
    """
    grid = Grid((cells, cells), (SIZE / cells,) * 2, (False, False))
    height = (cells // 2 + 0.5) * grid.spacing[1]
    row = notch(grid.coordinates(), grid.spacing, (0.0, height), 0.5 * SIZE)
    fixed = np.zeros((2, cells + 1, cells + 1), bool)
    fixed[:, :, 0] = True
    fixed[0 if shear else 1, :, -1] = True
    if shear or not top_free:
        fixed[:, :, -1] = True
    modulus = np.full(grid.shape, MODULUS) if broken else np.where(row, 0.0, MODULUS)
    mask = jnp.asarray(row)
    body = build_body(jnp.asarray(modulus), POISSON, jnp.asarray(fixed), grid.spacing, grid.periodic, split)
    problem = build_damage(
        jnp.full(grid.shape, TOUGHNESS),
        length,
        grid.spacing,
        grid.periodic,
        held=mask if broken else None,
        void=None if broken else mask,
    )
    unit = jnp.zeros(fixed.shape).at[0 if shear else 1, :, -1].set(1e-6)
    return Specimen(body, problem, unit)


@dataclass
class Path:
    """State along a loading path: damage, displacement at unit load, history, load factor, crack surface."""

    damage: jax.Array
    displacement: jax.Array
    history: jax.Array
    load: jax.Array
    surface: float


@jax.jit
def begin(specimen: Specimen):
    """Damage at rest about the held cells, displacement at unit load, crack surface, and both stiffnesses: with
    the notch alone and with the halo of its damage. Forces are those at the top."""
    body, problem, displacement = specimen
    alone = initial_damage(problem)
    sharp, _ = solve_equilibrium(body, alone, displacement)
    damage, _ = solve_damage(problem, jnp.zeros_like(alone), alone)
    relaxed, info = solve_equilibrium(body, damage, sharp)
    stiffness = jnp.stack([top_force(body, alone, sharp), top_force(body, damage, relaxed)])
    return damage, relaxed, crack_surface(problem, damage), stiffness, info


def top_force(body: DamagedBody, damage, displacement):
    """Reaction of the upper wall along the direction it is moved in, per depth [N/m]."""
    force = nodal_forces(body, damage, displacement)
    moved = jnp.max(jnp.abs(displacement[..., -1]), axis=1) == 1e-6
    return jnp.sum(jnp.where(moved, jnp.sum(force[..., -1], axis=1), 0.0))


@partial(jax.jit, static_argnames="settings")
def path_point(specimen: Specimen, damage, displacement, history, load, target, settings: Staggering):
    """The next point under crack-surface control, with its force [N/m] and elastic iterations."""
    body, problem, _ = specimen

    def equilibrium(now, state):
        solved, info = solve_equilibrium(body, now, state[0])
        return solved, state[1] + jnp.stack([info.iterations, info.tangents, 1 - info.converged])

    def drive_at(state, now, factor):
        return factor**2 * driving_energy(body, now, state[0])

    def update(drive, start):
        return solve_damage(problem, jnp.maximum(history, drive), start)[0]

    state = (displacement, jnp.zeros(3, jnp.int32))
    damage, state, load, report = surface_control(
        equilibrium,
        drive_at,
        update,
        lambda now: crack_surface(problem, now),
        target,
        damage,
        state,
        load,
        settings=settings,
    )
    history = jnp.maximum(history, drive_at(state, damage, load))
    return damage, state[0], history, load, report, load * top_force(body, damage, state[0]), state[1]


@partial(jax.jit, static_argnames="settings")
def load_step(specimen: Specimen, damage, displacement, history, load, settings: Staggering):
    """Damage and displacement (at that load) when the load factor is given, with the force [N/m]."""
    body, problem, unit = specimen
    fixed = body.fixed
    start = jnp.where(fixed, load * unit, displacement)

    def equilibrium(now, state):
        solved, info = solve_equilibrium(body, now, state[0])
        counts = state[1] + jnp.stack([info.iterations, info.tangents, 1 - info.converged])
        return (solved, counts), driving_energy(body, now, solved)

    def update(drive, now):
        return solve_damage(problem, jnp.maximum(history, drive), now)[0]

    damage, state, drive, report = stagger(
        equilibrium, update, damage, (start, jnp.zeros(3, jnp.int32)), settings
    )
    force = nodal_forces(body, damage, state[0])
    moved = jnp.max(jnp.abs(unit[..., -1]), axis=1) > 0.0
    top = jnp.sum(jnp.where(moved, jnp.sum(force[..., -1], axis=1), 0.0))
    return damage, state[0], jnp.maximum(history, drive), report, top, state[1]
