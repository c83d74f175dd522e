"""Pictures of metal inside a polycrystal: which hangs on the electrode, which is isolated, what drives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dendrion.report.frames import Frames, spread_over
from dendrion.report.grains import draw_boundaries, has_grains
from dendrion.report.style import (
    DEAD_METAL,
    INK,
    LOOKS,
    METAL_EDGE,
    headline,
    new_figure,
    scale_bar,
    unit_for,
    with_unit,
)
from dendrion.units import format_quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FAINTEST = 0.25
"""Opacity of the least metal that is drawn [dimensionless]: a nucleus must be seen."""

PORE = "#bcd4e6"
"""Colour of pores."""

LEAST = 1e-3
"""Filled share below which a cell is drawn as empty [dimensionless]."""


def has_network(frames: Frames) -> bool:
    """Whether a 2-D run is one of metal inside an electrolyte."""
    return "excess_potential" in frames.fields and "dead_metal" in frames.fields and frames.dimension == 2


def network_map(frames: Frames, frame: int = -1) -> Figure:
    """Excess potential beside the metal, dark where it hangs on the electrode, orange where it is isolated."""
    frame = frame % len(frames)
    lengths = _lengths(frames)
    ratio = lengths[1] / lengths[0]
    across = min(3.5, 4.5 / ratio)
    figure = new_figure(2 * across + 2.3, across * ratio + 1.45)
    left, right = figure.add_subplot(1, 2, 1), figure.add_subplot(1, 2, 2)
    look, values = LOOKS["excess_potential"], frames.values("excess_potential", frame)
    unit = unit_for(look.kind, values)
    most = float(np.abs(unit(values)).max()) or 1.0
    image = left.imshow(
        unit(values).T, origin="lower", extent=(0, lengths[0], 0, lengths[1]), cmap=look.colours, vmin=-most, vmax=most,
        interpolation="nearest", aspect="equal",
    )  # fmt: skip
    bar = left.inset_axes((1 + 0.08 / across, 0.0, 0.13 / across, 1.0))
    figure.colorbar(image, cax=bar, label=with_unit(look.label, unit))
    draw_metal(right, frames, frame)
    for axes in (left, right):
        if has_grains(frames):
            draw_boundaries(axes, frames, lengths, INK, 0.4)
        axes.set(xlabel=with_unit("x", frames.unit), xlim=(0, lengths[0]), ylim=(0, lengths[1]))
    left.set_ylabel(with_unit("y", frames.unit))
    scale_bar(left, frames.unit, lengths[0])
    _legend(right, frames)
    headline(figure, frames.folder.title, frames.caption(frame))
    return figure


def network_over_time(frames: Frames, wanted: int = 4) -> Figure:
    """The metal at several times, beside each other."""
    chosen = list(spread_over(len(frames), wanted + 1))[1:]
    lengths = _lengths(frames)
    ratio = lengths[1] / lengths[0]
    across = min(2.4, 4.0 / ratio)
    figure = new_figure(len(chosen) * (across + 0.25) + 0.8, across * ratio + 1.6)
    first = None
    for place, frame in enumerate(chosen):
        axes = figure.add_subplot(1, len(chosen), place + 1, sharey=first)
        first = first or axes
        draw_metal(axes, frames, frame)
        if has_grains(frames):
            draw_boundaries(axes, frames, lengths, INK, 0.3)
        axes.set(xlabel=with_unit("x", frames.unit), xlim=(0, lengths[0]), ylim=(0, lengths[1]))
        axes.set_title(f"t = {format_quantity(float(frames.times[frame]), 'time', 3)}", fontsize=8.5)
        axes.tick_params(labelleft=place == 0)
    if first is not None:
        first.set_ylabel(with_unit("y", frames.unit))
    headline(
        figure, frames.folder.title,
        "metal over time; dark: connected with the plating electrode (left), orange: isolated",
    )  # fmt: skip
    return figure


def draw_metal(axes: Axes, frames: Frames, frame: int) -> Any:
    """Filled places on white: dark where metal is connected, orange where not, fainter the less there is."""
    from matplotlib.colors import to_rgb

    filled, isolated = frames.values("order_parameter", frame), frames.values("dead_metal", frame)
    alone = (isolated > LEAST)[..., None]
    colour = np.where(alone, np.array(to_rgb(DEAD_METAL)), np.array(to_rgb(METAL_EDGE)))
    opacity = np.where(filled > LEAST, FAINTEST + (1.0 - FAINTEST) * filled, 0.0)[..., None]
    ground = np.ones((*filled.shape, 3))
    if has_pores(frames):
        ground[frames.values("grain", 0) == 0.0] = to_rgb(PORE)
    picture = colour * opacity + ground * (1.0 - opacity)
    lengths = _lengths(frames)
    return axes.imshow(
        picture.swapaxes(0, 1), origin="lower", extent=(0, lengths[0], 0, lengths[1]), interpolation="nearest",
        aspect="equal",
    )  # fmt: skip


def _lengths(frames: Frames) -> list[float]:
    return [float(frames.unit(length)) for length in frames.lengths[:2]]


def has_pores(frames: Frames) -> bool:
    """Whether the electrolyte has pores."""
    return "grain" in frames.fields and bool((frames.values("grain", 0) == 0.0).any())


def _legend(axes: Axes, frames: Frames) -> None:
    from matplotlib.patches import Patch

    kinds = {"metal, connected": METAL_EDGE, "metal, isolated": DEAD_METAL}
    kinds |= {"pore": PORE} if has_pores(frames) else {}
    handles = [Patch(facecolor=colour, label=name) for name, colour in kinds.items()]
    axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncol=3, fontsize=8)
