"""The reference of every key for people: tables made from the models."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ..units import KINDS, format_quantity
from .model import Case
from .protocol import Repeat
from .quantities import quantity_of
from .refusals import members, models

HEADER = "| key | what it is | values | default | example |\n|---|---|---|---|---|"


def reference() -> str:
    """Markdown tables of every key, section by section."""
    parts = ["### Top level\n\n" + _table(Case, "")]
    for name, info in Case.model_fields.items():
        for model in models(info.annotation):
            if "root" not in model.model_fields:
                parts += _section(model, name)
            else:
                for inner in models(model.model_fields["root"].annotation):
                    title = "protocol[…]" if inner is Repeat else name
                    parts += _section(inner, title)
    return "\n\n".join(parts) + "\n"


def _section(model: type[BaseModel], path: str) -> list[str]:
    doc = (model.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")
    parts = [f"### `{path}`{_kind_of(model)}\n\n{doc}\n\n{_table(model, path)}"]
    for name, info in model.model_fields.items():
        several = "[…]" if "tuple" in str(info.annotation) else ""
        for inner in models(info.annotation):
            if inner is not model and inner is not Repeat:
                parts += _section(inner, f"{path}.{name}{several}")
    return parts


def _kind_of(model: type[BaseModel]) -> str:
    kind = model.model_fields.get("kind")
    words = get_args(kind.annotation) if kind is not None else ()
    return f" with `kind: {words[0]}`" if len(words) == 1 else ""


def _table(model: type[BaseModel], path: str) -> str:
    rows = [_row(name, info) for name, info in model.model_fields.items()]
    return "\n".join([HEADER, *rows])


def _row(name: str, info: FieldInfo) -> str:
    example = example_of(name, info)
    cells = [
        f"`{name}`",
        info.description or "",
        _values(info),
        _default(info),
        f"`{example}`" if example else "",
    ]
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _listed(info: FieldInfo) -> bool:
    return "tuple" in str(info.annotation)


def _values(info: FieldInfo) -> str:
    several = "list: " if _listed(info) else ""
    quantity, kinds = quantity_of(info), list(members(info.annotation))
    words = [str(word) for kind in kinds if get_origin(kind) is Literal for word in get_args(kind)]
    if "root" in {field for model in models(info.annotation) for field in model.model_fields}:
        return "list of steps, or mapping"
    if quantity is not None:
        return several + quantity.range_text()
    mapping: bool = bool(models(info.annotation)) or dict in [get_origin(kind) for kind in kinds]
    text = "none"
    if words:
        text = ", ".join(f"`{word}`" for word in words)
    elif bool in kinds:
        text = "on, off"
    elif int in kinds:
        text = "whole number, " + ", ".join(_limits(info))
    elif str in kinds:
        text = "text"
    elif mapping:
        return several + "mapping"
    return several + text + (", or mapping" if mapping else "")


def _limits(info: FieldInfo) -> Iterator[str]:
    inner = [item for part in get_args(info.annotation) for item in getattr(part, "__metadata__", ())]
    for item in [*info.metadata, *inner]:
        for limit in getattr(item, "metadata", [item]):
            for key, word in (("ge", "at least"), ("le", "at most")):
                if getattr(limit, key, None) is not None:
                    yield f"{word} {getattr(limit, key)}"


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    value, quantity = info.default, quantity_of(info)
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, (int, float)):
        unit = quantity is not None and KINDS[quantity.kind].unit
        return format_quantity(value, quantity.kind) if unit and quantity else f"{value:g}"
    return f"`{value}`" if value and isinstance(value, str) else "–"


def example_of(name: str, info: FieldInfo) -> str:
    """A line of YAML that the field accepts; empty for a section, which has a table of its own."""
    if info.examples:
        return f"{name}: {info.examples[0]}"
    quantity, kinds = quantity_of(info), list(members(info.annotation))
    words = [word for kind in kinds if get_origin(kind) is Literal for word in get_args(kind)]
    value = None
    if quantity is not None and KINDS[quantity.kind].unit:
        value = quantity.example or KINDS[quantity.kind].example
        value = f"[{value}, {value}]" if _listed(info) else value
    elif words:
        value = f"[{words[0]}]" if _listed(info) else words[-1]
    elif bool in kinds:
        value = "off" if info.default else "on"
    elif isinstance(info.default, (int, float)):
        value = f"{info.default:g}"
    return f"{name}: {value}" if value is not None else ""


_MARK = "<!-- keys -->\n"


def with_reference(page: str) -> str:
    """The page with fresh tables after its mark."""
    return page.partition(_MARK)[0] + _MARK + "\n" + reference()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(with_reference(target.read_text(encoding="utf-8")), encoding="utf-8")
