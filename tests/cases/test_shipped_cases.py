"""Every shipped case at a short setting against stored numbers: a change of the physics shows here first.

Every setting ends where the growth is well conditioned, before a depleted front branches: a disturbance of 1e-9 of
the order parameter changes the compared numbers by less than 3e-8, a solver tolerance a hundred times smaller by less
than 1e-5. Another processor's round-off is far below both, so the bar of 1e-3 tells a change of the code.

To store new numbers after a deliberate change: ``python -m tests.cases.test_shipped_cases [NAME …]``, then read the diff; it
refuses a setting that is not well conditioned.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from dendrion.case import load_case, shipped_cases

STORED = Path(__file__).with_name("shipped_cases.json")
CRACKED = ("domain.cells=[40,36]",)
SHORT = {
    "default": ["domain.cells=[40,36]", "stop.time=1.5 s"],
    "llzo_flaw": [*CRACKED, "stop.time=0.6 s"],
    "llzo_polycrystal": [*CRACKED, "stop.time=0.6 s"],
    "llzo_compressed": [*CRACKED, "numerics.fracture_length=2 um", "stop.time=0.3 s"],
    "llzto_cold_anode": [*CRACKED, "stop.time=0.6 s"],
    "llzto_hot_anode": [*CRACKED, "stop.time=0.6 s"],
    "beta_alumina_flaw": [*CRACKED, "stop.time=0.6 s"],
    "sodium_in_garnet": [*CRACKED, "stop.time=0.6 s"],
    "polymer_pushed": ["domain.cells=[40,40]", "stop.time=2 min"],
    "polymer_filament": ["domain.cells=[48,48]", "stop.time=10 min"],
    "polymer_below_limit": ["domain.cells=[48,48]", "stop.time=4 h"],
    "liquid_sand": ["domain.cells=[48,48]", "stop.time=60 s"],
    "llzo_bump_focusing": ["domain.cells=[48,48]", "stop.time=20 min"],
    "llzo_bump_levelling": ["domain.cells=[48,48]", "stop.time=20 min"],
    "nzsp_bump_focusing": ["domain.cells=[48,48]", "stop.time=10 min"],
    "nzsp_bump_levelling": ["domain.cells=[48,48]", "stop.time=10 min"],
    "interphase_lithium": ["domain.cells=[48,48]", "stop.time=4 min"],
    "interphase_sodium": ["domain.cells=[48,48]", "stop.time=4 min"],
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
MECHANICAL = {
    "default", "llzo_flaw", "llzo_polycrystal", "llzo_compressed", "llzto_cold_anode", "llzto_hot_anode", "beta_alumina_flaw",
    "polymer_pushed", "sodium_in_garnet",
}  # fmt: skip
SLOW = {"pulse", "filament_3d", *MECHANICAL}
COMPARED = (
    "time_s", "charge_C_per_m2", "cell_voltage_V", "tip_position_m", "roughness_m", "front_area_ratio",
    "dead_metal_m", "crack_length_m", "filling_charge_C_per_m2", "metal_pressure_max_Pa",
)  # fmt: skip
TOLERANCE, SMALLEST = 1e-3, 1e-12
"""Relative tolerance, and the absolute one for what is zero but for round-off."""
DISTURBANCE, CONDITION = 1e-9, 1e-6
"""Relative disturbance of the first order parameter, and the relative change of a number that it may make."""


def numbers(name: str, disturbance: float = 0.0) -> dict[str, float]:
    """Runs a case at its short setting and returns what is compared, and the worst Faraday error.

    ``disturbance`` multiplies the first order parameter, cell by cell, with 1 plus that times a normal deviate.
    """
    from dendrion.field import Simulation
    from dendrion.field.flatten import flat, unflat

    simulation = Simulation(load_case(name, set=SHORT[name]))
    state = flat(simulation.state, "state")
    for key in [key for key in state if key.endswith(".order_parameter")]:
        deviates = np.random.default_rng(0).standard_normal(state[key].shape)
        state[key] = state[key] * (1.0 + disturbance * deviates)
    simulation.state = unflat(simulation.state, state, "state")
    while not simulation.finished:
        simulation.advance()
    summary = simulation.summary()
    found = {key: float(summary[key]) for key in COMPARED if summary.get(key) is not None}
    return found | {"faraday_error": float(summary["faraday_error"])}


def test_every_shipped_case_has_a_short_setting() -> None:
    elsewhere = (
        "lattice_",
        "voids_",
        "nzsp_network",
        "llzo_leaky_boundaries",
        "lithium_texture",
    )  # in the tests of their engines
    assert {name for name, _ in shipped_cases() if not name.startswith(elsewhere)} == set(SHORT)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] if n in SLOW else []) for n in SHORT]
)
def test_short_run_equals_stored_numbers(name: str) -> None:
    found, stored = numbers(name), json.loads(STORED.read_text())[name]
    if name != "hong2018":  # the published form conserves charge only as well as its time step
        assert abs(found["faraday_error"]) < 1e-3
    for key in COMPARED:
        if key in stored:
            assert found[key] == pytest.approx(stored[key], rel=TOLERANCE, abs=SMALLEST), key


def assert_well_conditioned(name: str, found: dict[str, float]) -> None:
    """Noise far above round-off changes no number by a thousandth of the tolerance."""
    disturbed = numbers(name, DISTURBANCE)
    for key in set(COMPARED) & set(found):
        assert disturbed[key] == pytest.approx(found[key], rel=CONDITION, abs=SMALLEST), (name, key)


@pytest.mark.parametrize("name", ["polymer_filament", "hong2018"])
def test_short_setting_is_well_conditioned(name: str) -> None:
    assert_well_conditioned(name, numbers(name))


if __name__ == "__main__":
    every = json.loads(STORED.read_text()) | {name: numbers(name) for name in sys.argv[1:] or SHORT}
    for case in sys.argv[1:] or SHORT:
        assert_well_conditioned(case, every[case])
    STORED.write_text(json.dumps({name: every[name] for name in SHORT if name in every}, indent=1) + "\n")
