"""Maps of a two-dimensional run: fields at the end with the metal on them, and the front over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dendrion.report.cracks import draw_crack
from dendrion.report.frames import Frames, Panel, spread_over
from dendrion.report.grains import draw_boundaries, draw_transformed, has_grains
from dendrion.report.style import (
    DEAD_METAL,
    INK,
    METAL,
    METAL_EDGE,
    headline,
    new_figure,
    plain,
    scale_bar,
    unit_for,
    with_unit,
)  # fmt: skip
from dendrion.units import format_quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

_LARGEST = 5.5  # height of a panel [inch]
_CONTOURS = 9
_LEVEL_LINES: dict[str, Any] = {
    "colors": "white",
    "linewidths": 0.45,
    "alpha": 0.6,
    "linestyles": "solid",
    "negative_linestyles": "solid",
}


def final_map(frames: Frames, frame: int = -1) -> Figure:
    """Field maps of one frame of a 2-D run, the metal filled grey on every one."""
    frame = frame % len(frames)
    panels = frames.panels([frame])
    ratio = frames.lengths[1] / frames.lengths[0]
    stacked = ratio < 0.55
    rows, columns = (len(panels), 1) if stacked else (1, len(panels))
    across = min(6.0 if stacked else 3.2, _LARGEST / ratio)
    figure = new_figure(columns * (across + 1.35) + 0.2, rows * (across * ratio + 0.75) + 0.7)
    for index, panel in enumerate(panels):
        axes = figure.add_subplot(rows, columns, index + 1)
        image = draw_field(axes, frames, panel, frame)
        colour_bar(axes, image, with_unit(panel.look.label, panel.unit), across)
        if index % columns:
            axes.set_ylabel("")
    headline(figure, frames.folder.title, frames.caption(frame))
    return figure


def colour_bar(axes: Axes, image: Any, label: str, across: float) -> Axes:
    """A colour bar as high as the axes, which are ``across`` [inch] wide."""
    bar = axes.inset_axes((1 + 0.08 / across, 0.0, 0.13 / across, 1.0))
    axes.figure.colorbar(image, cax=bar, label=label)
    return bar


def draw_field(axes: Axes, frames: Frames, panel: Panel, frame: int) -> AxesImage:
    """Draws one panel on axes in the run's length unit: field, its level lines, metal, scale bar."""
    plane = Plane(frames, frames.front(frame), (0, 1))
    image = plane.draw(axes, panel, frames.values(panel.name, frame))
    if has_grains(frames):
        draw_boundaries(axes, frames, plane.lengths)
    if "transformed" in frames.fields and frames.dimension == 2:
        draw_transformed(axes, frames, frame, plane.lengths)
    if "dead_metal" in frames.fields:
        plane.fill(axes, frames.values("dead_metal", frame), DEAD_METAL)
    if "damage" in frames.fields:
        draw_crack(axes, frames, frame, plane.lengths)
    scale_bar(axes, frames.unit, frames.unit(frames.lengths[0]))
    return image


class Plane:
    """A plane of cells in real lengths: where its cells and its picture lie."""

    def __init__(self, frames: Frames, front: NDArray[np.float64], directions: tuple[int, int]) -> None:
        self.frames, self.front, self.directions = frames, front, directions
        self.lengths = [float(frames.unit(frames.lengths[axis])) for axis in directions]
        counts = [frames.shape[axis] for axis in directions]
        self.centres = [
            (np.arange(count) + 0.5) * length / count
            for count, length in zip(counts, self.lengths, strict=True)
        ]

    def draw(self, axes: Axes, panel: Panel, values: NDArray[np.float64]) -> AxesImage:
        """Field with level lines under the metal."""
        shown = panel.unit(values)
        low, high = panel.unit(panel.low), panel.unit(panel.high)
        image = axes.imshow(
            shown.T, origin="lower", extent=(0, self.lengths[0], 0, self.lengths[1]),
            cmap=panel.look.colours, vmin=low, vmax=high, interpolation="bilinear", aspect="equal",
        )  # fmt: skip
        electrolyte = np.where(self.front < 0.5, shown, np.nan)
        levels = np.linspace(low, high, _CONTOURS + 2)[1:-1]
        present = electrolyte[self.front < 0.5]
        inside = present.size and present.min() < levels[-1] and present.max() > levels[0]
        # Boundaries cut up the level lines of the current.
        rough = panel.name == "electric_field" or (
            panel.name == "ionic_current_density" and has_grains(self.frames)
        )
        if not rough and high > low and inside:
            axes.contour(*self.centres, electrolyte.T, levels=levels, **_LEVEL_LINES)
        self.fill(axes, self.front, METAL)
        names = [self.frames.axes[axis] for axis in self.directions]
        axes.set_xlabel(with_unit(names[0], self.frames.unit))
        axes.set_ylabel(with_unit(names[1], self.frames.unit))
        axes.set_xlim(0, self.lengths[0])
        axes.set_ylim(0, self.lengths[1])
        return image

    def fill(self, axes: Axes, front: NDArray[np.float64], colour: str) -> None:
        """Fills where ``front`` exceeds one half, with an outline."""
        if not (front > 0.5).any():
            return
        centres, padded = self.to_the_edges(front)
        axes.contourf(*centres, padded.T, levels=[0.5, np.inf], colors=[colour], zorder=3)
        axes.contour(*centres, padded.T, levels=[0.5], colors=[METAL_EDGE], linewidths=0.9, zorder=4)

    def to_the_edges(self, front: NDArray[np.float64]) -> tuple[list[NDArray], NDArray]:
        """Continues the outermost cells by half a cell, so that the metal touches the frame."""
        centres = [
            np.concatenate(([0.0], centre, [length]))
            for centre, length in zip(self.centres, self.lengths, strict=True)
        ]
        return centres, np.pad(front, 1, mode="edge")


