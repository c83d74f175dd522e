"""Fracture as a fixed point: equilibrium and damage in turn, accelerated, or along a path of growing crack surface.

Two callables make a fracture problem, whatever loads the body (its split elastic energy, metal in a crack, thermal
strain):

    equilibrium(damage, state) -> (state, drive)        displacement (and what else) at fixed damage; H [J/m^3]
    update(drive, damage) -> damage                     damage at fixed drive, irreversible

`stagger` iterates ``d <- update(equilibrium(d))`` until ``max |change of d|`` of a *plain* pass is below the
tolerance. A stable pass converges by Anderson's mixing (Anderson 1965, DOI 10.1145/321296.321305; five differences: 28
passes become 7). Where a crack runs, mixing hovers at the unstable state: if the change has not fallen for some
passes, the rest is over-relaxed, and only where d is below a gate, as clipping at d = 1 toggles the stiffness and
cycles. `surface_control` lets the load factor follow from a prescribed crack surface, so that snap-backs are
passed in equilibrium (fracture energy as the arc length; kin to Singh et al. 2016, DOI
10.1016/j.engfracmech.2016.04.024). All loops are bounded and report whether they converged: a point that did not
is to be refused.

The loops are traced once; call them inside `jax.jit`. Kind: published parts; the combination and its gates are
derived here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from dendrion.errors import SimulationError

Equilibrium = Callable[[Array, Any], tuple[Any, Array]]
"""(damage, state) -> (state, drive); the state is any pytree and is warm-started from the last pass."""
Update = Callable[[Array, Array], Array]
"""(drive, damage to start from) -> damage."""

SMALLEST_SHARE = 1e-12
"""Regularisation of the least squares of the mixing, as a share of its trace [dimensionless]."""


class Staggering(NamedTuple):
    """How the passes are made.

    Attributes:
        tolerance: largest change of d in a plain pass that ends the loop [dimensionless].
        passes: most passes [dimensionless].
        depth: differences that the mixing keeps; 0 makes plain passes [dimensionless].
        patience: passes without a fall of the change before over-relaxation [dimensionless].
        relaxation: factor on the change of d while over-relaxing [dimensionless].
        gate: damage above which nothing is over-relaxed [dimensionless].
        calm: change of d below which mixing is resumed [dimensionless].
    """

    tolerance: float = 5e-4
    passes: int = 200
    depth: int = 5
    patience: int = 6
    relaxation: float = 1.6
    gate: float = 0.9
    calm: float = 2e-3


USUAL = Staggering()
"""The passes that fit a step of loading."""


class StaggerReport(NamedTuple):
    """How the passes went: their number, the last largest change of d, whether that met the tolerance, and the
    number of over-relaxed passes [dimensionless]. A point that did not converge is to be refused."""

    passes: Array
    change: Array
    converged: Array
    relaxed: Array


class _Mixing(NamedTuple):
    """Differences of the last damages and of their changes, newest in the slot ``kept mod depth``."""

    points: Array
    changes: Array
    last_point: Array
    last_change: Array
    kept: Array


class _Pass(NamedTuple):
    damage: Array
    state: Any
    mixing: _Mixing
    best: Array
    stale: Array
    relaxing: Array
    report: StaggerReport


def _no_mixing(damage: Array, depth: int) -> _Mixing:
    store = jnp.zeros((depth, *damage.shape), damage.dtype)
    return _Mixing(store, store, damage, jnp.zeros_like(damage), jnp.zeros((), jnp.int32))


def _mixed(mixing: _Mixing, damage: Array, change: Array, depth: int) -> tuple[Array, _Mixing]:
    """The next damage of Anderson's mixing, and the store with the newest difference in it."""
    slot = (mixing.kept - 1) % depth
    fresh = mixing.kept > 0

    def stored(store: Array, difference: Array) -> Array:
        return jnp.where(fresh, store.at[slot].set(difference), store)

    points = stored(mixing.points, damage - mixing.last_point)
    changes = stored(mixing.changes, change - mixing.last_change)
    flat = changes.reshape(depth, -1)
    gram = flat @ flat.T
    size = jnp.trace(gram)
    gram = gram + (SMALLEST_SHARE * size + jnp.where(size > 0.0, 0.0, 1.0)) * jnp.eye(depth)
    # Empty slots have zero rows: the regularisation makes their weights zero.
    weights = jnp.linalg.solve(gram, flat @ change.reshape(-1))
    step = change - jnp.tensordot(weights, points + changes, 1)
    return damage + step, _Mixing(points, changes, damage, change, mixing.kept + 1)


