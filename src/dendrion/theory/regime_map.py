"""Maps of a model's answer over any two of its inputs."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError
from .arrays import concrete
from .card import Axis
from .model import Model
from .resolve import STATE, Pair, _named, read, resolve


@dataclass(frozen=True)
class RegimeMap:
    """Answers on a grid: ``x`` [nx], ``y`` [ny] in SI, each of ``values`` shaped [nx, ny]; NaN where refused."""

    model: type[Model]
    x_name: str
    y_name: str
    x: Any
    y: Any
    values: Mapping[str, Any]
    safe: Any = None

    def write_csv(self, path: str | Path) -> Path:
        """One row a point, SI units in the head."""
        outputs = self.model.outputs
        known = {STATE.name: STATE, **self.model.parameters()}
        head = [f"{n} [{known[n].unit}]" for n in (self.x_name, self.y_name)]
        head += [f"{n} [{outputs[n].unit}]" for n in self.values] + (
            ["safe"] if self.safe is not None else []
        )
        path = Path(path)
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(head)
            for i, x in enumerate(self.x):
                for j, y in enumerate(self.y):
                    cells = [values[i, j] for values in self.values.values()]
                    row = [x, y, *cells] + ([self.safe[i, j]] if self.safe is not None else [])
                    writer.writerow([repr(float(c)) if isinstance(c, float) else str(c) for c in row])
        return path


def parse_axis(text: str, model: type[Model]) -> tuple[Axis, int]:
    """Reads ``"current_density=0.1 mA/cm^2:10 mA/cm^2:50"``; a trailing ``:lin`` or ``:log`` chooses the scale.

    Logarithmic where both ends are positive and a factor of 10 or more apart, unless said otherwise.

    Raises:
        InputError: not of that form, an unknown input, ends that are equal or in the wrong order.
    """
    name, equals, rest = text.partition("=")
    parts = [part.strip() for part in rest.split(":")]
    scale = parts.pop() if parts[-1] in ("lin", "log") else None
    if not equals or len(parts) != 3 or not parts[2].isdigit():
        raise InputError(
            "an axis is written name=low:high:count",
            value=text,
            hint="current_density=0.1 mA/cm^2:10 mA/cm^2:50",
        )
    known = {STATE.name: STATE, **model.parameters()}
    about = known[_named(name.strip(), known, model)]
    if about.choices:
        raise InputError("a map can't run over words", field=about.name, value=text)
    low, high, count = read(parts[0], about, model), read(parts[1], about, model), int(parts[2])
    if not low < high or count < 2:
        raise InputError(
            "the ends of an axis rise, and it has 2 points or more", field=about.name, value=text
        )
    log = scale == "log" if scale else low > 0.0 and high >= 10.0 * low
    if log and low <= 0.0:
        raise InputError(
            "a logarithmic axis starts above 0", field=about.name, value=parts[0], hint="end it in :lin"
        )
    return Axis(about.name, low, high, log), count


def regime_map(
    model: type[Model], given: Mapping[str, Any], axes: tuple[Axis, Axis], counts: tuple[int, int],
    pair: Pair | None = None,
) -> RegimeMap:  # fmt: skip
    """Evaluates a model on the grid of two axes; claims follow a temperature axis by their laws.

    Raises:
        InputError: an input is missing or unknown, both axes are the same, or the model refuses every point.
    """
    import numpy as np

    if axes[0].name == axes[1].name:
        raise InputError("a map needs two different inputs", field=model.card.name, value=axes[0].name)
    ticks = [_ticks(axis, count) for axis, count in zip(axes, counts, strict=True)]
    grid = dict(zip((axis.name for axis in axes), np.meshgrid(*ticks, indexing="ij"), strict=True))
    inputs = resolve(model, {**given, **grid}, pair)
    if inputs.missing:
        inputs.build()
    candidate = model.unchecked(**inputs.values)
    accepted = np.broadcast_to(candidate.admissible(), counts)
    if not accepted.any():
        inputs.build()
    # Refused points are computed at an accepted one and blanked: nothing leaves the model's range.
    spare = np.unravel_index(int(np.argmax(accepted)), counts)
    values = {n: _filled(v, accepted, spare) for n, v in inputs.values.items()}
    evaluation = model(**values).evaluate()
    threshold = evaluation.threshold
    answers = {n: _blank(a.value, accepted) for n, a in evaluation.answers.items()}
    safe = None if threshold is None else np.broadcast_to(concrete(threshold.safe), counts) & accepted
    return RegimeMap(model, axes[0].name, axes[1].name, ticks[0], ticks[1], answers, safe)


def _ticks(axis: Axis, count: int) -> Any:
    import numpy as np

    return (np.geomspace if axis.log else np.linspace)(axis.low, axis.high, count)


def _filled(value: Any, accepted: Any, spare: Any) -> Any:
    import numpy as np

    if np.shape(value) != accepted.shape:
        return value
    return np.where(accepted, value, np.asarray(value)[spare])


def _blank(value: Any, accepted: Any) -> Any:
    import numpy as np

    whole = np.broadcast_to(concrete(value), accepted.shape)
    return np.where(accepted, whole, "" if whole.dtype.kind in "US" else np.nan)
