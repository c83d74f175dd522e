"""Node stencils of voxel elasticity: 3ᵈ blocks a node, assembled from element matrices and applied in one sweep.

An element matrix of every cell is kept as one array ``(2, …, 2, dim, 2, …, 2, dim, *cells)``: corner and component of
the force, then corner and component of the displacement. A stencil is ``(3ᵈ, dim, dim, *nodes)``: neighbour (offsets
−1, 0, 1 along every axis, the first slowest), component of the neighbour's displacement, component of the force. Both
belong to the degrees of freedom that are free: rows and columns of the others are zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from dendrion.numerics.operators import take
from dendrion.numerics.voxel_element import at_corners, component_count, to_node
from dendrion.numerics.voxel_stiffness import corner_weights, triangle_places

SINGULAR = 1e-12
"""Shift of a node's block before it is inverted, relative to its trace [dimensionless]."""


def element_matrices(triangle: Array, bending: Array, spacing: Sequence[float]) -> Array:
    """Element matrix of every cell from its moduli, see the head of this file [unit of the moduli times mᵈ⁻²]."""
    dimensions = len(spacing)
    weights = corner_weights(spacing)
    count = weights.shape[1]
    rows = np.moveaxis(weights, 1, 0).reshape(count, -1)
    table = np.zeros((triangle.shape[0] + bending.shape[0], rows.shape[1], rows.shape[1]))
    for i, j, place in modulus_places(dimensions):
        table[place] += np.prod(spacing) * np.outer(rows[i], rows[j])
    moduli = jnp.concatenate([triangle, bending])
    flat = jnp.asarray(table.reshape(len(table), -1).T) @ moduli.reshape(len(table), -1)
    corner = (*(2,) * dimensions, dimensions)
    return flat.reshape(*corner, *corner, *triangle.shape[1:])


def modulus_places(dimensions: int) -> list[tuple[int, int, int]]:
    """Row and column in the stiffness of all modes of every entry of the packed moduli (static)."""
    count = component_count(dimensions)
    triangle = count * (count + 1) // 2
    entries = [(i, j, k) for i, row in enumerate(triangle_places(count)) for j, k in enumerate(row)]
    if dimensions == 2:
        return entries + [(count + i, count + i, triangle + i) for i in range(2)]
    for n in range(3):
        for i, row in enumerate(triangle_places(3)):
            entries += [
                (count + 3 * n + i, count + 3 * n + j, triangle + 6 * n + k) for j, k in enumerate(row)
            ]
    return entries + [(count + 9 + i, count + 9 + i, triangle + 18 + i) for i in range(3)]


def masked_elements(elements: Array, free: Array, periodic: Sequence[bool]) -> Array:
    """Element matrices with rows and columns of degrees of freedom that are not free set to zero."""
    dimensions = len(periodic)
    corner = at_corners(free, periodic, range(dimensions))
    lead = (1,) * (dimensions + 1)
    head, cells = corner.shape[: dimensions + 1], corner.shape[dimensions + 1 :]
    return elements * corner.reshape(*head, *lead, *cells) * corner.reshape(*lead, *head, *cells)


def assemble_stencil(elements: Array, periodic: Sequence[bool], centre_only: bool = False) -> Array:
    """Sum of element matrices by node and neighbour: (3ᵈ, dim, dim, *nodes), or (1, …) of the node itself alone."""
    dimensions = len(periodic)
    corners = list(np.ndindex(*(2,) * dimensions))
    parts = []
    offsets = [(1,) * dimensions] if centre_only else list(np.ndindex(*(3,) * dimensions))
    for offset in offsets:
        total: Array | float = 0.0
        for corner in corners:
            other = tuple(end + step - 1 for end, step in zip(corner, offset, strict=True))
            if other in corners:
                block = elements[(*corner, slice(None), *other)]
                total = total + to_node(jnp.swapaxes(block, 0, 1), corner, periodic)
        parts.append(total)
    return lax.optimization_barrier(jnp.stack(parts))


def surrounded_nodes(values: Array, periodic: Sequence[bool]) -> Array:
    """One ghost node at both ends of every axis of (dim, *nodes): wrapped if periodic, else zero."""
    lead = values.ndim - len(periodic)
    walls = [(0, 0)] * lead + [(0, 0) if wraps else (1, 1) for wraps in periodic]
    ghosted = jnp.pad(values, walls)
    for axis, wraps in enumerate(periodic):
        if wraps:
            ghosted = jnp.concatenate(
                [take(ghosted, lead + axis, -1, None), ghosted, take(ghosted, lead + axis, 0, 1)], lead + axis
            )
    return lax.optimization_barrier(ghosted)


def apply_stencil(stencil: Array, values: Array, periodic: Sequence[bool]) -> Array:
    """K u from a stencil, (dim, *nodes)."""
    ghosted = surrounded_nodes(values, periodic)
    nodes = values.shape[1:]
    total: Array | float = 0.0
    for place, offset in enumerate(np.ndindex(*(3,) * len(periodic))):
        window = tuple(slice(start, start + n) for start, n in zip(offset, nodes, strict=True))
        for component in range(len(periodic)):
            total = total + stencil[place, component] * ghosted[(component, *window)]
    return jnp.asarray(total)


def inverse_blocks(blocks: Array) -> Array:
    """Inverse of a symmetric positive semi-definite block at every node, zero for a zero row: (dim, dim, *nodes)."""
    dimensions = blocks.shape[0]
    trace = sum(blocks[i, i] for i in range(dimensions))
    rows = [[blocks[i, j] for j in range(dimensions)] for i in range(dimensions)]
    empty = [rows[i][i] <= 0.0 for i in range(dimensions)]
    for i in range(dimensions):
        rows[i][i] = jnp.where(empty[i], 1.0, rows[i][i] + SINGULAR * trace)
    if dimensions == 2:
        adjoint = [[rows[1][1], -rows[0][1]], [-rows[1][0], rows[0][0]]]
    else:
        adjoint = [[_cofactor(rows, j, i) for j in range(3)] for i in range(3)]
    determinant = sum(rows[0][j] * adjoint[j][0] for j in range(dimensions))
    inverse = [
        [jnp.where(empty[i] | empty[j], 0.0, adjoint[i][j] / determinant) for j in range(dimensions)]
        for i in range(dimensions)
    ]
    return lax.optimization_barrier(jnp.stack([jnp.stack(row) for row in inverse]))


def _cofactor(rows: list[list[Array]], i: int, j: int) -> Array:
    a, b = ((i + 1) % 3, (i + 2) % 3)
    c, d = ((j + 1) % 3, (j + 2) % 3)
    return rows[a][c] * rows[b][d] - rows[a][d] * rows[b][c]


def apply_blocks(blocks: Array, values: Array) -> Array:
    """Product of the symmetric block of every node with its vector: (dim, *nodes)."""
    return jnp.asarray(sum(blocks[j] * values[j] for j in range(values.shape[0])))
