"""The metal at the start: a layer at x = 0 with a flat, wavy, bumpy, measured or random surface, and isolated seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .model import Case


def lateral_coordinates(size: tuple[float, ...], cells: tuple[int, ...]) -> list[NDArray[np.float64]]:
    """Cell centres [m] of the axes along the electrode, as broadcastable arrays (none in 1-D)."""
    axes = [(np.arange(n) + 0.5) * length / n for n, length in zip(cells[1:], size[1:], strict=True)]
    return list(np.meshgrid(*axes, indexing="ij")) if axes else []


def surface_height(case: Case) -> NDArray[np.float64]:
    """Height of the metal layer's surface [m] over the cross-section (a 0-d array in 1-D)."""
    size, cells = tuple(case.domain.size), tuple(case.domain.cells)
    lateral = lateral_coordinates(size, cells)
    surface, base = case.initial.surface, case.initial.metal_thickness or 0.0
    if not lateral:
        return np.asarray(base)
    if surface.kind == "sinusoid":
        return base + surface.amplitude * np.cos(2.0 * np.pi * lateral[0] / surface.wavelength)
    if surface.kind == "bump":
        centre = surface.at if surface.at else [0.5 * length for length in size[1:]]
        distance = sum((y - c) ** 2 for y, c in zip(lateral, centre, strict=True))
        return base + surface.height * np.exp(-distance / surface.radius**2)
    if surface.kind == "profile":
        places, heights = np.array(surface.points).T
        return base + np.interp(lateral[0], places, heights)
    if surface.kind == "random":
        return base + random_roughness(
            size[1:], lateral, surface.amplitude,
            (surface.shortest_wavelength, surface.longest_wavelength or max(size[1:])), surface.seed,
            case.domain.lateral == "periodic",
        )  # fmt: skip
    return np.full(lateral[0].shape, base)


def random_roughness(
    size: tuple[float, ...],
    coordinates: list[NDArray[np.float64]],
    amplitude: float,
    wavelengths: tuple[float, float],
    seed: int,
    periodic: bool,
) -> NDArray[np.float64]:
    """Band-limited random height of root mean square ``amplitude`` [m], the same function on every grid.

    Cosines that fit the domain (whole waves if periodic, half waves between mirrors), with wavelengths [m] in the
    band, random amplitudes and phases from ``seed``.
    """
    generator = np.random.default_rng(seed)
    step = 1 if not periodic else 2
    largest = [int(np.floor(2.0 * length / wavelengths[0] / step)) for length in size]
    height = np.zeros(coordinates[0].shape)
    power = 0.0
    for mode in np.ndindex(*[n + 1 for n in largest]):
        wave = [np.pi * step * m / length for m, length in zip(mode, size, strict=True)]
        number = float(np.linalg.norm(wave))
        draw = generator.standard_normal(2)
        if number == 0.0 or not wavelengths[0] <= 2.0 * np.pi / number <= wavelengths[1]:
            continue
        if periodic:
            phase = sum(k * y for k, y in zip(wave, coordinates, strict=True))
            height += draw[0] * np.cos(phase) + draw[1] * np.sin(phase)
            power += 0.5 * float(draw @ draw)
        else:
            product = np.ones(coordinates[0].shape)
            for k, y in zip(wave, coordinates, strict=True):
                product = product * np.cos(k * y)
            height += draw[0] * product
            power += draw[0] ** 2 * 0.5 ** sum(m > 0 for m in mode)
    return amplitude * height / np.sqrt(power) if power > 0.0 else height


def signed_distance(case: Case) -> NDArray[np.float64]:
    """Distance s [m] of every cell centre to the first surface, negative in metal, first order in its slope:
    ``s = (x - height) / sqrt(1 + |grad height|^2)``.
    """
    size, cells = tuple(case.domain.size), tuple(case.domain.cells)
    x = ((np.arange(cells[0]) + 0.5) * size[0] / cells[0]).reshape((-1,) + (1,) * (len(cells) - 1))
    height = surface_height(case)
    slope = np.zeros(height.shape)
    for axis in range(height.ndim):
        slope = slope + np.gradient(height, size[axis + 1] / cells[axis + 1], axis=axis) ** 2
    distance = (x - height) / np.sqrt(1.0 + slope)
    for seed in case.initial.seeds:
        axes = [(np.arange(n) + 0.5) * length / n for n, length in zip(cells, size, strict=True)]
        grid = np.meshgrid(*axes, indexing="ij")
        radii = seed.radius * len(cells) if len(seed.radius) == 1 else seed.radius
        scaled = np.sqrt(sum(((g - a) / r) ** 2 for g, a, r in zip(grid, seed.at, radii, strict=True)))
        distance = np.minimum(distance, (scaled - 1.0) * min(radii))
    return distance
