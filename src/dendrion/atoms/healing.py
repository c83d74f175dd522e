"""Self-healing of a small protrusion by molecular dynamics, over temperatures.

A cap of atoms stands on a slab whose lowest atoms are held; Langevin dynamics runs at a temperature, and the height
of the cap above its first layer (in layers, summed over its atoms) is followed. The half-life is compared with
Mullins's time of a bump as wide (``mullins``); both fall with temperature, but a cap of a few atoms is no smooth
surface and a potential is no metal: agreement within a factor of ten is all that can be asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .requirements import needed
from .result import ANGSTROM
from .sample import Sample, metal_only
from .surface import Face, slab

TIME_STEP = 2.0
"""Step of the dynamics [fs]; lithium's fastest vibration takes about 100 fs."""

FRICTION = 0.005
"""Langevin friction [1/fs], weak: it damps a vibration in 200 fs and leaves hops alone."""

_HELD = 0.3
_FOR_GOOD = 0.1


@dataclass(frozen=True)
class Healing:
    """A protrusion's life at one temperature.

    Attributes:
        temperature [K]; times [s]; standing: height above the first layer summed over the atoms, of one at the start.
        width: of the cap's base [m]; atoms: in the cap.
    """

    temperature: float
    times: np.ndarray
    standing: np.ndarray
    width: float
    atoms: int
    final: Any = field(repr=False, default=None)

    @property
    def half_life(self) -> float | None:
        """Time until half of the cap has come down for good [s]; None where it has not.

        For good: the last tenth of the run at least lies below, so that a dip at its end is no healing.
        """
        above = np.flatnonzero(self.standing > 0.5)
        last = int(above[-1]) if above.size else 0
        stays = len(self.times) - 1 - last
        return float(self.times[last + 1]) if stays >= max(1, _FOR_GOOD * len(self.times)) else None

    def as_dict(self) -> dict[str, Any]:
        """SI for machines."""
        return {
            "temperature_K": self.temperature, "half_life_s": self.half_life, "width_m": self.width,
            "cap_atoms": self.atoms, "times_s": self.times.tolist(), "standing": self.standing.tolist(),
        }  # fmt: skip


def protrusion(
    one: Sample, face: Face, size: float, thickness: float, radius: float
) -> tuple[Any, np.ndarray, float]:
    """A face with a cap of the crystal's own sites on it.

    Arguments:
        size: least edge of the face [Å]; thickness: of the slab [Å]; radius: of the half sphere [Å].

    Returns the atoms (lowest part held), which of them are the cap, and the height of the face [Å].
    """
    metal_only(one, "the self-healing", "no potential here carries charge")
    tall = slab(one, face, thickness + radius)
    tall = tall.repeat((*(max(1, int(np.ceil(size / length))) for length in tall.cell.lengths()[:2]), 1))
    heights = tall.positions[:, 2]
    top = float(heights[heights <= heights.min() + thickness].max())
    centre = 0.5 * (tall.cell[0] + tall.cell[1]) + np.array([0.0, 0.0, top])
    distance = np.linalg.norm(tall.positions - centre, axis=1)
    cap = (heights > top + 0.01) & (distance <= radius)
    atoms = tall[(heights <= top + 0.01) | cap]
    chosen = atoms.positions[:, 2] > top + 0.01
    low = atoms.positions[:, 2].min()
    atoms.set_constraint(
        needed("ase.constraints").FixAtoms(mask=atoms.positions[:, 2] < low + _HELD * (top - low))
    )
    return atoms, np.flatnonzero(chosen), top


def heal(
    one: Sample, temperature: float, duration: float, *, face: Face = (1, 0, 0), size: float = 20.0,
    thickness: float = 9.0, radius: float = 6.0, seed: int = 0, every: int = 50,
) -> Healing:  # fmt: skip
    """Runs the dynamics of a protrusion at a temperature [K] for a duration [s]; lengths in Å."""
    atoms, cap, top = protrusion(one, face, size, thickness, radius)
    one.attach(atoms)
    units = needed("ase.units")
    langevin = needed("ase.md.langevin", "the dynamics")
    velocities = needed("ase.md.velocitydistribution")
    generator = np.random.default_rng(seed)
    velocities.MaxwellBoltzmannDistribution(atoms, temperature_K=temperature, rng=generator)
    run = langevin.Langevin(
        atoms,
        TIME_STEP * units.fs,
        temperature_K=temperature,
        friction=FRICTION / units.fs,
        rng=generator,
        fixcm=False,
    )
    planes = np.unique(np.round(slab(one, face, thickness).positions[:, 2], 2))
    step_height = float(np.diff(planes).mean())
    start = _moment(atoms, top, step_height)
    times, standing = [0.0], [1.0]
    for step in range(every, int(duration / (TIME_STEP * 1e-15)) + 1, every):
        run.run(every)
        times.append(step * TIME_STEP * 1e-15)
        standing.append(_moment(atoms, top, step_height) / start)
    return Healing(
        float(temperature), np.array(times), np.array(standing), 2.0 * radius * ANGSTROM, len(cap), atoms
    )


def _moment(atoms: Any, top: float, step_height: float) -> float:
    """Layers above the first one on the face, summed over the atoms."""
    return float(np.maximum((atoms.positions[:, 2] - top) / step_height - 1.0, 0.0).sum())
