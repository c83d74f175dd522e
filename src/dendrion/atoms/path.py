"""The barrier between two states: a climbing nudged elastic band (Henkelman et al., doi 10.1063/1.1329672)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .requirements import needed
from .result import Check, passed
from .sample import Sample

IMAGES = 3
"""Images between the ends; odd, so that one stands on the saddle of a symmetric path."""

PATH_TOLERANCE = 0.03
"""Largest force on a path that counts as relaxed [eV/Å]."""

PATH_STEPS = 80
"""Steps of a path before it is given up."""

_LONGEST_STEP = 0.1
"""Longest step of an atom of a path [Å]."""

_NO_BARRIER = 1.0e-4
"""Height below which the ends are one state [eV]."""


@dataclass(frozen=True)
class Path:
    """A relaxed path: energies of its images against the first [eV] and the largest force left [eV/Å]."""

    energies: np.ndarray
    force: float
    images: tuple[Any, ...]

    @property
    def barrier(self) -> float:
        """Highest image above the first [eV]."""
        return float(self.energies.max())

    def checks(self) -> list[Check]:
        """That the path is relaxed, its top lies inside, and the way is up."""
        top = int(self.energies.argmax())
        return [
            passed("path relaxed", self.force <= PATH_TOLERANCE, f"force {self.force:.2g} eV/Å, allowed {PATH_TOLERANCE}"),
            passed(
                "saddle between the ends", 0 < top < len(self.energies) - 1 and self.barrier > _NO_BARRIER,
                f"highest image {top} of {len(self.energies) - 1}, {self.barrier:.4f} eV",
            ),
        ]  # fmt: skip


def path(one: Sample, first: Any, last: Any, images: int = IMAGES) -> Path:
    """The path of least energy between two relaxed structures with the same atoms in the same order."""
    mep = needed("ase.mep", "a path")
    optimize = needed("ase.optimize")
    chain = [first.copy(), *(first.copy() for _ in range(images)), last.copy()]
    for image in chain:
        one.attach(image)
    band = mep.NEB(chain, climb=True, method="improvedtangent", allow_shared_calculator=True)
    band.interpolate(mic=True)
    optimiser = optimize.BFGS(band, logfile=None, maxstep=_LONGEST_STEP)
    optimiser.run(fmax=PATH_TOLERANCE, steps=PATH_STEPS)
    force = float(np.linalg.norm(band.get_forces().reshape(-1, 3), axis=1).max())
    energies = np.array([image.get_potential_energy() for image in chain])
    return Path(energies - energies[0], force, tuple(chain))
