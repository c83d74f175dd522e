"""Strategies: what the survey reports against what the models give, refusals, neutral parameters, two applications."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dendrion as dn
from dendrion.case import Case
from dendrion.errors import InputError
from dendrion.strategy import Strategy, apply_strategies, strategies, strategy_named
from dendrion.strategy.card import COMPLEXITY, ENGINES, Cost, Statement, judged
from dendrion.study.limits import limits
from dendrion.theory import model_named

SURVEY = {
    ("alloy_interlayer", "gold"): ("sign", 1.76),
    ("amorphous_grain_boundaries", "silicate"): ("reached", 1.763),
    ("annealing", "repair"): ("sign", 11.33),
    ("compliant_substrate", "relief"): ("sign", 2.574),
    ("expansion_bolt", "multilayer"): ("reached", 11.48),
    ("grain_texture", "texture"): ("sign", 2.72),
    ("in_plane_compression", "averts"): ("reached", 159.1e6),
    ("internal_heating", "fast"): ("sign", 88.9),
    ("lateral_ac_field", "life"): ("not reached", 1.0),
    ("magnetic_field_parallel", "suppresses"): ("not reached", 1.0),
    ("magnetic_field_perpendicular", "suppresses"): ("sign", 5.285),
    ("magnetic_field_perpendicular", "in_cells"): ("not reached", 1.0),
    ("megahertz_pulses", "six_fold"): ("not reached", 0.738),
    ("pulsed_current", "shorter"): ("not reached", 0.985),
    ("salt_rich_electrolyte", "suppresses"): ("sign", 1.069),
    ("salt_rich_electrolyte", "negative_control"): ("not reached", 16.0),
    ("second_phase", "fibres"): ("reached", 2.543),
    ("second_phase", "zirconia"): ("sign", 2.543),
    ("self_heating", "healing"): ("not reached", 0.0348),
    ("stack_pressure", "stripping"): ("sign", 268.3),
    ("stack_pressure", "plating"): ("reached", 0.9106),
    ("stack_pressure", "squeezed"): ("sign", 0.508),
    ("surface_diffusion", "smooth"): ("sign", 231.8),
    ("thermal_gradient", "three_fold"): ("reached", 2.06),
    ("three_dimensional_host", "local_current"): ("sign", 27.76),
    ("through_plane_dc_field", "life"): ("not reached", 1.0),
    ("transference_number", "sand"): ("reached", 5.273),
    ("uniform_heating", "garnet"): ("sign", 141.5),
}
"""Strategy and statement: what became of it, and the number found. A change here is a change of physics."""

GARNET, LIQUID, POLYMER, SULFIDE = "default", "liquid_sand", "direct_current", "sulfide"


def cell(name: str) -> Case:
    """A shipped case, or a pellet of LPSC."""
    if name != SULFIDE:
        return dn.load_case(name)
    return Case.from_mapping({
        "cell": {"metal": "Li", "electrolyte": "LPSC", "thickness": "500 um"},
        "domain": {"size": ["500 um", "500 um"], "cells": [40, 40]},
        "protocol": ["plate at 1 mA/cm^2 for 1 h"],
    })  # fmt: skip


@pytest.mark.parametrize("name", strategies())
def test_each_strategy_against_the_survey(name):
    """Sign and size as told, or the honest flag together with the number found and the reason."""
    found = strategy_named(name).findings()
    assert {finding.statement.name for finding in found} == set(strategy_named(name).statements)
    for finding in found:
        outcome, value = SURVEY[name, finding.statement.name]
        assert finding.value == pytest.approx(value, rel=5e-3)
        assert finding.outcome == outcome
        assert len(finding.why) > 40
        assert finding.statement.source and finding.statement.tag in "SQWDE"
        if outcome != "not reached" and finding.statement.value and finding.statement.bound is None:
            ratio = finding.value / finding.statement.value
            assert (1.0 / 1.5 <= ratio <= 1.5) is (outcome == "reached")


def test_every_remedy_of_the_survey_is_there():
    assert set(strategies()) == {name for name, _ in SURVEY}
    assert len(strategies()) == 23


@pytest.mark.parametrize("strategy", strategies().values(), ids=list(strategies()))
def test_each_says_what_it_is(strategy: Strategy):
    assert strategy.complexity in COMPLEXITY and strategy.engine in ENGINES
    assert strategy.kind in ("published", "derived", "reconstruction")
    assert strategy.twice in ("sets", "adds")
    assert strategy.parameters
    for about in strategy.parameters:
        assert about.choices or strategy.numbers[about.name].unit == about.unit
    for number in strategy.numbers.values():
        assert number.tag and number.source
    assert strategy.as_dict()["parameters"]


@pytest.mark.parametrize(
    ("sign", "value", "found", "outcome"),
    [
        ("up", 3.0, 2.01, "reached"), ("up", 3.0, 4.49, "reached"), ("up", 3.0, 4.6, "sign"), ("up", 3.0, 1.0, "not reached"),
        ("up", None, 1.5, "sign"), ("up", None, 1.005, "not reached"), ("down", 0.5, 0.4, "reached"), ("down", 0.5, 2.0, "not reached"),
        ("none", 1.0, 0.95, "reached"), ("none", 1.0, 0.8, "not reached"),
    ],
)  # fmt: skip
def test_one_rule_judges_all(sign, value, found, outcome):
    statement = Statement("s", "text", "ratio", sign, "S", "source", value)
    assert judged(statement, found, "because").outcome == outcome
    bounded = Statement("s", "text", "ratio", "up", "S", "source", 3.0, bound="lower")
    assert judged(bounded, 300.0, "because").outcome == "reached"


NEUTRAL = [
    ("surface_diffusion", "lattice_lithium", {"barrier_share": 1.0}), ("alloy_interlayer", GARNET, {"resistance_share": 1.0}),
    ("transference_number", POLYMER, {"transference": 0.2, "transport_factor": 1.0}),
    ("amorphous_grain_boundaries", GARNET, {"remaining": 1.0}), ("pulsed_current", LIQUID, {"duty": 1.0}),
    ("megahertz_pulses", GARNET, {"duty": 1.0}), ("lateral_ac_field", LIQUID, {"field": 0.0}),
    ("through_plane_dc_field", LIQUID, {"field": 0.0}), ("magnetic_field_perpendicular", LIQUID, {"field": 0.0}),
    ("magnetic_field_parallel", LIQUID, {"field": 0.0}), ("uniform_heating", GARNET, {"rise": 0.0}),
    ("internal_heating", GARNET, {"rise": 0.0}), ("annealing", GARNET, {"resistance_share": 1.0}),
    ("thermal_gradient", GARNET, {"difference": 0.0}), ("second_phase", GARNET, {"share": 0.0}),
    ("stack_pressure", GARNET, {"pressure": "5 MPa"}), ("in_plane_compression", GARNET, {"compression": 0.0}),
    ("expansion_bolt", SULFIDE, {"reaction_strain": 0.0}), ("compliant_substrate", LIQUID, {}), ("grain_texture", GARNET, {}),
]  # fmt: skip
"""Strategy, case and the parameter at which it does nothing."""


@pytest.mark.parametrize(("name", "case", "parameters"), NEUTRAL, ids=[row[0] for row in NEUTRAL])
def test_a_neutral_parameter_changes_no_answer(name, case, parameters):
    before = cell(case)
    applied = apply_strategies(before, [(name, parameters)])
    first, second = (
        limits(before, samples=20),
        limits(applied.case, samples=20, theory=applied.theory, reference=before),
    )
    assert set(first) == set(second) and first
    for key in first:
        assert second[key].value == pytest.approx(first[key].value, rel=1e-9)
        assert second[key].draws == pytest.approx(first[key].draws, rel=1e-9, nan_ok=True)


@settings(max_examples=25, deadline=None)
@given(share=st.floats(0.05, 1.0), rise=st.floats(0.0, 60.0))
def test_better_contact_and_warmth_never_lower_a_limit_of_a_garnet(share, rise):
    case = dn.load_case("default")
    before = limits(case, samples=0)
    steps = [("alloy_interlayer", {"resistance_share": share}), ("uniform_heating", {"rise": rise})]
    after = limits(apply_strategies(case, steps).case, samples=0)
    for name in before:
        assert after[name].value >= before[name].value * (1.0 - 1e-9)


APPLICABLE = [(name, case) for case in (GARNET, LIQUID, SULFIDE) for name in strategies()]


@pytest.mark.parametrize(("name", "where"), APPLICABLE)
def test_twice_is_what_it_says(name, where):
    """ "sets" leaves the case of one application; "adds" acts on what is there."""
    case, strategy = cell(where), strategy_named(name)
    try:
        once = apply_strategies(case, [(name, None)])
        twice = apply_strategies(once.case, [(name, None)])
    except InputError as error:
        assert str(error)
        return
    if strategy.twice == "sets":
        assert limits(twice.case, samples=0).critical().value == pytest.approx(
            limits(once.case, samples=0).critical().value
        )
    elif once.case.given != case.given:
        assert twice.case.given != once.case.given


@pytest.mark.parametrize(("name", "where"), APPLICABLE)
def test_a_strategy_applies_or_says_why_not(name, where):
    """What it makes is a plain case that can be saved and read again; the case before stays as it was."""
    case = cell(where)
    kept = case.to_yaml()
    try:
        applied = apply_strategies(case, [(name, None)])
    except InputError as error:
        assert error.exit_code == 2 and error.problem
        return
    assert case.to_yaml() == kept
    from ruamel.yaml import YAML

    text = applied.comment() + applied.case.to_yaml()
    again = Case.from_mapping(YAML(typ="safe").load(text))
    assert again.resolved()["case"] == applied.case.resolved()["case"]
    assert name in text and strategy_named(name).title in text
    assert isinstance(applied.costs[0], Cost) and applied.costs[0].side
    if strategy_named(name).engine == "theory":
        assert applied.case.given == case.given and not applied.changes_case


def test_heating_moves_the_numbers_that_a_case_gives_itself():
    """0.1 ohm cm² at 25 °C is 0.02 at 60 °C by the law of the claim; written plainly it would have stayed."""
    warm = dn.apply(dn.load_case("default"), "uniform_heating", rise="35 K")
    cold = dn.load_case("default").interface_material()
    assert warm.conditions.temperature == pytest.approx(333.15)
    expected = cold.evaluate("interface_resistance", 333.15)
    assert warm.interface_material().evaluate("interface_resistance", 333.15) == pytest.approx(expected)
    assert expected == pytest.approx(1.94e-6, rel=0.02)


def test_compression_adds_to_what_a_crack_needs():
    """150 MPa upon 118 MPa of a flaw of 18 µm in LLZO: the crack limit by hand."""
    case = dn.load_case("default")
    after = dn.apply(case, "in_plane_compression", compression="150 MPa")
    assert (after.conditions.in_plane_compression, after.conditions.lateral) == (150e6, "free")
    bare = model_named("griffith_overpotential")(
        flaw_length=18e-6, local_resistance=1.0, fracture_toughness=1e6, molar_volume=1.3e-5
    ).evaluate()["critical_pressure"]  # fmt: skip
    confined = 0.26 / 0.74 * 5e6
    expected = (bare + 150e6 - 5e6) / (bare + confined - 5e6)
    ratio = limits(after, samples=0)["crack_growth"].value / limits(case, samples=0)["crack_growth"].value
    assert ratio == pytest.approx(expected, rel=1e-3)


def test_a_host_obeys_its_trade_off():
    """More surface a volume reaches less deep: the area that works grows as its root; the host's volume is lost."""
    case, host = dn.load_case("liquid_sand"), "three_dimensional_host"
    ratios = [
        apply_strategies(case, [(host, {"specific_area": area})]).theory["area_ratio"] for area in (1e6, 4e6)
    ]
    assert ratios[1] / ratios[0] == pytest.approx(2.0, rel=1e-6)
    costs = [
        apply_strategies(case, [(host, {"solid_share": share})]).costs[0].energy_share for share in (0.1, 0.4)
    ]
    assert costs[1] == pytest.approx(4.0 * costs[0])


