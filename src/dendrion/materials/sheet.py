"""Data sheets: from the mapping of a YAML file, or of a case, to a material."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..errors import InputError, Location
from .build import GIVEN, build_claims
from .material import Material, limited
from .schema import MaterialEntry, locate, validate

GENERAL_INTERFACE = "metal|solid"
"""The sheet of any metal on any solid electrolyte; the only interface without sides."""

_NEEDED = {
    "metal": ("ion",),
    "electrolyte": ("class", "ion"),
    "cathode": ("ion",),
    "interface": ("metal", "electrolyte"),
    "surroundings": (),
}
_FROM_BASE = {
    "kind": "kind", "class": "electrolyte_class", "ion": "ion", "metal": "metal", "electrolyte": "electrolyte"
}  # fmt: skip


def read_sheet(
    mapping: Any, find: Callable[[str], Material], *, file: str | None = None, given: bool = True
) -> Material:
    """A material from its data sheet.

    Arguments:
        mapping: the sheet; positions of a file read with ruamel.yaml are used in messages.
        find: the material of a name, for the base and the metal of an interface.
        file: the sheet's name, for messages.
        given: it is part of a case: tag and source may be left out, and a claim may be ``"0.3 mS/cm"``.

    Raises:
        InputError: whatever the schema, the units or the limits refuse, with file and line where known.
    """
    raw = mapping.get("claims") if isinstance(mapping, Mapping) else None
    if not isinstance(mapping, Mapping) or not (raw is None or isinstance(raw, Mapping)):
        raise InputError(
            "a material is a mapping with name, kind and claims",
            value=type(mapping).__name__,
            location=Location(file) if file else None,
        )
    base = _base(mapping, find, file)
    entry = _head(mapping, base, file)
    stated = dict(build_claims(raw or {}, entry.name, file=file, document=mapping, given=given))
    if base is not None:
        stated = _upon(renamed(base.stated, entry.name), stated)
    melting, ion = None, str(entry.ion) if entry.ion else None
    if entry.kind == "interface" and entry.metal:
        metal = find(entry.metal)
        melting, ion = metal.melting_temperature, metal.ion
    if entry.kind == "metal":
        melting = next((c.value for c in stated.get("melting_temperature", ()) if c.default), None)
    return Material(
        name=entry.name,
        kind=entry.kind,
        title=entry.title or entry.name,
        electrolyte_class=entry.electrolyte_class,
        ion=ion,
        metal=entry.metal,
        electrolyte=entry.electrolyte,
        aliases=tuple(entry.aliases),
        note=entry.note,
        base=entry.base,
        origin=GIVEN if given else file or "",
        melting_temperature=melting,
        stated=limited(stated, melting),
    )


def _upon(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """A sheet's claims in place of its base's; where all of a property's are unusable the base's stay beside."""
    kept = {
        name: (*below.get(name, ()), *claims) if all(claim.unusable for claim in claims) else claims
        for name, claims in above.items()
    }
    return {**below, **kept}


def renamed(stated: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The claims of a base as claims of another material."""
    return {key: tuple(replace(claim, material=name) for claim in claims) for key, claims in stated.items()}


class _Positioned(dict[str, Any]):
    """A part of a document that keeps the positions of the whole."""

    lc: Any


def _head(mapping: Mapping[str, Any], base: Material | None, file: str | None) -> MaterialEntry:
    """Everything but the claims; a sheet with a base takes from it what it does not say."""
    filled = {key: getattr(base, name) for key, name in _FROM_BASE.items()} if base else {}
    part = _Positioned({key: value for key, value in filled.items() if value is not None})
    part.update({key: value for key, value in mapping.items() if key != "claims"})
    if getattr(mapping, "lc", None) is not None:
        part.lc = mapping.lc  # type: ignore[attr-defined]
    entry: MaterialEntry = validate(MaterialEntry, part, file)
    if base is not None and base.kind != entry.kind:
        raise InputError(
            f"the base is of another kind ({base.kind})",
            field="base",
            value=base.name,
            location=locate(mapping, ["base"], file),
        )
    for name in _NEEDED[entry.kind]:
        if part.get(name) is None and entry.name != GENERAL_INTERFACE:
            raise InputError(
                f"'{name}' is missing: every {entry.kind} has one",
                field=entry.name,
                location=locate(mapping, ["kind"], file),
            )
    return entry


def _base(mapping: Mapping[str, Any], find: Callable[[str], Material], file: str | None) -> Material | None:
    name = mapping.get("base")
    if name is None:
        return None
    try:
        return find(str(name))
    except InputError as error:
        raise InputError(
            error.problem,
            field="base",
            value=name,
            hint=error.hint,
            location=locate(mapping, ["base"], file),
        ) from None


def read_yaml(text: str, file: str) -> Any:
    """YAML 1.2 with positions, errors as ours.

    Raises:
        InputError: malformed text or a key that stands twice; names the line.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError

    try:
        return YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Location(file, mark.line + 1, mark.column + 1) if mark else Location(file)
        raise InputError(str(error.problem or error.context), location=place) from None
