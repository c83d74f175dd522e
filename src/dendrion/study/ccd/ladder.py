"""The half-cycles of a test in their order, and what became of one specimen on the way up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dendrion.study.ccd.protocol import TestProtocol
from dendrion.units import format_quantity

DIRECTION = {"plating": 1.0, "stripping": -1.0}
"""Sign of the current density by what happens at the electrode under test [dimensionless]."""


@dataclass(frozen=True)
class HalfCycle:
    """One stretch of constant current.

    Attributes:
        number: from 1 over the whole test; ``step``: of the ladder, from 0.
        side: what the electrode under test does, "plating" or "stripping".
        current: magnitude [A/m^2]; ``duration`` [s]; ``start``: since the beginning of the test [s].
    """

    number: int
    step: int
    side: str
    current: float
    duration: float
    start: float

    @property
    def charge(self) -> float:
        """Magnitude of the charge that it passes [C/m^2]."""
        return self.current * self.duration


def half_cycles(protocol: TestProtocol) -> Iterator[HalfCycle]:
    """Every half-cycle of a test that nothing ends."""
    number, time = 0, 0.0
    for step, current in enumerate(protocol.currents):
        for side in protocol.sides * protocol.cycles_per_step:
            number, duration = number + 1, protocol.duration(current)
            yield HalfCycle(number, step, side, current, duration, time)
            time += duration + protocol.rest


def sentences(protocol: TestProtocol) -> list[str]:
    """The test as steps of a case's protocol, rests between half-cycles included."""
    verbs = {"plating": "plate", "stripping": "strip"}
    lines: list[str] = []
    for one in half_cycles(protocol):
        if lines and protocol.rest:
            lines.append(f"rest for {protocol.rest!r} s")
        lines.append(f"{verbs[one.side]} at {one.current!r} A/m^2 for {one.duration!r} s")
    return lines


@dataclass(frozen=True)
class TestOutcome:
    """What one specimen did.

    Attributes:
        specimen: its name; ``seed``: of its flaws and microstructure; ``flaw``: length of its flaw [m] or None.
        step: of the ladder in which it failed, from 0; None: it survived the ladder.
        half_cycle: number of the failing half-cycle, from 1.
        time: of the failure since the beginning [s]; ``charge``: in the failing half-cycle up to it [C/m^2], None
            where the model does not say.
        plated: charge that was plated up to the failing half-cycle, and in it where ``charge`` is known [C/m^2].
        mechanism: depletion, crack, void, internal nucleation, extrusion, initiation or growth.
        note: what else is to be said.
    """

    __test__ = False

    specimen: str
    seed: int
    flaw: float | None = None
    step: int | None = None
    half_cycle: int | None = None
    time: float | None = None
    charge: float | None = None
    plated: float = 0.0
    mechanism: str | None = None
    note: str | None = None

    def interval(self, currents: tuple[float, ...]) -> tuple[float, float]:
        """Bounds of the critical current density [A/m^2]; 0 and infinity where there is none."""
        if self.step is None:
            return currents[-1], float("inf")
        return (currents[self.step - 1] if self.step else 0.0), currents[self.step]

    def entry(self, currents: tuple[float, ...]) -> dict[str, Any]:
        """The outcome as a record has it."""
        low, high = self.interval(currents)
        words: dict[str, Any] = {"specimen": self.specimen}
        if low > 0.0:
            words["last_surviving"] = current_text(low)
        if self.step is not None:
            words["first_failing"] = current_text(high)
        words["censoring"] = "right" if self.step is None else "interval" if self.step else "left"
        if self.half_cycle is not None:
            words["failing_half_cycle"] = self.half_cycle
        if self.charge is not None:
            words["capacity_at_failure"] = format_quantity(self.charge, "areal_capacity", 6)
        words["total_capacity"] = format_quantity(self.plated, "areal_capacity", 6)
        if self.mechanism:
            words["mechanism"] = self.mechanism
        notes = [f"flaw {format_quantity(self.flaw, 'length')}"] if self.flaw is not None else []
        notes += [self.note] if self.note else []
        return {**words, "note": "; ".join(notes)} if notes else words

    def as_dict(self) -> dict[str, Any]:
        """Everything, as plain data; ``TestOutcome(**data)`` reads it."""
        return dict(vars(self))


def failed_in(
    protocol: TestProtocol, half_cycle: HalfCycle, elapsed: float | None, **about: Any
) -> TestOutcome:  # fmt: skip
    """The outcome of a specimen that fails ``elapsed`` seconds into a half-cycle; None: the model does not say when."""
    before = sum(
        one.charge
        for one in half_cycles(protocol)
        if one.side == "plating" and one.number < half_cycle.number
    )
    charge = None if elapsed is None else half_cycle.current * elapsed
    return TestOutcome(
        step=half_cycle.step, half_cycle=half_cycle.number, charge=charge,
        time=half_cycle.start + (half_cycle.duration if elapsed is None else elapsed),
        plated=before + (charge if charge is not None and half_cycle.side == "plating" else 0.0), **about,
    )  # fmt: skip


def survived(protocol: TestProtocol, **about: Any) -> TestOutcome:
    """The outcome of a specimen that stands the whole ladder."""
    return TestOutcome(
        plated=sum(one.charge for one in half_cycles(protocol) if one.side == "plating"), **about
    )


def current_text(value: float) -> str:
    """A current density as records write it."""
    return format_quantity(value, "current_density", 6)
