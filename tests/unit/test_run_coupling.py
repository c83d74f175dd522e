"""The coupling report: which links a case has, and what the results become without each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dendrion.case import Case
from dendrion.case.links import MEANING, links
from dendrion.case.mechanics import Coupling
from dendrion.runs import RunFolder, run_case
from dendrion.runs.coupling import changes, coupling_report
from tests.unit.test_case_mechanics import CERAMIC

SMALL = {
    "title": "small",
    "cell": {"metal": "Li", "electrolyte": "PEO-LiTFSI"},
    "domain": {"size": ["30 um"], "cells": [24]},
    "initial": {"metal_thickness": "6 um"},
    "conditions": {"temperature": "90 degC"},
    "protocol": ["plate at 0.5 mA/cm^2 for 2 min"],
}


def test_every_switch_is_a_link() -> None:
    assert set(MEANING) == set(Coupling.model_fields) - {"scheme"}


def test_links_of_a_ceramic() -> None:
    found = links(Case.from_mapping(CERAMIC))
    assert found["stress_to_kinetics"] == "on"
    assert found["growth_to_stress"] == "off"
    assert found["salt_to_kinetics"] == "none"
    assert found["temperature_to_stress"] == "none"
    warm = Case.from_mapping(CERAMIC).with_settings(
        {"conditions.temperature_difference": "10 K", "conditions.bending": "flat"}
    )
    assert links(warm)["temperature_to_stress"] == "on"


def test_changes_are_relative() -> None:
    before = {"tip_position_m": 2.0, "cell_voltage_V": -0.5, "short_time_s": None}
    after = {"tip_position_m": 3.0, "cell_voltage_V": -0.6, "short_time_s": 4.0}
    assert changes(before, after) == pytest.approx({"tip_position_m": 0.5, "cell_voltage_V": -0.2})


@pytest.mark.slow
def test_report_of_a_run(tmp_path: Path) -> None:
    case = Case.from_mapping(SMALL)
    run_case(case, tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    reports = {report.name: report for report in coupling_report(case, folder)}
    frozen = reports["front_motion"]
    assert frozen.state == "on"
    start = folder.summary["tip_position_m"] * (1.0 + frozen.change["tip_position_m"])
    assert start == pytest.approx(6e-6, rel=1e-6)  # without growth the metal stays where it was
    assert reports["joule_heat"].state == "none"
    assert reports["joule_heat"].change == {}
    stored = json.loads((folder.path / "coupling.json").read_text())
    assert [entry["name"] for entry in stored] == list(MEANING)
