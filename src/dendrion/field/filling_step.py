"""One step of metal that fills, presses open and lengthens cracks of a solid electrolyte.

Each pass: linearise both kinetics about the last overpotentials; solve displacement and potential together (they do not
converge one after the other in steps of 10 ms to 1 s) with the metal eliminated and the total current that of the
protocol; pressure and filling; damage from the largest driving energy so far; crack normals where the material is not yet
broken; cracks that metal has reached. Passes end when damage, overpotentials and contacts stand still. Kind: derived.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from dendrion.field.charge import Control
from dendrion.field.connectivity import connected_cracks
from dendrion.field.crack_band import (
    Band,
    band_stiffness,
    build_band,
    contract,
    normal_strain,
    principal_direction,
    smoothed,
)
from dendrion.field.damage import DamageProblem, crack_history, solve_damage
from dendrion.field.filling import (
    LARGEST_CHANGE,
    CrackFaces,
    Elimination,
    Growth,
    driving_energy,
    eliminate,
    excess,
    filled_stress,
    grown_filling,
    linear_growth,
    metal_pressure,
    reaction_area,
    remaining_ligament,
)
from dendrion.field.filling_charge import (
    ChargeBlock,
    Front,
    FrontTangent,
    build_charge_block,
    front_tangent,
)
from dendrion.field.transport import Conductances
from dendrion.numerics.elasticity import (
    ElasticHierarchy,
    apply_elastic,
    build_elastic,
    cell_strain,
    internal_force,
    precondition_elastic,
)
from dendrion.numerics.operators import take, with_ghosts
from dendrion.numerics.saddle import SaddleInfo, SaddleSystem, solve_saddle

FROZEN = 0.95
"""Damage above which a crack keeps its normal [dimensionless]."""

SNAPPING = 0.9
"""Damage from which changes are no longer stretched: stretching a cell that breaks makes the passes cycle [dimensionless]."""

LINEAR_ITERATIONS = 300
"""Most MINRES iterations of a pass [dimensionless]."""


class Body(NamedTuple):
    """Mechanics of the intact body: in-plane or 3-D Mandel stiffness (m, m, *cells) [Pa], stress at zero strain
    (m, *cells) [Pa], nodal forces (dim, *nodes) [N or N/m], prescribed degrees of freedom (dim, *nodes)."""

    stiffness: Array
    initial_stress: Array
    force: Array
    fixed: Array


class Cracks(NamedTuple):
    """Kinetics and law of the crack faces: exchange current density [A/m²] and equilibrium shift [V] on cells, transfer
    coefficient [dimensionless], temperature [K], V_M [m³/mol], share of a cell that is not front metal [dimensionless],
    cells of metal that is connected with the electrode, damage that lets metal in and residual stiffness k
    [dimensionless]."""

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
    """Relative tolerance of the linear solve in energy, change of damage [dimensionless] and of the overpotential [V] at
    which passes end, most passes, and stretching of the change of damage [dimensionless]."""

    tolerance: Array
    damage_change: Array
    overpotential_change: Array
    most_passes: Array
    relaxation: Array


class FillingParameters(eqx.Module):
    """Everything that a step reads beside the state. ``anode_wall``: the wall x = 0 is the electrode itself."""

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


class FillingState(NamedTuple):
    """Everything that changes.

    displacement (dim, *nodes) [m]; potential [V] and electrode potential V [V]; filling theta, damage [dimensionless],
    drive H [J/m³]; crack normals (dim, *cells); cracks reached by metal, in contact with it, emptied in this step;
    overpotentials of crack faces and front about which kinetics are linear [V]; current density of the front [A/m²];
    pressure of the metal [Pa].
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


class FillingReport(NamedTuple):
    """How a step went: passes and MINRES iterations in total; last changes of damage [dimensionless] and overpotential [V];
    cells whose contact changed in the last pass; largest growth of damage in the step [dimensionless]; currents into
    cracks and front over the cross-section [A/m²] and what the total misses, relative; whether all passes and linear
    solves met their tolerances, and every number is finite."""

    passes: Array
    linear_iterations: Array
    damage_change: Array
    overpotential_change: Array
    contact_changes: Array
    damage_growth: Array
    crack_current_density: Array
    front_current_density: Array
    charge_residual: Array
    converged: Array
    finite: Array


