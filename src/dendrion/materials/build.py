"""From entries of a data sheet to claims: units to SI, limits of every property, one default a property."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import InputError
from ..units import KINDS as QUANTITY_KINDS
from ..units import parse_quantity
from .build_law import LawMaker
from .claim import Claim
from .laws import JOULE_PER_MOLE_OF_EV
from .properties import Property, property_named
from .schema import ClaimEntry, SpreadEntry, combined, locate, validate
from .spread import Spread, choose_distribution

GIVEN = "given in the case"


def quantity_kind(definition: Property) -> str:
    """The kind (or unit) by which ``units`` knows this property's quantities."""
    if definition.unit == "1":
        return "dimensionless"
    return definition.kind if definition.kind in QUANTITY_KINDS else definition.unit


def build_claims(
    entries: Mapping[str, Any],
    material: str,
    *,
    file: str | None = None,
    path: Sequence[str] = ("claims",),
    document: Any = None,
    given: bool = False,
) -> dict[str, tuple[Claim, ...]]:
    """Claims by property from the mapping property → entries of a data sheet.

    An entry is a mapping of the schema, or ``"40 mS/m"``: then, and wherever ``given`` is set, tag and
    source are filled in as given in the case.

    Raises:
        InputError: whatever the schema or the property's limits refuse, all of a document at once.
    """
    claims: dict[str, tuple[Claim, ...]] = {}
    errors: list[InputError] = []
    for name, listed in entries.items():
        here = Place(document, file, (*path, name))
        try:
            definition = property_named(name, location=here.location(), field=".".join(path))
            items = listed if isinstance(listed, list) else [listed]
            maker = ClaimMaker(definition, material, given, here)
            built = [
                replace(maker, place=here.item(index) if isinstance(listed, list) else here).make(item)
                for index, item in enumerate(items)
            ]
            claims[name] = _with_one_default(built, here)
        except InputError as error:
            errors += getattr(error, "errors", [error])
    if errors:
        raise combined(errors)
    return claims


@dataclass(frozen=True)
class Place:
    """Where in a document an entry stands, to make errors that say so."""

    document: Any
    file: str | None
    steps: tuple[str | int, ...]

    def item(self, index: int) -> Place:
        """The place of one item of a list."""
        return replace(self, steps=(*self.steps, index))

    def location(self, *keys: str) -> Any:
        """File, line and column, where known."""
        return locate(self.document, [*self.steps, *keys], self.file)

    def refuse(self, problem: str, *keys: str, **parts: Any) -> InputError:
        """The error that ``problem`` is, at ``keys`` below this place."""
        field = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in (*self.steps, *keys))
        return InputError(problem, field=field[1:], location=self.location(*keys), **parts)


