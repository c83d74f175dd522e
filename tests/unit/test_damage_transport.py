"""Currents across and along cracks."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

import dendrion.field  # noqa: F401  float64
from dendrion.errors import InputError
from dendrion.field.damage import build_damage, initial_damage, solve_damage
from dendrion.field.damage_transport import (
    axis_conductivities,
    crack_normal,
    damaged_conductance,
    open_share,
)
from dendrion.field.flaws import crack
from dendrion.numerics.elliptic import build_hierarchy, solve
from dendrion.numerics.grid import Grid

LENGTH = 4.0
CELLS = 48


def cracked(angle, cells=CELLS, length=LENGTH):
    """Damage about a straight crack through the whole box, at an angle to the x axis, and its grid."""
    grid = Grid((cells, cells), (1.0, 1.0), (False, False))
    centre = (0.5 * cells, 0.5 * (cells + 1) if angle == 0.0 else 0.5 * cells)
    mask = crack(grid.coordinates(), grid.spacing, centre, 4.0 * cells, angle=angle)
    problem = build_damage(jnp.ones(grid.shape), length, grid.spacing, grid.periodic, held=jnp.asarray(mask))
    damage, _ = solve_damage(problem, jnp.zeros(grid.shape), initial_damage(problem))
    return damage, mask, grid


def conductance(faces, axis, residual=1e-11):
    """Current through the box along an axis for unit potential, sides insulated, over that of the intact box."""
    shape = (CELLS, CELLS)
    diagonal, right = np.zeros(shape), np.zeros(shape)
    first, last = [slice(None)] * 2, [slice(None)] * 2
    first[axis], last[axis] = 0, -1
    for end, value in ((first, 1.0), (last, 0.0)):
        diagonal[tuple(end)] += 2.0
        right[tuple(end)] += 2.0 * value
    hierarchy = build_hierarchy(faces, jnp.asarray(diagonal), (False, False))
    potential, info = solve(hierarchy, jnp.asarray(right), jnp.full(shape, 0.5), residual, 100)
    assert bool(info.converged)
    return float(jnp.sum(2.0 * (1.0 - potential[tuple(first)])))


def faces_of(damage, way, residual=1e-6):
    normal = crack_normal(damage, LENGTH, (1.0, 1.0), (False, False))
    return damaged_conductance(
        jnp.ones(damage.shape), damage, normal, way, (1.0, 1.0), (False, False), residual
    )


def test_a_straight_crack_blocks_across_and_not_along():
    """Across: in series with the sum of the cells' resistances, exactly; along: nothing is lost."""
    damage, _, _ = cracked(0.0)
    share = np.asarray(open_share(damage))[0]
    exact = CELLS / np.sum(1.0 / share)
    assert conductance(faces_of(damage, "across"), 1) == pytest.approx(exact, rel=1e-4)
    assert conductance(faces_of(damage, "isotropic"), 1) == pytest.approx(exact, rel=1e-4)
    assert conductance(faces_of(damage, "across"), 0) == pytest.approx(1.0 * CELLS / CELLS, rel=1e-6)
    along = conductance(faces_of(damage, "isotropic"), 0)
    assert along == pytest.approx(np.sum(1.0 / ((CELLS - 1) / share + 1.0)), rel=1e-3)
    assert along < 0.85
    assert conductance(faces_of(damage, "none"), 1) == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize("degrees", [20.0, 45.0, 70.0])
def test_an_inclined_crack_blocks_at_every_angle(degrees):
    """A crack that parts the box lets through next to nothing, in either way."""
    damage, _, _ = cracked(np.radians(degrees))
    for way in ("across", "isotropic"):
        for axis in (0, 1):
            if (degrees < 45.0 and axis == 0) or (degrees > 45.0 and axis == 1):
                continue  # the crack does not part these two sides
            assert conductance(faces_of(damage, way), axis) < 1e-3


@pytest.mark.parametrize("degrees", [0.0, 20.0, 45.0, 70.0, 90.0])
def test_normal_of_a_crack(degrees):
    angle = np.radians(degrees)
    damage, mask, _ = cracked(angle)
    normal = np.asarray(crack_normal(damage, LENGTH, (1.0, 1.0), (False, False)))
    inside = mask.copy()
    inside[:8], inside[-8:], inside[:, :8], inside[:, -8:] = False, False, False, False
    along = np.abs(np.cos(angle) * normal[0] + np.sin(angle) * normal[1])[inside]
    assert np.abs((normal**2).sum(axis=0) - 1.0)[inside].max() < 1e-12
    print(f"{degrees} degrees: mean error {np.degrees(np.arcsin(along)).mean():.2f} degrees")
    assert np.degrees(np.arcsin(along)).mean() < 4.0
    assert np.degrees(np.arcsin(along)).max() < 9.0


def test_normal_in_three_dimensions():
    shape = (12, 12, 12)
    x, y, z = np.meshgrid(*(np.arange(12) + 0.5,) * 3, indexing="ij")
    unit = np.array([1.0, 2.0, -2.0]) / 3.0
    distance = np.abs((x - 6) * unit[0] + (y - 6) * unit[1] + (z - 6) * unit[2])
    damage = jnp.asarray(np.exp(-distance / 3.0))
    normal = np.asarray(crack_normal(damage, 3.0, (1.0,) * 3, (False,) * 3))
    middle = normal[:, 4:8, 4:8, 4:8].reshape(3, -1)
    assert np.abs(np.abs(unit @ middle) - 1.0).max() < 0.02
    flat = np.asarray(crack_normal(jnp.zeros(shape), 3.0, (1.0,) * 3, (False,) * 3))
    assert np.abs(flat).max() == 0.0


def test_nothing_changes_without_damage():
    kappa = jnp.asarray(np.random.default_rng(10).uniform(0.5, 2.0, (6, 5)))
    none = jnp.zeros((6, 5))
    normal = crack_normal(none, 1.0, (1.0, 1.0), (False, False))
    plain = axis_conductivities(kappa, none, None, "none")
    for way in ("isotropic", "across"):
        for first, second in zip(plain, axis_conductivities(kappa, none, normal, way), strict=True):
            assert jnp.abs(first - second).max() < 1e-15 * 10
    assert float(open_share(none).max()) == 1.0


def test_unknown_ways_are_refused():
    one = jnp.ones((3, 3))
    with pytest.raises(InputError, match="isotropic"):
        axis_conductivities(one, one, None, "everywhere")
    with pytest.raises(InputError, match="normal"):
        axis_conductivities(one, one, None, "across")
