"""The fields of a run in formats for other tools.

``pvd``: VTK image files (.vti) and a time list, for any ParaView or VisIt. ``xdmf``: XDMF 3 with an HDF5 file
beside it. ``nc``: one netCDF-4 file. ``zarr``: a zarr store.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray

from dendrion.errors import InputError
from dendrion.runs.files import replacing, write_text
from dendrion.runs.folder import RunFolder

if TYPE_CHECKING:
    import xarray

_AXES = ("x", "y", "z")


def export(folder: RunFolder, target: str, out: Path | None = None) -> Path:
    """Writes the fields of a run in another format.

    Args:
        folder: the run.
        target: ``pvd``, ``xdmf``, ``nc`` or ``zarr``.
        out: the file (``pvd``, ``xdmf``, ``nc``) or store (``zarr``) to write; default
            ``export/fields.<target>`` in the run folder.

    Returns:
        the path to open.

    Raises:
        InputError: an unknown format, no fields yet, or a library that is missing.
        OSError: the disk is full.
    """
    if target not in FORMATS:
        raise InputError("unknown format", field="--format", value=target, allowed=", ".join(FORMATS))
    fields = folder.fields
    path = out or folder.path / "export" / f"fields.{target}"
    path.parent.mkdir(parents=True, exist_ok=True)
    FORMATS[target](fields, path)
    return path


def _write_pvd(fields: xarray.Dataset, path: Path) -> None:
    frames = path.with_suffix("")
    frames.mkdir(exist_ok=True)
    entries = []
    for index, time in enumerate(fields.time.values):
        name = f"frame_{index:05d}.vti"
        _write_vti(fields.isel(time=index), frames / name)
        entries.append(f'    <DataSet timestep="{float(time)!r}" file={quoteattr(f"{frames.name}/{name}")}/>')
    write_text(
        path,
        '<?xml version="1.0"?>\n<VTKFile type="Collection" version="0.1">\n  <Collection>\n'
        + "\n".join(entries)
        + "\n  </Collection>\n</VTKFile>\n",
    )


def _write_vti(frame: xarray.Dataset, path: Path) -> None:
    """One frame as VTK image data: cell values, raw little-endian after the header."""
    axes, counts, steps = _grid(frame)
    extent = " ".join(f"0 {count}" for count in (*counts, 0)[:3])
    spacing = " ".join(repr(step) for step in (*steps, steps[0])[:3])
    blocks, arrays, offset = [], [], 0
    for name, values in frame.data_vars.items():
        data = values.transpose(*reversed(axes)).values.astype("<f4").tobytes()
        label = f'type="Float32" Name={quoteattr(str(name))}'
        arrays.append(f'      <DataArray {label} format="appended" offset="{offset}"/>')
        blocks += [np.uint64(len(data)).astype("<u8").tobytes(), data]
        offset += 8 + len(data)
    header = (
        '<?xml version="1.0"?>\n<VTKFile type="ImageData" version="1.0" byte_order="LittleEndian" '
        f'header_type="UInt64">\n  <ImageData WholeExtent="{extent}" Origin="0 0 0" Spacing="{spacing}">\n'
        f'  <Piece Extent="{extent}">\n    <CellData>\n' + "\n".join(arrays) + "\n    </CellData>\n"
        '  </Piece>\n  </ImageData>\n  <AppendedData encoding="raw">\n_'
    )
    with replacing(path) as temporary, temporary.open("wb") as stream:
        stream.write(header.encode())
        stream.writelines(blocks)
        stream.write(b"\n  </AppendedData>\n</VTKFile>\n")


def _write_xdmf(fields: xarray.Dataset, path: Path) -> None:
    import h5py

    axes, counts, steps = _grid(fields)
    names = [str(name) for name in fields.data_vars]
    data_file = path.with_suffix(".h5")
    with replacing(data_file) as temporary, h5py.File(temporary, "w", libver=("earliest", "v110")) as file:
        for axis, count, step in zip(axes, counts, steps, strict=True):
            file[axis] = np.arange(count + 1) * step
        for index in range(fields.sizes["time"]):
            for name in names:
                array = fields[name][index].transpose(*reversed(axes)).values
                file.create_dataset(f"{index:05d}/{name}", data=array, compression="gzip", shuffle=True)
    mesh = _xdmf_mesh(axes, counts, data_file.name)
    cells = " ".join(map(str, reversed(counts)))
    lines = ['<?xml version="1.0"?>', '<Xdmf Version="3.0"><Domain>']
    lines.append('<Grid Name="run" GridType="Collection" CollectionType="Temporal">')
    for index, time in enumerate(fields.time.values):
        lines += [f'<Grid Name="frame {index}"><Time Value="{float(time)!r}"/>', *mesh]
        for name in names:
            lines.append(f'<Attribute Name={quoteattr(name)} AttributeType="Scalar" Center="Cell">')
            lines.append(_xdmf_item(cells, 4, f"{data_file.name}:/{index:05d}/{name}") + "</Attribute>")
        lines.append("</Grid>")
    write_text(path, "\n".join([*lines, "</Grid></Domain></Xdmf>\n"]))


def _xdmf_mesh(axes: list[str], counts: list[int], data_file: str) -> list[str]:
    """A mesh by its node coordinates: readers disagree about the order of origin and spacing."""
    nodes = " ".join(str(count + 1) for count in reversed(counts))
    kind, geometry = f"{len(axes)}DRectMesh", "".join(f"V{axis.upper()}" for axis in axes)
    coordinates = [
        _xdmf_item(str(count + 1), 8, f"{data_file}:/{axis}")
        for axis, count in zip(axes, counts, strict=True)
    ]
    return [
        f'<Topology TopologyType="{kind}" Dimensions="{nodes}"/>',
        f'<Geometry GeometryType="{geometry}">', *coordinates, "</Geometry>",
    ]  # fmt: skip


def _xdmf_item(shape: str, bytes_each: int, place: str) -> str:
    kind = f'NumberType="Float" Precision="{bytes_each}" Format="HDF"'
    return f'<DataItem Dimensions="{shape}" {kind}>{escape(place)}</DataItem>'


def _write_netcdf(fields: xarray.Dataset, path: Path) -> None:
    encoding = {name: {"zlib": True, "complevel": 2, "shuffle": True} for name in fields.data_vars}
    with replacing(path) as temporary:
        fields.to_netcdf(temporary, engine="h5netcdf", encoding=encoding)


def _write_zarr(fields: xarray.Dataset, path: Path) -> None:
    try:
        import zarr  # noqa: F401
    except ImportError:
        raise InputError(
            "writing zarr needs the zarr package", field="--format", value="zarr",
            hint='pip install "dendrion[zarr]"',
        ) from None  # fmt: skip
    fields.to_zarr(path, mode="w", consolidated=False)


def _grid(fields: xarray.Dataset) -> tuple[list[str], list[int], list[float]]:
    """Axes, cells and cell sizes [m]; at least two axes."""
    axes = [name for name in _AXES if name in fields.dims]
    centres: list[NDArray[np.float64]] = [fields[name].values for name in axes]
    return axes, [len(values) for values in centres], [float(2 * values[0]) for values in centres]


FORMATS: dict[str, Callable[[xarray.Dataset, Path], None]] = {
    "pvd": _write_pvd,
    "xdmf": _write_xdmf,
    "nc": _write_netcdf,
    "zarr": _write_zarr,
}
