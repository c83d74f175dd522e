"""One time step of the grand-potential model: order parameter, ions, potential.

With µ over RT, c = c_l(µ), h = h(ξ), f = F/RT and the storage S(µ, ξ) = c (1 − h) + (C_s/C_l) c_s(µ) h:

    ∂ξ/∂t = −L_σ (W g' − κ ∇²ξ) − L_η h' [e^((1−α) f φ) − (c/c₀)(1 − h) e^(−α f φ)] + noise
    ∂S/∂t = ∇·[D c (1 − h)^m ∇µ + D c (1 − h)² f ∇φ]
    ∇·(σ ∇φ) = F C_s ∂ξ/∂t

Walls: ξ = 1 and φ = V on the plating electrode (no ions pass), ξ = 0, µ = 0, φ = 0 at the counter electrode.

Order of a step. (1) ξ by one linearly implicit (Rosenbrock) step: unlike an implicit Laplacian with an explicit
well it does not slow a travelling profile down, because the profile's own translation is in the null space of
the linearised operator. (2) The ion balance in its conserved form, by Newton's method in µ; the reaction is
linear in c, so the change of ξ with the new c is carried along cell by cell. The operator is monotone, so there
is one answer at any step. (3) φ with the new ξ. First order in time; mobilities and φ are those before the step.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array

from dendrion.field import hong2018_functions as model
from dendrion.numerics.elliptic import Hierarchy, build_hierarchy, precondition, solve
from dendrion.numerics.krylov import conjugate_gradients
from dendrion.numerics.operators import apply_network, closed_faces, face_arithmetic

STEEPEST = 0.5
"""Largest growth rate times step that the linearised reaction keeps [dimensionless]; the rest is explicit."""

LARGEST_UPDATE = 3.0
"""Bound on a Newton update of µ/RT [dimensionless]."""

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
    ``inverse_thermal_voltage`` F/RT [1/V], ``metal_charge`` F C_s [C/m³], ``noise_scale`` [√s/s]: the half-width
    or standard deviation of the noise times √Δt (not for the bare amplitude)."""

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
    ions entering [m/s, in sites of the electrolyte], largest |Δξ|, smallest c/c₀ in the electrolyte, residual of
    the ion balance over the ions moved, of the charge balance, iterations, and whether all solves converged."""

    growth: Array
    counter_current: Array
    metal_current: Array
    ions_entering: Array
    largest_change: Array
    smallest_salt: Array
    ion_residual: Array
    charge_residual: Array
    newton_iterations: Array
    linear_iterations: Array
    converged: Array


class _Walls(NamedTuple):
    """2/h² in the first and the last layer of cells, zero elsewhere [1/m²]."""

    anode: Array
    counter: Array


def _walls(structure: Structure, n: Numbers) -> _Walls:
    zero, value = jnp.zeros(structure.shape), 2.0 / n.spacing[0] ** 2
    return _Walls(zero.at[0].set(value), zero.at[-1].set(value))


def _faces(structure: Structure, n: Numbers, coefficient: Array) -> tuple[Array, ...]:
    """Arithmetic face means over h² on the open faces of every axis."""
    return tuple(
        face_arithmetic(coefficient, axis, structure.periodic[axis]) / n.spacing[axis] ** 2
        for axis in range(len(structure.shape))
    )


def _closed(structure: Structure, faces: tuple[Array, ...]) -> tuple[Array, ...]:
    return tuple(closed_faces(face, axis, structure.periodic[axis]) for axis, face in enumerate(faces))


def _noise(structure: Structure, n: Numbers, key: Array, xi: Array, length: Array) -> Array:
    """Noise on ∂ξ/∂t [1/s]."""
    if structure.noise_kind == "none":
        return jnp.zeros(structure.shape)
    if structure.noise_kind == "thermal":
        window = 4.0 * xi * (1.0 - xi)
        draw = window * jax.random.normal(key, structure.shape)
        # No net metal: the mean is taken off where the interface is.
        draw = draw - window * jnp.sum(draw) / jnp.maximum(jnp.sum(window), 1e-300)
        return n.noise_scale / jnp.sqrt(length) * draw
    draw = jax.random.uniform(key, structure.shape, minval=-1.0, maxval=1.0)
    scale = n.noise_scale if structure.noise_kind == "uniform_per_step" else n.noise_scale / jnp.sqrt(length)
    return scale * draw


class _Order(NamedTuple):
    """ξ after the step with the old c, dξ/dc of the step, CG iterations."""

    predicted: Array
    gain: Array
    iterations: Array


def _order_parameter(
    s: Structure, n: Numbers, xi: Array, salt: Array, potential: Array, noise: Array, length: Array
) -> _Order:
    walls = _walls(s, n)
    laplace = _closed(s, _faces(s, n, jnp.ones(s.shape)))
    boundary = walls.anode + walls.counter

    def laplacian(field: Array) -> Array:
        return -apply_network(laplace, boundary, field, s.periodic)

    h, slope = model.interpolation(xi), model.interpolation_slope(xi)
    liquid = jnp.maximum(1.0 - h, 0.0)
    anodic = jnp.exp((1.0 - n.transfer) * n.inverse_thermal_voltage * potential)
    cathodic = jnp.exp(-n.transfer * n.inverse_thermal_voltage * potential) / n.salt_fraction
    net = n.reaction * (anodic - salt * liquid * cathodic)
    stiffness = n.relaxation * n.gradient
    rate = stiffness * (laplacian(xi) + walls.anode) - n.relaxation * n.well * model.well_slope(xi)
    rate = rate - slope * net + noise
    jacobian = -n.relaxation * n.well * model.well_curvature(xi) - model.interpolation_curvature(xi) * net
    jacobian = jacobian - n.reaction * slope * slope * salt * cathodic
    diagonal = 1.0 / length - jnp.minimum(jacobian, STEEPEST / length)
    whole = diagonal + stiffness * sum(2.0 / h**2 for h in n.spacing)
    change, iterations = conjugate_gradients(
        lambda field: diagonal * field - stiffness * laplacian(field),
        lambda residual: residual / whole,
        rate,
        rate / whole,
        threshold=1e-6 * jnp.linalg.norm(rate) + 1e-30,
        maximum_iterations=MOST_LINEAR,
    )
    return _Order(xi + change, n.reaction * slope * liquid * cathodic / whole, iterations)


class _Ions(NamedTuple):
    """µ/RT, ξ, what entered through the counter wall [1/cell, summed], residual, Newton and CG iterations."""

    chemical_potential: Array
    order_parameter: Array
    entered: Array
    residual: Array
    newton: Array
    linear: Array
    converged: Array


def _ion_balance(
    s: Structure, n: Numbers, xi: Array, potential: Array, start: Array, order: _Order, length: Array
) -> _Ions:
    walls = _walls(s, n)
    salt, liquid = (
        model.occupation(start, n.electrolyte_energy),
        jnp.maximum(1.0 - model.interpolation(xi), 0.0),
    )
    diffusion = length * n.diffusivity * salt * liquid**s.diffusion_power
    migration = length * n.diffusivity * n.inverse_thermal_voltage * salt * liquid**2
    faces = _faces(s, n, diffusion)
    network, wall = _closed(s, faces), walls.counter * diffusion
    drift_wall = walls.counter * migration
    drift = apply_network(_closed(s, _faces(s, n, migration)), drift_wall, potential, s.periodic)

    def storage(mu: Array, field: Array) -> Array:
        h = model.interpolation(field)
        metal = n.site_ratio * model.occupation(mu, n.metal_energy)
        return model.occupation(mu, n.electrolyte_energy) * (1.0 - h) + metal * h

    known = storage(start, xi) - drift

    def order_at(mu: Array) -> Array:
        return order.predicted + order.gain * (model.occupation(mu, n.electrolyte_energy) - salt)

    def imbalance(mu: Array) -> Array:
        return storage(mu, order_at(mu)) - known + apply_network(network, wall, mu, s.periodic)

    def diagonal_at(mu: Array) -> Array:
        c, c_metal = model.occupation(mu, n.electrolyte_energy), model.occupation(mu, n.metal_energy)
        field, slope = order_at(mu), c * (1.0 - c)
        h = model.interpolation(field)
        direct = slope * (1.0 - h) + n.site_ratio * c_metal * (1.0 - c_metal) * h
        through = model.interpolation_slope(field) * (n.site_ratio * c_metal - c) * order.gain * slope
        # A floor far below any cell's capacity keeps full metal, which has next to none, solvable.
        return jnp.maximum(direct, 1e-14) + jnp.maximum(through, 0.0) + wall

    hierarchy = build_hierarchy(faces, diagonal_at(start), s.periodic)
    first = imbalance(start)
    threshold = n.tolerance * jnp.linalg.norm(first) + 1e-15 * jnp.sqrt(first.size)
    mu, rest, newton, linear = _newton(
        s, (imbalance, diagonal_at), network, hierarchy, (start, first), threshold
    )
    entered = jnp.sum(-wall * mu - drift_wall * potential)
    norm = jnp.linalg.norm(rest)
    return _Ions(mu, order_at(mu), entered, jnp.sum(rest), newton, linear, norm <= threshold)


def _newton(
    s: Structure,
    functions: tuple[Callable[[Array], Array], Callable[[Array], Array]],
    network: tuple[Array, ...],
    hierarchy: Hierarchy,
    start: tuple[Array, Array],
    threshold: Array,
) -> tuple[Array, Array, Array, Array]:
    """Newton's method in µ with bounded updates: µ, imbalance, Newton iterations, linear iterations."""
    imbalance, diagonal_at = functions

    def going_on(carry: tuple[Array, ...]) -> Array:
        return (jnp.linalg.norm(carry[1]) > threshold) & (carry[2] < MOST_NEWTON)

    def body(carry: tuple[Array, ...]) -> tuple[Array, ...]:
        mu, rest, newton, linear = carry
        diagonal = diagonal_at(mu)
        update, iterations = conjugate_gradients(
            lambda field: apply_network(network, diagonal, field, s.periodic),
            lambda residual: precondition(hierarchy, residual),
            -rest,
            jnp.zeros_like(mu),
            threshold=jnp.maximum(LINEAR_TOLERANCE * jnp.linalg.norm(rest), 0.5 * threshold),
            maximum_iterations=MOST_LINEAR,
        )
        mu = mu + jnp.clip(update, -LARGEST_UPDATE, LARGEST_UPDATE)
        return mu, imbalance(mu), newton + 1, linear + iterations

    zero = jnp.zeros((), int)
    return jax.lax.while_loop(going_on, body, (*start, zero, zero))


