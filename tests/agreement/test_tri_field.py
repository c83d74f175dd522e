"""The tri-field model as a whole: it cracks, fills and shorts; conserves charge, energy and forces; links can be cut."""

from __future__ import annotations

from functools import cache
from typing import Any

import equinox as eqx
import jax
import numpy as np
import pytest

from dendrion.case import Case
from dendrion.constants import FARADAY
from dendrion.field.connectivity import connected_cracks, connected_metal
from dendrion.field.filling_step import BROKEN
from dendrion.field.simulation import Simulation
from dendrion.field.stressed_model import UNACCOUNTED, Counts

CELLS = (40, 36)
FILAMENT: dict[str, Any] = {
    "cell": {"metal": "Li", "electrolyte": "LLZO", "interface_resistance": "0.1 ohm*cm^2"},
    "domain": {"size": ["20 um", "18 um"], "cells": list(CELLS)},
    "initial": {"metal_thickness": "4 um"},
    "flaws": [{"kind": "notch", "at": ["0 um", "9 um"], "length": "7 um"}],
    "conditions": {"temperature": "25 degC", "stack_pressure": "5 MPa", "lateral": "confined"},
    "protocol": ["plate at 60 mA/cm^2 for 10 s"],
    "physics": {"mechanics": "viscoplastic", "fracture": "at2"},
}


def simulate(
    settings: dict[str, Any] | None = None, steps: int = 1000
) -> tuple[Simulation, list[dict[str, float]]]:
    """Runs the filament with settings for at most so many steps."""
    case = Case.from_mapping(FILAMENT)
    simulation = Simulation(case.with_settings(settings) if settings else case)
    rows = []
    while not simulation.finished and len(rows) < steps:
        rows.append(simulation.advance())
    return simulation, rows


@cache
def shorted() -> tuple[Simulation, list[dict[str, float]]]:
    """The run to its end, shared by the tests."""
    return simulate()


@pytest.mark.slow
def test_a_filament_cracks_the_electrolyte_and_shorts_the_cell() -> None:
    simulation, rows = shorted()
    assert simulation.status == "shorted"
    assert rows[-1]["tip_position_m"] > 19e-6
    assert rows[-1]["crack_length_m"] > rows[0]["crack_length_m"] + 6e-6
    # The wedge presses as the overpotential allows and no more: p <= F eta / V_M.
    limit = FARADAY * max(row["overpotential_V"] for row in rows) / 12.97e-6
    assert 50e6 < max(row["metal_pressure_max_Pa"] for row in rows) < limit


@pytest.mark.slow
def test_charge_and_energy_balance_all_the_way() -> None:
    _, rows = shorted()
    assert max(abs(row["faraday_error"]) for row in rows) < 1e-9
    assert max(row["energy_error"] for row in rows) < 1e-2
    assert rows[-1]["filling_charge_C_per_m2"] > 0.05 * rows[-1]["charge_C_per_m2"]


@pytest.mark.slow
def test_mechanical_work_counted_twice_would_show() -> None:
    """The work of wedging taken from the reaction and given to the body twice over: the account does not close."""
    simulation, rows = shorted()
    state, model = simulation.state, simulation.model
    once, warned = state.solid.energies, list(model.warnings)
    twice = once._replace(wedged=2.0 * once.wedged)
    counts = Counts(True, 1, 1, 1)
    row = model.stress_row(dict(rows[-1]), state.measures, twice, counts)
    assert row["energy_error"] > 5.0 * rows[-1]["energy_error"]
    assert row["energy_error"] > UNACCOUNTED
    assert not warned and any("accounted" in line for line in model.warnings)
    model.warnings = warned


@pytest.mark.slow
def test_a_new_crack_is_broken_through() -> None:
    """No ligaments bridge it, however little it is open: half-broken cells are those at its tip."""
    simulation, _ = shorted()
    damage = np.asarray(simulation.state.solid.filling.damage)
    flaw = np.asarray(simulation.model.solid.cracked)
    assert ((damage > BROKEN) & (damage < 1.0)).sum() <= 2  # those of the last step
    assert ((damage == 1.0) & ~flaw).sum() >= 10  # of 18 rows to the counter electrode


