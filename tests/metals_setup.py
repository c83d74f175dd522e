"""Sodium beside lithium in the filling and in the contact engine, shared by tests and benchmarks."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

from dendrion.case import Case, load_case
from dendrion.field.simulation import Simulation
from dendrion.runs.engines import simulation_of

COARSE = "domain.cells=[40,36]"
FLAW = 14.0
"""Length of the flaw [um]."""
INTERFACE = "0.1 ohm*cm^2"
"""Of both metals."""
GROWN = 3e-6
"""A crack that has grown by so much runs [m]: three cells."""
DEAD = 0.01
"""A flaw whose current has fallen to this share of its largest stays [dimensionless]."""
NUMBERS_OF_LLZO = (
    "{conductivity: 0.04 S/m, young_modulus: 150 GPa, poisson_ratio: 0.26, fracture_energy: 6.2 J/m^2, "
    "fracture_toughness: 1 MPa*m^0.5, partial_molar_volume: 3.5e-6 m^3/mol}"
)
"""As in `sodium_in_garnet`."""
SODIUM = ("cell.metal=Na", "cell.electrolyte=Na-beta-alumina", f"materials.electrolyte={NUMBERS_OF_LLZO}")
"""Settings that put sodium into an electrolyte with the numbers of LLZO."""
Fate = Literal["runs", "stays"]


def flaw_of(
    electrolyte: str, pressure: float, current: float, length: float = FLAW, settings: tuple[str, ...] = (),
    seconds: float | None = None,
) -> Case:  # fmt: skip
    """`llzo_flaw` on a coarse grid, with an electrolyte, stack pressure [MPa], current [mA/cm^2], flaw [um] and time."""
    lasts = 6000.0 / current if seconds is None else seconds
    return load_case(
        "llzo_flaw",
        set=[
            COARSE, f"cell.electrolyte={electrolyte}", f"cell.interface_resistance={INTERFACE}",
            f"conditions.stack_pressure={pressure} MPa", f"flaws=[{{kind: notch, at: [0 um, 18 um], length: {length} um}}]",
            f"protocol=[plate at {current} mA/cm^2 for {lasts} s]", *settings,
        ],
    )  # fmt: skip


def fate_of_flaw(
    electrolyte: str, pressure: float, current: float, length: float = FLAW, settings: tuple[str, ...] = ()
) -> Fate:
    """Whether a flaw of a length [um] runs at a current [mA/cm^2] and stack pressure [MPa] under perfect contact."""
    simulation = Simulation(flaw_of(electrolyte, pressure, current, length, settings))
    first = before = simulation.advance()
    largest = 0.0
    while not simulation.finished:
        row = simulation.advance()
        lasted = row["time_s"] - before["time_s"]
        into = (row["filling_charge_C_per_m2"] - before["filling_charge_C_per_m2"]) / lasted
        largest, before = max(largest, into), row
        if row["crack_length_m"] > first["crack_length_m"] + GROWN:
            return "runs"
        if into < DEAD * largest:
            return "stays"
    return "runs" if simulation.status == "shorted" else "stays"


def bisected(fails: Callable[[float], bool], low: float, high: float, times: int) -> float:
    """Smallest value that fails, between one that does not and one that does, by bisection in the logarithm."""
    for _ in range(times):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if fails(middle) else (middle, high)
    return math.sqrt(low * high)


def cycles_with_voids(metal: str, cells: int = 64, settings: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """History of `voids_until_crack` with a metal, the electrolyte's numbers being those of LLZO."""
    chosen = SODIUM if metal == "Na" else ()
    case = load_case("voids_until_crack", set=[f"domain.cells=[4,{cells}]", *chosen, *settings])
    simulation, rows = simulation_of(case), []
    while not simulation.finished:
        rows.append(simulation.advance())
    return rows
