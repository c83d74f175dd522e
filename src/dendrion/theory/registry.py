"""All models by name: a model is found because its file is there."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from functools import cache

from ..errors import InputError
from .card import FIELDS
from .model import Model


@cache
def models() -> dict[str, type[Model]]:
    """Every model by its name on the command line, in the order of the survey's sections."""
    for section in FIELDS:
        package = importlib.import_module(f"{__package__}.{section}")
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    found = sorted(_descendants(Model), key=lambda item: (FIELDS.index(item.card.field), item.card.name))
    return {item.card.name: item for item in found}


def model_named(name: str) -> type[Model]:
    """The model of that name.

    Raises:
        InputError: there is none; names the nearest.
    """
    known = models()
    key = name.strip().lower().replace("-", "_").replace(" ", "_")
    if key in known:
        return known[key]
    near = difflib.get_close_matches(key, known, 3, 0.4)
    raise InputError(
        "unknown model", value=name, hint=" or ".join(near) or "dendrion theory list",
        allowed=None if near else ", ".join(known),
    )  # fmt: skip


def _descendants(base: type[Model]) -> list[type[Model]]:
    """Models of dendrion itself that have a card; helpers without one and models of tests are left out."""
    found = []
    for item in base.__subclasses__():
        if "card" in vars(item) and item.__module__.startswith(f"{__package__}."):
            found.append(item)
        found += _descendants(item)
    return found