@pytest.mark.slow
def test_metal_in_cracks_is_connected_with_the_anode() -> None:
    simulation, _ = shorted()
    state, periodic = simulation.state, simulation.grid.periodic
    filling = np.asarray(state.solid.filling.filling)
    metal = connected_metal(np.asarray(state.electro.order_parameter), periodic)
    reached = connected_cracks(
        np.asarray(state.solid.filling.damage) > float(simulation.model.solid.gate), metal, False, periodic
    )
    assert (filling > 1e-6).sum() > 10
    assert not (filling > 1e-6)[~reached & ~metal].any()


@pytest.mark.slow
def test_every_section_carries_the_stack_pressure() -> None:
    """Sides are smooth: the mean of sigma_xx over any section is -P, cracked or not, in metal and in electrolyte."""
    simulation, _ = simulate(steps=6)
    mean = np.asarray(simulation.state.solid.stress[0]).mean(axis=1)
    np.testing.assert_allclose(mean, -5e6, atol=2e5)


@pytest.mark.slow
def test_no_pressure_on_crack_faces_no_crack() -> None:
    _, rows = simulate({"physics.coupling.filling_to_stress": "off"}, steps=12)
    assert rows[-1]["crack_length_m"] == pytest.approx(rows[0]["crack_length_m"], rel=1e-6)
    assert rows[-1]["filling_charge_C_per_m2"] > 0.0


@pytest.mark.slow
def test_metal_that_its_pressure_does_not_hinder_presses_harder() -> None:
    _, hindered = simulate(steps=4)
    _, driven = simulate({"physics.coupling.pressure_to_kinetics": "off"}, steps=4)
    assert driven[-1]["metal_pressure_max_Pa"] > hindered[-1]["metal_pressure_max_Pa"]
    assert abs(driven[-1]["faraday_error"]) < 1e-9


@pytest.mark.slow
def test_a_front_stays_a_front_at_a_current_that_drops_volts_in_the_electrolyte() -> None:
    """At 150 mA/cm^2 the cells ahead of the front see 0.4 V: the front must not be stirred as fast as they would plate."""
    simulation, rows = simulate({"protocol": ["plate at 150 mA/cm^2 for 10 s"]}, steps=12)
    order_parameter = np.asarray(simulation.state.electro.order_parameter)
    assert order_parameter.min() > -1e-6
    assert order_parameter.max() < 1.0 + 1e-6
    assert rows[-1]["roughness_m"] < 1e-8
    lengths = [row["crack_length_m"] for row in rows]
    assert min(np.diff(lengths)) > 0.0
    assert lengths[-1] > lengths[0] + 0.8e-6


@pytest.mark.slow
def test_a_checkpoint_goes_on_bit_for_bit() -> None:
    first, _ = simulate(steps=5)
    saved = first.checkpoint()
    again = Simulation(first.case)
    again.restore(saved)
    np.testing.assert_equal(again.advance(), first.advance())  # nan where a column has no meaning


PUSHED: dict[str, Any] = {
    "cell": {"metal": "Li", "electrolyte": "PEO-LiTFSI", "counter_electrode": "reservoir"},
    "domain": {"size": ["30 um", "24 um"], "cells": [40, 32]},
    "initial": {
        "metal_thickness": "5 um",
        "surface": {"kind": "sinusoid", "amplitude": "0.8 um", "wavelength": "24 um"},
    },
    "conditions": {"temperature": "90 degC", "stack_pressure": "0.2 MPa", "lateral": "confined"},
    "protocol": ["plate at 1 mA/cm^2 for 10 min"],
    "physics": {"mechanics": "viscoplastic"},
}
CUT = {
    f"physics.coupling.{link}": "off"
    for link in ("stress_to_kinetics", "stress_to_conduction", "growth_to_stress")
}


def rows_of(
    given: dict[str, Any], settings: dict[str, Any], steps: int = 5
) -> tuple[Simulation, list[dict[str, float]]]:
    """The first steps of a polymer case."""
    simulation = Simulation(Case.from_mapping(given).with_settings(settings))
    return simulation, [simulation.advance() for _ in range(steps)]


@pytest.mark.slow
def test_cut_links_leave_charge_salt_and_metal_bit_for_bit() -> None:
    alone, without = rows_of({**PUSHED, "conditions": {"temperature": "90 degC"}, "physics": {}}, {})
    stressed, beside = rows_of(PUSHED, CUT)
    assert type(alone.model) is not type(stressed.model)
    for name in ("order_parameter", "potential", "concentration", "electrode_potential"):
        np.testing.assert_array_equal(
            np.asarray(getattr(stressed.state.electro, name)), np.asarray(getattr(alone.state, name))
        )
    assert [row["cell_voltage_V"] for row in beside] == [row["cell_voltage_V"] for row in without]


