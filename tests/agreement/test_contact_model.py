"""The contact engine: voids open by unevenness, close by pressure and surface diffusion, and keep account of charge."""

import math

import numpy as np
import pytest

from dendrion.case import Case
from dendrion.errors import InputError
from dendrion.field.contact_flow import power_law_pressure
from dendrion.field.contact_setup import flaw_pressure
from dendrion.runs.engines import simulation_of

BASE = {
    "cell": {"metal": "Li", "electrolyte": "LLZO"},
    "domain": {"size": ["200 um", "100 um"], "cells": [4, 64], "lateral": "periodic"},
    "initial": {"metal_thickness": "100 um"},
    "conditions": {"temperature": "25 degC", "stack_pressure": "1 MPa"},
    "physics": {"engine": "contact"},
    "output": {"frames": 0},
}
SPOT = {"insulating": [{"at": ["50 um"], "radius": "10 um"}]}
VOID = {"voids": [{"at": ["50 um"], "radius": "15 um", "depth": "1 um"}]}
PURE_CREEP = {"engine": "contact", "flow": {"law": "norton"}, "coupling": {"stress_to_kinetics": False}}


def case(protocol, **changes):
    data = {**BASE, "protocol": protocol, **changes}
    data["conditions"] = {**BASE["conditions"], **changes.get("conditions", {})}
    return Case.from_mapping(data)


def run(protocol, **changes):
    """Every row of the history."""
    simulation, rows = simulation_of(case(protocol, **changes)), []
    while not simulation.finished:
        rows.append(simulation.advance())
    return simulation, rows


@pytest.mark.parametrize("pressure", ["0 Pa", "1 MPa"])
def test_an_even_interface_opens_nothing(pressure):
    """At any pressure: the electrode drifts as it is consumed (the caution of dossier 5.1, Shishvan et al. 2023)."""
    _, rows = run(["strip at 5 mA/cm^2 for 30 min"], conditions={"stack_pressure": pressure})
    assert max(row["void_depth_max_m"] for row in rows) < 1e-12
    assert rows[-1]["contact_fraction"] == pytest.approx(1.0, abs=1e-6)


def test_charge_is_where_the_metal_went():
    cycle = {"repeat": 2, "steps": ["strip at 1 mA/cm^2 for 1 h or until 0.5 V", "plate at 1 mA/cm^2 for 1 h or until -0.5 V"]}  # fmt: skip
    for electrolyte, metal, pressure in (
        ("LLZO", "Li", "1 MPa"),
        ("LPSC", "Li", "0.3 MPa"),
        ("NZSP", "Na", "0.3 MPa"),
    ):
        _, rows = run(
            [cycle], cell={"metal": metal, "electrolyte": electrolyte}, contact=SPOT,
            conditions={"stack_pressure": pressure},
        )  # fmt: skip
        assert max(abs(row["faraday_error"]) for row in rows) < 1e-5
        assert max(row["void_volume_m"] for row in rows) > 1e-9  # there were voids to keep account of


def test_a_void_closes_by_pressure_alone():
    """Dossier 5.3: it shrinks under pressure at rest, faster under more, and not at all without."""
    depths = [
        run(
            ["rest for 10 h"], contact={**VOID, "surface_diffusion": False}, conditions={"stack_pressure": p}
        )[1][-1]["void_depth_max_m"]
        for p in ("0 Pa", "0.3 MPa", "1 MPa")
    ]
    assert depths[0] == pytest.approx(1e-6, rel=0.01)
    assert depths[0] > depths[1] > depths[2]


def test_a_void_grows_when_stripping_outpaces_its_closing():
    """Dossier 5.3: it grows above a critical current, which rises with pressure."""

    def growth(current, pressure):
        _, rows = run(
            [f"strip at {current} mA/cm^2 for {1 / current} h"], contact=SPOT,
            conditions={"stack_pressure": f"{pressure} MPa"},
        )  # fmt: skip
        return rows[-1]["void_volume_m"]

    assert growth(2.0, 1.0) > 5.0 * growth(2.0, 10.0)
    assert growth(3.0, 1.0) > growth(0.1, 1.0)


