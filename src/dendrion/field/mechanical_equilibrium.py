"""Quasi-static balance of forces of metal and electrolyte over one time step.

    div(sigma) = 0,   sigma = f sigma_M(e_M - e_p - e*) + (1 - f) sigma_E(e_E)

f is the metal fraction of a cell. A cell that the front cuts is a `laminate` of the two phases: its metal flows as
metal does, its electrolyte does not, and both have the stress of their own side of the front. sigma_M is the implicit
flow of `metal_flow`; sigma_E is any `Solid` (elastic, yielding, damaged). Newton's method on the nodal forces and the
jumps of the laminates with the consistent tangent, each step cut along the gradient of the incremental potential, which
is convex for these laws; displacement at the end of the step. Besides its mean strain a voxel has bending modes
(`numerics.voxel_element`): the electrolyte's are elastic, the metal's resist only changes within the step, with the
tangent's own stiffness, since a fluid keeps no memory of bending.

Walls: x = 0 is a roller (the current collector slides), x = L carries the stack pressure as a uniform traction; lateral
walls are rollers ("confined"), free ("free"), or the axis is periodic, which holds its mean strain at zero: full
confinement. Kind: published (finite elements, J2 flow); the treatment of mixed cells is a choice stated here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float

from dendrion.errors import InputError
from dendrion.field.creep import TINY, FlowLaw
from dendrion.field.electrolyte_response import Response, Solid
from dendrion.field.growth_strain import normal_dyad
from dendrion.field.laminate import Condensed, condense, is_cut
from dendrion.field.mandel import in_plane, in_plane_tangent, plane_strain
from dendrion.field.metal_flow import Flow, flow
from dendrion.numerics.elasticity import (
    bending_force,
    bending_stiffness,
    bending_strain,
    bending_stress,
    build_elastic,
    cell_strain,
    internal_force,
    node_shape,
    precondition_elastic,
    wall_traction,
)
from dendrion.numerics.krylov import conjugate_gradients

SETTLING = 5
"""Newton iterations after which the viscosity of the metal's bending modes is kept [dimensionless]: followed to the end,
it would slow Newton's method down to the linear convergence of shear-thinning fixed points."""

LINEAR_TOLERANCE = 1e-2
"""Relative residual of the linear solve of a Newton step [dimensionless]: Newton's method corrects what is left."""

SMALLEST_CUT, DESCENT = 0.05, 0.5
"""Least share of a Newton step that is taken, and the share of the slope along it that may be left, on either side,
before it is cut [dimensionless]."""

CUTS = 6
"""Most evaluations with which a Newton step is cut [dimensionless]."""


class MetalPhase(NamedTuple):
    """Flow law, bulk and shear modulus [Pa], temperature [K] of cells, growth and thermal strain at the end of the step
    (m, *cells) [dimensionless]."""

    law: FlowLaw
    bulk: Array
    shear: Array
    temperature: Array
    stress_free_strain: Array


class Memory(NamedTuple):
    """What the solid remembers: displacement (dim, *nodes) [m], jump of the laminates [dimensionless],
    plastic strain of the metal (m, *cells) [dimensionless], its resistance [Pa]."""

    displacement: Array
    jump: Array
    plastic_strain: Array
    resistance: Array


class Balance(NamedTuple):
    """Solution of one step.

    memory at the end; strain and stress of the cells, the metal's flow and the electrolyte's response; Newton and
    conjugate-gradient iterations; residual force over the typical nodal force [dimensionless]; whether the tolerance
    was met (if not, the step is to be cut). Energies per cross-section, each [J/m^2 in 2-D times m, i.e. J/m; J in 3-D]:
    stored, dissipated within the step, work of the tractions within the step.
    """

    memory: Memory
    strain: Array
    stress: Array
    metal: Flow
    electrolyte: Response
    newton_iterations: Array
    linear_iterations: Array
    residual: Array
    converged: Array
    stored: Array
    dissipated: Array
    traction_work: Array


class Grid(NamedTuple):
    """Cells along each axis, their sizes [m] and periodicity: static."""

    cells: tuple[int, ...]
    spacing: tuple[float, ...]
    periodic: tuple[bool, ...]


def components(dimensions: int) -> int:
    """Length of a Mandel vector of the physics: 4 in plane strain, 6 in 3-D [dimensionless]."""
    return 4 if dimensions == 2 else 6


