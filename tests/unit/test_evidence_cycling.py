"""Measured curves: tables and the Battery Data Format, half-cycles, the short, records of curves and runs."""

import numpy as np
import pytest

from dendrion.errors import InputError
from dendrion.evidence.ccd import read_ccd_record
from dendrion.evidence.cycling import read_cycling
from dendrion.evidence.half_cycles import half_cycles, outcome_of, protocol_of
from dendrion.study.records import filled_record, record_text
from tests.unit.test_evidence_ccd import RECORD

HEAD = "Test Time / s,Voltage / V,Current / A"
AREA = 1e-4
MINUTE = 60.0


def curve(steps=(1e-4, 2e-4, 4e-4), short_in=None, rows=31):
    """Rows of a symmetric cell, plating and stripping half an hour a step [A]; a short half-way through one."""
    lines, time, number = [], 0.0, 0
    for size in steps:
        for sign in (1.0, -1.0):
            number += 1
            for row in range(rows):
                shorted = number == short_in and row >= rows // 2
                voltage = sign * size * (50.0 if shorted else 500.0)
                lines.append(f"{time:g},{voltage:g},{sign * size:g}")
                time += MINUTE
            if number == short_in:
                return lines
    return lines


def write(tmp_path, lines, head=HEAD, name="curve.csv"):
    file = tmp_path / name
    file.write_text("\n".join([head, *lines]) + "\n")
    return file


def test_a_curve_in_si(tmp_path):
    data = read_cycling(write(tmp_path, curve()), area=AREA)
    assert data.current_density[0] == pytest.approx(1.0)
    assert data.time[1] == 60.0
    assert data.voltage[0] == pytest.approx(0.05)
    assert data.temperature is None
    stripping = read_cycling(write(tmp_path, curve()), area=AREA, positive="stripping")
    assert stripping.current_density[0] == pytest.approx(-1.0)


@pytest.mark.parametrize(
    ("head", "row", "expected"),
    [
        (
            "time [min];current density [mA/cm2];voltage [mV];temperature [degC]",
            "{};0,5;12,5;60",
            (60.0, 5.0, 0.0125),
        ),
        ("test_time_second,current_ampere,voltage_volt", "{},5e-4,0.0125", (1.0, 5.0, 0.0125)),
        ("Ewe/V\ttime/s\tI/mA", "0.0125\t{}\t0.5", (1.0, 5.0, 0.0125)),
    ],
)
def test_heads_of_cyclers(tmp_path, head, row, expected):
    file = write(tmp_path, [row.format(number) for number in (0, 1)], head)
    data = read_cycling(file, area=AREA)
    seen = (data.time[1], data.current_density[1], data.voltage[1])
    assert seen == pytest.approx(expected)
    if data.temperature is not None:
        assert data.temperature[0] == pytest.approx(333.15)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["0,1,1", "1,,1"], r"curve.csv:3: column 'Voltage / V' has no value"),
        (["0,1,1", "1,1"], r"curve.csv:3: column 'Current / A' has no value"),
        (["0,1,1", "1,x,1"], r"curve.csv:3: 'x' in column 'Voltage / V' is not a number"),
        (["0,1,1", "1,nan,1"], r"curve.csv:3: 'nan' .* is not finite"),
        (["0,1,1", "5,1,1", "1,1,1"], r"curve.csv:4: time goes back from 5 s to 1 s"),
        (["0,1,1"], "needs two rows"),
    ],
)
def test_bad_rows_are_refused_with_their_line(tmp_path, lines, message):
    with pytest.raises(InputError, match=message):
        read_cycling(write(tmp_path, lines), area=AREA)


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("Test Time / s,Voltage / V,Amps", "no column is called a current"),
        ("Test Time / s,Voltage / V,Current / V", "a potential, a current density or a current is needed"),
        ("Test Time / m,Voltage / V,Current / A", "a length, a time is needed"),
        ("Test Time,Voltage / V,Current / A", "column 'Test Time' has no unit"),
    ],
)
def test_bad_heads_are_refused(tmp_path, head, message):
    with pytest.raises(InputError, match=message):
        read_cycling(write(tmp_path, ["0,1,1", "1,1,1"], head), area=AREA)


def test_an_area_is_needed_for_a_total_current(tmp_path):
    with pytest.raises(InputError, match="the electrode area is needed"):
        read_cycling(write(tmp_path, curve()))


def test_a_unit_can_be_stated(tmp_path):
    file = write(tmp_path, ["0,1,1", "1,1,1"], "Test Time,Voltage / V,Current / A")
    assert read_cycling(file, area=AREA, units={"time": "h"}).time[1] == 3600.0


