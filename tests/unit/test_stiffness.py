"""Mandel stiffness: isotropic, cubic, plane strain, laminates, free strains."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from dendrion.errors import InputError
from dendrion.field import stiffness as builders

GENERATOR = np.random.default_rng(11)
PAIRS = [(0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)]


def mandel(tensor):
    return np.array([tensor[i, j] * (1.0 if i == j else np.sqrt(2.0)) for i, j in PAIRS])


def symmetric():
    root = GENERATOR.normal(size=(3, 3))
    return root + root.T


def test_isotropic_stiffness_gives_hookes_law():
    modulus, ratio = 150e9, 0.26
    strain = symmetric()
    found = builders.isotropic_stiffness(modulus, ratio) @ mandel(strain)
    lame, shear = modulus * ratio / ((1 + ratio) * (1 - 2 * ratio)), modulus / (2 * (1 + ratio))
    expected = lame * np.trace(strain) * np.eye(3) + 2.0 * shear * strain
    assert np.asarray(found) == pytest.approx(mandel(expected), rel=1e-13)


def test_plane_strain_is_a_part_of_the_whole():
    full = builders.isotropic_stiffness(7.8e9, 0.381)
    flat = builders.isotropic_stiffness(7.8e9, 0.381, 4)
    assert np.array_equal(builders.plane_strain(full), flat)
    solver = np.asarray(builders.in_plane(flat))
    assert solver[2, 2] == pytest.approx(7.8e9 / 1.381)
    total = builders.total_plane_strain(jnp.array([1e-3, -2e-3, 5e-4]))
    found = builders.stress(flat, total)
    assert float(found[2]) == pytest.approx(0.381 * float(found[0] + found[1]), rel=1e-12)


def test_rotation_of_mandel_vectors_is_that_of_tensors():
    turn = Rotation.random(random_state=5).as_matrix()
    tensor = symmetric()
    matrix = np.asarray(builders.mandel_rotation(jnp.asarray(turn)))
    assert matrix @ mandel(tensor) == pytest.approx(mandel(turn @ tensor @ turn.T), rel=1e-12)
    assert np.abs(matrix @ matrix.T - np.eye(6)).max() <= 1e-14


def test_cubic_stiffness_turns_with_its_crystal_and_meets_the_isotropic_one():
    turn = jnp.asarray(Rotation.random(random_state=6).as_matrix())
    modulus, ratio = 10e9, 0.3
    lame, shear = modulus * ratio / (1.3 * 0.4), modulus / 2.6
    same = builders.cubic_stiffness(lame + 2 * shear, lame, shear, turn)
    assert np.asarray(same) == pytest.approx(
        np.asarray(builders.isotropic_stiffness(modulus, ratio)), rel=1e-12, abs=1.0
    )
    lithium = builders.cubic_stiffness(13.42e9, 11.30e9, 8.80e9, jnp.eye(3)[:, :, None] * jnp.ones(4))
    assert lithium.shape == (6, 6, 4)
    quarter = Rotation.from_rotvec([0.0, 0.0, np.pi / 2]).as_matrix()
    turned = builders.cubic_stiffness(13.42e9, 11.30e9, 8.80e9, jnp.asarray(quarter))
    assert np.asarray(turned) == pytest.approx(np.asarray(lithium[..., 0]), rel=1e-12, abs=1.0)


@pytest.mark.parametrize("count", [4, 6])
def test_laminate_is_harmonic_across_and_arithmetic_along(count):
    """Layers normal to x: the constrained modulus is in series, the tangential shear modulus in parallel."""
    first = np.asarray(builders.isotropic_stiffness(5e9, 0.36, count))
    second = np.asarray(builders.isotropic_stiffness(150e9, 0.26, count))
    normal = np.zeros(3 if count == 6 else 2)
    normal[0] = 1.0
    mixed = np.asarray(builders.laminate_stiffness(first, second, jnp.asarray(0.3), jnp.asarray(normal)))
    assert mixed == pytest.approx(mixed.T, rel=1e-12)
    assert mixed[0, 0] == pytest.approx(1.0 / (0.7 / first[0, 0] + 0.3 / second[0, 0]), rel=1e-12)
    shear = count - 1
    assert mixed[shear, shear] == pytest.approx(
        1.0 / (0.7 / first[shear, shear] + 0.3 / second[shear, shear])
    )
    if count == 6:  # shear in the plane of the layers
        assert mixed[3, 3] == pytest.approx(0.7 * first[3, 3] + 0.3 * second[3, 3])


@pytest.mark.parametrize("count", [4, 6])
def test_phases_of_a_laminate_share_their_traction_and_tangential_strain(count):
    dimensions = 3 if count == 6 else 2
    normal = GENERATOR.normal(size=dimensions)
    normal = jnp.asarray(normal / np.linalg.norm(normal))
    first = np.asarray(builders.isotropic_stiffness(5e9, 0.36, count))
    second = np.asarray(builders.isotropic_stiffness(150e9, 0.26, count))
    share, strain = jnp.asarray(0.4), jnp.asarray(1e-3 * GENERATOR.normal(size=count))
    if count == 4:
        strain = strain.at[2].set(0.0)
    parts = builders.laminate_strains(first, second, share, normal, strain)
    stresses = [np.asarray(builders.stress(c, e)) for c, e in zip((first, second), parts, strict=True)]
    matrix = np.asarray(builders.normal_matrix(normal, count))
    assert matrix.T @ stresses[0] == pytest.approx(matrix.T @ stresses[1], rel=1e-10)
    assert 0.6 * parts[0] + 0.4 * parts[1] == pytest.approx(np.asarray(strain), rel=1e-12)
    mean = np.asarray(builders.laminate_stiffness(first, second, share, normal)) @ np.asarray(strain)
    assert 0.6 * stresses[0] + 0.4 * stresses[1] == pytest.approx(mean, rel=1e-10)
    free = (jnp.zeros(count), builders.thermal_strain(jnp.asarray(1e-5), jnp.asarray(30.0), count))
    warm = builders.laminate_strains(first, second, share, normal, strain, free)
    pulls = [
        matrix.T @ np.asarray(builders.stress(c, e - f))
        for c, e, f in zip((first, second), warm, free, strict=True)
    ]
    assert pulls[0] == pytest.approx(pulls[1], rel=1e-10)


def test_laminate_without_an_interface_is_the_phase_itself():
    first = builders.isotropic_stiffness(np.full(2, 5e9), 0.36, 4)
    second = builders.isotropic_stiffness(np.full(2, 150e9), 0.26, 4)
    mixed = builders.laminate_stiffness(first, second, jnp.array([0.0, 1.0]), jnp.zeros((2, 2)))
    assert np.array_equal(mixed[..., 0], first[..., 0])
    assert np.array_equal(mixed[..., 1], second[..., 1])


def test_thermal_strain_expands_all_normal_components():
    found = builders.thermal_strain(jnp.array([1e-5, 2e-5]), jnp.array([10.0, -5.0]), 4)
    assert np.asarray(found) == pytest.approx(np.array([[1e-4, -1e-4]] * 3 + [[0.0, 0.0]]))


def test_other_lengths_are_refused():
    with pytest.raises(InputError, match="no such Mandel vector"):
        builders.component_axes(3)
