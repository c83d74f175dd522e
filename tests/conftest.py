"""What every test needs before anything is imported: a compilation cache in the tree, and memory maps to spare."""

import gc
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

MOST_MAPS = 30_000
"""Memory maps a process may hold before JAX's programs are dropped; Linux ends at 65 530. A simulation on a grid
of its own takes about 700."""

os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(ROOT / "build" / "jax-cache"))
os.environ.setdefault("MPLBACKEND", "Agg")
if "PYTEST_XDIST_WORKER" in os.environ:  # the workers are the parallelism
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")


@pytest.fixture(autouse=True)
def memory_maps_to_spare():
    """Drops compiled programs once a process holds many: each takes a few memory maps and keeps them."""
    yield
    maps = Path("/proc/self/maps")
    if "jax" in sys.modules and maps.is_file() and maps.read_bytes().count(b"\n") > MOST_MAPS:
        sys.modules["jax"].clear_caches()
        gc.collect()
