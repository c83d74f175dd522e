"""Temperature of every site: imposed mean, difference and hot spots, and with heat on a steady balance across the cell.

Across the cell heat is conducted in series through metal and electrolyte, steady because a lattice is small:

    d/dx (k dT/dx) = 0 between the front, where i eta + i T dE/dT is set free, and the walls,
    -k dT/dn = h (T - T_ambient) at a convective wall, T given at a fixed one.

Without sources and with one material it is (T - T_ambient)/(T_wall - T_ambient) = 1 - Bi (x/L)/(1 + Bi), Bi = h L/k.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from dendrion.case import Case

Array = NDArray[np.float64]


def imposed_temperature(case: Case) -> Array:
    """Temperature [K] that the conditions impose, of the grid's shape."""
    conditions, cells, size = case.conditions, tuple(case.domain.cells), tuple(case.domain.size)
    centres = [(np.arange(n) + 0.5) * length / n for n, length in zip(cells, size, strict=True)]
    axes = np.meshgrid(*centres, indexing="ij")
    field = conditions.temperature + conditions.temperature_difference * (axes[0] / size[0] - 0.5)
    rise = np.zeros(cells)
    for spot in conditions.hot_spots:
        rise += spot.rise_at(sum((x - centre) ** 2 for x, centre in zip(axes, spot.at, strict=True)))
    if conditions.hot_spot_normalise == "mean":
        rise -= rise.mean()
    return field + rise


def wall_of(boundary: object, temperature: float) -> tuple[float, float]:
    """Heat transfer coefficient [W/(m^2 K)] and outer temperature [K] of a boundary; infinite where it is fixed."""
    if boundary == "fixed":
        return math.inf, temperature
    if boundary == "insulated":
        return 0.0, temperature
    ambient = boundary.ambient if boundary.ambient is not None else temperature  # type: ignore[attr-defined]
    return boundary.convective, ambient  # type: ignore[attr-defined]


def steady_profile(
    conductivity: Array, spacing: float, walls: tuple[tuple[float, float], tuple[float, float]], source: Array
) -> Array:
    """Steady temperature [K] along x for conductivities [W/(m K)] and sources [W/m^2] of the layers, shape [layers].

    Two insulated walls have no steady state with a source: the temperature of the first wall is then kept.
    """
    from scipy.linalg import solve_banded

    count = conductivity.size
    between = 2.0 / (spacing / conductivity[1:] + spacing / conductivity[:-1])
    ends, outer = [], [wall[1] for wall in walls]
    for (transfer, _), k in zip(walls, (conductivity[0], conductivity[-1]), strict=True):
        ends.append(0.0 if transfer == 0.0 else 1.0 / (0.5 * spacing / k + 1.0 / transfer))
    if ends == [0.0, 0.0]:
        return np.full(count, outer[0])
    diagonal = np.zeros(count)
    diagonal[1:] += between
    diagonal[:-1] += between
    diagonal[0] += ends[0]
    diagonal[-1] += ends[1]
    right = source.astype(float).copy()
    right[0] += ends[0] * outer[0]
    right[-1] += ends[1] * outer[1]
    bands = np.zeros((3, count))
    bands[0, 1:], bands[1], bands[2, :-1] = -between, diagonal, -between
    return np.asarray(solve_banded((1, 1), bands, right))


def biot_number(transfer: float, thickness: float, conductivity: float) -> float:
    """Bi = h L/k [dimensionless]: below 0.1 the temperature across the cell is even."""
    return transfer * thickness / conductivity
