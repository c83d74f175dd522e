"""Elastic constants of a crystal at 0 K, with the Born stability of the lattice.

The six Voigt strains are applied one at a time with both signs, atoms relaxed in each, and C_ij is the central
difference of the Cauchy stress:

    C_ij = [σ_i(+δ e_j) − σ_i(−δ e_j)] / 2δ.

The lattice is stable when C is positive definite (Born and Huang; Mouhat and Coudert, Phys. Rev. B 90, 224104,
doi 10.1103/PhysRevB.90.224104). Moduli of a polycrystal are the mean of the Voigt and Reuss bounds (Hill,
doi 10.1088/0370-1298/65/5/307):

    9 K_V = C11+C22+C33 + 2(C12+C13+C23),   15 G_V = C11+C22+C33 − C12−C13−C23 + 3(C44+C55+C66),
    1/K_R = S11+S22+S33 + 2(S12+S13+S23),   15/G_R = 4(S11+S22+S33) − 4(S12+S13+S23) + 3(S44+S55+S66),
    E = 9KG/(3K+G),   ν = (3K−2G)/(6K+2G).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .result import EV_PER_ANGSTROM3, Check, ComputedClaim, agreement, passed
from .sample import Sample

STRAINS = (0.01, 0.005)
"""Strains of the differences; the last gives the value, all of them the spread."""

CONSTANTS_AGREEMENT = 0.1
"""Relative difference between the strains above which an elastic constant is unusable."""

SYMMETRY_TOLERANCE = 0.05
"""Largest part of C that may break its own symmetry, over its largest entry."""


@dataclass(frozen=True)
class Stiffness:
    """The elastic constants [Pa], shape [6, 6] in Voigt order xx, yy, zz, yz, xz, xy."""

    matrix: np.ndarray

    @property
    def symmetric(self) -> np.ndarray:
        """The symmetric part [Pa]."""
        return 0.5 * (self.matrix + self.matrix.T)

    @property
    def asymmetry(self) -> float:
        """Largest antisymmetric entry over the largest entry."""
        return float(np.abs(self.matrix - self.matrix.T).max() / np.abs(self.matrix).max())

    @property
    def least_eigenvalue(self) -> float:
        """Smallest eigenvalue [Pa]; positive where the lattice is stable (Born)."""
        return float(np.linalg.eigvalsh(self.symmetric).min())

    def moduli(self) -> dict[str, float]:
        """Hill's bulk, shear and Young's modulus [Pa] and Poisson's ratio, by property."""
        c, s = self.symmetric, np.linalg.inv(self.symmetric)
        (k_voigt, g_voigt), (k_reuss, g_reuss) = _voigt(c), _reuss(s)
        return _polycrystal(0.5 * (k_voigt + k_reuss), 0.5 * (g_voigt + g_reuss))

    def bounds(self) -> dict[str, tuple[float, float]]:
        """Voigt and Reuss bounds of the bulk, shear and Young's modulus [Pa] and Poisson's ratio, by property."""
        c, s = self.symmetric, np.linalg.inv(self.symmetric)
        upper, lower = _polycrystal(*_voigt(c)), _polycrystal(*_reuss(s))
        return {name: (lower[name], upper[name]) for name in upper}

    def cubic(self) -> dict[str, float]:
        """C11, C12, C44 [Pa], each the mean over its equivalents, and Zener's ratio, by property."""
        c = self.symmetric
        c11, c44 = float(np.trace(c[:3, :3]) / 3.0), float(np.trace(c[3:, 3:]) / 3.0)
        c12 = float((c[0, 1] + c[0, 2] + c[1, 2]) / 3.0)
        return {
            "elastic_constant_11": c11,
            "elastic_constant_12": c12,
            "elastic_constant_44": c44,
            "zener_anisotropy": 2.0 * c44 / (c11 - c12),
        }


def _voigt(c: np.ndarray) -> tuple[float, float]:
    diagonal, off = np.trace(c[:3, :3]), c[0, 1] + c[0, 2] + c[1, 2]
    return float((diagonal + 2.0 * off) / 9.0), float((diagonal - off + 3.0 * np.trace(c[3:, 3:])) / 15.0)


