"""How the coupled cases of ``docs/coupled-cases.md`` are drawn; ``benchmarks/coupled_figures.py`` runs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib.collections
import matplotlib.colors
import numpy as np
from coupled_cases import FILLED, LEAST, Outcome
from matplotlib.axes import Axes
from scipy.ndimage import uniform_filter

from dendrion.report.grains import SHADES, boundary_segments
from dendrion.report.style import DEAD_METAL, INK, LINES, METAL, MUTED, RC, new_figure, plain

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
    picture: dict[str, Any] = {"extent": (0.0, lengths[0], 0.0, lengths[1]), "origin": "lower", "aspect": "equal", "interpolation": "nearest"}  # fmt: skip
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
                list(lines), colors=LINES[2], linewidths=0.5, alpha=0.7, zorder=1.2
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


def fronts(found: Mapping[float, Outcome], path: Path) -> None:
    """Pressure above that of the stack [MPa] and front of runs by stack pressure [MPa]; both fronts in the last panel."""
    look: dict[str, Any] = {"origin": "lower", "aspect": "equal", "cmap": "RdBu", "vmin": -1.0, "vmax": 1.0}
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
                line: dict[str, Any] = {
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
