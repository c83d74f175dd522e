"""Operators that are diagonal in Fourier space, on the lateral cells of a box with periodic or mirrored sides."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LateralModes:
    """The modes of a lateral grid: cosines between mirrors, or Fourier modes of a period.

    Arguments:
        cells: number of cells along each lateral axis (at least one axis).
        spacing: edge lengths of a cell [m].
        periodic: whether the sides are periodic rather than mirrors.
    """

    cells: tuple[int, ...]
    spacing: tuple[float, ...]
    periodic: bool

    @property
    def wavenumber(self) -> Array:
        """|k| of every mode [1/m], in the shape of the coefficients; the first is the mean, k = 0."""
        axes = []
        for axis, (count, h) in enumerate(zip(self.cells, self.spacing, strict=True)):
            if self.periodic:
                last = axis == len(self.cells) - 1
                k = 2.0 * math.pi * (np.fft.rfftfreq(count, h) if last else np.fft.fftfreq(count, h))
            else:
                k = math.pi * np.arange(count) / (count * h)
            axes.append(k)
        return np.sqrt(sum(k**2 for k in np.meshgrid(*axes, indexing="ij")))

    def coefficients(self, values: Array) -> Array:
        """Coefficients of a field (complex where the sides are periodic)."""
        return fft.rfftn(values) if self.periodic else fft.dctn(values, type=2, norm="ortho")

    def values(self, coefficients: Array) -> Array:
        """The field with these coefficients."""
        if self.periodic:
            return fft.irfftn(coefficients, self.cells)
        return fft.idctn(coefficients, type=2, norm="ortho")

    def multiply(self, values: Array, symbol: Array) -> Array:
        """The operator with this symbol (a factor for every mode) applied to a field."""
        return self.values(symbol * self.coefficients(values))

    def mean_square(self, values: Array, symbol: Array) -> float:
        """Mean over the grid of a field times the operator with this symbol applied to it."""
        return float((values * self.multiply(values, symbol)).mean())
