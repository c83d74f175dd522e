"""The finest grid of a three-dimensional elastic body, never assembled: applied cell by cell, coarsened layer by layer.

A stencil or the element matrices of all cells would take 243 or 576 numbers a cell, the moduli take 42. The operator is
applied from these, and the element matrices of the next grid, an eighth as many, are made from one pair of layers of
cells at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
from jax import Array, lax

from dendrion.numerics.elastic_stencil import assemble_stencil, element_matrices, masked_elements
from dendrion.numerics.elastic_transfer import ElasticTransfer, in_pairs, interpolation, joined_elements
from dendrion.numerics.operators import take
from dendrion.numerics.voxel_element import component_count, node_sums, shear_axes
from dendrion.numerics.voxel_stiffness import element_force, triangle_places


@partial(
    jax.tree_util.register_dataclass, data_fields=["triangle", "bending", "free"], meta_fields=["spacing"]
)
@dataclass(frozen=True)
class Voxels:
    """Moduli of all cells (`packed_triangle`, `bending_stiffness`) and the free degrees of freedom of a grid."""

    triangle: Array
    bending: Array
    free: Array
    spacing: tuple[float, ...]

    def apply(self, values: Array, periodic: tuple[bool, ...]) -> Array:
        """A x on the free degrees of freedom, for an x that is zero on the others."""
        return self.free * element_force(self.triangle, self.bending, values, self.spacing, periodic)


def voxel_strengths(triangle: Array, axis: int, spacing: Sequence[float]) -> Array:
    """`elastic_transfer.strengths` of cells from their moduli, up to a common factor: (dim, *cells)."""
    dimensions = len(spacing)
    places = triangle_places(component_count(dimensions))
    rows = [triangle[places[axis][axis]]] * dimensions
    for shear, axes in enumerate(shear_axes(dimensions)):
        if axis in axes:
            other = axes[0] if axes[1] == axis else axes[1]
            rows[other] = 0.5 * triangle[places[dimensions + shear][dimensions + shear]]
    return jnp.stack(rows)


def voxel_transfers(
    triangle: Array, free: Array, axes: Sequence[int], periodic: tuple[bool, ...], spacing: tuple[float, ...]
) -> tuple[tuple[ElasticTransfer, ...], Array]:
    """Transfers along some axes from the moduli, first to last, and the free degrees of freedom of the coarse grid.

    A face that moves as one is interpolated exactly along the axes joined before, so the strengths of joined cells
    are the sums of theirs.
    """
    transfers: list[ElasticTransfer] = []
    for axis in axes:
        strength = voxel_strengths(triangle, axis, spacing)
        for transfer in transfers:
            below, above = in_pairs(strength, transfer.axis + 1)
            strength = below + above
        transfer, free = interpolation(strength, free, axis, periodic)
        transfers.append(transfer)
    return tuple(transfers), free


def _layers(values: Array, axis: int, start: Array, count: int) -> Array:
    return lax.dynamic_slice_in_dim(values, start, count, axis)


def _closed(nodes: Array, wanted: int, wraps: bool) -> Array:
    """Node layers along the first axis of (dim, *nodes), repeated past the seam or padded with zeros."""
    if wraps:
        nodes = jnp.concatenate([nodes, take(nodes, 1, 0, 1)], 1)
    missing = wanted - nodes.shape[1]
    return jnp.pad(nodes, [(0, 0), (0, missing)] + [(0, 0)] * (nodes.ndim - 2)) if missing > 0 else nodes


def joined_slabs(
    triangle: Array,
    bending: Array,
    free: Array,
    transfers: tuple[ElasticTransfer, ...],
    periodic: tuple[bool, ...],
    spacing: tuple[float, ...],
) -> tuple[Array, Array]:
    """Element matrices of the grid below the finest, and the node blocks of the finest: (dim, dim, *nodes).

    Args:
        triangle, bending: moduli of the cells.
        free: free degrees of freedom.
        transfers: from `voxel_transfers`.
        periodic: one flag an axis.
        spacing: cell size of each axis.
    """
    cells = triangle.shape[1]
    step = 2 if transfers and transfers[0].axis == 0 else 1
    slabs = -(-cells // step)
    moduli = [jnp.pad(m, [(0, 0), (0, slabs * step - cells), (0, 0), (0, 0)]) for m in (triangle, bending)]
    masks = _closed(free, slabs * step + 1, periodic[0])
    weights = [
        (t.lower, t.upper)
        if t.axis == 0
        else (_closed(t.lower, 0, periodic[0]), _closed(t.upper, 0, periodic[0]))
        for t in transfers
    ]
    inside = (False, *periodic[1:])

    def slab(number: Array) -> tuple[Array, Array]:
        own_triangle, own_bending = (_layers(m, 1, number * step, step) for m in moduli)
        elements = element_matrices(own_triangle, own_bending, spacing)
        elements = masked_elements(elements, _layers(masks, 1, number * step, step + 1), inside)
        blocks = assemble_stencil(elements, inside, centre_only=True)[0]
        for transfer, pair in zip(transfers, weights, strict=True):
            layers = 1 if transfer.axis == 0 else 2
            lower, upper = (_layers(weight, 1, number, layers) for weight in pair)
            length = step if transfer.axis == 0 else transfer.cells
            part = ElasticTransfer(lower, upper, transfer.axis, length, inside[transfer.axis])
            elements = joined_elements(elements, part, inside)
        return elements, blocks

    elements, blocks = lax.map(slab, jnp.arange(slabs))
    elements = jnp.moveaxis(elements, 0, -4)
    elements = elements.reshape(*elements.shape[:-4], -1, *elements.shape[-2:])
    return elements, _assembled(blocks, step, cells, periodic[0])


def _assembled(blocks: Array, step: int, cells: int, wraps: bool) -> Array:
    """Node blocks of a grid from those of its slabs, whose outer layers of nodes they share."""
    whole = jnp.moveaxis(blocks, 0, 2)  # (dim, dim, slabs, layers, …)
    outer = node_sums(take(whole, 3, 0, 1), take(whole, 3, step, step + 1), 2, False)
    inner = take(whole, 3, 1, step)
    if step == 2:
        inner = jnp.pad(inner, [(0, 0)] * 2 + [(0, 1)] + [(0, 0)] * 3)
        outer = jnp.concatenate([outer, inner], 3)
    layers = outer.reshape(*outer.shape[:2], -1, *outer.shape[4:])
    nodes = take(layers, 2, 0, cells + 1)
    if not wraps:
        return nodes
    seam = take(nodes, 2, cells, None)
    return jnp.concatenate([take(nodes, 2, 0, 1) + seam, take(nodes, 2, 1, cells)], 2)