class _Coefficients(NamedTuple):
    band: Band
    elimination: Elimination
    growth: Growth
    faces: CrackFaces
    front: FrontTangent
    elastic: ElasticHierarchy
    charge: ChargeBlock


class _Solution(NamedTuple):
    displacement: Array
    psi: Array
    info: SaddleInfo
    crack_current: Array  # [A/m³] from the linear law
    front_current: Array  # [A/m²] from the linear law
    missing: Array


class _Carry(NamedTuple):
    state: FillingState
    report: FillingReport
    solved: Array


def cross_section_per_volume(p: FillingParameters) -> Array:
    """Cross-section of the cell over the volume of one voxel [1/m]."""
    return jnp.asarray(p.body.stiffness[0, 0, 0].size / p.spacing[0])


def _coefficients(
    p: FillingParameters, start: FillingState, state: FillingState, control: Control, step: Array
) -> _Coefficients:
    """Both blocks for the damage, normals and contacts at hand."""
    cracks = p.cracks
    ligament = remaining_ligament(state.damage, cracks.residual)
    area = reaction_area(state.damage, p.damage.length, cracks.gate) * cracks.available
    faces = CrackFaces(
        jnp.where(state.connected, area, 0.0), cracks.exchange_current_density, cracks.equilibrium_shift,
        cracks.charge_transfer_coefficient, cracks.temperature, cracks.molar_volume,
    )  # fmt: skip
    c = faces.voltage_per_pressure
    growth = linear_growth(faces, state.overpotential, start.filling, state.emptied, step)
    band = build_band(p.body.stiffness, state.normal)
    elimination = eliminate(band.modulus, 1.0 - ligament, growth.rate, state.in_contact, c)
    stiffness = band_stiffness(band, p.body.stiffness, elimination.lost, elimination.opened)
    elastic = build_elastic(stiffness, p.body.fixed, p.periodic, p.spacing)
    front = front_tangent(p.front, state.front_overpotential)
    # From d(theta)/dt / c with theta = Theta - dt B c p(psi, e): in contact the pressure takes 1 - omega of the slope.
    wedge = jnp.where(state.in_contact, elimination.omega, 1.0)
    sink = p.front.area_density * front.slope + wedge * growth.rate / (c * step)
    aspect = tuple(size / p.spacing[0] for size in p.spacing)
    charge = build_charge_block(
        p.conduction, sink, control, cross_section_per_volume(p), step * math.prod(p.spacing), p.periodic, aspect
    )  # fmt: skip
    return _Coefficients(band, elimination, growth, faces, front, elastic, charge)


def _system(p: FillingParameters, k: _Coefficients) -> SaddleSystem:
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
    p: FillingParameters, start: FillingState, k: _Coefficients, step: Array
) -> tuple[Array, Array, Array]:
    """Loads on the nodes [N or N/m], on the potential [C], and the current of cracks at psi = 0 and e = 0 [A/m³]."""
    c = k.faces.voltage_per_pressure
    constant = filled_stress(k.band, p.body.initial_stress, k.elimination, k.growth.offset)
    force = k.elastic.free * (p.body.force - internal_force(constant, p.spacing, p.periodic))
    strain = normal_strain(k.band, p.body.initial_stress)
    pressure = metal_pressure(k.band, k.elimination, strain, k.growth.offset)
    current = (k.growth.offset - start.filling - c * k.growth.rate * pressure) / (c * step)
    uptake = current + p.front.area_density * k.front.current
    return force, k.charge.weight * (uptake - k.charge.fed), current


