"""The small cell: charge, salt, particles, contact, kinetics, protocols; each against what is exact."""

import math

import numpy as np
import pytest

from dendrion.cell import (
    CellFile,
    CellLimit,
    Design,
    Feedback,
    SmallCell,
    charge_error,
    drive,
    from_experiment,
    read_protocol,
    to_experiment,
)
from dendrion.cell.fixture import Fixture, contact_at, series_stiffness, slab_pressure
from dendrion.cell.kinetics import overpotential
from dendrion.cell.particle import Cathode
from dendrion.cell.properties import numbers_of
from dendrion.cell.salt import SaltColumn
from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.errors import InputError
from dendrion.materials import interface, material

ROOM = 298.15
NMC = Cathode(50e-6, 0.665, 0.335, 5.22e-6, 63104.0, 0.2661, 0.9084, 1.5e-6)
LLZO_CELL = {
    "cell": {"metal": "Li", "electrolyte": "LLZO", "thickness": "30 um", "cathode_capacity": "3 mAh/cm^2"},
    "fixture": {"kind": "spring", "pressure": "2 MPa", "stiffness": "100 MPa/mm"},
    "protocol": ["Charge at 1C until 4.3 V", "rest for 10 min", "Discharge at 1C until 3.0 V"],
}


def numbers(electrolyte="LLZO", cathode="NMC811"):
    return numbers_of(
        material("Li"),
        material(electrolyte),
        interface("Li", electrolyte),
        material(cathode) if cathode else None,
    )


def polymer(gap=100e-6, **more):
    of = numbers("PEO-LiTFSI", None)
    column = SaltColumn(gap, of.anion_share)
    return SmallCell(
        Design(gap=gap, fixture=Fixture(), column=column, flat_contact=True, leakage=False, **more),
        of,
        363.15,
    )


@pytest.mark.parametrize("transfer", [0.3, 0.5, 0.8])
@pytest.mark.parametrize("current", [-300.0, -1e-3, 0.0, 2.0, 500.0])
def test_overpotential_inverts_butler_volmer(current, transfer):
    eta = overpotential(current, 5.0, 333.15, transfer) * FARADAY / (GAS_CONSTANT * 333.15)
    assert 5.0 * (math.exp(transfer * eta) - math.exp(-(1.0 - transfer) * eta)) == pytest.approx(
        current, rel=1e-10, abs=1e-12
    )


def test_terminal_charge_is_what_was_plated_and_what_leaked():
    cell = SmallCell(
        Design(gap=30e-6, fixture=Fixture("constant_pressure", 5e6), cathode=NMC), numbers(), ROOM
    )
    first_ion = cell.saved()["ion"]
    for current, steps in ((30.0, 60), (0.0, 20), (-15.0, 40)):
        for _ in range(steps):
            state = cell.advance(current, ROOM, 30.0)
    assert abs(charge_error(state)) < 1e-12
    assert state.leaked > 100.0  # the claim of LLZO's electronic conductivity lets through about 0.7 A/m^2
    # What the metal gained the cathode lost.
    lost = (first_ion - cell.saved()["ion"]) * NMC.thickness * NMC.active_fraction * FARADAY
    assert lost == pytest.approx(state.plated, rel=1e-10)
    assert state.metal_thickness == pytest.approx(20e-6 + 1.3e-5 * state.plated / FARADAY, rel=1e-12)


def test_held_voltage_is_held_and_its_current_falls():
    cell = SmallCell(
        Design(gap=30e-6, fixture=Fixture("constant_pressure", 5e6), cathode=NMC), numbers(), ROOM
    )
    currents = []
    for _ in range(30):
        state = cell.hold(4.0, ROOM, 60.0)
        assert state.voltage == pytest.approx(4.0, abs=1e-9)
        currents.append(state.current_density)
    assert np.all(np.diff(currents[3:]) < 0.0)
    assert currents[0] > 4.0 * currents[-1] > 0.0


