"""Sensitivity of sweeps against exact indices, response surfaces against the polynomial they come from, pictures."""

import numpy as np
import pytest
import xarray as xr

from dendrion.errors import InputError
from dendrion.report.surfaces import draw_sensitivity, draw_sweep, fit_surface
from dendrion.study.dataset import to_dataset
from dendrion.study.plan import make_plan
from dendrion.study.sensitivity import sensitivity, varying


def ishigami(count, seed=1):
    """A sweep over the Ishigami function with a = 7, b = 0.1."""
    plan = make_plan({name: "-3.141592653589793:3.141592653589793" for name in "abc"}, "sobol", count, seed)
    points = np.array(plan.values, dtype=float)
    values = (
        np.sin(points[:, 0]) + 7 * np.sin(points[:, 1]) ** 2 + 0.1 * points[:, 2] ** 4 * np.sin(points[:, 0])
    )
    return to_dataset(
        plan,
        {n: {"status": "completed", "summary": {"tip_position_m": float(v)}} for n, v in enumerate(values)},
    )


def test_first_order_indices_of_the_ishigami_function():
    """Exact: 0.3139, 0.4424, 0 (Ishigami and Homma 1990)."""
    pytest.importorskip("SALib")
    found = sensitivity(ishigami(1024), "tip_position_m")
    assert found.names == ["a", "b", "c"] and found.cases == 1024
    first = [index for index, _ in found.first]
    assert first == pytest.approx([0.3139, 0.4424, 0.0], abs=0.04)
    delta = [index for index, _ in found.delta]
    # c acts through a alone, which the first order does not see; the estimator spreads by 0.03 between resamples
    assert delta[1] > delta[0] and delta[2] > 0.05
    assert found == sensitivity(ishigami(1024), "tip_position_m")
    assert set(found.as_dict()["axes"]) == {"a", "b", "c"}


def grid():
    """A sweep of two axes with one failed case."""
    plan = make_plan(["conditions.temperature=60 degC:90 degC:4", "cell.electrolyte=PEO-LiTFSI,LLZO"])
    results = {
        n: {
            "status": "completed",
            "summary": {"tip_position_m": 1e-6 * (n + 1), "steps": n, "faraday_error": 1e-9 * n},
        }
        for n in range(7)
    }
    return to_dataset(plan, {**results, 7: {"status": "failed", "reason": "no", "summary": {}}})


@pytest.mark.parametrize(
    ("make", "name", "message"),
    [
        (grid, "tip_position_m", "points of the whole box"),
        (lambda: ishigami(64), "tip_velocity_m_per_s", "no result of that name"),
        (lambda: ishigami(16), "tip_position_m", "too few cases"),
    ],
)
def test_sensitivities_that_make_no_sense(make, name, message):
    with pytest.raises(InputError, match=message):
        sensitivity(make(), name)


def test_a_constant_result_has_no_sensitivity():
    data = ishigami(64)
    data["tip_position_m"][:] = 2.0
    with pytest.raises(InputError, match="the same in every case"):
        sensitivity(data, "tip_position_m")


def test_the_results_worth_drawing():
    assert varying(grid()) == ["tip_position_m"]


def test_a_quadratic_surface_is_found_exactly():
    points = np.random.default_rng(2).random((40, 3)) * [10.0, 1.0, 1e-3]

    def exact(x):
        return 3.0 + x[:, 0] - 2.0 * x[:, 1] ** 2 + 50.0 * x[:, 0] * x[:, 2]

    surface = fit_surface(points, exact(points))
    other = np.random.default_rng(3).random((20, 3)) * [10.0, 1.0, 1e-3]
    np.testing.assert_allclose(surface(other), exact(other), rtol=1e-10)
    assert surface.explained == pytest.approx(1.0, abs=1e-10)
    noise = np.random.default_rng(4).normal(size=40)
    assert fit_surface(points, noise).explained < 0.3
    assert fit_surface(points[:19], noise[:19]) is None


def test_pictures(tmp_path):
    curve = grid().isel(electrolyte=0, drop=True)
    curve.attrs["axes"] = ["temperature"]
    for number, data in enumerate(
        (grid(), curve, ishigami(64), ishigami(64)[["tip_position_m", "status", "reason"]])
    ):
        (path,) = draw_sweep(data, tmp_path / str(number))
        assert path.name == "sweep_tip_position_m.png" and path.stat().st_size > 10_000
    more = (
        xr.concat([grid(), grid()], dim="seed")
        .assign_coords(seed=[1.0, 2.0])
        .transpose("temperature", "electrolyte", "seed")
    )
    more.attrs["axes"] = ["temperature", "electrolyte", "seed"]
    assert draw_sweep(more, tmp_path / "three", ["tip_position_m"])[0].is_file()


def test_a_picture_of_sensitivities(tmp_path):
    pytest.importorskip("SALib")
    path = draw_sensitivity([sensitivity(ishigami(64), "tip_position_m")], tmp_path / "bars.png")
    assert path.stat().st_size > 5_000
