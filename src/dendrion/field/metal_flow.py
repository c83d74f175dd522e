"""Elastic–viscoplastic flow of the metal: implicit local update of every cell.

    sigma = K tr(e_e) I + 2 G dev(e_e),   e_e = e - e_p - e_0,   de_p/dt = (3/2) rate(sigma_eq, S, T) s/sigma_eq

e is the strain, e_p the plastic strain, e_0 whatever else strains without stress (growth, heat), s the stress
deviator, sigma_eq = sqrt(3/2 s:s). The backward step keeps the direction of the trial deviator and leaves one
equation for its length (Simo and Hughes 1998, Computational Inelasticity, chapter 3),

    sigma_eq + 3 G dt rate(sigma_eq) = sigma_trial,

solved along the parameter of the law (`creep`) from above, where Newton's method on a convex function cannot
overshoot; a bracket guards laws that soften. Only the deviator is limited: the pressure K tr(e_e) is whatever the
confinement makes of it, also gigapascals. Isotropic metal: a cubic one has no radial return.
Kind: published scheme; the parameter of the solve and its start are derived here.

Mandel notation, components first: 4 (xx, yy, zz, sqrt2 xy; plane strain) or 6 (xx, yy, zz, sqrt2 yz, xz, xy).
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array

from dendrion.field.creep import TINY, FlowLaw
from dendrion.field.mandel import deviator, deviatoric_projector, identity

ITERATIONS = 14
"""Newton iterations of the local equation, always done in full [dimensionless]; power laws are exact after about six,
a softening law after about ten."""


class Flow(NamedTuple):
    """State of a metal at the end of a step, on cells.

    stress [Pa] (m, *cells), plastic strain [dimensionless] (m, *cells), resistance [Pa], tangent d(stress)/d(strain)
    [Pa] (m, m, *cells), dissipated energy of the step [J/m^3], elastic energy [J/m^3], equivalent rate [1/s], the share
    of the trial deviator that is left [dimensionless].
    """

    stress: Array
    plastic_strain: Array
    resistance: Array
    tangent: Array
    dissipation: Array
    elastic_energy: Array
    rate: Array
    retained: Array


def equivalent_stress(
    law: FlowLaw, trial: Array, shear: Array, resistance: Array, temperature: Array, time_step: Array
) -> tuple[Array, Array, Array, Array]:
    """Solve sigma + 3 G dt rate(sigma) = trial on every cell.

    Args: the law; trial von Mises stress [Pa]; shear modulus G [Pa]; resistance at the start [Pa]; temperature [K];
    time step [s].

    Returns: von Mises stress [Pa], its derivative with respect to the trial stress [dimensionless], rate [1/s],
    resistance at the end [Pa].
    """
    trial = jnp.maximum(trial, TINY)
    viscosity = 3.0 * shear * time_step

    def respond(parameter: Array) -> tuple[Array, Array, Array]:
        return law.respond(parameter, resistance, temperature, time_step)

    def slopes(parameter: Array) -> tuple[tuple[Array, Array, Array], tuple[Array, Array, Array]]:
        return jax.jvp(respond, (parameter,), (jnp.ones_like(parameter),))

    def improve(index: Array, bracket: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        parameter, low, high = bracket
        (stress, rate, *_), (stress_slope, rate_slope, *_) = slopes(parameter)
        excess = stress + viscosity * rate - trial
        low, high = jnp.where(excess > 0.0, low, parameter), jnp.where(excess > 0.0, parameter, high)
        slope = stress_slope + viscosity * rate_slope
        newton = parameter - excess / jnp.where(slope > 0.0, slope, 1.0)
        inside = (slope > 0.0) & (newton >= low) & (newton <= high)
        return jnp.where(inside, newton, 0.5 * (low + high)), low, high

    fastest = trial / jnp.maximum(viscosity, TINY)
    start = law.highest(trial, fastest, resistance, temperature)
    start = jnp.broadcast_to(start, jnp.shape(trial))
    parameter = lax.fori_loop(0, ITERATIONS, improve, (start, start - 200.0, start))[0]
    (stress, rate, hardened), (stress_slope, rate_slope, _) = slopes(parameter)
    slope = stress_slope / jnp.maximum(stress_slope + viscosity * rate_slope, TINY)
    stress = jnp.where(viscosity > TINY, jnp.minimum(stress, trial), trial)
    slope = jnp.where(viscosity > TINY, jnp.clip(slope, 0.0, 1.0), 1.0)
    return stress, slope, rate, jnp.broadcast_to(hardened, jnp.shape(trial))


def flow(
    law: FlowLaw,
    strain: Array,
    plastic_strain: Array,
    stress_free_strain: Array,
    resistance: Array,
    bulk: Array,
    shear: Array,
    temperature: Array,
    time_step: Array,
) -> Flow:
    """One implicit step of the metal of every cell.

    Args: the law; total strain at the end of the step and plastic strain at its start [dimensionless]; growth and
    thermal strain at the end [dimensionless]; resistance at the start [Pa]; bulk and shear modulus [Pa]; temperature
    [K]; time step [s]. Moduli, resistance, temperature and time step are numbers or arrays of cells.
    """
    components = strain.shape[0]
    unit = identity(components).reshape((-1,) + (1,) * (strain.ndim - 1))
    elastic = strain - plastic_strain - stress_free_strain
    volume = elastic[0] + elastic[1] + elastic[2]
    part = deviator(elastic)
    squared = jnp.sum(part * part, axis=0)
    length = jnp.where(squared > 0.0, jnp.sqrt(jnp.where(squared > 0.0, squared, 1.0)), 0.0)
    trial = 2.0 * shear * np.sqrt(1.5) * length
    stress, slope, rate, hardened = equivalent_stress(law, trial, shear, resistance, temperature, time_step)
    moving = trial > TINY
    retained = jnp.where(moving, stress / jnp.where(moving, trial, 1.0), slope)
    direction = part / jnp.where(length > 0.0, length, 1.0)
    remaining = retained * part
    increment = part - remaining
    tangent = _tangent(components, direction, bulk, shear, retained, slope)
    return Flow(
        stress=bulk * volume * unit + 2.0 * shear * remaining,
        plastic_strain=plastic_strain + increment,
        resistance=hardened,
        tangent=tangent,
        dissipation=2.0 * shear * jnp.sum(remaining * increment, axis=0),
        elastic_energy=0.5 * bulk * volume**2 + shear * jnp.sum(remaining * remaining, axis=0),
        rate=rate,
        retained=retained,
    )


def _tangent(
    components: int, direction: Array, bulk: Array, shear: Array, retained: Array, slope: Array
) -> Array:
    """K I I + 2 G [r P + (d(sigma)/d(trial) - r) N N], consistent with the backward step [Pa]."""
    axes = (1,) * (direction.ndim - 1)
    unit = identity(components)
    volumetric = np.outer(unit, unit).reshape((components, components, *axes))
    projector = deviatoric_projector(components).reshape((components, components, *axes))
    outer = direction[:, None] * direction[None, :]
    return bulk * volumetric + 2.0 * shear * (retained * projector + (slope - retained) * outer)
