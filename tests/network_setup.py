"""Small cases of the network engine for tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from dendrion.case import Case
from dendrion.field.network_model import NetworkModel
from dendrion.field.simulation import Simulation
from dendrion.runs.engines import simulation_of


def uniform(current: str = "1 mA/cm^2", cells: tuple[int, ...] = (64, 4), **sections: Any) -> Case:
    """A uniform LLZO of 100 µm between two lithium electrodes of 100 ohm cm^2."""
    size = ["100 um", *(f"{100 * count / cells[0]} um" for count in cells[1:])]
    return Case.from_mapping({
        "cell": {"metal": "Li", "electrolyte": "LLZO", "interface_resistance": "100 ohm*cm^2"},
        "domain": {"size": size, "cells": list(cells)}, "physics": {"engine": "network"},
        "protocol": [f"plate at {current} for 60 s"], **sections,
    })  # fmt: skip


def polycrystal(
    seed: int = 1, cells: tuple[int, ...] = (32, 32), current: str = "2 mA/cm^2", resistance: str = "20 ohm*cm^2",
    boundary: dict[str, Any] | None = None, settings: dict[str, Any] | None = None, **sections: Any,
) -> Case:  # fmt: skip
    """A box of 50 µm of LLZO grains of 8 µm, plated until it shorts."""
    size = ["50 um"] + [f"{50 * count / cells[0]} um" for count in cells[1:]]
    case = Case.from_mapping({
        "cell": {"metal": "Li", "electrolyte": "LLZO", "interface_resistance": resistance},
        "domain": {"size": size, "cells": list(cells)},
        "microstructure": {"kind": "polycrystal", "grain_size": "8 um", "seed": seed,
                           "boundary": {"resistance": "5 ohm*cm^2", **(boundary or {})}},
        "protocol": [f"plate at {current} for 100 h"], "physics": {"engine": "network"}, **sections,
    })  # fmt: skip
    return case.with_settings(settings) if settings else case


def run(case: Case, most: int = 2000) -> tuple[Simulation, list[dict[str, float]]]:
    """The simulation of a case led to its end, or for ``most`` steps, and its rows."""
    simulation, rows = simulation_of(case), []
    while not simulation.finished and len(rows) < most:
        rows.append(simulation.advance())
    return simulation, rows


def model_of(case: Case) -> NetworkModel:
    """The model of a case."""
    model = simulation_of(case).model
    assert isinstance(model, NetworkModel)
    return model


def excess(simulation: Simulation) -> np.ndarray:
    """Excess potential of every cell [V]."""
    return np.asarray(simulation.fields()["excess_potential"][0])
