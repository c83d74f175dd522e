"""The shipped cases of the contact engine: their conclusions, and stored numbers at a short setting."""

from __future__ import annotations

import pytest

from dendrion.case import load_case, shipped_cases
from dendrion.runs.engines import simulation_of
from tests.metals_setup import cycles_with_voids

SHORT = ["domain.cells=[4, 64]"]
CASES = ("voids_lithium", "voids_sodium", "voids_contact_lost", "voids_until_crack")


def last_rows(name: str) -> tuple[dict[str, float], dict[str, float], str, float]:
    """The last rows of stripping and of plating, why the run ended and the worst account of charge."""
    simulation, rows = simulation_of(load_case(name, set=SHORT)), []
    while not simulation.finished:
        rows.append(simulation.advance())
    stripping = [row for row in rows if row["current_density_A_per_m2"] < 0.0]
    plating = [row for row in rows if row["current_density_A_per_m2"] > 0.0]
    worst = max(abs(row["faraday_error"]) for row in rows)
    return stripping[-1], plating[-1], simulation.stop_reason, worst


def test_every_case_of_the_contact_engine_is_here():
    assert {name for name, _ in shipped_cases() if name.startswith("voids_")} == set(CASES)


@pytest.mark.slow
def test_lithium_leaves_voids_where_sodium_flows():
    """Same cell, pressure and current: at 1 MPa voids stay under lithium and close under sodium."""
    lithium, plated_lithium, _, worst = last_rows("voids_lithium")
    sodium, plated_sodium, _, worst_sodium = last_rows("voids_sodium")
    assert max(worst, worst_sodium) < 1e-5
    assert lithium["contact_fraction"] < 0.7 and sodium["contact_fraction"] > 0.75
    assert plated_lithium["void_volume_m"] > 3.0 * plated_sodium["void_volume_m"]
    assert plated_lithium["current_focusing"] > 1.2 * plated_sodium["current_focusing"]


def test_lost_contact_ends_in_a_crack():
    _, plating, reason, worst = last_rows("voids_contact_lost")
    assert "crack" in reason and plating["flaw_drive"] > 1.0 and worst < 1e-5
    assert plating["contact_fraction"] < 1e-3


@pytest.mark.slow
def test_voids_that_stay_crack_the_electrolyte_in_a_later_cycle():
    """The third plating does what the first did not; sodium under the same numbers never comes near it."""
    lithium, sodium = cycles_with_voids("Li"), cycles_with_voids("Na", settings=("stop.time=9100 s",))
    cycles = lithium[-1]["throughput_C_per_m2"] / 72e3
    print(f"a crack starts after {cycles:.2f} cycles; sodium {max(row['flaw_drive'] for row in sodium):.2f}")
    assert lithium[-1]["flaw_drive"] > 1.0 and cycles > 2.0
    assert sodium[-1]["throughput_C_per_m2"] > 72e3 * cycles - 1.0
    assert max(row["flaw_drive"] for row in sodium) < 0.5
