"""Records of critical-current tests: the interval, its censoring, and everything that is refused."""

import copy
import json
import math

import pytest

from dendrion.errors import InputError
from dendrion.evidence.ccd import ccd_schema, load_ccd_record, read_ccd_record

RECORD = {
    "schema": "dendrion-ccd/1",
    "id": "llzto-1",
    "title": "LLZTO, hot-pressed",
    "origin": "measured",
    "source": {"text": "Somebody 2025", "doi": "10.1000/example", "laboratory": "A", "date": "2025-01-01"},
    "cell": {"metal": "Li", "electrolyte": "LLZTO", "geometry": "pellet", "thickness": "0.8 mm", "area": "0.5 cm^2"},
    "electrolyte": {"relative_density": "98 %", "grain_size": "5 um", "route": "hot pressing"},
    "joining": {"method": "pressed", "temperature": "170 degC", "heating_rate": "5 K/min", "pressure": "3 MPa", "time": "2 h"},
    "interface": {"resistance_before": "12 ohm*cm^2", "resistance_after": "9 ohm*cm^2", "contact": "0.9"},
    "conditions": {
        "temperature": "25 degC", "temperature_difference": "0 K", "stack_pressure": "5 MPa",
        "pressure_control": "spring", "fixture": "die", "stiffness": "100 N/mm",
    },
    "protocol": {
        "kind": "time_controlled", "steps": ["0.1 mA/cm^2", "0.2 mA/cm^2", "0.4 mA/cm^2"],
        "time_per_half_cycle": "30 min", "rest": "1 min", "cycles_per_step": 1,
    },
    "failure": {"criterion": "voltage_drop", "threshold": "0.5"},
    "outcomes": [
        {"last_surviving": "0.1 mA/cm^2", "first_failing": "0.2 mA/cm^2", "censoring": "interval",
         "failing_half_cycle": 3, "capacity_at_failure": "0.05 mAh/cm^2"},
        {"last_surviving": "0.4 mA/cm^2"},
        {"first_failing": "0.1 mA/cm^2"},
    ],
    "raw_data": {"url": "https://example.org/data", "format": "bdf.csv"},
}  # fmt: skip


def changed(path, value):
    """The record with one entry changed, or taken away where the value is None."""
    record = copy.deepcopy(RECORD)
    *way, last = path
    node = record
    for step in way:
        node = node[step]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return record


def test_a_record_is_si_and_its_outcomes_are_intervals():
    record = read_ccd_record(RECORD)
    assert record.cell.thickness == pytest.approx(8e-4)
    assert record.conditions.stiffness == pytest.approx(1e5)
    assert record.joining.heating_rate == pytest.approx(5 / 60)
    assert [outcome.kind for outcome in record.outcomes] == ["interval", "right", "left"]
    assert [outcome.interval for outcome in record.outcomes] == [
        pytest.approx((1.0, 2.0)), (pytest.approx(4.0), math.inf), (0.0, pytest.approx(1.0)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("outcomes", 0, "first_failing"), "0.1 mA/cm^2", "last_surviving must be below"),
        (("outcomes", 0, "first_failing"), "0.4 mA/cm^2", "a step lies between"),
        (("outcomes", 0, "first_failing"), "0.3 mA/cm^2", "none of the protocol's steps"),
        (("outcomes", 0, "censoring"), "right", "censoring is 'interval'"),
        (("outcomes", 2, "first_failing"), "0.2 mA/cm^2", "earlier steps were survived"),
        (("outcomes", 1), {}, "or both are needed"),
        (("outcomes",), [], "at least 1"),
        (("cell", "thickness"), "0.8 MPa", "a length is needed"),
        (("cell", "thickness"), "0.8", "unit is missing"),
        (("cell", "area"), None, None),
        (("cell", "thicknes"), "1 mm", "unknown key 'thicknes'\n.*\n.*thickness"),
        (("conditions", "stiffness"), None, "a spring needs its stiffness"),
        (("conditions", "pressure_control"), "srping", "constant_pressure, constant_gap, spring"),
        (("conditions", "temperature"), None, "'temperature' is missing"),
        (("protocol", "time_per_half_cycle"), None, "needs time_per_half_cycle"),
        (("protocol", "kind"), "capacity_controlled", "needs capacity_per_half_cycle"),
        (("protocol", "steps"), ["0.2 mA/cm^2", "0.1 mA/cm^2"], "the steps must rise"),
        (("electrolyte", "relative_density"), "1.2", "at most 1"),
        (("schema",), "dendrion-ccd/9", "dendrion-ccd/1"),
        (("raw_data", "sha256"), "abc", "pattern"),
    ],
)
def test_what_a_record_must_say(path, value, message):
    record = changed(path, value)
    if message is None:
        assert read_ccd_record(record).cell.area is None
        return
    with pytest.raises(InputError, match=message):
        read_ccd_record(record)


def test_a_file_is_refused_with_line_and_column(tmp_path):
    file = tmp_path / "record.yaml"
    file.write_text("schema: dendrion-ccd/1\nid: a\ncell: {metal: Li, thickness: 5}\n")
    with pytest.raises(InputError) as refused:
        load_ccd_record(file)
    assert "record.yaml:3:" in str(refused.value) and "cell.thickness" in str(refused.value)
    assert "'outcomes' is missing" in str(refused.value)


def test_json_is_a_record_too(tmp_path):
    file = tmp_path / "record.json"
    file.write_text(json.dumps(RECORD))
    assert load_ccd_record(file).id == "llzto-1"


def test_the_schema_asks_for_every_field_of_the_standard():
    schema = ccd_schema()
    fields = {name for part in schema["$defs"].values() for name in part.get("properties", {})}
    wanted = [
        "geometry",
        "thickness",
        "area",
        "steps",
        "capacity_per_half_cycle",
        "time_per_half_cycle",
        "rest",
        "heating_rate",
        "temperature",
        "temperature_difference",
        "stack_pressure",
        "pressure_control",
        "fixture",
        "stiffness",
        "relative_density",
        "grain_size",
        "method",
        "resistance_before",
        "resistance_after",
        "contact",
        "criterion",
        "threshold",
        "last_surviving",
        "first_failing",
        "censoring",
        "capacity_at_failure",
        "url",
    ]
    assert set(wanted) <= fields
    assert schema["required"][:2] == ["schema", "id"]
    json.dumps(schema)
