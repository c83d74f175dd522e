"""What a sweep computes: axes of a case, and the settings of every case on a grid, at random or on Sobol points."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dendrion.case.documents import parse_path
from dendrion.errors import InputError
from dendrion.unit_text import normalise, split_number
from dendrion.units import KINDS, parse_quantity

PlanKind = Literal["grid", "random", "sobol"]

MOST_CASES = 1_000_000
"""Cases that one sweep may have."""

_FLAGS = ("log", "int")
_BRACES = re.compile(r"^([^{]*)\{([^{}]*)\}([^}]*)$")
_DIGITS = 12
_HINT = 'conditions.temperature="60 degC,90 degC" or protocol[0]="plate at {0.5:2 mA/cm^2} for 1 h"'


@dataclass(frozen=True)
class Axis:
    """One parameter of the case and the values that it takes.

    Attributes:
        path: path in the case, ``conditions.temperature``.
        values: values of a list, as text; empty for a range.
        low, high: ends of a range in ``unit``.
        unit: unit of the range as written.
        count: points of a range on a grid; None for a range that is sampled.
        logarithmic, integer: how a range is divided.
        before, after: text around the value, where it is part of one.
    """

    path: str
    values: tuple[str, ...] = ()
    low: float = math.nan
    high: float = math.nan
    unit: str = ""
    count: int | None = None
    logarithmic: bool = False
    integer: bool = False
    before: str = ""
    after: str = ""

    def at(self, share: float) -> str:
        """The value at a share of the axis from 0 to 1 [dimensionless], as text."""
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        if self.integer:
            number: float = math.floor(self.low + share * (self.high - self.low + 1.0))
            return f"{int(min(number, self.high))} {self.unit}".strip()
        if self.logarithmic:
            number = self.low * (self.high / self.low) ** share
        else:
            number = self.low + share * (self.high - self.low)
        return f"{float(f'{number:.{_DIGITS}g}')!r} {self.unit}".strip()

    def points(self) -> list[str]:
        """The values on a grid.

        Raises:
            InputError: a range without a number of points.
        """
        if self.values:
            return list(self.values)
        if self.integer and self.count is None:
            return [f"{number} {self.unit}".strip() for number in range(int(self.low), int(self.high) + 1)]
        if self.count is None:
            raise InputError(
                "a range on a grid needs its number of points", field=self.path,
                value=f"{self.low:g}:{self.high:g} {self.unit}".strip(), hint="lo:hi:5, or --random N, or --sobol N",
            )  # fmt: skip
        return [self.at(number / (self.count - 1)) for number in range(self.count)]

    def setting(self, value: str) -> str:
        """The setting of the case for one of the axis's values, as YAML text."""
        return f"{self.before}{value}{self.after}"

    def number(self, value: str) -> tuple[float, str] | None:
        """SI value and unit of one of the axis's values; None where it is no quantity."""
        return quantity_of(value)


@dataclass(frozen=True)
class Plan:
    """Every case of a sweep.

    Attributes:
        kind: grid, random or sobol.
        axes: the parameters, the last one running fastest on a grid.
        values: the value of every axis in every case, as text, shape [cases][axes].
        seed: of the random numbers.
    """

    kind: PlanKind
    axes: tuple[Axis, ...]
    values: tuple[tuple[str, ...], ...]
    seed: int = 0

    def __len__(self) -> int:
        return len(self.values)

    @property
    def names(self) -> list[str]:
        """Short names of the axes: the last part of the path where that tells them apart."""
        paths = [re.sub(r"\[(\d+)\]", r"_\1", axis.path) for axis in self.axes]
        short = [path.rpartition(".")[2] for path in paths]
        return [a if short.count(a) == 1 else b.replace(".", "_") for a, b in zip(short, paths, strict=True)]

    def settings(self, number: int) -> list[str]:
        """``path=value`` settings of a case."""
        pairs = zip(self.axes, self.values[number], strict=True)
        return [f"{axis.path}={axis.setting(value)}" for axis, value in pairs]

    def as_dict(self) -> dict[str, Any]:
        """Everything, as plain data; ``plan_from`` reads it."""
        return {
            "kind": self.kind, "seed": self.seed,
            "axes": [{key: value for key, value in vars(axis).items() if not _absent(value)} for axis in self.axes],
            "values": self.values,
        }  # fmt: skip


