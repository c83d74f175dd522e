"""Finite-volume differences on a uniform cell-centred grid, written with slices so that XLA vectorises them.

Face arrays of an axis hold one value a face. The *open* form leaves the walls out: ``n − 1`` faces along a
non-periodic axis of ``n`` cells, ``n`` along a periodic one (face ``i`` between cells ``i`` and ``i + 1``
mod ``n``). The *closed* form has all ``n + 1`` faces: face ``i`` is the lower face of cell ``i``; walls
hold zero and a periodic axis repeats its seam at both ends.
"""

from __future__ import annotations

from functools import reduce
from operator import add

import jax.numpy as jnp
from jax import Array, lax


def take(array: Array, axis: int, start: int | None, stop: int | None, step: int | None = None) -> Array:
    """``array[start:stop:step]`` along one axis (a plain slice, any units)."""
    index = [slice(None)] * array.ndim
    index[axis] = slice(start, stop, step)
    return array[tuple(index)]


def with_ghosts(values: Array, axis: int, periodic: bool) -> Array:
    """Append one ghost cell at both ends of an axis: wrapped if periodic, else zero (any units).

    A zero ghost stands behind a closed face, whose coefficient is zero, so its value never matters.
    """
    if periodic:
        ghosted = jnp.concatenate([take(values, axis, -1, None), values, take(values, axis, 0, 1)], axis)
    else:
        width = [(0, 0)] * values.ndim
        width[axis] = (1, 1)
        ghosted = jnp.pad(values, width)
    return lax.optimization_barrier(ghosted)


def closed_faces(faces: Array, axis: int, periodic: bool) -> Array:
    """Open to closed face array of one axis (any units)."""
    if periodic:
        return jnp.concatenate([take(faces, axis, -1, None), faces], axis)
    width = [(0, 0)] * faces.ndim
    width[axis] = (1, 1)
    return jnp.pad(faces, width)


def surrounded(values: Array, periodic: tuple[bool, ...]) -> Array:
    """Append one ghost cell at both ends of every axis: wrapped if periodic, else zero (any units).

    Kept as an array of its own: compiled code is shorter and faster than with the ghosts fused into its uses.
    """
    walls = tuple((0, 0) if wraps else (1, 1) for wraps in periodic)
    ghosted = jnp.pad(values, walls) if not all(periodic) else values
    for axis, wraps in enumerate(periodic):
        if wraps:
            ghosted = jnp.concatenate(
                [take(ghosted, axis, -1, None), ghosted, take(ghosted, axis, 0, 1)], axis
            )
    return lax.optimization_barrier(ghosted)


def apply_network(
    faces: tuple[Array, ...], diagonal: Array, values: Array, periodic: tuple[bool, ...]
) -> Array:
    """A x at cell P = Σ_axis Σ_faces T_face (x_P − x_N) + d_P x_P.

    Args:
        faces: closed transmissibilities, one array an axis [A/m³/V or any unit of A].
        diagonal: d ≥ 0, one value a cell [unit of A].
        values: x, one value a cell.
        periodic: one flag an axis.
    Returns:
        A x, one value a cell. Differences are taken before they are weighed: a constant x costs no round-off.
    """
    return apply_ghosted(faces, diagonal, surrounded(values, periodic))


def interior(ghosted: Array) -> Array:
    """The cells of an array without its ghosts (any units)."""
    return ghosted[(slice(1, -1),) * ghosted.ndim]


def apply_ghosted(faces: tuple[Array, ...], diagonal: Array, ghosted: Array) -> Array:
    """`apply_network` on values that `surrounded` has given ghosts."""
    inner = [slice(1, -1)] * ghosted.ndim
    centre = interior(ghosted)
    total = diagonal * centre
    for axis, coefficient in enumerate(faces):
        below, above = list(inner), list(inner)
        below[axis], above[axis] = slice(0, -2), slice(2, None)
        lower, upper = take(coefficient, axis, 0, -1), take(coefficient, axis, 1, None)
        total = total + lower * (centre - ghosted[tuple(below)]) + upper * (centre - ghosted[tuple(above)])
    return total


