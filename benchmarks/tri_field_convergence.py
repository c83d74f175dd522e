"""How far the default case depends on its numerics: time to short and crack length at half the step, grid and tolerance.

Usage: python benchmarks/tri_field_convergence.py [reference step tolerance grid]  (default: all; an hour on two cores).
The length of the phase field, 1 um, and the width of the front, 1 um, are held. Writes results/tri_field_convergence.md.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from dendrion.case import load_case
from dendrion.field.simulation import Simulation

RESULTS = Path(__file__).parent / "results" / "tri_field_convergence.md"
HELD = ["numerics.fracture_length=1 um", "numerics.interface_width=1 um"]
RUNS = {
    "reference": [],
    "step": ["numerics.step=0.125"],
    "tolerance": ["numerics.coupling_tolerance=5e-4"],
    "grid": ["domain.cells=[240,216]"],
}
COMPARED = 45e-6
"""Position of the tip at which the time is compared too [m]: between the end of the flaw and the counter electrode."""


def measure(settings: list[str]) -> dict[str, float]:
    """Time to short [s], time at which the tip passes 45 um [s], crack length there [m], steps, computing time [s]."""
    started = time.perf_counter()
    simulation = Simulation(load_case("default", set=HELD + settings))
    rows = []
    while not simulation.finished:
        rows.append(simulation.advance())
    passed = next(row for row in rows if row["tip_position_m"] >= COMPARED)
    return {
        "short_s": simulation.time if simulation.status == "shorted" else float("nan"),
        "passed_s": passed["time_s"],
        "crack_length_um": 1e6 * rows[-1]["crack_length_m"],
        "energy_error": max(row["energy_error"] for row in rows),
        "faraday_error": max(abs(row["faraday_error"]) for row in rows),
        "steps": float(len(rows)),
        "wall_s": time.perf_counter() - started,
        "compile_s": simulation.compile_time,
    }


def main() -> None:
    """Runs what is asked for and writes the table."""
    found = {name: measure(RUNS[name]) for name in sys.argv[1:] or RUNS}
    columns = list(next(iter(found.values())))
    lines = [
        "# The default case at half the step, the tolerance and the grid",
        "",
        "| run | " + " | ".join(columns) + " |",
    ]
    lines.append("|---" * (len(columns) + 1) + "|")
    for name, values in found.items():
        lines.append(f"| {name} | " + " | ".join(f"{values[key]:.4g}" for key in columns) + " |")
    RESULTS.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
