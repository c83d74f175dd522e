"""The damage equation of a cracked body against pyamg and SciPy's sparse direct solver.

    python -m benchmarks.damage_solve [--cells 128 256 512] [--cubes 32 64]     writes results/damage_solve.md; 2 minutes

AT2 around one broken row of cells: a driving energy that falls as 1/r from the tip over many orders, l over two and over
sixteen cells (the longer, the further a solve must reach). All solve the same matrix to 1e-9 from zero, set-up included
(it is made anew in every pass of a run); CPU times, ours without compilation, the best of three.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import scipy.sparse.linalg as linear

from benchmarks.potential_solve import assemble, timed
from dendrion.field.damage import TOLERANCE, DamageProblem, _eliminate, _network, build_damage, solve_damage

RESULTS = Path(__file__).parent / "results" / "damage_solve.md"
TOUGHNESS, CELL = 6.2, 0.5e-6
DIRECT_LIMIT = 300_000
"""Unknowns above which the direct solver is left out, and in 3-D altogether (memory)."""


def problem(shape: tuple[int, ...], cells_per_length: float) -> tuple[DamageProblem, jax.Array]:
    """A body with a row (in 3-D a layer) of broken cells up to its middle, and its driving energy [J/m^3]."""
    held = np.zeros(shape, bool)
    held[(slice(0, shape[0] // 2), shape[1] // 2)] = True
    centres = np.meshgrid(*(np.arange(n) + 0.5 for n in shape[:2]), indexing="ij")
    distance = np.hypot(centres[0] - shape[0] / 2, centres[1] - shape[1] / 2 - 0.5)
    drive = TOUGHNESS / (2.0 * np.pi * CELL) / np.maximum(distance, 0.5)
    drive = np.broadcast_to(drive.reshape(*shape[:2], *(1,) * (len(shape) - 2)), shape)
    toughness = jnp.full(shape, TOUGHNESS)
    built = build_damage(
        toughness,
        cells_per_length * CELL,
        (CELL,) * len(shape),
        (False,) * len(shape),
        "at2",
        held=jnp.asarray(held),
    )
    return built, jnp.asarray(drive)


def algebraic(matrix, right) -> tuple[np.ndarray, int]:
    """Conjugate gradients with pyamg's Ruge-Stüben multigrid, set-up included."""
    import pyamg

    residuals: list[float] = []
    solver = pyamg.ruge_stuben_solver(matrix)
    solution = solver.solve(right, tol=TOLERANCE, maxiter=200, accel="cg", residuals=residuals)
    return solution, len(residuals) - 1


def row(shape: tuple[int, ...], cells_per_length: float) -> str:
    """One row of the table."""
    body, drive = problem(shape, cells_per_length)
    guess = jnp.where(body.held, 1.0, 0.0)
    jax.block_until_ready(solve_damage(body, drive, guess))
    _, ours, (damage, info) = timed(lambda: jax.block_until_ready(solve_damage(body, drive, guess)), 3)
    assert bool(info.converged)
    faces, diagonal, right = _eliminate(_network(body, drive), guess, body.held, body.periodic)
    open_diagonal = np.where(np.asarray(body.held), 1.0, np.asarray(diagonal))
    matrix = assemble(([np.asarray(f) for f in faces], open_diagonal, None))
    known = np.asarray(jnp.where(body.held, 1.0, right)).ravel()
    _, theirs, (solution, iterations) = timed(lambda: algebraic(matrix, known), 3)
    apart = np.abs(solution - np.asarray(damage).ravel()).max()
    assert apart < 1e-6, apart
    direct = "–"
    if len(shape) == 2 and known.size <= DIRECT_LIMIT:
        direct = f"{1e3 * timed(lambda: linear.spsolve(matrix.tocsc(), known), 1)[1]:.0f}"
    grid = "×".join(str(n) for n in shape)
    return (
        f"| {grid} | {cells_per_length:g} | {int(info.iterations)} | {1e3 * ours:.1f} | {iterations} | {1e3 * theirs:.0f} | "
        f"{theirs / ours:.0f} | {direct} | {apart:.0e} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", type=int, nargs="*", default=[128, 256, 512])
    parser.add_argument("--cubes", type=int, nargs="*", default=[32, 64])
    arguments = parser.parse_args()
    lines = [
        "# The damage equation of a cracked body", "",
        "`python -m benchmarks.damage_solve`. AT2 around one broken row of cells, to 1e-9 from zero, set-up included; CPU times on",
        "one core of a shared machine, ours without compilation, the best of three: compare within a row. Direct is SciPy's.", "",
        "| grid | l/h | iterations | ours [ms] | pyamg its | pyamg [ms] | pyamg over ours | direct [ms] | apart |",
        "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for shape in [(n, n) for n in arguments.cells] + [(n,) * 3 for n in arguments.cubes]:
        for cells_per_length in (2.0, 16.0):
            lines.append(row(shape, cells_per_length))
            print(lines[-1], flush=True)
            RESULTS.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
