"""Evidence drawn: values of records over a condition, or side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dendrion.errors import InputError
from dendrion.evidence import CONDITIONS, QUANTITIES, Evidence, Point
from dendrion.report.style import LINES, RC, Unit, new_figure, plain, unit_for, with_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARKERS = {"experiment": "o", "model": "s", "exact": "D", "benchmark": "^"}
_DECADES = 10.0
_MOST_ROWS = 60


def draw_evidence(records: Sequence[Evidence], path: Path, against: str | None = None) -> Path:
    """Draws the values of one quantity: over a condition, or as rows where none is named.

    Arguments:
        records: of one quantity.
        path: file to write (png).
        against: a name of ``CONDITIONS``; points without it are left out.

    Raises:
        InputError: no values to draw, or of several quantities.
    """
    import matplotlib

    from dendrion.runs.files import replacing

    quantities = sorted({record.quantity for record in records})
    if len(quantities) > 1:
        raise InputError(
            "records of several quantities don't go into one figure", field="quantity",
            allowed=", ".join(quantities), hint=f"--quantity {quantities[0]}",
        )  # fmt: skip
    chosen = [
        (record, point) for record in records for point in record.points
        if point.is_number and (against is None or against in point.at)
    ]  # fmt: skip
    if not chosen:
        what = f"state {against.replace('_', ' ')} with a value" if against else "have a value"
        raise InputError(f"none of these records {what}", field="against" if against else "evidence")
    unit = _unit(QUANTITIES[quantities[0]].kind, [point.middle for _, point in chosen])
    height = 4.2 if against else 1.2 + 0.24 * min(len(chosen), _MOST_ROWS)
    with matplotlib.rc_context(RC):
        figure = new_figure(7.6, height)
        axes = figure.add_subplot()
        (_over if against else _rows)(axes, chosen, unit, against or "")
        plain(axes)
        label = with_unit(quantities[0].replace("_", " "), unit)
        axes.set_ylabel(label) if against else axes.set_xlabel(label)
        with replacing(path) as temporary:
            figure.savefig(temporary, format="png")
    return path


def _over(axes: Axes, chosen: list[tuple[Evidence, Point]], unit: Unit, against: str) -> None:
    across = _unit(CONDITIONS[against].kind, [point.at[against] for _, point in chosen])
    names = list(dict.fromkeys(record.id for record, _ in chosen))
    for index, name in enumerate(names):
        mine = [(record, point) for record, point in chosen if record.id == name]
        colour, record = LINES[index % len(LINES)], mine[0][0]
        x = [across(point.at[against]) for _, point in mine]
        y = [unit(point.middle) for _, point in mine]
        spread = np.array([_arms(point, unit) for _, point in mine]).T
        axes.errorbar(
            x, y, yerr=spread, fmt=_MARKERS[record.type], color=colour, ms=5.5, capsize=2.5,
            label=f"{record.id} ({record.source or record.doi})",
        )  # fmt: skip
        for place, (_, point) in zip(zip(x, y, strict=True), mine, strict=True):
            _bound(axes, point, place, colour, up=(0, 14))
    _logarithmic(axes, [unit(point.middle) for _, point in chosen], "y")
    axes.set_xlabel(with_unit(against.replace("_", " "), across))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), fontsize=7)


def _rows(axes: Axes, chosen: list[tuple[Evidence, Point]], unit: Unit, _: str) -> None:
    shown = chosen[:_MOST_ROWS]
    names = list(dict.fromkeys(record.id for record, _ in shown))
    for row, (record, point) in enumerate(shown):
        colour = LINES[names.index(record.id) % len(LINES)]
        spread = np.array([_arms(point, unit)]).T
        value = unit(point.middle)
        axes.errorbar(
            [value], [row], xerr=spread, fmt=_MARKERS[record.type], color=colour, ms=5.5, capsize=2.5
        )
        _bound(axes, point, (value, row), colour, up=(14, 0))
    axes.set_yticks(range(len(shown)), [_row_label(record, point) for record, point in shown], fontsize=7)
    axes.invert_yaxis()
    _logarithmic(axes, [unit(point.middle) for _, point in shown], "x")
    axes.grid(axis="y", lw=0.3)


def _row_label(record: Evidence, point: Point) -> str:
    at = ", ".join(_condition(name, value) for name, value in point.at.items())
    return " · ".join(part for part in (record.id, point.label, at) if part)


def _condition(name: str, value: float) -> str:
    from dendrion.units import format_quantity

    kind = CONDITIONS[name].kind
    text = format_quantity(value, kind, 3)
    return f"{name.replace('_', ' ')} {text}" if kind == "dimensionless" else text


def _arms(point: Point, unit: Unit) -> tuple[float, float]:
    low, high = point.ends
    middle = point.middle
    return abs(unit(middle) - unit(low)), abs(unit(high) - unit(middle))


def _bound(axes: Axes, point: Point, place: tuple[Any, Any], colour: str, up: tuple[int, int]) -> None:
    """An arrow away from a value that is a limit only."""
    if point.bound is None:
        return
    sign = 1 if point.bound == "lower" else -1
    axes.annotate(
        "", xy=place, xytext=(sign * up[0], sign * up[1]), textcoords="offset points",
        arrowprops={"arrowstyle": "<-", "color": colour},
    )  # fmt: skip


def _logarithmic(axes: Axes, values: list[float], axis: str) -> None:
    """Decades where the values span more than one."""
    positive = [value for value in values if value > 0]
    if positive and max(positive) > _DECADES * min(positive):
        scale = "log" if len(positive) == len(values) else "symlog"
        more = {} if scale == "log" else {"linthresh": min(positive)}
        (axes.set_yscale if axis == "y" else axes.set_xscale)(scale, **more)


def _unit(kind: str, values: list[float]) -> Unit:
    from dendrion.units import KINDS

    return unit_for(kind, values) if kind in KINDS else Unit("SI")