def _solve(
    p: FillingParameters,
    start: FillingState,
    state: FillingState,
    k: _Coefficients,
    control: Control,
    step: Array,
) -> _Solution:
    """Displacement and potential of a pass; the mean of the potential is then set so that the total current is exact."""
    system = _system(p, k)
    force, load, current = _right_hand_side(p, start, k, step)
    free = k.elastic.free
    held = (1.0 - free) * state.displacement
    zero = jnp.zeros_like(load)
    by_held = system.apply((held, zero))
    guess = (free * state.displacement, state.potential - state.electrode_potential)
    (inner, psi), info = solve_saddle(
        system, (force - by_held[0], load - by_held[1]), guess, p.numerics.tolerance, LINEAR_ITERATIONS
    )
    displacement = held + inner
    pushed = system.coupling_transposed(displacement) / k.charge.weight
    taken = k.charge.hierarchy  # the sinks are the diagonal less the counter electrode
    sink = taken.scale * taken.levels[0].diagonal
    sink = sink.at[-1].add(-k.charge.counter)
    volume = math.prod(p.spacing)
    uptake = sink * psi + current - pushed + p.front.area_density * k.front.current
    wanted = control.value * cross_section_per_volume(p)
    missing = wanted - jnp.sum(uptake)
    shift = jnp.where(control.galvanostatic, missing / jnp.maximum(jnp.sum(sink), 1e-300), 0.0)
    psi = psi + shift
    front_current = k.front.current + k.front.slope * psi
    total = jnp.sum(uptake + sink * shift) * volume
    crack_current = sink * psi + current - pushed - p.front.area_density * k.front.slope * psi
    scale = jnp.maximum(jnp.sum(jnp.abs(uptake)) * volume, 1e-300)
    lost = jnp.where(control.galvanostatic, wanted * volume - total, 0.0) / scale
    return _Solution(displacement, psi, info, crack_current, front_current, jnp.abs(lost))


def _limited(old: Array, new: Array) -> Array:
    return old + jnp.clip(new - old, -LARGEST_CHANGE, LARGEST_CHANGE)


def _reached(p: FillingParameters, state_connected: Array, damage: Array) -> Array:
    """Cracked cells one face beyond those that metal has reached; the host's flood fill does the rest between steps."""
    grown = state_connected | p.cracks.metal
    wide = grown
    for axis, wraps in enumerate(p.periodic):
        ghosted = with_ghosts(grown.astype(jnp.float64), axis, wraps and axis > 0)
        wide = wide | (take(ghosted, axis, 0, -2) > 0.0) | (take(ghosted, axis, 2, None) > 0.0)
    if p.anode_wall:
        wide = wide.at[0].set(True)
    return (state_connected | wide) & (damage > p.cracks.gate)


def _pass(p: FillingParameters, start: FillingState, control: Control, step: Array, carry: _Carry) -> _Carry:
    """Solve, then update metal, damage, normals, contacts and connections."""
    state = carry.state
    k = _coefficients(p, start, state, control, step)
    s = _solve(p, start, state, k, control, step)
    c = k.faces.voltage_per_pressure
    eps = cell_strain(s.displacement, p.spacing, p.periodic)
    intact = contract(p.body.stiffness, eps) + p.body.initial_stress
    strain = normal_strain(k.band, intact)
    available = k.growth.offset + k.growth.rate * s.psi
    pressure = metal_pressure(k.band, k.elimination, strain, available)
    filling = grown_filling(k.growth, s.psi, pressure, c)
    drive = crack_history(
        start.drive, driving_energy(k.band, intact, k.elimination.lost, jnp.maximum(filling, 0.0))
    )
    damage, damage_info = solve_damage(p.damage, drive, state.damage)
    change = jnp.max(jnp.abs(damage - state.damage))
    stretched = state.damage + p.numerics.relaxation * (damage - state.damage)
    calm = (damage < SNAPPING) & (stretched < SNAPPING)
    relaxed = jnp.where(calm, jnp.clip(stretched, 0.0, 1.0), damage)
    overpotential = s.psi - p.cracks.equilibrium_shift - c * pressure
    front_overpotential = s.psi - p.front.equilibrium_shift - p.front.resistance * s.front_current
    # An emptied cell stays empty while the law would strip it; a cell is emptied when the law strips more than it has.
    law = linear_growth(k.faces, _limited(state.overpotential, overpotential), start.filling, False, step)
    left = jnp.where(state.emptied, grown_filling(law, s.psi, pressure, c), filling)
    emptied = (left < 0.0) & (k.faces.area_density > 0.0)
    closed = excess(k.elimination, strain, available)
    in_contact = closed > 0.0
    direction, distinct = principal_direction(smoothed(eps, p.smoothing, p.periodic))
    normal = jnp.where(distinct & (relaxed < FROZEN) & (start.damage < FROZEN), direction, state.normal)
    plating = k.faces.area_density > 0.0
    moved = jnp.where(plating, jnp.abs(overpotential - state.overpotential), 0.0)
    moved_front = jnp.where(
        p.front.area_density > 0.0, jnp.abs(front_overpotential - state.front_overpotential), 0.0
    )
    # Cells that touch with a pressure too small to matter may switch for ever.
    felt = c * k.band.modulus * k.elimination.omega * jnp.abs(closed) > p.numerics.overpotential_change
    switched = jnp.sum(felt & (k.elimination.lost > 0.1) & (in_contact != state.in_contact))
    switched = switched + jnp.sum(emptied != state.emptied)
    counter = k.charge.counter_potential(s.psi, control, cross_section_per_volume(p))
    new = FillingState(
        s.displacement, s.psi - counter, -counter, filling, relaxed, drive, normal,
        _reached(p, state.connected, relaxed), in_contact, emptied,
        _limited(state.overpotential, overpotential), _limited(state.front_overpotential, front_overpotential),
        s.front_current, jnp.where(plating | (filling > 0.0), pressure, 0.0),
    )  # fmt: skip
    per_area = 1.0 / cross_section_per_volume(p)
    report = FillingReport(
        carry.report.passes + 1, carry.report.linear_iterations + s.info.iterations, change,
        jnp.maximum(jnp.max(moved), jnp.max(moved_front)), switched, jnp.max(relaxed - start.damage),
        per_area * jnp.sum(s.crack_current), per_area * jnp.sum(p.front.area_density * s.front_current), s.missing,
        carry.report.converged, carry.report.finite & jnp.all(jnp.isfinite(s.displacement)),
    )  # fmt: skip
    return _Carry(new, report, s.info.converged & damage_info.converged)


