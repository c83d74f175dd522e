"""Case files as text: YAML 1.2 with the line and column of every key and value, and ``--set`` on top."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq, TaggedScalar
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString

from ..errors import InputError, Location

Path_ = tuple[str | int, ...]
_LARGEST_FILE = 50_000_000
_MOST_NODES = 200_000
_DEEPEST = 40
_PATH = re.compile(r"([^.\[\]=\s]+)|\[(\d+)\]|(\.)")


@dataclass
class Document:
    """A case as plain Python data, with the place of each key and value.

    Attributes:
        data: nested dictionaries, lists and scalars.
        keys: place of the key of each path.
        values: place of the value of each path.
        folder: where relative paths start.
    """

    data: dict[str, Any]
    keys: dict[Path_, Location] = field(default_factory=dict)
    values: dict[Path_, Location] = field(default_factory=dict)
    folder: Path = Path()

    def at(self, path: Path_) -> Any:
        """The value at ``path``, None where there is none."""
        node: Any = self.data
        for part in path:
            try:
                node = node[part]
            except (KeyError, IndexError, TypeError):
                return None
        return node

    def locate(self, path: Path_, key: bool = False) -> Location | None:
        """Place of the value (or key) at ``path``, or of the nearest mapping around it."""
        if key and path in self.keys:
            return self.keys[path]
        while path:
            if path in self.values:
                return self.values[path]
            path = path[:-1]
        return self.values.get(())


def read_document(path: Path) -> Document:
    """Reads a YAML file.

    Raises:
        InputError: absent, not readable, not YAML (with line and column), not a mapping.
    """
    try:
        if path.is_dir():
            raise InputError("this is a folder, a case file is needed", value=str(path))
        if path.stat().st_size > _LARGEST_FILE:
            raise InputError("the file is too large for a case", value=str(path))
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"the file is not UTF-8 text (byte {error.start})", location=Location(str(path))
        ) from None
    except OSError as error:
        raise InputError(f"the file can't be read: {error.strerror}", value=str(path)) from None
    return parse_document(text, str(path), path.parent)


def parse_document(text: str, name: str, folder: Path = Path()) -> Document:
    """Reads YAML text; ``name`` is what messages call it (see ``read_document``)."""
    try:
        tree = YAML(typ="rt", pure=True).load(text)
    except DuplicateKeyError as error:
        key = re.search(r'duplicate key "([^"]*)"', str(error.problem))
        problem = f"the key '{key[1]}' is given twice" if key else "a key is given twice"
        raise InputError(problem, location=_mark(error, name)) from None
    except MarkedYAMLError as error:
        problem = f"this is not YAML: {error.problem or error.context}"
        raise InputError(problem, location=_mark(error, name), hint=_yaml_hint(text, error)) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise InputError(f"this is not YAML: {error}", location=Location(name)) from None
    if not isinstance(tree, CommentedMap):
        problem = "the file is empty" if tree is None else "a case is a mapping of sections"
        raise InputError(problem, location=Location(name, 1, 1), hint="cell: {metal: Li, electrolyte: LLZO}")
    document = Document({}, folder=folder)
    document.data = _plain(tree, (), document, name, [0])
    document.values[()] = Location(name, 1, 1)
    return document


def _mark(error: MarkedYAMLError, name: str) -> Location:
    mark = error.problem_mark or error.context_mark
    return Location(name, mark.line + 1, mark.column + 1) if mark else Location(name)


def _yaml_hint(text: str, error: MarkedYAMLError) -> str | None:
    mark = error.problem_mark
    line = text.splitlines()[mark.line] if mark and mark.line < len(text.splitlines()) else ""
    if "\t" in line:
        return "indent with spaces, not tabs"
    return "one 'key: value' a line, the same indent within a section, quotes around text with ': ' or '#'"


def _plain(node: Any, path: Path_, document: Document, name: str, count: list[int]) -> Any:
    """Plain data, noting where each key and value stands (lines and columns from 1)."""
    count[0] += 1
    if count[0] > _MOST_NODES or len(path) > _DEEPEST:
        raise InputError(
            "the file has too many entries, or too deep ones, for a case", location=Location(name)
        )
    if isinstance(node, CommentedMap):
        for key in node:
            if not isinstance(key, str):
                raise InputError(
                    f"the key {key!r} is not text",
                    location=document.locate(path) or Location(name),
                    field=_dotted(path),
                )
            place = (node.lc.data or {}).get(key)
            if place:
                document.keys[(*path, key)] = Location(name, place[0] + 1, place[1] + 1)
                document.values[(*path, key)] = Location(name, place[2] + 1, place[3] + 1)
        return {str(key): _plain(value, (*path, key), document, name, count) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            place = (node.lc.data or {}).get(index)
            if place:
                document.values[(*path, index)] = Location(name, place[0] + 1, place[1] + 1)
        return [_plain(value, (*path, index), document, name, count) for index, value in enumerate(node)]
    return _scalar(node, path, document, name)


def _scalar(node: Any, path: Path_, document: Document, name: str) -> Any:
    if node is None or isinstance(node, bool):
        return node
    for kind in (int, float, str):
        if isinstance(node, kind):
            return kind(node)
    if type(node).__name__ == "ScalarBoolean":
        return bool(node)
    tag = f" ({node.tag})" if isinstance(node, TaggedScalar) else ""
    raise InputError(
        f"a {type(node).__name__} is no value of a case{tag}",
        field=_dotted(path),
        location=document.locate(path),
    )


def _dotted(path: Path_) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


dotted = _dotted


def parse_path(text: str) -> Path_:
    """``"protocol[0].steps"`` as ("protocol", 0, "steps").

    Raises:
        InputError: not a path.
    """
    parts: list[str | int] = []
    position, after_dot = 0, True
    while position < len(text):
        found = _PATH.match(text, position)
        if found is None or bool(found[1]) != after_dot:
            break
        if found[1]:
            parts.append(found[1])
        elif found[2]:
            parts.append(int(found[2]))
        after_dot, position = found[3] is not None, found.end()
    if position < len(text) or after_dot or not text:
        raise InputError(
            "this is not a path",
            value=text,
            location=Location("--set"),
            hint="domain.cells, protocol[0], cell.electrolyte",
        )
    return tuple(parts)


def apply_settings(document: Document, settings: Iterable[str] | Mapping[str, Any]) -> None:
    """Writes ``path=value`` settings into the data; nodes that are missing are made.

    Raises:
        InputError: no ``=``, not a path, a value that is not YAML, an index past the end, a path through
            text.
    """
    pairs = settings.items() if isinstance(settings, Mapping) else map(_split_setting, settings)
    for text, value in pairs:
        path = parse_path(text)
        place = Location("--set")
        _write(document.data, path, value, place)
        for known in [p for p in document.values if p[: len(path)] == path]:
            del document.values[known]
        for known in [p for p in document.keys if p[: len(path)] == path]:
            del document.keys[known]
        document.values[path] = place
        for length in range(1, len(path) + 1):
            document.keys.setdefault(path[:length], place)
            document.values.setdefault(path[:length], place)


def _split_setting(text: str) -> tuple[str, Any]:
    path, sign, value = text.partition("=")
    if not sign or not value.strip():
        raise InputError(
            "a setting is path=value",
            value=text,
            location=Location("--set"),
            hint='--set "conditions.temperature=60 degC"',
        )
    try:
        return path.strip(), _plain(
            YAML(typ="rt", pure=True).load(value), (), Document({}), f"--set {text}", [0]
        )
    except YAMLError:
        raise InputError(f"'{value}' is not a YAML value", location=Location("--set"), field=path) from None


def _write(data: Any, path: Path_, value: Any, place: Location) -> None:
    node = data
    for depth, part in enumerate(path):
        last = depth == len(path) - 1
        if isinstance(part, str) and isinstance(node, dict):
            if last:
                node[part] = value
            elif node.get(part) is None:
                node[part] = [] if isinstance(path[depth + 1], int) else {}
        elif isinstance(part, int) and isinstance(node, list):
            if part > len(node):
                raise InputError(
                    f"{_dotted(path[:depth])} has {len(node)} entries",
                    location=place,
                    allowed=f"an index from 0 to {len(node)} ({len(node)} appends)",
                )
            if part == len(node):
                node.append({} if not last and isinstance(path[depth + 1], str) else [])
            if last:
                node[part] = value
        else:
            what = (
                "a mapping" if isinstance(node, dict) else "a list" if isinstance(node, list) else f"'{node}'"
            )
            raise InputError(f"{_dotted(path[:depth])} is {what}: it has no entry {part!r}", location=place)
        node = node[part] if not last else None


def plain_copy(node: Any) -> Any:
    """A copy without shared parts: mappings as dictionaries, sequences as lists, NumPy scalars as numbers."""
    if isinstance(node, Mapping):
        return {key: plain_copy(value) for key, value in node.items()}
    if isinstance(node, (list, tuple)):
        return [plain_copy(value) for value in node]
    return node.item() if hasattr(node, "item") else node


def to_yaml(data: Mapping[str, Any]) -> str:
    """Block-style YAML 1.2 of plain data; texts with several lines as literal blocks."""
    yaml = YAML(typ="rt", pure=True)
    yaml.default_flow_style = False
    yaml.width = 110
    stream = StringIO()
    yaml.dump(_dumpable(data), stream)
    return stream.getvalue()


def _dumpable(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _dumpable(value) for key, value in node.items()}
    if isinstance(node, (list, tuple)):
        items = CommentedSeq([_dumpable(value) for value in node])
        if not any(isinstance(value, (dict, list)) for value in items):
            items.fa.set_flow_style()
        return items
    if isinstance(node, str) and "\n" in node:
        return LiteralScalarString(node)
    return node
