"""How the electrolyte answers a strain: elastic, or yielding as a polymer does; damage may stand in the same place."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
from jax.tree_util import Partial
from jaxtyping import Array

from dendrion.constants import REFERENCE_TEMPERATURE
from dendrion.field.creep import Creep
from dendrion.field.metal_flow import Flow, flow


class Response(NamedTuple):
    """Stress (m, *cells) [Pa], tangent (m, m, *cells) [Pa], stored energy [J/m^3], energy dissipated within the step
    [J/m^3] of the electrolyte."""

    stress: Array
    tangent: Array
    energy: Array
    dissipation: Array


Solid = Callable[[Array], Response]
"""The electrolyte: from its total strain (4 or 6, *cells) to its response; a pytree, so that its numbers trace."""


def elastic_solid(stiffness: Array, stress_free_strain: Array) -> Solid:
    """An elastic electrolyte with stiffness (m, m, *cells) [Pa] and thermal strain (m, *cells) [dimensionless]."""
    return Partial(_elastic_response, stiffness, stress_free_strain)


def _elastic_response(stiffness: Array, stress_free_strain: Array, strain: Array) -> Response:
    elastic = strain - stress_free_strain
    stress = jnp.sum(stiffness * elastic[None], axis=1)
    energy = 0.5 * jnp.sum(stress * elastic, axis=0)
    return Response(stress, stiffness, energy, jnp.zeros_like(energy))


def yielding_solid(
    law: Creep, bulk: Array, shear: Array, stress_free_strain: Array, plastic_strain: Array, time_step: Array
) -> Solid:
    """An isotropic electrolyte that yields (`creep.yielding`), such as a polymer; its plastic strain (m, *cells) at the
    start of the step is the caller's to keep (`yielded_strain`). Moduli [Pa], time step [s]."""
    return Partial(_yielding_response, law, bulk, shear, stress_free_strain, plastic_strain, time_step)


def _solid_flow(
    law: Creep, bulk: Array, shear: Array, free: Array, plastic: Array, step: Array, strain: Array
) -> Flow:
    zero = jnp.zeros_like(strain[0])
    return flow(law, strain, plastic, free, zero, bulk, shear, zero + REFERENCE_TEMPERATURE, step)


def _yielding_response(
    law: Creep, bulk: Array, shear: Array, free: Array, plastic: Array, step: Array, strain: Array
) -> Response:
    state = _solid_flow(law, bulk, shear, free, plastic, step, strain)
    return Response(state.stress, state.tangent, state.elastic_energy, state.dissipation)


def yielded_strain(solid: Solid, strain: Array) -> Array:
    """Plastic strain (m, *cells) of a `yielding_solid` at the end of the step, from its strain [dimensionless]."""
    numbers = solid.args  # type: ignore[attr-defined]
    law, bulk, shear, free, plastic, step = numbers
    return _solid_flow(law, bulk, shear, free, plastic, step, strain).plastic_strain
