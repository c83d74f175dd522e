"""A protocol from a table of time and current, as a cycler exports it."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, model_validator

from ..errors import InputError, Location
from ..units import parse_quantity, to_si
from .quantities import Area, Fraction, QuantityField, Section, refusal
from .segments import Block, Segment

_TIME_NAMES = ("test time", "total time", "elapsed time", "time", "t", "run time", "step time")
_CURRENT_NAMES = ("current density", "current", "i", "<i>", "j", "i density", "current mean")
_UNIT_IN_HEADER = re.compile(r"^(?P<name>[^\[(/]+?)\s*(?:\[(?P<a>[^\]]*)\]|\((?P<b>.*)\)|/\s*(?P<c>.+))\s*$")
_CLOCK = re.compile(r"^(?:(\d+)[ d:-]+)?(\d+):(\d{1,2}):(\d{1,2}(?:\.\d+)?)$")
_LARGEST_FILE = 200_000_000
_HEADER_SEARCH = 200


@dataclass(frozen=True)
class _Row:
    line: int
    time: float
    current: float


class CyclerTable(Section):
    """Time and current from a file, or written inline under ``data``.

    The current of a row holds until the time of the next row (or changes linearly towards it). Rows whose
    current differs from their mean by less than ``merge_tolerance`` become one segment with the same charge.
    """

    file: str | None = Field(
        None, description="path of the table, relative to the case file", examples=["cycler.csv"]
    )
    data: str | None = Field(
        None, description="the table itself, instead of a file (lines of text)", repr=False
    )
    time_column: str | None = Field(
        None, description="name of the column; default the one called a time", examples=["Test_Time(s)"]
    )
    current_column: str | None = Field(
        None, description="name of the column; default the one called a current", examples=["I/mA"]
    )
    time_unit: str | None = Field(
        None, description="unit of the times where the header has none", examples=["s"]
    )
    current_unit: str | None = Field(
        None, description="unit of the currents where the header has none", examples=["mA/cm^2"]
    )
    area: Area | None = Field(None, description="electrode area, needed where the column is a total current")
    positive: Literal["plating", "stripping"] = Field("plating", description="what a positive current does")
    interpolate: Literal["constant", "linear"] = Field(
        "constant", description="constant: a row's current holds until the next row; linear: it ramps"
    )
    rest_below: Annotated[float, QuantityField("current_density", at_least=0.0)] = Field(
        0.0, description="smaller currents are the cycler's offset and count as rest"
    )
    merge_tolerance: Fraction = Field(
        1e-3, description="rows this much alike become one segment, charge kept"
    )

    @model_validator(mode="before")
    @classmethod
    def _with_data(cls, given: Any, info: ValidationInfo) -> Any:
        if (
            not isinstance(given, dict)
            or given.get("data") is not None
            or not isinstance(given.get("file"), str)
        ):
            return given
        folder = Path((info.context or {}).get("folder", "."))
        return {**given, "data": _read_text(folder / given["file"])}

    @model_validator(mode="after")
    def _readable(self) -> CyclerTable:
        if self.data is None:
            raise refusal(
                "a file or inline data is needed", hint="protocol: {file: cycler.csv, current_unit: mA/cm^2}"
            )
        try:
            len(self.block.parts)
        except InputError as error:
            line = error.location.line if error.location else None
            raise refusal(
                error.problem,
                allowed=error.allowed,
                hint=error.hint,
                key="file" if self.file else "data",
                line=line,
            ) from None
        return self

    @property
    def name(self) -> str:
        """What messages call the table."""
        return self.file or "protocol.data"

    @cached_property
    def block(self) -> Block:
        """The segments of the table.

        Raises:
            InputError: no such column, a bad row (with its line), times that go back, no unit.
        """
        rows = _sorted_rows(self)
        pieces = [_Piece(a, b) for a, b in pairwise(rows) if b.time > a.time]
        if not pieces:
            raise InputError("the table needs two rows with different times")
        runs = pieces if self.interpolate == "linear" else _merged(pieces, self.merge_tolerance)
        return Block(tuple(_steps(runs, self)))


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise refusal(
                f"the file {path} is larger than {_LARGEST_FILE / 1e6:.0f} MB", hint="thin it out", key="file"
            )
        raw = path.read_bytes()
    except FileNotFoundError:
        beside = (
            ", ".join(sorted(p.name for p in path.parent.glob(f"*{path.suffix}"))[:5]) if path.suffix else ""
        )
        raise refusal(
            f"there is no file {path}", hint=f"beside it: {beside}" if beside else None, key="file"
        ) from None
    except OSError as error:
        raise refusal(f"the file {path} can't be read: {error.strerror}", key="file") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")  # older cycler software writes µ and ° this way


def _place(line: int, problem: str, **more: Any) -> InputError:
    return InputError(problem, location=Location("", line), **more)


@dataclass(frozen=True)
class _Header:
    line: int
    delimiter: str
    names: list[str]


def _find_header(table: CyclerTable, lines: list[str]) -> _Header:
    """The first line that has a time and a current column; cyclers write a preamble above it."""
    best: list[str] = []
    for number, line in enumerate(lines[:_HEADER_SEARCH], start=1):
        for delimiter in "\t;,":
            names = [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])]
            if len(names) < 2 or all(_is_number(name) for name in names):
                continue
            best = best or names
            try:
                _column(names, table.time_column, _TIME_NAMES, "time")
                _column(names, table.current_column, _CURRENT_NAMES, "current")
            except InputError:
                continue
            return _Header(number, delimiter, names)
    if not best:
        raise _place(1, "no header with the names of columns was found", hint="time [s], current [mA/cm^2]")
    _column(best, table.time_column, _TIME_NAMES, "time")
    _column(best, table.current_column, _CURRENT_NAMES, "current")
    raise _place(1, "no header with the names of columns was found", hint="time [s], current [mA/cm^2]")


def _column(names: list[str], wanted: str | None, known: tuple[str, ...], what: str) -> int:
    """Index of the wanted column, or of the first whose name is known for this quantity."""
    bare = [_split_header(name)[0] for name in names]
    if wanted is not None:
        for candidates in (names, bare):
            if wanted in candidates:
                return candidates.index(wanted)
        raise _place(
            1, f"there is no column '{wanted}'", allowed=", ".join(names), hint=f"{what}_column: {names[0]}"
        )
    plain = [re.sub(r"[\s_]+", " ", name).strip().lower() for name in bare]
    for name in known:
        if name in plain:
            return plain.index(name)
    raise _place(
        1, f"no column is called a {what}", allowed=", ".join(names), hint=f"{what}_column: {names[0]}"
    )


def _split_header(name: str) -> tuple[str, str | None]:
    found = _UNIT_IN_HEADER.match(name)
    if found is None:
        return name, None
    return found["name"].strip(), (found["a"] or found["b"] or found["c"] or "").strip() or None


def _scales(table: CyclerTable, header: _Header, time: int, current: int) -> tuple[float | None, float]:
    """SI values of one unit of time (None: no unit, the column holds clock times) and of current density."""
    time_unit = table.time_unit or _split_header(header.names[time])[1]
    clock = time_unit is None or bool(re.fullmatch(r"(h+|d+)?:?h*:?mm?:ss?.*", time_unit.lower()))
    current_unit = table.current_unit or _split_header(header.names[current])[1]
    if current_unit is None:
        raise _place(
            header.line, f"column '{header.names[current]}' has no unit", hint="current_unit: mA/cm^2"
        )
    try:
        one = parse_quantity(f"1 {current_unit}", ("current_density", "current"))
        seconds = None if clock else to_si(f"1 {time_unit}", "time")
    except InputError as error:
        raise _place(header.line, error.problem, hint=error.hint) from None
    total = one.kind == "current"
    if total and table.area is None:
        problem = f"column '{header.names[current]}' is a total current: the electrode area is needed"
        raise _place(header.line, problem, hint="area: 1.13 cm^2")
    if not total and table.area is not None:
        problem = f"an area is given, but column '{header.names[current]}' already is a current density"
        raise _place(header.line, problem, hint="leave area out")
    scale = one.value_si / (table.area if total and table.area else 1.0)
    return seconds, scale if table.positive == "plating" else -scale


def _sorted_rows(table: CyclerTable) -> list[_Row]:
    lines = (table.data or "").splitlines()
    header = _find_header(table, lines)
    time = _column(header.names, table.time_column, _TIME_NAMES, "time")
    current = _column(header.names, table.current_column, _CURRENT_NAMES, "current")
    seconds, scale = _scales(table, header, time, current)
    rows: list[_Row] = []
    for line, cells in _cells(lines, header):
        if max(time, current) >= len(cells):
            raise _place(line, f"the row has {len(cells)} columns, the header {len(header.names)}")
        density = _value(cells[current], line, header.names[current], header.delimiter) * scale
        density = 0.0 if abs(density) <= table.rest_below else density
        row = _Row(line, _time(cells[time], seconds, line, header, time), density)
        if rows and row.time < rows[-1].time:
            raise _place(
                line,
                f"time goes back from {rows[-1].time:g} s to {row.time:g} s",
                hint="take the column with the total time, or sort the rows",
            )
        rows.append(row)
    if len(rows) < 2:
        raise _place(header.line, "the table needs two rows with different times")
    return rows


def _cells(lines: list[str], header: _Header) -> Iterator[tuple[int, list[str]]]:
    for line, text in enumerate(lines[header.line :], start=header.line + 1):
        cells = [cell.strip() for cell in next(csv.reader([text], delimiter=header.delimiter), [])]
        if not any(cells) or text.lstrip().startswith("#"):
            continue
        if line == header.line + 1 and not any(_is_number(cell) or _CLOCK.match(cell) for cell in cells):
            continue  # a second header line with units
        yield line, cells


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def _value(cell: str, line: int, column: str, delimiter: str) -> float:
    # Where a comma can't be the delimiter it is a decimal comma.
    text = cell if delimiter == "," else cell.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        raise _place(line, f"'{cell}' in column '{column}' is not a number") from None
    if not math.isfinite(value):
        raise _place(line, f"'{cell}' in column '{column}' is not finite")
    return value


def _time(cell: str, seconds: float | None, line: int, header: _Header, column: int) -> float:
    clock = _CLOCK.match(cell)
    if clock:
        days, hours, minutes, rest = clock.groups()
        return int(days or 0) * 86400.0 + int(hours) * 3600.0 + int(minutes) * 60.0 + float(rest)
    if seconds is None:
        raise _place(line, f"column '{header.names[column]}' has no unit", hint="time_unit: s")
    return _value(cell, line, header.names[column], header.delimiter) * seconds


class _Piece:
    """One or several rows that become one segment."""

    def __init__(self, start: _Row, end: _Row) -> None:
        self.start, self.last, self.duration = start, end, end.time - start.time
        self.charge = start.current * self.duration
        self.low = self.high = start.current

    @property
    def mean(self) -> float:
        return self.start.current if self.low == self.high else self.charge / self.duration

    def takes(self, other: _Piece, tolerance: float) -> bool:
        """Appends another piece where every row stays within the tolerance of the new mean."""
        low, high = min(self.low, other.low), max(self.high, other.high)
        duration, charge = self.duration + other.duration, self.charge + other.charge
        mean = low if low == high else charge / duration
        if max(high - mean, mean - low) > tolerance * abs(mean):
            return False
        self.low, self.high, self.duration, self.charge, self.last = low, high, duration, charge, other.last
        return True


def _merged(pieces: list[_Piece], tolerance: float) -> list[_Piece]:
    runs = [pieces[0]]
    for piece in pieces[1:]:
        if not runs[-1].takes(piece, tolerance):
            runs.append(piece)
    return runs


def _steps(runs: list[_Piece], table: CyclerTable) -> Iterator[Block]:
    """Neighbours of one kind (plating, rest, stripping) are one step."""
    segments: list[Segment] = []
    verb, first, last = "", 0, 0
    for run in runs:
        linear = table.interpolate == "linear"
        value = run.start.current if linear else run.mean
        end = run.last.current if linear and run.last.current != value else None
        middle = value if end is None else 0.5 * (value + end)
        now = "rest" if middle == 0.0 and end is None else "plate" if middle >= 0.0 else "strip"
        if segments and now != verb:
            yield _step(segments, verb, table, first, last)
            segments = []
        if not segments:
            first = run.start.line
        verb, last = now, run.last.line
        segments.append(Segment("rest" if now == "rest" else "current", value, run.duration, end_value=end))
    yield _step(segments, verb, table, first, last)


def _step(segments: list[Segment], verb: str, table: CyclerTable, first: int, last: int) -> Block:
    label = f"{verb} ({Path(table.name).name}, lines {first} to {last})"
    named = tuple(Segment(s.kind, s.value, s.duration, None, 0, label, s.end_value) for s in segments)
    return Block(named, is_step=True)
