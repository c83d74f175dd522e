"""What damage does to ionic conduction and to where metal may plate: three ways each, chosen by name.

Conduction across a crack, with the open share ``g = (1 - d)^2 + k`` and the crack normal n:

| way | conductivity |
|---|---|
| none | kappa |
| isotropic | g kappa (a crack also blocks along itself) |
| across | kappa (I - n n) + g kappa n n: only what crosses the crack is blocked |

A two-point network has one conductance a face and no off-diagonal part of the tensor. `across` therefore keeps the
*resistivity* along each axis a, ``rho_a = [(1 - n_a^2) + n_a^2/g]/kappa``, and adds the halves of the two cells of a face
in series. That is exact for cracks along the grid: blocked by g across, intact along. A crack at an angle stays
blocked at every angle (the diagonal of the *conductivity* tensor would let half of the current through at
45 degrees), at the price that the cells of an inclined crack do not conduct along it either: a loss in a band one
crack wide. Anything better needs off-diagonal fluxes and an operator that is no M-matrix.

Deposition sites, the area of crack faces per volume a_c [1/m]:

| way | a_c |
|---|---|
| none | 0 |
| surface | |grad d| (both faces, zero in the middle of the crack) |
| band | d^2/l S((d - d_c)/(1 - d_c)): one face a crack, 1 per unit of crack area before the gate S |

each times a mask of cells that electrons reach from the anode. Kind: derived; the tensor after mechanics of
damaged porous media, the band after the AT2 surface density.
"""

from __future__ import annotations

from typing import Literal, get_args

import jax.numpy as jnp
from jaxtyping import Array, Float

from dendrion.errors import InputError
from dendrion.field.strain_split import principal
from dendrion.numerics.operators import closed_faces, face_gradient, gradient, neighbours, take

ConductionWay = Literal["none", "isotropic", "across"]
"""Names of the ways in which a crack acts on conduction."""
DepositionWay = Literal["none", "surface", "band"]
"""Names of the ways in which a crack offers sites to metal."""

RESIDUAL_CONDUCTION = 1e-6
"""Share k of the conductivity that a broken cell keeps across it [dimensionless]: the potential stays unique."""
LEAST_CONTRAST = 1e-12
"""Squared slope of the damage times the squared length below which a crack has no normal [dimensionless]."""


def _known(name: str, value: str, names: tuple[str, ...]) -> None:
    if value not in names:
        raise InputError(f"unknown way of {name}", field=name, value=value, allowed=", ".join(names))


def open_share(
    damage: Float[Array, "*cells"], residual: float = RESIDUAL_CONDUCTION
) -> Float[Array, "*cells"]:
    """``g = (1 - d)^2 + k``, at most 1: the share of the conduction across a crack that is left [dimensionless]."""
    return jnp.minimum((1.0 - damage) ** 2 + residual, 1.0)


def _smoothed(field: Array, passes: int, periodic: tuple[bool, ...]) -> Array:
    """Binomial smoothing (1, 2, 1)/4 along every axis, mirrored at walls; n passes have the variance n/2 cells^2."""
    for _ in range(passes):
        for axis, wraps in enumerate(periodic):
            ends = (take(field, axis, -1, None), take(field, axis, 0, 1))
            lower, upper = ends if wraps else ends[::-1]
            ghosted = jnp.concatenate([lower, field, upper], axis)
            field = 0.25 * (take(ghosted, axis, 0, -2) + 2.0 * field + take(ghosted, axis, 2, None))
    return field


def crack_normal(
    damage: Float[Array, "*cells"],
    length: float | Array,
    spacing: tuple[float, ...],
    periodic: tuple[bool, ...],
    passes: int = 8,
) -> Float[Array, "dim ..."]:
    """Unit normal of a crack in every cell, (dim, *cells) [dimensionless]; its sign means nothing.

    The principal direction of the structure tensor ``grad d grad d``, smoothed over ``passes`` binomial passes so
    that both flanks speak for the middle, where the slope vanishes. Zero where the damage is flat. Ahead of a tip the
    slope points along the crack: do not use it there.

    Args: damage [dimensionless], l [m], cell sizes [m], periodic flags, smoothing passes [dimensionless].
    """
    dimensions = damage.ndim
    slopes = [length * slope for slope in gradient(damage, spacing, periodic)]
    pairs = ((0, 1),) if dimensions == 2 else ((1, 2), (0, 2), (0, 1))
    zero = jnp.zeros_like(damage)
    diagonal = [slopes[a] * slopes[a] if a < dimensions else zero for a in range(3)]
    mixed = [2.0**0.5 * slopes[p] * slopes[q] for p, q in pairs]
    tensor = jnp.stack([_smoothed(part, passes, periodic) for part in (*diagonal, *mixed)])
    values, vectors = principal(tensor)
    values = values[:dimensions]
    steepest = jnp.argmax(values, axis=0)
    chosen = jnp.take_along_axis(vectors, steepest[None, None], axis=1)[:dimensions, 0]
    return jnp.where(jnp.max(values, axis=0) > LEAST_CONTRAST, chosen, 0.0)


