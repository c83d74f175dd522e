"""One time step of the two-potential model: charge, front, salt, heat, each solved by its own file.

Order within a step: (1) potentials and currents for the fields at hand, by Newton's method; (2) the time step,
from the fastest front; (3) an implicit predictor of the salt, whose answer redistributes the current along the
front without changing its sum; (4) the front takes up that current; (5) the salt balance with the same current
and the new front; (6) heat. The same current density stands in (4), (5) and (6), so metal, salt and charge agree
cell by cell. First order in time.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array

from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.field.charge import ChargeSolution, Control, Electrode, solve_charge
from dendrion.field.curvature import capillary_pressure, cubic_factor, outward_normals
from dendrion.field.front import advance_front, electrolyte_fraction, reaction_area_density, with_sum
from dendrion.field.heat import conduction_heat, heat_step
from dendrion.field.heterogeneity import advance_lattice, exchange_factor
from dendrion.field.interphase import (
    Layer,
    advance_layer,
    behind_layer,
    layer_change,
    metal_current,
    with_side_current,
)
from dendrion.field.parameters import Parameters
from dendrion.field.salt import SALT_FLOOR, SaltBoundary, anion_sink, salt_step, salt_storage
from dendrion.field.transport import Conductances, conductances, weighted_divergence

FRONT_SHARE = 0.1
"""Area density times interface width from which a cell counts for the speed of the front [dimensionless]; the
middle of the front has about 0.6."""

LARGEST_RATIO = 4.0
"""Bound on the change of the salt in one step that the current follows at once [dimensionless]."""


class State(NamedTuple):
    """Everything that changes: cell fields, scalars, and the random lattice with its key.

    order_parameter [dimensionless], potential [V], response d(phi)/dV [dimensionless], electrode_potential [V],
    concentration [mol/m^3], temperature_rise above the imposed temperature [K], current_density of the front
    [A/m^2], time [s], time_step suggested next [s], counter_charge and throughput [C/m^2], lattice, key, and the layer on
    the front, if there is one.
    """

    order_parameter: Array
    potential: Array
    response: Array
    electrode_potential: Array
    concentration: Array
    temperature_rise: Array
    current_density: Array
    time: Array
    time_step: Array
    counter_charge: Array
    throughput: Array
    lattice: Array
    key: Array
    interphase: Layer | None = None


class Report(NamedTuple):
    """What a step did: scalars for the history and the acceptance test. A step that is not settled is to be cut."""

    time_step: Array
    mean_current_density: Array
    counter_current_density: Array
    largest_front_speed: Array
    smallest_concentration: Array
    salt_change: Array
    charge_residual: Array
    newton_iterations: Array
    linear_iterations: Array
    finite: Array
    settled: Array | bool = True


class Influence(NamedTuple):
    """What stress and cracks do to charge and heat, on cells; None where a link is off.

    equilibrium_shift of the front [V], factor on the conductivity [dimensionless], heat source [W/m^3], factors on the
    face conductances of every axis [dimensionless].
    """

    equilibrium_shift: Array | None = None
    conductivity: Array | None = None
    heat: Array | None = None
    faces: tuple[Array, ...] | None = None


UNDISTURBED = Influence()
"""No stress, no cracks."""


class Surface(NamedTuple):
    """Coefficients of the balances for the fields at hand: electrolyte fraction [dimensionless], area density [1/m],
    temperature [K], the electrode, conductances of conductivity and diffusion potential, the latter's source [A/m^3]."""

    fraction: Array
    area_density: Array
    temperature: Array
    electrode: Electrode
    ionic: Conductances
    diffusional: Conductances
    diffusion_source: Array
    logarithm: Array  # of the salt over its reference [dimensionless]


