"""Measured cycling data: time, current and voltage from a table, in SI.

Tables are CSV as cyclers write them, with units in the heads, and the Battery Data Format (``Test Time / s``,
``Voltage / V``, ``Current / A`` or their machine names). Files of vendors go through the batterydf package.
"""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError, Location
from ..units import parse_quantity
from .reading import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy

_HEAD = re.compile(r"^(?P<name>[^\[(/]+?)\s*(?:\[(?P<a>[^\]]*)\]|\((?P<b>.*)\)|/\s*(?P<c>.+))\s*$")
_HEADER_SEARCH = 200
VENDOR = (".mpt", ".nda", ".ndax", ".xlsx", ".xls", ".mat")
"""Endings of vendors' files that batterydf reads."""
_UNREADABLE = (".mpr", ".res")


@dataclass(frozen=True)
class _Column:
    """A quantity that a table can hold: its names, kinds and the units of the machine names."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    machine: Mapping[str, str] = field(default_factory=dict)


COLUMNS = {
    "time": _Column(
        ("test time", "total time", "elapsed time", "time", "t", "run time"), ("time",), {"test_time_second": "s"}
    ),
    "current": _Column(
        ("current density", "current", "i", "<i>", "j"), ("current_density", "current"), {"current_ampere": "A"}
    ),
    "voltage": _Column(
        ("voltage", "cell voltage", "potential", "ewe", "ecell", "u", "v"), ("potential",), {"voltage_volt": "V"}
    ),
    "temperature": _Column(
        ("temperature", "cell temperature", "ambient temperature", "surface temperature t1"), ("temperature",),
        {"ambient_temperature_celsius": "degC"},
    ),
    "pressure": _Column(
        ("stack pressure", "applied pressure", "pressure"), ("pressure",), {"applied_pressure_pascal": "Pa"}
    ),
}  # fmt: skip
"""Columns by what they hold; the first three are needed."""

NEEDED = ("time", "current", "voltage")


@dataclass(frozen=True)
class CyclingData:
    """A measured curve.

    Attributes:
        time: [s], rising, shape [n].
        current_density: [A/m^2], positive while the working electrode plates, shape [n].
        voltage: [V], shape [n].
        temperature, stack_pressure: [K], [Pa], shape [n], or None.
    """

    time: numpy.ndarray
    current_density: numpy.ndarray
    voltage: numpy.ndarray
    temperature: numpy.ndarray | None = None
    stack_pressure: numpy.ndarray | None = None


def read_cycling(
    path: str | Path,
    *,
    area: float | None = None,
    positive: str = "plating",
    units: Mapping[str, str] | None = None,
) -> CyclingData:
    """Reads a curve.

    Arguments:
        path: a CSV, a Battery Data Format file, or a vendor's file (which needs batterydf).
        area: electrode area [m^2], needed where the table holds a total current.
        positive: what a positive current does, "plating" or "stripping".
        units: units of columns whose heads have none: ``{"time": "s"}``.

    Raises:
        InputError: a column or unit is missing, a value is absent, not a number or not finite, times go back;
            names line and column.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending in _UNREADABLE:
        raise InputError(
            f"{ending} files can't be read", field="file", value=str(path),
            hint="export the data as text or in the Battery Data Format in the cycler's software",
        )  # fmt: skip
    if not path.is_file():
        raise InputError("there is no such file", field="file", value=str(path))
    if ending in VENDOR:
        names, rows = _vendor_rows(path)
    else:
        names, rows = _csv_rows(read_text(path), str(path))
    return _to_si(names, rows, str(path), area, positive, dict(units or {}))


def _vendor_rows(path: Path) -> tuple[list[str], Iterable[tuple[int, list[str]]]]:
    try:
        import bdf
    except ImportError:
        raise InputError(
            f"reading {path.suffix} files needs the package batterydf", field="file", value=str(path),
            hint="pip install 'dendrion[cycler]'",
        ) from None  # fmt: skip
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            frame = bdf.read(path)
        except (ValueError, RuntimeError, KeyError, OSError, bdf.BDFValidationError) as error:
            first = str(error).partition("\n")[0]
            raise InputError(f"batterydf can't read it: {first}", field="file", value=str(path)) from None
    rows = (
        (number, [str(cell) for cell in row]) for number, row in enumerate(frame.to_numpy().tolist(), start=1)
    )
    return [str(name) for name in frame.columns], rows