@pytest.mark.slow
def test_a_growing_front_pushes_the_polymer() -> None:
    _, still = rows_of(PUSHED, {"physics.coupling.growth_to_stress": "off"}, 8)
    _, pushed = rows_of(PUSHED, {}, 8)
    assert pushed[-1]["metal_pressure_max_Pa"] > still[-1]["metal_pressure_max_Pa"] + 1e4
    assert abs(pushed[-1]["faraday_error"]) < 1e-6
    assert pushed[-1]["energy_error"] < 2e-2


PLATE: dict[str, Any] = {
    **FILAMENT,
    "flaws": [],
    "conditions": {"temperature_difference": "20 K", "lateral": "free", "bending": "flat"},
    "protocol": ["rest for 1 s"],
    "physics": {"mechanics": "elastic"},
}


@pytest.mark.slow
@pytest.mark.parametrize(("bending", "surface"), [("flat", 26.35e6), ("free", 0.0)])
def test_a_temperature_difference_stresses_a_plate_only_where_it_is_held_flat(
    bending: str, surface: float
) -> None:
    """Mechanics dossier 6.1: E alpha dT/(2 (1 - nu)) = 26.35 MPa, tension on the cold side, and nothing when bent."""
    simulation, _ = rows_of(PLATE, {"conditions.bending": bending}, 1)
    stress = np.asarray(simulation.state.solid.stress)
    # Away from the metal, whose own expansion loads its neighbourhood, the stress is linear in x.
    profile = stress[1].mean(axis=1)[20:36]
    x = (np.arange(20, 36) + 0.5) / CELLS[0]
    expected = -2.0 * surface * (x - 0.5)
    np.testing.assert_allclose(profile, expected, atol=0.02 * 26.35e6)


PLATED_AND_STRIPPED = {"protocol": ["plate at 60 mA/cm^2 for 0.3 s", "strip at 30 mA/cm^2 for 0.6 s"]}


@pytest.mark.slow
def test_stripping_takes_the_metal_out_of_the_crack() -> None:
    simulation, rows = simulate(PLATED_AND_STRIPPED)
    assert simulation.status == "completed"
    filled = [row["filling_charge_C_per_m2"] for row in rows]
    most = int(np.argmax(filled))
    assert rows[most]["time_s"] <= 0.3 * 1.05
    assert filled[-1] < 0.5 * filled[most]
    assert float(np.asarray(simulation.state.solid.filling.filling).min()) >= 0.0
    assert max(abs(row["faraday_error"]) for row in rows) < 1e-9
    assert max(row["energy_error"] for row in rows) < 1e-2
    # The crack stays cracked: what is left of it now is what it was at its fullest.
    assert float(simulation.state.measures.crack_surface) >= rows[most]["crack_length_m"] - 1e-9


@pytest.mark.slow
def test_filling_that_is_cut_off_is_reported_and_stays() -> None:
    """A crack healed by hand over six columns, wide enough that damage from both ends does not open it to metal again:
    what lies beyond keeps its metal while the rest is stripped."""
    simulation, rows = simulate(PLATED_AND_STRIPPED, steps=6)
    assert rows[-1]["dead_filling_C_per_m2"] == 0.0
    solid = simulation.state.solid
    cut = np.zeros(CELLS, bool)
    cut[10:16] = True
    kept = solid.filling._replace(
        **{
            name: np.where(cut, 0, np.asarray(getattr(solid.filling, name)))
            for name in ("filling", "damage", "drive", "pressure")
        }
    )
    model = simulation.model
    model.solid = eqx.tree_at(lambda q: q.cracked, model.solid, np.asarray(model.solid.cracked) & ~cut)
    beyond = float(np.asarray(kept.filling)[16:].sum())
    assert beyond > 0.0
    simulation.state = simulation.state._replace(solid=solid._replace(filling=jax.device_put(kept)))
    row = simulation.advance()
    assert float(np.asarray(simulation.state.solid.filling.filling)[16:].sum()) == pytest.approx(
        beyond, rel=1e-9
    )
    # But for a trace on the near side, beside the healed end.
    whole = float(np.asarray(simulation.state.solid.filling.filling).sum())
    assert row["dead_filling_C_per_m2"] == pytest.approx(
        row["filling_charge_C_per_m2"] * beyond / whole, rel=1e-3
    )
