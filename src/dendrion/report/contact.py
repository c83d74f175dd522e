"""Pictures of an interface with voids: the gap, what presses and what flows along it, and the gap over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dendrion.report.frames import Frames
from dendrion.report.style import (
    INK,
    LINES,
    METAL,
    METAL_EDGE,
    headline,
    new_figure,
    plain,
    unit_for,
    with_unit,
)
from dendrion.units import format_quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ROWS = (
    ("gap", "gap", "length"),
    ("contact_pressure", "pressure", "pressure"),
    ("interface_current_density", "current density, plating positive", "current_density"),
)


def has_contact(frames: Frames) -> bool:
    """Whether the run is one of an interface with voids."""
    return "gap" in frames.fields


def along_interface(frames: Frames, name: str, frame: int) -> NDArray[np.float64]:
    """A field of the interface, SI, over its lateral cells; a plane is cut through its largest gap."""
    values, gaps = frames.values(name, frame), frames.values("gap", len(frames) - 1)
    layer = values.sum(axis=0)  # these fields stand in one layer of cells
    if layer.ndim == 2:
        layer = layer[:, int(np.argmax(gaps.sum(axis=0).max(axis=0)))]
    return layer


def contact_profiles(frames: Frames, frame: int = -1) -> Figure:
    """Gap, pressure and current density along the interface of one frame."""
    frame = frame % len(frames)
    figure = new_figure(7.2, 5.6)
    y = frames.unit(frames.fields.y.values)
    first = None
    for row, (name, label, kind) in enumerate(_ROWS):
        axes = figure.add_subplot(3, 1, row + 1, sharex=first)
        first = first or axes
        values = along_interface(frames, name, frame)
        unit = unit_for(kind, [np.abs(frames.values(name, one)).max() for one in range(len(frames))])
        shown = unit(values)
        if name == "gap":
            _draw_metal(axes, y, shown, float(unit(_largest(frames))))
        else:
            axes.plot(y, shown, color=LINES[row - 1])
            axes.axhline(0.0, color=INK, lw=0.6)
        axes.set_ylabel(with_unit(label.partition(",")[0], unit))
        axes.set_title(
            label if name != "gap" else "metal (grey) under the electrolyte; white: void", fontsize=8.5
        )
        axes.set_xlim(0.0, float(frames.unit(frames.lengths[1])))
        plain(axes)
        axes.tick_params(labelbottom=row == 2)
    axes.set_xlabel(with_unit("y, along the interface", frames.unit))
    headline(figure, frames.folder.title, frames.caption(frame))
    return figure


def _draw_metal(axes: Any, y: NDArray[np.float64], gap: NDArray[np.float64], deepest: float) -> None:
    floor = -1.35 * max(deepest, 1e-30)
    axes.fill_between(y, floor, -gap, color=METAL, lw=0)
    axes.plot(y, -gap, color=METAL_EDGE, lw=0.9)
    axes.axhline(0.0, color=INK, lw=1.4)
    axes.set_ylim(floor, 0.08 * max(deepest, 1e-30))
    from matplotlib.ticker import FuncFormatter

    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):g}"))


def _largest(frames: Frames) -> float:
    return max(float(frames.values("gap", one).max()) for one in range(len(frames)))


def gap_over_time(frames: Frames) -> Figure:
    """The gap along the interface (upwards) over time (to the right)."""
    gaps = np.array([along_interface(frames, "gap", one) for one in range(len(frames))])
    unit, time = unit_for("length", gaps), unit_for("time", frames.times)
    figure = new_figure(7.2, 3.6)
    axes = figure.add_subplot()
    across = float(frames.unit(frames.lengths[1]))
    edges = np.linspace(0.0, across, gaps.shape[1] + 1)
    times = time(frames.times)
    middles = np.concatenate(([times[0]], 0.5 * (times[1:] + times[:-1]), [times[-1]]))
    image = axes.pcolormesh(middles, edges, unit(gaps).T, cmap="cividis", vmin=0.0, rasterized=True)
    figure.colorbar(image, ax=axes, label=with_unit("gap", unit), pad=0.01)
    axes.set(xlabel=with_unit("time", time), ylabel=with_unit("y", frames.unit), ylim=(0.0, across))
    headline(
        figure, frames.folder.title,
        f"the gap of the interface up to t = {format_quantity(float(frames.times[-1]), 'time')}",
    )  # fmt: skip
    return figure
