"""Which way metal goes inside a polycrystal: the leak of boundaries, their resistance, grids and steps.

Usage: ``python benchmarks/network_paths.py``; some minutes; writes ``benchmarks/results/network_paths.md``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from dendrion import theory
from dendrion.case import Case
from dendrion.runs.engines import simulation_of

SEEDS = (1, 2, 3, 4, 5)


def the_case(
    metal: str, electrolyte: str, resistance: str, current: str, boundary: dict[str, Any], seed: int, cells: int = 40,
    **sections: Any,
) -> Case:  # fmt: skip
    """A box of 50 um with grains of 8 um."""
    return Case.from_mapping({
        "cell": {"metal": metal, "electrolyte": electrolyte, "interface_resistance": resistance},
        "domain": {"size": ["50 um", "50 um"], "cells": [cells, cells]},
        "microstructure": {"kind": "polycrystal", "grain_size": "8 um", "seed": seed, "boundary": boundary},
        "protocol": [f"plate at {current} for 100 h"], "physics": {"engine": "network"}, "numerics": {"step": 0.5},
        **sections,
    })  # fmt: skip


def last_row(case: Case) -> dict[str, float]:
    """Last row of a run to its short, with the most islands of the run."""
    simulation, most = simulation_of(case), 0.0
    while not simulation.finished:
        most = max(most, simulation.advance()["islands"])
    return simulation.row | {"islands": most}


def spread(values: list[float], digits: int = 3) -> str:
    """Mean and range."""
    return f"{np.mean(values):.{digits}g} ({min(values):.{digits}g} to {max(values):.{digits}g})"


def leaks() -> list[str]:
    """Currents at which metal first enters and first forms inside, over the leak of the boundaries."""
    lines = [
        "| boundary over grain, electrons | from the electrode [mA/cm²] | inside [mA/cm²] |",
        "|---|---|---|",
    ]
    for factor in (1.0, 1e2, 1e3, 1e4, 1e6):
        found = np.array([
            simulation_of(the_case(
                "Li", "LLZO", "5 ohm*cm^2", "1 mA/cm^2", {"resistance": "5 ohm*cm^2", "electronic_factor": factor}, seed,
                materials={"electrolyte": {"electronic_conductivity": "1e-8 S/m"}}, network={"leaky_depth": "25 um"},
            )).state["onsets"] for seed in SEEDS
        ]) / 10.0  # fmt: skip
        lines.append(f"| {factor:g} | {spread(list(found[:, 0]))} | {spread(list(found[:, 1]))} |")
    return lines


def nasicon() -> list[str]:
    """Time to the short over the conductivity of NZSP's boundaries."""
    lines = [
        "| boundary over grain, ions | short after [s] | most islands | room that metal fills |",
        "|---|---|---|---|",
    ]
    for factor in (0.3, 0.1, 0.03, 0.01):
        rows = [
            last_row(the_case(
                "Na", "NZSP", "20 ohm*cm^2", "3 mA/cm^2", {"conductivity_factor": factor, "thickness": "0.5 um"}, seed
            )) for seed in SEEDS
        ]  # fmt: skip
        columns = (spread([row[name] for row in rows]) for name in ("time_s", "islands", "network_share"))
        lines.append(f"| {factor:g} | {' | '.join(columns)} |")
    return lines


def paths() -> list[str]:
    """Share of the metal in boundaries where it may go through grains, beside Dawson's rule."""
    lines = ["| boundary over grain, resistance | rule | half as tough | as tough |", "|---|---|---|---|"]
    for resistance in (0.01, 0.1, 1.0, 3.0, 10.0, 100.0):
        columns = []
        for tough in (0.5, 1.0):
            rows = [
                last_row(the_case(
                    "Li", "LLZO", "5 ohm*cm^2", "4 mA/cm^2",
                    {"resistance": f"{resistance} ohm*cm^2", "fracture_factor": tough}, seed,
                    network={"through_grains": True, "opening_pressure": f"{130.0 * tough**0.5} MPa"},
                )) for seed in SEEDS
            ]  # fmt: skip
            columns.append(spread([row["boundary_share"] for row in rows], 2))
        rule = theory.grain_boundary_path(
            conductivity=0.06, boundary_conductivity=2e-9 / (1e-4 * resistance), grain_size=8e-6, boundary_thickness=2e-9,
        ).evaluate()  # fmt: skip
        ratio, along = float(rule["resistance_ratio"]), float(rule["probability_along"])
        lines.append(f"| {ratio:.2g} | {along:.2f} | {' | '.join(columns)} |")
    return lines


def grids() -> list[str]:
    """Time to the short over cells and steps."""
    lines = ["| cells | step 1 | step 1/2 | step 1/4 |", "|---|---|---|---|"]
    for cells in (32, 48, 64):
        times = [
            last_row(the_case(
                "Li", "LLZO", "20 ohm*cm^2", "2 mA/cm^2", {"resistance": "5 ohm*cm^2"}, 1, cells, numerics={"step": step}
            ))["time_s"] for step in (1.0, 0.5, 0.25)
        ]  # fmt: skip
        lines.append(f"| {cells}² | " + " | ".join(f"{time:.0f} s" for time in times) + " |")
    return lines


def main() -> None:
    """Measures and writes the tables."""
    lines = ["# Which way metal goes inside a polycrystal", "", "`python benchmarks/network_paths.py`: 50 µm, grains of 8 µm, mean and range.", ""]  # fmt: skip
    for title, table in (("Leak (LLZO, 5 ohm cm²)", leaks), ("Resistance (NZSP)", nasicon),
                         ("Along boundaries or through grains (LLZO)", paths), ("Grid and step (LLZO)", grids)):  # fmt: skip
        lines += [f"## {title}", "", *table(), ""]
    path = Path(__file__).with_name("results") / "network_paths.md"
    path.write_text("\n".join(lines).rstrip() + "\n")
    print(path.read_text())


if __name__ == "__main__":
    main()
