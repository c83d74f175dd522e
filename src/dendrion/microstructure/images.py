"""Label maps from pictures and rasters of other programs: PNG, TIFF, DREAM3D and Neper; read, written, put on a grid.

A label map is a whole number for every pixel, which names a grain or a phase. Axes are x, y (and z): x runs to the
right of a picture and y *upwards*, so that the picture looks as the fields do. Formats:

| ending | what is read |
|---|---|
| .png | grey or palette values; RGB colours numbered by their order (8 or 16 bit) |
| .tif .tiff | one grey page (2-D) or several (3-D), through Pillow |
| .dream3d | HDF5: ``FeatureIds`` of a CellData matrix with its dimensions and spacing (DREAM.3D 6) |
| .tesr | raster tessellation of Neper in ASCII, versions 1 and 2 |
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

Labels = NDArray[np.int64]

MOST_PIXELS = 200_000_000
"""Pixels of a file at most [dimensionless]."""

SIZE_SLACK = 1.01
"""Pixels by which a picture may be smaller than the box [dimensionless]."""


@dataclass(frozen=True)
class LabelMap:
    """Labels of pixels.

    Attributes:
        labels: (x, y) or (x, y, z) [dimensionless].
        pixel_size: edge lengths of a pixel as the file states them, in its own unit; None where it states none.
    """

    labels: Labels
    pixel_size: tuple[float, ...] | None = None


def read_label_map(path: str | Path) -> LabelMap:
    """Reads a label map; the ending of the name tells the format (see the module).

    Raises:
        InputError: no such file, another ending, not in that format, too large.
    """
    path = Path(path)
    readers = {".png": _read_picture, ".tif": _read_picture, ".tiff": _read_picture, ".dream3d": _read_dream3d, ".tesr": _read_tesr}  # fmt: skip
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError(
            "no label map is read from such a file", field="file", value=path.name, allowed=", ".join(readers)
        )
    if not path.is_file():
        raise InputError(
            "there is no such file",
            field="file",
            value=str(path),
            hint="the path is relative to the case file",
        )
    try:
        found = reader(path)
    except (OSError, KeyError, ValueError, SyntaxError) as error:
        raise InputError(
            f"the file can't be read as a label map: {error}", field="file", value=path.name
        ) from None
    if found.labels.size > MOST_PIXELS:
        raise InputError(
            "the label map is too large",
            field="file",
            value=found.labels.shape,
            allowed=f"{MOST_PIXELS} pixels",
        )
    return found


def write_label_map(path: str | Path, labels: Labels, pixel_size: Sequence[float] | None = None) -> None:
    """Writes a label map in the format of the name's ending, so that `read_label_map` gives it back.

    Args:
        path: name with ending .png, .tif, .tiff, .dream3d or .tesr.
        labels: (x, y) or (x, y, z), 0 to 65535.
        pixel_size: edge lengths of a pixel, stored by .dream3d and .tesr [any unit].
    Raises:
        InputError: another ending, labels out of range, or 3-D in a PNG.
    """
    path, labels = Path(path), np.asarray(labels)
    if labels.min() < 0 or labels.max() > 65535:
        raise InputError(
            "labels are whole numbers", field="labels", value=int(labels.max()), allowed="0 to 65535"
        )
    size = tuple(pixel_size) if pixel_size is not None else (1.0,) * labels.ndim
    suffix = path.suffix.lower()
    if suffix in (".png", ".tif", ".tiff"):
        _write_picture(path, labels)
    elif suffix == ".dream3d":
        _write_dream3d(path, labels, size)
    elif suffix == ".tesr":
        _write_tesr(path, labels, size)
    else:
        raise InputError(
            "no label map is written to such a file",
            field="file",
            value=path.name,
            allowed=".png, .tif, .dream3d, .tesr",
        )


def _from_rows(rows: NDArray[Any]) -> Labels:
    """(row from the top, column) as (x, y)."""
    return np.ascontiguousarray(rows[::-1].T).astype(np.int64)


def _read_picture(path: Path) -> LabelMap:
    from PIL import Image, ImageSequence

    with Image.open(path) as picture:
        pages = [_page(page) for page in ImageSequence.Iterator(picture)]
    if len({page.shape for page in pages}) != 1:
        raise ValueError("its pages differ in size")
    if pages[0].ndim == 3:  # colours: numbered by their order
        stack = np.stack(pages).astype(np.int64)
        codes = (stack[..., 0] << 16) + (stack[..., 1] << 8) + stack[..., 2]
        pages = list(np.unique(codes, return_inverse=True)[1].reshape(codes.shape))
    layers = [_from_rows(page) for page in pages]
    return LabelMap(layers[0] if len(layers) == 1 else np.stack(layers, axis=-1))


def _page(page: Any) -> NDArray[Any]:
    if page.mode in {"L", "P", "I", "I;16", "1"}:
        return np.array(page).astype(np.int64)
    return np.array(page.convert("RGB"))


def _write_picture(path: Path, labels: Labels) -> None:
    from PIL import Image

    if labels.ndim == 3 and path.suffix.lower() == ".png":
        raise InputError(
            "a PNG holds one plane", field="file", value=path.name, hint="write a .tif, .dream3d or .tesr"
        )
    kind = np.uint8 if labels.max() < 256 else np.uint16
    planes = [labels] if labels.ndim == 2 else [labels[..., k] for k in range(labels.shape[2])]
    pictures = [Image.fromarray(np.ascontiguousarray(plane.T[::-1]).astype(kind)) for plane in planes]
    more: dict[str, Any] = {"save_all": True, "append_images": pictures[1:]} if len(pictures) > 1 else {}
    pictures[0].save(path, **more)


_DREAM3D = "DataContainers/ImageDataContainer"


def _read_dream3d(path: Path) -> LabelMap:
    import h5py

    found: list[Any] = []
    with h5py.File(path, "r") as file:
        file.visititems(
            lambda name, item: found.append(name) if name.split("/")[-1] == "FeatureIds" else None
        )
        if not found:
            raise ValueError("it has no FeatureIds")
        values = np.asarray(file[found[0]])
        container = "/".join(found[0].split("/")[:-2])
        geometry = file.get(f"{container}/_SIMPL_GEOMETRY")
        spacing = tuple(float(size) for size in geometry["SPACING"][:]) if geometry is not None else None
    values = values[..., 0] if values.ndim == 4 else values
    labels = np.moveaxis(values, (0, 1, 2), (2, 1, 0)).astype(np.int64)  # stored as z, y, x
    if labels.shape[2] == 1:
        return LabelMap(labels[..., 0], spacing[:2] if spacing else None)
    return LabelMap(labels, spacing)


def _write_dream3d(path: Path, labels: Labels, size: tuple[float, ...]) -> None:
    import h5py

    volume = labels[..., None] if labels.ndim == 2 else labels
    spacing = np.array([*size, 1.0][:3], np.float32)
    stored = np.ascontiguousarray(volume.transpose(2, 1, 0))[..., None].astype(np.int32)
    with h5py.File(path, "w") as file:
        file.attrs["FileVersion"] = np.bytes_("7.0")
        geometry = file.create_group(f"{_DREAM3D}/_SIMPL_GEOMETRY")
        geometry["DIMENSIONS"] = np.array(volume.shape, np.int64)
        geometry["SPACING"], geometry["ORIGIN"] = spacing, np.zeros(3, np.float32)
        cells = file.create_group(f"{_DREAM3D}/CellData")
        cells.attrs["TupleDimensions"] = np.array(volume.shape, np.uint64)
        cells.create_dataset("FeatureIds", data=stored, compression="gzip")


def _read_tesr(path: Path) -> LabelMap:
    words = path.read_text(encoding="utf-8").split()
    if not words or words[0] != "***tesr":
        raise ValueError("it does not begin with ***tesr")
    at = words.index("**general") + 1
    dimensions = int(words[at])
    if dimensions not in (2, 3):
        raise ValueError(f"it has {dimensions} dimensions")
    counts = [int(word) for word in words[at + 1 : at + 1 + dimensions]]
    sizes = tuple(float(word) for word in words[at + 1 + dimensions : at + 1 + 2 * dimensions])
    at = words.index("**data") + 1
    if words[at] != "ascii":
        raise ValueError(
            f"its data are {words[at]}, only ascii is read (neper -T -loadtesr ... -tesrformat ascii)"
        )
    data = words[at + 1 : at + 1 + math.prod(counts)]
    if len(data) != math.prod(counts):
        raise ValueError(f"it has {len(data)} of {math.prod(counts)} labels")
    return LabelMap(np.array(data, np.int64).reshape(counts[::-1]).T.copy(), sizes)


def _write_tesr(path: Path, labels: Labels, size: tuple[float, ...]) -> None:
    data = np.asarray(labels).T.reshape(-1, labels.shape[0])  # x runs fastest
    lines = [
        "***tesr", " **format", "   2.0", " **general", f"   {labels.ndim}",
        "   " + " ".join(map(str, labels.shape)), "   " + " ".join(f"{one:.12g}" for one in size),
        " **cell", f"   {len(np.unique(labels[labels > 0]))}", " **data", "   ascii",
        *("   " + " ".join(map(str, row)) for row in data), "***end", "",
    ]  # fmt: skip
    path.write_text("\n".join(lines), encoding="utf-8")


def resample(
    found: LabelMap, pixel_size: Sequence[float], shape: Sequence[int], size: Sequence[float]
) -> Labels:
    """Labels of the cells of a grid: each takes that of the pixel its centre lies in; the corner of both is the origin.

    Args:
        found: the map.
        pixel_size: edge lengths of a pixel [m].
        shape: cells of the grid.
        size: edge lengths of its box [m].
    Raises:
        InputError: other dimensions than the grid, or a picture that does not cover the box.
    """
    labels = found.labels
    if labels.ndim != len(shape):
        raise InputError(
            f"the label map is {labels.ndim}-D and the domain is {len(shape)}-D",
            field="microstructure.file", value=labels.shape, allowed=f"{len(shape)} axes",
        )  # fmt: skip
    covered = [count * one for count, one in zip(labels.shape, pixel_size, strict=True)]
    short = [
        size_ - have > SIZE_SLACK * one for size_, have, one in zip(size, covered, pixel_size, strict=True)
    ]
    if any(short):
        box = " x ".join(f"{1e6 * length:g}" for length in size)
        raise InputError(
            "the label map is smaller than the domain", field="microstructure.file",
            value=" x ".join(f"{1e6 * length:g}" for length in covered) + " um",
            allowed=f"at least {box} um", hint="a larger pixel_size, another map, or a smaller domain.size",
        )  # fmt: skip
    index = []
    for count, length, pixels, one in zip(shape, size, labels.shape, pixel_size, strict=True):
        centres = (np.arange(count) + 0.5) * length / count
        index.append(np.minimum((centres / one).astype(int), pixels - 1))
    return labels[np.ix_(*index)]


def without_lines(labels: Labels, line: int, periodic: Sequence[bool]) -> Labels:
    """Labels whose pixels of value ``line``, a drawn boundary, go to the nearest grain.

    Raises:
        InputError: nothing but lines.
    """
    from scipy.ndimage import distance_transform_edt

    drawn = labels == line
    if drawn.all():
        raise InputError(
            "the label map has nothing but boundary", field="microstructure.boundary_value", value=line
        )
    if not drawn.any():
        return labels
    nearest = distance_transform_edt(drawn, return_distances=False, return_indices=True)
    return np.asarray(labels[tuple(nearest)])
