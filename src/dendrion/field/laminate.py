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

import math
from collections.abc import Sequence
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from dendrion.field.growth_strain import normal_dyad

CUT = 1e-6
"""Metal fraction from which, and up to one minus which, a cell counts as cut [dimensionless]."""


class Condensed(NamedTuple):
    """A laminate without its jump: stress (m, *cells) and tangent (m, m, *cells) [Pa] for the balance of forces, and
    what gives the change of the jump: Q^-1 g (k, *cells), Q^-1 J (k, m, *cells) [dimensionless], and the mismatch g
    (k, *cells) [Pa]."""

    stress: Array
    tangent: Array
    offset: Array
    slope: Array
    mismatch: Array


def is_cut(fraction: Array) -> Array:
    """Cells that hold both phases."""
    return (fraction > CUT) & (fraction < 1.0 - CUT)


def jump_matrix(normals: Sequence[Array], slip: bool) -> Array:
    """N, which takes a stress to the tractions that the two layers have in common and, transposed, a jump to its strain:
    (k, m, *cells), k the number of axes if the layers may slip, else 1 [dimensionless]."""
    if not slip:
        return normal_dyad(normals)[None]
    root = math.sqrt(0.5)
    zero = jnp.zeros_like(normals[0])
    if len(normals) == 2:
        x, y = normals
        rows = [[x, zero, zero, root * y], [zero, y, zero, root * x]]
    else:
        x, y, z = normals
        rows = [
            [x, zero, zero, zero, root * z, root * y],
            [zero, y, zero, root * z, zero, root * x],
            [zero, zero, z, root * y, root * x, zero],
        ]
    return jnp.stack([jnp.stack(row) for row in rows])


def jump_strain(jump: Array, matrix: Array) -> Array:
    """Strain of a jump (k, *cells), (m, *cells) [dimensionless]."""
    return jnp.sum(matrix * jump[:, None], axis=0)


def condense(
    fraction: Array,
    matrix: Array,
    metal_stress: Array,
    metal_tangent: Array,
    electrolyte_stress: Array,
    electrolyte_tangent: Array,
) -> Condensed:
    """The laminate seen from the balance of forces.

    Args: metal fraction [dimensionless]; N of `jump_matrix`; stresses (m, *cells) and tangents (m, m, *cells) of the
    two phases at their own strains [Pa].
    """
    f, cut = fraction, is_cut(fraction)
    stress = f * metal_stress + (1.0 - f) * electrolyte_stress
    tangent = f * metal_tangent + (1.0 - f) * electrolyte_tangent
    reversed_mean = (1.0 - f) * metal_tangent + f * electrolyte_tangent
    mismatch = jnp.where(cut, jnp.sum(matrix * (metal_stress - electrolyte_stress)[None], axis=1), 0.0)
    across = jnp.sum(matrix[:, :, None] * (metal_tangent - electrolyte_tangent)[None], axis=1)
    projected = jnp.sum(matrix[:, :, None] * reversed_mean[None], axis=1)
    inverse = _inverse(jnp.sum(projected[:, None] * matrix[None], axis=2), cut)
    offset = jnp.sum(inverse * mismatch[None], axis=1)
    slope = jnp.sum(inverse[:, :, None] * across[None], axis=1)
    weight = f * (1.0 - f)
    return Condensed(
        stress - weight * jnp.sum(across * offset[:, None], axis=0),
        tangent - weight * jnp.sum(across[:, :, None] * slope[:, None], axis=0),
        offset,
        slope,
        mismatch,
    )


def _inverse(matrix: Array, cut: Array) -> Array:
    """Inverse of (k, k, *cells) in cut cells, zero elsewhere."""
    count = matrix.shape[0]
    unit = np.eye(count).reshape(count, count, *(1,) * (matrix.ndim - 2))
    last = jnp.moveaxis(jnp.where(cut, matrix, unit), (0, 1), (-2, -1))
    return jnp.where(cut, jnp.moveaxis(jnp.linalg.inv(last), (-2, -1), (0, 1)), 0.0)
