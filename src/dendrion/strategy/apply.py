"""One or several strategies upon a case: the changed case, the changed theory inputs, and what was done."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..materials import ValidityWarning
from ..units import format_quantity
from .base import Strategy
from .card import Cost
from .registry import strategy_named

if TYPE_CHECKING:
    from ..case import Case


@dataclass(frozen=True)
class Applied:
    """A treated case.

    Attributes:
        case: with every setting that a case can have; the same as before where a strategy works on theory alone.
        theory: theory inputs that no case has, SI; several strategies on one input multiply or add (``COMBINED``).
        steps: (strategy, its complete parameters [SI]) in order; ``costs``: of each.
    """

    case: Case
    theory: Mapping[str, Any]
    steps: tuple[tuple[Strategy, Mapping[str, Any]], ...]
    costs: tuple[Cost, ...]

    @property
    def changes_case(self) -> bool:
        """Whether a simulation feels all of it."""
        return all(strategy.engine == "case" for strategy, _ in self.steps)

    def need_case(self) -> None:
        """Refuses strategies that no case can express.

        Raises:
            InputError: one of them works on theory alone.
        """
        for strategy, _ in self.steps:
            if strategy.engine != "case":
                raise InputError(
                    "no case can express this strategy: it acts on the theory's models alone", field=strategy.name,
                    value=strategy.changes, hint=f"dendrion rank CASE --only {strategy.name}, which asks the theory",
                )  # fmt: skip

    def lost(self, current: float, voltage: float) -> float:
        """Share of the delivered energy lost to all of them (``Cost.lost``) [dimensionless]."""
        return sum(cost.lost(current, voltage) for cost in self.costs)

    def comment(self) -> str:
        """Provenance for the head of a case file, every line a YAML comment."""
        lines = []
        for strategy, values in self.steps:
            shown = ", ".join(
                f"{about.name} {_people(values[about.name], about.kind)}" for about in strategy.parameters
            )
            lines.append(f"# {strategy.name}: {strategy.title} ({strategy.kind}); {shown or 'no parameters'}")
            lines += [
                f"#   {text.source}{f', DOI {text.doi}' if text.doi else ''}"
                for text in strategy.statements.values()
            ]
        if self.theory:
            lines.append(
                f"# theory alone (in no case): {', '.join(f'{k} = {v:.4g}' for k, v in self.theory.items())}"
            )
        return "\n".join(lines) + "\n"


COMBINED = {
    "contact_fraction": "least", "flaw_length": "least", "closing_stress": "sum", "focusing": "product",
    "area_ratio": "product", "diffusion_layer": "least", "mean_share": "product", "ripple_share": "product",
    "frequency": "most", "temperature_rise": "sum",
}  # fmt: skip
"""How two strategies act on one theory input together."""


def apply_strategies(case: Case, steps: Sequence[tuple[str, Mapping[str, Any] | None]]) -> Applied:
    """The strategies in order, each upon the case that the one before it left.

    Arguments:
        steps: (name, parameters: SI numbers or texts with units, None for the defaults).

    Raises:
        InputError: unknown strategy or parameter, wrong unit, a strategy that is not for this cell, or a changed
            case that is refused.
    """
    theory: dict[str, Any] = {}
    done, costs = [], []
    for name, given in steps:
        strategy = strategy_named(name)
        values = strategy.values(given)
        with warnings.catch_warnings():
            # What a law doubts stands among the warnings of the changed case.
            warnings.simplefilter("ignore", ValidityWarning)
            strategy.check(case, values)
            costs.append(strategy.cost(case, values))
            treatment = strategy.treat(case, values)
        if treatment.settings:
            case = _changed(case, strategy, treatment.settings)
        for key, value in treatment.theory.items():
            theory[key] = _combined(key, theory[key], value) if key in theory else value
        done.append((strategy, values))
    return Applied(case, theory, tuple(done), tuple(costs))


def apply(case: Case, name: str, **parameters: Any) -> Case:
    """The case with one strategy.

    Arguments:
        parameters: SI numbers or texts with units.

    Raises:
        InputError: as ``apply_strategies``; also a strategy that no case can express.
    """
    applied = apply_strategies(case, [(name, parameters)])
    applied.need_case()
    return applied.case


def _changed(case: Case, strategy: Strategy, settings: Mapping[str, Any]) -> Case:
    try:
        return case.with_settings(settings)
    except InputError as error:
        raise InputError(
            f"the changed case is refused: {error.problem}", field=f"{strategy.name} → {error.field}",
            value=error.value, allowed=error.allowed, hint=error.hint,
        ) from None  # fmt: skip


def _combined(name: str, first: Any, second: Any) -> Any:
    rule = COMBINED[name]
    if rule == "sum":
        return first + second
    if rule == "product":
        return first * second
    return min(first, second) if rule == "least" else max(first, second)


def _people(value: Any, kind: str) -> str:
    return value if isinstance(value, str) else format_quantity(float(value), kind)
