"""Many phases that share every cell: a vector-valued Allen-Cahn step with the double-obstacle energy.

Phases phi_i >= 0 add up to one. With the energy of a pair gamma_ij [J/m^2] and the width eta of an interface [m],

    f = sum over pairs (4 gamma_ij/eta) [ -(eta/pi)^2 grad phi_i . grad phi_j + phi_i phi_j ]
    d phi_i/dt = -(pi^2 m/4 eta) (F_i - <F>) + (pi/eta) sum_k sqrt(phi_i phi_k) u_ik,   F_i = df/d phi_i

where <F> is the mean over the phases that are present in a cell or beside it. An interface is half a period of a sine, of
width eta and energy gamma_ij exactly; it moves with m gamma_ij times its curvature plus u_ik, which is antisymmetric, and
junctions obey the balance of interface energies. Steinbach and Pezzolla 1999 (DOI 10.1016/S0167-2789(99)00129-3), with the
mean as the multiplier that keeps the sum (Garcke, Nestler and Stoth 1999, DOI 10.1137/S0036139998334895); published.

Energies and speeds belong to pairs of *classes*; so a step costs in proportion to the number of phases, not of pairs.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from dendrion.numerics.operators import take

STABLE = 0.2
"""Largest step over h^2/(m gamma) [dimensionless]; explicit diffusion in a plane is stable below a quarter."""

EMPTY = 1e-300
"""Keeps the sum of the phases from being zero [dimensionless]."""


class Pairs(NamedTuple):
    """What two phases are to each other, by their classes, (classes, classes).

    energies: of an interface [J/m^2], symmetric; the diagonal holds between two phases of one class.
    """

    classes: Int[Array, " phases"]
    energies: Float[Array, "classes classes"]


def _neighbours(values: Array, axis: int, periodic: bool) -> tuple[Array, Array]:
    """Values of the lower and the upper neighbour; behind a wall the cell's own."""
    if periodic:
        return jnp.roll(values, 1, axis), jnp.roll(values, -1, axis)
    first, last = take(values, axis, 0, 1), take(values, axis, -1, None)
    lower = jnp.concatenate([first, take(values, axis, 0, -1)], axis)
    return lower, jnp.concatenate([take(values, axis, 1, None), last], axis)


def laplacian(
    phases: Float[Array, "phases nx ny"], spacing: float | Array, periodic: tuple[bool, bool]
) -> Array:
    """Sum of second differences on square cells [1/m^2], by the isotropic nine-point stencil."""
    lower, upper = _neighbours(phases, 1, periodic[0])
    column = lower + upper
    left, right = _neighbours(phases, 2, periodic[1])
    far_left, far_right = _neighbours(column, 2, periodic[1])
    return (4.0 * (column + left + right) + far_left + far_right - 20.0 * phases) / (6.0 * spacing**2)


def present(phases: Float[Array, "phases nx ny"], periodic: tuple[bool, bool]) -> Array:
    """Whether a phase is in a cell or in one of the eight beside it."""
    here = phases > 0.0
    for axis in (1, 2):
        lower, upper = _neighbours(here, axis, periodic[axis - 1])
        here = here | lower | upper
    return here


def by_class(values: Float[Array, "phases nx ny"], classes: Int[Array, " phases"], count: int) -> Array:
    """Sum over the phases of every class, (classes, nx, ny)."""
    belongs = (classes[None, :] == jnp.arange(count)[:, None]).astype(values.dtype)
    return jnp.tensordot(belongs, values, axes=1)


def forces(
    phases: Float[Array, "phases nx ny"],
    pairs: Pairs,
    width: float | Array,
    spacing: float | Array,
    periodic: tuple[bool, bool],
) -> Array:
    """F_i = sum over j of (4 gamma_ij/eta) [(eta/pi)^2 lap(phi_j) + phi_j] [J/m^3]."""
    part = (width / math.pi) ** 2 * laplacian(phases, spacing, periodic) + phases
    count = pairs.energies.shape[0]
    of_classes = jnp.tensordot(pairs.energies, by_class(part, pairs.classes, count), axes=1)
    own = jnp.diagonal(pairs.energies)[pairs.classes]
    return 4.0 / width * (of_classes[pairs.classes] - own[:, None, None] * part)


def onto_simplex(phases: Float[Array, "phases nx ny"]) -> Array:
    """Phases without what is negative, their sum one [dimensionless]."""
    kept = jnp.maximum(phases, 0.0)
    return kept / (kept.sum(axis=0) + EMPTY)


def relaxed(
    phases: Float[Array, "phases nx ny"],
    pairs: Pairs,
    mobility: Array,
    speeds: Float[Array, "classes classes nx ny"] | Float[Array, "classes classes"],
    step: float | Array,
    width: float | Array,
    spacing: float | Array,
    periodic: tuple[bool, bool],
) -> Array:
    """Phases after one explicit step.

    Args:
        phases: shares of the cells, (phases, nx, ny), sums one.
        pairs: classes of the phases and the energies of their interfaces [J/m^2].
        mobility: m, broadcast over cells [m^4/(J s)].
        speeds: u_ik, at which a phase of the first class gains on one of the second [m/s], antisymmetric.
        step: [s]; at most ``STABLE h^2/(m gamma)``.
        width: of an interface, eta [m]; six cells resolve it.
        spacing: edge of the square cells [m].
        periodic: whether the axes are; else walls, which interfaces meet at right angles.
    """
    here = present(phases, periodic)
    force = forces(phases, pairs, width, spacing, periodic)
    mean = jnp.where(here, force, 0.0).sum(axis=0) / here.sum(axis=0)
    rate = -(math.pi**2) * mobility / (4.0 * width) * (force - mean)
    root = jnp.sqrt(phases)
    sums = by_class(root, pairs.classes, pairs.energies.shape[0])
    cells = speeds if speeds.ndim == 4 else speeds[:, :, None, None]
    gain = (cells * sums[None]).sum(axis=1)
    rate = rate + math.pi / width * root * gain[pairs.classes]
    return onto_simplex(phases + step * jnp.where(here, rate, 0.0))