def supports(cells: Sequence[int], periodic: Sequence[bool], lateral: str) -> np.ndarray:
    """Prescribed degrees of freedom, (dim, *nodes) of flags: roller at x = 0, lateral walls as stated.

    Args: cells of each axis; one flag an axis; "confined" or "free" lateral walls. A free body is held at one corner
    along every lateral axis.

    Raises:
        InputError: the lateral constraint is neither.
    """
    if lateral not in {"confined", "free"}:
        raise InputError(
            "the lateral constraint must be stated", field="conditions.lateral", value=lateral, allowed="confined, free"
        )  # fmt: skip
    nodes = node_shape(cells, periodic)
    fixed = np.zeros((len(cells), *nodes), bool)
    fixed[0, 0] = True
    for axis in range(1, len(cells)):
        ends = np.moveaxis(fixed[axis], axis - 0, 0)
        if periodic[axis] or lateral == "free":
            fixed[(axis, *(0,) * len(cells))] = True
        else:
            ends[0] = ends[-1] = True
    return fixed


def stack_traction(pressure: Array, grid: Grid) -> Array:
    """Nodal forces of the stack pressure [Pa] on the wall x = L, (dim, *nodes)."""
    dimensions = len(grid.cells)
    traction = jnp.zeros(dimensions).at[0].set(-pressure)
    return wall_traction(traction, 0, True, grid.cells, grid.periodic, grid.spacing)


def stress_free_work(balance: Balance, fraction: Array, increment: Array, grid: Grid) -> Array:
    """Work that growth and thermal strain do on the metal within the step, sum of -f sigma_M:d(e*) V, at the stress at
    its end: compressed metal takes work to grow [J/m in 2-D, J in 3-D]. ``increment`` is d(e*), (m, *cells).

    The audit of a step is stored(end) - stored(start) + dissipated = traction_work + stress_free_work.
    """
    return -math.prod(grid.spacing) * jnp.sum(fraction * jnp.sum(balance.metal.stress * increment, axis=0))


class _Evaluation(NamedTuple):
    """Cells and nodal forces at a displacement and a jump; forces without those of the bending modes."""

    strain: Array
    metal: Flow
    electrolyte: Response
    stress: Array
    condensed: Condensed
    force: Array
    condensed_force: Array
    bent: Array
    elastic_bending: Array


class _Unknowns(NamedTuple):
    displacement: Array
    jump: Array


class _Problem(NamedTuple):
    fraction: Array
    dyad: Array
    metal: MetalPhase
    electrolyte: Solid
    start: Memory
    bent_before: Array
    time_step: Array
    load: Array
    free: Array


class _Iterate(NamedTuple):
    unknowns: _Unknowns
    at: _Evaluation
    viscous_bending: Array
    iteration: Array
    linear: Array
    residual: Array


def _evaluate(problem: _Problem, unknowns: _Unknowns, grid: Grid) -> _Evaluation:
    metal, start, share = problem.metal, problem.start, problem.fraction
    strain = plane_strain(cell_strain(unknowns.displacement, grid.spacing, grid.periodic))
    extra = jnp.where(is_cut(share), unknowns.jump * problem.dyad, 0.0)
    moved = flow(
        metal.law, strain + (1.0 - share) * extra, start.plastic_strain, metal.stress_free_strain, start.resistance,
        metal.bulk, metal.shear, metal.temperature, problem.time_step,
    )  # fmt: skip
    solid = problem.electrolyte(strain - share * extra)
    stress = share * moved.stress + (1.0 - share) * solid.stress
    condensed = condense(share, problem.dyad, moved.stress, moved.tangent, solid.stress, solid.tangent)
    return _Evaluation(
        strain=strain,
        metal=moved,
        electrolyte=solid,
        stress=stress,
        condensed=condensed,
        force=internal_force(in_plane(stress), grid.spacing, grid.periodic),
        condensed_force=internal_force(in_plane(condensed.stress), grid.spacing, grid.periodic),
        bent=bending_strain(unknowns.displacement, grid.spacing, grid.periodic),
        elastic_bending=(1.0 - share) * bending_stiffness(in_plane_tangent(solid.tangent)),
    )


