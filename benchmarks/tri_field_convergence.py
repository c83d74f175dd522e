"""How far the default case depends on its numerics: time to short and crack length at half the step, grid and tolerance.

Usage: python benchmarks/tri_field_convergence.py [--length UM] [reference step tolerance grid]

Default: all, at the 1 um of the shipped case (an hour on two cores); at 2 um a tenth of that. The length of the phase field
and the width of the front are held, cells are half of it. Prints a table for results/tri_field_convergence.md.
"""

from __future__ import annotations

import argparse
import time

from dendrion.case import load_case
from dendrion.field.simulation import Simulation

RUNS = {
    "reference": [],
    "step": ["numerics.step=0.125"],
    "tolerance": ["numerics.coupling_tolerance=5e-4"],
    "grid": [],
}


def settings(name: str, length: float) -> list[str]:
    """Settings of a run at a length of the phase field [um]."""
    cells = [round(size * (4.0 if name == "grid" else 2.0) / length) for size in (60.0, 54.0)]
    held = [f"numerics.{key}={length} um" for key in ("fracture_length", "interface_width")]
    return [*held, f"domain.cells={cells}", *RUNS[name]]


COMPARED = 45e-6
"""Position of the tip at which the time is compared too [m]: between the end of the flaw and the counter electrode."""


def measure(chosen: list[str]) -> dict[str, float]:
    """Time to short [s], time at which the tip passes 45 um [s], crack length there [m], steps, computing time [s]."""
    started = time.perf_counter()
    simulation = Simulation(load_case("default", set=chosen))
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
    """Runs what is asked for and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--length", type=float, default=1.0, help="um")
    parser.add_argument("runs", nargs="*", default=list(RUNS))
    chosen = parser.parse_args()
    found = {name: measure(settings(name, chosen.length)) for name in chosen.runs}
    columns = list(next(iter(found.values())))
    print("| run | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for name, values in found.items():
        print(f"| {name} | " + " | ".join(f"{values[key]:.4g}" for key in columns) + " |")


if __name__ == "__main__":
    main()
