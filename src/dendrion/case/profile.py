"""The surface of the metal from a measured profile: a table of lateral position and height."""

from __future__ import annotations

import csv
import re
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationInfo, model_validator

from ..errors import InputError, Location
from ..units import parse_quantity
from .quantities import Section, refusal

_UNIT = re.compile(r"[\[(](?P<unit>[^\])]+)[\])]\s*$")
_LARGEST_FILE = 20_000_000


class ProfileSurface(Section):
    """x = metal_thickness + height(y) from a file, linear between its rows; the same for every z.

    Two columns with units in the header, ``y [um], height [um]``; outside the table its first or last height.
    """

    kind: Literal["profile"]
    file: str | None = Field(
        None, description="path of the table, relative to the case file", examples=["surface.csv"]
    )
    data: str | None = Field(
        None, description="the table itself, instead of a file (lines of text)", repr=False
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
        return {**given, "data": _read(Path((info.context or {}).get("folder", ".")) / given["file"])}

    @model_validator(mode="after")
    def _readable(self) -> ProfileSurface:
        if self.data is None:
            raise refusal(
                "a file or inline data is needed", hint="surface: {kind: profile, file: surface.csv}"
            )
        try:
            len(self.points)
        except InputError as error:
            raise refusal(
                error.problem,
                allowed=error.allowed,
                hint=error.hint,
                key="file" if self.file else "data",
                line=error.location.line if error.location else None,
            ) from None
        return self

    @cached_property
    def points(self) -> tuple[tuple[float, float], ...]:
        """Lateral position and height of every row, by rising position [m].

        Raises:
            InputError: no header with units, a row that is no pair of numbers or is out of order (with its line).
        """
        lines = [
            (number, line)
            for number, line in enumerate((self.data or "").splitlines(), 1)
            if line.strip() and not line.lstrip().startswith("#")
        ]
        if len(lines) < 3:
            raise InputError("the profile needs a header and two rows", hint="y [um], height [um]")
        separator = ";" if ";" in lines[0][1] else ("\t" if "\t" in lines[0][1] else ",")
        rows = [(number, next(csv.reader([line], delimiter=separator))) for number, line in lines]
        units = [_unit(cell) for cell in rows[0][1]]
        if len(units) != 2 or None in units:
            raise InputError(
                "the header must name two columns with their units",
                allowed="y [um], height [um]",
                location=Location(self.file or "data", rows[0][0]),
            )
        return self._read_rows(rows[1:], [str(unit) for unit in units])

    def _read_rows(
        self, rows: list[tuple[int, list[str]]], units: list[str]
    ) -> tuple[tuple[float, float], ...]:
        points: list[tuple[float, float]] = []
        for number, cells in rows:
            where = Location(self.file or "data", number)
            try:
                place, height = (
                    parse_quantity(f"{float(cell)!r} {unit}", "length").value_si
                    for cell, unit in zip(cells, units, strict=True)
                )
            except ValueError:
                raise InputError("a row is not two numbers", location=where, hint="12.5, 0.31") from None
            if points and place <= points[-1][0]:
                raise InputError("positions must rise from row to row", location=where)
            points.append((place, height))
        return tuple(points)

    def crest(self) -> float:
        """Largest height above the flat layer [m]."""
        return max(0.0, *(height for _, height in self.points))

    def trough(self) -> float:
        """Largest depth below the flat layer [m]."""
        return max(0.0, -min(height for _, height in self.points))

    def steepness(self) -> float:
        """Largest slope between two rows [dimensionless]."""
        pairs = zip(self.points, self.points[1:], strict=False)
        return max(abs(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairs)


def _unit(cell: str) -> str | None:
    found = _UNIT.search(cell.strip())
    return found["unit"].strip() if found else None


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise refusal(
                "the profile is too large", allowed=f"at most {_LARGEST_FILE // 10**6} MB", key="file"
            )
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise refusal(
            "there is no such file", hint="the path is relative to the case file", key="file"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise refusal(f"the file can't be read: {error}", key="file") from None
