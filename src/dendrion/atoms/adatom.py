"""The hop of an adatom across a face: the barrier of surface diffusion.

The adatom stands where the crystal would go on, the lower part of the slab is held, and it hops by the shortest
vector of the face. Hops by exchange with an atom of the face can be lower; they are not looked for.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .path import path
from .requirements import needed
from .result import EV_PER_ATOM, Check, ComputedClaim, agreement
from .sample import Sample, metal_only
from .surface import VACUUM, Face, slab

SIZES = (9.0, 12.0)
"""Thicknesses of the slabs and widths of their faces [Å]; the last gives the value."""

SIZES_AGREEMENT = 0.15
"""Relative difference between the sizes above which a barrier is unusable."""

_SAME_PLANE = 0.05
"""Height within which atoms belong to one plane [Å]."""

_HELD = 0.4
"""Part of the slab's thickness that is held."""


def adatom(
    one: Sample, faces: tuple[Face, ...] = ((1, 0, 0), (1, 1, 0)), sizes: tuple[float, ...] = SIZES
) -> list[ComputedClaim]:  # fmt: skip
    """Barrier of a hop on each face [J/mol].

    Raises:
        InputError: a compound.
    """
    metal_only(one, "the adatom's hop", "its surface ions are charged, no potential here carries charge")
    return [_hop(one, face, sizes) for face in faces]


def _hop(one: Sample, face: Face, sizes: tuple[float, ...]) -> ComputedClaim:
    values: list[float] = []
    whole: list[Check] = []
    calm: list[Any] = []
    for size in sizes:
        first, last = states(one, face, size)
        start, end = one.relaxed(first), one.relaxed(last)
        way = path(one, start, end)
        values.append(EV_PER_ATOM * way.barrier)
        whole, calm = way.checks(), [*calm, start, end]
    name = "".join(map(str, face))
    checks = [*whole, one.settled(*calm), agreement("sizes agree", values, SIZES_AGREEMENT)]
    return one.claim(
        "surface_diffusion_barrier", values[-1], label=name, variations=values, checks=checks,
        settings={"face": list(face), "size_angstrom": sizes[-1], "vacuum_angstrom": VACUUM},
        conditions=f"adatom hop on the ({name}) face",
    )  # fmt: skip


def states(one: Sample, face: Face, size: float) -> tuple[Any, Any]:
    """A face with an adatom before and after its hop, not relaxed."""
    base = slab(one, face, size)
    base = base.repeat((*(int(np.ceil(size / length)) for length in base.cell.lengths()[:2]), 1))
    heights = base.positions[:, 2]
    upper = np.flatnonzero(heights > heights.max() - _SAME_PLANE)
    centre = 0.5 * (base.cell[0] + base.cell[1])
    chosen = upper[np.linalg.norm((base.positions[upper] - centre)[:, :2], axis=1).argmin()]
    hop = _shortest(base, upper, int(chosen))
    keep = np.setdiff1d(np.arange(len(base)), np.setdiff1d(upper, [chosen]))
    before = base[keep]
    moved = int(np.flatnonzero(keep == chosen)[0])
    low, high = before.positions[:, 2].min(), np.sort(before.positions[:, 2])[-2]
    held = before.positions[:, 2] < low + _HELD * (high - low)
    before.set_constraint(needed("ase.constraints").FixAtoms(mask=held))
    after = before.copy()
    after.positions[moved] += hop
    return before, after


def _shortest(base: Any, upper: np.ndarray, chosen: int) -> np.ndarray:
    """The shortest vector from an atom of the upper plane to another, through the cell's edges too."""
    others = upper[upper != chosen]
    vectors = base.get_distances(chosen, others, mic=True, vector=True)
    return np.asarray(vectors[np.linalg.norm(vectors, axis=1).argmin()])
