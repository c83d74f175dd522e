"""Where a filling crack goes in a polycrystal: along weak boundaries, across grains past tough ones.

Bistri and Di Leo 2023 (DOI 10.1016/j.jmps.2023.105252, abstract read): toughness of the boundaries decides between inter- and
transgranular growth. Five polycrystals on a coarse grid (7 cells a grain), which cost a small run each.
"""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest

from dendrion.case import load_case
from dendrion.errors import SimulationError
from dendrion.field import Simulation
from dendrion.field.build import make_grid
from dendrion.field.grains import grain_map, share_at_boundaries
from dendrion.field.solids import make_flaws

SEEDS = (1, 2, 3, 4, 5)
COARSE = (
    "domain.cells=[40,36]",
    "protocol=[plate at 30 mA/cm^2 for 20 s]",
    "stop.tip=28 um",
    "numerics.coupling_tolerance=1e-2",
)
GROWN = 6e-6
"""Least growth of the crack [m]: a kink may keep the passes of a step from settling later on."""


def shares(seed: int, toughness: float) -> tuple[float, float]:
    """Share of the new crack, and of the electrolyte, in the band of the boundaries [dimensionless]."""
    settings = [f"microstructure.seed={seed}", f"microstructure.boundary.fracture_factor={toughness}"]
    case = load_case("llzo_polycrystal", set=[*COARSE, *settings])
    simulation = Simulation(case)
    lengths = []
    with suppress(SimulationError):
        while not simulation.finished:
            lengths.append(simulation.advance()["crack_length_m"])
    fields, grid = simulation.fields(), make_grid(case)
    found, flaws = grain_map(case, grid), make_flaws(case, grid)
    electrolyte = (fields["order_parameter"][0] < 0.5) & ~flaws.cracked & ~flaws.void
    assert max(lengths) >= lengths[0] + GROWN
    along = share_at_boundaries(fields["damage"][0], found, flaws.cracked | flaws.void)
    return along, float(found.coverage[electrolyte].mean())


@pytest.mark.slow
def test_weak_boundaries_are_followed_and_tough_ones_are_left() -> None:
    weak = [shares(seed, 0.3) for seed in SEEDS]
    tough = [shares(seed, 1.2) for seed in SEEDS]
    area = float(np.mean([one for _, one in weak]))
    along, across = (np.array([one for one, _ in found]) for found in (weak, tough))
    assert along.mean() > 1.5 * area
    assert across.mean() < 1.1 * area
    assert np.sum(along > across + 0.2) >= 4  # one polycrystal of five offers no boundary ahead of its flaw
