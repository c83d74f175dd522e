"""The classical grand-potential model against published and independently computed numbers."""

from __future__ import annotations

import numpy as np
import pytest

import dendrion.field
from dendrion.case import load_case
from dendrion.case.segments import Segment
from dendrion.field import hong2018_functions as functions
from dendrion.field.hong2018 import Hong2018Model, Setup
from dendrion.field.hong2018_step import Structure, order_parameter_step
from dendrion.numerics.grid import Grid

jax = pytest.importorskip("jax")
jnp = jax.numpy
assert dendrion.field.backend

GOLDEN = functions.Hong2018Parameters(salt_diffusivity=3.197e-10, noise_kind="none")
TEMPERATURE = 299.934
"""F/RT = 38.69 1/V, as the published input writes it [K]."""


def planar(spacing, times, **options):
    """Metal thickness [m] of the published planar run at these times [s]."""
    grid = Grid((round(200e-6 / spacing),), (spacing,), (False,))
    xi = 0.5 * (1.0 - np.tanh(2.0 * (grid.centres(0) - 20e-6) / GOLDEN.interface_thickness))
    model = Hong2018Model(Setup(grid, GOLDEN, xi, TEMPERATURE, **options))
    state, found, start = model.initial_state(), [], 0.0
    for end in times:
        segment, elapsed = Segment("voltage", -0.45, end - start), 0.0
        while elapsed < segment.duration * (1.0 - 1e-12):
            state, row = model.advance(state, segment, elapsed, segment.duration - elapsed)
            elapsed += row["time_step_s"]
        found.append(row["metal_thickness_m"])
        start = end
    return np.array(found)


def test_planar_front_of_2018_at_two_cells_an_interface():
    # An independent implementation: 24.00, 30.02, 40.55 µm at 10, 25, 50 s on 0.5 µm cells.
    found = planar(0.5e-6, (10.0, 25.0, 50.0))
    np.testing.assert_allclose(found, [24.00e-6, 30.02e-6, 40.55e-6], rtol=3e-3)


@pytest.mark.slow
def test_planar_front_of_2018_at_four_cells_an_interface():
    # An independent implementation, 0.25 µm cells, 0.05 s: 24.05, 30.12, 40.75, 64.54 µm at 10, 25, 50, 100 s.
    found = planar(0.25e-6, (10.0, 25.0, 50.0, 100.0), largest_time_step=0.05)
    np.testing.assert_allclose(found, [24.05e-6, 30.12e-6, 40.75e-6, 64.54e-6], rtol=1e-2)


def test_shipped_case_starts_as_published():
    case = load_case("hong2018")
    model = Hong2018Model(case)
    assert model.grid.shape == (200, 200)
    assert model.parameters == functions.Hong2018Parameters(interface_resolution="as_published")
    assert model.numbers.inverse_thermal_voltage == pytest.approx(38.69, rel=1e-4)
    x = model.grid.centres(0)
    published = 0.5 * (1.0 - np.tanh(2.0 * (x * 1e6 - 20.0)))
    np.testing.assert_allclose(model.initial_state()["order_parameter"][:, 7], published, atol=1e-12)
    assert any("as published" in line for line in model.warnings)
    assert any("strong drive" in line for line in model.warnings)


def test_shipped_case_at_a_short_setting():
    case = load_case("hong2018", set=["domain.size=[200 um, 10 um]", "domain.cells=[200, 10]"])
    model = Hong2018Model(case)
    state, elapsed = model.initial_state(), 0.0
    segment = next(iter(case.protocol.segments))
    while elapsed < 10.0:
        state, row = model.advance(state, segment, elapsed, 10.0 - elapsed)
        elapsed += row["time_step_s"]
    assert row["metal_thickness_m"] == pytest.approx(23.98e-6, rel=5e-3)
    assert abs(row["faraday_error"]) < 1e-5
    assert abs(row["salt_error"]) < 1e-6


class TestManufacturedAllenCahn:
    """PFHub benchmark 7a: ξ_t = −[4ξ(ξ − 1)(ξ − 1/2) − κ∇²ξ] + S with a wavy front that is prescribed."""

    KAPPA, A1, A2, B1, B2, C2 = 0.0004, 0.0075, 0.03, 8.0 * np.pi, 22.0 * np.pi, 0.0625 * np.pi

    def solution(self, t, y, x):
        front = 0.25 + self.A1 * t * jnp.sin(self.B1 * x) + self.A2 * jnp.sin(self.B2 * x + self.C2 * t)
        return 0.5 * (1.0 - jnp.tanh((y - front) / np.sqrt(2.0 * self.KAPPA)))

    def source(self, t, y, x):
        def point(t, y, x):
            def u(y, x):
                return self.solution(t, y, x)

            value = u(y, x)
            laplacian = jax.grad(jax.grad(u))(y, x) + jax.grad(jax.grad(u, 1), 1)(y, x)
            reaction = 4.0 * value * (value - 1.0) * (value - 0.5)
            return jax.grad(self.solution)(t, y, x) + reaction - self.KAPPA * laplacian

        return jax.vmap(jax.vmap(point, (None, None, 0)), (None, 0, None))(t, y, x)

    def error(self, spacing, step):
        """L2 error at t = 8; the first axis is the benchmark's y, its walls hold 1 and 0."""
        shape = (round(0.5 / spacing), round(1.0 / spacing))
        grid = Grid(shape, (spacing, spacing), (False, True))
        parameters = functions.Hong2018Parameters(noise_kind="none", interface_resolution="as_published")
        numbers = Hong2018Model(Setup(grid, parameters, np.ones(shape))).numbers
        numbers = numbers._replace(
            relaxation=1.0, well=1.0, gradient=self.KAPPA, reaction=0.0, tolerance=1e-8
        )
        structure, zero = Structure(shape, (False, True), 2, "none"), jnp.zeros(shape)
        y, x = jnp.asarray(grid.centres(0)), jnp.asarray(grid.centres(1))
        count = round(8.0 / step)

        def advance(k, xi):
            middle = self.source((k + 0.5) * step, y, x)
            return order_parameter_step(structure, numbers, (xi, zero, zero), middle, step).predicted

        start = self.solution(0.0, y[:, None], x[None, :])
        end = jax.jit(lambda xi: jax.lax.fori_loop(0, count, advance, xi))(start)
        exact = self.solution(8.0, y[:, None], x[None, :])
        return float(jnp.sqrt(jnp.sum((end - exact) ** 2)) * spacing)

    def test_second_order_in_space_with_the_published_errors(self):
        coarse, fine = self.error(0.01, 0.01), self.error(0.005, 0.01)
        assert coarse == pytest.approx(6.75e-3, rel=0.05)
        assert fine == pytest.approx(1.390e-3, rel=0.05)

    def test_first_order_in_time(self):
        exact = self.error(0.02, 0.005)
        long, short = (abs(self.error(0.02, step) - exact) for step in (0.16, 0.08))
        assert long / short == pytest.approx(2.0, rel=0.25)
