"""Runs the coupled cases of ``docs/coupled-cases.md`` and draws them.

Usage: ``python benchmarks/coupled_figures.py [NAME ...]`` with names of ``STUDIES``, all without; a minute or some each. Prints what
was found and draws ``docs/images/coupled_NAME.png``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from coupled_cases import (
    STACK,
    SULFIDE,
    Outcome,
    along_boundaries,
    anode,
    applied_toughness,
    arranged,
    at_random,
    critical_current,
    dilatant_gain,
    dispersed,
    dry_length,
    expanding,
    particle_array,
    pressed,
    pushed,
    seeded,
    spalling,
    straight,
    stripping_current,
    wake_height,
    wedged,
)
from transformation_shielding import closed_form, shielding

from dendrion.report.style import INK, LINES, METAL, MUTED, RC, new_figure, plain

LLZO = 6.2
"""Fracture energy of LLZO, so that particles are none [J/m^2]."""

IMAGES = Path(__file__).parent.parent / "docs" / "images"

METAL_LEVEL, FILLED = 0.5, 1e-2
"""Order parameter of the front; metal per volume of a cell that is drawn [dimensionless]."""


def window(stack: Sequence[float], found: Mapping[str, Mapping[str, Sequence[float]]], path: Path) -> None:
    """Currents at which a gap opens and at which the flaw runs [mA/cm^2] over the stack pressure [MPa]."""
    with matplotlib.rc_context(RC):
        figure = new_figure(9.0, 3.6)
        panels = figure.subplots(1, len(found), sharey=True)
        for axes, (electrolyte, curves) in zip(panels, found.items(), strict=True):
            lowest = np.minimum(curves["stripping"], curves["plating"])
            axes.fill_between(stack, 1e-3, lowest, color=MUTED, alpha=0.15, lw=0, label="both are borne")
            axes.plot(stack, curves["stripping"], "o-", color=LINES[0], label="stripping: a gap opens above")
            axes.plot(
                stack, curves["plating"], "s--", color=LINES[1], label="plating: the flaw of 14 µm runs above"
            )
            axes.set(
                xscale="log",
                yscale="log",
                ylim=(1e-3, 200.0),
                xlabel="stack pressure [MPa]",
                title=f"Li under {electrolyte}",
            )
            plain(axes)
        panels[0].set_ylabel("current density [mA/cm²]")
        panels[-1].legend(loc="lower right")
        figure.savefig(path, dpi=150)


def maps(
    boxes: Mapping[str, tuple[Mapping[str, Any], Sequence[float]]],
    path: Path,
    particles: Mapping[str, Any] | None = None,
) -> None:
    """Metal, crack and filling of boxes by title; fields with their box [m]; outlines of particles by title."""
    with matplotlib.rc_context(RC):
        figure = new_figure(2.75 * len(boxes), 2.9)
        panels = np.atleast_1d(figure.subplots(1, len(boxes)))
        for axes, (title, (fields, size)) in zip(panels, boxes.items(), strict=True):
            extent = (0.0, 1e6 * size[0], 0.0, 1e6 * size[1])
            picture = {"extent": extent, "origin": "lower", "aspect": "equal", "interpolation": "nearest"}
            metal = np.asarray(fields["order_parameter"][0]) > METAL_LEVEL
            damage = np.where(metal, np.nan, np.asarray(fields["damage"][0]))
            axes.imshow(damage.T, cmap="Greys", vmin=0.0, vmax=1.3, **picture)
            axes.imshow(
                np.where(metal, 1.0, np.nan).T, cmap=matplotlib.colors.ListedColormap([METAL]), **picture
            )
            if particles is not None and title in particles:
                inside = np.asarray(particles[title], float)
                centres = [
                    (np.arange(n) + 0.5) * 1e6 * length / n
                    for n, length in zip(inside.shape, size, strict=True)
                ]
                axes.contour(*centres, inside.T, levels=[0.5], colors=LINES[2], linewidths=0.9)
            filled = np.argwhere(np.asarray(fields["crack_filling"][0]) > FILLED)
            spacing = [1e6 * length / n for length, n in zip(size, metal.shape, strict=True)]
            axes.plot(
                (filled[:, 0] + 0.5) * spacing[0],
                (filled[:, 1] + 0.5) * spacing[1],
                "s",
                color=LINES[1],
                ms=1.4,
            )
            axes.set(xlabel="x [µm]", title=title)
        panels[0].set_ylabel("y [µm]")
        figure.savefig(path, dpi=150)


def bars(groups: Mapping[str, Mapping[str, float]], label: str, path: Path) -> None:
    """Bars in groups: values by group and name."""
    with matplotlib.rc_context(RC):
        figure = new_figure(5.0, 3.0)
        axes = figure.subplots()
        names = list(dict.fromkeys(name for group in groups.values() for name in group))
        width = 0.8 / len(names)
        for place, name in enumerate(names):
            x = np.arange(len(groups)) + width * (place - 0.5 * (len(names) - 1))
            found = axes.bar(
                x, [group[name] for group in groups.values()], 0.9 * width, color=LINES[place], label=name
            )
            axes.bar_label(found, fmt="%.3g", fontsize=8, color=INK)
        axes.set(xticks=np.arange(len(groups)), xticklabels=list(groups), ylabel=label)
        axes.margins(y=0.2)
        axes.legend(loc="upper left")
        plain(axes)
        figure.savefig(path, dpi=150)


def curves(
    lines: Mapping[str, tuple[Sequence[float], Sequence[float]]], x: str, y: str, path: Path, **settings: Any
) -> None:
    """Lines by name, (x, y) each; further settings of the axes."""
    with matplotlib.rc_context(RC):
        figure = new_figure(5.0, 3.2)
        axes = figure.subplots()
        styles = ("-", "--", ":", "-.", (0, (5, 1)), (0, (1, 1)))
        for (name, (across, up)), colour, style in zip(lines.items(), LINES, styles, strict=False):
            axes.plot(across, up, linestyle=style, color=colour, label=name)
        axes.set(xlabel=x, ylabel=y, **settings)
        axes.legend()
        plain(axes)
        figure.savefig(path, dpi=150)


LADDERS = {
    "LLZO": ((7.0, 30.0, 16), (7.0, 30.0, 16), (7.0, 30.0, 16), (7.0, 30.0, 16), (5.0, 30.0, 19)),
    "LPSC": ((7.0, 45.0, 20), (7.0, 45.0, 20), (7.0, 45.0, 20), (5.0, 45.0, 23), (0.5, 20.0, 38)),
}
"""First and last current [mA/cm^2] and steps of the ramp at each pressure of ``STACK``."""


def stack_pressure() -> None:
    """Currents at which a gap opens in stripping and at which the flaw runs in plating, over the stack pressure [mA/cm^2]."""
    found: dict[str, dict[str, list[float]]] = {}
    for electrolyte, ladders in LADDERS.items():
        stripping = [stripping_current(electrolyte, pressure) for pressure in STACK]
        plating = [
            critical_current(*pressed(electrolyte, pressure), first=first, last=last, steps=steps)
            for pressure, (first, last, steps) in zip(STACK, ladders, strict=True)
        ]
        found[electrolyte] = {"stripping": stripping, "plating": plating}
        print(electrolyte, STACK, found[electrolyte], flush=True)
    held = critical_current(*pressed("LPSC", STACK[-1], "confined"), first=2.0, last=45.0, steps=24)
    print(f"LPSC with confined sides at {STACK[-1]} MPa: {held:.3g} mA/cm^2", flush=True)
    window(STACK, found, IMAGES / "coupled_stack_pressure.png")


def anodes() -> None:
    """Hot and cold anode, 5 and 50 MPa."""
    found = {(side, pressure): anode(side, pressure) for side in ("hot", "cold") for pressure in (5.0, 50.0)}
    for key, outcome in found.items():
        print(
            *key,
            outcome.last["filling_charge_C_per_m2"],
            outcome.highest("metal_pressure_max_Pa"),
            flush=True,
        )
    bars({f"{side} anode": {f"{pressure:g} MPa": found[side, pressure].last["filling_charge_C_per_m2"] for pressure in (5.0, 50.0)}
          for side in ("hot", "cold")}, "metal in the flaw [C/m²]", IMAGES / "coupled_anodes.png")  # fmt: skip


def wedge() -> None:
    """A crack in LPSC under 0.1 and 7 MPa."""
    found = {pressure: wedged(pressure) for pressure in (0.1, 7.0)}
    for pressure, outcome in found.items():
        print(pressure, outcome.last["time_s"], dry_length(outcome), flush=True)
    boxes = {f"{pressure:g} MPa": outcome for pressure, outcome in found.items()}
    draw_boxes(boxes, "wedge")


def draw_boxes(found: Mapping[str, Outcome], name: str, particles: Mapping[str, Any] | None = None) -> None:
    """Maps of runs by title, and of their particles."""
    boxes = {
        title: (one.simulation.fields(), one.simulation.case.domain.size) for title, one in found.items()
    }
    maps(boxes, IMAGES / f"coupled_{name}.png", particles)


def polymer() -> None:
    """A front in a polymer under three pressures."""
    for pressure in (0.2, 2.0, 10.0):
        outcome = pushed(pressure)
        highest = outcome.highest("metal_pressure_max_Pa")
        print(pressure, outcome.last["roughness_m"], outcome.last["tip_position_m"], highest, flush=True)


def particles() -> None:
    """A crack before tough particles, before none and before brittle ones."""
    inside = particle_array()[::-1].T
    found = {}
    for name, energy in (
        ("tough, 60 J/m²", 60.0),
        ("12 J/m²", 12.0),
        ("none", LLZO),
        ("brittle, 1 J/m²", 1.0),
    ):
        found[name] = arranged(energy)
        print(name, found[name].last["time_s"], found[name].last["tip_position_m"], flush=True)
    draw_boxes(found, "particles", {name: inside for name in found if name != "none"})
    for seed in range(1, 6):
        print(seed, *(seeded(energy, seed).last["time_s"] for energy in (60.0, 1.0)), flush=True)


def dilatant() -> None:
    """A crack through an electrolyte with fine zirconia that expands, and before clusters of it."""
    found = {share: dispersed(share) for share in (0.0, 0.05, 0.1, 0.2, 0.3, 0.4)}
    print_gains(found)
    print_gains({share: dispersed(share, *SULFIDE, stress=10.0) for share in (0.0, 0.1, 0.3)})
    clusters = {seed: at_random(expanding(0.008, 30.0), seed) for seed in range(1, 6)}
    for seed, outcome in clusters.items():
        print(seed, outcome.last["time_s"], flush=True)
    boxes = {"no zirconia": found[0.0], "20 % fine zirconia": found[0.2], "clusters of 5 µm": clusters[5]}
    wakes = {
        title: one.simulation.fields()["transformed"][0] > FILLED
        for title, one in boxes.items()
        if title != "no zirconia"
    }
    draw_boxes(boxes, "dilatant", wakes)


def print_gains(found: Mapping[float, Outcome]) -> None:
    """What each share of zirconia does: time [s], half height of the wake [m], gain of K and its closed form [Pa m^0.5]."""
    first = applied_toughness(found[0.0])
    for share, outcome in found.items():
        known = (wake_height(outcome), dilatant_gain(outcome, share)) if share else (0.0, 0.0)
        gain, error = applied_toughness(outcome) - first, outcome.highest("energy_error")
        print(share, outcome.last["time_s"], known[0], gain, known[1], error, flush=True)


def shielded() -> None:
    """K at the tip of a crack that grows through its own dilatant zone."""
    found = shielding((256, 256), advances=(0, 2, 4, 6, 8, 12, 16, 20, 24, 32, 40, 48))
    expected = closed_form(found.strain, found.half_height)
    for advance, tip in zip(found.advance, found.tip, strict=True):
        print(f"{advance:.2f} h: {(1.0 - tip) / expected:.3f}")
    lines = {
        "found (256 × 256 cells, h = 8 cells)": (list(found.advance), list((1.0 - found.tip) / expected)),
        "closed form, steady growth": ([0.0, float(found.advance[-1])], [1.0, 1.0]),
    }
    curves(
        lines, "growth of the crack over the zone's half height h", "lost K over 0.22 E e_T √h/(1 − ν)",
        IMAGES / "coupled_shielding.png",
    )  # fmt: skip


def shapes() -> None:
    """Three cracks: straight, turned along the electrode, along boundaries."""
    found = {"straight: one flaw": straight(), "spalling: 150 MPa across": spalling(),
             "weak boundaries, 80 mA/cm²": along_boundaries()}  # fmt: skip
    draw_boxes(found, "shapes")


STUDIES: dict[str, Callable[[], object]] = {
    "stack_pressure": stack_pressure,
    "anodes": anodes,
    "wedge": wedge,
    "polymer": polymer,
    "particles": particles,
    "dilatant": dilatant,
    "shielding": shielded,
    "shapes": shapes,
}


def main(names: Sequence[str]) -> None:
    """Runs the studies that are named, or all."""
    for name in names or STUDIES:
        STUDIES[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
