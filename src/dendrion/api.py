"""The public functions of Python: a case in, a run out."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dendrion.runs import RunFolder, StopOnSignal, run_case

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray

    from dendrion.case import Case


class Run:
    """A run folder with its numbers, fields and pictures.

    Args:
        path: an existing run folder, of a run that has ended or still goes on.

    Raises:
        InputError: there is no run in this folder.
    """

    def __init__(self, path: str | Path) -> None:
        self.folder = RunFolder.open(path)

    def __repr__(self) -> str:
        summary = self.summary
        return f"<Run {self.path}: {summary['status']}, t = {summary['time_s']:.6g} s>"

    @property
    def path(self) -> Path:
        """The run folder."""
        return self.folder.path

    @property
    def summary(self) -> dict[str, Any]:
        """The numbers of ``summary.json``, SI."""
        return self.folder.summary

    @property
    def history(self) -> xarray.Dataset:
        """One row a stored step along ``time`` [s]; every column has ``units``."""
        return self.folder.history

    @property
    def fields(self) -> xarray.Dataset:
        """Fields along (time, x, y[, z]) [s, m], read from disk when used; every one has ``units``."""
        return self.folder.fields

    @cached_property
    def resolved(self) -> dict[str, Any]:
        """The complete case in SI with the claims that its numbers come from."""
        return self.folder.resolved

    def plot(self) -> list[Path]:
        """Draws the figures anew and returns their paths."""
        from dendrion.report import draw_run

        return draw_run(self.folder, movie=False)

    def movie(self) -> Path:
        """The growth as a GIF, drawn where it is missing."""
        from dendrion.report import draw_movie

        return self.folder.movie if self.folder.movie.is_file() else draw_movie(self.folder)


def run(
    case: Case | Mapping[str, Any] | str | Path,
    out: str | Path | None = None,
    *,
    resume: bool = False,
    overwrite: bool = False,
) -> Run:
    """Simulates a case.

    Args:
        case: a Case, a mapping of the same keys as a case file, a file, or the name of a shipped case.
        out: the run folder; default ``runs/<title>-<date>-<time>`` in the working directory.
        resume: continue the run in ``out`` from its last checkpoint.
        overwrite: replace the run in ``out``.

    Returns:
        the run; ``run.summary["status"]`` is completed, shorted, or interrupted after Ctrl-C.

    Raises:
        InputError: the case or the folder is refused.
        SimulationError: the simulation failed; the message says what was saved.
    """
    from dendrion.case import Case as CaseModel
    from dendrion.case import load_case

    if isinstance(case, str | Path):
        case = load_case(case)
    elif not isinstance(case, CaseModel):
        case = CaseModel.from_mapping(case)
    with StopOnSignal() as stop:
        result = run_case(case, out, resume=resume, overwrite=overwrite, stop_requested=stop)
    return Run(result.folder.path)
