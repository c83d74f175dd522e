"""Both stress terms, their inputs, sampling outside the diffuse front, growth strain."""

from __future__ import annotations

import math

import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.constants import FARADAY
from dendrion.errors import InputError
from dendrion.field.front import electrolyte_fraction, reaction_area_density
from dendrion.field.growth_strain import front_distance, growth_strain_rate, normal_dyad
from dendrion.field.mechanical_equilibrium import Grid
from dendrion.field.mechanical_overpotential import (
    cation_molar_volume,
    conductivity_stress_slope,
    front_stresses,
    mechanical_overpotential,
    smoothed,
    stressed_conductivity,
)
from dendrion.materials import material
from tests.mechanics_setup import Front


def test_both_terms_and_their_signs():
    """-0.134 mV/MPa (Li) and -0.246 mV/MPa (Na) of metal pressure; the electrolyte's promotes."""
    for name, slope in (("Li", -0.1347e-9), ("Na", -0.246e-9)):
        volume = material(name).claim("molar_volume").value
        assert float(mechanical_overpotential(0.0, 1e6, 3.5e-6, volume)) == pytest.approx(
            slope * 1e6, rel=0.01
        )
    assert float(mechanical_overpotential(1e6, 0.0, 3.5e-6, 1.3e-5)) == pytest.approx(
        3.5 / FARADAY, rel=1e-12
    )
    assert float(mechanical_overpotential(1e6, 1e6, 1.3e-5, 1.3e-5)) == 0.0
    stabilising = 1.5 * 1.3e-5 / 1.26  # V_+ at which a bump pushed into a half space stops being stabilised
    pressure = 2.0 / 3.0 * 1.26 * 1e6
    assert abs(float(mechanical_overpotential(pressure, 1e6, stabilising, 1.3e-5))) <= 1e-12


def test_cation_volume_is_required():
    assert float(cation_molar_volume(material("LLZO"))) == pytest.approx(3.5e-6)
    assert float(cation_molar_volume(material("PEO-LiTFSI"))) == pytest.approx(1.5e-4)
    with pytest.raises(InputError, match="partial_molar_volume"):
        cation_molar_volume(material("Na5SmSi4O12"))


def test_conductivity_under_stress():
    slope = conductivity_stress_slope(material("LPSC"))
    assert float(slope) == 9e-10
    assert float(conductivity_stress_slope(material("LLZO"))) == 0.0
    stress = jnp.array([-20e6, 0.0, 20e6, -5e9])
    changed = np.asarray(stressed_conductivity(jnp.full(4, 0.3), slope, stress))
    np.testing.assert_allclose(changed, [0.282, 0.3, 0.318, 0.15], rtol=1e-12)
    unchanged = stressed_conductivity(jnp.full(4, 0.3), jnp.asarray(0.0), stress)
    assert np.array_equal(np.asarray(unchanged), np.full(4, 0.3))


@pytest.mark.parametrize("angle", [0.0, 0.4, math.pi / 4.0])
def test_samples_leave_the_mixture_alone_and_reach_the_front(angle):
    """Linear fields in each phase, garbage in the cells that the front cuts: the front's values to an eighth of
    a cell, which is what a sample loses whose corners are partly cut."""
    grid = Grid((48, 48), (1.0, 1.0), (False, False))
    x, y = np.meshgrid(np.arange(48) + 0.5, np.arange(48) + 0.5, indexing="ij")
    distance = (x - 24.4) * math.cos(angle) + (y - 24.2) * math.sin(angle)
    front = Front(distance, 1.8, grid)
    mixed = np.asarray((front.fraction > 0.05) & (front.fraction < 0.95))
    assert mixed.sum() > 30
    pressure = np.where(mixed, 1e30, 3.0 + 0.2 * distance)
    metal = np.where(mixed, 1e30, 5.0 + 0.1 * distance)
    zero = np.zeros_like(x)
    electrolyte_stress = jnp.asarray(np.stack([-pressure, -pressure, -pressure, zero]))
    metal_stress = jnp.asarray(np.stack([-metal, -metal, -metal, zero]))
    found = front_stresses(
        electrolyte_stress, metal_stress, front.fraction, front_distance(front.order_parameter, 1.8), front.normals,
        (1.5, 3.0), grid.spacing, grid.periodic,
    )  # fmt: skip
    near = np.abs(distance) < 2.0
    near[:12], near[-12:], near[:, :12], near[:, -12:] = False, False, False, False
    assert near.sum() > 20
    np.testing.assert_allclose(np.asarray(found[0])[near], 3.0, atol=0.03)
    np.testing.assert_allclose(np.asarray(found[1])[near], 5.0, atol=0.03)


