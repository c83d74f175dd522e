"""Events a second of the lattice at 512^2 and 128^3, against a naive version that lists every event after each step.

    python benchmarks/lattice_events.py            # prints the table of benchmarks/results/lattice_events.md

Both do the same events at the same rates (deposition and surface hops of one site, gross rates). The naive one is the
loop that most scripts have: find the events of every site that can act, sum, pick, do. Times are CPU times of one
process; the naive one is timed over few events, because each of its steps walks the lattice.
"""

from __future__ import annotations

import time

import numpy as np

from dendrion.lattice.events import SURFACE
from dendrion.lattice.rates import DEPOSITION
from tests.lattice_setup import Machine, layer

HOPS = 20.0
"""Attempt rate of a surface hop over the rate of deposition on a site [dimensionless]."""


def fast(cells: tuple[int, ...], events: int, longest: int = 8, repeats: int = 3) -> dict[str, float]:
    """Best of a few runs of the engine's loop."""
    best, share = np.inf, 0.0
    for seed in range(repeats):
        machine = Machine(
            layer(cells, cells[0] // 4), seed=seed, cathodic=1.0, surface=HOPS, longest_hop=longest
        )
        machine.run(events=events // 10)
        machine.counts[:] = 0
        start = time.process_time()
        machine.run(events=events)
        best = min(best, time.process_time() - start)
        done = machine.counts[DEPOSITION] + machine.counts[SURFACE]
        share = (done - 2 * machine.counts[4]) / done
    return {"events_per_second": events / best, "useful": float(share)}


def naive(cells: tuple[int, ...], events: int, seed: int = 0) -> float:
    """Events a second of a list made anew for every event, in NumPy."""
    random, metal = np.random.default_rng(seed), layer(cells, cells[0] // 4) > 0
    axes = range(len(cells))
    moves = [tuple(sign * int(a == axis) for a in axes) for axis in axes for sign in (1, -1)]

    def shifted(array: np.ndarray, move: tuple[int, ...]) -> np.ndarray:
        moved = np.roll(array, [-m for m in move], axis=tuple(axes))
        if move[0] == -1:
            moved[0] = True
        elif move[0] == 1:
            moved[-1] = False
        return moved

    start = time.process_time()
    for _ in range(events):
        bonds = sum(shifted(metal, m).astype(int) for m in moves)
        listed = [(1.0, "deposit", site, None) for site in np.argwhere(~metal & (bonds > 0))]
        for move in moves:
            free = ~shifted(metal, move) & (shifted(bonds, move) > 1)
            for site in np.argwhere(metal & free):
                listed.append((HOPS * np.exp(-2.5 * max(bonds[tuple(site)] - 1, 0)), "hop", site, move))
        total = np.cumsum([event[0] for event in listed])
        _, kind, site, move = listed[int(np.searchsorted(total, random.random() * total[-1]))]
        if kind == "hop":
            metal[tuple(site)] = False
            site = (site + np.array(move)) % np.array(cells)
        metal[tuple(site)] = True
    return events / (time.process_time() - start)


def main() -> None:
    """Prints the table."""
    print(
        "| lattice | events/s, 8 sites a lone hop | useful | events/s, single hops | useful | naive list | ratio |"
    )
    print("|---|---|---|---|---|---|---|")
    for cells, events, few in (((512, 512), 400_000, 20), ((128, 128, 128), 200_000, 2)):
        long, short, slow = fast(cells, events), fast(cells, events, longest=1), naive(cells, few)
        print(
            f"| {' x '.join(map(str, cells))} | {long['events_per_second']:.3g} | {long['useful']:.0%} "
            f"| {short['events_per_second']:.3g} | {short['useful']:.0%} | {slow:.3g} "
            f"| {long['events_per_second'] / slow:.3g} |"
        )


if __name__ == "__main__":
    main()
