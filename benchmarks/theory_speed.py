"""A million evaluations of theory models on one core: ``python benchmarks/theory_speed.py``.

Times are the best of five after compilation; CPU time of the process beside wall time, for busy machines.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import jax
import jax.numpy as jnp
import numpy as np

from dendrion import theory

jax.config.update("jax_enable_x64", True)

COUNT = 1_000_000
LIQUID = {"salt_concentration": 1000.0, "salt_diffusivity": 3.2e-10, "cation_transference_number": 0.38}
SOLID = {
    "thickness": 1e-4, "conductivity": 0.05, "poisson_ratio": 0.26, "temperature": 298.15, "wavelength": 1e-5, "current_density": 10.0,
    "molar_volume": 1.297e-5, "exchange_current_density": 10.0, "surface_energy": 0.5, "cation_molar_volume": 3.5e-6,
}  # fmt: skip


def seconds(call: Callable[[], Any], repeats: int = 5) -> tuple[float, float]:
    """Best wall and CPU time [s] of ``call``, which has run once before."""
    call()
    walls, processors = [], []
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.process_time()
        call()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return min(walls), min(processors)


def sand(current: Any) -> Any:
    return theory.sand_time(current_density=current, **LIQUID).compute()["sand_time"]


def landscape(pressure: Any) -> Any:
    return theory.stability_landscape(stack_pressure=pressure, **SOLID).compute()["peak_to_valley"]


def gap(current: Any) -> Any:
    return theory.sand_time(current_density=current, thickness=1e-3, **LIQUID).compute()["depletion_time"]


def measure() -> dict[str, tuple[float, float]]:
    """Wall and CPU seconds of a million evaluations, by name."""
    currents, pressures = np.geomspace(0.1, 1e4, COUNT), np.linspace(0.0, 2e7, COUNT)
    compiled = {
        "sand_time": (jax.jit(sand), jnp.asarray(currents)),
        "stability_landscape": (jax.jit(landscape), jnp.asarray(pressures)),
    }
    found = {
        f"{name}, compiled": seconds(lambda f=f, x=x: f(x).block_until_ready())
        for name, (f, x) in compiled.items()
    }
    found["sand_time, NumPy"] = seconds(lambda: sand(currents))
    return found


if __name__ == "__main__":
    finite, currents = jax.jit(gap), jnp.geomspace(0.1, 1e4, COUNT)
    times = measure() | {
        "depletion of a gap, compiled": seconds(lambda: finite(currents).block_until_ready(), 2)
    }
    for name, (wall, processor) in times.items():
        print(f"{name:32s} wall {wall:7.4f} s   processor {processor:7.4f} s")
