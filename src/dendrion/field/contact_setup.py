"""What the contact engine knows of a case: numbers from its claims, the first gap, what conducts, the history's columns."""

from __future__ import annotations

import math
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from dendrion.case import Case
from dendrion.case.shapes import lateral_coordinates
from dendrion.constants import EDGE_CRACK_FACTOR, FARADAY, GAS_CONSTANT
from dendrion.field.contact_currents import Kinetics
from dendrion.field.creep import Creep
from dendrion.field.flow_claims import creep_law
from dendrion.field.heterogeneity import exchange_factor, lattice_shape
from dendrion.materials.surface_smoothing import claimed_mullins_coefficient
from dendrion.numerics.lateral_modes import LateralModes

Array = NDArray[np.float64]

STABLE = 0.05
"""Largest substep of surface diffusion, over h^4/B [dimensionless]: explicit steps stay stable below 1/(8 d^2)."""

MOST_SUBSTEPS = 2000
"""Substeps of surface diffusion in a step [dimensionless]: beyond them a void of the grid's size is round long since,
and more would change nothing that the grid shows."""

COLUMNS: dict[str, tuple[str, str]] = {
    "time_step_s": ("s", "length of the step"),
    "current_density_A_per_m2": ("A/m^2", "mean plating current density, plating positive"),
    "charge_C_per_m2": ("C/m^2", "net charge passed, plating positive"),
    "throughput_C_per_m2": ("C/m^2", "charge passed in either direction"),
    "cell_voltage_V": ("V", "potential of the metal against the counter electrode"),
    "overpotential_V": ("V", "overpotential of the reaction, mean over the current, positive drives plating"),
    "faraday_error": ("1", "metal gone into drift and voids minus charge passed, over the throughput"),
    "contact_fraction": ("1", "share of the interface that touches"),
    "void_fraction": ("1", "share of the interface whose gap exceeds the roughness"),
    "void_depth_max_m": ("m", "largest gap"),
    "void_volume_m": ("m", "volume of the voids over the cross-section"),
    "current_focusing": ("1", "largest local current density over the mean"),
    "overpotential_max_V": ("V", "largest local overpotential, positive drives plating"),
    "contact_pressure_max_Pa": ("Pa", "largest pressure on the interface"),
    "metal_viscosity_Pa_s": ("Pa s", "viscosity at which the metal closes its gaps"),
    "metal_thickness_m": ("m", "thickness of the metal as the charge says"),
    "flaw_drive": ("1", "pressure of metal in a surface flaw over what the flaw withstands"),
    "temperature_max_K": ("K", "temperature"),
}
"""Name: (unit, description)."""

SUMMARY_COLUMNS = (
    "contact_fraction", "void_fraction", "void_depth_max_m", "void_volume_m", "current_focusing",
    "overpotential_max_V", "contact_pressure_max_Pa", "metal_thickness_m", "flaw_drive",
)  # fmt: skip
"""Columns of the last step that stand in the summary too."""


@dataclass(frozen=True)
class Setup:
    """Numbers that hold for the whole run, SI.

    modes of the interface; sides [m]; thickness of the electrolyte [m] and its conductivity [S/m]; kinetics; thickness of
    the metal [m], its creep law and molar volume [m^3/mol]; stack pressure [Pa]; temperature [K]; roughness [m];
    conducting: 1 or 0 a cell; surface_mobility: Mullins' B [m^4/s]; first_gap [m]; flaw_pressure that a surface flaw
    withstands [Pa], None without flaws.
    """

    modes: LateralModes
    sides: tuple[float, ...]
    thickness: float
    conductivity: float
    kinetics: Kinetics
    metal_thickness: float
    creep: Creep
    molar_volume: float
    pressure: float
    temperature: float
    roughness: float
    conducting: Array
    surface_mobility: float
    first_gap: Array
    flaw_pressure: float | None


def make_setup(case: Case) -> Setup:
    """Setup of a case that asks for the contact engine."""
    domain, numbers, T = case.domain, case.contact, case.conditions.temperature
    metal, electrolyte, interface = (
        case.metal_material(), case.electrolyte_material(), case.interface_material(),
    )  # fmt: skip
    cells, sides = tuple(domain.cells[1:]), tuple(domain.size[1:])
    metal_thickness = case.initial.metal_thickness or 0.0
    flow = case.physics.flow
    exchange = float(interface.claim("exchange_current_density").evaluate(T)) * _spread(case)
    alpha = float(interface.claim("charge_transfer_coefficient").evaluate(T))
    flaw = numbers.flaw_length
    return Setup(
        modes=LateralModes(cells, tuple(domain.spacing[1:]), domain.lateral == "periodic"),
        sides=sides,
        thickness=domain.size[0] - metal_thickness,
        conductivity=float(electrolyte.claim("conductivity").evaluate(T)),
        kinetics=Kinetics(exchange, alpha, FARADAY / (GAS_CONSTANT * T)),
        metal_thickness=metal_thickness,
        creep=creep_law(
            metal, breakdown=flow.law != "norton", diameter=flow.diameter, grain_size=flow.grain_size, temperature=T
        ),
        molar_volume=metal.claim("molar_volume").value,
        pressure=case.conditions.stack_pressure,
        temperature=T,
        roughness=numbers.roughness,
        conducting=1.0 - _covered(case),
        surface_mobility=mullins_mobility(case),
        first_gap=_first_gap(case),
        flaw_pressure=None if flaw is None else flaw_pressure(electrolyte.claim("fracture_toughness").value, flaw),
    )  # fmt: skip


