"""Virtual tests: outcomes by limits, censoring, records, interruption, and a small cell on the field engine."""

import math

import numpy as np
import pytest

import dendrion as dn
from dendrion.case import Case
from dendrion.errors import InputError
from dendrion.evidence.ccd import load_ccd_record
from dendrion.study.ccd import CcdFolder, named_protocol, run_ccd
from dendrion.study.ccd.fast import SampledLimit, climb_theory
from dendrion.study.ccd.protocol import TestProtocol

CERAMIC = {
    "title": "Lithium on LLZO",
    "cell": {"metal": "Li", "electrolyte": "LLZO", "interface_resistance": "514 ohm*cm^2"},
    "domain": {"size": ["1 mm"], "cells": [20]},
    "conditions": {"temperature": "30 degC"},
    "protocol": ["rest for 1 s"],
}
POLYMER = {
    "title": "Lithium in PEO-LiTFSI",
    "cell": {"metal": "Li", "electrolyte": "PEO-LiTFSI"},
    "domain": {"size": ["40 um"], "cells": [40]},
    "conditions": {"temperature": "90 degC"},
    "protocol": ["rest for 1 s"],
}
SMALL = {
    "title": "Small cell that cracks",
    "cell": {"metal": "Li", "electrolyte": "LLZO", "interface_resistance": "0.1 ohm*cm^2"},
    "domain": {"size": ["20 um", "18 um"], "cells": [40, 36]},
    "initial": {"metal_thickness": "4 um"},
    "conditions": {"temperature": "25 degC", "stack_pressure": "5 MPa", "lateral": "confined"},
    "protocol": ["rest for 1 s"],
    "physics": {"mechanics": "viscoplastic", "fracture": "at2"},
}


def ladder(**changes):
    """A short protocol."""
    return TestProtocol.model_validate(
        {
            "name": "short", "title": "Short", "kind": "time_controlled",
            "current": {"start": "1 mA/cm^2", "increment": "1 mA/cm^2", "end": "4 mA/cm^2"}, "half_cycle": {"time": "1 min"},
            "rest": "10 s", "failure": {"criterion": "voltage_limit", "voltage": "1 V"}, "source": "a test", **changes,
        }
    )  # fmt: skip


def limits(crack=(25.0, 5.0, 99.0, math.nan), void=(99.0, 99.0, 15.0, 99.0)):
    """What each of four specimens stands [A/m^2], whatever the half-cycle."""
    found = {
        "crack_growth": SampledLimit("crack_growth", "crack", "plating", np.array(crack)),
        "contact_loss": SampledLimit("contact_loss", "void", "stripping", np.array(void)),
    }
    return lambda duration: found


def test_a_specimen_fails_in_the_first_step_above_its_smallest_limit():
    outcomes = climb_theory(ladder(), limits(), np.array([1e-5, 2e-5, 3e-5, math.nan]))
    currents = ladder().currents
    assert [one.interval(currents) for one in outcomes] == [
        (20.0, 30.0),
        (0.0, 10.0),
        (10.0, 20.0),
        (40.0, math.inf),
    ]
    assert [one.mechanism for one in outcomes] == ["crack", "crack", "void", None]
    assert [one.half_cycle for one in outcomes] == [5, 1, 3, None]
    assert outcomes[0].plated == 60.0 * (10.0 + 20.0)
    assert outcomes[3].flaw is None
    assert outcomes[3].entry(currents)["censoring"] == "right"
    assert outcomes[1].entry(currents)["censoring"] == "left"


def test_only_the_side_of_the_protocol_counts():
    plating = climb_theory(ladder(kind="unidirectional_plating"), limits(), np.full(4, 1e-5))
    stripping = climb_theory(ladder(kind="stripping_only"), limits(), np.full(4, 1e-5))
    assert [one.mechanism for one in plating] == ["crack", "crack", None, None]
    assert [one.mechanism for one in stripping] == [None, None, "void", None]
    assert all(one.plated == 0.0 for one in stripping)


def test_half_cycles_of_a_charge_ask_for_limits_of_their_own_time():
    asked = []

    def by_time(duration):
        asked.append(duration)
        sand = np.sqrt(36000.0 / duration) * np.array([5.0, 10.0])
        return {"depletion": SampledLimit("depletion", "depletion", "plating", sand)}

    protocol = ladder(kind="capacity_controlled", half_cycle={"capacity": "0.1 mAh/cm^2"})
    outcomes = climb_theory(protocol, by_time, np.full(2, math.nan))
    assert asked == [360.0, 180.0, 120.0, 90.0]
    # The limit sqrt(36000/t) 5 with t = 3600/i is 5 sqrt(10 i): below i from i = 250 A/m^2 on.
    assert [one.step for one in outcomes] == [None, None]


