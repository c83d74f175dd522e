"""Single-edge-notch tension in akantu (Richart et al., EPFL, LGPL), load by load; run by `fracture_peer`.

Usage: python akantu_notch.py PROBLEM.npz DIRECTORY, with a python that has akantu. It prints one line of JSON a load.
PROBLEM holds nodes (count, 2) [mm], cells (count, 4), top, bottom and held (nodes at d = 1), loads [mm], modulus
[kN/mm^2], poisson, toughness [kN/mm], length [mm], residual, tolerance, passes (most a load) and ending (share of the
largest force below which the run is over). The files that akantu reads are written to DIRECTORY.

The law is AT2 without split: `exponential` with `isotropic` and the material `phasefield` without `is_hybrid`, both
akantu's defaults. A pass is akantu's example phasefield-static.py, both solves linear, as its manual has it.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import akantu
import numpy as np

MATERIAL = """
material phasefield [
  name = plate
  rho = 1.
  E = {modulus}
  nu = {poisson}
  eta = {residual}
  Plane_Stress = false
]
phasefield exponential [
  name = plate
  l0 = {length}
  gc = {toughness}
  E = {modulus}
  nu = {poisson}
  isotropic = true
]
"""
SOLVER = "once"


def build(problem: dict, directory: Path) -> tuple:
    """Mesh and coupled model; the mesh must outlive the model."""
    numbers = ("modulus", "poisson", "residual", "length", "toughness")
    file = directory / "material.dat"
    file.write_text(
        MATERIAL.format(**{name: repr(float(problem[name])) for name in numbers}), encoding="ascii"
    )
    akantu.parseInput(str(file))
    mesh = akantu.Mesh(2)
    access = akantu.MeshAccessor(mesh)
    access.resizeNodes(len(problem["nodes"]))
    mesh.getNodes()[:] = problem["nodes"]
    mesh.addConnectivityType(akantu._quadrangle_4)
    access.resizeConnectivity(len(problem["cells"]), akantu._quadrangle_4)
    mesh.getConnectivity(akantu._quadrangle_4)[:] = problem["cells"]
    access.makeReady()
    model = akantu.CouplerSolidPhaseField(mesh)
    for part, name in (
        (model.getSolidMechanicsModel(), "displacement"),
        (model.getPhaseFieldModel(), "damage"),
    ):
        part.initFull(_analysis_method=akantu._static)
        part.getNewSolver(SOLVER, akantu.TimeStepSolverType.static, akantu.NonLinearSolverType.linear)
        part.setIntegrationScheme(SOLVER, name, akantu.IntegrationSchemeType.pseudo_time)
    return mesh, model


def load_step(model, problem: dict) -> dict:
    """Passes at the load that is set, until damage changes by no more than the tolerance."""
    damage = model.getPhaseFieldModel().getDamage()
    wall, processor = time.perf_counter(), time.process_time()
    passes, change = 0, np.inf
    while change > float(problem["tolerance"]) and passes < int(problem["passes"]):
        before = damage.copy()
        model.solve(SOLVER, SOLVER)
        passes, change = passes + 1, float(np.max(np.abs(damage - before)))
    return {
        "passes": passes,
        "converged": change <= float(problem["tolerance"]),
        "processor": time.process_time() - processor,
        "wall": time.perf_counter() - wall,
    }


def run(problem: dict, directory: Path) -> None:
    """All loads, up to failure or to the first load whose passes do not converge."""
    _mesh, model = build(problem, directory)
    solid, phase = model.getSolidMechanicsModel(), model.getPhaseFieldModel()
    blocked, displacement = solid.getBlockedDOFs(), solid.getDisplacement()
    top = problem["top"]
    blocked[problem["bottom"], :] = True
    blocked[top, 1] = True
    held = problem["held"]
    phase.getBlockedDOFs()[held] = True
    phase.getDamage()[held] = 1.0
    largest = 0.0
    for load in problem["loads"]:
        displacement[top, 1] = load
        step = load_step(model, problem)
        force = abs(float(np.sum(solid.getInternalForce()[top, 1])))
        broken = problem["nodes"][np.setdiff1d(np.nonzero(phase.getDamage()[:, 0] > 0.9)[0], held)]
        aside = np.abs(broken[:, 1] - float(problem["middle"]))
        step |= {
            "load": float(load),
            "force": force,
            "surface": phase.getEnergy("dissipated") / float(problem["toughness"]),
            "aside": float(np.max(aside, initial=0.0)),
        }
        print(json.dumps(step), flush=True)
        largest = max(largest, force)
        if not step["converged"] or force < float(problem["ending"]) * largest:
            return


if __name__ == "__main__":
    run(dict(np.load(sys.argv[1])), Path(sys.argv[2]))
