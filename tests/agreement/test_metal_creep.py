"""The creep laws of the field engine and of the closed form are the same."""

from __future__ import annotations

import pytest

import dendrion.field
from dendrion import theory
from dendrion.field.flow_claims import anand_law, creep_law
from dendrion.materials import material
from dendrion.theory.mechanics.metal_creep import GAROFALO_STRESS

assert dendrion.field.backend  # switches float64 on


@pytest.mark.parametrize("metal", ["Li", "Na"])
@pytest.mark.parametrize("temperature", [273.15, 298.15, 340.0])
@pytest.mark.parametrize("stress", [0.2e6, 1.0e6, 5.0e6])
def test_rates_agree(metal, temperature, stress):
    closed = theory.for_cell("metal_creep", metal=metal, stress=stress, temperature=temperature).evaluate()
    power, ended = (creep_law(material(metal), breakdown=flag) for flag in (False, True))
    ended = ended._replace(breakdown=1.0 / GAROFALO_STRESS)  # the closed form uses lithium's for both metals
    assert float(power.equivalent_rate(stress, temperature)) == pytest.approx(closed.value, rel=1e-10)
    assert float(ended.equivalent_rate(stress, temperature)) == pytest.approx(
        closed["garofalo_rate"], rel=1e-10
    )


def test_break_down_of_lithium_is_the_same():
    assert material("Li").claim("creep_breakdown_stress").value == GAROFALO_STRESS


@pytest.mark.parametrize("rate", [2e-5, 1e-3, 2e-2])
def test_saturated_anand_stress_agrees(rate):
    closed = theory.for_cell("metal_creep", metal="Li", stress=0.5e6, asked_rate=rate).evaluate()
    law = anand_law(material("Li"))
    saturated = law.flow_stress(rate, law.saturation(rate, 298.15), 298.15)
    assert float(saturated) == pytest.approx(closed["anand_flow_stress"], rel=1e-10)
