"""Elastic solve against pyamg smoothed aggregation (rigid-body modes) and SciPy's sparse direct solver.

One matrix, one process, one core: ``python benchmarks/elastic_solve.py [--cells 64 128] [--cubes 16 32] [--memory 128]``
prints a Markdown table. Dendrite of 5 GPa metal in 150 GPa ceramic, intact, with a one-cell crack of 1e-4 and 1e-6, a
staircase crack, and a damage band of which normal and shear moduli fall to 1e-6; clamped at x = 0, a roller at x = L;
every kind of cell swells; to 1e-8. "Set-up" is `build_elastic` or the aggregation, both made anew at every pass of a
run; times are CPU times without compilation, the best of three.
"""

from __future__ import annotations

import argparse
import resource
import time

import jax
import jax.numpy as jnp
import numpy as np

from dendrion.numerics import elasticity
from dendrion.numerics.elastic_stencil import element_matrices
from dendrion.numerics.voxel_stiffness import packed_triangle
from tests.elastic_problems import (
    build,
    crack,
    damage_band,
    dendritic_stiffness,
    node_places,
    orthotropic_band,
    solve,
    supports,
    swelling_force,
)

TOLERANCE, LIMIT = 1e-8, 300
DIRECT_LIMIT = 150_000  # unknowns above which the direct solver is left out (memory)


def problems(shape):
    """Name and stiffness of every problem on one grid."""
    intact = dendritic_stiffness(shape)
    yield "intact", intact
    yield "crack 1e-4", np.where(crack(shape), 1e-4 * intact, intact)
    yield "crack 1e-6", np.where(crack(shape), 1e-6 * intact, intact)
    yield "staircase 1e-4", np.where(crack(shape, 0.5), 1e-4 * intact, intact)
    if len(shape) == 2:
        damage, normal, tangent = damage_band(shape, np.radians(30.0))
        yield "orthotropic band 1e-6", orthotropic_band(intact, damage, normal, tangent, 1e-6)


def best(function, repeats=3):
    """Shortest CPU time of a call [s], and its result."""
    shortest, result = np.inf, None
    for _ in range(repeats):
        start = time.process_time()
        result = jax.block_until_ready(function())
        shortest = min(shortest, time.process_time() - start)
    return shortest, result


def sparse_matrix(stiffness, spacing, free):
    """The same matrix on the free degrees of freedom for SciPy, unit rows elsewhere."""
    from scipy import sparse

    dimensions = len(spacing)
    triangle = packed_triangle(stiffness)
    elements = element_matrices(triangle, elasticity.bending_stiffness(stiffness), spacing)
    cells = stiffness.shape[2:]
    size = dimensions * 2**dimensions
    elements = np.asarray(elements).reshape(size, size, -1)
    numbers = np.arange(np.prod(np.array(cells) + 1)).reshape(*(n + 1 for n in cells))
    rows = []
    for corner in np.ndindex(*(2,) * dimensions):
        window = tuple(slice(end, end + n) for end, n in zip(corner, cells, strict=True))
        for component in range(dimensions):
            rows.append(dimensions * numbers[window].reshape(-1) + component)
    rows = np.array(rows)
    shape = (size, size, rows.shape[1])
    matrix = sparse.csr_matrix(
        (
            elements.reshape(-1),
            (
                np.broadcast_to(rows[:, None], shape).reshape(-1),
                np.broadcast_to(rows[None], shape).reshape(-1),
            ),
        )
    )
    mask = np.moveaxis(np.asarray(free), 0, -1).reshape(-1)
    keep = sparse.diags(mask)
    return (keep @ matrix @ keep + sparse.diags(1.0 - mask)).tocsr(), mask


