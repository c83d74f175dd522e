"""Where metal plates in a cracked electrolyte: in the crack's plane, its whole band or by the slope; joined or leaking."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dendrion.case import Case
from dendrion.field.crack_plane import damage_to_the_face, plane_density
from dendrion.field.filling import reaction_area
from dendrion.field.filling_system import face_area
from dendrion.field.simulation import Simulation
from tests.agreement.test_tri_field import FILAMENT, simulate
from tests.filling_setup import edge_flaw, make_cell

GROWN = 1.5e-6
"""Growth of a crack that counts [m]: three cells."""

BURIED: dict[str, Any] = {"flaws": [{"kind": "notch", "at": ["8 um", "9 um"], "length": "4 um"}]}
"""A notch that begins 4 um in front of the metal."""


def grown(settings: dict[str, Any], steps: int = 60) -> tuple[Simulation, list[dict[str, float]]]:
    """The filament until its crack has grown by ``GROWN``, at most so many steps."""
    simulation = Simulation(Case.from_mapping(FILAMENT).with_settings(settings))
    rows: list[dict[str, float]] = []
    while not rows or (rows[-1]["crack_length_m"] < rows[0]["crack_length_m"] + GROWN and len(rows) < steps):
        rows.append(simulation.advance())
    return simulation, rows


@pytest.mark.slow
@pytest.mark.parametrize("way", ["plane", "band", "slope"])
def test_a_crack_grows_and_its_metal_is_the_charge_whichever_way_it_plates(way: str) -> None:
    simulation, rows = grown({"physics.crack.deposition": way})
    assert rows[-1]["crack_length_m"] >= rows[0]["crack_length_m"] + GROWN
    assert max(abs(row["faraday_error"]) for row in rows) < 1e-9
    assert max(row["energy_error"] for row in rows) < 1e-2
    # The plane keeps its metal in one row, but for traces.
    filled = np.asarray(simulation.state.solid.filling.filling)[12]
    share = filled.max() / filled.sum()
    assert share > 0.96 if way == "plane" else share < 0.96


def test_the_plane_is_what_it_was_bit_for_bit() -> None:
    """The reaction area of the default is that of `plane_density` with the damage of the cell's face, to the last bit."""
    parameters, state = make_cell(edge_flaw((24, 25), 8), 0.5e-6, (0.0, 1.0))
    area = face_area(parameters, state)
    plane = plane_density(
        state.damage, state.normal, parameters.reach, parameters.spacing, parameters.periodic
    )
    at_face = damage_to_the_face(state.damage, parameters.damage.length, parameters.spacing)
    np.testing.assert_array_equal(
        np.asarray(area), np.asarray(reaction_area(at_face, plane, parameters.cracks.gate))
    )
    assert float(area.max()) * 0.5e-6 == pytest.approx(2.0, rel=1e-2)


@pytest.mark.slow
def test_naming_the_defaults_changes_no_bit() -> None:
    named, _ = simulate({"physics.crack.deposition": "plane", "physics.crack.open": "connected"}, steps=3)
    plain, _ = simulate(steps=3)
    for name in ("filling", "damage", "displacement", "potential"):
        np.testing.assert_array_equal(
            getattr(named.state.solid.filling, name), getattr(plain.state.solid.filling, name)
        )


@pytest.mark.slow
def test_a_leaking_crack_fills_where_nothing_joins_it_and_a_sound_one_does_not() -> None:
    simulation, rows = grown({**BURIED, "physics.crack.open": "leaking"})
    filled = rows[-1]["filling_charge_C_per_m2"]
    assert filled > 10.0
    assert rows[-1]["dead_filling_C_per_m2"] == filled
    assert rows[-1]["crack_length_m"] >= rows[0]["crack_length_m"] + GROWN
    # The electrons that leaked are part of the protocol's current: metal grown is all of its charge.
    assert max(abs(row["faraday_error"]) for row in rows) < 1e-9
    assert max(row["energy_error"] for row in rows) < 1e-2
    assert not np.asarray(simulation.state.solid.filling.connected).any()

    _, sound = simulate(BURIED, steps=6)
    assert sound[-1]["filling_charge_C_per_m2"] == sound[-1]["dead_filling_C_per_m2"] == 0.0
    assert sound[-1]["crack_length_m"] == pytest.approx(sound[0]["crack_length_m"], rel=1e-3)


@pytest.mark.slow
def test_leaking_metal_that_touches_the_counter_electrode_shorts() -> None:
    deep = {"flaws": [{"kind": "notch", "at": ["15 um", "9 um"], "length": "3.5 um"}]}
    simulation, rows = grown({**deep, "physics.crack.open": "leaking"}, steps=1)
    while not simulation.finished and len(rows) < 40:
        rows.append(simulation.advance())
    assert simulation.status == "shorted"
    assert rows[-1]["dead_filling_C_per_m2"] == rows[-1]["filling_charge_C_per_m2"] > 0.0
