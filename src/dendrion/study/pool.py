"""Workers for a study: processes here, a scheduler that runs already, or jobs of Slurm, all through Dask."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from dendrion.errors import InputError
from dendrion.study.tasks import ONE_THREAD

_CONNECT_TIMEOUT = 10.0  # [s]
_ALLOWED_FAILURES = 3
"""Deaths of workers that a case survives in one attempt."""

_EXTRA = "pip install 'dendrion[sweep]'"


@contextmanager
def open_pool(
    workers: int | None = None, scheduler: str | None = None, slurm: Mapping[str, Any] | None = None
) -> Iterator[Any]:
    """Yields a Dask client.

    Arguments:
        workers: processes, or jobs of Slurm; default as many processes as the machine has cores, or one job.
        scheduler: address of a Dask scheduler that runs already (``tcp://host:8786``).
        slurm: options of ``dask_jobqueue.SLURMCluster``: queue, account, walltime, cores, memory …

    Raises:
        InputError: Dask is not installed, no scheduler answers, or the options contradict each other.
    """
    if scheduler and (slurm or workers):
        raise InputError(
            "a scheduler has its own workers",
            field="--scheduler",
            value=scheduler,
            hint="leave --workers out",
        )
    distributed = _distributed()
    if scheduler:
        try:
            client = distributed.Client(scheduler, timeout=_CONNECT_TIMEOUT, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise InputError(
                f"no Dask scheduler answers: {str(error).partition(chr(10))[0]}", field="--scheduler",
                value=scheduler, hint="dask scheduler, then dask worker ADDRESS; tcp://127.0.0.1:8786",
            ) from None  # fmt: skip
        with client:
            yield client
        return
    pool = _slurm(slurm, workers) if slurm else _processes(distributed, workers)
    with pool as cluster, distributed.Client(cluster, set_as_default=False) as client:
        client.register_plugin(_deaf(distributed), name="dendrion-deaf")
        yield client


def slurm_script(options: Mapping[str, Any]) -> str:
    """The job script that a sweep would submit for each worker."""
    with _slurm(options, None) as cluster:
        return cluster.job_script()


def slurm_options(texts: Mapping[str, str]) -> dict[str, Any]:
    """``key=value`` texts as options of ``dask_jobqueue.SLURMCluster``.

    Raises:
        InputError: a number that is none, or a key that it does not have.
    """
    known = {
        "queue": str, "account": str, "walltime": str, "memory": str, "interface": str, "cores": int, "job_cpu": int,
        "job_mem": str, "local_directory": str, "log_directory": str, "python": str, "prologue": list, "extra": list,
    }  # fmt: skip
    found: dict[str, Any] = {"cores": 1, "memory": "4GB", "processes": 1}
    for key, text in texts.items():
        if key not in known:
            raise InputError("unknown option of Slurm", field="--slurm", value=key, allowed=", ".join(known))
        try:
            value = text.split(";") if known[key] is list else known[key](text)
        except ValueError:
            raise InputError("a whole number is needed", field=f"--slurm {key}", value=text) from None
        names = {"prologue": "job_script_prologue", "extra": "job_extra_directives"}
        found[names.get(key, key)] = value
    return found


def _distributed() -> Any:
    try:
        import dask
        import distributed
    except ImportError:
        raise InputError("sweeps in several processes need Dask", field="--workers", hint=_EXTRA) from None
    # A worker that dies takes its case with it only when that happens again and again.
    dask.config.set({"distributed.scheduler.allowed-failures": _ALLOWED_FAILURES})
    return distributed


def _deaf(distributed: Any) -> Any:
    """A plugin that makes workers leave Ctrl-C to the sweep, which ends them when it has stored what is there."""

    class Deaf(distributed.WorkerPlugin):
        def setup(self, worker: Any) -> None:
            with suppress(ValueError):  # not in the main thread, where signals don't arrive anyway
                signal.signal(signal.SIGINT, signal.SIG_IGN)

    return Deaf()


@contextmanager
def _processes(distributed: Any, workers: int | None) -> Iterator[Any]:
    import logging

    with distributed.LocalCluster(
        n_workers=workers or os.cpu_count() or 1, threads_per_worker=1, processes=True, host="127.0.0.1",
        dashboard_address="127.0.0.1:0", memory_limit=0, silence_logs=logging.CRITICAL, env=dict(ONE_THREAD),
    ) as cluster:  # fmt: skip
        yield cluster


@contextmanager
def _slurm(options: Mapping[str, Any], workers: int | None) -> Iterator[Any]:
    try:
        from dask_jobqueue import SLURMCluster
    except ImportError:
        raise InputError("sweeps on Slurm need dask-jobqueue", field="--slurm", hint=_EXTRA) from None
    lines = [f"export {name}='{value}'" for name, value in ONE_THREAD.items()]
    prologue = [*lines, *options.get("job_script_prologue", [])]
    given = {**options, "job_script_prologue": prologue}
    with SLURMCluster(**given, scheduler_options={"dashboard_address": ":0"}) as cluster:
        if workers:
            cluster.scale(jobs=workers)
        yield cluster
