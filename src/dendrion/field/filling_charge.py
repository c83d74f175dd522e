"""Charge shared between the front and the metal in cracks, as a linear system for one pass of Newton's
method.

    -div(kappa grad phi) + a i_n(phi - V - shift - rho i_n) + (1/c) d(theta)/dt = 0,   phi = 0 at the counter
    electrode total current = I (galvanostatic, V follows)  or  V given (potentiostatic)

Unknown is psi = phi - V, the potential against the metal; the counter electrode then stands at U = -V. A
galvanostatic cell is a network whose counter electrode is one more node that floats: eliminated, it takes one
rank off the conductances of the last layer and feeds the current in, so the matrix stays symmetric and
positive definite and one solve suffices. rho is a resistance in series with the reaction (half a cell for an
electrode that is the wall x = 0, else zero). Kind: derived here from the balances of `charge`.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from dendrion.field.charge import Control
from dendrion.field.kinetics import plating_current_density
from dendrion.field.transport import Conductances
from dendrion.numerics.elliptic import Hierarchy, apply, build_hierarchy, precondition


class Front(NamedTuple):
    """The bulk electrode on cells: area density [1/m], exchange current density [A/m²], equilibrium shift
    [V], transfer coefficient [dimensionless], temperature [K], resistance in series with the reaction [Ω
    m²]."""

    area_density: Array
    exchange_current_density: Array
    equilibrium_shift: Array
    charge_transfer_coefficient: Array
    temperature: Array
    resistance: Array


class FrontTangent(NamedTuple):
    """i = current + slope psi [A/m²], [A/(m² V)]: the front's law about the last overpotential."""

    current: Array
    slope: Array


def front_tangent(front: Front, overpotential: Float[Array, "*cells"]) -> FrontTangent:
    """The front's current as a linear function of psi, about the overpotential eta = psi - shift - rho i
    [V]."""
    current, slope = plating_current_density(
        overpotential, front.exchange_current_density, front.charge_transfer_coefficient, front.temperature
    )
    share = 1.0 / (1.0 + slope * front.resistance)
    constant = current - slope * (overpotential + front.equilibrium_shift)
    return FrontTangent(share * constant, share * slope)


class ChargeBlock(NamedTuple):
    """C psi = dt v [L psi + sinks], per pass: the network, the floating share of the counter electrode, the
    weight dt v [s mᵈ], the sum of all conductances that take up current, and the current fed in [A/mᵈ], on
    cells."""

    hierarchy: Hierarchy
    counter: Array
    floating: Array
    weight: Array
    uptake: Array
    fed: Array

    def apply(self, psi: Array) -> Array:
        """C psi [C]."""
        lent = self.counter * self._counter_mean(psi)
        return self.weight * apply(self.hierarchy, psi).at[-1].add(-self.floating * lent)

    def _counter_mean(self, psi: Array) -> Array:
        return jnp.sum(self.counter * psi[-1]) / jnp.sum(self.counter)

    def precondition(self, residual: Array) -> Array:
        """A symmetric approximation of C⁻¹: a V-cycle with the counter electrode held, and the mean that then
        is missing."""
        inner = precondition(self.hierarchy, residual) / (self.hierarchy.scale * self.weight)
        some = self.uptake > 0.0
        mean = jnp.where(some, jnp.sum(residual) / (self.weight * jnp.where(some, self.uptake, 1.0)), 0.0)
        return inner + self.floating * mean

    def counter_potential(self, psi: Array, control: Control, area_per_volume: Array) -> Array:
        """U = -V [V]."""
        through = control.value * area_per_volume / jnp.sum(self.counter)
        return jnp.where(control.galvanostatic, self._counter_mean(psi) + through, -control.value)


def build_charge_block(
    conduction: Conductances,
    sink: Float[Array, "*cells"],
    control: Control,
    area_per_volume: Array,
    weight: Array,
    periodic: tuple[bool, ...],
    aspect: tuple[float, ...],
) -> ChargeBlock:
    """The block of the potential.

    Args: conductances [S/m³]; conductance of front and cracks to the metal on cells [S/m³]; control; the
    cross-section of the cell over the volume of one voxel [1/m]; dt v [s mᵈ]; axes' periodicity; ratios of
    the cell sizes.
    """
    wall = jnp.zeros_like(sink).at[-1].set(conduction.counter)
    hierarchy = build_hierarchy(conduction.faces, wall + sink, periodic, aspect)
    floating = jnp.where(control.galvanostatic, 1.0, 0.0)
    share = conduction.counter / jnp.sum(conduction.counter)
    entering = jnp.where(
        control.galvanostatic, share * control.value * area_per_volume, -conduction.counter * control.value
    )
    fed = jnp.zeros_like(sink).at[-1].set(entering)
    return ChargeBlock(hierarchy, conduction.counter, floating, weight, jnp.sum(sink), fed)
