"""Named protocols of critical-current tests: one YAML file each in ``protocols/``; a new one touches one file."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from dendrion.errors import InputError
from dendrion.evidence.reading import Entry, measured, read_mapping, read_model, read_text, refusal

MOST_STEPS = 1000
"""Steps of current that a protocol may have [dimensionless]."""

_ROUNDING = 1e-9
_DIGITS = 6
"""Significant digits of a step, as many as a record keeps [dimensionless]."""

Text = Annotated[str, Field(min_length=1)]
CurrentDensity = Annotated[float, *measured("current_density", above=0.0)]
Time = Annotated[float, *measured("time", at_least=0.0)]
Capacity = Annotated[float, *measured("areal_capacity", above=0.0)]
Share = Annotated[float, *measured("dimensionless", above=0.0, at_most=1.0)]
Factor = Annotated[float, *measured("dimensionless", above=1.0)]
Voltage = Annotated[float, *measured("potential", above=0.0)]


class Currents(Entry):
    """The ladder of current densities: a start, an increment or a factor, an end."""

    start: CurrentDensity
    increment: CurrentDensity | None = Field(None, description="added from step to step")
    factor: Factor | None = Field(None, description="multiplies from step to step")
    end: CurrentDensity = Field(description="the last step is the largest one that is not above it")

    @model_validator(mode="after")
    def _climbs(self) -> Currents:
        if self.end < self.start * (1.0 - _ROUNDING):
            raise refusal("end is below start")
        if self.increment is not None and self.factor is not None:
            raise refusal("increment and factor exclude each other")
        single = abs(self.end - self.start) <= _ROUNDING * self.start
        if not single and self.increment is None and self.factor is None:
            raise refusal("increment or factor is needed", hint="increment: 0.1 mA/cm^2")
        if len(self.values) > MOST_STEPS:
            raise refusal(f"more than {MOST_STEPS} steps", hint="a larger increment")
        return self

    @property
    def values(self) -> tuple[float, ...]:
        """Current densities in their order [A/m^2]."""
        found, number = [], 0
        while number <= MOST_STEPS:
            value = (
                self.start * self.factor**number
                if self.factor
                else self.start + number * (self.increment or 0.0)
            )
            if value > self.end * (1.0 + _ROUNDING):
                break
            found.append(float(f"{value:.{_DIGITS}g}"))
            if self.increment is None and self.factor is None:
                break
            number += 1
        return tuple(found)


class Amount(Entry):
    """How much a half-cycle passes: a time or a charge."""

    time: Annotated[float, *measured("time", above=0.0)] | None = None
    capacity: Capacity | None = None

    @model_validator(mode="after")
    def _one(self) -> Amount:
        if (self.time is None) == (self.capacity is None):
            raise refusal("a time or a capacity is needed", hint="half_cycle: {time: 30 min}")
        return self


class FailureCriterion(Entry):
    """What ends the test; metal that reaches the counter electrode always does."""

    criterion: Literal["voltage_drop", "voltage_limit", "metal_through"]
    threshold: Share | None = Field(
        None, description="share of the half-cycle's largest voltage that is lost"
    )
    voltage: Voltage | None = Field(None, description="voltage beyond which the test is over")

    @model_validator(mode="after")
    def _complete(self) -> FailureCriterion:
        if self.criterion == "voltage_drop" and self.threshold is None:
            raise refusal("voltage_drop needs a threshold", hint="threshold: 0.5")
        if self.criterion == "voltage_limit" and self.voltage is None:
            raise refusal("voltage_limit needs a voltage", hint="voltage: 1 V")
        return self


class TestProtocol(Entry):
    """A protocol: steps of current up to failure."""

    __test__ = False

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    title: Text
    kind: Literal["time_controlled", "capacity_controlled", "unidirectional_plating", "stripping_only"]
    current: Currents
    half_cycle: Amount
    rest: Time = 0.0
    cycles_per_step: int = Field(1, ge=1, le=100_000)
    failure: FailureCriterion
    source: Text
    doi: Text | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> TestProtocol:
        if self.kind == "time_controlled" and self.half_cycle.time is None:
            raise refusal("a time-controlled test needs half_cycle.time")
        if self.kind == "capacity_controlled" and self.half_cycle.capacity is None:
            raise refusal("a capacity-controlled test needs half_cycle.capacity")
        return self

    @property
    def currents(self) -> tuple[float, ...]:
        """Steps of current density [A/m^2]."""
        return self.current.values

    @property
    def sides(self) -> tuple[str, ...]:
        """What happens at the electrodes of the test: plating, stripping or both."""
        return {"unidirectional_plating": ("plating",), "stripping_only": ("stripping",)}.get(
            self.kind, ("plating", "stripping")
        )

    def duration(self, current: float) -> float:
        """Time of a half-cycle [s] at a current density [A/m^2]."""
        if self.half_cycle.time is not None:
            return self.half_cycle.time
        return (self.half_cycle.capacity or 0.0) / current

    def with_currents(
        self, start: str | None = None, increment: str | None = None, factor: float | None = None, end: str | None = None
    ) -> TestProtocol:  # fmt: skip
        """The protocol with another ladder; what is None stays.

        Raises:
            InputError: not a current density, or a ladder that does not climb.
        """
        given = {"start": start, "increment": increment, "factor": factor, "end": end}
        new = {name: value for name, value in given.items() if value is not None}
        if not new:
            return self
        old = {
            name: f"{value!r} A/m^2"
            for name in ("start", "increment", "end")
            if (value := getattr(self.current, name))
        }
        if self.current.factor:
            old["factor"] = repr(self.current.factor)
        if "increment" in new:
            old.pop("factor", None)
        if "factor" in new:
            old.pop("increment", None)
        ladder = read_model(
            Currents, {**old, **{name: str(value) for name, value in new.items()}}, None, ("current",)
        )
        return self.model_copy(update={"current": ladder})


@cache
def shipped_protocols() -> Mapping[str, TestProtocol]:
    """Every shipped protocol by name."""
    found = {}
    folder = resources.files(__package__) / "protocols"
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".yaml"):
            protocol = read_model(
                TestProtocol, read_mapping(file.read_text(encoding="utf-8"), file.name), file.name
            )
            found[protocol.name] = protocol
    return found


def named_protocol(name: str | Path | TestProtocol) -> TestProtocol:
    """A shipped protocol by name, or the one of a YAML file.

    Raises:
        InputError: there is none of this name (names the nearest), or the file is no protocol.
    """
    if isinstance(name, TestProtocol):
        return name
    known, text = shipped_protocols(), str(name)
    if text in known:
        return known[text]
    if text.endswith((".yaml", ".yml")):
        return read_model(TestProtocol, read_mapping(read_text(Path(text)), text), text)
    near = difflib.get_close_matches(text, known, 3, 0.3)
    raise InputError(
        "there is no such protocol", field="--protocol", value=text, allowed=", ".join([*known, "a file NAME.yaml"]),
        hint=" or ".join(near) or None,
    )  # fmt: skip
