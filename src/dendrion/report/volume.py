"""A picture of metal in three dimensions by casting rays at the surface where the order parameter is 1/2.

Parallel rays march through the order parameter until it exceeds 1/2; the surface is lit from above the
viewer's shoulder and darkened where metal stands around it. Growth (x) points up. No graphics library is
needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dendrion.report.frames import Frames
from dendrion.report.style import INK, MUTED, with_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_AZIMUTH, _ELEVATION = np.radians(32.0), np.radians(24.0)
_STRIDE = 0.7  # marching step [cells]
_METAL_COLOUR = np.array([0.74, 0.765, 0.80])
_SHADE_COLOUR = np.array([0.13, 0.16, 0.22])


@dataclass(frozen=True)
class Camera:
    """Parallel projection: unit vectors to the right, up, and away from the viewer, in axes (x, y, z)."""

    right: NDArray[np.float64]
    up: NDArray[np.float64]
    away: NDArray[np.float64]

    @classmethod
    def standard(cls) -> Camera:
        """From above one edge, growth upwards."""
        away = -np.array(
            [np.sin(_ELEVATION), np.cos(_ELEVATION) * np.cos(_AZIMUTH), np.cos(_ELEVATION) * np.sin(_AZIMUTH)]
        )
        right = np.array([0.0, -np.sin(_AZIMUTH), np.cos(_AZIMUTH)])
        return cls(right, np.cross(right, away), away)

    def project(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Picture coordinates [..., 2] of points [..., 3]."""
        return np.stack([points @ self.right, points @ self.up], axis=-1)


def render(front: NDArray[np.float64], camera: Camera, pixels: int) -> tuple[NDArray[np.float64], tuple]:
    """Picture of the metal.

    Args:
        front: order parameter, shape [x, y, z], on cubic cells.
        camera: the projection, in cells.
        pixels: pixels along the longer side.

    Returns:
        RGBA picture [row from below, column, 4] and its extent in picture coordinates [cells].
    """
    from scipy.ndimage import gaussian_filter

    values = front.astype(np.float32)
    corners = _corners(front.shape)
    flat = camera.project(corners)
    low, high = flat.min(axis=0), flat.max(axis=0)
    size = float(max(high - low)) / pixels
    columns, rows = (np.ceil((high - low) / size)).astype(int)
    u, v = np.meshgrid(low[0] + (np.arange(columns) + 0.5) * size, low[1] + (np.arange(rows) + 0.5) * size)
    origins = u.reshape(-1, 1) * camera.right + v.reshape(-1, 1) * camera.up
    reach = _metal_reach(values)
    points, hit = _march(values, origins, camera.away, reach)
    picture = np.zeros((rows * columns, 4))
    if hit.any():
        smooth = gaussian_filter(values, 0.8, mode="nearest")
        crowd = gaussian_filter(values, 3.0, mode="nearest")
        picture[hit, :3] = _shade(points[hit], smooth, crowd, camera)
        picture[hit, 3] = 1.0
    extent = (low[0], low[0] + columns * size, low[1], low[1] + rows * size)
    return picture.reshape(rows, columns, 4), extent


def draw_volume(axes: Axes, frames: Frames, frame: int, pixels: int = 640) -> None:
    """The metal of a frame in its box, with axes in the run's length unit."""
    steps = [length / count for length, count in zip(frames.lengths, frames.shape, strict=True)]
    cubic = _on_cubic_cells(frames.front(frame), steps)
    camera = Camera.standard()
    picture, extent = render(cubic, camera, pixels)
    cell = min(steps)
    box = np.array(frames.lengths) / cell
    _draw_edges(axes, camera, box, behind=True)
    axes.imshow(picture, origin="lower", extent=extent, interpolation="antialiased", zorder=2)
    _draw_edges(axes, camera, box, behind=False)
    _label_edges(axes, frames, camera, box)
    margin = 0.13 * max(extent[1] - extent[0], extent[3] - extent[2])
    axes.set(
        xlim=(extent[0] - margin, extent[1] + margin), ylim=(extent[2] - margin, extent[3] + 0.4 * margin),
        aspect="equal",
    )  # fmt: skip
    axes.set_axis_off()


def _on_cubic_cells(front: NDArray[np.float64], steps: list[float]) -> NDArray[np.float64]:
    from scipy.ndimage import zoom

    factors = [step / min(steps) for step in steps]
    return front if max(factors) < 1.001 else zoom(front, factors, order=1, mode="nearest", grid_mode=True)


def _corners(shape: tuple[int, ...]) -> NDArray[np.float64]:
    return np.array(np.meshgrid(*[(0.0, float(count)) for count in shape], indexing="ij")).reshape(3, -1).T


def _metal_reach(values: NDArray[np.float32]) -> tuple[float, ...]:
    """The box [0, reach] that holds all metal [cells]: rays need to march there only."""
    tip = np.flatnonzero((values > 0.4).any(axis=(1, 2)))
    return (float(tip[-1] + 2) if tip.size else 0.0, float(values.shape[1]), float(values.shape[2]))


def _sample(values: NDArray[np.float32], points: NDArray[np.float64]) -> NDArray[np.float32]:
    from scipy.ndimage import map_coordinates

    return map_coordinates(values, points.T - 0.5, order=1, mode="nearest", output=np.float32)


