"""Implicit diffusion steps: conservation to round-off, monotonicity, tracing, reported errors."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.numerics.diffusion import (
    IMPLICIT_SHARE,
    Diffusion,
    backward_euler,
    step_hierarchy,
    tr_bdf2,
)
from dendrion.numerics.operators import face_conductance

jax.config.update("jax_enable_x64", True)

SHAPE = (24, 16)
METHODS = {"backward_euler": jax.jit(backward_euler), "tr_bdf2": jax.jit(tr_bdf2)}


def _problem(exchange=0.0, seed=0):
    generator = np.random.default_rng(seed)
    storage = jnp.asarray(generator.uniform(0.5, 3.0, SHAPE))
    conductivity = jnp.asarray(10.0 ** generator.uniform(-3.0, 0.0, SHAPE))
    faces = face_conductance(conductivity, (0.1, 0.1), (False, True))
    return Diffusion(storage, faces, jnp.zeros(SHAPE).at[0].set(exchange), (False, True)), generator


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("tolerance", [1e-3, 1e-10])
def test_closed_box_conserves_to_round_off_at_any_tolerance(method, tolerance):
    problem, generator = _problem()
    values = jnp.asarray(generator.standard_normal(SHAPE))
    step = METHODS[method](problem, values, jnp.zeros(SHAPE), 10.0, tolerance=tolerance)
    change = float(jnp.sum(problem.storage * (step.values - values)))
    assert abs(change) <= 1e-11 * float(jnp.sum(jnp.abs(problem.storage * (step.values - values))))
    assert float(jnp.std(step.values)) < 0.5 * float(jnp.std(values))
    assert bool(step.info.converged)


@pytest.mark.parametrize("method", METHODS)
def test_supply_accounts_for_sources_and_walls(method):
    problem, generator = _problem(exchange=50.0)
    values = jnp.asarray(generator.uniform(0.0, 1.0, SHAPE))
    source = jnp.asarray(generator.uniform(0.0, 5.0, SHAPE))
    step = METHODS[method](problem, values, source, 0.7, tolerance=1e-4)
    gained = float(jnp.sum(problem.storage * (step.values - values)))
    supplied = 0.7 * float(jnp.sum(step.supply))
    assert gained == pytest.approx(supplied, rel=1e-11)
    assert supplied != pytest.approx(0.7 * float(jnp.sum(source)), rel=1e-3)


def test_backward_euler_makes_no_new_extrema():
    problem, generator = _problem()
    values = jnp.asarray(generator.integers(0, 2, SHAPE).astype(float))
    step = METHODS["backward_euler"](problem, values, jnp.zeros(SHAPE), 1e3, tolerance=1e-12)
    assert float(jnp.min(step.values)) >= -1e-12 and float(jnp.max(step.values)) <= 1.0 + 1e-12


@pytest.mark.parametrize(("method", "order"), [("backward_euler", 2), ("tr_bdf2", 3)])
def test_error_estimate_follows_the_error_of_a_step(method, order):
    problem = Diffusion(jnp.ones((8,)), (jnp.zeros((7,)),), jnp.full((8,), 1.0), (False,))
    estimates, errors = [], []
    for time_step in (0.1, 0.05):
        step = METHODS[method](problem, jnp.ones((8,)), jnp.zeros((8,)), time_step, tolerance=1e-12)
        estimates.append(abs(float(step.error[0])))
        errors.append(abs(float(step.values[0]) - np.exp(-time_step)))
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.15)
    assert np.log2(estimates[0] / estimates[1]) == pytest.approx(order, abs=0.15)
    assert estimates[1] == pytest.approx(errors[1], rel=0.3)


def test_a_shared_hierarchy_gives_the_same_step():
    problem, generator = _problem(exchange=1.0)
    values = jnp.asarray(generator.standard_normal(SHAPE))
    shared = jax.jit(lambda p: step_hierarchy(p, 0.3, IMPLICIT_SHARE))(problem)
    one = METHODS["tr_bdf2"](problem, values, jnp.ones(SHAPE), 0.3, hierarchy=shared)
    two = METHODS["tr_bdf2"](problem, values, jnp.ones(SHAPE), 0.3)
    assert np.allclose(np.asarray(one.values), np.asarray(two.values), rtol=1e-9, atol=1e-12)
