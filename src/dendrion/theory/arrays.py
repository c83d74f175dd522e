"""Array namespace of a model's inputs, and the few numerical tools that run on NumPy and JAX alike."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

Array = Any
"""A float, a NumPy array or a JAX array."""

_GOLDEN = 0.6180339887498949


def is_jax(value: Array) -> bool:
    """Whether ``value`` is a JAX array or tracer; never imports JAX."""
    return type(value).__module__.partition(".")[0] in ("jax", "jaxlib")


def namespace(*values: Array) -> Any:
    """``jax.numpy`` where one of the values is JAX's, else NumPy."""
    if any(is_jax(value) for value in values):
        return sys.modules["jax"].numpy
    import numpy as np

    return np


def concrete(value: Array) -> Any:
    """``value`` as a NumPy array, or None where JAX is tracing and there are no numbers to look at."""
    import numpy as np

    if is_jax(value) and isinstance(value, sys.modules["jax"].core.Tracer):
        return None
    return np.asarray(value)


def stop_gradient(value: Array) -> Array:
    """``value`` without its derivative (JAX); the value itself otherwise."""
    return sys.modules["jax"].lax.stop_gradient(value) if is_jax(value) else value


def bisect(
    function: Callable[[Array], Array],
    low: Array,
    high: Array,
    xp: Any,
    steps: int = 60,
    *,
    slope: float = 1e-6,
) -> Array:
    """The root of an increasing ``function`` between ``low`` and ``high``, element by element.

    A last secant step of relative width ``slope`` [dimensionless] makes the root differentiable: its
    derivative is that of the implicit function.
    """
    low, high = stop_gradient(low + 0.0 * high), stop_gradient(high + 0.0 * low)
    for _ in range(steps):
        middle = 0.5 * (low + high)
        below = stop_gradient(function(middle)) < 0.0
        low, high = xp.where(below, middle, low), xp.where(below, high, middle)
    root = 0.5 * (low + high)
    if not is_jax(function(root)):
        return root
    step = slope * xp.maximum(xp.abs(root), 1e-300)
    gradient = stop_gradient((function(root + step) - function(root - step)) / (2.0 * step))
    return root - function(root) / xp.where(gradient == 0.0, 1.0, gradient)


def maximise(function: Callable[[Array], Array], low: Array, high: Array, xp: Any, steps: int = 70) -> Array:
    """The place of the largest value of a single-peaked ``function`` between positive ``low`` and ``high``.

    Golden sections in the logarithm. The place carries no derivative: at a maximum the value needs none.
    """
    left, right = xp.log(stop_gradient(low + 0.0 * high)), xp.log(stop_gradient(high + 0.0 * low))
    for _ in range(steps):
        width = _GOLDEN * (right - left)
        first, second = right - width, left + width
        rising = stop_gradient(function(xp.exp(first)) < function(xp.exp(second)))
        left, right = xp.where(rising, first, left), xp.where(rising, right, second)
    return xp.exp(0.5 * (left + right))


def words(index: Array, names: tuple[str, ...]) -> Any:
    """The names at an integer ``index``, as an array of texts; while JAX traces, the index itself."""
    import numpy as np

    seen = concrete(index)
    return index if seen is None else np.asarray(names)[seen.astype(int)]