def plan_from(data: Mapping[str, Any]) -> Plan:
    """The plan that ``Plan.as_dict`` wrote."""
    axes = tuple(Axis(**{**axis, "values": tuple(axis["values"])}) for axis in data["axes"])
    return Plan(data["kind"], axes, tuple(map(tuple, data["values"])), data["seed"])


def make_plan(
    over: Sequence[str] | Mapping[str, Any], kind: PlanKind = "grid", count: int | None = None, seed: int = 0
) -> Plan:
    """The cases of a sweep.

    Arguments:
        over: ``path=values`` texts, or a mapping of paths to texts or lists of values. Values are a list
            (``60 degC,90 degC``) or a range: ``lo:hi`` to sample, ``lo:hi:5`` for five points on a grid, with
            ``:log`` or ``:int`` behind. Braces make a part of a text the value:
            ``plate at {0.5:2 mA/cm^2} for 1 h``.
        kind: "grid" takes every combination; "random" and "sobol" take ``count`` points of the box.
        count: number of random or Sobol points.
        seed: of the random points and of Sobol's scrambling.

    Raises:
        InputError: no axis, one given twice, a range that can't be read, no or a senseless count.
    """
    texts = [(path, _joined(values)) for path, values in over.items()] if isinstance(over, Mapping) else [
        _split(text) for text in over
    ]  # fmt: skip
    axes = tuple(parse_axis(path, values) for path, values in texts)
    if not axes:
        raise InputError("a sweep needs an axis", field="--over", hint=_HINT)
    paths = [axis.path for axis in axes]
    for path in paths:
        if paths.count(path) > 1:
            raise InputError("this path is given twice", field="--over", value=path)
    if kind == "grid":
        values = tuple(itertools.islice(itertools.product(*(axis.points() for axis in axes)), MOST_CASES + 1))
    else:
        values = _sampled(axes, kind, count, seed)
    if len(values) > MOST_CASES:
        raise InputError(f"more than {MOST_CASES} cases", field="--over")
    return Plan(kind, axes, values, seed)


def _sampled(axes: tuple[Axis, ...], kind: str, count: int | None, seed: int) -> tuple[tuple[str, ...], ...]:
    if count is None or not 1 <= count <= MOST_CASES:
        raise InputError(
            "a number of cases is needed", field=f"--{kind}", value=count, allowed=f"1 to {MOST_CASES}"
        )
    for axis in axes:
        if axis.count is not None:
            raise InputError(
                "a range that is sampled has no number of points",
                field=axis.path,
                hint="lo:hi without the number",
            )
    if kind == "random":
        import numpy as np

        shares = np.random.default_rng(seed).random((count, len(axes)))
    else:
        import warnings

        from scipy.stats import qmc

        with warnings.catch_warnings():  # balance holds for powers of two; other numbers are allowed
            warnings.simplefilter("ignore", UserWarning)
            shares = qmc.Sobol(len(axes), scramble=True, rng=seed).random(count)
    return tuple(
        tuple(axis.at(float(share)) for axis, share in zip(axes, row, strict=True)) for row in shares
    )


def parse_axis(path: str, values: str) -> Axis:
    """The axis of a path and its list or range (see ``make_plan``).

    Raises:
        InputError: not a path, no values, or a range that can't be read.
    """
    parse_path(path)
    braces = _BRACES.match(values)
    before, inside, after = (
        braces.groups() if braces and "," not in (braces[1] + braces[3]) else ("", values, "")
    )
    inside, after = _with_unit(inside, after) if braces else (inside, after)
    around: dict[str, Any] = {"before": before, "after": after}
    parts = _outside_brackets(inside, ":")
    if len(parts) > 1 and len(_outside_brackets(inside, ",")) == 1 and split_number(normalise(parts[0])):
        return _range(path, [part.strip() for part in parts], around)
    listed = [part.strip() for part in _outside_brackets(inside, ",")]
    if not all(listed):
        raise InputError("a value is missing", field=path, value=values, hint=_HINT)
    if len(set(listed)) < len(listed):
        raise InputError("a value is given twice", field=path, value=values)
    return Axis(path, tuple(listed), **around)


