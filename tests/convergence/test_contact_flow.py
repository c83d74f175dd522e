"""Creep that closes gaps: a power law under one wave, thin layers, exact rates."""

import math

import numpy as np
import pytest

from dendrion.field.contact_flow import (
    flow_wavenumber,
    layer_compliance,
    layer_factor,
    power_law_pressure,
    secant_viscosity,
)
from dendrion.field.creep import Creep
from dendrion.field.flow_claims import creep_law
from dendrion.field.properties import number
from dendrion.materials import material
from dendrion.numerics.lateral_modes import LateralModes


def power_law(exponent, rate=1e-3):
    zero = number(0.0)
    return Creep(number(rate), number(exponent), zero, zero, number(1.0), zero)


@pytest.mark.parametrize("exponent", [1.0, 3.0, 6.6])
def test_viscosity_under_one_wave_is_that_of_the_closed_form(exponent):
    k, speed = 1e5, 1e-10
    viscosity = secant_viscosity(power_law(exponent), k, speed, 298.15)
    closed = power_law_pressure(exponent, 1e-3 * 1e-6**exponent, k, speed)
    assert 2.0 * k * speed * viscosity == pytest.approx(closed, rel=2e-4)


def test_a_newtonian_metal_has_its_own_viscosity():
    """rate = sigma/(3 eta) in tension."""
    assert secant_viscosity(power_law(1.0), 1e5, 1e-10, 298.15) == pytest.approx(1e6 / 3e-3, rel=1e-6)


def test_lithium_needs_more_pressure_than_sodium():
    """Their tensile strengths at one rate differ by 2.9 (dossier row 12); so do the pressures that close a gap."""
    lithium, sodium = (
        secant_viscosity(creep_law(material(name)), 1e5, 1e-8, 298.15) for name in ("Li", "Na")
    )
    assert 2.0 < lithium / sodium < 4.5


def test_a_layer_is_a_half_space_for_short_waves_and_squeezed_for_long_ones():
    """f -> 1; f -> 2 H^3/3, the squeeze flow of a film that sticks to one plate: v = p k^2 h^3/(3 eta)."""
    assert layer_factor(np.array([15.0]))[0] == pytest.approx(1.0, abs=1e-8)
    H = np.array([0.02, 0.049, 0.051, 0.1])
    np.testing.assert_allclose(layer_factor(H), 2.0 / 3.0 * H**3, rtol=0.02)
    assert np.all(np.diff(layer_factor(np.linspace(0.0, 15.0, 400))) >= -1e-12)


def test_the_wave_of_one_wave_is_itself():
    modes = LateralModes((64,), (1e-6,), True)
    compliance = layer_compliance(modes, 1.0)
    velocity = 3e-10 * np.cos(2.0 * math.pi * (np.arange(64) + 0.5) / 16)
    k, amplitude = flow_wavenumber(modes, compliance, velocity)
    assert k == pytest.approx(2.0 * math.pi / 16e-6, rel=1e-9) and amplitude == pytest.approx(3e-10, rel=1e-9)
