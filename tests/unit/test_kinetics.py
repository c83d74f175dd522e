"""Butler–Volmer: slope, symmetry, small and large overpotentials."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dendrion.field  # noqa: F401  (switches float64 on)
from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.field.kinetics import plating_current_density


def current(overpotential: float, alpha: float = 0.5) -> tuple[float, float]:
    """Current density [A/m^2] and slope [A/(m^2 V)] at i_0 = 10 A/m^2 and 298.15 K."""
    value, slope = plating_current_density(
        jnp.asarray(overpotential), jnp.asarray(10.0), jnp.asarray(alpha), jnp.asarray(298.15)
    )
    return float(value), float(slope)


@settings(deadline=None)
@given(st.floats(1e-6, 3.0) | st.floats(-3.0, -1e-6), st.floats(0.2, 0.8))
def test_slope_is_the_derivative_and_positive(overpotential: float, alpha: float) -> None:
    step = 1e-6
    value, slope = current(overpotential, alpha)
    difference = (current(overpotential + step, alpha)[0] - current(overpotential - step, alpha)[0]) / (
        2 * step
    )
    assert slope > 0.0
    # At the bound of the exponent the slope jumps by less than one part in forty.
    assert slope == pytest.approx(difference, rel=0.03)
    assert np.sign(value) == np.sign(overpotential)


def test_small_overpotentials_see_the_charge_transfer_resistance() -> None:
    value, slope = current(1e-6)
    resistance = GAS_CONSTANT * 298.15 / (FARADAY * 10.0)
    assert value == pytest.approx(1e-6 / resistance, rel=1e-6)
    assert slope == pytest.approx(1.0 / resistance, rel=1e-6)


def test_tafel_slope_is_118_millivolt_a_decade() -> None:
    decade = np.log10(current(0.4)[0] / current(0.3)[0])
    assert 0.1 / decade == pytest.approx(0.1183, rel=2e-3)
