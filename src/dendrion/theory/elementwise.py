"""Numerical models take one cell at a time: this runs them over broadcast inputs, NumPy only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .arrays import Array, concrete


def over_elements(
    function: Callable[..., Mapping[str, float]], names: tuple[str, ...], inputs: Mapping[str, Array]
) -> dict[str, Any]:
    """Calls ``function`` with floats for every element of the broadcast ``inputs`` and stacks what it returns.

    Arguments:
        function: one cell in, a number for each of ``names`` out.
        inputs: keyword arguments of ``function``; arrays broadcast.

    Raises:
        TypeError: JAX is tracing: a model that is marched through time in NumPy has no traced form.
    """
    import numpy as np

    seen = {name: concrete(value) for name, value in inputs.items()}
    if any(value is None for value in seen.values()):
        raise TypeError("this model is solved numerically in NumPy and can't be traced by JAX")
    shape = np.broadcast_shapes(*(value.shape for value in seen.values()))
    spread = {name: np.broadcast_to(value, shape).ravel() for name, value in seen.items()}
    rows = [function(**{n: float(v[i]) for n, v in spread.items()}) for i in range(int(np.prod(shape)))]
    return {name: np.array([row[name] for row in rows]).reshape(shape)[()] for name in names}