def test_a_test_on_the_theory_leaves_a_record_that_is_valid(tmp_path):
    test = dn.ccd(CERAMIC, "time_controlled_wide", tmp_path / "test", fast=True, seeds=60)
    record = test.record
    assert record.origin == "simulated"
    assert len(record.outcomes) == 60
    assert record.conditions.temperature == 303.15
    assert record.interface.resistance_before == pytest.approx(0.0514)
    assert [one.interval for one in record.outcomes] == [
        pytest.approx(one.interval(test.currents), rel=1e-12) for one in test.outcomes
    ]
    fit = test.summary["fit"]
    assert fit["failures"] == 60
    # 0.05 mA/cm^2 was measured with this interface (Sharafi 2016); the models stay within a factor 3.
    assert 0.5 / 3.0 < fit["median_A_per_m2"] < 0.5 * 3.0
    assert set(test.summary["mechanisms"]) <= {"crack", "internal nucleation", "initiation"}
    again = dn.ccd(CERAMIC, "time_controlled_wide", tmp_path / "again", fast=True, seeds=60)
    assert again.outcomes == test.outcomes
    assert [path.name for path in test.plot()] == ["curve.png", "distribution.png"]
    page = test.report().read_text()
    assert "Every specimen" in page
    assert "Which current density does this cell stand" in page


def test_a_ladder_that_nothing_fails_on_is_censored_not_refused(tmp_path):
    protocol = named_protocol("time_controlled").with_currents(start="1 nA/cm^2", factor=2.0, end="8 nA/cm^2")
    result = run_ccd(Case.from_mapping(CERAMIC), protocol, tmp_path / "test", fast=True, seeds=4)
    assert result.status == "completed"
    assert result.fit is None
    assert "0 of 4 specimens failed" in result.no_fit
    record = load_ccd_record(result.folder.record_file)
    assert [one.kind for one in record.outcomes] == ["right"] * 4
    assert result.folder.curve is not None


def test_temperature_and_flaws_move_the_distribution_as_they_should(tmp_path):
    def median(name, flaws="claims", **settings):
        case = Case.from_mapping(CERAMIC).with_settings(settings)
        result = run_ccd(case, "time_controlled_wide", tmp_path / name, fast=True, seeds=60, flaws=flaws)
        return result.fit.median

    cold = median("cold")
    assert median("hot", **{"cell.interface_resistance": "5 ohm*cm^2"}) > 5.0 * cold
    assert median("flaws", "lognormal(1 mm, 0.3)") < cold


def test_specimens_and_folders_that_make_no_sense_are_refused(tmp_path):
    case = Case.from_mapping(CERAMIC)
    with pytest.raises(InputError, match="--seeds"):
        run_ccd(case, "time_controlled", tmp_path / "a", fast=True, seeds=0)
    run_ccd(case, "time_controlled", tmp_path / "b", fast=True, seeds=3)
    with pytest.raises(InputError, match="not an empty folder"):
        run_ccd(case, "time_controlled", tmp_path / "b", fast=True, seeds=3)
    with pytest.raises(InputError, match="specimens changed"):
        run_ccd(case, "time_controlled", tmp_path / "b", fast=True, seeds=4, resume=True)
    with pytest.raises(InputError, match="the case has changed"):
        warmer = case.with_settings({"conditions.temperature": "40 degC"})
        run_ccd(warmer, "time_controlled", tmp_path / "b", fast=True, seeds=3, resume=True)
    with pytest.raises(InputError, match="no virtual test"):
        CcdFolder.open(tmp_path)


