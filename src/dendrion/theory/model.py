"""The base of every model: checked inputs, answers with units, doubts and provenance."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..errors import InputError
from .arrays import Array, concrete, namespace
from .card import Card, Constraint, Output, Parameter, Remark, Threshold


@dataclass(frozen=True)
class Answer:
    """One answer of a model: ``value`` in ``unit`` (SI), with its kind and meaning."""

    value: Array
    unit: str
    kind: str
    meaning: str


@dataclass(frozen=True)
class Evaluation:
    """What a model says: answers, how far to trust them, and where the equations come from.

    Attributes:
        answers: by name, the model's main answer first.
        validity: "ok", "warn" or "refused"; ``messages`` say why.
        threshold: demand against limit, where the model decides something.
    """

    model: str
    answers: Mapping[str, Answer]
    validity: str
    messages: tuple[str, ...]
    provenance: Mapping[str, Any]
    threshold: Threshold | None = None

    @property
    def value(self) -> Array:
        """The main answer [``unit``]."""
        return next(iter(self.answers.values())).value

    @property
    def unit(self) -> str:
        """SI unit of the main answer."""
        return next(iter(self.answers.values())).unit

    def __getitem__(self, name: str) -> Array:
        return self.answers[name].value

    def as_dict(self) -> dict[str, Any]:
        """The form of ``dendrion theory eval --json``; arrays become lists."""
        quantities = {
            name: {"value": plain(answer.value), "unit": answer.unit} for name, answer in self.answers.items()
        }
        return {
            "model": self.model, "value": plain(self.value), "unit": self.unit, "quantities": quantities,
            "validity": self.validity, "messages": list(self.messages), "provenance": dict(self.provenance),
        }  # fmt: skip


def plain(value: Array) -> Any:
    """A float, a boolean, a text or nested lists of them."""
    return value if isinstance(value, str) else concrete(value).tolist()


class Model:
    """A closed-form or one-dimensional model: a frozen dataclass of its inputs.

    A model states ``card`` and ``outputs`` and overrides ``compute``; ``constraints``, ``remarks`` and
    ``threshold`` where it has any. Inputs are SI floats, NumPy or JAX arrays, and broadcast.
    """

    card: ClassVar[Card]
    outputs: ClassVar[Mapping[str, Output]]

    def __post_init__(self) -> None:
        import numpy as np

        self._to_arrays()
        for constraint in self._ranges():
            self._hold(constraint)
        with np.errstate(all="ignore"):
            for constraint in self.constraints():
                self._hold(constraint)

    def _hold(self, constraint: Constraint) -> None:
        ok = concrete(constraint.ok)
        if ok is not None and not ok.all():
            raise InputError(
                constraint.problem,
                field=constraint.field and f"{self.card.name}.{constraint.field}",
                value=self._first_bad(constraint, ok),
                allowed=constraint.allowed,
                hint=constraint.hint,
            )

    @classmethod
    def parameters(cls) -> dict[str, Parameter]:
        """The inputs by name."""
        return {
            item.name: dataclasses.replace(item.metadata["parameter"], name=item.name)
            for item in dataclasses.fields(cls)  # type: ignore[arg-type]
        }

    @classmethod
    def unchecked(cls, **values: Array) -> Model:
        """A model whose inputs are not looked at: for maps and samples, which leave out refused points."""
        model = object.__new__(cls)
        for name, about in cls.parameters().items():
            object.__setattr__(model, name, values.get(name, about.default))
        model._to_arrays()
        return model

    def _to_arrays(self) -> None:
        """Plain numbers become NumPy's: they divide by zero to infinity instead of raising."""
        import numpy as np

        for name in self.parameters():
            value = getattr(self, name)
            if isinstance(value, (int, float, list, tuple)) and not isinstance(value, bool):
                object.__setattr__(self, name, np.asarray(value, dtype=float)[()])

    @property
    def xp(self) -> Any:
        """The array namespace of the inputs."""
        return namespace(*(getattr(self, name) for name in self.parameters()))

    def compute(self) -> dict[str, Array]:
        """The answers by name, SI, one for each of ``outputs``. Pure: may be traced, mapped, differentiated."""
        raise TypeError(f"{type(self).__name__} computes nothing")

    def constraints(self) -> Iterable[Constraint]:
        """Refusals beyond the range of one input."""
        return ()

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        """Doubts about ``result``."""
        return ()

    def threshold(self, result: Mapping[str, Array]) -> Threshold | None:
        """What the model decides about a cell, if anything."""
        return None

    def judge(self, x: Array, y: Array) -> tuple[str, ...]:
        """What the model says of measured points themselves, beside their fit; nothing by default."""
        return ()

    def admissible(self) -> Any:
        """NumPy boolean array: where the model answers at all."""
        import numpy as np

        ok: Any = np.asarray(True)
        with np.errstate(all="ignore"):
            for constraint in (*self._ranges(), *self.constraints()):
                ok = ok & concrete(constraint.ok)
        return ok

    def evaluate(self) -> Evaluation:
        """The answers with validity, messages and provenance."""
        import numpy as np

        with np.errstate(all="ignore"):
            result = self.compute()
            remarks = [r for r in self.remarks(result) if _holds(r.where)]
            threshold = self.threshold(result)
        answers = {
            name: Answer(result[name], out.unit, out.kind, out.meaning) for name, out in self.outputs.items()
        }
        validity = "refused" if any(r.refused for r in remarks) else "warn" if remarks else "ok"
        dois = [ref.doi for ref in self.card.references if ref.doi]
        return Evaluation(
            self.card.name, answers, validity, tuple(r.text for r in remarks),
            {"kind": self.card.kind, "doi": dois}, threshold,
        )  # fmt: skip

    def _ranges(self) -> Iterable[Constraint]:
        for name, about in self.parameters().items():
            value = getattr(self, name)
            if about.choices:
                yield Constraint(
                    namespace().asarray(value in about.choices), "unknown choice", name, about.allowed
                )
            elif value is not None:
                ok = about.admits(value, namespace(value))
                yield Constraint(ok, f"{about.meaning} is outside its range", name, about.allowed)

    def _first_bad(self, constraint: Constraint, ok: Any) -> object:
        """The value that breaks the constraint, as far as one can be named."""
        import numpy as np

        value = getattr(self, constraint.field or "", None)
        if value is None or isinstance(value, str):
            return value
        values = np.broadcast_to(concrete(value), np.broadcast_shapes(np.shape(value), ok.shape))
        bad = values[~np.broadcast_to(ok, values.shape)].flat[0]
        return f"{float(bad):g} {self.parameters()[constraint.field].unit}".removesuffix(" 1")  # type: ignore[index]


def _holds(where: Array) -> bool:
    seen = concrete(where)
    return seen is not None and bool(seen.any())
