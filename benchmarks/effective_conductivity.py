"""Conductivity of polycrystals: boundaries on faces of the grid against FiPy with boundaries resolved as bands of cells.

Usage: ``python benchmarks/effective_conductivity.py`` (needs FiPy: ``pip install ".[benchmark]"``; two minutes). Prints the table of
``benchmarks/results/effective_conductivity.md``. The engine gives a boundary to the faces that it crosses and keeps its areal
resistance (`dendrion.microstructure.boundaries.face_factors`); FiPy here knows nothing of that: it gets the same grains on a finer
grid, a band of resisting cells around every boundary, and its own harmonic means.
"""

from __future__ import annotations

import numpy as np
from fipy import CellVariable, DiffusionTerm, Grid2D
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve

from dendrion.microstructure.boundaries import boundary_area, boundary_distance, face_factors
from dendrion.microstructure.tessellation import Tessellation, tessellate

SIZE, GRAIN = 60e-6, 12e-6
"""Edge of the box and mean diameter of the grains [m]."""

RATIOS = (0.3, 1.0, 3.0)
"""Length of grain that resists as much as a boundary, over the grains' diameter [dimensionless]."""

CELLS, FINE, BANDS = (40, 80, 160), 480, (8, 4)
"""Cells along an edge, of FiPy's grid, and widths of its bands [its cells]: what lies along a band is resisted by its width, so
the width is extrapolated to nothing."""


def on_faces(found: Tessellation, cells: int, length: float) -> float:
    """Conductivity along x over the grains' between electrodes at both ends, boundaries on faces [dimensionless]."""
    labels, _ = found.raster((cells, cells))
    along, across = face_factors(np.ones((cells, cells)), labels, length, (SIZE / cells,) * 2, (False, False))
    along, across = along[: cells - 1], across[:, : cells - 1]  # the last faces lie at walls
    index = np.arange(cells**2).reshape(cells, cells)
    pairs = [(index[:-1], index[1:], along), (index[:, :-1], index[:, 1:], across)]
    rows = np.concatenate([np.concatenate([a.ravel(), b.ravel()]) for a, b, _ in pairs])
    columns = np.concatenate([np.concatenate([b.ravel(), a.ravel()]) for a, b, _ in pairs])
    entries = np.concatenate([np.tile(g.ravel(), 2) for _, _, g in pairs])
    matrix = coo_matrix((-entries, (rows, columns)), shape=(cells**2,) * 2).tocsc()
    walls = np.zeros((cells, cells))
    walls[[0, -1]] = 2.0  # half a cell to the electrode
    matrix.setdiag(-np.asarray(matrix.sum(axis=1)).ravel() + walls.ravel())
    load = np.zeros((cells, cells))
    load[0] = 2.0
    potential = spsolve(matrix, load.ravel()).reshape(cells, cells)
    return float(np.sum(2.0 * (1.0 - potential[0])))


def by_fipy(found: Tessellation, length: float, width: int) -> tuple[float, float]:
    """The same with bands of a width [cells] in FiPy [dimensionless], and the brick-layer formula with the boundaries' own area.

    A band as thick as its area over its length, t, resists as the boundary and the grain that it takes the place of:
    its conductivity is t/(t + l_gb).
    """
    labels, _ = found.raster((FINE, FINE))
    cell = SIZE / FINE
    band = boundary_distance(labels, (SIZE, SIZE), (False, False)) < 0.5 * width * cell
    boundaries = boundary_area(labels, (cell, cell), (False, False))
    thickness = float(band.sum()) * cell**2 / boundaries
    conduction = np.where(band, thickness / (thickness + length), 1.0)
    mesh = Grid2D(nx=FINE, ny=FINE, dx=1.0, dy=1.0)
    potential = CellVariable(mesh=mesh, value=0.5)
    kappa = CellVariable(mesh=mesh, value=_flat(conduction))
    potential.constrain(1.0, mesh.facesLeft)
    potential.constrain(0.0, mesh.facesRight)
    DiffusionTerm(coeff=kappa.harmonicFaceValue).solve(var=potential)
    first = np.asarray(potential.value).reshape(FINE, FINE).T[0]
    crossed = 2.0 / np.pi * boundaries / SIZE**2  # boundaries that a line meets, per length
    return float(np.sum(2.0 * conduction[0] * (1.0 - first))), 1.0 / (1.0 + crossed * length)


def _flat(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cells in FiPy's order: x runs fastest."""
    return np.ascontiguousarray(values.T).ravel()


def main() -> None:
    """Prints the table."""
    print(
        "| seed | l_gb over grain | "
        + " | ".join(f"on faces, {n}²" for n in CELLS)
        + " | FiPy, wide bands | narrow | no width | finest over FiPy | brick layer |"
    )
    print("|---" * (len(CELLS) + 7) + "|")
    for seed in (1, 2, 3):
        found = tessellate((SIZE, SIZE), (False, False), GRAIN, 0.3, seed=seed)
        for ratio in RATIOS:
            ours = [on_faces(found, cells, ratio * GRAIN) for cells in CELLS]
            (wide, bricks), (narrow, _) = (by_fipy(found, ratio * GRAIN, width) for width in BANDS)
            peer = 2.0 * narrow - wide
            print(
                f"| {seed} | {ratio:g} | " + " | ".join(f"{value:.4f}" for value in ours)
                + f" | {wide:.4f} | {narrow:.4f} | {peer:.4f} | {ours[-1] / peer - 1.0:+.1%} | {bricks:.4f} |", flush=True,
            )  # fmt: skip


if __name__ == "__main__":
    main()
