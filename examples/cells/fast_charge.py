"""Fast charging of a lithium cell at 1C and 3C: when and where it would first grow a dendrite, in garnet and in polymer.

Run it with the folder for the picture: ``python examples/cells/fast_charge.py figures``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from dendrion.cell import CellFile, CellLimit, drive
from dendrion.study.cell_limits import first_instability, limits_of
from dendrion.study.cell_run import CellRun

GARNET: dict[str, Any] = {
    "title": "Li | LLZO | NMC811",
    "cell": {
        "metal": "Li",
        "electrolyte": "LLZO",
        "thickness": "60 um",  # a flaw of 50 um must fit into it
        "cathode_capacity": "3 mAh/cm^2",
        "leakage": "off",
    },
    "fixture": {"kind": "spring", "pressure": "1 MPa", "stiffness": "100 MPa/mm"},
    "limits": {"flaw_length": "50 um"},
}
POLYMER: dict[str, Any] = {
    "title": "Li | PEO-LiTFSI | NMC811",
    "cell": {
        "metal": "Li",
        "electrolyte": "PEO-LiTFSI",
        "thickness": "50 um",
        "cathode_capacity": "2 mAh/cm^2",
    },
    "conditions": {"temperature": "90 degC"},
}


def charge(cell: dict[str, Any], rate: float) -> CellRun:
    """The cell charged at ``rate`` [C-rate, dimensionless] to 4.3 V, or to where it gives up."""
    file = CellFile.from_mapping({**cell, "protocol": [f"Charge at {rate:g}C until 4.3 V"]})
    run, stepper = CellRun(file), file.build()
    run.history, run.steps = [stepper.state], [0]
    try:
        for interval in drive(
            stepper, file.steps(stepper.capacity), file.conditions.temperature, longest=2.0
        ):
            run.history.append(interval.state)
            run.steps.append(0)
        run.status, run.message = "completed", "charged to 4.3 V"
    except CellLimit as limit:
        run.status, run.message, run.depleted_at = "failed", str(limit), limit.time
    run.limits = limits_of(file, run.history, depleted_at=run.depleted_at)
    return run


def study() -> dict[str, CellRun]:
    """Both cells at both rates, by name."""
    return {
        f"{cell['title'].split(' | ')[1]}, {rate}C": charge(cell, rate)
        for cell in (GARNET, POLYMER)
        for rate in (1, 3)
    }


def results(runs: dict[str, CellRun]) -> dict[str, dict[str, Any]]:
    """When [s], where and by what each run meets its first limit, and the charge by then [share of the capacity]."""
    found = {}
    for name, run in runs.items():
        first = first_instability(run.limits)
        time = first.time if first else None
        share = None
        if time is not None:
            share = next(
                (s.state_of_charge for s in run.history if s.time >= time), run.history[-1].state_of_charge
            )
        found[name] = {
            "limit": first.name if first else None,
            "time_s": time,
            "place": first.place if first else None,
            "state_of_charge": share,
            "draws": first.share if first else None,
            "charged": run.history[-1].state_of_charge,
        }
    return found


def main(folder: Path) -> None:
    """Prints the results and draws them."""
    from dendrion.report.cells import draw_cells

    runs = study()
    for name, row in results(runs).items():
        print(name, row)
    print(draw_cells(runs, folder / "fast_charge.png"))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
