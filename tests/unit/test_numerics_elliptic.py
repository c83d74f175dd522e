"""The elliptic solver: operator and preconditioner, singular problems, odd sizes, tracing."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dendrion.errors import InputError
from dendrion.numerics.elliptic import Hierarchy, apply, build_hierarchy, precondition, solve, with_diagonal
from dendrion.numerics.operators import face_conductance

jax.config.update("jax_enable_x64", True)

GRIDS = [
    ((2,), (True,)),
    ((17,), (False,)),
    ((150,), (True,)),
    ((20, 18), (False, False)),
    ((33, 17), (False, True)),
    ((40, 3), (True, True)),
    ((9, 10, 11), (False, True, False)),
]
_build = jax.jit(build_hierarchy, static_argnums=2)
_solve = jax.jit(solve)


def _random_problem(shape, periodic, seed, decades, walls, holes=False):
    """Uncorrelated log-uniform conductivities; Dirichlet walls on the first axis or none."""
    generator = np.random.default_rng(seed)
    conductivity = 10.0 ** generator.uniform(-decades, 0.0, shape)
    if holes:
        conductivity[:2] = 0.0
    faces = face_conductance(jnp.asarray(conductivity), (1.0,) * len(shape), periodic)
    diagonal = np.zeros(shape)
    if walls:
        diagonal[-1] = 2.0 * conductivity[-1]
    return faces, jnp.asarray(diagonal), generator


def _matrix(function, shape):
    count = int(np.prod(shape))
    unit = jnp.eye(count).reshape(count, *shape)
    return np.asarray(jax.jit(jax.vmap(function))(unit)).reshape(count, count)


@pytest.mark.parametrize(("shape", "periodic"), GRIDS)
@pytest.mark.parametrize("walls", [True, False])
def test_solution_equals_a_dense_solve(shape, periodic, walls):
    faces, diagonal, generator = _random_problem(shape, periodic, 1, 4.0, walls)
    hierarchy = _build(faces, diagonal, periodic)
    right = generator.standard_normal(shape)
    matrix = _matrix(lambda x: apply(hierarchy, x), shape)
    expected = np.linalg.lstsq(matrix, (right - (0.0 if walls else right.mean())).ravel(), rcond=1e-14)[0]
    solution, info = _solve(hierarchy, jnp.asarray(right), jnp.zeros(shape), 1e-11, 100)
    found = np.asarray(solution).ravel()
    if not walls:
        expected -= expected.mean()
    assert bool(info.converged) and float(info.residual) <= 1.5e-11
    assert np.abs(found - expected).max() <= 1e-8 * np.abs(expected).max()
    assert int(info.iterations) <= 30


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), decades=st.floats(0.0, 6.0), case=st.integers(0, 2))
def test_operator_and_preconditioner_are_symmetric_and_positive(seed, decades, case):
    shapes = [((20, 18), (False, False)), ((13, 9), (True, False)), ((5, 6, 7), (False,) * 3)]
    shape, periodic = shapes[case]
    faces, diagonal, generator = _random_problem(shape, periodic, seed, decades, True)
    hierarchy = _build(faces, diagonal, periodic)
    first, second = (jnp.asarray(generator.standard_normal(shape)) for _ in range(2))
    for function in (jax.jit(apply), jax.jit(precondition)):
        image, other = function(hierarchy, first), function(hierarchy, second)
        left, right = float(jnp.vdot(second, image)), float(jnp.vdot(first, other))
        scale = float(jnp.linalg.norm(image) * jnp.linalg.norm(second))
        assert abs(left - right) <= 1e-12 * scale
        assert float(jnp.vdot(first, image)) > 0.0


@pytest.mark.parametrize("periodic", [(False, False), (True, False), (True, True)])
def test_v_cycle_spectrum_on_jumps_of_four_decades(periodic):
    shape = (20, 18)
    faces, diagonal, _ = _random_problem(shape, periodic, 3, 4.0, True)
    hierarchy = _build(faces, diagonal, periodic)
    forward = _matrix(lambda x: apply(hierarchy, x) / hierarchy.scale, shape)
    inverse = _matrix(lambda x: precondition(hierarchy, x), shape)
    spectrum = np.linalg.eigvals(inverse @ forward).real
    assert spectrum.min() > 0.2 and spectrum.max() < 2.5


def test_pure_neumann_projects_the_mean_and_keeps_the_mean_of_the_guess():
    shape, periodic = (20, 18), (False, False)
    faces, diagonal, generator = _random_problem(shape, periodic, 5, 2.0, False)
    hierarchy = _build(faces, diagonal, periodic)
    right = jnp.asarray(generator.standard_normal(shape)) + 3.0
    guess = jnp.asarray(generator.standard_normal(shape)) + 7.0
    solution, info = _solve(hierarchy, right, guess, 1e-10, 100)
    assert bool(info.converged)
    assert float(jnp.mean(solution)) == pytest.approx(float(jnp.mean(guess)), rel=1e-12)
    defect = apply(hierarchy, solution) - (right - jnp.mean(right))
    assert float(jnp.linalg.norm(defect)) <= 1e-9 * float(jnp.linalg.norm(right))


@pytest.mark.parametrize("walls", [True, False])
def test_cells_without_couplings_keep_their_guess(walls):
    shape, periodic = (20, 18), (False, False)
    faces, diagonal, generator = _random_problem(shape, periodic, 6, 3.0, walls, holes=True)
    hierarchy = _build(faces, diagonal, periodic)
    right = jnp.asarray(generator.standard_normal(shape))
    guess = jnp.full(shape, 4.25)
    solution, info = _solve(hierarchy, right, guess, 1e-10, 100)
    assert bool(info.converged) and bool(jnp.all(jnp.isfinite(solution)))
    assert np.array_equal(np.asarray(solution)[:2], np.full((2, 18), 4.25))
    assert float(jnp.std(solution[2:])) > 0.0


def test_an_operator_of_zeros_returns_the_guess():
    hierarchy = _build((jnp.zeros((19, 18)), jnp.zeros((20, 17))), jnp.zeros((20, 18)), (False, False))
    solution, info = _solve(hierarchy, jnp.ones((20, 18)), jnp.full((20, 18), 2.0), 1e-8, 20)
    assert np.array_equal(np.asarray(solution), np.full((20, 18), 2.0))
    assert int(info.iterations) == 0


def test_floating_island_with_balanced_source_converges():
    shape = (20, 18)
    conductivity = np.ones(shape)
    conductivity[6:15, 6] = conductivity[6:15, 14] = conductivity[6, 6:15] = conductivity[14, 6:15] = 0.0
    faces = face_conductance(jnp.asarray(conductivity), (1.0, 1.0), (False, False))
    diagonal = jnp.zeros(shape).at[0].set(2.0)
    right = np.ones(shape) * (conductivity > 0.0)
    right[7:14, 7:14] = 0.0
    right[8, 8], right[12, 12] = 1.0, -1.0
    hierarchy = _build(faces, diagonal, (False, False))
    solution, info = _solve(hierarchy, jnp.asarray(right), jnp.zeros(shape), 1e-8, 100)
    assert bool(info.converged) and bool(jnp.all(jnp.isfinite(solution)))
    assert float(solution[8, 8] - solution[12, 12]) > 0.5


def test_zero_right_hand_side_gives_zero_and_a_solved_guess_costs_nothing():
    shape, periodic = (20, 18), (False, False)
    faces, diagonal, generator = _random_problem(shape, periodic, 7, 1.0, True)
    hierarchy = _build(faces, diagonal, periodic)
    solution, info = _solve(hierarchy, jnp.zeros(shape), jnp.ones(shape), 1e-8, 20)
    assert not np.any(np.asarray(solution)) and int(info.iterations) == 0
    right = jnp.asarray(generator.standard_normal(shape))
    solution, _ = _solve(hierarchy, right, jnp.zeros(shape), 1e-11, 50)
    again, info = _solve(hierarchy, right, solution, 1e-9, 50)
    assert int(info.iterations) == 0 and np.array_equal(np.asarray(again), np.asarray(solution))


def test_too_few_iterations_are_reported():
    shape, periodic = (20, 18), (False, False)
    faces, diagonal, _ = _random_problem(shape, periodic, 8, 4.0, True)
    _, info = _solve(_build(faces, diagonal, periodic), jnp.ones(shape), jnp.zeros(shape), 1e-10, 2)
    assert int(info.iterations) == 2 and not bool(info.converged) and float(info.residual) > 1e-9


def test_traced_in_a_loop_and_batched_over_right_hand_sides():
    shape, periodic = (20, 18), (False, False)
    faces, diagonal, generator = _random_problem(shape, periodic, 9, 2.0, True)
    pair = jnp.asarray(generator.standard_normal((2, *shape)))

    @jax.jit
    def both(faces, diagonal, pair):
        hierarchy = build_hierarchy(faces, diagonal, periodic)
        batched = jax.vmap(lambda right: solve(hierarchy, right, jnp.zeros(shape), 1e-10, 50)[0])(pair)

        def body(index, results):
            local = build_hierarchy(faces, diagonal * (1.0 + 0.0 * index), periodic)
            return results.at[index].set(solve(local, pair[index], jnp.zeros(shape), 1e-10, 50)[0])

        return batched, jax.lax.fori_loop(0, 2, body, jnp.zeros_like(pair))

    batched, looped = both(faces, diagonal, pair)
    assert np.abs(np.asarray(batched - looped)).max() <= 1e-7 * np.abs(np.asarray(looped)).max()
    hierarchy = _build(faces, diagonal, periodic)
    image = jax.vmap(lambda x: apply(hierarchy, x))(batched)
    assert float(jnp.linalg.norm(image - pair)) <= 1e-9 * float(jnp.linalg.norm(pair))


def test_scaling_the_operator_scales_the_solution():
    shape, periodic = (20, 18), (False, False)
    faces, diagonal, generator = _random_problem(shape, periodic, 10, 3.0, True)
    right = jnp.asarray(generator.standard_normal(shape))
    plain, _ = _solve(_build(faces, diagonal, periodic), right, jnp.zeros(shape), 1e-12, 50)
    factor = 1e21
    scaled_faces = tuple(factor * face for face in faces)
    scaled, _ = _solve(_build(scaled_faces, factor * diagonal, periodic), right, jnp.zeros(shape), 1e-12, 50)
    assert np.abs(np.asarray(factor * scaled - plain)).max() <= 1e-9 * np.abs(np.asarray(plain)).max()


def test_a_new_diagonal_on_old_coarse_grids_solves_the_new_problem():
    shape, periodic = (20, 18), (False, False)
    faces, diagonal, generator = _random_problem(shape, periodic, 13, 3.0, True)
    screening = jnp.asarray(generator.uniform(0.0, 0.1, shape))
    right = jnp.asarray(generator.standard_normal(shape))
    fresh = _build(faces, diagonal + 3.0 * screening, periodic)
    reused = jax.jit(with_diagonal)(_build(faces, diagonal + screening, periodic), diagonal + 3.0 * screening)
    expected, info = _solve(fresh, right, jnp.zeros(shape), 1e-11, 60)
    found, reused_info = _solve(reused, right, jnp.zeros(shape), 1e-11, 60)
    assert np.abs(np.asarray(found - expected)).max() <= 1e-8 * np.abs(np.asarray(expected)).max()
    assert int(reused_info.iterations) <= 2 * int(info.iterations)


def test_stretched_cells_converge_when_the_spacing_is_given():
    shape, spacing, periodic = (64, 64), (1.0, 8.0), (False, False)
    faces = face_conductance(jnp.ones(shape), spacing, periodic)
    diagonal = jnp.zeros(shape).at[0].set(2.0)
    right = jnp.asarray(np.random.default_rng(11).standard_normal(shape))
    hierarchy = jax.jit(lambda f, d: build_hierarchy(f, d, periodic, spacing))(faces, diagonal)
    _, info = _solve(hierarchy, right, jnp.zeros(shape), 1e-8, 60)
    assert bool(info.converged) and int(info.iterations) <= 12


def test_shapes_that_do_not_fit_are_refused():
    faces = (jnp.ones((7, 8)), jnp.ones((8, 7)))
    with pytest.raises(InputError, match="wrong shape"):
        build_hierarchy(faces, jnp.ones((8, 8)), (True, False))
    with pytest.raises(InputError, match="periodic flag"):
        build_hierarchy(faces, jnp.ones((8, 8)), (False,))


def test_hierarchy_is_a_pytree_that_crosses_jit():
    faces, diagonal, _ = _random_problem((20, 18), (False, False), 12, 1.0, True)
    hierarchy = _build(faces, diagonal, (False, False))
    leaves, structure = jax.tree_util.tree_flatten(hierarchy)
    rebuilt = jax.tree_util.tree_unflatten(structure, leaves)
    assert isinstance(rebuilt, Hierarchy) and rebuilt.shape == (20, 18)
    assert all(leaf.dtype == jnp.float64 for leaf in leaves)