def surface(p: Parameters, state: State, active: Array, influence: Influence = UNDISTURBED) -> Surface:
    """Coefficients of the balances for the fields at hand; ``active`` marks the front of connected metal."""
    structure, coupling = p.structure, p.structure.coupling
    periodic = structure.periodic
    fraction = electrolyte_fraction(state.order_parameter)
    area = jnp.where(active, reaction_area_density(fraction, p.spacing, periodic), 0.0)
    temperature = p.imposed_temperature + state.temperature_rise
    kinetic_temperature = temperature if coupling.temperature_to_kinetics else p.reference_temperature
    reference = p.electrolyte.reference_concentration
    salt = jnp.maximum(state.concentration, SALT_FLOOR * reference)
    alpha = p.interface.charge_transfer_coefficient
    exchange = p.interface.exchange_current_density(kinetic_temperature, reference)
    exchange = exchange * jnp.ones(structure.shape)
    if structure.binary and coupling.salt_to_kinetics:
        exchange = exchange * (salt / reference) ** (1.0 - alpha)
    normals = outward_normals(state.order_parameter, p.spacing, periodic)
    exchange = exchange * cubic_factor(normals, p.interface.kinetic_anisotropy)
    exchange = exchange * exchange_factor(state.lattice, p.interface.spread, structure.shape)
    shift = jnp.zeros(structure.shape)
    if structure.capillary and coupling.curvature_to_kinetics:
        pressure = capillary_pressure(
            state.order_parameter, p.metal.surface_energy, p.metal.surface_anisotropy, p.spacing, periodic
        )
        shift = jnp.where(area > 0.0, p.metal.molar_volume * pressure / FARADAY, 0.0)
    if influence.equilibrium_shift is not None:
        shift = shift + influence.equilibrium_shift
    electrode = Electrode(area, exchange, shift, alpha, kinetic_temperature * jnp.ones(structure.shape))
    if state.interphase is not None:
        electrode = behind_layer(p, state.interphase, state.order_parameter, electrode)
    transport_temperature = temperature if coupling.temperature_to_transport else p.reference_temperature
    conducting_salt = salt if coupling.salt_to_conduction else reference
    kappa = p.electrolyte.conductivity(transport_temperature, conducting_salt) * jnp.ones(structure.shape)
    if influence.conductivity is not None:
        kappa = kappa * influence.conductivity
    ionic = _across_cracks(_through_grains(conductances(fraction, kappa, p.spacing, periodic), p), influence)
    source, diffusional, logarithm = jnp.zeros(structure.shape), ionic, jnp.log(salt / reference)
    if structure.binary:
        t_plus = p.electrolyte.transference_number(transport_temperature, conducting_salt)
        factor = p.electrolyte.thermodynamic_factor(transport_temperature, conducting_salt)
        strength = 2.0 * kappa * GAS_CONSTANT * transport_temperature / FARADAY * (1.0 - t_plus) * factor
        diffusional = _across_cracks(conductances(fraction, strength, p.spacing, periodic), influence)
        source = weighted_divergence(diffusional.faces, logarithm, periodic)
    return Surface(fraction, area, temperature, electrode, ionic, diffusional, source, logarithm)


def _through_grains(uniform: Conductances, p: Parameters) -> Conductances:
    if p.grains is None:
        return uniform
    faces = tuple(t * f for t, f in zip(uniform.faces, p.grains.faces, strict=True))
    return Conductances(faces, uniform.counter * p.grains.counter)


def _across_cracks(intact: Conductances, influence: Influence) -> Conductances:
    if influence.faces is None:
        return intact
    return intact._replace(faces=tuple(t * f for t, f in zip(intact.faces, influence.faces, strict=True)))


def front_speed(p: Parameters, area: Array, current: Array) -> Array:
    """Speed of the fastest front [m/s], V_M i_n/F over the cells that hold a tenth of its area density or more.

    The few cells ahead of it carry the potential of the bulk electrolyte: what Butler-Volmer gives there is many orders
    above any current, on no area at all.
    """
    counted = area * p.numerics.interface_width > FRONT_SHARE
    return p.metal.molar_volume / FARADAY * jnp.max(jnp.where(counted, jnp.abs(current), 0.0))


def longest_travel(p: Parameters) -> Array:
    """Way that the front may move in a step, within which the substeps of its regularisation are stable [m]."""
    return p.numerics.travel * jnp.min(jnp.stack(p.spacing))


def _time_step(p: Parameters, state: State, area: Array, current: Array, limit: Array) -> tuple[Array, Array]:
    """Length of this step [s] and the speed of the fastest front [m/s]."""
    speed = front_speed(p, area, current)
    travel = longest_travel(p) / jnp.maximum(speed, 1e-30)
    step = jnp.minimum(jnp.minimum(travel, state.time_step), p.numerics.largest_time_step)
    # No sliver may be left over at the end of a protocol step.
    step = jnp.where(step >= limit, limit, jnp.where(step > 0.5 * limit, 0.5 * limit, step))
    return step, speed


