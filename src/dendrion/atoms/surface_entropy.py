"""How the surface energy falls with temperature: the harmonic free energy of a face, classical limit.

With dynamical matrices D of a slab and of the bulk with the same atoms in the same repeats (N atoms each; the
three translations of either are left out),

    γ(T) = γ₀ + T dγ/dT,   dγ/dT = k_B/(4A) [ln det' D_slab − ln det' D_bulk],

since the classical free energy of a mode is k_B T ln(ħω/k_B T) and D has ω². Exact for a harmonic crystal above
its Debye temperature; expansion of the lattice and anharmonic softening come on top.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..constants import BOLTZMANN
from .result import ANGSTROM, Check, ComputedClaim, passed
from .sample import Sample, metal_only
from .surface import Face, area, slab

DISPLACEMENT = 0.01
"""Displacement of the differences [Å]."""

REPEATS = (2, 2)
"""Repeats of the face's cell."""

THICKNESS = 10.0
"""Thickness of the slab [Å]."""

_ZERO_MODES = 3


def surface_entropy(
    one: Sample, face: Face = (1, 1, 0), thickness: float = THICKNESS, repeats: tuple[int, int] = REPEATS
) -> list[ComputedClaim]:  # fmt: skip
    """Slope of a face's energy over temperature [J/m^2/K].

    Raises:
        InputError: a compound.
    """
    metal_only(one, "the slope of the surface energy", "its faces need a chemical potential")
    film = one.relaxed(slab(one, face, thickness).repeat((*repeats, 1)))
    crystal = one.attach(_without_vacuum(one, face, thickness, repeats))
    (slab_log, slab_least), (bulk_log, bulk_least) = _logarithm(film), _logarithm(crystal)
    metre2 = area(film) * ANGSTROM**2
    slope = BOLTZMANN * (slab_log - bulk_log) / (4.0 * metre2)
    name = "".join(map(str, face))
    least = min(slab_least, bulk_least)
    checks: list[Check] = [
        passed("every mode stable", least > 0.0, f"least force constant {least:.3g} eV/Å²"),
        one.settled(film),
        passed("falls with temperature", slope < 0.0, f"{slope:.3g} J/m^2/K"),
    ]
    settings = {"face": list(face), "thickness_angstrom": thickness, "repeats": list(repeats)}
    return [
        one.claim(
            "surface_energy_slope", slope, label=name, settings=settings, checks=checks,
            conditions=f"({name}) face, harmonic, classical",
        )
    ]  # fmt: skip


def _without_vacuum(one: Sample, face: Face, thickness: float, repeats: tuple[int, int]) -> Any:
    """The bulk cut and repeated as the slab is, but periodic through its thickness."""
    build_cell = slab(one, face, thickness, vacuum=None)
    made = build_cell.repeat((*repeats, 1))
    layers = np.unique(np.round(made.positions[:, 2], 3))
    height = layers.max() - layers.min() + float(np.diff(layers).mean())
    volume = len(made) * one.atomic_volume
    # The stacking goes on along the cube's own lattice: the third vector is the lattice vector that ends there.
    made.set_cell([*made.cell[:2], _stacking(one, face, made, height)], scale_atoms=False)
    made.pbc = True
    if abs(made.get_volume() - volume) > 1e-6 * volume:
        raise AssertionError("the periodic cell does not have the crystal's volume")
    return made


def _stacking(one: Sample, face: Face, made: Any, height: float) -> np.ndarray:
    """The vector from an atom of the lowest plane to where the next repeat of that plane begins."""
    cell = slab(one, face, 2.2 * height, vacuum=None)
    low = cell.positions[cell.positions[:, 2].argmin()]
    wanted = cell.positions[np.abs(cell.positions[:, 2] - low[2] - height) < 1e-3]
    return np.asarray(wanted[0] - low)


def _logarithm(atoms: Any) -> tuple[float, float]:
    """Logarithm of the determinant of the force constants without translations, and the least of them [eV/Å²]."""
    count = 3 * len(atoms)
    matrix = np.empty((count, count))
    rest = atoms.positions.copy()
    for index in range(count):
        atom, axis = divmod(index, 3)
        sides = []
        for sign in (1.0, -1.0):
            atoms.positions[:] = rest
            atoms.positions[atom, axis] += sign * DISPLACEMENT
            sides.append(atoms.get_forces().ravel())
        matrix[index] = (sides[1] - sides[0]) / (2.0 * DISPLACEMENT)
    atoms.positions[:] = rest
    values = np.sort(np.linalg.eigvalsh(0.5 * (matrix + matrix.T)))
    modes = np.delete(values, np.argsort(np.abs(values))[:_ZERO_MODES])
    return float(np.log(np.abs(modes)).sum()), float(modes.min())
