"""Protocol steps in English: ``plate at 0.5 mA/cm^2 for 30 min``."""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass
from typing import Any

from pydantic_core import CoreSchema, core_schema

from ..errors import InputError
from ..units import Quantity, format_quantity, parse_quantity
from .quantities import refusal
from .segments import Block, Segment

EXAMPLES = {
    "plate": ("plate at 0.5 mA/cm^2 for 30 min", "plate at 0.5 mA/cm^2 for 2 mAh/cm^2 or until -0.5 V"),
    "strip": ("strip at 0.5 mA/cm^2 for 10 min", "strip at 5 A/m^2 for 1 h or until 0.5 V"),
    "rest": ("rest for 5 min", "rest for 30 s"),
    "hold": ("hold at -0.45 V for 400 s", "hold at 50 mV for 10 min"),
    "pulse": (
        "pulse at 4 mA/cm^2, 1 s on, 3 s off, for 30 min",
        "pulse at 4 mA/cm^2, duty cycle 25 %, period 4 s, for 2 mAh/cm^2",
    ),
}
"""Two writings that each verb accepts."""

_CLAUSE = re.compile(r"\b(at|for|(?:or\s+)?until)\b")
_PULSE_PART = re.compile(
    r"(?P<on>.+?)\s+on|(?P<off>.+?)\s+off|duty\s+cycle(?:\s+of)?\s+(?P<duty>.+)|period(?:\s+of)?\s+(?P<period>.+)"
    r"|(?P<duty_first>.+?)\s+duty(?:\s+cycle)?"
    r"|(?:then\s+)?strip\s+at\s+(?P<reverse>.+?)\s+(?:for\s+)?(?P<reverse_time>[\d.]\S*\s*[A-Za-zµμ]+)"
)
MOST_SEGMENTS = 10**15
"""A protocol with more segments is a slip of the pen."""

_LIMIT = 1e6  # A/m²: a hundred A/cm², beyond any electrode.


@dataclass(frozen=True)
class Step:
    """One step: the user's words and the segments that they stand for."""

    text: str
    block: Block

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _validated, serialization=core_schema.plain_serializer_function_ser_schema(lambda step: step.text)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: object) -> dict[str, Any]:
        verbs = "|".join(EXAMPLES)
        return {
            "type": "string",
            "pattern": f"^\\s*({verbs})\\b",
            "examples": [example for pair in EXAMPLES.values() for example in pair],
        }


def _validated(value: object) -> Step:
    if isinstance(value, Step):
        return value
    try:
        return parse_step(value)
    except InputError as error:
        raise refusal(error.problem, allowed=error.allowed, hint=error.hint) from None


def parse_step(value: object) -> Step:
    """Reads one step.

    Raises:
        InputError: says which words were not understood, or what the step lacks, and shows two examples.
    """
    if not isinstance(value, str):
        raise _refused("a step is a sentence, or {repeat: 5, steps: [...]}", "plate")
    text = " ".join(value.split()).rstrip(" .;")
    verb = re.match(r"[A-Za-z]*", text)[0].lower()  # type: ignore[index]
    if verb not in EXAMPLES:
        near = difflib.get_close_matches(verb, EXAMPLES, 1)
        known = "a step starts with plate, strip, rest, hold or pulse"
        raise _refused(f"'{verb or text}' is not understood: {known}", near[0] if near else "plate")
    rest = text[len(verb) :].strip()
    block = _pulse(rest, text) if verb == "pulse" else Block((_plain(verb, rest, text),), is_step=True)
    return Step(value, block)


def _refused(problem: str, verb: str) -> InputError:
    first, second = EXAMPLES[verb]
    return InputError(problem, hint=f'"{first}" or "{second}"')


def _read(text: str, kind: str | tuple[str, ...], verb: str) -> Quantity:
    try:
        return parse_quantity(text.strip(" ,"), kind)
    except InputError as error:
        raise _refused(f"'{text.strip(' ,')}' is not understood: {error.problem}", verb) from None


