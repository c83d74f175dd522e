"""Metal in cracks: charge to round-off, pressure of a stalled crack, stripping, dead metal, and nothing where
no crack is."""

from __future__ import annotations

import math

import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.field.filling_step import filling_step
from tests.filling_setup import (
    VOLTAGE_PER_PRESSURE,
    edge_flaw,
    galvanostatic,
    make_cell,
    metal_in_cracks,
)

SHAPE, CELL, FLAW = (24, 25), 0.5e-6, 8
CURRENT = 100.0

pytestmark = pytest.mark.slow


def edge_cell(flaw=FLAW):
    return make_cell(edge_flaw(SHAPE, flaw), CELL, (0.0, 1.0), tolerance=1e-6)


def run(parameters, state, current, steps, check_charge=True):
    """States, reports and the charge [C/m²] that went into cracks by the currents reported."""
    charge, reports = 0.0, []
    for step in steps:
        state, report = filling_step(parameters, state, galvanostatic(current), step)
        assert bool(report.converged)
        assert bool(report.finite)
        total = float(report.crack_current_density + report.front_current_density)
        if check_charge:
            assert total == pytest.approx(current, rel=1e-12, abs=1e-9)
        charge += float(report.crack_current_density) * step
        reports.append(report)
    return state, reports, charge


@pytest.fixture(scope="module")
def stalled():
    parameters, state = edge_cell()
    state, reports, charge = run(parameters, state, CURRENT, [0.1] * 5 + [0.5] * 3 + [2.0] * 3)
    return parameters, state, reports, charge


def test_filling_equals_charge(stalled):
    parameters, state, _, charge = stalled
    assert metal_in_cracks(parameters, state) == pytest.approx(charge, rel=1e-9)
    assert charge > 1.0


def test_pressure_of_a_stalled_crack_is_that_of_its_potential_and_current_dies(stalled):
    _, state, reports, _ = stalled
    middle = SHAPE[1] // 2
    pressure = np.asarray(state.pressure)[:FLAW, middle]
    potential = np.asarray(state.potential - state.electrode_potential)[:FLAW, middle]
    assert np.abs(pressure - potential / VOLTAGE_PER_PRESSURE).max() < 1e6
    assert pressure[-1] > 50e6
    assert np.all(np.diff(pressure) > 0.0)
    last, first = reports[-1].crack_current_density, reports[0].crack_current_density
    assert abs(float(last)) < 1e-3 * float(first)


def test_pressure_and_filling_are_never_negative(stalled):
    _, state, _, _ = stalled
    assert float(jnp.min(state.filling)) >= 0.0
    assert float(jnp.min(state.pressure)) >= 0.0
    outside = (state.filling == 0.0) & ~state.connected
    assert float(jnp.max(jnp.abs(jnp.where(outside, state.pressure, 0.0)))) == 0.0


def test_stripping_empties_a_crack_and_conserves_charge(stalled):
    parameters, state, _, _ = stalled
    before = metal_in_cracks(parameters, state)
    state, _, charge = run(parameters, state, -CURRENT, [0.1] * 4 + [0.4] * 4)
    after = metal_in_cracks(parameters, state)
    assert after - before == pytest.approx(charge, rel=1e-9)
    assert charge < 0.0
    assert float(jnp.min(state.filling)) >= 0.0
    print(f"left of {before:.3g} C/m2: {after:.2g}, under {float(jnp.max(state.pressure)):.2g} Pa")
    assert after < 1e-3 * before  # cells that are barely open give their traces up slowly
    assert float(jnp.max(jnp.where(state.damage >= 0.5, state.filling, 0.0))) == 0.0
    # What cracked stays cracked: damage is irreversible, metal is not.
    assert float(jnp.min(state.damage - stalled[1].damage)) > -float(parameters.numerics.damage_change)
    assert float(jnp.min(state.drive - stalled[1].drive)) >= 0.0
    refilled, _, back = run(parameters, state, CURRENT, [0.2] * 2)
    assert metal_in_cracks(parameters, refilled) - after == pytest.approx(back, rel=1e-9)
    assert back > 0.0


def test_dead_metal_keeps_its_volume_and_wedges_the_crack(stalled):
    parameters, state, _, _ = stalled
    before = metal_in_cracks(parameters, state)
    cut = parameters.cracks._replace(
        available=parameters.cracks.available.at[:4].set(0.0), gate=jnp.array(0.5)
    )
    healed = state._replace(damage=state.damage.at[:4].set(0.0))
    held = parameters.damage
    import dataclasses

    import equinox as eqx

    mask = np.asarray(held.held).copy()
    mask[:4] = False
    dead = eqx.tree_at(
        lambda p: (p.cracks, p.damage), parameters, (cut, dataclasses.replace(held, held=jnp.array(mask)))
    )
    healed = healed._replace(drive=jnp.zeros_like(state.drive))
    after, report = filling_step(dead, healed, galvanostatic(CURRENT), 1.0)
    assert not bool(after.connected[6, SHAPE[1] // 2])
    assert float(report.crack_current_density) == 0.0
    assert jnp.array_equal(after.filling, state.filling)
    assert metal_in_cracks(parameters, after) == before
    assert float(after.pressure[FLAW - 1, SHAPE[1] // 2]) > 20e6


def test_without_a_crack_nothing_fills_and_the_body_stays_where_it_is():
    parameters, state = make_cell(np.zeros(SHAPE, bool), CELL, (0.0, 1.0))
    state, _, charge = run(parameters, state, CURRENT, [0.1, 0.5])
    assert charge == 0.0
    for field in (state.filling, state.pressure, state.damage, state.displacement):
        assert float(jnp.max(jnp.abs(field))) == 0.0
    potential = np.asarray(state.potential - state.electrode_potential)
    x = (np.arange(SHAPE[0]) + 0.5) * CELL
    rt_f = 8.314462618 * 298.15 / 96485.33212
    surface = 2.0 * rt_f * math.asinh(0.5 * CURRENT * 1e-5 / rt_f)
    assert np.abs(potential - (surface + CURRENT * x / 0.05)[:, None]).max() < 1e-7


def test_potentiostatic_control_gives_the_current_of_galvanostatic_control(stalled):
    from dendrion.field.charge import Control

    parameters, state = edge_cell()
    free, report, _ = run(parameters, state, CURRENT, [0.1])
    held, other = filling_step(parameters, state, Control(jnp.array(False), free.electrode_potential), 0.1)
    assert bool(other.converged)
    total = float(other.crack_current_density + other.front_current_density)
    assert total == pytest.approx(CURRENT, rel=2e-3)
    assert float(other.crack_current_density) == pytest.approx(
        float(report[0].crack_current_density), rel=5e-3
    )
    assert jnp.allclose(held.filling, free.filling, rtol=1e-2, atol=1e-7)
