"""Case files: by path, or by the name of a shipped one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from ..errors import InputError
from .documents import Document, apply_settings, parse_document, read_document
from .model import Case


def load_case(source: str | Path, set: Iterable[str] | Mapping[str, Any] = ()) -> Case:
    """Reads, completes and checks a case.

    Arguments:
        source: path of a YAML file, or the name of a shipped case (``shipped_cases``).
        set: ``path=value`` settings that are written into the file's data first
            (``"domain.cells=[128, 128]"``), or a mapping of paths to values.

    Raises:
        InputError: the file is absent or malformed, or (``InputErrors``) everything that is wrong in it, each
            with file, line, column, field, value, what is allowed and what to try.
    """
    document = _document(str(source))
    apply_settings(document, [set] if isinstance(set, str) else set)
    return Case.from_document(document)


def shipped_cases() -> list[tuple[str, str]]:
    """Name and title of every shipped case, in alphabetical order."""
    listed = []
    for name, text in sorted(_shipped().items()):
        title = parse_document(text, f"{name}.yaml").data.get("title", "")
        listed.append((name, str(title)))
    return listed


def _shipped() -> dict[str, str]:
    folder = resources.files(__package__) / "shipped"
    if not folder.is_dir():
        return {}
    files = (entry for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return {entry.name.removesuffix(".yaml"): entry.read_text(encoding="utf-8") for entry in files}


def _document(source: str) -> Document:
    path = Path(source)
    if path.is_file():
        return read_document(path)
    shipped = _shipped()
    if source in shipped:
        folder = Path(str(resources.files(__package__) / "shipped"))
        return parse_document(shipped[source], f"{source}.yaml", folder)
    if path.is_dir():
        return read_document(path)
    beside = [entry.name for entry in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
    near = difflib.get_close_matches(path.name, [*beside, *shipped], 2, cutoff=0.5)
    raise InputError(
        "there is no such file, and no shipped case of that name",
        field="case",
        value=source,
        allowed=f"a YAML file, or one of {', '.join(sorted(shipped))}" if shipped else "a YAML file",
        hint=" or ".join(near) or None,
    )
