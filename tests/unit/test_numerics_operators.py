"""Grid and difference operators."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.errors import InputError
from dendrion.numerics import operators
from dendrion.numerics.grid import Grid

jax.config.update("jax_enable_x64", True)


def test_grid_knows_its_cells():
    grid = Grid((4, 6), (0.5, 0.25), (False, True))
    assert grid.dimensions == 2 and grid.size == (2.0, 1.5) and grid.cell_volume == 0.125
    assert np.allclose(grid.centres(0), [0.25, 0.75, 1.25, 1.75])
    x, y = grid.coordinates()
    assert x.shape == (4, 1) and y.shape == (1, 6)


@pytest.mark.parametrize(
    ("shape", "spacing", "periodic"),
    [
        ((1, 4), (1.0, 1.0), (False, False)),
        ((4, 4), (1.0, -1.0), (False, False)),
        ((4, 4), (1.0, float("nan")), (False, False)),
        ((4, 4), (1.0,), (False, False)),
        ((4, 4, 4, 4), (1.0,) * 4, (False,) * 4),
    ],
)
def test_grid_refuses_what_is_no_grid(shape, spacing, periodic):
    with pytest.raises(InputError):
        Grid(shape, spacing, periodic)


@pytest.mark.parametrize("periodic", [(False, False), (True, False), (True, True)])
def test_divergence_conserves_and_matches_the_laplacian(periodic):
    values = jnp.asarray(np.random.default_rng(0).standard_normal((7, 9)))
    spacing = (0.5, 0.25)
    fluxes = tuple(operators.face_gradient(values, a, spacing[a], periodic[a]) for a in range(2))
    change = operators.divergence(fluxes, spacing, periodic)
    assert abs(float(jnp.sum(change))) <= 1e-12 * float(jnp.sum(jnp.abs(change)))
    assert np.allclose(
        np.asarray(change), np.asarray(operators.laplacian(values, spacing, periodic)), atol=1e-12
    )


@pytest.mark.parametrize("periodic", [(False, False, False), (True, False, True)])
def test_network_equals_minus_divergence_of_fluxes(periodic):
    generator = np.random.default_rng(1)
    shape, spacing = (5, 6, 4), (0.1, 0.2, 0.3)
    values, conductivity = generator.standard_normal(shape), generator.uniform(0.1, 2.0, shape)
    conductance = operators.face_conductance(jnp.asarray(conductivity), spacing, periodic)
    closed = tuple(operators.closed_faces(f, a, periodic[a]) for a, f in enumerate(conductance))
    outflow = operators.apply_network(closed, jnp.zeros(shape), jnp.asarray(values), periodic)
    fluxes = tuple(
        operators.face_harmonic(jnp.asarray(conductivity), a, periodic[a])
        * operators.face_gradient(jnp.asarray(values), a, spacing[a], periodic[a])
        for a in range(3)
    )
    inflow = operators.divergence(fluxes, spacing, periodic)
    assert np.allclose(np.asarray(outflow), -np.asarray(inflow), rtol=1e-12, atol=1e-10)
    constant = operators.apply_network(closed, jnp.zeros(shape), jnp.full(shape, 7.3), periodic)
    assert not np.any(np.asarray(constant)[1:-1, 1:-1, 1:-1])


def test_face_means():
    values = jnp.array([1.0, 3.0, 0.0, 0.0])
    assert np.allclose(operators.face_arithmetic(values, 0), [2.0, 1.5, 0.0])
    assert np.allclose(operators.face_harmonic(values, 0), [1.5, 0.0, 0.0])
    assert np.allclose(operators.face_harmonic(values, 0, periodic=True), [1.5, 0.0, 0.0, 0.0])


def test_gradient_is_exact_for_a_plane_and_flat_at_walls():
    x = jnp.arange(6.0)[:, None] + 0.0 * jnp.arange(4.0)[None, :]
    slope, zero = operators.gradient(2.0 * x, (0.5, 0.5), (False, False))
    assert np.allclose(np.asarray(slope)[1:-1], 4.0) and np.allclose(np.asarray(slope)[[0, -1]], 2.0)
    assert not np.any(np.asarray(zero))


def test_ghosts_wrap_or_mirror():
    values = jnp.array([1.0, 2.0, 3.0])
    assert np.array_equal(operators.mirrored(values, 0), [1.0, 1.0, 2.0, 3.0, 3.0])
    assert np.array_equal(operators.with_ghosts(values, 0, True), [3.0, 1.0, 2.0, 3.0, 1.0])
    assert np.array_equal(operators.surrounded(values, (False,)), [0.0, 1.0, 2.0, 3.0, 0.0])
