"""The stack pressure that keeps an interface whole while it is stripped around a spot that does not conduct.

Usage: ``python benchmarks/void_pressure.py``; a minute; writes ``benchmarks/results/void_pressure.md``.
"""

from __future__ import annotations

import math
from pathlib import Path

from dendrion.case import Case
from dendrion.runs.engines import simulation_of

SYSTEMS = (("Li", "LLZO"), ("Li", "LPSC"), ("Na", "Na-beta-alumina"), ("Na", "NZSP"))
RADII = (5, 20)
"""Half-widths of the spot [um]; it covers a fifth of the interface."""
CURRENTS = (0.1, 1.0)
"""Stripping current densities [mA/cm^2], for a charge of 1 mAh/cm^2."""
ROUGHNESS = 2e-7
"""A gap below the roughness counts as contact [m]; the engine's default."""
BISECTIONS = 10


def deepest(metal: str, electrolyte: str, radius: int, current: float, pressure: float) -> float:
    """Depth of the deepest void at the end [m], of any that opened before contact was lost."""
    case = Case.from_mapping(
        {
            "cell": {"metal": metal, "electrolyte": electrolyte},
            "domain": {"size": ["300 um", f"{10 * radius} um"], "cells": [4, 64], "lateral": "periodic"},
            "initial": {"metal_thickness": "100 um"},
            "contact": {"insulating": [{"at": [f"{5 * radius} um"], "radius": f"{radius} um"}]},
            "conditions": {"stack_pressure": f"{pressure} Pa"},
            "physics": {"engine": "contact"},
            "protocol": [f"strip at {current} mA/cm^2 for {1.0 / current} h or until 0.5 V"],
            "output": {"frames": 0},
        }
    )
    simulation, deepest_void = simulation_of(case), 0.0
    while not simulation.finished and deepest_void <= ROUGHNESS:
        deepest_void = max(deepest_void, simulation.advance()["void_depth_max_m"])
    return deepest_void


def needed(metal: str, electrolyte: str, radius: int, current: float) -> float:
    """Pressure [Pa] below which the void is deeper than the roughness, by bisection in its logarithm."""
    low, high = 1e4, 1e8
    for _ in range(BISECTIONS):
        middle = math.sqrt(low * high)
        open_still = deepest(metal, electrolyte, radius, current, middle) > ROUGHNESS
        low, high = (middle, high) if open_still else (low, middle)
    return math.sqrt(low * high)


def main() -> None:
    """Measures and writes the table."""
    lines = [
        "# Stack pressure that keeps contact while stripping", "",
        "`python benchmarks/void_pressure.py`. Metal of 100 µm, an insulating strip over a fifth of the interface, 1 mAh/cm²",
        "stripped at 25 °C, 64 cells, bisected to 2.3 %. The pressure below which the gap beside the strip exceeds 0.2 µm.", "",
        "| metal and electrolyte | half-width of the strip [µm] | "
        + " | ".join(f"{current:g} mA/cm² [MPa]" for current in CURRENTS) + " | slope |",
        "|---|---|" + "---|" * (len(CURRENTS) + 1),
    ]  # fmt: skip
    for metal, electrolyte in SYSTEMS:
        for radius in RADII:
            found = [needed(metal, electrolyte, radius, current) for current in CURRENTS]
            slope = math.log(found[1] / found[0]) / math.log(CURRENTS[1] / CURRENTS[0])
            values = " | ".join(f"{pressure / 1e6:.2g}" for pressure in found)
            lines.append(f"| {metal} under {electrolyte} | {radius} | {values} | {slope:.2f} |")
            print(lines[-1], flush=True)
    Path(__file__).with_name("results").joinpath("void_pressure.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
