"""From a curve of current and voltage to the outcome of a test: half-cycles, steps of current, the short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..units import format_quantity
from .cycling import CyclingData

if TYPE_CHECKING:
    import numpy

REST = 1e-3
"""Currents below this share of the largest count as rest [dimensionless]."""

SAME_CURRENT = 0.02
"""Currents that differ by less than this share belong to one step [dimensionless]."""

VOLTAGE_DROP = 0.5
"""Share of its largest magnitude that the voltage of a half-cycle loses in a short [dimensionless]."""


@dataclass(frozen=True)
class HalfCycle:
    """One stretch of a constant current.

    Attributes:
        start, end: [s].
        current_density: mean [A/m^2], positive while plating.
        charge: [C/m^2], positive while plating.
        short_time: when the voltage collapsed [s], or None.
        charge_at_short: magnitude of the charge up to then [C/m^2], or None.
    """

    start: float
    end: float
    current_density: float
    charge: float
    short_time: float | None = None
    charge_at_short: float | None = None


def half_cycles(data: CyclingData, voltage_drop: float = VOLTAGE_DROP) -> list[HalfCycle]:
    """The half-cycles of a curve, rests left out.

    The current of a row holds until the next row. A half-cycle is shorted where |voltage| falls below
    (1 − ``voltage_drop``) of its largest value so far in it and stays there to its end.

    Raises:
        InputError: there is no current, or ``voltage_drop`` is not between 0 and 1.
    """
    import numpy as np

    if not 0.0 < voltage_drop < 1.0:
        raise InputError("out of range", field="voltage_drop", value=voltage_drop, allowed="above 0, below 1")
    current, time = data.current_density[:-1], data.time
    largest = float(np.max(np.abs(current)))
    if largest == 0.0:
        raise InputError("the curve has no current", field="current")
    changes = [0]
    for row, (before, now) in enumerate(pairwise(current), start=1):
        resting = abs(before) <= REST * largest, abs(now) <= REST * largest
        if resting[0] != resting[1] or (not any(resting) and abs(now - before) > SAME_CURRENT * abs(before)):
            changes.append(row)
    found = []
    for first, last in pairwise([*changes, len(current)]):
        rows = slice(first, last)
        steps = np.diff(time[first : last + 1])
        charge, duration = float(np.sum(current[rows] * steps)), float(np.sum(steps))
        if duration == 0.0 or abs(charge / duration) <= REST * largest:
            continue
        short = _short(np.abs(data.voltage[rows]), voltage_drop)
        at_short = (
            None if short is None else abs(float(np.sum(current[first : first + short] * steps[:short])))
        )
        when = None if short is None else float(time[first + short])
        found.append(
            HalfCycle(float(time[first]), float(time[last]), charge / duration, charge, when, at_short)
        )
    return found


def _short(voltage: numpy.ndarray, drop: float) -> int | None:
    """Row at which the voltage falls and stays down; None where it does not."""
    import numpy as np

    low = voltage < (1.0 - drop) * np.maximum.accumulate(voltage)
    if not low.size or not low[-1]:
        return None
    up = np.flatnonzero(~low)
    return int(up[-1]) + 1 if up.size else None


def steps_of(cycles: Sequence[HalfCycle]) -> list[float]:
    """Magnitudes of the current density in the order of the test [A/m^2].

    Raises:
        InputError: they do not rise.
    """
    steps: list[float] = []
    for cycle in cycles:
        size = abs(cycle.current_density)
        if not steps or size > steps[-1] * (1.0 + SAME_CURRENT):
            steps.append(size)
        elif size < steps[-1] * (1.0 - SAME_CURRENT):
            raise InputError(
                "the currents of a test must rise from step to step", field="current",
                value=f"{_current(size)} after {_current(steps[-1])}",
                hint="cut the curve, or write its outcome into a record by hand",
            )  # fmt: skip
    return steps


def outcome_of(cycles: Sequence[HalfCycle]) -> dict[str, Any]:
    """The outcome of a test as a record has it: the interval of the critical current, capacities.

    The first shorted half-cycle is the failure; without one the test is censored on the right.
    """
    steps = steps_of(cycles)
    failing = next((place for place, cycle in enumerate(cycles) if cycle.short_time is not None), None)
    if failing is None:
        plated = sum(max(cycle.charge, 0.0) for cycle in cycles)
        return {
            "last_surviving": _current(steps[-1]),
            "censoring": "right",
            "total_capacity": _capacity(plated),
        }
    cycle = cycles[failing]
    step = min(range(len(steps)), key=lambda place: abs(steps[place] - abs(cycle.current_density)))
    charge = cycle.charge_at_short or 0.0
    plated = sum(max(one.charge, 0.0) for one in cycles[:failing]) + (charge if cycle.charge > 0 else 0.0)
    outcome = {
        "first_failing": _current(steps[step]),
        "censoring": "interval" if step else "left",
        "failing_half_cycle": failing + 1,
        "capacity_at_failure": _capacity(charge),
        "total_capacity": _capacity(plated),
    }
    return {"last_surviving": _current(steps[step - 1]), **outcome} if step else outcome


def protocol_of(cycles: Sequence[HalfCycle]) -> dict[str, Any]:
    """The protocol of a test as a record has it: steps, and time or capacity a half-cycle."""
    steps = steps_of(cycles)
    whole = [cycle for cycle in cycles if cycle.short_time is None] or list(cycles)
    times = [cycle.end - cycle.start for cycle in whole]
    charges = [abs(cycle.charge) for cycle in whole]
    signs = {cycle.current_density > 0 for cycle in cycles}
    even = max(times) - min(times) <= max(charges) / (sum(charges) / sum(times)) - min(charges) / (
        sum(charges) / sum(times)
    )
    if signs == {True}:
        kind = "unidirectional_plating"
    elif signs == {False}:
        kind = "stripping_only"
    else:
        kind = "time_controlled" if even else "capacity_controlled"
    protocol: dict[str, Any] = {"kind": kind, "steps": [_current(step) for step in steps]}
    if even:
        protocol["time_per_half_cycle"] = format_quantity(sum(times) / len(times), "time", 6)
    else:
        protocol["capacity_per_half_cycle"] = _capacity(sum(charges) / len(charges))
    return protocol


def _current(value: float) -> str:
    return format_quantity(value, "current_density", 6)


def _capacity(value: float) -> str:
    return format_quantity(value, "areal_capacity", 6)
