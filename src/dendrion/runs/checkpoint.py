"""Checkpoints: the state of a simulation in two alternating slots, so that one is always whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dendrion.runs.files import file_hash, write_bytes_with, write_text

_SLOTS = ("even", "odd")


@dataclass(frozen=True)
class Position:
    """How far everything had come when the checkpoint was written."""

    steps: int
    """Accepted steps [dimensionless]."""
    time: float
    """Simulated time [s]."""
    rows: int
    """Rows of the history [dimensionless]."""
    frames: int
    """Frames of the fields [dimensionless]."""
    next_frame: int
    """Index of the next frame that is due [dimensionless]."""
    frame_time: float
    """Time of the last frame [s]."""
    wall_time: float
    """Time of computing so far, earlier parts of the run included [s]."""
    compile_time: float
    """The part of it spent on compilation [s]."""


class Checkpoints:
    """The ``checkpoint`` directory of a run folder.

    A slot is ``<slot>.npz`` (arrays) and ``<slot>.json`` (numbers, texts, the position and the hash of
    the arrays). The JSON is written last: a slot whose arrays do not have that hash is not used.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def save(self, state: Mapping[str, Any], position: Position) -> None:
        """Writes ``state`` (arrays, numbers, texts) over the older of the two slots."""
        self.directory.mkdir(exist_ok=True)
        newest = self._newest_first()
        slot = _SLOTS[1 - _SLOTS.index(newest[0][0])] if newest else _SLOTS[0]
        arrays: dict[str, Any] = {
            name: np.asarray(value) for name, value in state.items() if hasattr(value, "shape")
        }
        plain = {name: value for name, value in state.items() if name not in arrays}
        digest = write_bytes_with(self.directory / f"{slot}.npz", lambda stream: np.savez(stream, **arrays))
        content = {"position": asdict(position), "arrays_sha256": digest, "values": plain}
        write_text(self.directory / f"{slot}.json", json.dumps(content, indent=1))

    def load(self) -> tuple[dict[str, Any], Position] | None:
        """The newest whole checkpoint, or None."""
        for slot, content in self._newest_first():
            arrays_file = self.directory / f"{slot}.npz"
            if not arrays_file.is_file() or file_hash(arrays_file) != content["arrays_sha256"]:
                (self.directory / f"{slot}.json").unlink()  # or the next save would spare the broken slot
                continue
            with np.load(arrays_file, allow_pickle=False) as arrays:
                state = {**content["values"], **{name: arrays[name] for name in arrays.files}}
            return state, Position(**content["position"])
        return None

    def _newest_first(self) -> list[tuple[str, dict[str, Any]]]:
        found = []
        for slot in _SLOTS:
            path = self.directory / f"{slot}.json"
            if path.is_file():
                found.append((slot, json.loads(path.read_text(encoding="utf-8"))))
        return sorted(found, key=lambda item: item[1]["position"]["steps"], reverse=True)
