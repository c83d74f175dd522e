"""Linear elasticity on a voxel grid: K u = f with a full tangent in every cell, in two or three dimensions.

The element is that of `voxel_element`; conjugate gradients (`krylov`) are preconditioned by multigrid. Any degree of
freedom may be prescribed: its value is that of the guess. Walls without prescribed values are free of traction unless
a force acts there (`wall_traction`). Periodic axes hold the mean strain along them at zero: full confinement; an
imposed mean strain ε̄ enters as the load −internal_force(D ε̄).

A node that only touches cells without stiffness keeps its guess. If no degree of freedom of a component is prescribed
the body floats along it: the force is projected to zero sum over the nodes that carry stiffness, and their mean
displacement is that of the guess. A body that is free to *rotate* needs a balanced load, and its rotation is then the
solver's: better prescribe dim(dim + 1)/2 degrees of freedom.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import jax
import jax.numpy as jnp
from jax import Array, lax

from dendrion.errors import InputError
from dendrion.numerics.elastic_multigrid import (
    ElasticLevel,
    apply_operator,
    build_levels,
    make_level,
    v_cycle,
)
from dendrion.numerics.elastic_slabs import Voxels, joined_slabs
from dendrion.numerics.elastic_stencil import (
    assemble_stencil,
    element_matrices,
    masked_elements,
)
from dendrion.numerics.elliptic import ROUND_OFF, SolveInfo
from dendrion.numerics.krylov import conjugate_gradients
from dendrion.numerics.voxel_element import (
    bending_force,
    bending_strain,
    cell_strain,
    component_count,
    internal_force,
    node_shape,
    wall_force,
)
from dendrion.numerics.voxel_stiffness import (
    bending_stiffness,
    bending_stress,
    carried,
    cell_energy,
    check_stiffness,
    eigenstress_force,
    element_force,
    packed_triangle,
)

__all__ = [
    "ElasticHierarchy",
    "SolveInfo",
    "apply_elastic",
    "bending_force",
    "bending_stiffness",
    "bending_strain",
    "bending_stress",
    "build_elastic",
    "cell_energy",
    "cell_strain",
    "component_count",
    "eigenstress_force",
    "internal_force",
    "node_shape",
    "precondition_elastic",
    "solve_elastic",
    "wall_traction",
    "with_stiffness",
]

SMALLEST_MODULUS = 1e-18
"""Share of the largest modulus below which a node counts as touching nothing [dimensionless]."""


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["triangle", "bending", "free", "levels", "inverse", "modulus", "scale", "mean"],
    meta_fields=["periodic", "spacing"],
)
@dataclass(frozen=True)
class ElasticHierarchy:
    """The elastic operator with moduli relative to ``modulus`` [Pa] and sizes relative to the smallest cell size.

    K is ``scale`` [Pa mᵈ⁻²] times that operator.

    ``free`` is 1 where the displacement is sought, 0 where it is prescribed or the node touches no stiffness;
    ``mean`` are the weights of the mean displacement that a floating body projects out, else zero.
    """

    triangle: Array
    bending: Array
    free: Array
    levels: tuple[ElasticLevel, ...]
    inverse: Array
    modulus: Array
    scale: Array
    mean: Array
    periodic: tuple[bool, ...]
    spacing: tuple[float, ...]


def build_elastic(
    stiffness: Array, fixed: Array, periodic: Sequence[bool], spacing: Sequence[float]
) -> ElasticHierarchy:
    """Operator and preconditioner for a stiffness and a set of prescribed degrees of freedom.

    Args:
        stiffness: Mandel tangent of every cell, (3, 3, nx, ny) or (6, 6, nx, ny, nz), symmetric positive
            semi-definite [Pa].
        fixed: (dim, *nodes), true where the displacement is prescribed.
        periodic: one flag an axis.
        spacing: cell size of each axis [m].
    Raises:
        InputError: shapes do not fit.
    """
    periodic = tuple(bool(flag) for flag in periodic)
    stiffness, fixed = jnp.asarray(stiffness), jnp.asarray(fixed)
    check_stiffness(stiffness, periodic)
    wanted = (len(periodic), *node_shape(stiffness.shape[2:], periodic))
    if fixed.shape != wanted or len(spacing) != len(periodic):
        raise InputError(
            "one flag a degree of freedom and one cell size an axis are needed",
            field="fixed",
            value=f"shape {fixed.shape}, {len(spacing)} cell sizes",
            allowed=f"shape {wanted}, {len(periodic)} cell sizes",
        )
    smallest = min(float(size) for size in spacing)
    relative = tuple(float(size) / smallest for size in spacing)
    largest = jnp.max(jnp.abs(stiffness))
    largest = jnp.where(largest > 0.0, largest, 1.0)
    triangle = lax.optimization_barrier(packed_triangle(stiffness) / largest)
    bending = bending_stiffness(stiffness / largest)
    dimensions = len(periodic)
    touched = carried(triangle, periodic) > SMALLEST_MODULUS
    free = jnp.where(touched & ~fixed, 1.0, 0.0).astype(triangle.dtype)
    floats = ~jnp.any(fixed, axis=tuple(range(1, dimensions + 1)), keepdims=True)
    mean = jnp.where(
        floats, free / jnp.maximum(jnp.sum(free, axis=tuple(range(1, free.ndim)), keepdims=True), 1.0), 0.0
    )
    scale = largest * smallest ** (dimensions - 2)
    levels, inverse = build_levels(triangle, bending, free, periodic, relative)
    return ElasticHierarchy(
        triangle, bending, free, levels, inverse, largest, scale, mean, periodic, relative
    )


def with_stiffness(hierarchy: ElasticHierarchy, stiffness: Array) -> ElasticHierarchy:
    """The same grid and supports with another stiffness, at a fraction of the cost of `build_elastic`.

    The operator is exact; the coarse grids, which only precondition, keep the old stiffness. Meant for a pass that
    changes few cells (staggered damage) or all of them a little. Nodes that touched no stiffness stay out.

    Args:
        hierarchy: from `build_elastic`.
        stiffness: new tangent, the shape of the old [Pa].
    """
    scaled = jnp.asarray(stiffness) / hierarchy.modulus
    triangle = lax.optimization_barrier(packed_triangle(scaled))
    bending = bending_stiffness(scaled)
    old = hierarchy.levels[0]
    if isinstance(old.operator, Voxels):
        operator: Array | Voxels = replace(old.operator, triangle=triangle, bending=bending)
        blocks = joined_slabs(triangle, bending, hierarchy.free, (), hierarchy.periodic, hierarchy.spacing)[1]
    else:
        elements = element_matrices(triangle, bending, hierarchy.spacing)
        operator = assemble_stencil(
            masked_elements(elements, hierarchy.free, hierarchy.periodic), hierarchy.periodic
        )
        blocks = operator[operator.shape[0] // 2]
    finest = make_level(operator, blocks, old.largest, old.transfers, hierarchy.periodic)
    return replace(hierarchy, triangle=triangle, bending=bending, levels=(finest, *hierarchy.levels[1:]))


def _operator(hierarchy: ElasticHierarchy, displacement: Array) -> Array:
    return element_force(
        hierarchy.triangle, hierarchy.bending, displacement, hierarchy.spacing, hierarchy.periodic
    )


def apply_elastic(hierarchy: ElasticHierarchy, displacement: Array) -> Array:
    """Nodal forces K u, (dim, *nodes) [N in 3-D, N/m in 2-D].

    At a prescribed degree of freedom K u minus the load there is the force of the support.
    """
    return hierarchy.scale * _operator(hierarchy, displacement)


def precondition_elastic(hierarchy: ElasticHierarchy, residual: Array) -> Array:
    """One multigrid V-cycle: a symmetric approximation of (K/scale)⁻¹ r, zero where not free."""
    correction = v_cycle(hierarchy.levels, hierarchy.inverse, _without_drift(hierarchy, residual))
    return _without_drift(hierarchy, correction)


def _floating_mean(hierarchy: ElasticHierarchy, values: Array) -> Array:
    axes = tuple(range(1, values.ndim))
    return jnp.sum(hierarchy.mean * values, axis=axes, keepdims=True)


def _without_drift(hierarchy: ElasticHierarchy, values: Array) -> Array:
    """The free part of a field, without its mean in the components along which the body floats."""
    return hierarchy.free * (values - _floating_mean(hierarchy, values))


def solve_elastic(
    hierarchy: ElasticHierarchy,
    force: Array,
    guess: Array,
    tolerance: float | Array,
    maximum_iterations: int | Array,
) -> tuple[Array, SolveInfo]:
    """Solve K u = f by preconditioned conjugate gradients.

    Args:
        hierarchy: from `build_elastic`.
        force: nodal loads, (dim, *nodes); those at prescribed degrees of freedom do nothing [N or N/m].
        guess: first displacement, (dim, *nodes), with the prescribed values in place [m].
        tolerance: stop when ‖f − K u‖₂ over the free degrees of freedom is ≤ tolerance times ‖f − K u_p‖₂, u_p the
            prescribed values alone [dimensionless].
        maximum_iterations: stop there at the latest [dimensionless].
    Returns:
        (u, SolveInfo); the caller checks ``info.converged``.
    """
    free = hierarchy.free

    def operator(values: Array) -> Array:
        finest = hierarchy.levels[0]
        return apply_operator(finest.operator, values, finest.periodic)

    prescribed = (1.0 - free) * guess
    target = force / hierarchy.scale - _operator(hierarchy, prescribed)
    target = lax.optimization_barrier(_without_drift(hierarchy, target))
    squared = jnp.vdot(target, target)
    start = jnp.where(squared > 0.0, free * guess, 0.0)
    solution, iterations = conjugate_gradients(
        operator,
        lambda residual: precondition_elastic(hierarchy, residual),
        target,
        start,
        threshold=tolerance**2 * squared,
        maximum_iterations=maximum_iterations,
    )
    residual = target - operator(solution)
    unit = jnp.where(squared > 0.0, squared, 1.0)
    relative = jnp.sqrt(jnp.vdot(residual, residual) / unit)
    round_off = ROUND_OFF * jnp.sqrt(jnp.vdot(solution, solution) / unit)
    drift = _floating_mean(hierarchy, solution - guess)
    solution = jnp.where(free > 0.0, solution - drift, guess)
    return solution, SolveInfo(iterations, relative, relative <= jnp.maximum(1.5 * tolerance, round_off))


def wall_traction(
    traction: Array,
    axis: int,
    upper: bool,
    cells: Sequence[int],
    periodic: Sequence[bool],
    spacing: Sequence[float],
) -> Array:
    """Nodal forces of a traction on one wall, zero elsewhere: (dim, *nodes) [N in 3-D, N/m in 2-D].

    Args:
        traction: force per area of every wall face, (dim,) if uniform or (dim, *faces) with the wall's own axis left
            out [Pa]. A stack pressure p on the upper wall of axis 0 is (−p, 0).
        axis: of the wall's normal.
        upper: the wall at the upper end of the axis, else that at zero.
        cells: along each axis.
        periodic: one flag an axis.
        spacing: cell size of each axis [m].
    Raises:
        InputError: the axis is periodic and has no wall.
    """
    if periodic[axis]:
        raise InputError(
            "a periodic axis has no wall", field="axis", value=axis, allowed="an axis that is not periodic"
        )
    faces = tuple(n for a, n in enumerate(cells) if a != axis)
    traction = jnp.asarray(traction, float)
    if traction.ndim == 1:
        traction = traction.reshape(-1, *(1,) * len(faces))
    traction = jnp.broadcast_to(traction, (len(cells), *faces))
    area = math.prod(size for a, size in enumerate(spacing) if a != axis)
    others = tuple(flag for a, flag in enumerate(periodic) if a != axis)
    on_wall = area * wall_force(traction, others)
    nodes = node_shape(cells, periodic)
    widths = [(0, 0)] * (len(cells) + 1)
    widths[axis + 1] = (nodes[axis] - 1, 0) if upper else (0, nodes[axis] - 1)
    return jnp.pad(jnp.expand_dims(on_wall, axis + 1), widths)
