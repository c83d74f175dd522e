"""The elastic operator and its solver: patch tests, symmetry, supports, tractions, voids, refusals."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.errors import InputError
from dendrion.numerics import elasticity
from dendrion.numerics.voxel_stiffness import element_force, packed_triangle
from tests.elastic_problems import build, node_places, pinned, precondition, solve, solver_stiffness, supports

GENERATOR = np.random.default_rng(7)


def random_stiffness(cells, dimensions, seed=0):
    """Positive definite and without any symmetry, another in every cell."""
    count = elasticity.component_count(dimensions)
    root = np.random.default_rng(seed).normal(size=(count, count, *cells))
    return np.einsum("ij...,kj...->ik...", root, root) + 0.1 * np.eye(count).reshape(
        count, count, *(1,) * dimensions
    )


def dense_matrix(stiffness, spacing, periodic):
    """K of all degrees of freedom and the shape of its vectors."""
    dimensions = len(spacing)
    shape = (dimensions, *elasticity.node_shape(stiffness.shape[2:], periodic))
    triangle = packed_triangle(jnp.asarray(stiffness))
    bending = elasticity.bending_stiffness(jnp.asarray(stiffness))
    count = int(np.prod(shape))

    def column(values):
        return element_force(triangle, bending, values.reshape(shape), spacing, periodic).reshape(-1)

    return np.asarray(jax.vmap(column)(jnp.eye(count))).T, shape


CASES = [
    ((7, 5), (1.0, 1.7), (False, False)),
    ((6, 5), (1.0, 0.6), (False, True)),
    ((3, 4, 3), (1.0, 1.5, 0.8), (False, False, False)),
    ((3, 3, 4), (1.0, 1.5, 0.8), (False, False, True)),
]


@pytest.mark.parametrize(("cells", "spacing", "periodic"), CASES)
def test_matrix_is_symmetric_and_only_rigid_motions_cost_nothing(cells, spacing, periodic):
    matrix, _ = dense_matrix(random_stiffness(cells, len(cells)), spacing, periodic)
    assert np.abs(matrix - matrix.T).max() <= 1e-14 * np.abs(matrix).max()
    values = np.linalg.eigvalsh(matrix)
    rotations = {2: [1, 0], 3: [3, 1, 0]}[len(cells)][sum(periodic)]
    rigid = len(cells) + rotations
    assert np.abs(values[:rigid]).max() <= 1e-13 * values[-1]
    assert values[rigid] >= 1e-6 * values[-1]


@pytest.mark.parametrize(("cells", "spacing", "periodic"), CASES)
def test_energy_of_the_cells_is_half_the_work_of_the_nodal_forces(cells, spacing, periodic):
    stiffness = random_stiffness(cells, len(cells))
    matrix, shape = dense_matrix(stiffness, spacing, periodic)
    displacement = GENERATOR.normal(size=shape)
    energy = elasticity.cell_energy(jnp.asarray(stiffness), jnp.asarray(displacement), spacing, periodic)
    work = 0.5 * displacement.reshape(-1) @ matrix @ displacement.reshape(-1)
    assert float(energy.sum()) * np.prod(spacing) == pytest.approx(work, rel=1e-12)


@pytest.mark.parametrize(("cells", "spacing", "periodic"), CASES)
def test_rigid_motion_strains_nothing(cells, spacing, periodic):
    dimensions = len(cells)
    turn = GENERATOR.normal(size=(dimensions, dimensions))
    turn = turn - turn.T
    for axis, wraps in enumerate(periodic):
        if wraps:
            turn[axis], turn[:, axis] = 0.0, 0.0
    places = node_places(cells, spacing, periodic)
    motion = jnp.asarray(np.einsum("ij,j...->i...", turn, places) + 3.0)
    assert np.abs(elasticity.cell_strain(motion, spacing, periodic)).max() <= 1e-14
    assert np.abs(elasticity.bending_strain(motion, spacing, periodic)).max() <= 1e-14


@pytest.mark.parametrize(("cells", "spacing", "periodic"), CASES)
def test_patch_of_constant_strain_is_exact_on_mixed_boundary_conditions(cells, spacing, periodic):
    """One fully anisotropic stiffness; prescribed at x = 0 and in one component at x = L, tractions elsewhere."""
    dimensions = len(cells)
    single = random_stiffness((1,) * dimensions, dimensions, seed=3)
    stiffness = jnp.asarray(single * np.ones(cells))
    gradient = GENERATOR.normal(size=(dimensions, dimensions))
    gradient[:, [axis for axis, wraps in enumerate(periodic) if wraps]] = 0.0
    exact = np.einsum("ij,j...->i...", gradient, node_places(cells, spacing, periodic))
    fixed = supports(cells, periodic)
    mean = elasticity.cell_strain(jnp.asarray(exact), spacing, periodic)
    stress = np.einsum("ij...,j...->i...", stiffness, mean)[(slice(None), *(0,) * dimensions)]
    tensor = np.diag(stress[:dimensions])
    shears = [(0, 1)] if dimensions == 2 else [(1, 2), (0, 2), (0, 1)]
    for value, (i, j) in zip(stress[dimensions:], shears, strict=True):
        tensor[i, j] = tensor[j, i] = value / np.sqrt(2.0)
    force = 0.0
    for axis in range(dimensions):
        for upper in (False, True):
            if not periodic[axis]:
                traction = tensor[:, axis] * (1.0 if upper else -1.0)
                force += elasticity.wall_traction(traction, axis, upper, cells, periodic, spacing)
    hierarchy = build(stiffness, fixed, periodic, spacing)
    guess = jnp.where(fixed, exact, 0.0)
    displacement, info = solve(hierarchy, force, guess, 1e-14, 60)
    assert bool(info.converged)
    assert np.abs(displacement - exact).max() <= 1e-12 * np.abs(exact).max()
    assert (
        np.abs(elasticity.cell_strain(displacement, spacing, periodic) - mean).max()
        <= 1e-12 * np.abs(mean).max()
    )


@pytest.mark.parametrize("dimensions", [2, 3])
def test_preconditioner_is_symmetric_and_positive(dimensions):
    cells = (13, 10) if dimensions == 2 else (5, 7, 4)
    hierarchy = build(
        jnp.asarray(random_stiffness(cells, dimensions)),
        supports(cells),
        (False,) * dimensions,
        (1.0,) * dimensions,
    )
    free = np.asarray(hierarchy.free)
    first, second = (jnp.asarray(free * GENERATOR.normal(size=free.shape)) for _ in range(2))
    image_first, image_second = precondition(hierarchy, first), precondition(hierarchy, second)
    forth, back = float(jnp.vdot(first, image_second)), float(jnp.vdot(second, image_first))
    assert forth == pytest.approx(back, rel=1e-10, abs=1e-10 * float(jnp.vdot(first, image_first)))
    assert float(jnp.vdot(first, image_first)) > 0.0
    assert np.abs(np.asarray(image_first)[free == 0.0]).max() == 0.0


@pytest.mark.parametrize("axis", [0, 1])
def test_supports_take_up_the_traction_of_a_wall(axis):
    """Force balance: the support forces are minus the traction times the wall, component by component."""
    cells, spacing, periodic = (9, 12), (2e-6, 1e-6), (False, False)
    stiffness = jnp.asarray(1e9 * random_stiffness(cells, 2))
    fixed = np.zeros((2, 10, 13), bool)
    fixed[(slice(None), 0, slice(None)) if axis == 0 else (slice(None), slice(None), 0)] = True
    traction = np.array([-5e6, 2e6])
    force = elasticity.wall_traction(traction, axis, True, cells, periodic, spacing)
    hierarchy = build(stiffness, jnp.asarray(fixed), periodic, spacing)
    displacement, info = solve(hierarchy, force, jnp.zeros((2, 10, 13)), 1e-12, 60)
    assert bool(info.converged)
    reaction = np.asarray(elasticity.apply_elastic(hierarchy, displacement) - force)
    width = cells[1 - axis] * spacing[1 - axis]
    assert reaction.sum(axis=(1, 2)) == pytest.approx(-traction * width, rel=1e-10)
    assert np.abs(reaction[~fixed]).max() <= 1e-10 * np.abs(reaction).max()


def test_wall_traction_may_vary_from_face_to_face():
    traction = np.zeros((2, 4))
    traction[1] = [0.0, 1.0, 2.0, 0.0]
    force = np.asarray(elasticity.wall_traction(traction, 0, False, (3, 4), (False, False), (1.0, 0.5)))
    assert force[1, 0] == pytest.approx([0.0, 0.25, 0.75, 0.5, 0.0])
    assert np.abs(force[0]).max() == np.abs(force[:, 1:]).max() == 0.0


@pytest.mark.parametrize("dimensions", [2, 3])
def test_pure_bending_is_exact_and_does_not_lock(dimensions):
    """A bar of ν = 0.4999999 under end moments bends with κ = 12 M/(E' H³); a locking element would not bend."""
    modulus, ratio = 2.0, 0.4999999
    cells = (6, 4) if dimensions == 2 else (4, 3, 2)
    spacing, periodic = (1.0,) * dimensions, (False,) * dimensions
    height = cells[1] * spacing[1]
    stiffness = jnp.asarray(solver_stiffness(modulus * np.ones(cells), ratio * np.ones(cells), dimensions))
    slope = (np.arange(cells[1]) + 0.5) * spacing[1] - 0.5 * height
    profile = np.zeros((dimensions, *cells[1:]))
    profile[0] = slope.reshape(-1, *(1,) * (dimensions - 2))
    force = sum(
        elasticity.wall_traction(sign * profile, 0, upper, cells, periodic, spacing)
        for sign, upper in ((1.0, True), (-1.0, False))
    )
    count = 2 if dimensions == 2 else 12
    modes = np.zeros((count, *cells))
    modes[0 if dimensions == 2 else 3] = spacing[1] / np.sqrt(12.0)
    # the nodal load of the stress field σ_xx = y itself, walls included
    mean = np.zeros((stiffness.shape[0], *cells))
    mean[0] = np.broadcast_to(slope.reshape(1, -1, *(1,) * (dimensions - 2)), cells)
    load = elasticity.internal_force(jnp.asarray(mean), spacing, periodic) + elasticity.bending_force(
        jnp.asarray(modes), spacing, periodic
    )
    assert np.abs(np.asarray(load - force)[:, 1:-1]).max() <= 1e-13  # no body force
    hierarchy = build(stiffness, pinned(cells), periodic, spacing)
    displacement, info = solve(hierarchy, load, jnp.zeros(force.shape), 1e-10, 300)
    assert bool(info.converged)
    effective = modulus / (1.0 - ratio**2) if dimensions == 2 else modulus
    strain = np.asarray(elasticity.cell_strain(displacement, spacing, periodic))[0]
    assert strain == pytest.approx(mean[0] / effective, rel=1e-5, abs=1e-6)


def test_nodes_that_touch_nothing_keep_their_guess():
    cells, spacing, periodic = (12, 12), (1.0, 1.0), (False, False)
    stiffness = random_stiffness(cells, 2)
    stiffness[:, :, 4:8, 5:9] = 0.0
    guess = jnp.asarray(GENERATOR.normal(size=(2, 13, 13)))
    fixed = supports(cells)
    force = jnp.asarray(GENERATOR.normal(size=(2, 13, 13)))
    hierarchy = build(jnp.asarray(stiffness), fixed, periodic, spacing)
    displacement, info = solve(hierarchy, force, guess, 1e-11, 80)
    assert bool(info.converged)
    inside = np.zeros((13, 13), bool)
    inside[5:8, 6:9] = True
    assert np.array_equal(np.asarray(displacement)[:, inside], np.asarray(guess)[:, inside])
    held = np.asarray(fixed)
    assert np.array_equal(np.asarray(displacement)[held], np.asarray(guess)[held])
    rest = np.asarray(elasticity.apply_elastic(hierarchy, displacement) - force)
    assert np.abs(rest[:, ~inside][~held[:, ~inside]]).max() <= 1e-9


def test_periodic_laminate_has_the_moduli_of_its_layers_in_series():
    """Layers normal to x under a mean strain ε_xx: one stress everywhere, the harmonic mean of the moduli."""
    cells, spacing, periodic = (10, 6), (1.0, 1.0), (True, True)
    modulus = np.where(np.arange(10) < 3, 5e9, 150e9)[:, None] * np.ones(cells)
    stiffness = jnp.asarray(solver_stiffness(modulus, 0.3 * np.ones(cells), 2))
    mean = np.array([1e-3, 0.0, 0.0])
    applied = np.einsum("ij...,j->i...", stiffness, mean)
    hierarchy = build(stiffness, jnp.zeros((2, *cells), bool), periodic, spacing)
    force = -elasticity.internal_force(jnp.asarray(applied), spacing, periodic)
    displacement, info = solve(hierarchy, force, jnp.full((2, *cells), 0.5), 1e-12, 80)
    assert bool(info.converged)
    strain = np.asarray(elasticity.cell_strain(displacement, spacing, periodic)) + mean[:, None, None]
    stress = np.einsum("ij...,j...->i...", stiffness, strain)
    oedometric = np.asarray(stiffness[0, 0, :, 0])
    assert stress[0] == pytest.approx(1e-3 / np.mean(1.0 / oedometric), rel=1e-9)
    assert np.asarray(displacement).mean(axis=(1, 2)) == pytest.approx(0.5, rel=1e-9)


def test_new_stiffness_on_the_finest_grid_solves_the_new_problem():
    cells, spacing, periodic = (16, 16), (1.0, 1.0), (False, False)
    old = random_stiffness(cells, 2)
    new = old.copy()
    new[:, :, 7:9, 7] *= 1e-2
    fixed = supports(cells)
    force = jnp.asarray(GENERATOR.normal(size=(2, 17, 17)))
    first = build(jnp.asarray(old), fixed, periodic, spacing)
    updated = elasticity.with_stiffness(first, jnp.asarray(new))
    rebuilt = build(jnp.asarray(new), fixed, periodic, spacing)
    quick, info = solve(updated, force, jnp.zeros((2, 17, 17)), 1e-12, 100)
    exact, reference = solve(rebuilt, force, jnp.zeros((2, 17, 17)), 1e-12, 100)
    assert bool(info.converged) and bool(reference.converged)
    assert np.abs(quick - exact).max() <= 1e-9 * np.abs(exact).max()
    assert int(info.iterations) <= int(reference.iterations) + 6


@pytest.mark.parametrize(
    ("stiffness", "fixed"),
    [(np.ones((4, 4, 3, 3)), np.zeros((2, 4, 4), bool)), (np.ones((3, 3, 3, 3)), np.zeros((2, 3, 3), bool))],
)
def test_shapes_that_do_not_fit_are_refused(stiffness, fixed):
    with pytest.raises(InputError) as refusal:
        elasticity.build_elastic(stiffness, fixed, (False, False), (1.0, 1.0))
    assert refusal.value.field in {"stiffness", "fixed"}


def test_periodic_axis_has_no_wall_to_pull_at():
    with pytest.raises(InputError, match="no wall"):
        elasticity.wall_traction(np.ones(2), 1, True, (3, 3), (False, True), (1.0, 1.0))
