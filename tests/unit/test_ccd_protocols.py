"""Named protocols, their ladders and half-cycles, and the distributions of flaws."""

import math

import numpy as np
import pytest

from dendrion.case import Case
from dendrion.case.protocol import Protocol
from dendrion.errors import InputError
from dendrion.study.ccd import flaw_sizes, half_cycles, named_protocol, shipped_protocols
from dendrion.study.ccd.ladder import failed_in, sentences
from dendrion.study.ccd.virtual import protocol_data

FILE = """\
name: mine
title: Mine
kind: capacity_controlled
current: {start: 1 mA/cm^2, increment: 1 mA/cm^2, end: 3.5 mA/cm^2}
half_cycle: {capacity: 0.5 mAh/cm^2}
rest: 1 min
failure: {criterion: metal_through}
source: a test
"""


def case_of(electrolyte="LLZO", metal="Li", **more):
    return Case.from_mapping(
        {
            "cell": {"metal": metal, "electrolyte": electrolyte},
            "domain": {"size": ["1 mm"], "cells": [20]},
            "protocol": ["rest for 1 s"],
            **more,
        }
    )


def test_the_four_kinds_are_shipped_and_say_where_they_are_from():
    known = shipped_protocols()
    assert {protocol.kind for protocol in known.values()} == {
        "time_controlled", "capacity_controlled", "unidirectional_plating", "stripping_only",
    }  # fmt: skip
    assert all(name == protocol.name and protocol.source for name, protocol in known.items())
    assert known["time_controlled"].currents[:3] == (1.0, 2.0, 3.0)
    assert len(known["time_controlled"].currents) == 30


@pytest.mark.parametrize("name", shipped_protocols())
def test_a_protocol_is_a_protocol_of_a_case(name):
    protocol = shipped_protocols()[name]
    given = Protocol.model_validate(sentences(protocol))
    cycles = list(half_cycles(protocol))
    end = cycles[-1].start + cycles[-1].duration
    assert given.duration == pytest.approx(end, rel=1e-12)
    plated, stripped = given.charges()
    assert plated == pytest.approx(sum(one.charge for one in cycles if one.side == "plating"))
    assert stripped == pytest.approx(sum(one.charge for one in cycles if one.side == "stripping"))
    assert type(protocol).model_validate(protocol_data(protocol)) == protocol


def test_a_file_is_a_protocol_and_a_half_cycle_of_a_charge_gets_shorter(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(FILE)
    protocol = named_protocol(file)
    assert protocol.currents == (10.0, 20.0, 30.0)
    assert [one.duration for one in half_cycles(protocol)] == [1800.0, 1800.0, 900.0, 900.0, 600.0, 600.0]
    assert [one.side for one in half_cycles(protocol)][:2] == ["plating", "stripping"]
    fourth = list(half_cycles(protocol))[3]
    assert fourth.start == 1800.0 * 2 + 900.0 + 3 * 60.0
    outcome = failed_in(protocol, list(half_cycles(protocol))[2], 90.0, specimen="a", seed=0)
    assert (outcome.time, outcome.charge, outcome.plated) == (3720.0 + 90.0, 1800.0, 18000.0 + 1800.0)
    assert outcome.interval(protocol.currents) == (10.0, 20.0)


def test_another_ladder_keeps_the_rest_of_the_protocol():
    protocol = named_protocol("time_controlled").with_currents(start="1 mA/cm^2", factor=2.0, end="9 mA/cm^2")
    assert protocol.currents == (10.0, 20.0, 40.0, 80.0)
    assert protocol.rest == named_protocol("time_controlled").rest
    wide = named_protocol("time_controlled_wide").with_currents(increment="5 mA/cm^2", end="0.011 A/cm^2")
    assert wide.currents == (0.01, 50.01, 100.01)
    for wrong in (
        {"end": "0.01 mA/cm^2"},
        {"increment": "5 mA"},
        {"factor": 0.5},
        {"increment": "1 nA/cm^2"},
    ):
        with pytest.raises(InputError):
            protocol.with_currents(**wrong)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("half_cycle: {capacity: 0.5 mAh/cm^2}", "half_cycle: {time: 1 h}", "capacity-controlled"),
        ("increment: 1 mA/cm^2, ", "", "increment or factor"),
        ("increment: 1 mA/cm^2", "increment: 1 mA/cm^2, factor: '2'", "exclude"),
        ("criterion: metal_through", "criterion: voltage_drop", "threshold"),
        ("kind: capacity_controlled", "kind: capacity_control", "capacity_controlled"),
        ("rest: 1 min", "rests: 1 min", "rest"),
    ],
)
def test_a_wrong_protocol_is_refused_with_its_line(tmp_path, old, new, words):
    file = tmp_path / "mine.yaml"
    assert old in FILE
    file.write_text(FILE.replace(old, new))
    with pytest.raises(InputError, match=words) as error:
        named_protocol(str(file))
    assert str(file) in str(error.value)


def test_an_unknown_protocol_names_the_nearest():
    with pytest.raises(InputError) as error:
        named_protocol("striping")
    assert "stripping_only" in error.value.hint


def test_flaws_follow_from_the_claims_of_the_strength():
    """Griffith's a = (K/(Y S))^2/pi: a bar as strong as the mean of the claim has the flaw that breaks it there."""
    sizes = flaw_sizes(case_of())
    strength, toughness = 120e6, 1e6
    mean_flaw = (toughness / (1.1215 * strength)) ** 2 / math.pi
    assert mean_flaw == pytest.approx(17.6e-6, rel=0.01)
    assert sizes.median == pytest.approx(mean_flaw, rel=0.05)
    drawn = sizes.sample(20_000, seed=1)
    back = toughness / (1.1215 * np.sqrt(math.pi * drawn))
    assert back.mean() == pytest.approx(strength, rel=0.01)
    assert np.array_equal(sizes.sample(10, 1), drawn[:10])
    assert not np.array_equal(sizes.sample(10, 2), drawn[:10])


@pytest.mark.parametrize(
    ("text", "median"),
    [
        ("lognormal(10 um, 0.5)", 10e-6),
        ("weibull(10 um, 2)", 10e-6 * math.log(2.0) ** 0.5),
        ("frechet(10 um, 4)", 10e-6 * math.log(2.0) ** -0.25),
        ("uniform(5 um, 20 um)", 12.5e-6),
        ("fixed(7 um)", 7e-6),
    ],
)
def test_a_distribution_can_be_given(text, median):
    sizes = flaw_sizes(case_of(), text)
    assert sizes.median == pytest.approx(median, rel=1e-9)
    assert np.median(sizes.sample(20_001)) == pytest.approx(median, rel=0.03)


@pytest.mark.parametrize(
    "text",
    ["gauss(1 um, 2)", "lognormal(10 um)", "uniform(5 um, 2 um)", "fixed(-1 um)", "case", "weibull(3, 2)"],
)
def test_what_is_no_distribution_is_refused(text):
    with pytest.raises(InputError):
        flaw_sizes(case_of(), text)


def test_an_electrolyte_without_claims_says_which_are_missing():
    cell = {"metal": "Na", "electrolyte": "Na5SmSi4O12", "interface_resistance": "10 ohm*cm^2"}
    with pytest.raises(InputError, match=r"no claim of .*weibull_modulus") as error:
        flaw_sizes(case_of(cell=cell))
    assert "--flaws" in str(error.value)