def _march(
    values: NDArray[np.float32], origins: NDArray[np.float64], away: NDArray[np.float64], reach: tuple
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """First points [cells] at which the rays meet metal, and which rays do."""
    limits = np.minimum(np.array(reach), values.shape)
    to_low, to_high = (0.0 - origins) / away, (limits - origins) / away
    enter = np.minimum(to_low, to_high).max(axis=1)
    leave = np.maximum(to_low, to_high).min(axis=1)
    points, hit = np.zeros_like(origins), np.zeros(len(origins), bool)
    active = np.flatnonzero(leave > enter)
    distance = enter[active]
    before = np.zeros(active.size, np.float32)
    while active.size:
        here = origins[active] + distance[:, None] * away
        now = _sample(values, here)
        met = now >= 0.5
        if met.any():
            entered_inside = before[met] == 0.0
            back = np.where(entered_inside, 0.0, (now[met] - 0.5) / np.maximum(now[met] - before[met], 1e-6))
            points[active[met]] = here[met] - (back * _STRIDE)[:, None] * away
            hit[active[met]] = True
        going = ~met & (distance < leave[active])
        active, before = active[going], np.maximum(now[going], 1e-6)
        distance = np.minimum(distance[going] + _STRIDE, leave[active])
    return points, hit


def _shade(
    points: NDArray[np.float64], smooth: NDArray[np.float32], crowd: NDArray[np.float32], camera: Camera
) -> NDArray[np.float64]:
    normal = -np.stack(
        [_sample(smooth, points + step) - _sample(smooth, points - step) for step in np.eye(3) * 0.75],
        axis=-1,
    ).astype(float)
    walls = _walls(points, np.array(smooth.shape, float))
    cut = np.abs(walls).sum(axis=1) > 0
    normal = np.where(cut[:, None], walls, normal)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    key = -camera.away + 0.9 * camera.up - 0.7 * camera.right
    key /= np.linalg.norm(key)
    half = key - camera.away
    half /= np.linalg.norm(half)
    diffuse = np.clip(normal @ key, 0.0, 1.0)
    sky = 0.5 + 0.5 * normal @ camera.up
    shine = np.clip(normal @ half, 0.0, 1.0) ** 40
    around = np.where(cut, 0.25, _sample(crowd, points + 3.0 * normal))
    open_sky = np.clip(1.15 - 1.5 * around, 0.15, 1.0)
    light = open_sky * (0.42 * sky + 0.72 * diffuse)
    colour = _SHADE_COLOUR + (_METAL_COLOUR - _SHADE_COLOUR) * np.clip(light, 0.0, 1.0)[:, None]
    return np.clip(colour + 0.22 * (shine * open_sky)[:, None], 0.0, 1.0)


def _walls(points: NDArray[np.float64], size: NDArray[np.float64]) -> NDArray[np.float64]:
    """Outward normals of points on the walls of the box, zero elsewhere."""
    near = 1e-6
    return (points >= size - near).astype(float) - (points <= near).astype(float)


_EDGES = [
    (a, b)
    for a in range(8)
    for b in range(a + 1, 8)
    if bin(a ^ b).count("1") == 1
]  # fmt: skip


def _draw_edges(axes: Axes, camera: Camera, box: NDArray[np.float64], behind: bool) -> None:
    """Edges of the box; those that meet in its hidden corner lie behind the metal."""
    corners = _corners((1, 1, 1)) * box
    hidden = int(np.argmax(corners @ camera.away))
    for a, b in _EDGES:
        if (hidden in (a, b)) == behind:
            line = camera.project(corners[[a, b]])
            axes.plot(*line.T, color=INK, lw=0.7, alpha=0.35 if behind else 0.8, zorder=1 if behind else 3)


def _label_edges(axes: Axes, frames: Frames, camera: Camera, box: NDArray[np.float64]) -> None:
    """Ticks along the left upright edge (x) and the two lower front edges (y, z)."""
    from matplotlib.ticker import MaxNLocator

    corners = _corners((1, 1, 1)) * box
    leftmost = corners[np.argmin(camera.project(corners)[:, 0])]
    anchors = {0: leftmost, 1: np.array([0.0, 0.0, box[2]]), 2: np.array([0.0, box[1], 0.0])}
    middle = camera.project(box / 2)
    for axis, anchor in anchors.items():
        length = float(frames.unit(frames.lengths[axis]))
        ticks = [tick for tick in MaxNLocator(4).tick_values(0, length) if 0 <= tick <= length * 1.001]
        for tick in [*ticks, None]:
            point = anchor.copy()
            point[axis] = box[axis] * (0.5 if tick is None else tick / length)
            place = camera.project(point)
            outward = np.array([-1.0, 0.0] if axis == 0 else [np.sign(place[0] - middle[0]), -1.2])
            offset = outward * (25 if tick is None else 8)
            text = with_unit(frames.axes[axis], frames.unit) if tick is None else f"{tick:g}"
            axes.annotate(
                text, tuple(place), tuple(offset), textcoords="offset points",
                ha="center", va="center", fontsize=8.5 if tick is None else 7.5,
                color=INK if tick is None else MUTED, rotation=90 if tick is None and axis == 0 else 0,
            )  # fmt: skip
