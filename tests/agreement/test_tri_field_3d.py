"""The tri-field model in three dimensions: a penny in LLZO fills and is pressed open; charge and energy balance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dendrion.case import Case
from dendrion.field.simulation import Simulation

PENNY: dict[str, Any] = {
    "cell": {"metal": "Li", "electrolyte": "LLZO", "interface_resistance": "0.1 ohm*cm^2"},
    "domain": {"size": ["24 um", "20 um", "20 um"], "cells": [24, 20, 20]},
    "initial": {"metal_thickness": "4 um"},
    "flaws": [{"kind": "penny", "at": ["4 um", "10 um", "10 um"], "radius": "7 um"}],
    "conditions": {"temperature": "25 degC", "stack_pressure": "5 MPa", "lateral": "confined"},
    "protocol": ["plate at 60 mA/cm^2 for 10 s"],
    "physics": {"mechanics": "viscoplastic", "fracture": "at2"},
}


@pytest.mark.slow
def test_a_penny_fills_and_begins_to_grow() -> None:
    simulation, rows = Simulation(Case.from_mapping(PENNY)), []
    while len(rows) < 26:
        rows.append(simulation.advance())
    assert max(abs(row["faraday_error"]) for row in rows) < 1e-9
    assert max(row["energy_error"] for row in rows) < 1e-2
    assert rows[-1]["filling_charge_C_per_m2"] > 5.0 * rows[0]["filling_charge_C_per_m2"]
    assert rows[-1]["tip_position_m"] > rows[0]["tip_position_m"]
    assert rows[-1]["crack_length_m"] > 1.005 * rows[0]["crack_length_m"]
    filling = np.asarray(simulation.state.solid.filling.filling)
    np.testing.assert_allclose(filling[:, :, ::-1], filling, rtol=1e-2, atol=1e-2 * filling.max())
