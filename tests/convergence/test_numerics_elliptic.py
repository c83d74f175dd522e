"""Observed order of the elliptic discretisation against manufactured and exact solutions."""

from __future__ import annotations

from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.numerics.elliptic import build_hierarchy, solve
from dendrion.numerics.grid import Grid
from dendrion.numerics.operators import face_conductance

jax.config.update("jax_enable_x64", True)

PI = np.pi


def _grid(cells: int, lengths, periodic) -> Grid:
    shape = tuple(round(cells * length) for length in lengths)
    return Grid(shape, tuple(length / n for length, n in zip(lengths, shape, strict=True)), periodic)


def _solve(grid, conductivity, source, walls, mean="harmonic"):
    """Solve −div(σ grad φ) = f; ``walls`` maps (axis, end) to (σ at the wall, value at the wall)."""
    faces = face_conductance(jnp.asarray(conductivity), grid.spacing, grid.periodic, mean)
    diagonal, right = np.zeros(grid.shape), np.array(source)
    for (axis, end), (wall, value) in walls.items():
        index = [slice(None)] * grid.dimensions
        index[axis] = end
        conductance = 2.0 * np.broadcast_to(wall, diagonal[tuple(index)].shape) / grid.spacing[axis] ** 2
        diagonal[tuple(index)] += conductance
        right[tuple(index)] += conductance * value

    @jax.jit
    def run(faces, diagonal, right):
        return solve(build_hierarchy(faces, diagonal, grid.periodic), right, 0.0 * right, 1e-10, 60)

    solution, info = run(faces, jnp.asarray(diagonal), jnp.asarray(right))
    assert bool(info.converged)
    return np.asarray(solution)


def _orders(name, errors):
    orders = [float(np.log2(coarse / fine)) for coarse, fine in pairwise(errors)]
    print(f"{name}: errors {', '.join(f'{e:.3e}' for e in errors)}; observed order {orders[-1]:.3f}")
    return orders[-1]


def _variable_2d(cells):
    """Dirichlet in x (values that vary along the wall), Neumann in y, σ = 1 + ½ sin(2πx) cos(πy)."""
    grid = _grid(cells, (1.0, 1.0), (False, False))
    x, y = grid.coordinates()
    exact = np.exp(x) * np.cos(PI * y)
    sigma = 1.0 + 0.5 * np.sin(2 * PI * x) * np.cos(PI * y)
    sigma_x = PI * np.cos(2 * PI * x) * np.cos(PI * y)
    sigma_y = -0.5 * PI * np.sin(2 * PI * x) * np.sin(PI * y)
    gradient = sigma_x * exact - sigma_y * PI * np.exp(x) * np.sin(PI * y)
    source = -(gradient + sigma * (1.0 - PI**2) * exact)
    wall = np.cos(PI * y[0])
    walls = {(0, 0): (1.0, wall), (0, -1): (1.0, np.e * wall)}
    return _solve(grid, sigma, source, walls, "arithmetic"), exact, False


def _periodic_2d(cells):
    """Both axes periodic, so that the mean is free; σ varies by a factor of 9."""
    grid = _grid(cells, (1.0, 0.5), (True, True))
    x, y = grid.coordinates()
    a, b = 2 * PI, 4 * PI
    sigma = 1.0 + 0.8 * np.sin(a * x) * np.sin(b * y)
    exact = np.cos(a * x) * np.sin(b * y) + 0.0 * sigma
    slope = 0.8 * a * np.cos(a * x) * np.sin(b * y) * (-a * np.sin(a * x) * np.sin(b * y))
    slope = slope + 0.8 * b * np.sin(a * x) * np.cos(b * y) * b * np.cos(a * x) * np.cos(b * y)
    return _solve(grid, sigma, -(slope - sigma * (a**2 + b**2) * exact), {}), exact, True


def _mixed_3d(cells):
    """Dirichlet, Neumann and periodic axes at once, exponential σ."""
    grid = _grid(cells, (1.0, 1.0, 0.5), (False, False, True))
    x, y, z = grid.coordinates()
    sigma = np.exp(x + 0.0 * y + 0.0 * z)
    exact = np.sin(PI * x) * np.cos(PI * y) * np.cos(4 * PI * z)
    rate = PI * np.cos(PI * x) * np.cos(PI * y) * np.cos(4 * PI * z)
    source = -sigma * (rate - 18 * PI**2 * exact)
    walls = {(0, 0): (1.0, 0.0), (0, -1): (np.e, 0.0)}
    return _solve(grid, sigma, source, walls), exact, False


def _jump_2d(cells):
    """Conductivity jumps by 1e6 on the plane x = ½; φ = sin(2πx) cos(πy)/σ there and flux are continuous."""
    grid = _grid(cells, (1.0, 1.0), (False, False))
    x, y = grid.coordinates()
    sigma = np.where(x < 0.5, 1e6, 1.0) + 0.0 * y
    shape = np.sin(2 * PI * x) * np.cos(PI * y)
    walls = {(0, 0): (1e6, 0.0), (0, -1): (1.0, 0.0)}
    scale = np.where(x < 0.5, 1e6, 1.0)
    return scale * _solve(grid, sigma, 5 * PI**2 * shape, walls), shape, False


def _screened_1d(cells):
    """φ'' = k² φ with φ(0) = 1 and a closed end: cosh(k(1 − x))/cosh k."""
    grid = _grid(cells, (1.0,), (False,))
    (x,) = grid.coordinates()
    rate = 3.0
    faces = face_conductance(jnp.ones(grid.shape), grid.spacing, grid.periodic)
    wall = 2.0 / grid.spacing[0] ** 2
    diagonal = np.full(grid.shape, rate**2)
    diagonal[0] += wall
    right = np.zeros(grid.shape)
    right[0] = wall

    @jax.jit
    def run(faces, diagonal, right):
        return solve(build_hierarchy(faces, diagonal, grid.periodic), right, 0.0 * right, 1e-12, 60)[0]

    found = np.asarray(run(faces, jnp.asarray(diagonal), jnp.asarray(right)))
    return found, np.cosh(rate * (1.0 - x)) / np.cosh(rate), False


@pytest.mark.parametrize(
    ("case", "sizes"),
    [
        (_variable_2d, (16, 32, 64)),
        (_periodic_2d, (16, 32, 64)),
        (_jump_2d, (16, 32, 64)),
        (_mixed_3d, (16, 32)),
        (_screened_1d, (25, 50, 100)),
    ],
)
def test_second_order(case, sizes):
    errors = []
    for cells in sizes:
        found, exact, free_mean = case(cells)
        difference = found - exact
        if free_mean:
            difference = difference - difference.mean()
        errors.append(float(np.sqrt(np.mean(difference**2))))
    assert errors[-1] < 0.02 * np.abs(exact).max()
    assert _orders(case.__name__.lstrip("_"), errors) >= 1.9


def test_layered_conductor_is_exact():
    """Series resistance of layers with jumps of 1e9 on faces: the flux is exact to round-off."""
    cells = 48
    sigma = np.where(np.arange(cells) % 12 < 5, 1e-9, 1.0)
    spacing = 1.0 / cells
    grid = Grid((cells,), (spacing,), (False,))
    found = _solve(grid, sigma, np.zeros(cells), {(0, 0): (sigma[0], 1.0), (0, -1): (sigma[-1], 0.0)})
    flux = 2.0 * sigma[0] * (1.0 - found[0]) / spacing
    assert flux == pytest.approx(1.0 / np.sum(spacing / sigma), rel=1e-9)
