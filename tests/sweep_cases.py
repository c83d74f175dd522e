"""Cheap stand-ins for a simulation, importable by the workers of a sweep; the numbers have no meaning."""

import os
import signal
import sys
import time
from pathlib import Path

from dendrion.case import Case, load_case
from dendrion.errors import SimulationError
from dendrion.runs import StopOnSignal
from dendrion.study.plan import make_plan
from dendrion.study.sweep import run_sweep

BASE = {
    "title": "A small cell",
    "cell": {"metal": "Li", "electrolyte": "PEO-LiTFSI"},
    "domain": {"size": ["24 um"], "cells": [24]},
    "conditions": {"temperature": "90 degC"},
    "protocol": ["plate at 0.5 mA/cm^2 for 10 min"],
    "output": {"frames": 0},
}
FAILS_AT = 350.0
"""The case at this temperature [K] fails."""


def base_case():
    """A small one-dimensional case."""
    return Case.from_mapping(BASE)


def quick(case, folder):
    """A summary by formula; one temperature fails."""
    temperature = case.conditions.temperature
    if temperature == FAILS_AT:
        raise SimulationError("the potential did not converge\nmore about it")
    return {
        "status": "completed", "tip_position_m": 1e-9 * temperature, "short_time_s": None, "short_circuit": False,
        "overpotential_V": 0.1 * case.initial.metal_thickness / 1e-6 + 1e-3 * temperature, "wall_time_s": time.time(),
        "warnings": ["none"], "morphology": "flat",
    }  # fmt: skip


def slow(case, folder):
    """The same, taking a fifth of a second."""
    time.sleep(0.2)
    return quick(case, folder)


def defect(case, folder):
    """A defect of the evaluation itself."""
    return {"status": "completed", "value": 1.0 / (case.conditions.temperature - FAILS_AT)}


def dies_once(case, folder):
    """Kills its own process the first time that the marked case is computed; others are as usual."""
    mark = Path(os.environ["SWEEP_TEST_MARK"])
    if case.conditions.temperature == 345.0 and not mark.exists():
        mark.write_text("died")
        os.kill(os.getpid(), signal.SIGKILL)
    return quick(case, folder)


def dies_always(case, folder):
    """Kills its own process whenever the marked case is computed."""
    if case.conditions.temperature == 345.0:
        os.kill(os.getpid(), signal.SIGKILL)
    return quick(case, folder)


def tells_its_process(case, folder):
    """Takes a while, and leaves the id of its process behind."""
    place = Path(os.environ["SWEEP_TEST_MARK"])
    (place / f"{case.conditions.temperature:.0f}").write_text(str(os.getpid()))
    time.sleep(0.4)
    return quick(case, folder)


def temperatures(count):
    """That many temperatures from 341 K on, as an axis."""
    return "conditions.temperature=" + ",".join(f"{341 + n} K" for n in range(count))


if (
    __name__ == "__main__"
):  # a sweep that a test can kill: FOLDER COUNT WORKERS ADDRESS EVALUATE|engine [--resume]
    out, count, workers, address, what = sys.argv[1:6]
    more = {} if what == "engine" else {"evaluate": globals()[what]}
    case = load_case(Path(out).parent / "case.yaml") if what == "engine" else base_case()
    with StopOnSignal() as stop:
        result = run_sweep(
            case, make_plan([temperatures(int(count))]), out, workers=None if address != "-" else int(workers),
            scheduler=None if address == "-" else address, resume="--resume" in sys.argv, stop_requested=stop, **more,
        )  # fmt: skip
    print(result.status, result.done, result.bad)
