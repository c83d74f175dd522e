"""Phases that share cells: a circle shrinks by its area law, a front keeps its speed, a groove has Young's angle."""

from __future__ import annotations

import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.field.texture_setup import half_sine
from dendrion.numerics.grain_phases import Pairs, onto_simplex, relaxed

WALLS = (False, False)


@functools.partial(jax.jit, static_argnames=("count",))
def march(phases, pairs, speeds, step, width, spacing, count):
    def one(_, now):
        return relaxed(now, pairs, jnp.asarray(1.0), speeds, step, width, spacing, WALLS)

    return jax.lax.fori_loop(0, count, one, phases)


def shrinking_circle(cells):
    """Relative error of dA/dt = -2 pi m gamma for a quarter of a circle of radius 0.7, boundary 0.2 wide."""
    h, width, time = 1.0 / cells, 0.2, 0.1
    x = (np.arange(cells) + 0.5) * h
    inside = half_sine(np.hypot(x[:, None], x[None, :]) - 0.7, width)
    phases = jnp.asarray(np.stack([inside, 1.0 - inside]))
    pairs = Pairs(jnp.array([0, 0]), jnp.array([[1.0]]))
    count = round(time / (0.2 * h * h))
    after = march(phases, pairs, jnp.zeros((1, 1)), time / count, width, h, count)
    rate = 4.0 * float((after[0] - phases[0]).sum()) * h * h / time
    return rate / (-2.0 * math.pi) - 1.0


def test_a_circle_shrinks_by_its_area_law():
    errors = [shrinking_circle(cells) for cells in (25, 50, 100)]
    orders = np.log2(np.abs(np.array(errors[:-1]) / np.array(errors[1:])))
    print(f"\nerrors {errors}, orders {orders}")
    assert abs(errors[1]) < 0.02 and abs(errors[2]) < 0.003
    assert np.all(orders > 1.9)


def driven_front(cells):
    """Relative error of the speed of a driven front, 1/12 wide, and its phases when it has gone 0.4."""
    h, width, speed, time = 1.0 / cells, 1.0 / 12.0, 2.0, 0.2
    x = (np.arange(cells) + 0.5) * h
    first = half_sine(np.broadcast_to(x[:, None] - 0.25, (cells, 4)), width)
    pairs = Pairs(jnp.array([0, 1]), jnp.array([[1.0, 1.0], [1.0, 1.0]]))
    count = round(time / (0.2 * h * h))
    speeds = jnp.array([[0.0, speed], [-speed, 0.0]])
    after = march(jnp.asarray(np.stack([first, 1.0 - first])), pairs, speeds, time / count, width, h, count)
    thickness = float((after[0] * (1.0 - after[0])).sum(axis=0).mean()) * h
    return float((after[0] - first).mean()) / (speed * time) - 1.0, thickness / (width / 8.0) - 1.0, after


def test_a_driven_boundary_keeps_its_speed_and_shape():
    """3 % slow at eight cells of width, a fourth of it at sixteen; the phases add up to one."""
    (coarse, _, _), (fine, thickness, after) = driven_front(96), driven_front(192)
    print(f"\nspeed {coarse:+.4f}, {fine:+.4f}; thickness {thickness:+.4f}")
    assert abs(coarse) < 0.04 and abs(fine) < 0.3 * abs(coarse)
    assert abs(thickness) < 0.03
    assert float(jnp.abs(after.sum(axis=0) - 1.0).max()) < 1e-12


def groove(cells, boundary_energy):
    """Sine of the groove's slope, from the curvature of the front of two grains at rest, as 1/R of half a unit."""
    h = 1.0 / cells
    width = 6.0 * h
    x, y = (np.arange(cells) + 0.5) * h, (np.arange(2 * cells) + 0.5) * h
    above = half_sine(np.broadcast_to(0.6 - x[:, None], (cells, 2 * cells)), width)
    left = half_sine(np.broadcast_to(y[None, :] - 1.0, (cells, 2 * cells)), width)
    phases = jnp.asarray(np.stack([above, (1.0 - above) * left, (1.0 - above) * (1.0 - left)]))
    pairs = Pairs(jnp.array([0, 1, 1]), jnp.array([[1.0, 1.0], [1.0, boundary_energy]]))
    after = settled(phases, pairs, width, h, int(1.0 / (0.15 * h * h)))
    heights = np.asarray((1.0 - after[0]).sum(axis=0)) * h
    apart = np.abs(y - 1.0) > 1.5 * width  # where no third phase is
    from_middle = np.minimum(y, 2.0 - y)[apart]
    # z = z0 + sqrt(R^2 - y^2) - R, nearly z0 - y^2/2R (1 + y^2/4R^2)
    radius = 3.0
    for _ in range(20):
        arc = radius - np.sqrt(radius**2 - from_middle**2)
        slope = np.polyfit(arc, heights[apart], 1)[0]
        radius /= -slope
    return 1.0 / radius


@functools.partial(jax.jit, static_argnames=("count",))
def settled(phases, pairs, width, spacing, count):
    """Relaxed at constant metal: the front gives back evenly what its curvature takes."""
    metal = (1.0 - phases[0]).sum()

    def one(_, now):
        step = 0.15 * spacing**2
        after = relaxed(now, pairs, jnp.asarray(1.0), jnp.zeros((2, 2)), step, width, spacing, WALLS)
        weight = jnp.sqrt(after[0] * after[1:])
        gained = (metal - (1.0 - after[0]).sum()) / weight.sum() * weight
        return onto_simplex(jnp.concatenate([after[:1] - gained.sum(axis=0), after[1:] + gained]))

    return jax.lax.fori_loop(0, count, one, phases)


@pytest.mark.parametrize("boundary_energy", [0.6, 1.0])
def test_a_groove_has_the_angle_of_young(boundary_energy):
    """2 gamma_s cos(theta/2) = gamma_gb: the arcs between two grooves end at the slope gamma_gb/(2 gamma_s)."""
    found = groove(32, boundary_energy)
    angle, exact = (2.0 * math.degrees(math.acos(value)) for value in (found, 0.5 * boundary_energy))
    print(f"\nboundary {boundary_energy}: angle {angle:.2f}, Young {exact:.2f} degrees")
    assert angle == pytest.approx(exact, abs=2.5)
