"""Salt across separator and cathode of a cell with a binary electrolyte: one linear implicit step.

ε ∂c/∂t = ∂/∂x(ε^b D ∂c/∂x) + source, salt taken at the metal by (1 − t₊) i/F, given back at the counter metal or
spread evenly over the cathode (the approximation that single-particle models make). Derived here from the
concentrated-solution balance with constant properties.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_banded

from dendrion.constants import FARADAY

SEPARATOR_CELLS = 80
"""Finite volumes across the separator, finer towards the metal [dimensionless]."""

CATHODE_CELLS = 40
"""Finite volumes across the cathode [dimensionless]."""

GRADING = 1.06
"""Ratio of neighbouring volumes in the separator [dimensionless]."""


@dataclass(frozen=True)
class SaltColumn:
    """The column of electrolyte between the electrodes.

    Attributes:
        gap: thickness of the separator [m]; porosity: its electrolyte share [dimensionless].
        cathode: thickness of the porous cathode, 0 for a counter electrode of metal [m].
        cathode_porosity: electrolyte share there; tortuosity: exponent b of ε^b [dimensionless].
        anion_share: 1 − t₊ [dimensionless].
    """

    gap: float
    anion_share: float
    porosity: float = 1.0
    cathode: float = 0.0
    cathode_porosity: float = 1.0
    tortuosity: float = 1.5

    @cached_property
    def faces(self) -> NDArray[np.float64]:
        """Positions of the faces [m], from the metal."""
        growth = GRADING ** np.arange(SEPARATOR_CELLS)
        separator = np.concatenate([[0.0], np.cumsum(growth) / growth.sum() * self.gap])
        if self.cathode == 0.0:
            # A counter electrode of metal has its own layer of changing salt: fine towards both.
            half = SEPARATOR_CELLS // 2
            growth = GRADING ** np.arange(half)
            left = np.concatenate([[0.0], np.cumsum(growth) / growth.sum() * 0.5 * self.gap])
            return np.concatenate([left, (self.gap - left[::-1])[1:]])
        behind = self.gap + np.linspace(0.0, self.cathode, CATHODE_CELLS + 1)[1:]
        return np.concatenate([separator, behind])

    @cached_property
    def centres(self) -> NDArray[np.float64]:
        """Positions of the volumes [m]."""
        return 0.5 * (self.faces[1:] + self.faces[:-1])

    @cached_property
    def _share(self) -> NDArray[np.float64]:
        """Electrolyte a volume [dimensionless]."""
        return np.where(self.centres < self.gap, self.porosity, self.cathode_porosity)

    @cached_property
    def content(self) -> NDArray[np.float64]:
        """Electrolyte in each volume an area of cell [m]."""
        return self._share * np.diff(self.faces)

    @cached_property
    def _source(self) -> NDArray[np.float64]:
        """Salt that a unit current brings to each volume [mol/s/A]."""
        source = np.zeros(self.centres.size)
        behind = self.centres > self.gap
        if self.cathode == 0.0:
            source[-1] = 1.0
        else:
            source[behind] = np.diff(self.faces)[behind] / self.cathode
        source[0] -= 1.0
        return self.anion_share / FARADAY * source

    def uniform(self, concentration: float) -> NDArray[np.float64]:
        """A column without gradients [mol/m^3]."""
        return np.full(self.centres.size, float(concentration))

    def response(
        self, salt: NDArray[np.float64], diffusivity: float, dt: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The salt after ``dt`` [s] without current, and what a current adds: c = first + i · second.

        Arguments:
            salt: c before [mol/m^3]; diffusivity: D of the free electrolyte [m^2/s].

        Returns:
            two arrays over the volumes [mol/m^3] and [mol/m^3 per A/m^2]; second order in time where it matters
            (two half steps extrapolated), the amount of salt exact.
        """
        whole = self._implicit(np.stack([salt, 0.0 * salt], 1), diffusivity, dt)
        half = self._implicit(np.stack([salt, 0.0 * salt], 1), diffusivity, 0.5 * dt)
        half = self._implicit(half, diffusivity, 0.5 * dt)
        both = 2.0 * half - whole
        return both[:, 0], both[:, 1]

    def _implicit(self, before: NDArray[np.float64], diffusivity: float, dt: float) -> NDArray[np.float64]:
        resistance = 0.5 * np.diff(self.faces) / (self._share**self.tortuosity * diffusivity)
        between = dt / (resistance[1:] + resistance[:-1])
        bands = np.zeros((3, self.centres.size))
        bands[1] = self.content
        bands[1, 1:] += between
        bands[1, :-1] += between
        bands[0, 1:], bands[2, :-1] = -between, -between
        right = self.content[:, None] * before
        right[:, 1] += dt * self._source
        return solve_banded((1, 1), bands, right)

    def at_metal(self, salt: NDArray[np.float64], current: float, diffusivity: float) -> float:
        """Salt at the surface of the metal [mol/m^3], along the gradient that the current makes."""
        slope = self.anion_share * current / (FARADAY * self.porosity**self.tortuosity * diffusivity)
        return float(salt[0]) - slope * float(self.centres[0])

    def at_counter(self, salt: NDArray[np.float64], current: float, diffusivity: float) -> float:
        """Salt at the counter metal, or the mean in the cathode [mol/m^3]."""
        if self.cathode > 0.0:
            behind = self.centres > self.gap
            return float(np.average(salt[behind], weights=np.diff(self.faces)[behind]))
        slope = self.anion_share * current / (FARADAY * self.porosity**self.tortuosity * diffusivity)
        return float(salt[-1]) + slope * float(self.gap - self.centres[-1])
