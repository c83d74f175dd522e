"""Observed order of the damage equation: the crack profile, and a manufactured field with G_c and H that vary."""

from __future__ import annotations

from itertools import pairwise

import jax.numpy as jnp
import numpy as np
import pytest

import dendrion.field  # noqa: F401  float64
from dendrion.field.damage import build_damage, crack_surface, initial_damage, solve_damage

PI = np.pi


def orders(name, errors):
    observed = [float(np.log2(coarse / fine)) for coarse, fine in pairwise(errors)]
    print(
        f"{name}: errors {', '.join(f'{e:.2e}' for e in errors)}; orders {', '.join(f'{o:.2f}' for o in observed)}"
    )
    return observed


@pytest.mark.parametrize("dimensions", [2, 3])
def test_profile_of_a_crack(dimensions):
    """d = exp(-|x|/l) about a held row, and its surface is one, both to second order in h/l."""
    errors, surfaces = [], []
    for cells_per_length in (2, 4, 8) if dimensions == 2 else (2, 4):
        cells = 24 * cells_per_length + 1
        shape = (cells, *(2,) * (dimensions - 1))
        held = np.zeros(shape, bool)
        held[cells // 2] = True
        spacing = (1.0 / cells_per_length,) * dimensions
        periodic = (False, *(True,) * (dimensions - 1))
        problem = build_damage(jnp.ones(shape), 1.0, spacing, periodic, held=jnp.asarray(held))
        damage, info = solve_damage(problem, jnp.zeros(shape), initial_damage(problem))
        assert bool(info.converged)
        distance = np.abs(np.arange(cells) - cells // 2) / cells_per_length
        profile = np.asarray(damage).reshape(cells, -1)[:, 0]
        errors.append(np.abs(profile - np.exp(-distance)).max())
        area = (2.0 / cells_per_length) ** (dimensions - 1)
        surfaces.append(abs(float(crack_surface(problem, damage)) / area - 1.0))
    assert min(orders(f"profile, {dimensions}-D", errors)) > 1.9
    assert min(orders(f"surface, {dimensions}-D", surfaces)) > 1.9


def manufactured(cells):
    """d = (1 + cos(pi x) cos(2 pi y)/2)/2 with G_c = 1 + sin(pi x)^2/2 and l = 0.1: H from the equation."""
    x = ((np.arange(cells) + 0.5) / cells)[:, None]
    y = ((np.arange(cells) + 0.5) / cells)[None, :]
    length = 0.1
    toughness = 1.0 + 0.5 * np.sin(PI * x) ** 2 + 0.0 * y
    slope = 0.5 * PI * np.sin(2 * PI * x)
    exact = 0.5 * (1.0 + 0.5 * np.cos(PI * x) * np.cos(2 * PI * y))
    along = -0.25 * PI * np.sin(PI * x) * np.cos(2 * PI * y)
    laplacian = -0.25 * 5 * PI**2 * np.cos(PI * x) * np.cos(2 * PI * y)
    drive = (toughness / length * exact - length * (slope * along + toughness * laplacian)) / (
        2.0 * (1.0 - exact)
    )
    return toughness, length, drive, exact


def test_manufactured_field():
    errors = []
    for cells in (24, 48):
        toughness, length, drive, exact = manufactured(cells)
        assert drive.min() > 0.0
        problem = build_damage(jnp.asarray(toughness), length, (1.0 / cells,) * 2, (False, True))
        damage, info = solve_damage(problem, jnp.asarray(drive), jnp.zeros((cells, cells)))
        assert bool(info.converged)
        errors.append(np.sqrt(np.mean((np.asarray(damage) - exact) ** 2)))
    assert min(orders("manufactured", errors)) > 1.9
