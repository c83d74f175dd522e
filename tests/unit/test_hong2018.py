"""The classical grand-potential model: its identities, its limits, its balances and what it refuses."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import dendrion.field
from dendrion.case.segments import Segment
from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.errors import InputError
from dendrion.field import hong2018_functions as functions
from dendrion.field.hong2018 import Hong2018Model, Setup
from dendrion.field.hong2018_step import Numbers, Structure, order_parameter_step
from dendrion.numerics.grid import Grid

jax = pytest.importorskip("jax")
jnp = jax.numpy
assert dendrion.field.backend

PUBLISHED = functions.Hong2018Parameters(noise_kind="none", interface_resolution="as_published")
THICKER = replace(PUBLISHED, gradient_energy=1.25e-6, barrier_height=4.45e6, reaction_constant=1.81e-3)
"""The widely copied second set: δ 1.5 µm, γ 0.556 J/m², i₀ 30 A/m²."""
TEMPERATURE = 298.15
THERMAL_VOLTAGE = GAS_CONSTANT * TEMPERATURE / FARADAY


def setup(shape, spacing, parameters=PUBLISHED, thickness=20e-6, **options):
    """A flat metal layer on a grid without lateral wrap."""
    grid = Grid(shape, (spacing,) * len(shape), (False,) * len(shape))
    x = grid.centres(0).reshape((-1,) + (1,) * (len(shape) - 1))
    xi = 0.5 * (1.0 - np.tanh(2.0 * (x - thickness) / parameters.interface_thickness))
    return Setup(grid, parameters, np.broadcast_to(xi, shape).copy(), **options)


def hold(model, potential, duration, state=None):
    """Runs a voltage step; returns the state and the rows."""
    state = model.initial_state() if state is None else state
    segment, elapsed, rows = Segment("voltage", potential, duration), 0.0, []
    while elapsed < duration * (1.0 - 1e-12):
        state, row = model.advance(state, segment, elapsed, duration - elapsed)
        elapsed += row["time_step_s"]
        rows.append(row)
    return state, rows


def numbers(parameters, spacing, dimensions=1, **changes):
    model = Hong2018Model(setup((8,) * dimensions, spacing, parameters, temperature=TEMPERATURE))
    return model.numbers._replace(tolerance=1e-10, **changes)


def travelled(parameters, overpotential, concentration, spacing, *, step, duration):
    """Speed of a flat front [m/s] at fixed ion share c/c₀ and potential, from the metal it gains."""
    cells = round(16e-6 / spacing)
    structure = Structure((cells,), (False,), 2, "none")
    traced = numbers(parameters, spacing)
    x = (np.arange(cells) + 0.5) * spacing
    start = jnp.asarray(0.5 * (1.0 - np.tanh(2.0 * (x - 7e-6) / parameters.interface_thickness)))
    salt = jnp.full(cells, concentration * parameters.salt_fraction)
    potential = jnp.full(cells, -overpotential)
    settle, count = round(0.2 * duration / step), round(duration / step)

    def advance(_, xi):
        fields = (xi, salt, potential)
        return order_parameter_step(structure, traced, fields, jnp.zeros(cells), step).predicted

    run = jax.jit(lambda xi, n: jax.lax.fori_loop(0, n, advance, xi))
    settled = run(start, settle)
    return float(jnp.sum(run(settled, count) - settled)) * spacing / (count * step)


class TestNumbers:
    def test_published_identities(self):
        assert PUBLISHED.interface_thickness == pytest.approx(1e-6, rel=1e-12)
        assert PUBLISHED.surface_energy == pytest.approx(0.5, rel=1e-12)
        assert PUBLISHED.barrier_height == pytest.approx(12 * 0.5 / 1e-6, rel=1e-12)
        assert PUBLISHED.gradient_energy == pytest.approx(1.5 * 0.5 * 1e-6, rel=1e-12)
        assert PUBLISHED.exchange_current_density == pytest.approx(11.06, rel=2e-3)
        assert THICKER.exchange_current_density == pytest.approx(30.0, rel=5e-3)
        assert functions.AHMAD2020.surface_energy == pytest.approx(0.556, rel=2e-3)
        assert functions.AHMAD2020.exchange_current_density == pytest.approx(1490, rel=2e-3)

    def test_published_offsets_make_the_grand_potentials_zero_at_rest(self):
        assert float(functions.grand_potential(0.0, 2.631)) == 0.0
        assert math.log1p(math.exp(-2.631)) == pytest.approx(0.0695, abs=1e-4)
        slope = jax.grad(lambda mu: functions.grand_potential(mu, 2.631))(0.0)
        assert -float(slope) == pytest.approx(1.0 / 14.89, rel=2e-3)

    def test_functions_are_each_others_derivatives(self):
        xi = jnp.linspace(0.05, 0.95, 19)
        for function, slope in (
            (functions.interpolation, functions.interpolation_slope),
            (functions.interpolation_slope, functions.interpolation_curvature),
            (lambda u: (u * (1 - u)) ** 2, functions.well_slope),
            (functions.well_slope, functions.well_curvature),
        ):
            exact = jax.vmap(jax.grad(function))(xi)
            assert np.max(np.abs(exact)) > 0.1
            np.testing.assert_allclose(slope(xi), exact, atol=1e-12)


class TestRefusals:
    def test_coarse_grid_is_refused_unless_asked_for_as_published(self):
        resolved = replace(PUBLISHED, interface_resolution="resolved")
        with pytest.raises(InputError, match="pins the front") as refusal:
            Hong2018Model(setup((60,), 1e-6, resolved))
        assert "as_published" in str(refusal.value)
        assert any("as published" in line for line in Hong2018Model(setup((60,), 1e-6)).warnings)
        assert any("would resolve" in line for line in Hong2018Model(setup((90,), 0.5e-6)).warnings)
        assert Hong2018Model(setup((200,), 0.2e-6)).warnings == []

    @pytest.mark.parametrize("kind", ["current", "rest"])
    def test_only_potentials(self, kind):
        model = Hong2018Model(setup((60,), 0.5e-6))
        with pytest.raises(InputError, match="given potential"):
            model.advance(model.initial_state(), Segment(kind, 10.0, 1.0), 0.0, 1.0)

    def test_only_plating(self):
        model = Hong2018Model(setup((60,), 0.5e-6))
        with pytest.raises(InputError, match="negative potential"):
            model.advance(model.initial_state(), Segment("voltage", 0.1, 1.0), 0.0, 1.0)

    @pytest.mark.parametrize(
        "change",
        [
            {"gradient_energy": -1.0},
            {"salt_diffusivity": 0.0},
            {"noise_kind": "pink"},
            {"interface_resolution": "coarse"},
            {"diffusion_power": 3},
        ],
    )
    def test_senseless_numbers(self, change):
        with pytest.raises(InputError, match=f"physics.hong2018.{next(iter(change))}"):
            functions.check_parameters(replace(PUBLISHED, **change))

    def test_strong_drive_warns_and_weak_does_not(self):
        assert "strong drive" in functions.check_drive(PUBLISHED, -0.45, TEMPERATURE)[0]
        assert functions.check_drive(PUBLISHED, -0.2, TEMPERATURE) == []


class TestInterface:
    def test_equilibrium_profile_stays_and_has_the_surface_energy(self):
        spacing, cells = 0.1e-6, 160
        structure = Structure((cells,), (False,), 2, "none")
        traced = numbers(PUBLISHED, spacing, reaction=0.0)
        x = (np.arange(cells) + 0.5) * spacing
        xi = jnp.asarray(0.5 * (1.0 - np.tanh(2.0 * (x - 8e-6) / PUBLISHED.interface_thickness)))
        rest = (jnp.zeros(cells), jnp.zeros(cells))
        zero = jnp.zeros(cells)
        after = xi
        advance = jax.jit(lambda u: order_parameter_step(structure, traced, (u, *rest), zero, 0.1).predicted)
        for _ in range(50):
            after = advance(after)
        assert float(jnp.max(jnp.abs(after - xi))) < 5e-3
        gradient = jnp.diff(after) / spacing
        energy = PUBLISHED.barrier_height * jnp.sum((after * (1 - after)) ** 2) * spacing
        energy += 0.5 * PUBLISHED.gradient_energy * jnp.sum(gradient**2) * spacing
        assert float(energy) == pytest.approx(PUBLISHED.surface_energy, rel=5e-3)

    @pytest.mark.parametrize(
        ("parameters", "overpotential", "speed"),
        [
            (PUBLISHED, 0.1, 1.0288e-8),
            (PUBLISHED, 0.2, 7.3495e-8),
            (THICKER, 0.1, 2.7913e-8),
            (THICKER, 0.2, 1.9942e-7),
        ],
    )
    def test_weak_drive_speed(self, parameters, overpotential, speed):
        # The factor 1 − h beside c weighs the reduction by ∫(1 − h) dh = 1/2: 2 c₀ here is c₀ without it.
        spacing = parameters.interface_thickness / 10.0
        slow = 0.01 / (parameters.interface_mobility * parameters.barrier_height)
        measured = travelled(parameters, overpotential, 2.0, spacing, step=slow, duration=2.0)
        assert measured == pytest.approx(speed, rel=0.01)

    @pytest.mark.parametrize("step", [0.05, 0.2])
    def test_a_long_step_does_not_slow_the_front(self, step):
        # An implicit Laplacian beside an explicit well would be 1/(1 + 0.4 dt L_σ W) = 0.77 and 0.45 of it.
        assert step * PUBLISHED.interface_mobility * PUBLISHED.barrier_height >= 0.75
        measured = travelled(PUBLISHED, 0.1, 2.0, 0.1e-6, step=step, duration=10.0)
        assert measured == pytest.approx(1.0288e-8, rel=0.01)

    def test_nernst_shift(self):
        def potential_at_rest(concentration):
            low, high = -0.06, 0.10
            for _ in range(12):
                middle = 0.5 * (low + high)
                moving = travelled(PUBLISHED, middle, concentration, 0.1e-6, step=0.1, duration=2.0)
                low, high = (low, middle) if moving > 0.0 else (middle, high)
            return 0.5 * (low + high)

        shift = potential_at_rest(1.0) - potential_at_rest(math.e)
        assert shift == pytest.approx(THERMAL_VOLTAGE, rel=0.01)
        assert potential_at_rest(1.0) == pytest.approx(THERMAL_VOLTAGE * math.log(2.0), abs=3e-4)

    def test_the_lattice_pins_a_weak_front_as_warned(self):
        free = travelled(PUBLISHED, 0.1, 2.0, 0.1e-6, step=0.02, duration=4.0)
        pinned = travelled(PUBLISHED, 0.1, 2.0, 1e-6, step=0.02, duration=40.0)
        assert free > 0.9e-8
        assert abs(pinned) < 1e-3 * free

    def test_a_circle_shrinks_by_gibbs_thomson(self):
        spacing, cells, radius = 0.25e-6, 96, 7e-6
        structure = Structure((cells, cells), (False, True), 2, "none")
        traced = numbers(PUBLISHED, spacing, 2, reaction=0.0)
        axis = (np.arange(cells) + 0.5) * spacing
        distance = np.hypot(axis[:, None] - 13.5e-6, axis[None, :] - 12e-6) - radius
        # A flat layer keeps the wall's ξ = 1; it does not move.
        layer = 0.5 * (1.0 - np.tanh(2.0 * (axis - 2e-6) / PUBLISHED.interface_thickness))
        circle = 0.5 * (1.0 - np.tanh(2.0 * distance / PUBLISHED.interface_thickness))
        start = jnp.asarray(np.maximum(circle, np.broadcast_to(layer[:, None], circle.shape)))
        zero = jnp.zeros(start.shape)

        def advance(_, xi):
            return order_parameter_step(structure, traced, (xi, zero, zero), zero, 0.01).predicted

        run = jax.jit(lambda xi, n: jax.lax.fori_loop(0, n, advance, xi))
        first = run(start, 100)
        lost = float(jnp.sum(first - run(first, 300))) * spacing**2 / 3.0
        exact = 2.0 * math.pi * PUBLISHED.interface_mobility * PUBLISHED.gradient_energy
        assert lost == pytest.approx(exact, rel=0.02)


class TestNoise:
    def test_uniform_noise_has_the_published_strength_on_any_grid_and_step(self):
        published = float(functions.uniform_noise_scale(PUBLISHED, 1e-12, 2, 0.02))
        assert published == pytest.approx(0.04)
        finer = float(functions.uniform_noise_scale(PUBLISHED, 0.25e-12, 2, 0.005))
        assert finer**2 * 0.25e-12 * 0.005 == pytest.approx(published**2 * 1e-12 * 0.02)

    def test_thermal_noise_is_fluctuation_dissipation(self):
        scale = float(functions.thermal_noise_scale(PUBLISHED, 1e-12, 2, 300.0, 0.05))
        assert scale == pytest.approx(
            math.sqrt(2 * 2.5e-6 * 1.380649e-23 * 300.0 / (1e-18 * 0.05)), rel=1e-12
        )

    @pytest.mark.parametrize("kind", ["uniform", "uniform_per_step", "thermal"])
    def test_noise_roughens_and_is_reproducible(self, kind):
        parameters = replace(PUBLISHED, noise_kind=kind)
        shape = (48, 32)
        ends = []
        for seed in (1, 1, 2):
            model = Hong2018Model(setup(shape, 0.5e-6, parameters, 8e-6, seed=seed))
            ends.append(np.asarray(hold(model, -0.3, 0.2)[0]["order_parameter"]))
        assert np.array_equal(ends[0], ends[1])
        assert not np.array_equal(ends[0], ends[2])
        assert np.ptp(ends[0][16]) > 1e-6


class TestRuns:
    def test_charge_and_ions_balance_in_two_dimensions(self):
        parameters = replace(PUBLISHED, noise_kind="uniform")
        model = Hong2018Model(setup((60, 24), 1e-6, parameters, 10e-6, tolerance=1e-7))
        _, rows = hold(model, -0.45, 5.0)
        assert rows[-1]["metal_thickness_m"] > 11.5e-6
        assert abs(rows[-1]["faraday_error"]) < 1e-6
        assert abs(rows[-1]["salt_error"]) < 1e-6

    def test_a_flat_front_is_the_same_in_one_two_and_three_dimensions(self):
        ends = []
        for shape in ((48,), (48, 4), (48, 4, 4)):
            model = Hong2018Model(setup(shape, 0.5e-6, thickness=8e-6, tolerance=1e-9))
            ends.append(hold(model, -0.45, 0.3)[1][-1]["metal_thickness_m"])
        assert ends[0] > 9e-6
        np.testing.assert_allclose(ends[1:], ends[0], rtol=1e-7)

    def test_the_metal_runs_a_deficit_of_ions_that_refinement_enlarges(self):
        deficits = []
        for spacing in (0.5e-6, 0.25e-6, 0.125e-6):
            model = Hong2018Model(setup((round(24e-6 / spacing),), spacing, thickness=8e-6))
            _, rows = hold(model, -0.45, 0.5)
            deficits.append(rows[-1]["metal_ion_deficit"])
        assert 0.0 < deficits[0] < deficits[1] < deficits[2] < 0.05

    def test_resume_is_bit_for_bit(self):
        parameters = replace(PUBLISHED, noise_kind="uniform")
        model = Hong2018Model(setup((48, 32), 0.5e-6, parameters, 8e-6, seed=3))
        segment = Segment("voltage", -0.45, 1.0)
        state, elapsed = model.initial_state(), 0.0
        for count in range(24):
            if count == 12:
                saved, at = {name: np.asarray(value) for name, value in state.items()}, elapsed
            state, row = model.advance(state, segment, elapsed, 1.0 - elapsed)
            elapsed += row["time_step_s"]
        again = {name: jnp.asarray(value) for name, value in saved.items()}
        other = Hong2018Model(setup((48, 32), 0.5e-6, parameters, 8e-6, seed=3))
        for _ in range(12):
            again, row_again = other.advance(again, segment, at, 1.0 - at)
            at += row_again["time_step_s"]
        assert row_again == row
        for name, value in state.items():
            assert np.array_equal(np.asarray(value), np.asarray(again[name])), name

    def test_steps_never_pass_the_time_left_and_rows_fit_their_columns(self):
        model = Hong2018Model(setup((48,), 0.5e-6, thickness=8e-6))
        state, rows = hold(model, -0.45, 0.7)
        assert math.fsum(row["time_step_s"] for row in rows) == pytest.approx(0.7, rel=1e-12)
        assert set(rows[-1]) == set(model.columns)
        assert float(state["time"]) == pytest.approx(0.7, rel=1e-12)
        fields = model.fields(state)
        assert fields["salt_concentration"][0][-1] == pytest.approx(933.0, rel=1e-3)
        assert not model.shorted(rows[-1])
        assert isinstance(model.numbers, Numbers)

    def test_long_steps_in_a_strong_field_make_no_waves_in_the_salt(self):
        # Lagged migration would be unstable above 2/(D |f ∇φ|²) = 0.65 ms here.
        model = Hong2018Model(setup((48,), 0.5e-6, thickness=8e-6))
        state, rows = hold(model, -0.45, 0.7)
        ahead = model.grid.centres(0) > rows[-1]["tip_position_m"] + 4e-6
        salt = model.fields(state)["salt_concentration"][0][ahead]
        assert rows[-1]["time_step_s"] > 5e-3
        np.testing.assert_allclose(salt, 933.0, rtol=0.01)
