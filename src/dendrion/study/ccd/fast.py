"""The test on the theory's models: the smallest limit of each specimen, walked up the ladder of currents."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from dendrion.study.ccd.ladder import HalfCycle, TestOutcome, failed_in, half_cycles, survived
from dendrion.study.ccd.protocol import TestProtocol

if TYPE_CHECKING:
    import numpy

    from dendrion.case import Case

UNSAID = "the theory says in which step, not when within the half-cycle"


@dataclass(frozen=True)
class SampledLimit:
    """A current density that a specimen does not stand.

    Attributes:
        name: of the limit; ``mechanism``: what happens beyond it; ``side``: "plating" or "stripping".
        values: one a specimen [A/m^2], infinite where it does not apply.
    """

    name: str
    mechanism: str
    side: str
    values: numpy.ndarray


LimitFunction = Callable[[float], Mapping[str, SampledLimit]]
"""From the duration of a half-cycle [s] to the limits of every specimen."""


def climb_theory(
    protocol: TestProtocol, limits_at: LimitFunction, flaws: numpy.ndarray, seed: int = 0
) -> list[TestOutcome]:
    """Outcomes of specimens by their limits, one a flaw.

    A specimen fails in the first half-cycle of the first step whose current exceeds its smallest limit on a side
    that the protocol uses; in a cycled symmetric cell one electrode plates while the other strips, so both limits
    act in every half-cycle.

    Arguments:
        limits_at: duration of a half-cycle [s] → limits, ``values`` of shape [specimens].
        flaws: length of each specimen's flaw [m], nan where it is not known.
    """
    import numpy as np

    found: dict[int, TestOutcome] = {}
    known: dict[float, tuple[list[SampledLimit], numpy.ndarray]] = {}
    for step in _steps(protocol):
        first = step[0]
        if first.duration not in known:
            known.clear()
            asked = [limit for limit in limits_at(first.duration).values() if limit.side in protocol.sides]
            table = np.array([np.where(np.isnan(limit.values), np.inf, limit.values) for limit in asked])
            known[first.duration] = asked, table.reshape(len(asked), len(flaws))
        asked, table = known[first.duration]
        if not asked:
            break
        for specimen in np.flatnonzero(table.min(axis=0) < first.current):
            number = int(specimen)
            if number not in found:
                limit = asked[int(table[:, number].argmin())]
                about = _about(number, seed, flaws)
                found[number] = failed_in(protocol, first, None, mechanism=limit.mechanism, **about)
        if len(found) == len(flaws):
            break
    return [
        found.get(number) or survived(protocol, **_about(number, seed, flaws)) for number in range(len(flaws))
    ]


def _steps(protocol: TestProtocol) -> list[list[HalfCycle]]:
    return [list(group) for _, group in groupby(half_cycles(protocol), key=lambda one: one.step)]


def _about(number: int, seed: int, flaws: numpy.ndarray) -> dict[str, object]:
    flaw = float(flaws[number])
    return {
        "specimen": f"specimen {number + 1}",
        "seed": seed + number,
        "flaw": None if math.isnan(flaw) else flaw,
    }


class TheoryLimits:
    """The theory's limits of a case for specimens with drawn claims and flaws.

    Attributes:
        inapplicable: limit → why it says nothing here; ``assumptions``: what was assumed; both known after a call.
    """

    def __init__(
        self, case: Case, flaws: numpy.ndarray | None, median: float | None, count: int, seed: int
    ) -> None:
        self.case, self.count, self.seed = case, count, seed
        self.inapplicable: dict[str, str] = {}
        self.assumptions: tuple[str, ...] = ()
        self.nominal: dict[str, float] = {}
        self._flaws, self._median = flaws, median

    def __call__(self, duration: float) -> dict[str, SampledLimit]:
        """The limits in half-cycles of this duration [s]."""
        import numpy as np

        from dendrion.study.limits import limits

        cycle = [f"plate at 1 A/m^2 for {duration!r} s", f"strip at 1 A/m^2 for {duration!r} s"]
        case = self.case.with_settings({"protocol": cycle})
        theory = {}
        if self._flaws is not None:
            theory["flaw_length"] = np.concatenate((np.array([self._median]), self._flaws))
        found = limits(case, samples=self.count, seed=self.seed, theory=theory)
        self.inapplicable, self.assumptions = dict(found.inapplicable), tuple(found.assumptions)
        self.nominal = {name: limit.value for name, limit in found.items()}
        return {
            name: SampledLimit(name, limit.mechanism, limit.side, limit.draws)
            for name, limit in found.items()
        }
