"""Metal and electrolyte as solids: elastic constants, flow, toughness, flaws and loads of a case, in SI."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from numpy.typing import NDArray

from dendrion.case import Case
from dendrion.case.mechanics_checks import flaw_origin
from dendrion.field import flaws
from dendrion.field.creep import FlowLaw
from dendrion.field.flow_claims import anand_law, creep_law, electrolyte_yield, never_flows
from dendrion.field.grains import pores, stiffness_map, toughness_map
from dendrion.field.loading import make_loading
from dendrion.field.mechanical_overpotential import cation_molar_volume, conductivity_stress_slope
from dendrion.field.properties import number
from dendrion.field.stiffness import bulk_and_shear, isotropic_stiffness
from dendrion.materials import Material
from dendrion.numerics.elasticity import wall_traction
from dendrion.numerics.grid import Grid


class Elastic(NamedTuple):
    """Bulk and shear modulus [Pa], thermal expansion [1/K], flow law and its initial resistance [Pa] of a phase."""

    bulk: Array
    shear: Array
    expansion: Array
    flow: FlowLaw
    resistance: Array


class Solids(NamedTuple):
    """Both phases and the conditions of the mechanical problem.

    metal, electrolyte; molar volumes V_M of the metal and V_+ of the cation in the electrolyte [m^3/mol]; slope of the
    conductivity [S/(m Pa)]; fracture energy of the electrolyte, of all or of every cell [J/m^2]; temperature without thermal strain [K];
    prescribed degrees of freedom and their values (dim, *nodes) [m]; nodal forces of the stack pressure [N/m or N];
    out-of-plane strain of a section (*cells) [dimensionless]; stiffness of grains (4 or 6, 4 or 6, *cells) [Pa], None where
    the electrolyte is uniform.
    """

    metal: Elastic
    electrolyte: Elastic
    metal_volume: Array
    cation_volume: Array
    conductivity_slope: Array
    toughness: Array
    reference_temperature: Array
    fixed: Array
    prescribed: Array
    load: Array
    out_of_plane: Array
    stiffness: Array | None = None


class Flaws(NamedTuple):
    """Cells that are broken or empty at the start (bool), and unit normals of the cracks (dim, *cells), y elsewhere."""

    cracked: NDArray[np.bool_]
    void: NDArray[np.bool_]
    normal: NDArray[np.float64]


def make_solids(case: Case, grid: Grid) -> Solids:
    """The numbers of a case with mechanics.

    Raises:
        InputError: a claim is missing, or the metal's diameter is out of range of its strength law.
    """
    metal, electrolyte = case.metal_material(), case.electrolyte_material()
    temperature, links = case.conditions.temperature, case.physics.coupling
    loading = make_loading(case, grid)
    traction = jnp.zeros(grid.dimensions).at[0].set(-loading.stack_pressure)
    toughness = float(electrolyte.claim("fracture_energy").value) if case.physics.fracture != "none" else 1.0
    grains = toughness_map(case, grid, toughness)
    stressed = links.stress_to_kinetics
    return Solids(
        metal=_elastic(metal, temperature, _metal_flow(case, metal)),
        electrolyte=_elastic(electrolyte, temperature, _electrolyte_flow(case, electrolyte)),
        metal_volume=number(float(metal.claim("molar_volume").evaluate(temperature))),
        cation_volume=cation_molar_volume(electrolyte) if stressed else number(0.0),
        conductivity_slope=conductivity_stress_slope(electrolyte),
        toughness=number(toughness) if grains is None else jnp.asarray(grains),
        reference_temperature=number(temperature),
        fixed=jnp.asarray(loading.fixed),
        prescribed=jnp.asarray(loading.displacement),
        load=wall_traction(traction, 0, True, grid.shape, grid.periodic, grid.spacing),
        out_of_plane=jnp.asarray(loading.out_of_plane),
        stiffness=stiffness_map(case, grid),
    )


def _elastic(sheet: Material, temperature: float, flow: tuple[FlowLaw, Array]) -> Elastic:
    modulus, poisson = (
        float(sheet.claim(name).evaluate(temperature)) for name in ("young_modulus", "poisson_ratio")
    )
    bulk, shear = bulk_and_shear(modulus, poisson)
    claims = sheet.claims("thermal_expansion")
    expansion = float(sheet.claim("thermal_expansion").evaluate(temperature)) if claims else 0.0
    return Elastic(number(bulk), number(shear), number(expansion), *flow)


def _metal_flow(case: Case, metal: Material) -> tuple[FlowLaw, Array]:
    choice, temperature = case.physics.flow, case.conditions.temperature
    if case.physics.mechanics != "viscoplastic":
        return never_flows(), number(0.0)
    if choice.law == "anand":
        anand = anand_law(metal, diameter=choice.diameter, temperature=temperature)
        return anand, anand.initial_resistance
    law = creep_law(
        metal,
        breakdown=choice.law == "garofalo",
        diameter=choice.diameter,
        grain_size=choice.grain_size,
        temperature=temperature,
    )
    return law, number(0.0)


def _electrolyte_flow(case: Case, electrolyte: Material) -> tuple[FlowLaw, Array]:
    flows = case.physics.mechanics == "viscoplastic"
    return (electrolyte_yield(electrolyte) if flows else never_flows()), number(0.0)


def make_flaws(case: Case, grid: Grid) -> Flaws:
    """Cells of the flaws of a case; those inside the flat metal layer are metal and no flaw."""
    cells = grid.coordinates()
    cracked, void = np.zeros(grid.shape, bool), np.zeros(grid.shape, bool)
    normal = np.zeros((grid.dimensions, *grid.shape))
    normal[1] = 1.0
    for flaw in case.flaws:
        start = flaw_origin(case, flaw.at)
        if flaw.kind == "pore":
            radii = flaw.radius * grid.dimensions if len(flaw.radius) == 1 else flaw.radius
            void |= flaws.pore(cells, flaw.at, radii)
            continue
        direction = [0.0, 1.0, 0.0][: grid.dimensions]
        if flaw.kind == "penny":
            mask = _disk(cells, grid, start, flaw.radius)
        else:
            mask = flaws.notch(cells, grid.spacing, start, flaw.length, flaw.width or 0.0, flaw.angle)
            direction[0], direction[1] = -np.sin(flaw.angle), np.cos(flaw.angle)
        target = cracked if flaw.state == "cracked" else void
        target |= mask
        normal[:, mask] = np.array(direction)[:, None]
    void |= pores(case, grid)
    electrolyte = cells[0] > (case.initial.metal_thickness or 0.0)
    return Flaws(cracked & electrolyte & ~void, void & electrolyte, normal)


def _disk(
    cells: tuple[np.ndarray, ...], grid: Grid, centre: tuple[float, ...], radius: float
) -> NDArray[np.bool_]:
    """A penny in 3-D, its section, a crack through the centre along x, in 2-D."""
    if grid.dimensions == 3:
        return flaws.penny(cells, grid.spacing, centre, radius, (0.0, 1.0, 0.0))
    return flaws.crack(cells, grid.spacing, centre, 2.0 * radius)


def stress_free_strain(elastic: Elastic, solids: Solids, temperature: Array, with_heat: bool) -> Array:
    """Thermal strain less the prescribed strain normal to a section, (4 or 6, *cells) [dimensionless].

    ``temperature`` on cells [K]. In a section the total zz strain of the laws is zero, so what is prescribed enters here.
    """
    shape = solids.out_of_plane.shape
    strain = jnp.zeros(shape)
    if with_heat:
        strain = strain + elastic.expansion * (temperature - solids.reference_temperature)
    zero = jnp.zeros(shape)
    if len(shape) == 2:
        return jnp.stack([strain, strain, strain - solids.out_of_plane, zero])
    return jnp.stack([strain, strain, strain, zero, zero, zero])


def electrolyte_stiffness(solids: Solids, dimensions: int) -> Array:
    """Stiffness of the unbroken electrolyte, to broadcast over cells: (4 or 6, 4 or 6, *cells) or with ones for cells [Pa]."""
    if solids.stiffness is not None:
        return solids.stiffness
    phase = solids.electrolyte
    uniform = isotropic_stiffness(phase.bulk, phase.shear, 4 if dimensions == 2 else 6)
    return uniform.reshape(*uniform.shape, *(1,) * dimensions)
