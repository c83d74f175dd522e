"""Choice of the time step: accept or reject by an error, grow and shrink within limits, hit given times."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dendrion.errors import InputError


@dataclass(frozen=True)
class StepController:
    """Proportional-integral step control on the host.

    ``error`` is what a step did over what it may do: an error estimate over its tolerance, or a change over
    the largest allowed change; 1 is the limit [dimensionless].

    Attributes:
        smallest, largest: step limits [s].
        order: order in Δt of ``error``: 1 for the change over a step, 2 for the error that a first-order
            method adds in a step, 3 for a second-order one [dimensionless].
        growth, shrink: most and least ratio of the next step to this one [dimensionless].
        safety: share of the limit to aim at [dimensionless].
    Raises:
        InputError: limits that contradict each other.
    """

    smallest: float
    largest: float
    order: float = 1.0
    growth: float = 1.5
    shrink: float = 0.2
    safety: float = 0.9

    def __post_init__(self) -> None:
        if not 0.0 < self.smallest <= self.largest:
            raise InputError(
                "step limits contradict each other",
                field="smallest, largest",
                value=f"{self.smallest} s, {self.largest} s",
                allowed="0 < smallest ≤ largest",
            )
        if not (0.0 < self.shrink < 1.0 < self.growth and 0.0 < self.safety < 1.0 and self.order > 0.0):
            raise InputError(
                "step factors are out of range",
                field="shrink, growth, safety, order",
                value=f"{self.shrink}, {self.growth}, {self.safety}, {self.order}",
                allowed="0 < shrink < 1 < growth, 0 < safety < 1, order > 0",
            )

    def accepts(self, error: float) -> bool:
        """Whether a step with this error stands; never if the error is not a number."""
        return error <= 1.0

    def exhausted(self, time_step: float) -> bool:
        """Whether a rejected step is already the smallest, so that cutting it further is no use."""
        return time_step <= self.smallest * (1.0 + 1e-12)

    def next_step(self, time_step: float, error: float, previous_error: float | None = None) -> float:
        """The step to take next, after an accepted or a rejected one [s].

        Args:
            time_step: the step that gave ``error`` [s].
            error: of that step [dimensionless].
            previous_error: of the last accepted step before it, damps oscillation [dimensionless].
        """
        if not math.isfinite(error):
            factor = self.shrink
        else:
            scaled = max(error, 1e-10) / self.safety
            if previous_error is None or not self.accepts(error):
                factor = scaled ** (-1.0 / self.order)
            else:
                last = max(previous_error, 1e-10) / self.safety
                factor = scaled ** (-0.7 / self.order) * last ** (0.4 / self.order)
            factor = min(max(factor, self.shrink), self.growth)
        if not self.accepts(error):
            factor = min(factor, self.safety)
        return min(max(time_step * factor, self.smallest), self.largest)


def clipped_step(time: float, time_step: float, end: float) -> float:
    """Step that ends exactly at ``end`` when it is near, and leaves no sliver before it [s].

    Args:
        time: now [s].
        time_step: wanted step [s].
        end: time not to be stepped over [s].
    """
    left = end - time
    if time_step >= left * (1.0 - 1e-9):
        return left
    if 2.0 * time_step > left:
        return 0.5 * left
    return time_step
