"""Cracks: drawn over a map, empty or filled with metal, and along their path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dendrion.report.frames import Frames, spread_over
from dendrion.report.style import CRACK, METAL, headline, new_figure, plain, unit_for, with_unit
from dendrion.units import format_quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

VISIBLE = 0.5
"""Damage from which a cell is drawn as a crack [dimensionless]."""

WETTED = 1e-4
"""Metal in the neighbourhood of a broken cell from which it is drawn as filled [dimensionless]: the metal of a crack is
spread over the cells of its band, whichever of them holds it."""

_CURVES = (
    ("crack_filling", "opening filled with metal", "length"),
    ("crack_pressure", "pressure of the metal", "pressure"),
)


def has_crack(frames: Frames) -> bool:
    """Whether the run has a crack that metal can fill."""
    return "damage" in frames.fields and "crack_filling" in frames.fields and frames.dimension == 2


def draw_crack(axes: Axes, frames: Frames, frame: int, lengths: list[float]) -> None:
    """Broken cells of a 2-D frame over its map: black where empty, in the metal's colour where filled."""
    from matplotlib.colors import to_rgb

    damage = frames.values("damage", frame)
    filled = np.zeros(damage.shape, bool)
    if "crack_filling" in frames.fields:
        from scipy.ndimage import maximum_filter

        filled = maximum_filter(frames.values("crack_filling", frame), size=3) > WETTED
    picture = np.zeros((*damage.shape, 4))
    picture[..., :3] = np.where(filled[..., None], to_rgb(METAL), to_rgb(CRACK))
    picture[..., 3] = np.clip((damage - VISIBLE) / (0.95 - VISIBLE), 0.0, 1.0)
    axes.imshow(
        picture.swapaxes(0, 1), origin="lower", extent=(0, lengths[0], 0, lengths[1]),
        interpolation="nearest", aspect="equal", zorder=2.5,
    )  # fmt: skip


def along_crack(frames: Frames, frame: int) -> dict[str, NDArray[np.float64]]:
    """x, opening filled with metal [m] and pressure of the metal [Pa] of the deepest crack of a 2-D frame.

    The opening is the sum of the metal over the band of the crack times the cell size across it.
    """
    from scipy.ndimage import label

    pieces, _ = label(frames.values("damage", frame) >= VISIBLE)
    deepest = 0
    if pieces.any():
        deepest = pieces[int(np.argwhere(pieces > 0)[:, 0].max())].max()
    band = (pieces == deepest) & (pieces > 0)
    across = band.any(axis=1)
    size = frames.lengths[1] / frames.shape[1]
    filling = np.where(band, frames.values("crack_filling", frame), 0.0).sum(axis=1) * size
    pressure = np.where(band, frames.values("crack_pressure", frame), 0.0).max(axis=1)
    return {
        "x": frames.fields.x.values[across],
        "crack_filling": filling[across],
        "crack_pressure": pressure[across],
    }


def crack_profiles(frames: Frames) -> Figure:
    """Opening and pressure of the metal in the deepest crack over the distance from the anode, at several times."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    time = unit_for("time", frames.times)
    colours = ScalarMappable(Normalize(0, float(time(frames.times[-1])) or 1.0), "viridis_r")
    figure = new_figure(7.6, 3.4)
    grid = figure.subplots(1, 2, sharex=True)
    chosen = list(spread_over(len(frames), 7))
    found = [along_crack(frames, index) for index in chosen]
    for axes, (name, label, kind) in zip(grid, _CURVES, strict=True):
        unit = unit_for(kind, np.concatenate([lines[name] for lines in found]))
        for index, lines in zip(chosen, found, strict=True):
            shade = colours.to_rgba(np.asarray(time(frames.times[index])))
            axes.plot(frames.unit(lines["x"]), unit(lines[name]), color=shade)
        axes.set(xlabel=with_unit("x", frames.unit), ylabel=with_unit(label, unit))
        axes.set_xlim(0, float(frames.unit(frames.lengths[0])))
        axes.set_ylim(bottom=0.0)
        plain(axes)
    figure.colorbar(colours, ax=list(grid), label=with_unit("time", time), pad=0.01, aspect=30)
    headline(
        figure, frames.folder.title,
        f"along the crack, up to t = {format_quantity(float(frames.times[-1]), 'time')}",
    )  # fmt: skip
    return figure