def _predict_current(
    p: Parameters, state: State, s: Surface, charge: ChargeSolution, control: Control, step: Array
) -> tuple[Array, Array]:
    """Current density [A/m^2] that goes with the salt at the end of the step, and that salt [mol/m^3].

    An implicit salt step with the front at rest; the current follows the predicted salt as the exchange current
    does, with (c/c_old)^(1 - alpha). Under current control its sum is then put back to what the cycler passes.
    """
    reference = p.electrolyte.reference_concentration
    current = charge.current_density
    storage = salt_storage(s.fraction)
    predicted = _salt(p, state, s, storage * state.concentration, storage, s.fraction, current, state.concentration,
                      charge, step)  # fmt: skip
    if not p.structure.coupling.salt_to_kinetics:
        return current, predicted
    salt = jnp.maximum(state.concentration, SALT_FLOOR * reference)
    ratio = jnp.maximum(predicted, SALT_FLOOR * reference) / salt
    change = jnp.clip(ratio, 1.0 / LARGEST_RATIO, LARGEST_RATIO)
    redistributed = current * change ** (1.0 - p.interface.charge_transfer_coefficient)
    corrected = with_sum(s.area_density, redistributed, jnp.sum(s.area_density * current))
    return jnp.where(control.galvanostatic, corrected, redistributed), predicted


def _salt(
    p: Parameters, state: State, s: Surface, amount: Array, storage: Array, fraction: Array, current: Array,
    guess: Array, charge: ChargeSolution, step: Array,
) -> Array:  # fmt: skip
    """Concentration [mol/m^3] at the end of a step that plates ``current`` [A/m^2] with the front at ``fraction``."""
    reference = p.electrolyte.reference_concentration
    safe = jnp.maximum(guess, SALT_FLOOR * reference)
    temperature = s.temperature if p.structure.coupling.temperature_to_transport else p.reference_temperature
    t_plus = p.electrolyte.transference_number(temperature, safe)
    diffusivity = p.electrolyte.salt_diffusivity(temperature, safe) * jnp.ones(p.structure.shape)
    sink, slope = anion_sink(s.area_density * current, t_plus, guess, reference)
    concentration, _ = salt_step(
        amount, storage,
        conductances(salt_storage(fraction), diffusivity, p.spacing, p.structure.periodic),
        sink, slope, guess, _salt_boundary(p, s.ionic, charge.response), step,
        p.structure.periodic, p.structure.aspect, 1e-9,
    )  # fmt: skip
    return concentration


def _salt_boundary(p: Parameters, ionic: Conductances, response: Array) -> SaltBoundary:
    """Salt is returned along the counter electrode as the response of the current to the electrode potential is
    distributed: positive everywhere, and without the diffusion potential, whose explicit feedback on the salt of
    the last cells would limit the time step to that of explicit diffusion."""
    entering = ionic.counter * response[-1]
    total = jnp.sum(entering)
    even = jnp.ones_like(entering) / entering.size
    share = jnp.where(total > 0.0, entering / jnp.where(total > 0.0, total, 1.0), even)
    return SaltBoundary(p.counter_holds_salt, p.electrolyte.reference_concentration, share)


def _heat(
    p: Parameters,
    state: State,
    s: Surface,
    charge: ChargeSolution,
    current: Array,
    step: Array,
    influence: Influence,
) -> Array:
    """The temperature rise after a step [K]."""
    coupling = p.structure.coupling
    source = jnp.zeros(p.structure.shape)
    if influence.heat is not None:
        source += influence.heat
    if coupling.joule_heat:
        salt = (s.diffusional.faces, s.logarithm) if p.structure.binary else None
        source += conduction_heat(s.ionic, charge.potential, p.structure.periodic, salt)
    if coupling.heat_of_reaction:
        overpotential = charge.potential - charge.electrode_potential - s.electrode.equilibrium_shift
        reversible = s.temperature * p.metal.entropic_coefficient
        source += s.area_density * current * (overpotential + reversible)
    f = s.fraction
    capacity = f * p.electrolyte.heat_capacity + (1.0 - f) * p.metal.heat_capacity
    conductivity = f * p.electrolyte.thermal_conductivity + (1.0 - f) * p.metal.thermal_conductivity
    rise, _ = heat_step(
        state.temperature_rise, capacity, conductivity, source, p.walls, step, p.spacing,
        p.structure.periodic, p.structure.aspect,
    )  # fmt: skip
    return rise


