"""Complete binary sum trees: a leaf a site, a node the sum of its two; the root is the total rate of a class.

A node is always the sum of its children as they are, never a running difference, so a tree is a function of its
leaves alone: nothing drifts, and a tree built anew is the same bit for bit.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dendrion.lattice.compiled import COMPILE


def leaves_for(sites: int) -> int:
    """Number of leaves of the smallest complete tree over so many sites [dimensionless]."""
    return 1 << max(1, (sites - 1).bit_length())


@njit(**COMPILE)
def build(tree: NDArray[np.float64]) -> None:
    """Sums a tree whose leaves, its second half, are set. Shape [2 leaves]; the root stands at 1."""
    for node in range(tree.size // 2 - 1, 0, -1):
        tree[node] = tree[2 * node] + tree[2 * node + 1]


@njit(**COMPILE)
def assign(tree: NDArray[np.float64], site: int, weight: float) -> None:
    """Sets the leaf of a site and the sums above it."""
    node = tree.size // 2 + site
    if tree[node] == weight:
        return
    tree[node] = weight
    node >>= 1
    while node:
        tree[node] = tree[2 * node] + tree[2 * node + 1]
        node >>= 1


@njit(**COMPILE)
def find(tree: NDArray[np.float64], share: float) -> tuple[int, float]:
    """The site whose leaf contains ``share`` (0 to 1) of the total, and the rest inside its weight [1/s]."""
    rest = share * tree[1]
    node, leaves = 1, tree.size // 2
    while node < leaves:
        node *= 2
        if rest >= tree[node] and tree[node + 1] > 0.0:
            rest -= tree[node]
            node += 1
    return node - leaves, rest
