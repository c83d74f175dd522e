"""From a case's microstructure to what the engine reads: conductance of faces, stiffness, toughness, pores on cells.

Whatever belongs to an area of grain boundary (resistance, compliance, fracture energy) is kept when the boundary is
widened to a band of cells (`dendrion.microstructure.boundaries`). Stiffness is cubic, turned with each grain. A grain that
conducts differently along its third axis enters with the diagonal of its turned conductivity: exact where its axes lie along
the grid, without the cross terms elsewhere. Kind: derived here.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from numpy.typing import NDArray

from dendrion.case import Case
from dendrion.case.microstructure import Grains, ImageMap, PhaseProperties, Polycrystal
from dendrion.case.microstructure_checks import (
    boundary_factor,
    boundary_length,
    boundary_thickness,
    grains_of,
    zener_anisotropy,
)
from dendrion.field.stiffness import (
    bulk_and_shear,
    cubic_stiffness,
    isotropic_stiffness,
    plane_strain_stiffness,
)
from dendrion.microstructure import (
    Tessellation,
    band_coverage,
    boundary_distance,
    face_factors,
    fibre_orientations,
    place_inclusions,
    random_orientations,
    resample,
    tessellate,
)
from dendrion.microstructure.boundaries import face_pairs
from dendrion.microstructure.images import without_lines
from dendrion.numerics.grid import Grid

BAND = 2.0
"""Width of the band in which a boundary is weak [cells]: the two cells that meet at it."""

LEAST_CONDUCTION = 1e-6
"""Conductivity of pores and insulating particles over the grain's [dimensionless]: the potential stays unique."""

Floats = NDArray[np.float64]


class GrainMap(NamedTuple):
    """A microstructure on the cells of a grid.

    labels: grain of every cell, from 0; distance from the nearest boundary [m]; coverage by the band of the boundaries,
    0 to 1; phase: -1 in pores, 0 in grains, k in the k-th second phase; rotations R of the grains (grains, 3, 3);
    properties of the second phases.
    """

    labels: NDArray[np.int64]
    distance: Floats
    coverage: Floats
    phase: NDArray[np.int64]
    rotations: Floats
    properties: tuple[PhaseProperties, ...]


def grain_map(case: Case, grid: Grid) -> GrainMap | None:
    """The microstructure of a case on its grid; None where the electrolyte is uniform.

    Raises:
        InputError: no room for pores or particles, or a label map that does not cover the domain.
    """
    grains = grains_of(case)
    if grains is None:
        return None
    size, periodic = tuple(case.domain.size), tuple(map(bool, grid.periodic))
    phase = np.zeros(grid.shape, np.int64)
    properties: list[PhaseProperties] = []
    nearest = None
    if isinstance(grains, Polycrystal):
        made, labels, distance = _polycrystal(
            grains.grain_size, grains.spread, grains.seed, size, periodic, tuple(grid.shape)
        )
        nearest = made.boundary_distance_at
    else:
        assert isinstance(grains, ImageMap)
        labels, phase = _from_image(grains, case, grid, properties)
        distance = boundary_distance(labels, size, periodic)
    for ball in (*((grains.pores,) if grains.pores else ()), *grains.particles):
        placed = place_inclusions(
            size, periodic, ball.fraction, ball.size, ball.spread, ball.seed,
            nearest if ball.at == "boundaries" else None,
        )  # fmt: skip
        if isinstance(ball, PhaseProperties):
            properties.append(ball)
        phase[placed.mask(grid.coordinates())] = len(properties) if isinstance(ball, PhaseProperties) else -1
    return GrainMap(
        labels, distance, band_coverage(distance, band_width(case, grid), max(grid.spacing)), phase,
        _rotations(grains, int(labels.max()) + 1), tuple(properties),
    )  # fmt: skip


@lru_cache(maxsize=4)
def _polycrystal(
    grain_size: float,
    spread: float,
    seed: int,
    size: tuple[float, ...],
    periodic: tuple[bool, ...],
    shape: tuple[int, ...],
) -> tuple[Tessellation, NDArray[np.int64], Floats]:
    made = tessellate(size, periodic, grain_size, spread, seed)
    return made, *made.raster(shape)


