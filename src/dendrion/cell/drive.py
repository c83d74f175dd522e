"""A cell led through a protocol: intervals, voltage limits found within the step, what ends early."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dendrion.case.protocol import Protocol
from dendrion.case.segments import Segment
from dendrion.cell.stepper import UNCHANGED, CellLimit, CellState, Feedback, Stepper

STEPS_PER_SEGMENT = 60
"""Intervals of a protocol step where nothing asks for more [dimensionless]."""

LARGEST_CHARGE_STEP = 0.01
"""Largest charge of an interval over the capacity of the cell [dimensionless]."""

VOLTAGE_TOLERANCE = 1e-5
"""How near to a voltage limit a step ends [V]."""

DONE = 1e-12
"""Share of a step that counts as nothing left [dimensionless]."""

DEFAULT_INTERVAL = 60.0
"""Interval where neither a duration nor a current sets one [s]."""

MOST_HALVINGS = 60
"""Halvings of an interval in the search for the end of a step [dimensionless]."""


@dataclass
class Position:
    """Where in a protocol a cell is: index of the segment and time since its start [s]; saved with a run."""

    segment: int = 0
    elapsed: float = 0.0


@dataclass(frozen=True)
class Interval:
    """One accepted interval: the cell after it, the step it belongs to, and what ended early, if anything."""

    state: CellState
    step_index: int
    ended_by: str = ""


def drive(
    cell: Stepper,
    protocol: Protocol,
    temperature: Callable[[float], float] | float,
    *,
    feedback: Callable[[CellState], Feedback] | None = None,
    longest: float = math.inf,
    position: Position | None = None,
) -> Iterator[Interval]:
    """Yields every accepted interval of the protocol.

    Arguments:
        temperature: of the cell [K], or a function of the time [s].
        feedback: asked before every interval for what a dendrite does to the cell.
        longest: longest interval [s].
        position: where to start; moved on as the cell goes.

    Raises:
        CellLimit: the salt is used up; the last interval before it was yielded. Metal or cathode that is used up only
            ends its step.

    Voltages of a step are the cell's own where it has a cathode (their sign does not matter), else those of the
    plating electrode against the counter electrode, as in a case.
    """
    at = position if position is not None else Position()
    heat = temperature if callable(temperature) else (lambda _: float(temperature))
    while at.segment < len(protocol.segments):
        place = protocol.segments.place(at.segment)
        dt = min(_interval(place.segment, cell), place.segment.duration - at.elapsed, longest)
        start = cell.state.time
        change = feedback(cell.state) if feedback else UNCHANGED
        step = _Step(cell, place.segment, at.elapsed, heat(start), change)
        state, ended, limit = step.take(dt)
        at.elapsed += state.time - start
        if ended:
            at.segment, at.elapsed = place.next_step, 0.0
        elif at.elapsed >= place.segment.duration * (1.0 - DONE):
            at.segment, at.elapsed = at.segment + 1, 0.0
        if state.time > start or ended:
            yield Interval(state, place.segment.step_index, ended)
        if limit is not None:
            raise limit


def _interval(segment: Segment, cell: Stepper) -> float:
    lasting = segment.duration / STEPS_PER_SEGMENT if math.isfinite(segment.duration) else math.inf
    current = abs(segment.mean_value) if segment.kind == "current" else 0.0
    charging = LARGEST_CHARGE_STEP * cell.capacity / current if current > 0.0 else math.inf
    shortest = min(lasting, charging)
    return shortest if math.isfinite(shortest) else DEFAULT_INTERVAL


@dataclass
class _Step:
    """One interval of a segment, cut short where a limit lies inside it."""

    cell: Stepper
    segment: Segment
    elapsed: float
    temperature: float
    feedback: Feedback

    def take(self, dt: float) -> tuple[CellState, str, CellLimit | None]:
        """The state reached; what ended the step early; the limit of the cell that ends the run."""
        cell, before = self.cell, self.cell.snapshot()
        limit = self._beyond(dt)
        if limit is None:
            return cell.state, "", None
        inside, outside = 0.0, dt
        for _ in range(MOST_HALVINGS):
            if isinstance(limit, float) and limit <= VOLTAGE_TOLERANCE:
                break  # just past the voltage limit, as a cycler ends a step
            middle = 0.5 * (inside + outside)
            cell.restore(before)
            found = self._beyond(middle)
            if found is None:
                inside = middle
            else:
                outside, limit = middle, found
            if outside - inside <= DONE * dt:
                break
        cell.restore(before)
        if isinstance(limit, float):
            self._advance(outside)
            return cell.state, "voltage", None
        if inside > 0.0:
            self._advance(inside)
        if limit.what != "salt":
            # An electrode that is used up swings to any voltage limit at once: the step is over.
            return cell.state, limit.what, None
        return cell.state, limit.what, limit

    def _beyond(self, dt: float) -> float | CellLimit | None:
        """Advances; how far past the voltage limit [V], or what is used up; None while inside."""
        try:
            voltage = self._advance(dt).voltage
        except CellLimit as limit:
            return limit
        wanted, plating = self.segment.voltage_limit, self.segment.mean_value > 0.0
        if wanted is None or self.segment.kind != "current":
            return None
        terminal = abs(wanted) if plating or self.cell.has_cathode else -abs(wanted)
        past = voltage - terminal if plating else terminal - voltage
        return past if past >= 0.0 else None

    def _advance(self, dt: float) -> CellState:
        if self.segment.kind == "voltage":
            value = self.segment.value
            terminal = abs(value) if self.cell.has_cathode else -value
            return self.cell.hold(terminal, self.temperature, dt, self.feedback)
        middle = self.segment.value_at(self.elapsed + 0.5 * dt)
        return self.cell.advance(middle, self.temperature, dt, self.feedback)
