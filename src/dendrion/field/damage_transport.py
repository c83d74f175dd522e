"""What damage does to ionic conduction: three ways, chosen by name.

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

Where metal may plate in a crack is in `crack_plane` and `filling`. Kind: derived; the tensor after mechanics of damaged
porous media.
"""

from __future__ import annotations

from typing import Literal, get_args

import jax.numpy as jnp
from jaxtyping import Array, Float

from dendrion.errors import InputError
from dendrion.field.strain_split import principal
from dendrion.numerics.operators import gradient, neighbours, take

ConductionWay = Literal["none", "isotropic", "across"]
"""Names of the ways in which a crack acts on conduction."""

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
