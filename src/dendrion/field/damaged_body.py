"""Equilibrium of a damaged elastic body on voxels, and the energy that drives its damage.

    div[ g(d) dpsi+/deps + dpsi-/deps ] + b = 0,   eps = sym grad u - eps*,   H = dPsi/dg

with the split energies of `strain_split` at the mean strain of each cell, and an eigenstrain eps* (thermal, plastic).
The element also resists bending, the variation of strain inside a cell, with moduli that follow from the tangent
``D = g D+ + D-``. Their energy depends on g as well, so the drive is the derivative of the energy of the *whole*
element with respect to g; leaving the bending out would let cells deform where nothing breaks.

All stresses are homogeneous of degree one in the strain, hence ``K(D(eps(u))) u = f + F*`` with the tangent of the last
strain is a Newton step, where ``F*`` is the load of the eigenstrain; for `none` and `hybrid` it is the solution.
Kind: published; the drive of the bending modes is derived here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float

from dendrion.errors import InputError
from dendrion.field.mandel import IN_PLANE
from dendrion.field.strain_split import (
    SplitName,
    check_split,
    damaged_tangent,
    degradation,
    split_energy,
    tensile_tangent,
)
from dendrion.numerics.elasticity import (
    bending_stiffness,
    bending_strain,
    bending_stress,
    build_elastic,
    cell_strain,
    internal_force,
    node_shape,
    solve_elastic,
)
from dendrion.numerics.voxel_stiffness import element_force, packed_triangle

RESIDUAL_STIFFNESS = 1e-6
"""Share k of psi+ that broken cells keep [dimensionless]; a crack then closes by less than 0.1 %."""
TOLERANCE = 1e-6
"""Relative residual of the elastic solves [dimensionless]."""
LINEAR_ITERATIONS = 2000
"""Most conjugate-gradient iterations of one elastic solve [dimensionless]."""
NEWTON_STEPS = 20
"""Most tangents tried for one equilibrium [dimensionless]; two to five are usual."""
OVERSHOOT = 0.1
"""Slope of the energy at the end of a Newton step, as a share of that at its start, that shortens it [dimensionless]."""
SHORTEST_STEP = 0.1
"""Least share of a Newton step that is made [dimensionless]."""


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["first_lame", "shear_modulus", "fixed", "residual"],
    meta_fields=["spacing", "periodic", "split"],
)
@dataclass(frozen=True)
class DamagedBody:
    """An isotropic elastic body that can break.

    Attributes:
        first_lame: lambda of every cell; zero in voids [Pa].
        shear_modulus: mu of every cell; zero in voids [Pa].
        fixed: degrees of freedom with a prescribed displacement, (dim, *nodes) [mask].
        residual: share k of psi+ that broken cells keep [dimensionless].
        spacing: cell sizes [m].
        periodic: one flag an axis.
        split: name of the split of the elastic energy.
    """

    first_lame: Array
    shear_modulus: Array
    fixed: Array
    residual: Array
    spacing: tuple[float, ...]
    periodic: tuple[bool, ...]
    split: SplitName

    @property
    def components(self) -> int:
        """Mandel components of a strain: 4 in plane strain, 6 in 3-D [dimensionless]."""
        return 4 if len(self.spacing) == 2 else 6


class EquilibriumInfo(NamedTuple):
    """How an equilibrium was found: tangents tried, conjugate-gradient iterations in total, relative residual of the
    last solve, and whether solve and tangent agree [dimensionless]."""

    tangents: Array
    iterations: Array
    residual: Array
    converged: Array


def build_body(
    modulus: Float[Array, "*cells"],
    poisson_ratio: Float[Array, "*cells"] | float,
    fixed: Bool[Array, "dim ..."],
    spacing: tuple[float, ...],
    periodic: tuple[bool, ...],
    split: SplitName = "volumetric_deviatoric",
    residual: float = RESIDUAL_STIFFNESS,
) -> DamagedBody:
    """A body from Young's modulus E [Pa] (zero in voids) and Poisson's ratio [dimensionless].

    Args: see `DamagedBody`.
    Raises:
        InputError: unknown split, not 2-D or 3-D, or shapes that do not fit.
    """
    check_split(split)
    modulus = jnp.asarray(modulus)
    shape = (len(spacing), *node_shape(modulus.shape, periodic))
    if modulus.ndim not in {2, 3} or fixed.shape != shape:
        raise InputError(
            "a body is 2-D or 3-D, with one flag a degree of freedom",
            field="fixed",
            value=fixed.shape,
            allowed=str(shape),
        )
    shear = modulus / (2.0 * (1.0 + poisson_ratio))
    lame = modulus * poisson_ratio / ((1.0 + poisson_ratio) * (1.0 - 2.0 * poisson_ratio))
    flags = tuple(bool(flag) for flag in periodic)
    return DamagedBody(
        lame, shear, jnp.asarray(fixed), jnp.asarray(residual), tuple(map(float, spacing)), flags, split
    )


def elastic_strain(
    body: DamagedBody, displacement: Array, eigenstrain: Float[Array, "m ..."] | None = None
) -> Float[Array, "m ..."]:
    """``sym grad u - eps*`` at the middle of every cell, (4, *cells) or (6, *cells) [dimensionless]."""
    strain = cell_strain(displacement, body.spacing, body.periodic)
    if len(body.spacing) == 2:
        strain = jnp.stack([strain[0], strain[1], jnp.zeros_like(strain[0]), strain[2]])
    return strain if eigenstrain is None else strain - eigenstrain


def _eigenstrain_load(body: DamagedBody, tangent: Array, eigenstrain: Array) -> Array:
    """Nodal forces of the stress ``D eps*``."""
    stress = jnp.einsum("ij...,j...->i...", tangent, eigenstrain)
    return internal_force(stress[_kept(stress)], body.spacing, body.periodic)


def _kept(components: Array) -> Array:
    return jnp.array(IN_PLANE if components.shape[0] == 4 else range(6))


def on_grid(tangent: Float[Array, "m m ..."]) -> Array:
    """The part of a tangent that the displacement on the grid feels: in plane strain, without the zz row [Pa]."""
    kept = _kept(tangent)
    return tangent[kept][:, kept]


def solve_equilibrium(
    body: DamagedBody,
    damage: Float[Array, "*cells"],
    displacement: Float[Array, "dim ..."],
    force: Array | None = None,
    eigenstrain: Array | None = None,
    tolerance: float = TOLERANCE,
) -> tuple[Array, EquilibriumInfo]:
    """Displacement at fixed damage.

    Args:
        body: from `build_body`.
        damage: d of every cell [dimensionless].
        displacement: guess, (dim, *nodes), with the prescribed values in place [m].
        force: nodal loads, (dim, *nodes), zero if absent [N in 3-D, N/m in 2-D].
        eigenstrain: eps* of every cell, Mandel components first, zero if absent [dimensionless].
        tolerance: relative residual [dimensionless].
    Returns:
        (displacement [m], EquilibriumInfo); the caller checks ``info.converged``.
    """
    remaining = degradation(damage, body.residual)
    load = jnp.zeros_like(displacement) if force is None else force

    def newton(guess: Array) -> tuple[Array, Array, Array, Array]:
        strain = elastic_strain(body, guess, eigenstrain)
        tangent = damaged_tangent(strain, body.first_lame, body.shear_modulus, remaining, body.split)
        hierarchy = build_elastic(on_grid(tangent), body.fixed, body.periodic, body.spacing)
        total = load if eigenstrain is None else load + _eigenstrain_load(body, tangent, eigenstrain)
        solution, info = solve_elastic(hierarchy, total, guess, tolerance, LINEAR_ITERATIONS)
        return solution, info.iterations, info.residual, info.converged

    if body.split in {"none", "hybrid"}:
        solution, iterations, residual, converged = newton(displacement)
        return solution, EquilibriumInfo(jnp.ones((), jnp.int32), iterations, residual, converged)

    def unsettled(carry: tuple) -> Array:
        _, last, info = carry
        return (last > 0) & (info.tangents < NEWTON_STEPS)

    def slope(place: Array, direction: Array) -> Array:
        return jnp.vdot(nodal_forces(body, damage, place, eigenstrain) - load, direction)

    def step(carry: tuple) -> tuple:
        guess, _, info = carry
        target, iterations, residual, converged = newton(guess)
        direction = target - guess
        start, end = slope(guess, direction), slope(target, direction)
        # Newton steps of a piecewise linear stress can cycle between two states: stop where the energy stops falling.
        overshoots = end > OVERSHOOT * jnp.abs(start)
        share = jnp.where(overshoots, start / jnp.where(overshoots, start - end, 1.0), 1.0)
        solution = guess + jnp.clip(share, SHORTEST_STEP, 1.0) * direction
        total = EquilibriumInfo(info.tangents + 1, info.iterations + iterations, residual, converged)
        return solution, iterations, total

    zero = jnp.zeros((), jnp.int32)
    nothing = EquilibriumInfo(zero, zero, jnp.zeros(()), jnp.array(True))
    solution, last, info = lax.while_loop(unsettled, step, (displacement, zero + 1, nothing))
    # A solve that starts converged shows that the last tangent is that of its own solution.
    return solution, info._replace(converged=info.converged & (last == 0))


def driving_energy(
    body: DamagedBody,
    damage: Float[Array, "*cells"],
    displacement: Array,
    eigenstrain: Array | None = None,
) -> Float[Array, "*cells"]:
    """``dPsi/dg`` of every cell [J/m^3]: psi+ of the mean strain, and the share of g in the bending energy."""
    strain = elastic_strain(body, displacement, eigenstrain)
    tensile, _ = split_energy(strain, body.first_lame, body.shear_modulus, body.split)
    modes = bending_strain(displacement, body.spacing, body.periodic)
    remaining = degradation(damage, body.residual)
    by_degradation: SplitName = "spectral" if body.split == "hybrid" else body.split
    driven, _ = tensile_tangent(strain, body.first_lame, body.shear_modulus, by_degradation)
    tangent = damaged_tangent(strain, body.first_lame, body.shear_modulus, remaining, body.split)
    _, moduli = jax.jvp(bending_stiffness, (on_grid(tangent),), (on_grid(driven),))
    return tensile + 0.5 * jnp.sum(modes * bending_stress(moduli, modes), axis=0)


def stored_energy(
    body: DamagedBody,
    damage: Float[Array, "*cells"],
    displacement: Array,
    eigenstrain: Array | None = None,
) -> Float[Array, "*cells"]:
    """``g psi+ + psi-`` of every cell, bending included [J/m^3]."""
    strain = elastic_strain(body, displacement, eigenstrain)
    tensile, compressive = split_energy(strain, body.first_lame, body.shear_modulus, body.split)
    remaining = degradation(damage, body.residual)
    tangent = damaged_tangent(strain, body.first_lame, body.shear_modulus, remaining, body.split)
    modes = bending_strain(displacement, body.spacing, body.periodic)
    bent = jnp.sum(modes * bending_stress(bending_stiffness(on_grid(tangent)), modes), axis=0)
    return remaining * tensile + compressive + 0.5 * bent


def nodal_forces(
    body: DamagedBody,
    damage: Float[Array, "*cells"],
    displacement: Array,
    eigenstrain: Array | None = None,
) -> Array:
    """Internal nodal forces, (dim, *nodes) [N in 3-D, N/m in 2-D]: at a prescribed node, the force of its support."""
    remaining = degradation(damage, body.residual)
    strain = elastic_strain(body, displacement, eigenstrain)
    tangent = damaged_tangent(strain, body.first_lame, body.shear_modulus, remaining, body.split)
    stiffness = on_grid(tangent)
    forces = element_force(
        packed_triangle(stiffness), bending_stiffness(stiffness), displacement, body.spacing, body.periodic
    )
    return forces if eigenstrain is None else forces - _eigenstrain_load(body, tangent, eigenstrain)
