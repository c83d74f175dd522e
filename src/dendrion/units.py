"""Quantities at the door: text with a unit in, SI floats inside, readable text out.

People write units in many ways (``mA/cm2``, ``mA cm⁻²``, ``MPa√m``, ``10 °C/min``). The number and the unit
are split here, the unit is brought to one form, °C in a compound becomes a temperature difference, and pint
knows what each unit is worth. Pint is imported at the first quantity, not with this module (it costs 0.3 s).
"""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from .constants import AVOGADRO
from .errors import InputError
from .unit_kinds import KINDS, Kind
from .unit_text import UnitFactor, normalise, parse_unit, split_number, unit_names

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["KINDS", "Kind", "Quantity", "format_quantity", "parse_quantity", "to_si"]

_TEMPERATURE_OFFSETS = {"degC": Fraction("273.15"), "degF": Fraction("45967/180")}
_TEMPERATURE_SCALES = {"degC": Fraction(1), "degF": Fraction(5, 9)}
_DECIMAL_COMMA = re.compile(r"^[+-]?\d+,\d+")


@dataclass(frozen=True)
class Quantity:
    """A number with a unit, as read from text.

    ``value_si = scale * number + offset``, in ``unit_si``; ``unit`` is the user's own unit.
    """

    value_si: float
    unit_si: str
    text: str
    kind: str = ""
    unit: str = ""
    scale: Fraction = Fraction(1)
    offset: Fraction = Fraction(0)

    def write(self, value_si: float, digits: int = 6) -> str:
        """Writes another value of the same kind [SI] in the unit of this text, for messages."""
        if math.isinf(value_si):
            return str(value_si)
        number = float((Fraction(value_si) - self.offset) / self.scale)
        return f"{number:.{digits}g} {self.unit}".rstrip()


def parse_quantity(text: object, kind: str | Sequence[str]) -> Quantity:
    """Reads ``"5 um"`` as a length.

    Arguments:
        text: number and unit; a bare number only where the kind is ``dimensionless``.
        kind: a name of ``KINDS``, several of them (the first of the right dimension is taken, see
            ``Quantity.kind``), or a unit whose dimension is wanted (``"mV/min"``; the value is SI all the
            same; a lone ``K`` or ``degC`` means a temperature, not a difference).

    Raises:
        InputError: no number, no or an unknown unit, the wrong dimension, not finite, negative zero.
    """
    kinds = [_kind(name) for name in ([kind] if isinstance(kind, str) else kind)]
    if isinstance(text, bool) or not isinstance(text, (str, int, float)):
        raise InputError(
            f"{_needed(kinds)} is needed, written with its unit", value=text, hint=kinds[0].example
        )
    given = text if isinstance(text, str) else repr(text)
    number, unit = _split(given, kinds)
    if not unit and not any(k.unit == "" for k in kinds):
        raise InputError(
            f'unit is missing: write for instance "{kinds[0].example}"', value=given, allowed=_needed(kinds)
        )
    factors = _factors(unit, given, kinds)
    for candidate in kinds:
        conversion = _conversion(factors, candidate)
        if conversion is not None:
            scale, offset = conversion
            value = _finite(number, scale, offset, given)
            return Quantity(value, candidate.unit, given, candidate.name, unit, scale, offset)
    raise _wrong_dimension(given, unit, factors, kinds)


def to_si(text: object, kind: str) -> float:
    """The SI value of ``text`` read as ``kind`` (see ``parse_quantity``)."""
    return parse_quantity(text, kind).value_si


def format_quantity(value_si: float, kind_or_unit: str, precision: int | None = 4) -> str:
    """Writes an SI value in a unit that people use: ``format_quantity(5e-6, "length")`` is ``"5 µm"``.

    Arguments:
        value_si: the value [SI unit of the kind].
        kind_or_unit: a name of ``KINDS`` (the unit is chosen by size) or the unit to write in.
        precision: significant digits; None writes as many as reading back the same float needs.
    """
    value_si = float(value_si)
    if kind_or_unit == "temperature":
        return _number(value_si, Fraction(1), precision, Fraction("273.15")) + " °C"
    if kind_or_unit in KINDS:
        kind = KINDS[kind_or_unit]
        label, scale = _ladder_step(value_si, kind, precision)
    else:
        label, kind = kind_or_unit, _kind(kind_or_unit)
        conversion = _conversion(parse_unit(normalise(kind_or_unit)), kind)
        if conversion is None or conversion[1]:
            raise InputError(
                "an offset unit can't be written to; use the kind 'temperature'", value=kind_or_unit
            )
        scale = conversion[0]
    return f"{_number(value_si, scale, precision)} {label}".rstrip()


