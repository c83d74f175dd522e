"""What a strategy says about itself: parameters, what it changes, cost, validity, and the survey's statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..theory import Parameter

SINGLE_ION = ("single_ion_ceramic", "single_ion_sulfide")
BINARY = ("binary_polymer", "binary_liquid")

COMPLEXITY = {
    1: "a setting of the cell's operation",
    2: "another material or coating",
    3: "another part in the cell",
    4: "an apparatus around the cell",
}
"""Classes of effort, the simplest first."""

ENGINES = {
    "case": "the case is changed: every engine that the case names feels it",
    "theory": "no case can say it: inputs of the theory's models are changed, no simulation feels it",
}
"""Where a strategy acts."""

NEGLIGIBLE = 0.01
"""A relative change below this is no effect of its own [dimensionless]."""

NO_EFFECT = 0.1
"""A change that is reported as none may be this large: a test steps the current by at least as much [dimensionless]."""

SIZE_TOLERANCE = 1.5
"""A figure within this factor of what the survey reports counts as reached [dimensionless]."""


def quantity(name: str, kind: str, meaning: str, **limits: Any) -> Parameter:
    """A parameter; its default is the number of that name in the strategy's data."""
    return Parameter(name, kind, meaning, **{"default": None, **limits})


@dataclass(frozen=True)
class Treatment:
    """What a strategy does: settings of the case by dotted path, and theory inputs that no case has (SI)."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    theory: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Cost:
    """What a strategy takes.

    Attributes:
        resistance: area resistance added to the cell, negative where it falls [ohm m²].
        energy_share: share of the cell's energy density lost to what is put in [dimensionless].
        power: power spent while the cell works, an electrode area [W/m²].
        side: the tensile or hot side: what gets worse elsewhere.
    """

    resistance: float = 0.0
    energy_share: float = 0.0
    power: float = 0.0
    side: str = "none known"

    def lost(self, current: float, voltage: float) -> float:
        """Share of the delivered energy that is lost: i ΔR/U + what is put in + P/(i U) [dimensionless].

        Arguments:
            current: working current density [A/m²]; ``voltage``: of the cell [V].
        """
        spent = self.power / (current * voltage) if current > 0.0 else 0.0
        return current * self.resistance / voltage + self.energy_share + spent


@dataclass(frozen=True)
class Statement:
    """What the survey, or the paper that it tells of, reports.

    Attributes:
        text: in words; ``quantity``: what ``value`` is, in ``unit``; None where only the sign is reported.
        sign: "up": it helps, "down": it harms, "none": no effect.
        bound: "lower" where the report is "at least".
    """

    name: str
    text: str
    quantity: str
    sign: str
    tag: str
    source: str
    value: float | None = None
    unit: str = "1"
    doi: str | None = None
    bound: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Finding:
    """A statement beside what dendrion's models give for the same setting.

    Attributes:
        value: in the statement's unit; ``neutral``: the value that means "no effect".
        outcome: "reached": sign, and size within ``SIZE_TOLERANCE``; "sign": the sign alone (and only the sign was
            reported where the statement has no value); "not reached".
        why: the setting, and the reason where something is missing.
    """

    statement: Statement
    value: float
    outcome: str
    why: str

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            "statement": vars(self.statement),
            "found": self.value,
            "outcome": self.outcome,
            "why": self.why,
        }


def judged(statement: Statement, value: float, why: str, neutral: float = 1.0) -> Finding:
    """The finding with its outcome by one rule for all strategies."""
    signs = {"up": value > neutral * (1.0 + NEGLIGIBLE), "down": value < neutral * (1.0 - NEGLIGIBLE)}
    right = signs.get(statement.sign, abs(value - neutral) <= NO_EFFECT * neutral)
    if not right:
        return Finding(statement, value, "not reached", why)
    if statement.value is None:
        return Finding(statement, value, "sign", why)
    ratio = value / statement.value
    fits = ratio >= 1.0 / SIZE_TOLERANCE and (statement.bound == "lower" or ratio <= SIZE_TOLERANCE)
    return Finding(statement, value, "reached" if fits else "sign", why)