def test_the_pressure_that_keeps_contact_rises_with_the_nth_root_of_the_current():
    """Slope 1/n of the creep law (dossier 5.2): bisection on the depth of the void for two currents a factor 30 apart."""
    found = []
    for current in (0.1, 3.0):
        low, high = 0.05, 20.0
        for _ in range(12):
            middle = math.sqrt(low * high)
            _, rows = run(
                [f"strip at {current} mA/cm^2 for {1 / current} h"], physics=PURE_CREEP,
                contact={**SPOT, "surface_diffusion": False}, conditions={"stack_pressure": f"{middle} MPa"},
            )  # fmt: skip
            low, high = (middle, high) if rows[-1]["void_depth_max_m"] > 2e-7 else (low, middle)
        found.append(math.sqrt(low * high))
    slope = math.log(found[1] / found[0]) / math.log(30.0)
    print(
        f"0.1 mA/cm^2 needs {found[0]:.3f} MPa, 3 mA/cm^2 {found[1]:.3f} MPa, slope {slope:.3f}, 1/n = {1 / 6.6:.3f}"
    )
    assert slope == pytest.approx(1.0 / 6.6, rel=0.05)


def test_one_wave_of_unevenness_needs_the_closed_form_pressure():
    """A wavy exchange current density strips unevenly by V_M di/F; contact is whole just above the closed form's
    pressure and not just below it."""
    from dendrion.constants import FARADAY, GAS_CONSTANT

    creep = PURE_CREEP
    simulation = simulation_of(
        case(["strip at 1 mA/cm^2 for 2 min"], physics=creep, contact={"surface_diffusion": False})
    )
    model = simulation.model
    wave = np.cos(2.0 * math.pi * (np.arange(64) + 0.5) / 64)
    model.setup.kinetics.exchange[:] *= 1.0 + 0.005 * wave
    state, _ = model.advance(
        simulation.state, case(["strip at 1 mA/cm^2 for 2 min"]).protocol.segments[0], 0.0, 1e-3
    )
    uneven = 2.0 * float((state["current"] * wave).mean())
    speed = abs(uneven) * model.setup.molar_volume / FARADAY
    law = model.setup.creep
    factor = float(law.rate) * math.exp(-float(law.activation_energy) / (GAS_CONSTANT * 298.15)) * 1e-6**6.6
    closed = power_law_pressure(6.6, factor, 2.0 * math.pi / 100e-6, speed)
    for share, open_now in ((1.05, False), (0.95, True)):
        object.__setattr__(model.setup, "pressure", share * closed)
        first = {**model.initial_state(), "pressure": np.full(64, share * closed)}
        after, row = model.advance(
            first, case(["strip at 1 mA/cm^2 for 2 min"]).protocol.segments[0], 0.0, 30.0
        )
        assert bool((after["pressure"] == 0.0).any()) is open_now
        assert row["contact_pressure_max_Pa"] > closed


def test_sodium_keeps_contact_where_lithium_loses_it():
    """Identical conditions, 0.3 MPa: lithium parts within the hour, sodium goes on (dossier 5.1's pressures)."""
    step = ["strip at 1 mA/cm^2 for 1 h or until 0.5 V"]
    low = {"stack_pressure": "0.3 MPa"}
    _, lithium = run(step, contact=SPOT, conditions=low)
    _, sodium = run(
        step, contact=SPOT, conditions=low, cell={"metal": "Na", "electrolyte": "Na-beta-alumina"}
    )
    assert lithium[-1]["cell_voltage_V"] > 0.5 and lithium[-1]["time_s"] < 3600.0
    assert sodium[-1]["time_s"] == pytest.approx(3600.0) and sodium[-1]["contact_fraction"] > 0.5


def test_plating_crowds_at_the_rim_of_a_void():
    """Contact loss focuses the next plating; pressure on the rim hinders it and keeps the peak wider than a cell."""
    peaks = {}
    for cells in (64, 128):
        domain = {"size": ["200 um", "100 um"], "cells": [4, cells], "lateral": "periodic"}
        _, rows = run(
            ["strip at 1 mA/cm^2 for 1 h", "plate at 1 mA/cm^2 for 20 min"], contact=SPOT, domain=domain
        )
        peaks[cells] = rows[-1]["current_focusing"]
    assert peaks[128] > 1.25 / 0.8  # more than the share of the spot alone
    assert peaks[128] == pytest.approx(peaks[64], rel=0.1)


