"""The order parameter at the start, ``[1 - tanh(s / w)] / 2`` of the signed distance s [m] to the first surface."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dendrion.case import Case
from dendrion.case.shapes import signed_distance


def initial_order_parameter(case: Case, width: float) -> NDArray[np.float64]:
    """Order parameter at the start [dimensionless] for an interface width w [m]."""
    return 0.5 * (1.0 - np.tanh(signed_distance(case) / width))