@eqx.filter_jit
def _step(
    p: FillingParameters, start: FillingState, control: Control, step: Array
) -> tuple[FillingState, FillingReport]:
    n = p.numerics
    zero, infinity = jnp.zeros(()), jnp.full((), jnp.inf)
    count = jnp.zeros((), jnp.int32)
    blank = FillingReport(
        count, count, infinity, infinity, jnp.sum(start.connected), zero, zero, zero, zero, jnp.array(False),
        jnp.array(True),
    )  # fmt: skip

    def settled(report: FillingReport) -> Array:
        still = (report.damage_change < n.damage_change) & (
            report.overpotential_change < n.overpotential_change
        )
        return still & (report.contact_changes == 0)

    def going_on(carry: _Carry) -> Array:
        report = carry.report
        return (report.passes < n.most_passes) & ~settled(report) & report.finite

    begin = _Carry(start, blank, jnp.array(True))
    end = jax.lax.while_loop(going_on, lambda carry: _pass(p, start, control, step, carry), begin)
    finite = (
        end.report.finite
        & jnp.all(jnp.isfinite(end.state.potential))
        & jnp.all(jnp.isfinite(end.state.damage))
    )
    report = end.report._replace(converged=settled(end.report) & end.solved, finite=finite)
    return end.state, report


def filling_step(
    p: FillingParameters, state: FillingState, control: Control, step: Array | float
) -> tuple[FillingState, FillingReport]:
    """Advance by ``step`` [s] under ``control``; the state given stays as it is.

    The metal grown in cracks is the current of the same linear solve, cell by cell: charge is exact whatever the
    tolerance of the passes. Not converged or not finite: halve the step and repeat.
    """
    open_cells = np.asarray(state.damage > p.cracks.gate)
    metal = np.asarray(p.cracks.metal)
    reached = connected_cracks(open_cells, metal, p.anode_wall, p.periodic)
    return _step(p, state._replace(connected=jnp.asarray(reached)), control, jnp.asarray(step, float))


def initial_state(p: FillingParameters, normal: Array) -> FillingState:
    """A body without load whose cracks are empty; ``normal`` (dim, *cells) holds until strain says otherwise."""
    cells = p.damage.toughness.shape
    zero, no = jnp.zeros(cells), jnp.zeros(cells, bool)
    damage, _ = solve_damage(p.damage, zero, jnp.where(p.damage.held, 1.0, 0.0))
    return FillingState(
        jnp.zeros(p.body.fixed.shape),
        zero,
        jnp.zeros(()),
        zero,
        damage,
        zero,
        normal,
        no,
        no,
        no,
        zero,
        zero,
        zero,
        zero,
    )
