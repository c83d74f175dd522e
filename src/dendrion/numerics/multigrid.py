"""Geometric multigrid for networks of face transmissibilities with jumps of many orders of magnitude.

Each transfer joins the cells of one axis in pairs. The coarse node sits inside its pair, near the cell that
is more strongly tied to its neighbours across the axis (half-way if both are alike), so that it stands for
metal or for electrolyte and not for a mixture. Along the axis the two cells of neighbouring pairs that touch
are eliminated exactly from the chain node – cell – cell – node, each with its own d to ground; this gives the
interpolation, the coarse transmissibility and the coarse d at once. With like cells and d = 0 it is the
series resistance ``1/T_c = 0.5/T_left + 1/T_cross + 0.5/T_right`` and flux-continuous interpolation. Across
the axis transmissibilities add up, each at the node that its cells take their values from. Restriction is
the exact transpose of interpolation: one V-cycle is a symmetric operator and may precondition conjugate
gradients.

All axes of (nearly) the smallest cell size are joined between two smoothed grids.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
from jax import Array, lax

from dendrion.numerics.operators import (
    apply_ghosted,
    apply_network,
    interior,
    surrounded,
    take,
    with_ghosts,
)

BOTTOM_CELLS = 64
SMALLEST, NEGLIGIBLE = 1e-30, 1e-18  # of the largest coefficient: floor in divisions, and what counts as none
RIGID = 1e9  # conductance between a lone last cell and the empty partner of its pair
LOWER, UPPER = 0.3, 2.0  # part of the spectrum of D⁻¹A that the smoother damps
# The residual polynomial 1 − α t + β t² is T₂ on that interval, scaled to 1 at t = 0
_CENTRE, _RADIUS = 0.5 * (UPPER + LOWER), 0.5 * (UPPER - LOWER)
_HEIGHT = 2.0 * _CENTRE**2 / _RADIUS**2 - 1.0
SMOOTHER_FIRST = 4.0 * _CENTRE / (_RADIUS**2 * _HEIGHT)
SMOOTHER_SECOND = 2.0 / (_RADIUS**2 * _HEIGHT)


@partial(
    jax.tree_util.register_dataclass, data_fields=["own", "other"], meta_fields=["axis", "cells", "periodic"]
)
@dataclass(frozen=True)
class Transfer:
    """Interpolation along one axis to ``cells`` fine cells from half as many nodes.

    Weights [dimensionless] stand at closed coarse faces, with an extra first axis: the odd cell below and the
    even cell above the face. ``own`` belongs to the node of the cell's pair, ``other`` to the node across the
    face.
    """

    own: Array
    other: Array
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
    """Cells appended below and above along one axis."""
    widths = [(0, 0)] * values.ndim
    widths[axis] = width
    return jnp.pad(values, widths, constant_values=fill)


def _in_twos(values: Array, axis: int) -> Array:
    """View of an axis of even length as two axes, the second of length 2."""
    shape = values.shape
    return values.reshape(*shape[:axis], shape[axis] // 2, 2, *shape[axis + 1 :])


def _at_faces(values: Array, axis: int, periodic: bool, wall: float) -> Array:
    """Even-length cells arranged by coarse faces: ((odd cell below, even cell above), …, faces, …)."""
    if periodic:
        values = jnp.concatenate([take(values, axis, -1, None), values, take(values, axis, 0, 1)], axis)
    else:
        values = _padded(values, axis, (1, 1), wall)
    return jnp.moveaxis(_in_twos(values, axis), axis + 1, 0)


def _node_conductances(faces: tuple[Array, ...], diagonal: Array, axis: int, periodic: bool) -> Array:
    """Conductance between every cell and the node of its pair, arranged by coarse faces.

    The resistance between the two cells of a pair is shared out so that the node sits near the cell that is
    tied more strongly to ground and to its neighbours across the axis.
    """
    cells = diagonal.shape[axis]
    lone = cells % 2  # the lone last cell of an odd axis gets a twin, rigidly joined
    inside = jnp.maximum(take(faces[axis], axis, 1, cells, 2), SMALLEST)
    tie = diagonal + _row_sum(faces, skip=axis)
    if lone:
        inside = _padded(inside, axis, (0, 1), RIGID)
        tie = jnp.concatenate([tie, take(tie, axis, -1, None)], axis)
    tie = _in_twos(tie, axis)
    partner = jnp.flip(tie, axis + 1)
    both = tie + partner
    share = jnp.where(both > SMALLEST, jnp.maximum(partner / jnp.maximum(both, SMALLEST), SMALLEST), 0.5)
    conductance = jnp.expand_dims(inside, axis + 1) / share
    return _at_faces(conductance.reshape(_doubled(inside.shape, axis)), axis, periodic, 1.0)


def _doubled(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return (*shape[:axis], 2 * shape[axis], *shape[axis + 1 :])


def _join_across(
    faces: Array, other: Array, series: Array, *, axis: int, along: int, periodic: tuple[bool, ...]
) -> Array:
    """Coarse transmissibilities of the axis ``along`` when the cells of ``axis`` are joined in pairs.

    They add up at the node from which their two cells take their values: the share that both cells take from
    the node across the coarse face (``other``) is moved to that node. Where the two cells differ, the link goes
    to the column in which the cell that leans on its own node is well connected to both (``series``).
    """
    row = along + 1
    faces = _at_faces(_padded(faces, axis, (0, faces.shape[axis] % 2)), axis, periodic[axis], 0.0)

    wraps = periodic[along]

    def both(values: Array) -> tuple[Array, Array]:
        if wraps:
            values = jnp.concatenate([take(values, row, -1, None), values, take(values, row, 0, 1)], row)
        return take(values, row, 0, -1), take(values, row, 1, None)

    below, above = both(other)
    strength_below, strength_above = both(series[None])
    leaning = jnp.where(below > above, strength_above, strength_below)
    leaning = leaning / jnp.maximum(strength_below + strength_above, SMALLEST)
    share = jnp.minimum(below, above) + jnp.abs(below - above) * leaning
    moved = share * faces if wraps else _padded(share * take(faces, row, 1, -1), row, (1, 1))
    moved = lax.optimization_barrier(moved)
    kept = faces - moved
    upward, downward = kept[1] + moved[0], kept[0] + moved[1]
    return take(upward, axis, 0, -1) + take(downward, axis, 1, None)


def coarsen(
    faces: tuple[Array, ...], diagonal: Array, axis: int, periodic: tuple[bool, ...]
) -> tuple[Transfer, tuple[Array, ...], Array]:
    """Join the cells of one axis in pairs: the transfer, and the coarse faces and diagonal.

    At every coarse face stands a chain node – odd cell – even cell – node, its cells grounded by d. A cell
    that couples to nothing has no residual, so whatever weights it gets do no harm.
    """
    cells = diagonal.shape[axis]
    crossing = take(faces[axis], axis, 0, None, 2)
    if cells % 2:
        crossing = jnp.concatenate([crossing, take(faces[axis], axis, cells, None)], axis)
    wraps = periodic[axis]
    node = lax.optimization_barrier(_node_conductances(faces, diagonal, axis, wraps))
    ground = _at_faces(_padded(diagonal, axis, (0, cells % 2)), axis, wraps, 0.0)
    rest = node + crossing + ground  # row sum of a cell in the chain
    far_node, far_ground, far_rest = (jnp.flip(values, 0) for values in (node, ground, rest))
    determinant = (node + ground) * far_rest + crossing * (far_node + far_ground)  # nothing cancels
    own = node * far_rest / determinant
    other = crossing * far_node / determinant
    series = node[0] * other[0]
    joined = series.shape[axis] > 2  # a single node has no neighbour, not even itself
    series = jnp.where(series > NEGLIGIBLE, series, 0.0) if joined else jnp.zeros_like(series)
    sink = node * (crossing * far_ground + ground * far_rest) / determinant
    sink = take(sink[1], axis, 0, -1) + take(sink[0], axis, 1, None)
    own, other, series, sink = lax.optimization_barrier((own, other, series, sink))
    coarse_faces = tuple(
        series
        if along == axis
        else _join_across(coefficient, other, series, axis=axis, along=along, periodic=periodic)
        for along, coefficient in enumerate(faces)
    )
    return Transfer(own, other, axis, cells, wraps), lax.optimization_barrier(coarse_faces), sink


def prolong(transfer: Transfer, coarse: Array) -> Array:
    """Coarse correction on the fine side of a transfer."""
    axis, own, other = transfer.axis, transfer.own, transfer.other
    ghosted = with_ghosts(coarse, axis, transfer.periodic)
    below, above = take(ghosted, axis, 0, -1), take(ghosted, axis, 1, None)
    odd = own[0] * below + other[0] * above
    even = own[1] * above + other[1] * below
    fine = jnp.stack([odd, even], axis + 1).reshape(_doubled(below.shape, axis))
    return take(fine, axis, 1, transfer.cells + 1)


def restrict(transfer: Transfer, fine: Array) -> Array:
    """Exact transpose of `prolong`."""
    axis, own, other, lone = transfer.axis, transfer.own, transfer.other, transfer.cells % 2
    if transfer.periodic:
        fine = _padded(fine, axis, (0, lone))
        fine = jnp.concatenate([take(fine, axis, -1, None), fine, take(fine, axis, 0, 1)], axis)
    else:
        fine = _padded(fine, axis, (1, 1 + lone))
    fine = _in_twos(lax.optimization_barrier(fine), axis)
    fine = jnp.moveaxis(fine, axis + 1, 0)
    upward = own[1] * fine[1] + other[0] * fine[0]
    downward = own[0] * fine[0] + other[1] * fine[1]
    return take(upward, axis, 0, -1) + take(downward, axis, 1, None)


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
            transfer, faces, diagonal = coarsen(faces, diagonal, axis, periodic)
            transfers.append(transfer)
            size[axis] *= 2.0
        levels.append(make_level(fine_faces, fine_diagonal, tuple(transfers), periodic))
    bottom = make_level(faces, diagonal, (), periodic)
    return (*levels, bottom), bottom_inverse(bottom)


def _smoothed(level: Level, scaled_residual: Array) -> Array:
    """Two Chebyshev steps on D⁻¹A over [0.3, 2] from zero: α z − β D⁻¹A z, z = D⁻¹ residual given ghosted."""
    image = level.inverse_diagonal * apply_ghosted(level.faces, level.diagonal, scaled_residual)
    return SMOOTHER_FIRST * interior(scaled_residual) - SMOOTHER_SECOND * image


def v_cycle(levels: tuple[Level, ...], inverse: Array, right_hand_side: Array) -> Array:
    """One symmetric V-cycle for A x = b from x = 0: the preconditioner."""
    level = levels[0]
    if len(levels) == 1:
        return (inverse @ right_hand_side.reshape(-1)).reshape(right_hand_side.shape)
    scaled = surrounded(level.inverse_diagonal * right_hand_side, level.periodic)
    before = surrounded(_smoothed(level, scaled), level.periodic)
    coarse = right_hand_side - apply_ghosted(level.faces, level.diagonal, before)
    for transfer in level.transfers:
        coarse = restrict(transfer, coarse)
    correction = v_cycle(levels[1:], inverse, coarse)
    for transfer in reversed(level.transfers):
        correction = prolong(transfer, correction)
    after = surrounded(interior(before) + correction, level.periodic)
    residual = right_hand_side - apply_ghosted(level.faces, level.diagonal, after)
    scaled = surrounded(level.inverse_diagonal * residual, level.periodic)
    return interior(after) + _smoothed(level, scaled)
