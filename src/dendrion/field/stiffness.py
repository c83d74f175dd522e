"""Stiffness of the materials of a cell as Mandel matrices (`dendrion.field.mandel`): isotropic, and cubic turned.

Kind: textbook linear elasticity.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import Array

from dendrion.field.mandel import PLANE_STRAIN, deviatoric_projector, identity, rotation_matrix


def bulk_and_shear(modulus: float, poisson: float) -> tuple[float, float]:
    """K = E/[3 (1 − 2ν)] and G = E/[2 (1 + ν)] [Pa] from Young's modulus [Pa] and Poisson's ratio."""
    return modulus / (3.0 * (1.0 - 2.0 * poisson)), modulus / (2.0 * (1.0 + poisson))


def isotropic_stiffness(bulk: Array, shear: Array, count: int = 6) -> Array:
    """K 1⊗1 + 2 G P with the deviatoric projector P, shape (m, m, *cells) [Pa].

    Args:
        bulk, shear: K and G, of every cell or one for all [Pa].
        count: m, 6 in three dimensions or 4 in plane strain.
    """
    bulk, shear = jnp.broadcast_arrays(jnp.asarray(bulk, float), jnp.asarray(shear, float))
    unit = identity(count)
    return _outer(np.outer(unit, unit), bulk) + _outer(2.0 * deviatoric_projector(count), shear)


def _outer(matrix: np.ndarray, field: Array) -> Array:
    return jnp.asarray(matrix.reshape(*matrix.shape, *(1,) * field.ndim) * field)


def cubic_stiffness(
    c11: Array,
    c12: Array,
    c44: Array,
    rotation: Array,
) -> Array:
    """Stiffness of a cubic crystal turned from its own axes into those of the cell, (6, 6, *cells) [Pa].

    Args:
        c11, c12, c44: constants in the crystal's axes (c44 that of engineering shear strain) [Pa].
        rotation: R with x_cell = R x_crystal; its columns are the cube axes in the frame of the cell [dimensionless].
    """
    unit = identity(6)
    cube, shears = np.diag([1.0] * 3 + [0.0] * 3), np.diag([0.0] * 3 + [1.0] * 3)
    c11, c12, c44 = (jnp.asarray(value, float) for value in (c11, c12, c44))
    own = _outer(np.outer(unit, unit), c12) + _outer(cube, c11 - c12) + _outer(shears, 2.0 * c44)
    turn = rotation_matrix(jnp.asarray(rotation))
    cells = max(own.ndim, turn.ndim) - 2
    own = own.reshape(*own.shape, *(1,) * (cells + 2 - own.ndim))
    turn = turn.reshape(*turn.shape, *(1,) * (cells + 2 - turn.ndim))
    return jnp.einsum("ik...,kl...,jl...->ij...", turn, own, turn)


def plane_strain_stiffness(stiffness: Array) -> Array:
    """The rows and columns (xx, yy, zz, √2 xy) of a three-dimensional stiffness [Pa].

    Exact for the stresses in these components as long as ε_yz = ε_xz = 0; a crystal that is turned out of the plane
    also carries σ_yz and σ_xz, which are not returned.
    """
    return stiffness[np.ix_(PLANE_STRAIN, PLANE_STRAIN)]
