"""Grains of a run: their map, and their boundaries over the maps of fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dendrion.report.frames import Frames
from dendrion.report.style import INK, LINES, headline, new_figure, scale_bar, with_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHADES = ("#cfe3f2", "#f3e0c4", "#d3ead8", "#e6d9ec", "#f6f0c9", "#dfe3e8", "#f2d3d3")
"""Pale colours of grains; neighbours are told apart by the lines between them."""

PORE, PARTICLE = "#ffffff", "#5b4b8a"

TRANSFORMED = LINES[2]
"""Outline of what has expanded."""


def has_grains(frames: Frames) -> bool:
    """Whether a 2-D run has stored grains."""
    return "grain" in frames.fields and frames.dimension == 2


def boundary_segments(labels: NDArray[np.float64], lengths: list[float]) -> NDArray[np.float64]:
    """Edges of cells between two labels, (segments, 2 ends, 2 axes), in the unit of ``lengths``; walls have none."""
    steps = np.array([length / count for length, count in zip(lengths, labels.shape, strict=True)])
    found = []
    for axis in (0, 1):
        other = 1 - axis
        places = np.argwhere(np.diff(labels, axis=axis) != 0).astype(float)
        start, end = places.copy(), places.copy()
        start[:, axis] += 1.0
        end[:, axis] += 1.0
        end[:, other] += 1.0
        found.append(np.stack([start * steps, end * steps], axis=1))
    return np.concatenate(found)


def draw_boundaries(
    axes: Axes, frames: Frames, lengths: list[float], colour: str = "white", width: float = 0.6
) -> None:
    """Grain boundaries of a 2-D run over its map, under metal and cracks."""
    from matplotlib.collections import LineCollection

    segments = boundary_segments(frames.values("grain", 0), lengths)
    axes.add_collection(
        LineCollection(list(segments), colors=colour, linewidths=width, alpha=0.75, zorder=2.2)
    )


def draw_transformed(axes: Axes, frames: Frames, frame: int, lengths: list[float]) -> None:
    """Outline of the cells whose particles have expanded, over the map of a 2-D run."""
    from matplotlib.collections import LineCollection

    expanded = frames.values("transformed", frame) >= 0.5
    segments = boundary_segments(expanded.astype(float), lengths)
    axes.add_collection(LineCollection(list(segments), colors=TRANSFORMED, linewidths=1.2, zorder=2.6))


def microstructure_map(frames: Frames) -> Figure:
    """What was made or read: grains in pale colours with their boundaries, pores white, second phases dark."""
    from matplotlib.colors import to_rgb
    from matplotlib.patches import Patch

    labels = frames.values("grain", 0)
    picture = np.array([to_rgb(shade) for shade in SHADES])[labels.astype(int) % len(SHADES)]
    picture[labels == 0] = to_rgb(PORE)
    picture[labels < 0] = to_rgb(PARTICLE)
    lengths = [float(frames.unit(length)) for length in frames.lengths[:2]]
    ratio = lengths[1] / lengths[0]
    across = min(4.6, 5.5 / ratio)
    figure = new_figure(across + 1.6, across * ratio + 1.3)
    axes = figure.add_subplot()
    axes.imshow(
        picture.swapaxes(0, 1), origin="lower", extent=(0, lengths[0], 0, lengths[1]), interpolation="nearest",
        aspect="equal",
    )  # fmt: skip
    draw_boundaries(axes, frames, lengths, INK, 0.7)
    names = frames.axes
    axes.set(xlabel=with_unit(names[0], frames.unit), ylabel=with_unit(names[1], frames.unit))
    axes.set(xlim=(0, lengths[0]), ylim=(0, lengths[1]))
    kinds = [Patch(facecolor=PORE, edgecolor=INK, label="pore")] if np.any(labels == 0) else []
    kinds += [Patch(facecolor=PARTICLE, edgecolor=INK, label="second phase")] if np.any(labels < 0) else []
    if kinds:
        axes.legend(handles=kinds, loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0)
    scale_bar(axes, frames.unit, lengths[0])
    grains = np.unique(labels[labels > 0]).size
    share = float(frames.values("grain_boundary", 0).mean()) if "grain_boundary" in frames.fields else None
    details = f"{grains} grains" + (
        f"   ·   {100 * share:.0f} % of the area in the band of a boundary" if share is not None else ""
    )
    headline(figure, frames.folder.title, details)
    return figure
