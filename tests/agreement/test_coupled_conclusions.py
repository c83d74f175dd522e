"""What docs/coupled-cases.md says, at one small setting: signs, orders and ratios with a margin, nothing fitted.

Settings and runs are those of benchmarks/coupled_cases.py, whose figures stand on that page.
"""

from __future__ import annotations

import pytest

from benchmarks.coupled_cases import (
    COARSE,
    ROUGHNESS,
    Outcome,
    anode,
    arms,
    arranged,
    dry_length,
    forked,
    pressed,
    pushed,
    run,
    stripped,
    wedged,
)

pytestmark = pytest.mark.slow


def balanced(outcome: Outcome) -> Outcome:
    """The same run, its charge and energy in balance."""
    assert max(abs(row["faraday_error"]) for row in outcome.rows) < 1e-6
    assert max(row["energy_error"] for row in outcome.rows) < 2e-2
    return outcome


@pytest.mark.parametrize(("electrolyte", "current"), [("LLZO", 11.0), ("LPSC", 14.0)])
def test_pressure_keeps_contact_and_drives_the_flaw(electrolyte: str, current: float) -> None:
    """Too little loses contact in stripping, too much runs a flaw that stands without (mechanics dossier 5.4)."""
    assert stripped(electrolyte, 1.0, 0.1) > ROUGHNESS > stripped(electrolyte, 1.0, 10.0)
    grown = {}
    for pressure in (0.1, 100.0):
        settings = (f"protocol=[plate at {current} mA/cm^2 for 4 s]", "stop.tip=24 um")
        grown[pressure] = balanced(
            run("llzo_flaw", COARSE, *settings, *pressed(electrolyte, pressure))
        ).growth()
    print({pressure: f"{1e6 * length:.2f} um" for pressure, length in grown.items()})
    assert grown[0.1] < 1.5e-6
    assert grown[100.0] > 3e-6


def test_pressure_worsens_both_anodes_and_a_hot_one_protects() -> None:
    """Pressure worsens a hot anode, as Pei et al. 2025 say (10.26599/nre.2025.9120155); the rest of their rule is not found.

    They say that a hot anode is worse than a cold one and that moderate pressure helps the cold one. Held flat, the cold flaw
    takes more metal, and pressure adds to it.
    """
    charge = {
        (side, pressure): balanced(anode(side, pressure)).last["filling_charge_C_per_m2"]
        for side in ("hot", "cold")
        for pressure in (5.0, 50.0)
    }
    print({f"{side} {pressure:g} MPa": f"{value:.1f} C/m^2" for (side, pressure), value in charge.items()})
    assert charge["hot", 50.0] > 1.4 * charge["hot", 5.0]
    assert charge["cold", 50.0] > 1.15 * charge["cold", 5.0]
    assert charge["cold", 5.0] > 1.5 * charge["hot", 5.0]
    assert charge["hot", 50.0] < charge["cold", 5.0]


def test_a_crack_runs_as_fast_under_any_pressure_and_metal_follows_its_tip() -> None:
    """Initiation and speed hardly feel 7 MPa, the first as Ning et al. 2023 say (10.1038/s41586-023-05970-4).

    Not found: a dry crack ahead of its metal, and a life ten times longer at 0.1 MPa.
    """
    found = {pressure: balanced(wedged(pressure)) for pressure in (0.1, 7.0)}
    life = {pressure: outcome.last["time_s"] for pressure, outcome in found.items()}
    dry = {pressure: dry_length(outcome) for pressure, outcome in found.items()}
    print({pressure: f"{time:.2f} s, dry {1e6 * dry[pressure]:.0f} um" for pressure, time in life.items()})
    assert life[7.0] < life[0.1] < 1.3 * life[7.0]
    assert max(dry.values()) <= 2e-6


def test_pressure_leaves_a_polymer_that_hardly_gives_way_as_rough_as_it_was() -> None:
    """Shen et al. 2021 (10.1002/aenm.202003416): pressure levels. Not where a nearly incompressible polymer spreads it evenly."""
    rough = {pressure: pushed(pressure).last["roughness_m"] for pressure in (0.2, 10.0)}
    print({pressure: f"{1e6 * height:.4f} um" for pressure, height in rough.items()})
    assert rough[10.0] == pytest.approx(rough[0.2], rel=0.02)


def test_tough_particles_arrest_a_crack_and_brittle_ones_speed_it_up() -> None:
    """Particles of a second phase in the way of a crack, that differ in nothing but their toughness (mechanics dossier 3.8)."""
    brittle, plain = (balanced(arranged(energy)) for energy in (1.0, 6.2))
    tough = balanced(arranged(60.0, "stop.time=6 s"))
    print(
        f"{brittle.last['time_s']:.2f} s, {plain.last['time_s']:.2f} s, tough {1e6 * tough.growth():.2f} um in 6 s"
    )
    assert brittle.simulation.status == plain.simulation.status == "completed"
    assert brittle.last["time_s"] < 0.8 * plain.last["time_s"]
    assert plain.last["time_s"] < 6.0
    assert tough.growth() < 2.5e-6  # to the first particle


def test_a_crack_branches_at_a_fork_of_weak_boundaries_where_current_is_high() -> None:
    """Kazyak et al. 2020 (10.1016/j.matt.2020.02.008) see branches. Two tips grow where current is high.

    The fork is half a cell off the flaw's line, so that no symmetry keeps its arms alike.
    """
    one, two = (arms(balanced(forked(current))) for current in (80.0, 400.0))
    print([[f"{1e6 * length:.0f} um" for length in found] for found in (one, two)])
    assert max(one) > 8e-6
    assert min(one) < 1.5e-6
    assert max(two) > 8e-6
    assert min(two) > 4e-6