@pytest.mark.parametrize(
    ("short_in", "expected"),
    [
        (None, {"last_surviving": "400 µA/cm²", "censoring": "right"}),
        (1, {"first_failing": "100 µA/cm²", "censoring": "left", "failing_half_cycle": 1}),
        (
            5,
            {
                "last_surviving": "200 µA/cm²",
                "first_failing": "400 µA/cm²",
                "censoring": "interval",
                "failing_half_cycle": 5,
            },
        ),
    ],
)
def test_the_outcome_of_a_curve(tmp_path, short_in, expected):
    cycles = half_cycles(read_cycling(write(tmp_path, curve(short_in=short_in)), area=AREA))
    outcome = outcome_of(cycles)
    assert {key: outcome.get(key) for key in expected} == expected
    assert ("first_failing" in outcome) == (short_in is not None)
    if short_in == 5:  # 15 min of 0.4 mA/cm2 into the fifth half-cycle
        assert outcome["capacity_at_failure"] == "100 µAh/cm²"


def test_capacities_and_protocol(tmp_path):
    cycles = half_cycles(read_cycling(write(tmp_path, curve()), area=AREA))
    assert len(cycles) == 6
    assert [cycle.charge for cycle in cycles[:5]] == pytest.approx([1860, -1860, 3720, -3720, 7440])
    assert protocol_of(cycles[:5]) == {
        "kind": "time_controlled", "steps": ["100 µA/cm²", "200 µA/cm²", "400 µA/cm²"],
        "time_per_half_cycle": "31 min",
    }  # fmt: skip


def test_currents_that_fall_are_no_test(tmp_path):
    with pytest.raises(InputError, match="must rise"):
        outcome_of(half_cycles(read_cycling(write(tmp_path, curve((2e-4, 1e-4))), area=AREA)))


def test_a_record_is_filled_from_a_curve(tmp_path):
    template = {
        key: value
        for key, value in RECORD.items()
        if key not in ("protocol", "failure", "outcomes", "raw_data")
    }
    record, read = filled_record(template, write(tmp_path, curve(short_in=5)), area=AREA)
    assert read.outcomes[0].interval == pytest.approx((2.0, 4.0))
    assert len(record["raw_data"]["sha256"]) == 64
    assert "between 200 µA/cm² and 400 µA/cm²" in record_text(read)[0]
    assert read_ccd_record(record) == read


def test_batterydf_agrees(tmp_path):
    """Our reading of a file in the Battery Data Format is that of the format's own package."""
    bdf = pytest.importorskip("bdf", reason="batterydf is not installed", exc_type=ImportError)
    head = f"{HEAD},Ambient Temperature / degC,Applied Pressure / Pa"
    lines = [f"{line},{25 + number / 100},{5e6 + number}" for number, line in enumerate(curve(rows=5))]
    file = write(tmp_path, lines, head, "test.bdf.csv")
    frame, ours = bdf.read(file), read_cycling(file, area=AREA)
    theirs = {name: frame[name].to_numpy(dtype=float) for name in frame.columns}
    np.testing.assert_allclose(ours.time, theirs["Test Time / s"])
    np.testing.assert_allclose(ours.voltage, theirs["Voltage / V"])
    np.testing.assert_allclose(ours.current_density * AREA, theirs["Current / A"])
    np.testing.assert_allclose(ours.temperature, theirs["Ambient Temperature / degC"] + 273.15)
    np.testing.assert_allclose(ours.stack_pressure, theirs["Applied Pressure / Pa"])
    from bdf.normalize import spec

    machine = [spec.notation_for(name) for name in ("test_time_second", "voltage_volt", "current_ampere")]
    again = write(tmp_path, curve(rows=5), ",".join(machine), "machine.bdf.csv")
    np.testing.assert_allclose(read_cycling(again, area=AREA).time, ours.time)


def test_a_vendors_file_goes_through_batterydf(tmp_path):
    """A BioLogic text export, which the format's package reads."""
    pytest.importorskip("bdf", reason="batterydf is not installed", exc_type=ImportError)
    head = "EC-Lab ASCII FILE\nNb header lines : 3\ntime/s\tEwe/V\tI/mA\n"
    file = tmp_path / "run.mpt"
    file.write_text(head + "".join(f"{60 * n}.0\t0.05\t0.1\n" for n in range(5)))
    data = read_cycling(file, area=AREA)
    np.testing.assert_allclose(data.time, 60.0 * np.arange(5))
    np.testing.assert_allclose(data.current_density, 1.0)


def test_a_vendors_file_without_batterydf_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "bdf", None)
    file = tmp_path / "run.mpt"
    file.write_text("x")
    with pytest.raises(InputError, match=r"dendrion\[cycler\]"):
        read_cycling(file)
    file = tmp_path / "run.mpr"
    file.write_text("x")
    with pytest.raises(InputError, match="export the data as text"):
        read_cycling(file)
