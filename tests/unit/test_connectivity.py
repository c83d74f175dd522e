"""Which metal is alive: flood fill, periodic wrap, and the front that belongs to it."""

from __future__ import annotations

import numpy as np

from dendrion.field.connectivity import active_region, connected_metal


def test_metal_that_touches_nothing_is_dead() -> None:
    xi = np.zeros((8, 6))
    xi[:3] = 1.0
    xi[5:7, 2:4] = 1.0
    alive = connected_metal(xi, (False, False))
    assert alive[:3].all()
    assert not alive[3:].any()


def test_a_diagonal_touch_does_not_connect() -> None:
    xi = np.zeros((4, 4))
    xi[0, 0] = xi[1, 1] = 1.0
    assert connected_metal(xi, (False, False)).sum() == 1


def test_metal_connects_through_a_periodic_side_only_if_it_is_periodic() -> None:
    xi = np.zeros((4, 6))
    xi[:3, 0] = 1.0
    xi[2, 5] = xi[2, 4] = 1.0
    assert connected_metal(xi, (False, True))[2, 4]
    assert not connected_metal(xi, (False, False))[2, 4]


def test_no_metal_at_the_electrode_leaves_nothing_alive() -> None:
    xi = np.zeros((6, 4))
    xi[3] = 1.0
    assert not connected_metal(xi, (False, False)).any()


def test_the_front_of_dead_metal_is_not_active() -> None:
    xi = np.zeros((20, 8))
    xi[:4] = 1.0
    xi[13:16, 3:6] = 1.0
    alive = connected_metal(xi, (False, False))
    active = active_region(alive, xi, (False, False), reach=6)
    assert active[4:8].all()
    assert not active[12:17, 2:7].any()


def test_without_dead_metal_everything_is_active() -> None:
    xi = np.zeros((6, 4))
    xi[:2] = 1.0
    assert active_region(connected_metal(xi, (False, False)), xi, (False, False), 3).all()
