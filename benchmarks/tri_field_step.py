"""What a step of the tri-field engine costs: against the electrochemical step of the same case, and in 3-D.

    python benchmarks/tri_field_step.py [ratio] [3d 24 48 64 …]     writes results/tri_field_step.md
    python benchmarks/tri_field_step.py pass 96 [2]                 prints time and memory of passes of the first step

``ratio``: the default case and the same cell without stress and cracks, step for step in turns, so that other work on the
machine hits both alike. ``3d``: a penny in LLZO on N x N x N cells, each size in a process of its own: compilation, a
step, the most memory the process held.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import equinox as eqx
import jax.numpy as jnp

from dendrion.case import Case, load_case
from dendrion.field.charge import Control
from dendrion.field.properties import number
from dendrion.field.simulation import Simulation
from dendrion.field.tri_field import CrackModel

RESULTS = Path(__file__).parent / "results" / "tri_field_step.md"
STEPS = 24
"""Steps that are timed after the first two, which compile."""


def penny(cells: int) -> Case:
    """A half-penny of 8 cells in the anode's side of a cube of LLZO, cells of 0.5 um."""
    size = 0.5 * cells
    return Case.from_mapping(
        {
            "cell": {"metal": "Li", "electrolyte": "LLZO", "interface_resistance": "0.1 ohm*cm^2"},
            "domain": {"size": [f"{size} um"] * 3, "cells": [cells] * 3},
            "initial": {"metal_thickness": "2 um"},
            "flaws": [{"kind": "penny", "at": ["0 um", f"{0.5 * size} um", f"{0.5 * size} um"], "radius": "4 um"}],
            "conditions": {"temperature": "25 degC", "stack_pressure": "5 MPa", "lateral": "confined"},
            "protocol": ["plate at 60 mA/cm^2 for 10 s"],
            "physics": {"mechanics": "viscoplastic", "fracture": "at2"},
        }
    )  # fmt: skip


def ratio() -> list[str]:
    """Table of the cost of a step with and without stress."""
    coupled = Simulation(load_case("default"))
    alone = Simulation(
        load_case("default", set=["physics.mechanics=none", "physics.fracture=none", "flaws=[]", "conditions={temperature: 25 degC}"])
    )  # fmt: skip
    walls: dict[str, list[float]] = {"with": [], "without": []}
    passes = linear = 0.0
    for count in range(STEPS + 2):
        for name, simulation in (("with", coupled), ("without", alone)):
            began = time.process_time()
            row = simulation.advance()
            if count >= 2:
                walls[name].append(time.process_time() - began)
                if name == "with":
                    passes, linear = passes + row["coupling_passes"], linear + row["linear_iterations"]
    medians = {name: statistics.median(found) for name, found in walls.items()}
    best = {name: min(found) for name, found in walls.items()}
    return [
        "| default case, 120 x 108 cells | median of a step [s] | best [s] |",
        "|---|---|---|",
        f"| charge, heat and front alone | {medians['without']:.3f} | {best['without']:.3f} |",
        f"| with stress, flow, cracks and filling | {medians['with']:.3f} | {best['with']:.3f} |",
        f"| ratio | {medians['with'] / medians['without']:.0f} | {best['with'] / best['without']:.0f} |",
        "",
        f"{STEPS} steps of each in turns, from the third on; {passes / STEPS:.1f} passes a step, "
        f"{linear / max(passes, 1.0):.0f} MINRES iterations a pass.",
        "",
    ]


