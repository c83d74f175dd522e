"""Mandel vectors: stress and strain as vectors whose plain dot product is the double contraction.

Shear components carry a factor √2, so that rotations are orthogonal and σ:ε = Σ σ_i ε_i. Components first: 6 in three
dimensions (xx, yy, zz, √2 yz, √2 xz, √2 xy); 4 in plane strain (xx, yy, zz, √2 xy); the 3 of the latter that the solver
(`dendrion.numerics.elasticity`) balances (xx, yy, √2 xy). A stiffness or tangent is (m, m, *cells).
Kind: textbook notation.
"""

from __future__ import annotations

import math

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

PLANE_STRAIN = (0, 1, 2, 5)
"""Components of a three-dimensional vector that are not zero in plane strain."""

IN_PLANE = (0, 1, 3)
"""Components of a plane-strain vector that lie in the plane."""

AXES = ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))
"""The two axes of every component of a three-dimensional vector."""


def identity(components: int) -> np.ndarray:
    """The unit tensor in Mandel notation of 4 or 6 components [dimensionless]."""
    return np.array([1.0, 1.0, 1.0] + [0.0] * (components - 3))


def deviatoric_projector(components: int) -> np.ndarray:
    """Matrix that takes a strain or stress to its deviator [dimensionless]."""
    unit = identity(components)
    return np.eye(components) - np.outer(unit, unit) / 3.0


def mean_stress(stress: Array) -> Float[Array, "*cells"]:
    """sigma_h = tr(sigma)/3 [unit of the stress], the negative of the pressure."""
    return (stress[0] + stress[1] + stress[2]) / 3.0


def deviator(tensor: Array) -> Array:
    """The tensor without its mean part [its unit]."""
    return tensor.at[:3].add(-mean_stress(tensor))


def von_mises(stress: Array) -> Float[Array, "*cells"]:
    """sqrt(3/2 s:s) [unit of the stress], with a finite derivative at zero."""
    part = deviator(stress)
    square = 1.5 * jnp.sum(part * part, axis=0)
    return jnp.where(square > 0.0, jnp.sqrt(jnp.where(square > 0.0, square, 1.0)), 0.0)


def in_plane(tensor: Array) -> Array:
    """The part of a plane-strain stress or strain (4, *cells) that the in-plane balance sees, three components; 3-D
    ones pass unchanged [its unit]."""
    return tensor[np.array(IN_PLANE)] if tensor.shape[0] == 4 else tensor


def in_plane_tangent(tangent: Array) -> Array:
    """The part of a plane-strain tangent (4, 4, *cells) that the in-plane balance sees, (3, 3, *cells); 3-D ones pass
    unchanged [Pa]."""
    index = np.array(IN_PLANE)
    return tangent[index][:, index] if tangent.shape[0] == 4 else tangent


def plane_strain(strain: Array) -> Array:
    """An in-plane strain of 3 components with the zz component 0 put in; 3-D ones pass unchanged [dimensionless]."""
    if strain.shape[0] != 3:
        return strain
    return jnp.stack([strain[0], strain[1], jnp.zeros_like(strain[0]), strain[2]])


def rotation_matrix(rotation: Array) -> Array:
    """Orthogonal matrix Q that turns a Mandel vector as ``rotation`` R turns the tensor: R t Rᵀ.

    Args:
        rotation: R, orthogonal, (3, 3, *cells) or one for all [dimensionless].
    """
    rows = []
    for i, j in AXES:
        row = []
        for k, m in AXES:
            left = 1.0 if i == j else math.sqrt(2.0)
            right = 1.0 if k == m else math.sqrt(2.0)
            both = rotation[i, k] * rotation[j, m] + rotation[i, m] * rotation[j, k]
            row.append(0.5 * left * right * both)
        rows.append(jnp.stack(row))
    return jnp.stack(rows)
