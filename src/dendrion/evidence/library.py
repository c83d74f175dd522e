"""The shipped records: read once, found by id, filtered by what they are about."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from ..errors import InputError
from ..units import to_si
from .reading import read_mapping, read_model
from .record import Evidence, Point, build
from .schema import TYPES, RecordsFile
from .vocabulary import CONDITIONS, QUANTITIES


def read_records(text: str, file: str) -> list[Evidence]:
    """The records of a data file.

    Raises:
        InputError: whatever the schema or the units refuse, each with file, line and column.
    """
    document = read_mapping(text, file)
    entries = read_model(RecordsFile, document, file).records
    records = [
        build(entry, document["records"][index], file, ("records", index))
        for index, entry in enumerate(entries)
    ]
    seen: set[str] = set()
    for record in records:
        if record.id in seen:
            raise InputError("two records have the same id", field=file, value=record.id)
        seen.add(record.id)
    return records


@cache
def shipped_records() -> Mapping[str, Evidence]:
    """Every shipped record by id, in the order of the files."""
    found: dict[str, Evidence] = {}
    folder = resources.files(__package__) / "data"
    for file in sorted((item for item in folder.iterdir()), key=lambda item: item.name):
        if file.name.endswith(".yaml"):
            for record in read_records(file.read_text(encoding="utf-8"), file.name):
                if record.id in found:
                    raise InputError("two records have the same id", field=file.name, value=record.id)
                found[record.id] = record
    return found


def evidence(identifier: str) -> Evidence:
    """The shipped record of that id.

    Raises:
        InputError: there is none; names the nearest.
    """
    records = shipped_records()
    if identifier in records:
        return records[identifier]
    near = difflib.get_close_matches(identifier, records, 3, 0.4)
    raise InputError(
        "there is no such record",
        field="id",
        value=identifier,
        hint=" or ".join(near) or "dendrion evidence list",
    )


def find_evidence(
    *,
    material: str | None = None,
    quantity: str | None = None,
    conditions: Iterable[str] = (),
    kind: str | None = None,
    text: str | None = None,
) -> list[Evidence]:
    """Records that fit every filter that is given.

    Arguments:
        material: metal or electrolyte; names are forgiving, as in ``dendrion.materials.material``.
        quantity: a name of ``QUANTITIES``.
        conditions: each a condition that a value must state (``"stack_pressure"``), or a range in which it
            must lie (``"temperature=20 degC:80 degC"``, ``"stack_pressure=5 MPa"``).
        kind: experiment, model, exact or benchmark.
        text: stands somewhere in the record, upper or lower case.

    Raises:
        InputError: an unknown material, quantity, condition or kind, or a range that can't be read.
    """
    _require(quantity, QUANTITIES, "quantity")
    _require(kind, TYPES, "type")
    wanted = [_condition(one) for one in conditions]
    name = _material_key(material) if material is not None else None
    found = list(shipped_records().values())
    if name is not None:
        found = [one for one in found if name in {_plain(one.metal), _plain(one.electrolyte)}]
        if not found:
            raise InputError(
                "no record is about this material", field="material", value=material,
                allowed=", ".join(_materials()), hint="dendrion evidence list",
            )  # fmt: skip
    if quantity is not None:
        found = [one for one in found if one.quantity == quantity]
    if kind is not None:
        found = [one for one in found if one.type == kind]
    if text is not None:
        found = [one for one in found if text.lower() in str(one.as_dict()).lower()]
    for condition in wanted:
        found = [one for one in found if any(condition(point) for point in one.points)]
    return found


def _require(name: str | None, words: Mapping[str, Any], what: str) -> None:
    if name is None or name in words:
        return
    near = difflib.get_close_matches(name, words, 2, 0.4)
    raise InputError(
        f"unknown {what}", field=what, value=name, allowed=", ".join(words), hint=" or ".join(near) or None
    )


def _condition(text: str) -> Any:
    """A test of points: whether they state a condition, in a range where one is given."""
    name, equals, range_ = (part.strip() for part in text.partition("="))
    _require(name, CONDITIONS, "condition")
    if not equals:
        return lambda point: name in point.at
    low, _, high = range_.partition(":")
    kind = CONDITIONS[name].kind
    ends = to_si(low.strip(), kind), to_si((high or low).strip(), kind)

    def inside(point: Point) -> bool:
        if name not in point.at:
            return False
        slack = 1e-9 * max(abs(end) for end in ends)
        return ends[0] - slack <= point.at[name] <= ends[1] + slack

    return inside


def _plain(name: str | None) -> str:
    return "".join(letter for letter in (name or "").lower() if letter.isalnum())


def _material_key(name: str) -> str:
    """The key of a material's own name; its other names lead to it."""
    from ..materials import material

    try:
        return _plain(material(name).name)
    except InputError:  # evidence is about more electrolytes than there are data sheets
        return _plain(name)


def _materials() -> list[str]:
    names = [name for one in shipped_records().values() for name in (one.metal, one.electrolyte) if name]
    return sorted(dict.fromkeys(names))