def _next_pass(carry: _Pass, advanced: Array, state: Any, settings: Staggering) -> _Pass:
    """Chooses the next damage from the plain one, and keeps the books."""
    change = advanced - carry.damage
    size = jnp.max(jnp.abs(change))
    fell = size < 0.9 * carry.best
    stale = jnp.where(fell, 0, carry.stale + 1)
    relaxing = jnp.where(carry.relaxing, size > settings.calm, stale >= settings.patience)
    converged = size <= settings.tolerance
    following, mixing = carry.damage + change, carry.mixing
    if settings.depth > 0:
        following, mixing = _mixed(carry.mixing, carry.damage, change, settings.depth)
        restart = relaxing | (carry.relaxing & ~relaxing)
        mixing = mixing._replace(
            points=jnp.where(restart, 0.0, mixing.points),
            changes=jnp.where(restart, 0.0, mixing.changes),
            kept=jnp.where(restart, 0, mixing.kept),
        )
        over = jnp.where(advanced < settings.gate, settings.relaxation, 1.0)
        following = jnp.where(relaxing, carry.damage + over * change, following)
    following = jnp.where(converged, advanced, jnp.clip(following, 0.0, 1.0))
    report = StaggerReport(
        carry.report.passes + 1,
        size,
        converged,
        carry.report.relaxed + jnp.where(relaxing & ~converged, 1, 0),
    )
    # While it relaxes nothing is stale, and mixing starts anew from the change it is handed.
    best = jnp.where(relaxing, size, jnp.minimum(size, carry.best))
    return _Pass(following, state, mixing, best, jnp.where(relaxing, 0, stale), relaxing, report)


def accelerate(
    advance: Callable[[Array, Any], tuple[Array, Any]],
    damage: Float[Array, "*cells"],
    state: Any,
    settings: Staggering = USUAL,
) -> tuple[Float[Array, "*cells"], Any, StaggerReport]:
    """A fixed point of any map of damage, by mixing and gated over-relaxation.

    Args:
        advance: (damage, state) -> (new damage, state); the state keeps its structure.
        damage: first guess [dimensionless].
        state: any pytree.
        settings: how the passes are made (static).
    Returns:
        (damage, state, report); the state is that of the last call of ``advance``.
    """
    zero = jnp.zeros((), jnp.int32)
    endless = jnp.full((), jnp.inf, damage.dtype)
    report = StaggerReport(zero, endless, jnp.array(False), zero)
    start = _Pass(
        damage, state, _no_mixing(damage, max(settings.depth, 1)), endless, zero, jnp.array(False), report
    )

    def going_on(carry: _Pass) -> Array:
        return ~carry.report.converged & (carry.report.passes < settings.passes)

    def one_pass(carry: _Pass) -> _Pass:
        advanced, following = advance(carry.damage, carry.state)
        return _next_pass(carry, advanced, following, settings)

    final = lax.while_loop(going_on, one_pass, start)
    return final.damage, final.state, final.report


def stagger(
    equilibrium: Equilibrium,
    update: Update,
    damage: Float[Array, "*cells"],
    state: Any,
    settings: Staggering = USUAL,
) -> tuple[Float[Array, "*cells"], Any, Float[Array, "*cells"], StaggerReport]:
    """Damage and state that agree with each other, at a given load.

    Args:
        equilibrium, update: see the head of this file.
        damage: at the end of the last step [dimensionless].
        state: to start from.
        settings: how the passes are made (static).
    Returns:
        (damage, state, drive [J/m^3], report).
    """

    def advance(now: Array, carried: tuple[Any, Array]) -> tuple[Array, tuple[Any, Array]]:
        following, drive = equilibrium(now, carried[0])
        return update(drive, now), (following, drive)

    damage, (state, drive), report = accelerate(advance, damage, (state, jnp.zeros_like(damage)), settings)
    return damage, state, drive, report


class PathReport(NamedTuple):
    """A point of the path: report of the passes, crack surface over its target minus one, and damage solves
    spent on the load factor [dimensionless]. ``converged`` asks both of the passes and of the surface."""

    passes: Array
    change: Array
    converged: Array
    relaxed: Array
    surface_error: Array
    damage_solves: Array


class _Secant(NamedTuple):
    load: Array
    excess: Array
    previous: Array
    previous_excess: Array
    low: Array
    high: Array
    damage: Array
    solves: Array


SURFACE_TRIALS = 12
"""Most damage solves for one load factor [dimensionless]; two to four are usual."""
LARGEST_CHANGE = 1.5
"""Largest factor of the load in one trial [dimensionless]."""


