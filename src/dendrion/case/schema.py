"""The reference of every key for editors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from ..units import KINDS, format_quantity
from .model import Case
from .quantities import quantity_of
from .refusals import models


def json_schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of a case file, for completion and checks in editors."""
    schema = Case.model_json_schema(mode="validation")
    for model in _all_models(Case, []):
        properties = (schema if model is Case else schema["$defs"].get(model.__name__, {})).get(
            "properties", {}
        )
        for name, info in model.model_fields.items():
            # pydantic writes SI floats; a case file holds text with a unit.
            quantity = quantity_of(info)
            if name not in properties or not isinstance(info.default, (int, float, BaseModel)):
                continue
            if isinstance(info.default, BaseModel):
                properties[name].pop("default", None)
            elif quantity is not None and KINDS[quantity.kind].unit:
                properties[name]["default"] = format_quantity(info.default, quantity.kind, precision=None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "dendrion case",
        "description": "What to simulate; quantities are text with a unit.",
    }


def _all_models(model: type[BaseModel], seen: list[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    if model in seen:
        return
    seen.append(model)
    yield model
    for info in model.model_fields.values():
        for inner in models(info.annotation):
            yield from _all_models(inner, seen)
