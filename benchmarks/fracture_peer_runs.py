"""Runs of `fracture_peer`: the specimens, their meshes for akantu, and their load steps in both codes."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.fracture_notch import OURS, PLAIN
from dendrion.errors import InputError
from dendrion.field.damage import crack_surface
from dendrion.field.damaged_body import RESIDUAL_STIFFNESS
from tests.fracture_problems import (
    LENGTH,
    MODULUS,
    POISSON,
    SIZE,
    TOUGHNESS,
    at_rest,
    edge_notch,
    load_step,
)

HERE = Path(__file__).resolve().parent
PASSES = 4000
"""Most passes of a load of a run to failure."""
ENDING = 0.1
"""Share of the largest force below which a specimen has failed."""
STEPS = {192: 0.05, 333: 0.1}
"""Displacement step near the peak [um] by cells along an edge."""
FINE_ABOVE = 45e-3
"""Height of uniform cells on either side of the notch in a graded mesh [mm]: three times l."""
GROWTH, LARGEST = 1.25, 16.0
"""Of the cells of a graded mesh towards the walls: ratio of neighbours, and largest over smallest."""


@dataclass(frozen=True)
class Run:
    """A specimen in one of the codes.

    ``code`` is "plain" or "accelerated" (ours) or "akantu"; ``cells`` along an edge, of the fine part if the mesh is
    ``graded``; ``notch`` is "row" (of cells taken out), "slit" or "broken" (a row at d = 1); G_c is divided by ``divisor``; ``loads`` are
    displacements of the top [um]; a load ends at ``passes``.
    """

    name: str
    code: str
    cells: int
    graded: bool = True
    notch: str = "row"
    divisor: float = 1.0
    loads: tuple[float, ...] = ()
    passes: int = PASSES

    @property
    def ratio(self) -> float:
        """l/h."""
        return LENGTH / SIZE * self.cells


def runs() -> list[Run]:
    """All runs, those of the report's first table first."""
    listed = []
    paths = {
        cells: (0.1, 2.0, 3.0, 4.0, 4.5, *np.round(np.arange(4.6, 7.0, step), 3).tolist())
        for cells, step in STEPS.items()
    }
    for cells, loads in paths.items():
        listed += [
            Run(f"{code}-{cells}", code, cells, loads=loads) for code in ("plain", "accelerated", "akantu")
        ]
        listed += [
            Run(f"{code}-{cells}-pass", code, cells, graded=False, loads=(0.001, 4.0))
            for code in ("plain", "akantu")
        ]
    peaks: dict = {"code": "akantu", "passes": 150}
    for cells, loads in paths.items():
        peaks["loads"] = loads
        mesh_toughness = 1.0 + 1.0 / (2.0 * LENGTH / SIZE * cells)
        listed.append(Run(f"akantu-{cells}-corrected", cells=cells, divisor=mesh_toughness, **peaks))
        listed.append(Run(f"akantu-{cells}-slit", cells=cells + cells % 2, notch="slit", **peaks))
        listed.append(Run(f"akantu-{cells}-broken", cells=cells, notch="broken", **peaks))
    return listed


