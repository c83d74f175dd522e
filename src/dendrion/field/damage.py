"""Damage: a phase-field crack on cells, by finite volumes, irreversible and bounded.

The crack surface is regularised over the length l [m], with the fracture energy G_c(x) [J/m^2]:

    AT2:  psi_d = G_c/2 [d^2/l + l |grad d|^2]      (G_c/l + 2 H) d - div(G_c l grad d) = 2 H
    AT1:  psi_d = 3 G_c/8 [d/l + l |grad d|^2]      2 H d - div(3/4 G_c l grad d) = 2 H - 3 G_c/(8 l),  d >= d_old

(Bourdin, Francfort and Marigo 2000, DOI 10.1016/S0022-5096(99)00028-9; Miehe et al. 2010, DOI
10.1016/j.cma.2010.04.011; Pham et al. 2011, DOI 10.1177/1056789510386852), with the degradation (1 - d)^2 and the
driving energy density H [J/m^3]. AT2 is a screened Poisson equation whose matrix and right-hand side keep d in
[0, 1]; it is irreversible through the history H = max over time of psi+, or through the bound d >= d_old. AT1 has
an elastic range and needs the bound, which a primal-dual active set meets: each pass is one multigrid solve, and an
M-matrix makes the passes monotone (Hintermueller, Ito and Kunisch 2003, DOI 10.1137/S1052623401383558).

Damage stands in the middle of cells. A crack then localises in one row of them and costs
``G_c sqrt(1 + (h/2l)^2)``: 1.031, 1.015, 1.005 times G_c at l/h = 2, 2.88, 5. Cracks that fill divide G_c by it
(`one_row_factor`), others leave it; `toughness_factor` gives the factor of wider cracks. Cells held at d = 1 are cracks from the start; void
cells take no part and keep the value they have. Kind: published equations; the discrete factors are derived here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float

from dendrion.errors import InputError
from dendrion.numerics.elliptic import build_hierarchy, solve
from dendrion.numerics.operators import apply_network, closed_faces, face_conductance, face_gradient

DamageModelName = Literal["at1", "at2"]
"""Names of the models."""

TOLERANCE = 1e-9
"""Relative residual of the damage solves [dimensionless]: the largest H is far above the rest of the right-hand
side, so the tolerance must be small for d to be right everywhere."""

LINEAR_ITERATIONS = 60
"""Most conjugate-gradient iterations of one solve [dimensionless]."""

ACTIVE_PASSES = 40
"""Most passes of the active set [dimensionless]: from a cold start it takes about 2 l/h
of them, the edge of the support moving a cell a pass, from the damage of the last step 1 to 3."""


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["toughness", "length", "held", "solid", "spacing"],
    meta_fields=["model", "periodic", "aspect"],
)
@dataclass(frozen=True)
class DamageProblem:
    """What damage needs to know of the body.

    Attributes:
        toughness: G_c of every cell [J/m^2].
        length: l of every cell [m].
        held: cells whose damage is 1 from the start [mask].
        solid: cells that are not void [mask].
        spacing: cell sizes [m].
        model: "at1" or "at2".
        periodic: one flag an axis.
        aspect: ratios of the cell sizes [dimensionless].
    """

    toughness: Array
    length: Array
    held: Array
    solid: Array
    spacing: tuple[float, ...]
    model: DamageModelName
    periodic: tuple[bool, ...]
    aspect: tuple[float, ...]


class DamageInfo(NamedTuple):
    """How a damage solve went: conjugate-gradient iterations in total, passes of the active set (1 without a
    bound), and whether every solve and the bound were met [dimensionless]."""

    iterations: Array
    passes: Array
    converged: Array


def build_damage(
    toughness: Float[Array, "*cells"],
    length: Float[Array, "*cells"] | float,
    spacing: tuple[float, ...],
    periodic: tuple[bool, ...],
    model: DamageModelName = "at2",
    held: Bool[Array, "*cells"] | None = None,
    void: Bool[Array, "*cells"] | None = None,
    aspect: tuple[float, ...] | None = None,
) -> DamageProblem:
    """The body that breaks.

    Args:
        toughness: G_c > 0 of every cell [J/m^2].
        length: l > 0, one number or one a cell [m].
        spacing: cell sizes [m].
        periodic: one flag an axis.
        model: "at1" or "at2".
        held: cells with damage 1 from the start (cracks, broken notches); none if absent.
        void: cells that hold no material; none if absent.
        aspect: ratios of the cell sizes as plain numbers, needed where ``spacing`` is traced [dimensionless].
    Raises:
        InputError: unknown model, or shapes that do not fit.
    """
    if model not in {"at1", "at2"}:
        raise InputError("unknown damage model", field="model", value=model, allowed="at1, at2")
    toughness = jnp.asarray(toughness)
    if not len(spacing) == len(periodic) == toughness.ndim:
        raise InputError(
            "damage needs one cell size and one periodic flag an axis",
            value=f"{len(spacing)} sizes, {len(periodic)} flags, {toughness.ndim} axes",
        )
    nowhere = jnp.zeros(toughness.shape, bool)
    empty = nowhere if void is None else jnp.asarray(void, bool)
    broken = nowhere if held is None else jnp.asarray(held, bool)
    for name, mask in (("held", broken), ("void", empty)):
        if mask.shape != toughness.shape:
            raise InputError(
                "a mask has one flag a cell", field=name, value=mask.shape, allowed=str(toughness.shape)
            )
    ratios = aspect if aspect is not None else tuple(float(step) / float(spacing[0]) for step in spacing)
    flags = tuple(bool(flag) for flag in periodic)
    lengths = jnp.broadcast_to(jnp.asarray(length, toughness.dtype), toughness.shape)
    return DamageProblem(toughness, lengths, broken & ~empty, ~empty, tuple(spacing), model, flags, ratios)


def initial_damage(problem: DamageProblem) -> Float[Array, "*cells"]:
    """Damage before loading: 1 in the held cells, 0 elsewhere [dimensionless]."""
    return problem.held.astype(problem.toughness.dtype)


def crack_history(previous: Float[Array, "*cells"], drive: Float[Array, "*cells"]) -> Float[Array, "*cells"]:
    """``H = max(H_old, psi+)`` [J/m^3]: AT2 does not heal (Miehe et al. 2010)."""
    return jnp.maximum(previous, drive)


def _network(problem: DamageProblem, drive: Array) -> tuple[tuple[Array, ...], Array, Array]:
    """Face conductances, diagonal and right-hand side [J/m^3] of the damage equation, without held cells."""
    share = 1.0 if problem.model == "at2" else 0.75
    weight = jnp.where(problem.solid, share * problem.toughness * problem.length, 0.0)
    faces = face_conductance(weight, problem.spacing, problem.periodic)
    if problem.model == "at2":
        diagonal, right = problem.toughness / problem.length + 2.0 * drive, 2.0 * drive
    else:
        diagonal, right = 2.0 * drive, 2.0 * drive - 0.375 * problem.toughness / problem.length
    return faces, jnp.where(problem.solid, diagonal, 0.0), jnp.where(problem.solid, right, 0.0)


def _eliminate(network: tuple, values: Array, fixed: Array, periodic: tuple[bool, ...]) -> tuple:
    """The network of the cells that are free, with the values of the fixed ones on the right-hand side."""
    faces, diagonal, right = network
    closed = tuple(closed_faces(face, axis, periodic[axis]) for axis, face in enumerate(faces))
    free = jnp.where(fixed, 0.0, 1.0)
    known = jnp.where(fixed, values, 0.0)
    zero = jnp.zeros_like(diagonal)
    to_fixed = -apply_network(closed, zero, 1.0 - free, periodic)
    from_fixed = -apply_network(closed, zero, known, periodic)
    inner = tuple(face * _both(free, axis, periodic[axis]) for axis, face in enumerate(faces))
    return inner, free * (diagonal + to_fixed), free * (right + from_fixed)


def _both(free: Array, axis: int, periodic: bool) -> Array:
    """1 on the open faces between two free cells, else 0."""
    other = jnp.roll(free, -1, axis)
    product = free * other
    return product if periodic else lax.slice_in_dim(product, 0, free.shape[axis] - 1, axis=axis)


def _solve_free(
    network: tuple, values: Array, fixed: Array, problem: DamageProblem, tolerance: float
) -> tuple[Array, Array, Array]:
    faces, diagonal, right = _eliminate(network, values, fixed, problem.periodic)
    hierarchy = build_hierarchy(faces, diagonal, problem.periodic, problem.aspect)
    damage, info = solve(hierarchy, right, values, tolerance, LINEAR_ITERATIONS)
    return jnp.where(fixed | ~problem.solid, values, damage), info.iterations, info.converged


@jax.jit
def solve_damage(
    problem: DamageProblem,
    drive: Float[Array, "*cells"],
    guess: Float[Array, "*cells"],
    lower: Float[Array, "*cells"] | None = None,
    tolerance: float = TOLERANCE,
) -> tuple[Float[Array, "*cells"], DamageInfo]:
    """Damage that balances the driving energy.

    Args:
        problem: from `build_damage`.
        drive: H >= 0 of every cell [J/m^3]; for AT2 without ``lower`` the history `crack_history`.
        guess: damage to start from; void cells keep it [dimensionless].
        lower: damage that cannot heal, d >= lower [dimensionless]; needed by AT1 (zero if absent).
        tolerance: relative residual of the linear solves [dimensionless].
    Returns:
        (damage in [0, 1], DamageInfo); the caller checks ``info.converged``.
    """
    network = _network(problem, drive)
    start = jnp.where(problem.held, 1.0, guess)
    if problem.model == "at2" and lower is None:
        damage, iterations, converged = _solve_free(network, start, problem.held, problem, tolerance)
        return jnp.clip(damage, 0.0, 1.0), DamageInfo(iterations, jnp.ones((), iterations.dtype), converged)
    floor = jnp.zeros_like(start) if lower is None else jnp.minimum(lower, 1.0)
    return _solve_bounded(problem, network, start, floor, tolerance)


def _solve_bounded(
    problem: DamageProblem, network: tuple, guess: Array, floor: Array, tolerance: float
) -> tuple[Array, DamageInfo]:
    """Primal-dual active set for d >= floor: a cell is at its floor where that is what the free solve would cross,
    or where the energy would fall on the way down."""
    faces, diagonal, right = network
    closed = tuple(closed_faces(face, axis, problem.periodic[axis]) for axis, face in enumerate(faces))
    candidates = problem.solid & ~problem.held

    def active_set(damage: Array) -> Array:
        force = apply_network(closed, diagonal, damage, problem.periodic) - right
        scale = problem.toughness / problem.length
        return candidates & (force - scale * (damage - floor) > 0.0)

    def unsettled(carry: tuple) -> Array:
        _, _, settled, _, passes, _ = carry
        return ~settled & (passes < ACTIVE_PASSES)

    def one_pass(carry: tuple) -> tuple:
        damage, active, _, iterations, passes, _ = carry
        values = jnp.where(problem.held, 1.0, jnp.where(active, floor, damage))
        damage, more, solved = _solve_free(network, values, problem.held | active, problem, tolerance)
        following = active_set(damage)
        return damage, following, jnp.all(following == active), iterations + more, passes + 1, solved

    count = jnp.zeros((), jnp.int32)
    begin = jnp.where(candidates, jnp.maximum(guess, floor), guess)
    carry = (begin, active_set(begin), jnp.array(False), count, count, jnp.array(True))
    damage, _, settled, iterations, passes, converged = lax.while_loop(unsettled, one_pass, carry)
    bounded = jnp.where(candidates, jnp.clip(damage, floor, 1.0), damage)
    return bounded, DamageInfo(iterations, passes, converged & settled)


def _surface_density_sum(problem: DamageProblem, damage: Array, weight: Array) -> Array:
    """``integral of weight gamma(d)`` per unit of the missing axes, faces weighted as in the damage equation."""
    local, slope = (0.5, 0.5) if problem.model == "at2" else (0.375, 0.375)
    solid = jnp.where(problem.solid, weight, 0.0)
    power = damage**2 if problem.model == "at2" else damage
    total = local * jnp.sum(solid * power / problem.length)
    conductance = face_conductance(solid * problem.length, problem.spacing, problem.periodic)
    for axis, faces in enumerate(conductance):
        jumps = face_gradient(damage, axis, 1.0, problem.periodic[axis])
        total = total + slope * jnp.sum(faces * jumps**2)
    return total * math.prod(problem.spacing)


def crack_surface(problem: DamageProblem, damage: Float[Array, "*cells"]) -> Float[Array, ""]:
    """Regularised crack area ``Gamma(d)``: length in 2-D, area in 3-D [m^(dimensions - 1)]."""
    return _surface_density_sum(problem, damage, jnp.ones_like(problem.toughness))


def fracture_energy(problem: DamageProblem, damage: Float[Array, "*cells"]) -> Float[Array, ""]:
    """Energy of the cracks, ``integral of psi_d``; in 2-D per metre of depth [J/m^(3 - dimensions)]."""
    return _surface_density_sum(problem, damage, problem.toughness)


def critical_stress(
    model: DamageModelName, modulus: float | Array, toughness: float | Array, length: float | Array
) -> float | Array:
    """Strength of a bar in homogeneous tension [Pa]: AT2 ``3 sqrt3/16 sqrt(E G_c/l)``, AT1 ``sqrt(3 E G_c/(8 l))``.

    Args: Young's modulus (along the bar) [Pa], G_c [J/m^2], l [m]. In real bodies the strength follows from
    flaws and G_c; l is then a numerical length.
    """
    factor = 27.0 / 256.0 if model == "at2" else 3.0 / 8.0
    return (factor * modulus * toughness / length) ** 0.5


def one_row_factor(length: float | Array, spacing: tuple[float, ...]) -> Array:
    """Discrete over continuous energy of an AT2 crack of one row, sqrt(1 + (h/2l)^2) [dimensionless].

    The exact minimum of the discrete energy. Args: l [m], cell sizes [m], of which the largest counts.
    """
    return jnp.sqrt(1.0 + 0.25 * (max(spacing) / jnp.asarray(length)) ** 2)


def toughness_factor(model: DamageModelName, cells_per_length: float, rows: int = 1) -> float:
    """Discrete over continuous energy of a straight crack along the grid [dimensionless].

    ``rows`` rows of cells stand at d = 1. AT2: ``sqrt(1 + (h/2l)^2) + (rows - 1) h/(2l)``, the exact minimum of the
    discrete energy, which decays geometrically; AT1: the exact minimum over the width of its parabola. Divide G_c
    by it for cracks wider than one row; one row needs no correction.

    Raises:
        InputError: ``cells_per_length`` = l/h is not positive or ``rows`` is below 1.
    """
    if not (cells_per_length > 0.0 and rows >= 1):
        raise InputError(
            "a discrete crack needs l/h > 0 and at least one row",
            value=f"l/h = {cells_per_length}, rows = {rows}",
        )
    step = 1.0 / cells_per_length
    if model == "at2":
        return float(np.sqrt(1.0 + 0.25 * step**2) + 0.5 * (rows - 1) * step)
    best = np.inf
    for support in range(1, int(2.0 * cells_per_length) + 3):
        place = np.arange(support + 1)
        slope = (1.0 + 0.25 * step**2 * support**2) / support
        profile = 1.0 - slope * place + 0.25 * step**2 * place**2
        if profile.min() < -1e-12:
            continue
        half = 0.375 * (step * profile[1:].sum() + (np.diff(profile) ** 2).sum() / step)
        best = min(best, 2.0 * half + 0.375 * step * rows)
    return float(best)
