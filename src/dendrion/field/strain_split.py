"""Tensile and compressive parts of the elastic energy, and the stress of damaged material.

With Lamé constants lambda and mu [Pa], elastic strain ``eps`` and degradation ``g(d) = (1 - d)^2 + k``:

    psi    = lambda/2 (tr eps)^2 + mu eps:eps = psi+ + psi-                       [J/m^3]
    sigma  = g dpsi+/deps + dpsi-/deps,    D = dsigma/deps                          [Pa]

| split | psi+ | stress |
|---|---|---|
| none | psi | g C:eps |
| volumetric_deviatoric | K/2 <tr eps>^2 + mu e:e (Amor et al. 2009, DOI 10.1016/j.jmps.2009.04.011) | g, 1 |
| spectral | lambda/2 <tr eps>^2 + mu sum <eps_i>^2 (Miehe et al. 2010, DOI 10.1016/j.cma.2010.04.011) | g, 1 |
| hybrid | that of spectral | g C:eps (Ambati et al. 2015, DOI 10.1007/s00466-014-1109-y) |

with the deviator e, the principal strains eps_i, ``K = lambda + 2 mu/3`` and ``<x> = max(x, 0)``. Every psi+ is
homogeneous of degree two, so ``sigma = D(eps) eps``: a solve with the tangent of the last strain is a Newton step.
Hybrid has no energy; its stress is linear in the strain, and closed cracks interpenetrate (Ambati's switch of g in
compressed cells is not made: it is discontinuous).

Strains and stresses are Mandel vectors, components first: ``(xx, yy, zz, sqrt2 xy)`` in plane strain and
``(xx, yy, zz, sqrt2 yz, sqrt2 xz, sqrt2 xy)`` in 3-D, so tangents are symmetric matrices. Kind: published.
"""

from __future__ import annotations

import math
from typing import Literal, get_args

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from dendrion.errors import InputError

SplitName = Literal["none", "volumetric_deviatoric", "spectral", "hybrid"]
"""Names of the splits."""

SWEEPS = 5
"""Jacobi sweeps over a 3 x 3 matrix [dimensionless]: they converge quadratically, four reach round-off."""

ROOT_TWO = math.sqrt(2.0)
SHEAR_PAIRS = {4: ((0, 1),), 6: ((1, 2), (0, 2), (0, 1))}
"""Axes of the shear components that follow the three normal ones, by number of Mandel components."""


def degradation(damage: Float[Array, "*cells"], residual: float | Array = 0.0) -> Float[Array, "*cells"]:
    """``g(d) = (1 - d)^2 + k`` [dimensionless]: what damage leaves of psi+; k keeps broken cells solvable."""
    return (1.0 - damage) ** 2 + residual


def check_split(split: str) -> None:
    """Refuses an unknown split.

    Raises:
        InputError: ``split`` is none of `SplitName`.
    """
    if split not in get_args(SplitName):
        raise InputError(
            "unknown split of the elastic energy",
            field="split",
            value=split,
            allowed=", ".join(get_args(SplitName)),
        )


def _pairs(strain: Array) -> tuple[tuple[int, int], ...]:
    if strain.shape[0] not in SHEAR_PAIRS:
        raise InputError(
            "a strain has 4 (plane strain) or 6 (3-D) Mandel components, components first",
            field="strain",
            value=strain.shape,
            allowed="(4, *cells) or (6, *cells)",
        )
    return SHEAR_PAIRS[strain.shape[0]]


def _identity(components: int) -> Array:
    return jnp.array([1.0] * 3 + [0.0] * (components - 3))


def trace(strain: Float[Array, "m ..."]) -> Float[Array, "*cells"]:
    """``tr eps``, the dilatation [dimensionless]."""
    return strain[0] + strain[1] + strain[2]


def _rotate(matrix: dict, vectors: list, p: int, q: int) -> None:
    """One Jacobi rotation that zeroes the entry (p, q); the angle is at most 45 degrees, so it is stable."""
    off = matrix[p, q]
    gap = matrix[q, q] - matrix[p, p]
    denominator = jnp.abs(gap) + jnp.sqrt(gap * gap + 4.0 * off * off)
    safe = jnp.where(denominator > 0.0, denominator, 1.0)
    tangent = jnp.where(gap >= 0.0, 2.0, -2.0) * off / safe
    cosine = 1.0 / jnp.sqrt(1.0 + tangent * tangent)
    sine = tangent * cosine
    matrix[p, p] = matrix[p, p] - tangent * off
    matrix[q, q] = matrix[q, q] + tangent * off
    matrix[p, q] = jnp.zeros_like(off)
    other = 3 - p - q
    first, second = (min(p, other), max(p, other)), (min(q, other), max(q, other))
    if first in matrix:
        matrix[first], matrix[second] = (
            cosine * matrix[first] - sine * matrix[second],
            sine * matrix[first] + cosine * matrix[second],
        )
    for row in range(3):
        vectors[row][p], vectors[row][q] = (
            cosine * vectors[row][p] - sine * vectors[row][q],
            sine * vectors[row][p] + cosine * vectors[row][q],
        )


