"""Geometric multigrid for networks of face transmissibilities with jumps of many orders of magnitude.

Each transfer joins the cells of one axis in pairs. The coarse node sits inside its pair, near the cell that
is more strongly tied to its neighbours across the axis (half-way if both are alike), so that it stands for
metal or for electrolyte and not for a mixture. Along the axis the two cells of neighbouring pairs that touch
are eliminated exactly from the chain node – cell – cell – node, each with its own d to ground; this gives the
interpolation, the coarse transmissibility and the coarse d at once. With like cells and d = 0 it is the
series resistance ``1/T_c = 0.5/T_left + 1/T_cross + 0.5/T_right`` and flux-continuous interpolation. Across
the axis transmissibilities add. Restriction is the exact transpose of interpolation: one V-cycle is a
symmetric operator and may precondition conjugate gradients.

All axes of (nearly) the smallest cell size are joined between two smoothed grids.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
from jax import Array, lax

from dendrion.numerics.operators import apply_network, take, with_ghosts

BOTTOM_CELLS = 64
SMALLEST, NEGLIGIBLE = 1e-30, 1e-18  # of the largest coefficient: floor in divisions, and what counts as none
RIGID = 1e9  # conductance between a lone last cell and the empty partner of its pair
LOWER, UPPER = 0.3, 2.0  # part of the spectrum of D⁻¹A that the smoother damps
# The residual polynomial 1 − α t + β t² is T₂ on that interval, scaled to 1 at t = 0
_CENTRE, _RADIUS = 0.5 * (UPPER + LOWER), 0.5 * (UPPER - LOWER)
_HEIGHT = 2.0 * _CENTRE**2 / _RADIUS**2 - 1.0
SMOOTHER_FIRST = 4.0 * _CENTRE / (_RADIUS**2 * _HEIGHT)
SMOOTHER_SECOND = 2.0 / (_RADIUS**2 * _HEIGHT)


@partial(jax.tree_util.register_dataclass, data_fields=["weights"], meta_fields=["axis", "cells", "periodic"])
@dataclass(frozen=True)
class Transfer:
    """Interpolation along one axis from ``pairs`` coarse nodes to ``cells`` fine cells.

    ``weights`` are (even from own node, even from lower node, odd from own node, odd from upper node)
    [dimensionless], one value a closed coarse face: an even cell reads the lower face of its pair, an odd
    cell the upper one.
    """

    weights: tuple[Array, Array, Array, Array]
    axis: int
    cells: int
    periodic: bool


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["faces", "diagonal", "inverse_diagonal", "transfers"],
    meta_fields=["periodic"],
)
@dataclass(frozen=True)
class Level:
    """One smoothed grid: its operator and the transfers, first to last, to the next coarser one.

    ``faces`` are closed transmissibilities, ``inverse_diagonal`` is 1/(Σ T + d), zero where a cell is coupled
    to nothing. All relative to the largest coefficient of the finest grid [dimensionless].
    """

    faces: tuple[Array, ...]
    diagonal: Array
    inverse_diagonal: Array
    transfers: tuple[Transfer, ...]
    periodic: tuple[bool, ...]


def axes_to_join(shape: tuple[int, ...], cell_size: tuple[float, ...]) -> list[int]:
    """Axes joined before the next smoothed grid: all within 1.5 of the smallest cell size (static)."""
    open_axes = [axis for axis, cells in enumerate(shape) if cells > 1]
    smallest = min(cell_size[axis] for axis in open_axes)
    return [axis for axis in open_axes if cell_size[axis] < 1.5 * smallest]


def _row_sum(faces: tuple[Array, ...], skip: int | None = None) -> Array | float:
    total: Array | float = 0.0
    for axis, coefficient in enumerate(faces):
        if axis != skip:
            total = total + take(coefficient, axis, 0, -1) + take(coefficient, axis, 1, None)
    return total


def make_level(
    faces: tuple[Array, ...], diagonal: Array, transfers: tuple[Transfer, ...], periodic: tuple[bool, ...]
) -> Level:
    """A level from its operator; computes the inverse diagonal."""
    total = diagonal + _row_sum(faces)
    inverse = jnp.where(total > NEGLIGIBLE, 1.0 / jnp.maximum(total, NEGLIGIBLE), 0.0)
    return Level(faces, diagonal, inverse, transfers, periodic)


def _padded(values: Array, axis: int, width: tuple[int, int], fill: float = 0.0) -> Array:
    """Constant cells appended below and above along one axis."""
    widths = [(0, 0)] * values.ndim
    widths[axis] = width
    return jnp.pad(values, widths, constant_values=fill)


def _split(values: Array, axis: int) -> tuple[Array, Array]:
    """Even and odd cells of an axis; an odd axis gets an empty last partner."""
    if values.shape[axis] % 2:
        values = _padded(values, axis, (0, 1))
    return take(values, axis, 0, None, 2), take(values, axis, 1, None, 2)


def _below(values: Array, axis: int, periodic: bool, wall: float) -> Array:
    """Value of the pair below every closed coarse face; ``wall`` stands beyond a wall."""
    if periodic:
        return jnp.concatenate([take(values, axis, -1, None), values], axis)
    return _padded(values, axis, (1, 0), wall)


def _above(values: Array, axis: int, periodic: bool, wall: float) -> Array:
    """Value of the pair above every closed coarse face; ``wall`` stands beyond a wall."""
    if periodic:
        return jnp.concatenate([values, take(values, axis, 0, 1)], axis)
    return _padded(values, axis, (0, 1), wall)


def _node_conductances(
    faces: tuple[Array, ...], diagonal: Array, axis: int, periodic: bool
) -> tuple[Array, Array]:
    """Conductances (node below – its odd cell, node above – its even cell) at every closed coarse face.

    The resistance between the two cells of a pair is shared out so that the node sits near the cell that is
    tied more strongly to ground and to its neighbours across the axis.
    """
    cells = diagonal.shape[axis]
    inside = jnp.maximum(take(faces[axis], axis, 1, cells, 2), SMALLEST)
    tie_even, tie_odd = _split(lax.optimization_barrier(diagonal + _row_sum(faces, skip=axis)), axis)
    if cells % 2:  # the lone last cell is its own node
        inside = _padded(inside, axis, (0, 1), RIGID)
        tie_odd = tie_odd + _padded(jnp.zeros_like(take(tie_odd, axis, 0, -1)), axis, (0, 1), 1.0) * tie_even
    tied = jnp.maximum(tie_even + tie_odd, SMALLEST)
    alone = tie_even + tie_odd <= SMALLEST
    lower = inside / jnp.where(alone, 0.5, jnp.maximum(tie_even / tied, SMALLEST))
    upper = inside / jnp.where(alone, 0.5, jnp.maximum(tie_odd / tied, SMALLEST))
    return _below(lower, axis, periodic, 1.0), _above(upper, axis, periodic, 1.0)


def coarsen(
    faces: tuple[Array, ...], diagonal: Array, axis: int, periodic: bool
) -> tuple[Transfer, tuple[Array, ...], Array]:
    """Join the cells of one axis in pairs: the transfer, and the coarse faces and diagonal.

    A cell that couples to nothing has no residual, so whatever weights it gets do no harm.
    """
    cells = diagonal.shape[axis]
    crossing = take(faces[axis], axis, 0, None, 2)
    if cells % 2:
        crossing = jnp.concatenate([crossing, take(faces[axis], axis, cells, None)], axis)
    even_ground, odd_ground = _split(diagonal, axis)
    # chain at a face: lower node –lower– odd cell –crossing– even cell –upper– upper node, cells grounded
    lower, upper, below, above, crossing = lax.optimization_barrier(
        (
            *_node_conductances(faces, diagonal, axis, periodic),
            _below(odd_ground, axis, periodic, 0.0),
            _above(even_ground, axis, periodic, 0.0),
            crossing,
        )
    )
    from_lower, from_upper = lower + crossing + below, upper + crossing + above
    determinant = (lower + below) * from_upper + crossing * (upper + above)  # nothing cancels
    inverse = lax.optimization_barrier(1.0 / determinant)
    weights = (
        from_lower * upper * inverse,
        crossing * lower * inverse,
        from_upper * lower * inverse,
        crossing * upper * inverse,
    )
    series = lower * crossing * upper * inverse
    if crossing.shape[axis] > 2:
        series = jnp.where(series > NEGLIGIBLE, series, 0.0)
    else:  # a single node has no neighbour, not even itself
        series = jnp.zeros_like(series)
    to_lower = lower * (crossing * above + below * from_upper) * inverse
    to_upper = upper * (crossing * below + above * from_lower) * inverse
    coarse_diagonal = take(to_lower, axis, 1, None) + take(to_upper, axis, 0, -1)
    coarse_faces = tuple(
        series if other == axis else sum(_split(coefficient, axis)) for other, coefficient in enumerate(faces)
    )
    weights, coarse_faces, coarse_diagonal = lax.optimization_barrier(
        (weights, coarse_faces, coarse_diagonal)
    )
    return Transfer(weights, axis, cells, periodic), coarse_faces, coarse_diagonal


def prolong(transfer: Transfer, coarse: Array) -> Array:
    """Coarse correction on the fine side of a transfer."""
    axis = transfer.axis
    ghosted = with_ghosts(coarse, axis, transfer.periodic)
    own = take(ghosted, axis, 1, -1)
    even_own, even_lower, odd_own, odd_upper = transfer.weights
    even = take(even_own, axis, 0, -1) * own + take(even_lower, axis, 0, -1) * take(ghosted, axis, 0, -2)
    odd = take(odd_own, axis, 1, None) * own + take(odd_upper, axis, 1, None) * take(ghosted, axis, 2, None)
    shape = [*coarse.shape]
    shape[axis] *= 2
    return take(jnp.stack([even, odd], axis + 1).reshape(shape), axis, 0, transfer.cells)


def restrict(transfer: Transfer, fine: Array) -> Array:
    """Exact transpose of `prolong`."""
    axis, lone = transfer.axis, transfer.cells % 2
    even_own, even_lower, odd_own, odd_upper = transfer.weights
    if transfer.periodic:
        fine = _padded(fine, axis, (0, lone))
        fine = jnp.concatenate([take(fine, axis, -2, None), fine, take(fine, axis, 0, 2)], axis)
    else:
        fine = _padded(fine, axis, (2, 2 + lone))
    fine = lax.optimization_barrier(fine)
    even, odd = take(fine, axis, 0, None, 2), take(fine, axis, 1, None, 2)
    return (
        take(even_own, axis, 0, -1) * take(even, axis, 1, -1)
        + take(odd_own, axis, 1, None) * take(odd, axis, 1, -1)
        + take(even_lower, axis, 1, None) * take(even, axis, 2, None)
        + take(odd_upper, axis, 0, -1) * take(odd, axis, 0, -2)
    )


def bottom_inverse(level: Level) -> Array:
    """Dense inverse of the coarsest operator, shape (cells, cells), regularised on what couples to nothing.

    The matrix is scaled to a unit diagonal first. A problem without any diagonal is closed by a unit
    eigenvalue for the constant; a shift of 1e-13 keeps any other floating island finite, and a unit row
    stands for a cell without couplings.
    """
    shape, count = level.diagonal.shape, level.diagonal.size
    unit = jnp.eye(count, dtype=level.diagonal.dtype).reshape(count, *shape)
    matrix = jax.vmap(lambda column: apply_network(level.faces, level.diagonal, column, level.periodic))(unit)
    scale = jnp.sqrt(level.inverse_diagonal).reshape(count)
    matrix = scale[:, None] * matrix.reshape(count, count) * scale[None, :]
    matrix = matrix + jnp.diag(jnp.where(scale > 0.0, 1e-13, 1.0))
    constant = jnp.where(scale > 0.0, 1.0 / jnp.where(scale > 0.0, scale, 1.0), 0.0)
    floating = jnp.where(
        jnp.any(level.diagonal > 0.0), 0.0, 1.0 / jnp.maximum(jnp.sum(constant**2), SMALLEST)
    )
    matrix = matrix + floating * constant[:, None] * constant[None, :]
    factor = jnp.linalg.cholesky(matrix)
    half = jax.scipy.linalg.solve_triangular(factor, jnp.diag(scale), lower=True)
    return half.T @ half


def build_levels(
    faces: tuple[Array, ...], diagonal: Array, periodic: tuple[bool, ...], spacing: tuple[float, ...]
) -> tuple[tuple[Level, ...], Array]:
    """All smoothed grids, finest first, and the dense inverse of the coarsest."""
    size, levels = list(spacing), []
    while diagonal.size > BOTTOM_CELLS:
        fine_faces, fine_diagonal, transfers = faces, diagonal, []
        for axis in axes_to_join(diagonal.shape, tuple(size)):
            transfer, faces, diagonal = coarsen(faces, diagonal, axis, periodic[axis])
            transfers.append(transfer)
            size[axis] *= 2.0
        levels.append(make_level(fine_faces, fine_diagonal, tuple(transfers), periodic))
    bottom = make_level(faces, diagonal, (), periodic)
    return (*levels, bottom), bottom_inverse(bottom)


def smooth(level: Level, right_hand_side: Array, start: Array | None) -> Array:
    """Two Chebyshev steps for A x = b on D⁻¹A over [0.3, 2], from ``start`` or from zero (None).

    In closed form x + α z − β D⁻¹A z with z = D⁻¹(b − A x).
    """
    residual = right_hand_side
    if start is not None:
        residual = residual - apply_network(level.faces, level.diagonal, start, level.periodic)
    step = level.inverse_diagonal * residual
    second = level.inverse_diagonal * apply_network(level.faces, level.diagonal, step, level.periodic)
    update = SMOOTHER_FIRST * step - SMOOTHER_SECOND * second
    return update if start is None else start + update


def v_cycle(levels: tuple[Level, ...], inverse: Array, right_hand_side: Array) -> Array:
    """One symmetric V-cycle for A x = b from x = 0: the preconditioner."""
    level = levels[0]
    if len(levels) == 1:
        return (inverse @ right_hand_side.reshape(-1)).reshape(right_hand_side.shape)
    smoothed = smooth(level, right_hand_side, None)
    coarse = right_hand_side - apply_network(level.faces, level.diagonal, smoothed, level.periodic)
    for transfer in level.transfers:
        coarse = restrict(transfer, coarse)
    correction = v_cycle(levels[1:], inverse, coarse)
    for transfer in reversed(level.transfers):
        correction = prolong(transfer, correction)
    return smooth(level, right_hand_side, smoothed + correction)
