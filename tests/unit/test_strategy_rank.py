"""Rankings: gains draw by draw, what limits, the front, refusals, files, and the same from (cheap) simulations."""

import csv
import json
import math
from dataclasses import replace

import numpy as np
import pytest

import dendrion as dn
from dendrion.errors import InputError, SimulationError
from dendrion.report.pareto import chosen
from dendrion.report.ranking import write_ranking
from dendrion.strategy import apply_strategies
from dendrion.strategy.field_rank import rank_by_simulation
from dendrion.strategy.rank import rank, with_front
from dendrion.study.short_time import short_time
from tests.sweep_cases import base_case

FEW = ("in_plane_compression", "uniform_heating", "internal_heating", "grain_texture", "transference_number")


@pytest.fixture(scope="module")
def garnet():
    return dn.load_case("default")


@pytest.fixture(scope="module")
def ranking(garnet):
    return rank(garnet, only=FEW, pairs=True, samples=48)


def test_the_ranking_is_by_median_gain(ranking):
    medians = [entry.median for entry in ranking.entries]
    assert medians == sorted(medians, reverse=True)
    assert (ranking.by, ranking.unit, ranking.mechanism) == ("ccd", "A/m^2", "crack")
    assert ranking.base == pytest.approx(66.1, rel=1e-2)
    assert ranking.base_quantiles[0] < ranking.base < ranking.base_quantiles[2]
    assert "does not apply to LLZO" in ranking.refused["transference_number"]


def test_gains_have_the_spread_of_the_claims(ranking):
    entries = {entry.names: entry for entry in ranking.entries}
    pressed = entries["in_plane_compression",]
    assert pressed.low < pressed.median < pressed.high
    assert pressed.gain == pytest.approx(2.29, rel=1e-2)
    assert pressed.better > 0.9
    assert entries["grain_texture",].gain == entries["grain_texture",].high == 1.0
    assert entries["grain_texture",].better == 0.0


def test_two_ways_to_the_same_thing_rank_alike(ranking):
    """Warm is warm: only the cost of the two heatings differs, and the foil loses the front."""
    entries = {entry.names: entry for entry in ranking.entries}
    warm, foil = entries["uniform_heating",], entries["internal_heating",]
    assert (warm.low, warm.median, warm.high) == (foil.low, foil.median, foil.high)
    assert foil.lost > warm.lost
    assert warm.front and not foil.front


def test_pairs_are_better_than_their_parts_here(ranking):
    entries = {entry.names: entry for entry in ranking.entries}
    both = entries["in_plane_compression", "uniform_heating"]
    assert both.gain > max(entries[name,].gain for name in both.names)
    assert both.lost == pytest.approx(sum(entries[name,].lost for name in both.names))
    assert both.complexity == 3
    idle = entries["grain_texture", "uniform_heating"]
    assert (idle.low, idle.median, idle.high) == tuple(
        getattr(entries["uniform_heating",], name) for name in ("low", "median", "high")
    )
    assert len(both.sides) == 2


def test_the_same_seed_gives_the_same_ranking(garnet):
    first, second, third = (
        rank(garnet, only=("alloy_interlayer",), samples=32, seed=seed) for seed in (1, 1, 2)
    )
    assert first.as_dict() == second.as_dict()
    assert first.entries[0].low != third.entries[0].low


def test_the_front_is_what_nothing_beats(ranking):
    entries = [replace(ranking.entries[0], names=(name,)) for name in "abcd"]
    numbers = {"a": (-3.0, 1.0), "b": (-2.0, 0.5), "c": (-2.0, 0.6), "d": (-3.0, 1.0)}
    marked = with_front(entries, lambda entry: numbers[entry.names[0]])
    assert [entry.front for entry in marked] == [True, True, False, True]
    assert all(entry.median > 1.0 for entry in ranking.entries if entry.front)


def test_by_time_to_short(garnet):
    found = rank(garnet, by="time_to_short", only=("in_plane_compression", "grain_texture"), samples=32)
    assert found.unit == "s"
    assert found.base == pytest.approx(short_time(garnet, samples=0)[0])
    best = found.entries[0]
    assert best.names == ("in_plane_compression",) and math.isinf(best.value)
    assert found.entries[1].gain == 1.0


