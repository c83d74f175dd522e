"""Stress of a cell whose metal grows as a front: metal and electrolyte deform, the front pushes, an electrolyte may crack.

After each electrochemical step: the metal that the front laid down stretches the cells behind it along its normal and so
pushes the electrolyte (`growth_strain`, off by default under ceramics); metal and electrolyte find their balance, the
metal flowing, the electrolyte elastic, yielding or damaged (`mechanical_equilibrium`, `fracture`); stress then shifts the
kinetics of the front. A cell that changes hands is laid down without stress at the strain it has. Kind: derived.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jax.tree_util import Partial
from jaxtyping import Array

from dendrion.field.crack_energy import Energies
from dendrion.field.crack_mechanics import METAL, CrackParameters, Measures
from dendrion.field.creep import Creep
from dendrion.field.curvature import outward_normals
from dendrion.field.damage import (
    DamageModelName,
    DamageProblem,
    build_damage,
    crack_history,
    crack_surface,
    fracture_energy,
    solve_damage,
)
from dendrion.field.electrolyte_response import (
    Response,
    Solid,
    elastic_solid,
    yielded_strain,
    yielding_solid,
)
from dendrion.field.fracture import Staggering, stagger
from dendrion.field.front_stress import influence_of_stress
from dendrion.field.growth_strain import growth_strain_rate, metal_volume_fraction, whole_cells
from dendrion.field.mechanical_equilibrium import (
    Balance,
    Grid,
    Memory,
    MetalPhase,
    solve_equilibrium,
    stress_free_work,
)
from dendrion.field.observables import transport_power
from dendrion.field.parameters import Parameters
from dendrion.field.solids import electrolyte_stiffness, stress_free_strain
from dendrion.field.strain_split import (
    SplitName,
    damaged_stress,
    damaged_tangent,
    degradation,
    principal,
    split_energy,
)
from dendrion.field.two_potential import State, Surface, volume_per_area


class SolidState(NamedTuple):
    """What changes beside the electrochemical state.

    memory of the balance (displacement, jump, plastic strain, resistance); metal fraction [dimensionless]; strains at
    which metal and electrolyte of each cell are free of stress, without heat, and plastic strain of the electrolyte
    (4 or 6, *cells) [dimensionless]; damage [dimensionless], drive [J/m^3]; stress [Pa]; shift of the front's
    equilibrium [V]; factor on the conductivity [dimensionless]; heat of flow [W/m^3]; energies since the start.
    """

    memory: Memory
    fraction: Array
    metal_rest: Array
    electrolyte_rest: Array
    electrolyte_plastic: Array
    damage: Array
    drive: Array
    stress: Array
    equilibrium_shift: Array
    conductivity: Array
    heat: Array
    energies: Energies


class SolidReport(NamedTuple):
    """Passes over stress and damage, Newton and linear iterations in total, and whether all met their tolerance."""

    passes: Array
    newton_iterations: Array
    linear_iterations: Array
    converged: Array


def initial_solid_state(p: Parameters, q: CrackParameters, electro: State, energies: Energies) -> SolidState:
    """The unloaded body."""
    count = 4 if len(q.shape) == 2 else 6
    zero, tensor = jnp.zeros(q.shape), jnp.zeros((count, *q.shape))
    fraction = _metal_share(p, q, electro.order_parameter)
    memory = Memory(
        jnp.where(q.solids.fixed, q.solids.prescribed, 0.0),
        zero,
        tensor,
        q.solids.metal.resistance * jnp.ones(q.shape),
    )
    damage = jnp.where(q.cracked, 1.0, 0.0)
    return SolidState(
        memory, fraction, tensor, tensor, tensor, damage, zero, tensor, zero, zero + 1.0, zero, energies
    )


def _metal_share(p: Parameters, q: CrackParameters, order_parameter: Array) -> Array:
    """Metal fraction of the cells [dimensionless]; whole cells where the metal's growth strains them."""
    normals = outward_normals(order_parameter, p.spacing, q.periodic)
    fraction = metal_volume_fraction(order_parameter, p.numerics.interface_width, normals, p.spacing)
    return whole_cells(fraction) if q.links.growth_to_stress else fraction


