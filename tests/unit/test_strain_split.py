"""The splits of the elastic energy: parts, stress and tangent agree with each other at every strain."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dendrion.errors import InputError
from dendrion.field.strain_split import (
    ROOT_TWO,
    SHEAR_PAIRS,
    damaged_stress,
    damaged_tangent,
    degradation,
    positive_projection,
    principal,
    split_energy,
    tensile_tangent,
    trace,
)

LAME, SHEAR = 1.3, 0.7
SPLITS = ["none", "volumetric_deviatoric", "spectral"]
COMPONENTS = [4, 6]
TIGHT = 1e-12


def tensor(strain):
    """Matrices (3, 3, cells) of Mandel vectors."""
    matrix = np.zeros((3, 3, *strain.shape[1:]))
    for i in range(3):
        matrix[i, i] = strain[i]
    for k, (p, q) in enumerate(SHEAR_PAIRS[strain.shape[0]]):
        matrix[p, q] = matrix[q, p] = strain[3 + k] / ROOT_TWO
    return matrix


def mandel(matrix, components):
    """Mandel vectors of matrices (3, 3, cells)."""
    shear = [ROOT_TWO * matrix[p, q] for p, q in SHEAR_PAIRS[components]]
    return np.stack([matrix[0, 0], matrix[1, 1], matrix[2, 2], *shear])


def strains(components, cells=400):
    """Random strains, and those where principal strains coincide or vanish."""
    chosen = np.random.default_rng(1).normal(size=(components, cells))
    special = [
        (0, 0, 0),
        (1, 1, 1),
        (-1, -1, -1),
        (1, 1, -1),
        (1, -1, -1),
        (2, 0, 0),
        (0, -2, 0),
        (1, 1, 1 + 1e-9),
    ]
    for k, normal in enumerate(special):
        chosen[:, k] = [*normal, *[0.0] * (components - 3)]
    chosen[3:, 8] = 0.0
    chosen[3, 9] = 1e-12
    return jnp.asarray(chosen)


def damaged_energy(strain, remaining, split):
    tensile, compressive = split_energy(strain, LAME, SHEAR, split)
    return jnp.sum(remaining * tensile + compressive)


@pytest.mark.parametrize("components", COMPONENTS)
def test_principal_strains_are_those_of_lapack(components):
    strain = strains(components)
    values, vectors = map(np.asarray, principal(strain))
    exact = np.linalg.eigvalsh(np.moveaxis(tensor(np.asarray(strain)), 2, 0))
    assert np.abs(np.sort(values, axis=0).T - exact).max() < TIGHT
    built = np.einsum("in,ain,bin->abn", values, vectors, vectors)
    assert np.abs(built - tensor(np.asarray(strain))).max() < TIGHT
    gram = np.einsum("ain,ajn->ijn", vectors, vectors)
    assert np.abs(gram - np.eye(3)[:, :, None]).max() < TIGHT


@pytest.mark.parametrize("components", COMPONENTS)
@pytest.mark.parametrize("split", [*SPLITS, "hybrid"])
def test_parts_add_up_to_the_elastic_energy(components, split):
    strain = strains(components)
    tensile, compressive = split_energy(strain, LAME, SHEAR, split)
    whole = 0.5 * LAME * trace(strain) ** 2 + SHEAR * jnp.sum(strain**2, axis=0)
    assert jnp.abs(tensile + compressive - whole).max() < TIGHT * whole.max()
    assert tensile.min() >= -TIGHT
    assert compressive.min() >= -TIGHT


@pytest.mark.parametrize("components", COMPONENTS)
@pytest.mark.parametrize("split", SPLITS)
def test_stress_is_the_derivative_of_the_energy(components, split):
    strain, remaining = strains(components), 0.3
    stress = damaged_stress(strain, LAME, SHEAR, remaining, split)
    gradient = jax.grad(damaged_energy)(strain, remaining, split)
    assert jnp.abs(stress).max() > 1.0
    assert jnp.abs(stress - gradient).max() < TIGHT * 10
    step = 1e-6
    direction = jnp.asarray(np.random.default_rng(2).normal(size=strain.shape))
    change = damaged_energy(strain + step * direction, remaining, split) - damaged_energy(
        strain - step * direction, remaining, split
    )
    assert float(change) / (2 * step) == pytest.approx(float(jnp.vdot(stress, direction)), rel=1e-7)


@pytest.mark.parametrize("components", COMPONENTS)
@pytest.mark.parametrize("split", [*SPLITS, "hybrid"])
def test_tangent_is_the_derivative_of_the_stress_and_positive(components, split):
    strain, remaining = strains(components)[:, 10:], 0.3  # the special strains sit on kinks of the stress

    def one(vector):
        return damaged_stress(vector[:, None], LAME, SHEAR, remaining, split)[:, 0]

    tangent = damaged_tangent(strain, LAME, SHEAR, remaining, split)
    jacobian = jax.vmap(jax.jacfwd(one), 1, 2)(strain)
    assert jnp.abs(tangent - jacobian).max() < TIGHT * 10
    step = 1e-7
    numeric = jnp.stack(
        [
            (damaged_stress(strain.at[k].add(step), LAME, SHEAR, remaining, split)
             - damaged_stress(strain.at[k].add(-step), LAME, SHEAR, remaining, split)) / (2 * step)
            for k in range(components)
        ],
        axis=1,
    )  # fmt: skip
    typical = float(jnp.median(jnp.abs(tangent - numeric).max(axis=(0, 1))))
    assert typical < 1e-7
    every = strains(components)
    for part in tensile_tangent(every, LAME, SHEAR, split):
        assert jnp.abs(part - jnp.swapaxes(part, 0, 1)).max() < TIGHT
        assert jnp.linalg.eigvalsh(jnp.moveaxis(part, 2, 0)).min() > -1e-10
    product = jnp.einsum("ij...,j...->i...", damaged_tangent(every, LAME, SHEAR, remaining, split), every)
    assert jnp.abs(product - damaged_stress(every, LAME, SHEAR, remaining, split)).max() < TIGHT * 10


@pytest.mark.parametrize("components", COMPONENTS)
def test_pure_compression_drives_nothing(components):
    strain = jnp.array([-1.0, -2.0, -0.5, *[0.0] * (components - 3)])[:, None]
    for split in ("spectral", "hybrid"):
        assert float(split_energy(strain, LAME, SHEAR, split)[0][0]) == 0.0
    hydrostatic = jnp.array([-1.0, -1.0, -1.0, *[0.0] * (components - 3)])[:, None]
    assert float(split_energy(hydrostatic, LAME, SHEAR, "volumetric_deviatoric")[0][0]) < TIGHT
    # With shear, the volumetric-deviatoric split drives damage by mu e:e, as it must.
    deviator = np.array([-1.0, -2.0, -0.5]) + 3.5 / 3.0
    tensile = split_energy(strain, LAME, SHEAR, "volumetric_deviatoric")[0]
    assert float(tensile[0]) == pytest.approx(SHEAR * (deviator**2).sum(), rel=TIGHT)
    stress = damaged_stress(strain, LAME, SHEAR, 0.0, "spectral")
    intact = damaged_stress(strain, LAME, SHEAR, 1.0, "none")
    assert jnp.abs(stress - intact).max() < TIGHT


entries = st.lists(st.floats(-1.0, 1.0), min_size=6, max_size=6)


@settings(max_examples=60, deadline=None)
@given(entries, st.floats(0.1, 3.0), st.floats(0.0, 6.28), st.floats(0.0, 3.14), st.integers(0, 2))
def test_frame_indifference_and_homogeneity(numbers, factor, turn, tilt, which):
    split = SPLITS[which]
    strain = np.array(numbers)[:, None]
    rotation = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1.0]])
    rotation = rotation @ np.array(
        [[1.0, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]]
    )
    turned = mandel(np.einsum("ab,bcn,dc->adn", rotation, tensor(strain), rotation), 6)
    here, there = split_energy(strain, LAME, SHEAR, split), split_energy(turned, LAME, SHEAR, split)
    stretched = split_energy(factor * strain, LAME, SHEAR, split)
    for first, second, third in zip(here, there, stretched, strict=True):
        assert float(first[0]) == pytest.approx(float(second[0]), rel=1e-9, abs=1e-12)
        assert float(third[0]) == pytest.approx(factor**2 * float(first[0]), rel=1e-9, abs=1e-12)
    stress = damaged_stress(jnp.asarray(strain), LAME, SHEAR, 0.4, split)
    turned_stress = damaged_stress(jnp.asarray(turned), LAME, SHEAR, 0.4, split)
    rotated = mandel(np.einsum("ab,bcn,dc->adn", rotation, tensor(np.asarray(stress)), rotation), 6)
    assert np.abs(rotated - np.asarray(turned_stress)).max() < 1e-9


def test_plane_strain_is_the_plane_part_of_three_dimensions():
    plane = strains(4)
    body = jnp.concatenate([plane[:3], jnp.zeros((2, plane.shape[1])), plane[3:]])
    for split in SPLITS:
        for first, second in zip(
            split_energy(plane, LAME, SHEAR, split), split_energy(body, LAME, SHEAR, split), strict=True
        ):
            assert jnp.abs(first - second).max() < TIGHT * 10
        flat = damaged_stress(plane, LAME, SHEAR, 0.2, split)
        solid = damaged_stress(body, LAME, SHEAR, 0.2, split)
        assert jnp.abs(flat - solid[jnp.array([0, 1, 2, 5])]).max() < TIGHT * 10


def test_projection_is_a_share():
    for components in COMPONENTS:
        values = jnp.linalg.eigvalsh(jnp.moveaxis(positive_projection(strains(components)), 2, 0))
        assert values.min() > -TIGHT
        assert values.max() < 1.0 + TIGHT
    assert float(degradation(jnp.array(0.5), 1e-6)) == pytest.approx(0.25 + 1e-6, rel=TIGHT)


def test_unknown_split_and_wrong_components_are_refused():
    with pytest.raises(InputError, match="volumetric_deviatoric"):
        split_energy(jnp.zeros((4, 1)), LAME, SHEAR, "amor")
    with pytest.raises(InputError, match="Mandel"):
        damaged_stress(jnp.zeros((3, 1)), LAME, SHEAR, 1.0, "none")
