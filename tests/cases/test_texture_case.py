"""The shipped case of the texture engine at a short setting: stored numbers and its conclusion."""

from __future__ import annotations

import pytest

from dendrion.case import load_case
from dendrion.runs.engines import simulation_of

SHORT = ["domain.size=[3 um, 8 um]", "domain.cells=[30, 80]", "initial.metal_thickness=0.8 um", "texture.column_width=2 um"]  # fmt: skip


def last_row(*settings):
    simulation = simulation_of(load_case("lithium_texture", set=[*SHORT, *settings]))
    while not simulation.finished:
        row = simulation.advance()
    return row


def test_cold_and_pressed_the_low_surface_energy_wins():
    pressed, free = last_row(), last_row("conditions.stack_pressure=0 MPa")
    warm = last_row("conditions.temperature=310 K", "conditions.stack_pressure=0 MPa")
    print(f"\n{pressed['share_A']:.4f} {free['share_A']:.4f} {warm['share_A']:.4f}")
    assert pressed["share_A"] > free["share_A"] > warm["share_A"]
    assert pressed["share_A"] == pytest.approx(0.53818, rel=1e-3)
    assert abs(pressed["faraday_error"]) < 1e-12
