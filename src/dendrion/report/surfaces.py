"""Sweeps drawn: curves over one axis, heat maps over two, response surfaces through scattered points."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dendrion.report.style import INK, LINES, MUTED, RC, Unit, new_figure, plain, unit_for, with_unit
from dendrion.report.tables import label
from dendrion.study.dataset import unit_of
from dendrion.study.sensitivity import Sensitivity, varying
from dendrion.unit_kinds import KINDS

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_PAIRS = 6
_MOST_CURVES = 6
_SURFACE = 60
_RESERVED = 1e-10


def draw_sweep(dataset: xarray.Dataset, folder: Path, quantities: list[str] | None = None) -> list[Path]:
    """Draws the results of a sweep that vary, a figure each.

    Grids of one axis are curves, of more axes heat maps of the first two at every value of the others (at most
    six panels). Random and Sobol points are drawn with the response surface through them, a quadratic polynomial
    in the axes by least squares, with the share of the variance that it explains under leave-one-out.

    Args:
        dataset: of a sweep, as ``SweepFolder.dataset``.
        folder: where ``sweep_RESULT.png`` go.
        quantities: results to draw; default those that vary.

    Returns:
        the files written; none where nothing varies.
    """
    import matplotlib

    from dendrion.runs.files import replacing

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with matplotlib.rc_context(RC):
        for name in quantities if quantities is not None else varying(dataset):
            figure = _grid(dataset, name) if "case" not in dataset.dims else _scattered(dataset, name)
            path = folder / f"sweep_{name}.png"
            with replacing(path) as temporary:
                figure.savefig(temporary, format="png")
            written.append(path)
    return written


def draw_sensitivity(found: list[Sensitivity], path: Path) -> Path:
    """Bars of first-order and delta indices with their 95 % intervals, a panel a result."""
    import matplotlib

    from dendrion.runs.files import replacing

    with matplotlib.rc_context(RC):
        figure = new_figure(7.6, 0.9 + 0.75 * len(found) * max(1.0, 0.4 * len(found[0].names)))
        panels = np.atleast_1d(figure.subplots(len(found), 1, sharex=True))
        for axes, one in zip(panels, found, strict=True):
            rows = np.arange(len(one.names))
            for shift, values, colour, text in (
                (-0.2, one.first, LINES[0], "first order"), (0.2, one.delta, LINES[1], "delta"),
            ):  # fmt: skip
                numbers, widths = np.array(values).T
                axes.barh(rows + shift, numbers, 0.36, xerr=widths, color=colour, label=text, ecolor=INK)
            axes.set_yticks(rows, one.names)
            axes.set_title(f"{label(one.quantity)} ({one.cases} cases)")
            axes.invert_yaxis()
            plain(axes)
        panels[-1].set_xlabel("sensitivity index")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
        with replacing(path) as temporary:
            figure.savefig(temporary, format="png")
    return path


def _unit(unit: str, values: Any) -> Unit:
    """The unit that people read for values in an SI unit."""
    kind = next((kind.name for kind in KINDS.values() if kind.unit == unit and unit), None)
    return unit_for(kind, values) if kind else Unit(unit if unit not in ("", "1") else "")


def _axis(dataset: xarray.Dataset, name: str) -> tuple[np.ndarray, str, list[str] | None]:
    """Positions along an axis, its label, and the words at the ticks where the values are no numbers."""
    values = dataset[name].values
    text = name.replace("_", " ")
    if values.dtype.kind in "fiu":
        unit = _unit(dataset[name].attrs.get("units", "1"), values)
        return unit(values.astype(float)), with_unit(text, unit), None
    words = list(dict.fromkeys(map(str, values)))
    return np.array([float(words.index(str(value))) for value in values]), text, words


def _grid(dataset: xarray.Dataset, name: str) -> Figure:
    axes_names = list(dataset.attrs["axes"])
    unit = _unit(unit_of(name), dataset[name].values)
    figure = new_figure(7.6, 4.4)
    figure.suptitle(with_unit(label(name), unit), x=0.01, ha="left", fontsize=11, fontweight="bold")
    if len(axes_names) == 1:
        axes = figure.add_subplot()
        x, text, words = _axis(dataset, axes_names[0])
        axes.plot(x, unit(dataset[name].values), "o-", color=LINES[0])
        axes.set_xlabel(text)
        _ticks(axes, words, "x")
        plain(axes)
        return figure
    others = axes_names[2:]
    slices = _slices(dataset, others)[:_MOST_CURVES]
    columns = min(3, len(slices))
    panels = np.atleast_1d(
        figure.subplots(-(-len(slices) // columns), columns, sharex=True, sharey=True)
    ).ravel()
    shown = unit(dataset[name].values)
    limits = float(np.nanmin(shown)), float(np.nanmax(shown))
    for axes, (title, selected) in zip(panels, slices, strict=False):
        image = _heat_map(axes, selected, axes_names[:2], unit(selected[name].values), limits)
        axes.set_title(title, fontsize=8)
    for axes in panels[len(slices) :]:
        axes.remove()
    figure.colorbar(image, ax=list(panels[: len(slices)]))
    return figure


def _heat_map(
    axes: Axes, dataset: xarray.Dataset, names: list[str], values: Any, limits: tuple[float, float]
) -> Any:
    """Cells around the points of the grid; cases that failed are crossed."""
    (x, x_text, x_words), (y, y_text, y_words) = (_axis(dataset, name) for name in names)
    values = dataset[next(iter(dataset.data_vars))].copy(data=values).transpose(*names).values.T
    order = np.argsort(x), np.argsort(y)
    values = values[np.ix_(order[1], order[0])]
    x, y = x[order[0]], y[order[1]]
    image = axes.pcolormesh(x, y, values, shading="nearest", cmap="viridis", vmin=limits[0], vmax=limits[1])
    missing = np.argwhere(~np.isfinite(values))
    axes.plot(x[missing[:, 1]], y[missing[:, 0]], "x", color=MUTED, ms=6)
    axes.set_xlabel(x_text)
    axes.set_ylabel(y_text)
    _ticks(axes, x_words, "x")
    _ticks(axes, y_words, "y")
    return image


def _slices(dataset: xarray.Dataset, names: list[str]) -> list[tuple[str, xarray.Dataset]]:
    """The dataset at every combination of the values of the axes ``names``."""
    found = [("", dataset)]
    for name in names:
        found = [
            (", ".join(part for part in (title, f"{name} {_short(one[name].values[index])}") if part),
             one.isel({name: index}))
            for title, one in found for index in range(dataset.sizes[name])
        ]  # fmt: skip
    return found


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float | int | np.floating | np.integer) else str(value)


def _ticks(axes: Axes, words: list[str] | None, axis: str) -> None:
    if words is not None:
        set_ticks = axes.set_xticks if axis == "x" else axes.set_yticks
        set_ticks(range(len(words)), [word[:18] for word in words], fontsize=7)


def _scattered(dataset: xarray.Dataset, name: str) -> Figure:
    names = list(dataset.attrs["axes"])
    unit = _unit(unit_of(name), dataset[name].values)
    values = unit(dataset[name].values)
    columns = [_axis(dataset, one) for one in names]
    points = np.column_stack([column[0] for column in columns])
    known = np.isfinite(values)
    surface = fit_surface(points[known], values[known])
    title = with_unit(label(name), unit)
    if surface is not None:
        title += f"   ·   quadratic surface, {100 * surface.explained:.0f} % of the variance (leave-one-out)"
    if len(names) == 1:
        figure = new_figure(7.6, 4.0)
        axes = figure.add_subplot()
        axes.plot(points[known, 0], values[known], "o", color=LINES[0], ms=4)
        if surface is not None:
            x = np.linspace(points[:, 0].min(), points[:, 0].max(), 200)
            axes.plot(x, surface(x[:, None]), color=LINES[1])
        axes.set_xlabel(columns[0][1])
        plain(axes)
    else:
        pairs = list(combinations(range(len(names)), 2))[:_MOST_PAIRS]
        figure = new_figure(3.9 * min(3, len(pairs)) + 1.0, 3.5 * -(-len(pairs) // 3) + 0.4)
        panels = np.atleast_1d(figure.subplots(-(-len(pairs) // 3), min(3, len(pairs)))).ravel()
        for axes, (i, j) in zip(panels, pairs, strict=False):
            image = _pair(axes, points, values, known, (i, j), surface)
            axes.set_xlabel(columns[i][1])
            axes.set_ylabel(columns[j][1])
        for axes in panels[len(pairs) :]:
            axes.remove()
        figure.colorbar(image, ax=list(panels[: len(pairs)]))
    figure.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return figure


def _pair(
    axes: Axes, points: Any, values: Any, known: Any, pair: tuple[int, int], surface: Surface | None
) -> Any:
    """Points over two axes on the surface, all other axes at their medians."""
    i, j = pair
    limits: dict[str, Any] = {
        "vmin": float(values[known].min()),
        "vmax": float(values[known].max()),
        "cmap": "viridis",
    }
    if surface is not None:
        x, y = (np.linspace(points[:, k].min(), points[:, k].max(), _SURFACE) for k in pair)
        box = np.tile(np.median(points, axis=0), (_SURFACE * _SURFACE, 1))
        grid = np.meshgrid(x, y)
        box[:, i], box[:, j] = grid[0].ravel(), grid[1].ravel()
        axes.pcolormesh(
            x, y, surface(box).reshape(_SURFACE, _SURFACE), shading="nearest", alpha=0.85, **limits
        )
    image = axes.scatter(
        points[known, i], points[known, j], c=values[known], s=14, edgecolors=INK, lw=0.4, **limits
    )
    axes.plot(points[~known, i], points[~known, j], "x", color=MUTED, ms=5)
    return image


class Surface:
    """A quadratic polynomial in scaled inputs.

    Attributes:
        explained: share of the variance that it predicts for points left out one by one [dimensionless].
    """

    def __init__(self, middle: Any, width: Any, coefficients: Any, explained: float) -> None:
        self._middle, self._width, self._coefficients = middle, width, coefficients
        self.explained = explained

    def __call__(self, points: Any) -> Any:
        """Values at points of shape [n, axes]."""
        return _terms((points - self._middle) / self._width) @ self._coefficients


def fit_surface(points: np.ndarray, values: np.ndarray) -> Surface | None:
    """The quadratic response surface through scattered results by least squares.

    y = b₀ + Σ bᵢ xᵢ + Σ bᵢⱼ xᵢ xⱼ in inputs scaled to [-1, 1]; leave-one-out residuals r/(1 − h) with the
    leverage h give the share of the variance explained.

    Args:
        points: inputs, shape [n, axes].
        values: results, shape [n].

    Returns:
        the surface, or None where there are fewer than twice as many points as terms.
    """
    middle = 0.5 * (points.max(0) + points.min(0)) if len(points) else np.zeros(points.shape[1])
    width = np.maximum(0.5 * np.ptp(points, axis=0), 1e-300) if len(points) else np.ones(points.shape[1])
    terms = _terms((points - middle) / width)
    if len(points) < 2 * terms.shape[1]:
        return None
    q, r = np.linalg.qr(terms)
    if np.min(np.abs(np.diag(r))) < _RESERVED * np.max(np.abs(np.diag(r))):
        return None
    coefficients = np.linalg.solve(r, q.T @ values)
    left_out = (values - terms @ coefficients) / np.maximum(1.0 - (q**2).sum(1), 1e-12)
    variance = float(np.sum((values - values.mean()) ** 2))
    explained = 1.0 - float(np.sum(left_out**2)) / variance if variance > 0.0 else 0.0
    return Surface(middle, width, coefficients, max(explained, 0.0))


def _terms(scaled: Any) -> Any:
    count = scaled.shape[1]
    products = [scaled[:, i] * scaled[:, j] for i in range(count) for j in range(i, count)]
    return np.column_stack([np.ones(len(scaled)), scaled, *products])
