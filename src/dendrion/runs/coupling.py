"""What each link between the fields is worth: the run again, once with each link off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dendrion.case import Case
from dendrion.case.links import links
from dendrion.runs.files import write_json
from dendrion.runs.folder import RunFolder
from dendrion.runs.runner import Progress, RunResult, run_case

RESULTS = (
    "short_time_s",
    "tip_position_m",
    "crack_length_m",
    "cell_voltage_V",
    "temperature_max_K",
    "metal_pressure_max_Pa",
    "electrolyte_tension_max_Pa",
    "current_peak_to_valley",
)
"""Keys of the summary that are compared, where a run has them."""


@dataclass(frozen=True)
class LinkReport:
    """A link, whether it is on, off or without meaning, and how its absence changes the results."""

    name: str
    state: str
    """on, off or none."""
    change: dict[str, float]
    """Relative change of a result when the link is off, (off - on)/|on| [dimensionless]; empty where not run."""


def coupling_report(
    case: Case,
    folder: RunFolder,
    *,
    on_link: Callable[[str], None] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    stop_requested: Callable[[], bool] | None = None,
) -> list[LinkReport]:
    """Runs the case once more for every link that is on, with that link off, and compares with the finished run.

    The runs stand in ``coupling/LINK`` of the run folder; those that are complete are kept, so an interrupted
    report goes on where it stopped. Written as ``coupling.json``.

    Raises:
        SimulationError: a run without a link failed.
    """
    reports = []
    for name, state in links(case).items():
        change: dict[str, float] = {}
        if state == "on" and not (stop_requested and stop_requested()):
            if on_link:
                on_link(name)
            result = _without(case, name, folder.path / "coupling" / name, on_progress, stop_requested)
            if result.status != "interrupted":
                change = changes(folder.summary, result.summary)
        reports.append(LinkReport(name, state, change))
    write_json(folder.path / "coupling.json", [vars(report) for report in reports])
    return reports


def _without(
    case: Case,
    link: str,
    path: Path,
    on_progress: Callable[[Progress], None] | None,
    stop_requested: Callable[[], bool] | None,
) -> RunResult:
    # The pictures are those of the run itself; of the others only their numbers are wanted.
    changed = case.with_settings({f"physics.coupling.{link}": "off", "output.frames": 1})
    return run_case(
        changed, path, resume=RunFolder(path).exists, on_progress=on_progress, stop_requested=stop_requested
    )


def changes(with_link: dict[str, Any], without: dict[str, Any]) -> dict[str, float]:
    """Relative differences (without - with)/|with| of the results that both summaries have [dimensionless]."""
    found = {}
    for key in RESULTS:
        before, after = with_link.get(key), without.get(key)
        if isinstance(before, float) and isinstance(after, float) and before != 0.0:
            found[key] = (after - before) / abs(before)
    return found
