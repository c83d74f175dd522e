"""The shipped cases of the lattice engine at a short setting against stored numbers.

Charge and time are exact; the last bit of another processor's exponential changes the order of events, so what they
make is compared within its scatter over seeds.
"""

from __future__ import annotations

import pytest

from dendrion.case import load_case, shipped_cases
from dendrion.runs.engines import simulation_of

SHORT = {
    "lattice_lithium": ["domain.size=[3 um, 4 um]", "domain.cells=[60, 80]", "stop.time=45 s"],
    "lattice_hot_spot": [
        "domain.size=[3 um, 4 um]", "domain.cells=[60, 80]", "stop.time=45 s",
        "conditions.hot_spots=[{at: [1 um, 2 um], width: 1.2 um, rise: 20 K}]",
    ],
}  # fmt: skip
STORED = {
    "lattice_lithium": {"time_s": 45.0, "charge_C_per_m2": 2250.0, "mean_position_m": 8.05e-07},
    "lattice_hot_spot": {"time_s": 45.0, "charge_C_per_m2": 2250.0, "mean_position_m": 8.05e-07},
}
SCATTER = {"time_s": 1e-9, "charge_C_per_m2": 1e-6, "mean_position_m": 0.03}
"""Relative tolerances [dimensionless]."""


def test_every_lattice_case_has_a_short_setting():
    assert {name for name, _ in shipped_cases() if name.startswith("lattice_")} == set(SHORT)


@pytest.mark.parametrize("name", SHORT)
def test_a_short_run_equals_stored_numbers(name):
    simulation = simulation_of(load_case(name, set=SHORT[name]))
    while not simulation.finished:
        simulation.advance()
    row = simulation.row
    for key, expected in STORED[name].items():
        assert row[key] == pytest.approx(expected, rel=SCATTER[key]), key
    assert abs(row["faraday_error"]) < 0.02
    assert 0.02e-6 < row["roughness_m"] < 0.35e-6
    if name == "lattice_hot_spot":
        assert row["temperature_max_K"] > 303.0
