"""Does a wavy interface level or roughen? Nine points of pressure and temperature simulated, beside the closed form.

Usage: ``python benchmarks/pressure_landscape.py [CELLS_PER_WAVE]``; some minutes; writes ``benchmarks/results/pressure_landscape.md``
and ``docs/images/pressure_landscape.png``.

A sinusoidal interface of lithium and LLZO, 10 um long, kA = 0.1, at 0.3 mA/cm^2 between confined sides. The field engine
solves the stress (metal flowing, electrolyte elastic), lets the metal relax for four hours under the load and then plates:
the first harmonic of the current along the interface is compared with the closed form ``stability_landscape``.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dendrion import theory
from dendrion.case import Case
from dendrion.field import observables
from dendrion.field.simulation import Simulation

PRESSURES = (1e6, 4e6, 8e6)
TEMPERATURES = (273.15, 298.15, 323.15)
CURRENT = 3.0
"""Mean plating current density [A/m^2]."""
WAVELENGTH, SLOPE = 10e-6, 0.1
ELECTROLYTE = 1.25
"""Thickness of the electrolyte, in wavelengths; 0.75 are metal."""
HOLD = "4 h"
"""Time under load before the current: diffusional creep of 10 um grains leaves no shear in the metal."""
WAVE = {"metal": "Li", "electrolyte": "LLZO"}


class Point(NamedTuple):
    """Relative first harmonic of the current at a pressure [Pa] and temperature [K], simulated and by the closed form."""

    pressure: float
    temperature: float
    simulated: float
    closed: float
    neutral_current: float

    @property
    def agrees(self) -> bool:
        """Whether both say the same: peaks get more (focuses) or less (levels)."""
        return self.simulated * self.closed > 0.0


def closed_form(pressure: Any, temperature: Any) -> tuple[Any, Any]:
    """Relative first harmonic and neutral current density [A/m^2]."""
    answer = theory.for_cell(
        "stability_landscape", **WAVE, current_density=CURRENT, stack_pressure=pressure, temperature=temperature,
        wavelength=WAVELENGTH, slope=SLOPE, thickness=ELECTROLYTE * WAVELENGTH,
    ).evaluate()  # fmt: skip
    ratio = np.asarray(answer["peak_to_valley"])
    return (ratio - 1.0) / (ratio + 1.0), np.asarray(answer["neutral_current"])


def wavy_case(pressure: float, temperature: float, cells_per_wave: int) -> Case:
    """Half a wave between mirrors, its peak at y = 0."""
    return Case.from_mapping(
        {
            "cell": WAVE,
            "domain": {
                "size": [f"{2.0 * WAVELENGTH} m", f"{0.5 * WAVELENGTH} m"],
                "cells": [2 * cells_per_wave, cells_per_wave // 2],
            },
            "initial": {
                "metal_thickness": f"{(2.0 - ELECTROLYTE) * WAVELENGTH} m",
                "surface": {
                    "kind": "sinusoid",
                    "amplitude": f"{SLOPE * WAVELENGTH / (2.0 * math.pi)} m",
                    "wavelength": f"{WAVELENGTH} m",
                },
            },
            "conditions": {
                "temperature": f"{temperature} K",
                "stack_pressure": f"{pressure} Pa",
                "lateral": "confined",
            },
            "physics": {
                "mechanics": "viscoplastic",
                "flow": {"grain_size": "10 um"},
                "coupling": {"front_motion": "off"},
            },
            "protocol": [f"rest for {HOLD}", f"plate at {CURRENT} A/m^2 for 1 s"],
        }
    )


def simulated_harmonic(pressure: float, temperature: float, cells_per_wave: int) -> float:
    """First harmonic of the current along the interface over its mean, by the field engine [dimensionless]."""
    simulation = Simulation(wavy_case(pressure, temperature, cells_per_wave))
    while not simulation.finished:
        simulation.advance()
    model, state = simulation.model, simulation.state.electro
    area = np.asarray(observables.measure(model.parameters, state).area_density)  # type: ignore[attr-defined]
    rows = (area * np.asarray(state.current_density)).sum(axis=0) / area.sum(axis=0)
    y = (np.arange(rows.size) + 0.5) / rows.size
    return float(2.0 * np.mean(rows * np.cos(math.pi * y)) / np.mean(rows))


def point(pressure: float, temperature: float, cells_per_wave: int) -> Point:
    """One point of the map, simulated and by the closed form."""
    closed, neutral = closed_form(pressure, temperature)
    return Point(
        pressure, temperature, simulated_harmonic(pressure, temperature, cells_per_wave), float(closed), float(neutral)
    )  # fmt: skip


def measure(cells_per_wave: int) -> list[Point]:
    """All points."""
    return [point(pressure, kelvin, cells_per_wave) for kelvin in TEMPERATURES for pressure in PRESSURES]


def draw(points: list[Point], path: Path) -> None:
    """The closed form as a map and the points on it, coloured by what the simulation says."""
    import matplotlib
    from matplotlib.colors import Normalize

    from dendrion.report.style import INK, RC, headline, new_figure

    with matplotlib.rc_context(RC):
        figure = new_figure(7.4, 5.2)
        axes = figure.add_subplot()
        pressures, temperatures = np.linspace(0.0, 10e6, 61), np.linspace(263.15, 333.15, 61)
        closed, neutral = closed_form(*np.meshgrid(pressures, temperatures))
        shown = {"cmap": "PuOr_r", "norm": Normalize(-0.15, 0.15)}
        image = axes.pcolormesh(
            pressures / 1e6, temperatures - 273.15, closed, shading="gouraud", rasterized=True, **shown
        )
        lines = axes.contour(pressures / 1e6, temperatures - 273.15, neutral / CURRENT, [1.0], colors=INK)
        axes.clabel(lines, fmt={1.0: "neutral, closed form"}, fontsize=8, manual=[(6.3, 17.0)])
        _draw_points(axes, points, shown)
        axes.set(
            xlabel="stack pressure [MPa]", ylabel="temperature [°C]", xlim=(0.0, 10.0), ylim=(-10.0, 60.0)
        )
        figure.legend(loc="outside lower center", ncols=2)
        figure.colorbar(
            image, ax=axes, label="first harmonic of the current over its mean", pad=0.01, extend="min"
        )
        headline(
            figure,
            "Pressure and temperature level a wavy interface",
            "lithium on LLZO, 10 µm, kA = 0.1, 0.3 mA/cm²   ·   simulated, and in brackets the closed form",
        )
        figure.savefig(path)


def _draw_points(axes: Any, points: list[Point], look: dict[str, Any]) -> None:
    """What was simulated: the direction of a triangle says who gets more, its colour how much."""
    from dendrion.report.style import INK

    for focuses, marker, name in (
        (True, "^", "simulation: focuses on peaks"),
        (False, "v", "simulation: levels"),
    ):
        chosen = [p for p in points if (p.simulated > 0.0) == focuses]
        places = [p.pressure / 1e6 for p in chosen], [p.temperature - 273.15 for p in chosen]
        colours = [p.simulated for p in chosen]
        axes.scatter(*places, c="white", s=330, marker=marker, zorder=2.9)
        axes.scatter(
            *places,
            c=colours,
            s=120,
            marker=marker,
            edgecolors=INK,
            linewidths=1.2,
            label=name,
            zorder=3,
            **look,
        )
    for p in points:
        axes.annotate(
            f"{p.simulated:+.3f}\n({p.closed:+.3f})", (p.pressure / 1e6, p.temperature - 273.15), (14, 0),
            textcoords="offset points", va="center", fontsize=8,
            bbox={"fc": "white", "ec": "none", "alpha": 0.75, "pad": 1},
        )  # fmt: skip


def table(points: list[Point], cells_per_wave: int) -> list[str]:
    """The table in Markdown."""
    rows = [
        "| pressure | temperature | simulated | closed form | difference, of kA | verdict |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for p in points:
        verdict = ("levels" if p.simulated < 0.0 else "focuses") + (
            "" if p.agrees else ", closed form: otherwise"
        )
        rows.append(
            f"| {p.pressure / 1e6:g} MPa | {p.temperature - 273.15:g} °C | {p.simulated:+.4f} | {p.closed:+.4f} "
            f"| {(p.simulated - p.closed) / SLOPE:+.1%} | {verdict} |"
        )
    agree = sum(p.agrees for p in points)
    return [
        "# Pressure, temperature and a wavy interface", "",
        f"`python benchmarks/pressure_landscape.py {cells_per_wave}`. Lithium on LLZO, wave of 10 µm, kA = 0.1, 0.3 mA/cm²,",
        f"{cells_per_wave} cells a wave. First harmonic of the current along the interface over its mean: positive where peaks get",
        f"more. The two agree on the sign in {agree} of {len(points)} points.", "", *rows,
    ]  # fmt: skip


def main() -> None:
    """Measures, writes the table and draws the map."""
    cells_per_wave = int(sys.argv[1]) if len(sys.argv) > 1 else 64
    points = measure(cells_per_wave)
    here = Path(__file__).parent
    here.joinpath("results", "pressure_landscape.md").write_text(
        "\n".join(table(points, cells_per_wave)) + "\n"
    )
    print("\n".join(table(points, cells_per_wave)))
    draw(points, here.parent / "docs" / "images" / "pressure_landscape.png")


if __name__ == "__main__":
    main()