def _csv_rows(text: str, file: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Names of the columns, and the rows below with their line numbers."""
    lines = text.splitlines()
    best: list[str] = []
    for number, line in enumerate(lines[:_HEADER_SEARCH], start=1):
        for delimiter in "\t;,":
            names = [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])]
            if len(names) < 3 or any(_number(name) is not None for name in names):
                continue
            best = best or names
            if all(_find(names, what) is not None for what in NEEDED):
                return names, _cells(lines, number, delimiter)
    for what in NEEDED:
        if best and _find(best, what) is None:
            raise InputError(
                f"no column is called a {what}", location=Location(file, 1), allowed=", ".join(best),
                hint=f"{COLUMNS[what].names[0]} with its unit, for instance Test Time / s, Voltage / V, Current / A",
            )  # fmt: skip
    raise InputError(
        "no header with the names of three columns was found", location=Location(file, 1),
        hint="Test Time / s, Voltage / V, Current / A",
    )  # fmt: skip


def _cells(lines: list[str], header: int, delimiter: str) -> list[tuple[int, list[str]]]:
    rows = []
    for number, line in enumerate(lines[header:], start=header + 1):
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
        if any(cells) and not line.lstrip().startswith("#"):
            decimal = [cell.replace(",", ".") for cell in cells] if delimiter != "," else cells
            rows.append((number, decimal))
    return rows


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _split(name: str) -> tuple[str, str | None]:
    """Name and unit of a column's head."""
    for column in COLUMNS.values():
        if name in column.machine:
            return name, column.machine[name]
    found = _HEAD.match(name)
    if found is None:
        return name, None
    return found["name"].strip(), (found["a"] or found["b"] or found["c"] or "").strip() or None


def _find(names: list[str], what: str) -> int | None:
    """Place of the column that holds ``what``."""
    column = COLUMNS[what]
    bare = [re.sub(r"[\s_]+", " ", _split(name)[0]).strip().lower() for name in names]
    for name in (*column.machine, *column.names):
        plain = name.replace("_", " ")
        if plain in bare:
            return bare.index(plain)
    return None


def _to_si(
    names: list[str], rows: Any, file: str, area: float | None, positive: str, units: dict[str, str]
) -> CyclingData:  # fmt: skip
    import numpy as np

    places = {what: place for what in COLUMNS if (place := _find(names, what)) is not None}
    for what in NEEDED:
        if what not in places:
            raise InputError(
                f"no column is called a {what}", location=Location(file), allowed=", ".join(names)
            )
    laws = {what: _law(names[place], what, file, area, units) for what, place in places.items()}
    values: dict[str, list[float]] = {what: [] for what in places}
    for line, cells in rows:
        for what, place in places.items():
            scale, offset = laws[what]
            values[what].append(_value(cells, place, names, line, file) * scale + offset)
        times = values["time"]
        if len(times) > 1 and times[-1] < times[-2]:
            raise InputError(
                f"time goes back from {times[-2]:g} s to {times[-1]:g} s", location=Location(file, line),
                hint="take the column with the total time, or sort the rows",
            )  # fmt: skip
    if len(values["time"]) < 2:
        raise InputError("the table needs two rows", location=Location(file))
    arrays = {what: np.asarray(column) for what, column in values.items()}
    sign = 1.0 if positive == "plating" else -1.0
    return CyclingData(
        arrays["time"],
        sign * arrays["current"],
        arrays["voltage"],
        arrays.get("temperature"),
        arrays.get("pressure"),
    )


def _law(name: str, what: str, file: str, area: float | None, units: dict[str, str]) -> tuple[float, float]:
    """Scale and offset from a column's unit to SI; a total current is divided by the area."""
    unit = units.get(what) or _split(name)[1]
    if unit is None:
        raise InputError(
            f"column '{name}' has no unit",
            location=Location(file, 1),
            hint=f"--unit {what}=UNIT, or '{name} / UNIT'",
        )
    try:
        one = parse_quantity(f"1 {unit}", COLUMNS[what].kinds)
    except InputError as error:
        raise InputError(
            f"column '{name}': {error.problem}",
            location=Location(file, 1),
            allowed=error.allowed,
            hint=error.hint,
        ) from None
    scale, offset = float(one.scale), float(one.offset)
    if one.kind == "current":
        if area is None:
            raise InputError(
                f"column '{name}' is a total current: the electrode area is needed",
                location=Location(file, 1), hint='--area "1.13 cm^2"',
            )  # fmt: skip
        scale /= area
    return scale, offset


def _value(cells: list[str], place: int, names: list[str], line: int, file: str) -> float:
    if place >= len(cells) or not cells[place]:
        problem = f"column '{names[place]}' has no value"
        raise InputError(problem, location=Location(file, line), hint="fill in the row or leave it out")
    value = _number(cells[place])
    if value is None:
        raise InputError(
            f"'{cells[place]}' in column '{names[place]}' is not a number", location=Location(file, line)
        )
    if not math.isfinite(value):
        raise InputError(
            f"'{cells[place]}' in column '{names[place]}' is not finite", location=Location(file, line)
        )
    return value
