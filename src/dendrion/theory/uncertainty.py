"""How far an answer may be off because the claims behind it are: sampling over their spreads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from .arrays import concrete
from .model import Evaluation
from .resolve import Inputs

QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Spreads:
    """Quantiles (5 %, 50 %, 95 %) of every answer [its SI unit].

    Attributes:
        sampled: inputs that were drawn; ``refused``: share of the draws that the model refuses [dimensionless].
        safe: share of the accepted draws that the model calls safe, where it decides anything.
        ratio: 5 and 95 % quantiles of demand over limit, where both are positive.
    """

    quantiles: Mapping[str, tuple[float, float, float]]
    sampled: tuple[str, ...]
    count: int
    refused: float
    safe: float | None = None
    ratio: tuple[float, float] | None = None


def sample(inputs: Inputs, count: int, seed: int = 0) -> Spreads:
    """Draws every claimed input ``count`` times from its spread and evaluates the model on all draws at once.

    The law of a claim is kept: its value and its draws are scaled alike to the temperature in question.

    Raises:
        InputError: fewer than 2 draws, an input missing, or every draw refused.
    """
    import numpy as np

    if count < 2:
        raise InputError("too few samples", field="uncertainty", value=count, allowed="2 or more", hint="500")
    inputs.build()
    generator = np.random.default_rng(seed)
    values: dict[str, Any] = dict(inputs.values)
    sampled = []
    for name, origin in inputs.origins.items():
        claim = origin.claim
        if claim is None or name not in values or claim.spread.distribution is None or claim.value == 0.0:
            continue
        values[name] = claim.sample(generator, count) * (values[name] / claim.value)
        sampled.append(name)
    accepted = np.broadcast_to(inputs.model.unchecked(**values).admissible(), (count,))
    if not accepted.any():
        raise InputError("the model refuses every sample", field=inputs.model.card.name)
    kept = {
        n: v[accepted] if isinstance(v, np.ndarray) and v.shape == (count,) else v for n, v in values.items()
    }
    evaluation = inputs.model(**kept).evaluate()
    return Spreads(
        _quantiles(evaluation), tuple(sampled), count, float(1.0 - accepted.mean()), _share_safe(evaluation),
        _ratio(evaluation),
    )  # fmt: skip


def _quantiles(evaluation: Evaluation) -> dict[str, tuple[float, float, float]]:
    import numpy as np

    found = {}
    for name, answer in evaluation.answers.items():
        draws = concrete(answer.value)
        if draws.dtype.kind in "fiu" and draws.ndim <= 1:
            # "inverted_cdf" takes one of the draws, so that infinite ones do no harm.
            low, middle, high = np.quantile(draws, QUANTILES, method="inverted_cdf")
            found[name] = (float(low), float(middle), float(high))
    return found


def _share_safe(evaluation: Evaluation) -> float | None:
    return None if evaluation.threshold is None else float(concrete(evaluation.threshold.safe).mean())


def _ratio(evaluation: Evaluation) -> tuple[float, float] | None:
    import numpy as np

    threshold = evaluation.threshold
    if threshold is None:
        return None
    demand, limit = np.broadcast_arrays(concrete(threshold.demand), concrete(threshold.limit))
    if not (np.all(demand >= 0.0) and np.all(limit > 0.0) and np.all(np.isfinite(demand))):
        return None
    low, high = np.quantile(demand / limit, (QUANTILES[0], QUANTILES[-1]), method="inverted_cdf")
    return float(low), float(high)
