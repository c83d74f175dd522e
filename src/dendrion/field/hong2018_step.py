"""One time step of the grand-potential model: order parameter, ions, potential.

With µ over RT, c = c_l(µ), h = h(ξ), f = F/RT and the storage S(µ, ξ) = c (1 − h) + (C_s/C_l) c_s(µ) h:

    ∂ξ/∂t = −L_σ (W g' − κ ∇²ξ) − L_η h' [e^((1−α) f φ) − (c/c₀)(1 − h) e^(−α f φ)] + noise
    ∂S/∂t = ∇·[D c (1 − h)^m ∇µ + D c (1 − h)² f ∇φ]
    ∇·(σ ∇φ) = F C_s ∂ξ/∂t

Walls: ξ = 1 and φ = V on the plating electrode (no ions pass), ξ = 0, µ = 0, φ = 0 at the counter
electrode.

Order of a step. (1) ξ by one linearly implicit (Rosenbrock) step: unlike an implicit Laplacian beside an
explicit well it does not slow a travelling profile down, because the profile's own translation is in the null
space of the linearised operator. (2) The ion balance in its conserved form, by Newton's method; migration is
as implicit as diffusion, and the reaction is linear in c, so the change of ξ with the new c is carried along
cell by cell. The operator is monotone, so there is one answer at any step. (3) φ with the new ξ. First order in
time; the mobilities of ions and the φ of (1) and (2) are those before the step.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array

from dendrion.field import hong2018_functions as model
from dendrion.numerics.elliptic import build_hierarchy, solve
from dendrion.numerics.krylov import conjugate_gradients
from dendrion.numerics.operators import (
    apply_network,
    closed_faces,
    face_arithmetic,
    face_gradient,
    take,
)

STEEPEST = 0.5
"""Largest rate of growth times step that the linearised reaction keeps [dimensionless]; more is explicit."""

SMALLEST_GROWTH, LARGEST_GROWTH = 0.05, 2e4
"""Bounds on the factor of w in a Newton update [dimensionless]."""

MOST_NEWTON, MOST_LINEAR = 30, 100
"""Bounds on Newton and on conjugate-gradient iterations [dimensionless]."""

LINEAR_TOLERANCE = 1e-2
"""Relative residual to which a Newton update is solved [dimensionless]."""


class Structure(NamedTuple):
    """What the compiled step depends on."""

    shape: tuple[int, ...]
    periodic: tuple[bool, ...]
    diffusion_power: int
    noise_kind: str


class Numbers(NamedTuple):
    """Numbers of a step, traced, so that changing one compiles nothing. SI; ``spacing`` [m], one an axis;
    ``inverse_thermal_voltage`` F/RT [1/V], ``metal_charge`` F C_s [C/m³], ``noise_scale``: half-width or
    standard deviation of the noise times √Δt [1/√s] (for uniform_per_step the bare half-width [1/s])."""

    spacing: tuple[float, ...]
    relaxation: float
    well: float
    gradient: float
    reaction: float
    transfer: float
    diffusivity: float
    conductivity: float
    metal_conductivity: float
    metal_charge: float
    site_ratio: float
    salt_fraction: float
    metal_energy: float
    electrolyte_energy: float
    inverse_thermal_voltage: float
    noise_scale: float
    tolerance: float


class Report(NamedTuple):
    """What a step did: growth [m/s], current densities at the counter electrode and into the metal [A/m²],
    ions entering [m/s, in sites of the electrolyte], largest |Δξ|, smallest c/c₀ outside the metal,
    iterations, and whether all solves converged."""

    growth: Array
    counter_current: Array
    metal_current: Array
    ions_entering: Array
    largest_change: Array
    smallest_salt: Array
    newton_iterations: Array
    linear_iterations: Array
    converged: Array


class Order(NamedTuple):
    """ξ after the step with the old c, dξ/dc of the step, CG iterations."""

    predicted: Array
    gain: Array
    iterations: Array


class _Walls(NamedTuple):
    """2/h² in the first and the last layer of cells, zero elsewhere [1/m²]."""

    anode: Array
    counter: Array


def _walls(s: Structure, n: Numbers) -> _Walls:
    zero, value = jnp.zeros(s.shape), 2.0 / n.spacing[0] ** 2
    return _Walls(zero.at[0].set(value), zero.at[-1].set(value))


def _faces(s: Structure, n: Numbers, coefficient: Array) -> tuple[Array, ...]:
    """Arithmetic face means over h² on the open faces of every axis."""
    return tuple(
        face_arithmetic(coefficient, axis, s.periodic[axis]) / n.spacing[axis] ** 2
        for axis in range(len(s.shape))
    )


def _closed(s: Structure, faces: tuple[Array, ...]) -> tuple[Array, ...]:
    return tuple(closed_faces(face, axis, s.periodic[axis]) for axis, face in enumerate(faces))


def _noise(s: Structure, n: Numbers, key: Array, xi: Array, length: Array) -> Array:
    """Noise on ∂ξ/∂t [1/s]."""
    if s.noise_kind == "none":
        return jnp.zeros(s.shape)
    if s.noise_kind == "thermal":
        window = 4.0 * xi * (1.0 - xi)
        draw = window * jax.random.normal(key, s.shape)
        # No net metal: the mean is taken off where the interface is.
        draw = draw - window * jnp.sum(draw) / jnp.maximum(jnp.sum(window), 1e-300)
        return n.noise_scale / jnp.sqrt(length) * draw
    # Inside the metal all sites are full: noise there would press ions out of them that cannot leave.
    open_sites = jnp.clip(4.0 * (1.0 - model.interpolation(xi)), 0.0, 1.0)
    draw = open_sites * jax.random.uniform(key, s.shape, minval=-1.0, maxval=1.0)
    scale = n.noise_scale if s.noise_kind == "uniform_per_step" else n.noise_scale / jnp.sqrt(length)
    return scale * draw


def order_parameter_step(
    s: Structure, n: Numbers, fields: tuple[Array, Array, Array], source: Array, length: Array
) -> Order:
    """Linearly implicit step of the order parameter with ions and potential at rest.

    Args:
        s, n: structure and numbers of the step.
        fields: ξ, c (share of sites) [dimensionless] and φ [V], one value a cell.
        source: added to ∂ξ/∂t, noise for instance [1/s].
        length: time step [s].
    """
    xi, salt, potential = fields
    walls = _walls(s, n)
    network = _closed(s, _faces(s, n, jnp.ones(s.shape)))
    boundary = walls.anode + walls.counter

    def minus_laplacian(field: Array) -> Array:
        return apply_network(network, boundary, field, s.periodic)

    slope, liquid = model.interpolation_slope(xi), jnp.maximum(1.0 - model.interpolation(xi), 0.0)
    anodic = jnp.exp((1.0 - n.transfer) * n.inverse_thermal_voltage * potential)
    cathodic = jnp.exp(-n.transfer * n.inverse_thermal_voltage * potential) / n.salt_fraction
    net = n.reaction * (anodic - salt * liquid * cathodic)
    stiffness, relaxation = n.relaxation * n.gradient, n.relaxation * n.well
    rate = stiffness * (walls.anode - minus_laplacian(xi)) - relaxation * model.well_slope(xi)
    rate = rate - slope * net + source
    jacobian = -model.interpolation_curvature(xi) * net - n.reaction * slope * slope * salt * cathodic
    reacting = 1.0 / length - jnp.minimum(jacobian, STEEPEST / length)
    diagonal = reacting + relaxation * model.well_curvature(xi)
    whole = jnp.maximum(diagonal + stiffness * sum(2.0 / h**2 for h in n.spacing), 0.1 / length)
    change, iterations = conjugate_gradients(
        lambda field: diagonal * field + stiffness * minus_laplacian(field),
        lambda residual: residual / whole,
        rate,
        rate / whole,
        threshold=n.tolerance**2 * jnp.vdot(rate, rate),
        maximum_iterations=MOST_LINEAR,
    )
    # The gain leaves the Laplacian and the well out: together they vanish on a profile that moves as a whole.
    return Order(xi + change, n.reaction * slope * liquid * cathodic / reacting, iterations)


class _Ions(NamedTuple):
    """µ/RT, ξ, what entered through the counter wall (sum over its cells), iterations, convergence."""

    chemical_potential: Array
    order_parameter: Array
    entered: Array
    newton: Array
    linear: Array
    converged: Array


_Carry = tuple[Array, Array, Array, Array]


class _Problem(NamedTuple):
    """The nonlinear ion balance: imbalance as a function of µ; what a cell stores more of a µ, the sites of its
    metal and e^(ε_s − µ) as functions of µ; face and wall coefficients; ψ."""

    imbalance: Callable[[Array], Array]
    slopes: Callable[[Array], tuple[Array, Array, Array]]
    faces: tuple[Array, ...]
    wall: Array
    psi: Array
    periodic: tuple[bool, ...]


def storage(n: Numbers, mu: Array, xi: Array) -> Array:
    """Ions of a cell over the sites of the electrolyte, c (1 − h) + (C_s/C_l) c_s h [dimensionless]."""
    h = model.interpolation(xi)
    metal = n.site_ratio * model.occupation(mu, n.metal_energy)
    return model.occupation(mu, n.electrolyte_energy) * (1.0 - h) + metal * h


def _over_sinh(values: Array) -> Array:
    """x/sinh(x) [dimensionless]."""
    small = jnp.abs(values) < 1e-2
    safe = jnp.where(small, 1.0, values)
    return jnp.where(small, 1.0 - values * values / 6.0, safe / jnp.sinh(safe))


def _activity_network(
    s: Structure, n: Numbers, mobility: Array, driving: Array
) -> tuple[tuple[Array, ...], Array]:
    """Open face coefficients and counter-wall coefficient that carry the flux −mobility ∇(µ + ψ), ψ = f φ, as
    −a ∇w with w = e^(µ + ψ): a = (mean mobility)/(logarithmic mean of w).

    ``driving`` is µ + ψ before the step. The flux stays what the published form says, but the mobility's
    proportion to the ions, and with it migration, is implicit: lagged, it would make waves in the salt at steps
    above 2/(D |f ∇φ|²).
    """
    faces = []
    for axis, face in enumerate(_faces(s, n, mobility)):
        half = 0.5 * face_gradient(driving, axis, 1.0, s.periodic[axis])
        faces.append(face * _over_sinh(half) * jnp.exp(-face_arithmetic(driving, axis, s.periodic[axis])))
    wall = _walls(s, n).counter * mobility * _over_sinh(0.5 * driving) * jnp.exp(-0.5 * driving)
    return tuple(faces), wall


def _ion_balance(s: Structure, n: Numbers, state: dict[str, Array], order: Order, length: Array) -> _Ions:
    xi, start = state["order_parameter"], state["chemical_potential"]
    psi = n.inverse_thermal_voltage * state["electrolyte_potential"]
    salt, liquid = (
        model.occupation(start, n.electrolyte_energy),
        jnp.maximum(1.0 - model.interpolation(xi), 0.0),
    )
    mobility = length * n.diffusivity * salt * liquid**s.diffusion_power
    faces, wall = _activity_network(s, n, mobility, start + psi)
    network, known = _closed(s, faces), storage(n, start, xi) + wall
    if s.diffusion_power != 2:  # migration keeps the square: take off what the network has too much of it
        excess = mobility * (1.0 - liquid ** (2 - s.diffusion_power))
        known = known + apply_network(_closed(s, _faces(s, n, excess)), jnp.zeros(s.shape), psi, s.periodic)

    def order_at(mu: Array) -> Array:
        return order.predicted + order.gain * (model.occupation(mu, n.electrolyte_energy) - salt)

    def imbalance(mu: Array) -> Array:
        return (
            storage(n, mu, order_at(mu)) - known + apply_network(network, wall, jnp.exp(mu + psi), s.periodic)
        )

    def slopes(mu: Array) -> tuple[Array, Array, Array]:
        c, c_metal = model.occupation(mu, n.electrolyte_energy), model.occupation(mu, n.metal_energy)
        field, c_slope = order_at(mu), c * (1.0 - c)
        h = model.interpolation(field)
        direct = c_slope * (1.0 - h) + n.site_ratio * c_metal * (1.0 - c_metal) * h
        through = model.interpolation_slope(field) * (n.site_ratio * c_metal - c) * order.gain * c_slope
        # A floor far below any cell's capacity keeps full metal, which has next to none, solvable.
        capacity = jnp.maximum(direct, 1e-14) + jnp.maximum(through, 0.0)
        return capacity, n.site_ratio * h, jnp.exp(n.metal_energy - mu)

    first = imbalance(start)
    threshold = n.tolerance**2 * jnp.vdot(first, first) + 1e-30 * first.size
    problem = _Problem(imbalance, slopes, faces, wall, psi, s.periodic)
    mu, rest, newton, linear = _newton(problem, start, first, threshold)
    entered = jnp.sum(wall * (1.0 - jnp.exp(mu + psi)))
    return _Ions(mu, order_at(mu), entered, newton, linear, jnp.vdot(rest, rest) <= threshold)


def _growth(sites: Array, ratio: Array, slope: Array, relative: Array) -> Array:
    """Factor r of w for which a cell takes up what the linear update ``relative`` of w promised.

    Sites fill as w/(w + K), ``ratio`` = K/w; all else a cell does is linear in w to a good approximation, so that
    r solves a quadratic. ``slope`` is the whole derivative by ln w. A tangent alone would crawl along the bend.
    """
    bend = sites * ratio / (1.0 + ratio) ** 2
    linear = jnp.maximum(slope - bend, 1e-14)
    target = jnp.maximum(sites / (1.0 + ratio) + linear + (bend + linear) * relative, 0.0)
    half = 0.5 * (sites + linear * ratio - target)
    root = jnp.sqrt(half * half + linear * target * ratio)
    return jnp.where(half > 0.0, target * ratio / (half + root), (root - half) / linear)


def _newton(problem: _Problem, start: Array, first: Array, threshold: Array) -> _Carry:
    """Newton's method in w = e^(µ + ψ), in which the flux is linear, until the squared imbalance is small enough.

    Returns µ, imbalance, Newton iterations, linear iterations.
    """
    closed = tuple(
        closed_faces(face, axis, problem.periodic[axis]) for axis, face in enumerate(problem.faces)
    )
    conducting = problem.wall + sum(
        take(face, axis, 0, -1) + take(face, axis, 1, None) for axis, face in enumerate(closed)
    )

    def going_on(carry: _Carry) -> Array:
        return (jnp.vdot(carry[1], carry[1]) > threshold) & (carry[2] < MOST_NEWTON)

    def body(carry: _Carry) -> _Carry:
        mu, rest, newton, linear = carry
        activity = jnp.exp(mu + problem.psi)
        capacity, sites, ratio = problem.slopes(mu)
        hierarchy = build_hierarchy(problem.faces, capacity / activity + problem.wall, problem.periodic)
        goal = jnp.maximum(LINEAR_TOLERANCE, 0.5 * jnp.sqrt(threshold / jnp.vdot(rest, rest)))
        update, info = solve(hierarchy, -rest, jnp.zeros_like(mu), goal, MOST_LINEAR)
        growth = _growth(sites, ratio, capacity + conducting * activity, update / activity)
        mu = mu + jnp.log(jnp.clip(growth, SMALLEST_GROWTH, LARGEST_GROWTH))
        return mu, problem.imbalance(mu), newton + 1, linear + info.iterations

    zero = jnp.zeros((), int)
    return jax.lax.while_loop(going_on, body, (start, first, zero, zero))


class _Potential(NamedTuple):
    """φ [V], current densities at the counter electrode and into the metal [A/m²], iterations."""

    potential: Array
    counter_current: Array
    metal_current: Array
    iterations: Array
    converged: Array


def _potential(
    s: Structure, n: Numbers, xi: Array, *, growth: Array, applied: Array, guess: Array
) -> _Potential:
    """φ for a growth ∂ξ/∂t [1/s]; solved for φ − V, or the wall's value would hide the residual elsewhere."""
    walls = _walls(s, n)
    h = jnp.clip(model.interpolation(xi), 0.0, 1.0)
    relative = n.metal_conductivity / n.conductivity * h + (1.0 - h)
    hierarchy = build_hierarchy(_faces(s, n, relative), (walls.anode + walls.counter) * relative, s.periodic)
    target = -walls.counter * relative * applied - n.metal_charge / n.conductivity * growth
    shifted, info = solve(hierarchy, target, guess - applied, 0.1 * n.tolerance, MOST_LINEAR)
    per_area = n.conductivity * n.spacing[0] / xi[0].size
    counter = -per_area * jnp.sum(walls.counter * relative * (shifted + applied))
    metal = per_area * jnp.sum(walls.anode * relative * shifted)
    return _Potential(shifted + applied, counter, metal, info.iterations, info.converged)


