"""`polymer_filament` at three grids and three time steps with one interface width: do tip and short converge?

The width of the diffuse front is a length of the model, so it is held (1 µm) while the grid is refined under it.
No noise. Run: ``python benchmarks/tip_resolved.py`` (about 10 minutes on 2 cores); writes results/tip_resolved.md.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from dendrion.case import load_case
from dendrion.field import Simulation

WIDTH = "numerics.interface_width=1 um"
GRIDS = (112, 160, 224)
STEPS = (0.5, 0.25, 0.125)
PROBE = 3600.0
"""Time at which tip positions are compared [s]."""


def measure(cells: int, step: float) -> tuple[float, float, float, int, float]:
    """Tip at the probe time [µm], time to short [s], Faraday error, steps and wall time [s] of one run."""
    case = load_case(
        "polymer_filament", set=[f"domain.cells=[{cells},{cells}]", WIDTH, f"numerics.step={step}"]
    )
    simulation, times, tips, started = Simulation(case), [], [], time.perf_counter()
    while not simulation.finished:
        row = simulation.advance()
        times.append(row["time_s"])
        tips.append(row["tip_position_m"])
    summary = simulation.summary()
    tip = 1e6 * float(np.interp(PROBE, times, tips))
    short = float(summary["short_time_s"] or np.nan)
    return tip, short, float(summary["faraday_error"]), len(times), time.perf_counter() - started


def main() -> None:
    """Runs the study and writes the table."""
    rows, settings = [], [(n, 0.25) for n in GRIDS] + [(GRIDS[1], s) for s in STEPS if s != 0.25]
    for cells, step in settings:
        rows.append((cells, step, *measure(cells, step)))
        print(rows[-1], flush=True)
    lines = [
        "# The case polymer_filament: grid and time step",
        "",
        "`python benchmarks/tip_resolved.py`; 2 cores, no GPU. Interface width 1 µm throughout.",
        "",
        "| cells | cells a width w | front travel a step [cells] | tip at 1 h [µm] | time to short [s] | Faraday error | steps |",
        "|---|---|---|---|---|---|---|",
    ]
    for cells, step, tip, short, error, steps, _ in rows:
        lines.append(
            f"| {cells}² | {cells / 60:.2f} | {step} | {tip:.2f} | {short:.0f} | {error:.1e} | {steps} |"
        )
    found = {(row[0], row[1]): row for row in rows}

    def change(a: tuple[int, float], b: tuple[int, float]) -> str:
        tip, short = (found[a][k] / found[b][k] - 1.0 for k in (2, 3))
        return f"tip {100 * tip:+.2f} %, short {100 * short:+.2f} %"

    lines += [
        "",
        f"Finest two grids: {change((GRIDS[1], 0.25), (GRIDS[2], 0.25))}. ",
        f"Finest two time steps: {change((GRIDS[1], STEPS[1]), (GRIDS[1], STEPS[2]))}.",
    ]
    target = Path(__file__).parent / "results" / "tip_resolved.md"
    target.parent.mkdir(exist_ok=True)
    target.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
