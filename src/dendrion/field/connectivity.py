"""Which metal is connected with the plating electrode. The rest is dead: it carries no electrode potential."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

METAL_THRESHOLD = 0.5
"""Order parameter from which a cell counts as metal [dimensionless]."""


def connected_metal(order_parameter: NDArray[np.float64], periodic: tuple[bool, ...]) -> NDArray[np.bool_]:
    """Metal cells that touch the wall x = 0 through metal faces (a flood fill) [dimensionless]."""
    metal = order_parameter >= METAL_THRESHOLD
    labels, count = ndimage.label(metal)
    if count <= 1 and bool(metal[0].any()):
        return metal
    roots = np.arange(count + 1)

    def find(label: int) -> int:
        while roots[label] != label:
            label = int(roots[label])
        return label

    for axis in range(1, metal.ndim):
        if periodic[axis]:
            first, last = np.take(labels, 0, axis), np.take(labels, -1, axis)
            touching = (first > 0) & (last > 0)
            for a, b in set(zip(first[touching].tolist(), last[touching].tolist(), strict=True)):
                roots[find(a)] = find(b)
    root = np.array([find(label) for label in range(count + 1)])
    alive = np.zeros(count + 1, dtype=bool)
    alive[root[np.unique(labels[0])]] = True
    alive[0] = False
    return alive[root][labels] & metal


def active_region(
    connected: NDArray[np.bool_], order_parameter: NDArray[np.float64], periodic: tuple[bool, ...], reach: int
) -> NDArray[np.bool_]:
    """Cells whose front belongs to connected metal: nearer to it than to dead metal, within ``reach`` cells.

    Without dead metal every cell is active, and no work is done.
    """
    dead = (order_parameter >= METAL_THRESHOLD) & ~connected
    if not dead.any():
        return np.ones_like(connected)
    margin = [(reach if wraps else 0,) * 2 for wraps in periodic]
    wide_alive = np.pad(connected, margin, mode="wrap")
    wide_dead = np.pad(dead, margin, mode="wrap")
    to_alive = ndimage.distance_transform_edt(~wide_alive)
    to_dead = ndimage.distance_transform_edt(~wide_dead)
    inner = tuple(slice(m[0], m[0] + n) for m, n in zip(margin, connected.shape, strict=True))
    return ((to_alive < to_dead) & (to_alive <= reach))[inner]
