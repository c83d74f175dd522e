"""Protocol steps between dendrion's sentences and PyBaMM's experiment strings.

They look alike and mean different things: dendrion states current densities and what the metal does (plate, strip), and
the voltage of the plating electrode; PyBaMM states currents or C-rates of a cell, and its terminal voltage. What has no
counterpart is refused with the reason. Charging a cell with a metal anode plates.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from pydantic import ValidationError

from dendrion.case.documents import Document
from dendrion.case.protocol import Protocol
from dendrion.case.refusals import input_errors
from dendrion.case.segments import Segment
from dendrion.errors import InputError
from dendrion.units import parse_quantity, to_si

MOST_STEPS = 20_000
"""Steps of an experiment that PyBaMM still takes in: a longer pulse train is refused [dimensionless]."""

_HEAD = re.compile(r"^(?P<verb>charge|discharge|rest|hold)\b\s*(?P<rest>.*)$", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(at|for|(?:or\s+)?until)\b", re.IGNORECASE)
_RATE = re.compile(
    r"^(?:(?P<number>\d*\.?\d+(?:e[+-]?\d+)?)\s*C|C\s*/\s*(?P<divisor>\d*\.?\d+))$", re.IGNORECASE
)
_UNITS_OF_PYBAMM = "PyBaMM knows A, C-rates, V, W and ohm"


def from_experiment(text: str, *, area: float | None = None, capacity: float | None = None) -> str:
    """A dendrion step from a PyBaMM string: ``Charge at 1C for 30 minutes or until 4.2 V``.

    Arguments:
        area: of the electrode, for currents in A [m^2].
        capacity: what 1C empties in an hour [C/m^2].

    Raises:
        InputError: the string is not understood, or says what dendrion has no step for; says why.
    """
    plain = " ".join(text.split()).rstrip(". ")
    found = _HEAD.match(plain)
    if found is None:
        raise _refused(text, "an experiment step starts with Charge, Discharge, Hold or Rest")
    if "(" in plain:
        raise _refused(text, "a period in brackets sets PyBaMM's output, nothing of the cell: leave it out")
    verb, clauses = found["verb"].lower(), _clauses(found["rest"], text)
    if verb == "rest":
        return f"rest for {_time(clauses.get('for'), text)}"
    if verb == "hold":
        return _held(clauses, text)
    density = _density(clauses.get("at", ""), text, area, capacity)
    parts = [f"{'plate' if verb == 'charge' else 'strip'} at {density}"]
    if "for" in clauses:
        parts.append(f"for {_time(clauses['for'], text)}")
    if "until" in clauses:
        if not clauses["until"].upper().endswith("V"):
            raise _refused(text, "a step of dendrion ends by time, charge or voltage, not by a current")
        parts.append(f"until {clauses['until']}" if len(parts) == 1 else f"or until {clauses['until']}")
    if len(parts) == 1:
        raise _refused(text, "it does not say when it ends; PyBaMM would stop it after two hours by itself")
    return " ".join(parts)


def _held(clauses: dict[str, str], text: str) -> str:
    if "until" in clauses:
        raise _refused(text, "dendrion holds a voltage for a time, not until a current")
    voltage = to_si(clauses.get("at", ""), "potential")
    return f"hold at {-voltage!r} V for {_time(clauses.get('for'), text)}"


def _clauses(words: str, text: str) -> dict[str, str]:
    pieces = _CLAUSE.split(words)
    if pieces[0].strip():
        raise _refused(text, f"'{pieces[0].strip()}' is not understood")
    found: dict[str, str] = {}
    for keyword, part in zip(pieces[1::2], pieces[2::2], strict=True):
        name, value = keyword.split()[-1].lower(), part.strip(" ,")
        _require_no_condition(value, text)
        if name in found:
            raise _refused(text, f"'{name}' is said twice")
        found[name] = value
    return found


def _require_no_condition(value: str, text: str) -> None:
    """Temperature and pressure are conditions of a case, not parts of a step."""
    if re.search(r"\d\s*(°\s*C|o\s*C\b|deg\s*C|K\b)", value):
        raise _refused(
            text, "a temperature is a condition of the case (conditions.temperature), not of a step"
        )
    if re.search(r"\d\s*[kMG]?(Pa|bar)\b", value):
        raise _refused(
            text, "a pressure is a condition of the case (conditions.stack_pressure); PyBaMM has none"
        )


def _density(words: str, text: str, area: float | None, capacity: float | None) -> str:
    """The current density that a C-rate or a current stands for."""
    rate = _RATE.match(words)
    if rate is not None:
        if capacity is None:
            raise _refused(text, "a C-rate needs the capacity of the cell", "capacity=3 mAh/cm^2")
        times = float(rate["number"]) if rate["number"] else 1.0 / float(rate["divisor"])
        return f"{times * capacity / 3600.0!r} A/m^2"
    if re.search(r"\d\s*k?m?(W|ohm|Ω)\b", words, re.IGNORECASE):
        raise _refused(
            text, "a power or a resistance is no control of dendrion: it steps currents and voltages"
        )
    try:
        current = parse_quantity(words, ("current", "current_density"))
    except InputError as error:
        raise _refused(text, error.problem) from None
    if current.kind == "current_density":
        return f"{current.value_si!r} A/m^2"
    if area is None:
        raise _refused(text, "a current needs the electrode's area", "area=1 cm^2")
    return f"{current.value_si / area!r} A/m^2"


def _time(words: str | None, text: str) -> str:
    if words is None:
        raise _refused(text, "it does not say how long")
    spelled = re.sub(
        r"\b(second|minute|hour)s?\b", lambda m: {"s": "s", "m": "min", "h": "h"}[m[1][0]], words
    )
    return f"{to_si(spelled, 'time')!r} s"


def _refused(text: str, why: str, hint: str | None = None) -> InputError:
    return InputError(f"this step can't be converted: {why}", value=text, hint=hint)


def to_experiment(protocol: Protocol, area: float, *, cathode: bool = True) -> list[str]:
    """PyBaMM's strings for a protocol; a repeated step stands as often as it is done.

    Arguments:
        protocol: steps of dendrion; a table becomes one step a row where the current is constant.
        area: of the electrode, which turns mA/cm² into A [m^2].
        cathode: voltages of the protocol are the cell's whatever their sign; else those of the plating electrode
            against the counter electrode, the negative of PyBaMM's.

    Raises:
        InputError: a ramp, a step without an end that PyBaMM knows, or too many steps.
    """
    if area <= 0.0:
        raise InputError("an area is positive", field="area", value=area)
    if len(protocol.segments) > MOST_STEPS:
        raise InputError(
            f"{len(protocol.segments):.3g} steps are too many for an experiment of PyBaMM",
            field="protocol", allowed=f"at most {MOST_STEPS}", hint="fewer pulses",
        )  # fmt: skip
    return [_string(segment, area, cathode) for segment in protocol.block.walk()]


def _string(segment: Segment, area: float, cathode: bool) -> str:
    if segment.end_value is not None:
        raise InputError(
            "a ramp of the current has no string; write the table with interpolate: constant",
            field="protocol", value=segment.label,
        )  # fmt: skip
    seconds = "" if math.isinf(segment.duration) else f" for {segment.duration!r} seconds"
    if segment.kind == "rest" or (segment.kind == "current" and segment.value == 0.0):
        return f"Rest{seconds}"
    if segment.kind == "voltage":
        return f"Hold at {abs(segment.value) if cathode else -segment.value!r} V{seconds}"
    verb = "Charge" if segment.value > 0.0 else "Discharge"
    limit, end = segment.voltage_limit, ""
    if limit is not None:
        terminal = abs(limit) if cathode or segment.value > 0.0 else -abs(limit)
        end = f"{' or' if seconds else ''} until {terminal!r} V"
    return f"{verb} at {abs(segment.value) * area!r} A{seconds}{end}"


def read_protocol(
    steps: Iterable[object], *, area: float | None = None, capacity: float | None = None
) -> Protocol:
    """A protocol whose steps are dendrion's, or PyBaMM's strings, or a mixture of both.

    Raises:
        InputError: a step is not understood; names it.
    """

    def settled(step: object) -> object:
        if isinstance(step, str) and _HEAD.match(step) and not step.lower().startswith(("rest", "hold")):
            return from_experiment(step, area=area, capacity=capacity)
        if isinstance(step, str):
            return step
        if isinstance(step, dict) and "steps" in step:
            return {**step, "steps": [settled(inner) for inner in step["steps"]]}
        return step

    listed = [settled(step) for step in steps]
    try:
        return Protocol.model_validate(listed)
    except ValidationError as error:
        document = Document({})
        document.data = listed  # type: ignore[assignment]
        first = input_errors(error, document, Protocol)[0]
        raise InputError(
            first.problem, field=f"protocol{first.field or ''}", value=first.value, allowed=first.allowed,
            hint=first.hint,
        ) from None  # fmt: skip
