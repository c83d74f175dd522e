"""Two and three dimensions agree where the third has nothing to say, and one with two on a flat front."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.field import two_potential
from tests.field_setup import (
    centres,
    everywhere,
    front_height,
    make_parameters,
    make_state,
    passed_current,
    profile,
)

CELL, CELLS, DEEP = 0.5e-6, 32, 4


def grow(shape: tuple[int, ...], front: np.ndarray, steps: int) -> tuple[np.ndarray, float, float]:
    """Heights [m], electrode potential [V] and time [s] after some steps on a binary electrolyte."""
    p = make_parameters(
        shape, CELL, binary=True, conductivity=0.22, exchange_current_density=100.0, holds_salt=True,
        surface_energy=0.5, temperature=363.15, tolerance=1e-8, substeps=12,
    )  # fmt: skip
    x = centres(shape[0], CELL).reshape((-1,) + (1,) * (len(shape) - 1))
    state = make_state(p, profile(x - front, 2.0 * CELL), time_step=20.0)
    for _ in range(steps):
        state, _ = two_potential.step(p, state, passed_current(20.0), jnp.asarray(20.0), everywhere(p))
    return front_height(state.order_parameter, CELL), float(state.electrode_potential), float(state.time)


def test_a_flat_front_is_the_same_in_one_two_and_three_dimensions() -> None:
    flat = [grow(shape, np.asarray(4e-6), 12) for shape in ((CELLS,), (CELLS, DEEP), (CELLS, DEEP, DEEP))]
    for height, voltage, _ in flat[1:]:
        assert height == pytest.approx(float(flat[0][0]), rel=1e-6)
        assert voltage == pytest.approx(flat[0][1], rel=1e-6)


@pytest.mark.slow
def test_a_cylindrical_bump_is_the_same_in_two_and_three_dimensions() -> None:
    y = centres(CELLS, CELL)
    bump = 4e-6 + 2e-6 * np.exp(-(((y - 8e-6) / 3e-6) ** 2))
    plane, voltage, _ = grow((CELLS, CELLS), bump, 20)
    solid, deep_voltage, _ = grow((CELLS, CELLS, DEEP), np.repeat(bump[:, None], DEEP, 1), 20)
    print("largest height difference", np.abs(solid - plane[:, None]).max() / plane.max())
    assert solid == pytest.approx(np.repeat(plane[:, None], DEEP, 1), rel=5e-3)
    assert deep_voltage == pytest.approx(voltage, rel=5e-3)
