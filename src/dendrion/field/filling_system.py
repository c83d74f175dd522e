"""The coupled system of one pass: displacement and potential of a body whose cracks hold metal.

    [ K   G ] [u  ]   [f]      K: stiffness with the crack bands, C: conduction plus both kinetics, times dt
    [ Gᵀ −C ] [psi] = [g],     G psi = -∫Bᵀ q (d gamma/d psi) psi:  potential that drives metal in presses the
    crack open

Symmetric and quasi-definite because pressure and filling are conjugate: what a volt adds to the opening
stress is what an opening adds to the charge taken up. Kind: derived.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array

from dendrion.field.charge import Control
from dendrion.field.crack_band import Band, band_stiffness, build_band, normal_strain
from dendrion.field.crack_plane import (
    DepositionWay,
    band_density,
    damage_to_the_face,
    plane_density,
    slope_density,
)
from dendrion.field.damage import DamageProblem
from dendrion.field.filling import (
    CrackFaces,
    Elimination,
    Growth,
    eliminate,
    filled_stress,
    linear_growth,
    metal_pressure,
    reaction_area,
    remaining_ligament,
)
from dendrion.field.filling_charge import ChargeBlock, Front, FrontTangent, build_charge_block, front_tangent
from dendrion.field.transport import Conductances
from dendrion.numerics.elasticity import (
    ElasticHierarchy,
    apply_elastic,
    build_elastic,
    cell_strain,
    internal_force,
    precondition_elastic,
)
from dendrion.numerics.saddle import SaddleInfo, SaddleSystem, solve_saddle

BENT = 0.05
"""Stiffness against a variation of the opening through a cell, as a share of the intact one [dimensionless]: enough to
keep neighbouring cells from alternating, too little to hold an opening that narrows to the tip."""

LINEAR_ITERATIONS = 2000
"""Most MINRES iterations of a pass [dimensionless]."""


class Body(NamedTuple):
    """Mechanics of the intact body: in-plane or 3-D Mandel stiffness (m, m, *cells) [Pa], stress at zero
    strain (m, *cells) [Pa], nodal forces (dim, *nodes) [N or N/m], prescribed degrees of freedom (dim,
    *nodes)."""

    stiffness: Array
    initial_stress: Array
    force: Array
    fixed: Array


class Cracks(NamedTuple):
    """Kinetics and law of the crack faces: exchange current density [A/m²] and equilibrium shift [V] on
    cells, transfer coefficient [dimensionless], temperature [K], V_M [m³/mol], share of a cell that is not
    front metal [dimensionless], cells of metal that is connected with the electrode, damage that lets metal
    in and residual stiffness k [dimensionless]."""

    exchange_current_density: Array
    equilibrium_shift: Array
    charge_transfer_coefficient: Array
    temperature: Array
    molar_volume: Array
    available: Array
    metal: Array
    gate: Array
    residual: Array


class Numerics(NamedTuple):
    """Relative tolerance of the linear solve in energy, change of damage [dimensionless] and of the
    overpotential [V] at which passes end, most passes, and stretching of the change of damage
    [dimensionless]."""

    tolerance: Array
    damage_change: Array
    overpotential_change: Array
    most_passes: Array
    relaxation: Array


class FillingParameters(eqx.Module):
    """Everything that a step reads beside the state. ``anode_wall``: the wall x = 0 is the electrode itself.

    ``presses``: metal presses on the faces of cracks; ``hinders``: its pressure stands in its affinity. Without the
    second, potential acts on stress and not the other way round. ``reach``: cells on either side of a crack that are its
    own band, about 2 l. ``deposition``: where in the band metal plates. ``leaking``: also in cracks that nothing joins
    to the anode.
    """

    periodic: tuple[bool, ...] = eqx.field(static=True)
    spacing: tuple[float, ...] = eqx.field(static=True)
    anode_wall: bool = eqx.field(static=True)
    smoothing: int = eqx.field(static=True)
    body: Body
    conduction: Conductances
    front: Front
    cracks: Cracks
    damage: DamageProblem
    numerics: Numerics
    presses: bool = eqx.field(static=True, default=True)
    hinders: bool = eqx.field(static=True, default=True)
    reach: int = eqx.field(static=True, default=4)
    deposition: DepositionWay = eqx.field(static=True, default="plane")
    leaking: bool = eqx.field(static=True, default=False)


class FillingState(NamedTuple):
    """Everything that changes.

    displacement (dim, *nodes) [m]; potential [V] and electrode potential V [V]; filling theta, damage
    [dimensionless], drive H [J/m³]; crack normals (dim, *cells); cracks reached by metal, in contact with it,
    emptied in this step; overpotentials of crack faces and front about which kinetics are linear [V]; current
    density of the front [A/m²]; pressure of the metal [Pa].
    """

    displacement: Array
    potential: Array
    electrode_potential: Array
    filling: Array
    damage: Array
    drive: Array
    normal: Array
    connected: Array
    in_contact: Array
    emptied: Array
    overpotential: Array
    front_overpotential: Array
    front_current: Array
    pressure: Array


class Coefficients(NamedTuple):
    """What a pass is linear with: the crack law, kinetics of crack faces and front, both operators, and the conductance
    of the crack faces [S/m³]."""

    band: Band
    elimination: Elimination
    growth: Growth
    faces: CrackFaces
    front: FrontTangent
    elastic: ElasticHierarchy
    charge: ChargeBlock
    crack_sink: Array


class Solution(NamedTuple):
    """Displacement [m] and psi [V] of a pass, currents into cracks [A/m³] and of the front [A/m²], and what the total
    current misses, relative [dimensionless]."""

    displacement: Array
    psi: Array
    info: SaddleInfo
    crack_current: Array  # [A/m³] from the linear law
    front_current: Array  # [A/m²] from the linear law
    missing: Array


def affinity(p: FillingParameters, faces: CrackFaces) -> Array:
    """Volts that a pascal takes from the affinity, V_M/F, or none where pressure does not hinder plating [V/Pa]."""
    return faces.voltage_per_pressure if p.hinders else jnp.zeros_like(faces.voltage_per_pressure)


def cross_section_per_volume(p: FillingParameters) -> Array:
    """Cross-section of the cell over the volume of one voxel [1/m]."""
    return jnp.asarray(p.damage.toughness[0].size / p.spacing[0])


def coefficients(
    p: FillingParameters, start: FillingState, state: FillingState, control: Control, step: Array
) -> Coefficients:
    """Both blocks for the damage, normals and contacts at hand."""
    cracks = p.cracks
    ligament = remaining_ligament(state.damage, cracks.residual)
    # A face that opens within the step plates for about half of it: with its last area alone, tips would be fed too well.
    area = 0.5 * (face_area(p, start) + face_area(p, state)) * cracks.available
    faces = CrackFaces(
        area if p.leaking else jnp.where(state.connected, area, 0.0), cracks.exchange_current_density, cracks.equilibrium_shift,
        cracks.charge_transfer_coefficient, cracks.temperature, cracks.molar_volume,
    )  # fmt: skip
    c = faces.voltage_per_pressure
    growth = linear_growth(faces, state.overpotential, start.filling, state.emptied, step)
    band = build_band(p.body.stiffness, state.normal)
    elimination = eliminate(band.modulus, 1.0 - ligament, growth.rate, state.in_contact, affinity(p, faces))
    stiffness = band_stiffness(band, p.body.stiffness, elimination.lost, elimination.opened)
    # Metal holds the mean strain of a cell; how the opening varies through the cell is nearly free, filled or not.
    bent = band_stiffness(band, p.body.stiffness, elimination.lost, (1.0 - BENT) * elimination.lost)
    elastic = build_elastic(stiffness, p.body.fixed, p.periodic, p.spacing, bent)
    front = front_tangent(p.front, state.front_overpotential)
    # From d(theta)/dt / c with theta = Theta - dt B c p(psi, e): in contact the pressure takes 1 - omega of
    # the slope.
    wedge = jnp.where(state.in_contact, elimination.omega, 1.0)
    crack_sink = wedge * growth.rate / (c * step)
    sink = p.front.area_density * front.slope + crack_sink
    aspect = tuple(size / p.spacing[0] for size in p.spacing)
    charge = build_charge_block(
        p.conduction, sink, control, cross_section_per_volume(p), step * math.prod(p.spacing), p.periodic, aspect
    )  # fmt: skip
    return Coefficients(band, elimination, growth, faces, front, elastic, charge, crack_sink)


def face_area(p: FillingParameters, state: FillingState) -> Array:
    """Area of the faces of cracks that let metal in, per volume, where `FillingParameters.deposition` says [1/m]."""
    if p.deposition == "plane":
        plane = plane_density(state.damage, state.normal, p.reach, p.spacing, p.periodic)
    elif p.deposition == "band":
        plane = band_density(state.damage, p.damage.length, p.damage.model)
    else:
        plane = slope_density(state.damage, p.spacing, p.periodic)
    at_face = damage_to_the_face(state.damage, p.damage.length, p.spacing)
    return reaction_area(at_face, plane, p.cracks.gate)


def _system(p: FillingParameters, k: Coefficients) -> SaddleSystem:
    """[K, G; Gᵀ, -C] with G psi = -∫Bᵀ q (dgamma/dpsi) psi, on the free degrees of freedom."""
    free, volume = k.elastic.free, math.prod(p.spacing)
    opening = k.band.normal_stress * (k.elimination.wedged * k.growth.rate)
    return SaddleSystem(
        lambda u: free * apply_elastic(k.elastic, u),
        lambda y: -free * internal_force(opening * y, p.spacing, p.periodic),
        lambda u: -volume * jnp.sum(opening * cell_strain(u, p.spacing, p.periodic), axis=0),
        k.charge.apply,
        lambda f: precondition_elastic(k.elastic, f) / k.elastic.scale,
        k.charge.precondition,
    )


def _right_hand_side(
    p: FillingParameters, start: FillingState, k: Coefficients, step: Array
) -> tuple[Array, Array, Array]:
    """Loads on the nodes [N or N/m], on the potential [C], and the current of cracks at psi = 0 and e = 0
    [A/m³]."""
    c = k.faces.voltage_per_pressure
    constant = filled_stress(k.band, p.body.initial_stress, k.elimination, k.growth.offset)
    force = k.elastic.free * (p.body.force - internal_force(constant, p.spacing, p.periodic))
    strain = normal_strain(k.band, p.body.initial_stress)
    pressure = metal_pressure(k.band, k.elimination, strain, k.growth.offset)
    current = (k.growth.offset - start.filling - affinity(p, k.faces) * k.growth.rate * pressure) / (c * step)
    uptake = current + p.front.area_density * k.front.current
    return force, k.charge.weight * (uptake - k.charge.fed), current


def _nothing_on_nodes(like: Array) -> Callable[[Array], Array]:
    return lambda _: jnp.zeros_like(like)


def solve_pass(
    p: FillingParameters,
    start: FillingState,
    state: FillingState,
    k: Coefficients,
    control: Control,
    step: Array,
) -> Solution:
    """Displacement and potential of a pass; the mean of the potential is then set so that the total current
    is exact."""
    system = _system(p, k)
    force, load, current = _right_hand_side(p, start, k, step)
    guess = (state.displacement, state.potential - state.electrode_potential)
    energy = jnp.vdot(state.displacement, apply_elastic(k.elastic, state.displacement))
    reference = jnp.sqrt(jnp.maximum(energy, 0.0))

    def solved(system: SaddleSystem, force: Array) -> tuple[tuple[Array, Array], SaddleInfo]:
        return solve_saddle(
            system, (force, load), guess, p.numerics.tolerance, LINEAR_ITERATIONS, reference=reference
        )

    if not p.hinders:  # one way: the potential first, and what it presses open after it
        coupled = system
        system = system._replace(
            coupling=_nothing_on_nodes(guess[0]), coupling_transposed=_nothing_on_nodes(guess[1])
        )
        force = force - coupled.coupling(solved(system, force)[0][1])
    (displacement, psi), info = solved(system, force)
    pushed = system.coupling_transposed(displacement) / k.charge.weight
    front_sink = p.front.area_density * k.front.slope
    cracks = k.crack_sink * psi + current - pushed
    front = front_sink * psi + p.front.area_density * k.front.current
    wanted = control.value * cross_section_per_volume(p)
    sinks = jnp.maximum(jnp.sum(k.crack_sink + front_sink), 1e-300)
    shift = jnp.where(control.galvanostatic, (wanted - jnp.sum(cracks + front)) / sinks, 0.0)
    cracks, front = cracks + k.crack_sink * shift, front + front_sink * shift
    psi = psi + shift
    front_current = k.front.current + k.front.slope * psi
    lost = jnp.where(control.galvanostatic, wanted - jnp.sum(cracks + front), 0.0)
    lost = jnp.abs(lost) / jnp.maximum(jnp.sum(jnp.abs(cracks + front)), 1e-300)
    return Solution(displacement, psi, info, cracks, front_current, lost)
