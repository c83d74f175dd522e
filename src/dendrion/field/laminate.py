"""Cells that the front cuts: a layer of metal on a layer of electrolyte, with one pressure on both sides of the front.

    e_M = e + (1 - f) a n (x) n,   e_E = e - f a n (x) n,   n.(sigma_M - sigma_E).n = 0

e is the strain of the cell, n the normal of the front, f the metal fraction; a is the jump of the normal strain that
makes the normal tractions equal. Two phases that share all of the strain instead (Voigt) are too stiff across the
front, and the pressure beside a staircase of such cells is off by as much as the pressure itself. A full rank-one
laminate (composite voxels: Kabel, Merkert and Schneider 2015, DOI 10.1016/j.cma.2015.06.003) also makes the shear
tractions equal: with a metal that flows these vanish, the electrolyte's layer hangs on nothing, and what it should
hand to the next cell is lost. So the shear strain is shared here, as if the layers were glued at every point. The jump
is an unknown of the Newton iteration like the displacement, and condensed cell by cell:

    N = n (x) n,  g = N.(sigma_M - sigma_E),  Q = N.[(1 - f) C_M + f C_E].N,  J = N.(C_M - C_E)
    da = -(g + J.de)/Q,  sigma = f sigma_M + (1 - f) sigma_E - f (1 - f) J g/Q,
    C = f C_M + (1 - f) C_E - f (1 - f) J J/Q

Kind: derived here from the published laminate.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array

CUT = 1e-6
"""Metal fraction from which, and up to one minus which, a cell counts as cut [dimensionless]."""


class Condensed(NamedTuple):
    """A laminate without its jump: stress (m, *cells) and tangent (m, m, *cells) [Pa] for the balance of forces, and
    what gives the change of the jump: g/Q (*cells), J/Q (m, *cells) [dimensionless], and the mismatch g [Pa]."""

    stress: Array
    tangent: Array
    offset: Array
    slope: Array
    mismatch: Array


def is_cut(fraction: Array) -> Array:
    """Cells that hold both phases."""
    return (fraction > CUT) & (fraction < 1.0 - CUT)


def condense(
    fraction: Array,
    dyad: Array,
    metal_stress: Array,
    metal_tangent: Array,
    electrolyte_stress: Array,
    electrolyte_tangent: Array,
) -> Condensed:
    """The laminate seen from the balance of forces.

    Args: metal fraction [dimensionless]; n (x) n as a Mandel vector (m, *cells) [dimensionless]; stresses (m, *cells)
    and tangents (m, m, *cells) of the two phases at their own strains [Pa].
    """
    f, cut = fraction, is_cut(fraction)
    stress = f * metal_stress + (1.0 - f) * electrolyte_stress
    tangent = f * metal_tangent + (1.0 - f) * electrolyte_tangent
    reversed_mean = (1.0 - f) * metal_tangent + f * electrolyte_tangent
    mismatch = jnp.where(cut, jnp.sum(dyad * (metal_stress - electrolyte_stress), axis=0), 0.0)
    across = jnp.sum(dyad[:, None] * (metal_tangent - electrolyte_tangent), axis=0)
    stiffness = jnp.sum(dyad[:, None] * dyad[None] * reversed_mean, axis=(0, 1))
    inverse = jnp.where(cut, 1.0 / jnp.where(cut, stiffness, 1.0), 0.0)
    weight = f * (1.0 - f) * inverse
    return Condensed(
        stress - weight * mismatch * across,
        tangent - weight * across[:, None] * across[None],
        inverse * mismatch,
        inverse * across,
        mismatch,
    )
