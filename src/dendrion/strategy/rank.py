"""Strategies on one case, alone and in pairs: gain against cost, with the spread that the claims give it."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..study.half_cycle import half_cycle
from ..study.limits import limits, quantiles
from ..study.short_time import short_time
from .apply import Applied, apply_strategies
from .base import Strategy
from .card import COMPLEXITY
from .registry import strategies, strategy_named
from .tools import cell_number

if TYPE_CHECKING:
    import numpy

    from ..case import Case

MEASURES = {
    "ccd": "critical current density",
    "time_to_short": "time to short circuit at the case's own current",
}
"""What strategies can be ranked by."""

GROUPS = 16
"""Draws of a strategy's own numbers, each with its share of the samples [dimensionless]."""

NO_GAIN = 1e-3
"""A relative change below this is none [dimensionless]."""


@dataclass(frozen=True)
class Entry:
    """One strategy, or two, on the case.

    Attributes:
        names: of the strategies, in the order of application.
        value: nominal measure of the treated case [A/m² or s]; ``gain``: over that of the untreated one.
        low, median, high: 5, 50 and 95 % of the gain over the draws of all claims; infinite where no short comes.
        better: share of the draws in which it gains [dimensionless].
        lost: share of the delivered energy that it takes at the case's current; ``resistance`` [ohm m²],
            ``energy_share`` [dimensionless], ``power`` [W/m²]: what that is made of.
        complexity: the larger of ``card.COMPLEXITY``; ``sides``: what gets worse elsewhere.
        mechanism: what limits the treated cell; ``engine``: "case" where a simulation feels all of it, else "theory".
        outcomes: what became of the survey's statements: name → reached, sign, not reached.
        warnings: what the treated case warns of and the untreated one does not.
        front: no other entry is as good in gain, cost and complexity and better in one.
    """

    names: tuple[str, ...]
    value: float
    gain: float
    low: float
    median: float
    high: float
    better: float
    lost: float
    resistance: float
    energy_share: float
    power: float
    complexity: int
    sides: tuple[str, ...]
    mechanism: str
    engine: str
    kinds: tuple[str, ...]
    outcomes: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    front: bool = False

    @property
    def label(self) -> str:
        """The names for people."""
        return " + ".join(self.names)

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {**vars(self), "names": list(self.names), "complexity_means": COMPLEXITY[self.complexity]}


@dataclass(frozen=True)
class Ranking:
    """The strategies on one case, best first.

    Attributes:
        by: a key of ``MEASURES``; ``unit`` of the values; ``method``: "fast" or "field".
        base: nominal measure of the untreated case; ``base_quantiles``: 5, 50, 95 %; ``mechanism``: what limits it.
        entries: best median gain first; ``refused``: strategy → why not here.
        current: at which costs are counted [A/m²]; ``seconds``: of computing.
    """

    title: str
    by: str
    unit: str
    method: str
    base: float
    base_quantiles: tuple[float, float, float]
    mechanism: str
    entries: tuple[Entry, ...]
    refused: Mapping[str, str]
    current: float
    samples: int
    seed: int
    assumptions: tuple[str, ...] = field(default_factory=tuple)

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            **{k: v for k, v in vars(self).items() if k not in ("entries", "base_quantiles", "assumptions")},
            "base_quantiles": list(self.base_quantiles), "assumptions": list(self.assumptions),
            "entries": [entry.as_dict() for entry in self.entries],
        }  # fmt: skip


def rank(
    case: Case, *, by: str = "ccd", pairs: bool = False, only: Sequence[str] | None = None, samples: int = 200, seed: int = 0
) -> Ranking:  # fmt: skip
    """Ranks every applicable strategy by the theory's estimate of the critical current or the time to short.

    Gains compare draw by draw with the untreated case: the same materials, before and after; numbers of the strategy
    itself are drawn as well. The critical current is the smallest limit of the sides that the protocol uses.

    Arguments:
        by: "ccd" or "time_to_short"; ``pairs``: also every two of them, where both apply together.
        only: names; default all. ``samples``: draws; ``seed``: of them.

    Raises:
        InputError: unknown measure or strategy, fewer than 2 samples, no limit, or no plating current.
    """
    if by not in MEASURES:
        raise InputError("unknown measure", field="by", value=by, allowed=", ".join(MEASURES))
    if samples < 2:
        raise InputError("too few samples", field="samples", value=samples, allowed="2 or more", hint="200")
    chosen = sorted({strategy_named(name).name for name in only}) if only else list(strategies())
    measure = _Measure(case, by, samples, seed)
    singles, refused = _entries(measure, [(name,) for name in chosen])
    entries = list(singles)
    if pairs:
        applicable = [entry.names[0] for entry in singles]
        both, unfit = _entries(measure, list(itertools.combinations(applicable, 2)))
        entries, refused = [*entries, *both], {**refused, **unfit}
    base = measure.whole()
    return Ranking(
        case.title, by, "A/m^2" if by == "ccd" else "s", "fast", float(base[0]), quantiles(base[1:], float(base[0])),
        measure.mechanism(Applied(case, {}, (), ())), in_order(entries), refused, half_cycle(case).mean, samples, seed,
        limits(case, samples=0).assumptions,
    )  # fmt: skip


