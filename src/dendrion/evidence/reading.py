"""From a YAML or JSON text to a checked model, with every refusal in words and with its place."""

from __future__ import annotations

import difflib
import types
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from ..errors import InputError, Location
from ..materials.schema import combined, dotted, locate, plain
from ..materials.sheet import read_yaml
from ..units import parse_quantity

_LARGEST_FILE = 20_000_000
Model = TypeVar("Model", bound="Entry")


class Entry(BaseModel):
    """A mapping of a record: immutable, unknown keys are errors."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


@dataclass(frozen=True)
class _Reader:
    """Reads text with a unit as one kind of quantity [SI]."""

    kind: str
    above: float | None = None
    at_least: float | None = None
    at_most: float | None = None

    def __call__(self, given: Any) -> float:
        try:
            quantity = parse_quantity(given, self.kind)
        except InputError as error:
            raise refusal(error.problem, allowed=error.allowed, hint=error.hint) from None
        value = quantity.value_si
        low = (self.above is not None and value <= self.above) or (
            self.at_least is not None and value < self.at_least
        )
        if low or (self.at_most is not None and value > self.at_most):
            parts = [
                f"{word} {quantity.write(limit)}"
                for word, limit in (
                    ("above", self.above),
                    ("at least", self.at_least),
                    ("at most", self.at_most),
                )
                if limit is not None
            ]
            raise refusal("out of range", allowed=", ".join(parts))
        return value


def measured(kind: str, **limits: float) -> tuple[Any, Any]:
    """What makes ``Annotated[float, *measured("length", above=0.0)]``: text with a unit in, SI float out."""
    schema = {"type": "string", "description": f"a {kind.replace('_', ' ')} with its unit"}
    return BeforeValidator(_Reader(kind, **limits)), WithJsonSchema(schema)


def refusal(problem: str, *, allowed: str | None = None, hint: str | None = None) -> PydanticCustomError:
    """An error for pydantic to collect; ``read_model`` gives it its place."""
    return PydanticCustomError("refused", "{problem}", {"problem": problem, "allowed": allowed, "hint": hint})


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        InputError: absent, too large, not readable, not text.
    """
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise InputError(f"the file is larger than {_LARGEST_FILE / 1e6:.0f} MB", value=str(path))
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"the file is not UTF-8 text (byte {error.start})", value=str(path)) from None
    except OSError as error:
        raise InputError(f"the file can't be read: {error.strerror}", value=str(path)) from None


def read_mapping(text: str, file: str) -> Mapping[str, Any]:
    """A YAML (or JSON) text that holds one mapping, with positions.

    Raises:
        InputError: not YAML, or no mapping.
    """
    document = read_yaml(text, file)
    if not isinstance(document, Mapping):
        raise InputError("a record is a mapping of keys", location=Location(file, 1, 1))
    return document


def read_model(
    model: type[Model], document: Any, file: str | None, path: tuple[str | int, ...] = ()
) -> Model:
    """``document`` as an instance of ``model``; ``path`` says where in the file it stands.

    Raises:
        InputError: every error, each with file, line and column where they are known.
    """
    try:
        return model.model_validate(plain(document))
    except ValidationError as error:
        raise combined(
            [_translate(dict(one), model, document, file, path) for one in error.errors(include_url=False)]
        ) from None


def _translate(
    one: dict[str, Any], model: type[BaseModel], document: Any, file: str | None, path: tuple[str | int, ...]
) -> InputError:  # fmt: skip
    steps = [step for step in one["loc"] if isinstance(step, int) or not step.startswith("function-")]
    kind, value, context = one["type"], one.get("input"), one.get("ctx", {})
    allowed = hint = None
    if kind == "extra_forbidden":
        known = _known_keys(model, steps[:-1])
        near = difflib.get_close_matches(str(steps[-1]), known, 2)
        problem, value = f"unknown key '{steps[-1]}'", None
        hint, allowed = " or ".join(near) or None, ", ".join(known)
    elif kind == "missing":
        problem, value = f"'{steps[-1]}' is missing", None
    elif kind == "refused":
        problem, allowed, hint = context["problem"], context["allowed"], context["hint"]
    elif kind == "literal_error":
        choices = context["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        near = difflib.get_close_matches(str(value), choices, 1)
        problem, allowed, hint = "not one of the choices", ", ".join(choices), near[0] if near else None
    elif kind == "string_type":
        problem = "text is needed; a quantity is written with its unit"
    else:
        problem = one["msg"][:1].lower() + one["msg"][1:]
    shown = None if isinstance(value, (dict, list)) else value
    return InputError(
        problem, field=dotted([*path, *steps]), value=shown, allowed=allowed, hint=hint,
        location=locate(document, steps, file),
    )  # fmt: skip


def _known_keys(model: type[BaseModel], steps: list[str | int]) -> list[str]:
    """Keys of the model that stands at ``steps`` below ``model``."""
    for step in steps:
        if isinstance(step, str) and step in model.model_fields:
            inner = _model_in(model.model_fields[step].annotation)
            model = inner or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (list, tuple, dict, Union, types.UnionType):
        found = (_model_in(part) for part in get_args(annotation))
        return next((model for model in found if model is not None), None)
    return None
