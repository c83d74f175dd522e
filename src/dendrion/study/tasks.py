"""What a worker does for a sweep: one case in, one plain result out, whatever happens to the case."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from dendrion.errors import DendrionError, InputError, SimulationError

Evaluate = Callable[[Any, Path | None], Mapping[str, Any]]
"""From a case, and the folder that its run stays in or None, to a summary [SI] with a ``status``."""

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}
"""Environment of a worker: the cases are the parallelism."""


def simulate(case: Any, folder: Path | None) -> dict[str, Any]:
    """Simulates a case on the field engine and returns its summary [SI].

    With a folder the run is stored in it as ``dendrion run`` does; without one nothing is written, which for
    small cases is several times as quick.

    Raises:
        SimulationError: the simulation failed, or a field is not finite at its end.
    """
    if folder is not None:
        from dendrion.runs import run_case

        return run_case(case, folder, overwrite=True).summary
    from dendrion.runs.engines import simulation_of

    simulation, steps = simulation_of(case), 0
    while not simulation.finished:
        simulation.advance()
        steps += 1
    if simulation.status == "failed":
        raise SimulationError(f"{simulation.stop_reason} at t = {simulation.time:.6g} s")
    for name, (values, _, _) in simulation.fields().items():
        if not np.all(np.isfinite(values)):
            raise SimulationError(f"{name} is not finite at t = {simulation.time:.6g} s")
    return {**simulation.summary(), "steps": steps, "warnings": list(simulation.warnings)}


def compile_case(base: Mapping[str, Any], place: str, settings: list[str], cache: str | None) -> float:
    """Compiles the programs of a case into the shared cache by one step of it; returns the time it took [s]."""
    use_cache(cache)
    start = time.perf_counter()
    from dendrion.runs.engines import simulation_of

    with suppress(DendrionError):  # the case itself will say so
        simulation_of(_case(base, place, settings)).advance()
    return time.perf_counter() - start


def evaluate_case(
    base: Mapping[str, Any], place: str, settings: list[str], evaluate: Evaluate, keep: str | None, cache: str | None
) -> dict[str, Any]:  # fmt: skip
    """The result of one case of a sweep.

    Arguments:
        base: the case before its settings, in the user's words.
        place: folder from which its relative paths start.
        settings: ``path=value`` settings.
        evaluate: from the case to its summary.
        keep: folder that the run stays in; None: it is thrown away.
        cache: folder of compiled programs that all workers share.

    Returns:
        ``status`` (completed, shorted, interrupted, failed, refused), ``reason`` of a failure or refusal,
        ``summary`` [SI], ``seconds`` of computing.
    """
    use_cache(cache)
    start = time.perf_counter()
    try:
        summary = dict(evaluate(_case(base, place, settings), Path(keep) if keep else None))
        result = {"status": str(summary.get("status", "completed")), "reason": "", "summary": summary}
    except InputError as error:
        result = {"status": "refused", "reason": str(error), "summary": {}}
    except DendrionError as error:
        result = {"status": "failed", "reason": _first_line(error), "summary": {}}
    except (
        Exception
    ) as error:  # a defect in one case must not end the thousands beside it; its reason is kept
        result = {
            "status": "failed",
            "reason": f"{type(error).__name__}: {_first_line(error)}",
            "summary": {},
        }
    return {**result, "seconds": time.perf_counter() - start}


def use_cache(folder: str | None) -> None:
    """Lets JAX keep compiled programs in a folder, whether it is imported yet or not."""
    if folder is None:
        return
    for name, value in ONE_THREAD.items():
        os.environ.setdefault(name, value)
    os.environ["JAX_COMPILATION_CACHE_DIR"] = folder
    if "jax" in sys.modules:
        sys.modules["jax"].config.update("jax_compilation_cache_dir", folder)


def _case(base: Mapping[str, Any], place: str, settings: list[str]) -> Any:
    from dendrion.case.documents import Document, apply_settings, plain_copy
    from dendrion.case.model import Case

    document = Document(plain_copy(base), folder=Path(place))
    apply_settings(document, settings)
    return Case.from_document(document)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