def principal(
    strain: Float[Array, "m ..."],
) -> tuple[Float[Array, "3 ..."], Float[Array, "3 3 ..."]]:
    """Principal strains [dimensionless] and their directions ``vectors[:, i]`` (unit, orthogonal) in every cell.

    Jacobi rotations: exact after one in plane strain, to round-off after `SWEEPS` sweeps in 3-D, whether or not
    principal strains coincide. Unsorted.
    """
    pairs = _pairs(strain)
    matrix = {(i, i): strain[i] for i in range(3)}
    matrix |= {pair: strain[3 + k] / ROOT_TWO for k, pair in enumerate(pairs)}
    one, zero = jnp.ones_like(strain[0]), jnp.zeros_like(strain[0])
    vectors = [[one if i == j else zero for j in range(3)] for i in range(3)]
    for _ in range(1 if len(pairs) == 1 else SWEEPS):
        for p, q in pairs:
            _rotate(matrix, vectors, p, q)
    return jnp.stack([matrix[i, i] for i in range(3)]), jnp.stack([jnp.stack(row) for row in vectors])


def _dyads(vectors: Array, components: int, i: int, j: int) -> Array:
    """Mandel vector of the unit tensor ``sym(n_i n_j)``, divided by its norm, shape (m, *cells)."""
    a, b = vectors[:, i], vectors[:, j]
    scale = 1.0 if i == j else ROOT_TWO
    entries = [scale * a[k] * b[k] for k in range(3)]
    for p, q in SHEAR_PAIRS[components]:
        entries.append(scale * (a[p] * b[q] + a[q] * b[p]) / ROOT_TWO)
    return jnp.stack(entries)


def _secant(a: Array, b: Array) -> Array:
    """``(<a> - <b>)/(a - b)`` in [0, 1], without cancellation, and the slope of <x> where a = b."""
    high, low = jnp.maximum(a, b), jnp.minimum(a, b)
    gap = high - low
    mixed = high / jnp.where(gap > 0.0, gap, 1.0)
    return jnp.where(low >= 0.0, 1.0, jnp.where(high <= 0.0, 0.0, mixed))


def positive_projection(strain: Float[Array, "m ..."]) -> Float[Array, "m m ..."]:
    """``P+ = d eps+/d eps`` of the positive part ``eps+ = sum <eps_i> n_i n_i`` [dimensionless].

    In the principal frame P+ is diagonal with entries 0 <= (<eps_i> - <eps_j>)/(eps_i - eps_j) <= 1: symmetric,
    positive semi-definite, and ``eps+ = P+ eps``.
    """
    components = strain.shape[0]
    values, vectors = principal(strain)
    total = jnp.zeros((components, components, *strain.shape[1:]), strain.dtype)
    every = [(0, 0), (1, 1), (2, 2), *SHEAR_PAIRS[components]]
    for i, j in every:
        dyad = _dyads(vectors, components, i, j)
        weight = jnp.where(values[i] >= 0.0, 1.0, 0.0) if i == j else _secant(values[i], values[j])
        total = total + weight * dyad[:, None] * dyad[None, :]
    return total


@jax.custom_jvp
def _positive_square(strain: Array) -> Array:
    """``sum <eps_i>^2`` in every cell; its derivative ``2 eps+`` is finite where principal strains coincide."""
    values, _ = principal(strain)
    return jnp.sum(jnp.maximum(values, 0.0) ** 2, axis=0)


@_positive_square.defjvp
def _positive_square_jvp(primals: tuple, tangents: tuple) -> tuple[Array, Array]:
    (strain,), (change,) = primals, tangents
    return _positive_square(strain), 2.0 * jnp.sum(_positive_part(strain) * change, axis=0)


@jax.custom_jvp
def _positive_part(strain: Array) -> Array:
    """``eps+ = sum <eps_i> n_i n_i`` as a Mandel vector."""
    values, vectors = principal(strain)
    parts = [jnp.maximum(values[i], 0.0) * _dyads(vectors, strain.shape[0], i, i) for i in range(3)]
    return parts[0] + parts[1] + parts[2]


@_positive_part.defjvp
def _positive_part_jvp(primals: tuple, tangents: tuple) -> tuple[Array, Array]:
    (strain,), (change,) = primals, tangents
    return _positive_part(strain), jnp.einsum("ij...,j...->i...", positive_projection(strain), change)


