"""Stiffness of the voxel element: relaxed moduli of its bending modes, packed products, and blocks of its matrix.

The element and its notation are described in `voxel_element`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from operator import add

import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from dendrion.errors import InputError
from dendrion.numerics.voxel_element import (
    RMS_OF_LINEAR,
    at_corners,
    bending_force,
    bending_strain,
    bending_terms,
    cell_strain,
    component_count,
    internal_force,
    node_sums,
    shear_axes,
    strain_terms,
    to_node,
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


def relaxed_slopes(stiffness: Array, slopes: Array, spacing: Sequence[float]) -> Array:
    """Root-mean-square stress of every bending mode from a stress that varies linearly across the cells [Pa].

    It is relaxed as the stiffness in `bending_stiffness`: the free components of the slope bend nothing.

    Args:
        stiffness: (m, m, *cells) [Pa].
        slopes: derivative of the stress along every axis, (m, dim, *cells) [Pa/m].
        spacing: cell size of each axis [m].
    Returns:
        (2, nx, ny) or (12, nx, ny, nz), the order of `bending_strain`.
    """
    count, dimensions = slopes.shape[:2]
    parts = [[stiffness[i, j] for j in range(count)] for i in range(count)]
    floor = NEGLIGIBLE_PIVOT * jnp.trace(stiffness)
    modes = []
    for n in range(dimensions):
        slope = [RMS_OF_LINEAR * spacing[n] * slopes[i, n] for i in range(count)]
        bordered = [[*row, slope[i]] for i, row in enumerate(parts)] + [[*slope, jnp.zeros_like(floor)]]
        shears = [dimensions + i for i, axes in enumerate(shear_axes(dimensions)) if n in axes]
        modes.append([row[-1] for row in relaxed(bordered, (*shears, n), floor)[:-1]])
    if dimensions == 2:
        return jnp.stack([modes[1][0], modes[0][0]])
    return jnp.stack([mode for plate in modes for mode in plate] + [jnp.zeros_like(floor)] * 3)


def eigenstress_force(
    stiffness: Array, stress: Array, slopes: Array | None, spacing: Sequence[float], periodic: Sequence[bool]
) -> Array:
    """Nodal loads of a free strain ε₀ from its eigenstress D ε₀, (dim, *nodes) [N in 3-D, N/m in 2-D].

    With the slopes a free strain that varies linearly across a body leaves it without stress, as it must; without them
    every cell takes ε₀ as constant, which errs by the second order of the cell size.

    Args:
        stiffness: D, (m, m, *cells) [Pa].
        stress: D ε₀, (m, *cells); in plane strain the in-plane rows of the full product [Pa].
        slopes: its derivative within the cells (D held) along every axis, (m, dim, *cells), or none [Pa/m].
        spacing: cell size of each axis [m].
        periodic: one flag an axis.
    """
    force = internal_force(stress, spacing, periodic)
    if slopes is None:
        return force
    return force + bending_force(relaxed_slopes(stiffness, slopes, spacing), spacing, periodic)


def element_force(
    triangle: Array, bending: Array, displacement: Array, spacing: Sequence[float], periodic: Sequence[bool]
) -> Array:
    """Nodal forces K u of all cells, by two small matrix products a cell: short to compile.

    Args:
        triangle: D as a `packed_triangle` [Pa].
        bending: from `bending_stiffness` [Pa].
        displacement: (dim, *nodes) [m].
        spacing: cell size of each axis [m].
        periodic: one flag an axis.
    Returns:
        (dim, *nodes) [N in 3-D, N/m in 2-D].
    """
    dimensions = len(spacing)
    weights = corner_weights(spacing)
    rows = jnp.asarray(np.moveaxis(weights, 1, 0).reshape(weights.shape[1], -1))
    corners = lax.optimization_barrier(at_corners(displacement, periodic, range(dimensions)))
    cells = triangle.shape[1:]
    strain = (rows @ corners.reshape(rows.shape[1], -1)).reshape(-1, *cells)
    count = component_count(dimensions)
    stress = jnp.concatenate(
        [times_triangle(triangle, strain[:count]), bending_stress(bending, strain[count:])]
    )
    force = (math.prod(spacing) * rows.T) @ stress.reshape(len(rows), -1)
    force = force.reshape(*(2,) * dimensions, dimensions, *cells)
    return reduce(add, (to_node(force[c], c, periodic) for c in np.ndindex(*(2,) * dimensions)))


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


def carried(triangle: Array, periodic: Sequence[bool]) -> Array:
    """Sum over the cells of every node of the moduli that a displacement component strains: (dim, *nodes) [Pa].

    Zero where a node touches no stiffness in that component.
    """
    dimensions = len(periodic)
    places = triangle_places(component_count(dimensions))
    moduli = [triangle[places[axis][axis]] for axis in range(dimensions)]
    for shear, axes in enumerate(shear_axes(dimensions)):
        modulus = triangle[places[dimensions + shear][dimensions + shear]]
        for axis in axes:
            moduli[axis] = moduli[axis] + modulus
    sums = jnp.stack(moduli)
    for axis, wraps in enumerate(periodic):
        sums = node_sums(sums, sums, axis + 1, wraps)
    return sums
