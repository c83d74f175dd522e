"""Sites of a square or cubic lattice: who neighbours whom, and what stands where.

A site is numbered (x ny + y) nz + z; a square lattice has nz = 1. The plating electrode stands below x = 0 and counts
as metal. The neighbours of every site stand in a table: four bytes a move and site, which no arithmetic beats.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dendrion.lattice.compiled import COMPILE
from dendrion.lattice.sumtree import leaves_for

ELECTROLYTE, ION, METAL = 0, 1, 2
"""What stands on a site [dimensionless]; an ion is a coarse particle of salt in the electrolyte."""

OUTSIDE, ELECTRODE = -1, -2
"""Neighbours that are no sites: beyond a wall, and the electrode below x = 0 [dimensionless]."""


class Frame(NamedTuple):
    """The lattice itself.

    links: shape [sites, moves], the site that a move leads to, or OUTSIDE or ELECTRODE; the faces come first, in pairs
    of opposite directions, then the moves around an edge; faces: number of the former, 4 or 6; between: shape [moves,
    2], the two face moves that a move around an edge passes between; layer: sites of one layer of x [dimensionless].
    """

    links: NDArray[np.int32]
    faces: int
    between: NDArray[np.int64]
    layer: int


class Lattice(NamedTuple):
    """What stands on it, every array a value a site.

    site: ELECTROLYTE, ION or METAL; bonds: metal on the neighbouring faces; connected: 1 where metal reaches the
    electrode; origin: where a particle of metal last hopped from, or -1 [dimensionless]; age: time of deposition [s];
    stamp: last event that a site was brought up to date after [dimensionless]; trees: rates [1/s] of deposition,
    dissolution, surface hops and ion hops, shape [4, 2 leaves].
    """

    site: NDArray[np.uint8]
    bonds: NDArray[np.uint8]
    connected: NDArray[np.uint8]
    origin: NDArray[np.int32]
    age: NDArray[np.float64]
    stamp: NDArray[np.int64]
    trees: NDArray[np.float64]


def make_frame(cells: tuple[int, ...], periodic: bool) -> Frame:
    """The lattice of a grid of two or three axes; the lateral sides are periodic or walls."""
    dimension = len(cells)
    axes = [tuple(int(k == axis) for k in range(3)) for axis in range(dimension)]
    faces = [tuple(sign * c for c in axis) for axis in axes for sign in (1, -1)]
    edges = [
        move
        for move in product((-1, 0, 1), repeat=3)
        if sum(map(abs, move)) == 2 and all(c == 0 for c in move[dimension:])
    ]
    between = [(0, 0)] * len(faces)
    for move in edges:
        parts = [tuple(c if k == axis else 0 for k, c in enumerate(move)) for axis in range(3) if move[axis]]
        between.append((faces.index(parts[0]), faces.index(parts[1])))
    sizes = (*cells, 1)[:3]
    links = np.stack([_link(sizes, move, periodic) for move in faces + edges], axis=1)
    return Frame(links, len(faces), np.array(between, dtype=np.int64), sizes[1] * sizes[2])


def _link(sizes: tuple[int, ...], move: tuple[int, ...], periodic: bool) -> NDArray[np.int32]:
    """Where one move leads from every site, shape [sites]."""
    ends = [np.arange(n) + d for n, d in zip(sizes, move, strict=True)]
    outside = np.zeros(sizes, dtype=bool)
    for axis in (1, 2):
        beyond = (ends[axis] < 0) | (ends[axis] >= sizes[axis])
        if not periodic:
            outside |= beyond.reshape([-1 if k == axis else 1 for k in range(3)])
        ends[axis] %= sizes[axis]
    x, y, z = np.meshgrid(*ends, indexing="ij", sparse=True)
    number = np.asarray((x * sizes[1] + y) * sizes[2] + z, dtype=np.int32)
    number[np.broadcast_to(x >= sizes[0], sizes)] = OUTSIDE
    number[np.broadcast_to(x < 0, sizes)] = ELECTRODE
    number[outside] = OUTSIDE
    return number.ravel()


def make_lattice(frame: Frame, site: NDArray[np.uint8], trees: bool = True) -> Lattice:
    """A lattice with this on its sites, its bonds counted and its metal followed from the electrode.

    Without ``trees`` no event can run on it.
    """
    count = site.size
    lattice = Lattice(
        site=np.array(site, dtype=np.uint8).ravel(),
        bonds=np.zeros(count, dtype=np.uint8),
        connected=np.zeros(count, dtype=np.uint8),
        origin=np.full(count, -1, dtype=np.int32),
        age=np.zeros(count),
        stamp=np.zeros(count, dtype=np.int64),
        trees=np.zeros((4, 2 * leaves_for(count) if trees else 4)),
    )
    count_bonds(frame, lattice)
    find_connected(frame, lattice, np.empty(count, dtype=np.int64))
    return lattice


@njit(**COMPILE)
def is_metal(lattice: Lattice, site: int) -> bool:
    """Whether metal stands there; the electrode counts."""
    return site == ELECTRODE or (site >= 0 and lattice.site[site] == METAL)


@njit(**COMPILE)
def count_bonds(frame: Frame, lattice: Lattice) -> None:
    """Counts the metal neighbours of every site."""
    for site in range(lattice.site.size):
        bonds = 0
        for m in range(frame.faces):
            if is_metal(lattice, frame.links[site, m]):
                bonds += 1
        lattice.bonds[site] = bonds


@njit(**COMPILE)
def find_connected(frame: Frame, lattice: Lattice, queue: NDArray[np.int64]) -> int:
    """Marks the metal that the electrode reaches through faces; returns how much of it there is. ``queue``: [sites]."""
    lattice.connected[:] = 0
    filled = 0
    for site in range(frame.layer):
        if lattice.site[site] == METAL:
            lattice.connected[site] = 1
            queue[filled] = site
            filled += 1
    taken = 0
    while taken < filled:
        here = queue[taken]
        taken += 1
        for m in range(frame.faces):
            other = frame.links[here, m]
            if other >= 0 and lattice.site[other] == METAL and not lattice.connected[other]:
                lattice.connected[other] = 1
                queue[filled] = other
                filled += 1
    return filled
