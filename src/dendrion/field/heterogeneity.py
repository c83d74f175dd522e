"""Random factors on the exchange current density: frozen in place, or fluctuating in time.

A log-normal factor ``exp(s g - s^2/2)`` with mean 1, where g is a Gaussian field of unit variance that lives on
its own lattice, as coarse as the correlation length, and is interpolated to the cells: its statistics, and for a
given seed its values in space, do not depend on the grid. A fluctuating g follows an Ornstein–Uhlenbeck process,
``g(t + dt) = e^(-dt/tau) g(t) + sqrt(1 - e^(-2 dt/tau)) N(0, 1)``, exact for any time step, so a shorter step
does not change the noise either. Kind: derived here (grid-independent replacement of per-step noise).
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array


def lattice_shape(size: tuple[float, ...], correlation_length: float) -> tuple[int, ...]:
    """Nodes of the noise lattice for a domain [m] and a correlation length [m]; at least two an axis."""
    return tuple(max(2, round(length / correlation_length) + 1) for length in size)


def advance_lattice(lattice: Array, key: Array, time_step: Array, correlation_time: Array) -> Array:
    """The Gaussian lattice after a time step [s] for a correlation time [s]; infinity freezes it."""
    memory = jnp.exp(-time_step / correlation_time)
    kick = jnp.sqrt(jnp.maximum(0.0, 1.0 - memory**2))
    return memory * lattice + kick * jax.random.normal(key, lattice.shape, lattice.dtype)


def exchange_factor(lattice: Array, amplitude: Array, shape: tuple[int, ...]) -> Array:
    """Factor on the exchange current density at the cells [dimensionless] for a log-normal amplitude s.

    Linear interpolation lowers the variance between nodes; dividing by the root of the summed squared weights
    keeps it one everywhere.
    """
    value, power = lattice, jnp.ones((1,) * lattice.ndim)
    for axis, cells in enumerate(shape):
        nodes = lattice.shape[axis]
        place = (jnp.arange(cells) + 0.5) / cells * (nodes - 1)
        lower = jnp.clip(jnp.floor(place).astype(int), 0, nodes - 2)
        weight = place - lower
        wide = [1] * lattice.ndim
        wide[axis] = cells
        weight = weight.reshape(wide)
        value = (1.0 - weight) * jnp.take(value, lower, axis) + weight * jnp.take(value, lower + 1, axis)
        power = power * ((1.0 - weight) ** 2 + weight**2)
    gaussian = value / jnp.sqrt(power)
    return jnp.exp(amplitude * gaussian - 0.5 * amplitude**2)
