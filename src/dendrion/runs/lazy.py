"""Arrays that stay on disk until they are used, in a file that stays closed until then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
from xarray.backends import BackendArray
from xarray.core.indexing import ExplicitIndexer, IndexingSupport, explicit_indexing_adapter


class DatasetOnDisk(BackendArray):
    """The first ``frames`` entries of an HDF5 dataset; every read opens and closes the file."""

    def __init__(self, path: Path, dataset: h5py.Dataset, frames: int) -> None:
        self.path, self.name = path.resolve(), dataset.name
        self.shape, self.dtype = (frames, *dataset.shape[1:]), dataset.dtype

    def __getitem__(self, key: ExplicitIndexer) -> np.ndarray:
        return explicit_indexing_adapter(key, self.shape, IndexingSupport.BASIC, self._read)

    def _read(self, key: tuple[Any, ...]) -> np.ndarray:
        first, *rest = key
        if isinstance(first, slice):
            first = slice(*first.indices(self.shape[0]))
        with h5py.File(self.path, "r", locking=False) as file:
            return file[self.name][(first, *rest)]
