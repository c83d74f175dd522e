"""What deposition does to the shape of the metal: a stretch along the normal of the front, not a swelling.

    d(e*_j)/dt = sum_i B_ij (V_M i_n/F)_i a_i (n (x) n)_i / sum_k B_ik f_k     in the metal's part of every cell j

n is the normal out of the metal, a the area density of the front [1/m], f the metal fraction, B a short blur. Every
place of the diffuse front gives all that it plates to the metal within reach, so the strain f e* adds up to the plated
volume whatever the shape of the metal, and none of it lies in the electrolyte, where it could not flow
away. An isotropic swelling of as much volume would press laterally against the electrolyte with gigapascals.
Kind: published as an equation (directional deposition strain); its distribution over the metal is derived here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import jax.numpy as jnp
from jaxtyping import Array, Float

from dendrion.constants import FARADAY
from dendrion.numerics.operators import mirrored, take

TAIL = 1e-9
"""Order parameter at which the logarithmic profile is cut off [dimensionless]."""


REACH = 5
"""Passes of the blur that hands what is plated to the metal, and cells that it reaches [dimensionless]: a diffuse front
of w = 2 cells has 1e-5 of its area farther from the metal."""

LEAST_METAL = 1e-6
"""Weight of metal within reach below which there is none [dimensionless]."""


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


def whole_cells(fraction: Float[Array, "*cells"]) -> Float[Array, "*cells"]:
    """Metal fraction of cells that are either metal or electrolyte: 1 from one half on, else 0 [dimensionless].

    For metal that grows. A cell that the front cuts has one shear strain for both of its layers; where metal slides
    along an inclined front this strains the electrolyte's layer, and adds up with every atom plated (20 MPa of pressure
    beside lithium on a garnet for a tenth of a cell). Whole cells have no such layer: metal slides in metal cells.
    """
    return jnp.where(fraction >= 0.5, 1.0, 0.0)


def growth_strain_rate(
    current_density: Float[Array, "*cells"],
    area_density: Float[Array, "*cells"],
    fraction: Float[Array, "*cells"],
    normals: Sequence[Array],
    molar_volume: Array,
    periodic: Sequence[bool],
) -> Array:
    """Rate of the deposition strain of the metal's part of every cell, (4, *cells) in the plane or (6, *cells) [1/s];
    negative when stripping.

    Args: plating current density [A/m^2]; area density of the front [1/m]; metal fraction [dimensionless]; components
    of the normal out of the metal [dimensionless]; molar volume of the metal [m^3/mol]; one flag an axis. What is
    plated more than ``REACH`` cells away from any metal is lost.
    """
    within_reach = _blurred(fraction, periodic)
    found = within_reach > LEAST_METAL
    source = molar_volume / FARADAY * current_density * area_density
    source = jnp.where(found, source / jnp.where(found, within_reach, 1.0), 0.0)
    return jnp.where(fraction > 0.0, _blurred(source * normal_dyad(normals), periodic), 0.0)


def _blurred(values: Array, periodic: Sequence[bool]) -> Array:
    """(1 2 1)/4 along every axis, three times over; symmetric, and the sum stays [unit of the values]."""
    offset = values.ndim - len(periodic)
    for axis, wraps in enumerate(periodic):
        for _ in range(REACH):
            ghosted = mirrored(values, axis + offset, wraps)
            lower, upper = take(ghosted, axis + offset, 0, -2), take(ghosted, axis + offset, 2, None)
            values = 0.5 * values + 0.25 * (lower + upper)
    return values
