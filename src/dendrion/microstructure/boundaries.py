"""Grain boundaries on a grid: what belongs to an area of boundary stays with that area, however wide a cell is.

A boundary is nanometres thick and a cell is not. Three of its properties are kept per area when it is widened:

    resistance   R_gb = delta/kappa_gb                  in series on the face between two cells
    compliance   delta/C_gb                             in series in a band of width b: C_gb,num (below)
    toughness    G_c,gb                                 a band of width b, corrected for the length l of the damage

A slanted boundary is a staircase of faces with the area ``A sum |n_k|`` where the boundary has A, so each face carries
``R_gb sum |n_k|``. Toughness: in a band of half width b/2 that is f' times as tough as the grain, the AT2 crack along its
middle costs exactly (the equation of the damage is linear)

    G = G_g f' (1 + f' t)/(f' + t),   t = tanh(b/2l)    hence    f' = [sqrt((1 - f)^2 + 4 f t^2) - (1 - f)]/(2 t)

for the share f = G_c,gb/G_c,g that is asked for. Kind: derived here; the idea after Hansen-Doerr, de Borst,
Hennig and Kaestner 2019, DOI 10.1016/j.cma.2018.10.052 (their numerical compensation).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Masks = tuple[NDArray[np.bool_], ...]

WINDOW = 5
"""Cells along each axis over which the direction of a staircase is measured [dimensionless]."""

LEAST_DENSITY = 1e-9
"""Boundary faces a cell below which there are none but for the round-off of the filter [dimensionless]."""


def face_pairs(values: NDArray[Any], axis: int, periodic: bool) -> tuple[NDArray[Any], NDArray[Any]]:
    """Values of the lower and the upper cell of every face across ``axis``: one face fewer than cells between walls."""
    count = values.shape[axis]
    upper = np.roll(values, -1, axis)
    if periodic:
        return values, upper
    chosen = [slice(None)] * values.ndim
    chosen[axis] = slice(0, count - 1)
    return values[tuple(chosen)], upper[tuple(chosen)]


def boundary_faces(labels: NDArray[np.int64], periodic: Sequence[bool]) -> Masks:
    """Faces of every axis between cells of two grains; face i lies above cell i, the last one wraps or is absent."""
    return tuple(np.not_equal(*face_pairs(labels, axis, bool(periodic[axis]))) for axis in range(labels.ndim))


def obliqueness(
    labels: NDArray[np.int64], periodic: Sequence[bool], planar: bool = True, window: int = WINDOW
) -> tuple[Floats, ...]:
    """Staircase area over true area, ``sum |n_k|``, on every face, 1 to sqrt(dimensions) [dimensionless].

    From the numbers of boundary faces across each axis, which go as |n_k|: of each pair of grains where boundaries are
    ``planar``, as those of a tessellation are, else in a neighbourhood of ``window`` cells. Cubic cells.
    """
    faces = boundary_faces(labels, periodic)
    if planar:
        return _of_pairs(labels, faces, periodic)
    from scipy.ndimage import uniform_filter

    modes = ["wrap" if wraps else "nearest" for wraps in periodic]
    densities = []
    for axis, mask in enumerate(faces):
        cells = np.zeros(labels.shape)
        cells[tuple(slice(0, extent) for extent in mask.shape)] = mask
        cells = 0.5 * (cells + np.roll(cells, 1, axis))  # each face counts half in both of its cells
        densities.append(uniform_filter(cells, window, mode=modes))
    total = sum(densities)
    length = np.sqrt(sum(density**2 for density in densities))
    some = length > LEAST_DENSITY
    local = np.where(some, total / np.where(some, length, 1.0), 1.0)
    pairs = [face_pairs(local, axis, bool(periodic[axis])) for axis in range(labels.ndim)]
    return tuple(0.5 * (lower + upper) for lower, upper in pairs)


def _of_pairs(labels: NDArray[np.int64], faces: Masks, periodic: Sequence[bool]) -> tuple[Floats, ...]:
    """``sum |n_k|`` from all faces between the same two grains."""
    span = int(labels.max()) + 1
    codes = []
    for axis, mask in enumerate(faces):
        lower, upper = face_pairs(labels, axis, bool(periodic[axis]))
        codes.append((np.minimum(lower, upper) * span + np.maximum(lower, upper))[mask])
    known, inverse = np.unique(np.concatenate(codes), return_inverse=True)
    parts = np.split(inverse, np.cumsum([len(code) for code in codes])[:-1])
    counts = np.stack([np.bincount(part, minlength=len(known)) for part in parts]).astype(float)
    slant = counts.sum(axis=0) / np.sqrt((counts**2).sum(axis=0)) if len(known) else np.ones(0)
    found = []
    for mask, part in zip(faces, parts, strict=True):
        field = np.ones(mask.shape)
        field[mask] = slant[part]
        found.append(field)
    return tuple(found)


def boundary_area(
    labels: NDArray[np.int64], spacing: Sequence[float], periodic: Sequence[bool], planar: bool = True
) -> float:
    """Area (length in 2-D) of all boundaries [m^(dimensions - 1)], the staircase corrected for its steps."""
    volume = math.prod(spacing)
    pairs = zip(boundary_faces(labels, periodic), obliqueness(labels, periodic, planar), strict=True)
    return float(
        sum(volume / spacing[axis] * np.sum(mask / slant) for axis, (mask, slant) in enumerate(pairs))
    )


def face_factors(
    conduction: Floats,
    labels: NDArray[np.int64],
    extra_length: float,
    spacing: Sequence[float],
    periodic: Sequence[bool],
    planar: bool = True,
) -> tuple[Floats, ...]:
    """Conductance of every face over that of uniform grains [dimensionless].

    ``h / [h/(2 c_lower) + h/(2 c_upper) + l_gb sum |n_k|]`` of the cells' relative conductivities c; ``l_gb = R_gb kappa``
    is the length of grain that resists as much as a boundary, so that the boundary has the grain's law in temperature.

    Args:
        conduction: c of every cell, one field or one an axis (axes first), > 0 [dimensionless].
        labels: grain of every cell.
        extra_length: l_gb [m].
        spacing: cell sizes [m].
        periodic: one flag an axis.
        planar: whether boundaries are planes (see `obliqueness`).
    """
    slants = obliqueness(labels, periodic, planar)
    found = []
    for axis, mask in enumerate(boundary_faces(labels, periodic)):
        along = conduction[axis] if conduction.ndim > len(spacing) else conduction
        lower, upper = face_pairs(along, axis, bool(periodic[axis]))
        resistance = 0.5 / lower + 0.5 / upper
        found.append(1.0 / (resistance + extra_length * slants[axis] * mask / spacing[axis]))
    return tuple(found)


def boundary_distance(labels: NDArray[np.int64], size: Sequence[float], periodic: Sequence[bool]) -> Floats:
    """Distance [m] of every cell's centre from the nearest face between two grains; infinite without any."""
    from scipy.spatial import cKDTree

    spacing = [length / count for length, count in zip(size, labels.shape, strict=True)]
    middles = []
    for axis, mask in enumerate(boundary_faces(labels, periodic)):
        places = (np.argwhere(mask) + 0.5) * spacing
        places[:, axis] += 0.5 * spacing[axis]
        middles.append(places)
    points = np.concatenate(middles)
    if not len(points):
        return np.full(labels.shape, np.inf)
    box = [length if wraps else 0.0 for length, wraps in zip(size, periodic, strict=True)]
    points = np.where(np.array(box) > 0.0, points % np.where(np.array(box) > 0.0, box, 1.0), points)
    axes = [(np.arange(count) + 0.5) * step for count, step in zip(labels.shape, spacing, strict=True)]
    centres = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, labels.ndim)
    return np.asarray(cKDTree(points, boxsize=box).query(centres)[0]).reshape(labels.shape)


