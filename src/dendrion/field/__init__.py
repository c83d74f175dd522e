"""The field engine: metal front, charge, salt and heat on a uniform grid in one, two or three dimensions.

Importing this package switches JAX to float64 and turns on its compilation cache on disk.
"""

from __future__ import annotations

from dendrion.field import backend as backend

__all__ = ["Simulation"]


def __getattr__(name: str) -> object:
    if name == "Simulation":
        from dendrion.field.simulation import Simulation

        return Simulation
    raise AttributeError(name)
