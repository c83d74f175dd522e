"""Graded grids of the one-dimensional models, on the unit interval."""

from __future__ import annotations

import math
from typing import Any


def one_end(cells: int, finest: float) -> Any:
    """Faces on [0, 1], sizes growing by a constant ratio from ``finest`` at 0, shape [cells + 1]."""
    import numpy as np
    from scipy.optimize import brentq

    ratio = brentq(lambda r: finest * (r**cells - 1.0) / (r - 1.0) - 1.0, 1.0 + 1e-9, 1.5)
    faces = finest * (ratio ** np.arange(cells + 1) - 1.0) / (ratio - 1.0)
    return faces / faces[-1]


def both_ends(cells: int, finest: float | None = None) -> Any:
    """Faces on [0, 1] graded to both ends, shape [cells + 1]; cosine spacing, or from ``finest`` at the ends."""
    import numpy as np

    if finest is None:
        return 0.5 * (1.0 - np.cos(np.linspace(0.0, math.pi, cells + 1)))
    half = 0.5 * one_end(cells // 2, 2.0 * finest)
    return np.concatenate([half, 1.0 - half[-2::-1]])
