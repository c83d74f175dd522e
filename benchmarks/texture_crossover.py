"""At which temperature does a growing film change over from one texture to the other? Films of five seeds, beside the reduced model.

Usage: ``python benchmarks/texture_crossover.py``; some minutes; writes ``benchmarks/results/texture_crossover.md``.
"""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from dendrion import theory
from dendrion.case import Case
from dendrion.field.texture_setup import drive, make_setup
from dendrion.materials import material
from dendrion.runs.engines import simulation_of

SEEDS = range(5)
POINTS = ((0.5, 0.0), (1.0, 0.0), (2.0, 0.0), (0.5, 20.0), (1.0, 20.0), (2.0, 20.0))
"""Current density [mA/cm^2] and stack pressure [MPa]."""
SPREAD = np.array([0.0, 10.0, 20.0, 35.0])
"""Temperatures tried, from the crossover of the reduced model [K]."""


def film(case: Case) -> float:
    """How much the share of the first family changes while a film grows [dimensionless]."""
    simulation = simulation_of(case)
    first = simulation.model.shares(simulation.state)  # type: ignore[attr-defined]
    before = float(first[simulation.model.setup.classes[1:] == 1].sum())  # type: ignore[attr-defined]
    while not simulation.finished:
        row = simulation.advance()
    return float(row[f"share_{case.texture.families[0].name}"]) - before


def film_case(
    temperature: float = 275.0, pressure: float = 0.0, current: float = 1.0, seed: int = 0,
    protocol: list[str] | None = None, **texture: Any,
) -> Case:  # fmt: skip
    """Four grains, 8 um wide, that grow from 0.8 to 2.9 um: temperature [K], pressure [MPa], current density [mA/cm^2]."""
    return Case.from_mapping(
        {
            "cell": {"metal": "Li", "electrolyte": "LLZO"},
            "domain": {"size": ["4 um", "8 um"], "cells": [40, 80], "lateral": "periodic"},
            "initial": {"metal_thickness": "0.8 um"},
            "texture": {"column_width": "2 um", "seed": seed, **texture},
            "conditions": {"temperature": f"{temperature} K", "stack_pressure": f"{pressure} MPa"},
            "physics": {"engine": "texture"},
            "protocol": protocol or [f"plate at {current} mA/cm^2 for 100 h"],
        }
    )


def reduced_crossover(pressure: float, current: float) -> float:
    """Temperature at which the reduced model selects neither family [K]."""
    from scipy.optimize import brentq

    def selection(temperature: float) -> float:
        return theory.grain_selection(
            current_density=10.0 * current, stack_pressure=1e6 * pressure, temperature=temperature, molar_volume=material("Li").claim("molar_volume").value
        ).evaluate().value  # fmt: skip

    return float(brentq(selection, 220.0, 350.0))


def line_crossover(pressure: float, current: float) -> float:
    """Temperature at which a boundary under a steep line's tension stays upright, to first order in its slope [K]; nan if none.

    A moving layer of depth h/2 over boundaries that stand still obeys v y' + M gamma y'' + u = 0 with y' = 0 below and
    the pull of the surfaces y' = dGamma/gamma above, hence dGamma/gamma = (u/v) [1 - exp(-x)], x = h F_ref (1 + Da)/2 gamma.
    The reduced model is the limit of small x.
    """
    from scipy.optimize import brentq

    def balance(temperature: float) -> float:
        case = film_case(temperature, pressure, current)
        setup = make_setup(case)
        driven, (low, high) = drive(setup, 10.0 * current), setup.families.surface_energy
        tension = case.texture.boundary_energy
        x = setup.active_depth * setup.reference_energy * (1.0 + driven.damkoehler) / tension
        return float((high - low) / tension + driven.gains[0, 1] / driven.front_speed * (1.0 - math.exp(-x)))

    low, high = 230.0, 380.0
    return float(brentq(balance, low, high)) if balance(low) * balance(high) < 0.0 else math.nan


def crossover(pressure: float, current: float, temperatures: np.ndarray) -> tuple[float, np.ndarray]:
    """Temperature [K] at which the mean change of share is nil, and the changes (temperatures, seeds)."""
    changes = np.array(
        [[film(film_case(t, pressure, current, seed)) for seed in SEEDS] for t in temperatures]
    )
    means = changes.mean(axis=1)
    crossing = np.flatnonzero((means[:-1] > 0.0) & (means[1:] <= 0.0))
    if crossing.size == 0:
        return float("nan"), changes
    k = int(crossing[0])
    return float(
        temperatures[k] + (temperatures[k + 1] - temperatures[k]) * means[k] / (means[k] - means[k + 1])
    ), changes


def written(kelvin: float) -> str:
    """A temperature, or that there is none."""
    return f"{kelvin:.1f} K" if math.isfinite(kelvin) else "no root"


def main() -> None:
    """Measures and writes the table."""
    warnings.simplefilter("ignore")
    lines = [
        "# Crossover of two textures of a lithium film", "",
        "`python benchmarks/texture_crossover.py`. Mean of five films of four grains, 8 µm wide, grown from 0.8 to 2.9 µm;",
        "where the mean change of the share of family A is nil. Reduced model: `grain_selection`. With tension: to first order in",
        "the slope of the boundary, derived in `line_crossover`. Spread: standard deviation of the change of share.", "",
        "| current | pressure | film | reduced model | with the tension of the boundary | spread of the seeds |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for current, pressure in POINTS:
        reduced = reduced_crossover(pressure, current)
        found, changes = crossover(pressure, current, reduced + SPREAD)
        lines.append(f"| {current:g} mA/cm² | {pressure:g} MPa | {found:.0f} K | {reduced:.1f} K | {written(line_crossover(pressure, current))} | {changes.std(axis=1).mean():.3f} |")  # fmt: skip
        print(lines[-1], np.round(changes.mean(axis=1), 3), flush=True)
    Path(__file__).with_name("results").joinpath("texture_crossover.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
