"""The growth as an animated GIF of at most 3 MB."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dendrion.report.contact import contact_profiles, has_contact
from dendrion.report.frames import Frames, spread_over
from dendrion.report.maps import colour_bar, draw_field
from dendrion.report.network import has_network, network_map
from dendrion.report.style import MUTED, new_figure, with_unit
from dendrion.report.texture import grain_map, has_texture
from dendrion.report.volume import draw_volume
from dendrion.runs.files import replacing
from dendrion.units import format_quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL.Image import Image

LARGEST = 3_000_000  # [bytes]
_MOST_FRAMES = 60
_FRAME_TIME, _LAST_FRAME_TIME = 90, 2500  # [ms]
_COLOURS = 96


def write_movie(frames: Frames, path: Path, dots_per_inch: int = 110) -> Path:
    """Draws every stored frame (at most 60) and writes them as a GIF.

    The picture is made smaller until the file has at most 3 MB.
    """
    chosen = list(spread_over(len(frames), _MOST_FRAMES))
    if has_contact(frames):
        draw = _interface_picture(frames)
    elif has_network(frames):
        draw = _network_picture(frames)
    elif has_texture(frames):
        draw = _film_picture(frames)
    else:
        draw = _solid_picture(frames) if frames.dimension == 3 else _map_picture(frames, chosen)
    pictures = [draw(index, dots_per_inch) for index in chosen]
    data = _encode(pictures)
    while len(data) > LARGEST:
        shrink = 0.95 * (LARGEST / len(data)) ** 0.5
        width, height = pictures[0].size
        size = int(width * shrink), int(height * shrink)
        pictures = [picture.resize(size) for picture in pictures]
        data = _encode(pictures)
    with replacing(path) as temporary:
        temporary.write_bytes(data)
    return path


def _encode(pictures: list[Image]) -> bytes:
    from PIL.Image import Dither

    # One palette for all frames: colours that change from frame to frame flicker.
    palette = _together(pictures).quantize(_COLOURS)
    flat = [picture.quantize(palette=palette, dither=Dither.NONE) for picture in pictures]
    times = [_FRAME_TIME] * (len(flat) - 1) + [_LAST_FRAME_TIME]
    stream = io.BytesIO()
    flat[0].save(stream, "GIF", save_all=True, append_images=flat[1:], duration=times, loop=0, optimize=False)
    return stream.getvalue()


def _together(pictures: list[Image]) -> Image:
    """First, middle and last picture beside each other, to choose colours from."""
    from PIL import Image as images

    chosen = [pictures[0], pictures[len(pictures) // 2], pictures[-1]]
    width, height = pictures[0].size
    sheet = images.new("RGB", (width * len(chosen), height))
    for index, picture in enumerate(chosen):
        sheet.paste(picture, (width * index, 0))
    return sheet


def _map_picture(frames: Frames, chosen: list[int]) -> Callable[[int, int], Image]:
    panel = frames.panels(chosen)[0]
    ratio = frames.lengths[1] / frames.lengths[0]
    across = min(4.0, 4.0 / ratio)

    def draw(index: int, dots_per_inch: int) -> Image:
        figure = new_figure(across + 1.4, across * ratio + 0.95)
        axes = figure.add_subplot()
        image = draw_field(axes, frames, panel, index)
        colour_bar(axes, image, with_unit(panel.look.label, panel.unit), across)
        axes.set_title(_line(frames, index), fontsize=8.5, color=MUTED)
        return _picture(figure, dots_per_inch)

    return draw


def _interface_picture(frames: Frames) -> Callable[[int, int], Image]:
    def draw(index: int, dots_per_inch: int) -> Image:
        return _picture(contact_profiles(frames, index), int(0.7 * dots_per_inch))

    return draw


def _network_picture(frames: Frames) -> Callable[[int, int], Image]:
    def draw(index: int, dots_per_inch: int) -> Image:
        return _picture(network_map(frames, index), int(0.8 * dots_per_inch))

    return draw


def _film_picture(frames: Frames) -> Callable[[int, int], Image]:
    def draw(index: int, dots_per_inch: int) -> Image:
        return _picture(grain_map(frames, index), int(0.7 * dots_per_inch))

    return draw


def _solid_picture(frames: Frames) -> Callable[[int, int], Image]:
    def draw(index: int, dots_per_inch: int) -> Image:
        figure = new_figure(4.6, 4.9)
        axes = figure.add_subplot()
        draw_volume(axes, frames, index, pixels=300)
        axes.set_title(_line(frames, index), fontsize=8.5, color=MUTED)
        return _picture(figure, dots_per_inch)

    return draw


def _line(frames: Frames, index: int) -> str:
    """Time, charge and overpotential of a frame, to three digits so that the line keeps its length."""
    parts = [f"t = {format_quantity(float(frames.times[index]), 'time', 3)}"]
    for quantity, kind, label in (("charge", "areal_capacity", ""), ("overpotential", "potential", "η = ")):
        value = frames.history_at(quantity, index)
        if value is not None and index:
            parts.append(f"{label}{format_quantity(value, kind, 3)}")
    return "   ".join(parts)


def _picture(figure: Figure, dots_per_inch: int) -> Image:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image as images

    figure.set_dpi(dots_per_inch)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return images.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