def test_too_little_pressure_ends_in_a_crack():
    """Contact is lost, the overpotential of the next plating opens a surface flaw; under more pressure it does not."""
    cycles = [{"repeat": 2, "steps": ["strip at 1 mA/cm^2 for 1 h or until 0.5 V", "plate at 1 mA/cm^2 for 1 h or until -0.5 V"]}]  # fmt: skip
    flawed = {**SPOT, "flaw_length": "20 um"}
    lost, _ = run(cycles, contact=flawed, conditions={"stack_pressure": "0.3 MPa"})
    kept, _ = run(cycles, contact=flawed, conditions={"stack_pressure": "3 MPa"})
    assert "crack" in lost.stop_reason and "protocol" in kept.stop_reason
    assert lost.time < 3600.0


def test_a_flaw_withstands_what_griffith_says():
    assert flaw_pressure(1e6, 20e-6) == pytest.approx(1e6 / (1.1215 * math.sqrt(math.pi * 20e-6)), rel=1e-9)


def test_surface_diffusion_rounds_a_void_and_keeps_its_volume():
    """Small voids of a clean surface; with the switch off nothing moves (no pressure)."""
    small = {"size": ["20 um", "2 um"], "cells": [4, 64], "lateral": "periodic"}
    void = {
        "voids": [{"at": ["1 um"], "radius": "0.6 um", "depth": "0.1 um"}],
        "surface_mobility_factor": 1.0,
    }
    shapes = []
    for on in (True, False):
        _, rows = run(
            ["rest for 1 min"], domain=small, initial={"metal_thickness": "10 um"},
            contact={**void, "surface_diffusion": on}, conditions={"stack_pressure": "0 Pa"},
        )  # fmt: skip
        shapes.append((rows[-1]["void_depth_max_m"], rows[-1]["void_volume_m"]))
    assert shapes[1][0] == pytest.approx(0.1e-6, rel=5e-3)
    assert shapes[0][0] < 0.99 * shapes[1][0]
    assert shapes[0][1] == pytest.approx(shapes[1][1], rel=1e-6)


def test_an_interrupted_run_goes_on_bit_for_bit():
    protocol = ["strip at 1 mA/cm^2 for 30 min", "hold at -20 mV for 5 min"]
    whole, rows = run(protocol, contact=SPOT)
    first, second = simulation_of(case(protocol, contact=SPOT)), simulation_of(case(protocol, contact=SPOT))
    for _ in range(len(rows) // 2):
        first.advance()
    second.restore(first.checkpoint())
    while not second.finished:
        row = second.advance()
    assert row == rows[-1]
    assert np.array_equal(second.state["gap"], whole.state["gap"])


def test_a_plane_interface_in_three_dimensions():
    """A round spot on a plane opens less than a strip of the same width: metal flows in from all around."""
    plane = {"size": ["200 um", "100 um", "100 um"], "cells": [4, 32, 32], "lateral": "periodic"}
    _, strip = run(
        ["strip at 2 mA/cm^2 for 20 min"],
        contact=SPOT,
        domain={**plane, "size": plane["size"][:2], "cells": [4, 32]},
    )
    _, disc = run(
        ["strip at 2 mA/cm^2 for 20 min"], domain=plane, contact={"insulating": [{"at": ["50 um", "50 um"], "radius": "10 um"}]}
    )  # fmt: skip
    assert abs(disc[-1]["faraday_error"]) < 1e-5
    assert 0.0 < disc[-1]["void_volume_m"] < strip[-1]["void_volume_m"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"domain": {"size": ["200 um"], "cells": [64]}}, "looks along the interface"),
        ({"contact": {"insulating": [{"at": ["50 um"], "radius": "1 um"}]}}, "does not resolve"),
        ({"contact": {"voids": [{"at": ["150 um"], "radius": "10 um", "depth": "1 um"}]}}, "outside the interface"),
        ({"contact": {"voids": [{"at": ["5 um", "5 um"], "radius": "10 um", "depth": "1 um"}]}}, "not as many entries"),
        ({"cell": {"metal": "Li", "electrolyte": "PEO-LiTFSI"}}, "only the metal's ion moves"),
        ({"physics": {"engine": "contact", "heat": True}}, "does not have this"),
        ({"stop": {"tip": "150 um"}}, "does not have this"),
    ],
)  # fmt: skip
def test_what_the_contact_engine_refuses(changes, message):
    with pytest.raises(InputError, match=message):
        case(["strip at 1 mA/cm^2 for 1 h"], **changes)


def test_pressure_is_refused_without_an_engine_that_knows_it():
    with pytest.raises(InputError, match="needs stress"):
        case(["strip at 1 mA/cm^2 for 1 h"], physics={"engine": "field"})
