"""Solver for networks A x = b, A x at cell P = Σ_faces T_face (x_P − x_N) + d_P x_P: div(σ grad φ) − s φ = f.

Multigrid-preconditioned conjugate gradients (`multigrid`, `krylov`), for transmissibility jumps up to 1e9
and interfaces of any shape, in one, two or three dimensions. Dirichlet values enter through the diagonal
(2σ/h² of the boundary cell, with 2σ/h² times the value on the right), Neumann values through the right-hand
side.

A cell without couplings (all T = 0 and d = 0) keeps its guess. If no cell has a diagonal (pure Neumann or
fully periodic) the right-hand side is projected to zero mean over the coupled cells, and the solution is
the one whose mean there is that of the guess. An island without a diagonal beside cells that have one needs
a right-hand side that sums to zero on it, else the solve cannot converge and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array, lax

from dendrion.errors import InputError
from dendrion.numerics.krylov import conjugate_gradients
from dendrion.numerics.multigrid import Level, build_levels, make_level, v_cycle
from dendrion.numerics.operators import apply_network, closed_faces

ROUND_OFF = 1e-15  # of ‖D x‖₂: the residual of an x that is right to the last digit


class SolveInfo(NamedTuple):
    """How a solve went.

    Attributes:
        iterations: of conjugate gradients [dimensionless].
        residual: true ‖b − A x‖₂/‖b‖₂, computed anew from x [dimensionless].
        converged: the residual met the tolerance (within a factor of 1.5), or the round-off of its own terms.
    """

    iterations: Array
    residual: Array
    converged: Array


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["levels", "inverse", "scale", "mean"],
    meta_fields=["periodic"],
)
@dataclass(frozen=True)
class Hierarchy:
    """The operator on all grids, finest first, divided by ``scale``.

    ``inverse`` belongs to the coarsest grid; ``mean`` are the weights of the mean over coupled cells that a
    problem without any diagonal projects out, zero in every other problem.
    """

    levels: tuple[Level, ...]
    inverse: Array
    scale: Array
    mean: Array
    periodic: tuple[bool, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Cells along each axis of the finest grid [dimensionless]."""
        return self.levels[0].diagonal.shape


def _check(transmissibility: tuple[Array, ...], diagonal: Array, periodic: tuple[bool, ...]) -> None:
    if not len(transmissibility) == len(periodic) == diagonal.ndim:
        raise InputError(
            "one transmissibility array and one periodic flag an axis are needed",
            value=f"{len(transmissibility)} arrays, {len(periodic)} flags, {diagonal.ndim} axes",
        )
    for axis, faces in enumerate(transmissibility):
        wanted = list(diagonal.shape)
        wanted[axis] -= 0 if periodic[axis] else 1
        if list(faces.shape) != wanted:
            raise InputError(
                f"transmissibility of axis {axis} has the wrong shape",
                value=faces.shape,
                allowed=str(tuple(wanted)),
            )


def build_hierarchy(
    transmissibility: tuple[Array, ...],
    diagonal: Array,
    periodic: tuple[bool, ...],
    spacing: tuple[float, ...] | None = None,
) -> Hierarchy:
    """Operators on all grids.

    Args:
        transmissibility: T ≥ 0 per cell volume, one array an axis: n − 1 faces along a non-periodic axis of n
            cells, n along a periodic one (face i between cells i and i + 1 mod n) [unit of A].
        diagonal: d ≥ 0, screening plus boundary conductances, one value a cell [unit of A].
        periodic: one flag an axis.
        spacing: cell size of each axis, only its ratios matter and choose which axis to coarsen first; equal
            sizes if absent [m].
    Raises:
        InputError: shapes do not fit.
    """
    diagonal = jnp.asarray(diagonal)
    periodic = tuple(bool(flag) for flag in periodic)
    _check(transmissibility, diagonal, periodic)
    largest = jnp.max(diagonal)
    for faces in transmissibility:
        largest = jnp.maximum(largest, jnp.max(faces))
    scale = jnp.where(largest > 0.0, largest, 1.0)
    closed = tuple(
        closed_faces(faces / scale, axis, periodic[axis]) for axis, faces in enumerate(transmissibility)
    )
    sizes = tuple(spacing) if spacing is not None else (1.0,) * diagonal.ndim
    levels, inverse = build_levels(closed, diagonal / scale, periodic, sizes)
    coupled = jnp.where(levels[0].inverse_diagonal > 0.0, 1.0, 0.0)
    floating = jnp.where(jnp.sum(diagonal) > 0.0, 0.0, 1.0 / jnp.maximum(jnp.sum(coupled), 1.0))
    return Hierarchy(levels, inverse, scale, floating * coupled, periodic)


