"""A crystal with a potential: its relaxed bulk, and the relaxations that every property uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..errors import InputError, SimulationError
from .crystals import Crystal, crystal
from .potentials import Potential, potential
from .requirements import needed
from .result import Check, ComputedClaim, passed

FORCE_TOLERANCE = 0.005
"""Largest force at which a structure counts as relaxed [eV/Å]."""

_CELL_SHARE = 0.2
"""Tolerance of a relaxed cell over that of positions."""

LARGEST_TOLERANCE = 0.1
"""Above it a structure is not relaxed in any sense [eV/Å]."""

MOST_STEPS = 500
"""Steps of a relaxation before it is given up."""


@dataclass(frozen=True)
class Sample:
    """A crystal and a potential.

    Raises:
        InputError: the potential does not know an element of the crystal.
    """

    crystal: Crystal
    potential: Potential
    force_tolerance: float = FORCE_TOLERANCE

    def __post_init__(self) -> None:
        known = self.potential.elements
        unknown = [element for element in self.crystal.elements if known and element not in known]
        if unknown:
            raise InputError(
                f"{self.potential.model.calculator} does not know {', '.join(unknown)}",
                field="calculator", value=self.potential.model.calculator, allowed=", ".join(known),
            )  # fmt: skip

    @property
    def cell_tolerance(self) -> float:
        """Largest force, of atoms and cell, at which a crystal counts as relaxed [eV/Å]."""
        return _CELL_SHARE * self.force_tolerance

    @property
    def name(self) -> str:
        """Name of the material."""
        return self.crystal.name

    @cached_property
    def calculator(self) -> Any:
        """The one calculator of this sample."""
        return self.potential.make(self.crystal.elements)

    def attach(self, atoms: Any) -> Any:
        """The same atoms with the calculator."""
        atoms.calc = self.calculator
        return atoms

    @cached_property
    def bulk(self) -> Any:
        """The primitive cell, relaxed in cell and positions."""
        atoms = self.attach(self.crystal.primitive_cell())
        filters, optimize = needed("ase.filters"), needed("ase.optimize")
        self._run(optimize.BFGS(filters.FrechetCellFilter(atoms), logfile=None), self.cell_tolerance)
        return atoms

    @cached_property
    def energy_an_atom(self) -> float:
        """Energy of the bulk [eV/atom]."""
        return float(self.bulk.get_potential_energy()) / len(self.bulk)

    @cached_property
    def edge(self) -> float:
        """Edge of the conventional cubic cell [Å]."""
        cells = {"bcc": 2, "fcc": 4, "rocksalt": 4}
        return float((self.bulk.get_volume() * cells[self.crystal.structure]) ** (1.0 / 3.0))

    @cached_property
    def atomic_volume(self) -> float:
        """Volume an atom of the bulk [Å³]."""
        return float(self.bulk.get_volume()) / len(self.bulk)

    def cubic(self) -> Any:
        """The conventional cell at the relaxed edge, with the calculator."""
        return self.attach(self.crystal.cubic_cell(self.edge))

    def relaxed(self, atoms: Any) -> Any:
        """The atoms (copied), positions relaxed in a fixed cell; ``info["largest_force"]`` [eV/Å] says how far.

        A structure that does not settle is returned as it is: ``settled`` turns that into a failed check.
        """
        optimize = needed("ase.optimize")
        moved = self.attach(atoms.copy())
        for optimiser in (optimize.LBFGS, optimize.FIRE):
            if _largest(moved) <= self.force_tolerance:
                break
            optimiser(moved, logfile=None).run(fmax=self.force_tolerance, steps=MOST_STEPS)
        moved.info["largest_force"] = _largest(moved)
        return moved

    def settled(self, *relaxed: Any) -> Check:
        """The check that structures of ``relaxed`` came to rest."""
        largest = max(float(atoms.info["largest_force"]) for atoms in relaxed)
        return passed(
            "relaxed", largest <= self.force_tolerance * (1.0 + 1e-9),
            f"largest force {largest:.2g} eV/Å, allowed {self.force_tolerance:g}",
        )  # fmt: skip

    def _run(self, optimiser: Any, tolerance: float) -> None:
        if not optimiser.run(fmax=tolerance, steps=MOST_STEPS):
            raise SimulationError(
                f"{self.name} with {self.potential.model.calculator}: the crystal did not relax to {tolerance} eV/Å "
                f"in {MOST_STEPS} steps"
            )

    def claim(
        self, property: str, value: float, *, label: str = "", settings: Mapping[str, Any] | None = None,
        variations: Sequence[float] = (), checks: Sequence[Check] = (), conditions: str = "", note: str | None = None,
    ) -> ComputedClaim:  # fmt: skip
        """A claim of this sample: model filled in, and the reason if the potential is known to be wrong here."""
        name = self.potential.model.calculator
        return ComputedClaim(
            material=self.name,
            property=property,
            value=float(value),
            label=f"{name} {label}".strip(),
            conditions=", ".join(part for part in (self.crystal.conditions, conditions) if part),
            model=self.potential.model,
            settings={"force_tolerance_eV_per_angstrom": self.force_tolerance, **(settings or {})},
            variations=tuple(float(v) for v in variations),
            checks=tuple(checks),
            refused=self.potential.limit(self.name, property),
            note=note,
        )


def _largest(atoms: Any) -> float:
    """Length of the largest force [eV/Å]."""
    return float(np.linalg.norm(atoms.get_forces(), axis=1).max())


def sample(
    material: str, calculator: str | Potential, force_tolerance: float = FORCE_TOLERANCE
) -> Sample:  # fmt: skip
    """The crystal of a material with a potential, by their names.

    Raises:
        InputError: unknown names, a missing package, or an element that the potential does not know.
    """
    chosen = potential(calculator) if isinstance(calculator, str) else calculator
    if not 0.0 < force_tolerance <= LARGEST_TOLERANCE:
        raise InputError(
            "no useful tolerance", field="force_tolerance", value=force_tolerance,
            allowed=f"above 0, at most {LARGEST_TOLERANCE} eV/Å",
        )  # fmt: skip
    return Sample(crystal(material), chosen, force_tolerance)


def metal_only(one: Sample, what: str, reason: str) -> None:
    """Refuses what is defined here for elemental cubic metals only.

    Raises:
        InputError: the sample is a compound.
    """
    if not one.crystal.is_metal:
        raise InputError(
            f"{what} of {one.name} is not computed: {reason}", field="material", value=one.name,
            allowed="a metal: Li, Na, or a test metal",
        )  # fmt: skip
