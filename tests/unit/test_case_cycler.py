"""Protocols from tables of time and current, as cyclers export them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dendrion.case import Case, load_case
from dendrion.errors import InputError, InputErrors


def case_with(protocol: dict[str, object], folder: Path | str = ".") -> Case:
    return Case.from_mapping(
        {
            "cell": {"metal": "Li", "electrolyte": "LLZO"},
            "domain": {"size": ["60 um"], "cells": [64]},
            "protocol": protocol,
        },
        folder=folder,
    )


def seen(data: str, **more: object) -> list[tuple[float, float]]:
    return [(s.value, s.duration) for s in case_with({"data": data, **more}).protocol.segments]


@pytest.mark.parametrize(
    ("header", "row", "more"),
    [
        ("Time [s],Current [mA/cm2]", "{t},{i}", {}),
        ("time/s,j/mA cm-2", "{t},{i}", {}),
        ("Time (s);Current density (mA/cm^2)", "{t};{i}", {}),
        ("Test Time / s\tCurrent / mA cm^-2", "{t}\t{i}", {}),
        ("t,I", "{t},{i}", {"time_unit": "s", "current_unit": "mA/cm^2"}),
        ("Step,Test_Time(s),Current(mA)", "1,{t},{i}", {"area": "1 cm^2"}),
        ("time/s,<I>/mA", "{t},{i}", {"area": "1 cm^2"}),
        ("a,b,c", "{t},9,{i}", {"time_column": "a", "current_column": "c", "time_unit": "s",
                                "current_unit": "mA/cm^2"}),
        ("when [s],how much [mA/cm²]", "{t},{i}", {"time_column": "when", "current_column": "how much"}),
        ("# a comment\nCycler X\n\nTime [s],Current [mA/cm2]", "{t},{i}", {}),
    ],
)  # fmt: skip
def test_headers_of_many_cyclers(header: str, row: str, more: dict[str, object]) -> None:
    rows = [(0, 1), (60, 1), (120, 0), (180, -1), (240, -1), (300, 0)]
    data = "\n".join([header, *(row.format(t=t, i=i) for t, i in rows)])
    assert seen(data, **more) == [(10.0, 120.0), (0.0, 60.0), (-10.0, 120.0)]


def test_other_spellings_of_numbers_and_times() -> None:
    assert seen("time [min];current [mA/cm2]\n0;1,5\n2;1,5\n") == [(15.0, 120.0)]
    assert seen("time,current [A/m2]\n0:00:00,1\n0:01:30,2\n1:00:00.5,2\n") == [(1.0, 90.0), (2.0, 3510.5)]
    assert seen("time [h:m:s],current [A/m2]\n1d 0:00:00,1\n1d 0:00:10,0\n") == [(1.0, 10.0)]
    assert seen("time [s],current [A/m2]\n1e2,1\n\n1.1e2,0\n# end\n") == [(1.0, 10.0)]


def test_steps_follow_plating_rest_and_stripping() -> None:
    case = case_with({"data": "time [s],current [A/m2]\n0,1\n10,2\n20,0\n30,-1\n40,-2\n50,0\n"})
    steps = case.protocol.segments
    assert [(s.kind, s.step_index) for s in steps] == [
        ("current", 0), ("current", 0), ("rest", 1), ("current", 2), ("current", 2),
    ]  # fmt: skip
    assert steps[0].label == "plate (protocol.data, lines 2 to 4)"
    assert case.protocol.charges() == (30.0, 30.0)


def test_the_other_sign_convention() -> None:
    assert seen("time [s],current [A/m2]\n0,-3\n10,0\n", positive="stripping") == [(3.0, 10.0)]


def test_total_current_over_the_area() -> None:
    assert seen("time [s],current [mA]\n0,2\n10,0\n", area="0.5 cm^2") == [(40.0, 10.0)]


def test_linear_interpolation_ramps() -> None:
    case = case_with({"data": "time [s],current [A/m2]\n0,0\n10,4\n20,4\n30,-4\n", "interpolate": "linear"})
    assert [(s.value, s.end_value, s.duration) for s in case.protocol.segments] == [
        (0.0, 4.0, 10.0), (4.0, None, 10.0), (4.0, -4.0, 10.0),
    ]  # fmt: skip
    assert case.protocol.charge == pytest.approx(60.0)


def test_a_repeated_time_is_a_jump() -> None:
    assert seen("time [s],current [A/m2]\n0,1\n10,1\n10,-2\n20,-2\n") == [(1.0, 10.0), (-2.0, 10.0)]


def test_noise_of_the_cycler_is_merged_with_its_charge() -> None:
    rows = "\n".join(f"{10 * k},{1.0 + 1e-4 * (-1) ** k}" for k in range(101))
    data = f"time [s],current [A/m2]\n{rows}\n"
    (segment,) = case_with({"data": data}).protocol.segments
    assert (segment.duration, segment.value) == (1000.0, pytest.approx(1.0, abs=1e-12))
    assert len(seen(data, merge_tolerance=0)) == 100


def test_small_currents_can_count_as_rest() -> None:
    data = "time [s],current [A/m2]\n0,1\n10,0.001\n20,-0.001\n30,0\n"
    assert len(seen(data)) == 3
    assert seen(data, rest_below="1 uA/cm^2") == [(1.0, 10.0), (0.0, 20.0)]


@given(
    st.lists(st.tuples(st.floats(0.01, 1e4), st.floats(-50.0, 50.0)), min_size=2, max_size=40),
    st.sampled_from([0.0, 1e-3, 0.1]),
)
def test_no_merging_changes_the_charge(rows: list[tuple[float, float]], tolerance: float) -> None:
    times = [0.0]
    for duration, _ in rows[:-1]:
        times.append(times[-1] + duration)
    lines = [f"{time!r},{current!r}" for time, (_, current) in zip(times, rows, strict=True)]
    case = case_with({"data": "\n".join(["time [s],current [A/m2]", *lines]), "merge_tolerance": tolerance})
    exact = sum(current * (b - a) for a, b, (_, current) in zip(times, times[1:], rows, strict=False))
    size = sum(abs(current) * (b - a) for a, b, (_, current) in zip(times, times[1:], rows, strict=False))
    assert case.protocol.charge == pytest.approx(exact, abs=1e-9 * size + 1e-300)
    assert case.protocol.duration == pytest.approx(times[-1])


HEAD = "time [s],current [A/m2]\n"
BAD = [
    ({"data": HEAD + "0,1\n10,x\n20,0\n"}, ["'x' in column 'current [A/m2]' is not a number", "line 3"]),
    ({"data": HEAD + "0,1\n10,nan\n"}, ["'nan'", "is not finite", "line 3"]),
    ({"data": HEAD + "0,1\n10\n"}, ["the row has 1 columns, the header 2", "line 3"]),
    ({"data": HEAD + "0,1\n10,1\n5,0\n"}, ["time goes back from 10 s to 5 s", "line 4"]),
    ({"data": HEAD + "0,1\n"}, ["two rows"]),
    ({"data": HEAD + "0,1\n0,2\n"}, ["two rows with different times"]),
    ({"data": "0,1\n10,1\n"}, ["no header with the names of columns"]),
    ({"data": ""}, ["no header"]),
    (
        {"data": "time [s],voltage [V]\n0,1\n1,1\n"},
        ["no column is called a current", "current_column: time [s]"],
    ),
    ({"data": "time [s],current\n0,1\n1,1\n"}, ["column 'current' has no unit", "current_unit: mA/cm^2"]),
    ({"data": "time,current [A/m2]\n0,1\n1,1\n"}, ["column 'time' has no unit", "time_unit: s"]),
    (
        {"data": "time [s],current [V]\n0,1\n1,1\n"},
        ["is a potential, a current density or a current is needed"],
    ),
    ({"data": "time [s],current [mA]\n0,1\n1,1\n"}, ["is a total current", "area: 1.13 cm^2"]),
    ({"data": HEAD + "0,1\n1,1\n", "area": "1 cm^2"}, ["already is a current density", "leave area out"]),
    (
        {"data": HEAD + "0,1\n1,1\n", "current_column": "I"},
        ["there is no column 'I'", "time [s], current [A/m2]"],
    ),
    ({}, ["a list of steps"]),
    ({"time_unit": "s"}, ["a file or inline data is needed"]),
    ({"file": "absent.csv"}, ["there is no file"]),
    ({"file": "."}, ["can't be read"]),
    (
        {"data": HEAD + "0,1\n1,1\n", "positiv": "plating"},
        ["unknown key 'positiv'", "did you mean 'positive'?"],
    ),
]


@pytest.mark.parametrize(("protocol", "parts"), BAD)
def test_bad_tables_are_refused(protocol: dict[str, object], parts: list[str], tmp_path: Path) -> None:
    with pytest.raises(InputErrors) as error:
        case_with(protocol, tmp_path)
    for part in parts:
        assert part in str(error.value)


def test_a_bad_row_of_a_file_is_named_by_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "cycler.csv").write_text(HEAD + "0,1\n10,broken\n")
    case = tmp_path / "case.yaml"
    case.write_text(
        "cell: {metal: Li, electrolyte: LLZO}\ndomain: {size: [60 um], cells: [64]}\n"
        "protocol: {file: cycler.csv}\n"
    )
    with pytest.raises(InputError) as error:
        load_case(case)
    assert str(error.value).startswith(f"{tmp_path / 'cycler.csv'}:3: protocol.file: 'broken'")


def test_an_absent_file_shows_what_is_beside_it(tmp_path: Path) -> None:
    (tmp_path / "cycler.csv").write_text(HEAD)
    with pytest.raises(InputErrors, match=r"beside it: cycler\.csv"):
        case_with({"file": "cycle.csv"}, tmp_path)


def test_the_case_that_is_stored_stands_alone(tmp_path: Path) -> None:
    (tmp_path / "cycler.csv").write_bytes(b"\xef\xbb\xbftime [s],current [\xc2\xb5A/cm2]\r\n0,1\r\n10,0\r\n")
    case = case_with({"file": "cycler.csv"}, tmp_path)
    (tmp_path / "cycler.csv").unlink()
    stored = tmp_path / "stored.yaml"
    stored.write_text(case.to_yaml(), encoding="utf-8")
    again = load_case(stored)
    assert list(again.protocol.segments) == list(case.protocol.segments)
    assert again.protocol.segments[0].value == pytest.approx(0.01)


def test_older_files_with_a_latin_micro_sign(tmp_path: Path) -> None:
    (tmp_path / "old.mpt").write_bytes(b"time/s\tI/\xb5A\n0\t3\n5\t0\n")
    case = case_with({"file": "old.mpt", "area": "1 cm^2"}, tmp_path)
    assert case.protocol.segments[0].value == pytest.approx(0.03)
