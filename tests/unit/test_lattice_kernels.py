"""The kernels of the lattice against exact answers: bookkeeping, diffusion, adsorption, growth, detailed balance."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from dendrion.lattice.events import LOST
from dendrion.lattice.random import first_state, uniform
from dendrion.lattice.rates import DEPOSITION, DISSOLUTION, IONS, SURFACE
from dendrion.lattice.sites import ION, METAL, make_frame
from dendrion.lattice.sumtree import assign, build, find, leaves_for
from tests.lattice_setup import Machine, layer


def test_a_sum_tree_finds_sites_in_proportion_and_stays_exact():
    random = np.random.default_rng(1)
    tree = np.zeros(2 * leaves_for(13))
    weights = random.random(13)
    tree[16 : 16 + 13] = weights
    build(tree)
    assert tree[1] == pytest.approx(weights.sum(), rel=1e-14)
    edges = np.concatenate(([0.0], np.cumsum(weights))) / weights.sum()
    for site in range(13):
        found, rest = find(tree, 0.5 * (edges[site] + edges[site + 1]))
        assert found == site
        assert rest == pytest.approx(0.5 * weights[site], rel=1e-10)
    for _ in range(1000):
        assign(tree, int(random.integers(13)), random.random())
    again = tree.copy()
    build(again)
    assert np.array_equal(again, tree)


def test_random_numbers_are_uniform_and_independent():
    state = first_state(3)
    drawn = np.array([uniform(state) for _ in range(20_000)])
    assert drawn.min() >= 0.0 and drawn.max() < 1.0
    assert drawn.mean() == pytest.approx(0.5, abs=4 * 0.289 / np.sqrt(drawn.size))
    assert np.corrcoef(drawn[1:], drawn[:-1])[0, 1] == pytest.approx(0.0, abs=4 / np.sqrt(drawn.size))


@pytest.mark.parametrize(("cells", "moves"), [((5, 6), 8), ((4, 5, 6), 18)])
def test_neighbours_are_mutual_and_moves_come_in_pairs(cells, moves):
    frame = make_frame(cells, periodic=True)
    assert frame.links.shape[1] == moves
    for site, m in itertools.product(range(frame.links.shape[0]), range(frame.faces)):
        other = frame.links[site, m]
        if other >= 0:
            assert frame.links[other, m ^ 1] == site


@pytest.mark.parametrize("cells", [(24, 20), (14, 9, 8)])
@pytest.mark.parametrize("ions_hop", [0, 1])
def test_rates_after_many_events_are_those_of_a_lattice_counted_anew(cells, ions_hop):
    """Every incremental update at once: deposition, dissolution, hops near and far, ions."""
    site = layer(cells, 4)
    draw = np.random.default_rng(0).random(cells)
    site[(site == 0) & (draw < 0.1 * ions_hop)] = ION
    machine = Machine(
        site, cathodic=1.0 + 9.0 * ions_hop, anodic=0.9, surface=20.0, ion=3.0 * ions_hop, charge_bond=1.5, hop_bond=1.5, hop_edge=0.3,
        ions_hop=ions_hop, filling=0.1, salt_share=0.6, longest_hop=6,
    )  # fmt: skip
    for _ in range(40):
        machine.run(events=50)
        made = machine.rebuilt_trees()
        # Metal that was cut off in these events is found at the next search only: start anew from it.
        assert np.array_equal(made[SURFACE], machine.lattice.trees[SURFACE])
        assert np.array_equal(made[IONS], machine.lattice.trees[IONS])
        machine.lattice.trees[:] = made
    assert machine.counts[[DEPOSITION, DISSOLUTION, SURFACE]].min() > 20
    assert (machine.counts[IONS] > 20) == bool(ions_hop)


@pytest.mark.parametrize("longest", [1, 8])
def test_an_adatom_diffuses_as_its_hop_rate_says(longest):
    """<y^2> = 2 nu l^2 t on a row of metal that is held fast, site by site or eight sites at once."""
    width, rate, duration = 801, 50.0, 8.0
    site = layer((3, width), 1)
    site[1, width // 2] = METAL
    machine, squares = Machine(site, surface=rate, longest_hop=longest, periodic=False), []
    machine.rates.surface[:width] = 0.0
    for seed in range(600):
        machine.lattice.site[:] = site.ravel()
        machine.random[:] = first_state(seed)
        machine.lattice.trees[:] = machine.rebuilt_trees()
        machine.run(duration=duration)
        squares.append(float(np.flatnonzero(machine.metal[1])[0] - width // 2) ** 2)
    expected, spread = 2.0 * rate * duration, np.std(squares) / np.sqrt(len(squares))
    assert np.mean(squares) == pytest.approx(expected, abs=3.5 * spread)
    assert spread < 0.08 * expected
    hops = machine.counts[SURFACE] / len(squares)
    assert hops == pytest.approx(expected / longest**2, rel=0.05)


def test_ions_diffuse_as_their_hop_rate_says():
    """A wave of filling decays as e^{-D k^2 t}: exclusion does not change the mean of identical particles."""
    cells, filling, duration = (64, 64), 0.3, 6.0
    wave = 2.0 * np.pi / cells[1]
    along = np.cos(wave * np.arange(cells[1]))
    random, before, after = np.random.default_rng(1), 0.0, 0.0
    for seed in range(6):
        site = np.where(random.random(cells) < filling * (1.0 + along), ION, 0).astype(np.uint8)
        machine = Machine(site, seed=seed, ion=10.0, ions_hop=1, reservoir=0)
        before += (machine.lattice.site.reshape(cells) * along).sum()
        machine.run(duration=duration)
        after += (machine.lattice.site.reshape(cells) * along).sum()
    exact = 2.0 * (1.0 - np.cos(wave)) * 10.0 * duration
    assert np.log(before / after) == pytest.approx(exact, rel=0.06)


@pytest.mark.parametrize("drive", [-1.0, 0.0, 1.5])
def test_one_layer_without_bonds_fills_as_langmuir_says(drive):
    """theta/(1 - theta) = e^{f eta} c/c_0 on a lattice of a single layer."""
    machine = Machine(layer((1, 2000), 0), cathodic=np.exp(0.5 * drive), anodic=np.exp(-0.5 * drive))
    covered = []
    machine.run(duration=10.0)
    for _ in range(60):
        machine.run(duration=2.0)
        covered.append(machine.metal.mean())
    expected = 1.0 / (1.0 + np.exp(-drive))
    assert np.mean(covered) == pytest.approx(expected, abs=0.004)


@pytest.mark.parametrize("cells", [(40, 400), (20, 30, 30)])
def test_deposition_grows_as_fast_as_faraday_says(cells):
    """A held rate of deposition against the metal that is there: the clock and the count agree."""
    machine = Machine(layer(cells, 2), cathodic=1.0, net=1)
    across = int(np.prod(cells[1:]))
    start = machine.metal.sum()
    passed, expected = machine.run(duration=10.0, current=0.7 * across, gain=1.0)
    grown = machine.metal.sum() - start
    assert passed == pytest.approx(10.0)
    assert grown == machine.counts[DEPOSITION]
    assert grown == pytest.approx(7.0 * across, rel=0.01)
    assert expected == pytest.approx(grown, abs=4 * np.sqrt(grown))


def energies(cells):
    """Every state of the upper rows of a small lattice on one row of metal, with its bonds; None where metal floats."""
    width = int(np.prod(cells[1:]))
    for bits in itertools.product((0, 1), repeat=(cells[0] - 1) * width):
        yield bits, np.array((1,) * width + bits).reshape(cells)


def test_gross_rates_and_hops_keep_the_balance_of_the_bonds():
    """Occupation of a small lattice against exp(B bonds) over all of its states, at eta = 0 (all metal is connected)."""
    cells, bond = (2, 6), 1.2
    machine = Machine(
        layer(cells, 1), cathodic=1.0, anodic=1.0, surface=3.0, charge_bond=bond, hop_bond=bond, hop_edge=0.7
    )
    weights, tops = [], []
    for _, state in energies((2, 6)):
        up = state[1]
        pairs = up.sum() + (up & np.roll(up, 1)).sum()
        weights.append(np.exp(bond * (pairs - 2 * up.sum())))
        tops.append(up.sum())
    weights, tops = np.array(weights), np.array(tops)
    # The lower row may dissolve as well where it is bare; freeze it by its rates.
    machine.rates.anodic[: cells[1]] = 0.0
    machine.rates.surface[: cells[1]] = 0.0
    machine.lattice.trees[:] = machine.rebuilt_trees()
    histogram = np.zeros(cells[1] + 1)
    machine.run(duration=50.0)
    for _ in range(4000):
        machine.run(duration=2.0)
        histogram[machine.metal[1].sum()] += 1
    exact = np.array([weights[tops == n].sum() for n in range(cells[1] + 1)]) / weights.sum()
    assert machine.counts[SURFACE] > 1000
    assert np.abs(histogram / histogram.sum() - exact).max() < 0.015


def test_net_rates_rest_at_equilibrium_and_only_smooth():
    """At eta = 0 nothing deposits in the net; a lone particle dissolves, a flat surface stays."""
    site = layer((10, 12), 3)
    machine = Machine(site.copy(), cathodic=1.0, anodic=1.0, charge_bond=0.3, net=1)
    machine.run(duration=100.0)
    assert machine.counts.sum() == 0
    site[3, 5] = METAL
    machine = Machine(site, cathodic=1.0, anodic=1.0, charge_bond=0.3, net=1)
    machine.run(duration=100.0)
    assert (machine.counts[DISSOLUTION], machine.counts[DEPOSITION]) == (1, 0)


def test_a_salt_keeps_its_ions_and_a_reservoir_its_filling():
    """Closed: deposition takes 1 - t_plus from the salt and the counter electrode gives it back; open: in balance."""
    cells, filling = (32, 32), 0.05
    site = layer(cells, 5)
    site[(site == 0) & (np.random.default_rng(2).random(cells) < filling)] = ION
    before = int((site == ION).sum())
    closed = Machine(
        site.copy(),
        cathodic=20.0 / filling,
        ion=5.0,
        ions_hop=1,
        reservoir=0,
        filling=filling,
        salt_share=0.6,
    )
    closed.run(events=8000)
    assert closed.counts[DEPOSITION] >= 20
    assert int((closed.lattice.site == ION).sum()) == before - closed.counts[LOST]
    assert closed.counts[LOST] == 0
    empty = np.zeros(cells, dtype=np.uint8)
    opened = Machine(empty, ion=20.0, ions_hop=1, reservoir=1, filling=filling)
    opened.run(duration=60.0)
    shares = []
    for _ in range(60):
        opened.run(duration=2.0)
        shares.append((opened.lattice.site == ION).mean())
    assert np.mean(shares) == pytest.approx(filling, rel=0.05)


def test_cut_off_metal_neither_deposits_nor_dissolves():
    site = layer((12, 12), 2)
    site[6:8, 4:8] = METAL
    machine = Machine(site, cathodic=1.0, anodic=1.0, charge_bond=0.1, hop_bond=1.0)
    leaves = machine.lattice.trees.shape[1] // 2
    for kind in (DEPOSITION, DISSOLUTION):
        rates = machine.lattice.trees[kind, leaves : leaves + site.size].reshape(site.shape)
        assert rates[4:].sum() == 0.0
        assert rates[:3].sum() > 0.0
