"""Closed-form and one-dimensional models of metal dendrites, in one place and comparable.

Every model is a frozen object of inputs in SI (floats, NumPy or JAX arrays):

>>> from dendrion import theory
>>> model = theory.for_cell("sand_time", metal="Li", electrolyte="LiPF6-EC-DMC", current_density="1 mA/cm^2")
>>> round(model.evaluate().value)
60468

``theory.sand_time`` is the class itself, ``theory.models()`` names all of them.
"""

from __future__ import annotations

from typing import Any

from . import inputs
from .card import Card, Output, Parameter, Reference, Threshold
from .comparison import Comparison, Verdict, cell_of, compare
from .fitting import FitResult, fit, read_columns
from .model import Answer, Evaluation, Model
from .regime_map import RegimeMap, parse_axis, regime_map
from .registry import model_named, models
from .resolve import Inputs, Origin, Pair, resolve
from .uncertainty import Spreads, sample

__all__ = [
    "Answer", "Card", "Comparison", "Evaluation", "FitResult", "Inputs", "Model", "Origin", "Output", "Pair", "Parameter", "Reference",
    "RegimeMap", "Spreads", "Threshold", "Verdict", "cell_of", "compare", "fit", "for_cell", "inputs", "model_named", "models", "parse_axis",
        "read_columns", "regime_map",
    "resolve", "sample",
]  # fmt: skip


def for_cell(name: str, *, metal: Any = None, electrolyte: Any = None, **given: Any) -> Model:
    """The model of that name with the claims of a metal and an electrolyte as its inputs.

    Arguments:
        metal, electrolyte: names or ``Material`` objects; either may be left out.
        given: inputs that replace claims and defaults: SI numbers, arrays, or texts with units.

    Raises:
        InputError: unknown names, wrong units, missing or refused inputs.
    """
    return resolve(model_named(name), given, Pair.of(metal, electrolyte)).build()


def __getattr__(name: str) -> Any:
    """Models by name: ``theory.sand_time``."""
    if not name.startswith("_") and name in models():
        return models()[name]
    raise AttributeError(f"module 'dendrion.theory' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, *models()]
