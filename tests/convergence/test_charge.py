"""The charge balance against exact solutions: a slab with a diffuse front, and a manufactured field in two dimensions."""

from __future__ import annotations

import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.field import two_potential
from dendrion.field.charge import Electrode, solve_charge
from dendrion.field.kinetics import plating_current_density
from dendrion.field.transport import conductances
from tests.field_setup import (
    centres,
    everywhere,
    held_potential,
    make_parameters,
    make_state,
    number,
    passed_current,
    profile,
)

THERMAL = GAS_CONSTANT * 298.15 / FARADAY
EXCHANGE = 10.0


def slab(width, position, control, cells=128, **options):
    """One charge balance of a cell of 25.6 µm with a flat front at ``position`` [m]."""
    cell = 25.6e-6 / cells
    p = make_parameters(
        (cells,), cell, width=width, substeps=5, exchange_current_density=EXCHANGE, tolerance=1e-12, **options
    )
    state = make_state(p, profile(centres(cells, cell) - position, width * cell))
    return two_potential.step(p, state, control, number(1e30), everywhere(p))


@pytest.mark.parametrize("density", [0.1, 10.0, -10.0])
@pytest.mark.parametrize("position", [6.0e-6, 6.07e-6])
def test_voltage_of_a_slab_is_ohmic_drop_and_overpotential(density, position):
    """V = -[i (L - X)/kappa + eta(i)], wherever the front stands between the cells."""
    conductivity = 0.05
    state, report = slab(2.0, position, passed_current(density), conductivity=conductivity)
    exact = -(
        density * (25.6e-6 - position) / conductivity + 2.0 * THERMAL * math.asinh(0.5 * density / EXCHANGE)
    )
    found = float(state.electrode_potential)
    print(
        f"{density:g} A/m^2, front at {position * 1e6:g} µm: {found * 1e3:.6f} mV, {found / exact - 1.0:+.1e}"
    )
    assert float(report.mean_current_density) == pytest.approx(density, rel=1e-9)
    assert float(report.counter_current_density) == pytest.approx(density, rel=1e-9)
    assert found == pytest.approx(exact, rel=1e-4)


def test_voltage_of_a_slab_converges_with_the_width_of_the_front():
    """The front is diffuse: its current sees potentials i w/kappa apart. Second order as w and h fall together."""
    density, conductivity, position = 200.0, 0.02, 6.03e-6
    exact = -(
        density * (25.6e-6 - position) / conductivity + 2.0 * THERMAL * math.asinh(0.5 * density / EXCHANGE)
    )
    errors = []
    for cells in (64, 128, 256):
        state, _ = slab(2.0, position, passed_current(density), cells=cells, conductivity=conductivity)
        errors.append(abs(float(state.electrode_potential) - exact))
    orders = [math.log2(a / b) for a, b in itertools.pairwise(errors)]
    print(f"errors {errors} V, orders {orders}")
    assert min(orders) >= 1.8


@pytest.mark.parametrize("potential", [-0.01, 0.02])
def test_held_potential_gives_the_current_of_the_exact_cell(potential):
    """The current solves -V = i (L - X)/kappa + 2 (RT/F) asinh(i/2 i_0)."""
    conductivity, position = 0.05, 6.0e-6
    current = 0.0
    for _ in range(200):
        current += 0.5 * (
            2.0
            * EXCHANGE
            * math.sinh((-potential - current * (25.6e-6 - position) / conductivity) / (2.0 * THERMAL))
            - current
        )
    _, report = slab(2.0, position, held_potential(potential), conductivity=conductivity)
    found = float(report.mean_current_density)
    print(f"{potential} V: {found:.6f} A/m^2, {found / current - 1.0:+.1e}")
    assert found == pytest.approx(current, rel=1e-4)


def test_held_potential_of_zero_is_reached():
    """From a polarised cell: at rest in the end, no current and no potential."""
    options = {
        "width": 2.0,
        "substeps": 5,
        "exchange_current_density": EXCHANGE,
        "conductivity": 0.05,
        "tolerance": 1e-9,
    }
    p = make_parameters((128,), 0.2e-6, **options)
    state = make_state(p, profile(centres(128, 0.2e-6) - 6e-6, 0.4e-6))
    state, _ = two_potential.step(p, state, held_potential(-0.5), number(1e-9), everywhere(p))
    state, report = two_potential.step(p, state, held_potential(0.0), number(1e-9), everywhere(p))
    current = float(report.mean_current_density)
    print(
        f"V = {float(state.electrode_potential):.3e} V, {current:.3e} A/m^2, {int(report.newton_iterations)} steps"
    )
    assert abs(float(state.electrode_potential)) <= 1e-9
    assert abs(current) <= 1e-6
    assert float(report.charge_residual) <= 1e-9


