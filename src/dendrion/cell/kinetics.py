"""Butler–Volmer kinetics of a whole electrode, current density to overpotential. Textbook."""

from __future__ import annotations

import math

from dendrion.constants import FARADAY, GAS_CONSTANT

NEWTON_TOLERANCE = 1e-13
"""Change of F η/(R T) at which Newton's method stops [dimensionless]."""

MOST_ITERATIONS = 60
"""Newton's method on a convex scalar function is there in a handful [dimensionless]."""


def overpotential(current: float, exchange: float, temperature: float, transfer: float = 0.5) -> float:
    """η [V] with i = i0 {exp[α F η/(R T)] − exp[−(1 − α) F η/(R T)]}, positive where i is.

    Arguments:
        current: i [A/m^2]; exchange: i0 [A/m^2]; temperature [K]; transfer: α [dimensionless].
    """
    scale = GAS_CONSTANT * temperature / FARADAY
    ratio = current / exchange
    if transfer == 0.5:
        return 2.0 * scale * math.asinh(0.5 * ratio)
    # Starts on the side where the growing exponential overshoots, so that Newton comes down without swinging.
    share = transfer if ratio >= 0.0 else 1.0 - transfer
    eta = math.copysign(math.log1p(abs(ratio)) / share, ratio)
    for _ in range(MOST_ITERATIONS):
        forward, backward = math.exp(transfer * eta), math.exp(-(1.0 - transfer) * eta)
        change = (forward - backward - ratio) / (transfer * forward + (1.0 - transfer) * backward)
        eta -= change
        if abs(change) <= NEWTON_TOLERANCE * (1.0 + abs(eta)):
            break
    return scale * eta
