"""Mandel vectors and stiffness: isotropic, cubic, plane strain, rotations."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from dendrion.field.mandel import in_plane_tangent, plane_strain, rotation_matrix
from dendrion.field.stiffness import (
    bulk_and_shear,
    cubic_stiffness,
    isotropic_stiffness,
    plane_strain_stiffness,
)

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
    found = isotropic_stiffness(*bulk_and_shear(modulus, ratio)) @ mandel(strain)
    lame, shear = modulus * ratio / ((1 + ratio) * (1 - 2 * ratio)), modulus / (2 * (1 + ratio))
    expected = lame * np.trace(strain) * np.eye(3) + 2.0 * shear * strain
    assert np.asarray(found) == pytest.approx(mandel(expected), rel=1e-13)


def test_plane_strain_is_a_part_of_the_whole():
    full = isotropic_stiffness(*bulk_and_shear(7.8e9, 0.381))
    flat = isotropic_stiffness(*bulk_and_shear(7.8e9, 0.381), 4)
    assert np.array_equal(plane_strain_stiffness(full), flat)
    solver = np.asarray(in_plane_tangent(flat))
    assert solver[2, 2] == pytest.approx(7.8e9 / 1.381)
    total = plane_strain(jnp.array([1e-3, -2e-3, 5e-4]))
    found = jnp.sum(flat * total[None], axis=1)
    assert float(found[2]) == pytest.approx(0.381 * float(found[0] + found[1]), rel=1e-12)


def test_rotation_of_mandel_vectors_is_that_of_tensors():
    turn = Rotation.random(random_state=5).as_matrix()
    tensor = symmetric()
    matrix = np.asarray(rotation_matrix(jnp.asarray(turn)))
    assert matrix @ mandel(tensor) == pytest.approx(mandel(turn @ tensor @ turn.T), rel=1e-12)
    assert np.abs(matrix @ matrix.T - np.eye(6)).max() <= 1e-14


def test_cubic_stiffness_turns_with_its_crystal_and_meets_the_isotropic_one():
    turn = jnp.asarray(Rotation.random(random_state=6).as_matrix())
    modulus, ratio = 10e9, 0.3
    lame, shear = modulus * ratio / (1.3 * 0.4), modulus / 2.6
    same = cubic_stiffness(lame + 2 * shear, lame, shear, turn)
    assert np.asarray(same) == pytest.approx(
        np.asarray(isotropic_stiffness(*bulk_and_shear(modulus, ratio))), rel=1e-12, abs=1.0
    )
    lithium = cubic_stiffness(13.42e9, 11.30e9, 8.80e9, jnp.eye(3)[:, :, None] * jnp.ones(4))
    assert lithium.shape == (6, 6, 4)
    quarter = Rotation.from_rotvec([0.0, 0.0, np.pi / 2]).as_matrix()
    turned = cubic_stiffness(13.42e9, 11.30e9, 8.80e9, jnp.asarray(quarter))
    assert np.asarray(turned) == pytest.approx(np.asarray(lithium[..., 0]), rel=1e-12, abs=1.0)
