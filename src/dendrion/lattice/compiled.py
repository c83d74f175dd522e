"""How the kernels are compiled: once a machine, kept on disk, exact arithmetic so that a run can be repeated."""

from __future__ import annotations

from typing import Any

COMPILE: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}
"""Options of ``numba.njit``: no fast-math, or a resumed run would differ in its last bit; no reference counts, which took
more than half of the time: the kernels allocate nothing."""
