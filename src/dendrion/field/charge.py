"""Charge: the ionic potential in the electrolyte and the potential of the plating electrode.

    div[ (1-h) kappa grad(phi) - (1-h) kappa_D grad(ln c) ] = a i_n(phi - V),   phi = 0 at the counter electrode
    integral of a i_n dV / A = I(t)          (galvanostatic; V follows)     or     V given (potentiostatic)

kappa_D = (2 kappa R T / F) (1 - t_+) (1 + dln f/dln c) for a binary electrolyte and 0 for a single-ion one. The
metal has one potential, V; only metal that is connected with the plating electrode has it. No potential is ever
solved through the metal: with a diffuse front that would never converge in the contrast. Newton's method; the
Butler–Volmer source enters the matrix as a screening term, which keeps it symmetric and positive definite.
Kind: published (two-potential form, electroneutral); discretisation derived here.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from dendrion.field.kinetics import behind_resistance, plating_current_density
from dendrion.field.transport import Conductances, weighted_divergence
from dendrion.numerics.elliptic import build_hierarchy, solve

LARGEST_UPDATE = 0.15
"""Bound on a Newton update of the overpotential [V]."""

SMALLEST_UPDATE = 1e-13
"""Newton's method ends when an update of the overpotential is below this, whatever the residual [V]."""

REST = 1e-6
"""Overpotential whose current is the least that an imbalance is compared with [V]."""


class Electrode(NamedTuple):
    """What the charge solve needs to know of the front, all on cells."""

    area_density: Array  # [1/m], zero where the metal is not connected
    exchange_current_density: Array  # [A/m^2]
    equilibrium_shift: Array  # capillary and other additions to the equilibrium potential [V]
    charge_transfer_coefficient: Array  # [dimensionless]
    temperature: Array  # [K]
    resistance: Array | None = None  # of a layer on the metal [ohm m^2]
    side_current: Array | None = None  # current density that a layer takes beside the metal [A/m^2]


class Control(NamedTuple):
    """What the cycler holds: the mean plating current density [A/m^2] if galvanostatic, else the potential [V]."""

    galvanostatic: Array
    value: Array


class ChargeSolution(NamedTuple):
    """Potentials [V], current density of the front, a layer's share included [A/m^2], and how the solve went."""

    potential: Array
    response: Array
    electrode_potential: Array
    current_density: Array
    mean_current_density: Array
    newton_iterations: Array
    linear_iterations: Array
    residual: Array


class _Problem(NamedTuple):
    conductances: Conductances
    boundary: Array
    diffusion_source: Array
    electrode: Electrode
    control: Control
    volume_per_area: Array


class _Iterate(NamedTuple):
    potential: Array
    response: Array
    electrode_potential: Array
    iteration: Array
    linear: Array
    residual: Array
    update: Array


def _kinetics(problem: _Problem, potential: Array, electrode_potential: Array) -> tuple[Array, Array]:
    """Current density of the front [A/m^2] and its slope [A/(m^2 V)]."""
    electrode = problem.electrode
    kinetics = (
        potential - electrode_potential - electrode.equilibrium_shift,
        electrode.exchange_current_density,
        electrode.charge_transfer_coefficient,
        electrode.temperature,
    )
    if electrode.resistance is None:
        current, slope = plating_current_density(*kinetics)
    else:
        current, slope = behind_resistance(*kinetics, electrode.resistance)
    return (current if electrode.side_current is None else current + electrode.side_current), slope


def _imbalance(problem: _Problem, potential: Array, current: Array, periodic: tuple[bool, ...]) -> Array:
    """Current that flows into a cell and is not taken up by the front [A/m^3]."""
    conducted = weighted_divergence(problem.conductances.faces, potential, periodic)
    return (
        conducted
        - problem.boundary * potential
        - problem.diffusion_source
        - problem.electrode.area_density * current
    )


