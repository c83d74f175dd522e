"""One translation of what pydantic refuses into messages for people."""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterator, Mapping
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from ..errors import InputError, Location
from ..units import KINDS
from .documents import Document, Path_, dotted
from .quantities import QuantityField


def input_errors(error: ValidationError, document: Document, model: type[BaseModel]) -> list[InputError]:
    """Each refusal with its place, field, value, what is allowed, the nearest key or an example."""
    translated = [_translate(dict(one), document, model) for one in error.errors(include_url=False)]
    unique = {(str(e.field), e.problem): e for e in translated}
    return list(unique.values())


def _translate(one: dict[str, Any], document: Document, model: type[BaseModel]) -> InputError:
    path = _data_path(one["loc"], document.data, one["type"])
    context, kind = one.get("ctx", {}), one["type"]
    if kind == "extra_forbidden":
        return _unknown_key(path, document, model)
    field, location = dotted(path), document.locate(path)
    if kind == "missing":
        return InputError(
            f"'{path[-1]}' is missing",
            field=field,
            location=document.locate(path[:-1]),
            hint=_example(path, document, model),
        )
    value = one.get("input")
    if kind == "refused":
        if context.get("key"):
            value = document.at((*path, context["key"]))
            field, location = dotted((*path, context["key"])), document.locate((*path, context["key"]))
        if context.get("line") and context["key"] == "file":
            location = Location(str(document.folder / str(value)), context["line"])
        elif context.get("line"):
            context["problem"] += f" (line {context['line']} of the data)"
        return InputError(
            context["problem"],
            field=field,
            value=None if isinstance(value, Mapping) else _shown(value),
            allowed=context.get("allowed"),
            hint=context.get("hint"),
            location=location,
        )
    problem, allowed, hint = _words(kind, context, one)
    hint = hint or _example(path, document, model)
    return InputError(
        problem, field=field, value=_shown(value), allowed=allowed, hint=hint, location=location
    )


def _words(
    kind: str, context: Mapping[str, Any], one: Mapping[str, Any]
) -> tuple[str, str | None, str | None]:
    """Problem, what is allowed, and a hint for pydantic's own error types."""
    if kind == "literal_error":
        return "not one of the allowed words", *_choices(str(context["expected"]), one["input"])
    if kind == "union_tag_invalid":
        return "not one of the allowed kinds", *_choices(str(context["expected_tags"]), context["tag"])
    if kind == "union_tag_not_found":
        return "'kind' is missing", "flat, sinusoid, bump, random, profile", "{kind: flat}"
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        sign = {"greater_than_equal": "at least", "less_than_equal": "at most"}.get(
            kind, kind.replace("_", " ")
        )
        limit = next(iter(context.values()))
        return "out of range", f"{sign} {limit}", None
    if kind in ("too_short", "too_long"):
        limit = context.get("min_length", context.get("max_length"))
        word = "at least" if kind == "too_short" else "at most"
        return f"{context.get('actual_length')} entries are given", f"{word} {limit}", None
    needed = {
        "int_type": "a whole number is needed",
        "int_from_float": "a whole number is needed",
        "bool_type": "on or off is needed",
        "string_type": "text is needed",
        "tuple_type": "a list is needed",
        "list_type": "a list is needed",
        "model_type": "a mapping of keys is needed",
        "dict_type": "a mapping of keys is needed",
        "model_attributes_type": "a mapping of keys is needed",
    }
    return needed.get(kind, one["msg"]), None, None


def _choices(listed: str, value: object) -> tuple[str, str | None]:
    words = [word.strip(" '") for word in listed.replace(" or ", ", ").split(",")]
    near = difflib.get_close_matches(str(value), words, 1)
    return ", ".join(words), near[0] if near else None


def _data_path(location: tuple[str | int, ...], data: Any, kind: str) -> Path_:
    """The path in the user's data: pydantic's place without the names of the union's members."""
    path: list[str | int] = []
    node = data
    for depth, part in enumerate(location):
        inside = (isinstance(node, Mapping) and part in node) or (
            isinstance(node, (list, tuple)) and isinstance(part, int) and part < len(node)
        )
        if inside:
            node = node[part]
            path.append(part)
        elif kind == "missing" and depth == len(location) - 1:
            path.append(part)
    return tuple(path)


def _shown(value: object) -> str | None:
    text = value if isinstance(value, str) else repr(value)
    first = text.partition("\n")[0][:200]
    return first if first == text else first + " …"


