"""Iterations of the elastic solver to 1e-8: bounded as the grid grows, intact, cracked, banded, nearly incompressible.

Dendrite of 5 GPa metal in 150 GPa ceramic, clamped at x = 0, a roller at x = L, free sides; every kind of cell swells.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from tests.elastic_problems import (
    build,
    crack,
    damage_band,
    dendritic_stiffness,
    orthotropic_band,
    solve,
    supports,
    swelling_force,
)

INTACT_BAR, CRACK_BAR = 16, 20
"""Iterations to 1e-8 that the engine counts on [dimensionless]."""


def iterations(stiffness, tolerance=1e-8):
    """Iterations of one solve from zero on a square or cubic grid; the residual is checked here."""
    shape = stiffness.shape[2:]
    spacing, periodic = (1.0 / shape[0],) * len(shape), (False,) * len(shape)
    stiffness = jnp.asarray(stiffness)
    force = swelling_force(stiffness, spacing, periodic)
    hierarchy = build(stiffness, supports(shape), periodic, spacing)
    _, info = solve(hierarchy, force, jnp.zeros_like(force), tolerance, 300)
    assert bool(info.converged)
    assert float(info.residual) <= 1.5 * tolerance
    return int(info.iterations)


def cracked(stiffness, slope=0.0, residual=1e-4):
    return np.where(crack(stiffness.shape[2:], slope), residual * stiffness, stiffness)


def test_iterations_on_a_square_grid():
    """Every stiffness on one grid, so that one program serves all."""
    intact = dendritic_stiffness((64, 64))
    damage, normal, tangent = damage_band((64, 64), np.radians(30.0))
    soft = dendritic_stiffness((64, 64), metal=(5e9, 0.4999))
    void = np.where(np.hypot(*(np.indices((64, 64)) - 31.5)) < 12.0, 0.0, intact)
    found = {
        "intact": iterations(intact),
        "crack 1e-4": iterations(cracked(intact)),
        "crack 1e-6": iterations(cracked(intact, residual=1e-6)),
        "staircase crack 1e-4": iterations(cracked(intact, slope=0.5)),
        "damage band 1e-6": iterations(intact * np.minimum((1.0 - damage) ** 2 + 1e-6, 1.0)),
        "orthotropic band 1e-6": iterations(orthotropic_band(intact, damage, normal, tangent, 1e-6)),
        "metal of ν = 0.4999": iterations(soft),
        "hole": iterations(void),
    }
    print(found)
    assert found["intact"] <= INTACT_BAR
    assert found["crack 1e-4"] <= CRACK_BAR
    assert found["crack 1e-6"] <= CRACK_BAR
    assert found["staircase crack 1e-4"] <= 25
    assert found["damage band 1e-6"] <= CRACK_BAR
    assert found["orthotropic band 1e-6"] <= 25
    assert found["metal of ν = 0.4999"] <= 25
    assert found["hole"] <= CRACK_BAR


@pytest.mark.slow
@pytest.mark.parametrize("cells", [(100, 100), (256, 256), (61, 45)])
def test_iterations_stay_bounded_in_two_dimensions(cells):
    intact = dendritic_stiffness(cells)
    found = iterations(intact), iterations(cracked(intact)), iterations(cracked(intact, residual=1e-6))
    print(cells, found)
    assert found[0] <= INTACT_BAR
    assert max(found[1:]) <= CRACK_BAR


def test_iterations_in_three_dimensions():
    intact = dendritic_stiffness((16, 16, 16))
    found = iterations(intact), iterations(cracked(intact)), iterations(cracked(intact, residual=1e-6))
    print(found)
    assert found[0] <= INTACT_BAR
    assert max(found[1:]) <= CRACK_BAR


@pytest.mark.slow
def test_iterations_stay_bounded_in_three_dimensions():
    intact = dendritic_stiffness((32, 32, 32))
    found = iterations(intact), iterations(cracked(intact))
    print(found)
    assert found[0] <= INTACT_BAR
    assert found[1] <= CRACK_BAR