def _newton(
    problem: _Problem, state: _Iterate, periodic: tuple[bool, ...], aspect: tuple[float, ...]
) -> _Iterate:
    """One Newton step for potential and electrode potential; the bordered system by two solves with one matrix."""
    area, control = problem.electrode.area_density, problem.control
    current, slope = _kinetics(problem, state.potential, state.electrode_potential)
    screening = area * slope
    hierarchy = build_hierarchy(problem.conductances.faces, problem.boundary + screening, periodic, aspect)
    residual = _imbalance(problem, state.potential, current, periodic)
    correction, info = solve(hierarchy, residual, jnp.zeros_like(residual), 1e-3, 60)
    response, response_info = solve(hierarchy, screening, state.response, 1e-3, 60)
    mean = problem.volume_per_area * jnp.sum(area * current)
    conductance = problem.volume_per_area * jnp.sum(screening * (1.0 - response))
    wanted = mean + problem.volume_per_area * jnp.sum(screening * correction) - control.value
    shift = jnp.where(control.galvanostatic, wanted / conductance, control.value - state.electrode_potential)
    change = correction + response * shift
    largest = jnp.max(jnp.where(area > 0.0, jnp.abs(change - shift), 0.0))
    limited = jnp.minimum(1.0, LARGEST_UPDATE / jnp.maximum(largest, 1e-30))
    potential = state.potential + limited * change
    electrode_potential = state.electrode_potential + limited * shift
    return _Iterate(
        potential,
        response,
        electrode_potential,
        state.iteration + 1,
        state.linear + info.iterations + response_info.iterations,
        _residual(problem, potential, electrode_potential, periodic),
        limited * largest,
    )


def _residual(
    problem: _Problem, potential: Array, electrode_potential: Array, periodic: tuple[bool, ...]
) -> Array:
    """The worse of the local imbalance and the miss of what the cycler holds, both relative [dimensionless].

    Relative to the current of the front, or to what `REST` of overpotential drives where that is more, so that rest
    has a scale too.
    """
    area, control, share = problem.electrode.area_density, problem.control, problem.volume_per_area
    current, slope = _kinetics(problem, potential, electrode_potential)
    scale = jnp.maximum(jnp.linalg.norm(area * current), REST * jnp.linalg.norm(area * slope))
    local = jnp.linalg.norm(_imbalance(problem, potential, current, periodic)) / jnp.maximum(scale, 1e-30)
    least = jnp.maximum(REST * share * jnp.sum(area * slope), 1e-30)
    missing_current = jnp.abs(share * jnp.sum(area * current) - control.value)
    missing_potential = jnp.abs(electrode_potential - control.value)
    miss = jnp.where(
        control.galvanostatic,
        missing_current / jnp.maximum(jnp.abs(control.value), least),
        missing_potential / jnp.maximum(jnp.abs(control.value), REST),
    )
    return jnp.maximum(local, miss)


def solve_charge(
    conductances: Conductances,
    diffusion_source: Float[Array, "*cells"],
    electrode: Electrode,
    control: Control,
    guess: tuple[Array, Array, Array],
    volume_per_area: Array,
    periodic: tuple[bool, ...],
    aspect: tuple[float, ...],
    tolerance: Array | float,
    maximum_newton: int = 30,
) -> ChargeSolution:
    """Potential field and electrode potential that balance charge.

    Args: conductances of kappa [S/m^3]; diffusion source div(kappa_D grad ln c) [A/m^3]; the electrode; the
    control; guesses of potential [V], response d(phi)/dV [dimensionless] and electrode potential [V]; volume of a
    cell over the area of the cell's cross-section [m]; axes' periodicity; ratios of the cell sizes
    [dimensionless]; relative tolerance of the charge balance [dimensionless].
    """
    boundary = jnp.zeros_like(diffusion_source).at[-1].set(conductances.counter)
    problem = _Problem(conductances, boundary, diffusion_source, electrode, control, volume_per_area)

    def unfinished(state: _Iterate) -> Array:
        balanced = (state.residual <= tolerance) | (state.update <= SMALLEST_UPDATE)
        return (state.iteration < maximum_newton) & ~balanced

    start = _Iterate(*guess, jnp.array(0), jnp.array(0), jnp.array(jnp.inf), jnp.array(jnp.inf))
    end = lax.while_loop(unfinished, lambda state: _newton(problem, state, periodic, aspect), start)
    current, _ = _kinetics(problem, end.potential, end.electrode_potential)
    return ChargeSolution(
        end.potential,
        end.response,
        end.electrode_potential,
        current,
        volume_per_area * jnp.sum(electrode.area_density * current),
        end.iteration,
        end.linear,
        end.residual,
    )
