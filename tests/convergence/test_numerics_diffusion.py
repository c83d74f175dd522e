"""Observed order in time and space of the implicit steps."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.numerics.diffusion import (
    GAMMA,
    IMPLICIT_SHARE,
    Diffusion,
    backward_euler,
    step_hierarchy,
    tr_bdf2,
)
from dendrion.numerics.operators import face_conductance

jax.config.update("jax_enable_x64", True)


def _order(name, errors):
    orders = [float(np.log2(coarse / fine)) for coarse, fine in pairwise(errors)]
    print(f"{name}: errors {', '.join(f'{e:.3e}' for e in errors)}; observed order {orders[-1]:.3f}")
    return orders[-1]


@pytest.mark.parametrize(("method", "order"), [(backward_euler, 1), (tr_bdf2, 2)])
def test_order_in_time(method, order):
    """A cosine between closed walls decays at the eigenvalue of the grid itself: only the time error is left."""
    cells, end = 32, 0.1
    spacing = 1.0 / cells
    x = (np.arange(cells) + 0.5) * spacing
    rate = (2.0 - 2.0 * np.cos(np.pi * spacing)) / spacing**2
    problem = Diffusion(
        jnp.ones(cells), face_conductance(jnp.ones(cells), (spacing,), (False,)), jnp.zeros(cells), (False,)
    )

    @partial(jax.jit, static_argnums=0)
    def run(steps):
        def body(_, values):
            return method(problem, values, jnp.zeros(cells), end / steps, tolerance=1e-12).values

        return jax.lax.fori_loop(0, steps, body, jnp.asarray(np.cos(np.pi * x)))

    errors = [
        float(np.sqrt(np.mean((np.asarray(run(steps)) - np.cos(np.pi * x) * np.exp(-rate * end)) ** 2)))
        for steps in (8, 16, 32)
    ]
    assert _order(f"{method.__name__} in time", errors) >= order - 0.1


def test_transient_with_moving_wall_value_is_second_order_in_space_and_time():
    """u = cos(x) e^(sin t), σ = 1 + x, Dirichlet value that varies in time at one wall and a flux at the other."""
    errors = []
    for cells in (16, 32, 64):
        spacing, steps = 1.0 / cells, cells
        x = jnp.asarray((np.arange(cells) + 0.5) * spacing)
        time_step = 1.0 / steps
        wall = 2.0 / spacing**2
        faces = face_conductance(1.0 + x, (spacing,), (False,), "arithmetic")
        problem = Diffusion(jnp.ones(cells), faces, jnp.zeros(cells).at[0].set(wall), (False,))

        def source(time, x=x, wall=wall, spacing=spacing):
            growth = jnp.exp(jnp.sin(time))
            inside = growth * (jnp.cos(time) * jnp.cos(x) + jnp.sin(x) + (1.0 + x) * jnp.cos(x))
            flux = -2.0 * np.sin(1.0) * growth
            return inside.at[0].add(wall * growth).at[-1].add(flux / spacing)

        def body(index, values, problem=problem, source=source, time_step=time_step):
            start = index * time_step
            step = tr_bdf2(problem, values, lambda share: source(start + share * time_step), time_step)
            return step.values

        found = jax.jit(lambda u, body=body, steps=steps: jax.lax.fori_loop(0, steps, body, u))(jnp.cos(x))
        exact = np.cos(np.asarray(x)) * np.exp(np.sin(1.0))
        errors.append(float(np.sqrt(np.mean((np.asarray(found) - exact) ** 2))))
    assert _order("TR-BDF2 with a wall that varies in time", errors) >= 1.9


class _BenchmarkSeven:
    """PFHub benchmark 7a: Allen–Cahn on 1 × ½ with a manufactured wavy front, κ = 0.0004, to t = 8."""

    kappa, a1, b1, a2, b2, c2 = 0.0004, 0.0075, 8.0 * np.pi, 0.03, 22.0 * np.pi, 0.0625 * np.pi

    def __init__(self, cells: int) -> None:
        self.shape, self.spacing = (cells, cells // 2), 1.0 / cells
        x, y = np.meshgrid(*((np.arange(n) + 0.5) * self.spacing for n in self.shape), indexing="ij")
        self.x, self.y = jnp.asarray(x), jnp.asarray(y)
        faces = face_conductance(jnp.full(self.shape, self.kappa), (self.spacing,) * 2, (True, False))
        wall = 2.0 * self.kappa / self.spacing**2
        exchange = jnp.zeros(self.shape).at[:, 0].set(wall).at[:, -1].set(wall)
        self.wall_source = jnp.zeros(self.shape).at[:, 0].set(wall)
        self.problem = Diffusion(jnp.ones(self.shape), faces, exchange, (True, False))

    def front(self, x, time):
        return 0.25 + self.a1 * time * jnp.sin(self.b1 * x) + self.a2 * jnp.sin(self.b2 * x + self.c2 * time)

    def exact(self, time):
        return 0.5 * (1.0 - jnp.tanh((self.y - self.front(self.x, time)) / np.sqrt(2.0 * self.kappa)))

    def source(self, time):
        phase = self.b2 * self.x + self.c2 * time
        rate = self.a1 * jnp.sin(self.b1 * self.x) + self.a2 * self.c2 * jnp.cos(phase)
        slope = self.a1 * self.b1 * time * jnp.cos(self.b1 * self.x) + self.a2 * self.b2 * jnp.cos(phase)
        bend = -self.a1 * self.b1**2 * time * jnp.sin(self.b1 * self.x) - self.a2 * self.b2**2 * jnp.sin(
            phase
        )
        width = np.sqrt(4.0 * self.kappa)
        profile = (self.y - self.front(self.x, time)) / np.sqrt(2.0 * self.kappa)
        sech2 = 1.0 / jnp.cosh(profile) ** 2
        terms = -2.0 * np.sqrt(self.kappa) * jnp.tanh(profile) * slope**2 + np.sqrt(2.0) * (
            rate - self.kappa * bend
        )
        return sech2 / (2.0 * width) * terms

    @staticmethod
    def reaction(values):
        return -4.0 * values * (values - 1.0) * (values - 0.5)

    def error_at_eight(self, steps: int) -> float:
        """Diffusion by TR-BDF2; the reaction extrapolated through the last two steps."""
        time_step = 8.0 / steps

        @jax.jit
        def run():
            hierarchy = step_hierarchy(self.problem, time_step, IMPLICIT_SHARE)

            def body(index, state):
                values, old = state
                now = self.reaction(values)

                def source(share):
                    reaction = now + share * (now - old)
                    return reaction + self.wall_source + self.source((index + share) * time_step)

                return tr_bdf2(self.problem, values, source, time_step, hierarchy=hierarchy).values, now

            start = self.exact(0.0)
            return jax.lax.fori_loop(0, steps, body, (start, self.reaction(self.exact(-time_step))))[0]

        difference = run() - self.exact(8.0)
        return float(jnp.sqrt(jnp.sum(difference**2) * self.spacing**2))


def test_source_of_benchmark_seven_satisfies_its_equation():
    """The source written here equals ∂η/∂t − reaction − κ∇²η of the exact front, by differences."""
    case = _BenchmarkSeven(800)
    time, small = 3.0, 1e-4
    rate = (case.exact(time + small) - case.exact(time - small)) / (2.0 * small)
    value = case.exact(time)
    lap = value[2:, 1:-1] + value[:-2, 1:-1] + value[1:-1, 2:] + value[1:-1, :-2] - 4 * value[1:-1, 1:-1]
    expected = (rate - case.reaction(value))[1:-1, 1:-1] - case.kappa * lap / case.spacing**2
    assert float(jnp.max(jnp.abs(case.source(time)[1:-1, 1:-1] - expected))) < 2e-2 * float(
        jnp.max(jnp.abs(expected))
    )
    assert abs(GAMMA - (2.0 - np.sqrt(2.0))) < 1e-15


@pytest.mark.slow
def test_pfhub_7a_errors_of_the_codes():
    cases = ((100, 320), (200, 640), (400, 640))
    errors = [_BenchmarkSeven(cells).error_at_eight(steps) for cells, steps in cases]
    order = _order("PFHub 7a", errors)
    for error, published in zip(errors, (6.75e-3, 1.390e-3, 3.370e-4), strict=True):
        assert error == pytest.approx(published, rel=0.05)
    assert order == pytest.approx(2.0, abs=0.2)
