"""Gain against cost of strategies: one figure whose points are numbered and whose names stand beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dendrion.report.style import INK, LINES, MUTED, headline, new_figure, plain
from dendrion.strategy.card import COMPLEXITY
from dendrion.units import format_quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from dendrion.strategy.rank import Entry, Ranking

MARKERS = {1: "o", 2: "s", 3: "^", 4: "D"}
"""One marker a class of effort, so that colour is not needed to read the figure."""

MOST_POINTS = 20
"""Entries that are drawn, the best and all on the front [dimensionless]."""

LARGEST_GAIN, SMALLEST_GAIN = 1e3, 1e-2
"""Gains beyond these are drawn at the edge [dimensionless]."""

WORTH_A_PAIR = 1.02
"""Gain of a pair over that of its better half from which it is drawn [dimensionless]."""

OFFSETS = [
    (r * math.cos(a), r * math.sin(a))
    for r in (11.0, 17.0, 24.0, 32.0)
    for a in (0.8, 2.3, -0.8, -2.3, 1.57, -1.57, 0.0, 3.14)
]
"""Places of a number about its point that are tried in turn [points]."""

ROOM = 9.5
"""Distance of the middles of two numbers, or of a number and a point, that leaves both legible [points]."""

LINEAR_COST = 1e-2
"""Share of the energy below which the axis of the cost is linear [dimensionless]."""


def draw_pareto(ranking: Ranking, path: Path) -> Path:
    """Draws the ranking and returns the path of the figure."""
    shown = chosen(ranking.entries)
    figure = new_figure(10.4, 5.4)
    axes, names = figure.subplots(1, 2, width_ratios=(1.0, 0.62))
    for entry in shown:
        _point(axes, entry)
    axes.axhline(1.0, color=MUTED, lw=0.8, zorder=0)
    axes.set_yscale("log")
    axes.set_xscale("symlog", linthresh=LINEAR_COST, linscale=0.8)
    axes.set_xlabel("share of the delivered energy that it costs [dimensionless]")
    what = "critical current density" if ranking.by == "ccd" else "time to short circuit"
    axes.set_ylabel(f"gain in {what}, treated over untreated")
    _legend(axes)
    plain(axes)
    axes.margins(x=0.08, y=0.08)
    _names(names, shown)
    kind, word = ("current_density", "critical current") if ranking.by == "ccd" else ("time", "time to short")
    base = "none" if np.isinf(ranking.base) else format_quantity(ranking.base, kind)
    headline(
        figure, ranking.title or "strategies",
        f"untreated: {word} {base}, limited by {ranking.mechanism}; costs at {format_quantity(ranking.current, 'current_density')}; "
        f"{'bars: 5 to 95 % of the claims' if ranking.method == 'fast' else 'simulated, one run each'}",
    )  # fmt: skip
    _numbers(axes, shown)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    return path


def chosen(entries: Sequence[Entry]) -> list[Entry]:
    """The entries that are drawn: all on the front, then the best of the others, in their order.

    A pair that gains no more than its better half alone is left out.
    """
    alone = {entry.names[0]: entry.median for entry in entries if len(entry.names) == 1}
    worth = [
        entry for entry in entries
        if len(entry.names) == 1 or entry.median > WORTH_A_PAIR * max(alone.get(name, 0.0) for name in entry.names)
    ]  # fmt: skip
    front = [entry for entry in worth if entry.front][:MOST_POINTS]
    others = [entry for entry in worth if not entry.front][: MOST_POINTS - len(front)]
    kept = {entry.names for entry in (*front, *others)}
    return [entry for entry in worth if entry.names in kept]


def _drawn(gain: float) -> float:
    return float(np.clip(gain, SMALLEST_GAIN, LARGEST_GAIN))


def _point(axes: Axes, entry: Entry) -> None:
    """One strategy: its bar and its marker."""
    colour = LINES[0] if entry.front else MUTED
    axes.plot(
        [entry.lost] * 2, [_drawn(entry.low), _drawn(entry.high)], color=colour, lw=1.0, alpha=0.5, zorder=2
    )
    axes.plot(
        entry.lost, _drawn(entry.median), MARKERS[entry.complexity], ms=7, mec=colour, mew=1.3, zorder=3,
        mfc=colour if entry.front else "white",
    )  # fmt: skip


def _numbers(axes: Axes, shown: Sequence[Entry]) -> None:
    """A number beside every point, where it covers no other number and no point."""
    axes.figure.canvas.draw()  # from here on the axes stay where they are
    scale = axes.figure.dpi / 72.0
    points = axes.transData.transform([(entry.lost, _drawn(entry.median)) for entry in shown]) / scale
    placed: list[np.ndarray] = []
    for number, (entry, point) in enumerate(zip(shown, points, strict=True), 1):
        offset = max(OFFSETS, key=lambda offset: _room(point + offset, points, placed))
        placed.append(point + offset)
        axes.annotate(
            str(number), (entry.lost, _drawn(entry.median)), offset, textcoords="offset points", ha="center", va="center",
            fontsize=7.5, fontweight="bold" if entry.front else "normal", zorder=5,
            arrowprops={"arrowstyle": "-", "lw": 0.5, "color": MUTED, "shrinkA": 3.0, "shrinkB": 3.0},
        )  # fmt: skip


def _room(place: np.ndarray, points: np.ndarray, placed: Sequence[np.ndarray]) -> float:
    """Distance to the nearest point or number, as far as it matters: the first place with enough of it is taken."""
    others = [*points, *placed]
    return min(ROOM, *(float(np.hypot(*(place - other))) for other in others))


def _legend(axes: Axes) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], marker=marker, ls="", mec=INK, mfc="white", ms=7, label=COMPLEXITY[key])
        for key, marker in MARKERS.items()
    ]
    handles.append(
        Line2D(
            [],
            [],
            marker="o",
            ls="",
            color=LINES[0],
            ms=7,
            label="filled: on the Pareto front of gain, cost and effort",
        )
    )
    axes.figure.legend(handles=handles, loc="outside lower center", ncols=3)


def _names(axes: Axes, shown: Sequence[Entry]) -> None:
    """The names by number, one a line, beside the points: nothing can overlap."""
    axes.axis("off")
    axes.set(xlim=(0.0, 1.0), ylim=(max(len(shown), MOST_POINTS * 0.6) + 0.5, 0.0))
    for number, entry in enumerate(shown, 1):
        gain = "no short" if np.isinf(entry.median) else f"×{entry.median:.3g}"
        note = "" if entry.engine == "case" else "  (theory only)"
        weight = "bold" if entry.front else "normal"
        axes.text(0.0, number, f"{number}", fontsize=7.5, va="center", ha="right", fontweight=weight)
        axes.text(
            0.03,
            number,
            f"{entry.label.replace('_', ' ')}  {gain}{note}",
            fontsize=7.5,
            va="center",
            fontweight=weight,
        )
