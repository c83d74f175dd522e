"""The lattice engine behind a case: what it refuses, charge and growth, ions, heat, resume, the command line's folder."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dendrion.case import Case, load_case
from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.errors import InputError
from dendrion.runs import run_case
from dendrion.runs.engines import simulation_of

LITHIUM = {
    "cell": {"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "counter_electrode": "reservoir"},
    "domain": {"size": ["1.6 um", "1.6 um"], "cells": [32, 32], "lateral": "periodic"},
    "initial": {"metal_thickness": "0.25 um"},
    "conditions": {"temperature": "25 degC"},
    "protocol": ["plate at 5 mA/cm^2 for 60 s"],
    "physics": {"engine": "lattice"},
}


def lithium(**settings):
    """The case with settings by dotted path (two underscores for a dot)."""
    return Case.from_mapping(LITHIUM).with_settings({k.replace("__", "."): v for k, v in settings.items()})


def finished(case):
    """The simulation, run to its end, and its rows."""
    simulation = simulation_of(case)
    rows = []
    while not simulation.finished:
        rows.append(simulation.advance())
    return simulation, rows


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"domain__cells": [32, 30]}, "domain.cells"),
        ({"domain__size": ["1.6 um"], "domain__cells": [32]}, "domain.size"),
        ({"lattice__surface_diffusion": "atomistic"}, "lattice.surface_diffusion"),
        ({"lattice__ions": "hops"}, "lattice.exchange"),
        ({"physics__noise": {"kind": "kinetic", "correlation_length": "1 um", "correlation_time": "1 s"}}, "physics.noise"),
        ({"domain__size": ["8 nm", "8 nm"], "initial__metal_thickness": "1 nm"}, "domain.cells"),
        ({"materials__electrolyte": {"salt_concentration": "20 mol/L"}}, "materials.electrolyte.salt_concentration"),
        ({"cell__electrolyte": "LLZO", "lattice__ions": "hops", "lattice__exchange": "gross"}, "lattice.ions"),
    ],
)  # fmt: skip
def test_what_the_lattice_can_not_do_is_refused_with_its_field(settings, field):
    with pytest.raises(InputError) as refused:
        lithium(**settings)
    assert field in [error.field for error in getattr(refused.value, "errors", [refused.value])]


def test_metal_grows_as_the_charge_says_and_a_front_as_thick():
    """A charge of 10 layers: particles and height against Faraday's law."""
    simulation, rows = finished(lithium(protocol=["plate at 5 mA/cm^2 for 90 s"]))
    last = rows[-1]
    charge = 50.0 * 90.0
    assert last["charge_C_per_m2"] == pytest.approx(charge, rel=1e-9)
    particles = charge * 1.6e-6 * 50e-9 / (FARADAY * (50e-9) ** 3 / 1.3e-5)
    grown = sum(row["depositions"] - row["dissolutions"] for row in rows)
    assert grown == pytest.approx(particles, abs=3 * np.sqrt(0.1 * 32) + 1)
    assert abs(last["faraday_error"]) < 0.02
    assert last["mean_position_m"] * (1 - last["porosity"]) == pytest.approx(
        0.25e-6 + charge * 1.3e-5 / FARADAY, rel=0.03
    )
    assert simulation.summary()["status"] == "completed"


def test_the_first_overpotential_of_a_flat_front_is_that_of_butler_and_volmer():
    """i = 2 i_0 sinh(f eta/2) for the case's i_0, with the salt hardly depleted at this scale."""
    case = lithium()
    row = simulation_of(case).advance()
    thermal = GAS_CONSTANT * 298.15 / FARADAY
    exchange = case.interface_material().claim("exchange_current_density").value
    assert row["overpotential_V"] == pytest.approx(2 * thermal * np.arcsinh(50.0 / (2 * exchange)), rel=0.02)


def test_a_held_voltage_passes_the_current_of_butler_and_volmer():
    _, rows = finished(lithium(protocol=["hold at -0.02 V for 20 s"], conditions__temperature="40 degC"))
    f = FARADAY / (GAS_CONSTANT * 313.15)
    exchange = float(lithium().interface_material().claim("exchange_current_density").evaluate(313.15))
    flat = 2.0 * exchange * np.sinh(0.5 * f * 0.02)
    assert rows[0]["current_density_A_per_m2"] == pytest.approx(flat, rel=0.05)


def test_a_single_ion_conductor_has_ohms_drop_and_its_resistance():
    """LLZO: voltage of a flat front is i (L/sigma + R)."""
    case = lithium(
        cell__electrolyte="LLZO", cell__counter_electrode="metal", domain__size=["20 um", "4 um"],
        domain__cells=[80, 16], initial__metal_thickness="2 um", protocol=["plate at 5 mA/cm^2 for 1 s"],
    )  # fmt: skip
    row = simulation_of(case).advance()
    conductivity = float(case.electrolyte_material().claim("conductivity").evaluate(298.15))
    resistance = case.interface_material().claim("interface_resistance").value
    assert -row["cell_voltage_V"] == pytest.approx(50.0 * (18e-6 / conductivity + resistance), rel=0.01)


