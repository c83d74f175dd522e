"""How fast a metal flows under a von Mises stress: laws of equivalent creep rate, as small pytrees of numbers.

Power law with break-down and diffusional creep (`Creep`):

    rate = A exp(-Q/RT) [sinh(alpha sigma/s)/(alpha MPa)]^n + D sigma

which is Norton's law for alpha = 0 and Garofalo's else (the power law ends near G/1000; without its break-down a
decade of stress is a factor 10^6 in rate). Rate-dependent strength with hardening (`Anand`):

    rate = A exp(-Q/RT) (sigma/(s S))^(1/m),   dS/dt = H |1 - S/S*|^a sgn(1 - S/S*) rate,
    S* = S_0 [rate/(A exp(-Q/RT))]^k

s is the strength of a small sample over that of the bulk (`strength_factor`); it scales the stress, because what
is known of small samples is their strength. Diffusional creep is Herring's, D = (40/3) D_self V_M/(R T d^2) of
grains of diameter d: it is off unless the case gives d, since creep measured at 0.2 MPa still follows the power law.

Sources: LePage et al. 2019, DOI 10.1149/2.0221902jes; Masias et al. 2018, DOI 10.1007/s10853-018-2971-3; Anand and
Narayan 2019, DOI 10.1149/2.0861906jes; Garofalo 1963 (sinh law); Herring 1950, DOI 10.1063/1.1699681.
Kind: published; the break-down stress is an estimate, the closed hardening step is derived here.

A law offers `respond` and `highest` to the local solve of `metal_flow`: stress and rate along one parameter in which
both are increasing and (but for softening) convex, and a value of it above the solution.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import jax
import jax.numpy as jnp
from jaxtyping import Array

from dendrion.constants import GAS_CONSTANT

MEGAPASCAL = 1e6
"""Stress at which the rate A of a creep law is quoted [Pa]."""

LARGEST_ARGUMENT = 100.0
"""Bound on the argument of sinh in the break-down law [dimensionless]: beyond it the rate stays finite."""

LARGEST_LOG_RATE = 300.0
"""Bound on the logarithm of a rate over 1/s [dimensionless]: steep laws at absurd stresses stay finite."""

TINY = 1e-30
"""Keeps logarithms and quotients of quantities that may be zero finite [unit of the quantity]."""

YIELD_RATE, YIELD_EXPONENT = 1e-3, 50.0
"""Rate at which a solid with nothing but a yield strength flows at it [1/s], and the exponent of its steep power law
[dimensionless]: a thousandfold rate raises the stress by 15 %."""


class FlowLaw(Protocol):
    """What the local solve needs of a law."""

    def respond(
        self, parameter: Array, resistance: Array, temperature: Array, time_step: Array
    ) -> tuple[Array, Array, Array]:
        """Equivalent stress [Pa], rate [1/s] and new resistance [Pa] at a value of the law's parameter."""
        ...

    def highest(self, stress: Array, rate: Array, resistance: Array, temperature: Array) -> Array:
        """A parameter at which neither the stress [Pa] nor the rate [1/s] is exceeded by much."""
        ...


def _sinhc(x: Array) -> Array:
    """sinh(x)/x [dimensionless]."""
    bounded = jnp.clip(x, 0.0, LARGEST_ARGUMENT)
    large = jnp.maximum(bounded, 1e-3)
    return jnp.where(bounded > 1e-3, jnp.sinh(large) / large, 1.0 + bounded * bounded / 6.0)


def _asinhc(x: Array) -> Array:
    """asinh(x)/x [dimensionless]."""
    large = jnp.maximum(x, 1e-3)
    return jnp.where(x > 1e-3, jnp.arcsinh(large) / large, 1.0 - x * x / 6.0)


class Creep(NamedTuple):
    """A [1/s at 1 MPa], n [dimensionless], Q [J/mol], alpha [1/Pa] (0: power law without end), strength factor s
    [dimensionless], fluidity D of diffusional creep [1/(Pa s)]."""

    rate: Array
    exponent: Array
    activation_energy: Array
    breakdown: Array
    strength: Array
    fluidity: Array

    def _log_factor(self, temperature: Array) -> Array:
        return jnp.log(jnp.maximum(self.rate, TINY)) - self.activation_energy / (GAS_CONSTANT * temperature)

    def equivalent_rate(self, stress: Array, temperature: Array) -> Array:
        """Creep rate [1/s] at a von Mises stress [Pa] and a temperature [K]."""
        scaled = stress / self.strength
        effective = scaled * _sinhc(self.breakdown * scaled) / MEGAPASCAL
        exponent = self._log_factor(temperature) + self.exponent * jnp.log(jnp.maximum(effective, TINY))
        return jnp.exp(jnp.minimum(exponent, LARGEST_LOG_RATE)) + self.fluidity * stress

    def flow_stress(self, rate: Array, temperature: Array) -> Array:
        """Von Mises stress [Pa] of the power law with break-down at a rate [1/s], without diffusional creep."""
        log = (jnp.log(jnp.maximum(rate, TINY)) - self._log_factor(temperature)) / self.exponent
        effective = MEGAPASCAL * jnp.exp(jnp.minimum(log, 200.0))
        return self.strength * effective * _asinhc(self.breakdown * effective)

    def respond(
        self, parameter: Array, resistance: Array, temperature: Array, time_step: Array
    ) -> tuple[Array, Array, Array]:
        """Along the logarithm of the stress; the resistance is not used."""
        stress = jnp.exp(parameter)
        return stress, self.equivalent_rate(stress, temperature), resistance

    def highest(self, stress: Array, rate: Array, resistance: Array, temperature: Array) -> Array:
        """The smallest of three stresses: the given one, and those at which either mechanism alone has the rate."""
        by_power = self.flow_stress(rate, temperature)
        by_diffusion = rate / jnp.maximum(self.fluidity, TINY)
        lowest = jnp.minimum(jnp.minimum(stress, by_power), by_diffusion)
        return jnp.log(jnp.maximum(lowest, TINY))


