"""How much a dilatant zone shields the tip of a crack: at rest, and after the crack has grown through it.

A straight crack under the displacements of K = 1 on the walls of a box that goes with its tip; cells whose mean stress
exceeds sigma_c expand for good. The toughness at the tip follows from the energy that an advance by a cell sets free at
fixed walls and fixed zone. Closed form (McMeeking and Evans 1982, DOI 10.1111/j.1151-2916.1982.tb10426.x; Budiansky,
Hutchinson and Lambropoulos 1983, DOI 10.1016/0020-7683(83)90031-8): nothing at rest; 0.22 E e_T sqrt(h)/(1 - nu) in steady
growth, in a zone of half height h = sqrt(3) (1 + nu)^2/(12 pi) (K/sigma_c)^2.
``python benchmarks/transformation_shielding.py`` prints the curve for boxes of two sizes.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from numpy.typing import NDArray

import dendrion.field.backend  # noqa: F401
from dendrion.field.damaged_body import (
    DamagedBody,
    build_body,
    elastic_strain,
    solve_equilibrium,
    stored_energy,
)
from dendrion.field.strain_split import damaged_stress, degradation
from dendrion.field.transformation import Transformation, transformation_strain, transformed_share

Floats = NDArray[np.float64]

POISSON = 0.26
"""Of LLZO, rounded; Young's modulus, K and the cell are one."""

MOST_REPEATS = 5
"""Most times that the zone is let grow before the crack moves on [dimensionless]."""


class Shielding(NamedTuple):
    """Advance of the crack over the half height of the zone, K at its tip over the applied one, half height [cells], e_T."""

    advance: Floats
    tip: Floats
    half_height: float
    strain: float


def closed_form(strain: float, half_height: float) -> float:
    """0.22 E e_T sqrt(h)/(1 - nu), E = 1."""
    return 0.22 * strain * math.sqrt(half_height) / (1.0 - POISSON)


def crack_displacement(x: Floats, y: Floats) -> Floats:
    """Displacement (2, ...) around the tip of a crack along negative x, at K = E = 1 and in plane strain."""
    radius, angle, kappa = np.hypot(x, y), np.arctan2(y, x), 3.0 - 4.0 * POISSON
    size = np.sqrt(radius / (2.0 * np.pi)) * (1.0 + POISSON) * (kappa - np.cos(angle))
    return np.stack([size * np.cos(0.5 * angle), size * np.sin(0.5 * angle)])


@jax.jit
def _solve(body: DamagedBody, damage: Array, guess: Array, free: Array) -> tuple[Array, Array, Array]:
    """Displacement, stress and energy."""
    moved, _ = solve_equilibrium(body, damage, guess, None, free, 1e-7)
    elastic = elastic_strain(body, moved, free)
    remaining = degradation(damage, body.residual)
    stress = damaged_stress(elastic, body.first_lame, body.shear_modulus, remaining, "none")
    return moved, stress, jnp.sum(stored_energy(body, damage, moved, free))


class _Box:
    """The walls of a box, its crack in the middle row."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self.x, self.y = np.meshgrid(*[np.arange(cells + 1.0) for cells in shape], indexing="ij")
        fixed = np.zeros((2, *self.x.shape), bool)
        fixed[:, [0, -1]] = fixed[:, :, [0, -1]] = True
        self.body = build_body(
            jnp.ones(shape), POISSON, jnp.asarray(fixed), (1.0, 1.0), (False, False), "none"
        )

    def walls(self, tip: int) -> Array:
        """Displacement of the walls, and a guess inside."""
        return jnp.asarray(crack_displacement(self.x - tip, self.y - 0.5 * self.shape[1] - 0.5))

    def crack(self, tip: int) -> Array:
        """Damage of a crack as long as ``tip`` cells."""
        damage = np.zeros(self.shape)
        damage[:tip, self.shape[1] // 2] = 1.0
        return jnp.asarray(damage)

    def release(self, tip: int, free: Array) -> float:
        """Energy that an advance by a cell sets free, by the central difference."""
        before, after = (_solve(self.body, self.crack(tip + k), self.walls(tip), free)[2] for k in (-1, 1))
        return 0.5 * float(before - after)


def shielding(
    shape: tuple[int, int] = (128, 128),
    half_height: float = 8.0,
    weakness: float = 1.0,
    advances: Sequence[int] = (0, 8, 16, 24, 32),
) -> Shielding:
    """K at the tip of a crack that has grown through its own zone, at each of the ``advances`` [cells].

    Args: cells of the box; half height of the zone of K alone [cells]; strength of the transformation
    omega = E e_T (1 + nu)/((1 - nu) sigma_c) [dimensionless], small for the closed form.
    """
    stress = math.sqrt(math.sqrt(3.0) / (12.0 * math.pi * half_height)) * (1.0 + POISSON)
    strain = weakness * stress * (1.0 - POISSON) / (1.0 + POISSON)
    ones, box, start = jnp.ones(shape), _Box(shape), shape[0] // 3
    t = Transformation(strain * ones, stress * ones, 1e-9 * ones)
    share, found = 0.0 * ones, []
    for advance in range(max(advances) + 1):
        tip = start + advance
        for _ in range(MOST_REPEATS):
            free = transformation_strain(t, share, 4)
            _, stresses, _ = _solve(box.body, box.crack(tip), box.walls(tip), free)
            grown = transformed_share(t, share, stresses, 0.0 * ones, 1.0)
            changed = bool(jnp.any(grown != share))
            share = grown
            if not changed:
                break
        if advance in advances:
            free = transformation_strain(t, share, 4)
            found.append(math.sqrt(box.release(tip, free) / box.release(tip, 0.0 * free)))
    rows = np.flatnonzero(np.asarray(share).any(axis=0))
    height = 0.5 * float(rows.max() - rows.min() + 1)
    return Shielding(np.asarray(advances) / height, np.asarray(found), height, strain)


def main() -> None:
    """The curve in two boxes."""
    for shape in ((128, 128), (256, 256)):
        found = shielding(shape, advances=(0, 4, 8, 16, 24, 32, 48))
        expected = closed_form(found.strain, found.half_height)
        print(f"{shape}: half height {found.half_height} cells, closed form {expected:.4f}")
        for advance, tip in zip(found.advance, found.tip, strict=True):
            print(
                f"  grown by {advance:.2f} h: K at the tip {tip:.4f}, lost over closed form {(1.0 - tip) / expected:.2f}"
            )


if __name__ == "__main__":
    sys.exit(main())
