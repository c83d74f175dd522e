"""Stiffness of the materials of a cell as Mandel matrices, and how two of them mix in a cell that holds both.

Stress and strain are Mandel vectors, shear components times √2, so that rotations are orthogonal and σ:ε is a plain
dot product: (xx, yy, zz, √2 yz, √2 xz, √2 xy) in three dimensions and (xx, yy, zz, √2 xy) in plane strain. The solver
(`dendrion.numerics.elasticity`) takes the in-plane part of the latter, (xx, yy, √2 xy), from `in_plane`.

Kind: textbook linear elasticity; the laminate is exact for two phases with a flat interface (Milton 2002, The Theory of
Composites, DOI 10.1017/CBO9780511613357, chapter 9). A plain mean of the stiffness over a diffuse interface is too
stiff across it and makes pressures that are not there.
"""

from __future__ import annotations

import math

import jax.numpy as jnp
import numpy as np
from jax import Array

from dendrion.errors import InputError

PLANE_STRAIN = (0, 1, 2, 5)
"""Components of a three-dimensional Mandel vector that are not zero in plane strain."""

IN_PLANE = (0, 1, 3)
"""Components of a plane-strain Mandel vector that lie in the plane."""

_SHEARS = ((1, 2), (0, 2), (0, 1))
_ROOT = math.sqrt(2.0)


def component_axes(count: int) -> list[tuple[int, int]]:
    """The two axes of every component of a Mandel vector of length 4 or 6 (static).

    Raises:
        InputError: another length.
    """
    if count not in {4, 6}:
        raise InputError("no such Mandel vector", field="components", value=count, allowed="4 or 6")
    normal = [(0, 0), (1, 1), (2, 2)]
    return normal + (list(_SHEARS) if count == 6 else [(0, 1)])


def dilatation(count: int) -> np.ndarray:
    """The Mandel vector of the unit tensor: its product with a strain is the trace [dimensionless]."""
    return np.array([1.0 if a == b else 0.0 for a, b in component_axes(count)])


def isotropic_stiffness(youngs_modulus: Array, poissons_ratio: Array, count: int = 6) -> Array:
    """λ 1⊗1 + 2μ I with λ = Eν/((1+ν)(1−2ν)), μ = E/(2(1+ν)), shape (m, m, *cells) [Pa].

    Args:
        youngs_modulus: E of every cell [Pa].
        poissons_ratio: ν of every cell, between −1 and 0.5, both left out [dimensionless].
        count: m, 6 in three dimensions or 4 in plane strain.
    """
    youngs_modulus, poissons_ratio = jnp.broadcast_arrays(
        jnp.asarray(youngs_modulus, float), jnp.asarray(poissons_ratio, float)
    )
    shear = youngs_modulus / (2.0 * (1.0 + poissons_ratio))
    lame = 2.0 * shear * poissons_ratio / (1.0 - 2.0 * poissons_ratio)
    unit = dilatation(count)
    return _outer(np.outer(unit, unit), lame) + _outer(np.eye(count), 2.0 * shear)


def _outer(matrix: np.ndarray, field: Array) -> Array:
    return jnp.asarray(matrix.reshape(*matrix.shape, *(1,) * field.ndim) * field)


def mandel_rotation(rotation: Array) -> Array:
    """Orthogonal matrix Q that turns a Mandel vector as ``rotation`` R turns the tensor: R t Rᵀ.

    Args:
        rotation: R, orthogonal, (3, 3, *cells) or one for all [dimensionless].
    """
    axes = component_axes(6)
    rows = []
    for i, j in axes:
        row = []
        for k, m in axes:
            left = 1.0 if i == j else _ROOT
            right = 1.0 if k == m else _ROOT
            both = rotation[i, k] * rotation[j, m] + rotation[i, m] * rotation[j, k]
            row.append(0.5 * left * right * both)
        rows.append(jnp.stack(row))
    return jnp.stack(rows)


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
    unit = dilatation(6)
    cube, shears = np.diag([1.0] * 3 + [0.0] * 3), np.diag([0.0] * 3 + [1.0] * 3)
    c11, c12, c44 = (jnp.asarray(value, float) for value in (c11, c12, c44))
    own = _outer(np.outer(unit, unit), c12) + _outer(cube, c11 - c12) + _outer(shears, 2.0 * c44)
    turn = mandel_rotation(jnp.asarray(rotation))
    cells = max(own.ndim, turn.ndim) - 2
    own = own.reshape(*own.shape, *(1,) * (cells + 2 - own.ndim))
    turn = turn.reshape(*turn.shape, *(1,) * (cells + 2 - turn.ndim))
    return jnp.einsum("ik...,kl...,jl...->ij...", turn, own, turn)


def plane_strain(stiffness: Array) -> Array:
    """The rows and columns (xx, yy, zz, √2 xy) of a three-dimensional stiffness [Pa].

    Exact for the stresses in these components as long as ε_yz = ε_xz = 0; a crystal that is turned out of the plane
    also carries σ_yz and σ_xz, which are not returned.
    """
    return stiffness[np.ix_(PLANE_STRAIN, PLANE_STRAIN)]


def in_plane(stiffness: Array) -> Array:
    """In-plane part (xx, yy, √2 xy) of a plane-strain stiffness, what the solver takes [Pa]."""
    return stiffness[np.ix_(IN_PLANE, IN_PLANE)]


