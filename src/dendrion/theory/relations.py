"""Relations that several models share: kinetics, Sand's time, limiting currents, space of wave numbers."""

from __future__ import annotations

import math
from typing import Any

from ..constants import FARADAY, GAS_CONSTANT
from .arrays import Array, bisect

SERIES_TERMS = 12
SHORT = 8e-3
"""theta below which g is 4 sqrt(theta/pi) to 1e-12 [dimensionless]."""

HALVINGS = 26
"""Halvings of ln theta before Newton's step."""
_FIRST_ZEROS = tuple(2 * n + 1 for n in range(SERIES_TERMS))


def inverse_thermal_voltage(temperature: Array) -> Array:
    """F/(R T) [1/V]."""
    return FARADAY / (GAS_CONSTANT * temperature)


def sand_time(current_density: Array, concentration: Array, diffusivity: Array, anion_share: Array) -> Array:
    """Sand's time pi D (F c0/(2 i t_a))^2 [s]; ``anion_share`` t_a = 1 - t+ [dimensionless]."""
    return math.pi * diffusivity * (FARADAY * concentration / (2.0 * current_density * anion_share)) ** 2


def limiting_current(concentration: Array, diffusivity: Array, anion_share: Array, gap: Array) -> Array:
    """2 F D c0/(t_a L) of a closed symmetric cell [A/m^2]; half of it over a layer with a reservoir behind."""
    return 2.0 * FARADAY * diffusivity * concentration / (anion_share * gap)


def closed_cell_depletion(scaled_time: Array, xp: Any) -> Array:
    """g(theta) = 1 - (8/pi^2) sum over odd n of exp(-n^2 pi^2 theta)/n^2, theta = D t/L^2 [dimensionless].

    The concentration at the plating electrode is c0 (1 - i/i_lim g). Short times use 4 sqrt(theta/pi), from
    which the series differs by less than 1e-12 there.
    """
    total = 0.0 * scaled_time
    for n in _FIRST_ZEROS:
        total = total + xp.exp(-((n * math.pi) ** 2) * scaled_time) / n**2
    short = 4.0 * xp.sqrt(xp.maximum(scaled_time, 1e-300) / math.pi)
    return xp.where(scaled_time < SHORT, short, 1.0 - 8.0 / math.pi**2 * total)


def depletion_time(relative_current: Array, xp: Any, level: Array = 0.0) -> Array:
    """theta = D t/L^2 at which the surface falls to ``level`` of c0 [dimensionless]; infinite where it never does."""
    reach = relative_current / (1.0 - level)
    depletes = reach > 1.0
    safe = xp.where(depletes, reach, 2.0)
    logarithm = bisect(
        lambda s: safe * closed_cell_depletion(xp.exp(s), xp) - 1.0,
        xp.log(math.pi / 16.0 / safe**2) - 1e-6, xp.log(3.0 + 0.0 * safe), xp, HALVINGS,
    )  # fmt: skip
    # One step of Newton doubles the digits that the halvings found: dg/dtheta = 8 sum over odd n of exp(-n^2 pi^2 theta).
    scaled = xp.exp(logarithm)
    excess = safe * closed_cell_depletion(scaled, xp) - 1.0
    slope = 2.0 / xp.sqrt(math.pi * scaled)
    late = sum(8.0 * xp.exp(-((n * math.pi) ** 2) * scaled) for n in _FIRST_ZEROS)
    step = excess / (safe * xp.where(scaled < SHORT, slope, late) * scaled)
    return xp.where(depletes, scaled * xp.exp(-step), xp.inf)


def butler_volmer(
    overpotential: Array, exchange: Array, temperature: Array, symmetry: Array, xp: Any, activity: Array = 1.0
) -> Array:
    """i0 [a e^{alpha f eta} - e^{-(1 - alpha) f eta}] [A/m^2], plating positive; ``activity`` a = c_s/c0."""
    f = inverse_thermal_voltage(temperature)
    forward = activity * xp.exp(symmetry * f * overpotential)
    return exchange * (forward - xp.exp(-(1.0 - symmetry) * f * overpotential))


def overpotential_of(
    current: Array, exchange: Array, temperature: Array, symmetry: Array, xp: Any, activity: Array = 1.0
) -> Array:
    """The overpotential [V] at which ``butler_volmer`` gives ``current``: Newton on the logarithm of the rate."""
    f = inverse_thermal_voltage(temperature)
    scaled = current / exchange
    # Start from the symmetric law, exact for alpha = 1/2 and a = 1.
    potential = 2.0 * xp.arcsinh(0.5 * scaled) / f
    for _ in range(60):
        forward = activity * xp.exp(symmetry * f * potential)
        backward = xp.exp(-(1.0 - symmetry) * f * potential)
        slope = f * (symmetry * forward + (1.0 - symmetry) * backward)
        step = (forward - backward - scaled) / slope
        potential = potential - xp.clip(step, -1.0 / f, 1.0 / f)
    return potential


def axial_slope(x: Array, y: Array) -> Array:
    """Slope of log y over log x between neighbouring points [dimensionless]; NumPy arrays of 2 or more."""
    import numpy as np

    return np.gradient(np.log(y), np.log(x))
