"""Every shipped case at a short setting against stored numbers: a change of the physics shows here first.

To store new numbers after a deliberate change: ``python tests/cases/test_shipped_cases.py``, then read the diff.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dendrion.case import load_case, shipped_cases

STORED = Path(__file__).with_name("shipped_cases.json")
SHORT = {
    "default": ["domain.cells=[48,48]", "stop.time=20 min"],
    "polymer_below_limit": ["domain.cells=[48,48]", "stop.time=4 h"],
    "liquid_sand": ["domain.cells=[48,48]", "stop.time=60 s"],
    "llzo_bump_focusing": ["domain.cells=[48,48]", "stop.time=20 min"],
    "llzo_bump_levelling": ["domain.cells=[48,48]", "stop.time=20 min"],
    "nzsp_bump_focusing": ["domain.cells=[48,48]", "stop.time=10 min"],
    "nzsp_bump_levelling": ["domain.cells=[48,48]", "stop.time=10 min"],
    "pulse": ["domain.cells=[48,48]", "stop.time=120 s"],
    "direct_current": ["domain.cells=[48,48]", "stop.time=600 s"],
    "hot_spot": ["domain.cells=[48,48]", "stop.time=20 min"],
    "uniform_temperature": ["domain.cells=[48,48]", "stop.time=20 min"],
    "cycler_log": ["domain.cells=[48,48]", "stop.time=5000 s"],
    "filament_3d": ["domain.cells=[24,24,24]", "stop.time=60 s"],
    "hong2018": [
        "cell.thickness=100 um",
        "domain.cells=[100,8]",
        "domain.size=[100 um, 8 um]",
        "stop.time=2 s",
    ],
}
SLOW = {"pulse", "filament_3d"}
COMPARED = (
    "time_s", "charge_C_per_m2", "cell_voltage_V", "tip_position_m", "roughness_m", "front_area_ratio",
    "dead_metal_m",
)  # fmt: skip
TOLERANCE = 2e-3
"""Relative; the same code on another processor differs by solver round-off only, the front is unstable."""


def numbers(name: str) -> dict[str, float]:
    """Runs a case at its short setting and returns what is compared, and the worst Faraday error."""
    from dendrion.field import Simulation

    simulation = Simulation(load_case(name, set=SHORT[name]))
    while not simulation.finished:
        simulation.advance()
    summary = simulation.summary()
    found = {key: float(summary[key]) for key in COMPARED if summary.get(key) is not None}
    return found | {"faraday_error": float(summary["faraday_error"])}


def test_every_shipped_case_has_a_short_setting() -> None:
    assert {name for name, _ in shipped_cases()} == set(SHORT)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] if n in SLOW else []) for n in SHORT]
)
def test_short_run_equals_stored_numbers(name: str) -> None:
    found, stored = numbers(name), json.loads(STORED.read_text())[name]
    if name != "hong2018":  # the published form conserves charge only as well as its time step
        assert abs(found["faraday_error"]) < 1e-3
    for key in COMPARED:
        if key in stored:
            assert found[key] == pytest.approx(stored[key], rel=TOLERANCE, abs=1e-12), key


if __name__ == "__main__":
    STORED.write_text(json.dumps({name: numbers(name) for name in SHORT}, indent=1) + "\n")