def test_small_currents_see_the_resistances_in_series():
    of = numbers(cathode=None)
    cell = SmallCell(Design(gap=60e-6, fixture=Fixture("constant_pressure", 1e6), leakage=False), of, ROOM)
    contact = cell.contact(1e6, ROOM)
    kinetic = 1e-5 / contact.fraction
    expected = 60e-6 / 0.04 + 2.0 * (kinetic + contact.constriction) + 3e-4
    state = cell.advance(1.0, ROOM, 1.0, Feedback(film_resistance=1e-4, contact_resistance=2e-4))
    assert state.voltage == pytest.approx(expected, rel=1e-9)
    wider = cell.advance(1.0, ROOM, 1.0, Feedback(area_ratio=2.0))
    assert wider.voltage == pytest.approx(expected - 3e-4 - 0.5 * kinetic, rel=1e-6)


def test_particles_reach_the_parabola_and_keep_the_ions():
    mean, gradient, flux = 50000.0, 0.0, 20.0 / (FARADAY * NMC.surface)
    for _ in range(400):
        mean, gradient, edge = NMC.advanced(mean, gradient, 20.0, 4e-14, 5.0)
    assert mean == pytest.approx(50000.0 - 3.0 * flux / NMC.radius * 2000.0, rel=1e-12)
    assert mean - edge == pytest.approx(flux * NMC.radius / (5.0 * 4e-14), rel=1e-8)


RATIOS = {1.1: 0.22168, 1.5: 0.090043, 2.0: 0.049183, 3.0: 0.0218167}
"""Current over the limiting one to D t/L^2 at which a symmetric cell is depleted (exact series)."""


@pytest.mark.parametrize("ratio", RATIOS)
def test_depletion_time_of_a_symmetric_cell(ratio):
    of, gap = numbers("PEO-LiTFSI", None), 100e-6
    diffusivity = of.diffusivity(363.15)
    limiting = 2.0 * FARADAY * diffusivity * of.salt / (of.anion_share * gap)
    expected = RATIOS[ratio] * gap**2 / diffusivity
    cell = polymer()
    protocol = read_protocol([f"plate at {ratio * limiting!r} A/m^2 for {2.0 * expected!r} s"])
    with pytest.raises(CellLimit) as depleted:
        for _ in drive(cell, protocol, 363.15, longest=expected / 300.0):
            assert abs(charge_error(cell.state)) < 1e-12
    assert depleted.value.what == "salt"
    print(f"i/i_lim = {ratio}: {cell.state.time:.3f} s, exact {expected:.3f} s")
    assert cell.state.time == pytest.approx(expected, rel=2e-3)


def test_below_the_limiting_current_the_profile_is_straight():
    cell, of = polymer(counter_metal=1e-3), numbers("PEO-LiTFSI", None)
    limiting = 2.0 * FARADAY * of.diffusivity(363.15) * of.salt / (of.anion_share * 100e-6)
    for _ in range(60):
        state = cell.advance(0.6 * limiting, 363.15, 300.0)
    assert state.salt_at_metal == pytest.approx(0.4 * of.salt, rel=1e-6)
    column, salt = cell.design.column, np.asarray(cell.saved()["salt"])
    assert column.content @ salt == pytest.approx(of.salt * 100e-6, rel=1e-12)


def test_salt_column_is_second_order_in_time():
    column = SaltColumn(100e-6, 0.8, cathode=50e-6, cathode_porosity=0.3)
    ends = []
    for count in (8, 16, 32, 512):
        salt = column.uniform(1200.0)
        for _ in range(count):
            still, add = column.response(salt, 7e-12, 80.0 / count)
            salt = still + 10.0 * add
        ends.append(salt)
    errors = [np.abs(end - ends[-1])[10:].max() for end in ends[:-1]]
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    print("orders", orders)
    assert np.all(orders > 1.6)


