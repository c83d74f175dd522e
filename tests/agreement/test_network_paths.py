"""Where metal forms and which way it goes: electrode or interior, resistive boundaries, through grains, on three grids."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dendrion import theory
from dendrion.case import Case
from dendrion.runs.engines import simulation_of

from ..network_setup import model_of, polycrystal, run

SEEDS = (1, 2, 3, 4, 5)
"""Five polycrystals: the same sign in all of them has a chance of 1/32 if there is none."""


def leaking(seed: int, factor: float, electronic: str = "1e-8 S/m", **further: Any) -> Case:
    """Boundaries that leak ``factor`` times better than grains in the half of the cell next to the plating electrode."""
    return polycrystal(
        seed=seed, resistance="5 ohm*cm^2", boundary={"electronic_factor": factor},
        materials={"electrolyte": {"electronic_conductivity": electronic}}, network={"leaky_depth": "25 um"}, **further,
    )  # fmt: skip


def test_leaky_boundaries_turn_interface_first_into_interior_first() -> None:
    """The current at which metal forms inside falls with the leak and crosses that at which it enters from the electrode."""
    ratios = []
    for factor in (1.0, 1e3, 1e6):
        onsets = np.array([model_of(leaking(seed, factor)).initial_state()["onsets"] for seed in SEEDS])
        ratios.append(onsets[:, 1] / onsets[:, 0])
    assert (ratios[0] > 1.2).all() and (ratios[-1] < 0.8).all()
    assert (np.diff(ratios, axis=0) < 0.0).all()


@pytest.mark.parametrize("factor", [1.0, 1e6])
def test_the_run_goes_the_way_the_onsets_say(factor: float) -> None:
    case = leaking(1, factor)
    onsets = model_of(case).initial_state()["onsets"]
    current = float(np.sqrt(onsets.prod()))
    simulation, rows = run(case.with_settings({"protocol": [f"plate at {current} A/m^2 for 1 h"]}), most=30)
    row = rows[-1]
    if factor == 1.0:
        assert simulation.summary()["morphology"] == "interface-first"
        assert row["connected_metal_m"] > 0.0 and row["interior_share"] < 1e-3
    else:
        assert simulation.summary()["morphology"] == "interior-first"
        assert row["isolated_metal_m"] > 0.0 and row["interior_share"] == 1.0 and row["tip_position_m"] == 0.0


def test_metal_inside_lives_on_electrons_that_leak() -> None:
    """A thousandth of the conductivity for electrons, a thousandth of the metal: none in the limit."""
    grown = []
    for electronic in ("1e-8 S/m", "1e-11 S/m"):
        case = leaking(2, 1e6, electronic).with_settings({"protocol": ["plate at 2.2 mA/cm^2 for 1 h"]})
        _, rows = run(case, most=200)
        assert max(abs(row["faraday_error"]) for row in rows) < 1e-6
        grown.append(rows[-1]["isolated_metal_m"])
    assert grown[0] > 1e-10
    assert grown[1] == pytest.approx(1e-3 * grown[0], rel=0.1)


def nasicon(seed: int, factor: float) -> Case:
    """NZSP with boundaries of 0.5 µm (a glass, as in phase-field work) that conduct ``factor`` times as well as grains."""
    return Case.from_mapping({
        "cell": {"metal": "Na", "electrolyte": "NZSP", "interface_resistance": "5 ohm*cm^2"},
        "domain": {"size": ["50 um", "50 um"], "cells": [32, 32]},
        "microstructure": {"kind": "polycrystal", "grain_size": "8 um", "seed": seed,
                           "boundary": {"conductivity_factor": factor, "thickness": "0.5 um"}},
        "protocol": ["plate at 12 mA/cm^2 for 1 h"], "physics": {"engine": "network"}, "numerics": {"step": 0.5},
    })  # fmt: skip


@pytest.mark.slow
def test_resistive_boundaries_of_nasicon_short_earlier() -> None:
    """kappa_gb/kappa_b of 0.01 against 0.3 (DOI 10.1126/sciadv.adr0676): islands at the boundaries merge into a network."""
    for seed in SEEDS:
        conducting, even = run(nasicon(seed, 0.3))
        resistive, rows = run(nasicon(seed, 0.01))
        assert conducting.status == resistive.status == "shorted"
        assert rows[-1]["time_s"] < 0.8 * even[-1]["time_s"]
        assert max(row["islands"] for row in rows) > max(row["islands"] for row in even)
        assert rows[-1]["network_share"] < even[-1]["network_share"]


def share_along(seed: int, resistance: float, toughness: float) -> float:
    """Share of the metal that lies in boundaries at the short, where it may go through grains as well."""
    case = polycrystal(
        seed=seed, resistance="5 ohm*cm^2", current="4 mA/cm^2", numerics={"step": 0.5},
        boundary={"resistance": f"{resistance} ohm*cm^2", "fracture_factor": toughness},
        network={"through_grains": True, "opening_pressure": f"{130.0 * toughness**0.5} MPa"},
    )  # fmt: skip
    simulation, rows = run(case)
    assert simulation.status == "shorted"
    return rows[-1]["boundary_share"]


@pytest.mark.slow
def test_resistance_of_boundaries_sends_metal_through_grains() -> None:
    """Dawson's rule (DOI 10.1021/jacs.7b10593): along boundaries while a grain resists more, through grains beyond.

    The order holds where boundaries are weaker; the field never leaves boundaries as far as the rule says, and where they are
    as tough as grains it sees no difference.
    """
    resistances = (0.1, 1.0, 100.0)  # [ohm cm^2]
    rule = [
        float(theory.grain_boundary_path(
            conductivity=0.06, boundary_conductivity=2e-9 / (1e-4 * one), grain_size=8e-6, boundary_thickness=2e-9,
            fracture_ratio=0.5,
        ).evaluate()["probability_along"]) for one in resistances
    ]  # fmt: skip
    assert rule[0] > 0.85 and rule[-1] < 0.05
    for seed in SEEDS[:3]:
        weak = [share_along(seed, one, 0.5) for one in resistances]
        assert weak[0] > weak[1] + 0.03 > weak[2] + 0.06
        assert weak[0] > 0.65 and weak[-1] > 0.4
        tough = [share_along(seed, one, 1.0) for one in (0.1, 100.0)]
        assert abs(tough[0] - tough[1]) < 0.06


@pytest.mark.slow
def test_three_grids_short_at_the_same_time() -> None:
    times = []
    for cells in (32, 48, 64):
        simulation, rows = run(polycrystal(cells=(cells, cells), numerics={"step": 0.5}))
        assert simulation.status == "shorted"
        times.append(rows[-1]["time_s"])
    assert np.ptp(times) < 0.05 * times[-1], times


def test_a_checkpoint_goes_on_bit_for_bit() -> None:
    case = polycrystal(seed=3)
    whole = simulation_of(case)
    for _ in range(40):
        whole.advance()
    halved = simulation_of(case)
    for _ in range(20):
        halved.advance()
    saved = halved.checkpoint()
    again = simulation_of(case)
    again.restore(saved)
    for _ in range(20):
        again.advance()
    assert again.row == whole.row
    assert whole.row["connected_metal_m"] > 0.0
    for name, values in whole.state.items():
        assert np.array_equal(np.asarray(values), np.asarray(again.state[name])), name
