"""Coupled cases of the filling and of the contact engine, shared by tests and benchmarks: stack pressure, cycles, sodium."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np

from dendrion.case import Case, load_case
from dendrion.constants import FARADAY
from dendrion.field.contact_setup import flaw_pressure
from dendrion.field.simulation import Simulation
from dendrion.runs.engines import simulation_of

COARSE = "domain.cells=[40,36]"
FLAW = 14.0
"""Length of the flaw in both engines [um]."""
INTERFACE = "0.1 ohm*cm^2"
"""Of both electrolytes, so that what differs is how they break, conduct and press."""
GROWN = 3e-6
"""A crack that has grown by so much runs [m]: three cells."""
DEAD = 0.01
"""A flaw whose current has fallen to this share of its largest stays [dimensionless]."""
CAPACITY = 0.5
"""Charge that is stripped before the plating [mAh/cm^2]."""
LEAST_CONTACT = 0.02
"""Share of the face at and below which contact counts as lost [dimensionless]."""
LIFE = 6e-6
"""Growth at which a cycled crack is said to run [m]."""
BROKEN, LEAST_OPENING = 0.95, 1e-10
"""Damage from which a cell is a crack [dimensionless]; metal thinner than this is none [m]."""
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


def interface_fails(electrolyte: str, pressure: float, current: float) -> str:
    """What ends a strip of 0.5 mAh/cm^2 around an insulating strip and the plating after it: "contact", "flaw" or "".

    "contact": the metal touches on next to nothing, or cannot be stripped. "flaw": the pressure F phi/V_M of metal in a
    flaw of 14 um, which the stack brings with it, reaches what the flaw withstands and what held sides close it
    with, nu/(1 - nu) P. Current [mA/cm^2], pressure [MPa].
    """
    hours = CAPACITY / current
    case = Case.from_mapping(
        {
            "cell": {"metal": "Li", "electrolyte": electrolyte, "interface_resistance": INTERFACE},
            "domain": {"size": ["200 um", "100 um"], "cells": [4, 48], "lateral": "periodic"},
            "initial": {"metal_thickness": "100 um"},
            "contact": {"insulating": [{"at": ["50 um"], "radius": "10 um"}]},
            "conditions": {"stack_pressure": f"{pressure} MPa"},
            "physics": {"engine": "contact"},
            "protocol": [
                f"strip at {current} mA/cm^2 for {hours} h or until 0.5 V",
                f"plate at {current} mA/cm^2 for {0.1 * hours} h or until -0.5 V",
            ],
            "output": {"frames": 0},
        }
    )
    material = case.electrolyte_material()
    poisson = float(material.claim("poisson_ratio").evaluate(case.conditions.temperature))
    withstood = flaw_pressure(material.claim("fracture_toughness").value, FLAW * 1e-6)
    withstood += poisson / (1.0 - poisson) * case.conditions.stack_pressure
    volume = case.metal_material().claim("molar_volume").value
    simulation, asked = simulation_of(case), 1.1 * CAPACITY * 36e3
    row = {"throughput_C_per_m2": 0.0}
    while not simulation.finished:
        row = simulation.advance()
        if row["contact_fraction"] < LEAST_CONTACT:
            return "contact"
        if FARADAY * row["overpotential_max_V"] / volume > withstood:
            return "flaw"
    return "" if row["throughput_C_per_m2"] > 0.99 * asked else "contact"


class Cycling(NamedTuple):
    """Growth of the crack at the end of every cycle [m], and the longest part of it without metal while plating [m]."""

    growth: list[float]
    dry: float

    @property
    def life(self) -> float:
        """Cycles until the crack has run, infinite where it did not."""
        return float(len(self.growth)) if self.growth[-1] > LIFE else math.inf


def dry_part(simulation: Simulation) -> float:
    """Length along x of broken cells ahead of the deepest metal [m]."""
    filling = simulation.state.solid.filling
    spacing = simulation.case.domain.spacing[0]
    broken = np.flatnonzero(np.asarray(filling.damage).max(axis=1) > BROKEN)
    filled = np.flatnonzero(np.asarray(filling.filling).max(axis=1) * spacing > LEAST_OPENING)
    return float(broken[-1] - filled[-1]) * spacing if len(broken) and len(filled) else 0.0


def cycled(pressure: float, current: float, cycles: int, seconds: float = 4.0) -> Cycling:
    """Plates and strips the crack of `lpsc_cycled_crack` at a stack pressure [MPa] and a current [mA/cm^2]."""
    half = f"at {current} mA/cm^2 for {seconds} s"
    protocol = f'[{{repeat: {cycles}, steps: ["plate {half}", "strip {half}"]}}]'
    simulation = Simulation(
        load_case(
            "lpsc_cycled_crack",
            set=[COARSE, f"conditions.stack_pressure={pressure} MPa", f"protocol={protocol}"],
        )
    )
    growth, dry, first = [0.0] * cycles, 0.0, math.inf
    while not simulation.finished:
        row = simulation.advance()
        first = min(first, row["crack_length_m"])
        cycle = min(int((row["time_s"] - 1e-9) // (2.0 * seconds)), cycles - 1)
        growth[cycle] = row["crack_length_m"] - first
        if row["current_density_A_per_m2"] > 0.0:
            dry = max(dry, dry_part(simulation))
        if growth[cycle] > LIFE:
            return Cycling(growth[: cycle + 1], dry)
    return Cycling(growth, dry)


def cycles_with_voids(metal: str, cells: int = 64, settings: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """History of `voids_until_crack` with a metal, the electrolyte's numbers being those of LLZO."""
    chosen = SODIUM if metal == "Na" else ()
    case = load_case("voids_until_crack", set=[f"domain.cells=[4,{cells}]", *chosen, *settings])
    simulation, rows = simulation_of(case), []
    while not simulation.finished:
        rows.append(simulation.advance())
    return rows
