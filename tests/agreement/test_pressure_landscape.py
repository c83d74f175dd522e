"""Three points of `benchmarks/pressure_landscape.py`: the field engine and the closed form say the same about a wavy interface."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "pressure_landscape.py"


@pytest.fixture(scope="module")
def landscape():
    spec = importlib.util.spec_from_file_location("pressure_landscape", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_both_sides_of_the_neutral_line(landscape):
    """64 cells a wave, within 5 % of kA: peaks get more at 1 MPa, less at 8 MPa, and less again at 50 degrees and 1 MPa."""
    points = [landscape.point(*at, 64) for at in ((1e6, 298.15), (8e6, 298.15), (1e6, 323.15))]
    for p in points:
        print(
            f"\n{p.pressure / 1e6:g} MPa, {p.temperature:g} K: {p.simulated:+.4f}, closed {p.closed:+.4f}",
            end="",
        )
    assert points[0].simulated > 0.0 > max(points[1].simulated, points[2].simulated)
    assert all(p.agrees for p in points)
    assert all(abs(p.simulated - p.closed) < 0.05 * landscape.SLOPE for p in points)
    assert points[0].neutral_current < landscape.CURRENT < min(p.neutral_current for p in points[1:])
