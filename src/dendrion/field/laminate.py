"""Cells that the front cuts: a layer of metal on a layer of electrolyte, with one traction and one tangential strain.

    e_M = e + (1 - f) sym(a n),   e_E = e - f sym(a n),   (sigma_M - sigma_E).n = 0

e is the strain of the cell, n the normal of the front, f the metal fraction; a is the jump that makes the tractions
equal. Two phases that share one strain instead (Voigt) are too stiff, and their pressures beside a staircase of cut
cells are off by as much as the pressures themselves; a rank-one laminate has the fields that the front has (composite
voxels: Kabel, Merkert and Schneider 2015, DOI 10.1016/j.cma.2015.06.003). The jump is an unknown of the Newton
iteration like the displacement and condensed cell by cell:

    g = n.(sigma_M - sigma_E),  Q = n.[(1 - f) C_M + f C_E].n,  J = n.(C_M - C_E)
    da = -Q^-1 (g + J de),  sigma = f sigma_M + (1 - f) sigma_E - f (1 - f) J^T Q^-1 g,
    C = f C_M + (1 - f) C_E - f (1 - f) J^T Q^-1 J

Kind: published; condensation with a flowing phase derived here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

CUT = 1e-6
"""Metal fraction from which, and up to one minus which, a cell counts as cut [dimensionless]."""


class Condensed(NamedTuple):
    """A laminate without its jump: stress (m, *cells) and tangent (m, m, *cells) [Pa] for the balance of forces, and
    what gives the change of the jump: Q^-1 g (dim, *cells), Q^-1 J (dim, m, *cells) [dimensionless], and g [Pa]."""

    stress: Array
    tangent: Array
    offset: Array
    slope: Array
    mismatch: Array


def projection(normals: Sequence[Array]) -> Array:
    """Matrix that takes a stress to its traction on n and, transposed, a to sym(a n): (dim, m, *cells)."""
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


def jump_strain(jump: Array, traction_matrix: Array) -> Array:
    """sym(a n) as a Mandel vector (m, *cells), from the jump (dim, *cells) [dimensionless]."""
    return jnp.sum(traction_matrix * jump[:, None], axis=0)


def is_cut(fraction: Array) -> Array:
    """Cells that hold both phases."""
    return (fraction > CUT) & (fraction < 1.0 - CUT)


def condense(
    fraction: Array,
    traction_matrix: Array,
    metal_stress: Array,
    metal_tangent: Array,
    electrolyte_stress: Array,
    electrolyte_tangent: Array,
) -> Condensed:
    """The laminate seen from the balance of forces.

    Args: metal fraction [dimensionless]; `projection` of the normals; stresses (m, *cells) and tangents (m, m, *cells)
    of the two phases at their own strains [Pa].
    """
    f, cut = fraction, is_cut(fraction)
    stress = f * metal_stress + (1.0 - f) * electrolyte_stress
    tangent = f * metal_tangent + (1.0 - f) * electrolyte_tangent
    difference = metal_tangent - electrolyte_tangent
    reversed_mean = (1.0 - f) * metal_tangent + f * electrolyte_tangent
    mismatch = jnp.where(
        cut, jnp.sum(traction_matrix * (metal_stress - electrolyte_stress)[None], axis=1), 0.0
    )
    across = jnp.sum(traction_matrix[:, :, None] * difference[None], axis=1)
    projected = jnp.sum(traction_matrix[:, :, None] * reversed_mean[None], axis=1)
    stiffness = jnp.sum(projected[:, None] * traction_matrix[None], axis=2)
    inverse = _inverse(stiffness, cut)
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
    """Inverse of (dim, dim, *cells) in cut cells, zero elsewhere."""
    dimensions = matrix.shape[0]
    unit = np.eye(dimensions).reshape(dimensions, dimensions, *(1,) * (matrix.ndim - 2))
    safe = jnp.where(cut, matrix, unit)
    last = jnp.moveaxis(safe, (0, 1), (-2, -1))
    return jnp.where(cut, jnp.moveaxis(jnp.linalg.inv(last), (-2, -1), (0, 1)), 0.0)