@partial(jax.jit, static_argnames=("s",))
def step(
    s: Structure, n: Numbers, state: dict[str, Array], applied: Array, length: Array
) -> tuple[dict[str, Array], Report]:
    """One attempted step of ``length`` [s] at the potential ``applied`` [V] of the plating electrode."""
    xi, phi = state["order_parameter"], state["electrolyte_potential"]
    salt = model.occupation(state["chemical_potential"], n.electrolyte_energy)
    key, draw = jax.random.split(state["key"])
    order = order_parameter_step(s, n, (xi, salt, phi), _noise(s, n, draw, xi, length), length)
    ions = _ion_balance(s, n, state, order, length)
    rate = (ions.order_parameter - xi) / length
    charge = _potential(s, n, ions.order_parameter, growth=rate, applied=applied, guess=phi)
    new = {
        **state,
        "order_parameter": ions.order_parameter,
        "chemical_potential": ions.chemical_potential,
        "electrolyte_potential": charge.potential,
        "applied_potential": applied,
        "time": state["time"] + length,
        "key": key,
    }
    per_area = n.spacing[0] / xi[0].size
    share = model.occupation(ions.chemical_potential, n.electrolyte_energy) / n.salt_fraction
    finite = jnp.isfinite(jnp.sum(ions.chemical_potential) + jnp.sum(charge.potential))
    report = Report(
        growth=per_area * jnp.sum(rate),
        counter_current=charge.counter_current,
        metal_current=charge.metal_current,
        ions_entering=per_area * ions.entered / length,
        largest_change=jnp.max(jnp.abs(ions.order_parameter - xi)),
        smallest_salt=jnp.min(jnp.where(ions.order_parameter < 0.5, share, jnp.inf)),
        newton_iterations=ions.newton,
        linear_iterations=order.iterations + ions.linear + charge.iterations,
        converged=ions.converged & charge.converged & finite,
    )
    return new, report
