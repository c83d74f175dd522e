"""The tri-field model in three dimensions: a penny in LLZO fills and is pressed open; charge and energy balance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dendrion.case import Case
from dendrion.field.simulation import Simulation

PENNY: dict[str, Any] = {
    "cell": {"metal": "Li", "electrolyte": "LLZO", "interface_resistance": "0.1 ohm*cm^2"},
    "domain": {"size": ["16 um", "14 um", "14 um"], "cells": [16, 14, 14]},
    "initial": {"metal_thickness": "3 um"},
    "flaws": [{"kind": "penny", "at": ["3 um", "7 um", "7 um"], "radius": "5 um"}],
    "conditions": {"temperature": "25 degC", "stack_pressure": "5 MPa", "lateral": "confined"},
    "protocol": ["plate at 200 mA/cm^2 for 10 s"],
    "physics": {"mechanics": "viscoplastic", "fracture": "at2"},
}


@pytest.mark.slow
def test_a_penny_fills_and_begins_to_grow() -> None:
    simulation, rows = Simulation(Case.from_mapping(PENNY)), []
    while len(rows) < 12:  # one more and it shorts
        rows.append(simulation.advance())
    assert max(abs(row["faraday_error"]) for row in rows) < 1e-9
    assert max(row["energy_error"] for row in rows) < 1e-2
    assert rows[-1]["filling_charge_C_per_m2"] > 5.0 * rows[0]["filling_charge_C_per_m2"]
    assert rows[-1]["tip_position_m"] > rows[0]["tip_position_m"]
    assert rows[-1]["crack_length_m"] > 1.01 * rows[0]["crack_length_m"]
    order_parameter = np.asarray(simulation.state.electro.order_parameter)
    assert order_parameter.min() > -1e-6  # at this current a front that is stirred too fast would run away
    assert order_parameter.max() < 1.0 + 1e-6
    assert rows[-1]["roughness_m"] < 1e-7
    filling = np.asarray(simulation.state.solid.filling.filling)
    np.testing.assert_allclose(filling[:, :, ::-1], filling, rtol=1e-2, atol=1e-2 * filling.max())
