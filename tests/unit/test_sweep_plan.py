"""Axes and plans of sweeps: lists, ranges, templates; grid, random and Sobol points; what is refused."""

import json

import numpy as np
import pytest

from dendrion.errors import InputError
from dendrion.study.plan import make_plan, plan_from, quantity_of


def test_a_grid_is_every_combination():
    plan = make_plan(["conditions.temperature=60 degC,90 degC", "domain.cells=[16,16],[32,32]"])
    assert len(plan) == 4
    assert plan.names == ["temperature", "cells"]
    assert plan.settings(1) == ["conditions.temperature=60 degC", "domain.cells=[32,32]"]


def test_ranges_and_templates():
    plan = make_plan(
        {
            "conditions.temperature": "60 degC:90 degC:4",
            "protocol[0]": "plate at {0.5:2 mA/cm^2:3:log} for 1 h",
        }
    )
    assert len(plan) == 12
    assert plan.settings(1)[1] == "protocol[0]=plate at 1.0 mA/cm^2 for 1 h"
    numbers = [plan.axes[0].number(value)[0] for value in plan.axes[0].points()]
    assert numbers == pytest.approx([333.15, 343.15, 353.15, 363.15])
    listed = make_plan(["protocol[0]=plate at {0.3,0.5} mA/cm^2 for 10 min"])
    assert listed.settings(1) == ["protocol[0]=plate at 0.5 mA/cm^2 for 10 min"]
    assert listed.axes[0].number("0.5 mA/cm^2") == (5.0, "A/m^2")
    outside = make_plan(["protocol[0]=plate at {0.5:2:3:log} mA/cm^2 for 1 h"])
    assert outside.settings(1) == ["protocol[0]=plate at 1.0 mA/cm^2 for 1 h"]
    assert make_plan({"numerics.seed": [1, 2, 3]}).settings(2) == ["numerics.seed=3"]
    assert len(make_plan(["numerics.seed=0:9:int"])) == 10


@pytest.mark.parametrize("kind", ["random", "sobol"])
def test_points_lie_in_the_box_and_come_again_with_their_seed(kind):
    axes = [
        "conditions.temperature=60 degC:90 degC",
        "cell.interface_resistance=1 ohm*cm^2:100 ohm*cm^2:log",
        "numerics.seed=0:3:int",
    ]
    plan = make_plan(axes, kind, 64, seed=3)
    numbers = np.array(
        [[axis.number(text)[0] for axis, text in zip(plan.axes, row, strict=True)] for row in plan.values]
    )
    assert numbers[:, 0].min() >= 333.15 - 1e-9 and numbers[:, 0].max() <= 363.15 + 1e-9
    assert np.log10(numbers[:, 1]).mean() == pytest.approx(-3.0, abs=0.2)
    assert set(numbers[:, 2]) == {0, 1, 2, 3}
    assert make_plan(axes, kind, 64, seed=3) == plan != make_plan(axes, kind, 64, seed=4)
    assert plan_from(json.loads(json.dumps(plan.as_dict()))) == plan


def test_sobol_fills_the_box_evenly():
    """Every quarter of either axis has its share of the points, exactly."""
    plan = make_plan({"a": "0:1", "b": "0:1"}, "sobol", 64)
    numbers = np.array(plan.values, dtype=float)
    for column in numbers.T:
        assert np.histogram(column, 4, (0, 1))[0].tolist() == [16] * 4


@pytest.mark.parametrize(
    ("over", "kind", "count", "message"),
    [
        ([], "grid", None, "a sweep needs an axis"),
        (["conditions.temperature"], "grid", None, "an axis is path=values"),
        (["a=1", "a=2"], "grid", None, "given twice"),
        (["a=1,,2"], "grid", None, "a value is missing"),
        (["a=1,1"], "grid", None, "a value is given twice"),
        (["a=1:2"], "grid", None, "needs its number of points"),
        (["a=2:1:3"], "grid", None, "this is no range"),
        (["a=0:1:3:log"], "grid", None, "must be above 0"),
        (["a=1 mm:2 um:3"], "grid", None, "in one unit"),
        (["a=0.5:2:int"], "grid", None, "whole ends"),
        (["a=1:2"], "random", None, "a number of cases is needed"),
        (["a=1:2:5"], "sobol", 8, "no number of points"),
        (["a..b=1"], "grid", None, "this is not a path"),
    ],
)
def test_plans_that_make_no_sense(over, kind, count, message):
    with pytest.raises(InputError, match=message):
        make_plan(over, kind, count)


def test_quantities_of_values():
    assert quantity_of("90 degC") == (pytest.approx(363.15), "K")
    assert quantity_of("0.5 mA/cm^2") == (5.0, "A/m^2")
    assert quantity_of("20 K") == (20.0, "K")
    assert quantity_of("3") == (3.0, "")
    assert quantity_of("PEO-LiTFSI") is None
    assert quantity_of("[16,16]") is None
