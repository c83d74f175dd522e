"""Metal inside the electrolyte: pieces that hang together, where they may grow, where new ones form.

A piece is a set of cells with metal that touch through faces. Its metal flows: what its whole surface takes up fills its
open places, in proportion to their room and their drive ``phi_i - phi_e - eta``. A piece

    grows       at the pressure of its weakest open place (eta_c), while its surface takes up metal at that pressure
    rests       while the pressure in it can be between none and that one
    dissolves   while its surface gives off metal at no pressure

Open places are its own cells that are not full, and what its full cells touch if the drive there is positive. The plating
electrode opens places in the first cells where ``i R_ct > eta``. Away from metal it nucleates where ``phi_i - phi_e`` exceeds
the threshold, the largest excess first, no nearer than ``nucleus_spacing`` to metal. Kind: reconstruction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dendrion.field.connectivity import joined_labels
from dendrion.field.network_setup import BOUNDARY, GRAIN, Setup
from dendrion.numerics.grid import Grid

Array = NDArray[np.float64]
Index = NDArray[np.int64]

RESTS, GROWS, DISSOLVES = 0, 1, 2
"""What a piece of metal does [dimensionless]."""


@dataclass(frozen=True)
class Pieces:
    """Cells with metal, by piece.

    cells: flat index of each; piece: number of its piece; count of pieces; mode of each piece; open: whether the cell has
    room; stress: eta of each piece as it acts [V]; weakest: that of its weakest open place, infinite without one [V].
    """

    cells: Index
    piece: Index
    count: int
    mode: Index
    open: NDArray[np.bool_]
    stress: Array
    weakest: Array

    def sums(self, values: Array) -> Array:
        """Sum over the cells of each piece."""
        return np.bincount(self.piece, weights=values, minlength=self.count).astype(float)


def find_pieces(
    setup: Setup, periodic: tuple[bool, ...], metal: Array, held: NDArray[np.bool_], mode: Index, full: float
) -> Pieces:
    """Pieces of the cells marked ``held``, which hold ``metal`` (volume over volume) or are about to.

    ``mode`` is what each cell's piece last did; where pieces have met, growth goes before rest.
    """
    cells = np.flatnonzero(held)
    labels = joined_labels(held, (False, *periodic[1:])).ravel()[cells]
    _, piece = np.unique(labels, return_inverse=True)
    count = int(piece.max(initial=-1)) + 1
    open_places = metal.ravel()[cells] < full * setup.capacity.ravel()[cells]
    weakest = np.full(count, np.inf)
    np.minimum.at(weakest, piece[open_places], setup.opening.ravel()[cells][open_places])
    grows = np.bincount(piece, weights=mode.ravel()[cells] == GROWS, minlength=count) > 0
    dissolves = np.bincount(piece, weights=mode.ravel()[cells] == DISSOLVES, minlength=count) > 0
    does = np.where(grows & np.isfinite(weakest), GROWS, np.where(dissolves & ~grows, DISSOLVES, RESTS))
    stress = np.where((does == GROWS) & np.isfinite(weakest), weakest, 0.0)
    return Pieces(cells, piece, count, does, open_places, stress, weakest)


def covered(setup: Setup, metal: Array, cells: Index) -> Array:
    """Share of the places' surface that metal covers [dimensionless]."""
    capacity = setup.capacity.ravel()[cells]
    return np.clip(metal.ravel()[cells] / capacity, setup.thin, 1.0)


def judge(setup: Setup, pieces: Pieces, metal: Array, excess: Array) -> Index:
    """What each piece does next, from the potentials that its present mode gives.

    ``excess`` is phi_i - phi_e of every cell [V].
    """
    area = setup.area.ravel()[pieces.cells] * covered(setup, metal, pieces.cells)
    here = excess.ravel()[pieces.cells]
    freely, surface = pieces.sums(area * here), pieces.sums(area)
    pressed = freely - np.where(np.isfinite(pieces.weakest), pieces.weakest, 0.0) * surface
    may_grow = np.isfinite(pieces.weakest) & (pressed > 0.0)
    grown = np.where(may_grow, GROWS, RESTS)
    return np.where((freely < 0.0) & (pieces.sums(metal.ravel()[pieces.cells]) > 0.0), DISSOLVES, grown)


