"""The front moves at the speed that the current says, keeps its profile, and is round where it should be."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.field import two_potential
from dendrion.field.build import MOBILITY, SUBSTEP_BOUND
from dendrion.field.front import (
    advance_front,
    electrolyte_fraction,
    reaction_area_density,
    regularisation,
)
from tests.field_setup import (
    centres,
    everywhere,
    front_height,
    held_potential,
    make_parameters,
    make_state,
    number,
    passed_current,
    profile,
)

CELL = 0.2e-6
CELLS = 128
MOLAR_VOLUME = 1.3e-5
SPEED_BAR, CIRCLE_BAR, PROFILE_BAR = 0.005, 0.01, 0.06
WIDTHS = [4.0, 6.0, 8.0]
"""Distances between the order parameters 0.1 and 0.9 [cells]; w is that over 2 artanh(0.8) = 2.197."""


def flat(width_10_90, first=20.3, **options):
    """A flat front near the plating side, with every number traced: one program for all tests."""
    width = width_10_90 / (2.0 * math.atanh(0.8))
    options = {"substeps": 7, "molar_volume": MOLAR_VOLUME, **options}
    parameters = make_parameters((CELLS,), CELL, width=width, **options)
    start = profile(centres(CELLS, CELL) - first * CELL, width * CELL)
    return parameters, make_state(parameters, start)


def run(parameters, state, control, steps):
    for _ in range(steps):
        state, report = two_potential.step(parameters, state, control, number(1e30), everywhere(parameters))
    assert bool(report.finite)
    return state


def mean_speed(parameters, state, control):
    """Speed of the level xi = 1/2 [m/s] over 24 cells, and the last state.

    The first 16 cells are left out: a front that starts to move shifts by up to 0.3 cells against its metal while
    its profile takes on the (slightly lopsided) shape of a moving one.
    """
    early = run(parameters, state, control, 64)
    late = run(parameters, early, control, 96)
    travelled = front_height(late.order_parameter, CELL) - front_height(early.order_parameter, CELL)
    return float(travelled) / float(late.time - early.time), late


def width_of(order_parameter):
    """Distance between the order parameters 0.1 and 0.9 [cells], interpolated in the logarithmic profile."""
    xi = np.clip(np.asarray(order_parameter), 1e-12, 1.0 - 1e-12)
    logit = np.log(xi / (1.0 - xi))
    places = np.interp([math.log(0.1 / 0.9), math.log(0.9 / 0.1)], logit[::-1], np.arange(xi.size)[::-1])
    return places[0] - places[1]


@pytest.mark.parametrize("width", WIDTHS)
def test_flat_front_moves_at_the_speed_of_the_current(width):
    density = 10.0
    parameters, state = flat(width)
    speed, late = mean_speed(parameters, state, passed_current(density))
    exact = MOLAR_VOLUME * density / FARADAY
    measured_width = width_of(late.order_parameter)
    print(
        f"width {width:g} cells: speed {speed / exact - 1.0:+.2e}, width {measured_width / width - 1.0:+.2e}"
    )
    assert abs(speed / exact - 1.0) <= SPEED_BAR
    assert abs(measured_width / width - 1.0) <= PROFILE_BAR


def test_stripping_front_moves_back_at_the_speed_of_the_current():
    density = -10.0
    parameters, state = flat(4.0, first=90.3)
    speed, late = mean_speed(parameters, state, passed_current(density))
    exact = MOLAR_VOLUME * density / FARADAY
    print(f"speed {speed / exact - 1.0:+.2e}, width {width_of(late.order_parameter) / 4.0 - 1.0:+.2e}")
    assert abs(speed / exact - 1.0) <= SPEED_BAR


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("strength", [0.01, 0.1, 1.0, 10.0])
def test_speed_does_not_depend_on_how_hard_the_reaction_drives_the_front(width, strength):
    """Λ = (R T delta / 6 gamma V_M) r is the drive of the reaction over the relaxation of the classical model.

    r is the Butler–Volmer bracket. A classical front is 36 % slow at Λ = 1. Here the potential is held and the
    electrolyte conducts so well that all but 1e-4 of the overpotential is at the front; the current follows.
    """
    surface_energy, temperature, exchange = 0.5, 298.15, 1.0
    thickness = width * CELL
    bracket = strength * 6.0 * surface_energy * MOLAR_VOLUME / (GAS_CONSTANT * temperature * thickness)
    thermal = GAS_CONSTANT * temperature / FARADAY
    overpotential = 2.0 * thermal * math.asinh(0.5 * bracket)
    parameters, state = flat(width, conductivity=10.0, exchange_current_density=exchange)
    speed, late = mean_speed(parameters, state, held_potential(-overpotential))
    exact = MOLAR_VOLUME * exchange * bracket / FARADAY
    print(
        f"width {width:g} cells, drive {strength:g} (bracket {bracket:.3g}): speed {speed / exact - 1.0:+.2e}"
    )
    assert abs(speed / exact - 1.0) <= SPEED_BAR
    assert abs(width_of(late.order_parameter) / width - 1.0) <= PROFILE_BAR


def grow(order_parameter, width, travelled, dimension, mobility=MOBILITY, step=0.25):
    """Constant unit speed with the functions of the front alone; the area is that at the start of each step."""
    spacing, periodic = (1.0,) * dimension, (False,) * dimension
    substeps = math.ceil(step * mobility * width * 2.0 * dimension / SUBSTEP_BOUND)

    def advance(_, field):
        area = reaction_area_density(electrolyte_fraction(field), spacing, periodic)
        return advance_front(
            field,
            area,
            True,
            jnp.ones_like(field),
            step,
            mobility * width,
            width,
            substeps,
            spacing,
            periodic,
        )

    return jax.jit(lambda field: jax.lax.fori_loop(0, round(travelled / step), advance, field))(
        order_parameter
    )


def radius_along(values, diagonal):
    """Distance from the corner to xi = 1/2 along a line of cells that starts there [cells]."""
    logit = np.log(np.clip(values, 1e-12, 1.0) / np.clip(1.0 - values, 1e-12, 1.0))
    places = (np.arange(values.size) + 0.5) * diagonal
    return float(np.interp(0.0, -logit, places))


@pytest.mark.parametrize("width", [1.82, 2.73, 3.64])
def test_circle_grows_by_the_exact_law_and_stays_round(width):
    """Quarter of a circle, R(t) = R_0 + v t from 24 to 48 cells; a diffuse one holds pi (R^2 + pi^2 w^2/12)."""
    x, y = np.meshgrid(centres(96, 1.0), centres(96, 1.0), indexing="ij")
    first = profile(np.hypot(x, y) - 24.0, width)
    last = np.asarray(grow(jnp.asarray(first), width, 24.0, 2))

    def radius(field):
        return math.sqrt(4.0 * field.sum() / math.pi - (math.pi * width) ** 2 / 12.0)

    grown = radius(last) - radius(first)
    along = radius_along(last[:, 0], 1.0)
    across = radius_along(np.diag(last), math.sqrt(2.0))
    print(
        f"w = {width} cells: growth {grown / 24.0 - 1.0:+.2e}, radius along the axis {along / 48.0 - 1.0:+.2e}, ",
        end="",
    )
    print(f"along the diagonal {across / 48.0 - 1.0:+.2e}, largest overshoot {last.max() - 1.0:.1e}")
    assert abs(grown / 24.0 - 1.0) <= CIRCLE_BAR
    assert abs(along / 48.0 - 1.0) <= CIRCLE_BAR
    assert abs(across / along - 1.0) <= CIRCLE_BAR


@pytest.mark.slow
def test_sphere_grows_by_the_exact_law_and_stays_round():
    """Eighth of a sphere, R(t) = R_0 + v t from 14 to 32 cells; it holds 4 pi/3 (R^3 + pi^2 w^2 R/4)."""
    width = 2.0
    x, y, z = np.meshgrid(*[centres(48, 1.0)] * 3, indexing="ij")
    first = profile(np.sqrt(x**2 + y**2 + z**2) - 14.0, width)
    last = np.asarray(grow(jnp.asarray(first), width, 18.0, 3, step=0.125))

    def radius(field):
        roots = np.roots([1.0, 0.0, 0.25 * (math.pi * width) ** 2, -6.0 * field.sum() / math.pi])
        return float(roots[np.abs(roots.imag) < 1e-9 * np.abs(roots)][0].real)

    grown = radius(last) - radius(first)
    index = np.arange(48)
    along = radius_along(last[:, 0, 0], 1.0)
    across = radius_along(last[index, index, index], math.sqrt(3.0))
    print(f"growth {grown / 18.0 - 1.0:+.2e}, radius along the axis {along / 32.0 - 1.0:+.2e}, ", end="")
    print(f"along the space diagonal {across / 32.0 - 1.0:+.2e}")
    assert abs(grown / 18.0 - 1.0) <= CIRCLE_BAR
    assert abs(along / 32.0 - 1.0) <= CIRCLE_BAR
    assert abs(across / along - 1.0) <= CIRCLE_BAR


@pytest.mark.parametrize("width", [1.5, 2.0, 3.0, 4.0])
def test_flat_front_stays_flat(width):
    """A disturbance of 1e-10 cells may not grow over 72 cells of travel; at M = v w it reaches 0.1 cells."""
    rough = 1e-10 * np.random.default_rng(0).standard_normal(32)
    first = profile(centres(112, 1.0)[:, None] - 16.0 - rough, width)
    last = np.asarray(grow(jnp.asarray(first), width, 72.0, 2))
    roughness = float(last.sum(axis=0).std())
    print(f"w = {width} cells, M = {MOBILITY} v w: rms {roughness:.1e} cells")
    assert roughness <= 1e-10


@pytest.mark.slow
def test_flat_front_of_the_whole_step_stays_flat():
    """As above with the charge balance in the loop: uniform kinetics, no conduction losses to speak of."""
    rough = 1e-10 * np.random.default_rng(0).standard_normal(16)
    parameters = make_parameters((96, 16), CELL, conductivity=1e3, molar_volume=MOLAR_VOLUME)
    start = profile((centres(96, 1.0)[:, None] - 12.0 - rough) * CELL, 2.0 * CELL)
    state = run(parameters, make_state(parameters, start), passed_current(10.0), 4 * 64)
    metal = np.asarray(state.order_parameter).sum(axis=0)
    print(f"rms {metal.std():.1e} cells after {metal.mean() - 12.0:.0f}")
    assert metal.mean() > 72.0
    assert metal.std() <= 1e-8


def test_regularisation_moves_no_metal_in_total():
    """The sum of a divergence with closed walls is zero to round-off, whatever the shape."""
    generator = np.random.default_rng(1)
    xi = jnp.asarray(generator.uniform(0.0, 1.0, (20, 14)))
    for periodic in ((False, False), (False, True)):
        moved = regularisation(xi, 2.0, (1.0, 1.0), periodic)
        assert abs(float(moved.sum())) <= 1e-12 * float(jnp.abs(moved).sum())


@pytest.mark.parametrize("angle", [0.0, 0.3, math.pi / 4.0])
def test_regularisation_leaves_a_planar_front_alone(angle):
    """At any angle and place between the cells, away from the walls; compared with the size of its two parts."""
    width = 2.0
    x, y = np.meshgrid(centres(64, 1.0), centres(64, 1.0), indexing="ij")
    xi = profile((x - 32.0) * math.cos(angle) + (y - 32.3) * math.sin(angle), width)
    change = np.asarray(regularisation(jnp.asarray(xi), width, (1.0, 1.0), (False, False)))[8:-8, 8:-8]
    print(f"angle {angle:.2f}: {np.abs(change).max():.1e} of {1.0 / width**2:.2f}")
    assert np.abs(change).max() <= 1e-4 / width**2


@pytest.mark.parametrize("place", [0.0, 0.25, 0.5, 0.77])
def test_area_of_a_flat_front_is_exactly_one_wherever_it_stands(place):
    xi = jnp.asarray(profile(centres(40, 1.0) - 20.0 - place, 1.5))
    area = reaction_area_density(electrolyte_fraction(xi), (1.0,), (False,))
    assert float(area.sum()) == pytest.approx(1.0, abs=1e-12)


def test_front_takes_up_no_metal_in_the_bulk():
    """A trace of metal in the electrolyte has an electrolyte fraction of one to third order in the trace."""
    trace = jnp.asarray([0.0, 1e-3, 1e-2, 1.0])
    fraction = np.asarray(electrolyte_fraction(trace))
    assert fraction[0] == 1.0
    assert abs(fraction[3]) <= 1e-12
    assert 0.0 <= 1.0 - fraction[1] <= 1e-6
    assert (1.0 - fraction[2]) / (1.0 - fraction[1]) == pytest.approx(1000.0, rel=0.05)


def test_the_speed_is_that_of_the_front_and_not_of_the_cells_ahead_of_it():
    """Ahead of the front Butler-Volmer sees the potential of the bulk: exp(10) times the current, on no area."""
    parameters, state = flat(4.0)
    s = two_potential.surface_at(parameters, state, jnp.ones(CELLS, bool))
    ahead = (s.area_density > 0.0) & (s.area_density * parameters.numerics.interface_width < 1e-3)
    assert ahead.any()
    current = jnp.where(ahead, 100.0 * math.exp(10.0), 100.0)
    speed = two_potential.front_speed(parameters, s.area_density, current)
    assert float(speed) == pytest.approx(MOLAR_VOLUME / FARADAY * 100.0, rel=1e-12)