def test_energy_lost_is_counted_once():
    cost = Cost(resistance=1e-2, energy_share=0.1, power=5.0)
    assert cost.lost(10.0, 4.0) == pytest.approx(10.0 * 1e-2 / 4.0 + 0.1 + 5.0 / 40.0)
    assert cost.lost(0.0, 4.0) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("name", "parameters", "where", "message"),
    [
        ("stack_presure", {}, GARNET, "stack_pressure"), ("stack_pressure", {"presure": "5 MPa"}, GARNET, "unknown parameter"),
        ("stack_pressure", {"pressure": "5 mA/cm^2"}, GARNET, "a pressure is needed"),
        ("stack_pressure", {"pressure": "5"}, GARNET, "pressure"), ("stack_pressure", {"pressure": "-5 MPa"}, GARNET, "outside its range"),
        ("stack_pressure", {}, LIQUID, "does not apply to LiPF6"), ("transference_number", {}, GARNET, "does not apply to LLZO"),
        ("magnetic_field_perpendicular", {}, GARNET, "nothing that a magnetic field could stir"),
        ("through_plane_dc_field", {"electrodes": "insulated"}, LIQUID, "screened"),
        ("through_plane_dc_field", {"electrodes": "magic"}, LIQUID, "unknown choice"),
        ("uniform_heating", {"rise": "170 K"}, GARNET, "melts"), ("annealing", {"temperature": "500 K"}, GARNET, "melts"),
        ("thermal_gradient", {"difference": "150 K"}, GARNET, "cold face breaks"),
        ("pulsed_current", {}, "pulse", "one plating step"), ("pulsed_current", {"on_time": "1 h"}, LIQUID, "longer than the step"),
        ("three_dimensional_host", {}, GARNET, "less surface"), ("expansion_bolt", {}, GARNET, "does not apply"),
        ("salt_rich_electrolyte", {}, POLYMER, "of a liquid"),
    ],
)  # fmt: skip
def test_refusals_say_what_is_wrong(name, parameters, where, message):
    with pytest.raises(InputError, match=message) as caught:
        apply_strategies(cell(where), [(name, parameters)])
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", [name for name, one in strategies().items() if one.engine == "theory"])
def test_what_no_case_can_say_is_not_written(name):
    for where in (GARNET, LIQUID, SULFIDE):
        try:
            apply_strategies(cell(where), [(name, None)])
        except InputError:
            continue
        with pytest.raises(InputError, match="no case can express"):
            dn.apply(cell(where), name)
        return
    pytest.fail(f"{name} applies to none of the cells")


def test_pairs_keep_both_changes():
    case = dn.load_case("default")
    names = ("in_plane_compression", "uniform_heating", "alloy_interlayer", "amorphous_grain_boundaries")
    for pair in itertools.combinations(names, 2):
        both = apply_strategies(case, [(name, None) for name in pair])
        value = limits(both.case, samples=0).critical("plating").value
        alone = [
            limits(apply_strategies(case, [(name, None)]).case, samples=0).critical("plating").value
            for name in pair
        ]
        assert value > max(alone)
    assert "bolt" in strategy_named("Expansion Bolt").title


def test_the_page_is_that_of_the_code():
    from pathlib import Path

    from dendrion.strategy.document import table

    page = Path(__file__).parents[2] / "docs" / "strategies-table.md"
    assert page.read_text(encoding="utf-8") == table()
