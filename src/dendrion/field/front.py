"""The metal front: a conservative diffuse interface that moves at the speed the current says.

Order parameter xi: 1 in the metal, 0 in the electrolyte, across the front
``xi = [1 - tanh(x / w)] / 2`` with the interface width w [m]. It obeys

    d(xi)/dt = (V_M / F) a i_n  +  M div[ grad(xi) - (2 / w) xi (1 - xi) n ]

with ``n = grad(xi)/|grad(xi)|``, the reaction area density ``a = |grad h(xi)|`` [1/m], the plating current
density ``i_n`` [A/m^2] and the mobility ``M = 3 v_max w`` [m^2/s]. On the equilibrium profile the bracket vanishes
and its divergence is Allen–Cahn's operator with its own curvature flow subtracted,
``lap(xi) - f'(xi)/w^2 - kappa |grad(xi)|`` (Sun and Beckermann 2007, DOI 10.1016/j.jcp.2006.05.025); written as
a divergence (Chiu and Lin 2011, DOI 10.1016/j.jcp.2010.09.021) it moves no metal at all in total, so the metal
grown equals the charge passed to round-off and no drift has to be corrected.

Kind: published regularisation; its use with Butler–Volmer growth and the windowed area density are derived here.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from dendrion.numerics.operators import (
    closed_faces,
    divergence,
    face_arithmetic,
    face_gradient,
    gradient,
    neighbours,
    take,
)

GATE = 0.15
"""Width in xi of the two ends of the front where its reactivity falls to zero [dimensionless]: without it
round-off in the bulk electrolyte would grow into metal wherever the field is high."""

TAIL = 1e-9
"""Order parameter at which the logarithmic profile is cut off [dimensionless]."""


def electrolyte_fraction(order_parameter: Float[Array, "*cells"]) -> Float[Array, "*cells"]:
    """Share 1 - h(xi) of a cell that is electrolyte [dimensionless].

    h' is constant but for the two ends, where it falls to zero as a smooth step over the gate g:
    ``h'(xi) = s^2 (3 - 2 s)/(1 - g)``, s = xi/g. So the front takes up metal in proportion to |grad xi| and moves
    without being deformed, while a trace of metal in the bulk grows as xi^3, that is, not at all. h is symmetric
    about xi = 1/2, hence the excess of conduction along the front and the shift of its potential vanish to second
    order in w.
    """
    low = jnp.clip(order_parameter / GATE, 0.0, 1.0)
    high = jnp.clip((1.0 - order_parameter) / GATE, 0.0, 1.0)
    middle = jnp.clip(order_parameter, GATE, 1.0 - GATE)
    ends = GATE * (low * low * low * (1.0 - 0.5 * low) - high * high * high * (1.0 - 0.5 * high))
    return 1.0 - (middle - 0.5 * GATE + ends) / (1.0 - GATE)


def reaction_area_density(
    fraction: Float[Array, "*cells"], spacing: tuple[Array | float, ...], periodic: tuple[bool, ...]
) -> Float[Array, "*cells"]:
    """Front area per volume ``a = |grad h|`` [1/m], from means of absolute face differences.

    Across a flat front the sum of ``a`` times the cell size telescopes to 1 exactly, wherever the front stands
    between the cells: the area does not flicker as the front passes the grid.
    """
    squares = jnp.zeros_like(fraction)
    for axis, h in enumerate(spacing):
        slopes = jnp.abs(face_gradient(fraction, axis, h, periodic[axis]))
        closed = closed_faces(slopes, axis, periodic[axis])
        squares += (0.5 * (take(closed, axis, 0, -1) + take(closed, axis, 1, None))) ** 2
    return jnp.where(squares > 0.0, jnp.sqrt(jnp.where(squares > 0.0, squares, 1.0)), 0.0)


def logarithmic_profile(order_parameter: Float[Array, "*cells"]) -> Float[Array, "*cells"]:
    """``psi = ln[xi/(1 - xi)]`` [dimensionless]: minus twice the distance to the front over w, so its differences
    are exact across a planar front, where those of xi are not."""
    clipped = jnp.clip(order_parameter, TAIL, 1.0 - TAIL)
    return jnp.log(clipped / (1.0 - clipped))


def regularisation(
    order_parameter: Float[Array, "*cells"],
    width: Array | float,
    spacing: tuple[Array | float, ...],
    periodic: tuple[bool, ...],
) -> Float[Array, "*cells"]:
    """``div[grad(xi) - (2/w) xi (1 - xi) n]`` [1/m^2]: restores the tanh profile and moves no metal in total.

    Fluxes stand on faces and vanish at walls, so the sum over all cells is zero to round-off. The normal is that
    of ``psi = ln[xi/(1-xi)]``, which is linear across a front, and the second term on a face between cells i and
    j is ``(2/h) sinh(h n/w) sqrt(q_i q_j)`` with q = xi (1 - xi): by the addition theorems of tanh it equals the
    difference quotient of a planar front at every angle and place, so a planar front feels nothing of the grid.
    The face normal is the mean of the two cells' normals; a compact one leaves short waves undamped, and explicit
    steps then amplify them.
    """
    clipped = jnp.clip(order_parameter, TAIL, 1.0 - TAIL)
    slopes = gradient(logarithmic_profile(order_parameter), spacing, periodic)
    norm = jnp.sqrt(sum(s * s for s in slopes) + (1e-6 / width) ** 2)
    root = jnp.sqrt(clipped * (1.0 - clipped))
    fluxes = []
    for axis, h in enumerate(spacing):
        reach = h / width * face_arithmetic(slopes[axis] / norm, axis, periodic[axis])
        square = reach * reach
        sinh = reach * (1.0 + square / 6.0 * (1.0 + square / 20.0 * (1.0 + square / 42.0)))
        lower, upper = neighbours(root, axis, periodic[axis])
        fluxes.append(
            face_gradient(order_parameter, axis, h, periodic[axis]) - 2.0 / h * sinh * lower * upper
        )
    return divergence(tuple(fluxes), spacing, periodic)


def with_sum(area: Float[Array, "*cells"], current: Float[Array, "*cells"], wanted: Array) -> Array:
    """``current`` put back to a wanted sum of area density times current, in units of its arguments.

    In proportion to |current|, which cannot blow up where the net current is zero (rest).
    """
    missing = wanted - jnp.sum(area * current)
    weight = jnp.sum(area * jnp.abs(current))
    return current + missing / jnp.maximum(weight, 1e-300) * jnp.abs(current)


def advance_front(
    order_parameter: Float[Array, "*cells"],
    area: Float[Array, "*cells"],
    active: Array,
    velocity: Float[Array, "*cells"],
    step: Array,
    mobility: Array,
    width: Array | float,
    substeps: int,
    spacing: tuple[Array | float, ...],
    periodic: tuple[bool, ...],
) -> Array:
    """The order parameter [dimensionless] after a step [s] in substeps of growth and regularisation.

    Each substep lays its metal down where the front stands by then. Where it stood at the start of the step it
    would lag behind the front, steepen it and so damp short waves, the more the longer the step. The metal of the
    step is ``area`` [1/m] times ``velocity`` ``V_M i_n/F`` [m/s] summed over the cells, as at its start.

    Args: also where metal is connected and may grow, mobility M [m^2/s], interface width w and cell sizes [m].
    """
    part, wanted = step / substeps, jnp.sum(area * velocity)

    def substep(_: int, field: Array) -> Array:
        here = jnp.where(active, reaction_area_density(electrolyte_fraction(field), spacing, periodic), 0.0)
        growth = here * with_sum(here, velocity, wanted)
        return field + part * (growth + mobility * regularisation(field, width, spacing, periodic))

    return lax.fori_loop(0, substeps, substep, order_parameter)
