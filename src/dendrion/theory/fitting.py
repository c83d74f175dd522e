"""Parameters of a model from measured points: least squares with confidence intervals."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError, Location
from .card import Fit, Parameter, unit_of
from .model import Model
from .registry import models
from .resolve import Pair, read, resolve

CONFIDENCE = 0.95
_LARGEST_STEPS = 400


@dataclass(frozen=True)
class Fitted:
    """A fitted parameter [its SI unit] with the ends of its 95 % confidence interval."""

    value: float
    low: float
    high: float
    unit: str


@dataclass(frozen=True)
class FitResult:
    """Parameters, residuals (of the logarithm where ``logarithmic``) and the fitted curve, all in SI.

    Attributes:
        slope: local slopes d ln y/d ln x of the fitted curve at the measured points [dimensionless].
    """

    model: type[Model]
    parameters: Mapping[str, Fitted]
    x: Any
    y: Any
    fitted: Any
    residuals: Any
    root_mean_square: float
    slope: Any
    messages: tuple[str, ...]


def fit(
    model: type[Model],
    x: Any,
    y: Any,
    given: Mapping[str, Any],
    pair: Pair | None = None,
    *,
    start: Mapping[str, float] | None = None,
    free: tuple[str, ...] | None = None,
) -> FitResult:
    """Fits the free parameters that the model's card names; all are positive and searched in their logarithm.

    Arguments:
        x, y: measured columns [SI], shape [n]: ``card.fit.over`` and ``card.fit.output``.
        given: the other inputs; a free parameter given here is the start of the search.
        start: the same, as SI numbers.
        free: which parameters to find, in place of those that the card names.

    Raises:
        InputError: the model has no fitter, too few or unusable points, or the search does not converge.
    """
    import numpy as np

    rule = _with_free(model, _rule(model), free)
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    messages = _look_at(model, rule, x, y)
    values = resolve(model, {**given, rule.over: x}, pair).values
    first = {n: float(np.asarray(values[n])) for n in rule.free if _usable(values.get(n))}
    fixed = {n: v for n, v in values.items() if n not in rule.free}

    def answer(logarithms: Any) -> Any:
        trial = {n: np.exp(v) for n, v in zip(rule.free, logarithms, strict=True)}
        with np.errstate(all="ignore"):
            return np.broadcast_to(model.unchecked(**{**fixed, **trial}).compute()[rule.output], x.shape)

    scale = 1.0 if rule.logarithmic else float(np.max(np.abs(y)))

    def residual(logarithms: Any) -> Any:
        curve = answer(logarithms)
        off = np.log(np.maximum(curve, 1e-300) / y) if rule.logarithmic else (curve - y) / scale
        return np.nan_to_num(off, nan=1e3, posinf=1e3, neginf=-1e3)

    found = _search(model, rule, residual, {**first, **(start or {})})
    best = {n: float(np.exp(v)) for n, v in zip(rule.free, found.x, strict=True)}
    messages = [*messages, *model(**{**fixed, **best}).judge(x, y)]
    curve, widths = answer(found.x), np.exp(_half_widths(found.jac, found.fun))
    table = {
        n: Fitted(best[n], best[n] / float(width), best[n] * float(width), model.parameters()[n].unit)
        for n, width in zip(rule.free, widths, strict=True)
    }
    with np.errstate(all="ignore"):
        slope = np.gradient(np.log(curve), np.log(x))
    error = float(np.sqrt(np.mean(found.fun**2)) * scale)
    return FitResult(model, table, x, y, curve, found.fun * scale, error, slope, tuple(messages))


def _search(model: type[Model], rule: Fit, residual: Any, first: Mapping[str, float]) -> Any:
    """Least squares in the logarithms of the free parameters, from the best of several starts."""
    import numpy as np
    from scipy.optimize import least_squares

    count = len(rule.free)
    begin = [first[n] if n in first else _first_guess(residual, i, count) for i, n in enumerate(rule.free)]
    begin = _better_start(residual, np.log(begin))
    found = least_squares(residual, begin, x_scale="jac", max_nfev=_LARGEST_STEPS)
    if not found.success or not np.all(np.isfinite(found.fun)) or np.max(np.abs(found.fun)) > 500.0:
        raise InputError(
            "the fit does not converge", field=model.card.name,
            hint="give a start for " + ", ".join(rule.free) + " as key=value",
        )  # fmt: skip
    return found


def read_columns(path: str | Path, model: type[Model]) -> tuple[Any, Any]:
    """The two measured columns of a CSV in SI; heads are written ``current_density [mA/cm^2]``.

    Raises:
        InputError: no such file or column, a unit missing or wrong, or a bad cell (its row is named).
    """
    import numpy as np

    rule, path = _rule(model), Path(path)
    if not path.is_file():
        raise InputError("there is no such file", field="file", value=path)
    with path.open(newline="", encoding="utf-8-sig") as stream:
        rows = [row for row in csv.reader(stream)]
    if not rows:
        raise InputError("the file is empty", field="file", value=path)
    kinds = {rule.over: model.parameters()[rule.over].kind, rule.output: model.outputs[rule.output].kind}
    columns = [_column(rows, name, kind, path) for name, kind in kinds.items()]
    return np.asarray(columns[0]), np.asarray(columns[1])


def _rule(model: type[Model]) -> Fit:
    if model.card.fit is None:
        fitters = [name for name, item in models().items() if item.card.fit is not None]
        raise InputError("has no fitter", field=model.card.name, allowed=", ".join(fitters))
    return model.card.fit


def _with_free(model: type[Model], rule: Fit, free: tuple[str, ...] | None) -> Fit:
    if free is None:
        return rule
    for name in free:
        about = model.parameters().get(name)
        if about is None or about.choices or name == rule.over:
            raise InputError(
                "can't be fitted",
                field=model.card.name,
                value=name,
                allowed=", ".join(n for n, p in model.parameters().items() if not p.choices),
            )
    return dataclasses.replace(rule, free=free)


def _column(rows: list[list[str]], name: str, kind: str, path: Path) -> list[float]:
    heads = [head.strip() for head in rows[0]]
    place = next((i for i, head in enumerate(heads) if head.partition("[")[0].strip() == name), None)
    if place is None:
        raise InputError(
            "this column is missing", field=name, value=", ".join(heads), allowed=f"{name} [{unit_of(kind)}] or another unit of it",
            location=Location(str(path), 1),
        )  # fmt: skip
    unit = heads[place].partition("[")[2].rstrip("] ").strip()
    about, found = Parameter(name, kind, name), []
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        text = row[place].strip() if place < len(row) else ""
        try:
            float(text)
            found.append(read(f"{text} {unit}".strip(), about))
        except (ValueError, InputError) as error:
            problem = error.problem if isinstance(error, InputError) else "this is no number"
            raise InputError(
                problem,
                field=name,
                value=text or "(empty)",
                hint=f"row {number}",
                location=Location(str(path), number),
            ) from None
    return found


def _look_at(model: type[Model], rule: Fit, x: Any, y: Any) -> list[str]:
    import numpy as np

    for name, column in ((rule.over, x), (rule.output, y)):
        bad = ~np.isfinite(column) | (column <= 0.0)
        if column.shape != x.shape or bad.any():
            row = int(np.argmax(bad)) + 1
            raise InputError(
                "a fit needs positive, finite points",
                field=name,
                value=f"point {row}: {column.flat[row - 1]:g}",
                allowed="above 0",
            )
    if np.unique(x).size < max(rule.least_rows, len(rule.free) + 1):
        raise InputError(
            "too few different points",
            field=rule.over,
            value=int(np.unique(x).size),
            allowed=f"{max(rule.least_rows, len(rule.free) + 1)} or more",
        )
    decades = float(np.log10(x.max() / x.min()))
    if decades < rule.least_decades:
        return [
            f"{rule.over} spans {decades:.2f} decades only: the fit can't tell the regimes apart ({rule.least_decades} or more are needed)"
        ]
    return []


def _usable(value: Any) -> bool:
    import numpy as np

    return value is not None and np.ndim(value) == 0 and bool(np.isfinite(value)) and float(value) > 0.0


def _first_guess(residual: Any, place: int, count: int) -> float:
    """The best decade for a free parameter that nobody gives a start for."""
    import numpy as np

    decades = np.arange(-18, 19)
    cost = []
    for decade in decades:
        trial = np.zeros(count)
        trial[place] = decade * np.log(10.0)
        cost.append(float(np.sum(residual(trial) ** 2)))
    return float(10.0 ** decades[int(np.argmin(cost))])


def _better_start(residual: Any, begin: Any) -> Any:
    """The best point of a grid of two decades around the start: a search that starts far off gets caught."""
    import itertools

    import numpy as np

    steps = np.log(10.0) * np.array([0.0, -2.0, -1.5, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0])
    trials = (
        [begin + np.array(shift) for shift in itertools.product(steps, repeat=min(len(begin), 2))]
        if len(begin) < 3
        else [begin]
    )
    return min(trials, key=lambda trial: float(np.sum(residual(trial) ** 2)))


def _half_widths(jacobian: Any, residuals: Any) -> Any:
    """Half widths of the confidence intervals of the logarithms, by Student's t; infinite where undetermined."""
    import numpy as np
    from scipy.stats import t

    freedom = residuals.size - jacobian.shape[1]
    if freedom < 1:
        return np.full(jacobian.shape[1], np.inf)
    normal = jacobian.T @ jacobian
    if np.linalg.cond(normal) > 1e14:
        return np.full(jacobian.shape[1], np.inf)
    covariance = np.linalg.inv(normal) * (residuals @ residuals) / freedom
    return t.ppf(0.5 + 0.5 * CONFIDENCE, freedom) * np.sqrt(np.diag(covariance))