def neighbours(cells: Index, shape: tuple[int, ...], periodic: tuple[bool, ...]) -> tuple[Index, Index]:
    """Pairs (cell, cell across a face) of flat indices; walls have none."""
    places = np.stack(np.unravel_index(cells, shape))
    sources, targets = [], []
    for axis, count in enumerate(shape):
        for step in (-1, 1):
            moved = places.copy()
            moved[axis] += step
            if periodic[axis]:
                moved[axis] %= count
            kept = (moved[axis] >= 0) & (moved[axis] < count)
            sources.append(cells[kept])
            targets.append(np.ravel_multi_index(tuple(moved[:, kept]), shape))
    return np.concatenate(sources), np.concatenate(targets)


def entered(
    setup: Setup,
    grid: Grid,
    pieces: Pieces,
    held: NDArray[np.bool_],
    ions: Array,
    electrons: Array,
    anode: Array,
) -> Index:
    """Places that metal opens now: beside full cells, and from the plating electrode (``anode`` [A/m^2])."""
    flat = held.ravel()
    source, target = neighbours(pieces.cells[~pieces.open], grid.shape, grid.periodic)
    free = (setup.capacity.ravel()[target] > 0.0) & ~flat[target]
    source, target = source[free], target[free]
    drive = ions.ravel()[target] - electrons.ravel()[source] - setup.opening.ravel()[target]
    first = np.arange(anode.size)  # the cells of the first layer come first
    rooms = (setup.kind[0] == BOUNDARY) | (setup.kind[0] == GRAIN)
    from_wall = rooms & ~held[0] & (anode * setup.resistance > setup.opening[0])
    return np.unique(np.concatenate([target[drive > 0.0], first[from_wall.ravel()]])).astype(np.int64)


def nucleated(
    setup: Setup, grid: Grid, held: NDArray[np.bool_], excess: Array, barred: NDArray[np.bool_]
) -> Index:
    """Places where metal forms by itself now, the largest excess over the threshold first."""
    from scipy.spatial import cKDTree

    above = (excess - setup.threshold).ravel()
    candidates = np.flatnonzero((above > 0.0) & ~held.ravel() & ~barred.ravel())
    if not candidates.size:
        return candidates
    box = [length if wraps else 0.0 for length, wraps in zip(grid.size, grid.periodic, strict=True)]

    def tree(cells: Index) -> cKDTree:
        places = np.stack(np.unravel_index(cells, grid.shape), axis=-1) + 0.5
        return cKDTree(places * np.array(grid.spacing), boxsize=box)

    metal = np.flatnonzero(held)
    if metal.size:
        far = tree(metal).query(tree(candidates).data)[0] >= setup.nucleus_spacing
        candidates = candidates[far]
    candidates = candidates[np.argsort(-above[candidates], kind="stable")]
    if not candidates.size:
        return candidates
    near = tree(candidates)
    free = np.ones(candidates.size, bool)
    chosen = []
    for place in range(candidates.size):
        if free[place]:
            chosen.append(candidates[place])
            free[near.query_ball_point(near.data[place], setup.nucleus_spacing)] = False
    return np.array(chosen, dtype=np.int64)


def growth(
    setup: Setup, pieces: Pieces, metal: Array, reaction: Array, potentials: Array, per_charge: float
) -> Array:
    """Rate of metal (volume over volume) of every cell of the pieces [1/s]: uptake of a piece, shared out.

    The drive of a place is that of the piece's metal there: a place that has none yet takes the potential of electrons from
    the piece. Args: reaction [A/m^3]; potentials of ions and electrons [V]; per_charge V_M/F [m^3/C].
    """
    cells, piece = pieces.cells, pieces.piece
    uptake = pieces.sums(reaction.ravel()[cells]) * per_charge
    stored = metal.ravel()[cells]
    room = setup.capacity.ravel()[cells] * pieces.open
    ions, electrons = (one.ravel()[cells] for one in potentials)
    some = stored > 0.0
    count = pieces.sums(some.astype(float))
    of_piece = (pieces.sums(electrons * some) / np.maximum(count, 1.0))[piece]
    electrons = np.where(some | (count[piece] == 0.0), electrons, of_piece)
    drive = np.maximum(ions - electrons - setup.opening.ravel()[cells], 0.0)
    weight = room * drive
    total = pieces.sums(weight)
    weight = np.where(total[piece] > 0.0, weight, room)  # no place is driven: all alike
    whole = setup.capacity.ravel()[cells]
    weight = np.where(pieces.sums(room)[piece] > 0.0, weight, whole)  # none is open: the film thickens
    weight = np.where(uptake[piece] >= 0.0, weight, stored)
    total = pieces.sums(weight)
    share = weight / np.where(total[piece] > 0.0, total[piece], 1.0)
    return np.asarray(uptake[piece] * share)
