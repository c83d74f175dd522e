"""The record of a test of critical current: what a laboratory or a simulation has to say to be compared.

The fields follow the survey's call for standards in Nano-Micro Lett. 18:414 (2026). Quantities are text with
a unit, SI once read. The outcome is the interval between the last current that was survived and the first that
failed; where a test ended before a failure it is censored, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from .reading import Entry, measured, read_mapping, read_model, read_text, refusal

SCHEMA = "dendrion-ccd/1"
"""Name and version of the format."""

Text = Annotated[str, Field(min_length=1)]
Length = Annotated[float, *measured("length", above=0.0)]
Area = Annotated[float, *measured("area", above=0.0)]
Time = Annotated[float, *measured("time", at_least=0.0)]
Temperature = Annotated[float, *measured("temperature", above=0.0)]
TemperatureDifference = Annotated[float, *measured("temperature_difference")]
TemperatureRate = Annotated[float, *measured("temperature_rate")]
Pressure = Annotated[float, *measured("pressure", at_least=0.0)]
Stiffness = Annotated[float, *measured("N/m", above=0.0)]
CurrentDensity = Annotated[float, *measured("current_density", above=0.0)]
Capacity = Annotated[float, *measured("areal_capacity", at_least=0.0)]
ArealResistance = Annotated[float, *measured("areal_resistance", at_least=0.0)]
Share = Annotated[float, *measured("dimensionless", at_least=0.0, at_most=1.0)]

Censoring = Literal["interval", "right", "left"]
_SAME = 1e-6


class Source(Entry):
    """Where the record comes from."""

    text: Text | None = Field(None, description="authors, year, journal; or who simulated it")
    doi: Text | None = None
    laboratory: Text | None = None
    date: Text | None = Field(None, description="of the test, ISO 8601")
    licence: Text | None = None


class Cell(Entry):
    """Geometry and materials."""

    metal: Text
    electrolyte: Text = Field(description="composition or name of a shipped material")
    geometry: Literal["pellet", "tape", "thin_film", "coin", "pouch", "capillary", "simulated", "other"]
    arrangement: Literal["symmetric", "asymmetric", "full"] = "symmetric"
    thickness: Length = Field(description="of the electrolyte, along the current")
    area: Area | None = Field(None, description="of the electrode, on the smaller side")
    electrode_thickness: Length | None = None
    electrode_area_larger: bool | None = Field(
        None, description="whether one electrode overlaps the other; edges then focus the current"
    )


class Ceramic(Entry):
    """State of the electrolyte."""

    relative_density: Share | None = None
    grain_size: Length | None = None
    route: Text | None = Field(None, description="how it was made: sintering, hot pressing, cold pressing")
    surface: Text | None = Field(None, description="polishing, heat treatment, contamination")
    largest_flaw: Length | None = None


class Joining(Entry):
    """How metal and electrolyte were brought together."""

    method: Text
    temperature: Temperature | None = None
    heating_rate: TemperatureRate | None = None
    pressure: Pressure | None = None
    time: Time | None = None
    interlayer: Text | None = None


class Interface(Entry):
    """The interface of metal and electrolyte."""

    resistance_before: ArealResistance | None = Field(None, description="of one interface, before the test")
    resistance_after: ArealResistance | None = None
    contact: Share | None = Field(None, description="area in contact over the geometric area")
    how: Text | None = Field(None, description="how resistance and contact were measured")


class Conditions(Entry):
    """What surrounds the cell during the test."""

    temperature: Temperature
    temperature_difference: TemperatureDifference | None = Field(
        None, description="counter electrode minus plating electrode"
    )
    heating_rate: TemperatureRate | None = Field(None, description="where the temperature was ramped")
    stack_pressure: Pressure
    pressure_control: Literal["constant_pressure", "constant_gap", "spring", "none", "unknown"]
    fixture: Text | None = None
    stiffness: Stiffness | None = Field(None, description="of the fixture; needed where it is a spring")
    atmosphere: Text | None = None

    @model_validator(mode="after")
    def _spring_is_stiff(self) -> Conditions:
        if self.pressure_control == "spring" and self.stiffness is None:
            raise refusal("a spring needs its stiffness", hint="stiffness: 100 N/mm")
        return self


class Protocol(Entry):
    """Steps of current up to failure."""

    kind: Literal["time_controlled", "capacity_controlled", "unidirectional_plating", "stripping_only"]
    steps: list[CurrentDensity] = Field(min_length=1, description="current densities in their order")
    time_per_half_cycle: Time | None = None
    capacity_per_half_cycle: Capacity | None = None
    rest: Time | None = Field(None, description="between half-cycles")
    cycles_per_step: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _says_how_much(self) -> Protocol:
        if self.kind == "time_controlled" and self.time_per_half_cycle is None:
            raise refusal(
                "a time-controlled test needs time_per_half_cycle", hint="time_per_half_cycle: 30 min"
            )
        if self.kind == "capacity_controlled" and self.capacity_per_half_cycle is None:
            raise refusal(
                "a capacity-controlled test needs capacity_per_half_cycle",
                hint="capacity_per_half_cycle: 0.5 mAh/cm^2",
            )
        if any(later <= earlier for earlier, later in pairwise(self.steps)):
            raise refusal("the steps must rise", hint="steps: [0.1 mA/cm^2, 0.2 mA/cm^2]")
        return self


class Failure(Entry):
    """What counts as failure."""

    criterion: Literal["voltage_drop", "resistance_drop", "voltage_limit", "metal_through", "other"]
    threshold: Share | None = Field(None, description="share of the voltage or resistance that is lost")
    how: Text | None = None


class Outcome(Entry):
    """What one specimen did: the last current it stood and the first at which it failed."""

    specimen: Text | None = None
    last_surviving: CurrentDensity | None = Field(None, description="absent: failed at the first step")
    first_failing: CurrentDensity | None = Field(None, description="absent: survived every step")
    censoring: Censoring | None = Field(
        None,
        description="interval: both are known; right: no failure; left: failed at once; follows from them",
    )
    failing_half_cycle: int | None = Field(None, ge=1, description="counted from 1 over the whole test")
    capacity_at_failure: Capacity | None = Field(None, description="charge in the failing half-cycle")
    total_capacity: Capacity | None = Field(None, description="charge plated up to failure")
    mechanism: Text | None = Field(None, description="depletion, crack, void, internal nucleation, extrusion")
    note: Text | None = None

    @model_validator(mode="after")
    def _is_an_interval(self) -> Outcome:
        low, high = self.last_surviving, self.first_failing
        if low is None and high is None:
            raise refusal("last_surviving, first_failing or both are needed")
        if low is not None and high is not None and low >= high:
            raise refusal("last_surviving must be below first_failing")
        if self.censoring is not None and self.censoring != self.kind:
            raise refusal(f"censoring is '{self.kind}' by the currents that are given", allowed=self.kind)
        return self

    @property
    def kind(self) -> Censoring:
        """How the critical current is bounded: on both sides, from below (right) or from above (left)."""
        if self.first_failing is None:
            return "right"
        return "left" if self.last_surviving is None else "interval"

    @property
    def interval(self) -> tuple[float, float]:
        """Bounds of the critical current density [A/m^2]; 0 and infinity where there is none."""
        low = 0.0 if self.last_surviving is None else self.last_surviving
        return low, float("inf") if self.first_failing is None else self.first_failing


class RawData(Entry):
    """The measured curve behind the record."""

    url: Text | None = None
    file: Text | None = Field(None, description="beside the record")
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    format: Text | None = Field(None, description="bdf.csv, csv, run folder …")


class CcdRecord(Entry):
    """A test of critical current density, measured or simulated."""

    schema_: Literal["dendrion-ccd/1"] = Field(alias="schema")
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")]
    title: Text
    origin: Literal["measured", "simulated"]
    source: Source
    cell: Cell
    electrolyte: Ceramic = Field(Ceramic(), description="density, grains, flaws, route")
    joining: Joining | None = None
    interface: Interface = Interface()
    conditions: Conditions
    protocol: Protocol
    failure: Failure
    outcomes: list[Outcome] = Field(min_length=1, description="one a specimen (or seed)")
    raw_data: RawData = RawData()
    caution: Text | None = None

    @model_validator(mode="after")
    def _outcomes_are_steps(self) -> CcdRecord:
        """Each current of an outcome is a step, and the two are neighbours."""
        steps = self.protocol.steps
        for number, outcome in enumerate(self.outcomes):
            places = []
            for name in ("last_surviving", "first_failing"):
                value = getattr(outcome, name)
                found = [i for i, step in enumerate(steps) if value and abs(step / value - 1.0) < _SAME]
                if value is not None and not found:
                    raise refusal(f"outcomes[{number}].{name} is none of the protocol's steps")
                places += found[:1]
            if len(places) == 2 and places[1] != places[0] + 1:
                raise refusal(f"outcomes[{number}]: a step lies between last_surviving and first_failing")
            if outcome.kind == "left" and places != [0]:
                raise refusal(f"outcomes[{number}]: earlier steps were survived, so last_surviving is known")
        return self


def read_ccd_record(document: Mapping[str, Any], file: str | None = None) -> CcdRecord:
    """A record from a mapping (see ``load_ccd_record``)."""
    return read_model(CcdRecord, document, file)


def load_ccd_record(path: str | Path) -> CcdRecord:
    """The record of a YAML or JSON file.

    Raises:
        InputError: absent, not YAML, or whatever the format refuses, each with line, column and field.
    """
    path = Path(path)
    return read_ccd_record(read_mapping(read_text(path), str(path)), str(path))


def ccd_schema() -> dict[str, Any]:
    """The JSON schema of the format, for editors and other programs."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        **CcdRecord.model_json_schema(),
    }
