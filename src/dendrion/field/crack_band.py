"""A cell crossed by a crack of normal n: crack strain along n, sliding in its plane, and the stiffness that
is left.

Strain and stress are Mandel vectors (shear components times √2): in-plane (xx, yy, √2 xy) in 2-D plane
strain, (xx, yy, zz, √2 yz, √2 xz, √2 xy) in 3-D. With the intact stiffness C, N = n ⊗ n, q = C N, the
uniaxial modulus M = N·q, unit shears T_k of the plane made C-orthogonal to N and to each other, s_k = C T_k
and c_k = T_k·s_k:

    e = N·(C eps + sigma_0)/M                    strain that carries the normal traction t_n = M e of the
    intact cell sigma = C eps + sigma_0 - q gamma - r Σ_k s_k [T_k·(C eps + sigma_0)]/c_k

gamma is the crack strain (the opening over the cell) and r = 1 - g the lost share of the ligament. An open
crack has gamma = r e, hence t_n = g M e; sliding is degraded in the same way whether the faces touch or not
(no friction). C minus the C-orthogonal projections keeps the stiffness positive semi-definite for any C.
Kind: derived here; for isotropic C it is the directional split on the crack normal (Steinke and Kaliske 2019,
DOI 10.1007/s00466-018-1635-0).
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from dendrion.numerics.operators import mirrored, take

SQUARE_ROOT_OF_TWO = 2.0**0.5

DISTINCT = 1e-2
"""Gap between the two largest principal strains, as a share of the norm of the strain, below which the
direction of the larger one says nothing [dimensionless]."""


class Band(NamedTuple):
    """Elastic constants of a cell in the frame of its crack, all on cells.

    dyad N [dimensionless], normal_stress q = C N [Pa], modulus M [Pa]; for each shear direction in the crack
    plane its dyad T_k [dimensionless], stress s_k = C T_k [Pa] and modulus c_k = T_k·s_k (twice a shear
    modulus) [Pa].
    """

    dyad: Array
    normal_stress: Array
    modulus: Array
    shear_dyads: tuple[Array, ...]
    shear_stresses: tuple[Array, ...]
    shear_moduli: tuple[Array, ...]


def mandel_dyad(first: Float[Array, "dim ..."], second: Float[Array, "dim ..."]) -> Array:
    """Symmetric part of a ⊗ b as a Mandel vector, shape (3, *cells) in 2-D and (6, *cells) in 3-D [unit of a
    b]."""
    pairs = [(0, 1)] if first.shape[0] == 2 else [(1, 2), (0, 2), (0, 1)]
    normal = [first[i] * second[i] for i in range(first.shape[0])]
    shear = [(first[i] * second[j] + first[j] * second[i]) / SQUARE_ROOT_OF_TWO for i, j in pairs]
    return jnp.stack(normal + shear)


def contract(matrix: Float[Array, "m m ..."], vector: Float[Array, "m ..."]) -> Float[Array, "m ..."]:
    """Product of a matrix and a vector in every cell, from entries rather than as a matrix product:
    vectorises."""
    return jnp.stack(
        [sum(matrix[i, j] * vector[j] for j in range(vector.shape[0])) for i in range(vector.shape[0])]
    )


def tangents(normal: Float[Array, "dim ..."]) -> tuple[Array, ...]:
    """Unit vectors that span the plane of the crack: one in 2-D, two in 3-D [dimensionless]."""
    if normal.shape[0] == 2:
        return (jnp.stack([-normal[1], normal[0]]),)
    smallest = jnp.argmin(jnp.abs(normal), axis=0)
    axis = jnp.stack([jnp.where(smallest == i, 1.0, 0.0) for i in range(3)])
    first = jnp.cross(normal, axis, axis=0)
    first = first / jnp.sqrt(jnp.sum(first * first, axis=0))
    return first, jnp.cross(normal, first, axis=0)


def build_band(stiffness: Float[Array, "m m ..."], normal: Float[Array, "dim ..."]) -> Band:
    """Constants of the cells for cracks of unit normal ``normal``; ``stiffness`` C is that of the intact
    cells [Pa]."""
    dyad = mandel_dyad(normal, normal)
    normal_stress = contract(stiffness, dyad)
    modulus = jnp.sum(dyad * normal_stress, axis=0)
    dyads: list[Array] = []
    stresses: list[Array] = []
    moduli: list[Array] = []
    for tangent in tangents(normal):
        shear = SQUARE_ROOT_OF_TWO * mandel_dyad(normal, tangent)
        shear = shear - jnp.sum(shear * normal_stress, axis=0) / modulus * dyad
        for other, stress, other_modulus in zip(dyads, stresses, moduli, strict=True):
            shear = shear - jnp.sum(shear * stress, axis=0) / other_modulus * other
        dyads.append(shear)
        stresses.append(contract(stiffness, shear))
        moduli.append(jnp.sum(shear * stresses[-1], axis=0))
    return Band(dyad, normal_stress, modulus, tuple(dyads), tuple(stresses), tuple(moduli))


def normal_strain(band: Band, intact_stress: Float[Array, "m ..."]) -> Float[Array, "*cells"]:
    """e = N·sigma/M of the stress that the intact cell would have [dimensionless]."""
    return jnp.sum(band.dyad * intact_stress, axis=0) / band.modulus


def shear_energy(band: Band, intact_stress: Float[Array, "m ..."]) -> Float[Array, "*cells"]:
    """Energy density of the tractions along the crack plane, Σ (T_k·sigma)²/(2 c_k) [J/m³]."""
    parts = [
        jnp.sum(dyad * intact_stress, axis=0) ** 2 / (2.0 * modulus)
        for dyad, modulus in zip(band.shear_dyads, band.shear_moduli, strict=True)
    ]
    return sum(parts[1:], parts[0])


def without_sliding(
    band: Band, intact_stress: Float[Array, "m ..."], lost: Float[Array, "*cells"]
) -> Float[Array, "m ..."]:
    """The stress after the lost share of the tractions along the crack plane is taken off [Pa]."""
    stress = intact_stress
    for dyad, shear, modulus in zip(band.shear_dyads, band.shear_stresses, band.shear_moduli, strict=True):
        stress = stress - lost / modulus * jnp.sum(dyad * intact_stress, axis=0) * shear
    return stress


def band_stiffness(
    band: Band,
    stiffness: Float[Array, "m m ..."],
    lost: Float[Array, "*cells"],
    opened: Float[Array, "*cells"],
) -> Float[Array, "m m ..."]:
    """C - (opened/M) q qᵀ - Σ_k (lost/c_k) s_k s_kᵀ [Pa].

    Args: band, intact stiffness [Pa], lost share r of the ligament [dimensionless], and d(gamma)/d(e), the
    share of the normal strain that the crack takes up [dimensionless].
    """
    q, shears = band.normal_stress, band.shear_stresses
    normal = opened / band.modulus
    factors = [lost / modulus for modulus in band.shear_moduli]
    size = q.shape[0]
    rows: list[list[Array]] = [[q[0]] * size for _ in range(size)]
    for i in range(size):
        for j in range(i, size):
            value = stiffness[i, j] - normal * q[i] * q[j]
            for factor, s in zip(factors, shears, strict=True):
                value = value - factor * s[i] * s[j]
            rows[i][j] = rows[j][i] = value
    return jnp.stack([jnp.stack(row) for row in rows])


def smoothed(values: Float[Array, "k ..."], passes: int, periodic: tuple[bool, ...]) -> Array:
    """``passes`` rounds of the weights (1, 2, 1)/4 along every axis: a Gaussian of variance passes h²/2 [any
    unit]."""

    def one(field: Array) -> Array:
        for axis, wraps in enumerate(periodic, start=1):
            wide = mirrored(field, axis, wraps)
            field = 0.25 * (take(wide, axis, 0, -2) + 2.0 * field + take(wide, axis, 2, None))
        return field

    return lax.fori_loop(0, passes, lambda _, field: one(field), values)


def principal_direction(strain: Float[Array, "m ..."]) -> tuple[Array, Array]:
    """Unit vector along the largest principal strain, shape (dim, *cells), and whether it is distinct, shape
    (*cells).

    It is distinct where the largest principal strain is tensile and exceeds the next by a share ``DISTINCT``
    of the norm.
    """
    norm = jnp.sqrt(jnp.sum(strain * strain, axis=0))
    if strain.shape[0] == 3:
        mean, half = 0.5 * (strain[0] + strain[1]), 0.5 * (strain[0] - strain[1])
        shear = strain[2] / SQUARE_ROOT_OF_TWO
        radius = jnp.hypot(half, shear)
        angle = 0.5 * jnp.arctan2(shear, half)
        direction = jnp.stack([jnp.cos(angle), jnp.sin(angle)])
        return direction, (2.0 * radius > DISTINCT * norm) & (mean + radius > 0.0)
    return _principal_direction_3d(strain, norm)


def _principal_direction_3d(strain: Array, norm: Array) -> tuple[Array, Array]:
    """Largest eigenvalue by the trigonometric formula, its vector by the cross products of the rows of A -
    lambda."""
    safe = jnp.maximum(norm, 1e-300)
    xx, yy, zz = (strain[i] / safe for i in range(3))
    yz, xz, xy = (strain[i] / (SQUARE_ROOT_OF_TWO * safe) for i in (3, 4, 5))
    mean = (xx + yy + zz) / 3.0
    a, b, c = xx - mean, yy - mean, zz - mean
    size = jnp.sqrt(jnp.maximum((a * a + b * b + c * c + 2.0 * (yz**2 + xz**2 + xy**2)) / 6.0, 1e-30))
    determinant = a * (b * c - yz**2) - xy * (xy * c - yz * xz) + xz * (xy * yz - b * xz)
    angle = jnp.arccos(jnp.clip(determinant / (2.0 * size**3), -1.0, 1.0)) / 3.0
    largest = 2.0 * size * jnp.cos(angle)
    middle = 2.0 * size * jnp.cos(angle - 2.0 * jnp.pi / 3.0)
    rows = (
        jnp.stack([a - largest, xy, xz]),
        jnp.stack([xy, b - largest, yz]),
        jnp.stack([xz, yz, c - largest]),
    )
    best, best_square = jnp.zeros_like(rows[0]), jnp.zeros_like(norm)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        candidate = jnp.cross(rows[i], rows[j], axis=0)
        square = jnp.sum(candidate * candidate, axis=0)
        best = jnp.where(square > best_square, candidate, best)
        best_square = jnp.maximum(square, best_square)
    direction = best / jnp.sqrt(jnp.maximum(best_square, 1e-300))
    distinct = (largest - middle > DISTINCT) & (mean + largest > 0.0) & (norm > 0.0) & (best_square > 1e-12)
    return direction, distinct
