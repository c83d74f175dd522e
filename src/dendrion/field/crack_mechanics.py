"""A cell whose electrolyte cracks: front, cracks that metal fills, stress and damage in one step.

Order within a step: (1) coefficients of the front for the fields at hand; (2) displacement, potential, metal in cracks and
damage together (`filling_step`), the metal of the electrode flowing (`flowing_body`) and the front taking its share of
the current; (3) the front takes up its current, heat follows (`two_potential.finish`); (4) what stress does to kinetics
and conduction. A strong step repeats (1) to (4) with the stresses of its own end until they stand still, a weak one takes
those of its beginning. Kind: derived (formulation of mechanics and filling dossiers).
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple, Protocol

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array

from dendrion.constants import FARADAY
from dendrion.field.charge import ChargeSolution, Control
from dendrion.field.crack_band import mandel_dyad
from dendrion.field.crack_energy import Energies, crack_strain, cracked_stress, energy_density
from dendrion.field.crack_plane import DepositionWay
from dendrion.field.curvature import outward_normals
from dendrion.field.damage import (
    DamageModelName,
    build_damage,
    crack_surface,
    fracture_energy,
    one_row_factor,
)
from dendrion.field.damage_transport import ConductionWay, crack_normal, damaged_conductance
from dendrion.field.filling import hand_over
from dendrion.field.filling_charge import Front
from dendrion.field.filling_step import FillingReport, touching
from dendrion.field.filling_system import Cracks, FillingParameters, FillingState, Numerics
from dendrion.field.flowing_body import VOID_STIFFNESS, FlowingBody
from dendrion.field.front_stress import influence_of_stress
from dendrion.field.growth_strain import metal_volume_fraction
from dendrion.field.heat import conduction_heat
from dendrion.field.mandel import mean_stress, plane_strain
from dendrion.field.parameters import Parameters
from dendrion.field.solids import Solids, stress_free_strain
from dendrion.field.strain_split import SplitName, principal
from dendrion.field.transformation import (
    Transformation,
    transformation_strain,
    transformation_work,
    transformed_share,
)
from dendrion.field.two_potential import (
    Influence,
    Report,
    State,
    Surface,
    finish,
    front_speed,
    surface,
    volume_per_area,
)
from dendrion.numerics.elasticity import cell_strain

SWALLOWED = 0.4
"""Metal fraction from which the metal in a crack belongs to the front [dimensionless]: below `METAL`, where the crack
ceases to be one, by what the turning normal of a front may change."""

METAL = 0.5
"""Metal fraction from which a cell is metal that cannot crack [dimensionless]."""


class MechanicalLinks(NamedTuple):
    """Which links are on; static."""

    stress_to_kinetics: bool
    stress_to_conduction: bool
    growth_to_stress: bool
    temperature_to_stress: bool
    temperature_to_flow: bool
    pressure_to_kinetics: bool
    filling_to_stress: bool
    filling_to_front: bool
    flow_to_heat: bool


class CrackParameters(eqx.Module):
    """What the mechanics of a cell reads beside its state.

    solids; cells that are broken or void at the start, normals of the cracks (dim, *cells); l [m]; damage that lets metal in, residual stiffness k, changes of
    damage and overpotential at which passes end, stretching of the damage [dimensionless] or [V]; particles that expand
    under tension, if there are any.
    """

    shape: tuple[int, ...] = eqx.field(static=True)
    periodic: tuple[bool, ...] = eqx.field(static=True)
    spacing: tuple[float, ...] = eqx.field(static=True)
    links: MechanicalLinks = eqx.field(static=True)
    model: Literal["none", "at1", "at2"] = eqx.field(static=True)
    split: SplitName = eqx.field(static=True)
    conduction: ConductionWay = eqx.field(static=True)
    yields: bool = eqx.field(static=True)
    smoothing: int = eqx.field(static=True)
    reach: int = eqx.field(static=True)
    deposition: DepositionWay = eqx.field(static=True)
    leaking: bool = eqx.field(static=True)
    passes: int = eqx.field(static=True)
    solids: Solids
    cracked: Array
    void: Array
    normal: Array
    length: Array
    gate: Array
    residual: Array
    numerics: Numerics
    transformation: Transformation | None = None

    def strain_of(self, displacement: Array) -> Array:
        """Mean strain of the cells, (4 or 6, *cells) [dimensionless]."""
        return plane_strain(cell_strain(displacement, self.spacing, self.periodic))


class CrackState(NamedTuple):
    """What changes beside the electrochemical state.

    filling: displacement, metal in cracks, damage and their like; plastic strain of the metal (4 or 6, *cells)
    [dimensionless] and its resistance [Pa]; strain of metal that the front took over from wide cracks (4 or 6, *cells)
    [dimensionless]; stress (4 or 6, *cells) [Pa]; shift of the front's equilibrium by stress [V];
    factor of stress on the conductivity [dimensionless]; heat of flow and of crack faces [W/m^3]; energies since the
    start; share of the cells that has transformed [dimensionless], None where nothing does.
    """

    filling: FillingState
    plastic_strain: Array
    resistance: Array
    handed_strain: Array
    stress: Array
    equilibrium_shift: Array
    conductivity: Array
    heat: Array
    energies: Energies
    transformed: Array | None = None


class Measures(NamedTuple):
    """Numbers of a state for the history: regularised crack surface [m^(dimensions - 1)]; charge of the metal in cracks
    over the cross-section [C/m^2]; highest pressure of the metal, in cracks or electrode, and largest principal tension
    of unbroken electrolyte [Pa]; deepest position along x that metal in cracks at the anode's potential has reached [m]; charge of the metal in
    cracks that no chain of cracks or metal joins to the anode [C/m^2]."""

    crack_surface: Array
    filling_charge: Array
    metal_pressure: Array
    electrolyte_tension: Array
    filled_position: Array
    dead_filling_charge: Array


class Acting(Protocol):
    """What of a state acts on the front: shift of its equilibrium [V], factor on the conductivity [dimensionless], heat
    [W/m^3]."""

    @property
    def equilibrium_shift(self) -> Array: ...
    @property
    def conductivity(self) -> Array: ...
    @property
    def heat(self) -> Array: ...


def influence_at(
    p: Parameters, q: CrackParameters, state: Acting, damage: Array, normal: Array | None
) -> Influence:
    """What the last known stress and damage do, with None for every link that is off; normals as in `blocked_faces`."""
    return Influence(
        state.equilibrium_shift if q.links.stress_to_kinetics else None,
        state.conductivity if q.links.stress_to_conduction else None,
        state.heat if p.structure.heat else None,
        blocked_faces(q, damage, normal),
    )


def blocked_faces(q: CrackParameters, damage: Array, normal: Array | None) -> tuple[Array, ...] | None:
    """What cracks leave of the conductance of every face [dimensionless], or None where they are let conduct.

    Without normals those of the slope of the damage are taken.
    """
    if q.conduction == "none" or q.model == "none":
        return None
    if normal is None:
        normal = crack_normal(damage, q.length, q.spacing, q.periodic)
    unit = tuple(1.0 for _ in q.spacing)
    return damaged_conductance(jnp.ones(q.shape), damage, normal, q.conduction, unit, q.periodic)


@eqx.filter_jit
def prepare(
    p: Parameters, q: CrackParameters, electro: State, crack: CrackState, around: Array, influence: Influence,
    active: Array, metal: Array, step: Array,
) -> tuple[Surface, FlowingBody, FillingParameters]:  # fmt: skip
    """Coefficients of the step of ``step`` [s]; ``active`` marks the front and ``metal`` the cells of connected metal.

    The metal's flow is linear about the displacement ``around`` [m] within the step: relinearised in every pass it would
    set off the contacts of cracks against each other, for stresses of a megapascal.
    """
    s = surface(p, electro, active, influence)
    fraction = _metal_fraction(p, electro.order_parameter)
    electrode = s.electrode
    front = Front(
        s.area_density, electrode.exchange_current_density, electrode.equilibrium_shift,
        electrode.charge_transfer_coefficient, electrode.temperature, jnp.zeros(()),
    )  # fmt: skip
    cracks = Cracks(
        electrode.exchange_current_density, jnp.zeros(q.shape), electrode.charge_transfer_coefficient,
        electrode.temperature, p.metal.molar_volume, 1.0 - fraction, metal, q.gate, q.residual,
    )  # fmt: skip
    aside = q.void | (fraction > METAL)
    model: DamageModelName = "at2" if q.model == "none" else q.model
    grid = one_row_factor(q.length, q.spacing) if model == "at2" else 1.0
    damage = build_damage(
        q.solids.toughness / grid * jnp.ones(q.shape),
        q.length,
        q.spacing,
        q.periodic,
        model,
        q.cracked & ~aside,
        aside,
    )
    body = _body(q, crack, fraction, s.temperature, step)
    return s, body, FillingParameters(
        periodic=q.periodic, spacing=q.spacing, anode_wall=False, smoothing=q.smoothing, body=body(around),
        conduction=s.ionic, front=front, cracks=cracks, damage=damage, numerics=q.numerics,
        presses=q.links.filling_to_stress, hinders=q.links.pressure_to_kinetics, reach=q.reach,
        deposition=q.deposition, leaking=q.leaking,
    )  # fmt: skip


def _metal_fraction(p: Parameters, order_parameter: Array) -> Array:
    normals = outward_normals(order_parameter, p.spacing, p.structure.periodic)
    return metal_volume_fraction(order_parameter, p.numerics.interface_width, normals, p.spacing)


def _body(
    q: CrackParameters, crack: CrackState, fraction: Array, temperature: Array, step: Array
) -> FlowingBody:
    solids, links = q.solids, q.links
    warm = temperature * jnp.ones(q.shape)
    free = (
        stress_free_strain(solids.electrolyte, solids, warm, links.temperature_to_stress)
        + crack.handed_strain
    )
    transformed = crack.transformed
    if q.transformation is not None and transformed is not None:
        transformed = transformed_share(q.transformation, transformed, crack.stress, fraction, step)
        free = free + transformation_strain(q.transformation, transformed, free.shape[0])
    return FlowingBody(
        periodic=q.periodic,
        spacing=q.spacing,
        solids=solids,
        fraction=fraction,
        solidity=jnp.where(q.void & (fraction <= METAL), VOID_STIFFNESS, 1.0),
        metal_strain=stress_free_strain(solids.metal, solids, warm, links.temperature_to_stress)
        + crack.handed_strain,
        electrolyte_strain=free,
        plastic_strain=crack.plastic_strain,
        resistance=crack.resistance,
        temperature=warm if links.temperature_to_flow else solids.reference_temperature * jnp.ones(q.shape),
        step=step,
        transformed=transformed,
    )


@eqx.filter_jit
def conclude(
    p: Parameters, q: CrackParameters, electro: State, crack: CrackState, s: Surface, body: FlowingBody,
    f: FillingParameters, solved: FillingState, went: FillingReport, control: Control, active: Array, influence: Influence, step: Array,
) -> tuple[State, Report, CrackState, Measures]:  # fmt: skip
    """The end of a step whose mechanics and charge are ``solved``."""
    charge = ChargeSolution(
        solved.potential, electro.response, solved.electrode_potential, solved.front_current,
        went.front_current_density, went.passes, went.linear_iterations, went.charge_residual,
    )  # fmt: skip
    speed = front_speed(p, s.area_density, solved.front_current)
    new, report = finish(
        p, electro, s, charge, control, step, speed, active, influence, went.crack_current_density
    )
    flowed = body.flow(solved.displacement)
    stress = cracked_stress(f, body, solved)
    growth = (solved.filling - crack.filling.filling) * FARADAY / (p.metal.molar_volume * step)
    heat = jnp.zeros(q.shape)
    if p.structure.coupling.heat_of_reaction:
        heat = heat + growth * solved.overpotential
    if q.links.flow_to_heat:
        heat = heat + body.fraction * flowed.dissipation / step
    shift, factor = influence_of_stress(p, q.solids, new.order_parameter, body.fraction, stress)
    lost = body.work_of_flow(crack.filling.displacement, flowed) * body.fraction
    energies = _audit(
        p, q, crack, s, body, f, solved, lost, _work_of_particles(q, crack, body, stress), growth, step
    )
    handed = crack.handed_strain
    if q.links.filling_to_front and p.structure.coupling.front_motion:
        opening, beside = crack_strain(f, body, solved), touching(f.cracks.metal, q.periodic)
        # The flanks of a crack whose middle is swallowed close, and would keep their metal for themselves.
        shut = (solved.damage <= q.gate) & (solved.filling > 0.0)
        swallowed = (_metal_fraction(p, new.order_parameter) > SWALLOWED) & (solved.damage > q.gate)
        swallowed = swallowed | (beside & shut)
        filling, xi, kept = hand_over(solved.filling, new.order_parameter, opening, beside, swallowed)
        solved, new = solved._replace(filling=filling), new._replace(order_parameter=xi)
        handed = handed + kept * plane_strain(mandel_dyad(solved.normal, solved.normal))
    after = CrackState(
        solved, flowed.plastic_strain, flowed.resistance, handed, stress, shift, factor, heat, energies,
        body.transformed,
    )  # fmt: skip
    return new, report, after, measure(p, q, body, f, after)


def _audit(
    p: Parameters, q: CrackParameters, crack: CrackState, s: Surface, body: FlowingBody, f: FillingParameters,
    solved: FillingState, flow_loss: Array, particles: Array, growth: Array, step: Array,
) -> Energies:  # fmt: skip
    """Energies of the step added to those since the start, each over the cross-section [J/m^2]."""
    volume, depth = math.prod(q.spacing), volume_per_area(p)
    area = volume / depth
    before, psi = crack.filling, solved.potential - solved.electrode_potential
    metal = depth * jnp.sum(0.5 * (solved.pressure + before.pressure) * (solved.filling - before.filling))
    pushed = jnp.sum(q.solids.load * (solved.displacement - before.displacement)) / area
    current = depth * jnp.sum(s.area_density * solved.front_current + growth)
    salt = (s.diffusional.faces, s.logarithm) if p.structure.binary else None
    ohmic = depth * jnp.sum(conduction_heat(s.ionic, solved.potential, q.periodic, salt))
    reaction = depth * jnp.sum(s.area_density * solved.front_current * psi)
    in_cracks = depth * jnp.sum(growth * psi)
    old = crack.energies
    # Crack faces that the front has swallowed leave the account: they were spent, and are nobody's gain.
    swallowed = old.fracture - fracture_energy(f.damage, before.damage) / area
    return Energies(
        supplied=old.supplied - step * solved.electrode_potential * current,
        ohmic=old.ohmic + step * ohmic,
        reaction=old.reaction + step * (reaction + in_cracks) - metal,
        wedged=old.wedged + metal,
        pushed=old.pushed + pushed,
        stored=depth * jnp.sum(energy_density(f, body, solved)),
        fracture=fracture_energy(f.damage, solved.damage) / area,
        flow=old.flow + depth * jnp.sum(flow_loss),
        first_stored=old.first_stored,
        first_fracture=old.first_fracture - swallowed,
        transformed=old.transformed + depth * jnp.sum(particles),
    )


def _work_of_particles(q: CrackParameters, crack: CrackState, body: FlowingBody, stress: Array) -> Array:
    """Work per volume on the particles that transformed in the step [J/m^3]."""
    if q.transformation is None or crack.transformed is None or body.transformed is None:
        return jnp.zeros(q.shape)
    return transformation_work(q.transformation, body.transformed - crack.transformed, crack.stress, stress)


@eqx.filter_jit
def measure(
    p: Parameters, q: CrackParameters, body: FlowingBody, f: FillingParameters, crack: CrackState
) -> Measures:
    """Numbers of a state for the history."""
    state = crack.filling
    metal = body.fraction > METAL
    highest = jnp.max(jnp.where(metal, -mean_stress(crack.stress), -jnp.inf))
    highest = jnp.maximum(highest, jnp.max(jnp.where(state.filling > 0.0, state.pressure, -jnp.inf)))
    largest = jnp.max(principal(crack.stress)[0], axis=0)
    intact = (state.damage < f.cracks.gate) & ~metal & ~q.void
    places = (jnp.arange(q.shape[0]) + 1.0) * q.spacing[0]
    filled = (state.filling > 0.0) & (state.connected | q.leaking)
    across = tuple(range(1, filled.ndim))
    reached = jnp.max(jnp.where(jnp.any(filled, axis=across), places, 0.0))
    charge = volume_per_area(p) * FARADAY / p.metal.molar_volume
    return Measures(
        crack_surface(f.damage, state.damage),
        charge * jnp.sum(state.filling),
        highest,
        jnp.max(jnp.where(intact, largest, -jnp.inf)),
        reached,
        charge * jnp.sum(jnp.where(state.connected | f.cracks.metal, 0.0, state.filling)),
    )
