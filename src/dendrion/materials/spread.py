"""How far a number may be off, and random draws from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy

DISTRIBUTIONS = ("normal", "log_normal", "uniform", "log_uniform")
_WIDE = 3.0


@dataclass(frozen=True)
class Spread:
    """Uncertainty of one number: one standard deviation, or the range in which it lies.

    Attributes:
        sigma: one standard deviation [unit of the value], or None.
        log10_sigma: one standard deviation of the decimal logarithm [dimensionless], or None.
        low, high: the range [unit of the value], or None.
        distribution: a name of ``DISTRIBUTIONS``; None where no uncertainty is stated.
    """

    sigma: float | None = None
    log10_sigma: float | None = None
    low: float | None = None
    high: float | None = None
    distribution: str | None = None

    def scaled(self, factor: float) -> Spread:
        """The same relative uncertainty for a value ``factor`` times as large [dimensionless]."""
        sigma, low, high = (None if x is None else x * factor for x in (self.sigma, self.low, self.high))
        return Spread(sigma, self.log10_sigma, low, high, self.distribution)

    def relative_sigma(self, value: float) -> float | None:
        """One standard deviation over the value [dimensionless]; for a range, that of its distribution."""
        if value == 0.0 or self.distribution is None:
            return None
        if self.sigma is not None:
            return abs(self.sigma / value)
        if self.log10_sigma is not None:
            variance = (self.log10_sigma * math.log(10.0)) ** 2
            return math.sqrt(math.expm1(variance) * math.exp(variance))
        low, high = self._range()
        if self.distribution == "log_uniform":
            width = math.log(high / low)
            mean, square = (high - low) / width, (high**2 - low**2) / (2.0 * width)
            return math.sqrt(max(square - mean**2, 0.0)) / abs(value)
        return (high - low) / math.sqrt(12.0) / abs(value)

    def sample(self, value: float, generator: numpy.random.Generator, count: int) -> numpy.ndarray:
        """``count`` draws, shape [count], unit of the value; the value itself where no spread is stated.

        A log-normal draw with ``sigma`` has the value as its mean, one with ``log10_sigma`` as its median.
        """
        import numpy as np

        if self.distribution is None:
            return np.full(count, float(value))
        if self.distribution == "normal":
            return generator.normal(value, self.sigma or 0.0, count)
        if self.distribution == "log_normal":
            return generator.lognormal(*self._log_moments(value), count)
        low, high = self._range()
        if self.distribution == "uniform":
            return generator.uniform(low, high, count)
        return np.exp(generator.uniform(math.log(low), math.log(high), count))

    def _log_moments(self, value: float) -> tuple[float, float]:
        if self.log10_sigma is not None:
            return math.log(value), self.log10_sigma * math.log(10.0)
        variance = math.log1p(((self.sigma or 0.0) / value) ** 2)
        return math.log(value) - 0.5 * variance, math.sqrt(variance)

    def _range(self) -> tuple[float, float]:
        if self.low is None or self.high is None:
            raise ValueError("a spread without sigma has a range")
        return self.low, self.high


def choose_distribution(
    sigma: float | None, log10_sigma: float | None, low: float | None, high: float | None, *, positive: bool
) -> str | None:
    """The rule: a standard deviation gives a log-normal where the property must be positive, else a normal;
    a range gives a log-uniform where it spans more than a factor 3, else a uniform."""
    if log10_sigma is not None or (sigma is not None and positive):
        return "log_normal"
    if sigma is not None:
        return "normal"
    if low is None or high is None:
        return None
    return "log_uniform" if low > 0.0 and high > _WIDE * low else "uniform"
