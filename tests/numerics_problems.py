"""Reproducible linear problems for the solver's tests and benchmarks: a dendritic interface on any grid."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

GOLDEN = 0.5 * (math.sqrt(5.0) - 1.0)


class Problem(NamedTuple):
    """Arguments of `dendrion.numerics.elliptic` (arrays of NumPy, unit box along the first axis)."""

    transmissibility: tuple[np.ndarray, ...]
    diagonal: np.ndarray
    right_hand_side: np.ndarray


def _stems(dimensions: int) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """Capsules (start, end, radius) of the dendrite: stems from x = 0 with alternating side branches."""
    rows = 5 if dimensions == 2 else 2
    roots = [np.array(index) for index in np.ndindex(*(rows,) * (dimensions - 1))]
    radius = 0.014 if dimensions == 2 else 0.045
    capsules = []
    for number, root in enumerate(roots):
        foot = np.concatenate([[0.0], (root + 0.5) / rows])
        length = 0.35 + 0.45 * ((number + 1) * GOLDEN % 1.0)
        lean = np.zeros(dimensions)
        lean[0], lean[1] = 1.0, 0.08 * (-1) ** number
        capsules.append((foot, foot + length * lean, radius))
        for step, share in enumerate(np.arange(0.3, 0.95, 0.12)):
            for axis in range(1, dimensions):
                side = np.zeros(dimensions)
                side[0], side[axis] = 0.5, math.sqrt(0.75) * (-1) ** step
                base = foot + share * length * lean
                capsules.append((base, base + 0.33 / rows * side, 0.6 * radius))
    return capsules


@lru_cache(maxsize=2)
def dendrite(shape: tuple[int, ...], width_in_cells: float = 2.0) -> np.ndarray:
    """Order parameter of a branched dendrite, ½(1 − tanh(distance/width)), 1 in metal; sharp if width is 0."""
    spacing = 1.0 / shape[0]
    centres = np.meshgrid(
        *[(np.arange(cells) + 0.5) * spacing for cells in shape], indexing="ij", sparse=True
    )
    distance = centres[0] - 0.06 + 0.0 * sum(centres)
    for start, end, radius in _stems(len(shape)):
        along = end - start
        share = sum((x - s) * a for x, s, a in zip(centres, start, along, strict=True)) / (along @ along)
        share = np.clip(share, 0.0, 1.0)
        gap = sum((x - s - share * a) ** 2 for x, s, a in zip(centres, start, along, strict=True))
        distance = np.minimum(distance, np.sqrt(gap) - radius)
    if width_in_cells == 0.0:
        return np.where(distance < 0.0, 1.0, 0.0)
    return 0.5 * (1.0 - np.tanh(distance / (width_in_cells * spacing)))


def dendritic_problem(
    shape: tuple[int, ...], contrast: float, kind: str = "ionic", width_in_cells: float = 2.0
) -> Problem:
    """Potential around a dendrite on harmonic face conductivities.

    ``kind``: "ionic" conducts in the electrolyte, has the interface as its source and the right wall at zero;
    "screened" adds a linearised reaction on the interface to that; "one potential" conducts in the metal, has
    the left wall at 1 and the right one at 0.
    """
    order = dendrite(shape, width_in_cells)
    spacing = 1.0 / shape[0]
    metal, electrolyte = (1.0, 1.0 / contrast) if kind == "one potential" else (1.0 / contrast, 1.0)
    conductivity = metal * order + electrolyte * (1.0 - order)
    faces = []
    for axis in range(len(shape)):
        moved = np.moveaxis(conductivity, axis, 0)
        mean = 2.0 * moved[1:] * moved[:-1] / (moved[1:] + moved[:-1])
        faces.append(np.moveaxis(mean, 0, axis) / spacing**2)
    diagonal, source = np.zeros(shape), np.zeros(shape)
    diagonal[-1] += 2.0 * conductivity[-1] / spacing**2
    if kind == "one potential":
        diagonal[0] += 2.0 * conductivity[0] / spacing**2
        source[0] += 2.0 * conductivity[0] / spacing**2
    else:
        reaction = order * (1.0 - order) / spacing if width_in_cells else _surface(order) / spacing
        source += reaction
        if kind == "screened":
            diagonal += 10.0 * reaction
    return Problem(tuple(faces), diagonal, source)


def _surface(order: np.ndarray) -> np.ndarray:
    """Electrolyte cells that touch metal, of a sharp interface."""
    touching = np.zeros(order.shape)
    for axis in range(order.ndim):
        moved, out = np.moveaxis(order, axis, 0), np.moveaxis(touching, axis, 0)
        out[1:] += moved[:-1] * (1.0 - moved[1:])
        out[:-1] += moved[1:] * (1.0 - moved[:-1])
    return touching