def our_run(run: Run) -> list[dict]:
    """Load steps of ours; the first load is run once before, for compilation."""
    settings = (PLAIN if run.code == "plain" else OURS)._replace(passes=run.passes)
    notched = edge_notch(run.cells, "none", broken=False)
    middle = (run.cells // 2 + 0.5) / run.cells
    damage, _ = at_rest(notched)
    state = (damage, notched.displacement * 0.0, jnp.zeros_like(damage))
    jax.block_until_ready(load_step(notched, *state, jnp.asarray(float(run.loads[0])), settings))
    steps, largest = [], 0.0
    for load in run.loads:
        wall, processor = time.perf_counter(), time.process_time()
        point = jax.block_until_ready(load_step(notched, *state, jnp.asarray(float(load)), settings))
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        state = (point.damage, point.displacement, point.history)
        broken = np.nonzero((np.asarray(point.damage) > 0.9) & np.asarray(notched.problem.solid))[1]
        steps.append(
            {
                "load": float(load) * 1e-3,
                "force": float(point.force) * 1e-6,
                "passes": int(point.report.passes),
                "converged": bool(point.report.converged),
                "processor": processor,
                "wall": wall,
                "surface": float(crack_surface(notched.problem, point.damage)) * 1e3,
                "aside": float(np.max(np.abs((broken + 0.5) / run.cells - middle), initial=0.0)),
            }
        )
        largest = max(largest, steps[-1]["force"])
        if not steps[-1]["converged"] or steps[-1]["force"] < ENDING * largest:
            break
    return steps


def growing(length: float, first: float) -> np.ndarray:
    """Widths that grow from ``first`` and fill ``length`` [mm]."""
    widths = [first]
    while sum(widths) < length:
        widths.append(min(widths[-1] * GROWTH, LARGEST * first))
    return np.array(widths) * length / sum(widths)


def lines(cells: int, low: float, high: float, graded: bool) -> np.ndarray:
    """Coordinates of the mesh lines of the unit edge; where it is graded they are uniform from low to high."""
    uniform = np.arange(cells + 1) / cells
    if not graded:
        return uniform
    fine = uniform[(uniform > low) & (uniform < high)]
    lower = fine[0] - np.cumsum(growing(fine[0], 1.0 / cells))
    upper = [] if high > 1.0 else fine[-1] + np.cumsum(growing(1.0 - fine[-1], 1.0 / cells))
    found = np.concatenate([lower[::-1], fine, upper])
    found[[0, -1]] = 0.0, 1.0
    return found


def peer_mesh(cells: int, graded: bool, notch: str) -> dict:
    """Nodes [mm], cells of four nodes, nodes of bottom and top and those held at d = 1, and height of the crack [mm].

    The notch is the row of cells that `edge_notch` takes out or breaks, or a slit at the lower side of that row.
    """
    row = cells // 2
    middle = (row + (0.0 if notch == "slit" else 0.5)) / cells
    x = lines(cells, 0.5 - FINE_ABOVE, 1.1, graded)
    y = lines(cells, middle - FINE_ABOVE, middle + FINE_ABOVE, graded)
    tip = 0.5 + 0.5 / cells if cells % 2 else 0.5
    index = np.arange(x.size * y.size).reshape(x.size, y.size)
    nodes = np.stack(np.meshgrid(x, y, indexing="ij"), -1).reshape(-1, 2)
    corners = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], -1)
    behind, heights = 0.5 * (x[1:] + x[:-1]) < tip, 0.5 * (y[1:] + y[:-1])
    notched = behind[:, None] & (np.abs(heights - middle) < 0.5 / cells)[None, :]
    held = np.unique(corners[notched]) if notch == "broken" else np.zeros(0, int)
    if notch != "slit":
        corners = corners[~notched if notch == "row" else np.ones_like(notched)]
    else:
        level = int(np.argmin(np.abs(y - middle)))
        lips = index[x < tip - 0.5 / cells, level]
        twin = np.arange(nodes.shape[0])
        twin[lips] = nodes.shape[0] + np.arange(lips.size)
        nodes = np.concatenate([nodes, nodes[lips]])
        corners[:, level] = twin[corners[:, level]]
        corners = corners.reshape(-1, 4)
    walls = {"bottom": index[:, 0], "top": index[:, -1]}
    return {"nodes": nodes, "cells": corners, "held": held, "middle": middle} | walls


def check_peer(python: str | None) -> str:
    """Version of akantu of that python.

    Raises:
        InputError: no python is named, it does not start, or it has no akantu.
    """
    hint = "python -m venv PEER; PEER/bin/pip install akantu numpy; then --peer-python PEER/bin/python"
    allowed = "a python that has akantu"
    if python is None:
        raise InputError(
            "the peer needs a python of its own", field="--peer-python", allowed=allowed, hint=hint
        )
    question = "import importlib.metadata as m; import akantu; print(m.version('akantu'))"
    try:
        answer = subprocess.run([python, "-c", question], capture_output=True, text=True, check=True)
    except OSError as error:
        raise InputError(
            "this python does not start", field="--peer-python", value=python, allowed=allowed, hint=hint
        ) from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().splitlines()
        raise InputError(
            f"this python has no akantu that works ({said[-1] if said else 'it says nothing'})",
            field="--peer-python",
            value=python,
            allowed=allowed,
            hint=hint,
        ) from error
    return answer.stdout.strip()


def peer_run(run: Run, python: str, log: Path) -> list[dict]:
    """Load steps of akantu, in a process of its own on one thread; they come to the log one by one."""
    problem = peer_mesh(run.cells, run.graded, run.notch) | {
        "loads": np.array(run.loads) * 1e-3,
        "modulus": MODULUS * 1e-9,
        "poisson": POISSON,
        "toughness": TOUGHNESS * 1e-6 / run.divisor,
        "length": LENGTH * 1e3,
        "residual": RESIDUAL_STIFFNESS,
        "tolerance": PLAIN.tolerance,
        "passes": run.passes,
        "ending": ENDING,
    }
    alone = os.environ | {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "problem.npz"
        np.savez(file, **problem)
        command = [python, str(HERE / "akantu_notch.py"), str(file), directory]
        with log.open("w", encoding="utf-8") as output:
            subprocess.run(command, stdout=output, check=True, env=alone)
    elements = len(problem["cells"])
    said = log.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) | {"elements": elements} for line in said if line.startswith("{")]


def measure(run: Run, python: str, store: Path) -> list[dict]:
    """Load steps of a run, from the store if they are there."""
    kept = store / f"{run.name}.json"
    if kept.is_file():
        return json.loads(kept.read_text(encoding="utf-8"))
    log = store / f"{run.name}.log"
    steps = peer_run(run, python, log) if run.code == "akantu" else our_run(run)
    kept.write_text(json.dumps(steps), encoding="utf-8")
    return steps
