"""What a protocol asks for, piece by piece: segments of constant or linear control, expanded lazily."""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Literal, overload

SegmentKind = Literal["current", "voltage", "rest"]


@dataclass(frozen=True)
class Segment:
    """A time during which one control acts.

    Attributes:
        kind: current (galvanostatic), voltage (potentiostatic) or rest (no current).
        value: current density, plating positive [A/m²], or potential of the plating electrode against the
            counter electrode [V]; 0 at rest.
        duration: [s], infinite where only a limit ends it.
        voltage_limit: the step ends when the cell voltage passes it, downwards while plating (it is
            negative), upwards while stripping (positive) [V].
        step_index: number of the executed step it belongs to, from 0; a repeated step counts each time.
        label: the step in the user's words.
        end_value: the value at its end where it changes linearly, else None.
    """

    kind: SegmentKind
    value: float
    duration: float
    voltage_limit: float | None = None
    step_index: int = 0
    label: str = ""
    end_value: float | None = None

    def value_at(self, elapsed: float) -> float:
        """Control value after ``elapsed`` seconds of the segment [A/m² or V]."""
        if self.end_value is None:
            return self.value
        share = min(max(elapsed / self.duration, 0.0), 1.0)
        return self.value + (self.end_value - self.value) * share

    @property
    def mean_value(self) -> float:
        """Mean control value [A/m² or V]."""
        return self.value if self.end_value is None else 0.5 * (self.value + self.end_value)

    @property
    def charge(self) -> float:
        """Charge that a current segment passes, plating positive [C/m²]; 0 for rest, nan for a voltage."""
        if self.kind == "voltage":
            return math.nan
        return self.mean_value * self.duration if self.mean_value else 0.0


@dataclass(frozen=True)
class Place:
    """A segment found in a protocol: its index, its start [s], and the index where the next step begins."""

    segment: Segment
    index: int
    start: float
    next_step: int


@dataclass(frozen=True)
class Block:
    """``count`` passes over ``parts``; with ``is_step`` all of it is one step of the protocol."""

    parts: tuple[Segment | Block, ...]
    count: int = 1
    is_step: bool = False
    sizes: list[int] = field(init=False, repr=False, compare=False)
    starts: list[float] = field(init=False, repr=False, compare=False)
    step_counts: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        one = [
            (1, p.duration, 0) if isinstance(p, Segment) else (p.size, p.duration, p.steps)
            for p in self.parts
        ]
        object.__setattr__(self, "sizes", [0, *accumulate(size for size, _, _ in one)])
        object.__setattr__(self, "starts", [0.0, *accumulate(duration for _, duration, _ in one)])
        object.__setattr__(self, "step_counts", [0, *accumulate(steps for _, _, steps in one)])

    @property
    def size(self) -> int:
        """Number of segments [dimensionless]."""
        return self.count * self.sizes[-1]

    @property
    def duration(self) -> float:
        """Time that the block takes when no limit ends a step [s]."""
        return self.count * self.starts[-1] if self.size else 0.0

    @property
    def steps(self) -> int:
        """Number of executed steps [dimensionless]."""
        return 1 if self.is_step else self.count * self.step_counts[-1]

    @property
    def charge(self) -> float:
        """Charge passed, plating positive [C/m²]; nan where a voltage is held."""
        return self.count * sum(part.charge for part in self.parts)

    def find(self, index: int) -> Place:
        """The segment with this index, and where it stands."""
        turn, rest = divmod(index, self.sizes[-1])
        part = bisect.bisect_right(self.sizes, rest) - 1
        inner, before = self.parts[part], self.sizes[part]
        offset = turn * self.sizes[-1] + before
        start = (turn * self.starts[-1] if turn else 0.0) + self.starts[part]
        steps = 0 if self.is_step else turn * self.step_counts[-1] + self.step_counts[part]
        place = Place(inner, 0, 0.0, 1) if isinstance(inner, Segment) else inner.find(rest - before)
        segment = replace(place.segment, step_index=place.segment.step_index + steps)
        following = self.size if self.is_step else place.next_step + offset
        return Place(segment, place.index + offset, place.start + start, following)

    def index_at(self, time: float) -> int:
        """Index of the segment that acts at ``time`` [s]; a boundary belongs to the later one."""
        one_pass = self.starts[-1]
        turn = min(int(time // one_pass), self.count - 1) if math.isfinite(one_pass) else 0
        rest = time - turn * one_pass if turn else time
        part = min(max(bisect.bisect_right(self.starts, rest) - 1, 0), len(self.parts) - 1)
        inner = self.parts[part]
        offset = turn * self.sizes[-1] + self.sizes[part]
        return offset if isinstance(inner, Segment) else offset + inner.index_at(rest - self.starts[part])

    def walk(self) -> Iterator[Segment]:
        """Every segment in turn, none stored (step numbers are left to the caller)."""
        for _ in range(self.count):
            for part in self.parts:
                if isinstance(part, Segment):
                    yield part
                else:
                    yield from part.walk()


class Segments(Sequence[Segment]):
    """The segments of a protocol, made when they are asked for: a long pulse train costs no memory."""

    def __init__(self, block: Block) -> None:
        self._block = block

    def __len__(self) -> int:
        return self._block.size

    @overload
    def __getitem__(self, index: int) -> Segment: ...
    @overload
    def __getitem__(self, index: slice) -> list[Segment]: ...
    def __getitem__(self, index: int | slice) -> Segment | list[Segment]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return self.place(index).segment

    def place(self, index: int) -> Place:
        """The segment with this index, its start and where the next step begins."""
        size = len(self)
        if not -size <= index < size:
            raise IndexError(f"segment {index} of {size}")
        return self._block.find(index % size)
