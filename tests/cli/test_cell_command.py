"""``dendrion cell``: what it writes, what it refuses, how it stops and goes on."""

import builtins
import json
import signal
from pathlib import Path

import pytest

CELLS = Path(__file__).parents[2] / "examples" / "cells"

SHORT = """\
title: Short
cell: {metal: Li, electrolyte: LLZO, thickness: 30 um, cathode_capacity: 3 mAh/cm^2, leakage: off}
fixture: {kind: spring, pressure: 1 MPa, stiffness: 100 MPa/mm}
protocol: ["Charge at 1C for 2 min", "rest for 1 min"]
limits: {samples: 20}
"""


@pytest.fixture
def cell_file(tmp_path):
    file = tmp_path / "short.yaml"
    file.write_text(SHORT)
    return file


def test_run_writes_history_summary_and_picture(dendrion, cell_file, tmp_path):
    done = dendrion("cell", "run", cell_file, "--out", tmp_path / "out", "--json")
    assert done.code == 0, done.err
    summary = json.loads(done.out)
    assert summary["status"] == "completed"
    assert summary["time_s"] == pytest.approx(180.0)
    assert summary["plated_C_per_m2"] == pytest.approx(30.0 * 120.0)
    assert abs(summary["charge_error"]) < 1e-12
    rows = (tmp_path / "out" / "history.csv").read_text().splitlines()
    assert rows[0].startswith("step [1],time [s],temperature [K]")
    assert len(rows) == 1 + summary["intervals"]
    assert (tmp_path / "out" / "cell.png").stat().st_size > 10_000
    again = dendrion("cell", "run", cell_file, "--out", tmp_path / "out")
    assert again.code == 2
    assert "--resume" in again.err


def test_interrupted_run_goes_on_to_the_same_numbers(dendrion, cell_file, tmp_path, monkeypatch):
    from dendrion.cell.small import SmallCell

    whole = dendrion("cell", "run", cell_file, "--out", tmp_path / "whole", "--json", "--no-pictures")
    advance, calls = SmallCell.advance, [0]

    def stopping(self, *given):
        calls[0] += 1
        if calls[0] == 20:
            signal.raise_signal(signal.SIGINT)
        return advance(self, *given)

    monkeypatch.setattr(SmallCell, "advance", stopping)
    part = dendrion("cell", "run", cell_file, "--out", tmp_path / "part", "--json", "--no-pictures")
    assert part.code == 130
    assert json.loads(part.out)["status"] == "interrupted"
    rest = dendrion(
        "cell", "run", cell_file, "--out", tmp_path / "part", "--json", "--no-pictures", "--resume"
    )
    assert rest.code == 0, rest.err
    histories = [(tmp_path / name / "history.csv").read_text() for name in ("whole", "part")]
    assert histories[0] == histories[1]
    assert json.loads(whole.out)["intervals"] == json.loads(rest.out)["intervals"]


def test_depletion_is_a_failure_that_says_what_was_saved(dendrion, tmp_path):
    file = tmp_path / "polymer.yaml"
    file.write_text(
        "cell: {metal: Li, electrolyte: PEO-LiTFSI, thickness: 50 um, counter: metal}\n"
        'conditions: {temperature: 90 degC}\nprotocol: ["plate at 8 mA/cm^2 for 10 min"]\n'
    )
    done = dendrion("cell", "run", file, "--out", tmp_path / "out", "--no-pictures")
    assert done.code == 3
    assert "salt is used up" in done.err
    assert "saved" in done.err
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["status"] == "failed"


def test_a_missing_pybamm_says_what_to_install(dendrion, tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *given, **more):
        if name == "pybamm":
            raise ImportError(name)
        return real(name, *given, **more)

    file = tmp_path / "polymer.yaml"
    file.write_text(SHORT.replace("LLZO", "PEO-LiTFSI").replace("title: Short", "engine: pybamm"))
    monkeypatch.setattr(builtins, "__import__", without)
    done = dendrion("cell", "run", file, "--out", tmp_path / "out")
    assert done.code == 2
    assert "dendrion[cell]" in done.err


def test_convert_both_ways(dendrion, cell_file):
    there = dendrion("cell", "convert", cell_file, "--json")
    assert json.loads(there.out)["steps"] == ["Charge at 0.003 A for 120.0 seconds", "Rest for 60.0 seconds"]
    assert "stack pressure" in json.loads(there.out)["left_out"][0]
    back = dendrion("cell", "convert", "Charge at 1C for 2 minutes", "--capacity", "3 mAh/cm^2", "--json")
    assert json.loads(back.out)["steps"] == ["plate at 30.0 A/m^2 for 120.0 s"]
    refused = dendrion("cell", "convert", "Charge at 1C at 60oC for 1 h")
    assert refused.code == 2
    assert "conditions.temperature" in refused.err


def test_the_case_of_a_cell_is_one_that_dendrion_accepts(dendrion, cell_file, tmp_path):
    from dendrion.case import load_case

    done = dendrion("cell", "case", cell_file, "--out", tmp_path / "dendrite", "--json")
    assert done.code == 0, done.err
    case = load_case(json.loads(done.out)["case"])
    assert case.protocol.duration == pytest.approx(180.0)
    assert case.protocol.charge == pytest.approx(30.0 * 120.0, rel=1e-9)
    assert case.conditions.temperature == pytest.approx(298.15)


def test_pack_names_the_first_cell(dendrion, tmp_path):
    done = dendrion("cell", "pack", CELLS / "pack.yaml", "--out", tmp_path / "out", "--json", "--set", "limits.samples=50",
                    "--set", 'protocol=["Charge at 2C for 1 min"]')  # fmt: skip
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert found["first_cell"] == "loose"
    assert found["kirchhoff_error"] < 1e-10
    assert (tmp_path / "out" / "pack.png").stat().st_size > 10_000
    alone = dendrion("cell", "pack", CELLS / "llzo_nmc.yaml", "--out", tmp_path / "alone")
    assert alone.code == 2
    assert "no pack" in alone.err


def test_fast_charge_crosses_limits_at_3c_alone():
    import runpy

    example = runpy.run_path(str(CELLS / "fast_charge.py"))
    found = example["results"](
        {"3C": example["charge"](example["GARNET"], 3), "1C": example["charge"](example["GARNET"], 1)}
    )
    assert found["1C"]["limit"] is None
    assert found["3C"]["limit"] == "crack growth"
    assert found["3C"]["time_s"] < 10.0
    polymer = example["results"]({"3C": example["charge"](example["POLYMER"], 3)})["3C"]
    assert polymer["limit"] == "salt depletion"
    assert polymer["time_s"] == pytest.approx(31.5, abs=1.0)
