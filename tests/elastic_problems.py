"""Elastic bodies that tests and benchmarks share: moduli of a dendrite in a ceramic, cracks, supports."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from dendrion.field.mandel import identity, in_plane_tangent
from dendrion.field.stiffness import bulk_and_shear, isotropic_stiffness
from dendrion.numerics import elasticity
from tests.numerics_problems import dendrite

METAL, CERAMIC = (5e9, 0.36), (150e9, 0.26)
"""Young's modulus [Pa] and Poisson's ratio of lithium and of LLZO, rounded: the contrast of the solver's bars."""

build = jax.jit(elasticity.build_elastic, static_argnums=(2, 3))
solve = jax.jit(elasticity.solve_elastic)
precondition = jax.jit(elasticity.precondition_elastic)


def elastic_stiffness(youngs_modulus, poissons_ratio, count):
    """Isotropic stiffness of 4 or 6 components from Young's modulus [Pa] and Poisson's ratio."""
    return isotropic_stiffness(*bulk_and_shear(youngs_modulus, poissons_ratio), count)


def stress(stiffness, strain):
    """C e, cell by cell [Pa]; of a free strain it is the load."""
    return jnp.sum(stiffness * strain[None], axis=1)


def thermal_strain(expansion, rise, count=6):
    """Free strain of a rise of temperature, (count, *cells)."""
    unit = identity(count).reshape(count, *(1,) * jnp.ndim(expansion))
    return jnp.asarray(unit * (expansion * rise))


def solver_stiffness(youngs_modulus, poissons_ratio, dimensions):
    """Isotropic tangent of the shape that the solver takes."""
    count = 6 if dimensions == 3 else 4
    return np.asarray(in_plane_tangent(elastic_stiffness(youngs_modulus, poissons_ratio, count)))


def dendritic_stiffness(shape, metal=METAL, ceramic=CERAMIC):
    """A branched dendrite of soft metal in stiff ceramic, its interface two cells wide."""
    order = dendrite(tuple(shape))
    modulus = metal[0] * order + ceramic[0] * (1.0 - order)
    ratio = metal[1] * order + ceramic[1] * (1.0 - order)
    return solver_stiffness(modulus, ratio, len(shape))


def crack(shape, slope=0.0):
    """Cells of a crack one cell wide from x = 1/8 to 3/4 of the box, a straight row or a staircase."""
    places = np.meshgrid(*[np.arange(cells) + 0.5 for cells in shape], indexing="ij")
    inside = (places[0] > shape[0] / 8) & (places[0] < 0.75 * shape[0])
    if slope == 0.0:
        return inside & (np.floor(places[1]) == shape[1] // 2)
    return inside & (np.abs(places[1] - 0.3 * shape[1] - slope * (places[0] - shape[0] / 8)) < 0.75)


def damage_band(shape, angle, length_in_cells=2.0):
    """Damage exp(−distance/ℓ) around a line through the middle, its normal and tangent [dimensionless]."""
    places = np.meshgrid(*[np.arange(cells) + 0.5 for cells in shape], indexing="ij")
    x, y = places[0] - 0.45 * shape[0], places[1] - 0.5 * shape[1]
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    distance = np.hypot(np.maximum(abs(along) - 0.3 * shape[0], 0.0), np.maximum(abs(across) - 0.5, 0.0))
    normal = np.array([-np.sin(angle), np.cos(angle)])
    return np.exp(-distance / length_in_cells), normal, np.array([normal[1], -normal[0]])


def orthotropic_band(stiffness, damage, normal, tangent, residual):
    """2-D stiffness C − α C q qᵀC − β C s sᵀC whose normal and shear moduli across a band are (1 − d)² + residual."""
    degradation = np.minimum((1.0 - damage) ** 2 + residual, 1.0)
    root = np.sqrt(2.0)
    q = np.array([normal[0] ** 2, normal[1] ** 2, root * normal[0] * normal[1]])
    s = np.array(
        [
            root * normal[0] * tangent[0],
            root * normal[1] * tangent[1],
            normal[0] * tangent[1] + normal[1] * tangent[0],
        ]
    )
    result = stiffness
    for direction in (q, s):
        image = np.einsum("ij...,j->i...", stiffness, direction)
        modulus = np.einsum("i,i...->...", direction, image)
        result = result - (1.0 - degradation) / modulus * image[:, None] * image[None, :]
    return result


def supports(shape, periodic=None):
    """Clamped at x = 0, a roller at x = L, free elsewhere: (dim, *nodes)."""
    periodic = periodic or (False,) * len(shape)
    fixed = np.zeros((len(shape), *elasticity.node_shape(shape, periodic)), bool)
    fixed[:, 0] = True
    fixed[0, -1] = True
    return jnp.asarray(fixed)


def swelling_force(stiffness, spacing, periodic):
    """Loads of a free strain of one along every axis, with the stiffness of each cell: rough where that jumps."""
    dimensions = len(spacing)
    unit = np.zeros(stiffness.shape[0])
    unit[:dimensions] = 1.0
    return elasticity.internal_force(jnp.einsum("ij...,j->i...", stiffness, unit), spacing, periodic)


def pinned(shape, periodic=None):
    """Just enough prescribed degrees of freedom to hold a body with walls everywhere: no support forces arise."""
    dimensions = len(shape)
    fixed = np.zeros((dimensions, *elasticity.node_shape(shape, periodic or (False,) * dimensions)), bool)
    origin = (0,) * dimensions
    fixed[(slice(None), *origin)] = True
    if dimensions == 2:
        fixed[1, -1, 0] = True
    else:
        fixed[1, -1, 0, 0] = fixed[2, -1, 0, 0] = fixed[2, 0, -1, 0] = True
    return jnp.asarray(fixed)


def node_places(shape, spacing, periodic=None):
    """Positions of the nodes, (dim, *nodes) [m]."""
    nodes = elasticity.node_shape(shape, periodic or (False,) * len(shape))
    return np.array(
        np.meshgrid(*[np.arange(n) * h for n, h in zip(nodes, spacing, strict=True)], indexing="ij")
    )
