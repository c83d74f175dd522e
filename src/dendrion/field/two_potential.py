"""One time step of the two-potential model: charge, front, salt, heat, each solved by its own file.

Order within a step: (1) potentials and currents for the fields at hand, by Newton's method; (2) the time step,
from the fastest front; (3) an implicit predictor of the salt, whose answer redistributes the current along the
front without changing its sum; (4) the front takes up that current; (5) the salt balance with the same current
and the new front; (6) heat. The same current density stands in (4), (5) and (6), so metal, salt and charge agree
cell by cell. First order in time.
"""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array

from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.field.charge import ChargeSolution, Control, Electrode, solve_charge
from dendrion.field.curvature import capillary_pressure, cubic_factor, outward_normals
from dendrion.field.front import electrolyte_fraction, reaction_area_density, regularisation
from dendrion.field.heat import heat_step, joule_heat
from dendrion.field.heterogeneity import advance_lattice, exchange_factor
from dendrion.field.parameters import Parameters
from dendrion.field.salt import SaltBoundary, anion_sink, salt_step, salt_storage
from dendrion.field.transport import Conductances, conductances, weighted_divergence

SALT_FLOOR = 1e-4
"""Share of the reference concentration below which conductivity and kinetics fall no further [dimensionless]:
the space charge that carries current through a depleted layer is not resolved."""


