"""Multigrid for voxel elasticity with jumps, cracks and full tangents: element-wise Galerkin, stiffness-weighted.

Grids and transfers are those of `elastic_transfer`; every coarse operator is the exact Galerkin product, with the same
3ᵈ-point stencil on every grid, and one V-cycle is a symmetric operator that may precondition conjugate gradients. The
smoother takes Chebyshev steps on the block-Jacobi preconditioned operator, whose largest eigenvalue is estimated by a
few power iterations on the finest grid (on coarser ones it was smaller in all that was measured). In 3-D the finest
grid is never assembled (`elastic_slabs`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from dendrion.numerics.elastic_slabs import Voxels, joined_slabs, voxel_transfers
from dendrion.numerics.elastic_stencil import (
    apply_blocks,
    apply_stencil,
    assemble_stencil,
    element_matrices,
    inverse_blocks,
    masked_elements,
)
from dendrion.numerics.elastic_transfer import (
    ElasticTransfer,
    interpolation,
    joined_elements,
    prolong,
    restrict,
    strengths,
)
from dendrion.numerics.multigrid import axes_to_join

BOTTOM_UNKNOWNS = {2: 200, 3: 400}
"""Grids of at most so many unknowns are inverted densely, by the number of axes [dimensionless]."""

BOTTOM_SHIFT = 1e-12
"""Shift of the scaled bottom matrix that keeps floating parts finite [dimensionless]."""

SMOOTHER_STEPS = (2, 3, 4)
"""Degrees of the smoothing polynomial on the finest grid, the next, and all others [dimensionless]."""

LOWER_SHARE = 0.08
"""Lower end of the smoothed part of the spectrum, relative to its upper end [dimensionless]."""

POWER_STEPS, POWER_MARGIN = {2: 32, 3: 12}, 1.15
"""Power iterations for the largest eigenvalue, by the number of axes, and the factor on its estimate [dimensionless]. The
mode sought sits on a few nodes at a kink of a crack: 8 iterations found 2.66 of 3.34, and a smoother that is told too
little makes the preconditioner indefinite."""


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["operator", "inverse", "largest", "transfers"],
    meta_fields=["periodic"],
)
@dataclass(frozen=True)
class ElasticLevel:
    """One smoothed grid: operator, inverse node blocks, largest eigenvalue of D⁻¹A, transfers to the next grid.

    The operator is a stencil, or the voxels themselves where a stencil would be too large (`elastic_slabs`).
    """

    operator: Array | Voxels
    inverse: Array
    largest: Array
    transfers: tuple[ElasticTransfer, ...]
    periodic: tuple[bool, ...]


def apply_operator(operator: Array | Voxels, values: Array, periodic: tuple[bool, ...]) -> Array:
    """A x on the free degrees of freedom, (dim, *nodes)."""
    if isinstance(operator, Voxels):
        return operator.apply(values, periodic)
    return apply_stencil(operator, values, periodic)


def make_level(
    operator: Array | Voxels,
    blocks: Array,
    largest: Array | None,
    transfers: tuple[ElasticTransfer, ...],
    periodic: tuple[bool, ...],
) -> ElasticLevel:
    """A level from its operator and its node blocks; the largest eigenvalue is estimated if it is not given."""
    inverse = inverse_blocks(blocks)
    if largest is None:
        largest = largest_eigenvalue(operator, inverse, periodic)
    return ElasticLevel(operator, inverse, largest, transfers, periodic)


def largest_eigenvalue(operator: Array | Voxels, inverse: Array, periodic: tuple[bool, ...]) -> Array:
    """Largest eigenvalue of D⁻¹A, with a margin, by power iteration from a fixed rough vector; at most the nodes of an
    element, 2 or 4 or 8, which bound it (an element's matrix is at most that many times its block diagonal)."""
    start = jnp.asarray(np.random.default_rng(0).uniform(-1.0, 1.0, (inverse.shape[0], *inverse.shape[2:])))

    def step(_: int, state: tuple[Array, Array]) -> tuple[Array, Array]:
        image = apply_blocks(inverse, apply_operator(operator, state[0], periodic))
        size = jnp.sqrt(jnp.vdot(image, image))
        return image / jnp.where(size > 0.0, size, 1.0), size

    dimensions = inverse.shape[0]
    steps = POWER_STEPS.get(dimensions, 8)
    _, size = lax.fori_loop(0, steps, step, (start, jnp.ones((), inverse.dtype)))
    return jnp.where(size > 0.0, jnp.minimum(POWER_MARGIN * size, 2.0**dimensions), 1.0)


def bottom_inverse(stencil: Array, periodic: tuple[bool, ...]) -> Array:
    """Dense inverse of a small operator, zero for what couples to nothing."""
    shape = stencil.shape[2:]
    count = int(np.prod(shape))
    unit = jnp.eye(count, dtype=stencil.dtype).reshape(count, *shape)
    matrix = jax.vmap(lambda column: apply_stencil(stencil, column, periodic))(unit).reshape(count, count)
    diagonal = jnp.diagonal(matrix)
    scale = jnp.where(diagonal > 0.0, 1.0 / jnp.sqrt(jnp.where(diagonal > 0.0, diagonal, 1.0)), 0.0)
    matrix = scale[:, None] * matrix * scale[None, :]
    matrix = matrix + jnp.diag(jnp.where(scale > 0.0, BOTTOM_SHIFT, 1.0))
    factor = jnp.linalg.cholesky(matrix)
    half = jax.scipy.linalg.solve_triangular(factor, jnp.diag(scale), lower=True)
    return half.T @ half


def build_levels(
    triangle: Array,
    bending: Array,
    free: Array,
    periodic: tuple[bool, ...],
    spacing: tuple[float, ...],
) -> tuple[tuple[ElasticLevel, ...], Array]:
    """All smoothed grids, finest first, and the dense inverse of the coarsest.

    Args:
        triangle: moduli of the finest grid as a `packed_triangle`.
        bending: its `bending_stiffness`.
        free: its free degrees of freedom, 1 or 0, (dim, *nodes).
        periodic: one flag an axis.
        spacing: cell size of each axis.
    """
    dimensions = len(periodic)
    size, levels = list(spacing), []
    if dimensions == 3:
        axes = _axes(triangle.shape[1:], size)
        transfers, below = voxel_transfers(triangle, free, axes, periodic, spacing)
        elements, blocks = joined_slabs(triangle, bending, free, transfers, periodic, spacing)
        operator: Array | Voxels = Voxels(triangle, bending, free, spacing)
        levels.append(make_level(operator, blocks, None, transfers, periodic))
        free, size = below, [step * (2.0 if axis in axes else 1.0) for axis, step in enumerate(size)]
    else:
        elements = masked_elements(element_matrices(triangle, bending, spacing), free, periodic)
    while not levels or free.size > BOTTOM_UNKNOWNS[dimensions]:
        operator, joined = assemble_stencil(elements, periodic), []
        for axis in _axes(elements.shape[2 * dimensions + 2 :], size):
            transfer, free = interpolation(strengths(elements, axis, dimensions), free, axis, periodic)
            elements = joined_elements(elements, transfer, periodic)
            joined.append(transfer)
            size[axis] *= 2.0
        largest = levels[0].largest if levels else None
        blocks = operator[operator.shape[0] // 2]
        levels.append(make_level(operator, blocks, largest, tuple(joined), periodic))
    return tuple(levels), bottom_inverse(assemble_stencil(elements, periodic), periodic)


def _axes(cells: tuple[int, ...], size: list[float]) -> list[int]:
    return axes_to_join(cells, tuple(size)) if max(cells) > 1 else []


def chebyshev_weights(largest: Array, steps: int) -> tuple[Array, Array]:
    """Weights (a, b) of the smoother's steps: change ← a change + b D⁻¹ residual, one pair a step."""
    centre, radius = 0.5 * (1.0 + LOWER_SHARE) * largest, 0.5 * (1.0 - LOWER_SHARE) * largest
    ratio = (1.0 + LOWER_SHARE) / (1.0 - LOWER_SHARE)
    keep, add, old = [jnp.zeros_like(largest)], [1.0 / centre], 1.0 / ratio
    for _ in range(steps - 1):
        new = 1.0 / (2.0 * ratio - old)
        keep.append(new * old * jnp.ones_like(largest))
        add.append(2.0 * new / radius)
        old = new
    return jnp.stack(keep), jnp.stack(add)


def v_cycle(
    levels: tuple[ElasticLevel, ...], inverse: Array, right_hand_side: Array, depth: int = 0
) -> Array:
    """One symmetric V-cycle for A x = b from x = 0: the preconditioner.

    The residual is carried along, so that the operator stands in the program twice a grid: once before and once
    after the coarse correction.
    """
    if not levels:
        return (inverse @ right_hand_side.reshape(-1)).reshape(right_hand_side.shape)
    level = levels[0]
    steps = SMOOTHER_STEPS[min(depth, len(SMOOTHER_STEPS) - 1)]
    keep, add = chebyshev_weights(level.largest, steps)

    def step(count: Array, state: tuple[Array, Array, Array], shift: int) -> tuple[Array, Array, Array]:
        solution, change, residual = state
        residual = residual - apply_operator(level.operator, change, level.periodic)
        place = jnp.minimum(count + shift, steps - 1)
        following = keep[place] * change + add[place] * apply_blocks(level.inverse, residual)
        return solution + change, following, residual

    first = add[0] * apply_blocks(level.inverse, right_hand_side)
    state = (jnp.zeros_like(first), first, right_hand_side)
    solution, _, residual = lax.fori_loop(0, steps, lambda k, s: step(k, s, 1), state)
    coarse = residual
    for transfer in level.transfers:
        coarse = restrict(transfer, coarse)
    correction = v_cycle(levels[1:], inverse, coarse, depth + 1)
    for transfer in reversed(level.transfers):
        correction = prolong(transfer, correction)
    state = (solution, correction, residual)
    solution, change, _ = lax.fori_loop(0, steps, lambda k, s: step(k, s, 0), state)
    return solution + change