def evolution_map(frames: Frames, wanted: int = 6) -> Figure:
    """The front at several times, coloured by time; a 3-D run is cut through its tip."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    chosen = list(spread_over(len(frames), wanted))
    cut = tip_cell(frames.front(len(frames) - 1))[2] if len(frames.shape) == 3 else None
    plane = Plane(frames, _cut(frames.front(chosen[-1]), cut), (0, 1))
    ratio = frames.lengths[1] / frames.lengths[0]
    across = min(4.6, _LARGEST / ratio)
    figure = new_figure(across + 1.45, across * ratio + 1.3)
    axes = figure.add_subplot()
    unit = unit_for("time", frames.times)
    colours = ScalarMappable(Normalize(0, float(unit(frames.times[-1])) or 1.0), "viridis_r")
    centres, last = plane.to_the_edges(_cut(frames.front(chosen[-1]), cut))
    axes.contourf(*centres, last.T, levels=[0.5, np.inf], colors=["#eceef0"])
    for index in chosen:
        _, front = plane.to_the_edges(_cut(frames.front(index), cut))
        if front.min() < 0.5 < front.max():
            shade = colours.to_rgba(np.asarray(unit(frames.times[index])))
            axes.contour(*centres, front.T, levels=[0.5], colors=[shade], linewidths=1.5)
    axes.set(
        aspect="equal", xlim=(0, plane.lengths[0]), ylim=(0, plane.lengths[1]),
        xlabel=with_unit("x", frames.unit), ylabel=with_unit("y", frames.unit),
    )  # fmt: skip
    bar = colour_bar(axes, colours, with_unit("time", unit), across)
    for index in chosen:
        bar.axhline(float(unit(frames.times[index])), color="white", lw=1.2)
    details = f"the front at {len(chosen)} times up to t = {format_quantity(float(frames.times[-1]), 'time')}"
    if cut is not None:
        depth = float(frames.unit((cut + 0.5) * frames.lengths[2] / frames.shape[2]))
        details += f"   ·   section z = {depth:.3g} {frames.unit.label}"
    headline(figure, frames.folder.title, details)
    return figure


def profiles(frames: Frames) -> Figure:
    """Fields over x at the end, for a run that is flat by construction."""
    panels = frames.panels([len(frames) - 1])
    figure = new_figure(6.2, 1.9 * len(panels) + 0.9)
    front = frames.front(len(frames) - 1).reshape(frames.shape[0], -1)[:, 0]
    x = frames.unit(frames.fields.x.values)
    first = None
    for index, panel in enumerate(panels):
        axes = figure.add_subplot(len(panels), 1, index + 1, sharex=first)
        first = first or axes
        values = panel.unit(frames.values(panel.name, -1).reshape(frames.shape[0], -1)[:, 0])
        axes.plot(x, np.where(front < 0.5, values, np.nan), color=INK)
        axes.axvspan(0, (front >= 0.5).sum() * (x[1] - x[0]), color=METAL, lw=0)
        axes.set_ylabel(with_unit(panel.look.label, panel.unit))
        axes.set_xlim(0, float(frames.unit(frames.lengths[0])))
        plain(axes)
    axes.set_xlabel(with_unit("x", frames.unit))
    headline(figure, frames.folder.title, frames.caption(len(frames) - 1) + "   ·   grey: metal")
    return figure


def tip_cell(front: NDArray[np.float64]) -> tuple[int, ...]:
    """Cell of the furthest metal."""
    metal = front > 0.5
    reach = np.where(metal.any(axis=0), metal.shape[0] - np.argmax(metal[::-1], axis=0), 0)
    lateral = np.unravel_index(np.argmax(reach), reach.shape)
    return (max(int(reach.max()) - 1, 0), *(int(index) for index in lateral))


def _cut(array: NDArray[np.float64], plane: int | None) -> NDArray[np.float64]:
    return array if plane is None else array[:, :, plane]