def neighbours(values: Array, axis: int, periodic: bool) -> tuple[Array, Array]:
    """Values of the lower and the upper cell of every open face along an axis."""
    if periodic:
        return values, jnp.concatenate([take(values, axis, 1, None), take(values, axis, 0, 1)], axis)
    return take(values, axis, 0, -1), take(values, axis, 1, None)


def face_gradient(values: Array, axis: int, spacing: Array | float, periodic: bool = False) -> Array:
    """(u_{i+1} − u_i)/h on the open faces of an axis, second order at the face [unit of u per m]."""
    lower, upper = neighbours(values, axis, periodic)
    return (upper - lower) / spacing


def face_arithmetic(values: Array, axis: int, periodic: bool = False) -> Array:
    """Arithmetic mean of the two cells of every open face (smooth coefficients) [unit of u]."""
    lower, upper = neighbours(values, axis, periodic)
    return 0.5 * (lower + upper)


def face_harmonic(values: Array, axis: int, periodic: bool = False) -> Array:
    """Harmonic mean 2ab/(a + b) of the two cells of every open face; zero where either is zero [unit of u].

    The flux through a jump that lies on the face is exact with it.
    """
    lower, upper = neighbours(values, axis, periodic)
    total = lower + upper
    return jnp.where(total > 0.0, 2.0 * lower * upper / jnp.where(total > 0.0, total, 1.0), 0.0)


def divergence(
    fluxes: tuple[Array, ...], spacing: tuple[Array | float, ...], periodic: tuple[bool, ...]
) -> Array:
    """Σ_axis (F_upper − F_lower)/h from open-face fluxes; nothing passes the walls [unit of F per m].

    The sum over all cells is zero to round-off. Wall fluxes are a source of the boundary cells.
    """
    parts = []
    for axis, flux in enumerate(fluxes):
        closed = closed_faces(flux, axis, periodic[axis])
        parts.append((take(closed, axis, 1, None) - take(closed, axis, 0, -1)) / spacing[axis])
    return reduce(add, parts)


def mirrored(values: Array, axis: int, periodic: bool = False) -> Array:
    """Append one ghost cell at both ends of an axis: wrapped if periodic, else a mirror image [unit of u]."""
    if periodic:
        return with_ghosts(values, axis, True)
    return jnp.concatenate([take(values, axis, 0, 1), values, take(values, axis, -1, None)], axis)


def gradient(
    values: Array, spacing: tuple[Array | float, ...], periodic: tuple[bool, ...]
) -> tuple[Array, ...]:
    """Central differences at cell centres, one array an axis; zero slope at walls [unit of u per m]."""
    components = []
    for axis, step in enumerate(spacing):
        ghosted = mirrored(values, axis, periodic[axis])
        components.append((take(ghosted, axis, 2, None) - take(ghosted, axis, 0, -2)) / (2.0 * step))
    return tuple(components)


def laplacian(values: Array, spacing: tuple[Array | float, ...], periodic: tuple[bool, ...]) -> Array:
    """Σ_axis (u_{i+1} − 2 u_i + u_{i−1})/h² with zero-flux walls [unit of u per m²]."""
    parts = []
    for axis, step in enumerate(spacing):
        ghosted = mirrored(values, axis, periodic[axis])
        parts.append((take(ghosted, axis, 2, None) - 2.0 * values + take(ghosted, axis, 0, -2)) / step**2)
    return reduce(add, parts)


def face_conductance(
    conductivity: Array,
    spacing: tuple[Array | float, ...],
    periodic: tuple[bool, ...],
    mean: str = "harmonic",
) -> tuple[Array, ...]:
    """Transmissibilities σ_face/h² of every axis for `dendrion.numerics.elliptic`.

    Args:
        conductivity: σ ≥ 0, one value a cell [any unit; the result is that per m²].
        spacing: cell size of each axis [m].
        periodic: one flag an axis.
        mean: "harmonic" (jumps) or "arithmetic" (smooth σ).
    """
    average = {"harmonic": face_harmonic, "arithmetic": face_arithmetic}[mean]
    return tuple(average(conductivity, axis, periodic[axis]) / step**2 for axis, step in enumerate(spacing))
