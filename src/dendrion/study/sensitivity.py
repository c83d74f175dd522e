"""Which inputs of a sweep a result depends on: global sensitivity from the points that a sweep has, by SALib."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dendrion.errors import InputError

if TYPE_CHECKING:
    import xarray

FEWEST_CASES = 32
"""Cases below which indices say nothing [dimensionless]."""

_RESAMPLES = 100
_CASES_PER_HARMONIC = 64  # fewer make the first order noisy, more harmonics than ten add nothing


@dataclass(frozen=True)
class Sensitivity:
    """Sensitivity of one result to every axis.

    Attributes:
        quantity: name of the result.
        names: the axes.
        first: first-order index, the share of the variance that the axis alone explains, and its 95 % half-width.
        delta: moment-independent index of Borgonovo (10.1016/j.ress.2006.04.015), and its 95 % half-width.
        cases: number of cases that it rests on.
    """

    quantity: str
    names: list[str]
    first: list[tuple[float, float]]
    delta: list[tuple[float, float]]
    cases: int

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "quantity": self.quantity, "cases": self.cases,
            "axes": {
                name: {"first_order": a[0], "first_order_95": a[1], "delta": b[0], "delta_95": b[1]}
                for name, a, b in zip(self.names, self.first, self.delta, strict=True)
            },
        }  # fmt: skip


def sensitivity(dataset: xarray.Dataset, quantity: str, seed: int = 0) -> Sensitivity:
    """First-order and delta indices of a result over a random or Sobol sweep.

    First order by random balance designs (Plischke 2010, 10.1016/j.ress.2009.11.005), delta by Plischke 2013
    (10.1016/j.ejor.2012.11.047); both take given points, none of their own are computed. Failed cases are left
    out. An axis with a small first order and a large delta acts together with others.

    Raises:
        InputError: a grid, an axis that is no number, too few cases, a result that does not vary, no SALib.
    """
    import numpy as np

    names = list(dataset.attrs["axes"])
    if "case" not in dataset.dims:
        raise InputError(
            "sensitivity needs points of the whole box, not a grid", hint="--sobol 256 or --random 256"
        )
    if quantity not in dataset.data_vars or dataset[quantity].dtype.kind != "f":
        numbers = [str(name) for name, values in dataset.data_vars.items() if values.dtype.kind == "f"]
        raise InputError(
            "no result of that name", field="quantity", value=quantity, allowed=", ".join(numbers)
        )
    for name in names:
        if dataset[name].dtype.kind not in "fiu":
            raise InputError("this axis is no quantity", field=name)
    points = np.column_stack([dataset[name].values.astype(float) for name in names])
    results = dataset[quantity].values
    known = np.isfinite(results)
    points, results = points[known], results[known]
    if len(results) < FEWEST_CASES:
        raise InputError(
            "too few cases with this result",
            field=quantity,
            value=len(results),
            allowed=f"at least {FEWEST_CASES}",
        )
    if np.ptp(results) <= 1e-12 * np.max(np.abs(results)):
        raise InputError("this result is the same in every case", field=quantity)
    return _analyse(points, results, names, quantity, seed)


def _analyse(points: Any, results: Any, names: list[str], quantity: str, seed: int) -> Sensitivity:
    import warnings

    import numpy as np

    try:
        from SALib.analyze import delta, rbd_fast
    except ImportError:
        raise InputError("global sensitivity needs SALib", hint="pip install 'dendrion[sweep]'") from None
    problem = {
        "num_vars": len(names), "names": names,
        "bounds": [[float(low), float(high)] for low, high in zip(points.min(0), points.max(0), strict=True)],
    }  # fmt: skip
    harmonics = int(np.clip(len(results) // _CASES_PER_HARMONIC, 3, 10))
    style = warnings.formatwarning
    # SALib turns its notes on binning on by itself; recording keeps them off the screen.
    with warnings.catch_warnings(record=True), np.errstate(all="ignore"):
        # SALib takes the seed 0 for none and would draw other resamples in every call.
        again = {"num_resamples": _RESAMPLES, "seed": seed + 1}
        alone = rbd_fast.analyze(problem, points, results, M=harmonics, **again)
        whole = delta.analyze(problem, points, results, **again)
    warnings.formatwarning = style
    name = "delta" if "delta" in whole else "delta_balanced"  # SALib 1.6 tells its estimators apart
    first, moment = (
        [(float(a), float(b)) for a, b in zip(found[key], found[f"{key}_conf"], strict=True)]
        for found, key in ((alone, "S1"), (whole, name))
    )
    return Sensitivity(quantity, names, first, moment, len(results))


def varying(dataset: xarray.Dataset, most: int = 4) -> list[str]:
    """Results worth drawing: known ones first, those that vary from case to case, at most ``most``."""
    import numpy as np

    first = (
        "short_time_s", "tip_position_m", "current_peak_to_valley", "overpotential_V", "roughness_m", "front_area_ratio",
        "crack_length_m", "metal_pressure_max_Pa",
    )  # fmt: skip
    names = [name for name in first if name in dataset.data_vars]
    names += [str(name) for name in dataset.data_vars if name not in first and name != "case_number"]
    found = []
    for name in names:
        values = dataset[name].values
        if values.dtype.kind != "f" or name in ("steps", "faraday_error", "energy_error"):
            continue
        finite = values[np.isfinite(values)]
        if finite.size > 1 and np.ptp(finite) > 1e-6 * np.max(np.abs(finite)):
            found.append(name)
    return found[:most]
