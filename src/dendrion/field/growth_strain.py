"""What deposition does to the shape of the metal: a stretch along the normal of the front, not a swelling.

    d(e*)/dt = 2 (V_M i_n / F) a n (x) n     in the metal's part of every cell

n is the normal out of the metal, a the area density of the front [1/m]. Half of a lies on the metal's side, hence the
2: what is pushed away moves by V_M i_n dt/F. The stretch is the metal's alone, where its misfit can flow away. An
isotropic swelling of as much volume would press laterally against the electrolyte with gigapascals.
Kind: published as an equation (directional deposition strain); its place on the metal's side is derived here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import jax.numpy as jnp
from jaxtyping import Array, Float

from dendrion.constants import FARADAY

TAIL = 1e-9
"""Order parameter at which the logarithmic profile is cut off [dimensionless]."""


def normal_dyad(normals: Sequence[Array]) -> Array:
    """n (x) n in Mandel notation, (4, *cells) in the plane or (6, *cells), from the components of n [dimensionless].

    Its product with a stress is n.sigma.n.
    """
    root = math.sqrt(2.0)
    if len(normals) == 2:
        x, y = normals
        return jnp.stack([x * x, y * y, jnp.zeros_like(x), root * x * y])
    x, y, z = normals
    return jnp.stack([x * x, y * y, z * z, root * y * z, root * x * z, root * x * y])


def front_distance(order_parameter: Float[Array, "*cells"], width: Array) -> Array:
    """Distance from the front [m], positive in the electrolyte: (w/2) ln[(1 - xi)/xi] with the interface width w [m],
    exact on the front's own profile and cut off ten widths away."""
    clipped = jnp.clip(order_parameter, TAIL, 1.0 - TAIL)
    return 0.5 * width * jnp.log((1.0 - clipped) / clipped)


def metal_volume_fraction(
    order_parameter: Float[Array, "*cells"], width: Array, normals: Sequence[Array], spacing: Sequence[Array]
) -> Float[Array, "*cells"]:
    """Metal fraction f of every cell cut by the sharp front [dimensionless].

    The diffuse front is several cells wide, and whatever lies within it has a stress of neither phase. Its profile
    says where the sharp front is, so that only the cells that this cuts are mixtures: f falls from 1 to 0 over the
    extent of a cell along the normal, sum |n_k| h_k.
    """
    extent = sum(jnp.abs(n) * h for n, h in zip(normals, spacing, strict=True))
    distance = front_distance(order_parameter, width)
    return jnp.clip(
        0.5 - distance / jnp.maximum(extent, 0.5 * jnp.min(jnp.stack(jnp.broadcast_arrays(*spacing)))),
        0.0,
        1.0,
    )


def growth_strain_rate(
    current_density: Float[Array, "*cells"],
    area_density: Float[Array, "*cells"],
    normals: Sequence[Array],
    molar_volume: Array,
) -> Array:
    """Rate of the deposition strain of the metal, (4, *cells) in the plane or (6, *cells) [1/s]; negative when
    stripping. It only acts where a cell has a metal fraction.

    Args: plating current density [A/m^2]; area density of the front [1/m]; components of the normal out of the metal
    [dimensionless]; molar volume of the metal [m^3/mol].
    """
    speed = molar_volume / FARADAY * current_density
    return 2.0 * speed * area_density * normal_dyad(normals)
