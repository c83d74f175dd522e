"""The picture of a three-dimensional run: the metal in its box, and three sections through its tip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dendrion.report.frames import Frames
from dendrion.report.maps import Plane, colour_bar, tip_cell
from dendrion.report.style import headline, new_figure, scale_bar, with_unit
from dendrion.report.volume import draw_volume

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SECTIONS = ((0, 1), (0, 2), (1, 2))


def final_solid(frames: Frames, frame: int = -1) -> Figure:
    """The metal at the end with sections through its tip along each pair of axes."""
    frame = frame % len(frames)
    panel = frames.panels([frame])[0]
    front, values = frames.front(frame), frames.values(panel.name, frame)
    tip = tip_cell(front)
    middle = (int(0.5 * (tip[0] + _base(front))), tip[1], tip[2])
    figure = new_figure(9.4, 7.2)
    halves: Any = figure.subfigures(1, 2, width_ratios=(1.55, 1.0))
    left, right = halves
    draw_volume(left.add_subplot(), frames, frame)
    heights = [frames.lengths[across] / frames.lengths[along] for along, across in _SECTIONS]
    label = with_unit(panel.look.label, panel.unit)
    grid = right.subplots(3, 1, height_ratios=heights)
    for axes, directions in zip(grid, _SECTIONS, strict=True):
        normal = ({0, 1, 2} - set(directions)).pop()
        cut = tuple(slice(None) if axis in directions else middle[axis] for axis in range(3))
        plane = Plane(frames, front[cut], directions)
        image = plane.draw(axes, panel, values[cut])
        scale_bar(axes, frames.unit, plane.lengths[0])
        colour_bar(axes, image, label if directions == (0, 2) else "", 2.4)
        where = float(frames.unit((middle[normal] + 0.5) * frames.lengths[normal] / frames.shape[normal]))
        axes.set_title(f"{frames.axes[normal]} = {where:.3g} {frames.unit.label}", fontsize=8.5)
    headline(figure, frames.folder.title, frames.caption(frame))
    return figure


def _base(front: NDArray[np.float64]) -> int:
    """Where the closed layer of metal ends [cells]."""
    return int((front > 0.5).all(axis=(1, 2)).sum())
