"""The examples run as they stand and give the numbers they gave before."""

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"

EXPECTED = {
    "salt_depletion": {10.0: 0.293, 20.0: 0.293},
    "interface_levels": {1.0: 1.141, 100.0: 1.0033},
    "pulses": {"direct": (368.0, 3600.0), "pulsed": (196.0, 3600.0)},
}
"""Results by example, in its units: Sand's law, and stored results."""

TOLERANCE = {"salt_depletion": 0.02, "interface_levels": 0.005, "pulses": 0.03}
"""Relative tolerance [dimensionless]."""


def test_every_example_is_tested():
    assert (
        {path.stem for path in EXAMPLES.glob("*.py")} - {"across_scales"} == set(EXPECTED) == set(TOLERANCE)
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPECTED)
def test_example(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    results = runpy.run_path(str(EXAMPLES / f"{name}.py"))["main"]()
    for key, expected in EXPECTED[name].items():
        assert results[key] == pytest.approx(expected, rel=TOLERANCE[name])
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(results)
    assert len(list((tmp_path / "runs").iterdir())) == len(results)
