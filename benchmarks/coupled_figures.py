"""Runs the coupled cases of ``docs/coupled-cases.md`` and draws them.

Usage: ``python benchmarks/coupled_figures.py [NAME ...]`` with names of ``STUDIES``, all without; a minute or some each. Prints what
was found and draws ``docs/images/coupled_NAME.png``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from coupled_cases import (
    FILLED,
    LEAST,
    STACK,
    SULFIDE,
    Outcome,
    along_boundaries,
    anode,
    applied_toughness,
    arms,
    arranged,
    at_random,
    critical_current,
    dilatant_gain,
    dispersed,
    dry_length,
    expanding,
    forked,
    particle_array,
    pressed,
    pushed,
    runs_by_itself,
    seeded,
    spalling,
    straight,
    stripping_current,
    through_grains,
    wake_height,
    wedged,
)
from coupled_drawing import bars, curves, fronts, maps, window
from transformation_shielding import closed_form, shielding

from dendrion import theory
from dendrion.case import load_case
from dendrion.runs.engines import simulation_of

LLZO = 6.2
"""Fracture energy of LLZO, so that particles are none [J/m^2]."""

IMAGES = Path(__file__).parent.parent / "docs" / "images"


LADDERS = {
    "LLZO": ((7.0, 30.0, 16), (7.0, 30.0, 16), (7.0, 30.0, 16), (7.0, 30.0, 16), (5.0, 30.0, 19)),
    "LPSC": ((7.0, 45.0, 20), (7.0, 45.0, 20), (7.0, 45.0, 20), (5.0, 45.0, 23), (5.0, 45.0, 23)),
}
"""First and last current [mA/cm^2] and steps of the ramp at each pressure of ``STACK``."""


def stack_pressure() -> None:
    """Currents at which a gap opens in stripping and at which the flaw runs in plating, over the stack pressure [mA/cm^2]."""
    found: dict[str, dict[str, list[float]]] = {}
    for electrolyte, ladders in LADDERS.items():
        stripping = [stripping_current(electrolyte, pressure) for pressure in STACK]
        plating = [
            LEAST
            if runs_by_itself(*pressed(electrolyte, pressure))
            else critical_current(*pressed(electrolyte, pressure), first=first, last=last, steps=steps)
            for pressure, (first, last, steps) in zip(STACK, ladders, strict=True)
        ]
        found[electrolyte] = {"stripping": stripping, "plating": plating}
        print(electrolyte, STACK, found[electrolyte], flush=True)
    held = critical_current(*pressed("LPSC", STACK[-1], "confined"), first=2.0, last=45.0, steps=24)
    print(f"LPSC with confined sides at {STACK[-1]} MPa: {held:.3g} mA/cm^2", flush=True)
    window(STACK, found, IMAGES / "coupled_stack_pressure.png")


def anodes() -> None:
    """Hot and cold anode, 5 and 50 MPa."""
    found = {(side, pressure): anode(side, pressure) for side in ("hot", "cold") for pressure in (5.0, 50.0)}
    for key, outcome in found.items():
        print(
            *key,
            outcome.last["filling_charge_C_per_m2"],
            outcome.highest("metal_pressure_max_Pa"),
            flush=True,
        )
    bars({f"{side} anode": {f"{pressure:g} MPa": found[side, pressure].last["filling_charge_C_per_m2"] for pressure in (5.0, 50.0)}
          for side in ("hot", "cold")}, "metal in the flaw [C/m²]", IMAGES / "coupled_anodes.png")  # fmt: skip


def wedge() -> None:
    """A crack in LPSC under 0.1 and 7 MPa."""
    found = {pressure: wedged(pressure) for pressure in (0.1, 7.0)}
    for pressure, outcome in found.items():
        print(pressure, outcome.last["time_s"], dry_length(outcome), flush=True)
    boxes = {f"{pressure:g} MPa": outcome for pressure, outcome in found.items()}
    draw_boxes(boxes, "wedge")


def draw_boxes(found: Mapping[str, Outcome], name: str, particles: Mapping[str, Any] | None = None) -> None:
    """Maps of runs by title, and of their particles."""
    boxes = {
        title: (one.simulation.fields(), one.simulation.case.domain.size) for title, one in found.items()
    }
    maps(boxes, IMAGES / f"coupled_{name}.png", particles)


def polymer() -> None:
    """A front in a polymer under three pressures; the picture has the lowest and the highest."""
    found = {pressure: pushed(pressure) for pressure in (0.2, 2.0, 10.0)}
    for pressure, outcome in found.items():
        highest = outcome.highest("metal_pressure_max_Pa")
        print(pressure, outcome.last["roughness_m"], outcome.last["tip_position_m"], highest, flush=True)
    fronts({pressure: found[pressure] for pressure in (0.2, 10.0)}, IMAGES / "coupled_polymer.png")


def particles() -> None:
    """A crack before tough particles, before none and before brittle ones."""
    inside = particle_array()[::-1].T
    found = {}
    for name, energy in (
        ("tough, 60 J/m²", 60.0),
        ("12 J/m²", 12.0),
        ("none", LLZO),
        ("brittle, 1 J/m²", 1.0),
    ):
        found[name] = arranged(energy)
        print(name, found[name].last["time_s"], found[name].last["tip_position_m"], flush=True)
    draw_boxes(found, "particles", {name: inside for name in found if name != "none"})
    for seed in range(1, 6):
        print(seed, *(seeded(energy, seed).last["time_s"] for energy in (60.0, 1.0)), flush=True)


def dilatant() -> None:
    """A crack through an electrolyte with fine zirconia that expands, and before clusters of it."""
    found = {share: dispersed(share) for share in (0.0, 0.05, 0.1, 0.2, 0.3, 0.4)}
    print_gains(found)
    print_gains({share: dispersed(share, *SULFIDE, stress=10.0) for share in (0.0, 0.1, 0.3)})
    clusters = {seed: at_random(expanding(0.008, 30.0), seed) for seed in range(1, 6)}
    for seed, outcome in clusters.items():
        print(seed, outcome.last["time_s"], flush=True)
    boxes = {"no zirconia": found[0.0], "20 % fine zirconia": found[0.2], "clusters of 5 µm": clusters[5]}
    wakes = {
        title: one.simulation.fields()["transformed"][0] > FILLED
        for title, one in boxes.items()
        if title != "no zirconia"
    }
    draw_boxes(boxes, "dilatant", wakes)


def print_gains(found: Mapping[float, Outcome]) -> None:
    """What each share of zirconia does: time [s], half height of the wake [m], gain of K and its closed form [Pa m^0.5]."""
    first = applied_toughness(found[0.0])
    for share, outcome in found.items():
        known = (wake_height(outcome), dilatant_gain(outcome, share)) if share else (0.0, 0.0)
        gain, error = applied_toughness(outcome) - first, outcome.highest("energy_error")
        print(share, outcome.last["time_s"], known[0], gain, known[1], error, flush=True)


def shielded() -> None:
    """K at the tip of a crack that grows through its own dilatant zone."""
    found = shielding((256, 256), advances=(0, 2, 4, 6, 8, 12, 16, 20, 24, 32, 40, 48))
    expected = closed_form(found.strain, found.half_height)
    for advance, tip in zip(found.advance, found.tip, strict=True):
        print(f"{advance:.2f} h: {(1.0 - tip) / expected:.3f}")
    lines = {
        "found (256 × 256 cells, h = 8 cells)": (list(found.advance), list((1.0 - found.tip) / expected)),
        "closed form, steady growth": ([0.0, float(found.advance[-1])], [1.0, 1.0]),
    }
    curves(
        lines, "growth of the crack over the zone's half height h", "lost K over 0.22 E e_T √h/(1 − ν)",
        IMAGES / "coupled_shielding.png",
    )  # fmt: skip


def shapes() -> None:
    """Kazyak's four shapes, a crack along weak boundaries, and one before a fork at less current, which doesn't branch."""
    found = {
        "straight: one flaw": straight(),
        "spalling: 150 MPa across": spalling(),
        "weak boundaries, 80 mA/cm²": along_boundaries(),
        "a fork, 80 mA/cm²: one tip": forked(80.0),
        "branched: a fork, 400 mA/cm²": forked(400.0),
    }
    for title, outcome in found.items():
        print(title, outcome.last["time_s"], outcome.growth(), arms(outcome), flush=True)
    boxes = {
        title: (one.simulation.fields(), one.simulation.case.domain.size) for title, one in found.items()
    }
    case = load_case("llzo_leaky_boundaries")
    network, row = simulation_of(case), {}
    while not network.finished:
        row = network.advance()
    print(
        {name: row[name] for name in ("islands", "interior_share", "connected_metal_m", "isolated_metal_m")}
    )
    boxes["diffuse: boundaries that leak"] = (network.fields(), case.domain.size)
    maps(boxes, IMAGES / "coupled_shapes.png", columns=3)


def microstructure() -> None:
    """Along weak boundaries, and across grains past tough ones: the picture of ``docs/microstructure.md``."""
    found = {
        "weak (0.3): along boundaries": through_grains(0.3, 1),
        "tough (1.2): across grains": through_grains(1.2, 1),
    }
    for title, outcome in found.items():
        print(title, outcome.last["time_s"], outcome.growth(), flush=True)
    boxes = {
        title: (one.simulation.fields(), one.simulation.case.domain.size) for title, one in found.items()
    }
    maps(boxes, IMAGES / "microstructure.png", shaded=True)


def creep_crack() -> None:
    """Stress intensity of a crack in NZSP whose sodium must creep as fast as it is plated, by the opening (closed form)."""
    currents, lines = np.geomspace(0.01, 10.0, 40), {}
    for opening in (50.0, 100.0, 200.0, 500.0):
        found = theory.for_cell(
            "creep_crack", metal="Na", electrolyte="NZSP", current_density=10.0 * currents, opening=opening * 1e-9,
            flaw_length=30e-6,
        ).evaluate()  # fmt: skip
        intensity = 1e-6 * np.asarray(found["stress_intensity"])
        print(opening, *(np.interp((0.1, 1.0, 10.0), currents, intensity)), flush=True)
        lines[f"{opening:g} nm open"] = (list(currents), list(intensity))
    toughness = 1e-6 * float(theory.for_cell("creep_crack", metal="Na", electrolyte="NZSP", current_density=1.0, opening=1e-7, flaw_length=1e-5).fracture_toughness)  # fmt: skip
    lines["toughness of NZSP"] = ([currents[0], currents[-1]], [toughness] * 2)
    curves(
        lines, "local current density [mA/cm²]", "stress intensity [MPa √m]", IMAGES / "coupled_creep_crack.png", xscale="log", ylim=(4e-3, 3.0),
        yscale="log",
    )  # fmt: skip


STUDIES: dict[str, Callable[[], object]] = {
    "stack_pressure": stack_pressure,
    "anodes": anodes,
    "wedge": wedge,
    "polymer": polymer,
    "particles": particles,
    "dilatant": dilatant,
    "shielding": shielded,
    "shapes": shapes,
    "microstructure": microstructure,
    "creep_crack": creep_crack,
}


def main(names: Sequence[str]) -> None:
    """Runs the studies that are named, or all."""
    for name in names or STUDIES:
        STUDIES[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
