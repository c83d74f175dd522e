"""Depletion of the salt at a flat electrode against Sand's time in a finite gap (electrochemistry dossier, 1.2)."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import brentq

from dendrion.constants import FARADAY
from dendrion.field import two_potential
from dendrion.field.parameters import Coupling
from tests.field_setup import make_parameters, make_state, passed_current

CELLS, CELL, FRONT = 200, 0.5e-6, 10.25e-6
SALT, DIFFUSIVITY, ANIONS = 1200.0, 7e-12, 0.8
EXACT = {1.2: 0.16026, 1.5: 0.090043, 2.0: 0.049183, 3.0: 0.0218167}
"""Current density over the limiting one to D t*/L^2, the time at which the surface is empty."""


def surface_salt(concentration: np.ndarray, gradient: float) -> float:
    """Salt at the front [mol/m^3]: from the first free cells, along the gradient [mol/m^4] that the current makes."""
    first = int(FRONT / CELL) + 6
    x = (np.arange(first, first + 3) + 0.5) * CELL
    # In the electrolyte the profile is a parabola to high accuracy; its slope at the front is known.
    curve = np.linalg.lstsq(np.stack([np.ones(3), (x - FRONT) ** 2], 1), concentration[first : first + 3] - gradient * (x - FRONT), rcond=None)[0]  # fmt: skip
    return float(curve[0])


@pytest.mark.parametrize("ratio", EXACT)
def test_depletion_time_equals_the_series_solution(ratio: float) -> None:
    gap = CELLS * CELL - FRONT
    limiting = 2.0 * FARADAY * DIFFUSIVITY * SALT / (ANIONS * gap)
    current = ratio * limiting
    p = make_parameters(
        (CELLS,), CELL, binary=True, conductivity=0.22, salt_diffusivity=DIFFUSIVITY, transference_number=0.2,
        reference_concentration=SALT, coupling=Coupling(front_motion=False), temperature=363.15, salt_change=0.002,
    )  # fmt: skip
    x = (np.arange(CELLS) + 0.5) * CELL
    expected = EXACT[ratio] * gap**2 / DIFFUSIVITY
    state = make_state(p, 0.5 * (1.0 - np.tanh((x - FRONT) / (2 * CELL))), time_step=1e-5 * expected)
    times, salts = [0.0], [SALT]
    while salts[-1] > 0.1 * SALT:
        state, _ = two_potential.step(
            p, state, passed_current(current), jnp.asarray(np.inf), jnp.ones(CELLS, bool)
        )
        times.append(float(state.time))
        gradient = ANIONS * current / (FARADAY * DIFFUSIVITY)
        salts.append(surface_salt(np.asarray(state.concentration), gradient))
    # Below a tenth the closure for space charge acts by design, so the last tenth is taken from the exact curve.
    exact_time = brentq(lambda t: series(ratio, DIFFUSIVITY * t / gap**2) - salts[-1] / SALT, 1e-9, expected)
    found = expected * times[-1] / exact_time
    print(f"i/i_lim = {ratio}: {found:.2f} s, exact {expected:.2f} s, {found / expected - 1:+.2%}")
    assert found == pytest.approx(expected, rel=0.01)


def series(ratio: float, time: float) -> float:
    """Surface salt over its start at D t/L^2: 1 - r [1 - (8/pi^2) sum over odd n of exp(-n^2 pi^2 t)/n^2]."""
    odd = np.arange(1, 400, 2)
    return 1.0 - ratio * (1.0 - 8.0 / np.pi**2 * float(np.sum(np.exp(-((odd * np.pi) ** 2) * time) / odd**2)))