def with_diagonal(hierarchy: Hierarchy, diagonal: Array) -> Hierarchy:
    """The same couplings with another diagonal, at a fraction of the cost of `build_hierarchy`.

    The operator is exact; the coarse grids, which only precondition, keep the old diagonal. Meant for Newton
    iterations, whose screening changes by less than an order of magnitude. Both diagonals must be zero
    everywhere or both not.

    Args:
        hierarchy: from `build_hierarchy`.
        diagonal: new d ≥ 0, one value a cell [unit of A].
    """
    finest = hierarchy.levels[0]
    level = make_level(finest.faces, diagonal / hierarchy.scale, finest.transfers, hierarchy.periodic)
    return replace(hierarchy, levels=(level, *hierarchy.levels[1:]))


def apply(hierarchy: Hierarchy, values: Array) -> Array:
    """A x with the operator of the hierarchy, one value a cell [unit of A times unit of x]."""
    finest = hierarchy.levels[0]
    return hierarchy.scale * apply_network(finest.faces, finest.diagonal, values, hierarchy.periodic)


def precondition(hierarchy: Hierarchy, residual: Array) -> Array:
    """One multigrid V-cycle: a symmetric approximation of (A/scale)⁻¹ r."""
    return v_cycle(hierarchy.levels, hierarchy.inverse, residual)


def solve(
    hierarchy: Hierarchy,
    right_hand_side: Array,
    guess: Array,
    tolerance: float | Array,
    maximum_iterations: int | Array,
) -> tuple[Array, SolveInfo]:
    """Solve A x = b by multigrid-preconditioned conjugate gradients.

    Args:
        hierarchy: from `build_hierarchy`.
        right_hand_side: b, one value a cell.
        guess: first x, one value a cell.
        tolerance: stop when ‖b − A x‖₂ ≤ tolerance ‖b‖₂ [dimensionless].
        maximum_iterations: stop there at the latest [dimensionless].
    Returns:
        (x, SolveInfo); the caller checks ``info.converged``. b = 0 gives x = 0.
    """
    finest = hierarchy.levels[0]
    coupled = finest.inverse_diagonal > 0.0

    def operator(values: Array) -> Array:
        return apply_network(finest.faces, finest.diagonal, values, hierarchy.periodic)

    scaled = right_hand_side / hierarchy.scale
    target = jnp.where(coupled, scaled - jnp.vdot(hierarchy.mean, scaled), 0.0)
    target = lax.optimization_barrier(target)
    squared = jnp.vdot(target, target)
    start = jnp.where(coupled & (squared == 0.0), 0.0, guess)
    solution, iterations = conjugate_gradients(
        operator,
        lambda residual: precondition(hierarchy, residual),
        target,
        start,
        threshold=tolerance**2 * squared,
        maximum_iterations=maximum_iterations,
    )
    residual = target - operator(solution)
    relative = jnp.sqrt(jnp.vdot(residual, residual) / jnp.where(squared > 0.0, squared, 1.0))
    terms = jnp.where(coupled, solution / jnp.where(coupled, finest.inverse_diagonal, 1.0), 0.0)
    round_off = ROUND_OFF * jnp.sqrt(jnp.vdot(terms, terms) / jnp.where(squared > 0.0, squared, 1.0))
    solution = jnp.where(coupled, solution - jnp.vdot(hierarchy.mean, solution - start), guess)
    return solution, SolveInfo(iterations, relative, relative <= jnp.maximum(1.5 * tolerance, round_off))
