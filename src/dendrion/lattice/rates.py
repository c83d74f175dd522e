"""The rate of every event of one site.

With C = i_0 e^{alpha f eta} (c/c_0) A/(e N) and A = i_0 e^{-(1-alpha) f eta} A/(e N), the particles a second that a
site's area l^2 takes up and gives off (N atoms a particle, eta > 0 plates), n the metal neighbours, n_k those of a
kink (2 on a square, 3 on a cubic lattice), B and K bond energies over kT:

    gross:  deposition C,             dissolution A e^{-B (n - n_k)}
    net:    deposition max(0, C - A), dissolution max(0, A e^{-B (n - n_k)} - C)
    surface hop: nu e^{-K (n - 1)} e^{-K_e [around an edge]} to a free site that touches metal

Gross rates are in detailed balance with exp(B pairs); they suit single atoms. In a coarse particle the back and forth
of its many atoms averages out and only the net current moves it (derived here). The rates are a reconstruction after
Vishnugopi et al. 2020 (DOI 10.1021/acsami.0c04355), of which the abstract was read.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dendrion.lattice.compiled import COMPILE
from dendrion.lattice.sites import ELECTRODE, ELECTROLYTE, ION, METAL, Frame, Lattice, is_metal
from dendrion.lattice.sumtree import assign, build

DEPOSITION, DISSOLUTION, SURFACE, IONS = 0, 1, 2, 3
"""Classes of events, each with a tree of its own [dimensionless]."""


class Rates(NamedTuple):
    """What the rates are made of.

    cathodic, anodic: C and A; surface: attempt rate nu; ion: hop rate of an ion to one neighbour D/l^2 [1/s], values
    a site; cold: T_ref/T a site; charge_bond: B at T_ref; hop_bond, hop_edge: K and K_e at T_ref [dimensionless];
    hops_know_temperature: 1 if K = E/kT follows the local temperature; net: 1 for net rates; ions_hop: 1 if ions are
    particles; reservoir: 1 if the counter side holds the salt; filling: share of electrolyte sites with an ion in the
    bulk; salt_share: 1 - t_plus, what the metal takes from the salt; longest_hop: sites that a lone particle passes
    in one event [dimensionless].
    """

    cathodic: NDArray[np.float64]
    anodic: NDArray[np.float64]
    surface: NDArray[np.float64]
    ion: NDArray[np.float64]
    cold: NDArray[np.float64]
    charge_bond: float
    hop_bond: float
    hop_edge: float
    hops_know_temperature: int
    net: int
    ions_hop: int
    reservoir: int
    filling: float
    salt_share: float
    longest_hop: int


@njit(**COMPILE)
def touches_connected(frame: Frame, lattice: Lattice, site: int) -> bool:
    """Whether metal that the electrode reaches stands on a neighbouring face."""
    for m in range(frame.faces):
        other = frame.links[site, m]
        if other == ELECTRODE or (other >= 0 and lattice.connected[other]):
            return True
    return False


@njit(**COMPILE)
def deposition_rate(frame: Frame, lattice: Lattice, rates: Rates, site: int) -> float:
    """Rate [1/s] at which a site turns to metal."""
    if (
        lattice.bonds[site] == 0
        or lattice.site[site] == METAL
        or (rates.ions_hop and lattice.site[site] != ION)
    ):
        return 0.0
    rate = rates.cathodic[site] - (rates.anodic[site] if rates.net else 0.0)
    return rate if rate > 0.0 and touches_connected(frame, lattice, site) else 0.0


@njit(**COMPILE)
def dissolution_rate(frame: Frame, lattice: Lattice, rates: Rates, site: int) -> float:
    """Rate [1/s] at which a particle of metal dissolves."""
    bonds = lattice.bonds[site]
    if bonds == frame.faces or not lattice.connected[site] or rates.anodic[site] == 0.0:
        return 0.0
    excess = bonds - frame.faces // 2
    rate = rates.anodic[site] * np.exp(-rates.charge_bond * rates.cold[site] * excess)
    if rates.net:
        rate -= rates.cathodic[site]
    return max(rate, 0.0)


@njit(**COMPILE)
def free_way(frame: Frame, lattice: Lattice, site: int, m: int, below: int, limit: int) -> int:
    """Sites that a lone particle can pass along move ``m`` on a terrace, the last of which may be at a step.

    ``below`` is the move to its support. It ends at a step (included), before an edge, or at ``limit``.
    """
    here = site
    for k in range(1, limit + 1):
        here = frame.links[here, m]
        if here < 0 or lattice.site[here] == METAL:
            return k - 1
        bonds = int(lattice.bonds[here]) - (1 if k == 1 else 0)
        if bonds == 0:
            return k - 1
        if bonds > 1 or not is_metal(lattice, frame.links[here, below]):
            return k
    return limit


@njit(**COMPILE)
def hop_ends(frame: Frame, lattice: Lattice, site: int, m: int) -> int:
    """The site that a hop by one move ends at, or -1 if there is no way or no metal to touch."""
    end = frame.links[site, m]
    if end < 0 or lattice.site[end] == METAL:
        return -1
    if m < frame.faces:
        return end if lattice.bonds[end] > 1 else -1
    if lattice.bonds[end] == 0:
        return -1
    for side in range(2):
        passed = frame.links[site, frame.between[m, side]]
        if passed >= 0 and lattice.site[passed] != METAL:
            return end
    return -1


@njit(**COMPILE)
def lone_hop(frame: Frame, lattice: Lattice, rates: Rates, site: int, m: int, below: int) -> int:
    """Sites that a lone particle passes in one event along a face move; 0 where the way is barred."""
    ahead = free_way(frame, lattice, site, m, below, rates.longest_hop)
    if ahead <= 1:
        return ahead
    return max(1, min(ahead, free_way(frame, lattice, site, m ^ 1, below, rates.longest_hop)))


@njit(**COMPILE)
def surface_hops(frame: Frame, lattice: Lattice, rates: Rates, site: int, wanted: float) -> tuple[float, int]:
    """Total rate [1/s] of the hops of a particle of metal, and where the one ends that ``wanted`` [1/s] falls on.

    A lone particle on a terrace passes m sites in one event at the rate nu/m^2 in either direction, m the free way on
    the shorter side: it leaves the stretch at either end as often, and after the same mean time m^2/(2 nu), as by
    single hops (exact for the walk on a row; on a terrace of a cubic lattice the diffusion constant is exact).
    """
    bonds = lattice.bonds[site]
    if bonds == frame.faces or rates.surface[site] == 0.0:
        return 0.0, -1
    cold = rates.cold[site] if rates.hops_know_temperature else 1.0
    attempt = rates.surface[site] * np.exp(-rates.hop_bond * cold * max(int(bonds) - 1, 0))
    edge = attempt * np.exp(-rates.hop_edge * cold) if rates.hop_edge > 0.0 else attempt
    below = -1
    if bonds == 1 and rates.longest_hop > 1:
        for m in range(frame.faces):
            if is_metal(lattice, frame.links[site, m]):
                below = m
    total, target = 0.0, -1
    for m in range(frame.links.shape[1]):
        rate, end = (attempt if m < frame.faces else edge), -1
        if below >= 0 and m < frame.faces and m // 2 != below // 2:
            way = lone_hop(frame, lattice, rates, site, m, below)
            if way > 0:
                end = site
                for _ in range(way):
                    end = frame.links[end, m]
                rate /= way * way
        else:
            end = hop_ends(frame, lattice, site, m)
        if end >= 0:
            total += rate
            if target < 0 and total > wanted:
                target = end
    return total, target


@njit(**COMPILE)
def ion_hops(frame: Frame, lattice: Lattice, rates: Rates, site: int, wanted: float) -> tuple[float, int]:
    """Total rate [1/s] of the hops of an ion, and where the one ends that ``wanted`` falls on; -1 is the reservoir.

    The reservoir beyond the counter side is a row with the bulk's filling: an empty site of the last row is filled
    from it, an ion leaves to it, in balance.
    """
    at_counter = rates.reservoir and site >= lattice.site.size - frame.layer
    if lattice.site[site] == ELECTROLYTE:
        return (rates.ion[site] * rates.filling if at_counter else 0.0), -1
    total, target = 0.0, -1
    for m in range(frame.faces):
        other = frame.links[site, m]
        if other >= 0 and lattice.site[other] == ELECTROLYTE:
            total += 0.5 * (rates.ion[site] + rates.ion[other])
            if target < 0 and total > wanted:
                target = other
    if at_counter:
        total += rates.ion[site] * (1.0 - rates.filling)
    return total, target


@njit(**COMPILE)
def refresh(frame: Frame, lattice: Lattice, rates: Rates, site: int) -> None:
    """Brings all rates of a site up to date."""
    dissolution, hops, ions = 0.0, 0.0, 0.0
    if lattice.site[site] == METAL:
        dissolution = dissolution_rate(frame, lattice, rates, site)
        hops, _ = surface_hops(frame, lattice, rates, site, np.inf)
    elif rates.ions_hop:
        ions, _ = ion_hops(frame, lattice, rates, site, np.inf)
    assign(lattice.trees[DEPOSITION], site, deposition_rate(frame, lattice, rates, site))
    assign(lattice.trees[DISSOLUTION], site, dissolution)
    assign(lattice.trees[SURFACE], site, hops)
    if rates.ions_hop:
        assign(lattice.trees[IONS], site, ions)


@njit(**COMPILE)
def fill_trees(frame: Frame, lattice: Lattice, rates: Rates) -> None:
    """All rates and their sums, anew."""
    leaves = lattice.trees.shape[1] // 2
    lattice.trees[:, leaves:] = 0.0
    for site in range(lattice.site.size):
        if lattice.site[site] == METAL:
            if lattice.bonds[site] < frame.faces:
                lattice.trees[DISSOLUTION, leaves + site] = dissolution_rate(frame, lattice, rates, site)
                lattice.trees[SURFACE, leaves + site] = surface_hops(frame, lattice, rates, site, np.inf)[0]
            continue
        if lattice.bonds[site] > 0:
            lattice.trees[DEPOSITION, leaves + site] = deposition_rate(frame, lattice, rates, site)
        if rates.ions_hop:
            lattice.trees[IONS, leaves + site] = ion_hops(frame, lattice, rates, site, np.inf)[0]
    for kind in range(4):
        build(lattice.trees[kind])
