"""A virtual test drawn: current and voltage as a cycler shows them, and the share of specimens that failed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dendrion.report.style import INK, LINES, MUTED, RC, headline, new_figure, plain, unit_for, with_unit
from dendrion.study.ccd import CcdFolder, HalfCycle, TestOutcome, half_cycles
from dendrion.study.weibull import WeibullFit
from dendrion.units import format_quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from dendrion.study.ccd.curve import Curve

FAILING = "#f8d0d4"
"""Shade of the failing half-cycle."""

_BARS = 24
_ROOM = 1.3


def draw_ccd(folder: CcdFolder) -> list[Path]:
    """Draws ``curve.png`` and ``distribution.png`` of a test; returns what was drawn."""
    import matplotlib

    from dendrion.runs.files import replacing

    figures: dict[str, Figure] = {}
    with matplotlib.rc_context(RC):
        curve = folder.curve
        if curve is not None and curve.time.size > 1:
            figures["curve"] = curve_figure(folder, curve)
        if folder.outcomes:
            figures["distribution"] = distribution_figure(folder)
        folder.figures.mkdir(parents=True, exist_ok=True)
        for name, figure in figures.items():
            with replacing(folder.figures / f"{name}.png") as temporary:
                figure.savefig(temporary, format="png")
    return [folder.figures / f"{name}.png" for name in figures]


def curve_figure(folder: CcdFolder, curve: Curve) -> Figure:
    """Current density and voltage of the specimen in the middle over one time axis; the failing half-cycle is shaded."""
    middle = next(one for one in folder.outcomes if one.specimen == folder.content["middle"])
    figure = new_figure(8.2, 4.8)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1, 1.6))
    time, current, voltage = (
        unit_for(kind, values)
        for kind, values in (
            ("time", curve.time),
            ("current_density", curve.current),
            ("potential", curve.voltage),
        )
    )
    above.plot(time(curve.time), current(curve.current), color=LINES[0], lw=1.2)
    below.plot(time(curve.time), voltage(curve.voltage), color=LINES[1], lw=1.0)
    for axes, text, unit in ((above, "current density", current), (below, "voltage", voltage)):
        axes.set_ylabel(with_unit(text, unit))
        axes.axhline(0.0, color=MUTED, lw=0.5)
        plain(axes)
    below.set_xlabel(with_unit("time", time))
    failing = _failing(folder, middle)
    if failing is not None:
        for axes in (above, below):
            axes.axvspan(time(failing.start), time(failing.start + failing.duration), color=FAILING, zorder=0)
        _mark(above, time(failing.start), _words(failing, middle))
    headline(figure, folder.content["title"] or "Virtual test", _details(folder, middle))
    return figure


def _failing(folder: CcdFolder, outcome: TestOutcome) -> HalfCycle | None:
    return next((one for one in half_cycles(folder.protocol) if one.number == outcome.half_cycle), None)


def _words(failing: HalfCycle, outcome: TestOutcome) -> str:
    return (
        f"half-cycle {failing.number} fails: {outcome.mechanism}, "
        f"{format_quantity(failing.current, 'current_density', 3)}, {failing.side}"
    )


def _mark(axes: Axes, at: float, text: str) -> None:
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.25 * (high - low))
    axes.annotate(
        text, (at, 0.98), (-5, 0), xycoords=("data", "axes fraction"), textcoords="offset points", ha="right", va="top",
        fontsize=8.5, color=INK,
    )  # fmt: skip


def _details(folder: CcdFolder, middle: TestOutcome) -> str:
    source = "theory" if folder.content["test"]["method"] == "fast" else "field engine"
    flaw = f", flaw {format_quantity(middle.flaw, 'length', 3)}" if middle.flaw is not None else ""
    return f"{folder.protocol.name.replace('_', ' ')}; {middle.specimen} of {len(folder.outcomes)}{flaw} ({source})"


def distribution_figure(folder: CcdFolder) -> Figure:
    """Share of specimens that failed up to each step, the Weibull distribution through it, and the mechanisms."""
    outcomes, currents = folder.outcomes, np.array(folder.protocol.currents)
    figure = new_figure(6.6, 4.2)
    axes = figure.add_subplot()
    shown = _shown(outcomes, currents)
    unit = unit_for("current_density", shown)
    failed = np.array(
        [sum(one.step is not None and one.step <= step for one in outcomes) for step in range(len(shown))]
    )
    _intervals(axes, unit(shown), failed / len(outcomes))
    fit = folder.content["fit"]
    if fit is not None:
        _distribution(axes, fit, shown, unit)
    _explain(axes, folder, fit)
    axes.set_xlabel(with_unit("current density", unit))
    axes.set_ylabel("share of specimens that failed")
    axes.set_ylim(-0.03, 1.05)
    if shown[-1] > 30.0 * shown[0] and fit is None:
        axes.set_xscale("log")
    plain(axes)
    axes.legend(loc="lower right")
    headline(figure, folder.content["title"] or "Virtual test", _mechanisms(folder))
    return figure


def _shown(outcomes: list[TestOutcome], currents: Any) -> Any:
    """Steps up to a little beyond the last failure."""
    last = max((one.step for one in outcomes if one.step is not None), default=len(currents) - 1)
    return currents[: min(len(currents), max(last + 3, 4))]


def _intervals(axes: Axes, steps: Any, shares: Any) -> None:
    """Each step's failures happened somewhere between the step before and this one: a bar over that stretch."""
    edges = np.concatenate(([0.0], steps))
    axes.stairs(shares, edges, baseline=None, color=LINES[0], lw=1.4, label="failed by the end of the step")
    axes.plot(steps, shares, "o", color=LINES[0], ms=3.5)


def _distribution(axes: Axes, fit: dict[str, Any], shown: Any, unit: Any) -> None:
    known = WeibullFit(
        fit["scale_A_per_m2"], fit["shape"], (0.0, 0.0), (0.0, 0.0), (0.0, 0.0), fit["log_likelihood"], fit["failures"],
        fit["censored"],
    )  # fmt: skip
    grid = np.linspace(0.0, _ROOM * max(shown[-1], known.quantile(0.95) / _ROOM), 400)
    axes.plot(unit(grid), known.failed(grid), color=LINES[1], label=f"Weibull, shape {fit['shape']:.2g}")
    low, high = fit["median_interval_A_per_m2"]
    if low is not None and high is not None:
        axes.plot(unit(np.array([low, high])), [0.5, 0.5], color=LINES[1], lw=5, alpha=0.35, solid_capstyle="butt",
                  label="median, 95 % interval")  # fmt: skip


def _explain(axes: Axes, folder: CcdFolder, fit: Any) -> None:
    if fit is None:
        axes.text(
            0.02, 0.97, f"no distribution: {folder.content['no_fit']}", transform=axes.transAxes, va="top", fontsize=8,
            color=MUTED, wrap=True,
        )  # fmt: skip


def _mechanisms(folder: CcdFolder) -> str:
    outcomes = folder.outcomes
    parts = [
        f"{count} {name}"
        for name, count in sorted(folder.content["mechanisms"].items(), key=lambda pair: -pair[1])
    ]
    survived = sum(one.step is None for one in outcomes)
    parts += [f"{survived} survived the ladder"] if survived else []
    return f"{folder.protocol.name.replace('_', ' ')}, {len(outcomes)} specimens: {', '.join(parts)}"
