"""What the network engine knows of a case: conduction of ions and electrons, places that take metal, columns.

A boundary is widened to the cells on either side of it, each with half of its area, so that what belongs to an area of
boundary stays with that area on any grid (a = boundary area on the cell's side over the cell's volume, half a face, staircase
corrected):

    room for metal          w a                  w the thickness of the film
    area of reaction        2 a                  each side of the boundary is one face of the film
    conduction of electrons sigma_e (f - 1) delta a s^2      s = sum |n_k|: a slanted boundary is a chain of steps

The walls of pores leak as boundaries do; the pore itself has room for its own volume. Kind: derived here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dendrion.case import Case
from dendrion.case.microstructure import Polycrystal
from dendrion.case.microstructure_checks import boundary_factor, boundary_thickness, grains_of
from dendrion.case.network import nucleation
from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.field.contact_setup import flaw_pressure
from dendrion.field.grains import LEAST_CONDUCTION, GrainMap, cell_conduction, conduction_factors, grain_map
from dendrion.microstructure import boundary_faces, obliqueness
from dendrion.microstructure.boundaries import face_pairs
from dendrion.numerics.grid import Grid

Array = NDArray[np.float64]

NOTHING, BOUNDARY, PORE, GRAIN = 0, 1, 2, 3
"""Kinds of cells by where their room for metal is [dimensionless]."""

DEFAULT_GRAIN = 5e-6
"""Length of the flaw that opens where neither case nor claim says how large grains are [m]."""

COLUMNS: dict[str, tuple[str, str]] = {
    "time_step_s": ("s", "length of the step"),
    "current_density_A_per_m2": ("A/m^2", "mean current density of the cell, plating positive"),
    "charge_C_per_m2": ("C/m^2", "net charge passed, plating positive"),
    "throughput_C_per_m2": ("C/m^2", "charge passed in either direction"),
    "leaked_charge_C_per_m2": ("C/m^2", "part of it that electrons carried into the electrolyte from the counter side"),
    "cell_voltage_V": ("V", "potential of the plating electrode against the counter electrode"),
    "overpotential_V": ("V", "mean overpotential of the plating electrode, positive drives plating"),
    "leakage_current_A_per_m2": ("A/m^2", "current that electrons carry at the counter electrode"),
    "inner_current_A_per_m2": ("A/m^2", "current that deposits metal inside the electrolyte"),
    "faraday_error": ("1", "metal grown minus charge passed and not leaked, over the throughput"),
    "tip_position_m": ("m", "deepest metal that is connected with the plating electrode"),
    "connected_metal_m": ("m", "metal inside that is connected with it, volume over cross-section"),
    "isolated_metal_m": ("m", "metal inside that is not"),
    "interior_share": ("1", "share of the metal inside that grew while it was isolated"),
    "islands": ("1", "isolated pieces of metal"),
    "excess_potential_max_V": ("V", "largest excess potential of the metal's ion and electron inside, over bulk metal"),
    "network_share": ("1", "share of the room in boundaries and pores that metal fills"),
    "boundary_share": ("1", "share of the metal inside that lies in boundaries, not in pores or grains"),
    "solver_iterations": ("1", "iterations of the potentials' solves in the step"),
    "solver_residual": ("1", "relative residual of the last of them"),
    "temperature_max_K": ("K", "temperature"),
}  # fmt: skip
"""Name: (unit, description)."""

SUMMARY_COLUMNS = (
    "leakage_current_A_per_m2", "leaked_charge_C_per_m2", "connected_metal_m", "isolated_metal_m", "interior_share", "islands",
    "excess_potential_max_V", "network_share", "boundary_share", "inner_current_A_per_m2",
)  # fmt: skip
"""Columns of the last step that stand in the summary too."""


@dataclass(frozen=True)
class Setup:
    """Numbers that hold for the whole run, SI; arrays over the cells.

    conductivity of the grain for ions [S/m]; ionic_faces: open faces an axis, over the grain's [dimensionless]; ionic_ends:
    conduction of the first and the last cells [dimensionless]; electronic conductivity [S/m]; resistance of the reaction
    [ohm m^2]; molar_volume [m^3/mol]; kind of each cell; area of reaction and capacity (metal) over the cell's volume [1/m, 1];
    opening: overpotential that opens the place to metal [V]; threshold: that at which it nucleates by itself, infinite where
    it can't [V]; spacing of nuclei [m]; thin, the share of a place that its first metal covers: as deep as it is thick
    [dimensionless]; temperature [K].
    """

    conductivity: float
    ionic_faces: tuple[Array, ...]
    ionic_ends: tuple[Array, Array]
    electronic: Array
    resistance: float
    molar_volume: float
    kind: NDArray[np.int64]
    area: Array
    capacity: Array
    opening: Array
    threshold: Array
    nucleus_spacing: float
    thin: float
    temperature: float


def make_setup(case: Case, grid: Grid) -> Setup:
    """Setup of a case that asks for the network engine."""
    T = case.conditions.temperature
    metal, electrolyte, interface = (
        case.metal_material(), case.electrolyte_material(), case.interface_material(),
    )  # fmt: skip
    found = grain_map(case, grid)
    exchange = float(interface.claim("exchange_current_density").evaluate(T))
    volume = metal.claim("molar_volume").value
    faces, ends = _ionic(case, grid, found)
    kind, side, slanted, walls = _places(case, grid, found)
    boundary, pore, grain = (kind == one for one in (BOUNDARY, PORE, GRAIN))
    film = case.network.film_thickness
    pressure = _opening_pressures(case)
    opening = (boundary * pressure[0] + grain * pressure[1]) * volume / FARADAY
    wall_cells = pore & (walls > 0.0)
    barrier = np.where(boundary, nucleation(case, interface, "nucleation_overpotential"), np.inf)
    barrier[wall_cells] = nucleation(case, interface, "pore_nucleation_overpotential")
    return Setup(
        conductivity=float(electrolyte.claim("conductivity").evaluate(T)), ionic_faces=faces, ionic_ends=ends,
        electronic=_electronic(case, grid, found, slanted, walls), resistance=GAS_CONSTANT * T / (FARADAY * exchange),
        molar_volume=volume, kind=kind, area=2.0 * side * (boundary | grain) + walls * pore,
        capacity=film * side * (boundary | grain) + 1.0 * pore, opening=opening, threshold=opening + barrier,
        nucleus_spacing=case.network.nucleus_spacing, thin=min(1.0, film / max(grid.spacing)), temperature=T,
    )  # fmt: skip


def _ionic(case: Case, grid: Grid, found: GrainMap | None) -> tuple[tuple[Array, ...], tuple[Array, Array]]:
    """Conduction of open faces and of the first and the last cells over the grain's [dimensionless]."""
    factors = conduction_factors(case, grid)
    if found is None or factors is None:
        shapes = [
            tuple(n - (k == axis and not grid.periodic[axis]) for k, n in enumerate(grid.shape))
            for axis in range(grid.dimensions)
        ]
        ends = np.ones(grid.shape)
        return tuple(np.ones(shape) for shape in shapes), (ends[0], ends[-1])
    along = cell_conduction(case, grid, found)[0]
    return tuple(np.asarray(one) for one in factors[0]), (along[0], along[-1])


