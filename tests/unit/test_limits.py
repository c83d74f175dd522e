"""Limits of a cell's current: each against the closed form it stands for, and the smallest with its mechanism."""

import math

import numpy as np
import pytest

import dendrion as dn
from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.errors import InputError
from dendrion.study.half_cycle import half_cycle
from dendrion.study.limits import limits
from dendrion.study.numbers import number_from


@pytest.fixture(scope="module")
def garnet():
    return dn.load_case("default")


def test_the_crack_limit_is_that_of_the_deepest_flaw(garnet):
    """K_IC/(1.1215 √πa) + νP/(1 − ν) − P over F/V_M and R + a/2κ; by hand for 18 µm in LLZO."""
    found = limits(garnet, samples=0)["crack_growth"]
    flaw, kappa, resistance = 18e-6, 0.040, 1e-5
    nu, stack, volume = 0.26, 5e6, garnet.metal_material().evaluate("molar_volume")
    pressure = 1e6 / (1.1215 * math.sqrt(math.pi * flaw)) + (nu / (1.0 - nu) - 1.0) * stack
    expected = volume * pressure / FARADAY / (resistance + 0.5 * flaw / kappa)
    assert found.value == pytest.approx(expected, rel=1e-9)
    assert found.value == pytest.approx(66.1, rel=1e-2)
    assert found.quantiles == (found.value,) * 3


def test_the_kinetic_limit_is_the_exchange_current(garnet):
    found = limits(garnet, samples=0)["kinetic_initiation"]
    assert found.value == pytest.approx(GAS_CONSTANT * 298.15 / FARADAY / 1e-5, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "current", "short"),
    [("llzo_flaw", 160.0, True), ("beta_alumina_flaw", 160.0, False), ("default", 120.0, True)],
)
def test_the_shipped_cases_short_where_the_estimate_says_so(name, current, short):
    """The field engine shorts llzo_flaw and default and leaves beta_alumina_flaw standing (their own tests)."""
    assert (limits(dn.load_case(name), samples=0).critical("plating").value < current) is short


def test_depletion_of_a_salt_over_a_long_half_cycle_is_the_limiting_current():
    case = dn.load_case("polymer_filament")
    electrolyte = case.electrolyte_material()
    share = 1.0 - electrolyte.evaluate("cation_transference_number", 363.15)
    expected = FARADAY * electrolyte.evaluate("salt_diffusivity", 363.15) * 1200.0 / (share * 60e-6)
    found = limits(case, samples=0)
    assert found["depletion"].value == pytest.approx(expected, rel=1e-3)
    assert found.critical().mechanism == "depletion"
    assert "speaks of single_ion" in found.inapplicable["kinetic_initiation"]


def test_depletion_of_a_short_half_cycle_is_sands():
    """30 s at Sand's time of 1 M LiPF6 in a wide gap: i = F c₀ √(πD/t)/(2 t_a)."""
    case = dn.load_case("liquid_sand").with_settings({"protocol": ["plate at 45 mA/cm^2 for 10 s"]})
    electrolyte = case.electrolyte_material()
    share = 1.0 - electrolyte.evaluate("cation_transference_number")
    expected = (
        FARADAY
        * 1000.0
        * math.sqrt(math.pi * electrolyte.evaluate("salt_diffusivity") / 10.0)
        / (2.0 * share)
    )
    assert limits(case, samples=0)["depletion"].value == pytest.approx(expected, rel=1e-4)


def test_pulses_leave_the_depletion_limit_and_lower_that_of_the_peak():
    pulse, direct = dn.load_case("pulse"), dn.load_case("direct_current")
    assert half_cycle(pulse).mean_share == pytest.approx(0.25, rel=1e-2)
    assert half_cycle(direct).mean_share == 1.0
    same = [limits(case, samples=0)["depletion"].value for case in (pulse, direct)]
    assert same[0] == pytest.approx(same[1], rel=1e-6)
    garnet = dn.load_case("llzo_flaw")
    pulsed = garnet.with_settings({"protocol": ["pulse at 64 mA/cm^2, 1 s on, 3 s off, for 20 s"]})
    ratio = limits(pulsed, samples=0)["crack_growth"].value / limits(garnet, samples=0)["crack_growth"].value
    assert ratio == pytest.approx(half_cycle(pulsed).mean_share)


def test_a_cycle_counts_its_own_plating_alone():
    cycled = dn.load_case("llzo_flaw").with_settings(
        {"protocol": [{"repeat": 2, "steps": ["rest for 5 s", "plate at 1 mA/cm^2 for 30 s", "strip at 3 mA/cm^2 for 10 s"]}]}
    )  # fmt: skip
    assert (half_cycle(cycled).mean, half_cycle(cycled).duration) == (10.0, 30.0)


def test_draws_are_the_same_for_a_case_and_its_variant(garnet):
    """Twice the toughness: the ratio of limits has no spread from the flaw, which both share."""
    plain = limits(garnet, samples=50)["crack_growth"]
    again = limits(garnet, samples=50)["crack_growth"]
    assert np.array_equal(plain.draws, again.draws)
    low, _, high = plain.quantiles
    assert low < plain.value < high
    better = garnet.with_settings({"materials.electrolyte.conductivity": "0.8 mS/cm"})
    ratio = limits(better, samples=50, reference=garnet)["crack_growth"].draws / plain.draws
    alone = limits(better, samples=50)["crack_growth"].draws / plain.draws
    assert ratio.std() < 0.02 * ratio.mean()
    assert alone.std() > 0.1 * alone.mean()


def test_the_estimate_names_what_sets_it(garnet):
    estimate = limits(garnet, samples=100).critical("plating")
    assert (estimate.limit, estimate.mechanism) == ("crack_growth", "crack")
    assert sum(estimate.shares.values()) == pytest.approx(1.0)
    assert estimate.shares["crack_growth"] > 0.8


def test_stripping_is_a_question_of_its_own(garnet):
    found = limits(garnet, samples=0)
    assert found.critical("stripping").mechanism == "void"
    assert found.critical().value == found.critical("plating").value
    bare = limits(dn.load_case("llzo_bump_focusing"), samples=0)
    assert "no stack pressure" in bare.inapplicable["contact_loss"]
    assert any("grain" in text for text in bare.assumptions)


def test_unknown_inputs_are_refused(garnet):
    with pytest.raises(InputError, match="no limit reads this input"):
        limits(garnet, theory={"colour": 1.0})
    with pytest.raises(InputError, match="negative"):
        limits(garnet, samples=-1)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"tag": "Z"}, "unknown tag"),
        ({"low": 1.0}, "low and a high"),
        ({"colour": 1}, "colour"),
        ({"unit": 3}, "unit"),
    ],
)
def test_a_number_without_provenance_is_refused(change, problem):
    good = {"value": 1.0, "unit": "m", "tag": "E", "source": "estimate"}
    assert number_from("length", good).sample(np.random.default_rng(0), 3).tolist() == [1.0] * 3
    with pytest.raises(InputError, match=problem):
        number_from("length", {**good, **change})
