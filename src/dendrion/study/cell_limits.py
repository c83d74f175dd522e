"""When and where a cell would first grow a dendrite: the limits of the theory along the history of a cell.

Demand over limit of each model at every interval; 1 is the limit. The history is that of the default claims; draws are
of the inputs of the limits themselves (toughness, flaw, creep), one set a cell.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dendrion import theory
from dendrion.case.materials_choice import chosen, with_overrides
from dendrion.theory.registry import model_named
from dendrion.theory.resolve import Inputs, Pair, resolve

if TYPE_CHECKING:
    from dendrion.cell import CellFile, CellState

Floats = NDArray[np.float64]

PLACES = {
    "crack growth": "longest flaw of the electrolyte's surface, at the metal",
    "contact loss": "interface of metal and electrolyte, while stripping",
    "salt depletion": "electrolyte at the surface of the metal",
    "measured critical current": "not told: a short circuit in the test of that claim",
}
"""Where each limit acts."""

DEPLETED = 0.01
"""Share of the salt at the metal's surface that counts as depletion [dimensionless]."""

BY_THEORY = ("crack growth", "contact loss", "salt depletion")
"""Limits that decide the first instability; the measured one is printed beside them."""


@dataclass(frozen=True)
class Limit:
    """A limit along a history.

    Attributes:
        name, place: what gives way and where; ratio: demand over limit at every time [dimensionless].
        time: when the ratio first reaches 1 [s], infinite if never; spread: 5, 50 and 95 % of that over the draws [s].
        share: of the draws that reach it [dimensionless]; draws: time of each [s]; source: model or claim.
    """

    name: str
    place: str
    ratio: Floats
    time: float
    source: str
    draws: Floats | None = None

    @property
    def spread(self) -> tuple[float, float, float] | None:
        """5, 50 and 95 % of the time over the draws [s]."""
        if self.draws is None:
            return None
        low, middle, high = np.quantile(self.draws, (0.05, 0.5, 0.95), method="inverted_cdf")
        return float(low), float(middle), float(high)

    @property
    def share(self) -> float | None:
        """Share of the draws that reach the limit [dimensionless]."""
        return None if self.draws is None else float(np.isfinite(self.draws).mean())

    def as_dict(self) -> dict[str, Any]:
        """For machines, SI."""
        return {
            "limit": self.name, "place": self.place, "time_s": self.time, "largest_ratio": float(np.max(self.ratio)),
            "source": self.source, "time_spread_s": self.spread, "share_of_draws": self.share,
        }  # fmt: skip


def first_instability(limits: Sequence[Limit]) -> Limit | None:
    """The limit of the theory that is reached first, None where none is."""
    reached = [one for one in limits if one.name in BY_THEORY and math.isfinite(one.time)]
    return min(reached, key=lambda one: one.time, default=None)


def limits_of(
    file: CellFile, history: Sequence[CellState], *, depleted_at: float | None = None, seed: int | None = None
) -> list[Limit]:
    """The limits of a cell along its history.

    Arguments:
        history: states of the cell in order of time.
        depleted_at: when the salt was used up, if that ended the run [s].
        seed: of the draws, instead of ``limits.seed``.
    """
    columns = {name: np.array([getattr(s, name) for s in history]) for name in vars(history[0])}
    pair = _pair(file)
    found = []
    assert pair.electrolyte is not None
    if (pair.electrolyte.electrolyte_class or "").startswith("single_ion"):
        # Each limit has a generator of its own, so that its draws don't depend on which others there are.
        base = file.limits.seed if seed is None else seed
        found.append(_cracks(file, pair, columns, np.random.default_rng([base, 1])))
        found.append(_contact(file, pair, columns, np.random.default_rng([base, 2])))
    else:
        found.append(_depletion(file, pair, columns, depleted_at))
    return [*found, *_measured(pair, columns)]


def _pair(file: CellFile) -> Pair:
    warm = file.conditions.temperature
    metal = with_overrides(chosen(file.cell.metal), file.materials.metal, warm)
    electrolyte = with_overrides(chosen(file.cell.electrolyte), file.materials.electrolyte, warm)
    return Pair.of(metal, electrolyte)


