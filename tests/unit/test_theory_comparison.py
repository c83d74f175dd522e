"""All models about one cell, and fits of models to measured points."""

import math

import numpy as np
import pytest

from dendrion import theory
from dendrion.case import load_case
from dendrion.errors import InputError
from dendrion.theory.nucleation.scharifker_hills import apparent_diffusivities

CELL = {
    "current_density": "1 mA/cm^2",
    "thickness": "0.5 mm",
    "stack_pressure": "5 MPa",
    "flaw_length": "10 um",
}


@pytest.fixture(scope="module")
def ceramic() -> theory.Comparison:
    return theory.compare(CELL, theory.Pair.of("Li", "LLZO"), samples=60, seed=1)


def test_every_model_speaks_or_says_why_not(ceramic: theory.Comparison) -> None:
    assert {v.model for v in ceramic.verdicts} | set(ceramic.inapplicable) == set(theory.models())
    assert not {v.model for v in ceramic.verdicts} & set(ceramic.inapplicable)
    assert "single_ion_ceramic" in ceramic.inapplicable["sand_time"]
    assert ceramic.inapplicable["hot_spot"].startswith("needs temperature_rise")


def test_contradictions_are_named(ceramic: theory.Comparison) -> None:
    text = "\n".join(ceramic.contradictions)
    assert "front roughening" in text and "growth_consistent_stability" in text and "monroe_newman" in text
    assert "internal deposition" in text


def test_verdicts_follow_their_numbers(ceramic: theory.Comparison) -> None:
    griffith = next(v for v in ceramic.decisions if v.model == "griffith_overpotential")
    assert (
        griffith.demand == 10.0 and griffith.safe and griffith.ratio == pytest.approx(10.0 / griffith.limit)
    )
    low, high = griffith.spread
    assert low < high
    for verdict in ceramic.decisions:
        assert 0.0 <= verdict.safe_share <= 1.0
        assert (
            math.isnan(verdict.ratio) or (verdict.ratio < 1.0) == verdict.safe or verdict.ratio in (0.0, 1.0)
        )


def test_answers_carry_the_spread_of_the_claims(ceramic: theory.Comparison) -> None:
    """Numbers that only describe as well; words have none."""
    found = {v.model: v for v in ceramic.verdicts}
    low, high = found["toughening"].answer_spread
    assert low < found["toughening"].value < high
    assert found["ceramic_morphology"].answer_spread is None
    assert sum(v.answer_spread is not None for v in ceramic.verdicts) > 10


def test_comparisons_repeat(ceramic: theory.Comparison) -> None:
    again = theory.compare(CELL, theory.Pair.of("Li", "LLZO"), samples=60, seed=1)
    assert again.as_dict() == ceramic.as_dict()


def test_a_liquid_is_asked_about_salt() -> None:
    found = theory.compare(
        {"current_density": 100.0, "duration": 3600.0, "thickness": 2e-3},
        theory.Pair.of("Li", "LiPF6-EC-DMC"),
        samples=0,
    )
    depletion = {v.model: v.safe for v in found.decisions if v.question == "salt depletion"}
    assert depletion["limiting_current"] is False and depletion["sand_time"] is False
    assert "griffith_overpotential" in found.inapplicable


def test_a_case_gives_the_cell() -> None:
    given, pair = theory.cell_of(load_case("default"))
    assert given["current_density"] > 0.0 and given["thickness"] > 0.0
    assert pair.name.startswith("Li")


def test_unknown_inputs_are_refused() -> None:
    with pytest.raises(InputError, match="no model knows"):
        theory.compare({"courant": 1.0}, theory.Pair.of("Li", "LLZO"), samples=0)


def times(currents: np.ndarray, noise: float = 0.0) -> np.ndarray:
    model = theory.for_cell(
        "modified_sand_time",
        metal="Li",
        electrolyte="LiPF6-EC-DMC",
        current_density=currents,
        form="competing_risks",
        kinetic_charge=18000.0,
    )
    return model.evaluate().value * np.exp(noise * np.random.default_rng(0).standard_normal(currents.size))


def test_the_kinetic_charge_is_recovered() -> None:
    currents = np.geomspace(5.0, 2000.0, 9)
    pair, model = theory.Pair.of("Li", "LiPF6-EC-DMC"), theory.model_named("modified_sand_time")
    exact = theory.fit(model, currents, times(currents), {"form": "competing_risks"}, pair)
    assert exact.parameters["kinetic_charge"].value == pytest.approx(18000.0, rel=1e-5)
    assert exact.root_mean_square < 1e-6
    assert np.all((-exact.slope > 0.99) & (-exact.slope < 2.01))
    noisy = theory.fit(model, currents, times(currents, 0.05), {"form": "competing_risks"}, pair)
    fitted = noisy.parameters["kinetic_charge"]
    assert fitted.low < 18000.0 < fitted.high and fitted.high / fitted.low < 1.5
    assert noisy.root_mean_square == pytest.approx(0.05, rel=0.6)


