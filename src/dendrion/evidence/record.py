"""Evidence: what has been measured, computed or derived about dendrites, in SI, with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import InputError
from ..materials.schema import combined, dotted, locate
from ..units import format_quantity, to_si
from .schema import PointEntry, RecordEntry
from .vocabulary import CONDITIONS, IN_WORDS, QUANTITIES


@dataclass(frozen=True)
class Point:
    """One value of a record.

    Attributes:
        value: [SI unit of the quantity]; None where only a range is known, or the label says it in words.
        low, high: the range in which it lies [same unit], or None.
        sigma: one standard deviation [same unit], or None.
        bound: "upper" or "lower" where the value is a limit only.
        at: conditions of this value [SI], by name of ``CONDITIONS``.
        label: tells it from the other values.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    sigma: float | None = None
    bound: str | None = None
    at: Mapping[str, float] = field(default_factory=dict)
    label: str | None = None

    @property
    def is_number(self) -> bool:
        """Whether it has a value or a range; a morphology has its label alone."""
        return self.value is not None or self.low is not None

    @property
    def middle(self) -> float:
        """The value, or the middle of its range [SI]; geometric where the ends are a factor 3 apart."""
        if self.value is not None:
            return self.value
        if self.low is None or self.high is None:
            raise ValueError("this point is no number")
        wide = self.low > 0.0 and self.high > 3.0 * self.low
        return (self.low * self.high) ** 0.5 if wide else 0.5 * (self.low + self.high)

    @property
    def ends(self) -> tuple[float, float]:
        """Ends of the range, of one standard deviation, or twice the value [SI]."""
        middle, sigma = self.middle, self.sigma or 0.0
        low = self.low if self.low is not None else middle - sigma
        return low, self.high if self.high is not None else middle + sigma


@dataclass(frozen=True)
class Evidence:
    """A record with its values in SI; ``entry`` holds its words as they stand in the data file."""

    entry: RecordEntry
    points: tuple[Point, ...]

    def __getattr__(self, name: str) -> Any:
        """The words of the record: ``record.doi``, ``record.caution`` …"""
        if name.startswith("__") or name == "entry":
            raise AttributeError(name)
        return getattr(self.entry, name)

    @property
    def kind(self) -> str:
        """Kind of the values, a name of ``dendrion.units.KINDS`` or a unit."""
        return QUANTITIES[self.entry.quantity].kind

    @property
    def reference(self) -> str:
        """Source and DOI in one line."""
        parts = [self.entry.source, self.entry.doi]
        text = ", ".join(part for part in parts if part)
        return text + (f" (read in {self.entry.via})" if self.entry.via else "")

    def write(self, value: float) -> str:
        """A value of the record [SI] in a unit that people use."""
        return format_quantity(value, self.kind)

    def as_dict(self) -> dict[str, Any]:
        """Everything for machines, SI, without what is not stated."""
        words = self.entry.model_dump(exclude={"values", "trends"}, exclude_none=True)
        result = {key: value for key, value in words.items() if value not in ([], {})}
        result["unit"] = _si_unit(self.kind)
        result["values"] = [
            {key: value for key, value in vars(point).items() if value not in (None, {})}
            for point in self.points
        ]
        result["trends"] = [
            {"of": trend.of, "with": trend.with_, "sign": trend.sign} for trend in self.entry.trends
        ]
        return result


def build(entry: RecordEntry, document: Any, file: str, path: tuple[str | int, ...]) -> Evidence:
    """The record of an entry.

    Raises:
        InputError: a unit of the wrong dimension, a range upside down, nothing found, no source.
    """
    errors: list[InputError] = []
    points = [
        _point(point, entry, errors, (document, file, path, index))
        for index, point in enumerate(entry.values)
    ]
    if not entry.values and not entry.finding and not entry.trends:
        errors.append(
            _wrong("a record needs values, a finding or trends", "values", None, (document, file, path))
        )
    if not entry.source and not entry.doi:
        errors.append(_wrong("a record needs a source or a doi", "doi", None, (document, file, path)))
    if errors:
        raise combined(errors)
    return Evidence(entry, tuple(points))


def _point(entry: PointEntry, record: RecordEntry, errors: list[InputError], place: Any) -> Point:
    document, file, path, index = place
    spot = (document, file, path, "values", index)

    def si(text: str | None, kind: str, *steps: str) -> float | None:
        if text is None:
            return None
        try:
            return to_si(text, kind)
        except InputError as error:
            errors.append(_wrong(error.problem, steps, text, spot, error))
            return None

    kind = QUANTITIES[record.quantity].kind
    value, low, high, sigma = (
        si(getattr(entry, name), kind, name) for name in ("value", "low", "high", "sigma")
    )
    at = {name: si(text, CONDITIONS[name].kind, "at", name) for name, text in entry.at.items()}
    in_words = entry.label is not None and record.quantity in IN_WORDS
    if entry.value is None and (entry.low is None or entry.high is None) and not in_words:
        errors.append(_wrong("a value, or low and high, are needed", (), None, spot))
    if low is not None and high is not None and low > high:
        errors.append(_wrong("low is above high", ("low",), entry.low, spot))
    known = {name: number for name, number in at.items() if number is not None}
    return Point(value, low, high, sigma, entry.bound, known, entry.label)


def _wrong(problem: str, steps: Any, value: Any, place: Any, cause: InputError | None = None) -> InputError:
    document, file, path, *inside = place
    within = [*inside, *((steps,) if isinstance(steps, str) else steps)]
    return InputError(
        problem, field=dotted([*path, *within]), value=value,
        allowed=cause.allowed if cause else None, hint=cause.hint if cause else None,
        location=locate(document, within, file),
    )  # fmt: skip


def _si_unit(kind: str) -> str:
    from ..units import KINDS

    return KINDS[kind].unit if kind in KINDS else f"SI, from {kind}"
