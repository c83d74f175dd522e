"""What the metal of a lattice looks like, in numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FLAT_RELIEF = 4.0
"""Root mean square height up to which a surface counts as flat [sites]: growth by single particles makes that much."""

SLENDER = 1.0
"""Aspect ratio from which protrusions count as fingers [dimensionless]."""


class Form(NamedTuple):
    """Geometry of connected metal.

    tip, base, mean: highest, lowest and mean top of the columns [m]; roughness: root mean square [m]; area_ratio:
    exposed faces over the cross-section; aspect_ratio: relief over the mean width of the metal at half height;
    branches: pieces of metal there; porosity: electrolyte below the tops, as a share; dimension: of the surface by
    counting boxes [dimensionless]; dead: metal that is cut off, over the cross-section [m].
    """

    tip: float
    base: float
    mean: float
    roughness: float
    area_ratio: float
    aspect_ratio: float
    branches: int
    porosity: float
    dimension: float
    dead: float


def heights(metal: NDArray[np.bool_], spacing: float) -> NDArray[np.float64]:
    """Top of the metal over the cross-section [m]; 0 where there is none."""
    count = metal.shape[0]
    top = count - np.argmax(metal[::-1], axis=0)
    return np.where(metal.any(axis=0), top, 0) * spacing


def describe(metal: NDArray[np.bool_], connected: NDArray[np.bool_], spacing: float, periodic: bool) -> Form:
    """Geometry of a lattice of metal, shape [x, y(, z)], of which a part is connected with the electrode."""
    height = heights(connected, spacing)
    tip, base = float(height.max()), float(height.min())
    cross = connected[0].size
    below = float(height.sum()) / spacing
    inside = float(connected.sum())
    middle = connected[min(int(0.5 * (tip + base) / spacing), connected.shape[0] - 1)]
    branches, cover = pieces(middle, periodic), float(middle.mean())
    span = min(connected.shape[1:]) * spacing
    width = cover * span / max(branches, 1)
    return Form(
        tip=tip, base=base, mean=float(height.mean()), roughness=float(height.std()),
        area_ratio=exposed_faces(connected, periodic) / cross,
        aspect_ratio=(tip - base) / width if width > 0.0 and tip > base else 0.0,
        branches=branches, porosity=1.0 - inside / below if below > 0.0 else 0.0,
        dimension=box_dimension(connected), dead=float((metal & ~connected).sum()) * spacing / cross,
    )  # fmt: skip


def exposed_faces(metal: NDArray[np.bool_], periodic: bool) -> float:
    """Faces between metal and electrolyte, the ones inside pores included [dimensionless]."""
    count = float(np.count_nonzero(metal[1:] != metal[:-1]))
    for axis in range(1, metal.ndim):
        count += np.count_nonzero(np.diff(metal, axis=axis))
        if periodic:
            count += np.count_nonzero(metal.take(0, axis) != metal.take(-1, axis))
    return float(count)


def pieces(section: NDArray[np.bool_], periodic: bool) -> int:
    """Separate pieces of metal in a cross-section [dimensionless]."""
    from scipy import ndimage

    label, count = ndimage.label(section)
    if periodic:
        for axis in range(section.ndim):
            first, last = label.take(0, axis).ravel(), label.take(-1, axis).ravel()
            for a, b in zip(first, last, strict=True):
                if a and b and a != b:
                    label[label == b] = a
                    last = np.where(last == b, a, last)
        count = len(np.unique(label[label > 0]))
    return int(count)


def box_dimension(metal: NDArray[np.bool_]) -> float:
    """Fractal dimension of the surface: slope of the number of boxes that it crosses against their size.

    1 for a line on a square lattice, 2 for a plane on a cubic one; nan where the lattice is too small to count.
    """
    largest = min(metal.shape) // 4
    sizes = [2**k for k in range(1, 12) if 2**k <= largest]
    if len(sizes) < 2:
        return float("nan")
    counts = []
    for size in sizes:
        blocks = metal[tuple(slice(0, n // size * size) for n in metal.shape)]
        shape = [part for n in blocks.shape for part in (n // size, size)]
        share = blocks.reshape(shape).mean(axis=tuple(range(1, 2 * metal.ndim, 2)))
        flat = (np.diff((share > 0.5).astype(int), axis=0) != 0).sum()
        mixed = ((share > 0.0) & (share < 1.0)).sum()
        counts.append(max(int(mixed), int(flat), 1))
    return float(-np.polyfit(np.log(sizes), np.log(counts), 1)[0])


def morphology(form: Form, spacing: float) -> str:
    """Class: flat, porous, wavy, or fingers (our own definition)."""
    if form.roughness <= FLAT_RELIEF * spacing:
        return "flat"
    if form.aspect_ratio >= SLENDER:
        return "fingers" if form.branches > 1 else "needle"
    return "wavy"
