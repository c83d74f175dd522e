"""Capillarity against exact curvatures: circles, spheres, and the stiffness of an anisotropic surface energy."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import dendrion.field  # noqa: F401  (switches float64 on)
from dendrion.field.curvature import capillary_pressure, cubic_factor, outward_normals
from dendrion.field.front import electrolyte_fraction, reaction_area_density
from tests.field_setup import centres, profile

ENERGY, CELLS = 0.5, 64
X, Y = np.meshgrid(centres(CELLS, 1.0), centres(CELLS, 1.0), indexing="ij")


@jax.jit
def pressure_and_area(xi, energy, anisotropy):
    """div Xi [J/m^3] and front area density [1/m] on cells of size 1 m."""
    spacing, periodic = (1.0,) * xi.ndim, (False,) * xi.ndim
    pressure = capillary_pressure(xi, energy, anisotropy, spacing, periodic)
    return pressure, reaction_area_density(electrolyte_fraction(xi), spacing, periodic)


def mean_pressure(xi, anisotropy=0.0, where=1.0):
    """Mean of div Xi [J/m^3] over the front, weighted as the current is."""
    pressure, area = (np.asarray(a) for a in pressure_and_area(jnp.asarray(xi), ENERGY, anisotropy))
    weight = area * where
    return float((weight * pressure).sum() / weight.sum())


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("width", [1.5, 2.0, 4.0])
def test_circle_has_the_curvature_of_its_radius(sign, width):
    """gamma / R, positive where metal protrudes."""
    xi = profile(sign * (np.hypot(X, Y) - 35.0), width)
    error = mean_pressure(xi) / (sign * ENERGY / 35.0) - 1.0
    print(f"sign {sign:+.0f}, w = {width} cells: {error:+.2e}")
    assert abs(error) <= 0.01


def test_sphere_has_twice_the_curvature_of_its_radius():
    x, y, z = np.meshgrid(*[centres(28, 1.0)] * 3, indexing="ij")
    xi = profile(np.sqrt(x**2 + y**2 + z**2) - 16.0, 2.0)
    error = mean_pressure(xi) / (2.0 * ENERGY / 16.0) - 1.0
    print(f"error {error:+.2e}")
    assert abs(error) <= 0.02


@pytest.mark.parametrize("angle", [0.0, 0.2, math.pi / 4.0])
def test_planar_front_has_no_curvature(angle):
    """Below half a per cent of that of a circle of 25 cells."""
    inside = np.zeros(X.shape)
    inside[6:-6, 6:-6] = 1.0
    xi = profile((X - 32.0) * math.cos(angle) + (Y - 32.2) * math.sin(angle), 2.0)
    assert abs(mean_pressure(xi, where=inside)) <= 5e-3 * ENERGY / 25.0


@pytest.mark.parametrize("anisotropy", [0.02, -0.02])
def test_anisotropic_circle_has_the_stiffness_of_each_direction(anisotropy):
    """In the plane div Xi = gamma_0 (1 - 15 d cos 4 theta)/R."""
    radius = 40.0
    xi = profile(np.hypot(X, Y) - radius, 3.0)
    angle = np.arctan2(Y, X)
    for direction in (0.0, 0.25 * math.pi):
        sector = np.abs(angle - direction) < 0.06
        middle = direction if direction > 0.0 else 0.03
        exact = ENERGY * (1.0 - 15.0 * anisotropy * math.cos(4.0 * middle)) / radius
        found = mean_pressure(xi, anisotropy, sector)
        print(f"d = {anisotropy}, {math.degrees(direction):.0f} degrees: {found / exact - 1.0:+.2e}")
        assert found == pytest.approx(exact, rel=0.03)


def test_total_curvature_of_a_closed_front_is_two_pi():
    """As along any closed curve: here a quarter of an ellipse."""
    scaled = np.sqrt((X / 44.0) ** 2 + (Y / 30.0) ** 2)
    slope = np.sqrt((X / 44.0**2) ** 2 + (Y / 30.0**2) ** 2) / scaled
    pressure, area = pressure_and_area(jnp.asarray(profile((scaled - 1.0) / slope, 3.0)), 1.0, 0.0)
    total = float(jnp.sum(pressure * area))
    print(f"{total / (0.5 * math.pi) - 1.0:+.2e}")
    assert total == pytest.approx(0.5 * math.pi, rel=0.01)


@pytest.mark.parametrize("width", [1.5, 2.0, 3.0])
def test_small_wave_has_the_curvature_of_its_second_derivative(width):
    """k^2 A cos(k y): the capillary part of linear stability, to 0.2 % of its amplitude however wide the front."""
    k, amplitude = 2.0 * math.pi / CELLS, 0.05
    xi = profile(X - 30.0 - amplitude * np.cos(k * Y), width)
    pressure, area = (np.asarray(a) for a in pressure_and_area(jnp.asarray(xi), 1.0, 0.0))
    local = (area * pressure).sum(0) / area.sum(0)
    found = 2.0 * float(np.mean(local * np.cos(k * Y[0])))
    print(f"w = {width} cells: {found / (k**2 * amplitude) - 1.0:+.2e}")
    assert found == pytest.approx(k**2 * amplitude, rel=0.002)


def test_normals_point_out_of_the_metal_with_unit_length():
    xi = profile((X - 32.0) * 0.6 + (Y - 32.0) * 0.8, 2.0)
    normals = outward_normals(jnp.asarray(xi), (1.0, 1.0), (False, False))
    assert float(normals[0][32, 32]) == pytest.approx(0.6, abs=0.02)
    assert float(normals[1][32, 32]) == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize("angle", [0.0, 0.3, math.pi / 4.0])
def test_cubic_factor_in_the_plane_is_a_cosine(angle):
    normals = [jnp.asarray(math.cos(angle)), jnp.asarray(math.sin(angle))]
    assert float(cubic_factor(normals, 0.05)) == pytest.approx(1.0 + 0.05 * math.cos(4.0 * angle), abs=1e-14)


def test_cubic_factor_in_space():
    """1 + d along an axis, 1 - 5 d/3 along a space diagonal."""
    axis = [jnp.asarray(v) for v in (1.0, 0.0, 0.0)]
    diagonal = [jnp.asarray(1.0 / math.sqrt(3.0))] * 3
    assert float(cubic_factor(axis, 0.05)) == pytest.approx(1.05)
    assert float(cubic_factor(diagonal, 0.05)) == pytest.approx(1.0 - 5.0 * 0.05 / 3.0)