def _cracks(
    file: CellFile, pair: Pair, columns: Mapping[str, Floats], generator: np.random.Generator
) -> Limit:
    """Overpotential of the interface against what opens the longest flaw (griffith_overpotential)."""
    plating = np.maximum(columns["plating_current_density"], 0.0)
    given = {
        "current_density": plating, "local_resistance": columns["interface_resistance"],
        "flaw_length": file.limits.flaw_length,
    }  # fmt: skip
    inputs = resolve(model_named("griffith_overpotential"), given, pair, lenient=True)
    flaws = file.limits.flaw_length * 10.0 ** (
        file.limits.flaw_log10_sigma * generator.standard_normal(file.limits.samples)
    )
    return _limit("crack growth", "griffith_overpotential", inputs, columns["time"], file, generator, flaws)


def _contact(
    file: CellFile, pair: Pair, columns: Mapping[str, Floats], generator: np.random.Generator
) -> Limit:
    """Stripping current against the creep that refills it (critical_stack_pressure)."""
    stripping = np.maximum(-columns["plating_current_density"], 0.0)
    given = {
        "current_density": np.maximum(stripping, 1e-30), "stack_pressure": columns["pressure"],
        "metal_thickness": np.maximum(columns["metal_thickness"], 1e-9), "metal_width": file.fixture.width,
        "temperature": columns["temperature"],
    }  # fmt: skip
    inputs = resolve(model_named("critical_stack_pressure"), given, pair, lenient=True)
    return _limit("contact loss", "critical_stack_pressure", inputs, columns["time"], file, generator, None)


def _limit(
    name: str, source: str, inputs: Inputs, time: Floats, file: CellFile, generator: np.random.Generator,
    flaws: Floats | None,
) -> Limit:  # fmt: skip
    ratio = _ratio(inputs.build())
    draws = None
    if count := file.limits.samples:
        values: dict[str, Any] = dict(inputs.values)
        for key, origin in inputs.origins.items():
            if (
                origin.claim is not None
                and origin.claim.spread.distribution is not None
                and origin.claim.value
            ):
                drawn = origin.claim.sample(generator, count) / origin.claim.value
                values[key] = values[key] * drawn[:, None]
        if flaws is not None:
            values["flaw_length"] = flaws[:, None]
        ratios = np.broadcast_to(_ratio(inputs.model.unchecked(**values)), (count, time.size))
        draws = np.array([first_crossing(time, one) for one in ratios])
    return Limit(name, PLACES[name], ratio, first_crossing(time, ratio), source, draws)


def _ratio(model: theory.Model) -> Floats:
    result = model.compute()
    threshold = model.threshold(result)
    assert threshold is not None
    demand, limit = np.broadcast_arrays(np.asarray(threshold.demand), np.asarray(threshold.limit))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(demand <= 1e-29, 0.0, demand / limit)


def first_crossing(time: Floats, ratio: Floats) -> float:
    """The first time at which a ratio reaches 1 [s], between two rows on the straight line through them."""
    over = np.nonzero(ratio >= 1.0)[0]
    if over.size == 0:
        return math.inf
    k = int(over[0])
    if k == 0 or not np.isfinite(ratio[k]):
        return float(time[k])
    share = (1.0 - ratio[k - 1]) / (ratio[k] - ratio[k - 1])
    return float(time[k - 1] + share * (time[k] - time[k - 1]))


def _depletion(file: CellFile, pair: Pair, columns: Mapping[str, Floats], depleted_at: float | None) -> Limit:
    assert pair.electrolyte is not None
    salt = pair.electrolyte.claim("salt_concentration").value
    ratio = (1.0 - columns["salt_at_metal"] / salt) / (1.0 - DEPLETED)
    time = first_crossing(columns["time"], ratio)
    if depleted_at is not None:
        time = min(time, depleted_at)
    return Limit("salt depletion", PLACES["salt depletion"], ratio, time, "the salt of the cell's own model")


def _measured(pair: Pair, columns: Mapping[str, Floats]) -> list[Limit]:
    sheet = pair.interface
    if sheet is None or not sheet.claims("critical_current_density"):
        return []
    claim = sheet.claim("critical_current_density")
    ratio = np.maximum(columns["plating_current_density"], 0.0) / claim.value
    name = "measured critical current"
    time = first_crossing(columns["time"], ratio)
    return [Limit(name, PLACES[name], ratio, time, f"{claim.name}: {claim.reference}")]