class _Potential(NamedTuple):
    """φ, current densities at the counter electrode and into the metal [A/m²], charge residual, iterations."""

    potential: Array
    counter_current: Array
    metal_current: Array
    residual: Array
    iterations: Array
    converged: Array


def _potential(
    s: Structure, n: Numbers, xi: Array, growth: Array, applied: Array, guess: Array
) -> _Potential:
    """φ for a growth ∂ξ/∂t [1/s]; solved for φ − V, or the wall's value would hide the residual elsewhere."""
    walls = _walls(s, n)
    ratio = n.metal_conductivity / n.conductivity
    h = jnp.clip(model.interpolation(xi), 0.0, 1.0)
    relative = ratio * h + (1.0 - h)
    diagonal = (walls.anode + walls.counter) * relative
    hierarchy = build_hierarchy(_faces(s, n, relative), diagonal, s.periodic)
    target = -walls.counter * relative * applied - n.metal_charge / n.conductivity * growth
    shifted, info = solve(hierarchy, target, guess - applied, n.tolerance, MOST_LINEAR)
    per_area = n.conductivity * n.spacing[0] / xi[0].size
    counter = -per_area * jnp.sum(walls.counter * relative * (shifted + applied))
    metal = per_area * jnp.sum(walls.anode * relative * shifted)
    drawn = n.metal_charge * n.spacing[0] * jnp.sum(growth) / xi[0].size
    residual = (counter - metal - drawn) / jnp.maximum(jnp.abs(counter), 1e-300)
    return _Potential(shifted + applied, counter, metal, residual, info.iterations, info.converged)