def total_plane_strain(in_plane_strain: Array) -> Array:
    """The solver's strain with ε_zz = 0 put in; times a plane-strain stiffness it gives σ_zz as well [1]."""
    xx, yy, xy = in_plane_strain
    return jnp.stack([xx, yy, jnp.zeros_like(xx), xy])


def thermal_strain(expansion: Array, temperature_rise: Array, count: int = 6) -> Array:
    """Free thermal strain α (T − T_free) 1, shape (m, *cells) [1].

    Args:
        expansion: α of every cell [1/K].
        temperature_rise: T − T_free of every cell [K].
        count: m, 6 in three dimensions or 4 in plane strain (whose zz component loads the plane through ν).
    """
    return _outer(dilatation(count), jnp.asarray(expansion) * jnp.asarray(temperature_rise))


def stress(stiffness: Array, strain: Array) -> Array:
    """σ = C ε cell by cell [Pa]; with a free strain ε₀, C (ε − ε₀) is the stress and C ε₀ its load."""
    return jnp.sum(stiffness * strain[None], axis=1)


def normal_matrix(normal: Array, count: int) -> Array:
    """N with N a the Mandel vector of sym(a ⊗ n): the strain jump that a flat interface allows; Nᵀσ is its traction.

    Args:
        normal: unit normal, (3, *cells), or (2, *cells) in plane strain [dimensionless].
        count: m, 6 or 4.
    """
    dimensions = normal.shape[0]
    rows = []
    for i, j in component_axes(count):
        entries = [jnp.zeros_like(normal[0])] * dimensions
        if i == j and i < dimensions:
            entries[i] = normal[i]
        elif i != j:
            entries[i], entries[j] = normal[j] / _ROOT, normal[i] / _ROOT
        rows.append(jnp.stack(entries))
    return jnp.stack(rows)


def _solved(matrix: Array, right: Array) -> Array:
    """Solve a small system in every cell: (d, d, *cells) with (d, k, *cells)."""
    last = jnp.moveaxis(matrix, (0, 1), (-2, -1))
    return jnp.moveaxis(jnp.linalg.solve(last, jnp.moveaxis(right, (0, 1), (-2, -1))), (-2, -1), (0, 1))


def _interface(first: Array, second: Array, share: Array, normal: Array) -> tuple[Array, Array]:
    """N and the acoustic matrix Nᵀ(f C_a + (1 − f) C_b)N; the unit matrix where there is no normal."""
    matrix = normal_matrix(normal, first.shape[0])
    both = share * first + (1.0 - share) * second
    acoustic = jnp.einsum("ia...,ij...,jb...->ab...", matrix, both, matrix)
    length = jnp.sum(normal**2, axis=0)
    unit = jnp.eye(normal.shape[0]).reshape(*normal.shape[:1] * 2, *(1,) * share.ndim)
    return matrix, jnp.where(length > 0.25, acoustic, unit)


def laminate_stiffness(
    first: Array,
    second: Array,
    share: Array,
    normal: Array,
) -> Array:
    """Stiffness of a cell that holds two phases on either side of a flat interface: a rank-one laminate [Pa].

    With ΔC = C_b − C_a, the share f of b, and N of `normal_matrix`,

        C = (1 − f) C_a + f C_b − f (1 − f) ΔC N [Nᵀ(f C_a + (1 − f) C_b)N]⁻¹ Nᵀ ΔC.

    Traction and tangential strain are continuous: moduli are harmonic across the interface, arithmetic along it.

    Args:
        first, second: C_a and C_b, (m, m, *cells), m = 6, or 4 in plane strain [Pa].
        share: f of the second phase, 0 to 1 [dimensionless].
        normal: unit normal of the interface, either sense; zero where there is none, which mixes arithmetically
            [dimensionless].
    """
    matrix, acoustic = _interface(first, second, share, normal)
    difference = second - first
    traction = jnp.einsum("ia...,ij...->aj...", matrix, difference)
    correction = jnp.einsum("ai...,aj...->ij...", traction, _solved(acoustic, traction))
    mean = (1.0 - share) * first + share * second
    return mean - share * (1.0 - share) * correction


def laminate_strains(
    first: Array,
    second: Array,
    share: Array,
    normal: Array,
    strain: Array,
    free_strains: tuple[Array, Array] | None = None,
) -> tuple[Array, Array]:
    """Strains of the two phases of a laminate under a mean strain, each (m, *cells) [1].

    ε_a = ε − f N a and ε_b = ε + (1 − f) N a, where a balances the tractions of σ_i = C_i (ε_i − ε₀ᵢ). The stresses of
    the phases, the metal's normal traction among them, follow from these and not from the mean.

    Args:
        first, second, share, normal: as for `laminate_stiffness`.
        strain: mean strain ε of the cell [1].
        free_strains: ε₀ of both phases, none if absent [1].
    """
    matrix, acoustic = _interface(first, second, share, normal)
    rise_first, rise_second = (0.0, 0.0) if free_strains is None else free_strains
    jump = stress(second, strain - rise_second) - stress(first, strain - rise_first)
    traction = jnp.einsum("ia...,i...->a...", matrix, jump)
    amplitude = -_solved(acoustic, traction[:, None])[:, 0]
    step = jnp.einsum("ia...,a...->i...", matrix, amplitude)
    return strain - share * step, strain + (1.0 - share) * step
