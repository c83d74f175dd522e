"""``dendrion evidence``: list, show, plot, validate, import and export, and how they refuse."""

import json

import pytest

from tests.unit.test_evidence_ccd import RECORD
from tests.unit.test_evidence_cycling import HEAD, curve, write


def test_list_and_show(dendrion):
    listed = dendrion("evidence", "list", "--material", "LPSC", "--quantity", "short_time")
    assert listed.code == 0
    assert "lpsc_short_time_pressure" in listed.out and "2 records with 7 values" in listed.out
    shown = dendrion("evidence", "show", "lpsc_short_time_pressure")
    for text in (
        "474 h",
        "stack pressure 10 MPa",
        "10.1002/aenm.201903253",
        "≥ 1000 h",
        "be wary",
        "mechanics 10 row 25",
    ):
        assert text in shown.out


def test_json(dendrion):
    listed = json.loads(dendrion("evidence", "list", "-q", "critical_stripping_current", "--json").out)
    assert listed[0]["values"][1] == {"value": 10.0, "at": {"stack_pressure": 7e6}}
    shown = json.loads(dendrion("evidence", "show", "llzo_ccd_temperature", "--json").out)
    assert shown["unit"] == "A/m^2" and shown["doi"] == "10.1016/j.jpowsour.2015.10.053"


def test_plot(dendrion, tmp_path):
    out = tmp_path / "figure.png"
    drawn = dendrion("evidence", "plot", "critical_current_density", "--against", "temperature", "--out", out)
    assert drawn.code == 0 and out.stat().st_size > 10_000
    rows = dendrion("evidence", "plot", "short_time", "--out", out, "--json")
    assert "lpsc_short_time_pressure" in json.loads(rows.out)["records"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["list", "--material", "unobtainium"], "no record is about this material"),
        (["list", "--condition", "temperature=5 MPa"], "a temperature is needed"),
        (["show", "nothing_like_it"], "there is no such record"),
        (["plot", "short_time", "--against", "grain_size"], "none of these records"),
        (["validate", "absent.yaml"], "the file can't be read"),
        (["import", "absent.csv"], "there is no such file"),
        (["export", "absent"], "there is no such folder"),
    ],
)
def test_refusals_exit_with_2(dendrion, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    answer = dendrion("evidence", *words)
    assert answer.code == 2
    assert message in answer.err


def test_validate(dendrion, tmp_path):
    file = tmp_path / "record.json"
    file.write_text(json.dumps(RECORD))
    answer = dendrion("evidence", "validate", file)
    assert answer.code == 0
    assert "between 100 µA/cm² and 200 µA/cm²" in answer.out
    assert "right-censored" in answer.out and "left-censored" in answer.out
    file.write_text(json.dumps({**RECORD, "cell": {**RECORD["cell"], "thickness": "5 MPa"}}))
    answer = dendrion("evidence", "validate", file)
    assert answer.code == 2
    assert "cell.thickness: '5 MPa' is a pressure, a length is needed" in answer.err


def test_schema(dendrion):
    assert json.loads(dendrion("evidence", "schema").out)["$id"] == "dendrion-ccd/1"


def test_import(dendrion, tmp_path):
    data = write(tmp_path, curve(short_in=5))
    shown = dendrion("evidence", "import", data, "--area", "1 cm^2")
    assert shown.code == 0 and "first failing: 400 µA/cm²" in shown.out
    template = tmp_path / "template.json"
    kept = {
        key: value
        for key, value in RECORD.items()
        if key not in ("protocol", "failure", "outcomes", "raw_data")
    }
    template.write_text(json.dumps(kept))
    out = tmp_path / "record.yaml"
    assert dendrion("evidence", "import", data, template, "--area", "1 cm^2", "--out", out).code == 0
    assert dendrion("evidence", "validate", out).code == 0


@pytest.mark.parametrize(
    ("lines", "head", "message"),
    [
        (["0,1,1", "1,,1"], HEAD, "has no value"),
        (["0,1,1", "5,1,1", "1,1,1"], HEAD, "time goes back"),
        (["0,1,1", "1,x,1"], HEAD, "is not a number"),
        (["0,1,1", "1,1,1"], "Test Time / s,Voltage / V,Current / V", "is needed"),
    ],
)
def test_bad_tables_exit_with_2(dendrion, tmp_path, lines, head, message):
    answer = dendrion("evidence", "import", write(tmp_path, lines, head), "--area", "1 cm^2")
    assert answer.code == 2
    assert message in answer.err


def test_a_run_becomes_a_record(dendrion, case_file, tmp_path):
    """Simulated with the small growing field, whose numbers mean nothing; the record is of the same format."""
    from dendrion.case import load_case
    from dendrion.runs import run_case
    from tests.cli.fake_engine import FakeCase, FakeSimulation

    case = load_case(case_file)
    for name, steps, thickness in (("survived", 12, 24), ("shorted", 400, 12)):
        fake = FakeCase(cells=(thickness, 16), steps=steps)
        run_case(case, tmp_path / name, engine=lambda _, fake=fake: FakeSimulation(fake))
    answer = dendrion("evidence", "export", "survived", "shorted", "--out", "record.yaml", "--json")
    assert answer.code == 0, answer.err
    record = json.loads(answer.out)
    assert record["origin"] == "simulated" and record["cell"]["electrolyte"] == "PEO-LiTFSI"
    assert record["outcomes"][0] == {
        "specimen": "seed 0", "last_surviving": "1 mA/cm²", "censoring": "right", "total_capacity": "3.33333 µAh/cm²",
    }  # fmt: skip
    assert (
        record["outcomes"][1]["first_failing"] == "1 mA/cm²" and record["outcomes"][1]["censoring"] == "left"
    )
    assert dendrion("evidence", "validate", "record.yaml").code == 0
