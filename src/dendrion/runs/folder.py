"""A run folder: its files, and how to read them while the run goes on or after it ended."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dendrion.errors import InputError
from dendrion.runs.checkpoint import Checkpoints
from dendrion.runs.files import read_json, write_json, write_text

if TYPE_CHECKING:
    import xarray

_UNFINISHED = ("running", "interrupted", "failed")
_LIVE = ("status", "time_s", "steps", "wall_time_s")
_READ_ATTEMPTS = 5


class RunFolder:
    """Paths and content of one run folder (docs/run-folder.md lists the files)."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.case_file = self.path / "case.yaml"
        self.resolved_file = self.path / "resolved.yaml"
        self.summary_file = self.path / "summary.json"
        self.status_file = self.path / "status.json"
        self.provenance_file = self.path / "provenance.json"
        self.history_file = self.path / "history.nc"
        self.history_table = self.path / "history.csv"
        self.fields_file = self.path / "fields.vtkhdf"
        self.log_file = self.path / "log.txt"
        self.lock_file = self.path / ".lock"
        self.figures = self.path / "figures"
        self.movie = self.path / "movie.gif"
        self.checkpoints = Checkpoints(self.path / "checkpoint")

    @classmethod
    def open(cls, path: str | Path) -> RunFolder:
        """An existing run folder.

        Raises:
            InputError: there is no such folder, or no run in it.
        """
        folder = cls(path)
        if not folder.path.is_dir():
            raise InputError("there is no such folder", field="run", value=str(path), hint=_hint(folder.path))
        if not folder.status_file.is_file():
            raise InputError(
                "this is not a run folder: it has no status.json",
                field="run", value=str(path), hint=_hint(folder.path),
            )  # fmt: skip
        return folder

    @property
    def exists(self) -> bool:
        """Whether a run is in it."""
        return self.status_file.is_file()

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.resolve().name

    @property
    def title(self) -> str:
        """The case's title, or the folder's name."""
        resolved = self.resolved if self.resolved_file.is_file() else {}
        return str(resolved.get("case", {}).get("title") or self.name)

    def clear(self) -> None:
        """Removes what a run wrote, and nothing else."""
        for file in (
            self.case_file, self.resolved_file, self.summary_file, self.status_file, self.provenance_file,
            self.history_file, self.history_table, self.fields_file, self.log_file, self.movie,
        ):  # fmt: skip
            file.unlink(missing_ok=True)
        for directory in (self.figures, self.checkpoints.directory):
            shutil.rmtree(directory, ignore_errors=True)

    def write_case(self, given: str, resolved: Mapping[str, Any]) -> None:
        """Writes ``case.yaml`` and ``resolved.yaml``."""
        write_text(self.case_file, given)
        write_text(self.resolved_file, to_yaml(resolved))

    def write_status(self, **values: Any) -> None:
        """Rewrites ``status.json`` in one step."""
        write_json(self.status_file, {**values, "updated": _now()})

    def log(self, line: str) -> None:
        """Appends a line with date and time to ``log.txt``.

        Raises:
            OSError: the folder is gone or the disk is full.
        """
        with self.log_file.open("a", encoding="utf-8") as stream:
            stream.write(f"{_now()}  {line}\n")

    @property
    def status(self) -> dict[str, Any]:
        """The content of ``status.json``."""
        return read_json(self.status_file)

    @property
    def summary(self) -> dict[str, Any]:
        """The content of ``summary.json``, with what ``status.json`` says of this moment."""
        summary, status = read_json(self.summary_file) if self.summary_file.is_file() else {}, self.status
        return {**summary, **{name: status[name] for name in _LIVE if name in status}}

    @cached_property
    def resolved(self) -> dict[str, Any]:
        """The content of ``resolved.yaml``."""
        from ruamel.yaml import YAML

        return YAML(typ="safe", pure=True).load(self.resolved_file.read_text(encoding="utf-8"))

    @property
    def provenance(self) -> dict[str, Any]:
        """The content of ``provenance.json``."""
        return read_json(self.provenance_file)

    @property
    def history(self) -> xarray.Dataset:
        """The history along ``time`` [s], every column with ``units`` and ``long_name``.

        Raises:
            InputError: nothing is stored yet.
        """
        from dendrion.runs.history import read_history

        if not self.history_file.is_file():
            raise InputError("this run has no history yet", field="run", value=str(self.path))
        return read_history(self.history_file)

    @property
    def fields(self) -> xarray.Dataset:
        """The fields along (time, x, y[, z]), read from disk when used.

        Raises:
            InputError: nothing is stored yet, or the file is damaged.
        """
        from dendrion.runs.vtkhdf import read_fields

        if not self.fields_file.is_file():
            raise InputError("this run has no fields yet", field="run", value=str(self.path))
        for attempt in range(_READ_ATTEMPTS):
            try:
                return read_fields(self.fields_file)
            except (OSError, KeyError) as error:  # the simulation may be writing at this moment
                problem = error
                time.sleep(0.1 * attempt)
        raise InputError(f"fields.vtkhdf cannot be read: {problem}", field="run", value=str(self.path))


def default_folder(name: str, parent: Path | None = None) -> Path:
    """``runs/<name>-<date>-<time>`` in the working directory (a number is added where it exists)."""
    stem = f"{slug(name)}-{datetime.now():%Y%m%d-%H%M%S}"
    parent = parent or Path("runs")
    path, number = parent / stem, 1
    while path.exists():
        number += 1
        path = parent / f"{stem}-{number}"
    return path


def newest_unfinished(name: str, parent: Path | None = None) -> RunFolder:
    """The newest run of a case that can be resumed.

    Raises:
        InputError: there is none.
    """
    parent = parent or Path("runs")
    pattern = re.compile(re.escape(slug(name)) + r"-\d{8}-\d{6}(-\d+)?")
    found = [RunFolder(path) for path in parent.glob("*") if pattern.fullmatch(path.name)]
    found = [run for run in found if run.exists and run.status["status"] in _UNFINISHED]
    if not found:
        raise InputError(
            f"there is no unfinished run of {name!r} in {parent}/",
            field="--resume", hint="name the run folder: dendrion run RUN_FOLDER --resume",
        )  # fmt: skip
    return max(found, key=lambda run: run.path.name)


def slug(text: str) -> str:
    """A file name from any text: letters, digits, hyphens and underscores."""
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-")[:60] or "run"


def to_yaml(content: Mapping[str, Any]) -> str:
    """Plain YAML of nested mappings."""
    from io import StringIO
    from json import loads

    from ruamel.yaml import YAML

    from dendrion.runs.files import to_json

    yaml: Any = YAML(typ="safe", pure=True)
    stream = StringIO()
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False
    yaml.dump(loads(to_json(content)), stream)
    return stream.getvalue()


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


def _hint(path: Path) -> str:
    import difflib

    siblings = [item.name for item in path.parent.glob("*/") if (item / "status.json").is_file()]
    close = difflib.get_close_matches(path.name, siblings, n=1, cutoff=0.4)
    if close:
        return str(path.parent / close[0])
    return "dendrion run CASE makes a run folder"
