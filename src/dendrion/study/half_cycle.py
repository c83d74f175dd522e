"""The half-cycle of a protocol that asks most of a cell."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..case import Case

MOST_SEGMENTS = 10_000
"""Segments that are looked at; a pulse train repeats itself long before."""


@dataclass(frozen=True)
class HalfCycle:
    """Plating and rests from one stripping to the next.

    Attributes:
        mean: mean plating current [A/m²]; ``duration``: of all of it [s], infinite where nobody says.
        mean_share: mean over largest current, 1 for direct current [dimensionless].
    """

    mean: float = 0.0
    duration: float = math.inf
    mean_share: float = 1.0


def half_cycle(case: Case) -> HalfCycle:
    """The half-cycle with the largest mean plating current; rests before and after it are none of it.

    A protocol without plating current (a held voltage) gives the default: no current, no end. A longer train of
    pulses than ``MOST_SEGMENTS`` that nothing interrupts is one half-cycle.
    """
    found: list[HalfCycle] = []
    charge = duration = rest = peak = 0.0
    for segment in itertools.islice(case.protocol.block.walk(), MOST_SEGMENTS):
        if segment.kind == "current" and segment.mean_value > 0.0:
            duration += rest + segment.duration
            charge += segment.charge
            peak = max(peak, segment.value, segment.end_value or 0.0)
            rest = 0.0
        elif segment.kind == "rest" or segment.mean_value == 0.0:
            rest += segment.duration if charge else 0.0
        else:
            found.append(_half_cycle(charge, duration, peak))
            charge = duration = rest = peak = 0.0
    plated, stripped = case.protocol.charges()
    if case.protocol.block.size > MOST_SEGMENTS and stripped == 0.0 and not case.protocol.has_voltage:
        charge, duration = plated, case.protocol.duration
    found.append(_half_cycle(charge, duration, peak))
    return max(found, key=lambda item: item.mean)


def _half_cycle(charge: float, duration: float, peak: float) -> HalfCycle:
    if not (charge > 0.0 and math.isfinite(charge)):
        return HalfCycle(peak, math.inf) if peak else HalfCycle()
    return HalfCycle(charge / duration, duration, charge / duration / peak)
