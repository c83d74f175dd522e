"""The same ranking from simulations: every treated case is run, on as many processes as wanted."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError, SimulationError
from ..study.ccd.field import evaluator, ladder_case, outcome_of
from ..study.ccd.protocol import named_protocol
from ..study.half_cycle import half_cycle
from ..study.tasks import Evaluate, evaluate_case, simulate
from .apply import Applied, apply_strategies
from .rank import MEASURES, Entry, Ranking, entry_of, in_order
from .registry import strategies, strategy_named

if TYPE_CHECKING:
    from ..case import Case

Result = dict[str, Any]


def rank_by_simulation(
    case: Case, *, by: str = "time_to_short", pairs: bool = False, only: Sequence[str] | None = None, workers: int = 0,
    protocol: str = "unidirectional_plating", evaluate: Evaluate | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Ranking:  # fmt: skip
    """Ranks the strategies that a case can express by what the engine that the case names finds.

    A run that ends without a short is kept as infinite: the gain is then at least what the protocol shows. Nothing is
    drawn: one run a case, so the gains have no spread; use ``rank`` for that.

    Arguments:
        by: "time_to_short", or "ccd" by the named test ``protocol`` (geometric middle of its interval).
        workers: processes; 0: this one. ``evaluate``: in place of the simulation. ``on_progress``: done and total.

    Raises:
        InputError: unknown measure, strategy or protocol, nothing to run.
        SimulationError: the untreated case fails.
    """
    if by not in MEASURES:
        raise InputError("unknown measure", field="by", value=by, allowed=", ".join(MEASURES))
    applied, refused = _treated(case, only, pairs)
    test = named_protocol(protocol) if by == "ccd" else None
    if evaluate is None:
        evaluate = evaluator(test) if test else simulate
    cases = [ladder_case(one, test) if test else one for one in (case, *(item.case for item in applied))]
    results = _run(cases, evaluate, workers, on_progress)
    if results[0]["status"] in ("failed", "refused"):
        raise SimulationError(f"the untreated case fails: {results[0]['reason']}")

    def measured(result: Result) -> tuple[float, str]:
        summary = result["summary"]
        if test is None:
            time = summary.get("short_time_s")
            return (
                math.inf if time is None else float(time)
            ), "short" if time is not None else "none in the protocol"
        outcome = outcome_of(test, 0, 0, None, summary)
        low, high = outcome.interval(test.currents)
        middle = math.inf if math.isinf(high) else math.sqrt(low * high) if low > 0.0 else 0.5 * high
        return middle, outcome.mechanism or "none up to the last step"

    base, mechanism = measured(results[0])
    entries: list[Entry] = []
    for item, result in zip(applied, results[1:], strict=True):
        label = " + ".join(strategy.name for strategy, _ in item.steps)
        if result["status"] in ("failed", "refused"):
            refused[label] = f"{result['status']}: {result['reason']}".partition("\n")[0]
            continue
        value, what = measured(result)
        gain = 1.0 if math.isinf(value) and math.isinf(base) else value / base
        entries.append(entry_of(item, value, gain, (gain, gain, gain), float(gain > 1.0), what, case))
    unit = "A/m^2" if by == "ccd" else "s"
    return Ranking(
        case.title, by, unit, case.physics.engine, base, (base, base, base), mechanism, in_order(entries), refused,
        half_cycle(case).mean, 1, 0,
    )  # fmt: skip


def _treated(case: Case, only: Sequence[str] | None, pairs: bool) -> tuple[list[Applied], dict[str, str]]:
    """Every combination that applies and that a case can express, and why the others don't."""
    chosen = sorted({strategy_named(name).name for name in only}) if only else list(strategies())
    found, refused = [], {}

    def attempt(names: tuple[str, ...]) -> bool:
        try:
            applied = apply_strategies(case, [(name, None) for name in names])
            applied.need_case()
        except InputError as error:
            refused[" + ".join(names)] = str(error).partition("\n")[0]
            return False
        found.append(applied)
        return True

    alone = [name for name in chosen if attempt((name,))]
    if pairs:
        for names in itertools.combinations(alone, 2):
            attempt(names)
    if not found:
        raise InputError(
            "no strategy can be simulated on this case", field="rank", allowed="; ".join(refused.values())
        )
    return found, refused


def _run(
    cases: Sequence[Case], evaluate: Evaluate, workers: int, on_progress: Callable[[int, int], None] | None
) -> list[Result]:
    """The result of every case, in order."""
    tasks: list[tuple[Mapping[str, Any], str]] = [(one.given, str(Path(one._folder))) for one in cases]
    if workers == 0:
        results = []
        for done, (given, place) in enumerate(tasks, 1):
            results.append(evaluate_case(given, place, [], evaluate, None, None))
            if on_progress:
                on_progress(done, len(tasks))
        return results
    from ..study.pool import open_pool

    with open_pool(workers) as client:
        futures = [
            client.submit(evaluate_case, given, place, [], evaluate, None, None, pure=False)
            for given, place in tasks
        ]
        results = []
        for done, future in enumerate(futures, 1):
            results.append(future.result())
            if on_progress:
                on_progress(done, len(tasks))
        return results