def _places(case: Case, grid: Grid, found: GrainMap | None) -> tuple[NDArray[np.int64], Array, Array, Array]:
    """Kind of every cell; a [1/m], a s^2 [1/m], and the area of a pore's wall over the cell's volume [1/m]."""
    kind = np.zeros(grid.shape, np.int64)
    side, slanted, walls = (np.zeros(grid.shape) for _ in range(3))
    if found is None:
        return kind, side, slanted, walls
    planar = isinstance(grains_of(case), Polycrystal)
    slants = obliqueness(found.labels, grid.periodic, planar)
    for axis, mask in enumerate(boundary_faces(found.labels, grid.periodic)):
        periodic, half = bool(grid.periodic[axis]), 0.5 / grid.spacing[axis]
        lower, upper = face_pairs(found.phase, axis, periodic)
        inside = mask & (lower == 0) & (upper == 0)
        _add_to_both(side, half * inside / slants[axis], axis, periodic)
        _add_to_both(slanted, half * inside * slants[axis], axis, periodic)
        _add_to_both(walls, 2.0 * half * ((lower == -1) != (upper == -1)), axis, periodic)
    kind[side > 0.0] = BOUNDARY
    kind[found.phase == -1] = PORE
    if case.network.through_grains:
        grains = (kind == NOTHING) & (found.phase == 0)
        kind[grains], side[grains] = GRAIN, 1.0 / max(grid.spacing)
    return kind, side, slanted, walls


def _add_to_both(cells: Array, faces: Array, axis: int, periodic: bool) -> None:
    """Adds what stands on open faces to the cells on both sides."""
    if periodic:
        cells += faces + np.roll(faces, 1, axis)
        return
    view = np.moveaxis(cells, axis, 0)
    view[:-1] += np.moveaxis(faces, axis, 0)
    view[1:] += np.moveaxis(faces, axis, 0)


def _electronic(case: Case, grid: Grid, found: GrainMap | None, slanted: Array, walls: Array) -> Array:
    """Conductivity of every cell for electrons before there is metal [S/m]."""
    sheet = case.electrolyte_material()
    own = float(sheet.claim("electronic_conductivity").evaluate(case.conditions.temperature))
    if found is None:
        return np.full(grid.shape, own)
    x, depth = grid.coordinates()[0], case.network.leaky_depth
    covered = 1.0 if depth is None else np.clip((depth - x) / grid.spacing[0] + 0.5, 0.0, 1.0)
    factor = 1.0 + (boundary_factor(case, sheet, "electronic") - 1.0) * covered
    thickness = boundary_thickness(case, sheet)
    cells = own * (1.0 + (factor - 1.0) * thickness * slanted)
    surface = own * np.maximum(factor * thickness * walls, LEAST_CONDUCTION)
    return np.asarray(np.where(found.phase == -1, surface, cells))


def _opening_pressures(case: Case) -> tuple[float, float]:
    """Pressure at which metal opens a boundary and a grain [Pa]."""
    grains = grains_of(case)
    if grains is None:
        return 0.0, 0.0
    sheet, given = case.electrolyte_material(), case.network.opening_pressure
    weaker = math.sqrt(boundary_factor(case, sheet, "fracture"))
    if given is not None:
        return given, given / weaker
    claims = sheet.claims("grain_size")
    claimed = claims[0].value if claims else DEFAULT_GRAIN
    size = grains.grain_size if isinstance(grains, Polycrystal) else claimed
    whole = flaw_pressure(sheet.claim("fracture_toughness").value, size)
    return weaker * whole, whole
