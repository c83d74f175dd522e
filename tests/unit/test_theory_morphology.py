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


def test_jana_ends_with_depletion_at_high_current() -> None:
    """Orange boundary: Sand's time, liquids and polymers only; the order along the current at fixed size."""
    currents = np.array([1e-3, 1.0, 10.0, 1000.0])
    labels = list(
        jana(
            current_density=currents,
            radius=3e-6,
            duration=600.0,
            exchange_current_density=100.0,
            confining_modulus=1e8,
        ).value
    )
    order = ["dissolves", "incubates", "base_controlled", "mixed", "tip_controlled", "depleted"]
    places = [order.index(label) for label in labels]
    assert places == sorted(places) and labels[0] == "dissolves" and labels[-1] == "depleted"
    solid = {"metal": "Li", "electrolyte": "LLZO", "current_density": 1e3, "radius": 1e-5, "duration": 1e6}
    assert theory.for_cell("jana_regimes", **solid).evaluate().value != "depleted"


def test_scores_of_bai_follow_the_label() -> None:
    found = theory.bai_regime(
        current_density=np.array([1.0, 100.0, 100.0]), duration=np.array([10.0, 60.0, 4000.0]), **CAPILLARY
    ).evaluate()
    scores = np.array([found[name] for name in ("root_score", "surface_score", "tip_score")])
    np.testing.assert_allclose(scores.sum(axis=0), 1.0)
    assert list(scores.argmax(axis=0)) == [0, 1, 2] and list(found.value) == ["whisker", "mossy", "dendritic"]
    speed = theory.bai_regime(current_density=10.0, interphase_current=1.0, **CAPILLARY).evaluate()
    assert speed["critical_current"] == pytest.approx(1.0 * 9.585e-5 / 2.0 / 1.3e-5)


def ceramic(**changes: object) -> theory.Evaluation:
    base = {
        "local_resistance": 1e-3, "flaw_length": 1e-5, "thickness": 1e-3, "fracture_toughness": 1e6, "molar_volume": 1.297e-5, "conductivity": 0.05,
        "current_density": 24.0,
    }  # fmt: skip
    return theory.ceramic_morphology(**{**base, **changes}).evaluate()


def test_more_current_cracks_then_branches() -> None:
    """Linear filaments begin at griffith_overpotential's critical current (identity); branches at sqrt 2 of it."""
    shared = {
        "local_resistance": 1e-3,
        "flaw_length": 1e-5,
        "fracture_toughness": 1e6,
        "molar_volume": 1.297e-5,
    }
    critical = theory.griffith_overpotential(**shared).evaluate().value
    labels = ceramic(current_density=critical * np.array([0.99, 1.01, 1.41, 1.42])).value
    assert list(labels) == ["none", "linear", "linear", "branched"]


def test_compression_turns_cracks_to_spalls_and_more_of_it_stops_them() -> None:
    labels = list(ceramic(current_density=100.0, in_plane_compression=np.array([0.0, 5e7, 6e8])).value)
    assert labels == ["branched", "spalling", "none"]
    assert ceramic(face_depth=5e-6).value == "spalling"
    assert ceramic(stack_pressure=1e8).value == "linear"


def test_leaking_electrons_make_diffuse_metal() -> None:
    assert ceramic(current_density=15.0, leaky_depth=2e-4).value == "diffuse"
    assert ceramic(current_density=15.0).value == "none"
    both = ceramic(leaky_depth=2e-4)
    assert both.value == "linear" and "together" in both.messages[0]


def test_solids_do_not_take_the_thresholds_of_liquids() -> None:
    """Ortmann: at 1 mA/cm^2 NZSP has a dense layer where the liquid of Dong has columns, and the trend is reversed."""
    found = theory.ortmann_regime(current_density=np.array([1.0, 10.0]), electrolyte_name="NZSP").evaluate()
    assert list(found.value) == ["islands", "dense_layer"]
    liquid = theory.dong_regime(
        current_density=np.array([1.0, 10.0]), electrolyte_name="LiPF6_EC_DEC"
    ).evaluate()
    assert np.diff(found["dense_layer"])[0] > 0.0 > np.diff(liquid["spherical"])[0]
    with pytest.raises(InputError, match="measured at Cu"):
        theory.ortmann_regime(current_density=1.0)
    for name, electrolyte in (
        ("dong_regime", "NZSP"),
        ("ortmann_regime", "LiPF6-EC-DMC"),
        ("ceramic_morphology", "PEO-LiTFSI"),
    ):
        with pytest.raises(InputError, match="does not apply to"):
            theory.for_cell(name, electrolyte=electrolyte, current_density=1.0)


def test_thick_interphases_starve_the_surface() -> None:
    base = {"interphase_diffusivity": 1e-16, "interphase_concentration": 1e4}
    found = theory.interphase_diffusion(
        current_density=10.0, interphase_thickness=np.array([5e-9, 2e-8]), **base
    ).evaluate()
    assert list(found.value) == ["even", "whiskers"]
    # The same limit as i_SEI of modified_sand_time's interphase form.
    assert found["interphase_limit"][1] == pytest.approx(96485.33212 * 1e-16 * 1e4 / 2e-8)