def _load_of_surface(
    excess_at: Callable[[Array, Array], tuple[Array, Array]], load: Array, damage: Array, tolerance: Array
) -> _Secant:
    """Secant with a bracket for the positive load factor at which the crack surface is the target."""
    start, excess = excess_at(load, damage)
    nothing, endless = jnp.zeros_like(load), jnp.full_like(load, jnp.inf)
    first = _Secant(load, excess, nothing, endless, nothing, endless, start, jnp.ones((), jnp.int32))

    def going_on(carry: _Secant) -> Array:
        return (jnp.abs(carry.excess) > tolerance) & (carry.solves < SURFACE_TRIALS)

    def trial(carry: _Secant) -> _Secant:
        low = jnp.where(carry.excess < 0.0, jnp.maximum(carry.low, carry.load), carry.low)
        high = jnp.where(carry.excess > 0.0, jnp.minimum(carry.high, carry.load), carry.high)
        rise = carry.excess - carry.previous_excess
        usable = jnp.isfinite(rise) & (rise != 0.0)
        slope_step = carry.excess * (carry.load - carry.previous) / jnp.where(usable, rise, 1.0)
        blind = carry.load * jnp.where(carry.excess < 0.0, 1.02, 0.98)
        proposal = jnp.where(usable, carry.load - slope_step, blind)
        proposal = jnp.clip(proposal, carry.load / LARGEST_CHANGE, carry.load * LARGEST_CHANGE)
        inside = (proposal > low) & (proposal < high)
        middle = jnp.where(jnp.isfinite(high), 0.5 * (low + high), carry.load * LARGEST_CHANGE)
        proposal = jnp.where(inside, proposal, middle)
        damage, excess = excess_at(proposal, carry.damage)
        return _Secant(proposal, excess, carry.load, carry.excess, low, high, damage, carry.solves + 1)

    return lax.while_loop(going_on, trial, first)


def surface_control(
    equilibrium: Callable[[Array, Any], Any],
    drive_at: Callable[[Any, Array, Array], Array],
    update: Update,
    surface: Callable[[Array], Array],
    target: Array | float,
    damage: Float[Array, "*cells"],
    state: Any,
    load: Array | float,
    surface_tolerance: float = 1e-4,
    settings: Staggering = USUAL,
) -> tuple[Float[Array, "*cells"], Any, Array, PathReport]:
    """The equilibrium whose crack surface is ``target``; its load factor is found with it.

    Proportional loading, homogeneous stress: ``equilibrium`` solves at unit load and
    ``drive_at = load^2 psi+(unit)``. Affine loading, ``u = u_a + load u_b``, holds for the unsplit stress:
    ``equilibrium`` solves for both and ``drive_at`` takes the energy of their sum.

    Args:
        equilibrium: (damage, state) -> state.
        drive_at: (state, damage, load factor) -> drive [J/m^3].
        update: (drive, damage to start from) -> damage, with the history of the last point.
        surface: damage -> crack surface [m^(dimensions - 1)].
        target: crack surface to reach, above that of the last point [m^(dimensions - 1)].
        damage, state: of the last point.
        load: factor to start from, > 0 [dimensionless].
        surface_tolerance: of the crack surface, relative to the target [dimensionless].
        settings: how the passes are made (static).
    Returns:
        (damage, state, load factor, report).
    """
    goal = jnp.asarray(target, damage.dtype)

    def advance(now: Array, carried: tuple) -> tuple[Array, tuple]:
        following = equilibrium(now, carried[0])

        def excess_at(factor: Array, start: Array) -> tuple[Array, Array]:
            trial = update(drive_at(following, now, factor), start)
            return trial, surface(trial) - goal

        found = _load_of_surface(excess_at, carried[1], now, surface_tolerance * goal)
        return found.damage, (following, found.load, found.excess / goal, carried[3] + found.solves)

    begin = (state, jnp.asarray(load, damage.dtype), jnp.full_like(goal, jnp.inf), jnp.zeros((), jnp.int32))
    damage, (state, factor, error, solves), report = accelerate(advance, damage, begin, settings)
    met = report.converged & (jnp.abs(error) <= surface_tolerance)
    path = PathReport(report.passes, report.change, met, report.relaxed, error, solves)
    return damage, state, factor, path


def refuse_unconverged(report: StaggerReport | PathReport) -> None:
    """Raises `SimulationError` for a point that did not converge (outside of compiled code).

    Raises:
        SimulationError: the passes ended at their cap, or the crack surface was missed.
    """
    if not bool(report.converged):
        raise SimulationError(
            f"fracture did not converge in {int(report.passes)} passes: the damage still changes by "
            f"{float(report.change):.1e}; take a smaller step or prescribe the crack surface"
        )