def split_energy(
    strain: Float[Array, "m ..."],
    first_lame: Float[Array, "*cells"] | float,
    shear_modulus: Float[Array, "*cells"] | float,
    split: SplitName,
) -> tuple[Float[Array, "*cells"], Float[Array, "*cells"]]:
    """(psi+, psi-) [J/m^3] of an elastic strain [dimensionless]; lambda and mu [Pa], a number or one a cell.

    Raises:
        InputError: unknown split or number of components.
    """
    check_split(split)
    _pairs(strain)
    dilatation = trace(strain)
    square = jnp.sum(strain * strain, axis=0)
    whole = 0.5 * first_lame * dilatation**2 + shear_modulus * square
    if split == "none":
        return whole, jnp.zeros_like(whole)
    opening = jnp.maximum(dilatation, 0.0) ** 2
    closing = jnp.minimum(dilatation, 0.0) ** 2
    if split == "volumetric_deviatoric":
        bulk = first_lame + 2.0 * shear_modulus / 3.0
        deviator = square - dilatation**2 / 3.0
        return 0.5 * bulk * opening + shear_modulus * deviator, 0.5 * bulk * closing
    tensile = 0.5 * first_lame * opening + shear_modulus * _positive_square(strain)
    compressive = 0.5 * first_lame * closing + shear_modulus * _positive_square(-strain)
    return tensile, compressive


def tensile_tangent(
    strain: Float[Array, "m ..."],
    first_lame: Float[Array, "*cells"] | float,
    shear_modulus: Float[Array, "*cells"] | float,
    split: SplitName,
) -> tuple[Float[Array, "m m ..."], Float[Array, "m m ..."]]:
    """Tangents (D+, D-) [Pa] with ``D = g D+ + D-``; both symmetric positive semi-definite, D+ + D- = C.

    At zero dilatation or zero principal strain the tensile side is taken. Raises: as `split_energy`.
    """
    check_split(split)
    _pairs(strain)
    components = strain.shape[0]
    cells = (1,) * (strain.ndim - 1)
    one = _identity(components)
    volumetric = (one[:, None] * one[None, :]).reshape(components, components, *cells)
    every = jnp.eye(components).reshape(components, components, *cells)
    whole = jnp.broadcast_to(
        first_lame * volumetric + 2.0 * shear_modulus * every, (components, components, *strain.shape[1:])
    )
    if split in {"none", "hybrid"}:
        return whole, jnp.zeros_like(whole)
    opens = jnp.where(trace(strain) >= 0.0, 1.0, 0.0)
    if split == "volumetric_deviatoric":
        bulk = first_lame + 2.0 * shear_modulus / 3.0
        tensile = bulk * opens * volumetric + 2.0 * shear_modulus * (every - volumetric / 3.0)
    else:
        tensile = first_lame * opens * volumetric + 2.0 * shear_modulus * positive_projection(strain)
    return tensile, whole - tensile


def damaged_tangent(
    strain: Float[Array, "m ..."],
    first_lame: Float[Array, "*cells"] | float,
    shear_modulus: Float[Array, "*cells"] | float,
    remaining: Float[Array, "*cells"],
    split: SplitName,
) -> Float[Array, "m m ..."]:
    """``D = g D+ + D-`` [Pa] for the degradation g = ``remaining`` [dimensionless]. Raises: as `split_energy`."""
    tensile, compressive = tensile_tangent(strain, first_lame, shear_modulus, split)
    return remaining * tensile + compressive


def damaged_stress(
    strain: Float[Array, "m ..."],
    first_lame: Float[Array, "*cells"] | float,
    shear_modulus: Float[Array, "*cells"] | float,
    remaining: Float[Array, "*cells"],
    split: SplitName,
) -> Float[Array, "m ..."]:
    """``sigma = g dpsi+/deps + dpsi-/deps`` [Pa], tension positive. Raises: as `split_energy`."""
    check_split(split)
    _pairs(strain)
    one = _identity(strain.shape[0]).reshape(-1, *(1,) * (strain.ndim - 1))
    dilatation = trace(strain)
    whole = first_lame * dilatation * one + 2.0 * shear_modulus * strain
    if split in {"none", "hybrid"}:
        return remaining * whole
    if split == "volumetric_deviatoric":
        bulk = first_lame + 2.0 * shear_modulus / 3.0
        compressive = bulk * jnp.minimum(dilatation, 0.0) * one
    else:
        negative = -_positive_part(-strain)
        compressive = first_lame * jnp.minimum(dilatation, 0.0) * one + 2.0 * shear_modulus * negative
    return remaining * (whole - compressive) + compressive
