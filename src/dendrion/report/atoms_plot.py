"""Atoms drawn: equilibrium shapes, nuclei over temperature, the penetration of a slab, a healing protrusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dendrion.report.style import LINES, MUTED, RC, new_figure, plain

if TYPE_CHECKING:
    from dendrion.atoms.healing import Healing
    from dendrion.atoms.nucleation import Nucleation
    from dendrion.atoms.penetration import Penetration
    from dendrion.atoms.wulff import Wulff

_STAGE_COLOURS = {
    "deposition": "#f2f2f2",
    "build-up": "#d9e6f2",
    "fracture": "#f6d9d5",
    "extension": "#e6dcef",
}


def draw_nucleation(curves: Mapping[str, Nucleation], path: Path) -> Path:
    """Critical radius and barrier over temperature, a line for each control (the name is its label)."""

    def draw(figure: Any) -> None:
        left, right = figure.subplots(1, 2)
        for (name, curve), colour in zip(curves.items(), LINES, strict=False):
            left.plot(curve.temperature, 1e9 * curve.radius, color=colour, label=name)
            right.plot(curve.temperature, curve.barrier_over_kt, color=colour)
        left.set_ylabel("critical radius (nm)")
        right.set_ylabel("barrier (kT)")
        left.set_yscale("log")
        right.set_yscale("log")
        for axes in (left, right):
            axes.set_xlabel("temperature (K)")
            plain(axes)
        left.legend(loc="best")

    return _saved(draw, path, 7.6, 3.0)


def draw_penetration(curve: Penetration, path: Path) -> Path:
    """Stress, overpotential of the insertion and broken bonds over the charge; the stages are shaded."""

    def draw(figure: Any) -> None:
        rows = figure.subplots(3, 1, sharex=True)
        charge = curve.charge
        values = (curve.stress / 1e9, curve.overpotential, curve.broken)
        labels = ("σ$_{xx}$ of the slab (GPa)", "overpotential (V)", "broken bonds")
        for axes, value, label, colour in zip(rows, values, labels, LINES, strict=False):
            axes.plot(charge, value, color=colour, marker=".", markersize=3)
            axes.set_ylabel(label)
            plain(axes)
            _shade(axes, charge, curve.stage)
        rows[-1].set_xlabel("charge of the inserted metal (C/m²)")
        handles = [
            rows[0].fill_between([], [], [], color=_STAGE_COLOURS[name])
            for name in dict.fromkeys(curve.stage)
        ]
        figure.legend(handles, dict.fromkeys(curve.stage), loc="outside upper center", ncols=4)

    return _saved(draw, path, 6.4, 5.6)


def _shade(axes: Any, charge: np.ndarray, stages: Sequence[str]) -> None:
    edges = np.concatenate([charge, [charge[-1] + (charge[1] - charge[0])]])
    for left, right, stage in zip(edges[:-1], edges[1:], stages, strict=True):
        axes.axvspan(left, right, color=_STAGE_COLOURS[stage], linewidth=0, zorder=0)
    axes.set_xlim(charge[0], charge[-1])


def draw_frames(frames: Sequence[Any], titles: Sequence[str], path: Path, metal_from: int) -> Path:
    """Atoms seen along the slab's thin axis; those from index ``metal_from`` on were inserted."""

    def draw(figure: Any) -> None:
        panels = np.atleast_1d(figure.subplots(1, len(frames), sharex=True, sharey=True))
        symbols = sorted(set(frames[0].get_chemical_symbols()))
        for axes, frame, title in zip(panels, frames, titles, strict=True):
            names = np.array(frame.get_chemical_symbols())
            old = np.arange(len(frame)) < metal_from
            x, z = frame.positions[:, 0] / 10.0, frame.positions[:, 2] / 10.0
            for symbol, colour, size in zip(
                symbols, ("#bcdcec", "#5b6770", "#bcbddc"), (30, 9, 14), strict=False
            ):
                shown = old & (names == symbol)
                axes.scatter(x[shown], z[shown], s=size, color=colour, linewidths=0, label=symbol)
            axes.scatter(x[~old], z[~old], s=18, color="#d1495b", linewidths=0, label="inserted")
            axes.set_aspect("equal")
            axes.set_title(title)
            axes.set_xlabel("x (nm)")
            plain(axes)
        panels[0].set_ylabel("z (nm)")
        handles, labels = panels[-1].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))

    return _saved(draw, path, 2.3 * len(frames), 3.7)


def draw_healing(runs: Sequence[Healing], path: Path) -> Path:
    """The share of a protrusion that still stands over time, a line for each temperature."""

    def draw(figure: Any) -> None:
        axes = figure.subplots()
        for run, colour in zip(runs, LINES, strict=False):
            axes.plot(1e12 * run.times, run.standing, color=colour, label=f"{run.temperature:g} K")
        axes.axhline(0.5, color=MUTED, linewidth=0.8, linestyle=":")
        axes.set_xlabel("time (ps)")
        axes.set_ylabel("height of the cap, of one at the start")
        axes.legend()
        plain(axes)

    return _saved(draw, path, 4.6, 3.2)


def draw_wulff(shape: Wulff, path: Path) -> Path:
    """The equilibrium shape of a crystal, its faces named with their energies."""

    def draw(figure: Any) -> None:
        from mpl_toolkits.mplot3d.art3d import Poly3DCollection

        axes = figure.add_subplot(projection="3d")
        largest = max(float(np.abs(ring).max()) for _, ring in shape.polygons)
        for owner, ring in shape.polygons:
            facet = Poly3DCollection([ring / largest], facecolor=LINES[owner % len(LINES)], edgecolor="white")
            axes.add_collection3d(facet)
        axes.set(xlim=(-1, 1), ylim=(-1, 1), zlim=(-1, 1), box_aspect=(1, 1, 1))
        axes.set_axis_off()
        shown = {owner for owner, _ in shape.polygons}
        lines = [
            axes.plot([], [], marker="s", linestyle="", color=LINES[i % len(LINES)])[0] for i in sorted(shown)
        ]
        names = [
            f"({''.join(map(str, shape.families[i]))})  {shape.energies[i]:.3f} J/m², {shape.fractions[i]:.0%}"
            for i in sorted(shown)
        ]
        figure.legend(lines, names, loc="outside lower center")

    return _saved(draw, path, 3.6, 4.2)


def _saved(draw: Any, path: Path, width: float, height: float) -> Path:
    import matplotlib

    from dendrion.runs.files import replacing

    with matplotlib.rc_context(RC):
        figure = new_figure(width, height)
        draw(figure)
        with replacing(path) as temporary:
            figure.savefig(temporary, format="png")
    return path