@dataclass(frozen=True)
class ClaimMaker:
    """Makes the claims of one property of one material."""

    definition: Property
    material: str
    given: bool
    place: Place

    def make(self, item: Any) -> Claim:
        """The claim that an entry states."""
        if isinstance(item, (str, int, float)):
            return self._from_text(item)
        if not isinstance(item, Mapping):
            raise self.place.refuse("a claim is a mapping with value, unit, tag and source", value=item)
        filled = {"tag": "G", **item} if self.given else item
        if self.given and "source" not in filled and "doi" not in filled:
            filled = {**filled, "source": GIVEN}
        try:
            entry = validate(ClaimEntry, filled, None)
        except InputError as error:
            # Validation saw the entry alone; here its place in the file is known.
            raise combined([self._placed(one) for one in getattr(error, "errors", [error])]) from None
        return self._from_entry(entry)

    def _placed(self, error: InputError) -> InputError:
        keys = [key for key in (error.field or "").replace("]", "").replace("[", ".").split(".") if key]
        return self.place.refuse(
            error.problem, *keys, value=error.value, allowed=error.allowed, hint=error.hint
        )

    def _from_text(self, text: Any) -> Claim:
        try:
            value = parse_quantity(text, quantity_kind(self.definition)).value_si
        except InputError as error:
            raise self._placed(error) from None
        self._check(value)
        return Claim(
            material=self.material,
            property=self.definition.name,
            value=value,
            unit=self.definition.unit,
            tag="G",
            source=GIVEN,
        )

    def _from_entry(self, entry: ClaimEntry) -> Claim:
        if not entry.source and not entry.doi:
            hint = "source: where the number is from, or doi: its DOI"
            raise self.place.refuse("'source' is missing", hint=hint)
        factor = self.unit_factor(entry.unit)
        value = entry.value * factor
        if not entry.unusable:  # a number that can't be right is kept, with the reason
            self._check(value)
        law, exact = LawMaker(self, entry).make(value)
        return Claim(
            material=self.material,
            property=self.definition.name,
            value=exact,
            unit=self.definition.unit,
            tag=entry.tag,
            source=entry.source or f"DOI {entry.doi}",
            label=entry.label,
            spread=self.spread(entry, entry.value, factor),
            law=law,
            temperature=entry.temperature,
            concentration=entry.concentration,
            conditions=entry.conditions,
            doi=entry.doi,
            via=entry.via,
            note=entry.note,
            bound=entry.bound,
            default=entry.default,
            why_default=entry.why,
            molten=entry.molten,
            unusable=entry.unusable,
            computed=entry.computed.model_dump(exclude_none=True) if entry.computed else None,
        )

    def _check(self, value: float) -> None:
        if not self.definition.admits(value):
            written = f"{value:g} {self.definition.unit}"
            raise self.place.refuse(
                "impossible value", "value", value=written, allowed=self.definition.allowed
            )

    def unit_factor(self, unit: str, *keys: str) -> float:
        """SI value of one ``unit``; the SI unit itself is not looked up."""
        if unit == self.definition.unit:
            return 1.0
        if self.definition.kind == "activation_energy" and unit == "eV":
            return JOULE_PER_MOLE_OF_EV
        kind, wanted = quantity_kind(self.definition), self.definition.unit
        try:
            zero, one = (parse_quantity(f"{number} {unit}", kind).value_si for number in (0, 1))
        except InputError as error:
            allowed = f"{wanted}, or a unit of its kind"
            raise self.place.refuse(
                error.problem, *keys, "unit", value=unit, allowed=allowed, hint=wanted
            ) from None
        if zero != 0.0:
            raise self.place.refuse(
                "a temperature of a claim is written in kelvin", *keys, "unit", value=unit, allowed="K"
            )
        return one

    def spread(self, entry: SpreadEntry, value: float, factor: float, *keys: str) -> Spread:
        """The entry's uncertainty in SI, with the distribution that the rule (or the entry) gives it."""
        self._check_spread(entry, value, factor, keys)
        sigma = entry.sigma if entry.relative_sigma is None else abs(entry.relative_sigma * value)
        scaled = [None if x is None else x * factor for x in (sigma, entry.low, entry.high)]
        positive = self.definition.sign == "+" and value > 0.0
        rule = choose_distribution(scaled[0], entry.log10_sigma, scaled[1], scaled[2], positive=positive)
        stated = entry.distribution
        if stated is not None:
            ranged = entry.low is not None
            fits = rule is not None and stated.endswith("uniform") == ranged
            if not fits or (stated == "log_uniform" and not entry.low):
                allowed = (
                    "normal or log_normal with a sigma, uniform or (above 0) log_uniform with low and high"
                )
                raise self.place.refuse(
                    "this distribution does not go with this uncertainty",
                    *keys,
                    "distribution",
                    value=stated,
                    allowed=allowed,
                )
            rule = stated
        return Spread(scaled[0], entry.log10_sigma, scaled[1], scaled[2], rule)

    def _check_spread(self, entry: SpreadEntry, value: float, factor: float, keys: tuple[str, ...]) -> None:
        refuse, low, high = self.place.refuse, entry.low, entry.high
        stated = [k for k in ("sigma", "relative_sigma", "log10_sigma") if getattr(entry, k) is not None]
        if low is not None or high is not None:
            stated.append("low and high")
        if len(stated) > 1:
            allowed = "one of sigma, relative_sigma, log10_sigma, or low with high"
            raise refuse("more than one uncertainty", *keys, value=", ".join(stated), allowed=allowed)
        if (low is None) != (high is None):
            known = "low" if high is None else "high"
            raise refuse("a range has both ends", *keys, known, allowed="low and high")
        if low is None or high is None:
            return
        if not low <= value <= high or low == high:
            raise refuse(
                "the value lies outside its own range",
                *keys,
                "low",
                value=f"low {low:g}, value {value:g}, high {high:g}",
                allowed="low <= value <= high",
            )
        possible = self.definition.admits(low * factor) and self.definition.admits(high * factor)
        if not possible and not (isinstance(entry, ClaimEntry) and entry.unusable):
            allowed = self.definition.allowed
            raise refuse(
                "the range goes beyond what is possible",
                *keys,
                "low",
                value=f"{low:g} to {high:g}",
                allowed=allowed,
            )


def _with_one_default(claims: list[Claim], place: Place) -> tuple[Claim, ...]:
    """Marks the only claim of a property as its default; of several, exactly one says that it is, and why."""
    if not claims:
        raise place.refuse("a property without a claim", hint="remove it")
    labels = [claim.label for claim in claims if claim.label is not None]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise place.refuse("two claims have the same label", value=twice)
    usable = [claim for claim in claims if not claim.unusable]
    if any(claim.default for claim in claims if claim.unusable):
        raise place.refuse("a claim marked unusable can't be the default", hint="remove default: true")
    if not usable:
        return tuple(claims)
    if len(usable) == 1:
        only = replace(usable[0], default=True, why_default=usable[0].why_default or "the only claim")
        return tuple(only if claim is usable[0] else claim for claim in claims)
    chosen = [claim for claim in claims if claim.default]
    if len(chosen) != 1:
        raise place.refuse(
            "of several claims exactly one is the default",
            value=f"{len(chosen)} of {len(claims)}",
            hint="default: true, with why:",
        )
    if not chosen[0].why_default:
        raise place.refuse("the default claim does not say why it is the default", hint="why: the reason")
    return tuple(claims)
