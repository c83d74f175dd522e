"""The eight-node (four-node in 2-D) voxel of linear elasticity: mean strain, bending modes and nodal forces.

A displacement that is linear along every axis of a box has, besides the rigid motions, one mean strain and a few
*bending modes*: strain that varies linearly across the cell. The energy per volume of a cell is

    ½ εᵀ D ε  +  ½ Σ_n κ_nᵀ E_n κ_n  +  ½ Σ_t Y_t τ_t²

with the mean strain ε, the tangent D, and for every axis n the in-plane part κ_n of the strain's slope along n times
n's extent/√12 (the root mean square of a linear function over the cell). E_n is D with the strain components that
touch n relaxed to zero stress, the plane-stress stiffness of a plate with normal n, and Y_t is D relaxed to a
uniaxial stress along t. In 3-D τ_t is the part that varies along both axes across t; in 2-D κ_n is one number. This is
the element of Wilson's incompatible modes on a box (Taylor, Beresford and Wilson 1976, DOI
10.1002/nme.1620100602), eliminated in closed form: exact in pure bending, and free of both shear and volumetric
locking, because a nearly incompressible D is not so once relaxed. Where a cell is cracked across n, Y_n follows the
stiffness of the crack and not that of the intact directions.

Strain and stress are Mandel vectors (shear times √2): (xx, yy, √2 xy) or (xx, yy, zz, √2 yz, √2 xz, √2 xy).
Displacements and forces are (dim, *nodes), with n + 1 nodes along a walled axis of n cells and n along a periodic one
(node i is the lower corner of cell i); strains and stresses are (m, *cells).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import jax.numpy as jnp
from jax import Array

from dendrion.numerics.operators import take

RMS_OF_LINEAR = 1.0 / math.sqrt(12.0)
"""Root mean square of a linear function over a cell of unit size and slope [dimensionless]."""

_HALF = math.sqrt(0.5)

Flags = tuple[bool, ...]
Components = dict[Flags, Array]


def shear_axes(dimensions: int) -> tuple[tuple[int, int], ...]:
    """The two axes of every shear component in Mandel order (static)."""
    return ((0, 1),) if dimensions == 2 else ((1, 2), (0, 2), (0, 1))


def component_count(dimensions: int) -> int:
    """Length m of a Mandel vector: 3 in 2-D, 6 in 3-D [dimensionless]."""
    return dimensions + len(shear_axes(dimensions))


def node_shape(cells: Sequence[int], periodic: Sequence[bool]) -> tuple[int, ...]:
    """Nodes along each axis: one more than cells, but for a periodic axis [dimensionless]."""
    return tuple(n if wraps else n + 1 for n, wraps in zip(cells, periodic, strict=True))


def cell_shape(nodes: Sequence[int], periodic: Sequence[bool]) -> tuple[int, ...]:
    """Cells along each axis of a node array [dimensionless]."""
    return tuple(n if wraps else n - 1 for n, wraps in zip(nodes, periodic, strict=True))


def ends(values: Array, axis: int, periodic: bool) -> tuple[Array, Array]:
    """Node values at the lower and the upper end of every cell along one axis."""
    if periodic:
        return values, jnp.concatenate([take(values, axis, 1, None), take(values, axis, 0, 1)], axis)
    return take(values, axis, 0, -1), take(values, axis, 1, None)


def node_sums(lower: Array, upper: Array, axis: int, periodic: bool) -> Array:
    """Transpose of `ends`: what cells give to the node at their lower and at their upper end, summed by node."""
    if periodic:
        return lower + jnp.concatenate([take(upper, axis, -1, None), take(upper, axis, 0, -1)], axis)
    below, above = [(0, 0)] * lower.ndim, [(0, 0)] * lower.ndim
    below[axis], above[axis] = (0, 1), (1, 0)
    return jnp.pad(lower, below) + jnp.pad(upper, above)


def _differences(
    values: Array, wanted: Sequence[Flags], spacing: Sequence[float], periodic: Sequence[bool]
) -> Components:
    """Means of a node field over every cell, differentiated once along the flagged axes [unit/mⁿ]."""
    parts: Components = {(): values}
    for axis, size in enumerate(spacing):
        after: Components = {}
        for flags, part in parts.items():
            lower, upper = ends(part, axis, periodic[axis])
            for flag in (False, True):
                if any(want[: axis + 1] == (*flags, flag) for want in wanted):
                    after[(*flags, flag)] = (upper - lower) / size if flag else 0.5 * (lower + upper)
        parts = after
    return parts


def _differences_transposed(parts: Components, spacing: Sequence[float], periodic: Sequence[bool]) -> Array:
    """Transpose of `_differences`."""
    for axis in reversed(range(len(spacing))):
        stems = dict.fromkeys(flags[:-1] for flags in parts)
        after: Components = {}
        for stem in stems:
            lower: Array | float = 0.0
            upper: Array | float = 0.0
            if (*stem, False) in parts:
                mean = 0.5 * parts[(*stem, False)]
                lower, upper = lower + mean, upper + mean
            if (*stem, True) in parts:
                slope = parts[(*stem, True)] / spacing[axis]
                lower, upper = lower - slope, upper + slope
            after[stem] = node_sums(jnp.asarray(lower), jnp.asarray(upper), axis, periodic[axis])
        parts = after
    return parts[()]


def _flags(dimensions: int, *axes: int) -> Flags:
    return tuple(axis in axes for axis in range(dimensions))


Term = tuple[int, Flags, float]
"""One displacement component, the axes it is differentiated along, and its weight."""


def strain_terms(dimensions: int) -> list[list[Term]]:
    """The mean strain as sums of differentiated displacements, one list a Mandel component (static)."""
    normal = [[(axis, _flags(dimensions, axis), 1.0)] for axis in range(dimensions)]
    shear = [
        [(a, _flags(dimensions, b), _HALF), (b, _flags(dimensions, a), _HALF)]
        for a, b in shear_axes(dimensions)
    ]
    return normal + shear


def bending_terms(spacing: Sequence[float]) -> list[list[Term]]:
    """The bending modes as sums of differentiated displacements (static) [1].

    In 2-D (∂_y ε_xx, ∂_x ε_yy); in 3-D for n = x, y, z the slopes along n of (ε_tt, ε_oo, √2 ε_to), t < o, and then
    the three modes (∂_y ∂_z ε_xx, …). Each is weighted with the extent/√12 of the axes that it varies along.
    """
    dimensions = len(spacing)
    if dimensions == 2:
        return [[(axis, (True, True), RMS_OF_LINEAR * spacing[1 - axis])] for axis in range(2)]
    modes: list[list[Term]] = []
    for n in range(3):
        t, o = (axis for axis in range(3) if axis != n)
        weight = RMS_OF_LINEAR * spacing[n]
        modes += [
            [(t, _flags(3, n, t), weight)],
            [(o, _flags(3, n, o), weight)],
            [(t, _flags(3, n, o), weight * _HALF), (o, _flags(3, n, t), weight * _HALF)],
        ]
    for axis in range(3):
        across = math.prod(spacing) / spacing[axis]
        modes.append([(axis, (True,) * 3, RMS_OF_LINEAR**2 * across)])
    return modes


def evaluate_modes(
    terms: list[list[Term]], displacement: Array, spacing: Sequence[float], periodic: Sequence[bool]
) -> Array:
    wanted: dict[int, list[Flags]] = {}
    for mode in terms:
        for component, flags, _ in mode:
            wanted.setdefault(component, []).append(flags)
    parts = {
        component: _differences(displacement[component], flags, spacing, periodic)
        for component, flags in wanted.items()
    }
    return jnp.stack(
        [sum(weight * parts[component][flags] for component, flags, weight in mode) for mode in terms]
    )


def gather_modes(
    terms: list[list[Term]], values: Array, spacing: Sequence[float], periodic: Sequence[bool]
) -> Array:
    """Transpose of `evaluate_modes` times the cell volume."""
    dimensions = len(spacing)
    volume = math.prod(spacing)
    parts: list[Components] = [{} for _ in range(dimensions)]
    for mode, value in zip(terms, values, strict=True):
        for component, flags, weight in mode:
            part = (volume * weight) * value
            parts[component][flags] = parts[component][flags] + part if flags in parts[component] else part
    return jnp.stack([_differences_transposed(part, spacing, periodic) for part in parts])


def cell_strain(displacement: Array, spacing: Sequence[float], periodic: Sequence[bool]) -> Array:
    """Mean strain of every cell as a Mandel vector, shape (m, *cells) [1].

    Args:
        displacement: (dim, *nodes) [m].
        spacing: cell size of each axis [m].
        periodic: one flag an axis.
    """
    return evaluate_modes(strain_terms(len(spacing)), displacement, spacing, periodic)


def bending_strain(displacement: Array, spacing: Sequence[float], periodic: Sequence[bool]) -> Array:
    """Root-mean-square strain of every bending mode, shape (2, nx, ny) or (12, nx, ny, nz) [1].

    2-D: (ε_xx varying along y, ε_yy varying along x). 3-D: for n = x, y, z the three in-plane components that vary
    along n, then ε_xx, ε_yy and ε_zz varying along both axes across.
    """
    return evaluate_modes(bending_terms(spacing), displacement, spacing, periodic)


def internal_force(stress: Array, spacing: Sequence[float], periodic: Sequence[bool]) -> Array:
    """Nodal forces ∫Bᵀσ dV of a stress that is constant in every cell: the transpose of `cell_strain`.

    Args:
        stress: Mandel vector, (m, *cells) [Pa].
        spacing: cell size of each axis [m].
        periodic: one flag an axis.
    Returns:
        (dim, *nodes) [N in 3-D, N/m in 2-D]. An eigenstrain ε₀ loads a body with internal_force(D ε₀).
    """
    return gather_modes(strain_terms(len(spacing)), stress, spacing, periodic)


def bending_force(stress: Array, spacing: Sequence[float], periodic: Sequence[bool]) -> Array:
    """Nodal forces of root-mean-square stresses of the bending modes: the transpose of `bending_strain`.

    Args:
        stress: (2, *cells) or (12, *cells) [Pa].
        spacing: cell size of each axis [m].
        periodic: one flag an axis.
    Returns:
        (dim, *nodes) [N in 3-D, N/m in 2-D].
    """
    return gather_modes(bending_terms(spacing), stress, spacing, periodic)


def at_corners(values: Array, periodic: Sequence[bool], axes: Sequence[int]) -> Array:
    """Node values at the two ends of every cell along some axes: (dim, *nodes) to (2, …, 2, dim, *cells).

    Axes that are not listed stay as they are and get no corner axis.
    """
    for axis in reversed(axes):
        position = values.ndim - len(periodic) + axis
        values = jnp.stack(ends(values, position, periodic[axis]))
    return values


def to_node(values: Array, corner: Sequence[int], periodic: Sequence[bool]) -> Array:
    """Cell values moved to the node at one corner of the cell, zero where a node has no such cell."""
    lead = values.ndim - len(periodic)
    for axis, (end, wraps) in enumerate(zip(corner, periodic, strict=True)):
        position = lead + axis
        if not wraps:
            widths = [(0, 0)] * values.ndim
            widths[position] = (1, 0) if end else (0, 1)
            values = jnp.pad(values, widths)
        elif end:
            values = jnp.concatenate(
                [take(values, position, -1, None), take(values, position, 0, -1)], position
            )
    return values


def wall_force(traction: Array, periodic: Sequence[bool]) -> Array:
    """Shares of face values at the nodes of a wall: every face gives 1/2ᵈ to each of its corners."""
    force = traction
    for axis in range(len(periodic)):
        force = node_sums(0.5 * force, 0.5 * force, axis + 1, periodic[axis])
    return force
