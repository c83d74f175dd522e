"""Published property functions of liquid electrolytes and cathodes, of temperature and concentration.

Each takes the temperature [K], the concentration of the salt (in a cathode: of the ion) [mol/m^3], the
coefficients and the array namespace (NumPy or jax.numpy), and returns SI values of the broadcast shape. Nothing is clipped:
what lies outside the fitted range is for the caller to refuse (see ``laws``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..constants import FARADAY

Array = Any


@dataclass(frozen=True)
class LiquidFunction:
    """A published function: what it gives, how many coefficients it takes, where it comes from."""

    evaluate: Callable[[Array, Array, Sequence[float], Any], Array]
    properties: tuple[str, ...]
    coefficients: int
    doi: str
    formula: str


def valoen_reimers_diffusivity(
    temperature: Array, concentration: Array, _: Sequence[float], xp: Any
) -> Array:
    """Salt diffusivity [m^2/s]; log10 D [cm^2/s] = -4.43 - 54/(T - 229 - 5c) - 0.22c, c [mol/L]."""
    c = concentration / 1000.0
    return 1e-4 * xp.power(10.0, -4.43 - 54.0 / (temperature - 229.0 - 5.0 * c) - 0.22 * c)


def valoen_reimers_conductivity(
    temperature: Array, concentration: Array, _: Sequence[float], xp: Any
) -> Array:
    """Ionic conductivity [S/m]; the square root of kappa/c is a quadratic in T and c, c [mol/L]."""
    c, t = concentration / 1000.0, temperature
    root = (
        (-10.5 + 0.0740 * t - 6.96e-5 * t**2)
        + c * (0.668 - 0.0178 * t + 2.8e-5 * t**2)
        + c**2 * (0.494 - 8.86e-4 * t)
    )
    return 0.1 * c * root**2


def landesfeind_gasteiger_diffusivity(
    temperature: Array, concentration: Array, p: Sequence[float], xp: Any
) -> Array:
    """Salt diffusivity [m^2/s]; p1 exp(p2 c) exp(p3/T) exp(p4 c/T) 1e-10, c [mol/L]."""
    c = concentration / 1000.0
    return 1e-10 * p[0] * xp.exp(p[1] * c + p[2] / temperature + p[3] * c / temperature)


def landesfeind_gasteiger_conductivity(
    temperature: Array, concentration: Array, p: Sequence[float], xp: Any
) -> Array:
    """Ionic conductivity [S/m]; p1 (1 + T - p2) c B/C with an activated correction in both, c [mol/L]."""
    c = concentration / 1000.0
    activated = xp.exp(1000.0 / temperature)
    numerator = 1.0 + p[2] * xp.sqrt(c) + p[3] * (1.0 + p[4] * activated) * c
    denominator = 1.0 + p[5] * activated * c**4
    return 0.1 * p[0] * (1.0 + (temperature - p[1])) * c * numerator / denominator


def landesfeind_gasteiger_polynomial(
    temperature: Array, concentration: Array, p: Sequence[float], xp: Any
) -> Array:
    """Transference number or thermodynamic factor [dimensionless]: a cubic in c [mol/L] and T [K]."""
    c, t = concentration / 1000.0, temperature
    second_order = p[0] + p[1] * c + p[2] * t + p[3] * c**2 + p[4] * c * t + p[5] * t**2
    return second_order + p[6] * c**3 + p[7] * c**2 * t + p[8] * c * t**2


def doyle_newman_conductivity(temperature: Array, concentration: Array, p: Sequence[float], xp: Any) -> Array:
    """Ionic conductivity [S/m] at 298 K: a quartic in c [mol/L] whose coefficients are in S/cm."""
    c = concentration / 1000.0
    quartic = p[0] + c * (p[1] + c * (p[2] + c * (p[3] + c * p[4])))
    return 100.0 * quartic + 0.0 * temperature


def salt_power_exchange_current(
    temperature: Array, concentration: Array, p: Sequence[float], xp: Any
) -> Array:
    """Exchange current density [A/m^2]; F k c_metal^a c_salt^b with p = (k, c_metal [mol/m^3], a, b)."""
    return FARADAY * p[0] * p[1] ** p[2] * concentration ** p[3] + 0.0 * temperature


def line_and_steps_potential(temperature: Array, concentration: Array, p: Sequence[float], xp: Any) -> Array:
    """Open-circuit potential [V]; p1 + p2 x + sum of three A tanh(B (x - C)), x = c/p0 with p0 [mol/m^3]."""
    x = concentration / p[0]
    potential = p[1] + p[2] * x + 0.0 * temperature
    for a, b, c in (p[3:6], p[6:9], p[9:12]):
        potential = potential + a * xp.tanh(b * (x - c))
    return potential


def insertion_exchange_current(
    temperature: Array, concentration: Array, p: Sequence[float], xp: Any
) -> Array:
    """Exchange current density [A/m^2]; m c_salt^1/2 c^1/2 (c_max - c)^1/2 with p = (m, c_salt, c_max)."""
    return p[0] * xp.sqrt(p[1] * concentration * (p[2] - concentration)) + 0.0 * temperature


FUNCTIONS: dict[str, LiquidFunction] = {
    "valoen_reimers_diffusivity": LiquidFunction(
        valoen_reimers_diffusivity, ("salt_diffusivity",), 0, "10.1149/1.1872737",
        "10^(-4.43 - 54/(T - 229 - 5c) - 0.22c) cm²/s",
    ),
    "valoen_reimers_conductivity": LiquidFunction(
        valoen_reimers_conductivity, ("conductivity",), 0, "10.1149/1.1872737",
        "c [quadratic in T and c]² mS/cm",
    ),
    "landesfeind_gasteiger_diffusivity": LiquidFunction(
        landesfeind_gasteiger_diffusivity, ("salt_diffusivity",), 4, "10.1149/2.0571912jes",
        "p₁ exp(p₂c + p₃/T + p₄c/T) 1e-10 m²/s",
    ),
    "landesfeind_gasteiger_conductivity": LiquidFunction(
        landesfeind_gasteiger_conductivity, ("conductivity",), 6, "10.1149/2.0571912jes",
        "p₁(1 + T - p₂) c (1 + p₃√c + p₄(1 + p₅e^(1000/T))c)/(1 + p₆e^(1000/T)c⁴) mS/cm",
    ),
    "landesfeind_gasteiger_polynomial": LiquidFunction(
        landesfeind_gasteiger_polynomial, ("cation_transference_number", "thermodynamic_factor"), 9,
        "10.1149/2.0571912jes", "cubic in c and T",
    ),
    "doyle_newman_conductivity": LiquidFunction(
        doyle_newman_conductivity, ("conductivity",), 5, "10.1149/1.1836921", "quartic in c S/cm",
    ),
    "salt_power_exchange_current": LiquidFunction(
        salt_power_exchange_current, ("exchange_current_density",), 4, "",
        "F k c_metal^a c_salt^b",
    ),
    "line_and_steps_potential": LiquidFunction(
        line_and_steps_potential, ("open_circuit_potential",), 12, "10.1149/1945-7111/ab9050",
        "p₁ + p₂x + Σ A tanh(B(x - C)), three steps, x = c/c_max",
    ),
    "insertion_exchange_current": LiquidFunction(
        insertion_exchange_current, ("exchange_current_density",), 3, "10.1149/1945-7111/ab9050",
        "m √(c_salt c (c_max - c))",
    ),
}  # fmt: skip
"""The functions that a law in a data file may name."""
