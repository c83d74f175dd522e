"""The kinetic Monte Carlo loop: pick an event in proportion to its rate, do it, bring the rates near it up to date.

Rejection-free (Bortz, Kalos & Lebowitz 1975, DOI 10.1016/0021-9991(75)90060-1): the time to the next event is
-ln(u)/sum of all rates. The current of a galvanostat scales the rates of deposition (while it plates) or dissolution
(while it strips) so that the expected current is the one that is asked for, plus what is still owed of the charge.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dendrion.lattice.compiled import COMPILE
from dendrion.lattice.random import uniform
from dendrion.lattice.rates import (
    DEPOSITION,
    DISSOLUTION,
    IONS,
    SURFACE,
    Rates,
    ion_hops,
    refresh,
    surface_hops,
    touches_connected,
)
from dendrion.lattice.sites import ELECTROLYTE, ION, METAL, Frame, Lattice
from dendrion.lattice.sumtree import assign, find

UNDONE, LOST = 4, 5
"""Places in the counts after those of the classes: hops that undo the last one, ions that found no place."""

COUNTS = 6
"""Length of the array of counts [dimensionless]."""

LARGEST_CORRECTION = 20.0
"""Largest factor by which control scales a rate between two updates of the overpotential [dimensionless]."""

_TRIES = 64


class Control(NamedTuple):
    """What the loop is to do.

    controlled: 1 holds the current; current: wanted net rate [1/s]; owed: particles that were passed as charge and
    not yet grown [dimensionless]; gain: rate at which they are made up [1/s]; slow_hops, slow_ions: factors on these
    rates (1 unless they are throttled) [dimensionless]; time: at the start [s]; duration: at most so long [s];
    events, change: at most so many events, depositions and dissolutions [dimensionless].
    """

    controlled: int
    current: float
    owed: float
    gain: float
    slow_hops: float
    slow_ions: float
    time: float
    duration: float
    events: int
    change: int


@njit(**COMPILE)
def set_metal(frame: Frame, lattice: Lattice, site: int, metal: bool, left: int) -> None:
    """Puts metal on a site, or takes it away and leaves ``left``; counts the bonds of its neighbours."""
    lattice.site[site] = METAL if metal else left
    for m in range(frame.faces):
        other = frame.links[site, m]
        if other >= 0:
            lattice.bonds[other] += 1 if metal else -1
    lattice.origin[site] = -1
    lattice.connected[site] = 1 if metal and touches_connected(frame, lattice, site) else 0


@njit(**COMPILE)
def refresh_hops(frame: Frame, lattice: Lattice, rates: Rates, centre: int, tick: int) -> None:
    """Surface hops of the metal around a site that have not been brought up to date in this event."""
    for m in range(frame.links.shape[1]):
        site = frame.links[centre, m]
        if site >= 0 and lattice.site[site] == METAL and lattice.stamp[site] < 2 * tick:
            lattice.stamp[site] = 2 * tick
            if lattice.bonds[site] < frame.faces:
                assign(lattice.trees[SURFACE], site, surface_hops(frame, lattice, rates, site, np.inf)[0])


@njit(**COMPILE)
def refresh_far(frame: Frame, lattice: Lattice, rates: Rates, start: int, tick: int) -> None:
    """Lone particles whose way over the terrace may end here or pass here, seen along the axes."""
    for m in range(frame.faces):
        site = start
        for _ in range(rates.longest_hop + 1):
            site = frame.links[site, m]
            if site < 0:
                break
            if lattice.site[site] == METAL:
                if lattice.bonds[site] == 1 and lattice.stamp[site] < 2 * tick:
                    lattice.stamp[site] = 2 * tick
                    assign(lattice.trees[SURFACE], site, surface_hops(frame, lattice, rates, site, np.inf)[0])
                break


@njit(**COMPILE)
def refresh_around(frame: Frame, lattice: Lattice, rates: Rates, changed: int, tick: int) -> None:
    """Rates of everything that a change of metal at a site touches.

    Its own and its neighbours' all; else the hops of metal that could come here, or to a neighbour whose bonds
    changed.
    """
    for m in range(-1, frame.faces):
        site = changed if m < 0 else frame.links[changed, m]
        if site >= 0 and lattice.stamp[site] <= 2 * tick:
            lattice.stamp[site] = 2 * tick + 1
            refresh(frame, lattice, rates, site)
    refresh_hops(frame, lattice, rates, changed, tick)
    lone = rates.longest_hop > 1
    if lone:
        refresh_far(frame, lattice, rates, changed, tick)
    for m in range(frame.faces):
        site = frame.links[changed, m]
        if site >= 0 and lattice.site[site] != METAL:
            refresh_hops(frame, lattice, rates, site, tick)
            if lone:
                refresh_far(frame, lattice, rates, site, tick)


@njit(**COMPILE)
def refresh_ion(frame: Frame, lattice: Lattice, rates: Rates, site: int) -> None:
    """Rates of a site and its neighbours after an ion came or went."""
    refresh(frame, lattice, rates, site)
    for m in range(frame.faces):
        other = frame.links[site, m]
        if other >= 0 and lattice.site[other] != METAL:
            refresh(frame, lattice, rates, other)


@njit(**COMPILE)
def place_ion(
    frame: Frame,
    lattice: Lattice,
    rates: Rates,
    first: int,
    count: int,
    random: NDArray[np.uint64],
    add: bool,
) -> bool:
    """Adds or takes an ion on a random site of ``count`` from ``first``; False where none was found."""
    before, after = (ELECTROLYTE, ION) if add else (ION, ELECTROLYTE)
    for _ in range(_TRIES if add else _TRIES * 100):
        site = first + int(uniform(random) * count)
        if lattice.site[site] == before:
            lattice.site[site] = after
            refresh_ion(frame, lattice, rates, site)
            return True
    return False


@njit(**COMPILE)
def keep_ion(frame: Frame, lattice: Lattice, rates: Rates, site: int, random: NDArray[np.uint64]) -> bool:
    """The ion that migration brings in place of the deposited one: beside it, or where there is room."""
    start = int(uniform(random) * frame.faces)
    for n in range(frame.faces):
        other = frame.links[site, (start + n) % frame.faces]
        if other >= 0 and lattice.site[other] == ELECTROLYTE:
            lattice.site[other] = ION
            refresh_ion(frame, lattice, rates, other)
            return True
    return place_ion(frame, lattice, rates, 0, lattice.site.size, random, True)


@njit(**COMPILE)
def deposit(
    frame: Frame, lattice: Lattice, rates: Rates, site: int, tick: int, random: NDArray[np.uint64],
    counts: NDArray[np.int64],
) -> None:  # fmt: skip
    """An ion becomes metal. The metal takes a share 1 - t_plus of it from the salt, migration brings the rest."""
    set_metal(frame, lattice, site, True, 0)
    if not rates.ions_hop:
        # The front takes its layer of poorer electrolyte with it until the ions are solved again.
        for m in range(frame.faces):
            other = frame.links[site, m]
            if other >= 0 and lattice.bonds[other] == 1:
                rates.cathodic[other] = min(rates.cathodic[other], rates.cathodic[site])
        refresh_around(frame, lattice, rates, site, tick)
        return
    refresh_around(frame, lattice, rates, site, tick)
    done = True
    if uniform(random) >= rates.salt_share:
        done = keep_ion(frame, lattice, rates, site, random)
    elif not rates.reservoir:  # the counter electrode gives back what the metal takes
        done = place_ion(frame, lattice, rates, lattice.site.size - frame.layer, frame.layer, random, True)
    counts[LOST] += not done


@njit(**COMPILE)
def dissolve(
    frame: Frame, lattice: Lattice, rates: Rates, site: int, tick: int, random: NDArray[np.uint64],
    counts: NDArray[np.int64],
) -> None:  # fmt: skip
    """Metal becomes an ion; its share t_plus migrates away at once."""
    salt = rates.ions_hop and uniform(random) < rates.salt_share
    set_metal(frame, lattice, site, False, ION if salt else ELECTROLYTE)
    refresh_around(frame, lattice, rates, site, tick)
    if salt and not rates.reservoir:
        last = lattice.site.size - frame.layer
        counts[LOST] += not place_ion(frame, lattice, rates, last, frame.layer, random, False)


@njit(**COMPILE)
def hop(
    frame: Frame,
    lattice: Lattice,
    rates: Rates,
    site: int,
    tick: int,
    share: float,
    counts: NDArray[np.int64],
) -> None:
    """A particle of metal moves over the surface; an ion that stands there changes places with it."""
    total, _ = surface_hops(frame, lattice, rates, site, np.inf)
    _, end = surface_hops(frame, lattice, rates, site, share * total)
    if end < 0:
        refresh(frame, lattice, rates, site)
        return
    counts[SURFACE] += 1
    counts[UNDONE] += lattice.origin[site] == end
    back, age = lattice.origin[site] == end, lattice.age[site]
    set_metal(frame, lattice, site, False, lattice.site[end])
    set_metal(frame, lattice, end, True, 0)
    lattice.age[end] = age
    lattice.origin[end] = -1 if back else site
    refresh_around(frame, lattice, rates, site, tick)
    refresh_around(frame, lattice, rates, end, tick)


@njit(**COMPILE)
def move_ion(frame: Frame, lattice: Lattice, rates: Rates, site: int, share: float) -> None:
    """An ion hops, leaves to the reservoir or comes from it."""
    total, _ = ion_hops(frame, lattice, rates, site, np.inf)
    _, end = ion_hops(frame, lattice, rates, site, share * total)
    if lattice.site[site] == ELECTROLYTE:
        lattice.site[site] = ION
    else:
        lattice.site[site] = ELECTROLYTE
        if end >= 0:
            lattice.site[end] = ION
            refresh_ion(frame, lattice, rates, end)
    refresh_ion(frame, lattice, rates, site)


@njit(**COMPILE)
def factors(lattice: Lattice, control: Control, passed: float, net: int) -> tuple[float, float]:
    """Factors on deposition and dissolution that make the expected current the wanted one."""
    if not control.controlled:
        return 1.0, 1.0
    grows, goes = lattice.trees[DEPOSITION, 1], lattice.trees[DISSOLUTION, 1]
    wanted = control.current + (control.owed + control.current * passed - net) * control.gain
    low, high = 1.0 / LARGEST_CORRECTION, LARGEST_CORRECTION
    if control.current >= 0.0:
        return (min(max((wanted + goes) / grows, low), high) if grows > 0.0 else 1.0), 1.0
    return 1.0, (min(max((grows - wanted) / goes, low), high) if goes > 0.0 else 1.0)


@njit(**COMPILE)
def run_events(
    frame: Frame, lattice: Lattice, rates: Rates, control: Control, random: NDArray[np.uint64],
    counts: NDArray[np.int64],
) -> tuple[float, float]:  # fmt: skip
    """Advances the lattice; returns the time that passed [s] and the expected net number of depositions in it."""
    passed, expected = 0.0, 0.0
    lattice.stamp[:] = 0
    trees, leaves = lattice.trees, lattice.trees.shape[1] // 2
    for tick in range(1, control.events + 1):
        net = counts[DEPOSITION] - counts[DISSOLUTION]
        plating, stripping = factors(lattice, control, passed, net)
        grows, goes = plating * trees[DEPOSITION, 1], stripping * trees[DISSOLUTION, 1]
        hops, ions = control.slow_hops * trees[SURFACE, 1], control.slow_ions * trees[IONS, 1]
        total = grows + goes + hops + ions
        wait = -np.log(1.0 - uniform(random)) / total if total > 0.0 else np.inf
        if passed + wait >= control.duration:
            expected += (grows - goes) * (control.duration - passed)
            return control.duration, expected
        passed += wait
        expected += (grows - goes) * wait
        chosen = uniform(random) * total
        if chosen < hops:
            site, rest = find(trees[SURFACE], chosen / hops)
            hop(frame, lattice, rates, site, tick, rest / trees[SURFACE, leaves + site], counts)
        elif chosen < hops + ions:
            site, rest = find(trees[IONS], (chosen - hops) / ions)
            move_ion(frame, lattice, rates, site, rest / trees[IONS, leaves + site])
            counts[IONS] += 1
        elif chosen < hops + ions + grows:
            site, _ = find(trees[DEPOSITION], (chosen - hops - ions) / grows)
            deposit(frame, lattice, rates, site, tick, random, counts)
            lattice.age[site] = control.time + passed
            counts[DEPOSITION] += 1
        else:
            site, _ = find(trees[DISSOLUTION], min((chosen - hops - ions - grows) / goes, 1.0 - 1e-15))
            dissolve(frame, lattice, rates, site, tick, random, counts)
            counts[DISSOLUTION] += 1
        if counts[DEPOSITION] + counts[DISSOLUTION] >= control.change:
            break
    return passed, expected