class _Measure:
    """The measure of treated cases; the untreated one is computed once a group of draws."""

    def __init__(self, case: Case, by: str, samples: int, seed: int) -> None:
        self.case, self.by, self.samples, self.seed = case, by, samples, seed
        self.sides = ("plating", "stripping") if case.protocol.charges()[1] > 0.0 else ("plating",)
        self._before: dict[tuple[int, int], Any] = {}

    def values(self, applied: Applied, samples: int, seed: int) -> numpy.ndarray:
        """Shape [1 + samples], nominal first."""
        import numpy as np

        given: dict[str, Any] = {
            "samples": samples,
            "seed": seed,
            "theory": applied.theory,
            "reference": self.case,
        }
        if self.by == "time_to_short":
            return short_time(applied.case, **given)
        estimate = limits(applied.case, **given).critical(*self.sides)
        return np.concatenate(([estimate.value], estimate.draws))

    def before(self, samples: int, seed: int) -> numpy.ndarray:
        """The same of the untreated case."""
        key = (samples, seed)
        if key not in self._before:
            self._before[key] = self.values(Applied(self.case, {}, (), ()), samples, seed)
        return self._before[key]

    def whole(self) -> numpy.ndarray:
        """All samples of the untreated case at once."""
        return self.before(self.samples, self.seed)

    def mechanism(self, applied: Applied) -> str:
        """What limits the treated case."""
        found = limits(applied.case, samples=0, theory=applied.theory, reference=self.case)
        return found.critical(*self.sides).mechanism


def _entries(
    measure: _Measure, combinations: Iterable[tuple[str, ...]]
) -> tuple[list[Entry], dict[str, str]]:
    entries, refused = [], {}
    for names in combinations:
        try:
            entries.append(_entry(measure, names))
        except InputError as error:
            refused[" + ".join(names)] = str(error).partition("\n")[0]
    return entries, refused


def _entry(measure: _Measure, names: tuple[str, ...]) -> Entry:
    """One combination: nominal, then ``GROUPS`` draws of its own numbers with a share of the samples each."""
    import numpy as np

    case, chosen = measure.case, [strategy_named(name) for name in names]
    nominal = apply_strategies(case, [(name, None) for name in names])
    share = max(2, measure.samples // GROUPS)
    value = measure.values(nominal, 0, measure.seed)[0]
    gains = []
    for group in range(GROUPS):
        drawn = drawn_parameters(chosen, measure.seed, group)
        try:
            treated = apply_strategies(case, list(zip(names, drawn, strict=True)))
        except InputError:  # numbers at the end of their spread may not fit this cell; the nominal ones do
            continue
        seed = measure.seed + group
        gains.append(_ratio(measure.values(treated, share, seed)[1:], measure.before(share, seed)[1:]))
    ratio = np.concatenate(gains) if gains else np.array([])
    gain = float(_ratio(np.array([value]), measure.whole()[:1])[0])
    low, median, high = quantiles(ratio, gain)
    better = float(np.mean(ratio > 1.0 + NO_GAIN)) if ratio.size else 0.0
    return entry_of(
        nominal, float(value), gain, (low, median, high), better, measure.mechanism(nominal), case
    )


def entry_of(
    applied: Applied, value: float, gain: float, spread: tuple[float, float, float], better: float, mechanism: str, case: Case
) -> Entry:  # fmt: skip
    """The entry of strategies whose measure and gain are known; costs at the mean current of ``case``, untreated."""
    chosen, costs = [strategy for strategy, _ in applied.steps], applied.costs
    return Entry(
        tuple(strategy.name for strategy in chosen), value, gain, *spread, better,
        applied.lost(half_cycle(case).mean, cell_number("cell_voltage").value), sum(cost.resistance for cost in costs),
        sum(cost.energy_share for cost in costs), sum(cost.power for cost in costs),
        max(strategy.complexity for strategy in chosen), tuple(cost.side for cost in costs), mechanism,
        "case" if applied.changes_case else "theory", tuple(strategy.kind for strategy in chosen),
        {f"{s.name}.{f.statement.name}": f.outcome for s in chosen for f in s.findings()},
        tuple(text for text in applied.case.warnings if text not in case.warnings),
    )  # fmt: skip


def drawn_parameters(chosen: Sequence[Strategy], seed: int, group: int) -> list[dict[str, Any]]:
    """The defaults of each strategy, drawn from their spreads and kept inside the allowed ranges [SI].

    Parameters of one name have the same draws in every strategy, so that two ways to the same thing rank alike.
    """
    import numpy as np

    found = []
    for strategy in chosen:
        values = {}
        for about in strategy.parameters:
            if about.choices:
                continue
            number = strategy.numbers[about.name]
            generator = np.random.default_rng((seed, group, zlib.crc32(about.name.encode())))
            value = float(number.sample(generator, 1)[0])
            values[about.name] = value if bool(about.admits(value, np)) else number.value
        found.append(values)
    return found


def _ratio(after: numpy.ndarray, before: numpy.ndarray) -> numpy.ndarray:
    """After over before: 1 where neither ends, infinite where only the treated one does not; nan where undefined."""
    import numpy as np

    with np.errstate(all="ignore"):
        ratio = after / before
    same = (np.isinf(after) & np.isinf(before)) | ((after == 0.0) & (before == 0.0))
    return np.where(same, 1.0, ratio)


def with_front(entries: Sequence[Entry], key: Callable[[Entry], tuple[float, ...]]) -> list[Entry]:
    """The entries, marked where no other is at least as good in every number of ``key`` (less is better) and better in one."""
    from dataclasses import replace

    points = [key(entry) for entry in entries]
    return [
        replace(entry, front=not any(_beats(other, points[place]) for other in points))
        for place, entry in enumerate(entries)
    ]  # fmt: skip


def _beats(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(a <= b for a, b in zip(one, other, strict=True)) and one != other


def in_order(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Best median gain first, those on the front of gain, energy lost and complexity marked."""
    from dataclasses import replace

    marked = with_front(entries, lambda entry: (-entry.median, entry.lost, float(entry.complexity)))
    useful = [replace(entry, front=entry.front and entry.median > 1.0 + NO_GAIN) for entry in marked]
    return tuple(sorted(useful, key=lambda entry: (-entry.median, -entry.gain, entry.lost, entry.names)))
