"""Parameters and states of the two-potential model made directly, without a case, for tests of the engine.

Everything is in SI. Functions stand at module level so that parameters with other numbers compile nothing anew.
"""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
from jax.tree_util import Partial

import dendrion.field
from dendrion.field.build import MOBILITY, SUBSTEP_BOUND
from dendrion.field.charge import Control
from dendrion.field.diagnostics import height_profile
from dendrion.field.heat import HeatWall
from dendrion.field.interphase import first_layer
from dendrion.field.parameters import (
    Coupling,
    Electrolyte,
    Interface,
    InterphaseNumbers,
    Metal,
    Numerics,
    Parameters,
    Structure,
)
from dendrion.field.two_potential import State

assert dendrion.field.backend  # switches float64 on

FIXED = (math.inf, 0.0)
INSULATED = (0.0, 0.0)
"""Heat transfer coefficient [W/(m^2 K)] and temperature outside [K above the imposed one] of an end wall."""


def number(value):
    """A strongly typed float64 scalar."""
    return jnp.asarray(np.float64(value))


def _constant(value, temperature, concentration):
    return value


def _in_proportion(value, reference, temperature, concentration):
    return value * concentration / reference


def _exponential(value, slope, reference, temperature, concentration):
    return value * jnp.exp(slope * (temperature - reference))


def constant(value):
    """A property that does not change."""
    return Partial(_constant, number(value))


def in_proportion(value, reference):
    """A property in proportion to the salt concentration: ``value`` at ``reference`` [mol/m^3]."""
    return Partial(_in_proportion, number(value), number(reference))


def exponential(value, slope, reference):
    """A property that grows with ``exp(slope (T - reference))``, slope in [1/K]."""
    return Partial(_exponential, number(value), number(slope), number(reference))


def make_parameters(
    shape,
    cell,
    *,
    width=2.0,
    binary=False,
    periodic=None,
    conductivity=0.05,
    exchange_current_density=10.0,
    salt_diffusivity=7e-12,
    transference_number=0.2,
    reference_concentration=1200.0,
    molar_volume=1.3e-5,
    surface_energy=1e-9,
    surface_anisotropy=0.0,
    kinetic_anisotropy=0.0,
    entropic_coefficient=0.0,
    temperature=298.15,
    capillary=True,
    heat=False,
    walls=(FIXED, FIXED),
    holds_salt=False,
    coupling=None,
    substeps=None,
    travel=0.25,
    mobility=MOBILITY,
    tolerance=1e-9,
    salt_change=0.02,
    largest_time_step=math.inf,
    interphase=None,
    growth="none",
    breaking=True,
):
    """Parameters on cells of size ``cell`` [m] with an interface width of ``width`` cells.

    Conductivity, exchange current density and salt diffusivity may be numbers or properties; a conductivity given
    as a number is in proportion to the salt of a binary electrolyte.
    """
    dimension = len(shape)
    if substeps is None:
        substeps = max(1, math.ceil(travel * mobility * width * 2 * dimension / SUBSTEP_BOUND))

    def as_property(value):
        return value if isinstance(value, Partial) else constant(value)

    if binary and not isinstance(conductivity, Partial):
        conductivity = in_proportion(conductivity, reference_concentration)
    return Parameters(
        structure=Structure(
            shape=tuple(shape),
            periodic=tuple(periodic) if periodic is not None else (False,) * dimension,
            aspect=(1.0,) * dimension,
            binary=binary,
            heat=heat,
            fluctuating=False,
            capillary=capillary and dimension > 1,
            substeps=substeps,
            coupling=coupling or Coupling(),
            interphase=growth if interphase is not None else None,
            breaking=breaking,
        ),
        spacing=(number(cell),) * dimension,
        metal=Metal(
            molar_volume=number(molar_volume),
            surface_energy=number(surface_energy),
            surface_anisotropy=number(surface_anisotropy),
            heat_capacity=number(534.0 * 3580.0),
            thermal_conductivity=number(84.8),
            entropic_coefficient=number(entropic_coefficient),
        ),
        electrolyte=Electrolyte(
            conductivity=as_property(conductivity),
            salt_diffusivity=as_property(salt_diffusivity),
            transference_number=constant(transference_number),
            thermodynamic_factor=constant(1.0),
            reference_concentration=number(reference_concentration),
            heat_capacity=number(2e6),
            thermal_conductivity=number(0.25),
        ),
        interface=Interface(
            exchange_current_density=as_property(exchange_current_density),
            charge_transfer_coefficient=number(0.5),
            kinetic_anisotropy=number(kinetic_anisotropy),
            spread=number(0.0),
            correlation_time=number(math.inf),
        ),
        numerics=Numerics(
            interface_width=number(width * cell),
            travel=number(travel),
            mobility=number(mobility),
            tolerance=number(tolerance),
            salt_change=number(salt_change),
            growth=number(1.5),
            largest_time_step=number(largest_time_step),
        ),
        walls=tuple(HeatWall(number(transfer), number(outside)) for transfer, outside in walls),
        imposed_temperature=number(temperature),
        counter_holds_salt=number(1.0 if holds_salt else 0.0),
        reference_temperature=number(temperature),
        interphase=interphase,
    )


