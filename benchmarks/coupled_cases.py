"""The coupled cases of ``docs/coupled-cases.md``: pressure, heat, particles, metals and shapes on one flaw of one small box.

Settings and measures. ``benchmarks/coupled_figures.py`` runs and draws them; ``tests/agreement/test_coupled_conclusions.py``
holds what they show, with fewer points.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dendrion.case import Case, load_case
from dendrion.errors import SimulationError
from dendrion.field.simulation import Simulation
from dendrion.runs.engines import simulation_of

COARSE = "domain.cells=[40,36]"
"""Cells of 1 um: the box of ``llzo_flaw`` at half its grid."""

GROWN = 3e-6
"""A crack runs once it is longer by this [m], three cells."""

BROKEN, HELD, FILLED = 0.9, 1e-4, 1e-2
"""Damage from which a cell counts as cracked; metal per volume from which it holds any, and from which it counts as filled
[dimensionless]."""

ROUGHNESS = 2e-7
"""A gap below it counts as contact [m]; the default of the contact engine."""

MILLIAMPERE = 0.1
"""A/m^2 in mA/cm^2."""

LEAST = 1e-3
"""The smallest current density that is searched [mA/cm^2]."""

STACK = (0.1, 1.0, 5.0, 25.0, 100.0)
"""Stack pressures [MPa]."""


@dataclass(frozen=True)
class Outcome:
    """A run that ended: its simulation, the rows of its history and how it ended."""

    simulation: Simulation
    rows: list[dict[str, float]]

    @property
    def last(self) -> dict[str, float]:
        """The last row."""
        return self.rows[-1]

    def highest(self, column: str) -> float:
        """Largest value of a column, in SI."""
        return max(row[column] for row in self.rows)

    def growth(self) -> float:
        """What was added to the crack [m]."""
        return self.last["crack_length_m"] - self.rows[0]["crack_length_m"]


def run(name: str, *settings: str, until: Callable[[Outcome], bool] | None = None) -> Outcome:
    """Runs a shipped case with other settings to its end, or until a condition on what was run holds."""
    outcome = Outcome(Simulation(load_case(name, set=list(settings))), [])
    while not outcome.simulation.finished:
        outcome.rows.append(outcome.simulation.advance())
        if until is not None and until(outcome):
            break
    return outcome


def critical_current(*settings: str, first: float, last: float, steps: int) -> float:
    """Current density [mA/cm^2] at which the flaw of ``llzo_flaw`` runs; infinite if it stands.

    The current rises from ``first`` to ``last`` [mA/cm^2] in ``steps`` steps of one ratio, a second each: the answer is the
    current of the step in which the crack runs, some 10 % above the last that it bore.
    """
    currents = [first * (last / first) ** (step / (steps - 1)) for step in range(steps)]
    ladder = ", ".join(f"plate at {current:.4f} mA/cm^2 for 1 s" for current in currents)
    settings = (COARSE, f"protocol=[{ladder}]", *settings)
    outcome = run("llzo_flaw", *settings, until=lambda found: found.growth() > GROWN)
    return MILLIAMPERE * outcome.last["current_density_A_per_m2"] if outcome.growth() > GROWN else math.inf


def runs_by_itself(*settings: str) -> bool:
    """Whether the flaw of ``llzo_flaw`` runs within 40 s at next to no current, `LEAST` [mA/cm^2]: stack pressure alone drives it."""
    protocol = f"protocol=[plate at {LEAST} mA/cm^2 for 40 s]"
    return (
        run("llzo_flaw", COARSE, protocol, *settings, until=lambda found: found.growth() > GROWN).growth()
        > GROWN
    )


def pressed(electrolyte: str, pressure: float, lateral: str = "free") -> tuple[str, ...]:
    """Settings of the flaw in an electrolyte under a stack pressure [MPa]."""
    return (
        f"cell.electrolyte={electrolyte}",
        f"conditions.stack_pressure={pressure} MPa",
        f"conditions.lateral={lateral}",
    )


def stripped(electrolyte: str, current: float, pressure: float, radius: int = 10) -> float:
    """Deepest gap [m] beside an insulating strip of ``radius`` [um], 1 mAh/cm^2 stripped at ``current`` [mA/cm^2], ``pressure`` [MPa].

    The voltage limit only ends cells that have lost their contact: 40 V are above the ohmic drop at 100 mA/cm^2.
    """
    case = Case.from_mapping(
        {
            "cell": {"metal": "Li", "electrolyte": electrolyte},
            "domain": {"size": ["300 um", f"{10 * radius} um"], "cells": [4, 64], "lateral": "periodic"},
            "initial": {"metal_thickness": "100 um"},
            "contact": {"insulating": [{"at": [f"{5 * radius} um"], "radius": f"{radius} um"}]},
            "conditions": {"stack_pressure": f"{pressure} MPa"},
            "physics": {"engine": "contact"},
            "protocol": [f"strip at {current} mA/cm^2 for {1.0 / current} h or until 40 V"],
            "output": {"frames": 0},
        }
    )
    simulation, deepest = simulation_of(case), 0.0
    while not simulation.finished and deepest <= ROUGHNESS:
        deepest = max(deepest, simulation.advance()["void_depth_max_m"])
    return deepest


def stripping_current(electrolyte: str, pressure: float) -> float:
    """Current density [mA/cm^2] up to which no gap deeper than the roughness opens, between 0.001 and 100, known to 2 %."""
    low, high = LEAST, 1e2
    for _ in range(9):
        middle = math.sqrt(low * high)
        opens = stripped(electrolyte, middle, pressure) > ROUGHNESS
        low, high = (low, middle) if opens else (middle, high)
    return math.sqrt(low * high)


@cache
def anode(side: str, pressure: float) -> Outcome:
    """The flaw under a hot or cold anode, the plate held flat, at a stack pressure [MPa], once it stands."""
    return run(f"llzto_{side}_anode", COARSE, "stop.time=6 s", f"conditions.stack_pressure={pressure} MPa")


PIXEL = 0.5
"""Edge of a pixel of the array [um]."""

HURRIED = (
    COARSE, "protocol=[plate at 30 mA/cm^2 for 20 s]", "numerics.coupling_tolerance=1e-2",
)  # fmt: skip
"""A crack that runs; a crack that kinks may need the wider tolerance (``docs/microstructure.md``)."""


def seeded(fracture_energy: float, seed: int) -> Outcome:
    """The flaw of ``llzo_flaw`` before particles at random of a fracture energy [J/m^2]."""
    return at_random(f"fracture_energy: {fracture_energy} J/m^2", seed)


def at_random(numbers: str, seed: int) -> Outcome:
    """The flaw of ``llzo_flaw`` before particles at random (a fifth of the volume, 5 um) of some numbers.

    All else of the particles is the electrolyte's, so that these numbers alone differ; so are the boundaries of grains.
    """
    boundary = "boundary: {resistance: 1e-6 ohm*cm^2, shear_factor: 1, fracture_factor: 1}"
    balls = f"particles: [{{fraction: 0.2, size: 5 um, seed: {seed}, {numbers}}}]"
    grains = f"microstructure={{kind: polycrystal, grain_size: 20 um, seed: 1, {boundary}, {balls}}}"
    return run("llzo_flaw", *HURRIED, "stop.tip=28 um", grains)


def particle_array() -> NDArray[np.uint8]:
    """Two columns of discs, 6 um wide at a pitch of 12 um; the crack meets one of the first head on. Rows from the top."""
    x, y = np.meshgrid((np.arange(80) + 0.5) * PIXEL, (np.arange(72) + 0.5) * PIXEL)
    inside = np.zeros(x.shape, bool)
    for column, shift in ((23.0, 0.0), (31.0, 6.0)):
        for row in range(-3, 4):
            inside |= (x - column) ** 2 + (y - 18.5 - shift - 12.0 * row) ** 2 <= 9.0
    return np.where(inside, 255, 0).astype(np.uint8)[::-1]


def arranged(fracture_energy: float, *settings: str) -> Outcome:
    """The flaw before the regular array of particles of a fracture energy [J/m^2]; all else is the electrolyte's."""
    return before(particle_array(), f"fracture_energy: {fracture_energy} J/m^2", *settings)


