"""Shape in numbers: sub-cell tip, roughness, area, branches, and classes of morphology."""

from __future__ import annotations

import numpy as np
import pytest

from dendrion.field.connectivity import connected_metal
from dendrion.field.diagnostics import classify, describe_shape, height_profile, peak_to_valley
from dendrion.field.front import electrolyte_fraction, reaction_area_density
from tests.field_setup import centres, profile

CELL, WIDTH = 1e-6, 2e-6
NOT_PERIODIC = (False, False)


def shape_of(front: np.ndarray, cells: int = 64):
    """Description of a front at these heights [m]."""
    xi = profile(centres(cells, CELL)[:, None] - front[None, :], WIDTH)
    alive = connected_metal(xi, NOT_PERIODIC)
    height = height_profile(xi, alive, CELL)
    area = np.asarray(reaction_area_density(electrolyte_fraction(xi), (CELL, CELL), NOT_PERIODIC))
    return height, describe_shape(xi, alive, height, area, (CELL, CELL), NOT_PERIODIC, WIDTH)


@pytest.mark.parametrize("position", [20.0e-6, 20.13e-6, 20.5e-6, 20.77e-6])
def test_a_flat_front_is_found_between_the_cells(position: float) -> None:
    height, shape = shape_of(np.full(16, position))
    assert height == pytest.approx(position, abs=1e-12)
    assert shape.area_ratio == pytest.approx(1.0, abs=1e-12)
    assert shape.roughness < 1e-12
    assert shape.morphology == "flat"


def test_a_sinusoid_has_its_roughness_and_area() -> None:
    y, amplitude, wavelength = centres(64, CELL), 4e-6, 64e-6
    _, shape = shape_of(30e-6 + amplitude * np.cos(2 * np.pi * y / wavelength))
    arc = np.mean(
        np.sqrt(1.0 + (2 * np.pi * amplitude / wavelength * np.sin(2 * np.pi * y / wavelength)) ** 2)
    )
    assert shape.roughness == pytest.approx(amplitude / np.sqrt(2.0), rel=1e-3)
    assert shape.area_ratio == pytest.approx(arc, rel=0.02)


def test_two_fingers_are_two_branches() -> None:
    y = centres(48, CELL)
    _, shape = shape_of(10e-6 + 40e-6 * ((np.abs(y - 12e-6) < 5e-6) | (np.abs(y - 36e-6) < 5e-6)))
    assert shape.branches == 2
    assert shape.morphology == "fingers"


def test_peak_to_valley_compares_highest_and_lowest_column() -> None:
    area = np.ones((3, 4))
    current = np.broadcast_to([1.0, 2.0, 4.0, 8.0], (3, 4))
    assert peak_to_valley(current, area, np.array([3.0, 2.0, 5.0, 1.0])) == pytest.approx(4.0 / 8.0)


def test_classes() -> None:
    assert classify(1e-6, 1.5, 1e-5, 1, 1, 2e-6) == "flat"
    assert classify(3e-5, 2.0, 1e-5, 1, 1, 2e-6) == "needle"
    assert classify(3e-5, 2.0, 1e-5, 2, 9, 2e-6) == "branched"
    assert classify(5e-6, 1.2, 1e-5, 1, 1, 2e-6) == "wavy"
