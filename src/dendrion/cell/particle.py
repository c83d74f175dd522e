"""The ion in the particles of a cathode: mean and surface concentration by a parabola and its relaxation.

The four-parameter profile of Subramanian, Diwakar and Tapriyal (2005) [DOI 10.1149/1.2032427]:
d c̄/dt = −3 j/r, d q/dt = −30 (D/r²) q − (45/2) j/r², c_s = c̄ + (8 r/35) q − (r/(35 D)) j.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from dendrion.constants import FARADAY


@dataclass(frozen=True)
class Cathode:
    """A porous cathode whose particles all do the same.

    Attributes:
        thickness [m]; active_fraction, electrolyte_fraction: volume shares [dimensionless].
        radius: of the particles [m]; maximum: sites a volume [mol/m^3].
        charged, discharged: stoichiometry at either end [dimensionless].
        molar_volume: of the ion in the cathode [m^3/mol].
    """

    thickness: float
    active_fraction: float
    electrolyte_fraction: float
    radius: float
    maximum: float
    charged: float
    discharged: float
    molar_volume: float = 0.0

    @property
    def capacity(self) -> float:
        """Charge an area between the two ends [C/m^2]."""
        window = self.discharged - self.charged
        return FARADAY * self.thickness * self.active_fraction * self.maximum * window

    @property
    def surface(self) -> float:
        """Area of the particles an area of cell, 3 ε L/r [dimensionless]."""
        return 3.0 * self.active_fraction * self.thickness / self.radius

    def advanced(
        self, mean: float, gradient: float, current: float, diffusivity: float, dt: float
    ) -> tuple[float, float, float]:
        """Mean [mol/m^3], mean gradient [mol/m^4] and surface concentration [mol/m^3] after ``dt`` [s].

        Arguments:
            current: that takes ions out of the cathode, as charging does [A/m^2 of cell]; constant over the step.
            diffusivity: D in the particle [m^2/s].
        """
        flux = current / (FARADAY * self.surface)
        rate = 30.0 * diffusivity / self.radius**2
        steady = -0.75 * flux / diffusivity
        gradient = steady + (gradient - steady) * math.exp(-rate * dt)
        mean -= 3.0 * flux / self.radius * dt
        edge = mean + 8.0 * self.radius / 35.0 * gradient - self.radius / (35.0 * diffusivity) * flux
        return mean, gradient, edge
