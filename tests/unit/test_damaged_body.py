"""A damaged body: forces and the drive of damage are derivatives of one energy, and solves meet them."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.errors import InputError
from dendrion.field.damaged_body import (
    build_body,
    driving_energy,
    elastic_strain,
    nodal_forces,
    on_grid,
    solve_equilibrium,
    stored_energy,
)
from dendrion.field.strain_split import tensile_tangent
from dendrion.numerics.elasticity import node_shape

SPACING = {2: (1.0, 0.8), 3: (1.0, 0.8, 1.2)}
SHAPE = {2: (7, 5), 3: (4, 3, 5)}
SPLITS = ["none", "volumetric_deviatoric", "spectral"]


def body(dimensions, split, poisson=0.3):
    random = np.random.default_rng(6)
    modulus = random.uniform(0.5, 2.0, SHAPE[dimensions])
    flags = (False,) * dimensions
    fixed = np.zeros((dimensions, *node_shape(SHAPE[dimensions], flags)), bool)
    fixed[:, 0] = True
    made = build_body(
        jnp.asarray(modulus), poisson, jnp.asarray(fixed), SPACING[dimensions], flags, split, 1e-3
    )
    damage = jnp.asarray(random.uniform(0.0, 0.95, SHAPE[dimensions]))
    displacement = jnp.asarray(np.where(fixed, 0.0, random.normal(size=fixed.shape)))
    eigenstrain = jnp.asarray(random.normal(size=(made.components, *SHAPE[dimensions])))
    return made, damage, displacement, eigenstrain


def total_energy(displacement, made, damage, eigenstrain=None):
    return math.prod(made.spacing) * jnp.sum(stored_energy(made, damage, displacement, eigenstrain))


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("split", SPLITS)
def test_the_drive_is_the_derivative_of_the_energy_of_the_element(dimensions, split):
    """dE/dd = -2 (1 - d) H, the bending of the cells included."""
    made, damage, displacement, eigenstrain = body(dimensions, split)
    for strain in (None, eigenstrain):
        slope = jax.grad(total_energy, 2)(displacement, made, damage, strain) / math.prod(made.spacing)
        drive = driving_energy(made, damage, displacement, strain)
        assert float(drive.min()) >= 0.0
        assert jnp.abs(slope + 2.0 * (1.0 - damage) * drive).max() < 1e-10 * float(drive.max())


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("split", ["none", "volumetric_deviatoric"])
def test_forces_are_the_derivative_of_the_energy(dimensions, split):
    made, damage, displacement, eigenstrain = body(dimensions, split)
    for strain in (None, eigenstrain):
        slope = jax.grad(total_energy)(displacement, made, damage, strain)
        force = nodal_forces(made, damage, displacement, strain)
        assert jnp.abs(slope - force).max() < 1e-10 * float(jnp.abs(force).max())


@pytest.mark.parametrize("dimensions", [2, 3])
def test_forces_of_the_spectral_split_are_those_of_its_tangent(dimensions):
    """Its bending moduli turn with the mean strain; that turning, of second order in the cell size, is left out."""
    made, damage, displacement, _ = body(dimensions, "spectral")
    flat = jnp.broadcast_to(
        jnp.asarray(np.random.default_rng(7).normal(size=(dimensions, dimensions))), (dimensions,) * 2
    )
    nodes = [jnp.arange(n) * step for n, step in zip(displacement.shape[1:], made.spacing, strict=True)]
    places = jnp.stack(jnp.meshgrid(*nodes, indexing="ij"))
    uniform = jnp.tensordot(flat, places, 1)  # a uniform strain bends no cell
    slope = jax.grad(total_energy)(uniform, made, damage)
    force = nodal_forces(made, damage, uniform)
    assert jnp.abs(slope - force).max() < 1e-10 * float(jnp.abs(force).max())


@pytest.mark.parametrize("split", ["none", "volumetric_deviatoric", "spectral", "hybrid"])
def test_equilibrium_balances_forces(split):
    made, damage, guess, eigenstrain = body(2, split)
    guess = jnp.where(made.fixed, 0.0, 0.0 * guess)
    load = jnp.ones(guess.shape) * jnp.array([0.3, 1.0])[:, None, None]
    found, info = solve_equilibrium(made, damage, guess, load, 0.1 * eigenstrain, 1e-9)
    assert bool(info.converged)
    unbalanced = jnp.where(made.fixed, 0.0, nodal_forces(made, damage, found, 0.1 * eigenstrain) - load)
    assert jnp.abs(unbalanced).max() < 1e-6
    if split in {"none", "hybrid"}:
        assert int(info.tangents) == 1
    else:
        assert 2 <= int(info.tangents) <= 18


def test_a_broken_row_opens_and_a_closed_one_carries_pressure():
    """Across a cell row at d = 1 the tensile stress is gone; under compression, a split carries it."""
    shape = (6, 7)
    fixed = np.zeros((2, 7, 8), bool)
    fixed[:, :, 0] = True
    fixed[1, :, -1] = True
    broken = jnp.zeros(shape).at[:, 3].set(1.0)
    for split, kept in (("none", 0.0), ("spectral", 1.0)):
        made = build_body(jnp.ones(shape), 0.0, jnp.asarray(fixed), (1.0, 1.0), (False, False), split, 1e-6)
        for sign in (1.0, -1.0):
            pulled = jnp.zeros(fixed.shape).at[1, :, -1].set(sign * 7.0)
            found, info = solve_equilibrium(made, broken, pulled)
            assert bool(info.converged)
            force = float(jnp.sum(nodal_forces(made, broken, found)[1, :, -1]))
            expected = 0.0 if sign > 0 else -6.0 * kept  # E times strain 1 over six cells
            assert force == pytest.approx(expected, abs=1e-4)


def test_pure_compression_breaks_nothing():
    """Squeezed all round, with a notch: the spectral split drives no cell away from the notch's corners."""
    made, damage, displacement, _ = body(2, "spectral")
    nodes = [jnp.arange(n) * step for n, step in zip(displacement.shape[1:], made.spacing, strict=True)]
    places = jnp.stack(jnp.meshgrid(*nodes, indexing="ij"))
    squeezed = -0.01 * places
    assert float(jnp.abs(driving_energy(made, damage, squeezed)).max()) < 1e-18
    assert float(stored_energy(made, damage, squeezed).min()) > 0.0


def test_strains_and_refusals():
    made, _, displacement, eigenstrain = body(2, "none")
    strain = elastic_strain(made, displacement)
    assert strain.shape == (4, *SHAPE[2])
    assert float(jnp.abs(strain[2]).max()) == 0.0
    assert jnp.all(elastic_strain(made, displacement, eigenstrain) == strain - eigenstrain)
    tangent = tensile_tangent(strain, made.first_lame, made.shear_modulus, "none")[0]
    assert on_grid(tangent).shape == (3, 3, *SHAPE[2])
    with pytest.raises(InputError, match="degree of freedom"):
        build_body(jnp.ones((4, 4)), 0.3, jnp.zeros((2, 4, 4), bool), (1.0, 1.0), (False, False))
    with pytest.raises(InputError, match="split"):
        build_body(jnp.ones((4, 4)), 0.3, jnp.zeros((2, 5, 5), bool), (1.0, 1.0), (False, False), "amor")
