"""Morphology regimes: electrochemistry dossier §4 and mechanics dossier §4.9 (survey's statements, reconstructions)."""

import math

import numpy as np
import pytest

from dendrion import theory
from dendrion.errors import InputError


@pytest.mark.parametrize(
    ("current", "label"),
    [(1.0, "spherical"), (2.0, "spherical"), (10.0, "columnar"), (50.0, "porous"), (200.0, "porous")],
)
def test_dong(current: float, label: str) -> None:
    result = theory.dong_regime(current_density=current, electrolyte_name="LiPF6_EC_DEC").evaluate()
    assert result.value == label
    assert result["spherical"] + result["columnar"] + result["porous"] == pytest.approx(1.0)


def test_thresholds_stay_in_their_electrolyte() -> None:
    with pytest.raises(InputError, match="were measured in") as caught:
        theory.dong_regime(current_density=10.0)
    assert caught.value.hint == "allow_extrapolation=yes"
    carried = theory.dong_regime(current_density=10.0, allow_extrapolation="yes").evaluate()
    assert carried.validity == "warn"


CAPILLARY = {
    "salt_concentration": 1000.0,
    "salt_diffusivity": 3.2e-10,
    "cation_transference_number": 0.38,
    "thickness": 1e-2,
    "molar_volume": 1.3e-5,
}


def test_moss_turns_into_dendrites_at_sands_capacity() -> None:
    sand = (
        theory.sand_time(
            current_density=100.0,
            **{k: v for k, v in CAPILLARY.items() if k not in ("thickness", "molar_volume")},
        )
        .evaluate()
        .value
    )
    labels = (
        theory.bai_regime(current_density=100.0, duration=np.array([0.99, 1.02]) * sand, **CAPILLARY)
        .evaluate()
        .value
    )
    assert list(labels) == ["mossy", "dendritic"]
    assert theory.bai_regime(current_density=1.0, **CAPILLARY).evaluate().value == "whisker"


@pytest.mark.parametrize(
    ("rates", "label"),
    [((10.0, 1.0, 1.0), "columnar"), ((1.0, 1.0, 10.0), "spherical"), ((1.0, 10.0, 10.0), "mossy")],
)
def test_jo_three_cases(rates: tuple, label: str) -> None:
    """LiPF6 on Cu columnar, LiPF6 on Ti spherical, LiFSI mossy."""
    names = ("substrate_nucleation", "metal_nucleation", "growth")
    assert theory.jo_regime(**dict(zip(names, rates, strict=True))).evaluate().value == label


def test_lithium_roots_sodium_breaks_out() -> None:
    """At equal drive and size: a 100 MPa interphase holds lithium, a 5 MPa one does not hold sodium."""
    shared = {"overpotential": 0.02, "radius": 1e-6, "yield_strength": 0.5e6, "constraint_factor": 3.0}
    lithium = theory.root_or_surface_growth(
        molar_volume=1.3e-5, interphase_strength=1e8, interphase_thickness=2e-8, **shared
    ).evaluate()
    sodium = theory.root_or_surface_growth(
        molar_volume=2.378e-5, interphase_strength=5e6, interphase_thickness=3e-8, **shared
    ).evaluate()
    assert (lithium.value, sodium.value) == ("root", "surface")
    assert lithium["burst_pressure"] == pytest.approx(2.0 * 1e8 * 2e-8 / 1e-6)


def jana(**changes: object) -> theory.Evaluation:
    base = {
        "metal": "Li",
        "electrolyte": "PEO-LiTFSI",
        "current_density": 10.0,
        "radius": 1e-5,
        "temperature": 333.15,
    }
    return theory.for_cell("jana_regimes", **{**base, **changes}).evaluate()


def test_jana_order_with_size() -> None:
    labels = list(jana(radius=np.array([2e-9, 1e-6, 3e-5]), exchange_current_density=1000.0).value)
    assert (
        labels[0] == "dissolves" and labels[1] == "incubates" and labels[2] not in ("dissolves", "incubates")
    )


def test_jana_creep_number_falls_with_current_and_rises_with_heat() -> None:
    numbers = jana(current_density=np.array([1.0, 10.0])).answers["creep_number"].value
    assert math.log10(numbers[1] / numbers[0]) == pytest.approx(-1.0)
    cold, warm = (
        jana(temperature=t, exchange_current_density=10.0)["creep_number"] for t in (298.15, 333.15)
    )
    assert warm / cold == pytest.approx(4.80, rel=0.01)
