"""Critical nucleus and nucleation barrier against temperature, from surface and bulk terms.

With γ_e = s γ̄ (mean surface energy times the shape factor of the equilibrium shape, 1 for a sphere), molar volume
V and overpotential η against bulk metal,

    r* = 2 γ_e V/(F η),   ΔG* = 16π γ_e³ V²/(3 F² η²) Φ,   n* = (4π/3) r*³ N_A/V,

Φ = (2 + cos ϑ)(1 − cos ϑ)²/4 for a contact angle ϑ. The temperature comes in through γ(T) = γ₀ + γ'(T − T₀),
through k_B T beside the barrier, and at fixed *current* through η(T) = (2RT/F) asinh(i/2i₀(T)).

Two controls, two signs (the survey's account of Luo 2022 and Yan 2019 has both): at fixed overpotential a warmer
nucleus is smaller, since γ falls; at fixed current it is larger, since η falls. With the surface energy against
vacuum the barrier is hundreds of k_B T: real metal nucleates at defects and interphases, see docs/atoms.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..constants import AVOGADRO, BOLTZMANN, FARADAY, GAS_CONSTANT
from ..errors import InputError
from ..materials import Claim, Material


@dataclass(frozen=True)
class Nucleation:
    """Critical nuclei over temperatures, arrays of one shape.

    Attributes:
        temperature [K], overpotential [V], surface_energy [J/m^2], radius [m], barrier [J], barrier_over_kt [1],
        atoms [1]: of the critical nucleus.
        warnings: what the numbers must not be used for.
    """

    temperature: np.ndarray
    overpotential: np.ndarray
    surface_energy: np.ndarray
    radius: np.ndarray
    barrier: np.ndarray
    atoms: np.ndarray
    warnings: tuple[str, ...] = ()

    @property
    def barrier_over_kt(self) -> np.ndarray:
        """The barrier in units of the thermal energy."""
        return self.barrier / (BOLTZMANN * self.temperature)

    def as_dict(self) -> dict[str, Any]:
        """SI lists for machines."""
        names = (
            "temperature",
            "overpotential",
            "surface_energy",
            "radius",
            "barrier",
            "atoms",
            "barrier_over_kt",
        )
        return {**{name: getattr(self, name).tolist() for name in names}, "warnings": list(self.warnings)}


def shape_of_contact(contact_angle: float) -> float:
    """Φ of a cap with a contact angle [rad]: 1 for a free sphere (π), 0 for a wetting film."""
    c = np.cos(contact_angle)
    return float((2.0 + c) * (1.0 - c) ** 2 / 4.0)


def critical_nucleus(
    surface_energy: Any, molar_volume: float, overpotential: Any, contact_angle: float = np.pi
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Radius [m] and barrier [J] of the critical nucleus.

    Raises:
        InputError: an overpotential or surface energy that is not positive: nothing nucleates.
    """
    gamma, eta = np.asarray(surface_energy, dtype=float), np.asarray(overpotential, dtype=float)
    for name, values in (("overpotential", eta), ("surface_energy", gamma)):
        if np.any(values <= 0.0):
            raise InputError("nothing nucleates", field=name, value=float(values.min()), allowed="above 0")
    drive = FARADAY * eta / molar_volume
    radius = 2.0 * gamma / drive
    return radius, 16.0 * np.pi * gamma**3 / (3.0 * drive**2) * shape_of_contact(contact_angle)


def overpotential_at(current_density: float, interface: Material, temperature: np.ndarray) -> np.ndarray:
    """Overpotential [V] of a flat electrode at a current density [A/m^2], symmetric Butler–Volmer kinetics."""
    exchange = np.array([float(interface.exchange_current_density(float(t))) for t in temperature])
    return 2.0 * GAS_CONSTANT * temperature / FARADAY * np.arcsinh(current_density / (2.0 * exchange))


def nucleation(
    metal: Material, temperature: Any, *, overpotential: float | None = None, current_density: float | None = None,
    interface: Material | None = None, contact_angle: float = np.pi, shape_factor: float = 1.0,
) -> Nucleation:  # fmt: skip
    """Critical nuclei of a metal over temperatures [K], at a fixed overpotential [V] or current density [A/m^2].

    Surface energy, its slope and the molar volume are the metal's claims: of a shipped sheet, or of one that
    ``dendrion atoms compute`` wrote. A sheet without a slope has a constant surface energy, and a warning.

    Raises:
        InputError: both controls or none, a current without an interface, a temperature that is impossible or
            above the melting point.
    """
    if (overpotential is None) == (current_density is None):
        raise InputError("fix one of the two", field="overpotential, current_density", allowed="exactly one")
    if current_density is not None and interface is None:
        raise InputError("a current needs kinetics", field="interface", hint="--interface 'Li|LiPF6-EC-DMC'")
    kelvin = np.atleast_1d(np.asarray(temperature, dtype=float))
    gamma, warnings = _surface_energy(metal, kelvin)
    volume = float(metal.evaluate("molar_volume"))
    if overpotential is not None:
        eta = np.full_like(kelvin, overpotential)
    else:
        assert current_density is not None and interface is not None
        eta = overpotential_at(current_density, interface, kelvin)
    radius, barrier = critical_nucleus(shape_factor * gamma, volume, eta, contact_angle)
    atoms = 4.0 / 3.0 * np.pi * radius**3 * AVOGADRO / volume * shape_of_contact(contact_angle)
    if radius.min() < (volume / AVOGADRO) ** (1.0 / 3.0):
        warnings.append("a critical radius below one atom: the continuum theory does not hold there")
    if (barrier / (BOLTZMANN * kelvin)).min() > _NEVER:
        warnings.append(
            f"the barrier is above {_NEVER:g} kT everywhere: with this surface energy nothing nucleates by itself; "
            "real metal does at defects, steps and interphases"
        )
    return Nucleation(kelvin, eta, gamma, radius, barrier, atoms, tuple(warnings))


_NEVER = 100.0


def _surface_energy(metal: Material, kelvin: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """γ(T) from the claim and its slope; a computed claim holds at 0 K."""
    claim: Claim = metal.claim("surface_energy")
    claim.evaluate(kelvin)  # refuses impossible temperatures and molten metal
    slopes = [one for one in metal.claims("surface_energy_slope") if not one.unusable]
    if not slopes:
        return np.full_like(kelvin, claim.value), ["no slope of the surface energy: taken as constant"]
    start = 0.0 if claim.computed else claim.temperature
    return claim.value + slopes[0].value * (kelvin - start), []
