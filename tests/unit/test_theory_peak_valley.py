"""Peak and valley with plasticity: mechanics dossier §1.3 (reconstruction; the survey's conclusion as trend checks)."""

import math

import numpy as np
import pytest

from dendrion import theory
from dendrion.errors import InputError

# Defaults of the dossier [est/known]: PEO at 60 to 80 degC.
POLYMER = {
    "salt_concentration": 1000.0, "salt_diffusivity": 1e-11, "cation_transference_number": 0.3, "exchange_current_density": 10.0,
    "conductivity": 0.1, "thickness": 5e-5, "poisson_ratio": 0.33, "molar_volume": 1.3e-5, "yield_strength": 0.8e6, "temperature": 333.15,
}  # fmt: skip
LIMIT = 2.0 * 96485.33212331 * 1e-11 * 1000.0 / (0.7 * 5e-5)
LITHIUM = 7.8e9


def front(**changes: object) -> theory.Evaluation:
    return theory.elastoplastic_peak_valley(
        **{"current_density": 10.0, "young_modulus": 20.0 * LITHIUM, **POLYMER, **changes}
    ).evaluate()


def test_twenty_times_stiffer_is_stable_to_three_quarters_of_the_limit() -> None:
    """Row 4 of §10 [10.1039/c7cp03304d, 2nd]: accepted between 0.65 and 0.85."""
    result = front()
    assert 0.65 < result["stable_share"] < 0.85
    assert result["yields"] == 1.0 and result["traction"] == pytest.approx(2.4e6)


def test_at_low_current_soft_polymers_are_stable_already() -> None:
    soft = front(young_modulus=np.array([1e7, 1e8]), current_density=0.05 * LIMIT)
    assert np.all(soft.value < 1.0) and np.all(soft.threshold.safe)


def test_near_the_limiting_current_salt_always_wins() -> None:
    ratios = front(current_density=LIMIT * np.array([0.5, 0.9, 0.99, 0.995, 0.9999])).value
    assert np.all(np.diff(ratios[:4]) > 0.0) and ratios[2] > 1.0 and math.isinf(ratios[-1])


def test_the_neutral_current_is_neutral() -> None:
    share = front()["stable_share"]
    assert front(current_density=share * LIMIT).value == pytest.approx(1.0, abs=1e-9)
    assert (
        front(current_density=0.99 * share * LIMIT).value
        < 1.0
        < front(current_density=1.01 * share * LIMIT).value
    )


def test_stiffness_helps_until_the_metal_yields() -> None:
    shares = front(young_modulus=np.geomspace(1e5, 1e11, 25))["stable_share"]
    assert np.all(np.diff(shares) >= -1e-12)
    assert shares[-1] == shares[-8] > shares[0]


def test_elastic_traction_is_that_of_stress_free_growth() -> None:
    """Identity with growth_consistent_stability below yield."""
    wave = {
        "young_modulus": 1e6,
        "poisson_ratio": 0.33,
        "molar_volume": 1.3e-5,
        "wavelength": 1e-5,
        "amplitude": 1e-7,
    }
    other = theory.growth_consistent_stability(cation_molar_volume=0.0, **wave).evaluate()
    assert front(young_modulus=1e6)["traction"] == pytest.approx(other["traction"], rel=1e-12)


def test_large_cation_volume_contradicts_the_survey_and_says_so() -> None:
    result = front(cation_molar_volume=1.5e-4, current_density=0.05 * LIMIT)
    assert result.value > 1.0 and "against the survey" in result.messages[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"current_density": 1.01 * LIMIT}, "no steady front"), ({"cation_transference_number": 1.0}, "only the cation moves"),
        ({"cation_transference_number": -0.1}, "at least 0"), ({"amplitude": 3e-5}, "fills the gap"),
    ],
)  # fmt: skip
def test_refusals(changes: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        front(**changes)


def test_single_ion_conductors_have_no_limit() -> None:
    with pytest.raises(InputError, match="does not apply to LLZO"):
        theory.for_cell(
            "elastoplastic_peak_valley", metal="Li", electrolyte="LLZO", current_density=1.0, thickness=1e-4
        )
