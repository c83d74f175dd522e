"""What holds and loads the box: rollers, stack pressure, sides, a plate held flat or free to bend.

    x = 0          u_x prescribed (a smooth platen), tangentially free
    x = L          traction -P along x (stack pressure), tangentially free
    sides          straight and smooth; a lateral axis k moves by  u_k = eps_k(x) k
    out of plane   (2-D) the strain eps_zz(x) is prescribed

``confined`` keeps the sides where they are, eps = 0. ``free`` moves them until unbroken electrolyte carries the
stated in-plane compression S along y and nothing along z,

    eps_yy = -S/E + nu P/E,      eps_zz = nu (P + S)/E

and a temperature difference dT across the plate either is held flat or bends it: the mean thermal strain is that
of the temperature at which the cell was assembled (zero), and with free bending the plate takes the curvature
``alpha dT/H`` in both directions, ``eps_k(x) += alpha dT (x/H - 1/2)`` and ``u_x(0) = -alpha dT/(2 H) (y^2 + z^2)``,
under which a linear temperature leaves no stress at all (mechanics dossier 6.1). Sides that move as unbroken
electrolyte would are the condition far from a crack; a traction on a side of the box would make the box a bar.
Kind: derived.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dendrion.case import Case
from dendrion.numerics.grid import Grid


class Loading(NamedTuple):
    """Conditions of the mechanical problem.

    fixed: degrees of freedom that are prescribed, (dim, *nodes) bool; displacement: their values, zero elsewhere
    [m]; stack_pressure [Pa]; out_of_plane: total strain normal to a 2-D section, one value a cell [dimensionless].
    """

    fixed: NDArray[np.bool_]
    displacement: NDArray[np.float64]
    stack_pressure: float
    out_of_plane: NDArray[np.float64]


def node_coordinates(grid: Grid) -> list[NDArray[np.float64]]:
    """Positions of the nodes along every axis [m], as arrays that broadcast; a periodic axis has no last node."""
    lines = [
        np.arange(cells + (0 if wraps else 1)) * step
        for cells, step, wraps in zip(grid.shape, grid.spacing, grid.periodic, strict=True)
    ]
    return list(np.meshgrid(*lines, indexing="ij", sparse=True))


def lateral_strains(case: Case) -> tuple[float, float]:
    """Mean strains of the sides along y and z [dimensionless], without the thermal part."""
    conditions = case.conditions
    if conditions.lateral == "confined":
        return 0.0, 0.0
    electrolyte = case.electrolyte_material()
    modulus, poisson = (
        float(electrolyte.claim(name).evaluate(conditions.temperature))
        for name in ("young_modulus", "poisson_ratio")
    )
    stack, side = conditions.stack_pressure, conditions.in_plane_compression
    return (poisson * stack - side) / modulus, poisson * (stack + side) / modulus


def bending_curvature(case: Case) -> float:
    """Curvature alpha dT/H that a plate free to bend takes [1/m]; zero where it is held flat."""
    conditions = case.conditions
    if conditions.bending != "free" or not case.physics.coupling.temperature_to_stress:
        return 0.0
    expansion = float(case.electrolyte_material().claim("thermal_expansion").evaluate(conditions.temperature))
    return expansion * conditions.temperature_difference / case.domain.size[0]


def make_loading(case: Case, grid: Grid) -> Loading:
    """The conditions that a case states, on the nodes of its grid."""
    nodes = node_coordinates(grid)
    shape = tuple(np.broadcast_shapes(*(axis.shape for axis in nodes)))
    fixed = np.zeros((grid.dimensions, *shape), dtype=bool)
    values = np.zeros((grid.dimensions, *shape))
    curvature, half = bending_curvature(case), 0.5 * grid.size[0]
    fixed[0, 0] = True
    values[0, 0] = -0.5 * curvature * np.broadcast_to(sum(axis[0] ** 2 for axis in nodes[1:]), shape[1:])
    strains = lateral_strains(case)
    for axis in range(1, grid.dimensions):
        first, last = _wall(axis, 0, len(shape)), _wall(axis, -1, len(shape))
        if grid.periodic[axis]:  # only the rigid translation is left to hold
            fixed[axis][(0,) * len(shape)] = True
            continue
        fixed[axis][first] = fixed[axis][last] = True
        strain = strains[axis - 1] + curvature * (nodes[0] - half)
        moved = np.broadcast_to(strain * grid.size[axis], shape)
        values[axis][last] = moved[last]
    across = grid.coordinates()[0]
    normal = strains[1] + curvature * (across - half) if grid.dimensions == 2 else np.zeros_like(across)
    return Loading(
        fixed,
        values,
        case.conditions.stack_pressure,
        np.ascontiguousarray(np.broadcast_to(normal, grid.shape)),
    )


def _wall(axis: int, end: int, dimensions: int) -> tuple[slice | int, ...]:
    """Index of the nodes of a wall: all of them along every other axis."""
    return tuple(end if other == axis else slice(None) for other in range(dimensions))