def _viscous_bending(at: _Evaluation) -> Array:
    """The metal's part of the stiffness of the bending modes [Pa]."""
    total = bending_stiffness(in_plane_tangent(at.condensed.tangent))
    return jnp.maximum(total - at.elastic_bending, 0.0)


def _unbalanced(problem: _Problem, at: _Evaluation, force: Array, viscous: Array, grid: Grid) -> Array:
    """Nodal load that nothing carries, on free degrees of freedom."""
    modes = bending_stress(at.elastic_bending, at.bent) + bending_stress(
        viscous, at.bent - problem.bent_before
    )
    return problem.free * (problem.load - force - bending_force(modes, grid.spacing, grid.periodic))


def _residual(problem: _Problem, at: _Evaluation, viscous: Array, grid: Grid) -> Array:
    """Unbalanced nodal force and mismatch of tractions over the typical nodal force [dimensionless]."""
    area = math.prod(grid.spacing) / min(grid.spacing)
    left = _unbalanced(problem, at, at.force, viscous, grid)
    mismatch = area * problem.fraction * (1.0 - problem.fraction) * at.condensed.mismatch
    typical = area * jnp.sqrt(jnp.sum(at.stress * at.stress)) + jnp.sqrt(jnp.sum(problem.load**2))
    return jnp.sqrt(jnp.sum(left * left) + jnp.sum(mismatch**2)) / jnp.maximum(typical, TINY)


def solve_equilibrium(
    fraction: Float[Array, "*cells"],
    normals: Sequence[Array],
    metal: MetalPhase,
    electrolyte: Solid,
    start: Memory,
    load: Array,
    fixed: Array,
    time_step: Array,
    grid: Grid,
    tolerance: float | Array = 1e-6,
    maximum_newton: int = 40,
    maximum_linear: int = 4000,
) -> Balance:
    """Displacement at the end of a step, and everything that follows from it.

    Args:
        fraction: metal fraction of every cell, 0 to 1 [dimensionless]; `growth_strain.whole_cells` for metal that grows.
        normals: components of the unit normal of the front in the cells that it cuts [dimensionless].
        metal, electrolyte: the two phases.
        start: memory at the start of the step; its prescribed displacements are held.
        load: nodal forces at the end of the step, (dim, *nodes), e.g. `stack_traction` [N/m in 2-D, N in 3-D].
        fixed: (dim, *nodes) flags of `supports`.
        time_step: [s].
        grid: cells, sizes [m], periodicity.
        tolerance: largest residual force over the typical nodal force ‖sigma‖ V/h [dimensionless].
        maximum_newton, maximum_linear: bounds on iterations [dimensionless].
    """
    fixed = jnp.asarray(fixed)
    before = bending_strain(start.displacement, grid.spacing, grid.periodic)
    problem = _Problem(
        fraction, normal_dyad(normals), metal, electrolyte, start, before, jnp.asarray(time_step), load,
        jnp.where(fixed, 0.0, 1.0),
    )  # fmt: skip

    def improve(state: _Iterate) -> _Iterate:
        step, iterations = _newton_step(problem, state, fixed, grid, maximum_linear)
        unknowns, at = _cut(problem, state, step, grid)
        viscous = jnp.where(state.iteration < SETTLING, _viscous_bending(at), state.viscous_bending)
        residual = _residual(problem, at, viscous, grid)
        return _Iterate(unknowns, at, viscous, state.iteration + 1, state.linear + iterations, residual)

    def unfinished(state: _Iterate) -> Array:
        return (state.residual > tolerance) & (state.iteration < maximum_newton)

    guess = _Unknowns(start.displacement, start.jump)
    first = _evaluate(problem, guess, grid)
    viscous, zero = _viscous_bending(first), jnp.array(0)
    begin = _Iterate(guess, first, viscous, zero, zero, _residual(problem, first, viscous, grid))
    end = lax.while_loop(unfinished, improve, begin)
    return _balance(problem, end, tolerance, grid)


