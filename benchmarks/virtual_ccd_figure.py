"""The figure of ``virtual_ccd.py``: simulated beside measured, five panels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

import dendrion as dn
from dendrion.report.style import INK, LINES, MUTED, RC, new_figure, plain

FACTOR = 3.0
PER_SQUARE_CENTIMETRE = 0.1
"""A/m² in mA/cm²."""

MARKS = {"CCD": "o", "CCS": "s", "plating": "^"}


def draw(
    found: Sequence[tuple[Any, Any]], pressure: tuple[Sequence[float], Mapping[str, Sequence[Any]]],
    warmth: tuple[Sequence[float], Sequence[Any]], gains: Sequence[tuple[str, float]], path: Path,
) -> None:  # fmt: skip
    """Draws all panels: targets with what was found, series over pressure [MPa] and temperature [°C], gains."""
    with matplotlib.rc_context(RC):
        figure = new_figure(11.0, 8.2)
        above, below = figure.subfigures(2, 1, height_ratios=(1.1, 1.0))
        panels = [*above.subplots(1, 2), *below.subplots(1, 3)]
        axes = dict(zip("ABCDE", panels, strict=True))
        _parity(axes["A"], found)
        _temperature(axes["B"], *warmth)
        _pressure(axes["C"], *pressure)
        _life(axes["D"], pressure[0], pressure[1]["life"])
        _gains(axes["E"], gains)
        for one in axes.values():
            plain(one)
        figure.savefig(path, dpi=150)


def _parity(axes: Any, found: Sequence[tuple[Any, Any]]) -> None:
    span = np.array([1e-3, 1e6])
    axes.fill_between(
        span, span / FACTOR, span * FACTOR, color=MUTED, alpha=0.15, lw=0, label="within a factor 3"
    )
    axes.plot(span, span, color=MUTED, lw=0.8)
    names = list(dict.fromkeys(target.panel for target, _ in found))
    for target, one in found:
        x, y, colour = (
            PER_SQUARE_CENTIMETRE * target.measured,
            PER_SQUARE_CENTIMETRE * one.median,
            LINES[names.index(target.panel)],
        )
        ends = [
            [max(y - PER_SQUARE_CENTIMETRE * one.low, 0.0)],
            [max(PER_SQUARE_CENTIMETRE * one.high - y, 0.0)],
        ]
        axes.errorbar([x], [y], yerr=ends, fmt=MARKS[target.label.split(",")[0]], color=colour, ms=6, lw=1)
        if one.shares.get("survived", 0.0) > 0.5:
            axes.annotate("", (x, 12.0 * y), (x, y), arrowprops={"arrowstyle": "->", "color": colour})
    for place, name in enumerate(names):
        axes.plot([], [], "o", color=LINES[place], label=name)
    for name, mark in MARKS.items():
        axes.plot([], [], mark, color=INK, mfc="none", label=name)
    axes.set(xscale="log", yscale="log", xlim=(0.03, 40.0), ylim=(2e-3, 3e9), xlabel="measured [mA/cm²]", ylabel="simulated [mA/cm²]",
             title="Critical currents: median, 5 to 95 % of specimens")  # fmt: skip
    axes.legend(fontsize=7.5, loc="upper left", ncols=3)


def _band(axes: Any, x: Sequence[float], series: Sequence[Any], colour: str, text: str) -> None:
    low, high, median = (
        [PER_SQUARE_CENTIMETRE * getattr(one, name) for one in series] for name in ("low", "high", "median")
    )
    axes.fill_between(x, low, high, color=colour, alpha=0.18, lw=0)
    axes.plot(x, median, "-", color=colour, label=text)


def _temperature(axes: Any, temperatures: Sequence[float], series: Sequence[Any]) -> None:
    _band(axes, temperatures, series, LINES[0], "simulated: median, 5 to 95 %")
    record = dn.evidence.evidence("llzo_ccd_temperature")
    measured = [PER_SQUARE_CENTIMETRE * point.middle for point in record.points]
    axes.plot([point.at["temperature"] - 273.15 for point in record.points], measured, "o", color=LINES[1], ms=7,
              label=f"measured ({record.source})")  # fmt: skip
    axes.set(
        yscale="log",
        xlabel="temperature [°C]",
        ylabel="critical current density [mA/cm²]",
        title="Li on LLZO, conditioned interface",
    )
    axes.legend(loc="upper left")


def _pressure(axes: Any, pressures: Sequence[float], series: Mapping[str, Sequence[Any]]) -> None:
    for place, (name, record) in enumerate((("plating", "lpsc_plating_limit"), ("stripping", "lpsc_ccs"))):
        _band(axes, pressures, series[name], LINES[place], f"{name}, simulated")
        points = dn.evidence.evidence(record).points
        measured = [PER_SQUARE_CENTIMETRE * point.middle for point in points]
        axes.plot([point.at["stack_pressure"] / 1e6 for point in points], measured, "os"[place], color=LINES[place], mec=INK, ms=7,
                  label=f"{name}, measured")  # fmt: skip
    slab = [PER_SQUARE_CENTIMETRE * value for value in series["slab"]]
    axes.plot(pressures, slab, "--", color=LINES[1], label="stripping, bonded slab")
    axes.set(xscale="log", yscale="log", ylim=(1e-5, 1e11), xlabel="stack pressure [MPa]", ylabel="critical current density [mA/cm²]",
             title="Li on LPSC against pressure")  # fmt: skip
    axes.legend(loc="upper left", fontsize=7.5)


def _life(axes: Any, pressures: Sequence[float], series: Sequence[Any]) -> None:
    axes.plot(
        pressures,
        [100.0 * one.at_once for one in series],
        "-o",
        color=LINES[0],
        ms=4,
        label="crack runs, simulated",
    )
    axes.set(
        xscale="log",
        xlabel="stack pressure [MPa]",
        ylabel="specimens [%]",
        ylim=(-5, 140),
        title="Li on LPSC at 75 µA/cm²",
    )
    axes.yaxis.label.set_color(LINES[0])
    other = axes.twinx()
    points = dn.evidence.evidence("lpsc_short_time_pressure").points
    other.plot([point.at["stack_pressure"] / 1e6 for point in points], [point.middle / 3600.0 for point in points], "s", color=LINES[1],
               ms=6, label="time to short, measured")  # fmt: skip
    other.set(ylim=(-50, 1400))
    other.set_ylabel("time to short [h]", color=LINES[1])
    other.spines["top"].set_visible(False)
    lines = [*axes.get_legend_handles_labels()[0], *other.get_legend_handles_labels()[0]]
    axes.legend(lines, [line.get_label() for line in lines], loc="upper left", fontsize=7.5)


def _gains(axes: Any, gains: Sequence[tuple[str, float]]) -> None:
    record = dn.evidence.evidence("llzto_ccd_temperature_gradient")
    rows = [("measured", record.points[0].middle), *gains]
    colours = [LINES[1], *[LINES[0]] * len(gains)]
    axes.axvspan(1.5, 4.0, color=MUTED, alpha=0.15, lw=0)
    axes.barh(range(len(rows)), [value for _, value in rows], color=colours, height=0.6)
    for place, (_, value) in enumerate(rows):
        axes.text(value + 0.05, place, f"{value:.2g}", va="center", fontsize=8)
    axes.set_yticks(
        range(len(rows)), [name.replace(" on the ", "\non the ").replace(" by ", "\nby ") for name, _ in rows]
    )
    axes.invert_yaxis()
    axes.axvline(1.0, color=INK, lw=0.6)
    axes.set(xlim=(0.0, 4.3), xlabel="gain of the critical current", title="LLZTO, 20 K across")
