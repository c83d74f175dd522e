"""A material: a named set of claims, some of which the case may override."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..constants import FARADAY, GAS_CONSTANT, REFERENCE_TEMPERATURE
from ..errors import InputError
from .build import GIVEN, build_claims
from .claim import Array, Claim
from .laws import Law, ReciprocalKinetics
from .properties import PROPERTIES, property_named
from .spread import Spread, choose_distribution

_KINETICS = ("exchange_current_density", "interface_resistance")


@dataclass(frozen=True, kw_only=True)
class Material:
    """A metal, an electrolyte, a cathode's active material, the interface of the first two, or the surroundings.

    Attributes:
        kind: "metal", "electrolyte", "cathode", "interface" or "surroundings".
        electrolyte_class: "single_ion_ceramic", "single_ion_sulfide", "binary_polymer" or "binary_liquid".
        ion: "Li" or "Na"; metal, electrolyte: the sides of an interface.
        melting_temperature: of the metal of an interface [K]; laws end there.
        origin: the file it is from, or "given in the case".
    """

    name: str
    kind: str
    title: str = ""
    electrolyte_class: str | None = None
    ion: str | None = None
    metal: str | None = None
    electrolyte: str | None = None
    aliases: tuple[str, ...] = ()
    note: str | None = None
    base: str | None = None
    origin: str = GIVEN
    melting_temperature: float | None = None
    stated: Mapping[str, tuple[Claim, ...]] = field(default_factory=dict, repr=False)

    def properties(self) -> list[str]:
        """Names of the properties with at least one claim, in the order of a data sheet."""
        return [name for name in PROPERTIES if self._found(name)]

    def all_claims(self) -> list[Claim]:
        """Every claim, the default of a property first."""
        return [claim for name in self.properties() for claim in self.claims(name)]

    def claims(self, property: str) -> list[Claim]:
        """All claims of one property, the default first; empty where there is none.

        Raises:
            InputError: no such property exists.
        """
        property_named(property, field=self.name)
        return sorted(self._found(property), key=lambda claim: not claim.default)

    def claim(self, property: str, label: str | None = None) -> Claim:
        """The default claim of a property, or the one with ``label``.

        Raises:
            InputError: no such property, no claim of it, or no such label; names the nearest.
        """
        found = self.claims(property)
        if not found:
            raise InputError(
                f"no claim of {property}", field=self.name, hint=self._hint(property),
                allowed=f"{self.name} has claims of {', '.join(self.properties()) or 'nothing'}",
            )  # fmt: skip
        if label is None:
            if found[0].unusable:
                raise InputError(
                    f"no usable claim of {property}: {found[0].unusable}", field=self.name, hint="give it in the case"
                )  # fmt: skip
            return found[0]
        chosen = [claim for claim in found if claim.label == label]
        if not chosen:
            labels = [claim.label for claim in found if claim.label is not None]
            near = difflib.get_close_matches(label, labels, 2)
            raise InputError(
                f"no claim of {property} with this label", field=self.name, value=label,
                allowed=", ".join(labels) or "no label: there is one claim", hint=" or ".join(near) or None,
            )  # fmt: skip
        return chosen[0]

    def evaluate(
        self, property: str, temperature: Array = REFERENCE_TEMPERATURE, concentration: Array | None = None,
        *, strict: bool = False,
    ) -> Array:  # fmt: skip
        """The default claim of ``property`` at a temperature [K] and concentration [mol/m^3]."""
        return self.claim(property).evaluate(temperature, concentration, strict=strict)

    def exchange_current_density(
        self, temperature: Array = REFERENCE_TEMPERATURE, concentration: Array | None = None
    ) -> Array:
        """Exchange current density of an interface [A/m^2]: its own claim, or R T/(F R) of its resistance."""
        return self.evaluate("exchange_current_density", temperature, concentration)

    def with_overrides(self, overrides: Mapping[str, Any], *, temperature: float | None = None) -> Material:
        """The same material with some properties given in the case.

        Arguments:
            overrides: property → SI value, text with a unit, mapping (or list of mappings) of the schema, or
                Claim.
            temperature: if stated [K], a plain value holds there and keeps the law of the claim it replaces;
                if None, a plain value is constant.

        An interface has one kinetics: giving its resistance replaces its exchange current density, and the
        other way round.

        Raises:
            InputError: unknown property, impossible value, wrong unit, or both of those kinetics given.
        """
        if all(name in overrides for name in _KINETICS):
            raise InputError(
                "give one of these two, not both", field=self.name, value=" and ".join(_KINETICS)
            )
        stated = dict(self.stated)
        for name, given in overrides.items():
            property_named(name, field=self.name)
            for replaced in _KINETICS if name in _KINETICS else (name,):
                stated.pop(replaced, None)
            stated[name] = self._overridden(name, given, temperature)
        return replace(self, stated=limited(stated, self.melting_temperature))

    def _overridden(self, name: str, given: Any, temperature: float | None) -> tuple[Claim, ...]:
        if isinstance(given, Claim):
            return (replace(given, material=self.name, default=True, why_default=GIVEN),)
        plain = isinstance(given, (int, float, str)) and not isinstance(given, bool)
        if plain and not isinstance(given, str):
            given = {"value": given, "unit": PROPERTIES[name].unit}
        built = build_claims({name: given}, self.name, path=(self.name,), given=True)[name]
        replaced = next((claim for claim in self._found(name) if claim.default), None)
        if plain and temperature is not None and replaced is not None:
            note = f"the law is that of the replaced claim: {replaced.law.describe()}"
            built = (
                replace(
                    built[0], law=replaced.law, temperature=float(temperature),
                    concentration=replaced.concentration, note=note,
                ),
            )  # fmt: skip
        return tuple(replace(claim, why_default=GIVEN) if claim.default else claim for claim in built)

    def _found(self, name: str) -> tuple[Claim, ...]:
        found = self.stated.get(name, ())
        if found or name not in _KINETICS:
            return found
        known = _KINETICS[1 - _KINETICS.index(name)]
        return tuple(_reciprocal(claim, name) for claim in self.stated.get(known, ()))

    def _hint(self, name: str) -> str:
        if name in _KINETICS:
            return "give cell.interface_resistance or cell.exchange_current_density in the case"
        near = difflib.get_close_matches(name, self.properties(), 2)
        return " or ".join(near) if near else f"give {name} in the case, under materials"


def limited(
    stated: Mapping[str, tuple[Claim, ...]], melting_temperature: float | None
) -> dict[str, tuple[Claim, ...]]:
    """The claims, each knowing the temperature at which its metal melts [K]."""
    own = next((claim.value for claim in stated.get("melting_temperature", ()) if claim.default), None)
    limit = own if own is not None else melting_temperature
    return {
        name: tuple(replace(claim, melting_temperature=limit) for claim in claims)
        for name, claims in stated.items()
    }


def _reciprocal(known: Claim, name: str) -> Claim:
    """The claim of the other kinetic quantity: i0 = R T/(F R_ct), or R_ct = R T/(F i0)."""
    thermal = GAS_CONSTANT * known.temperature / FARADAY
    low, high = known.spread.low, known.spread.high
    # What lies between two values has its inverse between theirs.
    low, high = (thermal / high, thermal / low) if low and high else (None, None)
    sigma = None if known.spread.sigma is None else thermal / known.value**2 * known.spread.sigma
    log10_sigma = known.spread.log10_sigma
    rule = choose_distribution(sigma, log10_sigma, low, high, positive=True)
    law = known.law.of if isinstance(known.law, ReciprocalKinetics) else _reciprocal_law(known.law)
    what = known.property.replace("_", " ") + (f" '{known.label}'" if known.label else "")
    return replace(
        known, property=name, value=thermal / known.value, unit=PROPERTIES[name].unit, tag="D", law=law,
        spread=Spread(sigma, log10_sigma, low, high, rule),
        bound={"upper": "lower", "lower": "upper"}.get(known.bound or ""),
        source=f"R T/F over the {what}: {known.source}",
        note=f"derived from {known.value:.6g} {known.unit} (tag {known.tag})",
    )  # fmt: skip


def _reciprocal_law(law: Law) -> Law:
    return ReciprocalKinetics(
        of=law, temperature_range=law.temperature_range, concentration_range=law.concentration_range
    )