class State(NamedTuple):
    """Everything that changes: cell fields, scalars, and the random lattice with its key.

    order_parameter [dimensionless], potential [V], response d(phi)/dV [dimensionless], electrode_potential [V],
    concentration [mol/m^3], temperature_rise above the imposed temperature [K], current_density of the front
    [A/m^2], time [s], time_step suggested next [s], counter_charge and throughput [C/m^2], lattice, key.
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


class Report(NamedTuple):
    """What a step did: scalars for the history and the acceptance test."""

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


class _Surface(NamedTuple):
    fraction: Array
    area_density: Array
    temperature: Array
    electrode: Electrode
    ionic: Conductances
    diffusion_source: Array


def _surface(p: Parameters, state: State, active: Array) -> _Surface:
    """Coefficients of the charge balance for the fields at hand."""
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
    electrode = Electrode(area, exchange, shift, alpha, kinetic_temperature * jnp.ones(structure.shape))
    transport_temperature = temperature if coupling.temperature_to_transport else p.reference_temperature
    conducting_salt = salt if coupling.salt_to_conduction else reference
    kappa = p.electrolyte.conductivity(transport_temperature, conducting_salt) * jnp.ones(structure.shape)
    ionic = conductances(fraction, kappa, p.spacing, periodic)
    source = jnp.zeros(structure.shape)
    if structure.binary:
        t_plus = p.electrolyte.transference_number(transport_temperature, conducting_salt)
        factor = p.electrolyte.thermodynamic_factor(transport_temperature, conducting_salt)
        strength = 2.0 * kappa * GAS_CONSTANT * temperature / FARADAY * (1.0 - t_plus) * factor
        diffusional = conductances(fraction, strength, p.spacing, periodic)
        source = weighted_divergence(diffusional.faces, jnp.log(salt / reference), periodic)
    return _Surface(fraction, area, temperature, electrode, ionic, source)


def _time_step(p: Parameters, state: State, area: Array, current: Array, limit: Array) -> tuple[Array, Array]:
    """Length of this step [s] and the speed of the fastest front [m/s]."""
    smallest = jnp.min(jnp.stack(p.spacing))
    counted = area * smallest > 0.05
    speed = p.metal.molar_volume / FARADAY * jnp.max(jnp.where(counted, jnp.abs(current), 0.0))
    travel = p.numerics.travel * smallest / jnp.maximum(speed, 1e-30)
    step = jnp.minimum(jnp.minimum(travel, state.time_step), p.numerics.largest_time_step)
    # No sliver may be left over at the end of a protocol step.
    step = jnp.where(step >= limit, limit, jnp.where(step > 0.5 * limit, 0.5 * limit, step))
    return step, speed


def _advance_front(p: Parameters, xi: Array, growth: Array, step: Array, speed: Array) -> Array:
    """The order parameter after a step [dimensionless]: growth [1/s], then regularisation in substeps."""
    structure = p.structure
    if not structure.coupling.front_motion:
        return xi
    width = p.numerics.interface_width
    mobility = p.numerics.mobility * speed * width
    part = step / structure.substeps

    def substep(_: int, field: Array) -> Array:
        return field + part * mobility * regularisation(field, width, p.spacing, structure.periodic)

    return jax.lax.fori_loop(0, structure.substeps, substep, xi + step * growth)


class _Salt(NamedTuple):
    concentration: Array
    current_density: Array
    iterations: Array


def _predict_salt(
    p: Parameters, state: State, s: _Surface, charge: ChargeSolution, control: Control, step: Array
) -> _Salt:
    """Implicit salt predictor and the current density that goes with it.

    The current follows the predicted salt through the cathodic part of the kinetics. Under current control its
    sum is put back to what the cycler passes; under potential control the current is taken as proportional to
    the salt, which keeps the concentration positive however depleted the front is.
    """
    structure = p.structure
    reference = p.electrolyte.reference_concentration
    salt = jnp.maximum(state.concentration, SALT_FLOOR * reference)
    t_plus = p.electrolyte.transference_number(s.temperature, salt)
    current = charge.current_density
    kinetic_slope = (1.0 - p.interface.charge_transfer_coefficient) * charge.cathodic_current_density / salt
    slope = jnp.where(control.galvanostatic, kinetic_slope, jnp.maximum(current, 0.0) / salt)
    slope = slope if structure.coupling.salt_to_kinetics else jnp.zeros_like(slope)
    storage = salt_storage(s.fraction)
    predicted, iterations = salt_step(
        storage * state.concentration,
        storage,
        _salt_conductances(p, s.fraction, s.temperature, salt),
        anion_sink(s.area_density, current, t_plus),
        anion_sink(s.area_density, slope, t_plus),
        state.concentration,
        _salt_boundary(p, s.ionic, charge.potential),
        step,
        structure.periodic,
        structure.aspect,
        1e-8,
    )
    redistributed = current + slope * (predicted - state.concentration)
    before = jnp.sum(s.area_density * current)
    after = jnp.sum(s.area_density * redistributed)
    # An additive correction in proportion to |i| cannot blow up where the net current is zero (rest).
    weight = s.area_density * jnp.abs(redistributed)
    missing = (before - after) / jnp.maximum(jnp.sum(weight), 1e-300)
    corrected = redistributed + missing * jnp.abs(redistributed)
    return _Salt(predicted, jnp.where(control.galvanostatic, corrected, redistributed), iterations)


def _salt_conductances(p: Parameters, fraction: Array, temperature: Array, salt: Array) -> Conductances:
    coupled = p.structure.coupling.temperature_to_transport
    diffusivity = p.electrolyte.salt_diffusivity(temperature if coupled else p.reference_temperature, salt)
    return conductances(
        salt_storage(fraction), diffusivity * jnp.ones(p.structure.shape), p.spacing, p.structure.periodic
    )


def _salt_boundary(p: Parameters, ionic: Conductances, potential: Array) -> SaltBoundary:
    entering = jnp.abs(ionic.counter * potential[-1])
    total = jnp.sum(entering)
    even = jnp.ones_like(entering) / entering.size
    share = jnp.where(total > 0.0, entering / jnp.where(total > 0.0, total, 1.0), even)
    return SaltBoundary(p.counter_holds_salt, p.electrolyte.reference_concentration, share)


def _heat(p: Parameters, state: State, s: _Surface, charge: ChargeSolution, current: Array, step: Array) -> Array:
    """The temperature rise after a step [K]."""
    coupling = p.structure.coupling
    source = jnp.zeros(p.structure.shape)
    if coupling.joule_heat:
        source += joule_heat(s.ionic.faces, charge.potential, p.structure.periodic)
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
def step(p: Parameters, state: State, control: Control, limit: Array, active: Array) -> tuple[State, Report]:
    """Advance by one step, never longer than ``limit`` [s]; ``active`` marks the front of connected metal."""
    structure = p.structure
    s = _surface(p, state, active)
    volume_per_area = p.spacing[0] / state.order_parameter[0].size
    charge = solve_charge(
        s.ionic, s.diffusion_source, s.electrode, control,
        (state.potential, state.response, state.electrode_potential),
        volume_per_area, structure.periodic, structure.aspect, p.numerics.tolerance,
    )  # fmt: skip
    length, speed = _time_step(p, state, s.area_density, charge.current_density, limit)
    current, linear = charge.current_density, charge.linear_iterations
    if structure.binary:
        salt = _predict_salt(p, state, s, charge, control, length)
        current, linear = salt.current_density, linear + salt.iterations
    growth = p.metal.molar_volume / FARADAY * s.area_density * current
    xi = _advance_front(p, state.order_parameter, growth, length, speed)
    concentration, change = state.concentration, jnp.array(0.0)
    if structure.binary:
        fraction = electrolyte_fraction(xi)
        safe = jnp.maximum(salt.concentration, SALT_FLOOR * p.electrolyte.reference_concentration)
        t_plus = p.electrolyte.transference_number(s.temperature, safe)
        concentration, iterations = salt_step(
            salt_storage(s.fraction) * state.concentration,
            salt_storage(fraction),
            _salt_conductances(p, fraction, s.temperature, safe),
            anion_sink(s.area_density, current, t_plus),
            jnp.zeros_like(current),
            salt.concentration,
            _salt_boundary(p, s.ionic, charge.potential),
            length, structure.periodic, structure.aspect, 1e-9,
        )  # fmt: skip
        linear = linear + iterations
        wet = fraction > 0.5
        change = jnp.max(jnp.where(wet, jnp.abs(concentration - state.concentration), 0.0))
        change = change / p.electrolyte.reference_concentration
    rise = _heat(p, state, s, charge, current, length) if structure.heat else state.temperature_rise
    key, lattice = state.key, state.lattice
    if structure.fluctuating:
        key, kick = jax.random.split(state.key)
        lattice = advance_lattice(lattice, kick, length, p.interface.correlation_time)
    mean = volume_per_area * jnp.sum(s.area_density * current)
    entering = -volume_per_area * jnp.sum(s.ionic.counter * charge.potential[-1])
    allowed = length * p.numerics.salt_change / jnp.maximum(change, 1e-12)
    suggestion = jnp.clip(
        allowed, 0.3 * length, p.numerics.growth * jnp.maximum(length, state.time_step)
    )
    new = State(
        xi, charge.potential, charge.response, charge.electrode_potential, concentration, rise, current,
        state.time + length, suggestion, state.counter_charge + entering * length,
        state.throughput + jnp.abs(mean) * length, lattice, key,
    )  # fmt: skip
    finite = jnp.all(jnp.isfinite(xi)) & jnp.all(jnp.isfinite(concentration)) & jnp.isfinite(mean)
    finite = finite & jnp.all(jnp.isfinite(charge.potential)) & jnp.all(jnp.isfinite(rise))
    smallest = jnp.min(jnp.where(electrolyte_fraction(xi) > 0.5, concentration, jnp.inf))
    report = Report(
        length, mean, entering, speed, smallest, change, charge.residual,
        charge.newton_iterations, linear, finite,
    )  # fmt: skip
    return new, report
