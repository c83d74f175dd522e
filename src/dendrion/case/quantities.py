"""Field types of a case: text with a unit in the file, SI floats in the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from ..errors import InputError
from ..units import KINDS, Quantity, parse_quantity


class Section(BaseModel):
    """A mapping of a case file: immutable, unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)


def refusal(
    problem: str,
    *,
    allowed: str | None = None,
    hint: str | None = None,
    key: str | None = None,
    line: int | None = None,
) -> PydanticCustomError:
    """An error for pydantic to collect; ``refusals`` turns it into an ``InputError`` with its place.

    ``key`` names the entry of the mapping that is meant, ``line`` the line of the file that it names.
    """
    context = {"problem": problem, "allowed": allowed, "hint": hint, "key": key, "line": line}
    return PydanticCustomError("refused", "{problem}", context)


@dataclass(frozen=True)
class QuantityField:
    """A quantity of one kind in a range [SI]: ``Annotated[float, QuantityField("length", above=0.0)]``.

    ``above`` and ``below`` exclude their limit, ``at_least`` and ``at_most`` include it.
    """

    kind: str
    above: float | None = None
    below: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    example: str | None = None

    def read(self, value: object) -> float:
        """SI value of the user's text.

        Raises:
            PydanticCustomError: refused, with the range in the user's unit.
        """
        try:
            quantity = parse_quantity(value, self.kind)
        except InputError as error:
            hint = (self.example or error.hint) if KINDS[self.kind].unit else None
            raise refusal(error.problem, allowed=self.range_text(), hint=hint) from None
        si = quantity.value_si
        if (
            (self.above is not None and si <= self.above)
            or (self.below is not None and si >= self.below)
            or (self.at_least is not None and si < self.at_least)
            or (self.at_most is not None and si > self.at_most)
        ):
            negative = si < 0.0 and (self.above == 0.0 or self.at_least == 0.0)
            problem = "a negative value makes no sense here" if negative else "out of range"
            raise refusal(problem, allowed=self.range_text(quantity), hint=self.example)
        return si

    def range_text(self, quantity: Quantity | None = None) -> str:
        """The range in words, in the unit of ``quantity`` or else in SI."""
        unit = KINDS[self.kind].unit

        def written(si: float) -> str:
            return quantity.write(si) if quantity is not None else f"{si:g} {unit}".rstrip()

        limits = (
            ("above", self.above),
            ("at least", self.at_least),
            ("below", self.below),
            ("at most", self.at_most),
        )
        parts = [f"{word} {written(limit)}" for word, limit in limits if limit is not None]
        of = "of " if parts and parts[0].startswith("at ") else ""
        return f"{KINDS[self.kind].noun} {of}{' and '.join(parts)}".rstrip()

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        unit = KINDS[self.kind].unit
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda si: f"{si!r} {unit}" if unit else si, when_used="json-unless-none"
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        if not KINDS[self.kind].unit:
            limits = {
                "exclusiveMinimum": self.above,
                "exclusiveMaximum": self.below,
                "minimum": self.at_least,
                "maximum": self.at_most,
            }
            return {"type": "number", **{key: limit for key, limit in limits.items() if limit is not None}}
        example = self.example or KINDS[self.kind].example
        return {"type": "string", "x-range": self.range_text(), "examples": [example]}


def quantity_of(info: FieldInfo) -> QuantityField | None:
    """The quantity that a field holds, if it does."""
    return next(_quantities(info.annotation, info.metadata), None)


def _quantities(annotation: Any, metadata: Any = ()) -> Iterator[QuantityField]:
    """The quantity types inside an annotation."""
    yield from (item for item in metadata if isinstance(item, QuantityField))
    for inner in get_args(annotation):
        yield from _quantities(inner, getattr(inner, "__metadata__", ()))


def _switch(value: object) -> object:
    return {"on": True, "off": False}.get(value, value) if isinstance(value, str) else value


def _material(value: object, info: ValidationInfo) -> object:
    if isinstance(value, str) and value.strip().endswith((".yaml", ".yml")):
        return _material_of_file(value.strip(), Path((info.context or {}).get("folder", ".")))
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, Mapping) and value:
        return dict(value)
    raise refusal(
        "the name of a material or a mapping with its claims is needed",
        allowed="a name that 'dendrion materials list' shows, a YAML data sheet, or an inline mapping",
        hint="LLZO",
    )


def _material_of_file(name: str, folder: Path) -> dict[str, Any]:
    """The data sheet in a file beside the case, as the inline mapping that the case then carries."""
    from ..materials import read_material_file

    try:
        return read_material_file(folder / name)[1]
    except InputError as error:
        raise refusal(str(error), hint=error.hint) from None


Switch = Annotated[bool, BeforeValidator(_switch), WithJsonSchema({"enum": [True, False, "on", "off"]})]
"""``on`` or ``off`` (also ``true`` and ``false``)."""

MaterialChoice = Annotated[str | dict[str, Any], BeforeValidator(_material)]
"""The name of a material, a data sheet (a YAML file beside the case), or an inline mapping of claims."""

Length = Annotated[float, QuantityField("length", above=0.0, at_most=1.0)]
Position = Annotated[float, QuantityField("length", at_least=0.0, at_most=1.0)]
Time = Annotated[float, QuantityField("time", above=0.0)]
Temperature = Annotated[float, QuantityField("temperature", above=0.0, at_most=3000.0)]
TemperatureDifference = Annotated[float, QuantityField("temperature_difference", at_least=-1e3, at_most=1e3)]
TemperatureRise = Annotated[
    float, QuantityField("temperature_difference", above=0.0, at_most=1e3, example="10 K")
]
ExchangeCurrentDensity = Annotated[
    float, QuantityField("current_density", above=0.0, at_most=1e8, example="10 A/m^2")
]
ArealResistance = Annotated[float, QuantityField("areal_resistance", above=0.0, at_most=1e6)]
ComplianceVoltage = Annotated[float, QuantityField("potential", above=0.0, at_most=1000.0, example="5 V")]
HeatTransferCoefficient = Annotated[float, QuantityField("heat_transfer_coefficient", above=0.0, at_most=1e9)]
Pressure = Annotated[float, QuantityField("pressure")]
CompressiveStress = Annotated[float, QuantityField("pressure", at_least=0.0, at_most=2e9, example="5 MPa")]
Area = Annotated[float, QuantityField("area", above=0.0, at_most=1e4)]
Fraction = Annotated[float, QuantityField("dimensionless", at_least=0.0, at_most=1.0)]
