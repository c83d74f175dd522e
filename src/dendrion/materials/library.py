"""The shipped materials: found by name, read once, joined into interfaces."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from ..errors import InputError
from .material import Material, limited
from .schema import plain
from .sheet import GENERAL_INTERFACE, read_sheet, read_yaml, renamed

_FOLDERS = ("metals", "electrolytes", "cathodes", "interfaces", "surroundings")


def list_materials(kind: str | None = None) -> list[str]:
    """Names of the shipped materials, metals first; of one kind only where ``kind`` is stated."""
    return [item.name for item in _shipped().values() if kind is None or item.kind == kind]


def material(name: str) -> Material:
    """The shipped material of that name: ``"LLZO"``, ``"PEO-LiTFSI"``, ``"Li|LLZO"``.

    Upper and lower case, spaces, hyphens and underscores don't matter, nor do subscripts; formulas and common
    other names are known too (``"Li6PS5Cl"``).

    Raises:
        InputError: there is no such material; names the nearest.
    """
    known = _known(name)
    if known is None and "|" in str(name):
        metal, _, electrolyte = str(name).partition("|")
        return interface(metal, electrolyte)
    return known or _sheet(name)


def interface(metal: str, electrolyte: str) -> Material:
    """The interface of a metal and an electrolyte (names as in ``material``).

    A pair without a data sheet of its own takes that of the electrolyte's base (``LiPF6-EC-EMC``: that of
    ``LiPF6-EC-DMC``), else only what holds for that metal in any liquid, or for any metal on any solid
    electrolyte; kinetics is then absent, and asking for it says so.

    Raises:
        InputError: no such metal or electrolyte, or a metal with an electrolyte that conducts another ion.
    """
    side = _sheet(metal)
    if side.kind != "metal":
        raise InputError(
            "this is no metal", field="metal", value=metal, allowed=", ".join(list_materials("metal"))
        )
    pair = _known(f"{side.name}|{electrolyte}")
    if pair is not None:
        return pair
    other = _sheet(electrolyte)
    if other.kind != "electrolyte":
        raise InputError(
            "this is no electrolyte",
            field="electrolyte",
            value=electrolyte,
            allowed=", ".join(list_materials("electrolyte")),
        )
    if other.ion != side.ion:
        fitting = [x.name for x in _shipped().values() if x.kind == "electrolyte" and x.ion == side.ion]
        raise InputError(
            f"{other.name} conducts {other.ion}, it can't plate {side.name}",
            field="electrolyte",
            value=electrolyte,
            allowed=", ".join(fitting),
        )
    return _pair_of(side, other)


def _pair_of(metal: Material, electrolyte: Material) -> Material:
    """The nearest data sheet for this pair: its own, that of the electrolyte's base, the general one."""
    chain: Material | None = electrolyte
    while chain is not None:
        pair = _known(f"{metal.name}|{chain.name}")
        if pair is not None:
            return pair if chain is electrolyte else _renamed(pair, metal, electrolyte)
        chain = _sheet(chain.base) if chain.base else None
    liquid = electrolyte.electrolyte_class == "binary_liquid"
    return _renamed(_sheet(f"{metal.name}|interphase" if liquid else GENERAL_INTERFACE), metal, electrolyte)


def _renamed(sheet: Material, metal: Material, electrolyte: Material) -> Material:
    name = f"{metal.name}|{electrolyte.name}"
    return replace(
        sheet,
        name=name,
        title=f"{metal.name} on {electrolyte.name} (claims of {sheet.name})",
        metal=metal.name,
        electrolyte=electrolyte.name,
        base=sheet.name,
        aliases=(),
        melting_temperature=metal.melting_temperature,
        stated=limited(renamed(sheet.stated, name), metal.melting_temperature),
    )


def material_from_mapping(
    mapping: Mapping[str, Any], *, file: str | None = None, given: bool = True
) -> Material:
    """A material written out in the schema of the data sheets, for instance inline in a case.

    Arguments:
        mapping: the data sheet; positions of a file read with ruamel.yaml are used in messages.
        file: its name, for messages.
        given: fill in tag G and the source "given in the case" where a claim has none; a claim may then be a
            plain text such as ``"0.3 mS/cm"``. A ``base`` supplies what the sheet does not say.

    Raises:
        InputError: whatever the schema, the units or the limits refuse, with file and line where known.
    """
    return read_sheet(mapping, material, file=file, given=given)


def read_material_file(path: str | Path) -> tuple[Material, dict[str, Any]]:
    """The material of a data sheet in a YAML file, and the sheet as a bare mapping.

    A sheet with a ``base`` is an overlay: its claims stand in place of the base's. ``dendrion atoms compute``
    writes such files; a case names them (``cell: {metal: Li-computed.yaml}``).

    Raises:
        InputError: no such file, or whatever the schema, the units or the limits refuse, with line and column.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError("this data sheet can't be read", value=str(file), hint=error.strerror) from None
    document = read_yaml(text, str(file))
    return material_from_mapping(document, file=str(file)), plain(document)


@cache
def _files() -> dict[str, Any]:
    """Shipped data files by stem, metals first, in alphabetical order."""
    root = resources.files(__package__) / "data"
    found = {}
    for folder in _FOLDERS:
        sheets = {item.name.removesuffix(".yaml"): item for item in (root / folder).iterdir()}
        found.update(
            {stem: sheets[stem] for stem in sorted(sheets, key=str.lower) if stem != sheets[stem].name}
        )
    return found


@cache
def _stems() -> dict[str, str]:
    """File stems by the key of the name they stand for: ``Li_on_LLZO.yaml`` is ``Li|LLZO``."""
    return {_key(stem.replace("_on_", "|")): stem for stem in _files()}


@cache
def _read(stem: str) -> Material:
    file = _files()[stem]
    document = read_yaml(file.read_text(encoding="utf-8"), file.name)
    return read_sheet(document, _side, file=file.name, given=False)


def _side(name: str) -> Material:
    """A base or a metal; a shipped sheet names it by its own name."""
    return _read(_stems()[_key(name)])


@cache
def _shipped() -> dict[str, Material]:
    return {item.name: item for item in (_read(stem) for stem in _files())}


@cache
def _index() -> dict[str, str]:
    index: dict[str, str] = {}
    for item in _shipped().values():
        for name in (item.name, *item.aliases):
            if index.setdefault(_key(name), item.name) != item.name:
                raise InputError("two materials have the same name", field=item.name, value=name)
    return index


def _key(name: str) -> str:
    """Name without case, separators, primes, subscripts and superscripts."""
    flat = unicodedata.normalize("NFKC", str(name)).lower().replace("β", "beta")
    return re.sub(r"[^a-z0-9|]", "", flat)


def _known(name: str) -> Material | None:
    """The shipped material of that name, or None. Only its own file is read where the name is the file's."""
    key = _key(name)
    if key in _stems():
        return _read(_stems()[key])
    return _shipped()[_index()[key]] if key in _index() else None


def _sheet(name: str) -> Material:
    known = _known(name)
    if known is not None:
        return known
    near = difflib.get_close_matches(_key(name), _index(), 3, 0.5)
    raise InputError(
        "unknown material",
        value=name,
        hint=" or ".join(dict.fromkeys(_index()[key] for key in near)) or None,
        allowed=None if near else ", ".join(list_materials()),
    )
