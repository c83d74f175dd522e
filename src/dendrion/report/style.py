"""How pictures look: units that people read, colours that everybody can tell apart, scale bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dendrion.unit_kinds import KINDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

METAL = "#9aa0a6"
METAL_EDGE = "#22262b"
DEAD_METAL = "#b5651d"
CRACK = "#000000"
INK = "#22262b"
MUTED = "#6b7280"
LINES = ("#0b5fa5", "#d1495b", "#2a9d8f", "#e09f3e", "#6a4c93", "#444444")
"""Line colours, distinguishable with any common colour blindness and in print."""

RC: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.labelsize": 9.0,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.8,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.fontsize": 8.0,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "lines.solid_capstyle": "round",
    "savefig.dpi": 200,
    "figure.facecolor": "white",
}


@dataclass(frozen=True)
class Unit:
    """A unit people read: ``shown = (si - offset) / scale``."""

    label: str
    scale: float = 1.0
    offset: float = 0.0

    def __call__(self, si: Any) -> Any:
        """Values in this unit."""
        return (si - self.offset) / self.scale


@dataclass(frozen=True)
class FieldLook:
    """How a field is called and coloured."""

    label: str
    kind: str
    colours: str
    signed: bool = False
    """Whether zero stands in the middle of the colours."""


LOOKS = {
    "electrolyte_potential": FieldLook("electrolyte potential", "potential", "viridis"),
    "salt_concentration": FieldLook("salt concentration", "concentration", "plasma"),
    "excess_potential": FieldLook("excess potential", "potential", "PuOr_r", signed=True),
    "temperature": FieldLook("temperature", "temperature", "inferno"),
    "ionic_current_density": FieldLook("ionic current density", "current_density", "magma"),
    "electric_field": FieldLook("electric field", "electric_field", "magma"),
    "largest_principal_stress": FieldLook("largest principal stress", "pressure", "RdBu_r", signed=True),
    "pressure": FieldLook("pressure", "pressure", "RdBu", signed=True),
    "von_mises_stress": FieldLook("von Mises stress", "pressure", "magma"),
}


def unit_for(kind: str, values: Any) -> Unit:
    """The unit of the kind's ladder in which the largest of ``values`` [SI] is at least 1."""
    if kind == "temperature":
        return Unit("°C", offset=273.15)
    if not kind or kind not in KINDS:
        return Unit("")
    array = np.abs(np.asarray(values, dtype=float))
    largest = float(np.max(array, initial=0.0, where=np.isfinite(array)))
    steps = [Unit(label, float(scale)) for label, scale in KINDS[kind].ladder]
    fitting = [step for step in steps if largest >= step.scale * 0.999]
    return fitting[-1] if fitting else steps[0]


def length_unit(*lengths: float) -> Unit:
    """The unit for axes of these lengths [m]: nm, µm or mm."""
    return unit_for("length", lengths)


def with_unit(label: str, unit: Unit) -> str:
    """An axis label: ``"tip position [µm]"``."""
    return f"{label} [{unit.label}]" if unit.label else label


def new_figure(width: float, height: float) -> Figure:
    """An empty figure [inch], independent of any display and of pyplot's global state."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as MatplotlibFigure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(w_pad=0.07, h_pad=0.06)
    figure = MatplotlibFigure(figsize=(width, height), layout=layout)
    FigureCanvasAgg(figure)
    return figure


def headline(figure: Figure, title: str, details: str) -> None:
    """Two lines above everything: what it is, and time and charge."""
    figure.suptitle(f"{title}\n", x=0.01, ha="left", fontsize=11, fontweight="bold", linespacing=1.5)
    # The second line of the title keeps the room that this text stands in.
    figure.text(0.01, 0.995, "\n" + details, ha="left", va="top", fontsize=9, color=MUTED, linespacing=1.75)


def scale_bar(axes: Axes, unit: Unit, across: float) -> None:
    """A bar of a round length in the lower right corner; ``across`` is the axes' width in ``unit``."""
    from matplotlib import patheffects

    length = round_length(0.22 * across)
    right, low = axes.get_xlim()[1] - 0.05 * across, axes.get_ylim()[0]
    high = axes.get_ylim()[1]
    height = low + 0.06 * (high - low)
    outline = [patheffects.Stroke(linewidth=4.5, foreground=INK), patheffects.Normal()]
    axes.plot(
        [right - length, right], [height, height], color="white", lw=2.6, solid_capstyle="butt",
        path_effects=outline, zorder=6,
    )  # fmt: skip
    axes.annotate(
        f"{length:g} {unit.label}", (right - length / 2, height), (0, 4), textcoords="offset points",
        ha="center", va="bottom", fontsize=8, color="white", zorder=6,
        path_effects=[patheffects.withStroke(linewidth=2.2, foreground=INK)],
    )  # fmt: skip


def round_length(length: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is at most ``length``."""
    power = 10.0 ** np.floor(np.log10(length))
    return float(max(step * power for step in (1, 2, 5) if step * power <= length * 1.000001))


def plain(axes: Axes) -> None:
    """Removes the upper and right edge."""
    axes.spines[["top", "right"]].set_visible(False)