def _newton_step(
    problem: _Problem, state: _Iterate, fixed: Array, grid: Grid, maximum_linear: int
) -> tuple[_Unknowns, Array]:
    """Newton step of displacement and jump, and its conjugate-gradient iterations.

    The hierarchy of the tangent is the preconditioner only: its own bending modes have the tangent's stiffness, while
    those of the problem stay what they were after the first iterations.
    """
    at, free = state.at, problem.free
    tangent = in_plane_tangent(at.condensed.tangent)
    bending = at.elastic_bending + state.viscous_bending
    hierarchy = build_elastic(tangent, fixed, grid.periodic, grid.spacing)

    def operator(change: Array) -> Array:
        strain = cell_strain(change, grid.spacing, grid.periodic)
        modes = bending_stress(bending, bending_strain(change, grid.spacing, grid.periodic))
        force = internal_force(jnp.sum(tangent * strain[None], axis=1), grid.spacing, grid.periodic)
        return free * (force + bending_force(modes, grid.spacing, grid.periodic))

    left = _unbalanced(problem, at, at.condensed_force, state.viscous_bending, grid)
    change, iterations = conjugate_gradients(
        operator,
        lambda residual: free * precondition_elastic(hierarchy, residual),
        left,
        jnp.zeros_like(left),
        threshold=LINEAR_TOLERANCE**2 * jnp.vdot(left, left),
        maximum_iterations=maximum_linear,
    )
    strain = plane_strain(cell_strain(change, grid.spacing, grid.periodic))
    jump = -at.condensed.offset - jnp.sum(at.condensed.slope * strain, axis=0)
    return _Unknowns(change, jump), iterations


def _cut(problem: _Problem, state: _Iterate, step: _Unknowns, grid: Grid) -> tuple[_Unknowns, _Evaluation]:
    """The share of a Newton step at which the slope of the potential along it has mostly gone, by secants."""
    weight = math.prod(grid.spacing) * problem.fraction * (1.0 - problem.fraction)

    def remaining(at: _Evaluation) -> Array:
        along_jump = jnp.sum(weight * step.jump * at.condensed.mismatch)
        left = _unbalanced(problem, at, at.force, state.viscous_bending, grid)
        return jnp.vdot(step.displacement, left) - along_jump

    def moved(share: Array) -> _Unknowns:
        now = state.unknowns
        return _Unknowns(now.displacement + share * step.displacement, now.jump + share * step.jump)

    slope = remaining(state.at)

    def too_steep(carry: tuple[Array, Array, _Evaluation, Array]) -> Array:
        _, count, _, rest = carry
        return (count == 0) | ((rest < -DESCENT * jnp.abs(slope)) & (count < CUTS))

    def shorten(carry: tuple[Array, Array, _Evaluation, Array]) -> tuple[Array, Array, _Evaluation, Array]:
        share, count, _, rest = carry
        secant = share * slope / jnp.maximum(slope - rest, TINY)
        cut = jnp.clip(secant, jnp.maximum(0.1 * share, SMALLEST_CUT), 0.7 * share)
        share = jnp.where(count == 0, share, cut)
        at = _evaluate(problem, moved(share), grid)
        return share, count + 1, at, remaining(at)

    first = (jnp.ones(()), jnp.array(0), state.at, slope)
    share, _, at, _ = lax.while_loop(too_steep, shorten, first)
    return moved(share), at


def _balance(problem: _Problem, end: _Iterate, tolerance: float | Array, grid: Grid) -> Balance:
    at, share, unknowns = end.at, problem.fraction, end.unknowns
    volume = math.prod(grid.spacing)
    moved = unknowns.displacement - problem.start.displacement
    change = at.bent - problem.bent_before
    bent = 0.5 * jnp.sum(at.bent * bending_stress(at.elastic_bending, at.bent), axis=0)
    viscous = jnp.sum(change * bending_stress(end.viscous_bending, change), axis=0)
    stored = share * at.metal.elastic_energy + (1.0 - share) * at.electrolyte.energy + bent
    lost = share * at.metal.dissipation + (1.0 - share) * at.electrolyte.dissipation + viscous
    return Balance(
        memory=Memory(unknowns.displacement, unknowns.jump, at.metal.plastic_strain, at.metal.resistance),
        strain=at.strain,
        stress=at.stress,
        metal=at.metal,
        electrolyte=at.electrolyte,
        newton_iterations=end.iteration,
        linear_iterations=end.linear,
        residual=end.residual,
        converged=end.residual <= tolerance,
        stored=volume * jnp.sum(stored),
        dissipated=volume * jnp.sum(lost),
        traction_work=jnp.sum(problem.load * moved),
    )
