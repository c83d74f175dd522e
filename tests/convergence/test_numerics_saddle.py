"""The saddle-point solver against dense solves, and its iterations as the grid grows."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.numerics import elliptic
from dendrion.numerics.saddle import SaddleSystem, solve_saddle

jax.config.update("jax_enable_x64", True)


def dense_problem(seed, upper=30, lower=20, coupling=3.0):
    generator = np.random.default_rng(seed)

    def definite(size):
        root = generator.normal(size=(size, size))
        return root @ root.T / size + 0.1 * np.eye(size)

    a, c = definite(upper), definite(lower)
    g = coupling * generator.normal(size=(upper, lower)) / np.sqrt(upper)
    return a, g, c, generator.normal(size=upper), generator.normal(size=lower)


def dense_system(a, g, c, exact):
    a, g, c = jnp.array(a), jnp.array(g), jnp.array(c)
    above = jnp.linalg.inv(a) if exact else jnp.diag(1.0 / jnp.diag(a))
    below = jnp.linalg.inv(c) if exact else jnp.diag(1.0 / jnp.diag(c))
    return SaddleSystem(
        lambda x: a @ x,
        lambda y: g @ y,
        lambda x: g.T @ x,
        lambda y: c @ y,
        lambda f: above @ f,
        lambda f: below @ f,
    )


@pytest.mark.parametrize("exact", [True, False])
def test_agrees_with_a_dense_solve(exact):
    a, g, c, f, right = dense_problem(3)
    guess = (jnp.ones(len(f)), -jnp.ones(len(right)))
    (x, y), info = solve_saddle(
        dense_system(a, g, c, exact), (jnp.array(f), jnp.array(right)), guess, 1e-12, 400
    )
    wanted = np.linalg.solve(np.block([[a, g], [g.T, -c]]), np.concatenate([f, right]))
    assert bool(info.converged)
    assert float(info.residual) <= 1.5e-12
    assert np.abs(np.concatenate([x, y]) - wanted).max() < 1e-9 * np.abs(wanted).max()


def test_a_solution_as_guess_costs_nothing_and_stays():
    a, g, c, f, right = dense_problem(5)
    wanted = np.linalg.solve(np.block([[a, g], [g.T, -c]]), np.concatenate([f, right]))
    guess = (jnp.array(wanted[: len(f)]), jnp.array(wanted[len(f) :]))
    (x, _), info = solve_saddle(
        dense_system(a, g, c, True), (jnp.array(f), jnp.array(right)), guess, 1e-9, 50
    )
    assert int(info.iterations) == 0
    assert np.array_equal(x, guess[0])


def test_no_load_gives_zero():
    a, g, c, f, right = dense_problem(7)
    zero = (jnp.zeros(len(f)), jnp.zeros(len(right)))
    (x, y), info = solve_saddle(dense_system(a, g, c, True), zero, zero, 1e-9, 50)
    assert float(jnp.abs(x).max() + jnp.abs(y).max()) == 0.0
    assert int(info.iterations) == 0


def test_a_coupling_that_breaks_alternation_costs_few_iterations():
    """s = 30: alternating between the fields multiplies the error by s² = 900 each time."""
    size, strength = 40, 30.0
    a, c = np.eye(size), np.eye(size)
    g = strength * np.linalg.qr(np.random.default_rng(1).normal(size=(size, size)))[0]
    f = np.random.default_rng(2).normal(size=size)
    zero = jnp.zeros(size)
    (x, y), info = solve_saddle(dense_system(a, g, c, True), (jnp.array(f), zero), (zero, zero), 1e-10, 100)
    wanted = np.linalg.solve(np.block([[a, g], [g.T, -c]]), np.concatenate([f, np.zeros(size)]))
    assert np.abs(np.concatenate([x, y]) - wanted).max() < 1e-9
    assert int(info.iterations) <= 4


def network(cells, contrast):
    """Two multigrid blocks that are coupled in a line of cells, like a crack."""
    periodic = (False, True)
    size = 1.0 / cells
    conductivity = np.ones((cells, cells))
    conductivity[: cells // 2, cells // 4] = contrast
    line = np.zeros((cells, cells))
    line[: cells // 2, cells // 2] = 1.0 / size
    from dendrion.numerics.operators import face_conductance

    faces = face_conductance(jnp.array(conductivity), (size, size), periodic)
    wall = jnp.zeros((cells, cells)).at[-1].set(2.0 / size**2)
    stiff = elliptic.build_hierarchy(faces, wall, periodic)
    ionic = elliptic.build_hierarchy(faces, wall + 10.0 * line, periodic)
    tie = 30.0 * jnp.array(line)
    return stiff, ionic, tie


@pytest.mark.parametrize("cells", [32, 64, 128])
def test_multigrid_blocks_keep_the_count_as_the_grid_grows(cells):
    stiff, ionic, tie = network(cells, 1e-3)

    @jax.jit
    def run(stiff, ionic, tie):
        system = SaddleSystem(
            lambda x: elliptic.apply(stiff, x),
            lambda y: tie * y,
            lambda x: tie * x,
            lambda y: elliptic.apply(ionic, y),
            lambda f: elliptic.precondition(stiff, f) / stiff.scale,
            lambda f: elliptic.precondition(ionic, f) / ionic.scale,
        )
        zero = jnp.zeros((cells, cells))
        load = zero.at[0].set(float(cells))
        return solve_saddle(system, (load, tie), (zero, zero), 1e-8, 200)

    _, info = run(stiff, ionic, tie)
    assert bool(info.converged)
    assert int(info.iterations) <= 40


def test_a_preconditioner_that_is_not_definite_is_no_convergence():
    """Its norm of the residual may be zero long before the solution is found."""
    a, g, c, f, right = dense_problem(9)
    system = dense_system(a, g, c, True)
    wrong = system._replace(
        precondition_upper=lambda r: -system.precondition_upper(r),
        precondition_lower=lambda r: -system.precondition_lower(r),
    )
    guess = (jnp.zeros(len(f)), jnp.zeros(len(right)))
    _, info = solve_saddle(wrong, (jnp.array(f), jnp.array(right)), guess, 1e-9, 50)
    assert not bool(info.converged)


def test_a_reference_beyond_rounding_is_raised_to_what_can_be_met():
    """An empty crack: nothing is expected of x, and y is as large as ever."""
    a, g, c, f, right = dense_problem(7)
    system, load = dense_system(a, g, c, False), (jnp.zeros(len(f)), jnp.array(right))
    size = float(jnp.sqrt(jnp.vdot(load[1], system.precondition_lower(load[1]))))
    nothing = (jnp.zeros(len(f)), jnp.zeros(len(right)))
    (x, y), info = solve_saddle(system, load, nothing, 1e-6, 400, reference=jnp.array(2e-10 * size))
    wanted = np.linalg.solve(np.block([[a, g], [g.T, -c]]), np.concatenate([f * 0.0, right]))
    assert bool(info.converged)
    assert np.abs(np.concatenate([x, y]) - wanted).max() < 1e-10 * np.abs(wanted).max()
