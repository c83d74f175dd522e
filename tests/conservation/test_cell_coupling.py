"""Charge over the coupling of a cell with a field run, and of a pack with its cells."""

import pytest

from dendrion.case import Case
from dendrion.cell import CellFile
from dendrion.study.cosimulation import field_interface
from dendrion.study.pack_run import run_pack


def polymer_cell():
    return CellFile.from_mapping({
        "cell": {"metal": "Li", "electrolyte": "PEO-LiTFSI", "thickness": "40 um", "cathode_capacity": "1 mAh/cm^2"},
        "conditions": {"temperature": "90 degC"},
        "protocol": ["Charge at 0.3C for 5 min", "rest for 1 min", "Discharge at 0.2C for 2 min"],
    })  # fmt: skip


def test_charge_balances_across_the_coupling(tmp_path, monkeypatch):
    from dendrion.study import cell_run

    case = Case.from_mapping({
        "cell": {"metal": "Li", "electrolyte": "PEO-LiTFSI"}, "domain": {"size": ["40 um"], "cells": [64]},
        "conditions": {"temperature": "90 degC"}, "protocol": ["rest for 1 s"],
    })  # fmt: skip
    file = CellFile.from_mapping(
        {**polymer_cell().given, "coupling": {"case": "unused.yaml", "interval": "60 s"}}
    )
    monkeypatch.setattr(cell_run, "_coupled_case", lambda _: case)
    run = cell_run.run_cell(file)
    coupling = run.summary["coupling"]
    print(coupling, run.summary["charge_error"])
    assert run.status == "completed"
    assert abs(run.summary["charge_error"]) < 1e-12
    assert coupling["charge_given_C_per_m2"] == pytest.approx(run.history[-1].plated, rel=1e-12)
    assert abs(coupling["charge_error"]) < 1e-6
    assert field_interface(case).charge_error == 0.0


def test_a_pack_shares_its_current_exactly():
    file = CellFile.from_mapping({
        "cell": {"metal": "Li", "electrolyte": "LLZO", "thickness": "30 um", "cathode_capacity": "3 mAh/cm^2",
                 "leakage": "off"},
        "protocol": ["Charge at 2C for 3 min"],
        "limits": {"flaw_length": "30 um", "samples": 100},
        "pack": {"parallel": 2, "contact_resistance": "0.2 mohm", "cells": [
            {"name": "plain"}, {"name": "hot", "temperature": "45 degC"},
            {"name": "loose", "pressure": "0.5 MPa"}, {"name": "plain 2"}]},
    })  # fmt: skip
    run = run_pack(file)
    assert run.kirchhoff_error < 1e-10
    plated = [history[-1].plated for history in run.histories]
    assert plated[0] + plated[1] == pytest.approx(2 * 60.0 * 180.0, rel=1e-9)
    assert plated[1] > plated[0]
    assert plated[2] < plated[3]
    assert run.first[0] == "loose"
    chances = run.chances()
    assert sum(chances.values()) == pytest.approx(1.0)
    assert chances["loose"] > 0.5


def test_an_interrupted_cosimulation_goes_on_bit_for_bit(tmp_path):
    from dendrion.study.cell_run import history_text, run_cell

    (tmp_path / "dendrite.yaml").write_text(
        "cell: {metal: Li, electrolyte: PEO-LiTFSI}\ndomain: {size: [40 um], cells: [64]}\n"
        'conditions: {temperature: 90 degC}\nprotocol: ["rest for 1 s"]\n'
    )
    given = {**polymer_cell().given, "coupling": {"case": "dendrite.yaml", "interval": "30 s"}}
    file = CellFile.from_mapping(
        {**given, "protocol": ["Charge at 0.3C for 2 min", "rest for 30 s"]}, tmp_path
    )
    asked = []

    def third():
        asked.append(1)
        return len(asked) == 3

    whole = run_cell(file, tmp_path / "whole")
    assert run_cell(file, tmp_path / "part", stop_requested=third).status == "interrupted"
    part = run_cell(file, tmp_path / "part", resume=True)
    assert history_text(part) == history_text(whole)
    assert part.summary["coupling"] == whole.summary["coupling"]
    assert abs(part.summary["coupling"]["charge_error"]) < 1e-6
