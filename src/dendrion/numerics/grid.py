"""Uniform cell-centred grid in one, two or three dimensions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dendrion.errors import InputError


@dataclass(frozen=True)
class Grid:
    """Cells of one size in a box that starts at the origin.

    Attributes:
        shape: cells along each axis, each ≥ 2 [dimensionless].
        spacing: cell size along each axis [m].
        periodic: whether the axis closes on itself; otherwise it ends at walls.
    Raises:
        InputError: the three lengths differ, an axis has fewer than 2 cells, or a size is not positive.
    """

    shape: tuple[int, ...]
    spacing: tuple[float, ...]
    periodic: tuple[bool, ...]

    def __post_init__(self) -> None:
        if not len(self.shape) == len(self.spacing) == len(self.periodic) or not 1 <= len(self.shape) <= 3:
            raise InputError(
                "a grid needs cells, cell size and a periodic flag for each of 1 to 3 axes",
                value=f"{self.shape}, {self.spacing}, {self.periodic}",
            )
        if min(self.shape) < 2:
            raise InputError("an axis needs at least 2 cells", field="shape", value=self.shape, allowed="≥ 2")
        if not all(math.isfinite(size) and size > 0.0 for size in self.spacing):
            raise InputError(
                "cell sizes must be positive", field="spacing", value=self.spacing, allowed="> 0 m"
            )

    @property
    def dimensions(self) -> int:
        """Number of axes [dimensionless]."""
        return len(self.shape)

    @property
    def size(self) -> tuple[float, ...]:
        """Edge lengths of the box [m]."""
        return tuple(cells * step for cells, step in zip(self.shape, self.spacing, strict=True))

    @property
    def cell_volume(self) -> float:
        """Volume of a cell; area in 2-D and length in 1-D, per unit of the missing axes [m^dimensions]."""
        return math.prod(self.spacing)

    def centres(self, axis: int) -> np.ndarray:
        """Cell-centre positions along one axis, shape (cells,) [m]."""
        return (np.arange(self.shape[axis]) + 0.5) * self.spacing[axis]

    def coordinates(self) -> tuple[np.ndarray, ...]:
        """Cell-centre positions of every axis, shaped to broadcast against a field [m]."""
        return tuple(
            np.meshgrid(*(self.centres(a) for a in range(self.dimensions)), indexing="ij", sparse=True)
        )
