"""Histories: what the cell and the front did over time, for one run or several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dendrion.report.frames import ENDINGS, column, without_round_off
from dendrion.report.style import LINES, MUTED, headline, new_figure, plain, unit_for, with_unit
from dendrion.runs import RunFolder
from dendrion.units import format_quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CURVES = (
    ("overpotential", "overpotential", "potential"),
    ("current_density", "mean current density", "current_density"),
    ("tip_position", "tip position", "length"),
    ("roughness", "roughness of the front", "length"),
)
_CRACK_CURVES = (
    *_CURVES[:2],
    ("crack_length", "length of the crack", "length"),
    ("metal_pressure_max", "highest pressure in the metal", "pressure"),
)
_CONTACT_CURVES = (
    *_CURVES[:2],
    ("contact_fraction", "share of the interface that touches", "dimensionless"),
    ("void_depth_max", "deepest void", "length"),
)
_NETWORK_CURVES = (
    *_CURVES[:2],
    ("connected_metal", "metal inside, connected", "length"),
    ("isolated_metal", "metal inside, isolated", "length"),
)
_CURRENT = "current_density"
_MODES = {"rest": "#e5e7eb", "strip": "#fbe3c8"}
_DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 1.5, 1.5, 1.5)))
_MOST_STEPS_MARKED = 12


def history_curves(folder: RunFolder) -> Figure:
    """Overpotential, current density, tip and roughness over time; rests and stripping shaded."""
    history = folder.history
    figure = new_figure(8.2, 5.2)
    grid = figure.subplots(2, 2, sharex=True)
    time = unit_for("time", history.time.values)
    for axes, (quantity, label, kind) in zip(grid.flat, _wanted([history]), strict=True):
        _draw_curve(axes, [(folder.name, history, LINES[0])], quantity, label, kind)
        _shade(axes, history, time)
        plain(axes)
    for axes in grid[1]:
        axes.set_xlabel(with_unit("time", time))
    _capacity_axis(grid[0, 0], history, time)
    _capacity_axis(grid[0, 1], history, time)
    _explain_shades(figure, history)
    headline(figure, folder.title, _ending(folder))
    return figure


def comparison_curves(folders: list[RunFolder]) -> Figure:
    """The histories of several runs over each other."""
    runs = [(folder.name, folder.history, LINES[index % len(LINES)]) for index, folder in enumerate(folders)]
    figure = new_figure(8.2, 5.4)
    grid = figure.subplots(2, 2, sharex=True)
    for axes, (quantity, label, kind) in zip(grid.flat, _wanted([run[1] for run in runs]), strict=True):
        _draw_curve(axes, runs, quantity, label, kind)
        plain(axes)
    longest = np.concatenate([history.time.values for _, history, _ in runs])
    for axes in grid[1]:
        axes.set_xlabel(with_unit("time", unit_for("time", longest)))
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=min(3, len(runs)))
    return figure


def _wanted(histories: list[Any]) -> tuple[tuple[str, str, str], ...]:
    """What is worth a curve: of the interface or of the crack where every run has one, else of the front."""
    cracked = all(column(history, "crack_length") is not None for history in histories)
    if all(column(history, "contact_fraction") is not None for history in histories):
        return _CONTACT_CURVES
    if all(column(history, "isolated_metal") is not None for history in histories):
        return _NETWORK_CURVES
    return _CRACK_CURVES if cracked else _CURVES


def _draw_curve(axes: Axes, runs: list[tuple[str, Any, str]], quantity: str, label: str, kind: str) -> None:
    columns = [(name, column(history, quantity), colour) for name, history, colour in runs]
    present = [(name, values, colour) for name, values, colour in columns if values is not None]
    axes.set_title(label)
    if not present:
        axes.text(0.5, 0.5, "not recorded", ha="center", va="center", color=MUTED, transform=axes.transAxes)
        return
    unit = unit_for(kind, np.concatenate([values.values for _, values, _ in present]))
    time = unit_for("time", np.concatenate([values.time.values for _, values, _ in present]))
    for index, (name, values, colour) in enumerate(present):
        style = _DASHES[index % len(_DASHES)]
        # A row stands at the end of its step; the current was that all through the step.
        shape = "steps-pre" if quantity == _CURRENT else "default"
        times, shown = time(values.time.values), unit(values.values)
        axes.plot(times, shown, color=colour, label=name, ls=style, drawstyle=shape)
    axes.set_xlim(left=0.0)
    axes.set_ylabel(f"[{unit.label or 1}]")
    everything = np.concatenate([unit(values.values) for _, values, _ in present])
    low, high = float(np.nanmin(everything)), float(np.nanmax(everything))
    if high - low < 0.01 * max(abs(low), abs(high)):  # a constant stands in its size, not in its round-off
        axes.set_ylim(min(0.0, 1.25 * low), max(0.0, 1.25 * high))
    elif quantity in ("tip_position", "roughness", "crack_length", "metal_pressure_max", "void_depth_max"):
        axes.set_ylim(0.0, 1.08 * high or 1.0)


def _modes(history: Any) -> list[tuple[float, float, str]]:
    """Stretches [s] of rest and stripping: where the mean current is zero or negative."""
    current = column(history, _CURRENT)
    if current is None or current.size == 0:
        return []
    values, ends = current.values, current.time.values
    floor = 1e-6 * np.nanmax(np.abs(values), initial=0.0)
    kinds = np.where(values < -floor, "strip", np.where(values > floor, "plate", "rest"))
    changes = np.flatnonzero(kinds[1:] != kinds[:-1]) + 1
    starts = np.concatenate(([0], changes))
    stops = np.concatenate((changes, [len(kinds)]))
    times = np.concatenate(([0.0], ends))
    return [
        (float(times[a]), float(times[b]), str(kinds[a]))
        for a, b in zip(starts, stops, strict=True)
        if kinds[a] != "plate"
    ]


def _shade(axes: Axes, history: Any, time: Any) -> None:
    for start, stop, mode in _modes(history):
        axes.axvspan(time(start), time(stop), color=_MODES[mode], lw=0, zorder=0)
    steps = column(history, "step_index")
    if steps is not None and steps.size:
        changes = np.flatnonzero(np.diff(steps.values))
        if 0 < len(changes) <= _MOST_STEPS_MARKED:
            for index in changes:
                axes.axvline(time(steps.time.values[index]), color=MUTED, lw=0.7, ls=(0, (2, 3)), zorder=1)
    axes.set_xlim(0.0, float(time(history.time.values[-1])) if history.time.size else 1.0)


def _explain_shades(figure: Figure, history: Any) -> None:
    from matplotlib.patches import Patch

    present = {mode for _, _, mode in _modes(history)}
    handles = [Patch(color=colour, label=mode) for mode, colour in _MODES.items() if mode in present]
    if handles:
        figure.legend(handles=handles, loc="outside lower right", ncols=len(handles))


def _capacity_axis(axes: Axes, history: Any, time: Any) -> None:
    """Charge passed above the time axis, while it only grows."""
    charge = column(history, "charge")
    if charge is None or charge.size < 2 or not (np.diff(charge.values) > 0).all():
        return
    from matplotlib.ticker import MaxNLocator

    unit = unit_for("areal_capacity", charge.values)
    times, charges = time(charge.time.values), unit(charge.values)
    times, charges = np.concatenate(([0.0], times)), np.concatenate(([0.0], charges))

    def charge_at(shown: Any) -> Any:
        return np.interp(shown, times, charges)

    def time_at(shown: Any) -> Any:
        return np.interp(shown, charges, times)

    upper = axes.secondary_xaxis("top", functions=(charge_at, time_at))
    ticks = MaxNLocator(5).tick_values(0.0, charges[-1])
    upper.set_xticks(ticks[ticks <= charges[-1]])
    upper.set_xlabel(with_unit("charge", unit), color=MUTED, fontsize=8)
    upper.tick_params(colors=MUTED, labelsize=7.5)


def _ending(folder: RunFolder) -> str:
    summary = folder.summary
    parts = [ENDINGS.get(summary["status"], summary["status"])]
    if "time_s" in summary:
        parts.append(f"t = {format_quantity(summary['time_s'], 'time')}")
    charge, passed = summary.get("charge_C_per_m2"), column(folder.history, "charge")
    if charge is not None:
        shown = charge if passed is None else without_round_off(charge, passed.values)
        parts.append(f"charge {format_quantity(shown, 'areal_capacity', 3)}")
    return "   ·   ".join(parts)