def make_interphase(
    *,
    conductivity=5e-6,
    growth=0.0,
    decay_length=2e-9,
    thickness=20e-9,
    bare_thickness=1e-9,
    charge_density=2.0 * 96485.33212 / 9.585e-5,
    modulus=2e9,
    strength=100e6,
    fracture_energy=1.0,
    particle_radius=math.inf,
    flow_pressure=2.3e6,
):
    """Numbers of a layer; conductivity and growth may be properties."""
    as_property = [v if isinstance(v, Partial) else constant(v) for v in (conductivity, growth)]
    rest = (decay_length, thickness, bare_thickness, charge_density, modulus, strength, fracture_energy)
    return InterphaseNumbers(*as_property, *(number(v) for v in (*rest, particle_radius, flow_pressure, 1.0)))


def make_state(parameters, order_parameter, *, concentration=None, time_step=1e30):
    """A state at rest with this order parameter; uniform salt unless ``concentration`` [mol/m^3] is given."""
    xi = jnp.asarray(np.broadcast_to(order_parameter, parameters.structure.shape), dtype=float)
    zero = jnp.zeros_like(xi)
    salt = (
        parameters.electrolyte.reference_concentration
        if concentration is None
        else jnp.asarray(concentration)
    )
    return State(
        order_parameter=xi,
        potential=zero,
        response=jnp.where(xi > 0.5, zero + 1.0, zero),
        electrode_potential=number(0.0),
        concentration=zero + salt,
        temperature_rise=zero,
        current_density=zero,
        time=number(0.0),
        time_step=number(time_step),
        counter_charge=number(0.0),
        throughput=number(0.0),
        lattice=jnp.zeros((2,) * xi.ndim),
        key=jax.random.PRNGKey(0),
        interphase=None if parameters.interphase is None else first_layer(parameters.interphase, zero),
    )


def profile(distance, width):
    """Order parameter of a front at a signed distance [m], positive in the electrolyte, for a width w [m]."""
    return 0.5 * (1.0 - np.tanh(distance / width))


def centres(cells, cell):
    """Cell centres along an axis [m]."""
    return (np.arange(cells) + 0.5) * cell


def passed_current(density):
    """Galvanostatic control at a mean plating current density [A/m^2]."""
    return Control(jnp.asarray(True), number(density))


def held_potential(potential):
    """Potentiostatic control at a potential of the plating electrode [V]."""
    return Control(jnp.asarray(False), number(potential))


def everywhere(parameters):
    """Marks all metal as connected with the plating electrode."""
    return jnp.ones(parameters.structure.shape, bool)


def front_height(order_parameter, cell):
    """Position of the front over the cross-section [m]."""
    xi = np.asarray(order_parameter)
    return height_profile(xi, xi >= 0.5, cell)