def axis_conductivities(
    conductivity: Float[Array, "*cells"],
    damage: Float[Array, "*cells"],
    normal: Float[Array, "dim ..."] | None,
    way: ConductionWay,
    residual: float = RESIDUAL_CONDUCTION,
) -> tuple[Float[Array, "*cells"], ...]:
    """Conductivity along each axis [S/m], for face conductances by harmonic means.

    Args:
        conductivity: kappa of the intact electrolyte [S/m].
        damage: d [dimensionless].
        normal: from `crack_normal`, needed by "across" [dimensionless].
        way: "none", "isotropic" or "across".
        residual: share k that stays [dimensionless].
    Raises:
        InputError: unknown way, or "across" without a normal.
    """
    _known("conduction", way, get_args(ConductionWay))
    dimensions = damage.ndim
    if way == "none":
        return (conductivity,) * dimensions
    share = open_share(damage, residual)
    if way == "isotropic":
        return (share * conductivity,) * dimensions
    if normal is None:
        raise InputError("conduction across a crack needs its normal", field="normal", value=None)
    squares = [normal[axis] ** 2 for axis in range(dimensions)]
    return tuple(conductivity / (1.0 - square + square / share) for square in squares)


def damaged_conductance(
    conductivity: Float[Array, "*cells"],
    damage: Float[Array, "*cells"],
    normal: Float[Array, "dim ..."] | None,
    way: ConductionWay,
    spacing: tuple[float, ...],
    periodic: tuple[bool, ...],
    residual: float = RESIDUAL_CONDUCTION,
) -> tuple[Array, ...]:
    """Face conductances ``kappa_face/h^2`` [S/m^3] of every axis for `dendrion.numerics.elliptic`.

    The two half cells of a face are in series. Arguments and errors as `axis_conductivities`, with the cell sizes [m].
    """
    faces = []
    for axis, along in enumerate(axis_conductivities(conductivity, damage, normal, way, residual)):
        lower, upper = neighbours(along, axis, periodic[axis])
        total = lower + upper
        mean = jnp.where(total > 0.0, 2.0 * lower * upper / jnp.where(total > 0.0, total, 1.0), 0.0)
        faces.append(mean / spacing[axis] ** 2)
    return tuple(faces)


def gate(damage: Float[Array, "*cells"], threshold: float) -> Float[Array, "*cells"]:
    """Smooth step ``S = s^2 (3 - 2 s)`` of ``s = (d - d_c)/(1 - d_c)``: 0 below the threshold d_c, 1 at d = 1."""
    share = jnp.clip((damage - threshold) / (1.0 - threshold), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


def deposition_area(
    damage: Float[Array, "*cells"],
    connected: Float[Array, "*cells"],
    way: DepositionWay,
    length: float,
    spacing: tuple[float, ...],
    periodic: tuple[bool, ...],
    threshold: float = 0.3,
) -> Float[Array, "*cells"]:
    """Area of crack faces per volume where metal may plate, a_c [1/m].

    Args:
        damage: d [dimensionless].
        connected: 1 where electrons arrive from the anode, else 0 [dimensionless].
        way: "none", "surface" or "band".
        length: l of the damage [m].
        spacing: cell sizes [m].
        periodic: one flag an axis.
        threshold: d_c of the band's gate; 0.2 to 0.5 keeps the dry tip short [dimensionless].
    Raises:
        InputError: unknown way.
    """
    _known("deposition", way, get_args(DepositionWay))
    if way == "none":
        return jnp.zeros_like(damage)
    if way == "band":
        return connected * damage**2 / length * gate(damage, threshold)
    squares = jnp.zeros_like(damage)
    for axis, step in enumerate(spacing):
        closed = closed_faces(
            jnp.abs(face_gradient(damage, axis, step, periodic[axis])), axis, periodic[axis]
        )
        squares += (0.5 * (take(closed, axis, 0, -1) + take(closed, axis, 1, None))) ** 2
    return connected * jnp.where(squares > 0.0, jnp.sqrt(jnp.where(squares > 0.0, squares, 1.0)), 0.0)
