"""Where in the damaged band the faces of a crack lie: three densities of its plane, each of one plane across a band.

A crack is one plane, smeared into a band of width l in which several rows of cells are damaged. Its faces, and the metal
between them, belong to the plane: metal in the rows beside it would be pressed into a second crack beside the first,
break that row too and make the crack wider and tougher the finer the grid is. Along axis a a row of cells is cut once,

    w_a = d^m / sum of d^m over the cells within reach along a,      a_c = sum over a of |n_a| w_a / h_a

and a_c is the area of the plane per volume: integrated over a band of any inclination it is the area of the plane,
exactly, because a plane of normal n cuts the rows along a once in every h^2/|n_a| of its area (2-D: h/|n_a| of its
length). Kind: derived, here `plane_density`.

The published ways give the whole band faces, in proportion to the density of the crack's surface or to the slope:

    a_c = w(d)/(2 c_w l)          AT2: d^2/l,  AT1: 3 d/(4 l)           `band_density`
    a_c = |grad d|/2              up one flank and down the other       `slope_density`

The first integrates to one across the profile of a crack because the two halves of its surface density,
(w/l + l d'^2)/(4 c_w), are equal everywhere on it and integrate to one together. Kind: published for AT2 and for the slope
(as the regularised surface and as its normal's length: Bourdin et al. 2000, 10.1016/S0022-5096(99)00028-9; the use as a
place of plating after the mechanics dossier 7.3), derived for AT1.
"""

from __future__ import annotations

from typing import Literal

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from dendrion.field.damage import DamageModelName
from dendrion.numerics.operators import take

DepositionWay = Literal["plane", "band", "slope"]
"""Names of the ways in which the faces of a crack lie in its band."""

SHARPNESS = 2.0
"""Exponent m of the damage by which cells of a row compete for the plane, over the square of the reach (2 l/h)
[dimensionless]. Ahead of a tip damage is smooth, d_0 (1 - y^2/l^2) or so: whatever the grid, the second best cell then
has e^-8 of the weight or two equally broken ones share it. With a fixed m the plane would spread over the more rows the
finer the grid, and metal in it would press the less."""

SHARPEST = 500.0
"""Largest exponent m [dimensionless]: the weight of damage that lets metal in stays above ``NOTHING``."""

SHORT_OF_FACE = 0.13
"""How far behind the face of the last broken cell of a row the damage of cells has the edge of the crack [cells]: 0.13 at l =
2 h, 0.14 at 4 h and 0.145 at 8 h by the first cell ahead, 0.09 to 0.13 by the next ones."""

FAINT = 1e-6
"""Damage that is not read at a face [dimensionless]: far from any crack."""

NOTHING = 1e-290
"""Sum of weights below which there is no crack [dimensionless]."""


def plane_density(
    damage: Float[Array, "*cells"],
    normal: Float[Array, "dim ..."],
    reach: int,
    spacing: tuple[float, ...],
    periodic: tuple[bool, ...],
) -> Float[Array, "*cells"]:
    """Area of the crack plane per volume, a_c [1/m].

    Args: damage d [dimensionless], unit normals [dimensionless], cells on either side that belong to the same band
    [cells], cell sizes [m], periodic flags.
    """
    weight = jnp.clip(damage, 0.0, 1.0) ** min(SHARPNESS * reach**2, SHARPEST)
    density = jnp.zeros_like(damage)
    for axis, size in enumerate(spacing):
        band = _sum_within(weight, axis, reach, periodic[axis])
        density = density + jnp.abs(normal[axis]) * weight / jnp.where(band > NOTHING, band, 1.0) / size
    return density


def band_density(
    damage: Float[Array, "*cells"], length: float | Array, model: DamageModelName
) -> Float[Array, "*cells"]:
    """w(d)/(2 c_w l) [1/m]: one plane, spread over its band as its energy is.

    Args: damage d [dimensionless], length l of the method [m], "at1" or "at2".
    """
    damage = jnp.clip(damage, 0.0, 1.0)
    return damage**2 / length if model == "at2" else 0.75 * damage / length


def slope_density(
    damage: Float[Array, "*cells"], spacing: tuple[float, ...], periodic: tuple[bool, ...]
) -> Float[Array, "*cells"]:
    """|grad d|/2 [1/m] by the mean of the slopes' sizes on both sides of a cell, so that a crack one row wide counts whole.

    Along a row across a crack the sum is that of all rises and falls, exactly: central differences would leave the middle
    out, where the slope changes its sign. Args: damage d [dimensionless], cell sizes [m], periodic flags.
    """
    squares = jnp.zeros_like(damage)
    for axis, size in enumerate(spacing):
        width = [(1, 1) if a == axis else (0, 0) for a in range(damage.ndim)]
        wide = jnp.pad(damage, width, mode="wrap" if periodic[axis] else "edge")
        steps = jnp.abs(take(wide, axis, 1, None) - take(wide, axis, 0, -1))
        mean = (take(steps, axis, 0, -1) + take(steps, axis, 1, None)) / (2.0 * size)
        squares = squares + mean**2
    return 0.5 * jnp.sqrt(squares)


def damage_to_the_face(
    damage: Float[Array, "*cells"], length: float | Array, spacing: tuple[float, ...]
) -> Float[Array, "*cells"]:
    """Damage of a crack that ends at the face of its last broken cell, where its length ends as well [dimensionless].

    Ahead of the edge of a broken half-plane AT2's damage at rest is, r ahead of the edge,

        d = erfc(sqrt(r/l)),        the solution of d = l^2 div grad d with d = 1 on the half-plane

    (Sommerfeld's half-plane for the screened Laplacian). On cells it is that of an edge ``SHORT_OF_FACE`` behind the face;
    taken as it is, a coarse grid would leave a longer dry tip. AT1 is read by the same rule, which is not its own. Kind: derived.

    Args: damage d [dimensionless], length l of the method [m], cell sizes [m], of which the largest counts.
    """
    root = lax.erf_inv(1.0 - jnp.clip(damage, FAINT, 1.0))
    nearer = root**2 - SHORT_OF_FACE * max(spacing) / length
    return jnp.where(damage > FAINT, lax.erfc(jnp.sqrt(jnp.maximum(nearer, 0.0))), damage)


def _sum_within(values: Array, axis: int, reach: int, periodic: bool) -> Array:
    """Sum over the cells up to ``reach`` away along an axis."""
    reach = min(reach, (values.shape[axis] - 1) // 2)
    width = [(0, 0)] * values.ndim
    width[axis] = (reach, reach)
    wide = jnp.pad(values, width, mode="wrap" if periodic else "constant")
    window = tuple(2 * reach + 1 if a == axis else 1 for a in range(values.ndim))
    return lax.reduce_window(wide, 0.0, lax.add, window, (1,) * values.ndim, "VALID")
