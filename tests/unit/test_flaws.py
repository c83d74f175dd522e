"""Flaws on the grid: sizes, places, and lines that are closed through the faces of their cells."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import ndimage

from dendrion.errors import InputError
from dendrion.field.flaws import crack, notch, penny, pore, thinnest_width
from dendrion.numerics.grid import Grid

CELL = 1e-6


def grid(*shape, spacing=None):
    return Grid(shape, spacing or (CELL,) * len(shape), (False,) * len(shape))


def test_a_thin_notch_is_one_row_of_its_length():
    mesh = grid(20, 11)
    mask = notch(mesh.coordinates(), mesh.spacing, (0.0, 5.5 * CELL), 8 * CELL)
    rows = np.flatnonzero(mask.any(axis=0))
    assert rows.tolist() == [5]
    assert mask[:, 5].sum() == 8
    midway = notch(mesh.coordinates(), mesh.spacing, (0.0, 5.0 * CELL), 8 * CELL)
    assert midway.sum() == 8
    wide = notch(mesh.coordinates(), mesh.spacing, (0.0, 5.5 * CELL), 8 * CELL, width=3 * CELL)
    assert wide.sum() == 24


def test_a_notch_from_the_far_wall_and_in_depth():
    mesh = grid(20, 11, 8)
    middle = (20 * CELL, 5.5 * CELL, 4 * CELL)
    through = notch(mesh.coordinates(), mesh.spacing, middle, 6 * CELL, angle=math.pi)
    assert through.sum() == 6 * 8
    assert through[14:, 5].all()
    deep = notch(mesh.coordinates(), mesh.spacing, middle, 6 * CELL, angle=math.pi, depth=4 * CELL)
    assert deep.sum() == 6 * 4


@pytest.mark.parametrize("degrees", [0, 10, 20, 30, 45, 60, 71, 90, 120, 153])
def test_an_inclined_crack_is_closed_through_faces(degrees):
    """One piece through faces, and it parts the cells on its sides even where those touch at corners only."""
    mesh = grid(60, 60)
    angle = math.radians(degrees)
    for offset in np.random.default_rng(3).uniform(0.0, 1.0, (5, 2)):
        centre = ((30 + offset[0]) * CELL, (30 + offset[1]) * CELL)
        mask = crack(mesh.coordinates(), mesh.spacing, centre, 36 * CELL, angle=angle)
        assert ndimage.label(mask)[1] == 1
        through = crack(mesh.coordinates(), mesh.spacing, centre, 200 * CELL, angle=angle)
        corners = np.ones((3, 3))
        assert ndimage.label(~through, structure=corners)[1] == 2
        across = thinnest_width(angle, mesh.spacing)
        assert across == pytest.approx(CELL * (abs(math.cos(angle)) + abs(math.sin(angle))), rel=1e-12)
        assert mask.sum() * CELL**2 == pytest.approx(36 * CELL * across, rel=0.08)


def test_unequal_cells():
    mesh = grid(30, 60, spacing=(2 * CELL, CELL))
    through = crack(mesh.coordinates(), mesh.spacing, (30 * CELL, 30 * CELL), 1e-3, angle=math.radians(40))
    assert ndimage.label(~through, structure=np.ones((3, 3)))[1] == 2


def test_pores_have_their_volume():
    mesh = grid(100, 100)
    disk = pore(mesh.coordinates(), (50 * CELL, 50 * CELL), 30 * CELL)
    assert disk.sum() == pytest.approx(math.pi * 900, rel=0.01)
    oval = pore(mesh.coordinates(), (50 * CELL, 50 * CELL), (40 * CELL, 20 * CELL))
    assert oval.sum() == pytest.approx(math.pi * 800, rel=0.01)
    body = grid(40, 40, 40)
    ball = pore(body.coordinates(), (20.3 * CELL, 19.9 * CELL, 20.1 * CELL), 15 * CELL)
    assert ball.sum() == pytest.approx(4 / 3 * math.pi * 15**3, rel=0.01)


def test_a_penny_is_a_closed_disk():
    mesh = grid(40, 40, 40)
    flat = penny(mesh.coordinates(), mesh.spacing, (20 * CELL,) * 3, 12 * CELL, (0.0, 1.0, 0.0))
    assert np.flatnonzero(flat.any(axis=(0, 2))).size == 1
    assert flat.sum() == pytest.approx(math.pi * 144, rel=0.03)
    tilted = penny(mesh.coordinates(), mesh.spacing, (20.3 * CELL,) * 3, 100 * CELL, (1.0, 2.0, 0.5))
    assert ndimage.label(~tilted, structure=np.ones((3, 3, 3)))[1] == 2


def test_bad_flaws_are_refused():
    mesh = grid(10, 10)
    where = mesh.coordinates()
    with pytest.raises(InputError, match="length"):
        notch(where, mesh.spacing, (0.0, 0.0), -CELL)
    with pytest.raises(InputError, match="2 coordinates"):
        pore(where, (0.0, 0.0, 0.0), CELL)
    with pytest.raises(InputError, match="width"):
        crack(where, mesh.spacing, (0.0, 0.0), CELL, width=-1.0)
    with pytest.raises(InputError, match="3-D"):
        penny(where, mesh.spacing, (0.0, 0.0), CELL, (0.0, 1.0))
