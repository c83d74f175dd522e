"""What the front looks like, in numbers, at better than cell accuracy. Pure NumPy, on one set of cell fields."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dendrion.field.connectivity import METAL_THRESHOLD

FLAT_AREA_RATIO = 1.05
"""Area ratio up to which a front with a relief below one interface width counts as flat [dimensionless]."""

FINGER_ASPECT = 1.0
"""Relief over mean width of the metal at half height from which protrusions count as fingers [dimensionless]."""


class Shape(NamedTuple):
    """Geometry of the connected metal.

    tip, base and mean position [m]; root mean square roughness [m]; front area over cross-section, number of
    separate metal branches at half height, the largest at any height, fractional metal cover at half height
    [dimensionless]; flood-filled dead metal [m] (volume over cross-section); class of morphology.
    """

    tip: float
    base: float
    mean: float
    roughness: float
    area_ratio: float
    branches: int
    most_branches: int
    cover: float
    dead: float
    morphology: str


def height_profile(
    order_parameter: NDArray[np.float64], connected: NDArray[np.bool_], spacing: float
) -> NDArray[np.float64]:
    """Outermost position of connected metal over the cross-section [m]; 0 where there is none.

    The crossing of xi = 1/2 is interpolated in logit(xi), which is linear in x across a front, between the last
    metal cell and the next.
    """
    n = order_parameter.shape[0]
    any_metal = connected.any(axis=0)
    last = n - 1 - np.argmax(connected[::-1], axis=0)
    following = np.minimum(last + 1, n - 1)
    inside = np.take_along_axis(order_parameter, last[None], 0)[0]
    outside = np.take_along_axis(order_parameter, following[None], 0)[0]
    tiny = 1e-12
    logit_in = np.log(np.clip(inside, tiny, 1 - tiny) / np.clip(1 - inside, tiny, 1.0))
    logit_out = np.log(np.clip(outside, tiny, 1 - tiny) / np.clip(1 - outside, tiny, 1.0))
    drop = np.maximum(logit_in - logit_out, tiny)
    share = np.where(following > last, np.clip(logit_in / drop, 0.0, 1.0), 0.5)
    return np.where(any_metal, (last + 0.5 + share) * spacing, 0.0)


def _branches(section: NDArray[np.bool_], periodic: tuple[bool, ...]) -> int:
    """Separate pieces of metal in a cross-section."""
    from scipy import ndimage

    if section.ndim == 0:
        return int(section)
    count = ndimage.label(section)[1]
    if section.ndim == 1 and periodic[1] and count > 1 and section[0] and section[-1]:
        return count - 1
    return int(count)


def describe_shape(
    order_parameter: NDArray[np.float64],
    connected: NDArray[np.bool_],
    height: NDArray[np.float64],
    area_density: NDArray[np.float64],
    spacing: tuple[float, ...],
    periodic: tuple[bool, ...],
    width: float,
) -> Shape:
    """Geometry of the front from order parameter, connected metal, its height profile [m], front area
    density [1/m], cell sizes [m]."""
    h = spacing[0]
    tip, base = float(height.max()), float(height.min())
    area_ratio = float(area_density.sum() * h / order_parameter[0].size)
    relief = tip - base
    middle = min(int((base + 0.5 * relief) / h), order_parameter.shape[0] - 1)
    # Rims of one interface width at foot and top are left out: there a section grazes the front.
    lowest, highest = int((base + 2.0 * width) / h), int((tip - 2.0 * width) / h)
    counts = [_branches(connected[k], periodic) for k in range(lowest, highest + 1)]
    branches = _branches(connected[middle], periodic)
    cover = float(connected[middle].mean())
    metal = order_parameter >= METAL_THRESHOLD
    dead = float(np.where(metal & ~connected, order_parameter, 0.0).sum() * h / order_parameter[0].size)
    spans = [s * n for s, n in zip(spacing[1:], order_parameter.shape[1:], strict=True)]
    finger_width = cover * min(spans) / max(branches, 1) if spans else np.inf
    most = max(counts, default=0)
    return Shape(
        tip, base, float(height.mean()), float(height.std()), area_ratio, branches, most, cover, dead,
        classify(relief, area_ratio, finger_width, branches, most, width),
    )  # fmt: skip


def classify(
    relief: float, area_ratio: float, finger_width: float, branches: int, most_branches: int, width: float
) -> str:
    """Class of morphology: flat, wavy, fingers (or one needle), or branched. Our own definition.

    flat: relief below one interface width [m] or area ratio at most 1.05; branched: some height has more separate
    branches than twice those at half height and more than two; fingers: relief of at least one finger width; else wavy.
    """
    if relief <= width or area_ratio <= FLAT_AREA_RATIO:
        return "flat"
    if most_branches > max(2 * branches, 2):
        return "branched"
    if relief >= FINGER_ASPECT * finger_width:
        return "needle" if branches == 1 else "fingers"
    return "wavy"


def peak_to_valley(
    current_density: NDArray[np.float64],
    area_density: NDArray[np.float64],
    height: NDArray[np.float64],
) -> float:
    """Plating current density at the highest point of the front over that at the lowest [dimensionless].

    Each is the mean over the front along x, weighted with the area density; nan where nothing flows.
    """
    weight = area_density.sum(axis=0)
    column = (area_density * current_density).sum(axis=0)
    flat_height = np.atleast_1d(height).ravel()
    local = np.atleast_1d(column / np.where(weight > 0.0, weight, 1.0)).ravel()
    valley = float(local[int(np.argmin(flat_height))])
    return float(local[int(np.argmax(flat_height))]) / valley if valley != 0.0 else float("nan")
