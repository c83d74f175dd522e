"""Growth of a small sinusoid on a single-ion electrolyte against the dispersion relation (dossier, 2.4).

omega = (V_M/F) k (i - sigma Gamma k^2)/(1 + sigma R_ct k), Gamma = gamma V_M/F, cut off at k_c = sqrt(i/(sigma Gamma)).
"""

from __future__ import annotations

import math

import jax.numpy as jnp
import numpy as np
import pytest

from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.field import two_potential
from tests.field_setup import centres, everywhere, make_parameters, make_state, passed_current, profile

CELLS, CURRENT, CONDUCTIVITY, SURFACE_ENERGY, VOLUME = 96, 10.0, 0.05, 0.5, 1.3e-5
THERMAL = GAS_CONSTANT * 298.15 / FARADAY
EXCHANGE = THERMAL / 1e-4
CAPILLARY = SURFACE_ENERGY * VOLUME / FARADAY
CUT_OFF = 2.0 * math.pi / math.sqrt(CURRENT / (CONDUCTIVITY * CAPILLARY))


def dispersion(wavelength: float) -> float:
    """Growth rate [1/s] of a wavelength [m]."""
    k = 2.0 * math.pi / wavelength
    slope = THERMAL / (EXCHANGE * math.cosh(math.asinh(0.5 * CURRENT / EXCHANGE)))
    drive = CURRENT - CONDUCTIVITY * CAPILLARY * k**2
    return VOLUME / FARADAY * k * drive / (1.0 + CONDUCTIVITY * slope * k)


LARGEST = max(dispersion(CUT_OFF * s) for s in np.linspace(1.0, 6.0, 200))


def growth_rate(wavelength: float) -> float:
    """Measured growth rate [1/s]: half a wavelength between mirrors, 96 cells a wavelength."""
    cell, first, last = wavelength / CELLS, 64, 160
    p = make_parameters(
        (CELLS + CELLS // 2, CELLS // 2), cell, conductivity=CONDUCTIVITY, exchange_current_density=EXCHANGE,
        molar_volume=VOLUME, surface_energy=SURFACE_ENERGY, tolerance=1e-10,
    )  # fmt: skip
    x, y = centres(CELLS + CELLS // 2, cell)[:, None], centres(CELLS // 2, cell)[None, :]
    mode = np.cos(2.0 * math.pi * y / wavelength)
    state = make_state(p, profile(x - 12.0 * cell - 0.05 * cell * mode, 2.0 * cell))
    times, amplitudes = [], []
    for _ in range(last + 1):
        height = np.asarray(state.order_parameter).sum(0) * cell
        times.append(float(state.time))
        amplitudes.append(2.0 * float(np.mean((height - height.mean()) * mode)))
        state, _ = two_potential.step(p, state, passed_current(CURRENT), jnp.asarray(1e30), everywhere(p))
    return math.log(amplitudes[last] / amplitudes[first]) / (times[last] - times[first])


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.8, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0])
def test_growth_rate_of_a_sinusoid(share: float) -> None:
    """Wavelengths in units of the cut-off wavelength; up to the cut-off against the largest rate."""
    exact, found = dispersion(share * CUT_OFF), growth_rate(share * CUT_OFF)
    error = (found - exact) / (LARGEST if share <= 1.0 else exact)
    print(
        f"{share} of the cut-off: {found / LARGEST:+.4f} of the largest, exact {exact / LARGEST:+.4f}, {error:+.2%}"
    )
    assert abs(error) <= 0.05


@pytest.mark.slow
def test_cut_off_wavelength() -> None:
    """Where growth turns into decay, from the rates at the exact cut-off and at 1.5 of it (linear between)."""
    at, above = growth_rate(CUT_OFF), growth_rate(1.5 * CUT_OFF)
    found = 1.0 - 0.5 * at / (above - at)
    print(f"cut-off at {found:.3f} of the exact one")
    assert found == pytest.approx(1.0, abs=0.03)
