"""What every applicable model says about one cell, what the others lack, and where they contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .card import Threshold
from .model import Model, plain
from .registry import models
from .resolve import Inputs, Pair, resolve
from .uncertainty import Spreads, sample

if TYPE_CHECKING:
    from ..case import Case

_FAR = 10.0

COSTLY_SAMPLES = 24
"""Most samples of the claims' spreads for a model that is solved numerically."""


@dataclass(frozen=True)
class Verdict:
    """One model about the cell.

    Attributes:
        answer, value, unit: its main answer in SI.
        question: what it decides; None where it only describes. ``demand`` and ``limit`` in ``threshold_kind``.
        ratio: demand over limit, above 1 unsafe; ``safe``: its verdict; ``safe_share``: share of the samples
            of the claims' spreads that it calls safe; ``spread``: 5 and 95 % quantiles of the ratio.
        answer_spread: 5 and 95 % quantiles of the main answer, where it is a number that the claims' spreads move.
    """

    model: str
    field: str
    kind: str
    answer: str
    value: Any
    unit: str
    validity: str
    messages: tuple[str, ...]
    question: str | None = None
    threshold_kind: str | None = None
    demand: float | None = None
    limit: float | None = None
    ratio: float | None = None
    safe: bool | None = None
    safe_share: float | None = None
    spread: tuple[float, float] | None = None
    answer_spread: tuple[float, float] | None = None


@dataclass(frozen=True)
class Comparison:
    """All verdicts on one cell, the models that have none with their reasons, and the contradictions in words."""

    cell: str
    verdicts: tuple[Verdict, ...]
    inapplicable: Mapping[str, str]
    contradictions: tuple[str, ...]

    @property
    def decisions(self) -> list[Verdict]:
        """Verdicts that decide something, by question."""
        return sorted((v for v in self.verdicts if v.question), key=lambda v: (v.question or "", v.model))

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            "cell": self.cell,
            "verdicts": [vars(verdict) for verdict in self.verdicts],
            "inapplicable": dict(self.inapplicable),
            "contradictions": list(self.contradictions),
        }


def compare(given: Mapping[str, Any], pair: Pair, *, samples: int = 200, seed: int = 0) -> Comparison:
    """Asks every model about one cell.

    Arguments:
        given: inputs by name, texts with units or SI numbers; each model takes those it knows.
        samples: draws of the claims' spreads for the models that decide something; 0: none.

    Raises:
        InputError: no model knows one of the inputs, or an input has the wrong unit.
    """
    known = {name for model in models().values() for name in model.parameters()} | {"temperature"}
    for name in given:
        if name not in known:
            raise InputError(
                "no model knows this input",
                field=name,
                hint="current_density, thickness, stack_pressure, flaw_length",
            )
    verdicts, inapplicable = [], {}
    for name, model in models().items():
        inputs = resolve(model, given, pair, lenient=True)
        reason = _reason(model, given, inputs)
        if reason is not None:
            inapplicable[name] = reason
            continue
        try:
            verdicts.append(_verdict(model, inputs, samples, seed))
        except InputError as error:
            inapplicable[name] = (
                f"{error.field.partition('.')[2] or error.field}: {error.problem}"
                if error.field
                else error.problem
            )
    return Comparison(pair.name, tuple(verdicts), inapplicable, _contradictions(verdicts))


def cell_of(case: Case) -> tuple[dict[str, Any], Pair]:
    """Inputs and materials of a case: thickness, temperature, and the largest plating current with its duration."""
    given: dict[str, Any] = {"temperature": case.conditions.temperature, "thickness": case.cell.thickness}
    for index, segment in enumerate(case.protocol.segments):
        if index >= 10000:
            break
        if segment.kind == "current" and segment.value > given.get("current_density", 0.0):
            given["current_density"], given["duration"] = segment.value, segment.duration
    given = {name: value for name, value in given.items() if value is not None}
    return given, Pair(case.metal_material(), case.electrolyte_material(), case.interface_material())


