"""From a case to the numbers and the first state of a cell whose electrolyte cracks."""

from __future__ import annotations

import math

import jax.numpy as jnp

from dendrion.case import Case
from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.field import two_potential
from dendrion.field.charge import Control
from dendrion.field.crack_energy import energy_density, no_energies
from dendrion.field.crack_mechanics import (
    CrackParameters,
    CrackState,
    MechanicalLinks,
    prepare,
)
from dendrion.field.damage import fracture_energy
from dendrion.field.filling_step import filling_step, initial_state
from dendrion.field.filling_system import FillingParameters, Numerics
from dendrion.field.flowing_body import FlowingBody
from dendrion.field.parameters import Parameters
from dendrion.field.properties import number
from dendrion.field.solids import make_flaws, make_solids
from dendrion.field.transformation import make_transformation
from dendrion.numerics.grid import Grid

LINEAR_TOLERANCE = 1e-6
"""Relative residual, in energy, of the linear solve of a pass [dimensionless]."""

INSTANT = 1e-9
"""Time in which the body takes up its loads before the run [s]: elastic, nothing flows and nothing plates."""

BAND = 2.0
"""Half width of the band in which the damage belongs to one crack, over l [dimensionless]."""

STRETCHING = 1.6
"""Stretching of the change of damage from pass to pass [dimensionless] (measured: 227 passes instead of 319)."""


def make_crack_parameters(case: Case, grid: Grid) -> CrackParameters:
    """The mechanical numbers of a case."""
    numerics, crack, links = case.numerics, case.physics.crack, case.physics.coupling
    flaws = make_flaws(case, grid)
    length = numerics.fracture_length or 2.0 * max(grid.spacing)
    thermal = GAS_CONSTANT * case.conditions.temperature / FARADAY
    return CrackParameters(
        shape=grid.shape,
        periodic=grid.periodic,
        spacing=grid.spacing,
        links=MechanicalLinks(**{name: bool(getattr(links, name)) for name in MechanicalLinks._fields}),
        model=case.physics.fracture,
        split=crack.energy_split,
        conduction=crack.conduction,
        yields=case.physics.mechanics == "viscoplastic"
        and bool(case.electrolyte_material().claims("yield_strength")),
        smoothing=max(1, round(2.0 * (length / max(grid.spacing)) ** 2)),
        reach=math.ceil(BAND * length / min(grid.spacing)),
        deposition=crack.deposition,
        leaking=crack.open == "leaking",
        passes=2 * numerics.coupling_iterations,
        solids=make_solids(case, grid),
        cracked=jnp.asarray(flaws.cracked),
        void=jnp.asarray(flaws.void),
        normal=jnp.asarray(flaws.normal),
        length=number(length),
        gate=number(crack.plating_threshold),
        residual=number(crack.residual_stiffness),
        numerics=Numerics(
            tolerance=number(LINEAR_TOLERANCE),
            damage_change=number(numerics.coupling_tolerance),
            overpotential_change=number(numerics.coupling_tolerance * thermal),
            most_passes=jnp.asarray(numerics.coupling_iterations),
            relaxation=number(STRETCHING),
        ),
        transformation=make_transformation(case, grid),
    )


def initial_crack_state(
    case: Case, p: Parameters, q: CrackParameters, electro: two_potential.State
) -> tuple[CrackState, FlowingBody, FillingParameters]:
    """The loaded body with its flaws, before metal flows or plates, and the coefficients that go with it.

    The account of energy begins here: what stack, sides and temperature stored on the way is not the run's to explain.
    """
    count = 4 if len(q.shape) == 2 else 6
    cells = jnp.zeros(q.shape)
    blank = CrackState(
        filling=None,  # type: ignore[arg-type]
        plastic_strain=jnp.zeros((count, *q.shape)),
        resistance=q.solids.metal.resistance * jnp.ones(q.shape),
        handed_strain=jnp.zeros((count, *q.shape)),
        stress=jnp.zeros((count, *q.shape)),
        equilibrium_shift=cells,
        conductivity=cells + 1.0,
        heat=cells,
        energies=no_energies(),
        transformed=None if q.transformation is None else cells,
    )
    everywhere = jnp.ones(q.shape, bool)
    metal = electro.order_parameter >= 0.5
    undisturbed = two_potential.Influence()
    start = jnp.where(q.solids.fixed, q.solids.prescribed, 0.0)
    _, body, f = prepare(p, q, electro, blank, start, undisturbed, everywhere, metal, number(0.0))
    unloaded = initial_state(f, q.normal)._replace(displacement=start)
    no_current = Control(jnp.array(True), number(0.0))
    loaded, _ = filling_step(f, unloaded, no_current, INSTANT)
    # Normals follow the strain: were they those of the flaw, the first step would turn them and lose energy.
    filling = unloaded._replace(
        displacement=loaded.displacement, in_contact=loaded.in_contact, normal=loaded.normal
    )
    stored = two_potential.volume_per_area(p) * jnp.sum(energy_density(f, body, filling))
    area = jnp.prod(jnp.asarray(q.spacing)) / two_potential.volume_per_area(p)
    cracked = fracture_energy(f.damage, filling.damage) / area
    energies = no_energies()._replace(
        first_stored=stored, stored=stored, first_fracture=cracked, fracture=cracked
    )
    return blank._replace(filling=filling, energies=energies), body, f