def test_a_filament_too_thin_to_sample_keeps_its_own_stress():
    grid = Grid((24, 12), (1.0, 1.0), (False, False))
    x = np.abs(np.arange(24) - 11.5)[:, None] - 0.4 + np.zeros((1, 12))
    front = Front(x, 0.6, grid)
    assert float(front.fraction.max()) < 0.95
    stress = jnp.stack([jnp.full(grid.cells, -7.0)] * 3 + [jnp.zeros(grid.cells)])
    distance = front_distance(front.order_parameter, 0.6)
    _, traction = front_stresses(
        stress, stress, front.fraction, distance, front.normals, (1.5, 3.0), grid.spacing, grid.periodic
    )
    inside = np.asarray(front.fraction) > 0.5
    np.testing.assert_allclose(np.asarray(traction)[inside], 7.0, rtol=1e-6)


def test_smoothing_keeps_what_is_constant_and_ignores_the_other_phase():
    values = jnp.asarray(np.where(np.arange(8) < 4, 2.0, 1e9))[None, :, None] * jnp.ones((1, 8, 3))
    weight = jnp.asarray((np.arange(8) < 4).astype(float))[:, None] * jnp.ones((8, 3))
    for periodic in ((False, False), (False, True)):
        blurred = smoothed(values, weight, periodic)
        np.testing.assert_allclose(blurred[0, :4], 2.0, rtol=1e-12)


@pytest.mark.parametrize("place", [8.0, 8.25, 8.5, 8.9])
def test_growth_strain_of_a_flat_front_adds_up_to_what_is_plated(place):
    """The sum of f times the strain rate times the cell size is V_M i/F, along the normal only."""
    grid = Grid((20, 4), (1e-6, 1e-6), (False, False))
    distance = np.broadcast_to(((np.arange(20) + 0.5) - place)[:, None] * 1e-6, grid.cells)
    front = Front(distance, 1.8e-6, grid)
    area = reaction_area_density(electrolyte_fraction(front.order_parameter), grid.spacing, grid.periodic)
    rate = growth_strain_rate(
        jnp.full(grid.cells, 10.0), area, front.fraction, front.normals, jnp.asarray(1.3e-5), grid.periodic
    )
    speed = np.asarray(jnp.sum(front.fraction * rate[0], axis=0)) * 1e-6
    print(f"front at {place}: {speed[0] / (1.3e-4 / FARADAY) - 1.0:+.1e}")
    np.testing.assert_allclose(speed, 1.3e-4 / FARADAY, rtol=1e-4)
    assert float(jnp.max(jnp.abs(rate[1:]))) == 0.0
    stripped = growth_strain_rate(
        jnp.full(grid.cells, -10.0), area, front.fraction, front.normals, jnp.asarray(1.3e-5), grid.periodic
    )
    np.testing.assert_allclose(stripped, -rate)


def test_dyad_takes_the_normal_traction():
    generator = np.random.default_rng(0)
    for dimensions in (2, 3):
        normal = generator.normal(size=dimensions)
        normal /= np.linalg.norm(normal)
        full = np.zeros(3)
        full[:dimensions] = normal
        matrix = generator.normal(size=(3, 3))
        matrix += matrix.T
        root = math.sqrt(2.0)
        shear = [(0, 1)] if dimensions == 2 else [(1, 2), (0, 2), (0, 1)]
        mandel = [matrix[i, i] for i in range(3)] + [root * matrix[i, j] for i, j in shear]
        dyad = normal_dyad([jnp.asarray(value) for value in normal])
        assert float(jnp.dot(dyad, jnp.asarray(mandel))) == pytest.approx(full @ matrix @ full)
