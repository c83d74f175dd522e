"""Implicit steps of S ∂u/∂t = div(σ grad u) − g u + q on the solver of `dendrion.numerics.elliptic`.

A Dirichlet or convective wall is g in its boundary cells (2σ/h², or the series of 2σ/h² and α/h) with g
times the outer value in q; a flux j into the box is j/h in q. After each linear solve the rates are taken
once more from the fluxes of the solution, so that Σ S u changes by exactly (to round-off) what q − g u
brings, whatever the tolerance of the solve.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from dendrion.numerics.elliptic import Hierarchy, SolveInfo, build_hierarchy, solve
from dendrion.numerics.operators import apply_network, closed_faces

GAMMA = 2.0 - math.sqrt(2.0)  # makes both stages of TR-BDF2 share one matrix
IMPLICIT_SHARE = 0.5 * GAMMA  # share of the step in that matrix; 1 for backward Euler
OUTER_WEIGHT = math.sqrt(2.0) / 4.0
ERROR_CONSTANT = (-3.0 * GAMMA**2 + 4.0 * GAMMA - 2.0) / (12.0 * (2.0 - GAMMA))


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["storage", "transmissibility", "exchange"],
    meta_fields=["periodic", "spacing"],
)
@dataclass(frozen=True)
class Diffusion:
    """What diffuses, on a grid.

    Attributes:
        storage: S > 0, one value a cell, e.g. heat capacity per volume [J/m³/K], porosity [dimensionless].
        transmissibility: σ/h² on open faces, one array an axis (see `operators.face_conductance`) [S/s].
        exchange: g ≥ 0, one value a cell [S/s].
        periodic: one flag an axis.
        spacing: cell size of each axis, or None if equal; only guides the solver [m].
    """

    storage: Array
    transmissibility: tuple[Array, ...]
    exchange: Array
    periodic: tuple[bool, ...]
    spacing: tuple[float, ...] | None = None


class Step(NamedTuple):
    """Result of a step.

    Attributes:
        values: u at the end of the step.
        supply: time mean of q − g u, one value a cell: Σ S (u_new − u_old) = Δt Σ supply [unit of S u/s].
        error: estimate of the error that this step added, one value a cell [unit of u].
        info: the worse of the linear solves.
    """

    values: Array
    supply: Array
    error: Array
    info: SolveInfo


Source = Array | Callable[[float], Array]


def _source_at(source: Source, fraction: float) -> Array:
    return source(fraction) if callable(source) else source


def supply_and_rate(problem: Diffusion, values: Array, source: Array) -> tuple[Array, Array]:
    """(q − g u, (div(σ grad u) − g u + q)/S): what cells get from outside, and ∂u/∂t [unit of u/s]."""
    closed = tuple(
        closed_faces(faces, axis, problem.periodic[axis])
        for axis, faces in enumerate(problem.transmissibility)
    )
    supply = source - problem.exchange * values
    outflow = apply_network(closed, jnp.zeros_like(values), values, problem.periodic)
    return supply, (supply - outflow) / problem.storage


def step_hierarchy(problem: Diffusion, time_step: float | Array, implicit_share: float = 1.0) -> Hierarchy:
    """Matrix S/(θ Δt) + g − div σ grad of an implicit stage, on all grids; θ = ``implicit_share``.

    Build it once for steps that share σ, S, g and Δt.
    """
    diagonal = problem.storage / (implicit_share * time_step) + problem.exchange
    return build_hierarchy(problem.transmissibility, diagonal, problem.periodic, problem.spacing)


def _stage(
    hierarchy: Hierarchy,
    problem: Diffusion,
    *,
    source: Array,
    base: Array,
    guess: Array,
    weight: float | Array,
    tolerance: float,
) -> tuple[Array, Array, SolveInfo]:
    """Solve u = base + weight · rate(u) from ``guess``; returns supply and rate at the solution, and info."""
    _, rate = supply_and_rate(problem, guess, source)
    defect = problem.storage * ((base - guess) / weight + rate)
    correction, info = solve(hierarchy, defect, jnp.zeros_like(guess), tolerance, 100)
    supply, rate = supply_and_rate(problem, guess + correction, source)
    return supply, rate, info


def _worse(first: SolveInfo, second: SolveInfo) -> SolveInfo:
    return SolveInfo(
        jnp.maximum(first.iterations, second.iterations),
        jnp.maximum(first.residual, second.residual),
        first.converged & second.converged,
    )


def backward_euler(
    problem: Diffusion,
    values: Array,
    source: Source,
    time_step: float | Array,
    *,
    hierarchy: Hierarchy | None = None,
    tolerance: float = 1e-8,
) -> Step:
    """One backward-Euler step: first order, monotone (no new extrema).

    Args:
        problem: coefficients, frozen over the step.
        values: u at the start, one value a cell.
        source: q, one value a cell, or a function of the fraction of the step (0 to 1) [unit of S u/s].
        time_step: Δt [s].
        hierarchy: from ``step_hierarchy(problem, time_step)`` if it was built before.
        tolerance: of the linear solve, relative to its right-hand side [dimensionless].
    """
    hierarchy = step_hierarchy(problem, time_step) if hierarchy is None else hierarchy
    _, before = supply_and_rate(problem, values, _source_at(source, 0.0))
    supply, rate, info = _stage(
        hierarchy,
        problem,
        source=_source_at(source, 1.0),
        base=values,
        guess=values,
        weight=time_step,
        tolerance=tolerance,
    )
    return Step(values + time_step * rate, supply, 0.5 * time_step * (rate - before), info)


def tr_bdf2(
    problem: Diffusion,
    values: Array,
    source: Source,
    time_step: float | Array,
    *,
    hierarchy: Hierarchy | None = None,
    tolerance: float = 1e-8,
) -> Step:
    """One TR-BDF2 step (trapezoid to t + γΔt, then BDF2, γ = 2 − √2): second order, L-stable.

    Arguments as in `backward_euler`, with ``hierarchy`` from ``step_hierarchy(problem, time_step,
    IMPLICIT_SHARE)``. References: Bank et al. 1985, doi:10.1109/TCAD.1985.1270142; error estimate of Hosea
    and Shampine 1996, doi:10.1016/0168-9274(95)00115-8.
    """
    hierarchy = step_hierarchy(problem, time_step, IMPLICIT_SHARE) if hierarchy is None else hierarchy
    weight = IMPLICIT_SHARE * time_step
    supply_0, rate_0 = supply_and_rate(problem, values, _source_at(source, 0.0))
    supply_1, rate_1, info_1 = _stage(
        hierarchy,
        problem,
        source=_source_at(source, GAMMA),
        base=values + weight * rate_0,
        guess=values,
        weight=weight,
        tolerance=tolerance,
    )
    middle = values + weight * (rate_0 + rate_1)
    base = values + OUTER_WEIGHT * time_step * (rate_0 + rate_1)
    supply_2, rate_2, info_2 = _stage(
        hierarchy,
        problem,
        source=_source_at(source, 1.0),
        base=base,
        guess=middle,
        weight=weight,
        tolerance=tolerance,
    )
    supply = OUTER_WEIGHT * (supply_0 + supply_1) + IMPLICIT_SHARE * supply_2
    error = (2.0 * ERROR_CONSTANT * time_step) * (
        rate_0 / GAMMA - rate_1 / (GAMMA * (1.0 - GAMMA)) + rate_2 / (1.0 - GAMMA)
    )
    return Step(base + weight * rate_2, supply, error, _worse(info_1, info_2))