def _reuss(s: np.ndarray) -> tuple[float, float]:
    diagonal, off = np.trace(s[:3, :3]), s[0, 1] + s[0, 2] + s[1, 2]
    return float(1.0 / s[:3, :3].sum()), float(
        15.0 / (4.0 * diagonal - 4.0 * off + 3.0 * np.trace(s[3:, 3:]))
    )


def _polycrystal(bulk: float, shear: float) -> dict[str, float]:
    """The moduli of an isotropic solid [Pa] and Poisson's ratio, by property."""
    return {
        "bulk_modulus": bulk,
        "shear_modulus": shear,
        "young_modulus": 9.0 * bulk * shear / (3.0 * bulk + shear),
        "poisson_ratio": (3.0 * bulk - 2.0 * shear) / (6.0 * bulk + 2.0 * shear),
    }


def stiffness(one: Sample, strain: float) -> Stiffness:
    """The elastic constants at one strain.

    Raises:
        SimulationError: a strained cell did not relax.
    """
    reference = _axes_along_the_cube(one)
    matrix = np.empty((6, 6))
    for column in range(6):
        plus, minus = (_stress(one, reference, column, sign * strain) for sign in (1.0, -1.0))
        matrix[:, column] = (plus - minus) / (2.0 * strain)
    return Stiffness(EV_PER_ANGSTROM3 * matrix)


def _axes_along_the_cube(one: Sample) -> Any:
    """The relaxed cell whose Cartesian axes are the cube's: of a metal the conventional one."""
    return one.cubic() if one.crystal.structure != "garnet" else one.bulk


def _stress(one: Sample, reference: Any, component: int, strain: float) -> np.ndarray:
    """Stress [eV/Å³] of the reference under one Voigt strain (engineering shear)."""
    tensor = np.zeros((3, 3))
    row, column = ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))[component]
    tensor[row, column] += strain if row == column else 0.5 * strain
    tensor[column, row] = tensor[row, column]
    atoms = reference.copy()
    atoms.set_cell(atoms.cell @ (np.eye(3) + tensor), scale_atoms=True)
    return np.asarray(one.relaxed(atoms).get_stress(voigt=True))


def elastic(one: Sample, strains: tuple[float, ...] = STRAINS) -> list[ComputedClaim]:
    """Elastic constants, moduli of a polycrystal, Poisson's ratio and Zener's ratio.

    All are unusable where the lattice is not stable (a negative eigenvalue of C) at any of the strains.
    """
    found = [stiffness(one, strain) for strain in strains]
    settings = {"strain": strains[-1], "strains_tried": str(strains)}
    checks = [
        passed(
            "Born stability", min(item.least_eigenvalue for item in found) > 0.0,
            f"smallest eigenvalue of C {min(item.least_eigenvalue for item in found) / 1e9:.3g} GPa",
        ),
        passed(
            "C is symmetric", found[-1].asymmetry < SYMMETRY_TOLERANCE,
            f"antisymmetric part {found[-1].asymmetry:.2%} of the largest constant",
        ),
    ]  # fmt: skip
    cubic = one.crystal.structure != "garnet"
    single = [item.cubic() for item in found] if cubic else [{} for _ in found]
    claims = [
        _claim(one, name, [row[name] for row in single], settings, checks, "single crystal")
        for name in single[-1]
    ]
    poly, bounds = [item.moduli() for item in found], found[-1].bounds()
    mean = "polycrystal, mean of the Voigt and Reuss bounds; the spread holds the bounds"
    return claims + [
        _claim(one, name, [row[name] for row in poly], settings, checks, mean, bounds[name])
        for name in poly[-1]
    ]


def _claim(
    one: Sample, name: str, values: list[float], settings: dict[str, Any], checks: list[Check], conditions: str,
    bounds: tuple[float, ...] = (),
) -> ComputedClaim:  # fmt: skip
    own = [*checks, agreement("strains agree", values, CONSTANTS_AGREEMENT)] if len(values) > 1 else checks
    return one.claim(
        name, values[-1], settings=settings, variations=[*values, *bounds], checks=own, conditions=conditions
    )
