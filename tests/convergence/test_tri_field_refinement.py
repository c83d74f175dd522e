"""Half the step, half the coupling tolerance and half the grid: a crack that fills grows by 10 um in the same time.

A box of 40 um with one flaw of 14 um and l = 2 um = 3 h. Its half grid has l = 6 h, where rows beside the crack are damaged
enough to take metal: were they to, the crack would be wider on that grid and some 10 % slower.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from dendrion.case import Case
from dendrion.field.simulation import Simulation

pytestmark = pytest.mark.slow

GROWN = (5e-6, 10e-6)
"""Growth of the crack at which times are compared [m]."""

FILAMENT: dict[str, Any] = {
    "cell": {"metal": "Li", "electrolyte": "LLZO", "interface_resistance": "0.1 ohm*cm^2"},
    "domain": {"size": ["40 um", "28 um"], "cells": [60, 42]},
    "initial": {"metal_thickness": "4 um"},
    "flaws": [{"kind": "notch", "at": ["0 um", "14 um"], "length": "14 um"}],
    "conditions": {"temperature": "25 degC", "stack_pressure": "5 MPa", "lateral": "confined"},
    "protocol": ["plate at 20 mA/cm^2 for 30 s"],
    "physics": {"mechanics": "viscoplastic", "fracture": "at2"},
    "numerics": {"fracture_length": "2 um", "interface_width": "2 um"},
}


@cache
def reached(setting: str = "", value: Any = None) -> tuple[np.ndarray, Simulation]:
    """Times at which the crack has grown so far [s], and the simulation there."""
    case = Case.from_mapping(FILAMENT)
    simulation = Simulation(
        case.with_settings({setting: list(value) if isinstance(value, tuple) else value}) if setting else case
    )
    rows = [simulation.advance()]
    while rows[-1]["crack_length_m"] < rows[0]["crack_length_m"] + GROWN[-1]:
        rows.append(simulation.advance())
    length = np.array([row["crack_length_m"] for row in rows])
    return np.interp(GROWN, length - length[0], [row["time_s"] for row in rows]), simulation


@pytest.mark.parametrize(
    ("setting", "value", "allowed"),
    [
        ("numerics.step", 0.125, 0.03),
        ("numerics.coupling_tolerance", 5e-4, 0.003),
        ("domain.cells", (120, 84), 0.03),
    ],
)
def test_growth_does_not_depend_on_the_numerics(setting: str, value: Any, allowed: float) -> None:
    once, _ = reached()
    again, _ = reached(setting, value)
    print(setting, np.round(100.0 * (again / once - 1.0), 2), "%")
    np.testing.assert_allclose(again, once, rtol=allowed)


def test_metal_lies_in_one_row_of_the_finer_grid() -> None:
    """The crack runs along the grid: the rows beside it are damaged and empty."""
    _, simulation = reached("domain.cells", (120, 84))
    filling = simulation.state.solid.filling
    metal, damage = np.asarray(filling.filling), np.asarray(filling.damage)
    behind = slice(18, 66)  # from the front to 4 um behind the flaw's first tip
    rows = metal[behind].sum(axis=0)
    assert rows.max() > 0.95 * rows.sum()  # measured: 98.3 %
    beside = rows.argmax() + 1
    assert damage[behind, beside].min() > 0.5
