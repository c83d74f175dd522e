"""Cracks beside each other and beside a side of the box: steps settle, and a run that leaves its box says so."""

from __future__ import annotations

import pytest

from dendrion.case import load_case
from dendrion.field.simulation import Simulation

COARSE = ("domain.cells=[40,36]", "numerics.fracture_length=2 um")
"""Cells of 1 um, l = 2 um."""

WIDE = ("domain.size=[40 um, 48 um]", "domain.cells=[40,48]")
"""Room beside the outer ones, which the middle one pushes aside."""

THREE = "flaws=[{}]".format(
    ",".join(f"{{kind: notch, at: [0 um, {y} um], length: 14 um}}" for y in (12, 24, 36))
)
"""Three equal flaws at a distance of 6 l."""


def run(name: str, *settings: str) -> tuple[Simulation, list[dict[str, float]]]:
    """Runs a case to its end; charge and energy balance in every step."""
    simulation, rows = Simulation(load_case(name, set=[*COARSE, *settings])), []
    while not simulation.finished:
        rows.append(simulation.advance())
    assert max(abs(row["faraday_error"]) for row in rows) < 1e-6
    assert max(row["energy_error"] for row in rows) < 1e-2
    return simulation, rows


@pytest.mark.slow
def test_three_flaws_side_by_side_run_to_the_short() -> None:
    """Each keeps the current from the others, and the one ahead wins: passes that overshoot at its tip must settle."""
    simulation, rows = run("llzo_flaw", *WIDE, THREE, "protocol=[plate at 40 mA/cm^2 for 20 s]")
    assert simulation.status == "shorted"
    assert rows[-1]["crack_length_m"] > rows[0]["crack_length_m"] + 20e-6
    assert sum(row["coupling_passes"] for row in rows) < 15 * len(rows)


@pytest.mark.slow
def test_a_crack_that_comes_to_a_side_of_the_box_ends_the_run_and_says_so() -> None:
    """Compression turns the crack along the electrode and so out of the box, where straight sides would hold it."""
    simulation, rows = run("llzo_compressed", "numerics.coupling_tolerance=1e-2")
    assert simulation.status == "completed"
    assert "reached the side y = its end" in simulation.stop_reason
    assert "domain.size" in simulation.stop_reason
    assert rows[-1]["tip_position_m"] < 25e-6
