"""Heat is double-edged on the lattice: an even warmth makes the deposit denser, a warm spot makes it rough.

A short version of benchmarks/lattice_temperature.py, whose ten seeds stand in docs/lattice.md.
"""

from __future__ import annotations

import pytest

from benchmarks.lattice_temperature import case_at, measured
from dendrion.errors import InputError
from dendrion.runs.ensemble import ensemble, statistic


def test_a_statistic_is_students_and_wants_five_seeds():
    found = statistic([1.0, 2.0, 3.0, 4.0, 5.0])
    assert (found.mean, found.deviation) == (pytest.approx(3.0), pytest.approx(1.5811388))
    assert found.confidence == pytest.approx(2.7764451 * 1.5811388 / 5**0.5)
    with pytest.raises(InputError, match="seeds"):
        ensemble(case_at(25.0), range(4))


@pytest.mark.slow
def test_even_heat_densifies_and_a_spot_roughens():
    seeds = range(5)
    cold, warm = (measured(case_at(t, duration=60.0), seeds) for t in (-10.0, 60.0))
    spot = measured(case_at(25.0, spot=True, duration=60.0), seeds)

    def apart(low, high, name):
        return low[name].mean + low[name].confidence < high[name].mean - high[name].confidence

    assert apart(warm, cold, "porosity")
    assert apart(warm, spot, "roughness_m") and apart(cold, spot, "roughness_m")
