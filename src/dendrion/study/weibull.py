"""Weibull statistics of critical currents: each is an interval, or a bound on one side, never a number.

Share of specimens that have failed at current density i (two parameters; Weibull 1951, 10.1115/1.4010337):

    F(i) = 1 - exp[-(i/λ)^k]

The likelihood of an outcome is F(high) - F(low) where the current lies between the last survived and the first
failing step, 1 - F(low) where the ladder ended first (right-censored), F(high) where the first step failed (left).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dendrion.errors import InputError

if TYPE_CHECKING:
    import numpy

FEWEST_FAILURES = 3
"""Failures below which no distribution is fitted [dimensionless]."""

_REACH = 6.0
"""How far, in units of ln, an end of a confidence interval is looked for."""

_LARGEST_SHAPE = 200.0
"""Shape above which the outcomes say no more than that they all lie in one step [dimensionless]."""


@dataclass(frozen=True)
class WeibullFit:
    """A Weibull distribution with profile-likelihood intervals.

    Attributes:
        scale: λ, the current density at which 63 % have failed [A/m^2]; ``shape``: k [dimensionless].
        scale_interval, shape_interval, median_interval: at ``confidence``; 0 or infinity where the outcomes set no bound.
        log_likelihood: at the maximum; ``failures``, ``censored``: numbers of outcomes, the latter right-censored.
    """

    scale: float
    shape: float
    scale_interval: tuple[float, float]
    shape_interval: tuple[float, float]
    median_interval: tuple[float, float]
    log_likelihood: float
    failures: int
    censored: int
    confidence: float = 0.95

    def quantile(self, share: float) -> float:
        """Current density at which this share has failed [A/m^2]."""
        return float(self.scale * (-math.log1p(-share)) ** (1.0 / self.shape))

    @property
    def median(self) -> float:
        """Current density at which half have failed [A/m^2]."""
        return self.quantile(0.5)

    def failed(self, current: Any) -> Any:
        """Share that has failed at a current density [A/m^2]."""
        import numpy as np

        return -np.expm1(-((np.asarray(current, dtype=float) / self.scale) ** self.shape))

    def as_dict(self) -> dict[str, Any]:
        """For machines, SI; an end that is not bounded is None."""

        def ends(pair: tuple[float, float]) -> list[float | None]:
            return [end if 0.0 < end < math.inf else None for end in pair]

        return {
            "scale_A_per_m2": self.scale, "shape": self.shape, "median_A_per_m2": self.median,
            "scale_interval_A_per_m2": ends(self.scale_interval), "shape_interval": ends(self.shape_interval),
            "median_interval_A_per_m2": ends(self.median_interval), "confidence": self.confidence,
            "log_likelihood": self.log_likelihood, "failures": self.failures, "censored": self.censored,
        }  # fmt: skip


def log_likelihood(intervals: numpy.ndarray, log_scale: float, log_shape: float) -> float:
    """Σ ln[F(high) - F(low)] of outcomes, shape [n, 2] [A/m^2]; 0 and infinity stand for bounds that are absent."""
    import numpy as np

    low, high = intervals[:, 0], intervals[:, 1]
    with np.errstate(over="ignore"):
        hazard_low, hazard_high = (
            (end / math.exp(log_scale)) ** math.exp(min(log_shape, 50.0)) for end in (low, high)
        )
    # ln[exp(-a) - exp(-b)] = -a + ln[1 - exp(a - b)], without loss where both are small.
    gap = np.where(
        np.isinf(hazard_high), np.inf, hazard_high - np.where(np.isinf(hazard_low), 0.0, hazard_low)
    )
    with np.errstate(divide="ignore"):
        terms = -hazard_low + np.log(-np.expm1(-gap))
    return float(np.sum(terms))


def fit_weibull(intervals: Sequence[tuple[float, float]], confidence: float = 0.95) -> WeibullFit:
    """The most likely Weibull distribution of critical currents, with profile-likelihood intervals.

    Arguments:
        intervals: (low, high) of each specimen [A/m^2]; low 0: failed at once; high infinite: never failed.
        confidence: of the intervals, from the chi-square limit of the likelihood ratio.

    Raises:
        InputError: not intervals, fewer than three failures, or all failures in one step: no spread to fit.
    """
    import numpy as np

    data = np.asarray(list(intervals), dtype=float).reshape(-1, 2)
    _check(data)
    bounded = data[np.isfinite(data[:, 1])]
    middle = np.where(bounded[:, 0] > 0.0, np.sqrt(bounded[:, 0] * bounded[:, 1]), 0.5 * bounded[:, 1])
    start = np.array([math.log(np.median(middle)) + 0.2, math.log(2.0)])
    best = _maximum(lambda x: log_likelihood(data, x[0], x[1]), start)
    top = log_likelihood(data, *best)
    if best[1] > math.log(_LARGEST_SHAPE):
        raise InputError(
            "the outcomes lie too close together for a distribution: the steps of current are wider than their spread",
            field="outcomes", hint="a smaller increment",
        )  # fmt: skip

    def scale_held(value: float, other: float) -> tuple[float, float]:
        return value, other

    def shape_held(value: float, other: float) -> tuple[float, float]:
        return other, value

    def median_held(value: float, other: float) -> tuple[float, float]:
        return value - math.log(math.log(2.0)) / math.exp(other), other

    median = best[0] + math.log(math.log(2.0)) / math.exp(best[1])
    held = ((scale_held, best[0], best[1]), (shape_held, best[1], best[0]), (median_held, median, best[1]))
    ends = [_profile(data, place, at, other, top, confidence) for place, at, other in held]
    failures = int(np.isfinite(data[:, 1]).sum())
    return WeibullFit(
        math.exp(best[0]), math.exp(best[1]), ends[0], ends[1], ends[2], top, failures, len(data) - failures, confidence
    )  # fmt: skip


def _check(data: numpy.ndarray) -> None:
    import numpy as np

    low, high = data[:, 0], data[:, 1]
    if np.isnan(data).any() or (low < 0.0).any() or (high <= low).any() or np.isinf(low).any():
        raise InputError("an outcome is an interval 0 <= low < high", field="outcomes")
    failed = data[np.isfinite(high)]
    if len(failed) < FEWEST_FAILURES:
        raise InputError(
            f"{len(failed)} of {len(data)} specimens failed: too few for a distribution", field="outcomes",
            allowed=f"at least {FEWEST_FAILURES} failures", hint="more seeds, or a ladder that goes higher",
        )  # fmt: skip
    # One current within or at the edge of every outcome makes the likelihood largest for no spread at all.
    if low.max() <= high.min():
        raise InputError(
            "one critical current would explain every outcome: the steps are wider than the spread of the specimens",
            field="outcomes", hint="a smaller increment, or more seeds",
        )  # fmt: skip


def _maximum(function: Callable[[Any], float], start: numpy.ndarray) -> numpy.ndarray:
    from scipy.optimize import minimize

    def loss(x: numpy.ndarray) -> float:
        value = -function(x)
        return value if math.isfinite(value) else 1e300

    options = {"xatol": 1e-9, "fatol": 1e-11, "maxiter": 4000, "maxfev": 8000}
    found = minimize(loss, start, method="Nelder-Mead", options=options).x
    return minimize(loss, found, method="Nelder-Mead", options=options).x


def _profile(
    data: numpy.ndarray, place: Callable[[float, float], tuple[float, float]], at: float, other: float, top: float,
    confidence: float,
) -> tuple[float, float]:  # fmt: skip
    """Both ends of a logarithmic parameter, exp taken: where the profile falls by half the chi-square quantile."""
    from scipy.optimize import brentq, minimize_scalar
    from scipy.stats import chi2

    drop = 0.5 * float(chi2.ppf(confidence, 1))

    def below(value: float) -> float:
        def loss(free: float) -> float:
            result = -log_likelihood(data, *place(value, free))
            return result if math.isfinite(result) else 1e300

        best = min(
            (minimize_scalar(loss, bounds=(other - reach, other + reach), method="bounded", options={"xatol": 1e-8}).fun
             for reach in (0.5, 2.0, _REACH)),
        )  # fmt: skip
        return float(top + best - drop)

    ends = []
    for sign, absent in ((-1.0, 0.0), (1.0, math.inf)):
        far = next((reach for reach in (0.1, 0.3, 1.0, 3.0, _REACH) if below(at + sign * reach) > 0.0), None)
        ends.append(absent if far is None else math.exp(brentq(below, at, at + sign * far, xtol=1e-7)))
    return ends[0], ends[1]
