"""A filled crack on the grid against Sneddon's: pressure of a given filling, volume at a given pressure,
inclined cracks."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.field.charge import Control
from dendrion.field.filling_step import filling_step
from dendrion.field.flaws import crack
from tests.filling_setup import VOLTAGE_PER_PRESSURE, make_cell
from tests.filling_sneddon import displacement, opening, volume

pytestmark = pytest.mark.slow

PRESSURE, CELL, HALF, BOX = 150e6, 0.25e-6, 16, 3
OFFSET = 0.67
"""Length that the band adds to a crack at each end, in units of l [dimensionless]."""


def crack_in_a_body(angle, seeded):
    """A crack of half length HALF cells in a box whose walls move as those of an infinite body do under
    PRESSURE."""
    cells = 2 * BOX * HALF + 1
    centres = (np.arange(cells) + 0.5 - 0.5 * cells) * CELL
    nodes = (np.arange(cells + 1) - 0.5 * cells) * CELL
    flaw = crack((centres[:, None], centres[None, :]), (CELL, CELL), (0.0, 0.0), 2 * HALF * CELL, angle=angle)
    parameters, state = make_cell(
        flaw, CELL, (-np.sin(angle), np.cos(angle)), anode_wall=False, sides=(), conductivity=1e3, tolerance=1e-5,
        toughness=6.2e6,
    )  # fmt: skip
    fixed = np.zeros((2, cells + 1, cells + 1), bool)
    fixed[:, [0, -1], :] = fixed[:, :, [0, -1]] = True
    effective = (HALF + 2.0 * OFFSET) * CELL
    far = displacement(nodes[:, None], nodes[None, :], PRESSURE, effective, angle)
    metal = flaw if seeded else np.zeros_like(flaw)
    parameters = eqx.tree_at(
        lambda p: (p.body.fixed, p.cracks.metal), parameters, (jnp.array(fixed), jnp.array(metal))
    )
    state = state._replace(displacement=jnp.array(np.where(fixed, far, 0.0)), in_contact=jnp.array(flaw))
    along = np.broadcast_to(centres[:, None], flaw.shape)
    return parameters, state, flaw, along, effective


@pytest.mark.parametrize(("degrees", "low", "high"), [(0, 0.98, 1.03), (20, 0.93, 1.03), (45, 0.95, 1.05)])
def test_volume_of_a_crack_under_pressure(degrees, low, high):
    """Metal held at the potential c p: pressure everywhere p, volume that of a crack longer by 0.67 l at each
    end."""
    parameters, state, flaw, _, effective = crack_in_a_body(np.deg2rad(degrees), True)
    control = Control(jnp.array(False), jnp.array(-VOLTAGE_PER_PRESSURE * PRESSURE))
    for step in (1.0, 100.0):
        state, report = filling_step(parameters, state, control, step)
    assert bool(report.converged)
    assert np.abs(np.asarray(state.pressure)[flaw] / PRESSURE - 1.0).max() < 1e-4
    ratio = float(jnp.sum(state.filling)) * CELL**2 / volume(PRESSURE, effective)
    assert low < ratio < high


def test_pressure_of_a_given_filling():
    """Sneddon's opening in the row of the crack gives its pressure back, on average and point by point
    inside."""
    parameters, state, flaw, along, effective = crack_in_a_body(0.0, False)
    filling = np.where(flaw, opening(along, PRESSURE, effective) / CELL, 0.0)
    state = state._replace(filling=jnp.array(filling))
    state, report = filling_step(parameters, state, Control(jnp.array(False), jnp.array(0.0)), 1.0)
    assert bool(report.converged)
    assert jnp.array_equal(state.filling, jnp.array(filling))
    inner = flaw & (np.abs(along) < 0.8 * HALF * CELL)
    pressure = np.asarray(state.pressure)[inner] / PRESSURE
    assert pressure.mean() == pytest.approx(1.0, abs=0.035)
    assert pressure.std() < 0.07  # neighbours alternate towards the tips; metal that may plate evens that out
