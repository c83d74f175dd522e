"""Small files that are either the old version or the new one, never half of each."""

from __future__ import annotations

import hashlib
import json
import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yields a temporary path beside ``path``; on success it takes the place of ``path`` in one step.

    Raises:
        OSError: the disk is full or the folder is gone; ``path`` is then as it was.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Writes a text file atomically and durably."""
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8") as stream:
        stream.write(text)
        _to_disk(stream)


def write_json(path: Path, content: Any) -> None:
    """Writes strict JSON atomically; values that are not finite become ``null``."""
    write_text(path, to_json(content) + "\n")


def to_json(content: Any) -> str:
    """Strict JSON text of plain values, NumPy scalars and arrays."""
    return json.dumps(_strict(content), indent=2, ensure_ascii=False, allow_nan=False)


def read_json(path: Path) -> dict[str, Any]:
    """The content of a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_bytes_with(path: Path, write: Callable[[IO[bytes]], None]) -> str:
    """Lets ``write`` fill a binary file, puts it in place atomically and returns its SHA-256."""
    with replacing(path) as temporary:
        with temporary.open("wb") as stream:
            write(stream)
            _to_disk(stream)
        return file_hash(temporary)


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _to_disk(stream: IO) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _strict(content: Any) -> Any:
    if isinstance(content, dict):
        return {str(key): _strict(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_strict(value) for value in content]
    if hasattr(content, "tolist"):  # NumPy and JAX scalars and arrays
        return _strict(content.tolist())
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return content


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Holds a lock file while the block runs; yields False when another process holds it already.

    The system lets go of the lock when the process ends, however it ends. Where the platform has no
    such locks (Windows), nothing is locked.
    """
    if sys.platform == "win32":
        yield True
        return
    import fcntl

    with path.open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
