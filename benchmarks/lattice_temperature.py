"""Heat is double-edged: a warm cell smooths its metal, a warm spot grows it (particles on a lattice, ten seeds each).

    python benchmarks/lattice_temperature.py [--figure] [--all]

Lithium in 1 M LiPF6 at 5 mA/cm2, particles of 50 nm: uniform temperatures, and a spot 20 K warmer than its cell.
Prints a table with 95 % intervals; with --figure it writes lattice_temperature.png.
"""

from __future__ import annotations

import sys
from typing import Any

from dendrion.case import Case
from dendrion.runs.ensemble import Statistic, ensemble

SEEDS = range(10)
UNIFORM = (-10.0, 10.0, 25.0, 45.0, 60.0)
"""Temperatures [°C]."""

SPOT = {"at": ["0.5 um", "1.6 um"], "width": "0.5 um", "rise": "20 K"}
MEASURED = ("roughness_m", "aspect_ratio", "porosity", "tip_position_m")


def case_at(celsius: float, spot: bool = False, duration: float = 90.0, **settings: Any) -> Case:
    """The case at a mean temperature [°C], with or without the spot."""
    conditions: dict[str, Any] = {"temperature": f"{celsius} degC"}
    if spot:
        conditions |= {"hot_spots": [SPOT], "hot_spot_normalise": "mean"}
    case = Case.from_mapping(
        {
            "cell": {"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "counter_electrode": "reservoir"},
            "domain": {"size": ["3 um", "3.2 um"], "cells": [60, 64], "lateral": "periodic"},
            "initial": {"metal_thickness": "0.3 um"},
            "conditions": conditions,
            "physics": {"engine": "lattice"},
            "lattice": {"layer_share": 0.25, "surface_mobility_factor": 1.0},
            "materials": {"metal": {"surface_diffusion_barrier": {"claim": "dendrite_relaxation"}}},
            "protocol": [f"plate at 5 mA/cm^2 for {duration} s"],
        }
    )
    return case.with_settings(settings) if settings else case


def measured(case: Case, seeds: range = SEEDS) -> dict[str, Statistic]:
    """Roughness, aspect ratio, porosity and tip of an ensemble."""
    return ensemble(case, seeds, lambda summary: {name: float(summary[name]) for name in MEASURED})


def table(seeds: range = SEEDS, duration: float = 90.0) -> dict[str, dict[str, Statistic]]:
    """Every condition's statistics by name."""
    found = {f"uniform {t:g}": measured(case_at(t, duration=duration), seeds) for t in UNIFORM}
    found |= {f"spot {t:g}": measured(case_at(t, spot=True, duration=duration), seeds) for t in (25.0, 45.0)}
    return found


def gap(diffusivity: float = 1.0) -> Case:
    """A gap of 300 um at 60 % of its limiting current, with the salt's diffusivity times a factor."""
    salt = 3.22e-10 * diffusivity
    return case_at(25.0, duration=1200.0).with_settings(
        {
            "domain.size": ["300 um", "320 um"],
            "initial.metal_thickness": "20 um",
            "protocol": ["plate at 10 mA/cm^2 for 1200 s"],
            "materials.electrolyte": {"salt_diffusivity": f"{salt} m^2/s"},
        }
    )


def one_at_a_time(seeds: range = SEEDS) -> dict[str, dict[str, Statistic]]:
    """Exchange current density, surface diffusion K_T and salt diffusion K_D, each moved alone."""
    found = {
        f"i0 x {n:g}": measured(
            case_at(25.0, **{"cell.exchange_current_density": f"{70.6 * n} A/m^2"}), seeds
        )
        for n in (0.1, 10.0)
    }
    found |= {
        f"K_T x {n:g}": measured(case_at(25.0, **{"lattice.surface_mobility_factor": n}), seeds)
        for n in (0.01, 0.1)
    }
    return found | {f"K_D x {n:g}": measured(gap(n), seeds) for n in (0.65, 1.0, 4.0)}


def metals(seeds: range = SEEDS) -> dict[str, dict[str, Statistic]]:
    """Sodium beside lithium, each on its solid electrolyte, after as many layers, with terrace hops under an interphase."""
    found = {}
    for metal, electrolyte, seconds in (("Li", "LLZO", 90.0), ("Na", "Na-beta-alumina", 49.3)):
        case = case_at(25.0, duration=seconds).with_settings(
            {
                "cell": {"metal": metal, "electrolyte": electrolyte},
                "materials": {},
                "lattice.surface_mobility_factor": 1e-3,
            }
        )
        found[f"{metal} on {electrolyte}"] = measured(case, seeds)
    return found


def draw(found: dict[str, dict[str, Statistic]], path: str) -> None:
    """Roughness and aspect ratio against temperature, with their intervals."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(9.2, 2.9), layout="constrained")
    panels = (
        ("roughness_m", "roughness [nm]", 1e9),
        ("aspect_ratio", "aspect ratio", 1.0),
        ("porosity", "porosity [%]", 100.0),
    )
    for panel, (name, label, scale) in zip(axes, panels, strict=True):
        for kind, colour, marker in (("uniform", "#1f4e79", "o-"), ("spot", "#c0392b", "s")):
            points = [
                (float(key.split()[1]), one[name]) for key, one in found.items() if key.startswith(kind)
            ]
            panel.errorbar(
                [t for t, _ in points], [one.mean * scale for _, one in points],
                yerr=[one.confidence * scale for _, one in points], fmt=marker, color=colour, capsize=3,
                label="even temperature" if kind == "uniform" else "a spot 20 K warmer, same mean",
            )  # fmt: skip
        panel.set_xlabel("mean temperature [°C]")
        panel.set_ylabel(label)
        panel.set_ylim(bottom=0.0)
    axes[0].legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=130)


if __name__ == "__main__":
    results = table()
    if "--all" in sys.argv:
        results |= one_at_a_time() | metals()
    for condition, statistics in results.items():
        print(f"{condition:22s}", "   ".join(f"{name} {value}" for name, value in statistics.items()))
    if "--figure" in sys.argv:
        draw(results, "lattice_temperature.png")
