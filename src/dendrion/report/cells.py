"""Cells and packs drawn: voltage, current, pressure, and how near each limit is."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dendrion.report.style import INK, LINES, MUTED, RC, new_figure, plain, unit_for, with_unit
from dendrion.runs.files import replacing
from dendrion.study.cell_limits import BY_THEORY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from dendrion.cell import CellState
    from dendrion.study.cell_limits import Limit
    from dendrion.study.cell_run import CellRun
    from dendrion.study.pack_run import PackRun

_FLOOR = 1e-4
"""Smallest demand over limit that a picture shows."""


def draw_cell(run: CellRun, path: Path) -> Path:
    """Voltage, current density, stack pressure and the limits of a cell over time; returns the file."""
    return draw_cells({run.file.title or "cell": run}, path)


def draw_cells(runs: dict[str, CellRun], path: Path) -> Path:
    """The same for several cells in one picture, a colour each; returns the file."""
    import matplotlib

    with matplotlib.rc_context(RC):
        figure = new_figure(8.4, 5.6)
        axes = figure.subplots(2, 2, sharex=True)
        longest = max(run.history[-1].time for run in runs.values())
        time = unit_for("time", [longest])
        for (title, run), colour in zip(runs.items(), LINES, strict=False):
            at = time(np.array([state.time for state in run.history]))
            _curve(axes[0, 0], at, run.history, "voltage", "cell voltage", "potential", colour, title)
            _curve(axes[0, 1], at, run.history, "plating_current_density", "plating current density",
                   "current_density", colour, title)  # fmt: skip
            _curve(axes[1, 0], at, run.history, "pressure", "stack pressure", "pressure", colour, title)
            _limits(axes[1, 1], at, run.limits, colour, title if len(runs) > 1 else "", time)
        axes[1, 1].axhline(1.0, color=INK, lw=0.9)
        axes[1, 1].set(yscale="log", ylabel="demand over limit", ylim=(_FLOOR, None))
        for axis in axes[1]:
            axis.set_xlabel(with_unit("time", time))
        if len(runs) > 1:
            axes[0, 0].legend(loc="best")
        axes[1, 1].legend(loc="lower right" if len(runs) > 1 else "best", fontsize=7)
        for axis in axes.flat:
            plain(axis)
        _save(figure, path)
    return path


def _curve(
    axes: Axes, at: Any, history: Sequence[CellState], name: str, label: str, kind: str, colour: str, title: str
) -> None:  # fmt: skip
    values = np.array([getattr(state, name) for state in history[1:]])
    unit = unit_for(kind, [s for line in axes.lines for s in np.ravel(line.get_ydata())] or values)
    if axes.lines and getattr(axes, "dendrion_unit", None):
        unit = axes.dendrion_unit  # type: ignore[attr-defined]
    axes.dendrion_unit = unit  # type: ignore[attr-defined]
    axes.plot(at[1:], unit(values), color=colour, label=title)
    axes.set_ylabel(with_unit(label, unit))


def _limits(axes: Axes, at: Any, limits: Sequence[Limit], colour: str, title: str, time: Any) -> None:
    styles = dict(zip((*BY_THEORY, "measured critical current"), ("-", "--", "-", ":"), strict=True))
    for limit in limits:
        ratio = np.asarray(limit.ratio, float)
        ratio = np.where(np.isfinite(ratio) & (ratio > _FLOOR), ratio, np.nan)
        if np.all(np.isnan(ratio)) or (title and limit.name not in BY_THEORY):
            continue  # beside other cells only what decides
        name = f"{limit.name}, {title}" if title else limit.name
        axes.plot(at, ratio, color=colour, ls=styles[limit.name], label=name)
        if isfinite(limit.time) and limit.name in BY_THEORY:
            axes.plot([time(limit.time)], [1.0], "o", color=colour, ms=5, zorder=5)


def draw_pack(run: PackRun, path: Path) -> Path:
    """Current of every cell, how near its first limit it is, and the chance to be first; returns the file."""
    import matplotlib

    with matplotlib.rc_context(RC):
        figure = new_figure(9.2, 3.4)
        left, middle, right = figure.subplots(1, 3, width_ratios=(1.2, 1.2, 1.0))
        time = unit_for("time", [run.histories[0][-1].time])
        at = time(np.array([state.time for state in run.histories[0]]))
        current = unit_for("current_density", [s.plating_current_density for h in run.histories for s in h])
        styles = ("-", "--", "-.", ":")
        for k, (name, history, limits) in enumerate(zip(run.names, run.histories, run.limits, strict=True)):
            colour, style = LINES[k % len(LINES)], styles[k % len(styles)]
            density = np.array([state.plating_current_density for state in history])
            left.plot(at[1:], current(density[1:]), color=colour, ls=style, label=name)
            ratio = np.max([one.ratio for one in limits if one.name in BY_THEORY], axis=0)
            middle.plot(at[1:], np.maximum(ratio[1:], _FLOOR), color=colour, ls=style)
        middle.axhline(1.0, color=INK, lw=0.9)
        left.set(xlabel=with_unit("time", time), ylabel=with_unit("plating current density", current))
        middle.set(xlabel=with_unit("time", time), ylabel="nearest limit: demand over limit", yscale="log")
        left.legend(loc="best")
        chances = run.chances()
        names = [*run.names, "none"]
        colours = [LINES[k % len(LINES)] for k in range(len(run.names))] + [MUTED]
        right.barh(range(len(names)), [100.0 * chances.get(name, 0.0) for name in names], color=colours)
        right.set_yticks(range(len(names)), names)
        right.invert_yaxis()
        right.set(xlabel="first to meet a limit [% of draws]", xlim=(0, 100))
        for axis in (left, middle, right):
            plain(axis)
        _save(figure, path)
    return path


def _save(figure: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png")


def pack_table(run: PackRun) -> Any:
    """A row a cell for people: temperature, pressure, share of the current, first limit, chance to be first."""
    from rich.table import Table

    from dendrion.units import format_quantity

    table = Table(box=None, pad_edge=False)
    names = (
        "cell",
        "temperature",
        "stack pressure",
        "current at first",
        "largest current",
        "first limit",
        "at",
        "first in",
    )
    for name in names:
        table.add_column(name)
    for row in run.summary["cells"]:
        first, chance = row["first_instability"], row["chance_of_being_first"]
        table.add_row(
            row["name"], format_quantity(row["temperature_K"], "temperature"),
            format_quantity(row["pressure_Pa"], "pressure"),
            format_quantity(row["current_density_first_A_per_m2"], "current_density"),
            format_quantity(row["current_density_max_A_per_m2"], "current_density"),
            first["limit"] if first else "none", format_quantity(first["time_s"], "time") if first else "–",
            "–" if chance is None else f"{chance:.0%}",
        )  # fmt: skip
    return table
