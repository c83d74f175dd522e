"""What several runs have in common and where they differ: inputs and results side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dendrion.runs.folder import RunFolder
from dendrion.runs.provenance import differences


@dataclass(frozen=True)
class Comparison:
    """Several runs side by side."""

    names: list[str]
    """Names of the runs."""
    inputs: dict[str, list[Any]]
    """Paths in the resolved case that are not the same everywhere, with each run's value (None: absent)."""
    results: dict[str, list[Any]]
    """Keys of the summary, with each run's value, SI (None: absent)."""

    def change(self, key: str, index: int) -> float | None:
        """Relative difference of a result to the first run's [dimensionless]; None where it has no sense."""
        first, value = self.results[key][0], self.results[key][index]
        numbers = [v for v in (first, value) if isinstance(v, int | float) and not isinstance(v, bool)]
        if len(numbers) < 2 or first == 0:
            return None
        return (value - first) / abs(first)


def compare(folders: list[RunFolder]) -> Comparison:
    """Compares runs with the first of them."""
    first, *others = (folder.resolved for folder in folders)
    changed = [differences(first, other) for other in others]
    paths = list(dict.fromkeys(path for changes in changed for path in changes))
    inputs = {}
    for path in paths:
        before = next(changes[path][0] for changes in changed if path in changes)
        inputs[path] = [before, *(changes[path][1] if path in changes else before for changes in changed)]
    summaries = [folder.summary for folder in folders]
    keys = list(dict.fromkeys(key for summary in summaries for key in summary if key != "warnings"))
    results = {key: [summary.get(key) for summary in summaries] for key in keys}
    return Comparison(_names(folders), inputs, results)


def _names(folders: list[RunFolder]) -> list[str]:
    """Folder names; whole paths where two folders have the same name."""
    names = [folder.name for folder in folders]
    return names if len(set(names)) == len(names) else [str(folder.path) for folder in folders]
