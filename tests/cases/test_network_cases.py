"""The shipped cases of the network engine: their conclusions at a short setting, and their pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from dendrion.case import load_case
from dendrion.report import draw_run
from dendrion.runs.runner import run_case

from ..network_setup import run

SHORT = {"domain.cells": [32, 32], "numerics.step": 0.5}


def test_sodium_network_shorts_earlier_than_an_even_filling() -> None:
    case = load_case("nzsp_network").with_settings(SHORT)
    resistive, rows = run(case)
    even, evenly = run(case.with_settings({"microstructure.boundary.conductivity_factor": 0.3}))
    assert resistive.status == even.status == "shorted"
    assert max(abs(row["faraday_error"]) for row in rows + evenly) < 1e-6
    assert rows[-1]["time_s"] < 0.75 * evenly[-1]["time_s"]
    assert max(row["islands"] for row in rows) > 0.0 and rows[-1]["interior_share"] > 0.0


def test_leaky_boundaries_hold_islands_and_tight_ones_none() -> None:
    case = load_case("llzo_leaky_boundaries").with_settings({**SHORT, "microstructure.pores": None})
    simulation, rows = run(case)
    assert simulation.summary()["morphology"] == "interior-first"
    assert rows[-1]["isolated_metal_m"] > 1e-9 and rows[-1]["connected_metal_m"] == 0.0
    assert max(abs(row["faraday_error"]) for row in rows) < 1e-6
    tight, empty = run(case.with_settings({"microstructure.boundary.electronic_factor": 1}))
    assert tight.summary()["morphology"] == "no metal inside" and empty[-1]["isolated_metal_m"] == 0.0


def test_pores_take_metal_before_boundaries_do() -> None:
    _, rows = run(load_case("llzo_leaky_boundaries").with_settings(SHORT))
    first = next(row for row in rows if row["isolated_metal_m"] > 0.0)
    assert first["boundary_share"] < 0.5
    assert rows[-1]["interior_onset_A_per_m2"] < 0.5 * rows[-1]["interface_onset_A_per_m2"]


@pytest.mark.slow
def test_run_folder_and_figures(tmp_path: Path) -> None:
    case = load_case("nzsp_network").with_settings({**SHORT, "stop.time": "90 s", "output.frames": 4})
    result = run_case(case, tmp_path / "run")
    assert result.status == "completed"
    assert {"excess_potential", "dead_metal", "grain"} <= set(result.folder.fields)
    names = {path.name for path in draw_run(result.folder)}
    assert {"final.png", "evolution.png", "history.png", "movie.gif"} <= names
    assert result.summary["interface_onset_A_per_m2"] > 0.0