def test_time_to_short_of_a_crack_is_the_fed_length():
    """∫ da/v with I' = i a: 6√π K F(√L − √a₀)/(V_M i E'), by hand for llzo_flaw."""
    case = dn.load_case("llzo_flaw")
    stiff, volume = 150e9 / (1.0 - 0.26**2), case.metal_material().evaluate("molar_volume")
    root = math.sqrt(36e-6) - math.sqrt(14e-6)
    expected = 6.0 * math.sqrt(math.pi) * 1e6 * 96485.33212 / (volume * 160.0 * stiff) * root
    assert short_time(case, samples=0)[0] == pytest.approx(expected, rel=1e-3)
    slow = case.with_settings({"protocol": ["plate at 4 mA/cm^2 for 20 s"]})
    assert np.isinf(short_time(slow, samples=0)[0])


def test_time_to_short_of_a_salt_is_depletion_and_growth():
    case = dn.load_case("liquid_sand")
    assert short_time(case, samples=0)[0] == pytest.approx(163.3, rel=1e-2)
    slow = case.with_settings({"protocol": ["plate at 5 mA/cm^2 for 20 s"]})
    assert np.isinf(short_time(slow, samples=5)[0])
    with pytest.raises(InputError, match="plates no current"):
        short_time(dn.load_case("hong2018"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "beauty"}, "unknown measure"),
        ({"only": ["magic"]}, "unknown strategy"),
        ({"samples": 1}, "too few samples"),
    ],
)
def test_wrong_questions_are_refused(garnet, options, message):
    with pytest.raises(InputError, match=message):
        rank(garnet, **options)


def test_files(ranking, tmp_path):
    paths = write_ranking(ranking, tmp_path / "ranking")
    assert [path.name for path in paths] == ["ranking.json", "ranking.csv", "pareto.png"]
    data = json.loads(paths[0].read_text())
    assert data["entries"][0]["gain"] == pytest.approx(ranking.entries[0].gain)
    rows = list(csv.DictReader(paths[1].open()))
    assert [row["strategies"] for row in rows] == [entry.label for entry in ranking.entries]
    assert float(rows[0]["median"]) == ranking.entries[0].median
    assert paths[2].stat().st_size > 20_000


def test_the_figure_leaves_out_pairs_that_add_nothing(ranking):
    shown = {entry.names for entry in chosen(ranking.entries)}
    assert ("in_plane_compression", "uniform_heating") in shown
    assert ("grain_texture", "uniform_heating") not in shown
    assert {entry.names for entry in ranking.entries if entry.front and len(entry.names) == 1} <= shown


def by_formula(case, folder):
    """A summary in place of a simulation: shorts sooner with a larger interface resistance."""
    if case.conditions.temperature > 370.0:
        raise SimulationError("too warm for this formula")
    resistance = case.interface_material().evaluate("interface_resistance", case.conditions.temperature)
    return {"status": "shorted", "short_time_s": 1e-3 / resistance, "warnings": []}


def test_ranking_by_simulation(garnet):
    seen = []
    found = rank_by_simulation(
        garnet, only=("alloy_interlayer", "uniform_heating", "self_heating", "pulsed_current"), evaluate=by_formula,
        on_progress=lambda done, total: seen.append((done, total)),
    )  # fmt: skip
    entries = {entry.names: entry for entry in found.entries}
    assert entries["alloy_interlayer",].gain == pytest.approx(1.0 / 0.0539)
    assert entries["alloy_interlayer",].low == entries["alloy_interlayer",].gain
    assert found.method == "field" and seen[-1] == (3, 3)
    assert "no case can express" in found.refused["self_heating"]
    assert "does not apply" in found.refused["pulsed_current"]


def test_a_treated_case_that_fails_is_told(garnet):
    hot = garnet.with_settings(apply_strategies(garnet, [("uniform_heating", {"rise": "60 K"})]).case.given)
    found = rank_by_simulation(hot, only=("alloy_interlayer", "uniform_heating"), evaluate=by_formula)
    assert found.refused["uniform_heating"].startswith("failed: too warm")
    with pytest.raises(InputError, match="no strategy can be simulated"):
        rank_by_simulation(garnet, only=("self_heating",), evaluate=by_formula)


@pytest.mark.slow
def test_ranking_by_the_engine_itself():
    """A flat front across 24 µm of polymer: the charge alone shorts it, so warmth changes nothing."""
    case = base_case().with_settings({"protocol": ["plate at 2 mA/cm^2 for 4 h"]})
    found = rank_by_simulation(case, only=("uniform_heating",))
    assert found.mechanism == "short"
    assert found.entries[0].gain == pytest.approx(1.0, rel=2e-2)
