"""Contact with a bounded pressure against Westergaard's exact solution for a wavy surface."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dendrion.numerics.bounded_quadratic import solve_contact
from dendrion.numerics.lateral_modes import LateralModes


def half_space(modes):
    """2/k of every mode: the elastic half-space with E* = 1."""
    k = modes.wavenumber
    return np.divide(2.0, k, out=np.zeros_like(k), where=k > 0.0)


@pytest.mark.parametrize("periodic", [True, False])
def test_a_wavy_surface_in_partial_contact(periodic):
    """Contact width and pressure of Westergaard 1939 (Johnson, Contact Mechanics, 13.7), converging with the grid."""
    share = 0.3  # of the pressure that flattens the wave
    flattening, errors = math.pi * 0.01, []
    for cells in (64, 256, 1024):
        modes = LateralModes((cells,), (1.0 / cells,), periodic)
        y = (np.arange(cells) + 0.5) / cells
        gap = 0.01 * (1.0 - np.cos(2.0 * np.pi * y))
        compliance = half_space(modes)
        found = solve_contact(lambda p, m=modes, c=compliance: m.multiply(p, c), gap, share * flattening)
        angle = (np.pi * y + np.pi / 2) % np.pi - np.pi / 2
        inside = np.sqrt(np.maximum(share - np.sin(angle) ** 2, 0.0))
        exact = 2.0 * share * flattening * np.cos(angle) / share * inside
        errors.append(math.sqrt(((found.pressure - exact) ** 2).mean()) / (share * flattening))
        assert float((found.pressure > 0.0).mean()) == pytest.approx(
            2.0 * math.asin(math.sqrt(share)) / math.pi, abs=1.5 / cells
        )
        assert found.pressure.mean() == pytest.approx(share * flattening, rel=1e-12)
    print(f"error of the pressure {errors[0]:.2g}, {errors[1]:.2g}, {errors[2]:.2g}")
    assert errors[-1] < 2e-3 and errors[-1] < errors[0] / 10


def test_enough_pressure_flattens_the_wave():
    modes = LateralModes((128,), (1.0 / 128,), True)
    gap = 0.01 * (1.0 - np.cos(2.0 * np.pi * (np.arange(128) + 0.5) / 128))
    compliance = half_space(modes)
    found = solve_contact(lambda p: modes.multiply(p, compliance), gap, 1.01 * math.pi * 0.01)
    assert found.gap.max() == 0.0 and found.pressure.min() > 0.0
    assert found.approach == pytest.approx(0.01, rel=1e-6)


def test_without_pressure_the_bodies_touch_in_one_point():
    gap = np.array([3.0, 1.0, 2.0])
    found = solve_contact(lambda p: p, gap, 0.0)
    assert found.gap.tolist() == [2.0, 0.0, 1.0] and found.approach == 1.0 and not found.pressure.any()


@given(st.integers(0, 10_000), st.floats(1e-3, 10.0))
def test_pressure_and_gap_exclude_each_other(seed, mean):
    """p >= 0, g >= 0, p g = 0, the mean of p is imposed and g = K p + b - c."""
    modes = LateralModes((32,), (1.0 / 32,), True)
    gap = np.random.default_rng(seed).normal(size=32)
    compliance = half_space(modes)
    found = solve_contact(lambda p: modes.multiply(p, compliance), gap, mean)
    assert found.pressure.min() >= 0.0 and found.gap.min() >= 0.0
    assert not (found.pressure * found.gap).any()
    assert found.pressure.mean() == pytest.approx(mean, rel=1e-12)
    there = modes.multiply(found.pressure, compliance) + gap - found.approach
    np.testing.assert_allclose(found.gap, there, atol=3e-8 * np.ptp(gap))


@pytest.mark.parametrize("periodic", [True, False])
def test_modes_are_eigenfunctions_of_the_laplacian(periodic):
    """-laplacian of cos(k y) cos(q z) is (k^2 + q^2) times it, exactly."""
    modes = LateralModes((16, 24), (0.1, 0.05), periodic)
    y, z = np.meshgrid((np.arange(16) + 0.5) * 0.1, (np.arange(24) + 0.5) * 0.05, indexing="ij")
    k, q = 2.0 * math.pi / 1.6, 4.0 * math.pi / 1.2
    field = np.cos(k * y) * np.cos(q * z)
    np.testing.assert_allclose(
        modes.multiply(field, modes.wavenumber**2), (k**2 + q**2) * field, atol=1e-9 * (k**2 + q**2)
    )
