"""Contact problems: the least of a quadratic form over fields that are nowhere negative and have a given mean.

    minimise  (1/2) <p, K p> + <b, p>   over  p >= 0,  <p> = P

with <.> the mean over a periodic (or mirrored) grid and K a symmetric positive semi-definite operator that is
diagonal in Fourier space. At the solution the gap ``g = K p + b - c`` is nowhere negative and zero wherever p > 0; the
number c is the multiplier of the mean. This is the normal contact of two bodies pressed together by a mean pressure P:
p the pressure, b the gap of the undeformed bodies, c their approach.

Method: conjugate gradients on the set of points in contact, which is revised in every pass (Polonsky and Keer 1999,
DOI 10.1016/S0043-1648(99)00113-1). Kind: published.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dendrion.errors import SimulationError

Array = NDArray[np.float64]

MOST_PASSES = 2000
"""Passes after which a problem counts as unsolved [dimensionless]."""


class Contact(NamedTuple):
    """pressure p >= 0 and gap K p + b - c >= 0 [those of P and b], approach c, and how many passes it took."""

    pressure: Array
    gap: Array
    approach: float
    passes: int


def solve_contact(
    apply: Callable[[Array], Array],
    undeformed: Array,
    mean: float,
    guess: Array | None = None,
    tolerance: float = 1e-8,
    absolute: float = 0.0,
) -> Contact:
    """The pressure of a contact and what it leaves open.

    Arguments:
        apply: K, from a pressure to a displacement of zero mean, shape as ``undeformed``.
        undeformed: gap b without pressure, up to a constant.
        mean: mean pressure P >= 0; 0 leaves the bodies touching in one point.
        guess: a pressure to start from.
        tolerance, absolute: largest gap in contact and penetration outside, over the spread of b, or as such.

    Raises:
        SimulationError: the passes do not settle.
    """
    if mean <= 0.0:
        lowest = float(undeformed.min())
        return Contact(np.zeros_like(undeformed), undeformed - lowest, lowest, 0)
    pressure = np.full_like(undeformed, mean) if guess is None else np.maximum(guess, 0.0)
    if pressure.mean() <= 0.0:
        pressure = np.full_like(undeformed, mean)
    pressure *= mean / pressure.mean()
    scale = float(np.ptp(undeformed))
    if scale == 0.0:
        return Contact(np.full_like(undeformed, mean), np.zeros_like(undeformed), float(undeformed.mean()), 0)
    direction, before, restart = np.zeros_like(undeformed), 1.0, True
    reach = mean / scale  # pressure that a penetration raises
    for count in range(1, MOST_PASSES + 1):
        gap = apply(pressure) + undeformed
        touching = pressure > 0.0
        approach = float(gap[touching].mean())
        gap -= approach
        if max(float(np.abs(gap[touching]).max()), -float(gap.min())) <= max(tolerance * scale, absolute):
            return Contact(pressure, np.where(touching, 0.0, np.maximum(gap, 0.0)), approach, count)
        size = float((gap[touching] ** 2).sum())
        direction = np.where(touching, gap + (0.0 if restart else size / before) * direction, 0.0)
        before = size
        moved = apply(direction)
        moved -= moved[touching].mean()
        curvature = float((moved[touching] * direction[touching]).sum())
        length = float((gap[touching] * direction[touching]).sum()) / curvature if curvature > 0.0 else 0.0
        pressure = np.where(touching, pressure - length * direction, 0.0)
        pressure = np.maximum(pressure, 0.0)
        overlapping = ~(pressure > 0.0) & (gap < 0.0)
        restart = bool(overlapping.any())
        # Where the touching points are at rest already, the last step that was one tells the scale.
        reach = length if length > 0.0 else reach
        pressure = np.where(overlapping, pressure - reach * gap, pressure)
        if pressure.mean() <= 0.0:
            pressure = np.full_like(undeformed, mean)
        pressure *= mean / pressure.mean()
    raise SimulationError(f"the pressure in the contact did not settle in {MOST_PASSES} passes")
