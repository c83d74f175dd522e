"""Fields over time in one VTKHDF file, for ParaView and for xarray alike.

Layout (VTKHDF 2.0, type ImageData, [VTK file formats, "VTKHDF"]): cell data of shape
``[time, (z,) y, x]`` under ``/VTKHDF/CellData``, the times under ``/VTKHDF/Steps``. The coordinates of the
cell centres [m] and the times [s] stand at the root as netCDF dimension scales, which VTK ignores and
xarray needs. A frame is appended with the file opened and closed around it, so that a reader, or a
process that is killed between frames, always finds a complete file.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import h5py
    import xarray

# VTK cannot read files written with the newest HDF5 format.
_HDF5_VERSION = ("earliest", "v110")
_AXES = ("x", "y", "z")
_SPARE_BYTES = 2**20

FieldMap = Mapping[str, tuple[np.ndarray, str, str]]
"""name → (array [x, y(, z)], unit, description)."""


class FieldsFile:
    """A ``fields.vtkhdf`` that is being written."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def frames(self) -> int:
        """Frames stored [dimensionless]."""
        with self._open("r") as file:
            return int(file["VTKHDF/Steps"].attrs["NSteps"])

    def create(self, spacing: tuple[float, ...], fields: FieldMap) -> None:
        """Lays out an empty file for these fields on a grid of cell sizes ``spacing`` [m]."""
        shape = _as_plane(next(iter(fields.values()))[0]).shape
        spacing = (*spacing, spacing[0])[: len(shape)]
        names = ("time", *reversed(_AXES[: len(shape)]))
        with self._open("w") as file:
            _scale(file, "time", np.zeros(0), unit="s", meaning="simulated time")
            for axis, (count, step) in enumerate(zip(shape, spacing, strict=True)):
                centres = (np.arange(count) + 0.5) * step
                name = _AXES[axis]
                _scale(file, name, centres, unit="m", meaning=f"cell centres along {name}")
            root = file.create_group("VTKHDF")
            root.attrs["Version"] = np.array([2, 0])
            root.attrs.create("Type", np.bytes_("ImageData"))
            cells = (*shape, 0)[:3]
            root.attrs["WholeExtent"] = np.array([bound for count in cells for bound in (0, count)])
            root.attrs["Origin"] = np.zeros(3)
            root.attrs["Spacing"] = np.array((*spacing, spacing[0])[:3])
            root.attrs["Direction"] = np.eye(3).ravel()
            steps = root.create_group("Steps")
            steps.attrs["NSteps"] = 0
            _growing(file, steps, "Values", np.float64)
            offsets, data = steps.create_group("CellDataOffsets"), root.create_group("CellData")
            for name, (_, unit, description) in fields.items():
                _growing(file, offsets, name, np.int64)
                _field(file, data, name, names, shape[::-1]).attrs.update(units=unit, long_name=description)

    def append(self, time: float, fields: FieldMap) -> None:
        """Adds a frame at ``time`` [s]; values are stored in single precision.

        Raises:
            OSError: the disk has no room for the frame (checked first: running out inside HDF5 would
                damage the frames that are there), or the file is gone.
        """
        arrays = {name: _as_plane(np.asarray(array)).T for name, (array, _, _) in fields.items()}
        needed = 4 * sum(array.size for array in arrays.values()) + _SPARE_BYTES
        if shutil.disk_usage(self.path.parent).free < needed:
            raise OSError(errno.ENOSPC, f"no room for a frame of {needed / 1e6:.1f} MB", str(self.path))
        with self._open("r+") as file:
            steps = file["VTKHDF/Steps"]
            count = int(steps.attrs["NSteps"])
            for name, array in arrays.items():
                _put(file["VTKHDF/CellData"][name], count, array.astype(np.float32))
                _put(steps["CellDataOffsets"][name], count, count)
            _put(file["time"], count, time)
            _put(steps["Values"], count, time)
            steps.attrs["NSteps"] = count + 1

    def truncate(self, frames: int) -> None:
        """Drops all frames after the first ``frames``."""
        with self._open("r+") as file:
            steps = file["VTKHDF/Steps"]
            names = list(file["VTKHDF/CellData"])
            steps.attrs["NSteps"] = frames
            for dataset in (
                file["time"],
                steps["Values"],
                *(file["VTKHDF/CellData"][name] for name in names),
                *(steps["CellDataOffsets"][name] for name in names),
            ):
                dataset.resize(frames, axis=0)

    @contextmanager
    def _open(self, mode: str) -> Iterator[h5py.File]:
        import h5py

        # No file lock: a reader that holds one must not stop the simulation.
        with h5py.File(self.path, mode, libver=_HDF5_VERSION, locking=False) as file:
            yield file


def read_fields(path: Path) -> xarray.Dataset:
    """The fields as a Dataset with dimensions (time, x, y[, z]), read from disk when used.

    Coordinates are the cell centres [m] and the times [s]; every variable carries ``units`` and
    ``long_name``. The file is open only while values are read, so that it can be looked at while a
    simulation writes it.
    """
    import h5py
    import xarray
    from xarray.core.indexing import LazilyIndexedArray

    from dendrion.runs.lazy import DatasetOnDisk

    with h5py.File(path, "r", locking=False) as file:
        axes = [name for name in _AXES if name in file]
        dimensions = ("time", *reversed(axes))
        frames = int(file["VTKHDF/Steps"].attrs["NSteps"])
        coordinates = {
            name: (name, file[name][: frames if name == "time" else None], _texts(file[name]))
            for name in ("time", *axes)
        }
        variables = {
            name: xarray.Variable(
                dimensions,
                LazilyIndexedArray(DatasetOnDisk(path, dataset, frames)),
                _texts(dataset),
            ).transpose("time", *axes)
            for name, dataset in file["VTKHDF/CellData"].items()
        }
    return xarray.Dataset(variables, coords=coordinates)


def _texts(dataset: h5py.Dataset) -> dict[str, str]:
    return {name: str(dataset.attrs[name]) for name in ("units", "long_name")}


def _as_plane(array: np.ndarray) -> np.ndarray:
    """One-dimensional fields become one cell high, for VTK."""
    return array[:, None] if array.ndim == 1 else array


def _scale(file: h5py.File, name: str, values: np.ndarray, *, unit: str, meaning: str) -> None:
    dataset = file.create_dataset(name, data=values, maxshape=(None,), chunks=(1024,))
    dataset.make_scale(name)
    dataset.attrs.update(units=unit, long_name=meaning)


def _growing(file: h5py.File, group: h5py.Group, name: str, kind: type) -> None:
    dataset = group.create_dataset(name, shape=(0,), maxshape=(None,), dtype=kind, chunks=(1024,))
    dataset.dims[0].attach_scale(file["time"])


def _field(
    file: h5py.File, group: h5py.Group, name: str, axes: tuple[str, ...], shape: tuple[int, ...]
) -> h5py.Dataset:
    dataset = group.create_dataset(
        name, shape=(0, *shape), maxshape=(None, *shape), chunks=(1, *shape), dtype=np.float32,
        compression="gzip", compression_opts=2, shuffle=True,
    )  # fmt: skip
    for index, axis in enumerate(axes):
        dataset.dims[index].attach_scale(file[axis])
    return dataset


def _put(dataset: h5py.Dataset, index: int, value: np.ndarray | float) -> None:
    dataset.resize(index + 1, axis=0)
    dataset[index] = value
