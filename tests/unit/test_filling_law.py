"""The law of metal in a crack: stress, pressure and driving energy are derivatives of one energy; connection,
hand-over."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import dendrion.field.backend  # noqa: F401
from dendrion.field.connectivity import connected_cracks
from dendrion.field.crack_band import (
    band_stiffness,
    build_band,
    contract,
    mandel_dyad,
    normal_strain,
    principal_direction,
    shear_energy,
)
from dendrion.field.filling import (
    HAND_OVER,
    CrackFaces,
    driving_energy,
    eliminate,
    excess,
    filled_stress,
    grown_filling,
    hand_over,
    linear_growth,
    metal_pressure,
    reaction_area,
)
from tests.filling_setup import VOLTAGE_PER_PRESSURE, isotropic


def random_normals(dimensions, count=5):
    normals = np.random.default_rng(4).normal(size=(dimensions, count))
    return jnp.array(normals / np.linalg.norm(normals, axis=0))


def cubic(dimensions):
    """A stiffness without isotropy: c11 170, c12 60, c44 80 GPa."""
    matrix = np.diag([110e9] * dimensions + [160e9] * (1 if dimensions == 2 else 3))
    matrix[:dimensions, :dimensions] += 60e9
    return matrix


def on_cells(matrix, count=5):
    return jnp.array(matrix[:, :, None] * np.ones(count))


def energy(band, stiffness, strain, filling, ligament):
    """psi of ligament and metal in parallel, crack strain = theta; sliding degraded by the ligament
    [J/m³]."""
    elastic = strain - filling * band.dyad
    full = 0.5 * jnp.sum(elastic * contract(stiffness, elastic), axis=0)
    sliding = shear_energy(band, contract(stiffness, strain))
    return full - (1.0 - ligament) * sliding + 0.5 * band.modulus * ligament / (1.0 - ligament) * filling**2


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("make", [isotropic, cubic])
def test_stress_pressure_and_drive_are_derivatives_of_one_energy(dimensions, make):
    stiffness = on_cells(make(dimensions))
    band = build_band(stiffness, random_normals(dimensions))
    strain = jnp.array(np.random.default_rng(5).normal(size=(stiffness.shape[0], 5)) * 1e-3)
    filling, ligament = jnp.full(5, 4e-3), jnp.linspace(0.05, 0.8, 5)
    intact = contract(stiffness, strain)
    still = eliminate(band.modulus, 1.0 - ligament, jnp.zeros(5), jnp.ones(5, bool), VOLTAGE_PER_PRESSURE)

    def total(strain, filling, ligament):
        return jnp.sum(energy(band, stiffness, strain, filling, ligament))

    stress, pressure, drive = jax.grad(total, (0, 1, 2))(strain, filling, ligament)
    assert jnp.allclose(filled_stress(band, intact, still, filling), stress, rtol=1e-12, atol=1.0)
    measured = metal_pressure(band, still, normal_strain(band, intact), filling)
    assert jnp.allclose(measured, pressure, rtol=1e-12)
    assert float(jnp.min(pressure)) > 0.0
    lost = 1.0 - ligament
    assert jnp.allclose(driving_energy(band, intact, lost, filling), drive, rtol=1e-12)


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("make", [isotropic, cubic])
def test_band_stiffness_is_semi_definite_and_frees_only_the_crack_directions(dimensions, make):
    stiffness = on_cells(make(dimensions))
    normals = random_normals(dimensions)
    band = build_band(stiffness, normals)
    soft = band_stiffness(band, stiffness, jnp.ones(5), jnp.ones(5))
    values = np.linalg.eigvalsh(np.moveaxis(np.asarray(soft), 2, 0))
    assert values.min() > -1e-5 * values.max()
    assert ((np.abs(values) < 1e-5 * values.max()).sum(axis=1) == dimensions).all()
    traction = jnp.sum(band.dyad * contract(soft, jnp.ones((stiffness.shape[0], 5))), axis=0)
    assert float(jnp.abs(traction).max()) < 1e-5 * values.max()


def test_an_open_crack_carries_its_ligament_only():
    stiffness = on_cells(isotropic(2))
    band = build_band(stiffness, random_normals(2))
    strain = 1e-3 * band.dyad
    lost = jnp.linspace(0.0, 0.9, 5)
    state = eliminate(band.modulus, lost, jnp.zeros(5), jnp.zeros(5, bool), VOLTAGE_PER_PRESSURE)
    stress = filled_stress(band, contract(stiffness, strain), state, jnp.zeros(5))
    carried = jnp.sum(band.dyad * stress, axis=0)
    assert jnp.allclose(carried, (1.0 - lost) * 1e-3 * band.modulus, rtol=1e-12)


def test_elimination_solves_the_implicit_step_of_growth_and_pressure():
    rate, offset, potential = jnp.array(2.0), jnp.array(0.01), jnp.array(0.03)
    modulus, lost, strain = jnp.array(184e9), jnp.array(0.9), jnp.array(2e-3)
    c = jnp.array(VOLTAGE_PER_PRESSURE)
    state = eliminate(modulus, lost, rate, jnp.array(True), c)
    available = offset + rate * potential
    pressure = state.wedged * modulus * excess(state, strain, available)
    filling = offset + rate * (potential - c * pressure)
    assert float(jnp.abs(pressure / (modulus * (filling / lost - strain)) - 1.0)) < 1e-9


@pytest.mark.parametrize("overpotential", [-0.2, -0.01, 0.0, 0.03, 0.25])
def test_tangent_of_growth_is_the_derivative_of_butler_volmer(overpotential):
    faces = CrackFaces(*(jnp.array(v) for v in (1e6, 2500.0, 0.002, 0.4, 298.15, 13e-6)))
    no = jnp.array(False)

    def rate(eta):
        growth = linear_growth(faces, eta, jnp.array(0.0), no, jnp.array(0.1))
        return grown_filling(growth, eta + 0.002, jnp.array(0.0), faces.voltage_per_pressure)

    eta = jnp.array(overpotential)
    growth = linear_growth(faces, eta, jnp.array(0.0), no, jnp.array(0.1))
    assert float(growth.rate) == pytest.approx(float(jax.grad(rate)(eta)), rel=1e-9)
    current = 2500.0 * (np.exp(0.4 * overpotential / 0.0256926) - np.exp(-0.6 * overpotential / 0.0256926))
    assert float(rate(eta)) == pytest.approx(0.1 * 13e-6 / 96485.33 * 1e6 * current, rel=1e-4, abs=1e-15)


def test_an_emptied_cell_gives_what_it_had():
    faces = CrackFaces(*(jnp.array(v) for v in (1e6, 2500.0, 0.0, 0.5, 298.15, 13e-6)))
    growth = linear_growth(faces, jnp.array(-0.1), jnp.array(0.02), jnp.array(True), jnp.array(1.0))
    assert float(grown_filling(growth, jnp.array(-0.3), jnp.array(1e8), faces.voltage_per_pressure)) == 0.0


def test_reaction_area_is_two_faces_of_the_plane_and_nothing_below_the_gate():
    damage, plane = jnp.array([0.3, 0.5, 0.75, 1.0]), jnp.full(4, 2e6)
    np.testing.assert_allclose(reaction_area(damage, plane, 0.5), [0.0, 0.0, 2e6, 4e6], rtol=1e-12)


def test_principal_direction_in_two_and_three_dimensions():
    for dimensions in (2, 3):
        frame = np.linalg.qr(np.random.default_rng(8).normal(size=(dimensions, dimensions)))[0]
        tensor = frame @ np.diag([3e-3, -1e-3, 1e-3][:dimensions]) @ frame.T
        values, vectors = np.linalg.eigh(tensor)
        basis = [jnp.array(vectors[:, i])[:, None] for i in range(dimensions)]
        strain = sum(value * mandel_dyad(vector, vector) for value, vector in zip(values, basis, strict=True))
        direction, distinct = principal_direction(strain)
        assert bool(distinct[0])
        assert abs(abs(float(jnp.vdot(direction[:, 0], vectors[:, -1]))) - 1.0) < 1e-9


def test_no_direction_without_strain_or_under_equal_strain():
    assert not bool(principal_direction(jnp.zeros((3, 1)))[1][0])
    assert not bool(principal_direction(jnp.zeros((6, 1)))[1][0])
    assert not bool(principal_direction(jnp.array([[1e-3], [1e-3], [0.0]]))[1][0])


def test_hand_over_keeps_the_metal_and_moves_only_wide_cracks_beside_the_front():
    filling = jnp.array([0.1, HAND_OVER - 1e-6, HAND_OVER + 1e-6, 0.9, 1.2, 0.9])
    order_parameter = jnp.array([0.0, 0.2, 0.2, 0.3, 0.0, 0.0])
    beside = jnp.array([True] * 5 + [False])
    left, metal, strain = hand_over(filling, order_parameter, filling, beside, jnp.zeros(6, bool))
    assert jnp.allclose(left + metal, filling + order_parameter, rtol=1e-14)
    assert jnp.array_equal(left[jnp.array([0, 1, 5])], filling[jnp.array([0, 1, 5])])
    assert jnp.array_equal(metal[jnp.array([0, 1, 5])], order_parameter[jnp.array([0, 1, 5])])
    assert float(jnp.abs(left[2:5]).max()) == 0.0
    assert jnp.allclose(strain, metal - order_parameter)


def test_a_front_takes_all_metal_of_the_cells_it_swallows_and_their_opening():
    filling, order_parameter = jnp.array([0.01, 0.0, 0.3]), jnp.array([0.48, 0.48, 0.1])
    opening, swallowed = jnp.array([0.01, 0.02, 0.3]), jnp.array([True, True, False])
    left, metal, strain = hand_over(filling, order_parameter, opening, swallowed, swallowed)
    assert jnp.array_equal(left, jnp.array([0.0, 0.0, 0.3]))
    assert jnp.allclose(metal, jnp.array([0.49, 0.48, 0.1]), rtol=1e-14)
    assert jnp.array_equal(strain, jnp.array([0.01, 0.02, 0.0]))


def test_cracks_are_reached_through_faces_from_wall_or_metal():
    open_cells = np.zeros((6, 6), bool)
    open_cells[0:3, 1] = True  # from the wall
    open_cells[3, 2] = True  # touches it at a corner only
    open_cells[5, 0] = open_cells[5, 5] = True  # joined through the periodic wall
    metal = np.zeros((6, 6), bool)
    nothing = connected_cracks(open_cells, metal, False, (False, False))
    assert not nothing.any()
    from_wall = connected_cracks(open_cells, metal, True, (False, False))
    assert from_wall.sum() == 3
    assert from_wall[:3, 1].all()
    metal[4, 0] = True
    assert connected_cracks(open_cells, metal, False, (False, False)).sum() == 1
    assert connected_cracks(open_cells, metal, False, (False, True)).sum() == 2
