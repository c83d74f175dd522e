"""Iterations to 1e-8 on a branched dendrite do not grow with the grid, and hardly with the contrast."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.numerics.elliptic import build_hierarchy, solve
from tests.numerics_problems import dendritic_problem

jax.config.update("jax_enable_x64", True)

KINDS = ("ionic", "screened", "one potential")
LIMITS = {1e1: 18, 1e2: 18, 1e3: 18, 1e4: 18, 1e6: 22}


@jax.jit
def _run(faces, diagonal, right):
    hierarchy = build_hierarchy(faces, diagonal, (False,) * diagonal.ndim)
    return solve(hierarchy, right, jnp.zeros_like(right), 1e-8, 60)


def _iterations(shape, contrast, kind):
    faces, diagonal, right = dendritic_problem(shape, contrast, kind)
    faces = tuple(map(jnp.asarray, faces))
    solution, info = _run(faces, jnp.asarray(diagonal), jnp.asarray(right))
    assert bool(info.converged) and np.isfinite(np.asarray(solution)).all()
    return int(info.iterations)


def _check(shape, contrasts):
    for kind in KINDS:
        counts = {contrast: _iterations(shape, contrast, kind) for contrast in contrasts}
        print(f"{shape} {kind}: {counts}")
        assert all(count <= LIMITS[contrast] for contrast, count in counts.items())


@pytest.mark.parametrize("shape", [(128, 128), (32, 32, 32)])
def test_iterations_on_small_grids(shape):
    _check(shape, LIMITS)


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(256, 256), (512, 512), (64, 64, 64)])
def test_iterations_on_large_grids(shape):
    _check(shape, LIMITS)


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(1024, 1024), (128, 128, 128)])
def test_iterations_on_the_largest_grids(shape):
    _check(shape, (1e1, 1e4))