def _with_unit(inside: str, after: str) -> tuple[str, str]:
    """Takes a unit that stands behind the braces into them: ``{0.5,1} mA/cm^2`` as ``{0.5 mA/cm^2,1 mA/cm^2}``."""
    unit, _, rest = after.lstrip().partition(" ")
    parts = _outside_brackets(inside, ":" if ":" in inside else ",")
    splits = [split_number(normalise(part)) for part in parts if part.strip() not in _FLAGS]
    bare = all(split is not None and not split[1] for split in splits)
    if not unit or not bare or quantity_of(f"1 {unit}") is None:
        return inside, after
    rest = f" {rest}" if rest else ""
    if ":" in inside:
        return ":".join([*parts[:1], f"{parts[1]} {unit}", *parts[2:]]), rest
    return ",".join(f"{part.strip()} {unit}" for part in parts), rest


def _range(path: str, parts: list[str], around: dict[str, Any]) -> Axis:
    low, high, *more = parts
    flags = [part for part in more if part in _FLAGS]
    counts = [part for part in more if part not in _FLAGS]
    ends = [split_number(normalise(low)), split_number(normalise(high))]
    wrong = InputError(
        "this is no range", field=path, value=":".join(parts), hint="lo:hi, lo:hi:5 or lo:hi:5:log"
    )
    if ends[0] is None or ends[1] is None or len(counts) > 1 or not all(part.isdigit() for part in counts):
        raise wrong
    (start, first), (stop, last) = ends[0], ends[1]
    unit = last or first
    if first and last and first != last:
        raise InputError("write both ends of a range in one unit", field=path, value=f"{low}:{high}")
    count = int(counts[0]) if counts else None
    axis = Axis(
        path, (), float(start), float(stop), unit, count, "log" in flags, "int" in flags, **around
    )  # fmt: skip
    if axis.low >= axis.high or (count is not None and count < 2):
        raise wrong
    if axis.logarithmic and axis.low <= 0.0:
        raise InputError("a logarithmic range must be above 0", field=path, value=f"{low}:{high}")
    if axis.integer and (start.denominator != 1 or stop.denominator != 1 or count is not None):
        raise InputError(
            "an integer range has whole ends and no number of points", field=path, value=f"{low}:{high}"
        )
    return axis


def quantity_of(text: str) -> tuple[float, str] | None:
    """SI value and unit of a text that is a quantity or a number; None where it is neither."""
    try:
        split = split_number(normalise(text))
        if split is None:
            return None
        if not split[1]:
            return float(split[0]), ""
        quantity = parse_quantity(text, tuple(KINDS))
    except (InputError, ValueError):
        return None
    return quantity.value_si, quantity.unit_si


def _absent(value: Any) -> bool:
    """Whether a number is the end of no range."""
    return isinstance(value, float) and math.isnan(value)


def _split(text: str) -> tuple[str, str]:
    path, equals, values = text.partition("=")
    if not equals or not path.strip() or not values.strip():
        raise InputError("an axis is path=values", field="--over", value=text, hint=_HINT)
    return path.strip(), values.strip()


def _joined(values: Any) -> str:
    if isinstance(values, str):
        return values
    return ",".join(value if isinstance(value, str) else repr(value) for value in values)


def _outside_brackets(text: str, separator: str) -> list[str]:
    """Parts of a text between separators that no bracket or quotation mark encloses."""
    parts, depth, start, quote = [], 0, 0, ""
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "[{(":
            depth += 1
        elif letter in "]})":
            depth -= 1
        elif letter == separator and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]
