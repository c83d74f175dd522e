"""The numbers of a lattice from the case's claims: what a particle is, and rates at any temperature.

Mullins' coefficient of a surface that smooths by diffusion along itself [DOI 10.1063/1.1722742]:

    dA/dt = -B k^4 A,   B = D_s gamma Omega^2 n_s/(k_B T),   D_s = (nu_0 a^2/4) e^{-E_s/(k_B T)},   n_s = a^-2

A coarse particle that hops with the attempt rate nu smooths its lattice with B_lattice = b nu l^4, b a number that was
measured once (``SMOOTHING``), so nu = B(T)/(b l^4): the mesoscopic hops. Atomistic ones have nu = nu_0 e^{-E_s/kT}.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dendrion.case import Case
from dendrion.constants import AVOGADRO, FARADAY, GAS_CONSTANT
from dendrion.materials import Claim
from dendrion.materials.surface_smoothing import claimed_mullins_coefficient

Array = NDArray[np.float64]

BOND = {2: 2.5, 3: 1.4}
"""Bond energy over kT of mesoscopic hops by dimension [dimensionless]: in both the surface is rough, so that it smooths
as Mullins says, and the metal stays together (it would dissolve in itself below 1.76 and 0.89)."""

SMOOTHING = {2: 0.055, 3: 0.06}
"""b = B_lattice/(nu l^4) of a sinusoid at that bond energy, measured (tests/convergence/test_lattice_mullins.py)
[dimensionless]."""


@dataclass(frozen=True)
class Properties:
    """Numbers that hold for the whole run, SI.

    spacing l [m]; particle_charge [C]; atoms a particle; filling x_0 = c_0 V_M and salt_share 1 - t_plus
    [dimensionless]; salt_concentration [mol/m^3]; binary: whether a salt is dissolved; temperature [K];
    charge_transfer_coefficient [dimensionless].
    """

    case: Case
    spacing: float
    particle_charge: float
    atoms: float
    molar_volume: float
    surface_energy: float
    filling: float
    salt_share: float
    salt_concentration: float
    binary: bool
    temperature: float
    charge_transfer_coefficient: float

    def claimed(self, kind: str, name: str, temperature: Array) -> Array:
        """A claim of the metal, electrolyte or interface at temperatures [K], in SI."""
        claim: Claim = getattr(self.case, f"{kind}_material")().claim(name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the case has said what lies outside a law's range
            return np.broadcast_to(np.asarray(claim.evaluate(temperature), dtype=float), temperature.shape)

    def metal_number(self, name: str) -> float:
        """A claim of the metal at the case's temperature, in SI."""
        return float(self.claimed("metal", name, np.array(self.temperature)))

    def exchange_rate(self, temperature: Array) -> Array:
        """Particles a second that i_0 moves through the area of a site, i_0 l^2/(e N) [1/s]."""
        density = self.claimed("interface", "exchange_current_density", temperature)
        return density * self.spacing**2 / self.particle_charge

    def smoothing_coefficient(self, temperature: Array) -> Array:
        """Mullins' B of the metal's surface [m^4/s], with the factor that an interphase takes from it."""
        numbers = self.case.lattice
        return np.asarray(
            claimed_mullins_coefficient(
                self.case.metal_material(), temperature, attempt_frequency=numbers.attempt_frequency,
                mobility_factor=numbers.surface_mobility_factor,
            )
        )  # fmt: skip

    def attempt_rate(self, temperature: Array) -> Array:
        """Rate nu of a hop along a terrace [1/s]."""
        numbers, dimension = self.case.lattice, self.case.domain.dimension
        if numbers.surface_diffusion == "none":
            return np.zeros(temperature.shape)
        if numbers.surface_diffusion == "mesoscopic":
            return self.smoothing_coefficient(temperature) / (SMOOTHING[dimension] * self.spacing**4)
        barrier = self.metal_number("surface_diffusion_barrier")
        frequency = numbers.attempt_frequency or self.metal_number("surface_hop_frequency")
        factor = numbers.surface_mobility_factor or self.metal_number("interphase_mobility_factor")
        return np.asarray(factor * frequency * np.exp(-barrier / (GAS_CONSTANT * temperature)))

    def bonds(self) -> tuple[float, float, float, bool]:
        """B of charge transfer, K and K_e of hops over kT at the case's temperature; whether these follow it."""
        numbers, thermal = self.case.lattice, GAS_CONSTANT * self.temperature
        if numbers.surface_diffusion == "atomistic":
            bond, edge = numbers.bond_energy, numbers.interlayer_barrier
            bond = self.metal_number("surface_bond_energy") if bond is None else bond
            edge = self.metal_number("interlayer_barrier") if edge is None else edge
            return bond / thermal, bond / thermal, edge / thermal, True
        capillary = 2.0 * self.surface_energy * self.molar_volume / (self.spacing * thermal)
        return capillary, BOND[self.case.domain.dimension], 0.0, False


def make_properties(case: Case) -> Properties:
    """Properties of a case that asks for the lattice engine."""
    metal, electrolyte, interface = (
        case.metal_material(),
        case.electrolyte_material(),
        case.interface_material(),
    )
    spacing, temperature = max(case.domain.spacing), case.conditions.temperature
    volume = metal.claim("molar_volume").value
    binary = case.physics.transport == "binary"
    concentration = electrolyte.claim("salt_concentration").value if binary else 1.0 / volume
    cation = float(electrolyte.claim("cation_transference_number").evaluate(temperature)) if binary else 1.0
    return Properties(
        case=case,
        spacing=spacing,
        particle_charge=FARADAY * spacing**3 / volume,
        atoms=spacing**3 * AVOGADRO / volume,
        molar_volume=volume,
        surface_energy=metal.claim("surface_energy").value,
        filling=concentration * volume,
        salt_share=1.0 - cation if binary else 1.0,
        salt_concentration=concentration,
        binary=binary,
        temperature=temperature,
        charge_transfer_coefficient=float(
            interface.claim("charge_transfer_coefficient").evaluate(temperature)
        ),
    )
