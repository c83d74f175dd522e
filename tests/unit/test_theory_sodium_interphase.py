"""Cycles of sodium under its interphase: no asymmetry where it is tough and transport fast, and where charge goes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dendrion import theory
from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.theory.coupled.sodium_interphase import current_behind

BASE = {"overpotential": 0.02, "capacity": 3600.0, "exchange_current_density": 10.0, "molar_volume": 2.37e-5}
TOUGH = {"interphase_strength": 1e9, "interphase_energy": 1e3}
BONDED, FAST = {"bond_energy": 1e3}, {"healing_current": 1e6}


def found(**options):
    return theory.sodium_interphase(**{**BASE, **options}).evaluate()


def test_tough_layer_and_fast_transport_leave_no_asymmetry():
    """A_s = 0 to round-off; each of the three lifted alone makes stripping easier."""
    even = found(**TOUGH, **BONDED, **FAST)
    assert abs(even["asymmetry"]) < 1e-12
    assert even["coulombic_efficiency"] == pytest.approx(1.0, abs=1e-12)
    brittle, slow, loose = (
        found(**BONDED, **FAST, growth_constant=1e-18), found(**TOUGH, **BONDED), found(**TOUGH, **FAST)
    )  # fmt: skip
    for name, one in {"brittle": brittle, "slow transport": slow, "weak bond": loose}.items():
        print(
            f"{name}: A_s {one['asymmetry']:.3f}, contact {one['contact_fraction']:.3f}, dead {one['dead_fraction']:.4f}"
        )
        assert one["asymmetry"] > 0.02
    assert brittle["contact_fraction"] == pytest.approx(1.0, abs=1e-12)
    assert slow["broken_fraction"] == 0.0
    assert loose["dead_fraction"] > 0.0


def test_traction_of_fixed_sign_makes_stripping_easier():
    """No breaks, all contact, no layer to speak of: A_s of eta -+ V_M t/F by the kinetics alone."""
    one = found(**TOUGH, **BONDED, **FAST, traction=5e6, interphase_conductivity=1e3)
    half = FARADAY / (2.0 * GAS_CONSTANT * 298.15)
    held = 2.37e-5 * 5e6 / FARADAY
    strip, plate = (math.sinh(half * (0.02 + s * held)) for s in (1.0, -1.0))
    assert one["asymmetry"] == pytest.approx((strip - plate) / (strip + plate), rel=1e-6)


def test_dead_sodium_rises_with_the_inverse_bond_energy():
    """None above G_d = E eps^2 delta/2, then more and more."""
    release = float(found()["release"])
    strain = 2.37e-5 * 3600.0 / (FARADAY * 5e-6)
    assert release == pytest.approx(0.5 * 1e9 * strain**2 * 3e-8, rel=1e-12)
    bonds = release / np.array([0.99, 1.5, 3.0, 10.0, 100.0])
    dead = np.array([float(found(bond_energy=bond)["dead_fraction"]) for bond in bonds])
    print(dict(zip(np.round(1.0 / bonds, 2), np.round(dead, 4), strict=True)))
    assert dead[0] == 0.0
    assert np.all(np.diff(dead) > 0.0)
    assert dead[-1] < 1.0


def test_charge_is_stripped_dead_or_interphase():
    for options in ({}, {"growth_constant": 1e-17}, {"bond_energy": 0.05}, {"interphase_strength": 5e6}):
        one = found(**options)
        total = one["coulombic_efficiency"] + one["dead_fraction"] + one["interphase_fraction"]
        assert total == pytest.approx(1.0, abs=1e-12)
        assert one["interphase_fraction"] > 0.0


def test_interphase_takes_the_charge_of_what_heals():
    """q (delta_healed - delta_broken), from the time of stripping."""
    one = found(**BONDED, **FAST, growth_constant=1e-19)
    limit = 4e7 / 1e9
    survived = math.exp(-(2.37e-5 * 3600.0 / (FARADAY * 5e-6) / limit - 1.0))
    time = 3600.0 / float(one["stripping_current"])
    # The layer that repeats itself: delta^2 = [b + (delta - b) e^-n]^2 + 2 K t.
    delta = 3e-8
    for _ in range(200):
        delta = min(math.sqrt((1e-9 + (delta - 1e-9) * survived) ** 2 + 2.0 * 1e-19 * time), 3e-8)
    broken = 1e-9 + (delta - 1e-9) * survived
    assert one["interphase_fraction"] == pytest.approx(1.93e9 * (delta - broken) / 3600.0, rel=1e-6)


def test_weak_layer_of_sodium_against_compliant_layer_of_lithium():
    """The same swing of charge: lithium's compliant outer layer (0.3 GPa, 100 MPa) holds, sodium's breaks."""
    lithium = found(molar_volume=1.3e-5, interphase_modulus=0.3e9, interphase_strength=1e8, interphase_energy=1.0,
                    interphase_thickness=2e-8)  # fmt: skip
    sodium = found()
    print(f"Li A_s {lithium['asymmetry']:.3f}, Na {sodium['asymmetry']:.3f}; dead {lithium['dead_fraction']:.4f}, "
          f"{sodium['dead_fraction']:.4f}")  # fmt: skip
    assert lithium["broken_fraction"] == 0.0
    assert sodium["broken_fraction"] > 0.9
    assert lithium["dead_fraction"] == 0.0 < sodium["dead_fraction"]


@pytest.mark.parametrize("resistance", [1e-9, 1e-3, 1.0])
def test_current_behind_a_layer_solves_its_equation(resistance):
    drive, half = np.logspace(-5, 0.5, 30), FARADAY / (2.0 * GAS_CONSTANT * 298.15)
    current = current_behind(drive, 10.0, resistance, 2.0 * half, np)
    again = 20.0 * np.sinh(half * (drive - resistance * current))
    error = np.max(np.abs(drive - resistance * current - np.arcsinh(current / 20.0) / half) / drive)
    print(f"{resistance:g} ohm m²: {error:.1e}")
    assert error < 1e-10
    assert np.all(again > 0.0)
