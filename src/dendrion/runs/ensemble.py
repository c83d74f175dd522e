"""The same case with many seeds: means with their uncertainty, for anything that depends on chance."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dendrion.errors import InputError
from dendrion.runs.engines import simulation_of

if TYPE_CHECKING:
    from dendrion.case import Case

FEWEST_SEEDS = 5
"""Fewest seeds for which a mean is stated [dimensionless]."""


@dataclass(frozen=True)
class Statistic:
    """Of one number over the seeds: mean, standard deviation, half-width of the 95 % interval of the mean, values."""

    mean: float
    deviation: float
    confidence: float
    values: tuple[float, ...]

    def __str__(self) -> str:
        return f"{self.mean:.4g} ± {self.confidence:.2g}"


def statistic(values: Iterable[float]) -> Statistic:
    """Mean of independent values with Student's 95 % interval.

    Raises:
        InputError: too few values.
    """
    from scipy.stats import t

    data = np.array(list(values), dtype=float)
    if data.size < FEWEST_SEEDS:
        raise InputError("too few seeds for a statistic", field="seeds", value=str(data.size), allowed=f"at least {FEWEST_SEEDS}")  # fmt: skip
    deviation = float(data.std(ddof=1))
    half = float(t.ppf(0.975, data.size - 1)) * deviation / math.sqrt(data.size)
    return Statistic(float(data.mean()), deviation, half, tuple(data))


def ensemble(
    case: Case, seeds: Iterable[int], measure: Callable[[dict[str, Any]], dict[str, float]] | None = None
) -> dict[str, Statistic]:
    """Runs a case with each seed (``numerics.seed``), one after another, without run folders.

    Args:
        case: any case; the lattice engine takes all of its chance from the seed.
        seeds: at least five whole numbers.
        measure: picks numbers from a summary; default every number in it.

    Raises:
        InputError: too few seeds.
        SimulationError: a run failed.
    """
    seeds = list(seeds)
    if len(seeds) < FEWEST_SEEDS:
        raise InputError("too few seeds for a statistic", field="seeds", value=str(len(seeds)), allowed=f"at least {FEWEST_SEEDS}")  # fmt: skip
    found: list[dict[str, float]] = []
    for seed in seeds:
        simulation = simulation_of(case.with_settings({"numerics.seed": seed}))
        while not simulation.finished:
            simulation.advance()
        summary = simulation.summary()
        found.append(measure(summary) if measure else _numbers(summary))
    return {name: statistic(one[name] for one in found) for name in found[0]}


def _numbers(summary: dict[str, Any]) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in summary.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    }