def _positive(text: str, kind: str | tuple[str, ...], verb: str) -> Quantity:
    quantity = _read(text, kind, verb)
    if quantity.value_si <= 0.0:
        raise _refused(f"'{text.strip(' ,')}' must be above zero; the verb gives the direction", verb)
    if quantity.kind == "current_density" and quantity.value_si > _LIMIT:
        limit = format_quantity(_LIMIT, "current_density")
        raise _refused(f"'{text.strip(' ,')}' is out of range: at most {limit}", verb)
    return quantity


def _clauses(rest: str, verb: str, allowed: tuple[str, ...]) -> dict[str, str]:
    """The words after ``at``, ``for`` and ``until``."""
    pieces = _CLAUSE.split(rest)
    if pieces[0].strip(" ,"):
        raise _refused(f"'{pieces[0].strip(' ,')}' is not understood after '{verb}'", verb)
    clauses: dict[str, str] = {}
    for keyword, words in zip(pieces[1::2], pieces[2::2], strict=True):
        name = keyword.split()[-1]
        if name in clauses or name not in allowed:
            raise _refused(f"'{keyword} {words.strip()}' does not fit in a {verb} step", verb)
        clauses[name] = words
    return clauses


def _plain(verb: str, rest: str, text: str) -> Segment:
    allowed = {"rest": ("for",), "hold": ("at", "for")}.get(verb, ("at", "for", "until"))
    clauses = _clauses(rest, verb, allowed)
    if verb != "rest" and "at" not in clauses:
        needed = "a potential" if verb == "hold" else "a current density"
        raise _refused(f"'at' and {needed} are missing", verb)
    if "for" not in clauses and "until" not in clauses:
        raise _refused("it is not said when the step ends: 'for' is missing", verb)
    if verb == "rest":
        return Segment("rest", 0.0, _positive(clauses["for"], "time", verb).value_si, label=text)
    if verb == "hold":
        potential = _read(clauses["at"], "potential", verb).value_si
        if abs(potential) > 100.0:
            raise _refused(f"'{clauses['at'].strip()}' is out of range: between -100 V and 100 V", verb)
        return Segment("voltage", potential, _positive(clauses["for"], "time", verb).value_si, label=text)
    current = _positive(clauses["at"], "current_density", verb).value_si
    duration = math.inf
    if "for" in clauses:
        end = _positive(clauses["for"], ("time", "areal_capacity"), verb)
        duration = end.value_si if end.kind == "time" else end.value_si / current
    limit = _voltage_limit(clauses["until"], verb) if "until" in clauses else None
    return Segment("current", current if verb == "plate" else -current, duration, limit, label=text)


def _voltage_limit(words: str, verb: str) -> float:
    """The limit with the sign that the cell voltage has: negative while plating, positive while stripping.

    A positive limit of a plating step is read as a size of the polarisation.
    """
    limit = _read(words, "potential", verb).value_si
    if limit == 0.0 or abs(limit) > 100.0:
        raise _refused(f"'until {words.strip()}' is out of range: above 0 V and at most 100 V in size", verb)
    if verb == "strip":
        if limit < 0.0:
            raise _refused(
                f"'until {words.strip()}' is never reached: while stripping the plating electrode is "
                "positive against the counter electrode",
                verb,
            )
        return limit
    return -abs(limit)


@dataclass
class _Pulse:
    """The parts of a pulse step [A/m², s]."""

    current: float
    on: float | None = None
    off: float | None = None
    duty: float | None = None
    period: float | None = None
    reverse: float = 0.0
    reverse_time: float = 0.0


def _pulse(rest: str, text: str) -> Block:
    head, _, tail = rest.partition(",")
    current = _clauses(head, "pulse", ("at",))
    if "at" not in current:
        raise _refused("'at' and a current density are missing", "pulse")
    pulse = _Pulse(_positive(current["at"], "current_density", "pulse").value_si)
    end: dict[str, str] = {}
    for words in filter(None, (part.strip() for part in tail.split(","))):
        if re.match(r"for\b|(or )?until\b", words):
            for name, clause in _clauses(words, "pulse", ("for", "until")).items():
                if name in end:
                    raise _refused(f"'{words}' is said twice", "pulse")
                end[name] = clause
        else:
            _pulse_part(pulse, words)
    if "for" not in end:
        raise _refused("it is not said when the pulses end: 'for' is missing", "pulse")
    limit = _voltage_limit(end["until"], "plate") if "until" in end else None
    return _pulse_train(
        pulse, _period(pulse, text, limit), _positive(end["for"], ("time", "areal_capacity"), "pulse")
    )


