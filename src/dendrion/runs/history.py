"""The history of a run: one row a stored step, as netCDF for programs and CSV for people."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dendrion.runs.files import replacing, write_text

if TYPE_CHECKING:
    import xarray

Columns = Mapping[str, tuple[str, str]]
"""name → (unit, description)."""


class History:
    """Rows in memory; :meth:`flush` brings both files up to date."""

    def __init__(self, folder: Path, columns: Columns) -> None:
        self.columns = dict(columns)
        self._csv, self._netcdf = folder / "history.csv", folder / "history.nc"
        self._values = array("d")
        self._on_disk = 0

    def __len__(self) -> int:
        return len(self._values) // len(self.columns)

    @property
    def table(self) -> np.ndarray:
        """All rows, shape [rows, columns], SI."""
        return np.array(self._values).reshape(-1, len(self.columns))

    def append(self, row: Mapping[str, float]) -> None:
        """Adds a row; columns that the row does not have are NaN."""
        self._values.extend(float(row.get(name, np.nan)) for name in self.columns)

    def flush(self) -> None:
        """Appends new rows to the CSV and rewrites the netCDF."""
        new = self.table[self._on_disk :]
        if self._on_disk == 0:
            write_text(self._csv, self._header() + _lines(new))
        elif new.size:
            if not self._csv.is_file():
                raise FileNotFoundError(f"{self._csv} is gone")
            with self._csv.open("a", encoding="utf-8") as stream:
                stream.write(_lines(new))
        self._on_disk = len(self)
        with replacing(self._netcdf) as temporary:
            self.dataset().to_netcdf(temporary, engine="h5netcdf")

    def load(self, rows: int) -> None:
        """Takes the first ``rows`` rows from disk; later ones are dropped at the next flush.

        Raises:
            OSError: the file holds fewer rows.
        """
        with self._csv.open(encoding="utf-8") as stream:
            lines = [line.split(",") for line in stream.read().splitlines()[1 : rows + 1]]
        if len(lines) < rows:
            raise OSError(f"{self._csv.name} has {len(lines)} rows, its checkpoint needs {rows}")
        self._values = array("d", (float(text) for line in lines for text in line))
        self._on_disk = 0

    def dataset(self) -> xarray.Dataset:
        """The rows as an xarray Dataset along ``time`` [s]."""
        import xarray

        columns = dict(zip(self.columns, self.table.T, strict=True))
        variables = {
            name: ("time", values, {"units": self.columns[name][0], "long_name": self.columns[name][1]})
            for name, values in columns.items()
        }
        time = variables.pop("time", None) or variables.pop("time_s")
        return xarray.Dataset(variables, coords={"time": time})

    def _header(self) -> str:
        return ",".join(_title(name, unit) for name, (unit, _) in self.columns.items()) + "\n"


def read_history(path: Path) -> xarray.Dataset:
    """The stored history, read into memory; dimension ``time`` [s]."""
    import xarray

    with xarray.open_dataset(path, engine="h5netcdf", decode_timedelta=False) as dataset:
        return dataset.load()


def _title(name: str, unit: str) -> str:
    """The name with its unit in brackets, unless the name ends with the unit already."""
    suffix = unit.replace("/", "_per_").replace("^", "").replace(" ", "_")
    if unit in ("", "1", "dimensionless") or name.endswith("_" + suffix):
        return name
    return f"{name} [{unit}]"


def _lines(rows: np.ndarray) -> str:
    # repr is the shortest text that reads back as the same number, so a resumed file is identical.
    return "".join(",".join(map(repr, row)) + "\n" for row in rows.tolist())
