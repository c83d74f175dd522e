"""The section of the network engine: what it refuses, what it takes from claims, what stays as it was."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from dendrion.case import Case
from dendrion.case.estimate import estimate
from dendrion.errors import InputErrors

from ..network_setup import model_of, polycrystal, uniform


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"initial": {"metal_thickness": "2 um"}}, "initial.metal_thickness"),
        ({"network": {"leaky_depth": "200 um"}}, "network.leaky_depth"),
        ({"network": {"film_thickness": "2 um"}}, "network.film_thickness"),
        ({"conditions": {"temperature_difference": "5 K"}}, "conditions.temperature_difference"),
        ({"physics": {"engine": "network", "heat": True}}, "physics.heat"),
        ({"cell": {"metal": "Li", "electrolyte": "PEO-LiTFSI"}}, "physics.transport"),
    ],
)
def test_refusals_name_the_field(changes: dict[str, Any], field: str) -> None:
    given = {**polycrystal().given, **changes}
    with pytest.raises(InputErrors) as refused:
        Case.from_mapping(given)
    assert field in {error.field for error in refused.value.errors}


def test_leaking_boundaries_stay_electrolyte() -> None:
    with pytest.raises(InputErrors, match="conduct electrons better"):
        polycrystal(boundary={"electronic_factor": 1e5})


def test_pressure_that_opens_a_boundary_is_that_of_a_flaw_as_long_as_a_grain() -> None:
    """K_IC sqrt(factor)/(1.12 sqrt(pi d)) as an overpotential p V_M/F; grains cost sqrt(1/factor) times that."""
    model = model_of(polycrystal(boundary={"fracture_factor": 0.25}, network={"through_grains": True}))
    pressure = 1e6 * 0.5 / (1.12 * math.sqrt(math.pi * 8e-6))
    opening = model.setup.opening[model.setup.kind == 1]
    assert opening == pytest.approx(pressure * 1.3e-5 / 96485.33212, rel=2e-3)  # 1.1215
    assert model.setup.opening[model.setup.kind == 3] == pytest.approx(2.0 * opening[0], rel=1e-9)
    barrier = (model.setup.threshold - model.setup.opening)[model.setup.kind == 1]
    assert barrier == pytest.approx(0.02)  # claim of the interface


def test_what_belongs_to_an_area_of_boundary_stays_with_it() -> None:
    """Room for metal over the film's thickness is the area of the boundaries, on two grids."""
    from dendrion.field.grains import grain_map
    from dendrion.microstructure.boundaries import boundary_area

    areas = []
    for cells in (32, 96):
        model = model_of(polycrystal(cells=(cells, cells)))
        found = grain_map(model.case, model.grid)
        assert found is not None
        room = float(model.setup.capacity.sum()) * model.grid.cell_volume / 5e-8
        assert room == pytest.approx(
            boundary_area(found.labels, model.grid.spacing, (False, False)), rel=1e-9
        )
        assert float(model.setup.area.sum()) * model.grid.cell_volume == pytest.approx(2.0 * room, rel=1e-9)
        areas.append(room)
    assert areas[0] == pytest.approx(areas[1], rel=0.05)


def test_other_engines_do_not_see_the_section() -> None:
    resolved = uniform().resolved()
    assert "network" in resolved["case"]
    field = {**polycrystal().given, "physics": {"engine": "field"}, "network": {"film_thickness": "60 nm"}}
    case = Case.from_mapping(field)
    assert "network" not in case.resolved()["case"]
    assert any("network" in warning for warning in case.warnings)
    assert case.initial.metal_thickness == pytest.approx(5e-6)


def test_estimate_knows_the_engine() -> None:
    small, large = (estimate(polycrystal(cells=(cells, cells))) for cells in (32, 64))
    assert large["memory_bytes"] > small["memory_bytes"] and large["steps_high"] > small["steps_high"]
    assert np.isfinite(large["seconds_high"])