def band_coverage(distance: Floats, width: float, cell: float) -> Floats:
    """Share of every cell in a band of full ``width`` [m] about the boundary, 0 to 1: a ramp one ``cell`` [m] wide."""
    return np.asarray(np.clip((0.5 * width - distance) / cell + 0.5, 0.0, 1.0))


def widened_toughness_factor(factor: float, width: float, length: float, model: str = "at2") -> float:
    """f' of a band of full ``width`` [m] that gives boundaries ``factor`` times the grain's fracture energy.

    Exact for AT2 of length l = ``length`` [m]; for AT1, whose profile is taken as undisturbed, to first order, and not
    below a tenth of the factor. Factors from 1 on are left as they are.
    """
    if factor >= 1.0:
        return factor
    half = 0.5 * width
    if model == "at1":
        share = 1.0 - max(0.0, 1.0 - half / (2.0 * length)) ** 3
        return max(0.1 * factor, 1.0 - (1.0 - factor) / share)
    t = math.tanh(half / length)
    lost = 1.0 - factor
    return (math.sqrt(lost**2 + 4.0 * factor * t**2) - lost) / (2.0 * t)


def widened_stiffness_factor(factor: float, thickness: float, width: float) -> float:
    """Stiffness over the grain's of a band of ``width`` [m] that gives way as a boundary ``thickness`` [m] thick whose
    own stiffness is ``factor`` times the grain's: layers in series [dimensionless]."""
    return 1.0 / (1.0 + thickness / width * (1.0 / factor - 1.0))
