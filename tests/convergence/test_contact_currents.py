"""Currents through an interface that touches in places: constriction, Wagner number, response to pressure."""

import math

import numpy as np
import pytest

from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.errors import SimulationError
from dendrion.field.contact_currents import (
    Kinetics,
    redistribute,
    slab_potential,
    slab_response,
    solve_currents,
)
from dendrion.numerics.lateral_modes import LateralModes

F_OVER_RT = FARADAY / (GAS_CONSTANT * 298.15)
LENGTH, CONDUCTIVITY = 200e-6, 0.05


def kinetics(cells, exchange, alpha=0.5):
    return Kinetics(np.broadcast_to(np.asarray(exchange, dtype=float), cells), alpha, F_OVER_RT)


def test_a_disc_constricts_the_current():
    """Spreading resistance of a round contact in a flux tube: Holm's 1/(4 kappa a) times (1 - 1.4092 e + 0.3381 e^3)."""
    side, radius, errors = 100e-6, 10e-6, []
    for cells in (32, 64, 128):
        fine = (np.arange(cells * 8) + 0.5) / (cells * 8) * side - side / 2
        disc = (fine[:, None] ** 2 + fine[None, :] ** 2 < radius**2).astype(float)
        contact = np.maximum(disc.reshape(cells, 8, cells, 8).mean((1, 3)), 1e-12)
        modes = LateralModes((cells, cells), (side / cells,) * 2, True)
        response = slab_response(modes, 500e-6, CONDUCTIVITY)
        quick = kinetics((cells, cells), 1e4)
        potential, current = solve_currents(
            modes, response, quick, contact, np.zeros_like(contact), 1e-3, np.zeros_like(contact)
        )
        assert current.mean() == pytest.approx(1e-3, rel=1e-8)
        own = 1.0 / (1e4 * F_OVER_RT * math.pi * radius**2)
        e = radius / (side / math.sqrt(math.pi))
        exact = (1.0 - 1.4092 * e + 0.3381 * e**3) / (4.0 * CONDUCTIVITY * radius)
        errors.append(abs(potential.mean() / (1e-3 * side**2) - own - exact) / exact)
    print(f"error of the spreading resistance {errors}")
    assert errors[-1] < 0.03 and errors[-1] < errors[0] / 3


def test_resistance_levels_what_the_slab_focuses():
    """Exchange current density with a ripple e: the current ripples by e S_k/(S_k + D) to first order."""
    modes = LateralModes((64,), (100e-6 / 64,), False)
    y = (np.arange(64) + 0.5) * 100e-6 / 64
    wave = np.cos(2.0 * math.pi * y / 100e-6)
    response = slab_response(modes, LENGTH, CONDUCTIVITY)
    k = 2.0 * math.pi / 100e-6
    for exchange in (0.1, 10.0, 1000.0):
        ripple, slope = 1e-4, exchange * F_OVER_RT
        _, current = solve_currents(
            modes, response, kinetics((64,), exchange * (1.0 + ripple * wave)), np.ones(64), np.zeros(64),
            1e-5 * exchange, np.zeros(64),
        )  # fmt: skip
        drawn = CONDUCTIVITY * k / math.tanh(k * LENGTH)
        found = 2.0 * float((current * wave).mean()) / current.mean() / ripple
        assert found == pytest.approx(drawn / (drawn + slope), rel=1e-3)


@pytest.mark.parametrize("alpha", [0.3, 0.5])
@pytest.mark.parametrize("current", [-300.0, 5.0])
def test_an_even_interface_obeys_butler_and_volmer(current, alpha):
    modes = LateralModes((16,), (1e-6,), True)
    response = slab_response(modes, LENGTH, CONDUCTIVITY)
    potential, density = solve_currents(
        modes, response, kinetics((16,), 10.0, alpha), np.full(16, 0.5), np.zeros(16), current, np.zeros(16)
    )
    assert np.ptp(potential) == pytest.approx(0.0, abs=1e-15)
    eta = potential[0]
    expected = 5.0 * (math.exp(alpha * F_OVER_RT * eta) - math.exp(-(1.0 - alpha) * F_OVER_RT * eta))
    assert density[0] == pytest.approx(current, rel=1e-8) and expected == pytest.approx(current, rel=1e-8)


def test_pressure_moves_current_as_the_linear_answer_says():
    """The nonlinear currents under a small shift against ``redistribute``; symmetric, of zero mean."""
    generator = np.random.default_rng(1)
    modes = LateralModes((32,), (2e-6,), True)
    response = slab_response(modes, LENGTH, CONDUCTIVITY)
    contact, some = generator.uniform(0.1, 1.0, 32), kinetics((32,), 20.0)
    shifts = generator.normal(size=(2, 32)) * 1e-7
    before, current = solve_currents(modes, response, some, contact, np.zeros(32), 10.0, np.zeros(32))
    _, moved = solve_currents(modes, response, some, contact, shifts[0], 10.0, before)
    slope = contact * some.slope(before)
    taken = [redistribute(modes, response, slope, shift, 1e-12) for shift in shifts]
    np.testing.assert_allclose(current - moved, taken[0], atol=1e-3 * np.abs(taken[0]).max())
    assert abs(taken[0].mean()) < 1e-12 * np.abs(taken[0]).max()
    assert (shifts[1] * taken[0]).sum() == pytest.approx((shifts[0] * taken[1]).sum(), rel=1e-6)
    assert (shifts[0] * taken[0]).sum() > 0.0


def test_the_potential_inside_the_slab():
    """It meets the interface, is even at the counter electrode, and carries the current that the response says."""
    modes = LateralModes((32,), (2e-6,), True)
    y = (np.arange(32) + 0.5) * 2e-6
    surface = 0.02 + 1e-3 * np.cos(2.0 * math.pi * y / 64e-6)
    depth = np.array([0.0, 1e-9, LENGTH])
    inside = slab_potential(modes, surface, 10.0, depth, LENGTH, CONDUCTIVITY)
    np.testing.assert_allclose(inside[0], surface, rtol=1e-12)
    np.testing.assert_allclose(inside[2], 0.02 + 10.0 * LENGTH / CONDUCTIVITY, rtol=1e-12)
    drawn = CONDUCTIVITY * (inside[1] - inside[0]) / 1e-9
    response = slab_response(modes, LENGTH, CONDUCTIVITY)
    np.testing.assert_allclose(drawn, 10.0 - modes.multiply(surface, response), rtol=1e-4)


def test_an_interface_that_touches_nowhere_is_refused():
    modes = LateralModes((16,), (1e-6,), True)
    response = slab_response(modes, LENGTH, CONDUCTIVITY)
    with pytest.raises(SimulationError, match="do not balance"), np.errstate(all="ignore"):
        solve_currents(modes, response, kinetics((16,), 1.0), np.zeros(16), np.zeros(16), 1.0, np.zeros(16))