def _ladder_step(value_si: float, kind: Kind, precision: int | None) -> tuple[str, Fraction]:
    """The largest unit of the kind's ladder in which the number is at least 1 and, where asked, exact."""
    steps = [(label, Fraction(factor)) for label, factor in kind.ladder]
    if not math.isfinite(value_si) or value_si == 0.0:
        return next((step for step in steps if step[1] == 1), steps[0])
    digits = 15 if precision is None else precision
    fitting = [step for step in steps if abs(value_si) >= float(step[1]) * (1.0 - 0.5 * 10.0**-digits)]
    step = fitting[-1] if fitting else steps[0]
    if precision is None and not _terminates(Fraction(repr(value_si)) / step[1]):
        return kind.unit, Fraction(1)
    return step


def _terminates(ratio: Fraction) -> bool:
    denominator = ratio.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator == 1


def _number(value_si: float, scale: Fraction, precision: int | None, offset: Fraction = Fraction(0)) -> str:
    if not math.isfinite(value_si):
        return str(value_si)
    if precision is not None:
        return f"{float((Fraction(value_si) - offset) / scale):.{precision}g}"
    ratio = (Fraction(repr(value_si)) - offset) / scale
    # Decimal keeps every digit, so that reading the text back gives the same float.
    decimal = (Decimal(ratio.numerator) / Decimal(ratio.denominator)).normalize()
    plain = format(decimal, "f")
    return plain if len(plain) <= 12 else str(decimal).replace("E", "e")


def _split(given: str, kinds: list[Kind]) -> tuple[Fraction, str]:
    plain = normalise(given)
    if _DECIMAL_COMMA.match(plain):
        raise InputError("decimal comma: write a decimal point", value=given, hint=given.replace(",", ".", 1))
    if re.fullmatch(r"[+-]?(nan|inf(inity)?)\b.*", plain, re.IGNORECASE):
        raise InputError("a finite number is needed", value=given, hint=kinds[0].example)
    try:
        split = split_number(plain)
    except ValueError as error:
        raise InputError(str(error), value=given, hint=kinds[0].example) from None
    if split is None:
        raise InputError(
            f"this does not start with a number; {_needed(kinds)} is needed",
            value=given,
            hint=kinds[0].example,
        )
    return split


def _finite(number: Fraction, scale: Fraction, offset: Fraction, given: str) -> float:
    if number == 0 and given.lstrip().startswith(("-", "−", "–")):
        raise InputError("negative zero: write it without the sign", value=given)
    try:
        return float(number * scale + offset)
    except OverflowError:
        raise InputError("a finite number is needed, this one is too large", value=given) from None


def _factors(unit: str, given: str, kinds: list[Kind]) -> tuple[UnitFactor, ...]:
    for factor in unit_names(unit):
        if _worth(factor.name) is None:
            raise InputError(
                f"unknown unit '{factor.written}'", value=given, hint=_nearest_unit(factor.written, kinds)
            )
    try:
        return parse_unit(unit)
    except ValueError as error:
        raise InputError(str(error), value=given, hint=kinds[0].example) from None


def _nearest_unit(written: str, kinds: list[Kind]) -> str:
    names = dict.fromkeys(
        factor.written
        for kind in [*kinds, *KINDS.values()]
        for label, _ in kind.ladder
        for factor in parse_unit(normalise(label))
    )
    near = [name for name in names if name.lower() == written.lower()]
    near = near or difflib.get_close_matches(written, names, 1)
    nearest = f"{near[0]}; " if near else ""
    return f"{nearest}for instance {kinds[0].example}"


@cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry(autoconvert_offset_to_baseunit=False)


@lru_cache(maxsize=4096)
def _worth(name: str) -> tuple[Fraction, Any] | None:
    """A unit's value in SI base units and its dimension, or None where pint does not know it."""
    import pint

    registry = _registry()
    if name in _TEMPERATURE_SCALES:
        return _TEMPERATURE_SCALES[name], registry.get_dimensionality("kelvin")
    try:
        factor, base = registry.get_base_units(registry.parse_units(name))
    except (pint.UndefinedUnitError, pint.DefinitionSyntaxError, AttributeError, ValueError, TypeError):
        return None
    return _exact(float(factor)), base.dimensionality


