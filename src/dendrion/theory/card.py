"""What a model says about itself: parameters, outputs, equations, assumptions, limits and references."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..units import KINDS
from .arrays import Array

FIELDS = ("transport", "growth", "nucleation", "morphology", "mechanics", "coupled")
"""The sections of the survey, in the order of the registry."""

BINARY = ("binary_polymer", "binary_liquid")
SINGLE_ION = ("single_ion_ceramic", "single_ion_sulfide")
REQUIRED: Any = object()
"""Stands where an input has no default of its own."""

SURVEY = "Yu et al., Nano-Micro Lett. 18:414 (2026)"

KINDS_OF_MODEL = {
    "published": "the equation was read in the source, or is textbook",
    "derived": "derived by the makers of dendrion from stated physics; not claimed to be published in this "
    "form",
    "reconstruction": "a published model whose equations were not read: inputs, outputs and trends are its, "
    "the equations are ours",
}


@dataclass(frozen=True)
class Reference:
    """A source: what it is, its DOI where known, and its number in the survey's reference list."""

    text: str
    doi: str | None = None
    survey: int | None = None


@dataclass(frozen=True)
class Output:
    """One answer: kind of quantity (a name of ``units.KINDS`` or a unit) and meaning."""

    kind: str
    meaning: str

    @property
    def unit(self) -> str:
        """SI unit; "1" for a number without one."""
        return unit_of(self.kind)


@dataclass(frozen=True)
class Axis:
    """One axis of a regime map: parameter and range [SI], logarithmic where ``log``."""

    name: str
    low: float
    high: float
    log: bool = True


@dataclass(frozen=True)
class Fit:
    """What a fitter does: finds ``free`` parameters so that ``output`` follows the measured column over ``over``."""

    over: str
    output: str
    free: tuple[str, ...]
    logarithmic: bool = True
    least_rows: int = 3
    least_decades: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Card:
    """A model's own description; the command line, the docs and the comparison are made from it.

    Attributes:
        name: as on the command line.
        field: one of ``FIELDS``; ``scale``: what is resolved (0-D, 1-D, …) over which length.
        kind: published, derived or reconstruction.
        classes: electrolyte classes it speaks about; empty: all. ``instead``: what to ask for the others.
        limits: what it can't say.
        conclusion: what it is for, in one sentence.
        example: inputs (texts with units, ``metal`` and ``electrolyte`` too) of a usual case.
        regime: two axes of its map; ``gradient``: (parameter, output) between which it is smooth.
        costly: it is solved numerically, a cell at a time: comparisons draw fewer samples of it.
    """

    name: str
    title: str
    field: str
    scale: str
    kind: str
    system: str
    equations: tuple[str, ...]
    assumptions: tuple[str, ...]
    limits: tuple[str, ...]
    conclusion: str
    references: tuple[Reference, ...] = ()
    classes: tuple[str, ...] = ()
    instead: str | None = None
    example: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    regime: tuple[Axis, Axis] | None = None
    gradient: tuple[str, str] | None = None
    fit: Fit | None = None
    costly: bool = False


@dataclass(frozen=True)
class Threshold:
    """What a model asks of the cell and what the cell can bear.

    Attributes:
        question: what is decided ("salt depletion", "crack growth", …); models with the same one compete.
        demand, limit: in the SI unit of ``kind``; ``safe``: boolean array.
    """

    question: str
    kind: str
    demand: Array
    limit: Array
    safe: Array


@dataclass(frozen=True)
class Constraint:
    """Inputs the model can't answer for: ``ok`` is a boolean array, the rest is the refusal's text."""

    ok: Array
    problem: str
    field: str | None = None
    allowed: str | None = None
    hint: str | None = None


@dataclass(frozen=True)
class Remark:
    """A doubt about an answer where ``where`` (boolean array) holds; ``refused``: there is no answer there."""

    where: Array
    text: str
    refused: bool = False


@dataclass(frozen=True)
class Parameter:
    """One input of a model, as its field's metadata describes it.

    ``claim``: where a material supplies it: ``"electrolyte.salt_diffusivity"``, with ``#label`` where not the
    default claim. Limits are in SI; ``choices`` for words.
    """

    name: str
    kind: str
    meaning: str
    claim: str | None = None
    above: float | None = None
    least: float | None = None
    below: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    default: Any = REQUIRED

    @property
    def unit(self) -> str:
        """SI unit; "1" for a number without one, "" for a word."""
        return "" if self.choices else unit_of(self.kind)

    @property
    def required(self) -> bool:
        """Whether it has no default value of its own."""
        return self.default is REQUIRED

    @property
    def allowed(self) -> str:
        """The range in words."""
        if self.choices:
            return ", ".join(self.choices)
        unit = "" if self.unit == "1" else f" {self.unit}"
        limits = (
            ("above", self.above),
            ("at least", self.least),
            ("below", self.below),
            ("at most", self.most),
        )
        parts = [f"{word} {value:g}{unit}" for word, value in limits if value is not None]
        return ", ".join(parts) or "any finite number"

    def admits(self, value: Array, xp: Any) -> Array:
        """Elementwise: whether ``value`` [SI] is in the range."""
        ok = ~xp.isnan(xp.asarray(value))
        if self.above is not None:
            ok = ok & (value > self.above)
        if self.least is not None:
            ok = ok & (value >= self.least)
        if self.below is not None:
            ok = ok & (value < self.below)
        return ok & (value <= self.most) if self.most is not None else ok


def parameter(
    kind: str,
    meaning: str,
    *,
    default: Any = REQUIRED,
    claim: str | None = None,
    above: float | None = None,
    least: float | None = None,
    below: float | None = None,
    most: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """A dataclass field that knows its kind of quantity, range and the claim that supplies it."""
    about = Parameter("", kind, meaning, claim, above, least, below, most, choices, default)
    own = {} if default is REQUIRED else {"default": default}
    return dataclasses.field(**own, metadata={"parameter": about})


def unit_of(kind: str) -> str:
    """SI unit of a kind of quantity or of a unit itself; "1" where there is none."""
    return (KINDS[kind].unit if kind in KINDS else kind) or "1"