def flaw_pressure(toughness: float, length: float) -> float:
    """Pressure [Pa] of metal that opens an edge flaw of a length a [m]: K_IC/(1.1215 sqrt(pi a)), K_IC [Pa sqrt(m)]."""
    return toughness / (EDGE_CRACK_FACTOR * math.sqrt(math.pi * length))


def _distances(case: Case, at: tuple[float, ...]) -> Array:
    """Distance of the cells from a place along the interface [m], around the period where there is one."""
    places = lateral_coordinates(tuple(case.domain.size), tuple(case.domain.cells))
    square = np.zeros(tuple(case.domain.cells[1:]))
    for y, centre, side in zip(places, at, case.domain.size[1:], strict=True):
        apart = np.abs(y - centre)
        square += (np.minimum(apart, side - apart) if case.domain.lateral == "periodic" else apart) ** 2
    return np.sqrt(square)


def _covered(case: Case) -> Array:
    """1 where the interface conducts nothing."""
    covered = np.zeros(tuple(case.domain.cells[1:]))
    for spot in case.contact.insulating:
        covered[_distances(case, spot.at) <= spot.radius] = 1.0
    return covered


def _first_gap(case: Case) -> Array:
    """Depth of the voids at the start [m]; where several overlap, the deepest."""
    gap = np.zeros(tuple(case.domain.cells[1:]))
    for void in case.contact.voids:
        reach = _distances(case, void.at) / void.radius
        gap = np.maximum(gap, void.depth * np.maximum(1.0 - reach**2, 0.0))
    return gap


def _spread(case: Case) -> Array:
    """Frozen log-normal factor on the exchange current density, mean 1 [dimensionless]."""
    cells, frozen = tuple(case.domain.cells[1:]), case.physics.heterogeneity
    if frozen is None:
        return np.ones(cells)
    nodes = lattice_shape(tuple(case.domain.size[1:]), frozen.correlation_length)
    lattice = jax.random.normal(jax.random.PRNGKey(frozen.seed), nodes)
    return np.array(exchange_factor(lattice, jnp.asarray(frozen.amplitude), cells))


def mullins_mobility(case: Case) -> float:
    """Mullins' B of a free surface [m^4/s] times the factor that an interphase takes from it; 0 where it is off."""
    numbers, metal, T = case.contact, case.metal_material(), case.conditions.temperature
    if not numbers.surface_diffusion:
        return 0.0
    return float(
        claimed_mullins_coefficient(
            metal,
            T,
            attempt_frequency=numbers.attempt_frequency,
            mobility_factor=numbers.surface_mobility_factor,
        )
    )


def open_flow(setup: Setup, gap: Array, is_open: NDArray[np.bool_], step: float) -> Array:
    """The gap [m] after metal has diffused along open surface for a step [s]: ``dg/dt = -B lap(lap g)``.

    Metal crosses faces between two open cells only, so each void keeps its volume. Explicit in substeps.
    """
    spacing = setup.modes.spacing
    largest = STABLE * min(spacing) ** 4 / setup.surface_mobility
    count = min(max(1, math.ceil(step / largest)), MOST_SUBSTEPS)
    part = min(step / count, largest)

    def divergence_of_gradient(field: Array) -> Array:
        total = np.zeros_like(field)
        for axis, h in enumerate(spacing):
            neighbour, beside = np.roll(field, -1, axis), np.roll(is_open, -1, axis)
            flux = np.where(is_open & beside, (neighbour - field) / h, 0.0)
            if not setup.modes.periodic:
                last: list[int | slice] = [slice(None)] * field.ndim
                last[axis] = -1
                flux[tuple(last)] = 0.0
            total += (flux - np.roll(flux, 1, axis)) / h
        return total

    for _ in range(count):
        gap = gap - part * setup.surface_mobility * divergence_of_gradient(divergence_of_gradient(gap))
    return gap
