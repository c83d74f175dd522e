"""Finite-volume differences on a uniform cell-centred grid, written with slices so that XLA vectorises them.

Face arrays of an axis hold one value a face. The *open* form leaves the walls out: ``n − 1`` faces along a
non-periodic axis of ``n`` cells, ``n`` along a periodic one (face ``i`` between cells ``i`` and ``i + 1``
mod ``n``). The *closed* form has all ``n + 1`` faces: face ``i`` is the lower face of cell ``i``; walls
hold zero and a periodic axis repeats its seam at both ends.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array


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
        return jnp.concatenate([take(values, axis, -1, None), values, take(values, axis, 0, 1)], axis)
    width = [(0, 0)] * values.ndim
    width[axis] = (1, 1)
    return jnp.pad(values, width)


def closed_faces(faces: Array, axis: int, periodic: bool) -> Array:
    """Open to closed face array of one axis (any units)."""
    if periodic:
        return jnp.concatenate([take(faces, axis, -1, None), faces], axis)
    width = [(0, 0)] * faces.ndim
    width[axis] = (1, 1)
    return jnp.pad(faces, width)


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
        A x, one value a cell. Differences are taken before they are weighed, so a constant x costs no
        round-off.
    """
    total = diagonal * values
    for axis, coefficient in enumerate(faces):
        ghosted = with_ghosts(values, axis, periodic[axis])
        lower, upper = take(coefficient, axis, 0, -1), take(coefficient, axis, 1, None)
        total = total + lower * (values - take(ghosted, axis, 0, -2))
        total = total + upper * (values - take(ghosted, axis, 2, None))
    return total
