"""What the texture engine knows of a case: what drives one family against another, and the film that it starts with."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dendrion.case import Case
from dendrion.case.texture import boundary_width, surface_energies
from dendrion.constants import FARADAY, GAS_CONSTANT

Array = NDArray[np.float64]

REFERENCE_TEMPERATURE = 298.15
"""Temperature at which diffusivities are given [K]."""

EVEN_SHARE = 0.5
"""Share of a mean column that every first column has at least; the rest is random [dimensionless]."""

MARGIN = 3
"""Rows of cells between the lowest that moves and the end of the window, and above the front's profile [dimensionless]."""


@dataclass(frozen=True)
class Families:
    """Numbers of the families, (families,), SI: surface energy under the pressure [J/m^2], diffusivity [m^2/s]."""

    names: tuple[str, ...]
    surface_energy: Array
    diffusivity: Array


@dataclass(frozen=True)
class Drive:
    """What a current does: speed of the front [m/s], Damkoehler number [dimensionless], mobility of boundaries
    [m^4/(J s)], strain energies [J/m^3] and speeds at which the row's family gains on the column's [m/s]."""

    front_speed: float
    damkoehler: float
    mobility: float
    strain_energy: Array
    gains: Array


@dataclass(frozen=True)
class Setup:
    """Numbers that hold for the whole run, SI.

    families; classes of the phases, 0 the electrolyte; energies of pairs of classes [J/m^2]; width of a boundary, edge
    of a cell, active_depth, diffusion_length [m]; molar_volume [m^3/mol]; reference_energy [J/m^3]; modulus [Pa];
    strain [dimensionless]; rows of the window; levelling: means of neighbours over the levelling length, (ny, ny); the cell's resistance [ohm m^2] and kinetics.
    """

    families: Families
    classes: NDArray[np.int64]
    edges: Array
    energies: Array
    width: float
    spacing: float
    active_depth: float
    diffusion_length: float
    molar_volume: float
    reference_energy: float
    modulus: float
    strain: float
    rows: int
    levelling: Array
    conductivity: float
    exchange_current_density: float
    thermal_voltage: float


def family_numbers(case: Case) -> Families:
    """Gamma_j(P) = gamma_j (1 + s_j P/P_0) and D_j(T) = D_j exp[-E_j/R (1/T - 1/T_0)]."""
    numbers, conditions = case.texture, case.conditions
    warm = 1.0 / conditions.temperature - 1.0 / REFERENCE_TEMPERATURE
    return Families(
        tuple(family.name for family in numbers.families),
        np.array(surface_energies(case)),
        np.array([f.diffusivity * math.exp(-f.barrier / GAS_CONSTANT * warm) for f in numbers.families]),
    )


def drive(setup: Setup, current_density: float) -> Drive:
    """What moves boundaries at a plating current density [A/m^2].

    The front advances at v = V_M i/F. Atoms diffuse on family j as Da_j = F D_j/(V_M i l) says. Strain that they do not
    relax is eps_0 min(1, 1/Da_j); a boundary moves with M = v/[F_ref (1 + Da)] times the difference of energies, and

        gain_jk = M (W_k - W_j) + v Da/(1 + Da) (D_j - D_k)/(D_j + D_k),   W_j = Y eps_j^2/2

    The surface energies act by themselves, where boundaries meet the front. A reconstruction of the reduced model
    ``grain_selection`` (Zhang 2025, DOI 10.1016/j.joule.2025.101847) as a law of motion.
    """
    d = setup.families.diffusivity
    speed = setup.molar_volume * current_density / FARADAY
    each = d / (speed * setup.diffusion_length)
    mean = float(each.mean())
    mobility = speed / (setup.reference_energy * (1.0 + mean))
    strain = setup.strain * np.minimum(1.0, 1.0 / each)
    energy = 0.5 * setup.modulus * strain**2
    contrast = (d[:, None] - d[None, :]) / (d[:, None] + d[None, :])
    gains = mobility * (energy[None, :] - energy[:, None]) + speed * mean / (1.0 + mean) * contrast
    return Drive(speed, mean, mobility, energy, gains)