def test_past_the_limiting_current_the_salt_ends_and_the_voltage_is_held():
    """Reservoir at L: i_lim = F D c/((1 - t_plus) L); twice that depletes the front."""
    case = lithium(
        domain__size=["400 um", "80 um"], domain__cells=[40, 8], initial__metal_thickness="10 um",
        protocol=["plate at 60 mA/cm^2 for 200 s"], conditions__compliance_voltage="0.4 V",
    )  # fmt: skip
    simulation, rows = finished(case)
    diffusivity = float(case.electrolyte_material().claim("salt_diffusivity").evaluate(298.15))
    limit = FARADAY * diffusivity * 1000.0 / (0.62 * 390e-6)
    assert rows[0]["current_density_A_per_m2"] == pytest.approx(600.0, rel=1e-6)
    assert any("held" in warning for warning in simulation.warnings)
    late = [row["current_density_A_per_m2"] for row in rows[len(rows) // 2 :]]
    assert limit < np.mean(late) < 1.6 * limit  # the front has moved towards the reservoir, and roughens


def test_heat_across_the_cell_follows_the_biot_number():
    """(T - T_a)/(T_w - T_a) = 1 - Bi (x/L)/(1 + Bi) without metal and current."""
    from dendrion.lattice.temperature import biot_number, steady_profile

    layers, length, k, transfer = 50, 1e-3, 1.4, 1400.0
    walls = ((np.inf, 320.0), (transfer, 300.0))
    profile = steady_profile(np.full(layers, k), length / layers, walls, np.zeros(layers))
    bi, x = biot_number(transfer, length, k), (np.arange(layers) + 0.5) / layers
    assert bi == pytest.approx(1.0)
    assert (profile - 300.0) / 20.0 == pytest.approx(1.0 - bi * x / (1.0 + bi), rel=1e-10)


def test_a_resumed_run_is_the_same_bit_for_bit(tmp_path):
    case = lithium(output__frames=3)
    run_case(case, tmp_path / "whole")
    asked = iter(range(10_000))
    run_case(case, tmp_path / "parts", stop_requested=lambda: next(asked) >= 25)
    assert json.loads((tmp_path / "parts" / "summary.json").read_text())["status"] == "interrupted"
    run_case(case, tmp_path / "parts", resume=True)
    whole, parts = ((tmp_path / name / "history.csv").read_text() for name in ("whole", "parts"))
    assert whole == parts


def test_a_run_folder_has_fields_figures_and_a_movie(tmp_path):
    import xarray

    from dendrion.report import draw_run
    from dendrion.runs import RunFolder

    run_case(lithium(output__frames=3), tmp_path / "run")
    drawn = {path.name for path in draw_run(RunFolder(tmp_path / "run"))}
    assert {"final.png", "evolution.png", "history.png", "movie.gif"} <= drawn
    summary = RunFolder(tmp_path / "run").summary
    assert {"aspect_ratio", "porosity", "useful_events"} <= set(summary)
    assert 0.2 < summary["useful_events"] <= 1.0
    fields: xarray.Dataset = RunFolder(tmp_path / "run").fields
    assert set(np.unique(fields.order_parameter[-1])) == {0.0, 1.0}


def test_hopping_ions_deposit_at_the_rate_that_the_current_asks():
    case = lithium(
        lattice__ions="hops", lattice__exchange="gross", lattice__ion_hops_per_deposit=5000,
        materials__electrolyte={"salt_concentration": "3 mol/L"}, protocol=["plate at 5 mA/cm^2 for 10 s"],
    )  # fmt: skip
    simulation, rows = finished(case)
    assert abs(rows[-1]["faraday_error"]) < 0.1
    assert sum(row["ion_hops"] for row in rows) > 1000
    assert any("ion hops are slowed" in warning for warning in simulation.warnings)


def test_three_dimensions_and_sodium_run():
    case = Case.from_mapping(
        {
            **LITHIUM,
            "cell": {"metal": "Na", "electrolyte": "NZSP"},
            "domain": {"size": ["1 um"] * 3, "cells": [20, 20, 20], "lateral": "periodic"},
            "initial": {"metal_thickness": "0.2 um"},
            "protocol": ["plate at 1 mA/cm^2 for 20 s", "strip at 1 mA/cm^2 for 10 s"],
        }
    )
    _, rows = finished(case)
    assert rows[-1]["charge_C_per_m2"] == pytest.approx(100.0, rel=1e-6)
    assert sum(row["dissolutions"] for row in rows) > 0
    assert abs(rows[-1]["faraday_error"]) < 0.05


def test_the_shipped_case_is_a_lattice():
    assert load_case("lattice_lithium").physics.engine == "lattice"
