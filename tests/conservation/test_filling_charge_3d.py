"""Metal in a half-penny crack in three dimensions: the same code, charge and pressure as in two."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.field.filling_step import filling_step
from tests.filling_setup import VOLTAGE_PER_PRESSURE, galvanostatic, make_cell, metal_in_cracks

SHAPE, CELL, RADIUS, CURRENT = (12, 11, 12), 1.0e-6, 4, 200.0

pytestmark = pytest.mark.slow


def half_penny():
    """Cells of one layer y = const within RADIUS cells of the middle of the wall x = 0."""
    x, z = np.meshgrid(np.arange(SHAPE[0]) + 0.5, np.arange(SHAPE[2]) + 0.5 - 0.5 * SHAPE[2], indexing="ij")
    flaw = np.zeros(SHAPE, bool)
    flaw[:, SHAPE[1] // 2, :] = np.hypot(x, z) < RADIUS
    return flaw


def test_charge_and_pressure_of_a_stalled_half_penny():
    flaw = half_penny()
    parameters, state = make_cell(flaw, CELL, (0.0, 1.0, 0.0), tolerance=1e-5)
    charge, currents = 0.0, []
    for step in (0.1, 0.2, 0.5, 1.0, 2.0, 4.0):
        state, report = filling_step(parameters, state, galvanostatic(CURRENT), step)
        assert bool(report.converged)
        currents.append(float(report.crack_current_density))
        total = currents[-1] + float(report.front_current_density)
        assert total == pytest.approx(CURRENT, rel=1e-12)
        charge += currents[-1] * step
    assert metal_in_cracks(parameters, state) == pytest.approx(charge, rel=1e-9)
    assert abs(currents[-1]) < 1e-2 * currents[0]
    pressure = np.asarray(state.pressure)[flaw]
    potential = np.asarray(state.potential - state.electrode_potential)[flaw] / VOLTAGE_PER_PRESSURE
    assert np.abs(pressure - potential).max() < 1e6
    assert pressure.max() > 50e6
    assert float(jnp.min(state.filling)) >= 0.0
    mirrored = np.asarray(state.filling)[:, ::-1, ::-1]
    assert np.allclose(mirrored, state.filling, rtol=1e-3, atol=1e-3 * float(state.filling.max()))
