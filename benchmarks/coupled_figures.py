"""Runs the coupled cases of ``docs/coupled-cases.md`` and draws them.

Usage: ``python benchmarks/coupled_figures.py [NAME ...]`` with names of ``STUDIES``, all without; a minute or some each. Prints what
was found and draws ``docs/images/coupled_NAME.png``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib.collections
import matplotlib.colors
import numpy as np
from coupled_cases import (
    FILLED,
    LEAST,
    STACK,
    Outcome,
    along_boundaries,
    anode,
    arms,
    arranged,
    at_random,
    critical_current,
    dispersed,
    dry_length,
    expanding,
    forked,
    particle_array,
    pressed,
    pushed,
    runs_by_itself,
    seeded,
    spalling,
    straight,
    stripping_current,
    through_grains,
    wedged,
)
from matplotlib.axes import Axes
from scipy.ndimage import uniform_filter
from transformation_shielding import closed_form, shielding

from dendrion.case import load_case
from dendrion.report.grains import SHADES, boundary_segments
from dendrion.report.style import DEAD_METAL, INK, LINES, METAL, MUTED, RC, new_figure, plain
from dendrion.runs.engines import simulation_of

LLZO = 6.2
"""Fracture energy of LLZO, so that particles are none [J/m^2]."""

IMAGES = Path(__file__).parent.parent / "docs" / "images"

METAL_LEVEL = 0.5
"""Order parameter of the front [dimensionless]."""


def window(stack: Sequence[float], found: Mapping[str, Mapping[str, Sequence[float]]], path: Path) -> None:
    """Currents at which a gap opens and at which the flaw runs [mA/cm^2] over the stack pressure [MPa]."""
    with matplotlib.rc_context(RC):
        figure = new_figure(9.0, 3.6)
        panels = figure.subplots(1, len(found), sharey=True)
        for axes, (electrolyte, curves) in zip(panels, found.items(), strict=True):
            lowest = np.minimum(curves["stripping"], curves["plating"])
            below = [place for place, current in enumerate(curves["plating"]) if current <= LEAST]
            axes.fill_between(stack, LEAST, lowest, color=MUTED, alpha=0.15, lw=0, label="both are borne")
            axes.plot(stack, curves["stripping"], "o-", color=LINES[0], label="stripping: a gap opens above")
            axes.plot(
                stack, curves["plating"], "s--", color=LINES[1], label="plating: the flaw of 14 µm runs above"
            )
            for place in below:
                note = "stack pressure alone\nruns the flaw"
                axes.annotate(
                    note,
                    (stack[place], LEAST),
                    (-8, 4),
                    textcoords="offset points",
                    ha="right",
                    color=LINES[1],
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
        panels[0].legend(loc="lower right")
        figure.savefig(path, dpi=150)


def maps(
    boxes: Mapping[str, tuple[Mapping[str, Any], Sequence[float]]],
    path: Path,
    particles: Mapping[str, Any] | None = None,
    columns: int = 4,
    shaded: bool = False,
) -> None:
    """Metal, crack and filling of boxes by title; fields with their box [m]; outlines of particles by title; grains shaded."""
    columns = min(columns, len(boxes))
    rows = -(-len(boxes) // columns)
    with matplotlib.rc_context(RC):
        figure = new_figure(2.75 * columns, 2.9 * rows)
        panels = np.atleast_2d(figure.subplots(rows, columns))
        for axes, (title, (fields, size)) in zip(panels.flat, boxes.items(), strict=True):
            box(axes, fields, size, shaded)
            if particles is not None and title in particles:
                inside = np.asarray(particles[title], float)
                centres = [
                    (np.arange(n) + 0.5) * 1e6 * length / n
                    for n, length in zip(inside.shape, size, strict=True)
                ]
                axes.contour(*centres, inside.T, levels=[0.5], colors=LINES[2], linewidths=0.9)
            axes.set(title=title)
        for axes in panels[-1]:
            axes.set_xlabel("x [µm]")
        for axes in panels[:, 0]:
            axes.set_ylabel("y [µm]")
        figure.savefig(path, dpi=150)


def box(axes: Axes, fields: Mapping[str, Any], size: Sequence[float], shaded: bool) -> None:
    """One box [m]: grains or a pattern, metal of the front, the crack and its filling; or the islands of the network engine."""
    lengths = [1e6 * length for length in size]
    picture = {"extent": (0.0, lengths[0], 0.0, lengths[1]), "origin": "lower", "aspect": "equal", "interpolation": "nearest"}  # fmt: skip
    metal = np.asarray(fields["order_parameter"][0])
    if shaded:
        shades = np.array([matplotlib.colors.to_rgb(shade) for shade in SHADES])
        axes.imshow(shades[fields["grain"][0].astype(int) % len(SHADES)].swapaxes(0, 1), **picture)
    if "excess_potential" in fields:
        islands = matplotlib.colors.LinearSegmentedColormap.from_list("islands", ["white", DEAD_METAL])
        axes.imshow(np.asarray(fields["dead_metal"][0]).T, cmap=islands, vmin=0.0, vmax=0.3, **picture)
    else:
        solid = metal > METAL_LEVEL
        cover = np.zeros((*metal.T.shape, 4))  # black, the less seen through the more is broken
        cover[..., 3] = 0.8 * np.clip(fields["damage"][0], 0.0, 1.0).T ** (2 if shaded else 1)
        axes.imshow(cover, **picture)
        colours = matplotlib.colors.ListedColormap([METAL])
        axes.imshow(np.where(solid, 1.0, np.nan).T, cmap=colours, zorder=1.5, **picture)
        filled = np.argwhere(np.asarray(fields["crack_filling"][0]) > FILLED)
        x, y = (
            (place + 0.5) * length / n
            for place, length, n in zip(filled.T, lengths, metal.shape, strict=True)
        )
        axes.plot(x, y, "s", color=LINES[1], ms=1.4)
    if "grain" in fields:
        lines = boundary_segments(np.asarray(fields["grain"][0]), lengths)
        axes.add_collection(
            matplotlib.collections.LineCollection(
                lines, colors=LINES[2], linewidths=0.5, alpha=0.7, zorder=1.2
            )
        )


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
    "LPSC": ((7.0, 45.0, 20), (7.0, 45.0, 20), (7.0, 45.0, 20), (5.0, 45.0, 23), (5.0, 45.0, 23)),
}
"""First and last current [mA/cm^2] and steps of the ramp at each pressure of ``STACK``."""


def stack_pressure() -> None:
    """Currents at which a gap opens in stripping and at which the flaw runs in plating, over the stack pressure [mA/cm^2]."""
    found: dict[str, dict[str, list[float]]] = {}
    for electrolyte, ladders in LADDERS.items():
        stripping = [stripping_current(electrolyte, pressure) for pressure in STACK]
        plating = [
            LEAST
            if runs_by_itself(*pressed(electrolyte, pressure))
            else critical_current(*pressed(electrolyte, pressure), first=first, last=last, steps=steps)
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
    """A front in a polymer under three pressures; the picture has the lowest and the highest."""
    found = {pressure: pushed(pressure) for pressure in (0.2, 2.0, 10.0)}
    for pressure, outcome in found.items():
        highest = outcome.highest("metal_pressure_max_Pa")
        print(pressure, outcome.last["roughness_m"], outcome.last["tip_position_m"], highest, flush=True)
    fronts({pressure: found[pressure] for pressure in (0.2, 10.0)}, IMAGES / "coupled_polymer.png")


def fronts(found: Mapping[float, Outcome], path: Path) -> None:
    """Pressure above that of the stack [MPa] and front of runs by stack pressure [MPa]; both fronts in the last panel."""
    look = {"origin": "lower", "aspect": "equal", "cmap": "RdBu", "vmin": -1.0, "vmax": 1.0}
    with matplotlib.rc_context(RC):
        figure = new_figure(9.6, 3.1)
        panels = figure.subplots(1, len(found) + 1)
        for number, (pressure, outcome) in enumerate(found.items()):
            fields, size = outcome.simulation.fields(), outcome.simulation.case.domain.size
            extent = (0.0, 1e6 * size[0], 0.0, 1e6 * size[1])
            # Four cells are averaged: in the yielding polymer, next to incompressible, the pressure of cells alternates.
            above = uniform_filter(1e-6 * np.asarray(fields["pressure"][0]) - pressure, 2, mode="nearest")
            image = panels[number].imshow(above.T, extent=extent, interpolation="nearest", **look)
            metal = np.asarray(fields["order_parameter"][0]).T
            for axes, style in ((panels[number], "-"), (panels[-1], ("-", "--")[number])):
                line = {
                    "linestyles": style,
                    "colors": (LINES[0], LINES[1])[number] if axes is panels[-1] else INK,
                }
                axes.contour(metal, levels=[METAL_LEVEL], extent=extent, **line)
            panels[number].set(title=f"stack pressure {pressure:g} MPa", xlabel="x [µm]", ylabel="y [µm]")
            colours, style = (LINES[0], LINES[1])[number], ("-", "--")[number]
            panels[-1].plot([], [], style, color=colours, label=f"{pressure:g} MPa")
            figure.colorbar(image, ax=panels[number], label="pressure above it [MPa]", shrink=0.85)
        panels[-1].set(title="both fronts", xlabel="x [µm]", ylabel="y [µm]", xlim=(5.0, 15.0))
        panels[-1].set_box_aspect(1.0)
        panels[-1].legend(loc="lower right")
        figure.savefig(path, dpi=150)


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
    for share, outcome in found.items():
        half_height = wake_height(outcome)
        gain = 0.22 * 150e9 * 0.04 * share * np.sqrt(half_height) / (1.0 - 0.257)
        print(
            share,
            outcome.last["time_s"],
            outcome.highest("metal_pressure_max_Pa"),
            half_height,
            gain,
            flush=True,
        )
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


def wake_height(outcome: Outcome) -> float:
    """Half the width of what has transformed beside the new crack [m]: its area over twice the length."""
    if "transformed" not in outcome.simulation.fields():
        return 0.0
    area = float(outcome.simulation.fields()["transformed"][0].sum()) * 1e-12
    return 0.5 * area / outcome.growth()


def shapes() -> None:
    """Kazyak's four shapes, a crack along weak boundaries, and one before a fork at less current, which doesn't branch."""
    found = {
        "straight: one flaw": straight(),
        "spalling: 150 MPa across": spalling(),
        "weak boundaries, 80 mA/cm²": along_boundaries(),
        "a fork, 80 mA/cm²: one tip": forked(80.0),
        "branched: a fork, 400 mA/cm²": forked(400.0),
    }
    for title, outcome in found.items():
        print(title, outcome.last["time_s"], outcome.growth(), arms(outcome), flush=True)
    boxes = {
        title: (one.simulation.fields(), one.simulation.case.domain.size) for title, one in found.items()
    }
    case = load_case("llzo_leaky_boundaries")
    network, row = simulation_of(case), {}
    while not network.finished:
        row = network.advance()
    print(
        {name: row[name] for name in ("islands", "interior_share", "connected_metal_m", "isolated_metal_m")}
    )
    boxes["diffuse: boundaries that leak"] = (network.fields(), case.domain.size)
    maps(boxes, IMAGES / "coupled_shapes.png", columns=3)


def microstructure() -> None:
    """Along weak boundaries, and across grains past tough ones: the picture of ``docs/microstructure.md``."""
    found = {
        "weak (0.3): along boundaries": through_grains(0.3, 1),
        "tough (1.2): across grains": through_grains(1.2, 1),
    }
    for title, outcome in found.items():
        print(title, outcome.last["time_s"], outcome.growth(), flush=True)
    boxes = {
        title: (one.simulation.fields(), one.simulation.case.domain.size) for title, one in found.items()
    }
    maps(boxes, IMAGES / "microstructure.png", shaded=True)


STUDIES: dict[str, Callable[[], object]] = {
    "stack_pressure": stack_pressure,
    "anodes": anodes,
    "wedge": wedge,
    "polymer": polymer,
    "particles": particles,
    "dilatant": dilatant,
    "shielding": shielded,
    "shapes": shapes,
    "microstructure": microstructure,
}


def main(names: Sequence[str]) -> None:
    """Runs the studies that are named, or all."""
    for name in names or STUDIES:
        STUDIES[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
