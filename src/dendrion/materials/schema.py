"""The schema of a material's data sheet, and its errors in the words of people."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..constants import REFERENCE_TEMPERATURE
from ..errors import InputError, InputErrors, Location
from .laws import LAW_KINDS

Kind = Literal["metal", "electrolyte", "cathode", "interface", "surroundings"]
ElectrolyteClass = Literal["single_ion_ceramic", "single_ion_sulfide", "binary_polymer", "binary_liquid"]
Tag = Literal["S", "Q", "W", "E", "D", "C", "R", "G"]

KINDS: tuple[str, ...] = get_args(Kind)
CLASSES: tuple[str, ...] = get_args(ElectrolyteClass)


class _Entry(BaseModel):
    """Strict: a number in quotes is text, not a number, and an unknown key is an error."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class SpreadEntry(_Entry):
    """Uncertainty: one of ``sigma``, ``relative_sigma``, ``log10_sigma``, or ``low`` with ``high``."""

    sigma: float | None = Field(None, gt=0, description="one standard deviation, in the unit of the value")
    relative_sigma: float | None = Field(None, gt=0, description="one standard deviation over the value")
    log10_sigma: float | None = Field(
        None, gt=0, description="one standard deviation of the decimal logarithm"
    )
    low: float | None = Field(None, description="low end of the range, in the unit of the value")
    high: float | None = Field(None, description="high end of the range, in the unit of the value")
    distribution: Literal["normal", "log_normal", "uniform", "log_uniform"] | None = None


class EnergyEntry(SpreadEntry):
    """An activation energy."""

    value: float = Field(ge=0)
    unit: str = Field(description="eV, J/mol or kJ/mol")


class LawEntry(_Entry):
    """How the value changes with temperature [K] and salt concentration [mol/m^3]."""

    kind: str = Field(description=", ".join(LAW_KINDS))
    activation_energy: EnergyEntry | None = None
    activation_temperature: float | None = Field(None, gt=0, description="B of the VTF law [K]")
    vogel_temperature: float | None = Field(None, ge=0, description="T0 of the VTF law [K]")
    power: float | None = Field(None, description="power of T in front of the VTF law; -0.5 if absent")
    melting_temperature: float | None = Field(None, gt=0, description="crystalline below it [K]")
    activation_energy_below: EnergyEntry | None = Field(None, description="of the crystalline branch")
    coefficients: list[float] = Field(default_factory=list, description="of a published function")
    factor: float | None = Field(None, gt=0, description="multiplies a published function")
    temperature_range: list[float] | None = Field(None, min_length=2, max_length=2)
    concentration_range: list[float] | None = Field(None, min_length=2, max_length=2)
    tag: Tag | None = None
    source: str | None = None
    note: str | None = None


class ComputedEntry(_Entry):
    """How a number was computed: with what, how, and what was checked."""

    calculator: str
    package: str | None = None
    version: str | None = None
    weights_sha256: str | None = Field(None, description="of the file that holds the model's parameters")
    settings: dict[str, float | int | str | bool | list[int]] = Field(default_factory=dict)
    checks: dict[str, str] = Field(default_factory=dict, description="check to 'passed: …' or 'failed: …'")


class ClaimEntry(SpreadEntry):
    """One claim: a value with its unit, tag and source, and whatever else is known about it."""

    value: float
    unit: str
    tag: Tag
    source: str | None = None
    doi: str | None = None
    via: str | None = Field(None, description="where the number was read, if not in the source")
    label: str | None = Field(None, description="tells this claim from others of the same property")
    temperature: float = Field(REFERENCE_TEMPERATURE, gt=0, description="[K]")
    concentration: float | None = Field(None, ge=0, description="[mol/m^3]")
    conditions: str | None = None
    law: LawEntry | None = None
    bound: Literal["upper", "lower"] | None = None
    note: str | None = None
    default: bool = False
    why: str | None = Field(None, description="why this claim is the default")
    molten: bool = False
    unusable: str | None = Field(None, min_length=1, description="why the number is kept but never used")
    computed: ComputedEntry | None = Field(None, description="how it was computed, for a number of a model")


