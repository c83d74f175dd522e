"""Flaws on a grid: notches, inclined cracks and pores as masks of cells that are broken or empty.

Pure functions of cell centres and numbers in SI; a mask marks cells to be held at damage 1 (a crack) or to be void
(a pore, a wide notch). In 2-D, lines lie in the plane; in 3-D they are swept along the third axis over a given
extent, or all through. A line one cell thin and inclined to the grid must be broken through the *faces* of its
cells: where two of them touch at a corner only, the material between still carries load, and a pressurised crack
loses half of its volume unseen. The half width ``h/2 (|cos a| + |sin a|)`` of `thinnest_width` is the least that
keeps a line at the angle a connected through faces. Kind: derived.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from dendrion.errors import InputError

Coordinates = Sequence[np.ndarray]
"""Cell centres of each axis [m], shaped to broadcast, as `dendrion.numerics.grid.Grid.coordinates` gives them."""

ROUND_OFF = 1e-9
"""Slack of comparisons with a cell's edge, in cell sizes [dimensionless]."""


def _positive(**numbers: float) -> None:
    for name, value in numbers.items():
        if not (math.isfinite(value) and value > 0.0):
            raise InputError("a flaw needs a positive size", field=name, value=value, allowed="> 0 m")


def _point(coordinates: Coordinates, at: Sequence[float], name: str) -> None:
    if len(at) != len(coordinates):
        raise InputError(
            "a position has one number an axis",
            field=name,
            value=tuple(at),
            allowed=f"{len(coordinates)} coordinates [m]",
        )


def thinnest_width(angle: float, spacing: Sequence[float]) -> float:
    """Full width [m] of the thinnest line at ``angle`` to the x axis [rad] whose cells join through faces.

    ``h_x |sin a| + h_y |cos a|``: the projection of a cell across the line; with equal cells
    ``h (|cos a| + |sin a|)``.
    """
    return spacing[0] * abs(math.sin(angle)) + spacing[1] * abs(math.cos(angle))


def _along_and_across(coordinates: Coordinates, at: Sequence[float], angle: float) -> tuple:
    x, y = coordinates[0] - at[0], coordinates[1] - at[1]
    return x * math.cos(angle) + y * math.sin(angle), -x * math.sin(angle) + y * math.cos(angle)


def _swept(
    mask: np.ndarray, coordinates: Coordinates, at: Sequence[float], depth: float | None
) -> np.ndarray:
    shape = np.broadcast_shapes(*(np.shape(axis) for axis in coordinates))
    if len(coordinates) == 3 and depth is not None:
        _positive(depth=depth)
        mask = mask & (np.abs(coordinates[2] - at[2]) <= 0.5 * depth)
    return np.array(np.broadcast_to(mask, shape))


def notch(
    coordinates: Coordinates,
    spacing: Sequence[float],
    at: Sequence[float],
    length: float,
    width: float = 0.0,
    angle: float = 0.0,
    depth: float | None = None,
) -> np.ndarray:
    """Cells of a straight notch that starts at its mouth ``at`` and runs along ``angle`` from the x axis.

    A width below `thinnest_width` is raised to it, and the row whose centre is next to the notch's line is taken,
    so a thin notch along an axis is one row of cells. It reaches past its mouth by a cell, so that a mouth on a wall
    leaves no cell standing.

    Args:
        coordinates: cell centres [m].
        spacing: cell sizes [m].
        at: mouth [m].
        length: from mouth to tip, > 0 [m].
        width: full, ≥ 0 [m].
        angle: of the direction into the body against x, in the x-y plane [rad].
        depth: extent along the third axis about ``at``; all through if absent [m].
    Returns:
        mask over all cells.
    Raises:
        InputError: a size is not positive or ``at`` does not fit.
    """
    _point(coordinates, at, "at")
    _positive(length=length)
    reach = max(spacing)
    direction = (math.cos(angle), math.sin(angle))
    middle = [
        at[0] + 0.5 * (length - reach) * direction[0],
        at[1] + 0.5 * (length - reach) * direction[1],
        *at[2:],
    ]
    return crack(coordinates, spacing, middle, length + reach, width, angle, depth)


def crack(
    coordinates: Coordinates,
    spacing: Sequence[float],
    centre: Sequence[float],
    length: float,
    width: float = 0.0,
    angle: float = 0.0,
    depth: float | None = None,
) -> np.ndarray:
    """Cells of a straight crack of full ``length`` about ``centre``, at ``angle`` to the x axis [rad].

    Ends are square and lie where they are asked for, to half a cell. Arguments, units and errors as `notch`, but
    that it reaches past neither end.
    """
    _point(coordinates, centre, "centre")
    _positive(length=length)
    if not (math.isfinite(width) and width >= 0.0):
        raise InputError("a width is at least zero", field="width", value=width, allowed="≥ 0 m")
    along, across = _along_and_across(coordinates, centre, angle)
    half = 0.5 * max(width, thinnest_width(angle, spacing))
    slack = ROUND_OFF * min(spacing)
    # Half-open across, so that a line midway between two rows takes one of them and not both.
    mask = (np.abs(along) <= 0.5 * length + slack) & (across > -half + slack) & (across <= half + slack)
    return _swept(mask, coordinates, centre, depth)


def pore(coordinates: Coordinates, centre: Sequence[float], radii: float | Sequence[float]) -> np.ndarray:
    """Cells whose centre lies in a circle or sphere (one radius) or an ellipse or ellipsoid (one an axis) [m].

    Returns:
        mask over all cells.
    Raises:
        InputError: a radius is not positive or a position does not fit.
    """
    _point(coordinates, centre, "centre")
    sizes = [float(radii)] * len(coordinates) if np.ndim(radii) == 0 else [float(r) for r in radii]  # type: ignore[union-attr, arg-type]
    _point(coordinates, sizes, "radii")
    for radius in sizes:
        _positive(radii=radius)
    total = sum(((axis - c) / r) ** 2 for axis, c, r in zip(coordinates, centre, sizes, strict=True))
    return np.asarray(total <= 1.0)


def penny(
    coordinates: Coordinates,
    spacing: Sequence[float],
    centre: Sequence[float],
    radius: float,
    normal: Sequence[float],
    thickness: float = 0.0,
) -> np.ndarray:
    """Cells of a penny-shaped crack in 3-D: a disk of ``radius`` [m] about ``centre`` with the unit ``normal``.

    A thickness below ``sum h_i |n_i|`` is raised to it, so the disk is closed through the faces of its cells.

    Raises:
        InputError: not 3-D, a radius that is not positive, or a normal of no length.
    """
    _point(coordinates, centre, "centre")
    _positive(radius=radius)
    length = math.sqrt(sum(n * n for n in normal))
    if len(coordinates) != 3 or len(normal) != 3 or length == 0.0:
        raise InputError(
            "a penny-shaped crack is 3-D", field="normal", value=tuple(normal), allowed="three numbers"
        )
    unit = [n / length for n in normal]
    offsets = [axis - c for axis, c in zip(coordinates, centre, strict=True)]
    across = sum(o * n for o, n in zip(offsets, unit, strict=True))
    square = sum(o * o for o in offsets)
    half = 0.5 * max(thickness, sum(h * abs(n) for h, n in zip(spacing, unit, strict=True)))
    slack = ROUND_OFF * min(spacing)
    return np.asarray((square - across**2 <= radius**2) & (across > -half + slack) & (across <= half + slack))
