"""Lattices and rates for tests of the kernels, without a case."""

from __future__ import annotations

import numpy as np

from dendrion.lattice.events import COUNTS, Control, run_events
from dendrion.lattice.random import first_state
from dendrion.lattice.rates import Rates, fill_trees
from dendrion.lattice.sites import METAL, count_bonds, find_connected, make_frame, make_lattice


def make_rates(
    sites, cathodic=0.0, anodic=0.0, surface=0.0, ion=0.0, charge_bond=0.0, hop_bond=2.5, hop_edge=0.0, net=0,
    ions_hop=0, reservoir=1, filling=0.013, salt_share=1.0, longest_hop=1,
):  # fmt: skip
    """Uniform rates [1/s] for a number of sites."""
    arrays = [np.full(sites, float(value)) for value in (cathodic, anodic, surface, ion)]
    return Rates(
        *arrays, np.ones(sites), charge_bond, hop_bond, hop_edge, 0, net, ions_hop, reservoir, filling, salt_share,
        longest_hop,
    )  # fmt: skip


def make_control(duration=np.inf, events=10**9, change=10**9, current=None, gain=0.0):
    """What the loop is to do; a current [1/s] is held if given."""
    return Control(int(current is not None), float(current or 0.0), 0.0, gain, 1.0, 1.0, 0.0, duration, events, change)  # fmt: skip


def layer(cells, thickness):
    """Sites with a flat layer of metal."""
    site = np.zeros(cells, dtype=np.uint8)
    site[:thickness] = METAL
    return site


class Machine:
    """A lattice with its rates, ready to run; ``counts`` adds up the events."""

    def __init__(self, site, seed=0, periodic=True, **rates):
        self.frame = make_frame(site.shape, periodic)
        self.lattice = make_lattice(self.frame, site)
        self.rates = make_rates(site.size, **rates)
        self.shape, self.random = site.shape, first_state(seed)
        self.counts = np.zeros(COUNTS, dtype=np.int64)
        fill_trees(self.frame, self.lattice, self.rates)

    def run(self, **control):
        """Runs on; returns (time passed [s], expected net depositions)."""
        return run_events(
            self.frame, self.lattice, self.rates, make_control(**control), self.random, self.counts
        )

    def rebuilt_trees(self):
        """Trees of the same lattice made anew, bonds counted again."""
        kept = self.lattice.trees.copy()
        count_bonds(self.frame, self.lattice)
        find_connected(self.frame, self.lattice, np.empty(self.lattice.site.size, dtype=np.int64))
        fill_trees(self.frame, self.lattice, self.rates)
        made = self.lattice.trees.copy()
        self.lattice.trees[:] = kept
        return made

    @property
    def metal(self):
        """Metal, of the lattice's shape."""
        return self.lattice.site.reshape(self.shape) == METAL
