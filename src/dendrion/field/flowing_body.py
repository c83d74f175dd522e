"""Metal that flows beside an electrolyte that cracks: the body of a filling step, linear about a displacement.

    sigma = f sigma_M(e - e_p - e_T) + (1 - f) C (e - e_T)

f is the metal fraction of a cell, sigma_M the implicit flow over the step. The tangent at the displacement of the last
pass makes each pass a Newton iteration of the metal, beside what the pass does for cracks and potential. Kind: derived.
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array

from dendrion.field.filling_system import Body
from dendrion.field.mandel import in_plane, in_plane_tangent, plane_strain
from dendrion.field.metal_flow import Flow, flow
from dendrion.field.solids import Solids, electrolyte_stiffness
from dendrion.numerics.elasticity import cell_strain

VOID_STIFFNESS = 1e-6
"""Share of the electrolyte's stiffness that an empty cell keeps [dimensionless]."""


class FlowingBody(eqx.Module):
    """A body about to take a step.

    fraction f and share of a cell that holds material [dimensionless]; thermal strains of both phases, plastic strain
    of the metal at the start (4 or 6, *cells) [dimensionless], its resistance [Pa]; temperature of the flow [K] on
    cells; time step [s]; share of the cells that has transformed, as the electrolyte's strain has it [dimensionless].
    """

    periodic: tuple[bool, ...] = eqx.field(static=True)
    spacing: tuple[float, ...] = eqx.field(static=True)
    solids: Solids
    fraction: Array
    solidity: Array
    metal_strain: Array
    electrolyte_strain: Array
    plastic_strain: Array
    resistance: Array
    temperature: Array
    step: Array
    transformed: Array | None = None

    @property
    def fixed(self) -> Array:
        """Prescribed degrees of freedom, (dim, *nodes)."""
        return self.solids.fixed

    def flow(self, displacement: Array) -> Flow:
        """The metal's state at the end of the step."""
        metal = self.solids.metal
        strain = plane_strain(cell_strain(displacement, self.spacing, self.periodic))
        return flow(
            metal.flow, strain, self.plastic_strain, self.metal_strain, self.resistance,
            metal.bulk, metal.shear, self.temperature, self.step,
        )  # fmt: skip

    def work_of_flow(self, before: Array, after: Flow) -> Array:
        """Work of the metal's stress on its flow in the step, by the trapezoidal rule [J/m^3].

        The backward step gives off sigma_end : d(e_p); metal that relaxes from a load loses half of the difference more.
        """
        frozen = eqx.tree_at(lambda body: body.step, self, jnp.zeros_like(self.step))
        start, moved = frozen.flow(before).stress, after.plastic_strain - self.plastic_strain
        return after.dissipation + 0.5 * jnp.sum((start - after.stress) * moved, axis=0)

    def response(self, displacement: Array) -> tuple[Array, Array]:
        """Stress (m, *cells) and tangent (m, m, *cells) of the unbroken body, m = 4 or 6 [Pa]."""
        moved, f = self.flow(displacement), self.fraction
        strain = plane_strain(cell_strain(displacement, self.spacing, self.periodic))
        dimensions = strain.ndim - 1
        solid = electrolyte_stiffness(self.solids, dimensions)
        elastic = jnp.sum(solid * (strain - self.electrolyte_strain)[None], axis=1)
        stress = self.solidity * (f * moved.stress + (1.0 - f) * elastic)
        return stress, self.solidity * (f * moved.tangent + (1.0 - f) * solid)

    def __call__(self, displacement: Array) -> Body:
        """Tangent and stress at zero strain, in-plane in 2-D."""
        stress, tangent = self.response(displacement)
        strain = cell_strain(displacement, self.spacing, self.periodic)
        stiffness = in_plane_tangent(tangent)
        beyond = in_plane(stress) - jnp.sum(stiffness * strain[None], axis=1)
        return Body(stiffness, beyond, self.solids.load, self.solids.fixed)
