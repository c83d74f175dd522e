"""Runs: a case goes in, a run folder comes out, whatever happens on the way."""

from dendrion.run.folder import RunFolder, default_folder, newest_unfinished
from dendrion.run.interrupt import StopOnSignal
from dendrion.run.runner import Progress, RunResult, run_case

__all__ = [
    "Progress",
    "RunFolder",
    "RunResult",
    "StopOnSignal",
    "default_folder",
    "newest_unfinished",
    "run_case",
]
