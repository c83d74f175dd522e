"""Energies of the faces of a metal, their anisotropy, and the equilibrium shape.

A slab of N atoms with two faces of area A has γ = (E_slab − N e_bulk)/2A, positions relaxed. Two thicknesses
give the spread; N e_bulk is that of the relaxed bulk, so a drift with thickness shows a bulk energy that does
not belong to the slab's settings (Fiorentini and Methfessel, doi 10.1088/0953-8984/8/36/005).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .requirements import needed
from .result import EV_PER_ANGSTROM2, ComputedClaim, agreement, passed
from .sample import Sample, metal_only
from .wulff import Wulff, wulff

THICKNESSES = (14.0, 21.0)
"""Thicknesses of the slabs [Å]; the last gives the value."""

VACUUM = 12.0
"""Empty space on each side of a slab [Å]."""

ENERGIES_AGREEMENT = 0.03
"""Relative difference between the thicknesses above which a surface energy is unusable."""

Face = tuple[int, int, int]


def slab(one: Sample, face: Face, thickness: float, vacuum: float | None = VACUUM) -> Any:
    """A slab at least ``thickness`` [Å] thick with the face on both sides, not relaxed."""
    build = needed("ase.build")
    cell = one.crystal.cubic_cell(one.edge)
    spacing = one.edge / float(np.linalg.norm(face))
    layers = max(2, int(np.ceil(thickness / spacing)))
    return build.surface(cell, face, layers, vacuum=vacuum, periodic=True)


def area(atoms: Any) -> float:
    """Area of the first two cell vectors [Å²]."""
    return float(np.linalg.norm(np.cross(atoms.cell[0], atoms.cell[1])))


def face_energy(one: Sample, face: Face, thickness: float) -> tuple[float, float, Any]:
    """Surface energies of a face, unrelaxed and relaxed [J/m^2], and the relaxed slab."""
    raw = slab(one, face, thickness)
    bulk = len(raw) * one.energy_an_atom
    factor = EV_PER_ANGSTROM2 / (2.0 * area(raw))
    unrelaxed = factor * (float(one.attach(raw).get_potential_energy()) - bulk)
    calm = one.relaxed(raw)
    return unrelaxed, factor * (float(calm.get_potential_energy()) - bulk), calm


def surfaces(
    one: Sample, faces: tuple[Face, ...] | None = None, thicknesses: tuple[float, ...] = THICKNESSES
) -> list[ComputedClaim]:  # fmt: skip
    """The mean over the equilibrium (Wulff) shape first, then the energy of each face [J/m^2].

    A face whose energy is not positive would cover itself without end: it is unusable, and so is the mean.

    Raises:
        InputError: a compound, whose faces need a chemical potential for each termination.
    """
    metal_only(one, "the surface energy", "its faces are not stoichiometric, they need a chemical potential")
    listed = faces or one.crystal.faces
    claims, means = [], []
    for face in listed:
        tried = [face_energy(one, face, thickness) for thickness in thicknesses]
        values = [relaxed for _, relaxed, _ in tried]
        checks = [
            passed("positive", min(values) > 0.0, f"least {min(values):.4g} J/m^2"),
            passed("relaxing lowers it", tried[-1][1] <= tried[-1][0] + 1e-9, f"from {tried[-1][0]:.4g} J/m^2"),
            one.settled(*(calm for _, _, calm in tried)),
            agreement("thicknesses agree", values, ENERGIES_AGREEMENT),
        ]  # fmt: skip
        name = "".join(map(str, face))
        settings = {"face": list(face), "thickness_angstrom": thicknesses[-1], "vacuum_angstrom": VACUUM}
        claims.append(
            one.claim(
                "surface_energy", values[-1], label=name, settings=settings, variations=values, checks=checks,
                conditions=f"({name}) face",
            )
        )  # fmt: skip
        means.append(values)
    return [_mean(one, listed, claims, np.array(means)), *claims]


def _mean(
    one: Sample, faces: tuple[Face, ...], claims: list[ComputedClaim], values: np.ndarray
) -> ComputedClaim:
    """Surface energy averaged over the area of the equilibrium shape."""
    unusable = [claim.label for claim in claims if claim.unusable]
    detail = f"unusable: {', '.join(unusable)}" if unusable else f"{len(faces)} faces"
    checks = [passed("every face usable", not unusable, detail)]
    possible = bool(np.all(values > 0.0))
    averages = [wulff(faces, column).mean_energy if possible else float(column.mean()) for column in values.T]
    return one.claim(
        "surface_energy", averages[-1], label="Wulff mean", settings={"faces": str(faces)}, variations=averages,
        checks=checks, conditions="mean over the equilibrium shape",
    )  # fmt: skip


def shape(claims: list[ComputedClaim]) -> Wulff:
    """The equilibrium shape from the claims that ``surfaces`` gave."""
    faces = [claim for claim in claims if "face" in claim.settings]
    return wulff([tuple(c.settings["face"]) for c in faces], [c.value for c in faces])
