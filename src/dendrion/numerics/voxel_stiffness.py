"""Stiffness of the voxel element: relaxed moduli of its bending modes, packed products, and blocks of its matrix.

The element and its notation are described in `voxel_element`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from dendrion.errors import InputError
from dendrion.numerics.voxel_element import (
    bending_strain,
    bending_terms,
    cell_strain,
    component_count,
    evaluate_modes,
    gather_modes,
    node_sums,
    shear_axes,
    strain_terms,
)

NEGLIGIBLE_PIVOT = 1e-14
"""Share of a cell's largest modulus below which a component counts as unable to carry stress [dimensionless]."""


def check_stiffness(stiffness: Array, periodic: Sequence[bool]) -> None:
    """Refuse a stiffness that is not (m, m, *cells) with m = 3 in 2-D or 6 in 3-D.

    Raises:
        InputError: the shape does not fit the number of axes.
    """
    dimensions = len(periodic)
    count = component_count(dimensions) if dimensions in {2, 3} else None
    if count is None or stiffness.ndim != dimensions + 2 or stiffness.shape[:2] != (count, count):
        raise InputError(
            "an elastic tangent has one (m, m) block a cell",
            field="stiffness",
            value=f"shape {stiffness.shape} with {dimensions} periodic flags",
            allowed="(3, 3, nx, ny) or (6, 6, nx, ny, nz)",
            hint="reduce a plane-strain stiffness (m = 4) to its in-plane part first",
        )


def relaxed(stiffness: list[list[Array]], free: Sequence[int], floor: Array) -> list[list[Array]]:
    """A symmetric stiffness with the components ``free`` relaxed to zero stress: a Schur complement.

    Args:
        stiffness: square nested list of components [Pa].
        free: indices of the relaxed components.
        floor: pivots below it carry nothing [Pa].
    Returns:
        The square nested list of the other components [Pa].
    """
    kept = list(range(len(stiffness)))
    now = stiffness
    for index in free:
        position = kept.index(index)
        pivot = now[position][position]
        sound = pivot > floor
        inverse = jnp.where(sound, 1.0 / jnp.where(sound, pivot, 1.0), 0.0)
        others = [p for p in range(len(kept)) if p != position]
        now = [[now[i][j] - now[i][position] * inverse * now[position][j] for j in others] for i in others]
        kept.pop(position)
    return now


def bending_stiffness(stiffness: Array) -> Array:
    """Stiffness of the bending modes, packed: (2, *cells) in 2-D, (21, *cells) in 3-D [Pa].

    2-D: D relaxed to uniaxial stress along x and along y. 3-D: for n = x, y, z the upper triangle (tt, to, tx, oo, ox,
    xx of the components (t, o, shear)) of D relaxed to plane stress across n, then D relaxed to uniaxial stress
    along each axis.

    Args:
        stiffness: (m, m, *cells), symmetric positive semi-definite [Pa].
    """
    count = stiffness.shape[0]
    parts = [[stiffness[i, j] for j in range(count)] for i in range(count)]
    floor = NEGLIGIBLE_PIVOT * jnp.trace(stiffness)
    if count == 3:
        uniaxial = [relaxed(parts, free, floor)[0][0] for free in ((2, 1), (2, 0))]
        return jnp.stack([jnp.maximum(value, 0.0) for value in uniaxial])
    packed = []
    uniaxial = []
    for n in range(3):
        shears = [3 + i for i, axes in enumerate(shear_axes(3)) if n in axes]
        plane = relaxed(parts, (*shears, n), floor)
        packed += [plane[i][j] for i in range(3) for j in range(i, 3)]
    for n in (1, 0, 0):  # across y stand (xx, zz, xz); across x (yy, zz, yz)
        plane = _unpacked(packed[6 * n : 6 * n + 6], 3)
        keep = 1 if len(uniaxial) == 2 else 0
        uniaxial.append(relaxed(plane, (2, 1 - keep), floor)[0][0])
    return lax.optimization_barrier(jnp.stack(packed + [jnp.maximum(value, 0.0) for value in uniaxial]))


def _unpacked(triangle: Sequence[Array], count: int) -> list[list[Array]]:
    places = triangle_places(count)
    return [[triangle[places[i][j]] for j in range(count)] for i in range(count)]


def triangle_places(count: int) -> list[list[int]]:
    """Place of each component of a symmetric matrix in its packed upper triangle (static)."""
    pairs = {pair: k for k, pair in enumerate((i, j) for i in range(count) for j in range(i, count))}
    return [[pairs[min(i, j), max(i, j)] for j in range(count)] for i in range(count)]


def packed_triangle(stiffness: Array) -> Array:
    """Upper triangle of a symmetric (m, m, *cells) array, row by row: (m(m+1)/2, *cells) [unit of it]."""
    count = stiffness.shape[0]
    return jnp.stack([stiffness[i, j] for i in range(count) for j in range(i, count)])


def times_triangle(triangle: Array, vector: Array) -> Array:
    """Product of packed symmetric matrices with vectors: (m(m+1)/2, *cells) times (m, *cells)."""
    count = vector.shape[0]
    places = triangle_places(count)
    return jnp.stack([sum(triangle[places[i][j]] * vector[j] for j in range(count)) for i in range(count)])


