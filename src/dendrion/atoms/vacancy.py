"""Vacancies of a metal: energy to make one, and the barrier of a neighbour's hop into it.

    E_f = E(N − 1 atoms) − (N − 1)/N E(N atoms),    E_m = E(saddle) − E(vacancy),

in a periodic supercell of fixed cell; two sizes give the spread.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .path import path
from .result import EV_PER_ATOM, Check, ComputedClaim, agreement, passed
from .sample import Sample, metal_only

SIZES = (3, 4)
"""Edges of the supercells, in conventional cells."""

SIZES_AGREEMENT = 0.1
"""Relative difference between the sizes above which an energy is unusable."""


def vacancy(one: Sample, sizes: tuple[int, ...] = SIZES) -> list[ComputedClaim]:
    """Formation and migration energy of a vacancy [J/mol].

    Raises:
        InputError: a compound, whose vacancies are charged.
    """
    metal_only(one, "the vacancy", "its vacancies are charged, no potential here carries charge")
    formation: list[float] = []
    migration: list[float] = []
    whole: list[Check] = []
    calm: list[Any] = []
    for size in sizes:
        perfect, vacant, hopped = _states(one, size)
        count = len(perfect)
        energy = float(one.attach(perfect).get_potential_energy())
        start, end = one.relaxed(vacant), one.relaxed(hopped)
        formation.append(EV_PER_ATOM * (float(start.get_potential_energy()) - energy * (count - 1) / count))
        way = path(one, start, end)
        migration.append(EV_PER_ATOM * way.barrier)
        whole, calm = way.checks(), [*calm, start, end]
    settings = {"supercell": sizes[-1], "supercells_tried": str(sizes)}
    relaxed = one.settled(*calm)
    positive = passed("costs energy", min(formation) > 0.0, f"{formation[-1] / EV_PER_ATOM:.4f} eV")
    return [
        one.claim(
            "vacancy_formation_energy", formation[-1], settings=settings, variations=formation,
            checks=[positive, relaxed, agreement("sizes agree", formation, SIZES_AGREEMENT)],
        ),
        one.claim(
            "vacancy_migration_energy", migration[-1], settings=settings, variations=migration,
            checks=[*whole, relaxed, agreement("sizes agree", migration, SIZES_AGREEMENT)],
            conditions="hop to a nearest neighbour",
        ),
    ]  # fmt: skip


def _states(one: Sample, size: int) -> tuple[Any, Any, Any]:
    """The perfect supercell, it with a vacancy, and it after a neighbour has hopped in."""
    perfect = one.cubic().repeat((size, size, size))
    distances = perfect.get_distances(0, range(len(perfect)), mic=True)
    distances[0] = np.inf
    neighbour = int(distances.argmin())
    vacant, hopped = perfect.copy(), perfect.copy()
    hopped.positions[neighbour] = perfect.positions[0]
    del vacant[0]
    del hopped[0]
    return perfect, vacant, hopped