def _damaged_response(
    bulk: Array, shear: Array, free: Array, remaining: Array, split: SplitName, strain: Array
) -> Response:
    elastic, first = strain - free, bulk - 2.0 * shear / 3.0
    tensile, compressive = split_energy(elastic, first, shear, split)
    return Response(
        damaged_stress(elastic, first, shear, remaining, split),
        damaged_tangent(elastic, first, shear, remaining, split),
        remaining * tensile + compressive,
        jnp.zeros_like(tensile),
    )


def _solid(q: CrackParameters, state: SolidState, free: Array, damage: Array, step: Array) -> Solid:
    """The electrolyte: damaged where it can crack, else yielding where it has a strength, else elastic."""
    phase = q.solids.electrolyte
    if q.model != "none":
        remaining = jnp.where(q.void, q.residual, degradation(damage, q.residual))
        return Partial(Partial(_damaged_response, split=q.split), phase.bulk, phase.shear, free, remaining)
    if q.yields and isinstance(phase.flow, Creep):
        return yielding_solid(phase.flow, phase.bulk, phase.shear, free, state.electrolyte_plastic, step)
    dimensions = len(q.shape)
    return elastic_solid(electrolyte_stiffness(q.solids, dimensions) * jnp.ones(q.shape), free)


class _Laid(NamedTuple):
    fraction: Array
    metal_rest: Array
    electrolyte_rest: Array
    growth: Array


def _lay_down(
    p: Parameters, q: CrackParameters, electro: State, s: Surface, current: Array, after: State, state: SolidState, step: Array
) -> _Laid:  # fmt: skip
    """Strains at rest after the front has moved and, where it pushes, has stretched what it laid down."""
    fraction = _metal_share(p, q, after.order_parameter)
    strain = q.strain_of(state.memory.displacement)
    plastic = state.memory.plastic_strain
    gained = jnp.maximum(fraction - state.fraction, 0.0) / jnp.maximum(fraction, 1e-12)
    lost = jnp.maximum(state.fraction - fraction, 0.0) / jnp.maximum(1.0 - fraction, 1e-12)
    metal = state.metal_rest + gained * (strain - plastic - state.metal_rest)
    electrolyte = state.electrolyte_rest + lost * (
        strain - state.electrolyte_plastic - state.electrolyte_rest
    )
    growth = jnp.zeros_like(metal)
    if q.links.growth_to_stress:
        before = outward_normals(electro.order_parameter, p.spacing, q.periodic)
        rate = growth_strain_rate(current, s.area_density, fraction, before, p.metal.molar_volume, q.periodic)
        growth = step * rate
    return _Laid(fraction, metal + growth, electrolyte, growth)


@eqx.filter_jit
def solid_step(
    p: Parameters,
    q: CrackParameters,
    electro: State,
    s: Surface,
    after: State,
    state: SolidState,
    step: Array,
) -> tuple[SolidState, SolidReport, Measures]:
    """Stress at the end of a step of ``step`` [s] that led from ``electro`` to ``after``."""
    laid = _lay_down(p, q, electro, s, after.current_density, after, state, step)
    solids, links = q.solids, q.links
    warm = s.temperature * jnp.ones(q.shape)
    metal = MetalPhase(
        solids.metal.flow, solids.metal.bulk, solids.metal.shear,
        warm if links.temperature_to_flow else solids.reference_temperature * jnp.ones(q.shape),
        stress_free_strain(solids.metal, solids, warm, links.temperature_to_stress) + laid.metal_rest,
    )  # fmt: skip
    free = (
        stress_free_strain(solids.electrolyte, solids, warm, links.temperature_to_stress)
        + laid.electrolyte_rest
    )
    grid = Grid(q.shape, q.spacing, q.periodic)
    normals = outward_normals(after.order_parameter, p.spacing, q.periodic)
    problem = _damage_problem(q, laid.fraction)

    def balance(damage: Array, start: Memory) -> Balance:
        solid = _solid(q, state, free, damage, step)
        return solve_equilibrium(
            laid.fraction, normals, metal, solid, start, solids.load, solids.fixed, step, grid
        )

    if q.model == "none":
        found, damage, drive = balance(state.damage, state.memory), state.damage, state.drive
        report = SolidReport(jnp.array(1), found.newton_iterations, found.linear_iterations, found.converged)
    else:
        found, damage, drive, report = _with_damage(q, state, free, problem, balance)
    new = _conclude(p, q, s, after, state, laid, found, damage, drive, free, step, problem)
    return new, report, measure(p, q, new)


