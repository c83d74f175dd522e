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


def grown(rows: list[dict[str, float]]) -> float:
    """Growth of the cracks [m], less what the front has swallowed of them."""
    return max(row["crack_length_m"] for row in rows) - rows[0]["crack_length_m"]


@cache
def compressed(pressure: int) -> tuple[float, float]:
    """Depth of the crack's tip [m] and its growth [m] once it has grown by 16 um, in a box twice as wide as shipped."""
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
    return row["tip_position_m"], row["time_s"]


def test_compression_across_the_cell_deflects_the_filament() -> None:
    """Fincher et al. 2022, 10.1016/j.joule.2022.10.011: a few hundred megapascals across keep it from the other side."""
    depths = {pressure: compressed(pressure)[0] for pressure in (0, 150, 250)}
    print({pressure: f"{1e6 * depth:.1f} um" for pressure, depth in depths.items()})
    assert depths[0] > depths[150] + 6e-6
    assert depths[250] <= depths[150]
    assert compressed(0)[1] < compressed(150)[1] < compressed(250)[1]


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
