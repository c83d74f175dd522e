"""The base of every strategy: checked parameters, a treatment of a case, its cost, and what it is judged by."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import InputError
from ..study.numbers import Number, number_from
from ..theory import Parameter
from ..theory.resolve import read
from .card import COMPLEXITY, Cost, Finding, Statement, Treatment, judged

if TYPE_CHECKING:
    from ..case import Case

DATA = Path(__file__).parent / "data"


class Strategy:
    """One remedy: a function from a case to a case (or to theory inputs), with what it costs and where it holds.

    A strategy states the class variables below and overrides ``treat``, ``cost``, ``findings`` and, where it has
    limits beyond class and metal, ``refuse``. Numbers come from ``data/NAME.yaml``: ``numbers`` (SI, spread, tag,
    source), of which those named like a parameter are its defaults, and ``statements``.

    Attributes:
        changes: the quantity it acts on, in words; ``kind``: published, derived or reconstruction.
        engine: "case" or "theory" (``card.ENGINES``); ``complexity``: a key of ``card.COMPLEXITY``.
        classes, metals: of electrolytes and metals it is for; empty: all.
        twice: what a second application does: "sets" (the same as one) or "adds" (acts upon what is there).
    """

    name: ClassVar[str]
    title: ClassVar[str]
    changes: ClassVar[str]
    kind: ClassVar[str] = "derived"
    engine: ClassVar[str] = "case"
    complexity: ClassVar[int] = 1
    classes: ClassVar[tuple[str, ...]] = ()
    metals: ClassVar[tuple[str, ...]] = ()
    instead: ClassVar[str | None] = None
    twice: ClassVar[str] = "sets"
    parameters: ClassVar[tuple[Parameter, ...]] = ()

    @property
    def numbers(self) -> Mapping[str, Number]:
        """The strategy's numbers by name."""
        return _data(self.name)[0]

    @property
    def statements(self) -> Mapping[str, Statement]:
        """The survey's statements by name."""
        return _data(self.name)[1]

    def number(self, name: str) -> float:
        """The value of a number [SI]."""
        return self.numbers[name].value

    def values(self, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Complete parameters [SI]: what is given (SI numbers or texts with units), then the defaults.

        Raises:
            InputError: unknown name, wrong unit, out of range.
        """
        known = {about.name: about for about in self.parameters}
        for key in given or {}:
            if key not in known:
                near = difflib.get_close_matches(key, known, 2, 0.4)
                raise InputError(
                    "unknown parameter", field=self.name, value=key, hint=" or ".join(near) or None,
                    allowed=", ".join(known) or "this strategy has no parameters",
                )  # fmt: skip
        return {name: self._value(about, (given or {}).get(name)) for name, about in known.items()}

    def _value(self, about: Parameter, raw: Any) -> Any:
        import numpy as np

        if raw is None:
            return about.choices[0] if about.choices else self.number(about.name)
        where = f"{self.name}.{about.name}"
        try:
            value = read(raw, about)
        except InputError as error:
            raise InputError(
                error.problem, field=where, value=error.value or raw, allowed=error.allowed, hint=error.hint
            ) from None
        if not about.choices and not bool(about.admits(value, np)):
            raise InputError("outside its range", field=where, value=raw, allowed=about.allowed)
        return value

    def check(self, case: Case, values: Mapping[str, Any]) -> None:
        """Refuses what this strategy is not for.

        Raises:
            InputError: another electrolyte, metal, or what ``refuse`` names.
        """
        sheet, metal = case.electrolyte_material(), case.metal_material()
        kind = sheet.electrolyte_class or ""
        if self.classes and kind not in self.classes:
            raise InputError(
                f"does not apply to {sheet.name}, a {kind.replace('_', ' ')}", field=self.name, hint=self.instead,
                allowed=", ".join(name.replace("_", " ") for name in self.classes),
            )  # fmt: skip
        if self.metals and metal.name not in self.metals:
            raise InputError(
                f"does not apply to {metal.name}", field=self.name, allowed=", ".join(self.metals), hint=self.instead
            )  # fmt: skip
        self.refuse(case, values)

    def refuse(self, case: Case, values: Mapping[str, Any]) -> None:
        """Further refusals, as ``InputError``; none by default."""

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        """What the strategy changes, for checked values [SI]."""
        raise TypeError(f"{type(self).__name__} changes nothing")

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        """What it takes, for checked values [SI]."""
        return Cost()

    def findings(self) -> tuple[Finding, ...]:
        """Every statement of the survey beside what the models give for its setting."""
        return ()

    def judge(self, statement: str, value: float, why: str, neutral: float = 1.0) -> Finding:
        """A finding by the common rule (``card.judged``)."""
        return judged(self.statements[statement], float(value), why, neutral)

    def as_dict(self) -> dict[str, Any]:
        """Everything about the strategy for machines."""
        return {
            "name": self.name, "title": self.title, "changes": self.changes, "kind": self.kind, "engine": self.engine,
            "complexity": self.complexity, "complexity_means": COMPLEXITY[self.complexity],
            "classes": list(self.classes), "metals": list(self.metals), "twice": self.twice,
            "parameters": {
                about.name: {
                    "unit": about.unit, "meaning": about.meaning, "allowed": about.allowed,
                    "default": about.choices[0] if about.choices else self.number(about.name),
                } for about in self.parameters
            },
            "numbers": {name: number.as_dict() for name, number in self.numbers.items()},
            "findings": [finding.as_dict() for finding in self.findings()],
        }  # fmt: skip


@cache
def _data(name: str) -> tuple[Mapping[str, Number], Mapping[str, Statement]]:
    from ruamel.yaml import YAML

    document = YAML(typ="safe").load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    numbers = {
        key: number_from(f"{name}:{key}", entry) for key, entry in (document.get("numbers") or {}).items()
    }
    return numbers, {key: Statement(key, **entry) for key, entry in document["statements"].items()}
