"""The results of a sweep as one dataset: a variable a result, a dimension an axis, failures with their reason."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from io import StringIO
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dendrion.study.plan import Axis, Plan

if TYPE_CHECKING:
    import numpy
    import xarray

TIMINGS = ("wall_time_s", "compile_time_s")
"""What differs from one computing of the same case to the next; not in the dataset."""

UNITS = {
    "_C_per_m2": "C/m^2", "_A_per_m2": "A/m^2", "_m_per_s": "m/s", "_mol_per_m3": "mol/m^3", "_Pa": "Pa", "_V": "V",
    "_K": "K", "_m": "m", "_s": "s",
}  # fmt: skip
"""SI unit by the ending of a result's name."""


def to_dataset(plan: Plan, results: Mapping[int, Mapping[str, Any]], title: str = "") -> xarray.Dataset:
    """Results of a sweep along its axes.

    On a grid every axis is a dimension; random and Sobol points lie along ``case`` with the axes as coordinates.
    Coordinates are SI numbers with ``units``, or text where the values are no quantities. ``status`` is completed,
    shorted, failed, refused, lost (its worker died) or missing (not computed); ``reason`` says why.
    """
    import numpy as np
    import xarray as xr

    number = len(plan)
    columns: dict[str, tuple[numpy.ndarray, dict[str, str]]] = {
        "status": (
            np.array([str(_of(results, i).get("status", "missing")) for i in range(number)], dtype=object),
            {},
        ),
        "reason": (
            np.array([str(_of(results, i).get("reason", "")) for i in range(number)], dtype=object),
            {},
        ),
    }
    for key in _keys(results):
        column = _column([_of(results, i).get("summary", {}).get(key) for i in range(number)])
        if column is not None and key not in ("status", *TIMINGS):
            columns[key] = (column, {"units": unit_of(key)} if column.dtype.kind == "f" else {})
    names = plan.names
    if plan.kind == "grid":
        lengths = [len(axis.points()) for axis in plan.axes]
        dimensions: tuple[str, ...] = tuple(names)
        coordinates = {
            name: (name, *_coordinate(axis, axis.points()))
            for name, axis in zip(names, plan.axes, strict=True)
        }
    else:
        lengths, dimensions = [number], ("case",)
        coordinates = {
            name: ("case", *_coordinate(axis, [row[place] for row in plan.values]))
            for place, (name, axis) in enumerate(zip(names, plan.axes, strict=True))
        }
        coordinates["case"] = ("case", np.arange(number), {"long_name": "number of the case"})
    variables = {
        name: (dimensions, values.reshape(lengths), attributes)
        for name, (values, attributes) in columns.items()
    }
    if plan.kind == "grid":
        variables["case_number"] = (dimensions, np.arange(number).reshape(lengths), {})
    attributes = {"title": title, "plan": plan.kind, "seed": plan.seed, "axes": names}
    return xr.Dataset(variables, coordinates, attributes)


def unit_of(name: str) -> str:
    """SI unit of a result by the ending of its name; "1" where it has none."""
    return next((unit for ending, unit in UNITS.items() if name.endswith(ending)), "1")


def write_dataset(dataset: xarray.Dataset, path: Path) -> Path:
    """Writes the dataset as zarr, the old one in place until the new one is whole; a CSV table beside it."""
    from dendrion.runs.files import write_text

    new, old = path.with_name(f".{path.name}.new"), path.with_name(f".{path.name}.old")
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    dataset.to_zarr(new, mode="w", zarr_format=2, consolidated=True)
    if path.exists():
        path.rename(old)
    new.rename(path)
    shutil.rmtree(old, ignore_errors=True)
    write_text(path.with_suffix(".csv"), _table(dataset))
    return path


def read_dataset(path: Path) -> xarray.Dataset:
    """The dataset that ``write_dataset`` wrote."""
    import xarray as xr

    return xr.open_zarr(path, consolidated=True).load()


def _of(results: Mapping[int, Mapping[str, Any]], number: int) -> Mapping[str, Any]:
    return results.get(number, {})


def _keys(results: Mapping[int, Mapping[str, Any]]) -> list[str]:
    """Keys of all summaries, in the same order whatever the order of the results."""
    return list(
        dict.fromkeys(key for number in sorted(results) for key in results[number].get("summary", {}))
    )


def _column(values: Sequence[Any]) -> numpy.ndarray | None:
    """Numbers as float64 (yes and no as 1 and 0), text as text; None for lists and the like."""
    import numpy as np

    present = [value for value in values if value is not None]
    if all(isinstance(value, bool | int | float) for value in present):
        return np.array([np.nan if value is None else float(value) for value in values])
    if all(isinstance(value, str) for value in present):
        return np.array(["" if value is None else value for value in values], dtype=object)
    return None


def _coordinate(axis: Axis, values: Sequence[str]) -> tuple[numpy.ndarray, dict[str, str]]:
    import numpy as np

    numbers = [axis.number(value) for value in values]
    if (
        all(number is not None for number in numbers)
        and len({number[1] for number in numbers if number}) == 1
    ):
        known = [number for number in numbers if number is not None]
        return np.array([number[0] for number in known]), {
            "units": known[0][1] or "1",
            "long_name": axis.path,
        }
    return np.array(values, dtype=object), {"long_name": axis.path}


def table_of(dataset: xarray.Dataset) -> tuple[list[str], list[list[Any]]]:
    """Heads with units, and a row a case: axes and results; "" where there is none."""
    names = list(dataset.attrs["axes"])
    flat = dataset if "case" in dataset.dims else dataset.stack(case=dataset.attrs["axes"])
    columns = [*names, *dataset.data_vars]
    heads = [
        f"{name} [{unit}]" if (unit := dataset[name].attrs.get("units", "1")) != "1" else str(name)
        for name in columns
    ]
    rows = zip(*(flat[name].values.tolist() for name in columns), strict=True)
    return heads, [["" if isinstance(cell, float) and isnan(cell) else cell for cell in row] for row in rows]


def _table(dataset: xarray.Dataset) -> str:
    stream = StringIO()
    heads, rows = table_of(dataset)
    csv.writer(stream, lineterminator="\n").writerows([heads, *rows])
    return stream.getvalue()
