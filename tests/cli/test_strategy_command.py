"""``dendrion strategies``, ``apply`` and ``rank``: what they print and write, and their refusals."""

import json
from pathlib import Path

import pytest

from dendrion.case import load_case
from dendrion.strategy import strategies


def test_the_list_names_every_strategy(dendrion):
    answer = dendrion("strategies")
    assert answer.code == 0
    assert all(name in answer.out for name in strategies())
    assert "23 strategies" in answer.out
    rows = json.loads(dendrion("strategies", "--json").out)
    assert [row["name"] for row in rows] == list(strategies())


def test_one_strategy_with_its_statements(dendrion):
    answer = dendrion("strategies", "thermal_gradient")
    assert answer.code == 0
    for text in (
        "reported 3 (up), found 2.06: reached",
        "10.1016/j.joule.2025.102232",
        "hot anode",
        "an apparatus around",
    ):
        assert text in " ".join(answer.out.split())
    data = json.loads(dendrion("strategies", "thermal-gradient", "--json").out)
    assert data["parameters"]["difference"]["default"] == -20.0
    assert data["findings"][0]["outcome"] == "reached"


def test_apply_writes_a_case_that_runs_on(dendrion, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = dendrion("apply", "default", "stack_pressure", "pressure=7 MPa", "--out", "pressed.yaml")
    assert answer.code == 0 and answer.out.strip() == "pressed.yaml"
    assert "pushed into flaws" in answer.err
    text = Path("pressed.yaml").read_text()
    assert text.startswith("# stack_pressure: Stack pressure (reconstruction); pressure 7 MPa")
    assert "10.1038/s41563-019-0438-9" in text
    assert load_case("pressed.yaml").conditions.stack_pressure == 7e6
    printed = dendrion("apply", "pressed.yaml", "in_plane_compression", "compression=100 MPa")
    assert "in_plane_compression: 100000000.0 Pa" in printed.out


def test_apply_for_machines(dendrion):
    answer = dendrion("apply", "default", "uniform_heating", "rise=10 K", "--json")
    data = json.loads(answer.out)
    assert data["parameters"] == {"rise": 10.0}
    assert data["case"]["conditions"]["temperature"] == "308.15 K"
    assert data["cost"]["power"] == pytest.approx(5.0)
    assert data["cost"]["energy_lost"] == pytest.approx(5.0 / (120.0 * 3.7))


def test_rank_prints_and_writes(dendrion, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = (
        "rank",
        "default",
        "--only",
        "uniform_heating",
        "--only",
        "in_plane_compression",
        "--samples",
        "32",
        "--pairs",
    )
    answer = dendrion(*words, "--only", "magnetic_field_parallel", "--out", "r")
    assert answer.code == 0, answer.err
    assert "in_plane_compression + uniform_heating" in answer.out
    assert "not here: magnetic_field_parallel: does not apply to LLZO" in answer.out
    assert answer.out.split()[-3:] == ["r/ranking.json", "r/ranking.csv", "r/pareto.png"]
    data = json.loads(dendrion(*words, "--json").out)
    assert data["method"] == "fast" and len(data["entries"]) == 3
    assert data["entries"][0]["front"] is True


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["strategies", "stack_presure"], "stack_pressure"),
        (["apply", "default", "presure"], "unknown strategy"),
        (["apply", "default", "stack_pressure", "presure=5 MPa"], "unknown parameter"),
        (["apply", "default", "stack_pressure", "pressure=5 mV"], "a pressure is needed"),
        (["apply", "default", "stack_pressure", "pressure"], "key=value"),
        (["apply", "default", "transference_number"], "does not apply to LLZO"),
        (["apply", "default", "megahertz_pulses"], "no case can express"),
        (["apply", "no_such_case", "stack_pressure"], "no_such_case"),
        (["rank", "default", "--by", "beauty"], "unknown measure"),
        (["rank", "default", "--engine", "magic"], "unknown engine"),
        (["rank", "default", "--only", "magic"], "unknown strategy"),
        (["rank", "default", "--engine", "field", "--only", "self_heating"], "no strategy can be simulated"),
    ],
)  # fmt: skip
def test_refusals_end_with_2_and_no_traceback(dendrion, words, message):
    answer = dendrion(*words)
    assert answer.code == 2
    assert message in " ".join(answer.err.split())
    assert "Traceback" not in answer.err + answer.out


def test_help_names_the_commands(dendrion):
    help_text = dendrion("--help").out
    assert all(name in help_text for name in ("strategies", "apply", "rank"))
