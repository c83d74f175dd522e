"""Optional libraries of the cell: imported when needed, with a message that says what to install."""

from __future__ import annotations

import os
from typing import Any

from dendrion.errors import InputError


def pybamm() -> Any:
    """PyBaMM, told not to report its use to anyone.

    Raises:
        InputError: it is not installed; says how to.
    """
    # It asks its users once whether it may; a library that is imported by another must not.
    os.environ.setdefault("PYBAMM_DISABLE_TELEMETRY", "true")
    try:
        import pybamm as library
    except ImportError as error:
        raise InputError(
            "this needs PyBaMM, which is not installed", field="engine", hint='pip install "dendrion[cell]"'
        ) from error
    return library