def _from_image(
    grains: ImageMap, case: Case, grid: Grid, properties: list[PhaseProperties]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Grains (from 0) and phases of a label map; adds the numbers of its second phases to ``properties``."""
    found = grains.label_map
    values = resample(found, found.pixel_size or (), grid.shape, case.domain.size)
    if grains.boundary_value is not None:
        values = without_lines(values, grains.boundary_value, grid.periodic)
    phase = np.zeros(grid.shape, np.int64)
    if grains.contents == "grains":
        return np.unique(values, return_inverse=True)[1].reshape(grid.shape), phase
    for one in grains.phases:
        if one.phase == "particle":
            properties.append(one)
        kind = {"electrolyte": 0, "pore": -1, "particle": len(properties)}[one.phase]
        phase[values == one.value] = kind
    return np.zeros(grid.shape, np.int64), phase


def _rotations(grains: Grains, count: int) -> Floats:
    texture, seed = grains.texture, grains.seed + 1  # places and orientations are drawn apart
    if texture.kind == "random":
        return random_orientations(count, seed)
    if texture.kind == "fibre":
        return fibre_orientations(count, texture.axis, texture.spread, seed)
    return np.tile(np.eye(3), (count, 1, 1))


def band_width(case: Case, grid: Grid) -> float:
    """Width of the band in which boundaries are weak [m]: given, or two cells."""
    grains = grains_of(case)
    given = grains.boundary.width if grains is not None else None
    return given or BAND * max(grid.spacing)


def conduction_factors(case: Case, grid: Grid) -> tuple[tuple[Array, ...], Array] | None:
    """Conductance of every face, and of the counter electrode's cells, over that of a uniform grain [dimensionless].

    None where the electrolyte is uniform.
    """
    found = grain_map(case, grid)
    if found is None:
        return None
    cells = cell_conduction(case, grid, found)
    length, spacing = boundary_length(case, case.electrolyte_material()), tuple(map(float, grid.spacing))
    with_boundaries = face_factors(cells, found.labels, length, spacing, grid.periodic)
    without = face_factors(cells, np.zeros_like(found.labels), 0.0, spacing, grid.periodic)
    faces = []
    for axis, (bounded, free) in enumerate(zip(with_boundaries, without, strict=True)):
        lower, upper = face_pairs(found.phase, axis, bool(grid.periodic[axis]))
        faces.append(jnp.asarray(np.where((lower == 0) & (upper == 0), bounded, free)))
    return tuple(faces), jnp.asarray(cells[0][-1])


def cell_conduction(case: Case, grid: Grid, found: GrainMap) -> Floats:
    """Conductivity of every cell along each axis (axes first) over that of a uniform grain [dimensionless]."""
    grains, sheet = grains_of(case), case.electrolyte_material()
    assert grains is not None
    own = float(sheet.claim("conductivity").evaluate(case.conditions.temperature))
    ratio = grains.crystal.conductivity_ratio
    across, along = 3.0 / (2.0 + ratio), 3.0 * ratio / (2.0 + ratio)  # mean of the three axes: 1
    cosines = found.rotations[found.labels, :, 2]
    cells = np.stack([across + (along - across) * cosines[..., k] ** 2 for k in range(grid.dimensions)])
    for kind, one in enumerate(found.properties, start=1):
        if one.conductivity is not None:
            cells[:, found.phase == kind] = max(one.conductivity / own, LEAST_CONDUCTION)
    cells[:, found.phase == -1] = LEAST_CONDUCTION
    return cells


def pores(case: Case, grid: Grid) -> NDArray[np.bool_]:
    """Cells of pores."""
    found = grain_map(case, grid)
    return np.zeros(grid.shape, bool) if found is None else found.phase == -1


def toughness_map(case: Case, grid: Grid, toughness: float) -> Floats | None:
    """Fracture energy of every cell [J/m^2], ``toughness`` inside grains; None where the electrolyte is uniform."""
    from dendrion.microstructure import widened_toughness_factor

    found = grain_map(case, grid)
    if found is None:
        return None
    length = case.numerics.fracture_length or 2.0 * max(grid.spacing)
    factor = boundary_factor(case, case.electrolyte_material(), "fracture")
    weak = widened_toughness_factor(factor, band_width(case, grid), length, case.physics.fracture)
    cells = toughness * (1.0 - (1.0 - weak) * found.coverage)
    for kind, one in enumerate(found.properties, start=1):
        if one.fracture_energy is not None:
            cells[found.phase == kind] = one.fracture_energy
    return cells


def stiffness_map(case: Case, grid: Grid) -> Array | None:
    """Mandel stiffness of every cell, (4, 4, *cells) in plane strain or (6, 6, *cells) [Pa]; None where uniform."""
    from dendrion.microstructure import widened_stiffness_factor

    found = grain_map(case, grid)
    if found is None:
        return None
    sheet, temperature = case.electrolyte_material(), case.conditions.temperature
    modulus, ratio = (
        float(sheet.claim(name).evaluate(temperature)) for name in ("young_modulus", "poisson_ratio")
    )
    constants = [jnp.asarray(one) for one in cubic_constants(modulus, ratio, zener_anisotropy(case, sheet))]
    crystals = cubic_stiffness(
        constants[0], constants[1], constants[2], jnp.asarray(np.moveaxis(found.rotations, 0, -1))
    )
    thickness, width = boundary_thickness(case, sheet), band_width(case, grid)
    soft = widened_stiffness_factor(boundary_factor(case, sheet, "shear"), thickness, width)
    cells = np.asarray(crystals)[:, :, found.labels] * (1.0 - (1.0 - soft) * found.coverage)
    for kind, one in enumerate(found.properties, start=1):
        if one.young_modulus is not None or one.poisson_ratio is not None:
            bulk, shear = bulk_and_shear(
                one.young_modulus or modulus, ratio if one.poisson_ratio is None else one.poisson_ratio
            )
            own = isotropic_stiffness(jnp.asarray(bulk), jnp.asarray(shear))
            cells[:, :, found.phase == kind] = np.asarray(own)[:, :, None]
    whole = jnp.asarray(cells)
    return plane_strain_stiffness(whole) if grid.dimensions == 2 else whole


def cubic_constants(modulus: float, ratio: float, zener: float) -> tuple[float, float, float]:
    """C11, C12, C44 [Pa] of a cubic crystal whose random polycrystal has Young's modulus E [Pa] and Poisson's ratio.

    K = E/[3(1 - 2 nu)] is that of the crystal; its shears C' = (C11 - C12)/2 and C44 = A C' follow from Hill's mean,
    ``G = C' [(2 + 3 A)/5 + 5 A/(2 A + 3)]/2``, the mean of Voigt's and Reuss's bounds. ``zener`` is A.
    """
    bulk, shear = bulk_and_shear(modulus, ratio)
    prime = 2.0 * shear / ((2.0 + 3.0 * zener) / 5.0 + 5.0 * zener / (2.0 * zener + 3.0))
    return bulk + 4.0 * prime / 3.0, bulk - 2.0 * prime / 3.0, zener * prime


def grain_fields(case: Case, grid: Grid) -> dict[str, tuple[Floats, str, str]]:
    """Grains and boundaries on cells for people and other tools, with unit and description; empty where uniform."""
    found = grain_map(case, grid)
    if found is None:
        return {}
    labels = np.where(found.phase == 0, found.labels + 1, np.where(found.phase == -1, 0, -found.phase))
    return {
        "grain": (labels.astype(float), "1", "grain, from 1; 0 pore; below 0 second phase"),
        "grain_boundary": (
            found.coverage * (found.phase == 0),
            "1",
            "share of the cell in a grain boundary's band",
        ),
    }


def share_at_boundaries(
    damage: Floats, found: GrainMap, flaws: NDArray[np.bool_], threshold: float = 0.9
) -> float:
    """Share of the broken cells, flaws of the start left out, that lie in the band of a boundary [dimensionless].

    A crack that did not see boundaries would have the share of the electrolyte that the band takes,
    ``found.coverage.mean()``; not a number without a crack.
    """
    broken = (damage >= threshold) & ~flaws & (found.phase >= 0)
    return float(found.coverage[broken].mean()) if broken.any() else math.nan
