"""Stress, fracture and flaws in a case: defaults with reasons, and what is refused with its field and a way out."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from dendrion.case import Case, load_case
from dendrion.case.shapes import surface_height
from dendrion.errors import InputErrors

CERAMIC = {
    "cell": {"metal": "Li", "electrolyte": "LLZO", "interface_resistance": "0.1 ohm*cm^2"},
    "domain": {"size": ["60 um", "48 um"], "cells": [60, 48]},
    "initial": {"metal_thickness": "6 um"},
    "flaws": [{"kind": "notch", "at": ["0 um", "24 um"], "length": "20 um", "angle": "30 deg"}],
    "conditions": {"stack_pressure": "5 MPa", "lateral": "confined"},
    "protocol": ["plate at 10 mA/cm^2 for 2 min"],
    "physics": {"mechanics": "viscoplastic", "fracture": "at2", "coupling": "strong"},
}


def test_defaults_of_a_ceramic() -> None:
    case = Case.from_mapping(CERAMIC)
    assert case.physics.crack.filling is True
    assert case.physics.coupling.growth_to_stress is False
    assert case.physics.coupling.scheme == "strong"
    assert case.numerics.fracture_length == pytest.approx(2e-6)
    assert case.flaws[0].angle == pytest.approx(math.pi / 6)
    assert {"physics.crack.filling", "physics.coupling.growth_to_stress", "numerics.fracture_length"} <= set(
        case.defaults
    )


def test_a_soft_polymer_is_pushed_and_not_filled() -> None:
    case = Case.from_mapping(
        {
            **CERAMIC,
            "cell": {"metal": "Li", "electrolyte": "PEO-LiTFSI"},
            "conditions": {"temperature": "90 degC", "lateral": "confined"},
            "flaws": [],
            "physics": {"mechanics": "viscoplastic"},
        }
    )
    assert case.physics.coupling.growth_to_stress is True
    assert case.physics.crack.filling is False


def test_a_resolved_case_is_a_case_again() -> None:
    case = Case.from_mapping(CERAMIC)
    again = Case.from_mapping(case.resolved()["case"])
    assert again.flaws == case.flaws
    assert again.physics == case.physics


REFUSALS: dict[str, tuple[list[str], str, list[str]]] = {
    "nothing about stress without mechanics": (
        ["physics.mechanics=none"],
        "conditions.stack_pressure",
        ["needs stress", "mechanics: viscoplastic"],
    ),
    "sides not stated": (["conditions={}"], "conditions.lateral", ["must be stated", "confined", "free"]),
    "periodic sides move": (
        ["conditions.lateral=free", "domain.lateral=periodic"],
        "conditions.lateral",
        ["periodic sides keep their distance"],
    ),
    "compression of confined sides": (
        ["conditions.in_plane_compression=150 MPa"],
        "conditions.in_plane_compression",
        ["150 MPa", "lateral: free"],
    ),
    "bending not stated": (
        ["conditions.temperature_difference=20 K"],
        "conditions.bending",
        ["flat or free"],
    ),
    "tension in the stack": (
        ["conditions.stack_pressure=-5 MPa"],
        "conditions.stack_pressure",
        ["a negative value makes no sense here"],
    ),
    "crushed": (
        ["materials.electrolyte.hardness=0.3 GPa", "conditions.stack_pressure=110 MPa"],
        "conditions.stack_pressure",
        ["crushed", "at most 100 MPa"],
    ),
    "torn by heat": (
        ["conditions.temperature_difference=100 K", "conditions.bending=flat"],
        "conditions.temperature_difference",
        ["tears", "at most 91 K"],
    ),
    "flat cell": (
        ["domain={size: [60 um], cells: [60]}", "flaws=[]"],
        "domain.size",
        ["needs a 2-D or 3-D domain"],
    ),
    "crack finer than the grid": (
        ["numerics.fracture_length=1 um"],
        "numerics.fracture_length",
        ["1 cells", "at least 2 cells, 2 µm", "[120, 96]"],
    ),
    "faces in the band of a crack that nothing fills": (
        ["physics.crack.filling=off", "physics.crack.deposition=band"],
        "physics.crack.deposition",
        ["fills no cracks", "band", "filling: on"],
    ),
    "leaking cracks that nothing fills": (
        ["physics.fracture=none", "flaws=[]", "physics.crack.open=leaking"],
        "physics.crack.open",
        ["fills no cracks", "leaking", "connected"],
    ),
    "no such place of plating": (
        ["physics.crack.deposition=tip"],
        "physics.crack.deposition",
        ["plane, band, slope"],
    ),
    "cracked flaw that can't crack": (
        ["physics.fracture=none"],
        "flaws[0]",
        ["needs fracture", "state: void"],
    ),
    "flaw in too many dimensions": (
        ["flaws[0].at=[0 um, 24 um, 3 um]"],
        "flaws[0].at",
        ["3 coordinates are given", "2: [x, y]"],
    ),
    "flaw outside": (["flaws[0].at=[0 um, 50 um]"], "flaws[0].at", ["outside the domain"]),
    "flaw through the cell": (["flaws[0].length=90 um"], "flaws[0]", ["reaches the counter electrode"]),
    "flaw of no known kind": (["flaws[0].kind=hole"], "flaws[0]", ["notch, penny, pore"]),
    "unknown scheme": (["physics.coupling=week"], "physics.coupling", ["strong, weak"]),
    "toughness against fracture energy": (
        ["materials.electrolyte.fracture_energy=20 J/m^2"],
        "materials.electrolyte.fracture_energy",
        ["contradict", "give both, or neither"],
    ),
    "filling without fracture": (
        ["physics={mechanics: elastic, crack: {filling: on}}", "flaws=[]"],
        "physics.crack.filling",
        ["fracture: at2"],
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusal(name: str) -> None:
    settings, field, parts = REFUSALS[name]
    with pytest.raises(InputErrors) as caught:
        Case.from_mapping(CERAMIC).with_settings(settings)
    errors = {error.field: str(error) for error in caught.value.errors}
    assert field in errors
    for part in parts:
        assert part in errors[field]


def test_a_number_that_nobody_claims_is_asked_for() -> None:
    with pytest.raises(InputErrors) as caught:
        Case.from_mapping({**CERAMIC, "cell": {"metal": "Na", "electrolyte": "Na5SmSi4O12"}})
    fields = {error.field for error in caught.value.errors}
    assert "materials.electrolyte.young_modulus" in fields


PROFILE = "y [um], height [um]\n0, 0\n10, 0.2\n30, -0.1\n"


def test_a_measured_profile_is_a_surface(tmp_path: Path) -> None:
    (tmp_path / "surface.csv").write_text(PROFILE)
    surface = {"kind": "profile", "file": "surface.csv"}
    given = {**CERAMIC, "initial": {"metal_thickness": "6 um", "surface": surface}}
    case = Case.from_mapping(given, tmp_path)
    height = surface_height(case)
    y = (np.arange(48) + 0.5) * 1e-6
    expected = 6e-6 + np.interp(y, [0.0, 1e-5, 3e-5], [0.0, 2e-7, -1e-7])
    np.testing.assert_allclose(height, expected, rtol=1e-12)
    (tmp_path / "surface.csv").unlink()
    (tmp_path / "alone.yaml").write_text(case.to_yaml())
    assert load_case(tmp_path / "alone.yaml").initial.surface.points == case.initial.surface.points


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("y [um], height [um]\n0, 0\n5, a\n", "a row is not two numbers"),
        ("y [um], height [um]\n5, 0\n5, 0\n", "positions must rise"),
        ("y, height\n0, 0\n5, 0\n", "the header must name two columns"),
        ("y [um], height [s]\n0, 0\n5, 0\n", "a length is needed"),
        ("", "a header and two rows"),
    ],
)
def test_a_bad_profile_is_refused_with_its_line(table: str, message: str) -> None:
    given = {**CERAMIC, "initial": {"surface": {"kind": "profile", "data": table}}}
    with pytest.raises(InputErrors, match=message):
        Case.from_mapping(given)
