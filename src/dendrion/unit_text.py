"""The writing of units: one form from the many that people use (knows no values, only the grammar)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

_NUMBER = re.compile(
    r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?:\s*[x*×·]\s*10(?:(?:\^|\*\*)([+-]?\d+)|([+-]\d+)))?"
)
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<root>√|sqrt)|(?P<name>[A-Za-zμΩÅ°%]+)|(?P<power>\^|\*\*)"
    r"|(?P<times>[*·⋅∙•×.])|(?P<over>/)|(?P<open>\()|(?P<close>\))|(?P<number>[+-]?\d+(?:\.\d+)?)"
)
_EXPONENT = re.compile(r"\s*(\()?\s*([+-]?\d+(?:\.\d+)?)(?:\s*/\s*(\d+))?(?(1)\s*\))")
_POWER_SIGN = re.compile(r"\s*(\^|\*\*)")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_DEGREES = re.compile(
    r"(?:deg(?:ree)?s?|°)[\s_]*(C|c|F|K)(?:elsius|elvin|ahrenheit)?(?![A-Za-z])|\b[Cc]elsius\b"
)

# Names that pint writes otherwise, or would read as something else.
_ALIASES = {
    "°C": "degC", "°F": "degF", "°K": "kelvin", "°": "degree", "deg": "degree", "Kelvin": "kelvin",
    "%": "percent", "Å": "angstrom", "microns": "micron", "l": "liter", "L": "liter",
    "sec": "second", "secs": "second", "mins": "minute", "hrs": "hour", "Volts": "volt", "Volt": "volt",
}  # fmt: skip


@dataclass(frozen=True)
class UnitFactor:
    """One factor of a unit: pint's name, the user's writing, the exponent [dimensionless]."""

    name: str
    written: str
    exponent: Fraction


def normalise(text: str) -> str:
    """Brings superscripts, minus and micro signs, degree and ohm signs to one character each."""
    plain = re.sub("[⁺⁻]?[⁰¹²³⁴-⁹]+", lambda found: "^" + found[0].translate(_SUPERSCRIPTS), text)
    plain = unicodedata.normalize("NFKC", plain.replace("º", "°").replace("½", "^(1/2)"))
    return re.sub("[−–—‐‑]", "-", plain).strip()


def split_number(plain: str) -> tuple[Fraction, str] | None:
    """Splits ``"3.2×10^-10 m2/s"`` into its number and the unit's text; None without a number.

    Raises:
        ValueError: the power of ten is beyond any float.
    """
    found = _NUMBER.match(plain)
    if found is None:
        return None
    power = int(found[2] or found[3] or 0)
    if abs(power) + abs(int(re.split("[eE]", found[1] + "e0")[1])) > 400:
        raise ValueError("a finite number is needed, this power of ten is out of reach")
    number = Fraction(found[1]) * Fraction(10) ** power
    return number, plain[found.end() :].strip()


def unit_names(plain: str) -> list[UnitFactor]:
    """The words of a text that may be units, without any grammar."""
    words = re.findall(r"[A-Za-zμΩÅ°%]+", _DEGREES.sub(_degree_sign, plain))
    return [UnitFactor(_pint_name(word), word, Fraction(1)) for word in words if word not in ("per", "sqrt")]


@lru_cache(maxsize=4096)
def parse_unit(plain: str) -> tuple[UnitFactor, ...]:
    """Factors of a normalised unit text: ``"MPa√m"`` is (MPa, 1), (m, 1/2).

    Raises:
        ValueError: the text is no unit, or a product after a solidus has no brackets (``W/m K``).
    """
    reader = _Reader(_DEGREES.sub(_degree_sign, plain))
    factors = reader.product(nested=False)
    return tuple(factors)


def _degree_sign(found: re.Match[str]) -> str:
    return "°" + (found[1] or "C").upper()


class _Reader:
    """Recursive descent over one unit text."""

    def __init__(self, text: str) -> None:
        self.text, self.position = text, 0

    def product(self, nested: bool) -> list[UnitFactor]:
        factors: list[UnitFactor] = []
        sign, divided, operator = 1, False, ""
        while self.position < len(self.text):
            token = self._token()
            kind = token.lastgroup
            if kind == "close" and nested and not operator:
                return factors
            if kind == "over" or (kind == "name" and token[0] == "per"):
                sign, divided, operator = -1, True, token[0]
            elif kind == "times":
                operator = token[0]
            elif kind == "space":
                continue
            elif kind == "number" and token[0] == "1":
                sign, operator = 1, ""
            elif kind in ("name", "root", "open"):
                if divided and sign == 1:
                    raise ValueError(
                        "ambiguous unit: put brackets around what is divided by, as in W/(m K), or W/m/K"
                    )
                factors += [UnitFactor(f.name, f.written, sign * f.exponent) for f in self._factor(token)]
                sign, operator = 1, ""
            else:
                raise ValueError(f"'{token[0]}' is not understood in the unit '{self.text}'")
        if operator:
            raise ValueError(f"nothing follows '{operator}' in the unit '{self.text}'")
        if nested:
            raise ValueError(f"a bracket is not closed in the unit '{self.text}'")
        return factors

    def _token(self) -> re.Match[str]:
        found = _TOKEN.match(self.text, self.position)
        if found is None:
            raise ValueError(f"'{self.text[self.position]}' is not understood in the unit '{self.text}'")
        self.position = found.end()
        return found

    def _factor(self, token: re.Match[str]) -> list[UnitFactor]:
        if token.lastgroup == "root":
            inner = self._factor(self._token())
            return [UnitFactor(f.name, f.written, f.exponent / 2) for f in inner]
        if token.lastgroup == "open":
            inside = self.product(nested=True)
        elif token.lastgroup == "name":
            inside = [UnitFactor(_pint_name(token[0]), token[0], Fraction(1))]
        else:
            raise ValueError(f"'{token[0]}' is not understood in the unit '{self.text}'")
        power = self._exponent()
        return [UnitFactor(f.name, f.written, f.exponent * power) for f in inside]

    def _exponent(self) -> Fraction:
        sign = _POWER_SIGN.match(self.text, self.position)
        if sign is None and self.text[self.position : self.position + 1] not in set("+-0123456789"):
            return Fraction(1)
        found = _EXPONENT.match(self.text, sign.end() if sign else self.position)
        if found is None or found[3] == "0":
            raise ValueError(f"an exponent is missing in the unit '{self.text}'")
        self.position = found.end()
        return Fraction(found[2]) / int(found[3] or 1)


def _pint_name(written: str) -> str:
    if written in _ALIASES:
        return _ALIASES[written]
    return written.replace("Ohm", "ohm").replace("Å", "angstrom")
