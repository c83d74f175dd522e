"""Pores and second-phase particles: balls (discs in 2-D) that do not overlap, placed at random until they fill a share.

Places are drawn in the whole box or next to grain boundaries. Sizes and places depend on the seed and the box alone, not
on the grid. Kind: random sequential addition, textbook; it jams at a share of about 0.38 (3-D) or 0.54 (2-D), so more than
0.3 is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .tessellation import ball_volume, log_normal_diameters

Floats = NDArray[np.float64]

LARGEST_FRACTION = 0.3
"""Largest share of the volume [dimensionless]: beyond it random placing comes near to jamming."""

TRIALS = 4000
"""Places tried for one ball before the placing gives up [dimensionless]."""

CANDIDATES = 64
"""Places among which one next to a boundary is sought [dimensionless]."""


@dataclass(frozen=True)
class Inclusions:
    """Balls: centres (n, dimensions) [m], diameters [m], edge lengths of the box [m], periodic flags."""

    centres: Floats
    diameters: Floats
    size: tuple[float, ...]
    periodic: tuple[bool, ...]

    def mask(self, coordinates: Sequence[Floats]) -> NDArray[np.bool_]:
        """Cells whose centre lies in a ball; ``coordinates`` are the cell centres of each axis, to broadcast [m]."""
        shape = np.broadcast_shapes(*(axis.shape for axis in coordinates))
        inside = np.zeros(shape, bool)
        for centre, diameter in zip(self.centres, self.diameters, strict=True):
            square = np.zeros(())
            for axis, (points, middle) in enumerate(zip(coordinates, centre, strict=True)):
                away = points - middle
                if self.periodic[axis]:
                    away = away - self.size[axis] * np.round(away / self.size[axis])
                square = square + away**2
            inside |= square <= (0.5 * diameter) ** 2
        return inside

    @property
    def fraction(self) -> float:
        """Volume of the balls over that of the box [dimensionless]; those cut by a wall count in full."""
        return float(ball_volume(self.diameters, len(self.size)).sum() / math.prod(self.size))


def place_inclusions(
    size: Sequence[float],
    periodic: Sequence[bool],
    fraction: float,
    diameter: float,
    spread: float = 0.0,
    seed: int = 0,
    boundary_distance: Callable[[Floats], Floats] | None = None,
) -> Inclusions:
    """Balls that fill ``fraction`` of a box.

    Args:
        size: edge lengths of the box [m].
        periodic: one flag an axis; across a wall a ball stays inside.
        fraction: share of the volume, 0 to 0.3 [dimensionless].
        diameter: mean [m]; they are log-normal.
        spread: standard deviation of the logarithm of the diameter [dimensionless].
        seed: of the random numbers.
        boundary_distance: distance of points (n, dimensions) [m] from grain boundaries [m]; if given, each ball is put at
            the nearest of several random places, so that it sits on a boundary.
    Raises:
        InputError: a share out of range, a ball larger than the box, or no room.
    """
    dimensions, lengths, wraps = len(size), np.asarray(size, float), np.asarray(periodic, bool)
    if not 0.0 <= fraction <= LARGEST_FRACTION:
        raise InputError("out of range", field="fraction", value=fraction, allowed=f"0 to {LARGEST_FRACTION}")
    if not (math.isfinite(diameter) and diameter > 0.0):
        raise InputError("a ball needs a positive size", field="size", value=diameter, allowed="> 0 m")
    if diameter > 0.5 * lengths.min():
        raise InputError(
            "larger than half of the box", field="size", value=f"{diameter:g} m", allowed=f"at most {0.5 * lengths.min():g} m"
        )  # fmt: skip
    mean = ball_volume(diameter, dimensions) * math.exp(0.5 * dimensions * (dimensions - 1) * spread**2)
    count = round(fraction * float(np.prod(lengths)) / mean)
    random = np.random.default_rng(seed)
    diameters = np.minimum(log_normal_diameters(count, diameter, spread, random), 0.9 * lengths.min())
    if count:
        wanted = fraction * float(np.prod(lengths)) / ball_volume(diameters, dimensions).sum()
        diameters = np.sort(diameters * wanted ** (1.0 / dimensions))[::-1]
    centres = np.zeros((count, dimensions))
    for index in range(count):
        centres[index] = _free_place(
            centres[:index], diameters, index, lengths, wraps, random, boundary_distance
        )
    return Inclusions(centres, diameters, tuple(map(float, size)), tuple(map(bool, periodic)))


def _free_place(
    placed: Floats, diameters: Floats, index: int, lengths: Floats, wraps: NDArray[np.bool_],
    random: np.random.Generator, boundary_distance: Callable[[Floats], Floats] | None,
) -> Floats:  # fmt: skip
    """A place for ball ``index`` that touches none of those before it."""
    margin = np.where(wraps, 0.0, 0.5 * diameters[index])
    several = 1 if boundary_distance is None else CANDIDATES
    for _ in range(TRIALS // several + 1):
        trials = margin + random.uniform(0.0, 1.0, (several, len(lengths))) * (lengths - 2.0 * margin)
        if boundary_distance is not None:
            trials = trials[np.argsort(boundary_distance(trials), kind="stable")[:4]]
        for trial in trials:
            away = placed - trial
            away -= np.where(wraps, lengths * np.round(away / lengths), 0.0)
            apart = 0.5 * (diameters[:index] + diameters[index])
            if np.all(np.linalg.norm(away, axis=1) > apart):
                return np.asarray(trial)
    raise InputError(
        "there is no room for all balls", field="fraction", hint="a smaller share, or another seed"
    )
