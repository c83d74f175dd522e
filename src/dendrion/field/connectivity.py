"""Which metal is connected with the plating electrode. The rest is dead: it carries no electrode potential."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

METAL_THRESHOLD = 0.5
"""Order parameter from which a cell counts as metal [dimensionless]."""


def joined_labels(cells: NDArray[np.bool_], periodic: tuple[bool, ...]) -> NDArray[np.int64]:
    """Number of the connected region that each marked cell belongs to, 0 elsewhere; regions join through faces."""
    labels, count = ndimage.label(cells)
    if count <= 1:
        return labels
    roots = np.arange(count + 1)

    def find(label: int) -> int:
        while roots[label] != label:
            label = int(roots[label])
        return label

    for axis in range(cells.ndim):
        if periodic[axis]:
            first, last = np.take(labels, 0, axis), np.take(labels, -1, axis)
            touching = (first > 0) & (last > 0)
            for a, b in set(zip(first[touching].tolist(), last[touching].tolist(), strict=True)):
                roots[find(a)] = find(b)
    return np.array([find(label) for label in range(count + 1)])[labels]


def connected_metal(order_parameter: NDArray[np.float64], periodic: tuple[bool, ...]) -> NDArray[np.bool_]:
    """Metal cells that touch the wall x = 0 through metal faces (a flood fill) [dimensionless]."""
    metal = order_parameter >= METAL_THRESHOLD
    labels = joined_labels(metal, (False, *periodic[1:]))
    return metal & np.isin(labels, np.unique(labels[0][metal[0]]))


def connected_cracks(
    open_cells: NDArray[np.bool_], metal: NDArray[np.bool_], anode_wall: bool, periodic: tuple[bool, ...]
) -> NDArray[np.bool_]:
    """Cracked cells that metal can enter from the plating electrode, through faces of cells (a flood fill).

    Args: cells whose damage lets metal in; cells of metal that is connected with the electrode; whether the wall x = 0
    is the electrode itself, so that a crack that opens there is reached; axes' periodicity.
    """
    passable = open_cells | metal
    labels = joined_labels(passable, (False, *periodic[1:]))
    seeds = metal.copy()
    if anode_wall:
        seeds[0] |= open_cells[0]
    return open_cells & np.isin(labels, np.unique(labels[seeds]))


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