def rigid_modes(shape, mask):
    """Translations and rotations on the free degrees of freedom, one column each."""
    dimensions = len(shape)
    places = np.moveaxis(node_places(shape, (1.0 / shape[0],) * dimensions), 0, -1).reshape(-1, dimensions)
    columns = []
    for axis in range(dimensions):
        mode = np.zeros(places.shape)
        mode[:, axis] = 1.0
        columns.append(mode)
    for first in range(dimensions):
        for second in range(first):
            mode = np.zeros(places.shape)
            mode[:, first], mode[:, second] = places[:, second], -places[:, first]
            columns.append(mode)
    return np.array([mode.reshape(-1) * mask for mode in columns]).T


def compare(shape, name, stiffness):
    """One row of the table."""
    import pyamg
    import scipy.sparse.linalg as linear

    dimensions = len(shape)
    spacing, periodic = (1.0 / shape[0],) * dimensions, (False,) * dimensions
    stiffness = jnp.asarray(stiffness)
    fixed = supports(shape)
    force = swelling_force(stiffness, spacing, periodic)
    guess = jnp.zeros_like(force)
    setup, hierarchy = best(lambda: build(stiffness, fixed, periodic, spacing), 4)
    took, (_, info) = best(lambda: solve(hierarchy, force, guess, TOLERANCE, LIMIT), 4)
    assert bool(info.converged)
    matrix, mask = sparse_matrix(stiffness, spacing, hierarchy.free)
    right = np.moveaxis(np.asarray(force), 0, -1).reshape(-1) * mask
    blocks = matrix.tobsr((dimensions, dimensions))
    modes = rigid_modes(shape, mask)
    amg_setup, amg = best(lambda: pyamg.smoothed_aggregation_solver(blocks, B=modes, smooth="jacobi"), 1)
    residuals: list[float] = []
    amg_took, _ = best(
        lambda: amg.solve(right, tol=TOLERANCE, maxiter=LIMIT, accel="cg", residuals=residuals), 1
    )
    direct = "–"
    if len(right) <= DIRECT_LIMIT and dimensions == 2:
        direct = f"{1e3 * best(lambda: linear.spsolve(matrix.tocsc(), right), 1)[0]:.0f}"
    grid = "×".join(str(n) for n in shape)
    print(
        f"| {grid} | {name} | {int(info.iterations)} | {1e3 * setup:.1f} | {1e3 * took:.1f} "
        f"| {len(residuals) - 1} | {1e3 * amg_setup:.0f} | {1e3 * amg_took:.0f} | {direct} |",
        flush=True,
    )


def memory(cells):
    """Peak memory of one solve on a cube, and its iterations and time."""
    shape = (cells,) * 3
    spacing, periodic = (1.0 / cells,) * 3, (False,) * 3
    stiffness = jnp.asarray(dendritic_stiffness(shape))
    force = swelling_force(stiffness, spacing, periodic)
    start = time.process_time()
    hierarchy = jax.block_until_ready(build(stiffness, supports(shape), periodic, spacing))
    middle = time.process_time()
    _, info = jax.block_until_ready(solve(hierarchy, force, jnp.zeros_like(force), TOLERANCE, LIMIT))
    end = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"\n{cells}³, intact, compilation included: {int(info.iterations)} iterations, set-up {middle - start:.0f} s, "
        f"solve {end - middle:.0f} s, peak memory of the process {peak:.1f} GiB"
    )


def main():
    jax.config.update("jax_enable_x64", True)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, nargs="*", default=[64, 128, 256, 512])
    parser.add_argument("--cubes", type=int, nargs="*", default=[16, 32, 64, 96])
    parser.add_argument("--memory", type=int)
    arguments = parser.parse_args()
    if arguments.memory:
        memory(arguments.memory)
        return
    print(
        "| grid | problem | iterations | set-up [ms] | solve [ms] | pyamg its | set-up [ms] | solve [ms] | direct [ms] |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for shape in [(n, n) for n in arguments.cells] + [(n,) * 3 for n in arguments.cubes]:
        for name, stiffness in problems(shape):
            compare(shape, name, stiffness)


if __name__ == "__main__":
    main()
