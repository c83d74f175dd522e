"""A crack that opens wide gives its metal to the front that climbs into it; metal, charge and energy are kept."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from dendrion.case import Case
from dendrion.constants import FARADAY
from dendrion.field.crack_mechanics import METAL
from dendrion.field.filling import HAND_OVER
from dendrion.field.simulation import Simulation
from tests.agreement.test_tri_field import FILAMENT

WIDE: dict[str, Any] = {
    **FILAMENT,
    "domain": {"size": ["10 um", "9 um"], "cells": [40, 36]},
    "initial": {"metal_thickness": "1.5 um"},
    "flaws": [{"kind": "notch", "at": ["0 um", "4.5 um"], "length": "4 um"}],
    "conditions": {"temperature": "25 degC", "stack_pressure": "1 MPa", "lateral": "confined"},
    "protocol": ["plate at 20 mA/cm^2 for 32 s"],
    "materials": {
        "electrolyte": {
            "young_modulus": "1.1 GPa", "fracture_energy": "300 J/m^2", "fracture_toughness": "0.6 MPa√m",
        }
    },
}  # fmt: skip
"""A body a hundred times softer and tougher than LLZO: its crack opens by 0.4 um, one and a half cells."""


class Run:
    """A run with its rows; of each step the filling, order parameter and strain handed over along the crack."""

    def __init__(self, given: dict[str, Any], steps: int = 1000, **coupling: str) -> None:
        settings = {f"physics.coupling.{name}": value for name, value in coupling.items()}
        self.simulation = Simulation(Case.from_mapping(given).with_settings(settings))
        self.rows: list[dict[str, float]] = []
        self.states: list[Any] = []
        while not self.simulation.finished and len(self.rows) < steps:
            self.rows.append(self.simulation.advance())
            self.states.append(self.simulation.state)

    def fields(self, step: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Filling, order parameter and strain handed over after a step [dimensionless]."""
        state = self.states[step]
        solid = state.solid
        return tuple(
            np.asarray(a) for a in (solid.filling.filling, state.electro.order_parameter, solid.handed_strain)
        )


@cache
def wide() -> Run:
    """The whole run, shared by the tests."""
    return Run(WIDE)


@pytest.mark.slow
def test_the_front_climbs_into_the_crack_and_takes_its_metal() -> None:
    run = wide()
    assert run.simulation.status == "completed"
    wide_before_it = 0
    for step in range(1, len(run.rows)):
        before, after = run.fields(step - 1), run.fields(step)
        gave = (before[0] > HAND_OVER) & (after[0] < 0.1 * before[0])
        assert not (gave & (after[1] - before[1] < 0.5 * (before[0] - after[0]))).any()
        wide_before_it += int(gave.sum())
    assert wide_before_it >= 2
    filling, order_parameter, handed = run.fields(-1)
    assert filling.max() > 1.0  # deeper down the crack stays a filling, however wide
    assert (filling[order_parameter > METAL + 0.1] == 0.0).all()
    assert order_parameter.max() < 1.0 + HAND_OVER
    assert handed[1].max() > HAND_OVER
    assert np.abs(handed[0]).max() < 0.05 * handed[1].max()


@pytest.mark.slow
def test_no_metal_is_lost_when_it_changes_hands() -> None:
    run = wide()
    assert max(abs(row["faraday_error"]) for row in run.rows) < 1e-9
    filled = np.array([row["filling_charge_C_per_m2"] for row in run.rows])
    assert np.diff(filled).min() < -5e-3 * filled.max()
    # What a taken cell cuts off for a few steps is a trace, and is joined again.
    assert max(row["dead_filling_C_per_m2"] for row in run.rows) < 5e-3 * filled.max()
    assert run.rows[-1]["dead_filling_C_per_m2"] == run.rows[-1]["dead_metal_m"] == 0.0
    first, last = run.fields(0), run.fields(-1)
    cell = run.simulation.grid.spacing[0] / first[0].shape[1]
    metal = sum(float((b - a).sum()) for a, b in zip(first[:2], last[:2], strict=True))
    charge = run.rows[-1]["charge_C_per_m2"] - run.rows[0]["charge_C_per_m2"]
    molar_volume = float(run.simulation.model.parameters.metal.molar_volume)
    assert metal * cell * FARADAY / molar_volume == pytest.approx(charge, rel=1e-4)
    assert max(row["energy_error"] for row in run.rows) < 0.1
    assert run.rows[-1]["energy_error"] < 0.05


@pytest.mark.slow
def test_a_crack_that_the_front_swallows_keeps_its_length() -> None:
    run = wide()
    left = np.array([float(state.measures.crack_surface) for state in run.states])
    length = np.array([row["crack_length_m"] for row in run.rows])
    assert left[-1] < 0.9 * left[0]
    assert np.diff(length).min() > -1e-5 * length[0]
    assert length[0] == pytest.approx(left[0], rel=1e-6)


@pytest.mark.slow
def test_without_hand_over_all_is_bit_for_bit_the_same_until_metal_changes_hands() -> None:
    kept = Run(WIDE, steps=10, filling_to_front="off")
    narrow = Run(FILAMENT, steps=4), Run(FILAMENT, steps=4, filling_to_front="off")
    pairs = [(narrow[0].states[-1], narrow[1].states[-1])]
    first = next(n for n in range(10) if np.abs(wide().fields(n)[2]).max() > 0.0)
    assert 2 <= first < 10
    pairs.append((wide().states[first - 1], kept.states[first - 1]))
    for one, other in pairs:
        for name in ("order_parameter", "potential", "electrode_potential"):
            np.testing.assert_array_equal(getattr(one.electro, name), getattr(other.electro, name))
        for name in ("filling", "damage", "displacement", "pressure"):
            np.testing.assert_array_equal(
                getattr(one.solid.filling, name), getattr(other.solid.filling, name)
            )
    assert np.abs(np.asarray(kept.states[-1].solid.handed_strain)).max() == 0.0