def bending_stress(bending: Array, strain: Array) -> Array:
    """Stress of the bending modes from `bending_stiffness` and `bending_strain`, shape of the strain [Pa]."""
    if strain.shape[0] == 2:
        return bending * strain
    plates = [times_triangle(bending[6 * n : 6 * n + 6], strain[3 * n : 3 * n + 3]) for n in range(3)]
    return jnp.concatenate([*plates, bending[18:] * strain[9:]])


def element_force(
    triangle: Array, bending: Array, displacement: Array, spacing: Sequence[float], periodic: Sequence[bool]
) -> Array:
    """Nodal forces K u of all cells.

    Args:
        triangle: D as a `packed_triangle` [Pa].
        bending: from `bending_stiffness` [Pa].
        displacement: (dim, *nodes) [m].
        spacing: cell size of each axis [m].
        periodic: one flag an axis.
    Returns:
        (dim, *nodes) [N in 3-D, N/m in 2-D].
    """
    terms = strain_terms(len(spacing)) + bending_terms(spacing)
    strain = lax.optimization_barrier(evaluate_modes(terms, displacement, spacing, periodic))
    count = component_count(len(spacing))
    stress = jnp.concatenate(
        [times_triangle(triangle, strain[:count]), bending_stress(bending, strain[count:])]
    )
    return gather_modes(terms, lax.optimization_barrier(stress), spacing, periodic)


def cell_energy(
    stiffness: Array, displacement: Array, spacing: Sequence[float], periodic: Sequence[bool]
) -> Array:
    """Elastic energy density of every cell, bending modes included: (*cells) [J/m³].

    The sum over cells times the cell volume is ½ uᵀ K u. With an eigenstrain take the strain and stress instead.
    """
    strain = cell_strain(displacement, spacing, periodic)
    modes = bending_strain(displacement, spacing, periodic)
    mean = jnp.sum(strain * times_triangle(packed_triangle(stiffness), strain), axis=0)
    bent = jnp.sum(modes * bending_stress(bending_stiffness(stiffness), modes), axis=0)
    return 0.5 * (mean + bent)


def corner_weights(spacing: Sequence[float]) -> np.ndarray:
    """Strain and bending modes of a unit displacement of each corner (static): (2ᵈ, modes, dim) [1/m].

    Corners count in binary, the first axis slowest.
    """
    dimensions = len(spacing)
    terms = strain_terms(dimensions) + bending_terms(spacing)
    weights = np.zeros((2**dimensions, len(terms), dimensions))
    for corner, ends in enumerate(np.ndindex(*(2,) * dimensions)):
        for row, mode in enumerate(terms):
            for component, flags, weight in mode:
                value = weight
                for end, flag, size in zip(ends, flags, spacing, strict=True):
                    value *= (2 * end - 1) / size if flag else 0.5
                weights[corner, row, component] += value
    return weights


def corner_block(
    triangle: Array, bending: Array, spacing: Sequence[float], first: int, second: int
) -> list[list[Array | float]]:
    """Force at corner ``first`` per displacement of corner ``second`` of every cell: dim × dim arrays (*cells)."""
    dimensions = len(spacing)
    weights, volume = corner_weights(spacing), math.prod(spacing)
    count = component_count(dimensions)
    pairs = [(i, j, triangle[k]) for i, row in enumerate(triangle_places(count)) for j, k in enumerate(row)]
    if dimensions == 2:
        pairs += [(3 + i, 3 + i, bending[i]) for i in range(2)]
    else:
        for n in range(3):
            places = triangle_places(3)
            pairs += [
                (6 + 3 * n + i, 6 + 3 * n + j, bending[6 * n + places[i][j]])
                for i in range(3)
                for j in range(3)
            ]
        pairs += [(15 + i, 15 + i, bending[18 + i]) for i in range(3)]
    block: list[list[Array | float]] = [[0.0] * dimensions for _ in range(dimensions)]
    for i, j, modulus in pairs:
        for a in range(dimensions):
            for b in range(dimensions):
                weight = volume * weights[first, i, a] * weights[second, j, b]
                if weight != 0.0:
                    block[a][b] = block[a][b] + float(weight) * modulus
    return block


def diagonal_blocks(
    triangle: Array, bending: Array, spacing: Sequence[float], periodic: Sequence[bool]
) -> Array:
    """Block of every node in K, (dim, dim, *nodes) [unit of the moduli times mᵈ⁻²]."""
    dimensions = len(spacing)
    corners = list(np.ndindex(*(2,) * dimensions))
    blocks = [corner_block(triangle, bending, spacing, c, c) for c in range(len(corners))]
    rows = []
    for a in range(dimensions):
        row = []
        for b in range(dimensions):
            parts = {
                ends: jnp.broadcast_to(block[a][b], triangle.shape[1:])
                for ends, block in zip(corners, blocks, strict=True)
            }
            row.append(_scattered(parts, periodic))
        rows.append(jnp.stack(row))
    return lax.optimization_barrier(jnp.stack(rows))


def _scattered(parts: dict[tuple[int, ...], Array], periodic: Sequence[bool]) -> Array:
    """Sum by node of what every cell gives to its corners."""
    for axis in reversed(range(len(periodic))):
        stems = dict.fromkeys(ends[:axis] for ends in parts)
        parts = {
            stem: node_sums(parts[(*stem, 0)], parts[(*stem, 1)], axis, periodic[axis]) for stem in stems
        }
    return parts[()]
