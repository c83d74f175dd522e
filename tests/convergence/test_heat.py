"""Heat conduction against exact solutions: transient, with Joule heat, and with a convective wall."""

from __future__ import annotations

import math
from itertools import pairwise

import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.field.heat import HeatWall, conduction_heat, heat_step
from dendrion.field.properties import number
from dendrion.field.transport import Conductances

LENGTH, CONDUCTIVITY, CAPACITY = 1e-3, 1.4, 3e6


def run(cells, source, walls, start, duration, steps):
    """Temperature [K] after ``steps`` backward-Euler steps on a slab of ``cells`` cells."""
    h = LENGTH / cells
    x = (np.arange(cells) + 0.5) * h
    temperature = jnp.asarray(start(x))
    capacity, conductivity = jnp.full(cells, CAPACITY), jnp.full(cells, CONDUCTIVITY)
    hot = tuple(HeatWall(number(a), number(b)) for a, b in walls)
    for _ in range(steps):
        temperature, _ = heat_step(
            temperature, capacity, conductivity, jnp.full(cells, source), hot, number(duration / steps),
            (number(h),), (False,), (1.0,), 1e-12,
        )  # fmt: skip
    return x, np.asarray(temperature)


def orders(errors):
    """Observed order between successive halvings."""
    return [math.log2(a / b) for a, b in pairwise(errors)]


def test_transient_conduction_is_second_order_in_space() -> None:
    """sin(pi x/L) between cold walls decays as the discrete-time factor (1 + alpha pi^2 dt/L^2)^-n, exactly."""
    rate, duration, steps = CONDUCTIVITY / CAPACITY * (math.pi / LENGTH) ** 2, 0.1, 5
    factor = (1.0 + rate * duration / steps) ** -steps
    errors = []
    for cells in (16, 32, 64):
        x, found = run(
            cells, 0.0, [(math.inf, 0.0)] * 2, lambda x: np.sin(math.pi * x / LENGTH), duration, steps
        )
        errors.append(np.abs(found - factor * np.sin(math.pi * x / LENGTH)).max())
    print("errors", errors, "orders", orders(errors))
    assert min(orders(errors)) > 1.9


def test_transient_conduction_is_first_order_in_time() -> None:
    rate, duration = CONDUCTIVITY / CAPACITY * (math.pi / LENGTH) ** 2, 0.2
    errors = []
    for steps in (8, 16, 32):
        x, found = run(
            256, 0.0, [(math.inf, 0.0)] * 2, lambda x: np.sin(math.pi * x / LENGTH), duration, steps
        )
        errors.append(np.abs(found - math.exp(-rate * duration) * np.sin(math.pi * x / LENGTH)).max())
    print("errors", errors, "orders", orders(errors))
    assert min(orders(errors)) > 0.9


def test_joule_heat_of_a_slab_reaches_its_steady_profile() -> None:
    """Uniform heat between walls at 0: T = q x (L - x)/(2 k); one implicit step of 1e6 s is the steady state."""
    source, errors = 1e9, []
    for cells in (16, 32, 64):
        x, found = run(cells, source, [(math.inf, 0.0)] * 2, np.zeros_like, 1e6, 1)
        exact = source * x * (LENGTH - x) / (2.0 * CONDUCTIVITY)
        errors.append(np.abs(found - exact).max() / exact.max())
    print("errors", errors, "orders", orders(errors))
    assert min(orders(errors)) > 1.9


@pytest.mark.parametrize("transfer", [10.0, 1e3, 1e5])
def test_convective_wall_equals_the_biot_profile(transfer: float) -> None:
    """(T - T_out)/(T_b - T_out) = 1 - (Bi x/L)/(1 + Bi), linear, so exact on any grid."""
    biot = transfer * LENGTH / CONDUCTIVITY
    x, found = run(16, 0.0, [(math.inf, 10.0), (transfer, 0.0)], np.zeros_like, 1e7, 1)
    exact = 10.0 * (1.0 - biot * x / LENGTH / (1.0 + biot))
    assert found == pytest.approx(exact, rel=1e-6)


def test_cooled_slab_with_heat_equals_the_dossier() -> None:
    """q L/(2 H) + q L^2/(8 k) in the middle: 5.000 + 0.0089 K for 1e5 W/m^3, 1 mm, 10 W/(m^2 K), 1.4 W/(m K)."""
    _, found = run(65, 1e5, [(10.0, 0.0)] * 2, np.zeros_like, 1e8, 1)
    assert found[32] == pytest.approx(5.0 + 0.0089, abs=2e-4)


def test_an_insulated_body_keeps_its_heat() -> None:
    _, found = run(32, 0.0, [(0.0, 0.0)] * 2, lambda x: np.cos(math.pi * x / LENGTH) + 2.0, 3.0, 7)
    assert found.mean() == pytest.approx(2.0, rel=1e-10)


def test_joule_heat_equals_current_squared_over_conductivity() -> None:
    cells, h, current, sigma = 32, 1e-5, 10.0, 0.05
    potential = jnp.asarray(-current / sigma * (np.arange(cells) + 0.5) * h)
    faces, counter = (jnp.full(cells - 1, sigma / h**2),), jnp.asarray(2.0 * sigma / h**2)
    past = potential - potential[-1] - current / sigma * 0.5 * h
    heat = np.asarray(conduction_heat(Conductances(faces, counter), -past, (False,)))
    assert heat[1:] == pytest.approx(current**2 / sigma, rel=1e-10)
    assert heat[0] == pytest.approx(0.5 * current**2 / sigma, rel=1e-10)
