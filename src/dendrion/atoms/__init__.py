"""Atoms: properties of crystals from any calculator of ASE, as claims that go into the materials.

One property, one file. ``dendrion.atoms.compute.compute`` runs a group by its name, ``dendrion.atoms.table.table``
sets it beside published values; ``docs/atoms.md`` has the tables beside published values
and says what no potential here can do.
"""

from __future__ import annotations

from importlib import import_module

_HOME = {
    "ComputedClaim": "result",
    "PROPERTY_GROUPS": "compute",
    "Potential": "potentials",
    "Sample": "sample",
    "known_potentials": "potentials",
    "overlay": "result",
    "potential": "potentials",
    "potential_of": "potentials",
    "write_overlay": "result",
}

__all__ = [
    "PROPERTY_GROUPS",
    "ComputedClaim",
    "Potential",
    "Sample",
    "known_potentials",
    "overlay",
    "potential",
    "potential_of",
    "write_overlay",
]


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(f".{_HOME[name]}", __name__), name)
    raise AttributeError(name)
