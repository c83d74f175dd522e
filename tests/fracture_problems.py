"""Fracture problems of the literature, for tests and benchmarks: specimens and a point of their loading path."""

from __future__ import annotations

import math
import os
from functools import partial
from pathlib import Path
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
    stored_energy,
)
from dendrion.field.flaws import notch
from dendrion.field.fracture import Staggering, stagger, surface_control
from dendrion.numerics.elasticity import internal_force
from dendrion.numerics.grid import Grid

MODULUS, POISSON, TOUGHNESS, LENGTH, SIZE = 210e9, 0.3, 2700.0, 15e-6, 1e-3
"""Steel of Miehe et al. 2010 (DOI 10.1016/j.cma.2010.04.011): E [Pa], nu, G_c [J/m^2], l [m], edge [m]."""


STEADY = Staggering(passes=80)
"""The passes of a path under crack-surface control."""


def reference_curve(name: str) -> np.ndarray | None:
    """Columns of a digitised curve, (columns, points), or None where it is not at hand.

    It is looked for in the directory named by DENDRION_REFERENCE_DATA, else in ../shared/data beside the repository.
    """
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    path = Path(os.environ.get("DENDRION_REFERENCE_DATA", beside)) / f"{name}.csv"
    return np.loadtxt(path).T if path.is_file() else None


class Specimen(NamedTuple):
    """A body, its damage, displacement at unit load with prescribed values in place, and nodal forces at unit load."""

    body: DamagedBody
    problem: DamageProblem
    displacement: jax.Array
    force: jax.Array


