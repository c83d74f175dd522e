"""One step of metal that fills, presses open and lengthens cracks of a solid electrolyte.

Each pass: linearise both kinetics about the last overpotentials; solve displacement and potential together
(they do not converge one after the other in steps of 10 ms to 1 s) with the metal eliminated and the total
current that of the protocol; pressure and filling; damage from the largest driving energy so far; crack
normals where the material is not yet broken; cracks that metal has reached. Passes end when damage,
overpotentials and contacts stand still. Kind: derived.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from dendrion.field.charge import Control
from dendrion.field.connectivity import connected_cracks
from dendrion.field.crack_band import contract, normal_strain, principal_direction, smoothed
from dendrion.field.damage import crack_history, solve_damage
from dendrion.field.filling import (
    LARGEST_CHANGE,
    CrackFaces,
    Elimination,
    driving_energy,
    excess,
    grown_filling,
    linear_growth,
    metal_pressure,
)
from dendrion.field.filling_system import (
    FillingParameters,
    FillingState,
    affinity,
    coefficients,
    cross_section_per_volume,
    solve_pass,
)
from dendrion.numerics.elasticity import cell_strain
from dendrion.numerics.operators import take, with_ghosts

BROKEN = 0.95
"""Damage from which a cell is broken for good [dimensionless]: it keeps its normal, and from the next step on its damage is
one (cracks as a set that only grows: Bourdin et al. 2000, DOI 10.1016/S0022-5096(99)00028-9). The equation alone leaves 1 - d =
2 G_c h/(M delta^2) or so at an opening delta: ligaments that bridge the crack, the stronger the coarser the grid."""

SNAPPING = 0.9
"""Damage from which changes are no longer stretched: stretching a cell that breaks makes the passes cycle
[dimensionless]."""

BARELY_BROKEN = 0.1
"""Lost share of the ligament below which contact changes hardly anything [dimensionless]."""

WANTED_GROWTH, LARGEST_GROWTH = 0.18, 0.4
"""Growth of the damage of a cell that a step aims at, and beyond which it is repeated at half its length
[dimensionless]: a crack then moves on by about half a cell a step."""

SHORTEN, LENGTHEN = 0.3, 1.3
"""Bounds on the change of the time step from one step to the next [dimensionless]."""

BARELY_TOUCHING = 5.0
"""Contact stress of bare faces that is not felt, in units of the pressure that goes with the tolerated change of the
overpotential [dimensionless]."""

SAME = 0.999
"""Violations of contact that count as equally bad: those of mirror images [dimensionless]."""

PATIENCE = 12
"""Passes after which only the worst of the contacts change, with damage held while they do, since all of them at once
may cycle, and after which normals stay as they are, since a contact may turn the one that closes it [dimensionless]."""

LESS, MORE, SMALLEST_SHARE = 0.5, 1.25, 0.2
"""Factors on the stretching of a cell's change of damage where the change turned round since the last pass and where it
did not, and the least stretching [dimensionless]: at the tip of a crack beside another one a pass overshoots."""

MANY_PASSES = 20
"""Passes of a step beyond which the next one is shortened [dimensionless]."""


class FillingReport(NamedTuple):
    """How a step went: passes and MINRES iterations in total; last changes of damage [dimensionless] and
    overpotential [V]; cells whose contact changed in the last pass; largest growth of damage in the step
    [dimensionless]; currents into cracks and front over the cross-section [A/m²] and what the total misses,
    relative; whether all passes and linear solves met their tolerances, and every number is finite."""

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


class _Carry(NamedTuple):
    """``tried``: change of the damage that the last pass asked for, ``share`` of it that was taken [dimensionless]."""

    state: FillingState
    report: FillingReport
    solved: Array
    tried: Array
    share: Array


def _limited(old: Array, new: Array) -> Array:
    return old + jnp.clip(new - old, -LARGEST_CHANGE, LARGEST_CHANGE)


def touching(cells: Array, periodic: tuple[bool, ...]) -> Array:
    """``cells`` and those that share a face with one of them; nothing lies beyond the walls of x."""
    wide = cells
    for axis, wraps in enumerate(periodic):
        ghosted = with_ghosts(cells.astype(jnp.float64), axis, wraps and axis > 0)
        wide = wide | (take(ghosted, axis, 0, -2) > 0.0) | (take(ghosted, axis, 2, None) > 0.0)
    return wide


def _reached(p: FillingParameters, state_connected: Array, damage: Array) -> Array:
    """Cracked cells one face beyond those that metal has reached; the host's flood fill does the rest between
    steps."""
    wide = touching(state_connected | p.cracks.metal, p.periodic)
    if p.anode_wall:
        wide = wide.at[0].set(True)
    return (state_connected | wide) & (damage > p.cracks.gate)


def _switched(old: Array, wanted: Array, violation: Array, passes: Array) -> Array:
    """Contacts of the next pass: all that want to change, after ``PATIENCE`` passes only the worst of them.

    Changing all at once may cycle where cells share a load; changing the worst only cannot, as for principal
    pivoting of a linear complementarity problem (Murty 1974, in the proof of Rohn 1990, DOI 10.1007/BF01585743).
    """
    changing = old != wanted
    worst = jnp.max(jnp.where(changing, violation, 0.0))
    allowed = jnp.where(passes < PATIENCE, changing, changing & (violation >= SAME * worst))
    return jnp.where(allowed, wanted, old)


def _contacts(
    p: FillingParameters, state: FillingState, elimination: Elimination, strain: Array, available: Array, filling: Array,
    margin: Array, passes: Array,
) -> tuple[Array, Array]:  # fmt: skip
    """Contacts of the next pass, and the number of those that still want to switch."""
    gap = excess(elimination, strain, available)
    wanted = (gap > jnp.where(state.in_contact, 0.0, margin)) & p.presses
    closed = _switched(state.in_contact, wanted, jnp.abs(gap) / margin, passes)
    # Bare faces that touch may go on switching while their contact stress is next to nothing; metal may not.
    felt = jnp.abs(gap) > jnp.where(filling > 0.0, 0.01, BARELY_TOUCHING) * margin
    return closed, jnp.sum(felt & (elimination.lost > BARELY_BROKEN) & (wanted != state.in_contact))


def _emptied(
    p: FillingParameters, start: FillingState, state: FillingState, faces: CrackFaces, filling: Array, pressure: Array,
    overpotential: Array, psi: Array, step: Array,
) -> Array:  # fmt: skip
    """Cells that give up all of their metal: the law strips more than there is.

    Released, like a crack that closes, only by a margin, or cells that hardly matter switch for ever.
    """
    none = jnp.zeros_like(state.emptied)
    law = linear_growth(faces, _limited(state.overpotential, overpotential), start.filling, none, step)
    kept = grown_filling(law, psi - p.numerics.overpotential_change, pressure, affinity(p, faces)) < 0.0
    return jnp.where(state.emptied, kept, filling < 0.0) & (faces.area_density > 0.0)


def _pass(p: FillingParameters, start: FillingState, control: Control, step: Array, carry: _Carry) -> _Carry:
    """Solve, then update metal, damage, normals, contacts and connections."""
    state = carry.state
    k = coefficients(p, start, state, control, step)
    s = solve_pass(p, start, state, k, control, step)
    c = affinity(p, k.faces)
    eps = cell_strain(s.displacement, p.spacing, p.periodic)
    intact = contract(p.body.stiffness, eps) + p.body.initial_stress
    strain = normal_strain(k.band, intact)
    available = k.growth.offset + k.growth.rate * s.psi
    pressure = metal_pressure(k.band, k.elimination, strain, available)
    filling = grown_filling(k.growth, s.psi, pressure, c)
    drive = crack_history(
        start.drive, driving_energy(k.band, intact, k.elimination.lost, jnp.maximum(filling, 0.0) * p.presses)
    )
    broken = p.damage.held | (p.damage.solid & (start.damage >= BROKEN))
    damage, damage_info = solve_damage(replace(p.damage, held=broken), drive, state.damage)
    change = jnp.max(jnp.abs(damage - state.damage))
    margin = p.numerics.overpotential_change / (
        k.faces.voltage_per_pressure * k.band.modulus * k.elimination.omega
    )
    closed, switched = _contacts(
        p, state, k.elimination, strain, available, filling, margin, carry.report.passes
    )
    tried = damage - state.damage
    share = jnp.where(tried * carry.tried < 0.0, LESS * carry.share, MORE * carry.share)
    share = jnp.clip(share, SMALLEST_SHARE, p.numerics.relaxation)
    stretched = state.damage + share * tried
    calm = (damage < SNAPPING) & (stretched < SNAPPING)
    relaxed = jnp.where(calm, jnp.clip(stretched, 0.0, 1.0), damage)
    waiting = (carry.report.passes >= PATIENCE) & (switched > 0)  # contacts settle at the damage they have
    relaxed = jnp.where(waiting, state.damage, relaxed)
    overpotential = s.psi - p.cracks.equilibrium_shift - c * pressure
    front_overpotential = s.psi - p.front.equilibrium_shift - p.front.resistance * s.front_current
    emptied = _emptied(p, start, state, k.faces, filling, pressure, overpotential, s.psi, step)
    direction, distinct = principal_direction(smoothed(eps, p.smoothing, p.periodic))
    turns = distinct & (relaxed < BROKEN) & (start.damage < BROKEN) & (carry.report.passes < PATIENCE)
    normal = jnp.where(turns, direction, state.normal)
    # A change counts by how far the faces are open: those about to open carry next to no current.
    open_share = k.faces.area_density / jnp.maximum(jnp.max(k.faces.area_density), 1e-300)
    moved = open_share * jnp.abs(overpotential - state.overpotential)
    moved_front = jnp.where(
        p.front.area_density > 0.0, jnp.abs(front_overpotential - state.front_overpotential), 0.0
    )
    switched = switched + jnp.sum(emptied != state.emptied)
    counter = k.charge.counter_potential(s.psi, control, cross_section_per_volume(p))
    new = FillingState(
        s.displacement, s.psi - counter, -counter, filling, relaxed, drive, normal,
        _reached(p, state.connected, relaxed), closed, emptied,
        _limited(state.overpotential, overpotential), _limited(state.front_overpotential, front_overpotential),
        s.front_current, jnp.where(filling > 0.0, pressure, 0.0),
    )  # fmt: skip
    per_area = 1.0 / cross_section_per_volume(p)
    report = FillingReport(
        carry.report.passes + 1, carry.report.linear_iterations + s.info.iterations, change,
        jnp.maximum(jnp.max(moved), jnp.max(moved_front)), switched, jnp.max(relaxed - start.damage),
        per_area * jnp.sum(s.crack_current), per_area * jnp.sum(p.front.area_density * s.front_current), s.missing,
        carry.report.converged, carry.report.finite & jnp.all(jnp.isfinite(s.displacement)),
    )  # fmt: skip
    return _Carry(new, report, s.info.converged & damage_info.converged, tried, share)


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

    share = n.relaxation * jnp.ones_like(start.damage)
    begin = _Carry(start, blank, jnp.array(True), jnp.zeros_like(start.damage), share)
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

    The metal grown in cracks is the current of the same linear solve, cell by cell: charge is exact whatever
    the tolerance of the passes. Not converged or not finite: halve the step and repeat.
    """
    open_cells = np.asarray(state.damage > p.cracks.gate)
    metal = np.asarray(p.cracks.metal)
    reached = connected_cracks(open_cells, metal, p.anode_wall, p.periodic)
    return _step(p, state._replace(connected=jnp.asarray(reached)), control, jnp.asarray(step, float))


