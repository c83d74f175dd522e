"""Transfers between the grids of elastic multigrid, and the element-wise Galerkin products they make.

Cells are joined in pairs, one axis after the other. Nodes at even places stay; a node at an odd place along the axis
takes each displacement component from its two neighbours in proportion to how strongly it hangs on each: the energy of
the cells on that side when their far face is held and the near one moves in that component. In a uniform body this is
linear interpolation; next to a crack the node follows its own side, so that the crack stays open on all grids. (Beside
a jump such weights keep translations exact, but not rotations: measured harmless.) Element matrices are joined with
the same weights, element by element. The idea of operator-dependent transfers on a structured grid is that of Dendy's
black-box multigrid (DOI 10.1016/0021-9991(82)90057-2); the weights are made here.

An odd number of cells leaves a lone last cell that keeps its size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
from jax import Array, lax

from dendrion.numerics.operators import take
from dendrion.numerics.voxel_element import at_corners, ends, node_sums


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["lower", "upper"],
    meta_fields=["axis", "cells", "periodic"],
)
@dataclass(frozen=True)
class ElasticTransfer:
    """Interpolation along one axis to the nodes of ``cells`` fine cells.

    ``lower`` and ``upper`` are the weights [dimensionless] with which the node inside each coarse cell takes the
    displacement of the coarse cell's two ends, (dim, …), zero where either is not free.
    """

    lower: Array
    upper: Array
    axis: int
    cells: int
    periodic: bool


def strengths(elements: Array, axis: int, dimensions: int) -> Array:
    """Energy (times 2) of every cell when its upper face along an axis moves by one in a component: (dim, *cells)."""
    index: list[slice | int] = [slice(None)] * elements.ndim
    index[axis] = index[dimensions + 1 + axis] = 1
    upper = elements[tuple(index)]
    corners = tuple(range(dimensions - 1)) + tuple(range(dimensions, 2 * dimensions - 1))
    summed = jnp.sum(upper, axis=corners)
    return jnp.stack([summed[component, component] for component in range(dimensions)])


def in_pairs(values: Array, axis: int) -> tuple[Array, Array]:
    """Lower and upper cells of all pairs along an array axis; a lone last cell gets an empty partner."""
    if values.shape[axis] % 2:
        widths = [(0, 0)] * values.ndim
        widths[axis] = (0, 1)
        values = jnp.pad(values, widths)
    return take(values, axis, 0, None, 2), take(values, axis, 1, None, 2)


def interpolation(
    strength: Array, free: Array, axis: int, periodic: Sequence[bool]
) -> tuple[ElasticTransfer, Array]:
    """The transfer along one axis from `strengths` of the cells, and the free degrees of freedom of the coarse grid.

    Args:
        strength: (dim, *cells).
        free: 1 or 0, (dim, *nodes).
        axis: joined in pairs.
        periodic: one flag an axis.
    """
    cells = strength.shape[axis + 1]
    lines = strength
    for other, wraps in enumerate(periodic):
        if other != axis:
            lines = node_sums(lines, lines, other + 1, wraps)
    below, above = in_pairs(lines, axis + 1)
    total = below + above
    share = jnp.where(total > 0.0, below / jnp.where(total > 0.0, total, 1.0), 0.5)
    even, odd = take(free, axis + 1, 0, None, 2), take(free, axis + 1, 1, None, 2)
    if cells % 2:  # the inner node of a lone cell is its upper end
        last = jnp.arange(share.shape[axis + 1]) == share.shape[axis + 1] - 1
        share = jnp.where(last.reshape(-1, *(1,) * (share.ndim - axis - 2)), 0.0, share)
        if periodic[axis]:
            odd = jnp.concatenate([odd, jnp.ones_like(take(odd, axis + 1, 0, 1))], axis + 1)
        else:
            even = jnp.concatenate([even, take(odd, axis + 1, -1, None)], axis + 1)
    own, following = ends(even, axis + 1, periodic[axis])
    lower, upper = lax.optimization_barrier((share * odd * own, (1.0 - share) * odd * following))
    return ElasticTransfer(lower, upper, axis, cells, periodic[axis]), even


def joined_elements(elements: Array, transfer: ElasticTransfer, periodic: Sequence[bool]) -> Array:
    """Galerkin product of the element matrices of all pairs along the transfer's axis."""
    dimensions, axis = len(periodic), transfer.axis
    others = [other for other in range(dimensions) if other != axis]
    head = (*(2,) * (dimensions - 1), dimensions)
    lower, upper = (at_corners(weight, periodic, others) for weight in (transfer.lower, transfer.upper))
    cells = lower.shape[dimensions:]
    row_lower, row_upper = (weight.reshape(*head, *(1,) * dimensions, *cells) for weight in (lower, upper))
    column_lower, column_upper = (
        weight.reshape(*(1,) * dimensions, *head, *cells) for weight in (lower, upper)
    )
    low, high = in_pairs(elements, 2 * dimensions + 2 + axis)

    def quarter(pair: Array, row: int, column: int) -> Array:
        index: list[slice | int] = [slice(None)] * pair.ndim
        index[axis], index[dimensions + 1 + axis] = row, column
        return pair[tuple(index)]

    # in the lower cell the inner node stands at the upper end, in the upper cell at the lower end
    inner = quarter(low, 1, 1) + quarter(high, 0, 0)
    from_low, to_low = quarter(low, 1, 0), quarter(low, 0, 1)  # row inner, column inner
    from_high, to_high = quarter(high, 0, 1), quarter(high, 1, 0)
    blocks = [
        [
            quarter(low, 0, 0)
            + row_lower * from_low
            + to_low * column_lower
            + row_lower * inner * column_lower,
            to_low * column_upper + row_lower * from_high + row_lower * inner * column_upper,
        ],
        [
            row_upper * from_low + to_high * column_lower + row_upper * inner * column_lower,
            quarter(high, 1, 1)
            + row_upper * from_high
            + to_high * column_upper
            + row_upper * inner * column_upper,
        ],
    ]
    joined = jnp.stack([jnp.stack(row, dimensions + axis) for row in blocks], axis)
    return lax.optimization_barrier(joined)


