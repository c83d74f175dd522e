"""Evidence: every row of the sources is on record with its reference, in SI, and what is malformed is refused."""

import math
from collections import Counter

import pytest

from dendrion.errors import InputError
from dendrion.evidence import CONDITIONS, QUANTITIES, evidence, find_evidence, read_records, shipped_records

ROWS = {
    "mechanics 10 row": range(1, 61),
    "mechanics 5.1 row": range(1, 9),
    "electrochemistry 1.4 row": range(1, 10),
    "electrochemistry 4 item": range(1, 8),
    "electrochemistry 5.3 row": range(1, 12),
    "electrochemistry 5.4 row": range(1, 8),
    "targets row": range(1, 13),
    "targets known-bad": range(1, 6),
}
"""Rows of the lists of validation targets that the records were taken from."""

RECORD = """\
subject: Test
records:
  - id: one
    title: One value
    type: experiment
    metal: Li
    electrolyte: LLZO
    quantity: critical_current_density
    values: [{value: 0.5 mA/cm^2, sigma: 0.1 mA/cm^2, at: {temperature: 60 degC}}]
    source: Somebody 2020
    tag: S
    listed: [test]
"""


def listed():
    return Counter(place for record in shipped_records().values() for place in record.listed)


@pytest.mark.parametrize("source", ROWS)
def test_every_row_of_a_source_is_on_record(source):
    missing = [row for row in ROWS[source] if not listed()[f"{source} {row}"]]
    assert missing == []


def test_counts():
    records = shipped_records()
    assert len(records) == 147
    assert Counter(record.type for record in records.values()) == {
        "experiment": 74, "exact": 32, "model": 27, "benchmark": 14,
    }  # fmt: skip
    assert listed()["survey table 1"] == 4
    assert sum(not record.usable for record in records.values()) == 5


def test_every_record_has_a_reference_and_every_experiment_says_how_it_is_known():
    for record in shipped_records().values():
        assert record.reference, record.id
        assert record.points or record.finding or record.trends
        if record.tag == "Q":
            assert record.via or record.doi, record.id


def test_corrected_references():
    """Where the survey's table and list differ, the list holds."""
    assert "reference 69" in evidence("nzsp_copper_nucleation").source
    assert "µA/cm^2" in evidence("nzsp_copper_nucleation").correction
    assert "reference 58" in evidence("llzo_nmr_mri").source
    assert "reference 65" in evidence("beta_alumina_sodium_geng").source
    assert evidence("nzsp_ccd_low_oxygen").doi == "10.1002/aenm.202201680"
    assert "Li6.75La3Zr1.75Ta0.25O12" in evidence("llzto_in_plane_compression").correction


def test_values_are_si():
    hot = evidence("llzo_ccd_temperature").points[1]
    assert hot.value == pytest.approx(200.0)
    assert hot.at["temperature"] == pytest.approx(433.15)
    assert evidence("overpotential_to_stress").points[0].value == pytest.approx(7.44e9)
    assert evidence("plated_thickness").points[0].value == pytest.approx(4.84e-6 / 36e3)
    assert evidence("lpsc_short_time_pressure").points[-1].bound == "lower"


def test_exact_records_agree_with_their_formulas():
    """The identities of the records, computed anew."""
    faraday, li, na = 96485.33212, 12.97e-6, 23.78e-6
    stress = [point.value for point in evidence("overpotential_to_stress").points]
    assert stress == pytest.approx([faraday / li, faraday / na], rel=2e-3)
    assert evidence("constrained_thermal_stress").points[0].value == pytest.approx(
        150e9 * 1.3e-5 * 20 / (2 * (1 - 0.26)), rel=1e-3
    )
    first, second, polymer = (point.value for point in evidence("sand_golden").points)
    sand = math.pi * 3.2e-10 * (faraday * 1000 / (2 * 10 * 0.62)) ** 2
    assert (first, second) == pytest.approx((sand, sand / 100), rel=1e-4)
    assert polymer == pytest.approx(math.pi * 7e-12 * (faraday * 1200 / (2 * 10 * 0.8)) ** 2, rel=1e-4)
    bar = [point.value for point in evidence("at_bar_strength").points]
    modulus, toughness, length = 210e9, 2.7e3, 0.015e-3
    assert bar[0] == pytest.approx((27 * modulus * toughness / (256 * length)) ** 0.5, rel=1e-4)
    assert bar[1] == pytest.approx((3 * modulus * toughness / (8 * length)) ** 0.5, rel=1e-4)
    numbers = [point.value for point in evidence("phase_field_splitting").points]
    assert numbers == pytest.approx([1 / (1 + 0.4 * x) for x in (0.2, 0.05, 0.01)], abs=3e-3)


def test_filters():
    pressed = find_evidence(material="Li6PS5Cl", conditions=["stack_pressure=5 MPa:20 MPa"])
    assert [record.id for record in pressed] == ["lpsc_ccs", "lpsc_plating_limit", "lpsc_short_time_pressure"]
    assert {record.quantity for record in find_evidence(quantity="short_time")} == {"short_time"}
    assert all(record.metal == "Na" for record in find_evidence(material="na"))
    warm = find_evidence(quantity="critical_current_density", conditions=["temperature=150 degC:170 degC"])
    assert [record.id for record in warm] == ["llzo_ccd_temperature"]
    assert find_evidence(text="birefringence")[0].id == "tip_intensity_current"


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"material": "LLZOO"}, "no record is about this material"),
        ({"quantity": "critical_curent_density"}, "critical_current_density"),
        ({"conditions": ["stack_presure"]}, "stack_pressure"),
        ({"conditions": ["temperature=5 MPa"]}, "a temperature is needed"),
        ({"kind": "measurement"}, "experiment, model, exact, benchmark"),
    ],
)
def test_filters_that_make_no_sense(filters, message):
    with pytest.raises(InputError, match=message):
        find_evidence(**filters)


def test_a_record_is_read():
    (record,) = read_records(RECORD, "test.yaml")
    assert record.points[0].ends == pytest.approx((4.0, 6.0))
    assert record.as_dict()["unit"] == "A/m^2"
    assert record.kind == QUANTITIES[record.quantity].kind
    assert set(record.points[0].at) <= set(CONDITIONS)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0.5 mA/cm^2", "0.5 MPa", r"test.yaml:9:\d+: records\[0\].values\[0\].value: '0.5 MPa' is a pressure"),
        ("60 degC", "60", r"values\[0\].at.temperature: text is needed; a quantity is written with its unit"),
        ("temperature:", "temprature:", "unknown condition"),
        ("critical_current_density", "ccd", "unknown quantity"),
        ("tag: S", "tag: X", "unknown tag"),
        ("    source: Somebody 2020\n", "", "a source or a doi"),
        ("value: 0.5 mA/cm^2, sigma", "low: 0.5 mA/cm^2, sigma", "low and high, are needed"),
        ("value: 0.5 mA/cm^2, sigma", "low: 2 A/m^2, high: 1 A/m^2, sigma", "low is above high"),
        ("    metal: Li\n", "    metall: Li\n", "unknown key 'metall'"),
        ("type: experiment", "type: measured", "not one of the choices"),
        ("id: one", "id: One!", "should match pattern"),
        ("values: [", "values: [[", "test.yaml:"),
    ],
)  # fmt: skip
def test_a_malformed_record_says_where(old, new, message):
    with pytest.raises(InputError, match=message):
        read_records(RECORD.replace(old, new), "test.yaml")


def test_an_unknown_id_names_the_nearest():
    with pytest.raises(InputError, match="llzo_ccd_temperature"):
        evidence("llzo_ccd_temprature")
