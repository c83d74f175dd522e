"""Where in the damaged band the crack itself lies: the share of its plane in every cell.

A crack is one plane, smeared into a band of width l in which several rows of cells are damaged. Its faces, and the metal
between them, belong to the plane: metal in the rows beside it would be pressed into a second crack beside the first,
break that row too and make the crack wider and tougher the finer the grid is. Along axis a a row of cells is cut once,

    w_a = d^m / sum of d^m over the cells within reach along a,      a_c = sum over a of |n_a| w_a / h_a

and a_c is the area of the plane per volume: integrated over a band of any inclination it is the area of the plane,
exactly, because a plane of normal n cuts the rows along a once in every h^2/|n_a| of its area (2-D: h/|n_a| of its
length). Kind: derived.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

SHARPNESS = 2.0
"""Exponent m of the damage by which cells of a row compete for the plane, over the square of the reach (2 l/h)
[dimensionless]. Ahead of a tip damage is smooth, d_0 (1 - y^2/l^2) or so: whatever the grid, the second best cell then
has e^-8 of the weight or two equally broken ones share it. With a fixed m the plane would spread over the more rows the
finer the grid, and metal in it would press the less."""

SHARPEST = 500.0
"""Largest exponent m [dimensionless]: the weight of damage that lets metal in stays above ``NOTHING``."""

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


def _sum_within(values: Array, axis: int, reach: int, periodic: bool) -> Array:
    """Sum over the cells up to ``reach`` away along an axis."""
    reach = min(reach, (values.shape[axis] - 1) // 2)
    width = [(0, 0)] * values.ndim
    width[axis] = (reach, reach)
    wide = jnp.pad(values, width, mode="wrap" if periodic else "constant")
    window = tuple(2 * reach + 1 if a == axis else 1 for a in range(values.ndim))
    return lax.reduce_window(wide, 0.0, lax.add, window, (1,) * values.ndim, "VALID")
