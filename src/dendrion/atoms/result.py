"""What a computation on atoms returns: claims that say how they were made and whether they may be used."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..constants import AVOGADRO, ELEMENTARY_CHARGE
from ..errors import InputError
from ..materials import PROPERTIES, Claim, material, material_from_mapping

EV_PER_ANGSTROM3 = ELEMENTARY_CHARGE / 1.0e-30
"""1 eV/Å³ as a pressure [Pa]."""

EV_PER_ANGSTROM2 = ELEMENTARY_CHARGE / 1.0e-20
"""1 eV/Å² as a surface energy [J/m^2]."""

EV_PER_ATOM = ELEMENTARY_CHARGE * AVOGADRO
"""1 eV an atom as a molar energy [J/mol]."""

ANGSTROM = 1.0e-10
"""1 Å [m]."""

_NARROWEST = 1.0e-6
"""Relative width below which the values of several settings are one value."""


@dataclass(frozen=True)
class Check:
    """One check of a computed number: what, whether it passed, and the figure that decides."""

    name: str
    passed: bool
    detail: str

    def __str__(self) -> str:
        return f"{'passed' if self.passed else 'failed'}: {self.detail}"


@dataclass(frozen=True)
class Model:
    """The potential that a number comes from."""

    calculator: str
    package: str | None = None
    version: str | None = None
    weights_sha256: str | None = None
    reference: str | None = None
    doi: str | None = None


@dataclass(frozen=True, kw_only=True)
class ComputedClaim:
    """A computed number: value and spread in SI, with model, settings, checks and the reason if unusable.

    Attributes:
        value: at the tightest of the settings tried; ``variations`` holds those of all, in the order tried.
        settings: what the value was computed with.
        refused: a reason known before computing (the model is known to be wrong here); the failed checks are
            added to it in ``unusable``.
    """

    material: str
    property: str
    value: float
    label: str
    conditions: str
    model: Model
    settings: Mapping[str, Any] = field(default_factory=dict)
    variations: tuple[float, ...] = ()
    checks: tuple[Check, ...] = ()
    refused: str | None = None
    note: str | None = None

    @builtins.property
    def unit(self) -> str:
        """SI unit of the property."""
        return PROPERTIES[self.property].unit

    @builtins.property
    def spread(self) -> tuple[float, float] | None:
        """Lowest and highest value over the settings tried; None where they agree to round-off.

        It is the spread of the settings and says nothing about the error of the potential.
        """
        values = (*self.variations, self.value)
        low, high = min(values), max(values)
        return (low, high) if high - low > _NARROWEST * abs(self.value) else None

    @builtins.property
    def unusable(self) -> str | None:
        """Why the number must not be used: what the model is known to get wrong, and the checks that failed."""
        reasons = [self.refused] if self.refused else []
        reasons += [f"{check.name}: {check.detail}" for check in self.checks if not check.passed]
        if not PROPERTIES[self.property].admits(self.value):
            reasons.append(f"impossible value, allowed is {PROPERTIES[self.property].allowed}")
        return "; ".join(reasons) or None

    def entry(self) -> dict[str, Any]:
        """The claim in the schema of the materials' data sheets."""
        spread, model = self.spread, self.model
        source = f"computed with {model.calculator}" + (f" ({model.reference})" if model.reference else "")
        computed = {
            "calculator": model.calculator, "package": model.package, "version": model.version,
            "weights_sha256": model.weights_sha256, "settings": dict(self.settings),
            "checks": {check.name: str(check) for check in self.checks},
        }  # fmt: skip
        entry: dict[str, Any] = {
            "value": float(self.value), "unit": self.unit, "label": self.label, "tag": "C", "source": source,
            "doi": model.doi, "temperature": None, "conditions": self.conditions, "note": self.note,
            "low": spread[0] if spread else None, "high": spread[1] if spread else None,
            "unusable": self.unusable,
            "computed": {key: value for key, value in computed.items() if value not in (None, {})},
        }  # fmt: skip
        return {key: value for key, value in entry.items() if value is not None}

    def claim(self) -> Claim:
        """The same as a claim of the materials library.

        Raises:
            InputError: the entry does not fit the schema, which would be a defect.
        """
        sheet = overlay([self], self.material)
        return material_from_mapping(sheet).claim(self.property, self.label)

    def as_dict(self) -> dict[str, Any]:
        """Everything for machines, SI."""
        return {
            "material": self.material,
            "property": self.property,
            **self.entry(),
            "variations": list(self.variations),
            "usable": self.unusable is None,
        }

    def marked(self, reason: str | None) -> ComputedClaim:
        """The same with what the model is known to get wrong."""
        return replace(self, refused="; ".join(r for r in (self.refused, reason) if r) or None)


def passed(name: str, condition: bool, detail: str) -> Check:
    """A check that passes where the condition holds."""
    return Check(name, bool(condition), detail)


def agreement(name: str, values: Sequence[float], tolerance: float) -> Check:
    """A check that the values of several settings agree within ``tolerance``, relative to the last."""
    width = (max(values) - min(values)) / abs(values[-1]) if values[-1] else float("inf")
    return Check(name, width <= tolerance, f"settings differ by {width:.2%}, allowed {tolerance:.1%}")


def overlay(claims: Sequence[ComputedClaim], base: str) -> dict[str, Any]:
    """A data sheet upon the shipped material ``base`` in which these claims stand in place of its own.

    Where several usable claims of a property are given (faces, boundaries) the first is the default. Materials
    that are not shipped (test metals) become a sheet of their own.
    """
    listed: dict[str, list[dict[str, Any]]] = {}
    for one in claims:
        listed.setdefault(one.property, []).append(one.entry())
    for entries in listed.values():
        usable = [entry for entry in entries if "unusable" not in entry]
        if len(usable) > 1:
            usable[0].update(default=True, why="the first of the computed ones")
    try:
        known = material(base)
        head: dict[str, Any] = {"name": f"{known.name}-computed", "kind": known.kind, "base": known.name}
    except InputError:
        head = {"name": base, "kind": "surroundings"}
    note = "Written by dendrion atoms. Spreads are those of the settings, not the errors of the potential."
    return {**head, "note": note, "claims": listed}


def write_overlay(path: str | Path, claims: Sequence[ComputedClaim], base: str) -> Path:
    """Writes the claims as a data sheet that a case can name: ``cell: {metal: FILE}``.

    Raises:
        InputError: the file can't be written.
    """
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 110
    target = Path(path)
    try:
        with target.open("w", encoding="utf-8") as stream:
            yaml.dump(overlay(claims, base), stream)
    except OSError as error:
        raise InputError("can't write here", field="out", value=str(path), hint=error.strerror) from None
    return target
