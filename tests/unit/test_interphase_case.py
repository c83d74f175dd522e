"""physics.interphase: what it refuses, what it needs, what it stores, and that a checkpoint keeps the layer."""

from __future__ import annotations

import numpy as np
import pytest

from dendrion.case import load_case
from dendrion.errors import InputErrors
from dendrion.field import Simulation
from tests.interphase_setup import TOUGH, bump_case, run

COARSE = (32, 16)
LAYER = {"growth": "parabolic"}


@pytest.mark.parametrize(
    ("physics", "field"),
    [
        ({"model": "hong2018"}, "physics.model"),
        ({"engine": "lattice"}, "physics.engine"),
    ],
)
def test_other_physics_is_refused(physics, field):
    with pytest.raises(InputErrors) as caught:
        bump_case(physics={"interphase": LAYER, **physics})
    assert field in [error.field for error in caught.value.errors]


def test_claims_of_the_metal_stand_in_for_those_of_the_interface():
    """An electrolyte of the case's own has no layer; that of any interphase on its metal is taken, overrides included."""
    case = bump_case("Na", LAYER, {"sei_strength": "10 MPa"})
    sheet = case.interphase_material()
    assert sheet.claim("sei_strength").value == pytest.approx(10e6)
    assert sheet.claim("sei_thickness").value == pytest.approx(30e-9)
    used = case.resolved()["materials"]["interphase"]["properties"]
    assert used["sei_strength"]["overridden"] is True
    assert used["sei_growth_constant"]["tag"] == "E"


def test_laws_beyond_their_range_are_said():
    """The layer's laws end at 90 °C."""
    hot = bump_case("Li", LAYER, conditions={"temperature": "100 degC"})
    found = [line for line in hot.warnings if "sei_" in line]
    assert len(found) == 2
    assert not [line for line in bump_case("Li", LAYER).warnings if "sei_" in line]


def test_law_of_growth_is_one_of_three():
    with pytest.raises(InputErrors, match="parabolic"):
        bump_case("Li", {"growth": "parabola"})


def test_history_and_fields_tell_of_the_layer():
    simulation, rows = run(bump_case(cells=COARSE, **TOUGH))
    last, columns = rows[-1], simulation.history_columns
    assert {name for name in columns if name.startswith("interphase_")} == {
        "interphase_thickness_mean_m", "interphase_thickness_max_m", "interphase_thickness_min_m",
        "interphase_broken_share", "interphase_charge_C_per_m2", "interphase_shed_C_per_m2",
    }  # fmt: skip
    assert (
        last["interphase_thickness_min_m"]
        < last["interphase_thickness_mean_m"]
        < last["interphase_thickness_max_m"]
    )
    assert simulation.summary()["interphase_charge_C_per_m2"] == last["interphase_charge_C_per_m2"] > 0.0
    assert simulation.fields()["interphase_thickness"][1] == "m"
    assert "interphase_thickness_mean_m" not in run(bump_case(cells=COARSE))[0].history_columns


def test_cracks_that_metal_fills_are_refused():
    with pytest.raises(InputErrors) as caught:
        load_case("llzo_flaw", set=["physics.interphase={growth: parabolic}"])
    assert "physics.crack.filling" in [error.field for error in caught.value.errors]


@pytest.mark.slow
def test_layer_on_a_front_under_stress_keeps_the_balances():
    """Stress shifts the reaction behind the layer; charge and energy close as without it."""
    settings = ["domain.cells=[40,40]", "stop.time=2 min", "physics.interphase={growth: parabolic}"]
    simulation, rows = run(load_case("polymer_pushed", set=settings))
    last = rows[-1]
    print(f"Faraday {last['faraday_error']:.1e}, energy {last['energy_error']:.1e}")
    assert abs(last["faraday_error"]) < 1e-7
    assert abs(last["energy_error"]) < 1e-3
    assert simulation.summary()["interphase_charge_C_per_m2"] == last["interphase_charge_C_per_m2"] > 0.0


def test_checkpoint_keeps_the_layer():
    case = bump_case(cells=COARSE, **TOUGH)
    whole, halves = Simulation(case), Simulation(case)
    for _ in range(6):
        halves.advance()
    saved = halves.checkpoint()
    resumed = Simulation(case)
    resumed.restore(saved)
    for _ in range(12):
        whole.advance()
    for _ in range(6):
        resumed.advance()
    for name in ("thickness", "strain", "charge", "shed"):
        one, two = (np.asarray(getattr(sim.state.interphase, name)) for sim in (whole, resumed))
        np.testing.assert_array_equal(one, two)


def test_plate_rest_strip_conserves_charge_with_a_layer():
    """Metal and layer are what the cycler passed, through rest (the layer eats metal) and stripping, breaks included."""
    protocol = ["plate at 1 mA/cm^2 for 3 min", "rest for 2 min", "strip at 1 mA/cm^2 for 2 min"]
    simulation, rows = run(
        bump_case("Na", LAYER, {"sei_growth_constant": "1e-18 m^2/s"}, cells=COARSE, protocol=protocol)
    )
    worst = max(abs(row["faraday_error"]) for row in rows)
    last = rows[-1]
    print(f"Faraday error {worst:.1e}; layer took {last['interphase_charge_C_per_m2']:.2f} and shed "
          f"{last['interphase_shed_C_per_m2']:.2f} C/m^2")  # fmt: skip
    assert simulation.status == "completed"
    assert last["charge_C_per_m2"] == pytest.approx(10.0 * 60.0, rel=1e-5)
    assert last["interphase_charge_C_per_m2"] > 10.0
    assert last["interphase_shed_C_per_m2"] > 1.0
    assert worst < 1e-5


def test_no_layer_and_one_without_thickness_grow_alike():
    """A layer of 1e-15 m that neither grows nor breaks."""
    bare = run(bump_case(cells=COARSE))[1][-1]
    thin = run(bump_case(cells=COARSE, layer={"growth": "none", "thickness": "1e-15 m"}))[1][-1]
    for name in ("tip_position_m", "roughness_m", "cell_voltage_V", "current_peak_to_valley"):
        assert thin[name] == pytest.approx(bare[name], rel=1e-5)
