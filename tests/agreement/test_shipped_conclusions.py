"""What the shipped cases about cracks are there to show, at the smallest setting that shows it.

Signs and orders, no fitted numbers: every case is run as it is shipped but for its grid, its box or its end.
"""

from __future__ import annotations

from functools import cache

import pytest

from dendrion.case import load_case
from dendrion.field.simulation import Simulation

pytestmark = pytest.mark.slow

COARSE = "domain.cells=[40,36]"
LARGEST_ENERGY_ERROR = 1e-2


def run(name: str, *settings: str) -> tuple[Simulation, list[dict[str, float]]]:
    """Runs a shipped case to its end; charge and energy balance in every step."""
    simulation, rows = Simulation(load_case(name, set=list(settings))), []
    while not simulation.finished:
        rows.append(simulation.advance())
    assert max(abs(row["faraday_error"]) for row in rows) < 1e-6
    assert max(row["energy_error"] for row in rows) < LARGEST_ENERGY_ERROR
    return simulation, rows


def depth(pressure: int) -> float:
    """Depth of the crack's tip [m] once it has grown by 16 um, in a box twice as wide as shipped."""
    simulation = Simulation(
        load_case(
            "llzo_compressed",
            set=[
                "domain.size=[40 um, 80 um]",
                "domain.cells=[40, 80]",
                "flaws=[{kind: notch, at: [0 um, 38 um], length: 13 um, angle: 15 deg}]",
                "numerics.fracture_length=2 um",
                f"conditions.in_plane_compression={pressure} MPa",
            ],
        )
    )
    first = row = simulation.advance()
    while row["crack_length_m"] < first["crack_length_m"] + 16e-6:
        row = simulation.advance()
        assert abs(row["faraday_error"]) < 1e-6
        assert row["energy_error"] < LARGEST_ENERGY_ERROR
    return row["tip_position_m"]


def test_compression_across_the_cell_deflects_the_filament() -> None:
    """Fincher et al. 2022, 10.1016/j.joule.2022.10.011: a few hundred megapascals across keep it from the other side."""
    depths = {pressure: depth(pressure) for pressure in (0, 150, 250)}
    print({pressure: f"{1e6 * reached:.1f} um" for pressure, reached in depths.items()})
    assert depths[0] > depths[150] + 6e-6
    assert depths[250] <= depths[150]


@cache
def anode(name: str, bending: str) -> tuple[float, float]:
    """Charge of the metal in the flaw [C/m^2] and highest pressure of the metal [Pa], once it stands."""
    _, rows = run(name, COARSE, f"conditions.bending={bending}", "stop.time=6 s")
    return rows[-1]["filling_charge_C_per_m2"], max(row["metal_pressure_max_Pa"] for row in rows)


def test_a_plate_held_flat_opens_the_flaw_of_a_cold_anode() -> None:
    """The cold side of a plate that is held flat is in tension (mechanics dossier 6.1), so its flaw takes more metal."""
    found = {
        (side, bending): anode(f"llzto_{side}_anode", bending)[0]
        for side in ("cold", "hot")
        for bending in ("flat", "free")
    }
    print({" ".join(key): f"{value:.1f} C/m^2" for key, value in found.items()})
    assert found["cold", "flat"] > 1.05 * found["cold", "free"]
    assert found["hot", "flat"] < 0.95 * found["hot", "free"]
    assert found["cold", "flat"] > 1.5 * found["hot", "flat"]


def test_a_flaw_that_breaks_llzo_fills_in_beta_alumina_and_stands_still() -> None:
    """The same flaw and current: three times the toughness, half the pressure a volt, an eighth of the resistance."""
    broken, lithium = run("llzo_flaw", "protocol=[plate at 30 mA/cm^2 for 6 s]", COARSE)
    whole, sodium = run("beta_alumina_flaw", "protocol=[plate at 30 mA/cm^2 for 6 s]", COARSE)
    highest = {
        name: max(row["metal_pressure_max_Pa"] for row in rows)
        for name, rows in (("Li", lithium), ("Na", sodium))
    }
    print({name: f"{1e-6 * value:.0f} MPa" for name, value in highest.items()}, broken.status, whole.status)
    assert broken.status == "shorted"
    assert whole.status == "completed"
    assert sodium[-1]["crack_length_m"] < sodium[0]["crack_length_m"] + 0.2e-6
    assert highest["Na"] < 0.4 * highest["Li"]


def test_a_front_pushes_the_polymer_and_nothing_cracks() -> None:
    """Its metal is pressed by more than the stack, its overpotential shifts, and no tension comes near a crack."""
    simulation, rows = run("polymer_pushed", "domain.cells=[40,40]", "stop.time=30 min")
    assert simulation.status == "completed"
    assert rows[-1]["tip_position_m"] > 8e-6
    assert max(row["metal_pressure_max_Pa"] for row in rows) > 2.0 * 0.2e6
    assert max(row["electrolyte_tension_max_Pa"] for row in rows) < 2e6
    assert rows[-1]["dead_metal_m"] == 0.0