@eqx.filter_jit
def step(
    p: Parameters,
    state: State,
    control: Control,
    limit: Array,
    active: Array,
    influence: Influence = UNDISTURBED,
) -> tuple[State, Report]:
    """Advance by one step, never longer than ``limit`` [s]; ``active`` marks the front of connected metal."""
    structure = p.structure
    s = surface(p, state, active, influence)
    if state.interphase is not None:
        expected = jnp.minimum(jnp.minimum(state.time_step, limit), p.numerics.largest_time_step)
        s = s._replace(electrode=with_side_current(p, state.interphase, s.electrode, expected))
    charge = solve_charge(
        s.ionic, s.diffusion_source, s.electrode, control,
        (state.potential, state.response, state.electrode_potential),
        volume_per_area(p), structure.periodic, structure.aspect, p.numerics.tolerance,
    )  # fmt: skip
    length, speed = _time_step(p, state, s.area_density, metal_current(s.electrode, charge), limit)
    return finish(p, state, s, charge, control, length, speed, active, influence)


surface_at = eqx.filter_jit(surface)
"""`surface`, compiled by itself."""


def volume_per_area(p: Parameters) -> Array:
    """Volume of a cell over the cross-section of the whole box [m]."""
    return p.spacing[0] / math.prod(p.structure.shape[1:])


def finish(
    p: Parameters,
    state: State,
    s: Surface,
    charge: ChargeSolution,
    control: Control,
    length: Array,
    speed: Array,
    active: Array,
    influence: Influence,
    into_cracks: Array | float = 0.0,
) -> tuple[State, Report]:
    """The rest of a step of ``length`` [s], once its potentials and currents are known: salt, front and heat.

    ``speed`` is that of the fastest front [m/s], ``into_cracks`` the mean current density that plates elsewhere [A/m^2].
    """
    structure = p.structure
    current, concentration, change = charge.current_density, state.concentration, jnp.array(0.0)
    if structure.binary:
        current, predicted = _predict_current(p, state, s, charge, control, length)
    xi, layer, moved, metal = state.order_parameter, state.interphase, None, current
    if layer is not None:
        moved = layer_change(p, layer, xi, s.electrode, charge, length)
        metal = current - moved.taken / length
    if structure.coupling.front_motion:
        width, velocity = p.numerics.interface_width, p.metal.molar_volume / FARADAY * metal
        xi = advance_front(
            xi, s.area_density, active, velocity, length, p.numerics.mobility * speed * width, width,
            structure.substeps, p.spacing, structure.periodic,
        )  # fmt: skip
    fraction = electrolyte_fraction(xi)
    if structure.binary:
        amount, storage = salt_storage(s.fraction) * state.concentration, salt_storage(fraction)
        concentration = _salt(p, state, s, amount, storage, fraction, current, predicted, charge, length)
        # Root mean square over the front: a pocket that closes must not hold up the whole cell.
        squares = jnp.sum(s.area_density * (concentration - state.concentration) ** 2)
        mean_square = squares / jnp.maximum(jnp.sum(s.area_density), 1e-300)
        change = jnp.sqrt(mean_square) / p.electrolyte.reference_concentration
    rise = state.temperature_rise
    if structure.heat:
        rise = _heat(p, state, s, charge, current, length, influence)
    if layer is not None and moved is not None:
        layer = advance_layer(p, layer, xi, s.area_density, moved, volume_per_area(p))
    key, lattice = state.key, state.lattice
    if structure.fluctuating:
        key, kick = jax.random.split(state.key)
        lattice = advance_lattice(lattice, kick, length, p.interface.correlation_time)
    mean = volume_per_area(p) * jnp.sum(s.area_density * current) + into_cracks
    entering = -volume_per_area(p) * jnp.sum(s.ionic.counter * charge.potential[-1])
    allowed = length * p.numerics.salt_change / jnp.maximum(change, 1e-12)
    suggestion = jnp.clip(allowed, 0.3 * length, p.numerics.growth * jnp.maximum(length, state.time_step))
    new = State(
        xi, charge.potential, charge.response, charge.electrode_potential, concentration, rise, metal,
        state.time + length, suggestion, state.counter_charge + entering * length,
        state.throughput + jnp.abs(mean) * length, lattice, key, layer,
    )  # fmt: skip
    finite = jnp.all(jnp.isfinite(xi)) & jnp.all(jnp.isfinite(concentration)) & jnp.isfinite(mean)
    finite = finite & jnp.all(jnp.isfinite(charge.potential)) & jnp.all(jnp.isfinite(rise))
    smallest = jnp.min(jnp.where(fraction > 0.5, concentration, jnp.inf))
    report = Report(
        length, mean, entering, speed, smallest, change, charge.residual,
        charge.newton_iterations, charge.linear_iterations, finite,
    )  # fmt: skip
    return new, report