def before(picture: NDArray[np.uint8], numbers: str, *settings: str) -> Outcome:
    """The flaw before particles where a ``picture`` is white, of some numbers; all else is the electrolyte's."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "array.png"
        Image.fromarray(picture).save(path)
        phases = f"{{value: 0, phase: electrolyte}}, {{value: 255, phase: particle, {numbers}}}"
        setting = f"microstructure={{kind: image, file: {path}, pixel_size: {PIXEL} um, contents: phases, phases: [{phases}]}}"
        return run("llzo_flaw", *HURRIED, "stop.tip=32 um", setting, *settings)


def fork() -> NDArray[np.uint8]:
    """A weak boundary that splits at the tip of the flaw into arms 3 um wide at 60 degrees from it; rows from the top.

    Its axis is y = 18 um, half a cell below the middle of the row of cells that the flaw lies in, so that neither arm is
    the mirror image of the other.
    """
    x, y = np.meshgrid((np.arange(80) + 0.5) * PIXEL, (np.arange(72) + 0.5) * PIXEL)
    ahead, aside, angle = x - 17.5, np.abs(y - 18.0), np.deg2rad(60.0)
    along = ahead * np.cos(angle) + aside * np.sin(angle)
    off = np.abs(aside * np.cos(angle) - ahead * np.sin(angle))
    return np.where((along >= 0.0) & (off <= 1.5), 255, 0).astype(np.uint8)[::-1]


@cache
def forked(current: float) -> Outcome:
    """The flaw before the fork of 1.2 J/m^2, plated at a current density [mA/cm^2], until its metal is 26 um deep."""
    settings = (
        f"protocol=[plate at {current} mA/cm^2 for 20 s]", "stop.tip=26 um",
        "physics.crack.plating_threshold=0.6", "numerics.coupling_iterations=300",
    )  # fmt: skip
    return before(fork(), "fracture_energy: 1.2 J/m^2", *settings)


def arms(outcome: Outcome) -> tuple[float, float]:
    """How far the crack got above and below the line of the flaw [m]: broken cells that are filled."""
    fields, spacing = outcome.simulation.fields(), outcome.simulation.case.domain.spacing[1]
    filled = (fields["damage"][0] > BROKEN) & (fields["crack_filling"][0] > FILLED)
    middle = filled.shape[1] // 2
    rows = np.append(np.flatnonzero(filled.any(axis=0)), middle)
    return float(rows.max() - middle) * spacing, float(middle - rows.min()) * spacing


ZIRCONIA = 0.04
"""Change of volume of zirconia that transforms [dimensionless] (estimate: 3 to 5 % are quoted)."""

CRITICAL = 50.0
"""Mean stress from which it does [MPa] (estimate: set by what stabilises it, in a wide range)."""


def expanding(strain: float, stress: float = CRITICAL) -> str:
    """Numbers of a phase that expands by ``strain`` [dimensionless] from a mean stress [MPa] on."""
    return f"transformation_strain: {strain}, transformation_stress: {stress} MPa"


def dispersed(share: float, *settings: str, stress: float = CRITICAL) -> Outcome:
    """The flaw in an electrolyte with a share of zirconia [dimensionless] so fine that every cell has its part, critical stress [MPa]."""
    everywhere = np.full((72, 80), 255, np.uint8)
    return before(everywhere, expanding(ZIRCONIA * share, stress) if share else "", *settings)


SULFIDE = ("cell.electrolyte=LPSC", "protocol=[plate at 60 mA/cm^2 for 20 s]")
"""Settings of the same flaw in LPSC, at a current that runs it."""


def applied_toughness(outcome: Outcome) -> float:
    """K of the pressure of the metal in the crack [Pa m^0.5], as for an edge crack in a half plane.

    K = 2 sqrt(a/pi) int p(s) (1.3 - 0.3 s^(5/4))/sqrt(1 - s^2) ds with s = x/a from the mouth (Tada, Paris and Irwin's
    handbook). The box holds the crack more than a half plane does, so differences between two electrolytes are what counts.
    """
    fields, spacing = outcome.simulation.fields(), outcome.simulation.case.domain.spacing[0]
    mouth = outcome.simulation.case.initial.metal_thickness or 0.0
    broken = (fields["damage"][0] > BROKEN).any(axis=1)
    length = (np.flatnonzero(broken).max() + 1) * spacing - mouth
    pressure = np.where(fields["crack_filling"][0] > 0.0, fields["crack_pressure"][0], 0.0)
    along = pressure[:, np.argmax(fields["damage"][0].sum(axis=0))]
    ends = np.clip((np.arange(along.size + 1) * spacing - mouth) / length, 0.0, 1.0)
    weight = np.diff(np.arcsin(ends)) * (1.3 - 0.3 * (0.5 * (ends[1:] + ends[:-1])) ** 1.25)
    return float(2.0 * math.sqrt(length / math.pi) * np.sum(along * weight))


def wake_height(outcome: Outcome) -> float:
    """Half the width of what has transformed beside the new crack [m]: its area over twice the length."""
    area = float(outcome.simulation.fields()["transformed"][0].sum()) * math.prod(
        outcome.simulation.case.domain.spacing
    )
    return 0.5 * area / outcome.growth()


def dilatant_gain(outcome: Outcome, share: float) -> float:
    """0.22 E e_T V sqrt(h)/(1 - nu) [Pa m^0.5] for the wake that a run has, V the ``share`` of zirconia."""
    sheet = outcome.simulation.case.electrolyte_material()
    modulus, ratio = (float(sheet.claim(name).value) for name in ("young_modulus", "poisson_ratio"))
    return 0.22 * modulus * ZIRCONIA * share * math.sqrt(wake_height(outcome)) / (1.0 - ratio)


def pushed(pressure: float) -> Outcome:
    """The front in a polymer under a stack pressure [MPa], after half an hour."""
    return run("polymer_pushed", "domain.cells=[40,40]", "stop.time=30 min", f"conditions.stack_pressure={pressure} MPa")  # fmt: skip


def wedged(pressure: float) -> Outcome:
    """The flaw in LPSC under a stack pressure [MPa] with free sides, plated at 36 mA/cm^2 until its metal is 30 um deep."""
    settings = ("protocol=[plate at 36 mA/cm^2 for 10 s]", "stop.tip=30 um")
    return run("llzo_flaw", COARSE, *settings, *pressed("LPSC", pressure))


def dry_length(outcome: Outcome) -> float:
    """Length of the crack before its metal [m]: cells broken deeper than the deepest one that holds metal."""
    fields, spacing = outcome.simulation.fields(), outcome.simulation.case.domain.spacing[0]
    broken, filled = fields["damage"][0] > BROKEN, fields["crack_filling"][0] > HELD
    deepest = [int(np.flatnonzero(mask.any(axis=1)).max()) for mask in (broken, filled)]
    return max(deepest[0] - deepest[1], 0) * spacing


def straight() -> Outcome:
    """One flaw of LLZO that runs."""
    return run("llzo_flaw", *HURRIED, "stop.tip=28 um")


def spalling() -> Outcome:
    """A kinked flaw under 150 MPa across the cell, until it has grown by 18 um (it ends, refused, as it nears the side)."""
    settings = (
        COARSE, "numerics.fracture_length=2 um",
        "numerics.coupling_tolerance=1e-2", "numerics.coupling_iterations=300",
    )  # fmt: skip
    return run("llzo_compressed", *settings, until=lambda found: found.growth() > 18e-6)


def along_boundaries() -> Outcome:
    """A flaw in a polycrystal with weak boundaries at 80 mA/cm^2."""
    return run("llzo_polycrystal", *HURRIED, "protocol=[plate at 80 mA/cm^2 for 20 s]", "stop.tip=30 um")


def through_grains(toughness: float, seed: int) -> Outcome:
    """A flaw among grains whose boundaries are ``toughness`` times as tough; the runs of test_grain_boundary_path.py.

    A kink may keep the passes of a step from settling: the run then ends where it is.
    """
    settings = (f"microstructure.seed={seed}", f"microstructure.boundary.fracture_factor={toughness}")
    case = load_case("llzo_polycrystal", set=[*HURRIED, "stop.tip=28 um", *settings])
    outcome = Outcome(Simulation(case), [])
    with suppress(SimulationError):
        while not outcome.simulation.finished:
            outcome.rows.append(outcome.simulation.advance())
    return outcome