def edge_notch(cells: int, split: str, broken: bool, shear: bool = False, top_free: bool = True) -> Specimen:
    """Square with a horizontal notch, one row of cells, to its middle; the top moves by 1 um.

    ``broken`` holds the row at d = 1, else it is void and its cells take no part. The bottom is clamped, and under
    shear no edge moves up or down; ``top_free`` lets the top move sideways under tension.
    """
    grid = Grid((cells, cells), (SIZE / cells,) * 2, (False, False))
    height = (cells // 2 + 0.5) * grid.spacing[1]
    row = notch(grid.coordinates(), grid.spacing, (0.0, height), 0.5 * SIZE)
    fixed = np.zeros((2, cells + 1, cells + 1), bool)
    fixed[:, :, 0] = True
    fixed[0 if shear else 1, :, -1] = True
    if shear or not top_free:
        fixed[:, :, -1] = True
    if shear:
        fixed[1, 0] = fixed[1, -1] = True
    modulus = np.full(grid.shape, MODULUS) if broken else np.where(row, 0.0, MODULUS)
    unit = np.zeros(fixed.shape)
    unit[0 if shear else 1, :, -1] = 1e-6
    return specimen(grid, modulus, POISSON, fixed, split, row, broken, LENGTH, unit)


def specimen(grid, modulus, poisson, fixed, split, row, broken, length, unit, force=None) -> Specimen:
    """A specimen whose ``row`` of cells is held at d = 1 (``broken``) or void."""
    mask = jnp.asarray(row)
    body = build_body(jnp.asarray(modulus), poisson, jnp.asarray(fixed), grid.spacing, grid.periodic, split)
    problem = build_damage(
        jnp.full(grid.shape, TOUGHNESS),
        length,
        grid.spacing,
        grid.periodic,
        held=mask if broken else None,
        void=None if broken else mask,
    )
    loads = np.zeros(np.shape(unit)) if force is None else force
    return Specimen(body, problem, jnp.asarray(unit), jnp.asarray(loads))


def pressurised_crack(
    cells: int, half_length: int, cells_per_length: int, split: str, inside: bool = True
) -> Specimen:
    """Right half of a crack of unit pressure (1 MPa) in an infinite plane, with Sneddon's displacement at the edge.

    The crack is a row of cells from the mirror plane x = 0. The pressure acts along y on its cells, as metal would; or
    (``inside`` false) by superposition as a stress of that size across the plane, so that a crack that grows is
    loaded to its tip.
    """
    grid = Grid((cells, cells), (1e-6, 1e-6), (False, False))
    x, y = grid.coordinates()
    middle = (cells // 2 + 0.5) * 1e-6
    row = (x < half_length * 1e-6) & (np.abs(y - middle) < 0.5e-6)
    fixed = np.zeros((2, cells + 1, cells + 1), bool)
    fixed[:, -1] = fixed[:, :, 0] = fixed[:, :, -1] = True
    fixed[0, 0] = True
    nodes = np.arange(cells + 1) * 1e-6
    exact = sneddon_displacement(nodes[:, None], nodes[None, :] - middle, half_length * 1e-6, 1e6)
    if inside:
        stress = jnp.zeros((3, cells, cells)).at[1].set(jnp.where(jnp.asarray(row), 1e6, 0.0))
        force = np.asarray(internal_force(stress, grid.spacing, grid.periodic))
    else:
        force = None
        stretch = (1.0 - POISSON**2) / MODULUS * 1e6
        exact[0] -= POISSON / (1.0 - POISSON) * stretch * nodes[:, None]
        exact[1] += stretch * (nodes[None, :] - middle)
    unit = np.where(fixed, exact, 0.0)
    modulus = np.full(grid.shape, MODULUS)
    return specimen(grid, modulus, POISSON, fixed, split, row, True, cells_per_length * 1e-6, unit, force)


def sneddon_displacement(x, y, half_length: float, pressure: float) -> np.ndarray:
    """Displacement (2, ...) [m] about a crack under pressure in plane strain (Westergaard's function with stress p
    at infinity taken off): 2 mu u_x = (1 - 2 nu) Re Z1 - y Im Z, 2 mu u_y = 2 (1 - nu) Im Z1 - y Re Z, with
    Z1 = p [sqrt(z^2 - a^2) - z] and Z = dZ1/dz."""
    z = x + 1j * np.where(y == 0.0, 1e-18, y)
    root = np.sqrt(z - half_length) * np.sqrt(z + half_length)
    potential = pressure * (root - z)
    slope = pressure * (z / root - 1.0)
    shear = MODULUS / (2.0 * (1.0 + POISSON))
    along = (1.0 - 2.0 * POISSON) * potential.real - y * slope.imag
    across = 2.0 * (1.0 - POISSON) * potential.imag - y * slope.real
    return np.stack(np.broadcast_arrays(along, across)) / (2.0 * shear)


def mixed_mode(cells: int, cells_per_length: int, ratio: float, split: str, turn: float = 0.0) -> Specimen:
    """Square about the tip of a crack from the left edge to its middle, with the displacement of the mode I and II
    near fields at its edges; ``ratio`` is K_II/K_I, infinite for pure mode II. The crack lies at the angle ``turn``
    [rad] to the grid. Unit load: sqrt(K_I^2 + K_II^2) is that of G_c."""
    grid = Grid((cells, cells), (1e-6, 1e-6), (False, False))
    tip = (cells // 2 * 1e-6, (cells // 2 + 0.5) * 1e-6)
    row = notch(grid.coordinates(), grid.spacing, tip, 2 * cells * 1e-6, angle=turn + math.pi)
    if turn == 0.0:
        row[cells // 2 :] = False
    fixed = np.zeros((2, cells + 1, cells + 1), bool)
    fixed[:, 0] = fixed[:, -1] = fixed[:, :, 0] = fixed[:, :, -1] = True
    nodes = np.arange(cells + 1) * 1e-6
    x, y = nodes[:, None] - tip[0], nodes[None, :] - tip[1]
    angle = math.atan(ratio)
    intensity = math.sqrt(TOUGHNESS * MODULUS / (1.0 - POISSON**2))
    cosine, sine = math.cos(turn), math.sin(turn)
    field = near_tip_displacement(
        cosine * x + sine * y, cosine * y - sine * x, intensity * math.cos(angle), intensity * math.sin(angle)
    )
    turned = np.stack([cosine * field[0] - sine * field[1], sine * field[0] + cosine * field[1]])
    unit, modulus = np.where(fixed, turned, 0.0), np.full(grid.shape, MODULUS)
    return specimen(grid, modulus, POISSON, fixed, split, row, True, cells_per_length * 1e-6, unit)


def near_tip_displacement(x, y, mode_one: float, mode_two: float) -> np.ndarray:
    """Displacement (2, ...) [m] of the singular fields of a crack tip in plane strain, K in [Pa sqrt(m)]."""
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    shear = MODULUS / (2.0 * (1.0 + POISSON))
    kappa = 3.0 - 4.0 * POISSON
    half = 0.5 * angle
    scale = np.sqrt(radius / (2.0 * np.pi)) / (2.0 * shear)
    along = mode_one * np.cos(half) * (kappa - np.cos(angle)) + mode_two * np.sin(half) * (
        kappa + 2.0 + np.cos(angle)
    )
    across = mode_one * np.sin(half) * (kappa - np.cos(angle)) - mode_two * np.cos(half) * (
        kappa - 2.0 + np.cos(angle)
    )
    return scale * np.stack([along, across])


@jax.jit
def at_rest(specimen: Specimen):
    """Damage about the held cells without load, and its crack surface."""
    problem = specimen.problem
    alone = initial_damage(problem)
    damage, _ = solve_damage(problem, jnp.zeros_like(alone), alone)
    return damage, crack_surface(problem, damage)


class Rest(NamedTuple):
    """An equilibrium at unit load: displacement, force at the top [N/m], elastic energy per depth [J/m], report."""

    displacement: jax.Array
    force: jax.Array
    energy: jax.Array
    info: tuple


@jax.jit
def elastic(specimen: Specimen, damage, displacement) -> Rest:
    """Equilibrium at unit load and fixed damage."""
    found, info = solve_equilibrium(specimen.body, damage, displacement, specimen.force)
    energy = jnp.sum(stored_energy(specimen.body, damage, found)) * math.prod(specimen.body.spacing)
    return Rest(found, top_force(specimen, damage, found), energy, info)


def top_force(specimen: Specimen, damage, displacement):
    """Reaction of the upper wall along the direction it is moved in, per depth [N/m]."""
    force = nodal_forces(specimen.body, damage, displacement)
    moved = jnp.max(jnp.abs(specimen.displacement[..., -1]), axis=1) > 0.0
    return jnp.sum(jnp.where(moved, jnp.sum(force[..., -1], axis=1), 0.0))


class Point(NamedTuple):
    """A point of a path: damage, displacement at unit load, history, load factor, its report, the force at the top
    [N/m], and [conjugate-gradient iterations, tangents, solves that failed] of equilibrium."""

    damage: jax.Array
    displacement: jax.Array
    history: jax.Array
    load: jax.Array
    report: tuple
    force: jax.Array
    elastic: jax.Array


@partial(jax.jit, static_argnames="settings")
def path_point(
    specimen: Specimen, damage, displacement, history, load, target, settings: Staggering
) -> Point:
    """The next point under crack-surface control."""
    body, problem = specimen.body, specimen.problem

    def equilibrium(now, state):
        solved, info = solve_equilibrium(body, now, state[0], specimen.force)
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
    return Point(
        damage, state[0], history, load, report, load * top_force(specimen, damage, state[0]), state[1]
    )


def follow(specimen: Specimen, increments, first_load: float, settings: Staggering = STEADY):
    """The path at growing crack surface [m]: yields (crack surface, `Point`)."""
    damage, surface = at_rest(specimen)
    displacement, history = specimen.displacement, jnp.zeros_like(damage)
    load = jnp.asarray(first_load, float)
    target = np.float64(surface)
    for increment in increments:
        target = target + increment
        point = path_point(
            specimen, damage, displacement, history, load, jnp.asarray(target, float), settings
        )
        damage, displacement, history, load = point[:4]
        yield target, point


@partial(jax.jit, static_argnames="settings")
def load_step(specimen: Specimen, damage, displacement, history, load, settings: Staggering) -> Point:
    """Damage and displacement (at that load) when the load factor is given, with the force [N/m]."""
    body, problem = specimen.body, specimen.problem
    start = jnp.where(body.fixed, load * specimen.displacement, displacement)

    def equilibrium(now, state):
        solved, info = solve_equilibrium(body, now, state[0], load * specimen.force)
        counts = state[1] + jnp.stack([info.iterations, info.tangents, 1 - info.converged])
        return (solved, counts), driving_energy(body, now, solved)

    def update(drive, now):
        return solve_damage(problem, jnp.maximum(history, drive), now)[0]

    damage, state, drive, report = stagger(
        equilibrium, update, damage, (start, jnp.zeros(3, jnp.int32)), settings
    )
    force = top_force(specimen, damage, state[0])
    return Point(damage, state[0], jnp.maximum(history, drive), load, report, force, state[1])
