"""One way: what the metal of a cell sees becomes a dendrion case: a table of current density, and conditions."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from dendrion.case import Case, load_case
from dendrion.case.documents import to_yaml
from dendrion.cell.file import CellFile
from dendrion.cell.stepper import CellState
from dendrion.errors import InputError

CELLS_ACROSS = 64
"""Grid cells across the electrolyte of a case without a template [dimensionless]."""

NOTABLE_SPAN = 2.0
"""Range of temperature over a history that is worth a note: a case has one mean temperature [K]."""


@dataclass(frozen=True)
class WrittenCase:
    """Files of a case made from a cell, and what could not be carried over."""

    case: Path
    table: Path
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {"case": str(self.case), "table": str(self.table), "notes": list(self.notes)}


def table_text(history: Sequence[CellState]) -> str:
    """Time, plating current density, temperature and overpotential at the metal as CSV; a row holds until the next."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["time [s]", "current density [A/m^2]", "temperature [K]", "overpotential [V]"])
    for before, after in pairwise(history):
        writer.writerow(
            [
                repr(v)
                for v in (before.time, after.plating_current_density, after.temperature, after.overpotential)
            ]
        )
    last = history[-1]
    writer.writerow(
        [repr(v) for v in (last.time, last.plating_current_density, last.temperature, last.overpotential)]
    )
    return stream.getvalue()


def case_mapping(
    file: CellFile, history: Sequence[CellState], table: str, template: str | None = None
) -> tuple[dict[str, Any], list[str]]:
    """The mapping of a case whose metal sees what the cell's metal saw, and notes on what it leaves out.

    Arguments:
        history: states of the cell; table: path of its CSV, relative to the case.
        template: a case whose domain, shape and physics are kept; by default a flat 2-D piece of the electrolyte.

    Raises:
        InputError: too short a history, or a template about other materials.
    """
    if len(history) < 2:
        raise InputError("the cell did not get anywhere: there is no current to hand over", field="history")
    durations = np.diff([state.time for state in history])
    heat = np.array([state.temperature for state in history[1:]])
    mean = float(np.average(heat, weights=durations))
    resistance = float(np.average([s.interface_resistance for s in history[1:]], weights=durations))
    notes = []
    if template:
        data = dict(load_case(template).given)
        for name in ("metal", "electrolyte"):
            if data["cell"][name] != getattr(file.cell, name):
                raise InputError(
                    f"the template is about another {name}", field=f"cell.{name}", value=str(data["cell"][name]),
                    allowed=str(getattr(file.cell, name)),
                )  # fmt: skip
    else:
        gap = file.cell.thickness
        data = {
            "cell": {"metal": file.cell.metal, "electrolyte": file.cell.electrolyte},
            "domain": {
                "size": [f"{gap!r} m", f"{0.5 * gap!r} m"],
                "cells": [CELLS_ACROSS, CELLS_ACROSS // 2],
            },
        }
    cell = {k: v for k, v in data["cell"].items() if k not in ("exchange_current_density",)}
    data["cell"] = {**cell, "interface_resistance": f"{resistance!r} ohm*m^2"}
    data["conditions"] = {**data.get("conditions", {}), "temperature": f"{mean!r} K"}
    data["protocol"] = {"file": table}
    data["title"] = f"From a cell: {file.title}" if file.title else "From a cell"
    if np.ptp(heat) > NOTABLE_SPAN:
        notes.append(
            f"the cell's temperature spans {np.ptp(heat):.3g} K; the case has its mean, {mean:.5g} K"
        )
    pressure = float(np.average([s.pressure for s in history[1:]], weights=durations))
    if "stack_pressure" not in data["conditions"]:
        notes.append(
            f"mean stack pressure {pressure / 1e6:.3g} MPa: it enters by the contact in interface_resistance; "
            "a template with physics.mechanics takes it as conditions.stack_pressure"
        )
    else:
        data["conditions"]["stack_pressure"] = f"{pressure!r} Pa"
    return data, notes


def write_case(
    file: CellFile, history: Sequence[CellState], folder: Path, template: str | None = None
) -> WrittenCase:
    """Writes ``case.yaml`` and ``current.csv``; the case is read back and checked.

    Raises:
        InputError: the folder holds such files, or the case is refused.
    """
    case, table = folder / "case.yaml", folder / "current.csv"
    if case.exists() or table.exists():
        raise InputError("there is a case in this folder already", field="--out", value=str(folder))
    data, notes = case_mapping(file, history, table.name, template)
    folder.mkdir(parents=True, exist_ok=True)
    table.write_text(table_text(history), encoding="utf-8")
    try:
        checked = Case.from_mapping(data, folder)
    except InputError:
        table.unlink()
        raise
    case.write_text(to_yaml(data), encoding="utf-8")
    return WrittenCase(case, table, (*notes, *checked.warnings))
