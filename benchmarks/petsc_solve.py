"""Times PETSc conjugate gradients with hypre BoomerAMG on a stored system; run by `potential_solve`.

Usage: python petsc_solve.py SYSTEM.npz (arrays data, indices, indptr, right_hand_side). Prints a JSON line.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from petsc4py import PETSc


def solve(system: np.lib.npyio.NpzFile) -> dict:
    """Set-up and solve to 1e-8 of the right-hand side in the unpreconditioned norm: seconds, iterations."""
    wall, processor = time.perf_counter(), time.process_time()
    count = system["right_hand_side"].size
    matrix = PETSc.Mat().createAIJ(
        (count, count), csr=(system["indptr"], system["indices"], system["data"]), comm=PETSc.COMM_SELF
    )
    solver = PETSc.KSP().create(PETSc.COMM_SELF)
    solver.setOperators(matrix)
    solver.setType("cg")
    solver.setNormType(PETSc.KSP.NormType.UNPRECONDITIONED)
    solver.getPC().setType("hypre")
    solver.getPC().setHYPREType("boomeramg")
    solver.setTolerances(rtol=1e-8, max_it=200)
    right, solution = PETSc.Vec().createWithArray(system["right_hand_side"]), matrix.createVecRight()
    solver.solve(right, solution)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    residual = (right - matrix * solution).norm() / right.norm()
    return {
        "wall": wall,
        "processor": processor,
        "iterations": solver.getIterationNumber(),
        "residual": residual,
    }


if __name__ == "__main__":
    loaded = np.load(sys.argv[1])
    print(json.dumps(min((solve(loaded) for _ in range(3)), key=lambda run: run["wall"])))