def test_fixtures_answer_to_swelling():
    weight, gap = Fixture("constant_pressure", 2e6), Fixture("constant_gap", 2e6, stack_stiffness=1e12)
    spring = Fixture("spring", 2e6, stiffness=1e12, stack_stiffness=1e12, largest=5e6)
    assert weight.pressure_after(10e-6) == (2e6, 0.0)
    assert gap.pressure_after(1e-6)[0] == pytest.approx(3e6)
    assert spring.pressure_after(1e-6)[0] == pytest.approx(2.5e6)
    pressure, squeezed = spring.pressure_after(10e-6)
    assert (pressure, squeezed) == (5e6, pytest.approx(4e-6))
    # What was squeezed out is missing when the metal shrinks again.
    assert spring.pressure_after(4e-6, squeezed)[0] == pytest.approx(2e6)
    assert spring.pressure_after(-4e-6, squeezed)[0] == 0.0
    assert series_stiffness([(1e-6, 1e9), (1e-6, 1e9), (0.0, 1.0)]) == pytest.approx(0.5e15)
    assert slab_pressure(0.77e6, 1e-2, 20e-6) == pytest.approx(0.77e6 * 2 / math.sqrt(3) * 126.0)


def test_contact_agrees_with_the_theory_of_the_same_floor():
    from dendrion import theory

    for pressure in (0.2e6, 1e6, 5e6):
        model = theory.for_cell(
            "contact", metal="Li", electrolyte="LLZO", stack_pressure=pressure, spot_radius=1e-5
        ).evaluate()
        found = contact_at(pressure, 0.77e6, 0.04, 1e-5)
        assert found.fraction == pytest.approx(float(model.answers["contact_fraction"].value))
        resistance = 1e-5 / found.fraction + found.constriction
        assert resistance == pytest.approx(float(model.answers["interface_resistance"].value))


def test_a_cell_file_charges_rests_and_discharges():
    file = CellFile.from_mapping(LLZO_CELL)
    cell, ended = file.build(), {}
    first = cell.state
    for interval in drive(cell, file.steps(), 298.15):
        if interval.ended_by:
            ended[interval.step_index] = interval
    assert ended[0].ended_by == "voltage"
    assert ended[0].state.voltage == pytest.approx(4.3, abs=2e-5)
    swelling = (1.3e-5 - 1.5e-6) * ended[0].state.plated / FARADAY
    # The stack is stiff: nearly all of the swelling goes into the spring.
    assert ended[0].state.pressure == pytest.approx(2e6 + 1e11 * swelling, rel=1e-3)
    assert ended[2].ended_by in ("voltage", "cathode")
    assert ended[2].state.plated < 0.1 * ended[0].state.plated
    assert first.state_of_charge == 0.0


def test_copper_nucleates_and_gives_back_what_was_plated():
    file = CellFile.from_mapping({
        "cell": {"metal": "Li", "electrolyte": "LLZO", "thickness": "30 um", "counter": "metal",
                 "collector": "copper", "leakage": "off"},
        "protocol": ["plate at 0.5 mA/cm^2 for 1 h", "strip at 0.5 mA/cm^2 for 2 h or until 1 V"],
    })  # fmt: skip
    cell = file.build()
    rows = list(drive(cell, file.steps(), 298.15, longest=10.0))
    assert rows[0].state.overpotential > 0.9 * 0.040
    late = [r for r in rows if r.step_index == 0][-1].state
    assert late.overpotential < 1e-3
    assert rows[-1].ended_by == "metal"
    assert rows[-1].state.plated == pytest.approx(0.0, abs=1e-6 * late.plated)


@pytest.mark.parametrize(("text", "expected"), [
    ("Charge at 1C for 30 minutes or until 4.2 V", "plate at 30.0 A/m^2 for 1800.0 s or until 4.2 V"),
    ("Discharge at C/2 until 3 V", "strip at 15.0 A/m^2 until 3 V"),
    ("Charge at 2 mA for 10 seconds", "plate at 20.0 A/m^2 for 10.0 s"),
    ("Charge at 0.5 mA/cm2 for 1 hour", "plate at 5.0 A/m^2 for 3600.0 s"),
    ("Rest for 1 hour", "rest for 3600.0 s"),
    ("Hold at 4.2 V for 30 minutes", "hold at -4.2 V for 1800.0 s"),
])  # fmt: skip
def test_steps_of_pybamm_become_steps_of_dendrion(text, expected):
    assert from_experiment(text, area=1e-4, capacity=108000.0) == expected
    assert read_protocol([from_experiment(text, area=1e-4, capacity=108000.0)]).step_count == 1