def _reason(model: type[Model], given: Mapping[str, Any], inputs: Inputs) -> str | None:
    sheet, card = inputs.pair.electrolyte, model.card
    if sheet is not None and card.classes and sheet.electrolyte_class not in card.classes:
        return f"speaks of {' and '.join(card.classes)}, not of a {sheet.electrolyte_class}"
    if inputs.missing:
        return f"needs {', '.join(inputs.missing)}"
    if not any(name in model.parameters() for name in given if name != "temperature") and not any(
        origin.claim for origin in inputs.origins.values()
    ):
        return "shares no input with this cell"
    return None


def _verdict(model: type[Model], inputs: Inputs, samples: int, seed: int) -> Verdict:
    evaluation = inputs.build().evaluate()
    value = plain(evaluation.value)
    head = {
        "model": model.card.name, "field": model.card.field, "kind": model.card.kind, "answer": next(iter(evaluation.answers)),
        "value": value, "unit": evaluation.unit, "validity": evaluation.validity,
        "messages": (*evaluation.messages, *inputs.messages),
    }  # fmt: skip
    drawn = _draws(inputs, samples, seed)
    ends = None if drawn is None else drawn.quantiles.get(head["answer"])
    head["answer_spread"] = None if ends is None or ends[0] == ends[2] else (ends[0], ends[2])
    threshold = evaluation.threshold
    if threshold is None or not _decided(model, inputs, threshold):
        return Verdict(**head)
    return Verdict(
        **head, question=threshold.question, threshold_kind=threshold.kind, demand=float(threshold.demand), limit=float(threshold.limit),
        ratio=_ratio(threshold), safe=bool(threshold.safe), safe_share=None if drawn is None else drawn.safe,
        spread=None if drawn is None else drawn.ratio,
    )  # fmt: skip


def _decided(model: type[Model], inputs: Inputs, threshold: Threshold) -> bool:
    """Whether the demand was given: a model's idle default (no current, endless time) decides nothing."""
    import math

    demand = float(threshold.demand)
    idle = (
        demand == 0.0
        and "current_density" in model.parameters()
        and str(inputs.origins["current_density"]) != "given"
    )
    return not idle and not math.isnan(demand) and not (math.isinf(demand) and threshold.kind == "time")


def _ratio(threshold: Threshold) -> float:
    """Demand over limit; for limits at or below zero only the verdict counts: 0 safe, infinite unsafe."""
    import math

    demand, limit = float(threshold.demand), float(threshold.limit)
    if math.isinf(limit):
        return 0.0
    if limit <= 0.0 or demand < 0.0:
        return 0.0 if bool(threshold.safe) else math.inf
    return demand / limit


def _draws(inputs: Inputs, samples: int, seed: int) -> Spreads | None:
    """Draws of the claims' spreads; None where none were asked for or the model refuses all of them."""
    if samples < 2:
        return None
    try:
        return sample(inputs, min(samples, COSTLY_SAMPLES) if inputs.model.card.costly else samples, seed)
    except InputError:
        return None


def _contradictions(verdicts: list[Verdict]) -> tuple[str, ...]:
    found = []
    for question in sorted({v.question for v in verdicts if v.question}):
        asked = [v for v in verdicts if v.question == question]
        yes, no = [v.model for v in asked if v.safe], [v.model for v in asked if not v.safe]
        if yes and no:
            found.append(f"{question}: {', '.join(yes)} say safe, {', '.join(no)} say unsafe")
        limits = {
            v.model: v.limit
            for v in asked
            if v.threshold_kind == "current_density" and v.limit and 0.0 < v.limit < 1e300
        }
        if len(limits) > 1 and max(limits.values()) > _FAR * min(limits.values()):
            low, high = min(limits, key=limits.__getitem__), max(limits, key=limits.__getitem__)
            found.append(
                f"{question}: critical currents differ {limits[high] / limits[low]:.3g}-fold, {low} {limits[low]:.3g} A/m^2 "
                f"against {high} {limits[high]:.3g} A/m^2"
            )
    return tuple(found)
