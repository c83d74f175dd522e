"""Weibull statistics of censored critical currents: against SciPy, against the truth, and what is refused."""

import math

import numpy as np
import pytest
from scipy import stats

from dendrion.errors import InputError
from dendrion.study.weibull import fit_weibull, log_likelihood

SHAPE, SCALE = 2.5, 10.0


def outcomes(count, seed, steps=tuple(range(1, 13)), low=0.0):
    """Intervals of specimens that climb steps; those beyond the last are right-censored."""
    currents = stats.weibull_min(SHAPE, scale=SCALE).rvs(count, random_state=np.random.default_rng(seed))
    places = np.searchsorted(steps, currents)
    edges = [low, *steps, math.inf]
    return [(float(edges[place]), float(edges[place + 1])) for place in places]


@pytest.mark.parametrize("seed", range(5))
def test_the_fit_is_that_of_scipy(seed):
    intervals = outcomes(60, seed)
    fit = fit_weibull(intervals)
    known = stats.CensoredData(
        interval=[pair for pair in intervals if math.isfinite(pair[1])],
        right=[pair[0] for pair in intervals if math.isinf(pair[1])],
    )
    shape, _, scale = stats.weibull_min.fit(known, floc=0)
    assert fit.shape == pytest.approx(shape, rel=1e-4)
    assert fit.scale == pytest.approx(scale, rel=1e-4)
    assert fit.failures + fit.censored == 60


def test_many_specimens_give_the_truth_back_though_a_third_is_censored():
    intervals = outcomes(4000, 0, steps=tuple(np.arange(1.0, 10.0, 0.5)))
    fit = fit_weibull(intervals)
    assert 0.25 < fit.censored / 4000 < 0.6
    assert fit.shape == pytest.approx(SHAPE, rel=0.05)
    assert fit.scale == pytest.approx(SCALE, rel=0.03)


def test_intervals_cover_the_truth_as_often_as_they_say():
    covered = {"shape": 0, "scale": 0, "median": 0}
    truth = {"shape": SHAPE, "scale": SCALE, "median": SCALE * math.log(2.0) ** (1.0 / SHAPE)}
    tests = 120
    for seed in range(tests):
        fit = fit_weibull(outcomes(30, 100 + seed))
        for name, value in truth.items():
            low, high = getattr(fit, f"{name}_interval")
            covered[name] += low <= value <= high
    # 95 % of 120 is 114; four standard deviations of a binomial are 10.
    assert all(count >= 104 for count in covered.values()), covered


def test_the_likelihood_is_that_of_the_three_kinds_of_censoring():
    law = stats.weibull_min(2.0, scale=3.0)
    data = np.array([(1.0, 2.0), (4.0, math.inf), (0.0, 1.5)])
    expected = math.log(law.cdf(2.0) - law.cdf(1.0)) + law.logsf(4.0) + law.logcdf(1.5)
    assert log_likelihood(data, math.log(3.0), math.log(2.0)) == pytest.approx(expected, rel=1e-12)


def test_quantiles_belong_to_the_distribution():
    fit = fit_weibull(outcomes(50, 1))
    assert fit.failed(fit.quantile(0.3)) == pytest.approx(0.3)
    assert fit.median_interval[0] < fit.median < fit.median_interval[1]
    assert fit.failed(fit.scale) == pytest.approx(1.0 - math.exp(-1.0))


@pytest.mark.parametrize(
    ("intervals", "words"),
    [
        ([(1.0, 2.0)] * 5, "wider than the spread"),
        ([(1.0, 2.0)] * 3 + [(2.0, 3.0)] * 2, "wider than the spread"),
        ([(1.0, 2.0), (2.0, 3.0), (3.0, math.inf)], "2 of 3 specimens failed"),
        ([(3.0, math.inf)] * 9, "0 of 9 specimens failed"),
        ([(2.0, 1.0)] * 4, "interval"),
        ([(float("nan"), 1.0)] * 4, "interval"),
    ],
)
def test_outcomes_without_a_spread_are_refused(intervals, words):
    with pytest.raises(InputError, match=words):
        fit_weibull(intervals)