def _unknown_key(path: Path_, document: Document, model: type[BaseModel]) -> InputError:
    key, around = str(path[-1]), path[:-1]
    location, field = document.locate(path, key=True), dotted(path)
    section = _model_at(around, document.data, model)
    known = list(section.model_fields) if section else []
    near = difflib.get_close_matches(key, known, 1, cutoff=0.6)
    elsewhere = [p for p in key_paths(model) if p.rsplit(".", 1)[-1] == key]
    hint = f"did you mean '{near[0]}'?" if near else None
    if elsewhere:  # a key that is right in another place is no typing error of this one
        hint = f"it belongs elsewhere: {', '.join(elsewhere[:3])}"
    elif not near:
        close = difflib.get_close_matches(
            key, [p.rsplit(".", 1)[-1] for p in key_paths(model)], 1, cutoff=0.75
        )
        paths = [p for p in key_paths(model) if close and p.rsplit(".", 1)[-1] == close[0]]
        hint = f"did you mean {paths[0]}?" if paths else None
    where = f" in {dotted(around)}" if around else ""
    return InputError(
        f"unknown key '{key}'{where}",
        field=field,
        location=location,
        allowed=", ".join(known) or None,
        hint=hint,
    )


def members(annotation: Any) -> Iterator[Any]:
    """The types inside unions, tuples and annotations."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType, tuple, list) or hasattr(annotation, "__metadata__"):
        for inner in get_args(annotation)[: 1 if hasattr(annotation, "__metadata__") else None]:
            yield from members(inner)
    else:
        yield annotation


def models(annotation: Any) -> list[type[BaseModel]]:
    """The sections of a case that an annotation allows."""
    return [
        member for member in members(annotation) if isinstance(member, type) and issubclass(member, BaseModel)
    ]


def _model_at(path: Path_, data: Any, model: type[BaseModel]) -> type[BaseModel] | None:
    """The model of the mapping at ``path``; among several the one with the data's ``kind``, or most keys."""
    current: type[BaseModel] | None = model
    node = data
    for part in path:
        node = node[part]
        if isinstance(part, int):
            inside = [m for m in _models_below(current) if isinstance(node, Mapping)]
            current = _fitting(inside, node) if inside else current
            continue
        if current is None or part not in current.model_fields:
            return None
        candidates = models(current.model_fields[part].annotation)
        candidates = [
            m for c in candidates for m in ([c] if "root" not in c.model_fields else _models_below(c))
        ]
        current = _fitting(candidates, node)
    return current


def _models_below(model: type[BaseModel] | None) -> list[type[BaseModel]]:
    return models(model.model_fields["root"].annotation) if model and "root" in model.model_fields else []


def _fitting(candidates: list[type[BaseModel]], node: Any) -> type[BaseModel] | None:
    def score(model: type[BaseModel]) -> tuple[bool, int]:
        kind = model.model_fields.get("kind")
        right = (
            kind is not None and isinstance(node, Mapping) and node.get("kind") in get_args(kind.annotation)
        )
        return right, len(set(model.model_fields) & set(node if isinstance(node, Mapping) else ()))

    return max(candidates, key=score, default=None)


def key_paths(model: type[BaseModel], prefix: str = "", depth: int = 0) -> list[str]:
    """Dotted paths of every key that a case can have."""
    paths: list[str] = []
    for name, info in model.model_fields.items():
        path = f"{prefix}.{name}" if prefix else name
        if name != "root":
            paths.append(path)
        for inner in models(info.annotation):
            if depth < 4 and inner is not model:
                paths += key_paths(inner, prefix if name == "root" else path, depth + 1)
    return list(dict.fromkeys(paths))


_EXAMPLES = {
    "cell": "cell: {metal: Li, electrolyte: LLZO}",
    "metal": "metal: Li",
    "electrolyte": "electrolyte: LLZO",
    "domain": "domain: {size: [60 um, 60 um], cells: [256, 256]}",
    "size": "size: [60 um, 60 um]",
    "cells": "cells: [256, 256]",
    "at": "at: [30 um, 30 um]",
    "protocol": 'protocol: ["plate at 0.5 mA/cm^2 for 30 min"]',
}


def _example(path: Path_, document: Document, model: type[BaseModel]) -> str | None:
    """An example of what can stand at ``path``."""
    key = str(path[-1]) if path else ""
    if key in _EXAMPLES:
        return _EXAMPLES[key]
    section = _model_at(path[:-1], document.data, model) if path else None
    info = section.model_fields.get(key) if section else None
    quantities = [m for m in info.metadata if isinstance(m, QuantityField)] if info else []
    return f"{key}: {quantities[0].example or KINDS[quantities[0].kind].example}" if quantities else None
