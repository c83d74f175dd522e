"""A filament through a 3-D polycrystal: time, iterations and memory of a run to the short, and its movie.

Usage: ``python benchmarks/polycrystal_3d.py [CELLS] [FOLDER]``; CELLS along each edge, default 128. Writes the run folder, or
goes on in it if it is there, and prints a row of ``benchmarks/results/polycrystal_3d.md``. Half an hour on an idle core.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import numpy as np

from dendrion.case import Case
from dendrion.report import draw_movie, draw_run
from dendrion.runs.runner import Progress, run_case


def the_case(cells: int) -> Case:
    """Lithium in a cube of LLZO of 40 um with grains of 10 um and resistive boundaries."""
    return Case.from_mapping(
        {
            "title": f"A filament along grain boundaries of LLZO, {cells}³ cells",
            "cell": {"metal": "Li", "electrolyte": "LLZO", "interface_resistance": "1 ohm*cm^2"},
            "domain": {"size": ["40 um"] * 3, "cells": [cells] * 3},
            "microstructure": {
                "kind": "polycrystal", "grain_size": "10 um", "seed": 3,
                "boundary": {"resistance": "5 ohm*cm^2", "electronic_factor": 100},
            },
            "protocol": ["plate at 8.7 mA/cm^2 for 1 h"],
            "physics": {"engine": "network"},
            "numerics": {"step": 1.0, "tolerance": 1e-2},
            "network": {"fills_per_solve": 8},
            "output": {"frames": 30, "fields": ["order_parameter", "dead_metal"]},
        }
    )  # fmt: skip


def main() -> None:
    """Runs to the short, draws, and prints the figures."""
    cells = int(sys.argv[1]) if len(sys.argv) > 1 else 128
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else Path("runs") / f"polycrystal_3d_{cells}"
    steps: list[tuple[float, float]] = []

    def note(progress: Progress) -> None:
        row = progress.row
        steps.append((progress.wall_time, row["solver_iterations"]))
        print(
            f"{progress.steps} {progress.wall_time:.1f} s  t={progress.time:.2f} s  tip={row['tip_position_m'] * 1e6:.2f} um  "
            f"metal={row['connected_metal_m']:.3g}+{row['isolated_metal_m']:.3g} m  islands={row['islands']:.0f}  "
            f"iterations={row['solver_iterations']:.0f}  U={row['cell_voltage_V']:.4f} V", flush=True,
        )  # fmt: skip

    started = time.monotonic()
    again = (out / "checkpoint").is_dir()
    result = run_case(the_case(cells), out, resume=again, on_progress=note, checkpoint_interval=300.0)
    ran = time.monotonic() - started
    times, iterations = np.array(steps).T
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    summary = result.summary
    print(
        f"| {cells}³ | {result.status} at {summary['time_s']:.1f} s | {len(steps)} | {np.median(np.diff(times)):.2f} | {ran:.0f} | "
        f"{iterations.mean():.0f} ({iterations.max():.0f}) | {memory:.2f} | {summary['faraday_error']:.1e} |"
    )
    draw_run(result.folder, movie=False)
    print(draw_movie(result.folder))


if __name__ == "__main__":
    main()
