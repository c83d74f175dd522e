"""Figures of the theory models: regime maps, fits and comparisons."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .regime_map import RegimeMap
from .resolve import STATE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_REFUSED = "0.85"
_MAP = "cividis"
_LABEL = 45


def draw_map(regimes: RegimeMap, path: str | Path, output: str | None = None) -> Path:
    """Draws one answer over the two inputs; refused points grey, the line between safe and unsafe drawn."""
    import numpy as np

    name = output or next(iter(regimes.values))
    values = regimes.values[name]
    figure, axes = _figure()
    axes.set_facecolor(_REFUSED)
    if values.dtype.kind in "US":
        _draw_words(axes, regimes, values)
    else:
        finite = np.where(np.isfinite(values), values, np.nan)
        mesh = axes.pcolormesh(
            regimes.x, regimes.y, finite.T, shading="nearest", cmap=_MAP, norm=_norm(finite), rasterized=True
        )
        out = regimes.model.outputs[name]
        figure.colorbar(mesh, label=textwrap.fill(f"{out.meaning} [{out.unit}]", _LABEL))
    if regimes.safe is not None and regimes.safe.any() and not regimes.safe.all():
        axes.contour(
            regimes.x, regimes.y, regimes.safe.T.astype(float), levels=[0.5], colors="white", linewidths=1.5
        )
    _label(axes, regimes)
    axes.set_title(regimes.model.card.title)
    return _save(figure, path)


def _draw_words(axes: Axes, regimes: RegimeMap, values: Any) -> None:
    import numpy as np
    from matplotlib import colormaps
    from matplotlib.patches import Patch

    words = [word for word in np.unique(values) if word]
    codes = np.full(values.shape, np.nan)
    for code, word in enumerate(words):
        codes[values == word] = code
    colours = colormaps[_MAP].resampled(max(len(words), 2))
    axes.pcolormesh(
        regimes.x, regimes.y, codes.T, shading="nearest", cmap=colours, vmin=0, vmax=max(len(words) - 1, 1)
    )
    axes.legend(
        handles=[Patch(color=colours(i), label=word.replace("_", " ")) for i, word in enumerate(words)],
        fontsize=8,
        loc="center left",
        bbox_to_anchor=(1.01, 0.5),
    )


def _norm(values: Any) -> Any:
    import numpy as np
    from matplotlib.colors import LogNorm, Normalize

    seen = values[np.isfinite(values)]
    if seen.size and seen.min() > 0.0 and seen.max() > 30.0 * seen.min():
        return LogNorm(seen.min(), seen.max())
    return Normalize(seen.min(), seen.max()) if seen.size else Normalize(0.0, 1.0)


def _label(axes: Axes, regimes: RegimeMap) -> None:
    import numpy as np

    known = {STATE.name: STATE, **regimes.model.parameters()}
    for name, ticks, axis in ((regimes.x_name, regimes.x, "x"), (regimes.y_name, regimes.y, "y")):
        unit = known[name].unit
        getattr(axes, f"set_{axis}label")(f"{known[name].meaning} [{unit}]")
        if ticks[0] > 0.0 and not np.isclose(ticks[1] - ticks[0], ticks[-1] - ticks[-2]):
            getattr(axes, f"set_{axis}scale")("log")


def draw_fit(
    x: Any, y: Any, fitted: Any, labels: tuple[str, str], path: str | Path, log: bool = True
) -> Path:
    """Draws measured points with the fitted curve, and the residuals below."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.0, 5.5), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    upper.plot(x, y, "o", color="#00204d", label="measured")
    upper.plot(x, fitted, "-", color="#c8a200", label="fitted")
    upper.set_ylabel(labels[1])
    upper.legend()
    lower.axhline(0.0, color="0.5", linewidth=0.8)
    lower.plot(x, (y / fitted - 1.0) * 100.0 if log else y - fitted, "o", color="#00204d")
    lower.set_ylabel("residual [%]" if log else "residual")
    lower.set_xlabel(labels[0])
    if log:
        upper.set_xscale("log")
        upper.set_yscale("log")
    return _save(figure, path)


def draw_comparison(rows: list[Any], path: str | Path) -> Path:
    """Draws demand over limit of every model that decides something: left of 1 safe, right of 1 unsafe."""
    import numpy as np

    figure, axes = _figure(height=1.2 + 0.34 * max(len(rows), 1))
    for place, row in enumerate(rows):
        colour = "#00204d" if row.safe else "#c8a200"
        ratio = float(np.clip(row.ratio, 1e-6, 1e6))
        if row.spread is not None:
            axes.plot(np.clip(row.spread, 1e-6, 1e6), [place, place], color=colour, linewidth=3, alpha=0.4)
        axes.plot(ratio, place, "o" if row.safe else "s", color=colour)
    axes.axvline(1.0, color="0.4", linewidth=1.0)
    axes.set_xscale("log")
    axes.set_yticks(range(len(rows)), [f"{row.model} ({row.kind})" for row in rows])
    axes.set_xlabel("demand over limit (circles safe, squares not)")
    return _save(figure, path)


def _figure(height: float = 4.6) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, height), layout="constrained")
    return figure, figure.subplots()


def _save(figure: Any, path: str | Path) -> Path:
    path = Path(path)
    figure.savefig(path, dpi=150)
    return path