def measure(cells: int, steps: int) -> None:
    """Prints, as JSON and after every step, CPU times [s] of building, of the first step with compilation and of a later
    one, its passes and iterations, and peak memory [GiB]."""
    began = time.process_time()
    simulation = Simulation(penny(cells))
    built = time.process_time() - began
    took, passes, linear = [], [], []
    for _ in range(steps + 1):
        began = time.process_time()
        row = simulation.advance()
        took.append(time.process_time() - began)
        passes.append(row["coupling_passes"])
        linear.append(row["linear_iterations"])
        found = {
            "cells": cells, "steps": len(took) - 1, "built": built, "first": took[0],
            "step": statistics.mean(took[1:] or took), "passes": statistics.mean(passes[1:] or passes),
            "linear": sum(linear[1:] or linear) / sum(passes[1:] or passes),
            "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
            "faraday": row["faraday_error"], "energy": row["energy_error"],
        }  # fmt: skip
        print(json.dumps(found), flush=True)


def measure_passes(cells: int, passes: int) -> None:
    """Prints, as JSON, CPU times [s] of building, of a pass of the first step with compilation and of ``passes`` passes
    without, their MINRES iterations, and peak memory [GiB]: for grids whose whole first step is too long to wait for."""
    began = time.process_time()
    model = CrackModel(penny(cells))
    found: dict[str, float] = {"cells": cells, "built": time.process_time() - began}
    state, control = model.initial_state(), Control(jnp.asarray(True), number(600.0))
    active = jnp.ones(model.grid.shape, bool)
    for name, most in (("first", 1), ("passes", passes)):
        model.solid = eqx.tree_at(lambda q: q.numerics.most_passes, model.solid, jnp.asarray(most))
        began = time.process_time()
        counts = model._coupled(state, control, 0.01 * model.filling_time(600.0), active, 1)[-1]
        found |= {name: time.process_time() - began, f"{name}_iterations": counts.linear}
    found["each_us"] = 1e6 * found["passes"] / (found["passes_iterations"] * cells**3)
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps(found), flush=True)


def three_dimensions(sizes: list[int], steps: int) -> list[str]:
    """Table of steps in 3-D; every size in a fresh process, so that its memory is its own."""
    lines = [
        "| cells | building and compiling [s] | steps | a step [s] | passes | MINRES iterations a pass | per iteration and cell "
        "[us] | most memory [GiB] | per cell [kB] | Faraday error | energy error |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for cells in sizes:
        asked = [sys.executable, __file__, "measure", str(cells), str(steps)]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        if not done.stdout.strip():
            lines.append(f"| {cells}³ | failed: {done.stderr.strip().splitlines()[-1]} | | | | | | | | | |")
            continue
        r = json.loads(done.stdout.splitlines()[-1])
        each = 1e6 * r["step"] / (r["passes"] * r["linear"] * cells**3)
        extra = r["built"] + (r["first"] - r["step"] if r["steps"] else 0.0)
        lines.append(
            f"| {cells}³ | {extra:.0f} | {r['steps']} | {r['step']:.1f} | {r['passes']:.1f} | {r['linear']:.0f} | {each:.2f} | "
            f"{r['memory']:.2f} | {r['memory'] * 2**20 / cells**3:.1f} | {r['faraday']:.0e} | {r['energy']:.0e} |"
        )
        print(lines[-1], flush=True)
    return [*lines, ""]


def main(arguments: list[str]) -> None:
    """Runs what is asked for and writes the tables."""
    if arguments[:1] == ["measure"]:
        measure(int(arguments[1]), int(arguments[2]))
        return
    if arguments[:1] == ["pass"]:
        measure_passes(int(arguments[1]), int(arguments[2]) if len(arguments) > 2 else 2)
        return
    sizes = [int(text) for text in arguments if text.isdigit()]
    lines = ["# A step of the tri-field engine", "", "Two cores shared with other jobs, one process; ratios carry over, times do not.", ""]  # fmt: skip
    if not arguments or "ratio" in arguments:
        lines += ["## Against the electrochemical step", "", *ratio()]
    if not arguments or sizes:
        lines += [
            "## In 3-D: a half-penny in a cube of LLZO",
            "",
            *three_dimensions(sizes or [24, 32, 48, 64], 2),
        ]
    RESULTS.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main(sys.argv[1:])