class Anand(NamedTuple):
    """A [1/s], Q [J/mol], rate exponent m [dimensionless], S_0 [Pa], saturation exponent k [dimensionless], H [Pa],
    hardening exponent a >= 1 [dimensionless], initial resistance [Pa], strength factor s [dimensionless]."""

    rate: Array
    activation_energy: Array
    rate_exponent: Array
    saturation_strength: Array
    saturation_exponent: Array
    hardening_modulus: Array
    hardening_exponent: Array
    initial_resistance: Array
    strength: Array

    def _log_relative(self, log_rate: Array, temperature: Array) -> Array:
        """ln[rate/(A exp(-Q/RT))] [dimensionless]."""
        return log_rate - jnp.log(self.rate) + self.activation_energy / (GAS_CONSTANT * temperature)

    def equivalent_rate(self, stress: Array, resistance: Array, temperature: Array) -> Array:
        """Flow rate [1/s] at a von Mises stress [Pa], a resistance [Pa] and a temperature [K]."""
        ratio = jnp.log(jnp.maximum(stress, TINY) / (self.strength * resistance)) / self.rate_exponent
        return jnp.exp(ratio + jnp.log(self.rate) - self.activation_energy / (GAS_CONSTANT * temperature))

    def flow_stress(self, rate: Array, resistance: Array, temperature: Array) -> Array:
        """Von Mises stress [Pa] at a rate [1/s] and a resistance [Pa]."""
        relative = self._log_relative(jnp.log(jnp.maximum(rate, TINY)), temperature)
        return self.strength * resistance * jnp.exp(self.rate_exponent * relative)

    def saturation(self, rate: Array, temperature: Array) -> Array:
        """Resistance S* to which the metal hardens or softens at a rate [1/s] [Pa]."""
        relative = self._log_relative(jnp.log(jnp.maximum(rate, TINY)), temperature)
        return self.saturation_strength * jnp.exp(self.saturation_exponent * relative)

    def hardened(self, resistance: Array, increment: Array, rate: Array, temperature: Array) -> Array:
        """Resistance [Pa] after a plastic strain increment [dimensionless] at a constant rate [1/s].

        With u = |1 - S/S*| the law is du/d(strain) = -(H/S*) u^a, so
        u = u_0 [1 + (a - 1) (H/S*) increment u_0^(a-1)]^(-1/(a-1)): exact at constant rate, for any increment.
        """
        target = self.saturation(rate, temperature)
        distance = resistance / target - 1.0
        power = jnp.maximum(self.hardening_exponent - 1.0, 1e-6)
        gap = jnp.maximum(jnp.abs(distance), TINY)
        decay = 1.0 + power * self.hardening_modulus / target * increment * gap**power
        return target * (1.0 + distance * decay ** (-1.0 / power))

    def respond(
        self, parameter: Array, resistance: Array, temperature: Array, time_step: Array
    ) -> tuple[Array, Array, Array]:
        """Along the logarithm of the rate, with the resistance at the end of the step."""
        rate = jnp.exp(parameter)
        hardened = self.hardened(resistance, rate * time_step, rate, temperature)
        return self.flow_stress(rate, hardened, temperature), rate, hardened

    def highest(self, stress: Array, rate: Array, resistance: Array, temperature: Array) -> Array:
        """The given rate; the stress is no bound, because the metal may soften within the step."""
        return jnp.log(jnp.maximum(rate, TINY))


def rate_and_slope(law: Creep, stress: Array, temperature: Array) -> tuple[Array, Array]:
    """Creep rate [1/s] and its derivative with respect to the von Mises stress [1/(Pa s)]."""
    return jax.jvp(lambda s: law.equivalent_rate(s, temperature), (stress,), (jnp.ones_like(stress),))


def yielding(strength: Array) -> Creep:
    """A solid of which only a yield strength [Pa] is known, such as a polymer: a power law so steep that its stress
    hardly leaves the strength."""
    exponent = jnp.asarray(YIELD_EXPONENT)
    zero = jnp.asarray(0.0)
    rate = jnp.asarray(YIELD_RATE)
    return Creep(rate, exponent, zero, zero, jnp.asarray(strength) / MEGAPASCAL, zero)


def strength_factor(
    diameter: Array, strength: Array, reference: Array, exponent: Array, cap: Array, bulk: Array
) -> Array:
    """Strength of a sample of ``diameter`` D [m] over that of the bulk [dimensionless], at least 1:

    ``clip[strength (D/reference)^exponent, bulk, cap]/bulk`` with strengths in [Pa] and the reference diameter in [m]
    (lithium: 105 MPa at 0.98 um, exponent -0.86; Xu et al. 2017, DOI 10.1073/pnas.1615733114).
    """
    small = strength * (diameter / reference) ** exponent
    return jnp.clip(small, bulk, jnp.maximum(cap, bulk)) / bulk


def herring_fluidity(diffusivity: Array, molar_volume: Array, grain_size: Array, temperature: Array) -> Array:
    """Fluidity of diffusional creep (40/3) D V_M/(R T d^2) [1/(Pa s)], from the self-diffusivity D [m^2/s], the molar
    volume V_M [m^3/mol], the grain diameter d [m] and the temperature [K] (Herring 1950, DOI 10.1063/1.1699681)."""
    return 40.0 / 3.0 * diffusivity * molar_volume / (GAS_CONSTANT * temperature * grain_size**2)
