"""How fast pressure that varies along an interface closes its gaps: slow flow of a metal layer under a stiff electrolyte.

An incompressible viscous layer of thickness h on its current collector, pressed by ``p_k cos(k y)`` without friction,
rises by

    u_k' = p_k f(k h)/(2 eta k),   f(H) = (sinh 2H - 2H)/(cosh 2H + 2H^2 + 1)

(f -> 1 for short waves, where the layer is a half-space; f -> 2H^3/3 for long ones, which must squeeze metal along the
collector: the constraint factor of thin foils). The metal's creep is no linear law; its viscosity is the one at which
the layer dissipates what the law does in the same flow. Below a half-space under one wave the rate of strain is
``(2/sqrt 3) k u' (k z) e^(-k z)`` at every y, so

    eta = (1/(k u'^2)) integral sigma(rate) rate dz

which for a power law ``rate = A sigma^n`` gives ``p_k = 2 (2/sqrt 3)^(1+1/n) Gamma(2+1/n)/(1+1/n)^(2+1/n) (k u'/A)^(1/n)``:
the pressure that a given unevenness of stripping needs rises with its 1/n-th power. Many waves at once are given
the k that they dissipate at on average.

Kind: the layer is classical (elastic layers, nu = 1/2, by the analogy of slow flow); the viscosity is derived here, an
upper bound for one wave (the linear flow is the trial of the minimum principle). Elastic parts, nanometres, are left out.
"""

from __future__ import annotations

import math

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from dendrion.field.creep import Creep
from dendrion.numerics.lateral_modes import LateralModes

Array = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.laguerre.laggauss(32)
"""Nodes and weights of integrals over depth [dimensionless]."""

SLOWEST = 1e-18
"""Rate of strain below which the metal counts as at rest [1/s]: its viscosity stays finite."""


def layer_factor(reduced: Array) -> Array:
    """f(H) of a layer, H = k h [dimensionless]; the series 2H^3/3 where the difference of the functions is lost."""
    H = np.minimum(reduced, 20.0)
    large = np.maximum(H, 0.05)
    exact = (np.sinh(2.0 * large) - 2.0 * large) / (np.cosh(2.0 * large) + 2.0 * large**2 + 1.0)
    return np.where(H > 0.05, exact, 2.0 / 3.0 * H**3)


def layer_compliance(modes: LateralModes, thickness: float) -> Array:
    """f(k h)/(2 k) [m] of every mode: divided by the viscosity it is the rise a second of a pressure; 0 for the mean."""
    k = modes.wavenumber
    answer = np.zeros_like(k)
    some = k > 0.0
    answer[some] = layer_factor(k[some] * thickness) / (2.0 * k[some])
    return answer


def flow_wavenumber(modes: LateralModes, compliance: Array, velocity: Array) -> tuple[float, float]:
    """k [1/m] at which a field of surface velocities [m/s] dissipates, and the amplitude [m/s] of that one wave.

    ``amplitude^2 = 2 <v^2>`` and ``k = <v, v/(2 compliance)>/<v^2>``, which for a half-space is the mean of k.
    """
    square = float((velocity**2).mean())
    if square <= 0.0:
        return 0.0, 0.0
    stiffness = np.divide(0.5, compliance, out=np.zeros_like(compliance), where=compliance > 0.0)
    return modes.mean_square(velocity, stiffness) / square, math.sqrt(2.0 * square)


def secant_viscosity(law: Creep, wavenumber: float, amplitude: float, temperature: float) -> float:
    """Viscosity [Pa s] at which one wave of surface velocity dissipates as the creep law does.

    Arguments: creep law; wavenumber [1/m] and amplitude of the surface velocity [m/s]; temperature [K].
    """
    speed = max(wavenumber * amplitude, SLOWEST)
    rate = 2.0 / math.sqrt(3.0) * speed * _NODES * np.exp(-_NODES)
    stress = np.asarray(law.flow_stress(jnp.asarray(rate), jnp.asarray(temperature)))
    # The weights of Gauss and Laguerre contain e^-z, which the integrand has not.
    dissipation = float((_WEIGHTS * np.exp(_NODES) * stress * rate).sum())
    return dissipation / speed**2


def power_law_pressure(exponent: float, factor: float, wavenumber: float, amplitude: float) -> float:
    """Pressure amplitude [Pa] of one wave on a half-space whose metal creeps with ``rate = factor sigma^exponent``.

    Closed form of ``2 k u' secant_viscosity``: wavenumber [1/m], amplitude of the surface velocity [m/s].
    """
    m = 1.0 + 1.0 / exponent
    constant = 2.0 * (2.0 / math.sqrt(3.0)) ** m * math.gamma(1.0 + m) / m ** (1.0 + m)
    return constant * (wavenumber * amplitude / factor) ** (1.0 / exponent)