def make_setup(case: Case) -> Setup:
    """Setup of a case that asks for the texture engine."""
    numbers, metal, T = case.texture, case.metal_material(), case.conditions.temperature
    families, spacing, width = family_numbers(case), max(case.domain.spacing), boundary_width(case)
    count = round(case.domain.size[1] / numbers.column_width)
    generator = np.random.default_rng(numbers.seed)
    gaps = EVEN_SHARE / count + (1.0 - EVEN_SHARE) * generator.dirichlet(np.ones(count))
    edges = case.domain.size[1] * np.concatenate([[0.0], np.cumsum(gaps)])
    members = generator.permutation(np.arange(count) % len(families.names))
    surface = families.surface_energy
    energies = np.full((surface.size + 1, surface.size + 1), numbers.boundary_energy)
    energies[0, 1:] = energies[1:, 0] = surface
    depth = 0.5 * numbers.film_thickness
    return Setup(
        families=families, classes=np.concatenate([[0], members + 1]), edges=edges, energies=energies,
        width=width, spacing=spacing, active_depth=depth,
        diffusion_length=numbers.diffusion_length, molar_volume=metal.claim("molar_volume").value,
        reference_energy=numbers.reference_energy, modulus=metal.claim("biaxial_modulus").value,
        strain=numbers.growth_strain,
        rows=min(math.ceil((depth + 2.0 * width) / spacing) + 2 * MARGIN, case.domain.cells[0]),
        levelling=neighbour_means(case.domain.cells[1], spacing, numbers.levelling_length or numbers.column_width, case.domain.lateral == "periodic"),
        conductivity=float(case.electrolyte_material().claim("conductivity").evaluate(T)),
        exchange_current_density=float(case.interface_material().claim("exchange_current_density").evaluate(T)),
        thermal_voltage=GAS_CONSTANT * T / FARADAY,
    )  # fmt: skip


def neighbour_means(count: int, spacing: float, length: float, periodic: bool) -> Array:
    """Weights of Gaussian means of standard deviation ``length``/2 [m] along a line of cells, (count, count).

    Rows and columns add up to one, so that a mean has the sum of what it is of; beyond a wall the line is mirrored.
    """
    cells = np.arange(count)
    period = count if periodic else 2 * count
    apart = np.abs(cells[:, None] - np.arange(period)[None, :])
    apart = np.minimum(apart, period - apart) * spacing
    weights = np.exp(-2.0 * (apart / length) ** 2)
    weights /= weights.sum(axis=1)[:1, None]
    return weights if periodic else weights[:, :count] + weights[:, : count - 1 : -1]


def half_sine(distance: NDArray[np.floating[Any]], width: float) -> Array:
    """Profile of an interface, 1 where the distance [m] is far below 0 [dimensionless]."""
    return np.asarray(
        0.5 * (1.0 - np.sin(np.clip(math.pi * distance / width, -0.5 * math.pi, 0.5 * math.pi)))
    )


def first_phases(case: Case, setup: Setup) -> Array:
    """Columns under an even front, in the lowest rows of the domain, (phases, rows, ny)."""
    h, cells, side = setup.spacing, case.domain.cells, case.domain.size[1]
    x, y = (np.arange(setup.rows) + 0.5) * h, (np.arange(cells[1]) + 0.5) * h
    edges = setup.edges - setup.edges[1] * 0.5 if case.domain.lateral == "periodic" else setup.edges
    columns = []
    for low, high in itertools.pairwise(edges):
        middle, half = 0.5 * (low + high), 0.5 * (high - low)
        away = np.abs(y - middle)
        if case.domain.lateral == "periodic":
            away = np.minimum(away, side - away)
        else:  # what lies beyond a wall is the mirrored grain itself
            away = np.where((low <= 0.0) & (y < middle), 0.0, away)
            away = np.where((high >= side * (1.0 - 1e-12)) & (y > middle), 0.0, away)
        columns.append(half_sine(away - half, setup.width))
    shares = np.array(columns)
    shares /= shares.sum(axis=0)
    metal = half_sine(x - (case.initial.metal_thickness or 0.0), setup.width)
    return np.concatenate([(1.0 - metal)[None, :, None] + 0.0 * shares[:1, None, :], metal[None, :, None] * shares[:, None, :]])  # fmt: skip
