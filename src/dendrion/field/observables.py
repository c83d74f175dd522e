"""What is measured of a state of the two-potential model: currents in the electrolyte, area, salt, power."""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array

from dendrion.field.front import electrolyte_fraction, reaction_area_density
from dendrion.field.interphase import LayerMeasures, measure_layer
from dendrion.field.parameters import Parameters
from dendrion.field.salt import salt_storage
from dendrion.field.two_potential import State, Surface, surface
from dendrion.numerics.operators import closed_faces, face_gradient, take


def transport_power(p: Parameters, s: Surface, potential: Array) -> Array:
    """Work that the current does against the potential on its way through the electrolyte [W/m^3], summed over cells:
    ohmic loss and, in a binary electrolyte, what the diffusion potential takes up or gives."""
    total = jnp.sum(s.ionic.counter * potential[-1] ** 2)
    for axis, wraps in enumerate(p.structure.periodic):
        drop = face_gradient(potential, axis, 1.0, wraps)
        total += jnp.sum(s.ionic.faces[axis] * drop**2)
    if p.structure.binary:
        total += jnp.sum(potential * s.diffusion_source)
    return total


@eqx.filter_jit
def ionic_current_density(p: Parameters, state: State) -> Array:
    """Magnitude of the ionic current density in the cells [A/m^2], means of the two faces of each axis."""
    everywhere = jnp.ones(p.structure.shape, bool)
    s = surface(p, state, everywhere)
    total = jnp.zeros(p.structure.shape)
    for axis, h in enumerate(p.spacing):
        wraps = p.structure.periodic[axis]
        flux = -h * s.ionic.faces[axis] * face_gradient(state.potential, axis, 1.0, wraps)
        if p.structure.binary:
            flux += h * s.diffusional.faces[axis] * face_gradient(s.logarithm, axis, 1.0, wraps)
        closed = closed_faces(flux, axis, wraps)
        lower, upper = take(closed, axis, 0, -1), take(closed, axis, 1, None)
        if axis == 0:
            upper = upper.at[-1].set(h * s.ionic.counter * state.potential[-1])
        total += (0.5 * (lower + upper)) ** 2
    return jnp.sqrt(total)


class Measured(NamedTuple):
    """Front area density [1/m], salt in the domain (sum over cells) [mol/m^3], highest temperature [K], the layer on the
    front if there is one."""

    area_density: Array
    salt: Array
    hottest: Array
    layer: LayerMeasures | None = None


@eqx.filter_jit
def measure(p: Parameters, state: State) -> Measured:
    """What the diagnostics need of a state beside its fields."""
    fraction = electrolyte_fraction(state.order_parameter)
    area = reaction_area_density(fraction, p.spacing, p.structure.periodic)
    salt = jnp.sum(salt_storage(fraction) * state.concentration)
    layer = None
    if state.interphase is not None and p.interphase is not None:
        layer = measure_layer(p.interphase, state.interphase, area, p.numerics.interface_width)
    return Measured(area, salt, jnp.max(p.imposed_temperature + state.temperature_rise), layer)
