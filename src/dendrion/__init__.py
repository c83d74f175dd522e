"""dendrion: metal dendrites in solid-state lithium and sodium metal batteries.

>>> import dendrion as dn
>>> run = dn.run(dn.load_case("default"))  # doctest: +SKIP
>>> run.summary["tip_position_m"]  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = [
    "Case", "Ccd", "Run", "Sweep", "__version__", "apply", "ccd", "evidence", "interface", "load_case", "material", "rank", "run",
    "strategies", "sweep", "theory",
]  # fmt: skip

if TYPE_CHECKING:
    from dendrion.api import Ccd, Run, Sweep, apply, ccd, rank, run, strategies, sweep
    from dendrion.case import Case, load_case
    from dendrion.materials import interface, material

_HOMES = {
    "Case": "dendrion.case",
    "load_case": "dendrion.case",
    "Run": "dendrion.api",
    "run": "dendrion.api",
    "Sweep": "dendrion.api",
    "sweep": "dendrion.api",
    "Ccd": "dendrion.api",
    "ccd": "dendrion.api",
    "apply": "dendrion.api",
    "rank": "dendrion.api",
    "strategies": "dendrion.api",
    "material": "dendrion.materials",
    "interface": "dendrion.materials",
}


def __getattr__(name: str) -> Any:
    """Public names are imported when they are first used: ``import dendrion`` stays quick."""
    if name in ("theory", "evidence"):
        return import_module(f"dendrion.{name}")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'dendrion' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
