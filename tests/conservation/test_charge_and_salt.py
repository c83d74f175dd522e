"""Metal grown equals charge passed, and a closed cell keeps its salt, through plating, rest and stripping."""

from __future__ import annotations

import pytest

from dendrion.case import Case
from dendrion.field import Simulation


@pytest.mark.parametrize("counter", ["metal", "reservoir"])
def test_plate_rest_strip_conserves_charge_and_salt(counter: str) -> None:
    case = Case.from_mapping(
        {
            "title": "conservation",
            "cell": {"metal": "Li", "electrolyte": "PEO-LiTFSI", "counter_electrode": counter},
            "domain": {"size": ["30 um", "30 um"], "cells": [32, 32]},
            "initial": {
                "metal_thickness": "6 um",
                "surface": {"kind": "sinusoid", "amplitude": "1 um", "wavelength": "30 um"},
            },
            "conditions": {"temperature": "90 degC"},
            "protocol": [
                "plate at 1 mA/cm^2 for 20 min", "rest for 5 min", "strip at 1 mA/cm^2 for 15 min",
            ],
        }
    )  # fmt: skip
    simulation, rows = Simulation(case), []
    while not simulation.finished:
        rows.append(simulation.advance())
    plated, kept = (max(abs(row[name]) for row in rows) for name in ("faraday_error", "salt_error"))
    print(f"{counter}: Faraday error {plated:.1e}, salt error {kept:.1e}, {len(rows)} steps")
    assert rows[-1]["charge_C_per_m2"] == pytest.approx(10.0 * 300.0, rel=1e-5)
    assert plated < 1e-5
    assert kept < 1e-9
