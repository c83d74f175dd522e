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

WETTED = 1e-10
"""Opening of metal from which a crack is drawn as filled [m]: less than an atom."""

_CURVES = (
    ("crack_filling", "metal in the crack", "length"),
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
        filled = frames.values("crack_filling", frame) > WETTED
    picture = np.zeros((*damage.shape, 4))
    picture[..., :3] = np.where(filled[..., None], to_rgb(METAL), to_rgb(CRACK))
    picture[..., 3] = np.clip((damage - VISIBLE) / (0.95 - VISIBLE), 0.0, 1.0)
    axes.imshow(
        picture.swapaxes(0, 1), origin="lower", extent=(0, lengths[0], 0, lengths[1]),
        interpolation="nearest", aspect="equal", zorder=2.5,
    )  # fmt: skip


def along_crack(frames: Frames, name: str, frame: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distance x [m] and the largest value of a field over the section at x, where there is a crack."""
    damage, values = frames.values("damage", frame), frames.values(name, frame)
    broken = damage >= VISIBLE
    across = broken.any(axis=1)
    largest = np.where(broken, values, -np.inf).max(axis=1)
    return frames.fields.x.values[across], largest[across]


def crack_profiles(frames: Frames) -> Figure:
    """Opening of the metal in the crack and its pressure over the distance from the anode, at several times."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    time = unit_for("time", frames.times)
    colours = ScalarMappable(Normalize(0, float(time(frames.times[-1])) or 1.0), "viridis_r")
    figure = new_figure(7.6, 3.4)
    grid = figure.subplots(1, 2, sharex=True)
    for axes, (name, label, kind) in zip(grid, _CURVES, strict=True):
        lines = [(index, *along_crack(frames, name, index)) for index in spread_over(len(frames), 7)]
        everything = np.concatenate([values for _, _, values in lines]) if lines else np.zeros(1)
        unit = unit_for(kind, everything)
        for index, x, values in lines:
            shade = colours.to_rgba(np.asarray(time(frames.times[index])))
            axes.plot(frames.unit(x), unit(values), color=shade)
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
