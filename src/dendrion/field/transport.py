"""Face conductances of a property that lives in the electrolyte part of the cells."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from dendrion.numerics.operators import divergence, face_arithmetic, face_gradient

METAL_FLOOR = 1e-7
"""Conductance that every face keeps, as a share of the largest [dimensionless]: without it cells inside the metal
hang on nothing but round-off, and the solver chases their residual."""


class Conductances(NamedTuple):
    """Face coefficients over the squared cell size, a tuple of open face arrays, and that of the wall at x = L
    (half a cell away from the last cells), each [unit of the coefficient / m^2]."""

    faces: tuple[Array, ...]
    counter: Array


def conductances(
    fraction: Float[Array, "*cells"],
    coefficient: Float[Array, "*cells"],
    spacing: tuple[Array | float, ...],
    periodic: tuple[bool, ...],
) -> Conductances:
    """Mean electrolyte fraction times mean coefficient on every face, over h^2.

    With the area density of `front.reaction_area_density` this pair makes the potential of a flat front exactly
    linear up to the metal, whatever the width of the front: the current that passes a face and the conductance
    of that face fall in the same proportion.
    """
    faces = tuple(
        face_arithmetic(fraction, axis, periodic[axis])
        * face_arithmetic(coefficient, axis, periodic[axis])
        / h**2
        for axis, h in enumerate(spacing)
    )
    floor = METAL_FLOOR * jnp.max(coefficient)
    faces = tuple(face + floor / h**2 for face, h in zip(faces, spacing, strict=True))
    counter = 2.0 * fraction[-1] * coefficient[-1] / spacing[0] ** 2
    return Conductances(faces, counter)


def weighted_divergence(
    faces: tuple[Array, ...], values: Float[Array, "*cells"], periodic: tuple[bool, ...]
) -> Array:
    """div(k grad u) with closed walls, from face coefficients k/h^2 and cell values u [unit of k u / m^2]."""
    fluxes = tuple(k * face_gradient(values, axis, 1.0, periodic[axis]) for axis, k in enumerate(faces))
    return divergence(fluxes, (1.0,) * len(faces), periodic)
