"""Random factors on the exchange current: mean, variance, and no trace of the grid or of the time step."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import dendrion.field  # noqa: F401  (switches float64 on)
from dendrion.field.heterogeneity import advance_lattice, exchange_factor, lattice_shape

AMPLITUDE = 0.4


def lattice(nodes, seed=0):
    return jax.random.normal(jax.random.PRNGKey(seed), nodes, float)


def test_factor_has_mean_one_and_the_variance_of_its_amplitude():
    """Log-normal: mean 1, standard deviation of the logarithm s; 150² nodes, so 3 sigma are below 0.02."""
    factor = np.asarray(exchange_factor(lattice((150, 150)), AMPLITUDE, (400, 400)))
    logarithm = np.log(factor)
    print(f"mean {factor.mean():.4f}, log mean {logarithm.mean():.4f}, log deviation {logarithm.std():.4f}")
    assert factor.mean() == pytest.approx(1.0, abs=0.02)
    assert logarithm.mean() == pytest.approx(-0.5 * AMPLITUDE**2, abs=0.02)
    assert logarithm.std() == pytest.approx(AMPLITUDE, rel=0.02)


def test_variance_is_the_same_between_the_nodes_as_on_them():
    """Over many seeds, cell by cell: interpolation must not calm the middle of a lattice cell."""
    many = jax.vmap(lambda key: exchange_factor(jax.random.normal(key, (4,), float), AMPLITUDE, (24,)))
    logarithm = np.log(np.asarray(many(jax.random.split(jax.random.PRNGKey(3), 20_000))))
    spread = logarithm.std(axis=0)
    print(f"deviation over the cells: {spread.min():.4f} to {spread.max():.4f}")
    assert spread == pytest.approx(AMPLITUDE, rel=0.03)


@pytest.mark.parametrize("shape", [(16, 24), (64, 96)])
def test_values_do_not_depend_on_the_grid(shape):
    """At the same points of space: a grid three times finer has a centre on every coarse one."""
    nodes = lattice((5, 7), seed=2)
    coarse = np.asarray(exchange_factor(nodes, AMPLITUDE, shape))
    fine = np.asarray(exchange_factor(nodes, AMPLITUDE, tuple(3 * n for n in shape)))
    assert fine[1::3, 1::3] == pytest.approx(coarse, rel=1e-10)


def test_no_amplitude_changes_nothing():
    assert np.all(np.asarray(exchange_factor(lattice((3, 3)), 0.0, (8, 8))) == 1.0)


def test_lattice_is_as_coarse_as_the_correlation_length():
    assert lattice_shape((60e-6, 30e-6), 5e-6) == (13, 7)
    assert lattice_shape((60e-6, 30e-6), 1.0) == (2, 2)


@pytest.mark.parametrize("steps", [1, 4, 32])
def test_fluctuation_forgets_at_the_same_rate_with_any_time_step(steps):
    """Variance 1 and correlation exp(-t/tau) after t = 0.7 tau, in one step or in many."""
    start = lattice((40_000,))
    field, tau, time = start, 2.0, 1.4
    for key in jax.random.split(jax.random.PRNGKey(7), steps):
        field = advance_lattice(field, key, jnp.asarray(time / steps), jnp.asarray(tau))
    correlation = float(jnp.mean(start * field))
    print(f"{steps} steps: variance {float(jnp.var(field)):.4f}, correlation {correlation:.4f}")
    assert float(jnp.var(field)) == pytest.approx(1.0, abs=0.03)
    assert correlation == pytest.approx(math.exp(-time / tau), abs=0.02)


def test_infinite_correlation_time_freezes_the_lattice():
    start = lattice((50,))
    later = advance_lattice(start, jax.random.PRNGKey(1), jnp.asarray(5.0), jnp.asarray(math.inf))
    assert bool(jnp.all(later == start))