def _damage_problem(q: CrackParameters, fraction: Array) -> DamageProblem:
    aside = q.void | (fraction > METAL)
    model: DamageModelName = "at2" if q.model == "none" else q.model
    return build_damage(
        q.solids.toughness * jnp.ones(q.shape),
        q.length,
        q.spacing,
        q.periodic,
        model,
        q.cracked & ~aside,
        aside,
    )


def _with_damage(
    q: CrackParameters,
    state: SolidState,
    free: Array,
    problem: DamageProblem,
    balance: Callable[[Array, Memory], Balance],
) -> tuple[Balance, Array, Array, SolidReport]:
    """Stress and damage together; every balance starts from the memory at the start of the step."""
    phase = q.solids.electrolyte
    first = phase.bulk - 2.0 * phase.shear / 3.0

    def equilibrium(damage: Array, _: Balance) -> tuple[Balance, Array]:
        found = balance(damage, state.memory)
        tensile = split_energy(found.strain - free, first, phase.shear, q.split)[0]
        return found, crack_history(state.drive, tensile)

    def update(drive: Array, damage: Array) -> Array:
        return solve_damage(problem, drive, damage, state.damage if q.model == "at1" else None)[0]

    start = balance(state.damage, state.memory)
    damage, solved, drive, went = stagger(
        equilibrium, update, state.damage, start, Staggering(passes=q.passes)
    )
    report = SolidReport(
        went.passes, solved.newton_iterations, solved.linear_iterations, went.converged & solved.converged
    )
    return solved, damage, drive, report


def _conclude(
    p: Parameters, q: CrackParameters, s: Surface, after: State, state: SolidState, laid: _Laid, found: Balance,
    damage: Array, drive: Array, free: Array, step: Array, problem: DamageProblem,
) -> SolidState:  # fmt: skip
    """The state at the end of a step, with its account of energy."""
    area, depth = math.prod(q.spacing) / volume_per_area(p), volume_per_area(p)
    plastic = state.electrolyte_plastic
    if q.model == "none" and q.yields:
        solid = _solid(q, state, free, damage, step)
        plastic = yielded_strain(solid, found.strain)
    shift, factor = influence_of_stress(p, q.solids, after.order_parameter, laid.fraction, found.stress)
    loss = laid.fraction * found.metal.dissipation + (1.0 - laid.fraction) * found.electrolyte.dissipation
    grid = Grid(q.shape, q.spacing, q.periodic)
    pushing = stress_free_work(found, laid.fraction, laid.growth, grid) / area
    psi = after.potential - after.electrode_potential
    current = s.area_density * after.current_density
    reaction = depth * jnp.sum(current * psi) * step
    old = state.energies
    swallowed = old.fracture - fracture_energy(problem, state.damage) / area  # by the front, with its faces
    energies = old._replace(
        supplied=old.supplied - step * after.electrode_potential * depth * jnp.sum(current),
        ohmic=old.ohmic + step * depth * transport_power(p, s, after.potential),
        reaction=old.reaction + reaction - pushing,
        wedged=old.wedged + pushing,
        pushed=old.pushed + found.traction_work / area,
        stored=found.stored / area,
        fracture=fracture_energy(problem, damage) / area,
        flow=old.flow + found.dissipated / area,
        first_fracture=old.first_fracture - swallowed,
    )
    heat = loss / step if q.links.flow_to_heat else jnp.zeros(q.shape)
    return SolidState(
        found.memory, laid.fraction, laid.metal_rest, laid.electrolyte_rest, plastic, damage, drive, found.stress,
        shift, factor, heat, energies,
    )  # fmt: skip


@eqx.filter_jit
def measure(p: Parameters, q: CrackParameters, state: SolidState) -> Measures:
    """Numbers of a state for the history."""
    metal = state.fraction > METAL
    pressure = -(state.stress[0] + state.stress[1] + state.stress[2]) / 3.0
    largest = jnp.max(principal(state.stress)[0], axis=0)
    intact = (state.damage < q.gate) & ~metal & ~q.void
    problem = _damage_problem(q, state.fraction)
    surface_area = crack_surface(problem, state.damage) if q.model != "none" else jnp.zeros(())
    return Measures(
        surface_area,
        jnp.zeros(()),
        jnp.max(jnp.where(metal, pressure, -jnp.inf)),
        jnp.max(jnp.where(intact, largest, -jnp.inf)),
        jnp.zeros(()),
        jnp.zeros(()),
    )