def _pulse_part(pulse: _Pulse, words: str) -> None:
    found = _PULSE_PART.fullmatch(words)
    if found is None:
        raise _refused(f"'{words}' is not understood in a pulse step", "pulse")
    parts = found.groupdict()
    for name in ("on", "off", "period"):
        if parts[name] is not None:
            _once(pulse, name, _positive(parts[name], "time", "pulse").value_si, words)
    if duty := parts["duty"] or parts["duty_first"]:
        value = _read(duty, "dimensionless", "pulse").value_si
        if not 0.0 < value <= 1.0:
            raise _refused(f"a duty cycle of {value:g} is out of range: above 0 and at most 1", "pulse")
        _once(pulse, "duty", value, words)
    if parts["reverse"] is not None:
        if pulse.reverse:
            raise _refused(f"'{words}' is said twice", "pulse")
        pulse.reverse = _positive(parts["reverse"], "current_density", "pulse").value_si
        pulse.reverse_time = _positive(parts["reverse_time"], "time", "pulse").value_si


def _once(pulse: _Pulse, name: str, value: float, words: str) -> None:
    if getattr(pulse, name) is not None:
        raise _refused(f"'{words}' is said twice", "pulse")
    setattr(pulse, name, value)


def _period(pulse: _Pulse, text: str, limit: float | None) -> tuple[Segment, ...]:
    """The segments of one period: on, reverse, off."""
    on, off, duty, period = pulse.on, pulse.off, pulse.duty, pulse.period
    given = sum(value is not None for value in (on, off, duty, period))
    if given != 2 or (off is None and period is None):
        raise _refused("two times are needed: on and off, on and period, or duty cycle and period", "pulse")
    if period is not None:
        on = duty * period if duty is not None else on if on is not None else period - (off or 0.0)
        off = period - on - pulse.reverse_time
    elif duty is not None:
        raise _refused("a duty cycle needs the period beside it", "pulse")
    assert on is not None and off is not None
    if on <= 0.0 or off < -1e-12 * on:
        raise _refused(
            f"the on-time ({format_quantity(on + pulse.reverse_time, 'time')}) is longer than the period "
            f"({format_quantity(period or 0.0, 'time')})",
            "pulse",
        )
    if pulse.reverse * pulse.reverse_time >= pulse.current * on:
        raise _refused("the reverse pulse strips as much as the pulse plates: nothing would grow", "pulse")
    segments = [Segment("current", pulse.current, on, limit, label=text)]
    if pulse.reverse_time:
        segments.append(Segment("current", -pulse.reverse, pulse.reverse_time, label=text))
    if off > 1e-12 * on:
        segments.append(Segment("rest", 0.0, off, label=text))
    return tuple(segments)


def _pulse_train(pulse: _Pulse, period: tuple[Segment, ...], end: Quantity) -> Block:
    """Whole periods, then what is left of the last one."""
    length = math.fsum(segment.duration for segment in period)
    if not end.value_si / (length if end.kind == "time" else period[0].charge) < MOST_SEGMENTS:
        raise _refused("more pulses than any run can do", "pulse")
    if end.kind == "time":
        count = math.floor(end.value_si / length * (1.0 + 1e-12))
        left = end.value_si - count * length
    else:
        forward, net = period[0].charge, math.fsum(segment.charge for segment in period)
        count = max(0, math.ceil((end.value_si - forward) / net * (1.0 - 1e-12)))
        left = (end.value_si - count * net) / pulse.current
    parts: list[Segment | Block] = [Block(period, count)] if count else []
    for segment in period:
        if left <= 1e-9 * length:
            break
        duration = min(segment.duration, left)
        parts.append(Segment(segment.kind, segment.value, duration, segment.voltage_limit, 0, segment.label))
        left -= duration
    return Block(tuple(parts), is_step=True)
