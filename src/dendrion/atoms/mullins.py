"""How long a bump lasts that surface diffusion smooths: Mullins's time, from a barrier and a surface energy.

A sinusoid of wavelength λ decays as exp(−t/τ) with (Mullins, J. Appl. Phys. 28, 333, doi 10.1063/1.1722742)

    τ = 1/(B k⁴),  k = 2π/λ,  B = D_s γ Ω² n_s/(k_B T),  D_s = (ν₀ a²/z) exp(−E_s/k_B T),  n_s = a⁻².

It holds for smooth shapes many atoms high; bumps of a few atoms melt into the surface sooner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..constants import AVOGADRO
from ..errors import InputError
from ..materials.surface_smoothing import mullins_coefficient, surface_diffusivity


@dataclass(frozen=True)
class Smoothing:
    """A surface that smooths itself.

    Attributes:
        barrier: of a surface hop [J]; lattice_parameter [m]; surface_energy [J/m^2]; atomic_volume [m^3];
            attempt_frequency [1/s].
    """

    barrier: float
    lattice_parameter: float
    surface_energy: float
    atomic_volume: float
    attempt_frequency: float

    def diffusivity(self, temperature: Any) -> Any:
        """D_s [m^2/s] of an adatom at a temperature [K]."""
        return surface_diffusivity(
            self.attempt_frequency, self.lattice_parameter, self.barrier * AVOGADRO,
            np.asarray(temperature, dtype=float),
        )  # fmt: skip

    def mobility(self, temperature: Any) -> Any:
        """Mullins's B [m^4/s]."""
        return mullins_coefficient(
            self.attempt_frequency, self.lattice_parameter, self.barrier * AVOGADRO, self.surface_energy,
            self.atomic_volume * AVOGADRO, np.asarray(temperature, dtype=float),
        )  # fmt: skip

    def time(self, wavelength: float, temperature: Any) -> Any:
        """τ [s] of a wavelength [m].

        Raises:
            InputError: a wavelength below 1 nm, where there is no smooth surface.
        """
        if wavelength < 1.0e-9:
            raise InputError(
                "no smooth surface below this", field="wavelength", value=wavelength, allowed="1e-9 m or more"
            )
        return 1.0 / (self.mobility(temperature) * (2.0 * np.pi / wavelength) ** 4)
