"""Crystals that the computations start from: the metals, test metals, and ordered tetragonal LLZO."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from .requirements import needed


@dataclass(frozen=True)
class Crystal:
    """A crystal: its structure and a first guess of the lattice constant [Å], improved by every potential."""

    name: str
    structure: str
    elements: tuple[str, ...]
    guess: float
    note: str = ""
    faces: tuple[tuple[int, int, int], ...] = ()
    conditions: str = ""

    @property
    def is_metal(self) -> bool:
        """One element, one atom a primitive cell, cubic."""
        return self.structure in ("bcc", "fcc")

    def cubic_cell(self, edge: float | None = None) -> Any:
        """The conventional cell as ASE atoms, edge [Å] (the guess where none is given)."""
        build = needed("ase.build", "a crystal")
        edge = edge or self.guess
        if self.is_metal:
            return build.bulk(self.elements[0], self.structure, a=edge, cubic=True)
        if self.structure == "rocksalt":
            return build.bulk("".join(self.elements), "rocksalt", a=edge, cubic=True)
        return _tetragonal_garnet()

    def primitive_cell(self, edge: float | None = None) -> Any:
        """The primitive cell as ASE atoms, edge of the conventional cell [Å]."""
        build = needed("ase.build", "a crystal")
        edge = edge or self.guess
        if self.is_metal:
            return build.bulk(self.elements[0], self.structure, a=edge)
        if self.structure == "rocksalt":
            return build.bulk("".join(self.elements), "rocksalt", a=edge)
        return _tetragonal_garnet()


_BCC_FACES = ((1, 0, 0), (1, 1, 0), (1, 1, 1), (2, 1, 0), (2, 1, 1), (3, 1, 0))
_FCC_FACES = ((1, 1, 1), (1, 0, 0), (1, 1, 0))

CRYSTALS: dict[str, Crystal] = {
    item.name: item
    for item in [
        Crystal("Li", "bcc", ("Li",), 3.48, "lithium", _BCC_FACES, "body-centred cubic, 0 K"),
        Crystal("Na", "bcc", ("Na",), 4.23, "sodium", _BCC_FACES, "body-centred cubic, 0 K"),
        Crystal("Cu", "fcc", ("Cu",), 3.60, "copper, for tests", _FCC_FACES, "face-centred cubic, 0 K"),
        Crystal("Al", "fcc", ("Al",), 4.00, "aluminium, for tests", _FCC_FACES, "face-centred cubic, 0 K"),
        Crystal("Ar", "fcc", ("Ar",), 5.24, "argon, for tests", _FCC_FACES, "face-centred cubic, 0 K"),
        Crystal("LiF", "rocksalt", ("Li", "F"), 4.00, "halide slab of the penetration study", (), "rock salt, 0 K"),
        Crystal("LiCl", "rocksalt", ("Li", "Cl"), 5.10, "halide slab of the penetration study", (), "rock salt, 0 K"),
        Crystal(
            "LLZO", "garnet", ("Li", "La", "Zr", "O"), 13.134,
            "tetragonal garnet Li7La3Zr2O12, lithium ordered (the cubic phase is disordered)", (),
            "tetragonal and ordered, 0 K",
        ),
    ]
}  # fmt: skip
"""Crystals by name."""

# Awaka et al., J. Solid State Chem. 182, 2046 (2009), doi 10.1016/j.jssc.2009.05.020: I4_1/acd, second origin;
# recalled, checked by its composition, its shortest distance (1.89 Å) and by relaxing to the published cell.
_GARNET_CELL = (13.134, 13.134, 12.663, 90.0, 90.0, 90.0)
_GARNET_SITES = (
    ("Li", (0.0, 0.25, 0.375)),
    ("Li", (0.1813, 0.4313, 0.125)),
    ("Li", (0.0796, 0.0863, 0.8099)),
    ("La", (0.0, 0.25, 0.125)),
    ("La", (0.1270, 0.0, 0.25)),
    ("Zr", (0.0, 0.0, 0.0)),
    ("O", (-0.0335, 0.0544, 0.1528)),
    ("O", (0.0536, 0.8522, 0.5341)),
    ("O", (0.1495, 0.0273, 0.4469)),
)
_GARNET_GROUP = 142


def _tetragonal_garnet() -> Any:
    """The primitive cell (96 atoms) of tetragonal LLZO."""
    crystal = needed("ase.spacegroup", "a crystal").crystal
    symbols, sites = zip(*_GARNET_SITES, strict=True)
    return crystal(
        symbols, sites, spacegroup=_GARNET_GROUP, setting=2, cellpar=_GARNET_CELL, primitive_cell=True
    )


def crystal(name: str) -> Crystal:
    """The crystal of that name.

    Raises:
        InputError: there is none; names the nearest.
    """
    if name in CRYSTALS:
        return CRYSTALS[name]
    near = difflib.get_close_matches(name, CRYSTALS, 2, 0.4)
    raise InputError(
        "no crystal structure for this material", field="material", value=name, allowed=", ".join(CRYSTALS),
        hint=" or ".join(near) or None,
    )  # fmt: skip