@pytest.mark.parametrize(("text", "reason"), [
    ("Charge at 1C at 60oC for 1 h", "temperature"),
    ("Charge at 5 MPa for 1 h", "pressure"),
    ("Charge at 3 W for 1 hour", "power"),
    ("Hold at 4.2 V until 50 mA", "not until a current"),
    ("Charge at 1C until C/50", "not by a current"),
    ("Charge at 1C", "two hours"),
    ("Charge at 1C until 4.2V (10 second period)", "brackets"),
    ("Discharge into a lamp", "not understood"),
])  # fmt: skip
def test_what_cannot_be_carried_is_refused_with_the_reason(text, reason):
    with pytest.raises(InputError, match=reason):
        from_experiment(text, area=1e-4, capacity=108000.0)


def test_rates_and_currents_need_capacity_and_area():
    with pytest.raises(InputError, match="capacity"):
        from_experiment("Charge at 1C for 1 h")
    with pytest.raises(InputError, match="area"):
        from_experiment("Charge at 1 A for 1 h")


def test_protocols_go_to_pybamm_and_back_unchanged():
    steps = [
        "plate at 2 mA/cm^2 for 10 min or until 4.2 V",
        "rest for 30 s",
        "strip at 1 mA/cm^2 for 5 min or until 3 V",
    ]
    there = to_experiment(read_protocol(steps), 2e-4)
    assert there[0] == "Charge at 0.004 A for 600.0 seconds or until 4.2 V"
    back = read_protocol([from_experiment(step, area=2e-4) for step in there])
    for one, other in zip(read_protocol(steps).segments, back.segments, strict=True):
        assert (one.kind, one.duration, one.voltage_limit) == (
            other.kind,
            other.duration,
            other.voltage_limit,
        )
        assert one.value == pytest.approx(other.value, rel=1e-14)
    pulses = read_protocol(["pulse at 4 mA/cm^2, 1 s on, 3 s off, for 12 s"])
    assert to_experiment(pulses, 1e-4)[:2] == ["Charge at 0.004 A for 1.0 seconds", "Rest for 3.0 seconds"]
    with pytest.raises(InputError, match="too many"):
        to_experiment(read_protocol(["pulse at 4 mA/cm^2, 1 ms on, 3 ms off, for 10 h"]), 1e-4)
    symmetric = read_protocol(["hold at -0.1 V for 10 s", "strip at 1 mA/cm^2 for 1 h or until 0.2 V"])
    assert to_experiment(symmetric, 1e-4, cathode=False) == [
        "Hold at 0.1 V for 10.0 seconds", "Discharge at 0.001 A for 3600.0 seconds or until -0.2 V",
    ]  # fmt: skip


@pytest.mark.parametrize(("change", "field", "problem"), [
    ({"cell": {"thickness": "30"}}, "cell.thickness", "unit is missing"),
    ({"cell": {"electrolyte": "NMC811"}}, None, "no claim|no electrolyte|not"),
    ({"cell": {"cathode": "LLZO"}}, "cell.cathode", "no cathode"),
    ({"fixture": {"stiffness": None}}, "fixture.stiffness", "stiffness"),
    ({"fixture": {"kind": "weight"}}, "fixture.kind", "allowed words"),
    ({"protocol": ["plate at 1 mA/cm^2 at 60 degC for 1 h"]}, "protocol[0]", "does not fit"),
    ({"pack": {"cells": [{"name": "a"}, {"name": "b"}, {"name": "c"}], "parallel": 2}}, "pack.parallel", "whole groups"),
])  # fmt: skip
def test_a_wrong_cell_file_is_refused_by_field(change, field, problem):
    data = {**LLZO_CELL}
    for section, given in change.items():
        data[section] = {**data.get(section, {}), **given} if isinstance(given, dict) else given
        if isinstance(given, dict):
            data[section] = {k: v for k, v in data[section].items() if v is not None}
    with pytest.raises(InputError, match=problem) as refused:
        CellFile.from_mapping(data)
    if field:
        assert refused.value.field == field