@partial(jax.jit, static_argnames=("s",))
def step(
    s: Structure, n: Numbers, state: dict[str, Array], applied: Array, length: Array
) -> tuple[dict[str, Array], Report]:
    """One attempted step of ``length`` [s] at the potential ``applied`` [V] of the plating electrode."""
    xi, mu, phi = state["order_parameter"], state["chemical_potential"], state["electrolyte_potential"]
    key, draw = jax.random.split(state["key"])
    noise = _noise(s, n, draw, xi, length)
    order = _order_parameter(s, n, xi, model.occupation(mu, n.electrolyte_energy), phi, noise, length)
    ions = _ion_balance(s, n, xi, phi, mu, order, length)
    rate = (ions.order_parameter - xi) / length
    charge = _potential(s, n, ions.order_parameter, rate, applied, phi)
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
    salt = model.occupation(ions.chemical_potential, n.electrolyte_energy) / n.salt_fraction
    finite = jnp.isfinite(jnp.sum(ions.chemical_potential) + jnp.sum(charge.potential))
    report = Report(
        growth=per_area * jnp.sum(rate),
        counter_current=charge.counter_current,
        metal_current=charge.metal_current,
        ions_entering=per_area * ions.entered / length,
        largest_change=jnp.max(jnp.abs(ions.order_parameter - xi)),
        smallest_salt=jnp.min(jnp.where(ions.order_parameter < 0.5, salt, jnp.inf)),
        ion_residual=per_area * ions.residual,
        charge_residual=charge.residual,
        newton_iterations=ions.newton,
        linear_iterations=order.iterations + ions.linear + charge.iterations,
        converged=ions.converged & charge.converged & finite,
    )
    return new, report