class MaterialEntry(_Entry):
    """A data sheet: what the material is, and its claims by property."""

    name: str = Field(min_length=1)
    title: str | None = None
    kind: Kind
    electrolyte_class: ElectrolyteClass | None = Field(None, alias="class")
    ion: Literal["Li", "Na"] | None = None
    metal: str | None = None
    electrolyte: str | None = None
    aliases: list[str] = Field(default_factory=list)
    base: str | None = Field(None, description="material whose claims hold where this one has none")
    note: str | None = None
    claims: dict[str, list[ClaimEntry]] = Field(default_factory=dict)


def locate(node: Any, path: Sequence[str | int], file: str | None) -> Location | None:
    """Line and column of ``path`` in a document read with positions; its nearest ancestor where it is absent.

    Mappings without positions (from a program) give None, or the file alone.
    """
    line = column = None
    for step in path:
        position = _position(node, step)
        if position is None:
            break
        line, column = position
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            break
    if line is None:
        start = getattr(node, "lc", None)
        line, column = (
            (start.line, start.col) if start is not None and start.line is not None else (None, None)
        )
    if line is None:
        return Location(file) if file else None
    return Location(file or "input", line + 1, (column or 0) + 1)


def _position(node: Any, step: str | int) -> tuple[int, int] | None:
    marks = getattr(node, "lc", None)
    if marks is None:
        return None
    try:
        found = marks.item(step) if isinstance(node, list) else marks.key(step)
    except (KeyError, IndexError, TypeError):
        return None
    return (found[0], found[1]) if found else None


def plain(node: Any) -> Any:
    """The document as bare dicts, lists and scalars: strict validation takes no subclasses of float."""
    if isinstance(node, Mapping):
        return {plain(key): plain(value) for key, value in node.items()}
    if isinstance(node, (list, tuple)):
        return [plain(item) for item in node]
    if isinstance(node, bool) or node is None:
        return node
    for kind in (int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node


def validate(model: type[BaseModel], document: Any, file: str | None, path: Sequence[str | int] = ()) -> Any:
    """``document`` (from the place ``path`` of a file) as an instance of ``model``.

    Raises:
        InputError: every error of the document, each with its file, line and column.
    """
    try:
        return model.model_validate(plain(document))
    except ValidationError as error:
        raise combined([_translate(item, model, document, file, path) for item in error.errors()]) from None


def combined(errors: Sequence[InputError]) -> InputError:
    """One error that reports all of them."""
    return errors[0] if len(errors) == 1 else InputErrors(list(errors))


def _translate(
    error: Any, model: type[BaseModel], document: Any, file: str | None, path: Sequence[str | int]
) -> InputError:  # fmt: skip
    steps = list(error["loc"])
    kind, value = error["type"], error.get("input")
    field = dotted([*path, *steps])
    hint = allowed = None
    if kind == "extra_forbidden":
        known = _known_keys(model, steps)
        near = difflib.get_close_matches(str(steps[-1]), known, 2)
        problem, value = "unknown key", steps[-1]
        hint, allowed = " or ".join(near) or None, None if near else ", ".join(known)
    elif kind == "missing":
        problem, value = f"'{steps[-1]}' is missing", None
        if steps[-1] == "unit":
            hint = 'every number needs its unit; "1" is the unit of a pure number'
    elif kind in ("float_type", "int_type"):
        problem, allowed = f"must be a number, not {_type_name(value)}", "a number without quotes"
    elif kind == "literal_error":
        choices = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        near = difflib.get_close_matches(str(value), choices, 1)
        problem, allowed, hint = "not one of the choices", ", ".join(choices), near[0] if near else None
    else:
        problem = error["msg"][:1].lower() + error["msg"][1:]
        value = None if isinstance(value, (dict, list)) else value
    return InputError(
        problem, field=field, value=value, allowed=allowed, hint=hint, location=locate(document, steps, file)
    )


def dotted(steps: Iterable[str | int]) -> str:
    """``claims.density[0].value`` for a path."""
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def _type_name(value: Any) -> str:
    return {str: "text", bool: "true or false", list: "a list", dict: "a mapping", type(None): "nothing"}.get(
        type(value), type(value).__name__
    )


def _known_keys(model: type[BaseModel], steps: Sequence[str | int]) -> list[str]:
    names = [step for step in steps[:-1] if isinstance(step, str)]
    if names and names[-1].startswith("activation_energy"):
        model = EnergyEntry
    elif "law" in names:
        model = LawEntry
    return [item.alias or name for name, item in model.model_fields.items()]
