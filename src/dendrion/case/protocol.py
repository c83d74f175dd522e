"""The protocol of a case: English steps, repeats, or a table of time and current."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, RootModel, Tag, model_validator

from .cycler import CyclerTable
from .quantities import Section, refusal
from .segments import Block, Segment, Segments
from .steps import EXAMPLES, MOST_SEGMENTS, Step


class Repeat(Section):
    """Steps that are done several times."""

    repeat: Annotated[int, Field(ge=1, le=1_000_000_000)] = Field(description="how many times", examples=[5])
    steps: ProtocolSteps = Field(
        description="the steps that are repeated", examples=['["plate at 5 A/m^2 for 1 h", "rest for 5 min"]']
    )

    @cached_property
    def block(self) -> Block:
        """The segments of all passes."""
        return Block(tuple(step.block for step in self.steps), self.repeat)


def _step_tag(value: object) -> str:
    return "(repeat)" if isinstance(value, (Mapping, Repeat)) else "(step)"


ProtocolSteps = Annotated[
    tuple[
        Annotated[
            Annotated[Step, Tag("(step)")] | Annotated[Repeat, Tag("(repeat)")], Discriminator(_step_tag)
        ],
        ...,
    ],
    Field(min_length=1, strict=False),
]
Repeat.model_rebuild()


def _listed(value: object) -> object:
    if isinstance(value, str):
        return [value]
    if not value or not isinstance(value, (list, tuple, Mapping, CyclerTable)):
        first, second = EXAMPLES["plate"][0], EXAMPLES["rest"][0]
        raise refusal(
            "a list of steps, or {file: ...} with a table of time and current, is needed",
            hint=f'["{first}", "{second}"]',
        )
    return value


def _protocol_tag(value: object) -> str:
    return "(table)" if isinstance(value, (Mapping, CyclerTable)) else "(steps)"


class Protocol(
    RootModel[
        Annotated[
            Annotated[ProtocolSteps, Tag("(steps)")] | Annotated[CyclerTable, Tag("(table)")],
            Discriminator(_protocol_tag),
            BeforeValidator(_listed),
        ]
    ]
):
    """What the cell is asked to do, as segments.

    Times below assume that no voltage limit ends a step early; an engine that meets a limit goes on with
    ``segments[protocol.segments.place(i).next_step]``.
    """

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="after")
    def _countable(self) -> Protocol:
        if self.block.size > MOST_SEGMENTS:
            raise refusal(f"{self.block.size:.3g} segments are more than any run can do")
        return self

    @cached_property
    def block(self) -> Block:
        """All steps as one block."""
        if isinstance(self.root, CyclerTable):
            return self.root.block
        return Block(tuple(step.block for step in self.root))

    @property
    def table(self) -> CyclerTable | None:
        """The table of time and current, where the protocol is one."""
        return self.root if isinstance(self.root, CyclerTable) else None

    @cached_property
    def segments(self) -> Segments:
        """Every segment by index, made when asked for."""
        return Segments(self.block)

    @property
    def duration(self) -> float:
        """Time of all segments [s]; infinite where a step ends by a voltage limit alone."""
        return self.block.duration

    @property
    def charge(self) -> float:
        """Charge passed by the end, plating positive [C/m²]; nan where a voltage is held."""
        return self.block.charge

    @property
    def step_count(self) -> int:
        """Number of executed steps, repeats counted [dimensionless]."""
        return self.block.steps

    def segment_at(self, time: float) -> Segment:
        """The segment that acts at ``time`` [s]; a boundary belongs to the later one, the end to the last."""
        return self.segments[self.index_at(time)]

    def index_at(self, time: float) -> int:
        """Index of the segment that acts at ``time`` [s]."""
        return self.block.index_at(max(time, 0.0))

    def next_boundary(self, time: float) -> float:
        """The first end of a segment after ``time`` [s]; infinite after the last."""
        if time >= self.duration:
            return math.inf
        place = self.segments.place(self.index_at(time))
        return place.start + place.segment.duration

    @property
    def has_voltage(self) -> bool:
        """Whether some step holds a voltage."""
        return _holds_voltage(self.block)

    def shortest_segment(self) -> float:
        """Duration of the shortest segment [s]."""
        return _shortest(self.block)

    def charges(self) -> tuple[float, float]:
        """Charge plated and charge stripped by current segments, both positive [C/m²]."""
        return _charges(self.block)


def _shortest(block: Block) -> float:
    return min(part.duration if isinstance(part, Segment) else _shortest(part) for part in block.parts)


def _holds_voltage(block: Block) -> bool:
    return any(p.kind == "voltage" if isinstance(p, Segment) else _holds_voltage(p) for p in block.parts)


def _charges(block: Block) -> tuple[float, float]:
    plated = stripped = 0.0
    for part in block.parts:
        if isinstance(part, Block):
            more, less = _charges(part)
        else:
            charge = 0.0 if part.kind == "voltage" else part.charge
            more, less = max(charge, 0.0), max(-charge, 0.0)
        plated, stripped = plated + more, stripped + less
    return plated * block.count, stripped * block.count