def prolong(transfer: ElasticTransfer, coarse: Array) -> Array:
    """Coarse correction at the fine nodes of a transfer, (dim, *nodes)."""
    axis, cells = transfer.axis + 1, transfer.cells
    own, following = ends(coarse, axis, transfer.periodic)
    inner = transfer.lower * own + transfer.upper * following
    if transfer.periodic and cells % 2:  # the lone cell has no node inside
        inner = take(inner, axis, 0, -1)
    if not transfer.periodic and cells % 2 == 0:
        own = coarse
    fine = cells if transfer.periodic else cells + 1
    return _spread(own, axis, 0, fine) + _spread(inner, axis, 1, fine)


def _spread(values: Array, axis: int, first: int, length: int) -> Array:
    """Values at every other place from ``first`` on, zeros between.

    Not by stacking and reshaping: XLA's compiler for CPUs (jax 0.10.2) gets that wrong for some shapes.
    """
    widths = [(0, 0, 0)] * values.ndim
    widths[axis] = (first, length - first - 2 * values.shape[axis] + 1, 1)
    return lax.pad(values, jnp.zeros((), values.dtype), widths)


def restrict(transfer: ElasticTransfer, fine: Array) -> Array:
    """Exact transpose of `prolong`."""
    axis = transfer.axis + 1
    even, odd = take(fine, axis, 0, None, 2), take(fine, axis, 1, None, 2)
    if transfer.cells % 2:
        widths = [(0, 0)] * fine.ndim
        widths[axis] = (0, 1)
        if transfer.periodic:
            odd = jnp.pad(odd, widths)
        else:
            even = jnp.pad(even, widths)
    return even + node_sums(transfer.lower * odd, transfer.upper * odd, axis, transfer.periodic)
