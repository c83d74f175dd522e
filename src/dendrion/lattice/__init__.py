"""The lattice engine: kinetic Monte Carlo of coarse particles of metal on a square or cubic lattice.

Metal grows particle by particle; a particle is a cell of the lattice. ``LatticeModel`` offers the methods that a
simulation needs of a model; ``docs/lattice.md`` has the equations.
"""

from __future__ import annotations

__all__ = ["LatticeModel"]


def __getattr__(name: str) -> object:
    if name == "LatticeModel":
        from dendrion.lattice.model import LatticeModel

        return LatticeModel
    raise AttributeError(name)
