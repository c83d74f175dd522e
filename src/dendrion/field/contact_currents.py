"""Currents through an interface that touches its electrolyte in places only.

The electrolyte is a slab of thickness L and conductivity kappa without salt to deplete, ``lap(phi) = 0``; its other face
is an electrode of even potential. A potential on the interface that varies along it with the wavenumber k draws

    i_k = -S_k phi_k,   S_k = kappa k/tanh(k L),   S_0 = 0 (the mean current is imposed)

so the slab needs no cells across it: the equation stands on the interface alone, exact in x. There, with the contact
theta (the share of the face that touches) and the metal's potential at zero,

    theta i_0 [exp(alpha f eta) - exp(-(1 - alpha) f eta)] + S phi = i,   eta = phi - V_M p/F

(plating positive, f = F/RT; the metal's pressure p hinders it) is the derivative of a convex energy, which Newton's
method lowers until the currents agree. More pressure then moves current elsewhere,

    di = -S (D + S)^-1 D (V_M/F) dp,   D = theta di_0/d(eta),

an operator that is symmetric and takes no current from the whole.

Kind: derived here; the slab's response is exact. Checks: constriction of a disc (Holm), Wagner number
(tests/convergence/test_contact_currents.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dendrion.errors import SimulationError
from dendrion.numerics.lateral_modes import LateralModes

Array = NDArray[np.float64]

LARGEST_EXPONENT = 200.0
"""Bound on the exponents of the kinetics [dimensionless]: reached during the search alone."""

MOST_ITERATIONS = 100
"""Newton iterations after which the currents count as not found [dimensionless]."""

MOST_LINEAR = 400
"""Conjugate-gradient iterations of one Newton iteration [dimensionless]."""

ROUND_OFF = 1e-10
"""Relative fall of the energy in a Newton step that floating-point sums no longer show [dimensionless]."""

TOLERANCE = 1e-9
"""Imbalance of the currents over the mean current (or the exchange current, if larger) [dimensionless]."""


@dataclass(frozen=True)
class Kinetics:
    """i_0 [A/m^2] a cell, alpha [dimensionless] and f = F/RT [1/V] of the charge transfer."""

    exchange: Array
    alpha: float
    f: float

    def current(self, overpotential: Array) -> Array:
        """Plating current density [A/m^2] of full contact at an overpotential [V], positive drives plating."""
        cathodic, anodic = self._exponentials(overpotential)
        return self.exchange * (cathodic - anodic)

    def slope(self, overpotential: Array) -> Array:
        """Its derivative [S/m^2]."""
        cathodic, anodic = self._exponentials(overpotential)
        return self.exchange * self.f * (self.alpha * cathodic + (1.0 - self.alpha) * anodic)

    def energy(self, overpotential: Array) -> Array:
        """Its integral [W/m^2], zero at rest."""
        cathodic, anodic = self._exponentials(overpotential)
        parts = (cathodic - 1.0) / self.alpha + (anodic - 1.0) / (1.0 - self.alpha)
        return self.exchange / self.f * parts

    def _exponentials(self, overpotential: Array) -> tuple[Array, Array]:
        cathodic = np.clip(self.alpha * self.f * overpotential, -LARGEST_EXPONENT, LARGEST_EXPONENT)
        anodic = np.clip(-(1.0 - self.alpha) * self.f * overpotential, -LARGEST_EXPONENT, LARGEST_EXPONENT)
        return np.exp(cathodic), np.exp(anodic)


def slab_response(modes: LateralModes, thickness: float, conductivity: float) -> Array:
    """S_k [S/m^2] of every mode for a slab of a thickness [m] and a conductivity [S/m]."""
    k = modes.wavenumber
    return np.divide(conductivity * k, np.tanh(k * thickness), out=np.zeros_like(k), where=k > 0.0)


def slab_potential(
    modes: LateralModes, potential: Array, current: float, depth: Array, thickness: float, conductivity: float
) -> Array:
    """Potential [V] in the slab at depths [m] from the interface, shape (depths, *lateral cells), from that on the
    interface [V] and the mean plating current density [A/m^2]: waves fall off as sinh k(L - x)/sinh k L."""
    k = modes.wavenumber
    waves = modes.coefficients(potential)
    answer = np.empty((len(depth), *potential.shape))
    for n, x in enumerate(depth):
        fall = np.exp(-k * x) - np.exp(-k * (2.0 * thickness - x))
        share = np.divide(fall, 1.0 - np.exp(-2.0 * k * thickness), out=np.ones_like(k), where=k > 0.0)
        answer[n] = modes.values(share * waves) + current * x / conductivity
    return answer


def solve_currents(
    modes: LateralModes, response: Array, kinetics: Kinetics, contact: Array, shift: Array, current: float, guess: Array
) -> tuple[Array, Array]:  # fmt: skip
    """Potential on the interface against the metal [V] and plating current density [A/m^2] a cell.

    Arguments:
        modes, response: the lateral grid and S_k of the slab.
        kinetics: charge transfer of full contact.
        contact: share of each cell that touches, above 0 somewhere [dimensionless].
        shift: potential V_M p/F by which pressure hinders plating [V].
        current: mean plating current density [A/m^2].
        guess: a potential to start from [V].

    Raises:
        SimulationError: the currents do not balance.
    """
    potential = guess.copy()
    floor = TOLERANCE * max(abs(current), float((contact * kinetics.exchange).mean()))
    for _ in range(MOST_ITERATIONS):
        flux = contact * kinetics.current(potential - shift)
        residual = current - flux - modes.multiply(potential, response)
        if float(np.abs(residual).max()) <= 10.0 * floor and abs(float(residual.mean())) <= floor:
            return potential, flux
        slope = contact * kinetics.slope(potential - shift)
        step = _solve_linear(modes, response, slope, residual, 1e-6)
        potential = _descend(modes, response, kinetics, contact, shift, current, potential, step, residual)
    raise SimulationError(
        f"the currents through the interface do not balance: {float(np.abs(residual).max()):.3g} A/m^2 are missing"
    )


def redistribute(
    modes: LateralModes, response: Array, slope: Array, shift: Array, tolerance: float = 1e-6
) -> Array:
    """Current density [A/m^2] that a shift [V] takes away from each cell, ``S (D + S)^-1 D shift``, of zero mean.

    Arguments: the lateral grid and S_k of the slab; D of each cell [S/m^2]; shift [V]; relative tolerance.
    """
    return modes.multiply(_solve_linear(modes, response, slope, slope * shift, tolerance), response)


def _solve_linear(
    modes: LateralModes, response: Array, slope: Array, residual: Array, tolerance: float
) -> Array:
    """Solves (slope + S) step = residual by conjugate gradients, preconditioned with the mean slope."""
    shift = response + float(slope.mean())
    step = np.zeros_like(residual)
    rest = residual.copy()
    prepared = modes.multiply(rest, 1.0 / shift)
    direction, size = prepared.copy(), float((rest * prepared).sum())
    goal = tolerance * float(np.abs(residual).max())
    if goal == 0.0:
        return step
    for _ in range(MOST_LINEAR):
        moved = slope * direction + modes.multiply(direction, response)
        length = size / float((direction * moved).sum())
        step += length * direction
        rest -= length * moved
        if float(np.abs(rest).max()) <= goal:
            break
        prepared = modes.multiply(rest, 1.0 / shift)
        new = float((rest * prepared).sum())
        direction, size = prepared + new / size * direction, new
    return step


def _descend(
    modes: LateralModes, response: Array, kinetics: Kinetics, contact: Array, shift: Array, current: float,
    potential: Array, step: Array, residual: Array,
) -> Array:  # fmt: skip
    """Moves along a Newton step as far as the energy falls (Armijo's rule, halving)."""

    def energies(field: Array) -> tuple[float, float]:
        """The energy, and the size of what it is summed from."""
        reaction, drawn = contact * kinetics.energy(field - shift), current * field
        conduction = 0.5 * modes.mean_square(field, response)
        # The reaction's energy is a difference of terms as large as i_0/f.
        size = float((np.abs(reaction) + np.abs(drawn) + contact * kinetics.exchange / kinetics.f).mean())
        return float((reaction - drawn).mean()) + conduction, size + conduction

    (now, size), fall = energies(potential), float((residual * step).mean())
    length = min(1.0, 8.0 / (kinetics.f * float(np.abs(step).max()) + 1e-300))
    if fall <= ROUND_OFF * size:  # so near the bottom that round-off hides the slope
        return potential + length * step
    for _ in range(40):
        if energies(potential + length * step)[0] <= now - 1e-4 * length * fall:
            break
        length *= 0.5
    return potential + length * step
