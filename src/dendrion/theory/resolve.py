"""Inputs of a model from what the user gives and from the claims about a pair of materials."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..constants import REFERENCE_TEMPERATURE
from ..errors import InputError
from ..materials import Claim, Material, ValidityWarning, interface, material
from ..units import parse_quantity
from .arrays import Array
from .card import Parameter
from .model import Model

STATE = Parameter(
    "temperature", "temperature", "temperature of the claims", above=0.0, default=REFERENCE_TEMPERATURE
)
"""Every model takes a temperature: where it is no input of the equations, the claims are evaluated at it."""


@dataclass(frozen=True)
class Origin:
    """Where an input comes from: given by the user, a claim of a material, or the model's own default."""

    how: str
    claim: Claim | None = None

    def __str__(self) -> str:
        if self.claim is None:
            return self.how
        return f"{self.claim.name}, tag {self.claim.tag}: {self.claim.reference}"


@dataclass(frozen=True)
class Pair:
    """A metal, an electrolyte and their interface; each may be absent."""

    metal: Material | None = None
    electrolyte: Material | None = None
    interface: Material | None = None

    @classmethod
    def of(cls, metal: str | Material | None = None, electrolyte: str | Material | None = None) -> Pair:
        """Materials by name or as objects.

        Raises:
            InputError: unknown names, or an electrolyte that conducts another ion.
        """
        side = material(metal) if isinstance(metal, str) else metal
        other = material(electrolyte) if isinstance(electrolyte, str) else electrolyte
        joined = interface(side.name, other.name) if side is not None and other is not None else None
        return cls(side, other, joined)

    @property
    def name(self) -> str:
        """For people: ``Li | LLZO``."""
        return " | ".join(item.name for item in (self.metal, self.electrolyte) if item is not None)

    def claim(self, where: str) -> Claim | None:
        """The claim at ``"electrolyte.conductivity"`` (``#label`` for another than the default), if any."""
        kind, _, rest = where.partition(".")
        name, _, label = rest.partition("#")
        sheet: Material | None = getattr(self, kind)
        if sheet is None:
            return None
        found = [c for c in sheet.claims(name) if not label or c.label == label]
        return found[0] if found else None


@dataclass(frozen=True)
class Inputs:
    """Complete inputs of one model [SI]: values, where each is from, and what the claims' laws had to say."""

    model: type[Model]
    values: Mapping[str, Any]
    origins: Mapping[str, Origin]
    messages: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    pair: Pair = field(default_factory=Pair)

    def build(self) -> Model:
        """The model.

        Raises:
            InputError: the model does not speak about this electrolyte, an input is missing, or is refused.
        """
        sheet, card = self.pair.electrolyte, self.model.card
        if sheet is not None and card.classes and sheet.electrolyte_class not in card.classes:
            raise InputError(
                f"does not apply to {sheet.name}, a {(sheet.electrolyte_class or '').replace('_', ' ')}",
                field=card.name, allowed=", ".join(card.classes), hint=card.instead,
            )  # fmt: skip
        if self.missing:
            first = self.model.parameters()[self.missing[0]]
            claimed = [name for name in self.missing if self.model.parameters()[name].claim]
            raise InputError(
                f"needs {', '.join(self.missing)}", field=self.model.card.name,
                allowed=f"{first.name}: {first.meaning}, {first.allowed}",
                hint="name --metal and --electrolyte, whose claims supply it, or give " + claimed[0] if claimed
                else f'{first.name}="{_example(first)}"',
            )  # fmt: skip
        return self.model(**self.values)


def resolve(
    model: type[Model], given: Mapping[str, Any], pair: Pair | None = None, *, lenient: bool = False
) -> Inputs:
    """Fills a model's inputs: what is given first, then the pair's claims, then the model's own defaults.

    Arguments:
        given: name → text with a unit, SI number or array; names may be shortened where that is unique.
        lenient: names the model does not know are left out (for comparisons of many models).

    Raises:
        InputError: unknown name, unit or dimension wrong.
    """
    pair, parameters = pair or Pair(), model.parameters()
    known = {STATE.name: STATE, **parameters}
    values: dict[str, Any] = {}
    for key, raw in given.items():
        name = key if lenient and key not in known else _named(key, known, model)
        if name in known:
            values[name] = read(raw, known[name], model)
    origins = {name: Origin("given") for name in values}
    temperature = values.get(STATE.name, known[STATE.name].default)
    concentration = values.get("salt_concentration")
    messages: list[str] = []
    for name, about in parameters.items():
        if name in values:
            continue
        claim = pair.claim(about.claim) if about.claim else None
        if claim is not None:
            values[name] = _evaluate(claim, temperature, concentration, messages)
            origins[name] = Origin("claim", claim)
        elif not about.required:
            values[name], origins[name] = about.default, Origin("default of the model")
    missing = tuple(name for name in parameters if name not in values)
    kept = {name: values[name] for name in parameters if name in values}
    return Inputs(model, kept, origins, tuple(dict.fromkeys(messages)), missing, pair)


def read(raw: Any, about: Parameter, model: type[Model] | None = None) -> Any:
    """One input as SI: texts are read with their units, numbers and arrays are SI already.

    Raises:
        InputError: unit missing or of another dimension, or an unknown word.
    """
    where = f"{model.card.name}.{about.name}" if model else about.name
    if about.choices or not isinstance(raw, str):
        if about.choices and raw not in about.choices:
            near = difflib.get_close_matches(str(raw), about.choices, 1)
            raise InputError(
                "unknown choice",
                field=where,
                value=raw,
                allowed=about.allowed,
                hint=near[0] if near else None,
            )
        return raw
    try:
        return parse_quantity(raw, about.kind).value_si
    except InputError as error:
        raise InputError(
            error.problem,
            field=where,
            value=error.value,
            allowed=error.allowed or about.allowed,
            hint=error.hint,
        ) from None


def _named(key: str, known: Mapping[str, Parameter], model: type[Model]) -> str:
    """The input of that name or of that unique beginning."""
    if key in known:
        return key
    begun = [name for name in known if name.startswith(key)]
    if len(begun) == 1:
        return begun[0]
    near = begun or difflib.get_close_matches(key, known, 3, 0.4)
    raise InputError(
        "unknown input",
        field=model.card.name,
        value=key,
        hint=" or ".join(near) or None,
        allowed=", ".join(known),
    )


def _evaluate(claim: Claim, temperature: Array, concentration: Array | None, messages: list[str]) -> Array:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ValidityWarning)
        value = claim.evaluate(temperature, concentration)
    messages += [str(item.message) for item in caught if issubclass(item.category, ValidityWarning)]
    if claim.bound:
        messages.append(f"{claim.name} is a bound only ({claim.bound})")
    return value


def _example(about: Parameter) -> str:
    from ..units import KINDS

    return KINDS[about.kind].example if about.kind in KINDS else f"1 {about.kind}"
