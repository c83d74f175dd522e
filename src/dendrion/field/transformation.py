"""Second-phase particles that expand under tension, once and for all: dilatant toughening (zirconia).

    sigma_m = tr(sigma)/3 > sigma_c  or  s > 0:   ds/dt = 1/tau  up to s = 1,     eps* = s (e_T/3) I

e_T is the change of volume of a transformed particle, s the share of a cell that has transformed, never less than it
was. The shear of the martensite is left out, since twins cancel it, and a particle that has begun goes on to the end
("supercritical"). tau stands for the nanoseconds of the real transformation and only has to be short against the time a
crack takes for a cell; the stress that decides is that of the step's beginning. Work that the body takes from the
transformation, or gives to it, is integral sigma : d(eps*).
Kind: reconstruction of the dilatational model of McMeeking and Evans 1982 (DOI 10.1111/j.1151-2916.1982.tb10426.x, abstract
read) and Budiansky, Hutchinson and Lambropoulos 1983 (DOI 10.1016/0020-7683(83)90031-8, not read) for particles that a grid does
not resolve; tau and resolved particles are derived here.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from dendrion.case import Case
from dendrion.case.microstructure_checks import transforms
from dendrion.field.grains import grain_map
from dendrion.field.mandel import identity, mean_stress
from dendrion.numerics.grid import Grid


class Transformation(NamedTuple):
    """What transforms where: change of volume e_T, 0 in cells that do not [dimensionless], mean stress sigma_c from which
    it does [Pa], time tau that it takes [s]; each on cells."""

    strain: Array
    stress: Array
    time: Array


def make_transformation(case: Case, grid: Grid) -> Transformation | None:
    """The particles of a case that transform; None where there are none, or `transformation_to_stress` is off."""
    found = grain_map(case, grid) if case.physics.coupling.transformation_to_stress else None
    if found is None or not any(transforms(one) for one in found.properties):
        return None
    strain, stress, time = np.zeros(grid.shape), np.full(grid.shape, np.inf), np.ones(grid.shape)
    for kind, one in enumerate(found.properties, start=1):
        if transforms(one):
            cells = found.phase == kind
            strain[cells], stress[cells] = one.transformation_strain, one.transformation_stress
            time[cells] = one.transformation_time
    return Transformation(jnp.asarray(strain), jnp.asarray(stress), jnp.asarray(time))


def transformed_share(
    t: Transformation,
    share: Float[Array, "*cells"],
    stress: Float[Array, "m ..."],
    metal: Float[Array, "*cells"],
    step: Array | float,
) -> Float[Array, "*cells"]:
    """Share of the cells that has transformed after ``step`` [s], from the share and the stress before it [dimensionless].

    Args: particles; share [dimensionless]; stress [Pa]; metal fraction of the cells, where nothing transforms any more
    [dimensionless].
    """
    goes_on = ((mean_stress(stress) > t.stress) | (share > 0.0)) & (t.strain > 0.0) & (metal <= 0.0)
    return jnp.where(goes_on, jnp.minimum(share + step / t.time, 1.0), share)


def transformation_strain(
    t: Transformation, share: Float[Array, "*cells"], components: int
) -> Float[Array, "m ..."]:
    """s (e_T/3) I, (components, *cells), 4 in plane strain and 6 in 3-D [dimensionless]."""
    third = share * t.strain / 3.0
    return jnp.tensordot(identity(components), third, axes=0)


def transformation_work(
    t: Transformation, growth: Float[Array, "*cells"], before: Float[Array, "m ..."], after: Float[Array, "m ..."]
) -> Float[Array, "*cells"]:  # fmt: skip
    """integral sigma : d(eps*) of a step whose share grew by ``growth``, by the trapezoidal rule [J/m^3].

    Exact where stress is linear in the share. Positive: the body gives energy off; negative, as for particles that expand
    against their surroundings: the phase change drives the body. Args: particles, stress before and after the step [Pa].
    """
    return 0.5 * (mean_stress(before) + mean_stress(after)) * t.strain * growth