def test_a_short_range_is_warned_of() -> None:
    currents = np.array([10.0, 15.0, 20.0])
    result = theory.fit(
        theory.model_named("modified_sand_time"),
        currents,
        times(currents),
        {"form": "competing_risks"},
        theory.Pair.of("Li", "LiPF6-EC-DMC"),
    )
    assert "decades only" in result.messages[0]


def test_transients_are_fitted() -> None:
    time = np.linspace(2e-4, 2e-2, 60)
    known = {"salt_concentration": 1000.0, "molar_volume": 1.3e-5}
    current = (
        theory.scharifker_hills(time=time, nucleus_density=1e12, salt_diffusivity=3.2e-10, **known)
        .evaluate()
        .value
    )
    found = theory.fit(
        theory.model_named("scharifker_hills"),
        time,
        current,
        known,
        start={"nucleus_density": 1e11, "salt_diffusivity": 1e-10},
    )
    assert found.parameters["nucleus_density"].value == pytest.approx(1e12, rel=1e-4)
    assert found.parameters["salt_diffusivity"].value == pytest.approx(3.2e-10, rel=1e-4)


def test_critical_currents_give_their_activation_energy() -> None:
    """The two end points of Sharafi 2016 and the dossier's interpolated values: 0.5215 eV."""
    temperature, current = np.array([303.15, 333.15, 373.15, 433.15]), np.array([0.5, 3.02, 21.15, 200.0])
    found = theory.fit(
        theory.model_named("kinetic_ccd"), temperature, current, {"interface_resistance": 0.05}
    )
    assert found.parameters["activation_energy"].value / 96485.33212 == pytest.approx(0.5215, rel=2e-3)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([10.0, 20.0], [1.0, 2.0], "too few"),
        ([10.0, 20.0, 30.0], [1.0, -2.0, 3.0], "point 2: -2"),
        ([10.0, math.nan, 30.0], [1.0, 2.0, 3.0], "point 2: nan"),
    ],
)
def test_bad_points_are_refused(x: list, y: list, message: str) -> None:
    with pytest.raises(InputError, match=message):
        theory.fit(
            theory.model_named("modified_sand_time"),
            x,
            y,
            {"form": "competing_risks"},
            theory.Pair.of("Li", "LiPF6-EC-DMC"),
        )


def test_models_without_a_fitter_say_so() -> None:
    with pytest.raises(InputError, match="no fitter"):
        theory.fit(theory.model_named("griffith_overpotential"), [1.0], [1.0], {})


def test_a_general_transient_with_its_background() -> None:
    """§3.2: N0, A and D with intervals, a double-layer decay beside them, and what the shape says before any fit."""
    time = np.linspace(2e-4, 1.2e-2, 80)
    known = {"salt_concentration": 1000.0, "molar_volume": 1.3e-5, "mode": "general"}
    truth = {"nucleus_density": 1e12, "nucleation_rate": 300.0, "salt_diffusivity": 3.2e-10}
    model = theory.model_named("scharifker_hills")
    measured = (
        theory.scharifker_hills(time=time, charging_current=2e3, charging_time=3e-4, **truth, **known)
        .evaluate()
        .value
    )
    found = theory.fit(
        model, time, measured, {**known, "charging_time": 3e-4}, free=(*truth, "charging_current"),
        start={"nucleus_density": 5e11, "nucleation_rate": 500.0, "salt_diffusivity": 2e-10, "charging_current": 1e3},
    )  # fmt: skip
    for name, value in truth.items():
        assert found.parameters[name].value == pytest.approx(value, rel=1e-2)
    assert any("probability" in text for text in found.messages) and any(
        "apparent diffusivity" in text for text in found.messages
    )


def test_apparent_diffusivities_of_the_limits() -> None:
    time = np.linspace(1e-4, 2e-2, 4000)
    known = {
        "salt_concentration": 1000.0,
        "molar_volume": 1.3e-5,
        "salt_diffusivity": 3.2e-10,
        "nucleus_density": 1e12,
        "nucleation_rate": 1e3,
    }
    for place, mode in enumerate(("instantaneous", "progressive")):
        current = theory.scharifker_hills(time=time, mode=mode, **known).evaluate().value
        assert apparent_diffusivities(time, current, 1000.0)[place] == pytest.approx(3.2e-10, rel=1e-4)


def test_what_can_not_be_fitted_is_said() -> None:
    with pytest.raises(InputError, match="can't be fitted"):
        theory.fit(theory.model_named("scharifker_hills"), [1.0], [1.0], {}, free=("mode",))