def initial_state(p: FillingParameters, normal: Array) -> FillingState:
    """A body without load whose cracks are empty; ``normal`` (dim, *cells) holds until strain says
    otherwise."""
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


class Advance(NamedTuple):
    """A step that was accepted: the new state, its length [s], how it went, the length suggested for the next
    step [s] and the number of trials that were thrown away."""

    state: FillingState
    step: float
    report: FillingReport
    suggestion: float
    rejected: int


def advance_filling(
    p: FillingParameters, state: FillingState, control: Control, step: float, smallest: float
) -> Advance:
    """One accepted step of at most ``step`` [s]: halved until its passes end and no cell breaks too far at
    once.

    A crack that runs from cell to cell in one step overshoots (by half of its advance, at two cells a step),
    so the growth of damage in a step is bounded; many passes tell of the same thing and shorten the next
    step. At ``smallest`` [s] the step is taken as it is, and the report says whether it converged.
    """
    rejected = 0
    while True:
        new, report = filling_step(p, state, control, step)
        good = (
            bool(report.converged) and bool(report.finite) and float(report.damage_growth) <= LARGEST_GROWTH
        )
        if good or 0.5 * step < smallest:
            break
        step *= 0.5
        rejected += 1
    factor = float(np.clip(WANTED_GROWTH / max(float(report.damage_growth), 1e-6), SHORTEN, LENGTHEN))
    if int(report.passes) > MANY_PASSES:
        factor = min(factor, 0.7)
    return Advance(new, step, report, max(factor * step, smallest), rejected)
