"""Stability in charged porous media against the public results of Khoo, Zhao and Bazant 2019 [10.1149/2.1521910jes].

Their scaled problem: D+ = D-, Da = 1, J = 1.5 limiting currents, gamma 8.7434e-5, beta_v 5.1993e-4; figures from the
data published with their code (grid of 1001 points). On 4001 points that code gives k_c 1679, k_max 504 and
omega_max 7.01e-2 for the first case: what is left of the difference is the reference's own grid.
"""

import math

import pytest

from dendrion import theory
from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.errors import InputError
from dendrion.theory.growth.charged_porous import Medium

SAND = math.pi / 16.0 / 1.5**2
DENSITY_RATIO = 1.299812734e-4


def medium(charge: float, share: float) -> Medium:
    return Medium(6.0, share * SAND, 0.5, charge, 0.4, 0.5, 8.743377543355229e-5)


@pytest.mark.parametrize(
    ("charge", "share", "cut", "fastest", "rate"),
    [
        (0.0, 0.95, 1686.09, 496.47, 6.9813e-2), (0.0, 0.6, 672.68, 159.92, 1.28536e-2), (0.0, 0.9, 1308.88, 363.92, 4.43171e-2),
        (-0.05, 0.8, 695.33, 165.45, 1.37087e-2), (-0.05, 1.2, 1102.20, 292.50, 3.23270e-2), (-0.05, 8.0, 1171.52, 314.48, 3.62980e-2),
        (0.05, 0.8, 1363.96, 384.06, 4.79416e-2),
    ],
)  # fmt: skip
def test_public_results(charge: float, share: float, cut: float, fastest: float, rate: float) -> None:
    found = medium(charge, share).critical()
    assert found[0] == pytest.approx(cut, rel=0.01)
    # The maximum is flat: its place feels the reference's grid most.
    assert found[1] == pytest.approx(fastest, rel=0.025)
    assert found[2] * DENSITY_RATIO == pytest.approx(rate, rel=0.01)


def test_target_in_si() -> None:
    """k_c 1686, k_max 496.5, omega_max 6.98e-2 within 2 %, through the model and its units."""
    gap, salt, diffusivity = 1e-6, 1000.0, 3e-11
    unit, volume = FARADAY * diffusivity * salt / gap, DENSITY_RATIO / salt
    result = theory.electrodeposition_stability(
        form="charged_porous", current_density=6.0 * unit, thickness=gap, molar_volume=volume, elapsed_share=0.95,
        surface_energy=8.743377543355229e-5 * GAS_CONSTANT * 298.15 * gap / volume, exchange_current_density=0.4 * unit,
        salt_concentration=salt, salt_diffusivity=diffusivity, cation_transference_number=0.5, wavelength=3e-9,
    ).evaluate()  # fmt: skip
    assert 2.0 * math.pi * gap / result["critical_wavelength"] == pytest.approx(1686.0, rel=0.02)
    assert 2.0 * math.pi * gap / result["fastest_wavelength"] == pytest.approx(496.5, rel=0.02)
    assert result["fastest_rate"] * gap**2 / diffusivity == pytest.approx(6.98e-2, rel=0.02)
    assert result["growth_rate"] < 0.0


def test_short_waves_join_the_binary_form() -> None:
    """Without fixed charge, at waves far shorter than the depletion layer, the closed form holds."""
    base = {
        "current_density": 200.0, "molar_volume": 1.3e-5, "surface_energy": 0.5, "exchange_current_density": 10.0,
        "salt_concentration": 1000.0, "salt_diffusivity": 3.2e-10, "cation_transference_number": 0.38, "wavelength": 5e-6,
    }  # fmt: skip
    share = 0.25
    porous = theory.electrodeposition_stability(
        form="charged_porous", thickness=5e-3, elapsed_share=share, **base
    ).evaluate()
    front = 1000.0 * (1.0 - math.sqrt(share))
    closed = theory.electrodeposition_stability(surface_concentration=front, **base).evaluate()
    assert porous["growth_rate"] == pytest.approx(closed["growth_rate"], rel=0.02)
    assert porous["critical_wavelength"] == pytest.approx(closed["critical_wavelength"], rel=0.01)


def test_negative_charge_suppresses_and_positive_depletes() -> None:
    """The survey of that paper: surface conduction of a negatively charged matrix bounds the growth rate."""
    rates = [medium(charge, 0.8).critical()[2] for charge in (-0.1, -0.05, 0.0, 0.05)]
    assert rates == sorted(rates)
    with pytest.raises(InputError, match="used up before this time"):
        medium(0.0, 1.1).critical()
    with pytest.raises(InputError, match="used up before this time"):
        medium(0.05, 1.0).critical()
