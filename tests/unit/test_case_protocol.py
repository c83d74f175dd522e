"""Protocols: steps in English, repeats, pulses, and the segments an engine walks through."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dendrion.case import Case, Protocol, Segment
from dendrion.errors import InputErrors


def protocol(*steps: object) -> Protocol:
    return Protocol.model_validate(list(steps))


def seen(*steps: object) -> list[tuple[str, float, float]]:
    return [(s.kind, s.value, s.duration) for s in protocol(*steps).segments]


def case_with(*steps: object) -> Case:
    return Case.from_mapping(
        {
            "cell": {"metal": "Li", "electrolyte": "LLZO"},
            "domain": {"size": ["60 um"], "cells": [64]},
            "protocol": list(steps),
        }
    )


@pytest.mark.parametrize(
    ("step", "segment"),
    [
        ("plate at 0.5 mA/cm^2 for 30 min", ("current", 5.0, 1800.0)),
        ("Plate at 5 A/m2 for 1 h.", ("current", 5.0, 3600.0)),
        ("PLATE at 5 A/m2 for 1 h", ("current", 5.0, 3600.0)),
        ("  plate   at 5 A/m2   for 1 h ", ("current", 5.0, 3600.0)),
        ("strip at 0.5 mA cm-2 for 10 min", ("current", -5.0, 600.0)),
        ("plate at 1 mA/cm^2 for 2 mAh/cm^2", ("current", 10.0, 7200.0)),
        ("rest for 5 min", ("rest", 0.0, 300.0)),
        ("hold at -0.45 V for 400 s", ("voltage", -0.45, 400.0)),
        ("hold at −50 mV for 1 h", ("voltage", -0.05, 3600.0)),
        ("hold at 0 V for 1 h", ("voltage", 0.0, 3600.0)),
    ],
)
def test_steps_in_english(step: str, segment: tuple[str, float, float]) -> None:
    assert seen(step) == [segment]


def test_voltage_limits_have_the_sign_of_the_cell_voltage() -> None:
    (plate,) = protocol("plate at 1 mA/cm^2 for 1 h or until -0.5 V").segments
    (polarisation,) = protocol("plate at 1 mA/cm^2 for 1 h, or until 5 V").segments
    (strip,) = protocol("strip at 1 mA/cm^2 until 0.5 V").segments
    assert (plate.voltage_limit, polarisation.voltage_limit, strip.voltage_limit) == (-0.5, -5.0, 0.5)
    assert math.isinf(strip.duration)


REFUSALS = [
    ("plat at 1 mA/cm^2 for 1 h", ["'plat' is not understood", "plate, strip, rest, hold or pulse"]),
    ("charge at 1 mA/cm^2 for 1 h", ["'charge' is not understood"]),
    ("0.5 mA/cm^2 for 1 h", ["is not understood: a step starts with"]),
    ("plate 1 mA/cm^2 for 1 h", ["'1 mA/cm^2' is not understood after 'plate'"]),
    ("plate for 1 h", ["'at' and a current density are missing"]),
    ("plate at 1 mA/cm^2", ["it is not said when the step ends"]),
    ("plate at 1 mA for 1 h", ["is a current, a current density is needed"]),
    ("plate at 1 for 1 h", ["unit is missing"]),
    ("plate at -1 mA/cm^2 for 1 h", ["must be above zero; the verb gives the direction"]),
    ("plate at 1e9 A/cm^2 for 1 h", ["out of range: at most 100 A/cm²"]),
    ("plate at 1 mA/cm^2 for 1 h slowly", ["'1 h slowly' is not understood: unknown unit 'slowly'"]),
    ("plate at 1 mA/cm^2 for 1 V", ["is a potential, a time or an areal capacity is needed"]),
    ("plate at 1 mA/cm^2 for 1 h for 2 h", ["'for 2 h' does not fit in a plate step"]),
    ("plate at 1 mA/cm^2 for -1 h", ["must be above zero"]),
    ("plate at 1 mA/cm^2 until 0 V", ["above 0 V"]),
    ("strip at 1 mA/cm^2 until -0.5 V", ["is never reached", "positive"]),
    ("rest", ["'for' is missing"]),
    ("rest at 3 V for 1 h", ["does not fit in a rest step"]),
    ("hold at -0.4 V", ["'for' is missing"]),
    ("hold at -0.4 V for 2 mAh/cm^2", ["is an areal capacity, a time is needed"]),
    ("hold at 1000 V for 1 s", ["between -100 V and 100 V"]),
    ("pulse at 4 mA/cm^2, 1 s on, 3 s off", ["'for' is missing"]),
    ("pulse at 4 mA/cm^2, 1 s on, for 1 h", ["two times are needed"]),
    (
        "pulse at 4 mA/cm^2, 4 s on, period 3 s, for 1 h",
        ["the on-time (4 s) is longer than the period (3 s)"],
    ),
    ("pulse at 4 mA/cm^2, duty cycle 1.2, period 4 s, for 1 h", ["a duty cycle of 1.2 is out of range"]),
    ("pulse at 4 mA/cm^2, duty cycle 0, period 4 s, for 1 h", ["a duty cycle of 0 is out of range"]),
    ("pulse at 4 mA/cm^2, 1 s on, 2 s on, for 1 h", ["'2 s on' is said twice"]),
    ("pulse at 4 mA/cm^2, 1 s on, 3 s pause, for 1 h", ["'3 s pause' is not understood in a pulse step"]),
    (
        "pulse at 4 mA/cm^2, 1 s on, then strip at 4 mA/cm^2 1 s, 1 s off, for 1 h",
        ["strips as much as the pulse plates"],
    ),
    ("pulse at 1 A/m^2, 1 fs on, 1 fs off, for 90 h", ["more pulses than any run can do"]),
    ("pulse at 1 A/m^2, 1e-300 s on, 1e-300 s off, for 1e300 s", ["more pulses than any run can do"]),
    (7, ["a step is a sentence"]),
    ({"repeat": 2, "steps": ["rest"]}, ["'for' is missing"]),
    ({"repeat": 0, "steps": ["rest for 1 s"]}, ["out of range", "at least 1"]),
    ({"repeat": 2, "steps": []}, ["0 entries are given", "at least 1"]),
    ({"repeat": 2}, ["'steps' is missing"]),
    ({"repet": 2, "steps": ["rest for 1 s"]}, ["unknown key 'repet'", "did you mean 'repeat'?"]),
]


@pytest.mark.parametrize(("step", "parts"), REFUSALS)
def test_refused_steps_say_what_was_not_understood(step: object, parts: list[str]) -> None:
    with pytest.raises(InputErrors) as error:
        case_with("rest for 1 s", step)
    assert str(error.value.errors[0].field).startswith("protocol[1]")
    for part in parts:
        assert part in str(error.value)


def test_refused_sentences_show_two_examples() -> None:
    with pytest.raises(InputErrors) as error:
        case_with("strip fast")
    assert '"strip at 0.5 mA/cm^2 for 10 min" or "strip at' in str(error.value)


def test_an_endless_step_needs_an_end() -> None:
    with pytest.raises(InputErrors, match="may never come"):
        case_with("plate at 1 mA/cm^2 until 5 V")
    case = case_with("rest for 1 s").with_settings(
        ["protocol=[plate at 1 mA/cm^2 until 5 V]", "stop.time=2 h"],
    )
    assert math.isinf(case.protocol.duration)


def test_more_segments_than_can_be_counted_are_refused() -> None:
    nested: object = {"repeat": 10**9, "steps": ["rest for 1 s"]}
    for _ in range(2):
        nested = {"repeat": 10**9, "steps": [nested]}
    with pytest.raises(InputErrors, match=r"1e\+27 segments are more than any run can do"):
        case_with(nested)


def test_repeats_nest() -> None:
    inner = {"repeat": 2, "steps": ["plate at 1 A/m^2 for 1 s", "rest for 2 s"]}
    outer = protocol({"repeat": 3, "steps": [inner, "strip at 1 A/m^2 for 1 s"]}, "rest for 5 s")
    one = [1.0, 0.0, 1.0, 0.0, -1.0]
    assert [s.value for s in outer.segments] == [*one * 3, 0.0]
    assert [s.step_index for s in outer.segments] == list(range(16))
    assert (outer.duration, outer.charge, outer.step_count) == (26.0, 3.0, 16)
    assert outer.charges() == (6.0, 3.0)


def test_pulses_become_segments_with_the_rest_of_the_last_period() -> None:
    pulses = protocol("pulse at 4 mA/cm^2, 1 s on, 3 s off, for 10 s")
    assert seen("pulse at 4 mA/cm^2, 1 s on, 3 s off, for 10 s") == [
        ("current", 40.0, 1.0), ("rest", 0.0, 3.0), ("current", 40.0, 1.0), ("rest", 0.0, 3.0),
        ("current", 40.0, 1.0), ("rest", 0.0, 1.0),
    ]  # fmt: skip
    assert (pulses.duration, pulses.step_count, pulses.charge) == (10.0, 1, 120.0)
    assert {s.step_index for s in pulses.segments} == {0}


@pytest.mark.parametrize(
    "words",
    [
        "1 s on, 3 s off",
        "1 s on, period 4 s",
        "3 s off, period 4 s",
        "duty cycle 25 %, period of 4 s",
        "0.25 duty, period 4 s",
    ],
)
def test_pulse_times_can_be_given_in_several_ways(words: str) -> None:
    pulses = protocol(f"pulse at 4 mA/cm^2, {words}, for 30 min")
    assert len(pulses.segments) == 900
    assert pulses.charge == pytest.approx(40.0 * 450.0)
    assert pulses.duration == pytest.approx(1800.0)


def test_a_full_duty_cycle_is_direct_current() -> None:
    pulses = protocol("pulse at 4 mA/cm^2, duty cycle 1, period 4 s, for 12 s")
    assert all(s.kind == "current" for s in pulses.segments)
    assert pulses.charge == pytest.approx(480.0)


def test_pulses_end_at_a_capacity() -> None:
    # 40 A/m2 for 1 s a period: 2.5 periods' charge is reached in the third pulse, half way.
    pulses = protocol("pulse at 4 mA/cm^2, 1 s on, 3 s off, for 100 C/m^2")
    assert pulses.charge == pytest.approx(100.0)
    assert pulses.duration == pytest.approx(8.5)


def test_reverse_pulses() -> None:
    pulses = protocol("pulse at 4 mA/cm^2, 1 s on, then strip at 1 mA cm^-2 for 2 s, 1 s off, for 8 s")
    assert [s.value for s in pulses.segments] == [40.0, -10.0, 0.0] * 2
    assert pulses.charge == pytest.approx(40.0)


def test_a_limit_leads_to_the_next_step_not_to_the_next_pulse() -> None:
    steps = protocol("pulse at 4 mA/cm^2, 1 s on, 3 s off, for 30 min or until -1 V", "rest for 1 s")
    place = steps.segments.place(100)
    assert (place.segment.voltage_limit, place.start, place.next_step) == (-1.0, 200.0, 900)
    assert steps.segments[place.next_step].kind == "rest"


def test_a_billion_segments_cost_no_memory() -> None:
    pulses = protocol({"repeat": 1000, "steps": ["pulse at 1 A/m^2, 1 us on, 3 us off, for 4 s"]})
    assert len(pulses.segments) == 2_000_000_000
    middle = pulses.segments.place(1_000_000_001)
    assert (middle.segment.kind, middle.segment.step_index) == ("rest", 500)
    assert middle.start == pytest.approx(2000.000001)
    assert pulses.index_at(middle.start + 1e-6) == middle.index
    assert pulses.duration == pytest.approx(4000.0)


def test_times_are_found() -> None:
    steps = protocol("plate at 1 A/m^2 for 10 s", "rest for 5 s", "strip at 2 A/m^2 for 10 s")
    assert [steps.segment_at(t).value for t in (0.0, 9.9, 10.0, 14.0, 15.0, 24.0, 25.0, 99.0)] == [
        1.0, 1.0, 0.0, 0.0, -2.0, -2.0, -2.0, -2.0,
    ]  # fmt: skip
    assert [steps.next_boundary(t) for t in (0.0, 10.0, 12.0, 15.0)] == [10.0, 15.0, 15.0, 25.0]
    assert math.isinf(steps.next_boundary(25.0))


def test_indices_behave_like_those_of_a_list() -> None:
    segments = protocol("rest for 1 s", "rest for 2 s", "rest for 3 s").segments
    assert segments[-1].duration == 3.0
    assert [s.duration for s in segments[1:]] == [2.0, 3.0]
    with pytest.raises(IndexError):
        segments[3]


def test_linear_segments() -> None:
    ramp = Segment("current", 0.0, 10.0, end_value=4.0)
    assert (ramp.value_at(5.0), ramp.value_at(20.0), ramp.charge) == (2.0, 4.0, 20.0)
    assert math.isnan(Segment("voltage", 0.1, 1.0).charge)


STEPS = st.recursive(
    st.sampled_from(
        [
            "plate at 1 A/m^2 for 7 s",
            "strip at 3 A/m^2 for 2 s",
            "rest for 0.5 s",
            "pulse at 2 A/m^2, 1 s on, 2 s off, for 7 s",
            "hold at -0.1 V for 4 s",
        ]
    ),
    lambda inner: st.builds(
        lambda count, steps: {"repeat": count, "steps": steps},
        st.integers(1, 4),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)


@given(st.lists(STEPS, min_size=1, max_size=4))
def test_lookup_agrees_with_walking_through(steps: list[object]) -> None:
    whole = protocol(*steps)
    start, previous = 0.0, -1
    for index, segment in enumerate(whole.segments):
        place = whole.segments.place(index)
        assert place.index == index
        assert place.start == pytest.approx(start)
        assert segment.step_index in (previous, previous + 1)
        assert whole.index_at(start + 0.5 * segment.duration) == index
        assert place.next_step == len(whole.segments) or (
            whole.segments[place.next_step].step_index == segment.step_index + 1
        )
        start, previous = start + segment.duration, segment.step_index
    assert whole.duration == pytest.approx(start)
    assert whole.step_count == previous + 1
    assert [s.kind for s in whole.block.walk()] == [s.kind for s in whole.segments]
    boundaries = [whole.segments.place(i).start for i in range(len(whole.segments))]
    assert all(a < b for a, b in pairwise(boundaries))
