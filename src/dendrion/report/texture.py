"""Pictures of a film of grains: the map of its grains by orientation beside the share of every family over the height."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dendrion.report.frames import Frames, column
from dendrion.report.grains import boundary_segments
from dendrion.report.style import INK, headline, new_figure, plain, unit_for, with_unit
from dendrion.units import format_quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
"""Colours of the families, told apart with any common colour blindness (Okabe and Ito)."""

ELECTROLYTE = "#f1f1ee"

PALER = 0.22
"""How much paler every second grain of a family is [dimensionless]."""


def has_texture(frames: Frames) -> bool:
    """Whether the run is one of a film of grains."""
    return "metal_family" in frames.fields and "metal_grain" in frames.fields


def family_names(frames: Frames) -> list[str]:
    """Names of the families, as the columns of the history have them."""
    history = frames.history
    names = [] if history is None else [str(n) for n in history if str(n).startswith("share_")]
    return [name.removeprefix("share_") for name in names]


def share_over_height(families: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Share of every family in each row of the film, (count, rows); nan in rows that are not all metal."""
    metal = (families >= 0.0).all(axis=1)
    shares = np.array([(families == family).mean(axis=1) for family in range(count)])
    shares[:, ~metal] = np.nan
    return shares


def grain_map(frames: Frames, frame: int = -1) -> Figure:
    """Grains of one frame, the film growing upwards, and the families' shares beside it."""
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Patch

    frame = frame % len(frames)
    family, grain = frames.values("metal_family", frame), frames.values("metal_grain", frame)
    names = family_names(frames)
    height, width = (float(frames.unit(length)) for length in frames.lengths[:2])
    across = 4.6
    figure = new_figure(across + 2.9, max(across * height / width, 1.6) + 1.5)
    film, beside = figure.subplots(1, 2, sharey=True, width_ratios=(across, 1.9))
    film.imshow(
        picture(family, grain), origin="lower", extent=(0.0, width, 0.0, height), interpolation="nearest",
        aspect="auto",
    )  # fmt: skip
    segments = boundary_segments(grain, [height, width])[:, :, ::-1]
    film.add_collection(LineCollection(list(segments), colors=INK, linewidths=0.6))
    film.set(xlabel=with_unit("y, along the film", frames.unit), ylabel=with_unit("x, height", frames.unit))
    film.set(xlim=(0.0, width), ylim=(0.0, height))
    _draw_shares(beside, share_over_height(family, len(names)), height)
    handles = [
        Patch(facecolor=colour, edgecolor=INK, label=f"family {name}")
        for name, colour in zip(names, COLOURS, strict=False)
    ]
    handles.append(Patch(facecolor=ELECTROLYTE, edgecolor=INK, label="electrolyte"))
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    headline(figure, frames.folder.title, _details(frames, frame, names))
    return figure


def _details(frames: Frames, frame: int, names: list[str]) -> str:
    parts = [f"t = {format_quantity(float(frames.times[frame]), 'time', 3)}"]
    charge = frames.history_at("charge", frame)
    if charge is not None:
        parts.append(format_quantity(charge, "areal_capacity", 3))
    for name in names:
        share = frames.history_at(f"share_{name}", frame)
        if share is not None and np.isfinite(share):
            parts.append(f"{100.0 * share:.0f} % of the front is {name}")
    return "   ·   ".join(parts)


def picture(family: NDArray[np.float64], grain: NDArray[np.float64]) -> NDArray[np.float64]:
    """Colours of the cells, (nx, ny, 3): the family's, every second grain paler."""
    from matplotlib.colors import to_rgb

    shades = np.array([to_rgb(colour) for colour in COLOURS])
    colours = shades[np.maximum(family, 0.0).astype(int) % len(COLOURS)]
    pale = (grain.astype(int) % 2 == 1)[..., None]
    colours = np.where(pale, colours + PALER * (1.0 - colours), colours)
    return np.where((family < 0.0)[..., None], np.array(to_rgb(ELECTROLYTE)), colours)


def _draw_shares(axes: Any, shares: NDArray[np.float64], height: float) -> None:
    rows = (np.arange(shares.shape[1]) + 0.5) * height / shares.shape[1]
    for share, colour, style in zip(shares, COLOURS, ("-", "--", "-.", ":", "-", "--"), strict=False):
        axes.plot(100.0 * share, rows, color=colour, ls=style)
    axes.set(xlim=(0.0, 100.0), xlabel="share of the film [%]", xticks=(0, 50, 100))
    axes.tick_params(labelleft=False)
    plain(axes)


def shares_over_time(frames: Frames) -> Figure:
    """Shares of the front, and the width of its grains, over the charge."""
    history = frames.history
    assert history is not None
    charge = column(history, "charge").values
    unit = unit_for("areal_capacity", charge)
    figure = new_figure(7.2, 3.4)
    left, right = figure.subplots(1, 2)
    for name, colour in zip(family_names(frames), COLOURS, strict=False):
        left.plot(unit(charge), 100.0 * history[f"share_{name}"].values, color=colour, label=f"family {name}")
    left.set(xlabel=with_unit("charge", unit), ylabel="share of the front [%]", ylim=(-2.0, 102.0))
    left.legend(loc="center right")
    widths = column(history, "column_width").values
    length = unit_for("length", widths)
    right.plot(unit(charge), length(widths), color=INK)
    right.set(xlabel=with_unit("charge", unit), ylabel=with_unit("mean width of the grains", length))
    right.set_ylim(0.0, None)
    for axes in (left, right):
        plain(axes)
    headline(figure, frames.folder.title, "which orientation the front has, and how wide its grains are")
    return figure
