"""What the stress of the cells does to the front: its mechanical overpotential, and the conduction before it."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from dendrion.field.curvature import outward_normals
from dendrion.field.growth_strain import front_distance
from dendrion.field.mandel import mean_stress
from dendrion.field.mechanical_overpotential import (
    front_stresses,
    mechanical_overpotential,
    stressed_conductivity,
)
from dendrion.field.parameters import Parameters
from dendrion.field.solids import Solids

NEAR, FAR = 1.5, 3.0
"""Depths at which each phase's stress is sampled beside the front, in cells [dimensionless]: outside of the cells that
the front cuts, whose stress is that of a mixture."""


def influence_of_stress(
    p: Parameters,
    solids: Solids,
    order_parameter: Float[Array, "*cells"],
    fraction: Float[Array, "*cells"],
    stress: Float[Array, "m ..."],
) -> tuple[Array, Array]:
    """Shift -eta_m of the front's equilibrium [V], and factor of the mean stress on the conductivity [dimensionless].

    Args: order parameter and metal fraction [dimensionless], stress (4 or 6, *cells) [Pa]. The factor is one where the
    electrolyte has no claim of the slope, and bounded as in `mechanical_overpotential`.
    """
    periodic = p.structure.periodic
    normals = outward_normals(order_parameter, p.spacing, periodic)
    # Samples lie in cells of one phase, whose stress is that phase's own.
    smallest = jnp.min(jnp.stack(p.spacing))
    distance = front_distance(order_parameter, p.numerics.interface_width)
    outside, inside = front_stresses(
        stress,
        stress,
        fraction,
        distance,
        normals,
        (NEAR * smallest, FAR * smallest),
        p.spacing,
        periodic,
    )
    overpotential = mechanical_overpotential(outside, inside, solids.cation_volume, solids.metal_volume)
    reference = p.electrolyte.conductivity(p.reference_temperature, p.electrolyte.reference_concentration)
    stressed = stressed_conductivity(reference, solids.conductivity_slope, mean_stress(stress))
    return -overpotential, stressed / reference
