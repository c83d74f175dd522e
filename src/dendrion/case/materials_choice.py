"""The materials of a case: names or inline claims, with the case's own numbers in place of claims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

from ..errors import InputError
from .quantities import Section, refusal

if TYPE_CHECKING:
    from ..materials import Material

KINETICS = ("interface_resistance", "exchange_current_density")
"""Each of these sets the other: i0 = RT/(F R)."""

Choice = str | Mapping[str, Any]

ASSUMED = {
    "thermodynamic_factor": ("electrolyte", 1.0, "assumed: ideal solution, for want of a claim"),
    "charge_transfer_coefficient": ("interface", 0.5, "assumed: symmetric reaction, for want of a claim"),
}
"""What stands in where nobody claims a number: kind of material, value, reason."""


def _overrides(value: object) -> object:
    if not isinstance(value, Mapping):
        raise refusal("a mapping of properties is needed", hint='{conductivity: "0.4 mS/cm"}')
    return dict(value)


Overrides = Annotated[dict[str, Any], BeforeValidator(_overrides)]


class MaterialOverrides(Section):
    """Numbers that replace claims: property to text with a unit, to ``{claim: label}`` (another claim of the
    data sheet) or to a claim in the schema of the data sheets.

    A plain value holds at ``conditions.temperature`` and keeps the law of the claim that it replaces.
    """

    metal: Overrides = Field(
        {}, description="properties of the metal", examples=["{surface_energy: 0.5 J/m^2}"]
    )
    electrolyte: Overrides = Field(
        {}, description="properties of the electrolyte", examples=["{conductivity: 0.4 mS/cm}"]
    )
    interface: Overrides = Field(
        {}, description="properties of the interface", examples=["{charge_transfer_coefficient: 0.4}"]
    )


def chosen(choice: Choice) -> Material:
    """The metal or electrolyte of that name, or the one written inline.

    Raises:
        InputError: unknown name, or claims that the schema refuses.
    """
    from ..materials import material, material_from_mapping

    return material(choice) if isinstance(choice, str) else material_from_mapping(choice)


def chosen_interface(metal: Choice, electrolyte: Choice) -> Material:
    """The interface of two materials; that of their bases where they are inline, else one without claims.

    Raises:
        InputError: unknown names, or ions that do not fit.
    """
    from ..materials import Material, interface

    names = [side if isinstance(side, str) else side.get("base") for side in (metal, electrolyte)]
    if all(names):
        return interface(str(names[0]), str(names[1]))
    sides = [chosen(metal), chosen(electrolyte)]
    return Material(
        name="|".join(side.name for side in sides),
        kind="interface",
        title="given in the case",
        metal=sides[0].name,
        electrolyte=sides[1].name,
        ion=sides[1].ion,
        melting_temperature=sides[0].melting_temperature,
    )


def with_overrides(material: Material, overrides: Mapping[str, Any], temperature: float) -> Material:
    """The material with the case's numbers; plain ones hold at ``temperature`` [K].

    Raises:
        InputError: unknown property or label, wrong unit, impossible value.
    """
    settled: dict[str, Any] = assumptions(material)
    for name, given in overrides.items():
        if isinstance(given, Mapping) and set(given) == {"claim"}:
            given = material.claim(name, str(given["claim"]))  # noqa: PLW2901
        elif isinstance(given, (int, float)) and not isinstance(given, bool):
            given = _bare(name, given)  # noqa: PLW2901
        settled[name] = given
    return material.with_overrides(settled, temperature=temperature) if settled else material


def assumptions(material: Material) -> dict[str, Any]:
    """Claims that stand in for those that a sheet lacks, by property."""
    from ..materials import PROPERTIES, Claim

    return {
        name: Claim(
            material=material.name,
            property=name,
            value=value,
            unit=PROPERTIES[name].unit,
            tag="E",
            source=reason,
        )
        for name, (kind, value, reason) in ASSUMED.items()
        if kind == material.kind
        and not material.claims(name)
        and not (material.electrolyte_class or "").startswith("single_ion")
    }


def _bare(name: str, given: float) -> str:
    """A bare number is text without a unit: the materials refuse it where the property has one."""
    from ..materials import PROPERTIES

    if name in PROPERTIES and PROPERTIES[name].unit != "1":
        raise InputError(
            f'unit is missing: write for instance "{given:g} {PROPERTIES[name].unit}"', value=given
        )
    return repr(given)
