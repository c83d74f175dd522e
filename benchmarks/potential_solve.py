"""The potential solve against algebraic multigrid and sparse direct solvers, its iterations, cost and compile time.

Usage, from the root of the repository: python -m benchmarks.potential_solve [versus] [iterations] [cost] [compile]
Parts that are named run, all by default; the report goes to benchmarks/results/potential_solve.md. PETSc with
hypre joins if PETSC_PYTHON names an interpreter that has petsc4py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve

from dendrion.numerics.elliptic import build_hierarchy, solve
from tests.numerics_problems import Problem, dendritic_problem

jax.config.update("jax_enable_x64", True)

HERE = Path(__file__).resolve().parent
CONTRASTS = (1e1, 1e3, 1e4, 1e6, 1e9)
GRIDS = [(n, n) for n in (128, 256, 512, 1024)] + [(n, n, n) for n in (32, 64, 128)]


@jax.jit
def ours(faces, diagonal, right):
    """Hierarchy and solve to 1e-8, as a simulation does it in each step."""
    hierarchy = build_hierarchy(faces, diagonal, (False,) * diagonal.ndim)
    return solve(hierarchy, right, jnp.zeros_like(right), 1e-8, 100)


def on_device(problem: Problem) -> tuple:
    """The problem as JAX arrays."""
    faces, diagonal, right = problem
    return tuple(map(jnp.asarray, faces)), jnp.asarray(diagonal), jnp.asarray(right)


def assemble(problem: Problem) -> sparse.csr_matrix:
    """The same operator as a sparse matrix."""
    faces, diagonal, _ = problem
    number = np.arange(diagonal.size).reshape(diagonal.shape)
    total, rows, columns, values = diagonal.copy(), [], [], []
    for axis, face in enumerate(faces):
        below = np.delete(number, -1, axis).ravel()
        above = np.delete(number, 0, axis).ravel()
        np.add.at(total.reshape(-1), below, face.ravel())
        np.add.at(total.reshape(-1), above, face.ravel())
        rows += [below, above]
        columns += [above, below]
        values += [-face.ravel(), -face.ravel()]
    rows, columns, values = [*rows, number.ravel()], [*columns, number.ravel()], [*values, total.ravel()]
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_matrix(entries, shape=(number.size, number.size))


def timed(run: Callable, repeats: int) -> tuple[float, float, object]:
    """Best wall and processor seconds of some repeats, and the last result."""
    walls, processors, result = [], [], None
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.process_time()
        result = run()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return min(walls), min(processors), result


def algebraic(matrix: sparse.csr_matrix, right: np.ndarray, kind: str) -> tuple[np.ndarray, int]:
    """Conjugate gradients with pyamg: "ruge_stuben_solver" or "smoothed_aggregation_solver"."""
    import pyamg

    residuals: list[float] = []
    levels = getattr(pyamg, kind)(matrix)
    solution = levels.solve(right, tol=1e-8, maxiter=200, accel="cg", residuals=residuals)
    return solution, len(residuals) - 1


def petsc(matrix: sparse.csr_matrix, right: np.ndarray) -> dict | None:
    """PETSc CG with hypre in its own interpreter, or None if there is none."""
    interpreter = os.environ.get("PETSC_PYTHON")
    if not interpreter:
        return None
    with tempfile.TemporaryDirectory() as folder:
        system = Path(folder) / "system.npz"
        np.savez(
            system, data=matrix.data, indices=matrix.indices, indptr=matrix.indptr, right_hand_side=right
        )
        environment = os.environ | {"PYTHONPATH": os.environ.get("PETSC_PYTHONPATH", "")}
        command = [interpreter, str(HERE / "petsc_solve.py"), str(system)]
        output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(output.stdout)


def versus(shape: tuple[int, ...] = (512, 512), contrast: float = 1e6) -> list[str]:
    """Everyone on the same matrix, set-up included; ours is compiled already."""
    lines = [
        f"## {shape[0]}², contrast {contrast:.0e}, to 1e-8, set-up included",
        "",
        "| problem | solver | wall [ms] | CPU [ms] | iterations | true residual | wall against ours |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind in ("ionic", "one potential"):
        problem = dendritic_problem(shape, contrast, kind)
        arguments, matrix, right = on_device(problem), assemble(problem), problem.right_hand_side.ravel()
        jax.block_until_ready(ours(*arguments))
        wall, processor, (_, info) = timed(lambda a=arguments: jax.block_until_ready(ours(*a)), 7)
        rows = [("dendrion", wall, processor, int(info.iterations), float(info.residual))]
        for name in ("ruge_stuben_solver", "smoothed_aggregation_solver"):
            run = timed(lambda m=matrix, r=right, n=name: algebraic(m, r, n), 3)
            residual = np.linalg.norm(right - matrix @ run[2][0]) / np.linalg.norm(right)
            rows.append((f"pyamg {name} + CG", run[0], run[1], run[2][1], residual))
        run = timed(lambda m=matrix, r=right: spsolve(m, r), 1)
        residual = np.linalg.norm(right - matrix @ run[2]) / np.linalg.norm(right)
        rows.append(("scipy spsolve", run[0], run[1], 1, residual))
        other = petsc(matrix, right)
        if other:
            rows.append(
                (
                    "PETSc CG + hypre",
                    other["wall"],
                    other["processor"],
                    other["iterations"],
                    other["residual"],
                )
            )
        for name, wall, processor, count, residual in rows:
            lines.append(
                f"| {kind} | {name} | {1e3 * wall:.1f} | {1e3 * processor:.1f} | {count} | {residual:.1e} "
                f"| {wall / rows[0][1]:.1f} |"
            )
    return lines


def iterations() -> list[str]:
    """Iterations of conjugate gradients by grid, problem, interface and contrast."""
    lines = [
        "## Iterations to 1e-8 on the dendritic interface",
        "",
        "Interface ½(1 − tanh(distance/w)); w = 0 is a jump from cell to cell. `>100` did not converge in 100.",
        "",
        "| grid | problem | w [cells] | " + " | ".join(f"{contrast:.0e}" for contrast in CONTRASTS) + " |",
        "|---" * (3 + len(CONTRASTS)) + "|",
    ]
    for shape in GRIDS:
        for kind in ("ionic", "screened", "one potential"):
            for width in (2.0, 0.0):
                counts = []
                for contrast in CONTRASTS:
                    _, info = ours(*on_device(dendritic_problem(shape, contrast, kind, width)))
                    counts.append(str(int(info.iterations)) if bool(info.converged) else ">100")
                size = "×".join(map(str, shape))
                lines.append(f"| {size} | {kind} | {width:g} | " + " | ".join(counts) + " |")
    return lines


def cost() -> list[str]:
    """Time a cell of set-up and solve, by grid."""
    lines = [
        "## Cost, screened problem at contrast 1e5, to 1e-8, set-up included",
        "",
        "| grid | wall [ms] | CPU [ms] | iterations | wall a cell [ns] | wall a cell and iteration [ns] |",
        "|---|---|---|---|---|---|",
    ]
    for shape in GRIDS:
        arguments = on_device(dendritic_problem(shape, 1e5, "screened"))
        jax.block_until_ready(ours(*arguments))
        wall, processor, (_, info) = timed(lambda a=arguments: jax.block_until_ready(ours(*a)), 7)
        cells, count = np.prod(shape), int(info.iterations)
        lines.append(
            f"| {'×'.join(map(str, shape))} | {1e3 * wall:.1f} | {1e3 * processor:.1f} | {count} "
            f"| {1e9 * wall / cells:.0f} | {1e9 * wall / cells / count:.1f} |"
        )
    return lines


_COMPILE = """
import sys, time
from benchmarks.potential_solve import dendritic_problem, jax, on_device, ours
shape = tuple(int(n) for n in sys.argv[1].split("x"))
arguments = on_device(dendritic_problem(shape, 1e5, "screened"))
wall, processor = time.perf_counter(), time.process_time()
ours.lower(*arguments).compile()
print(time.perf_counter() - wall, time.process_time() - processor)
"""


def compilation() -> list[str]:
    """Trace and compile time of set-up and one solve, in a fresh process, without and with the cache on disk."""
    lines = [
        "## Compile time of set-up and one solve (fresh process)",
        "",
        "| grid | cold wall [s] | cold CPU [s] | from the cache on disk, wall [s] |",
        "|---|---|---|---|",
    ]
    for shape in ((128, 128), (256, 256), (512, 512), (64, 64, 64)):
        size = "x".join(map(str, shape))
        with tempfile.TemporaryDirectory() as cache:
            environment = os.environ | {"JAX_COMPILATION_CACHE_DIR": cache}
            environment["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
            runs = []
            for _ in range(2):
                command = [sys.executable, "-c", _COMPILE, size]
                output = subprocess.run(
                    command, env=environment, capture_output=True, text=True, check=True, cwd=HERE.parent
                )
                runs.append([float(word) for word in output.stdout.split()])
        lines.append(f"| {size} | {runs[0][0]:.2f} | {runs[0][1]:.2f} | {runs[1][0]:.2f} |")
    return lines


PARTS = {"versus": versus, "iterations": iterations, "cost": cost, "compile": compilation}


def main() -> None:
    """Run the named parts and write the report."""
    names = sys.argv[1:] or list(PARTS)
    command = " ".join(["python -m benchmarks.potential_solve", *sys.argv[1:]])
    report = [
        f"# Potential solve\n\n`{command}`; {os.cpu_count()} cores, no GPU, float64, jax {jax.__version__}."
    ]
    report += ["\n".join(PARTS[name]()) for name in names]
    text = "\n\n".join(report) + "\n"
    print(text)
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "potential_solve.md").write_text(text)


if __name__ == "__main__":
    main()
