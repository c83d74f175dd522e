"""Lattice constant, cohesive energy and molar volume of a crystal at 0 K.

The cell is relaxed on stress; as a second setting the energy of five uniformly strained cells is fitted by a
parabola in the volume, which uses no stress and shows whether the potential's stress belongs to its energy.
Zero-point motion and thermal expansion are left out (for lithium they add about 1 % to the lattice constant).
"""

from __future__ import annotations

import numpy as np

from ..constants import AVOGADRO
from .result import ANGSTROM, EV_PER_ATOM, ComputedClaim, agreement, passed
from .sample import Sample

FIT_STRAINS = (-0.01, -0.005, 0.0, 0.005, 0.01)
"""Uniform strains of the fitted cells."""

EDGE_AGREEMENT = 0.005
"""Relative difference of the two ways above which a lattice constant is unusable."""


def lattice(one: Sample) -> list[ComputedClaim]:
    """Edge of the cubic cell [m], cohesive energy [J/mol] and molar volume [m^3/mol].

    For a crystal that is not cubic the edge is the cube root of the conventional cell's volume. The cohesive
    energy is that against isolated atoms of the same potential, for metals only (a graph network has no
    meaningful isolated atom, so there it is left out).
    """
    volume = one.atomic_volume
    fitted = _volume_by_energy(one)
    edges = [ANGSTROM * _edge(one, v) for v in (fitted, volume)]
    checks = [agreement("energy and stress give one lattice constant", edges, EDGE_AGREEMENT)]
    settings = {"cell_tolerance_eV_per_angstrom": one.cell_tolerance, "fitted_strains": str(FIT_STRAINS)}
    claims = [one.claim("lattice_parameter", edges[-1], settings=settings, variations=edges, checks=checks)]
    if not one.crystal.is_metal:
        return claims
    molar = [AVOGADRO * v * ANGSTROM**3 for v in (fitted, volume)]
    claims.append(one.claim("molar_volume", molar[-1], settings=settings, variations=molar, checks=checks))
    if one.potential.model.package not in ("sevenn", "chgnet"):
        claims.append(_cohesion(one, checks))
    return claims


def _edge(one: Sample, volume_an_atom: float) -> float:
    """Edge of the conventional cell at a volume an atom [Å]."""
    atoms = {"bcc": 2, "fcc": 4, "rocksalt": 8, "garnet": 192}[one.crystal.structure]
    return float((atoms * volume_an_atom) ** (1.0 / 3.0))


def _volume_by_energy(one: Sample) -> float:
    """Volume an atom of least energy, from uniformly strained cells [Å³]."""
    volumes, energies = [], []
    for strain in FIT_STRAINS:
        atoms = one.bulk.copy()
        atoms.set_cell(atoms.cell * (1.0 + strain), scale_atoms=True)
        volumes.append(atoms.get_volume() / len(atoms))
        energies.append(one.attach(atoms).get_potential_energy() / len(atoms))
    scaled = np.array(volumes) / one.atomic_volume - 1.0
    cubic = np.polyfit(scaled, np.array(energies) - one.energy_an_atom, 3)
    roots = np.roots(np.polyder(cubic))
    real = roots[np.isreal(roots)].real
    least = real[np.argmin(np.abs(real))] if real.size else float("nan")
    return float(one.atomic_volume * (1.0 + least))


def _cohesion(one: Sample, checks: list) -> ComputedClaim:  # type: ignore[type-arg]
    """Energy to take the crystal apart into the isolated atoms of the same potential."""
    from .requirements import needed

    lone = needed("ase").Atoms(one.crystal.elements[0], cell=[30.0, 30.0, 30.0], pbc=True)
    energy = float(one.attach(lone).get_potential_energy()) - one.energy_an_atom
    bound = passed("bound", energy > 0.0, f"{energy:.4f} eV an atom")
    return one.claim("cohesive_energy", EV_PER_ATOM * energy, checks=[*checks, bound])