@pytest.mark.parametrize("before", [200.0, -0.01])
def test_cell_without_current_is_at_rest(before):
    """No current passed: no potential either, and Newton's method says so in a few steps."""
    state, _ = slab(2.0, 6e-6, passed_current(before), conductivity=0.05)
    p = make_parameters(
        (128,),
        0.2e-6,
        width=2.0,
        substeps=5,
        exchange_current_density=EXCHANGE,
        tolerance=1e-12,
        conductivity=0.05,
    )
    state, report = two_potential.step(p, state, passed_current(0.0), number(1e-9), everywhere(p))
    print(
        f"V = {float(state.electrode_potential):.1e} V, {float(report.mean_current_density):.1e} A/m^2, ",
        end="",
    )
    print(f"{int(report.newton_iterations)} steps, residual {float(report.charge_residual):.1e}")
    assert abs(float(state.electrode_potential)) <= 1e-12
    assert abs(float(report.mean_current_density)) <= 1e-12
    assert float(report.charge_residual) <= 1e-9
    assert int(report.newton_iterations) <= 12


def test_manufactured_potential_is_second_order():
    """phi = V_0 cos(pi x/2L) [1 + cos(pi y/W)/2] with Butler–Volmer uptake in the whole, uneven, volume."""
    length, breadth, amplitude, potential = 20e-6, 10e-6, 0.05, -0.03

    def error(cells):
        shape, h = (2 * cells, cells), breadth / cells
        x, y = np.meshgrid(centres(2 * cells, h), centres(cells, h), indexing="ij")
        p, q = 0.5 * math.pi / length, math.pi / breadth
        phi = amplitude * np.cos(p * x) * (1.0 + 0.5 * np.cos(q * y))
        slope_x = -amplitude * p * np.sin(p * x) * (1.0 + 0.5 * np.cos(q * y))
        slope_y = -amplitude * np.cos(p * x) * 0.5 * q * np.sin(q * y)
        curvature = -(p**2) * phi - amplitude * np.cos(p * x) * 0.5 * q**2 * np.cos(q * y)
        kappa = 0.1 * (1.0 + 0.3 * np.sin(p * x) * np.cos(q * y))
        kappa_x = 0.03 * p * np.cos(p * x) * np.cos(q * y)
        kappa_y = -0.03 * q * np.sin(p * x) * np.sin(q * y)
        area = 1e5 * (1.0 + 0.5 * np.cos(q * y))
        electrode = Electrode(
            jnp.asarray(area),
            jnp.full(shape, EXCHANGE),
            jnp.zeros(shape),
            number(0.5),
            jnp.full(shape, 298.15),
        )
        current, _ = plating_current_density(phi - potential, EXCHANGE, 0.5, 298.15)
        source = kappa * curvature + kappa_x * slope_x + kappa_y * slope_y - area * np.asarray(current)
        spacing, periodic = (number(h), number(h)), (False, False)

        @jax.jit
        def balance(coefficient, extra):
            ionic = conductances(jnp.ones(shape), coefficient, spacing, periodic)
            zero = jnp.zeros(shape)
            return solve_charge(
                ionic, extra, electrode, held_potential(potential), (zero, zero, number(0.0)),
                spacing[0] / shape[1], periodic, (1.0, 1.0), 1e-11,
            )  # fmt: skip

        solution = balance(jnp.asarray(kappa), jnp.asarray(source))
        assert float(solution.residual) <= 1e-9
        return float(np.sqrt(np.mean((np.asarray(solution.potential) - phi) ** 2))) / amplitude

    errors = [error(cells) for cells in (8, 16, 32)]
    orders = [math.log2(a / b) for a, b in itertools.pairwise(errors)]
    print(f"errors {errors}, orders {orders}")
    assert min(orders) >= 1.9
