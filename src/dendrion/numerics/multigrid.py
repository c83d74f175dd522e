"""Geometric multigrid for networks of face transmissibilities with jumps of many orders of magnitude.

One axis is coarsened at a time, always the one whose cells are smallest now. Along it a pair of cells
becomes one and the coarse transmissibility is the series resistance between pair centres, ``1/T_c =
0.5/T_left + 1/T_cross + 0.5/T_right``; across it transmissibilities add. Interpolation keeps the flux
between pair centres constant, weight ``w = (0.5/T_inside) T_c``, and restriction is its exact transpose, so
that one V-cycle is a symmetric operator and may precondition conjugate gradients.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import jax
import jax.numpy as jnp
from jax import Array

from dendrion.numerics.operators import apply_network, take, with_ghosts

BOTTOM_CELLS = 64
SMALLEST = 1e-30  # below this share of the largest coefficient a coupling counts as none
CHEBYSHEV_LOWER, CHEBYSHEV_UPPER = 0.4, 2.0  # part of the spectrum of D⁻¹A that the smoother damps


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["faces", "diagonal", "inverse_diagonal", "weights"],
    meta_fields=["axis", "periodic"],
)
@dataclass(frozen=True)
class Level:
    """One grid of the hierarchy: its operator and the way to the next coarser one.

    ``faces`` are closed transmissibilities, ``inverse_diagonal`` is zero where a cell is coupled to
    nothing; ``weights`` are the (left, right) interpolation weights of the even and odd cells of each pair
    along ``axis``. All relative to the largest coefficient of the finest grid [dimensionless].
    """

    faces: tuple[Array, ...]
    diagonal: Array
    inverse_diagonal: Array
    weights: tuple[Array, Array] | None
    axis: int = field(default=-1)
    periodic: tuple[bool, ...] = field(default=())


def coarsening_axis(shape: tuple[int, ...], cell_size: tuple[float, ...]) -> int:
    """The axis to coarsen next: smallest present cell size, then longest (static, fixed by the shape)."""
    candidates = [axis for axis, cells in enumerate(shape) if cells > 1]
    return min(candidates, key=lambda axis: (cell_size[axis], -shape[axis], axis))


def make_level(faces: tuple[Array, ...], diagonal: Array, periodic: tuple[bool, ...]) -> Level:
    """A level without its transfer: computes 1/D, D = Σ T + d, zero where D = 0."""
    total = diagonal
    for axis, coefficient in enumerate(faces):
        total = total + take(coefficient, axis, 0, -1) + take(coefficient, axis, 1, None)
    inverse = jnp.where(total > SMALLEST, 1.0 / jnp.where(total > SMALLEST, total, 1.0), 0.0)
    return Level(faces, diagonal, inverse, None, -1, periodic)


def _pair_sum(values: Array, axis: int) -> Array:
    """Sum of cells 2j and 2j + 1 along an axis; the last cell of an odd axis stays alone."""
    if values.shape[axis] % 2:
        width = [(0, 0)] * values.ndim
        width[axis] = (0, 1)
        values = jnp.pad(values, width)
    return take(values, axis, 0, None, 2) + take(values, axis, 1, None, 2)


def coarsen(level: Level, axis: int) -> tuple[Level, Level]:
    """The level with its transfer along ``axis`` filled in, and the next coarser level."""
    along, cells = level.faces[axis], level.faces[axis].shape[axis] - 1
    inside, crossing = take(along, axis, 1, cells, 2), take(along, axis, 0, None, 2)
    half = 0.5 / jnp.maximum(inside, SMALLEST)
    if cells % 2:  # the last coarse cell is a single fine one: no resistance to its centre
        half = jnp.concatenate([half, jnp.zeros_like(take(half, axis, 0, 1))], axis)
        crossing = jnp.concatenate([crossing, take(along, axis, cells, None)], axis)
    ghosted = with_ghosts(half, axis, level.periodic[axis])
    series = 1.0 / (
        take(ghosted, axis, 0, -1) + 1.0 / jnp.maximum(crossing, SMALLEST) + take(ghosted, axis, 1, None)
    )
    series = jnp.where(crossing > 0.0, series, 0.0)
    weights = (half * take(series, axis, 0, -1), half * take(series, axis, 1, None))
    series = jnp.where(series > SMALLEST, series, 0.0)
    faces = tuple(
        series if other == axis else _pair_sum(coefficient, axis)
        for other, coefficient in enumerate(level.faces)
    )
    fine = Level(level.faces, level.diagonal, level.inverse_diagonal, weights, axis, level.periodic)
    return fine, make_level(faces, _pair_sum(level.diagonal, axis), level.periodic)


def prolong(level: Level, coarse: Array) -> Array:
    """Coarse correction on the fine grid: x_2j = x_j + w (x_{j−1} − x_j), x_2j+1 likewise with x_{j+1}."""
    axis, cells = level.axis, level.diagonal.shape[level.axis]
    ghosted = with_ghosts(coarse, axis, level.periodic[axis])
    left, right = level.weights
    even = coarse + left * (take(ghosted, axis, 0, -2) - coarse)
    odd = coarse + right * (take(ghosted, axis, 2, None) - coarse)
    shape = [*coarse.shape]
    shape[axis] *= 2
    both = jnp.stack([even, odd], axis + 1).reshape(shape)
    return jnp.where(level.inverse_diagonal > 0.0, take(both, axis, 0, cells), 0.0)


def restrict(level: Level, fine: Array) -> Array:
    """Exact transpose of `prolong`."""
    axis = level.axis
    fine = jnp.where(level.inverse_diagonal > 0.0, fine, 0.0)
    if fine.shape[axis] % 2:
        width = [(0, 0)] * fine.ndim
        width[axis] = (0, 1)
        fine = jnp.pad(fine, width)
    even, odd = take(fine, axis, 0, None, 2), take(fine, axis, 1, None, 2)
    left, right = level.weights[0] * even, level.weights[1] * odd
    periodic = level.periodic[axis]
    from_above = take(with_ghosts(left, axis, periodic), axis, 2, None)
    from_below = take(with_ghosts(right, axis, periodic), axis, 0, -2)
    return even + odd - left - right + from_above + from_below


def bottom_inverse(level: Level) -> Array:
    """Dense inverse of the coarsest operator, shape (cells, cells), regularised on what couples to nothing.

    The matrix is scaled to a unit diagonal first; a shift of 1e-13 keeps a floating island (no diagonal)
    finite, and a unit row stands for a cell without couplings.
    """
    shape, count = level.diagonal.shape, level.diagonal.size
    unit = jnp.eye(count, dtype=level.diagonal.dtype).reshape(count, *shape)
    matrix = jax.vmap(lambda column: apply_network(level.faces, level.diagonal, column, level.periodic))(unit)
    scale = jnp.sqrt(level.inverse_diagonal).reshape(count)
    matrix = scale[:, None] * matrix.reshape(count, count) * scale[None, :]
    matrix = matrix + jnp.diag(jnp.where(scale > 0.0, 1e-13, 1.0))
    factor = jax.scipy.linalg.cho_factor(matrix, lower=True)
    inverse = jax.scipy.linalg.cho_solve(factor, jnp.eye(count, dtype=matrix.dtype))
    return scale[:, None] * (0.5 * (inverse + inverse.T)) * scale[None, :]


def smooth(level: Level, right_hand_side: Array, start: Array | None, degree: int) -> Array:
    """Chebyshev iteration for A x = b on D⁻¹A over [0.4, 2], from ``start`` or from zero (None)."""
    centre = 0.5 * (CHEBYSHEV_UPPER + CHEBYSHEV_LOWER)
    radius = 0.5 * (CHEBYSHEV_UPPER - CHEBYSHEV_LOWER)
    ratio = centre / radius
    residual = right_hand_side
    if start is not None:
        residual = residual - apply_network(level.faces, level.diagonal, start, level.periodic)
    step = level.inverse_diagonal * residual / centre
    result = step if start is None else start + step
    rho = 1.0 / ratio
    for _ in range(degree - 1):
        residual = residual - apply_network(level.faces, level.diagonal, step, level.periodic)
        following = 1.0 / (2.0 * ratio - rho)
        step = following * rho * step + (2.0 * following / radius) * level.inverse_diagonal * residual
        result, rho = result + step, following
    return result


def v_cycle(levels: tuple[Level, ...], inverse: Array, right_hand_side: Array, degree: int = 2) -> Array:
    """One symmetric V-cycle for A x = b from x = 0: the preconditioner."""
    level = levels[0]
    if len(levels) == 1:
        return (inverse @ right_hand_side.reshape(-1)).reshape(right_hand_side.shape)
    smoothed = smooth(level, right_hand_side, None, degree)
    residual = right_hand_side - apply_network(level.faces, level.diagonal, smoothed, level.periodic)
    correction = v_cycle(levels[1:], inverse, restrict(level, residual), degree)
    return smooth(level, right_hand_side, smoothed + prolong(level, correction), degree)
