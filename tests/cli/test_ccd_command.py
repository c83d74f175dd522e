"""``dendrion ccd``: protocols listed, tests run, refusals with exit code 2, a page about the test."""

import json

import pytest

CERAMIC = """\
title: Lithium on LLZO
cell: {metal: Li, electrolyte: LLZO, interface_resistance: 514 ohm*cm^2}
domain: {size: [1 mm], cells: [20]}
conditions: {temperature: 30 degC}
protocol: ["rest for 1 s"]
"""


@pytest.fixture
def ceramic(tmp_path, monkeypatch):
    """A case file in an otherwise empty working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "llzo.yaml").write_text(CERAMIC)
    return "llzo.yaml"


def test_protocols_are_listed(dendrion):
    answer = dendrion("ccd", "--list", "--json")
    assert answer.code == 0
    known = json.loads(answer.out)
    assert known["stripping_only"]["kind"] == "stripping_only"
    assert "500 µAh/cm² a half-cycle" in dendrion("ccd", "--list").out


def test_a_test_says_what_it_found_and_where(dendrion, ceramic):
    answer = dendrion(
        "ccd", ceramic, "--fast", "--seeds", 40, "--protocol", "time_controlled_wide", "--out", "test"
    )
    assert answer.code == 0, answer.err
    assert "critical current density: median" in answer.out
    assert "mechanisms: " in answer.out
    assert "test/record.yaml" in answer.out
    assert dendrion("evidence", "validate", "test/record.yaml").code == 0
    assert dendrion("report", "test").code == 0
    again = json.loads(dendrion("ccd", "test", "--resume", "--json", "--no-pictures").out)
    assert again["status"] == "completed"
    assert len(again["outcomes"]) == 40


def test_another_ladder_and_settings(dendrion, ceramic):
    answer = dendrion(
        "ccd", ceramic, "--fast", "--seeds", 30, "--start", "1 uA/cm^2", "--factor", 1.5, "--end", "1 mA/cm^2", "--json",
        "--flaws", "lognormal(20 um, 0.3)", "--set", "conditions.temperature=60 degC", "--out", "test", "--no-pictures",
    )  # fmt: skip
    content = json.loads(answer.out)
    assert content["protocol"]["current"]["factor"] == 1.5
    assert content["flaws"].startswith("given: lognormal")
    assert content["fit"]["median_A_per_m2"] > 0.0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--protocol", "time_control"), "time_controlled"),
        (("--protocol", "none.yaml"), "can't be read"),
        (("--flaws", "gauss(1 um, 2)"), "lognormal"),
        (("--set", "cell.electrolyte=Na5SmSi4O12", "--set", "cell.metal=Na"), "no distribution of flaws"),
        (("--seeds", 0), "--seeds"),
        (("--start", "5 mA/cm^2", "--end", "1 mA/cm^2"), "below start"),
        (("--resume",), "which test"),
    ],
)
def test_what_makes_no_test_is_refused(dendrion, ceramic, words, message):
    answer = dendrion("ccd", ceramic, "--fast", *words)
    assert answer.code == 2
    assert message in answer.err
    assert "Traceback" not in answer.err


def test_no_case_no_test(dendrion, ceramic, tmp_path):
    assert dendrion("ccd").code == 2
    assert dendrion("ccd", "nowhere.yaml", "--fast").code == 2
    answer = dendrion("ccd", str(tmp_path), "--resume")
    assert answer.code == 2
    assert "no virtual test" in answer.err
