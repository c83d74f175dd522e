"""Which flaw runs, and how fast: metal in an edge crack against the weight function and the law of growth by
mass."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.field.damage import crack_surface
from dendrion.field.filling_step import advance_filling
from tests.filling_setup import (
    FREE_SIDES,
    VOLTAGE_PER_PRESSURE,
    edge_flaw,
    galvanostatic,
    make_cell,
    metal_in_cracks,
)
from tests.filling_theory import BoxCompliance, critical_flaw

pytestmark = pytest.mark.slow

SHAPE, CELL = (64, 97), 0.5e-6
LENGTHS = (18, 26, 34, 42, 52)
"""Flaws of the static solves that give the compliance of the box [cells]."""


@pytest.fixture(scope="module")
def box():
    return BoxCompliance(SHAPE, CELL, LENGTHS, sides=FREE_SIDES, tolerance=1e-5)


def march(flaw, current, growth, end, stalled=0.0, largest=0.5, **options):
    """History rows (t, growth of the crack [m], current into it [A/m], metal in it [m²]) until it has grown
    or stalled."""
    parameters, state = make_cell(
        edge_flaw(SHAPE, flaw), CELL, (0.0, 1.0), tolerance=1e-6, sides=FREE_SIDES, **options
    )
    width = SHAPE[1] * CELL
    first = float(crack_surface(parameters.damage, state.damage))
    now, step, rows = 0.0, 0.1, []
    while now < end:
        accepted = advance_filling(parameters, state, galvanostatic(current), min(step, largest), 1e-4)
        state, now, step = accepted.state, now + accepted.step, accepted.suggestion
        assert bool(accepted.report.converged)
        into = float(accepted.report.crack_current_density) * width
        metal = metal_in_cracks(parameters, state) * VOLTAGE_PER_PRESSURE * width
        rows.append((now, float(crack_surface(parameters.damage, state.damage)) - first, into, metal))
        if rows[-1][1] > growth or into < stalled * rows[0][2]:
            break
    return np.array(rows)


def test_a_flaw_below_the_threshold_stays_and_one_above_it_runs(box):
    """10 mA/cm², l = 1 µm. Theory in this box from the weight function times K of the box over K of a half
    plane."""
    theory = critical_flaw(100.0, box.factor, between=(9e-6, 20e-6))
    assert 11e-6 < theory < 15e-6
    below, above = 18, 30
    assert below * CELL < 0.85 * theory
    assert above * CELL < 1.35 * theory
    stays = march(below, 100.0, 1.5e-6, 30.0, stalled=0.01)
    assert stays[-1, 1] < 0.3e-6
    assert stays[-1, 2] < 0.011 * stays[0, 2]
    runs = march(above, 100.0, 1.5e-6, 30.0, stalled=0.01)
    assert runs[-1, 1] > 1.5e-6


@pytest.fixture(scope="module")
def driven():
    """A crack 20 times its length scale, pressed evenly (high conductivity): it runs at K_c under uniform
    pressure."""
    options = {"conductivity": 50.0, "resistance": 3e-4}
    return [march(40, current, 6e-6, 60.0, **options) for current in (200.0, 300.0)]


def advancing(rows):
    """Velocity [m/s], current into the crack [A/m] and length grown [m] over the last part of the growth."""
    late = rows[rows[:, 1] > 0.6 * rows[-1, 1]]
    span = late[-1] - late[0]
    metal = span[3] / VOLTAGE_PER_PRESSURE / span[0]
    return span[1] / span[0], metal, 0.5 * (late[0, 1] + late[-1, 1])


def test_velocity_is_that_of_growth_by_mass(box, driven):
    """da/dt = (V_M I'/F)/(dV/da) with V(a) of the box at K_c (mechanics of a crack under uniform
    pressure)."""
    velocity, into, grown = advancing(driven[0])
    a = 40 * CELL + box.offset + grown
    slope = (box.volume_at_toughness(a + 0.2e-6) - box.volume_at_toughness(a - 0.2e-6)) / 0.4e-6
    assert velocity == pytest.approx(VOLTAGE_PER_PRESSURE * into / slope, rel=0.1)


def test_velocity_is_proportional_to_the_current_into_the_crack(driven):
    slow, fast = (advancing(rows) for rows in driven)
    assert fast[1] > 1.3 * slow[1]
    assert fast[0] / fast[1] == pytest.approx(slow[0] / slow[1], rel=0.05)
    assert jnp.isfinite(fast[0])