@pytest.mark.slow
def test_a_polymer_depletes_on_the_engine_and_an_interrupted_test_goes_on(tmp_path):
    protocol = ladder(current={"start": "2 mA/cm^2", "increment": "2 mA/cm^2", "end": "20 mA/cm^2"})
    case = Case.from_mapping(POLYMER)
    told = []
    stops = iter([False, True, True, True])
    first = run_ccd(
        case, protocol, tmp_path / "test", seeds=3, workers=0, stop_requested=lambda: next(stops),
        on_cost=lambda low, high: told.append((low, high)),
    )  # fmt: skip
    assert first.status == "interrupted"
    assert 1 <= len(first.outcomes) < 3
    assert 0.0 < told[0][0] < told[0][1]
    second = run_ccd(case, protocol, tmp_path / "test", seeds=3, workers=0, resume=True)
    assert second.status == "completed"
    assert second.outcomes[0] == first.outcomes[0]
    assert {one.mechanism for one in second.outcomes} == {"depletion"}
    assert second.outcomes[0].charge > 0.0
    # Fewer than a handful of identical specimens make no distribution, and the record says what each did.
    assert second.fit is None
    assert len(load_ccd_record(second.folder.record_file).outcomes) == 3


@pytest.mark.slow
def test_a_small_cell_climbs_until_a_crack_is_through(tmp_path):
    protocol = ladder(
        kind="unidirectional_plating", rest="0 s", half_cycle={"time": "1 s"},
        current={"start": "20 mA/cm^2", "factor": "1.3", "end": "200 mA/cm^2"}, failure={"criterion": "voltage_drop", "threshold": "0.5"},
    )  # fmt: skip
    result = run_ccd(
        Case.from_mapping(SMALL), protocol, tmp_path / "test", seeds=2, flaws="uniform(4 um, 8 um)", workers=0
    )
    assert result.status == "completed"
    assert not result.lost
    assert [one.mechanism for one in result.outcomes] == ["crack", "crack"]
    assert all(one.step is not None and one.step > 0 for one in result.outcomes)
    longer, shorter = sorted(result.outcomes, key=lambda one: -one.flaw)
    assert longer.time <= shorter.time
    for one in result.outcomes:
        assert one.plated > one.charge > 0.0
    curve = result.folder.curve
    assert curve.voltage.max() > 0.0
    assert np.all(np.diff(curve.time) > 0.0)
    assert load_ccd_record(result.folder.record_file).failure.criterion == "voltage_drop"


@pytest.mark.slow
def test_contact_that_stripping_loses_fails_by_a_void(tmp_path):
    """The contact engine under the ladder: at 0.2 MPa lithium parts from LLZO; under 10 MPa it survives the same steps."""
    spread = "physics.heterogeneity={amplitude: 0.3, correlation_length: 20 um}"
    base = dn.load_case("voids_lithium", set=["domain.cells=[4, 64]", spread])
    protocol = named_protocol("stripping_only").with_currents(
        start="0.2 mA/cm^2", increment="0.4 mA/cm^2", end="1 mA/cm^2"
    )
    found = {}
    for pressure in ("0.2 MPa", "10 MPa"):
        case = base.with_settings([f"conditions.stack_pressure={pressure}"])
        result = run_ccd(case, protocol, tmp_path / pressure, seeds=2, workers=0)
        found[pressure] = result.outcomes
    assert [one.mechanism for one in found["0.2 MPa"]] == ["void", "void"]
    assert all(one.step is None for one in found["10 MPa"])


@pytest.mark.slow
def test_stripping_parts_the_metal_on_the_contact_engine(tmp_path):
    case = Case.from_mapping(
        {
            "title": "Lithium parts from LLZO", "cell": {"metal": "Li", "electrolyte": "LLZO"},
            "domain": {"size": ["100 um", "50 um"], "cells": [40, 32], "lateral": "periodic"}, "initial": {"metal_thickness": "50 um"},
            "contact": {"insulating": [{"at": ["25 um"], "radius": "5 um"}], "flaw_length": "20 um"},
            "conditions": {"temperature": "25 degC", "stack_pressure": "0.1 MPa"}, "physics": {"engine": "contact"},
            "protocol": ["rest for 1 s"],
        }
    )  # fmt: skip
    protocol = ladder(
        kind="stripping_only", half_cycle={"capacity": "0.5 mAh/cm^2"},
        current={"start": "0.02 mA/cm^2", "factor": "3", "end": "5 mA/cm^2"},
    )  # fmt: skip
    result = run_ccd(case, protocol, tmp_path / "test", seeds=1, flaws="fixed(20 um)", workers=0)
    assert not result.lost
    assert result.outcomes[0].mechanism == "void"
    assert result.outcomes[0].plated == 0.0
    assert result.outcomes[0].note == "the voltage passed 1 V"