def _exact(factor: float) -> Fraction:
    """Prefix factors are ratios of integers; this recovers them from floats, so that 5 um is 5e-6 m."""
    for power in range(-30, 31):
        ratio = Fraction(factor) / Fraction(10) ** power
        if 1 <= ratio < 10:
            nearest = ratio.limit_denominator(1000)
            exact = nearest * Fraction(10) ** power
            return exact if abs(float(exact) / factor - 1.0) < 4e-16 else Fraction(factor)
    return Fraction(factor)


@lru_cache(maxsize=4096)
def _magnitude(factors: tuple[UnitFactor, ...]) -> tuple[Fraction, Any]:
    """Product of the factors: its value in SI base units and its dimension."""
    scale, dimension = Fraction(1), _registry().get_dimensionality("")
    for factor in factors:
        worth = _worth(factor.name)
        if worth is None:
            raise ValueError(f"unknown unit '{factor.written}'")
        power = factor.exponent
        whole = power.denominator == 1
        scale *= worth[0] ** int(power) if whole else _exact(float(worth[0]) ** float(power))
        dimension *= worth[1] ** (int(power) if whole else float(power))
    return scale, dimension


def _conversion(factors: tuple[UnitFactor, ...], kind: Kind) -> tuple[Fraction, Fraction] | None:
    """Scale and offset from the user's unit to the kind's SI unit; None where the dimension differs."""
    alone = factors[0] if len(factors) == 1 and factors[0].exponent == 1 else None
    if kind.name in ("temperature", "temperature_difference") and alone and alone.written == "C":
        # A charge is never a temperature: "25 C" can only be degrees Celsius here.
        alone, factors = UnitFactor("degC", "C", Fraction(1)), (UnitFactor("degC", "C", Fraction(1)),)
    if kind.name == "temperature" and alone and alone.name in _TEMPERATURE_OFFSETS:
        return _TEMPERATURE_SCALES[alone.name], _TEMPERATURE_OFFSETS[alone.name]
    if kind.unit == "" and any(factor.name not in ("percent", "ppm") for factor in factors):
        return None
    if kind.name == "angle" and not factors:
        return None
    scale, dimension = _magnitude(factors)
    target_scale, target = _magnitude(parse_unit(normalise(kind.unit)))
    if kind.name == "activation_energy" and dimension == _magnitude(parse_unit("J"))[1]:
        return scale * Fraction(AVOGADRO), Fraction(0)
    return (scale / target_scale, Fraction(0)) if dimension == target else None


@lru_cache(maxsize=512)
def _kind(name: str) -> Kind:
    if name in KINDS:
        return KINDS[name]
    try:
        factors = parse_unit(normalise(name))
        known = all(_worth(factor.name) for factor in factors)
    except ValueError:
        known = False
    if not known:
        near = difflib.get_close_matches(name, KINDS, 1)
        raise InputError("unknown kind of quantity or unit", value=name, hint=near[0] if near else None)
    if [factor.name for factor in factors] in (["K"], ["kelvin"], ["degC"], ["degF"]) and factors[
        0
    ].exponent == 1:
        return KINDS["temperature"]
    base = _registry().Unit("")
    for factor in factors:
        base *= _registry().get_base_units(_registry().parse_units(factor.name))[1] ** float(factor.exponent)
    return Kind(name, f"{base:~C}", f"a quantity in {name}", f"1 {name}", ((name, "1"),))


def _needed(kinds: list[Kind]) -> str:
    return " or ".join(kind.noun for kind in kinds)


def _wrong_dimension(given: str, unit: str, factors: tuple[UnitFactor, ...], kinds: list[Kind]) -> InputError:
    found = next((kind.noun for kind in KINDS.values() if _conversion(factors, kind) is not None), None)
    is_what = f"is {found}" if found else f"has the unit '{unit}'" if unit else "has no unit"
    return InputError(
        f"'{given}' {is_what}, {_needed(kinds)} is needed",
        value=given,
        hint=f"for instance {kinds[0].example}",
    )
