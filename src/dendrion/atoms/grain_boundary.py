"""Energy of symmetric tilt boundaries of a metal.

Two crystals that are mirror images in the plane (h k l) share it; (310) gives the Σ5 tilt boundary about [001],
(111) of a face-centred crystal its twin. A periodic cell holds two equal boundaries of area A:

    γ_gb = (E − N e_bulk)/2A,

the least over a grid of rigid shifts of one crystal along the plane and over how near two atoms may be before
they become one, positions and the cell's height relaxed. Other structures could lie lower: the value is an upper
bound of the model's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .requirements import needed
from .result import EV_PER_ANGSTROM2, ComputedClaim, agreement, passed
from .sample import MOST_STEPS, Sample, metal_only
from .surface import Face, area, slab

THICKNESSES = (16.0, 22.0)
"""Thicknesses of each crystal [Å]; the last gives the value."""

SHIFTS = (2, 3)
"""Grid of rigid shifts along the two vectors of the boundary."""

ENERGIES_AGREEMENT = 0.1
"""Relative difference between the thicknesses above which an energy is unusable."""

_SAME_PLANE = 0.01
"""Height within which atoms belong to one plane [Å]."""

MERGED = (0.55, 0.8)
"""Distances, over that of nearest neighbours, below which two atoms become one; each is tried."""


def grain_boundary(
    one: Sample, plane: Face = (3, 1, 0), thicknesses: tuple[float, ...] = THICKNESSES,
    shifts: tuple[int, int] = SHIFTS,
) -> list[ComputedClaim]:  # fmt: skip
    """Energy of the symmetric tilt boundary on ``plane`` [J/m^2].

    Raises:
        InputError: a compound.
    """
    metal_only(one, "the grain boundary", "its boundaries have many compositions")
    found = [_lowest(one, plane, thickness, shifts) for thickness in thicknesses]
    values = [energy for energy, _ in found]
    name = "".join(map(str, plane))
    label = {"310": "sigma 5 tilt (310)", "111": "twin (111)"}.get(name, f"tilt ({name})")
    checks = [
        passed("positive", min(values) > 0.0, f"least {min(values):.4g} J/m^2"),
        passed(
            "relaxed",
            max(f for _, f in found) <= 2.0 * one.force_tolerance,
            f"largest force {found[-1][1]:.2g} eV/Å",
        ),
        agreement("thicknesses agree", values, ENERGIES_AGREEMENT),
    ]
    settings = {"plane": list(plane), "thickness_angstrom": thicknesses[-1], "shifts": list(shifts)}
    return [
        one.claim(
            "grain_boundary_energy", values[-1], label=label, settings=settings, variations=values, checks=checks,
            conditions=f"symmetric tilt, {label}, lowest of the structures tried",
        )
    ]  # fmt: skip


def _lowest(one: Sample, plane: Face, thickness: float, shifts: tuple[int, int]) -> tuple[float, float]:
    """Least energy over the shifts [J/m^2] and the force left there [eV/Å]."""
    nearest = float(np.sort(one.cubic().get_all_distances(mic=True)[0])[1])
    results = []
    for i in range(shifts[0]):
        for j in range(shifts[1]):
            atoms = bicrystal(one, plane, thickness, (i / shifts[0], j / shifts[1]))
            results += [_relaxed(one, _merged(atoms, part * nearest)) for part in MERGED]
    return min(results)


def _merged(atoms: Any, distance: float) -> Any:
    """The atoms with pairs nearer than ``distance`` [Å] made one, in their middle."""
    made = atoms.copy()
    while True:
        first, second, gaps, vectors = needed("ase.neighborlist").neighbor_list("ijdD", made, distance)
        if gaps.size == 0:
            return made
        closest = int(gaps.argmin())
        made.positions[first[closest]] += 0.5 * vectors[closest]
        del made[int(second[closest])]


def _relaxed(one: Sample, atoms: Any) -> tuple[float, float]:
    one.attach(atoms)
    free = needed("ase.filters").FrechetCellFilter(atoms, mask=[0, 0, 1, 0, 0, 0])
    needed("ase.optimize").FIRE(free, logfile=None).run(fmax=2.0 * one.force_tolerance, steps=MOST_STEPS)
    force = float(np.linalg.norm(free.get_forces(), axis=1).max())
    excess = float(atoms.get_potential_energy()) - len(atoms) * one.energy_an_atom
    return EV_PER_ANGSTROM2 * excess / (2.0 * area(atoms)), force


def bicrystal(one: Sample, plane: Face, thickness: float, shift: tuple[float, float]) -> Any:
    """Two mirror crystals in a periodic cell, the upper shifted by fractions of the boundary's two vectors."""
    lower = slab(one, plane, thickness)
    heights = lower.positions[:, 2] - lower.positions[:, 2].min()
    top = heights.max()
    lower.positions[:, 2] = heights
    mirrored = lower[(heights > _SAME_PLANE) & (heights < top - _SAME_PLANE)]
    mirrored.positions[:, 2] = 2.0 * top - mirrored.positions[:, 2]
    mirrored.positions += shift[0] * lower.cell[0] + shift[1] * lower.cell[1]
    both = lower + mirrored
    both.set_cell([*lower.cell[:2], [0.0, 0.0, 2.0 * top]], scale_atoms=False)
    both.pbc = True
    both.wrap()
    return both
