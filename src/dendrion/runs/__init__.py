"""Runs: a case goes in, a run folder comes out, whatever happens on the way."""

from dendrion.runs.folder import RunFolder, default_folder, newest_unfinished
from dendrion.runs.interrupt import StopOnSignal
from dendrion.runs.runner import Progress, RunResult, run_case

__all__ = [
    "Progress",
    "RunFolder",
    "RunResult",
    "StopOnSignal",
    "default_folder",
    "newest_unfinished",
    "run_case",
]
