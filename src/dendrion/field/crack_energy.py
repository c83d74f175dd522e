"""Stress and stored energy of a body whose cracks hold metal, and the account of a run's energy.

    psi = psi_intact - M e^2/2 + { g M e^2/2                          open
                                 { M [(e - theta)^2 + (g/r) theta^2]/2    in contact with its metal (or itself)
          - r (sliding) + (bending of the voxel)

with the notation of `filling`: then d(psi)/d(theta) = p, so metal that enters against the pressure p stores exactly the
work p d(theta), and nothing else has to be counted. Kind: derived.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array

from dendrion.field.crack_band import (
    Band,
    band_stiffness,
    build_band,
    mandel_dyad,
    normal_strain,
    shear_energy,
    without_sliding,
)
from dendrion.field.filling import SMALLEST_LOST, remaining_ligament
from dendrion.field.filling_system import FillingParameters, FillingState
from dendrion.field.flowing_body import FlowingBody
from dendrion.field.mandel import in_plane, in_plane_tangent, plane_strain
from dendrion.field.solids import electrolyte_stiffness
from dendrion.numerics.elasticity import bending_stiffness, bending_strain, bending_stress, cell_strain


class Energies(NamedTuple):
    """Energy over the cross-section since the start [J/m^2].

    supplied by the cycler; lost in conduction, in the reaction; stored by metal wedged into cracks; work of the stack
    pressure; elastic energy now; crack energy now; lost in flow; elastic and crack energy at the start; given to the
    transformation of particles (negative: taken from it).
    """

    supplied: Array
    ohmic: Array
    reaction: Array
    wedged: Array
    pushed: Array
    stored: Array
    fracture: Array
    flow: Array
    first_stored: Array
    first_fracture: Array
    transformed: Array


def energy_error(energies: Energies) -> Array:
    """What is missing from both balances, over all energy that was supplied [dimensionless].

        cycler = conduction + reaction + metal wedged in
        metal wedged in + stack = elastic energy + crack energy + flow + transformation

    In a crack that runs unstably between two steps the second is an inequality: what Griffith's balance releases beyond
    G_c would go into waves and heat.
    """
    charge = energies.supplied - energies.ohmic - energies.reaction - energies.wedged
    return (jnp.abs(charge) + jnp.abs(mechanical_excess(energies))) / jnp.maximum(
        jnp.abs(energies.supplied) + jnp.abs(energies.pushed) + jnp.maximum(-energies.transformed, 0.0),
        1e-300,
    )


def mechanical_excess(energies: Energies) -> Array:
    """Mechanical work that is neither stored nor spent [J/m^2]."""
    stored = energies.stored - energies.first_stored + energies.fracture - energies.first_fracture
    return energies.wedged + energies.pushed - stored - energies.flow - energies.transformed


def no_energies() -> Energies:
    """The account before anything happened [J/m^2]."""
    return Energies(*[jnp.zeros(()) for _ in Energies._fields])


class _Law(NamedTuple):
    band: Band
    intact: Array
    strain: Array
    lost: Array
    closed: Array
    opening: Array


def _law(f: FillingParameters, body: FlowingBody, state: FillingState) -> _Law:
    """The crack law at the end of a step, from the fields alone."""
    intact, tangent = body.response(state.displacement)
    band = build_band(in_plane_tangent(tangent), state.normal)
    strain = normal_strain(band, in_plane(intact))
    lost = 1.0 - remaining_ligament(state.damage, f.cracks.residual)
    closed = state.filling / jnp.maximum(lost, SMALLEST_LOST) > strain
    opening = jnp.where(closed, jnp.maximum(state.filling, 0.0), lost * strain)
    return _Law(band, intact, strain, lost, closed, opening)


def crack_strain(f: FillingParameters, body: FlowingBody, state: FillingState) -> Array:
    """Strain gamma along its normal by which the crack of a cell stands open, never negative [dimensionless]."""
    return jnp.maximum(_law(f, body, state).opening, 0.0)


def cracked_stress(f: FillingParameters, body: FlowingBody, state: FillingState) -> Array:
    """Stress of the cells, (4 or 6, *cells) [Pa]; in a section its zz component is that of plane strain."""
    law = _law(f, body, state)
    plane = without_sliding(law.band, in_plane(law.intact), law.lost) - law.band.normal_stress * law.opening
    if law.intact.shape[0] != 4:
        return plane
    _, tangent = body.response(state.displacement)
    dyad = plane_strain(mandel_dyad(state.normal, state.normal))
    across = law.intact[2] - jnp.sum(tangent[2] * dyad, axis=0) * law.opening
    return jnp.stack([plane[0], plane[1], across, plane[2]])


def energy_density(f: FillingParameters, body: FlowingBody, state: FillingState) -> Array:
    """Stored energy of the cells [J/m^3]."""
    law = _law(f, body, state)
    moved, share = body.flow(state.displacement), body.fraction
    dimensions = state.filling.ndim
    strain = plane_strain(cell_strain(state.displacement, body.spacing, body.periodic))
    elastic = strain - body.electrolyte_strain
    stiffness = electrolyte_stiffness(body.solids, dimensions)
    solid = 0.5 * jnp.sum(elastic * jnp.sum(stiffness * elastic[None], axis=1), axis=0)
    intact = body.solidity * (share * moved.elastic_energy + (1.0 - share) * solid)
    theta, e, lost = jnp.maximum(state.filling, 0.0), law.strain, law.lost
    metal = theta**2 / jnp.maximum(lost, SMALLEST_LOST)
    normal = jnp.where(law.closed, metal - 2.0 * e * theta, -lost * e * e)
    sliding = lost * shear_energy(law.band, in_plane(law.intact))
    _, tangent = body.response(state.displacement)
    carried = band_stiffness(law.band, in_plane_tangent(tangent), lost, jnp.where(law.closed, 0.0, lost))
    modes = bending_strain(state.displacement, body.spacing, body.periodic)
    bent = 0.5 * jnp.sum(modes * bending_stress(bending_stiffness(carried), modes), axis=0)
    return intact + 0.5 * law.band.modulus * normal - sliding + bent
