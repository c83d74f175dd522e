"""All strategies by name: a strategy is found because its file is there."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from functools import cache

from ..errors import InputError
from .base import Strategy


@cache
def strategies() -> dict[str, Strategy]:
    """Every strategy by its name on the command line, in alphabetical order."""
    package = importlib.import_module(f"{__package__}.remedies")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    found = [item for item in _descendants(Strategy) if item.__module__.startswith(f"{package.__name__}.")]
    return {item.name: item() for item in sorted(found, key=lambda item: item.name)}


def strategy_named(name: str) -> Strategy:
    """The strategy of that name.

    Raises:
        InputError: there is none; names the nearest.
    """
    known = strategies()
    key = name.strip().lower().replace("-", "_").replace(" ", "_")
    if key in known:
        return known[key]
    near = difflib.get_close_matches(key, known, 3, 0.4)
    raise InputError(
        "unknown strategy", value=name, hint=" or ".join(near) or "dendrion strategies",
        allowed=None if near else ", ".join(known),
    )  # fmt: skip


def _descendants(base: type[Strategy]) -> list[type[Strategy]]:
    found = []
    for item in base.__subclasses__():
        if "name" in vars(item):
            found.append(item)
        found += _descendants(item)
    return found
