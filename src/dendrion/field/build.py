"""From a case to the parameters and the first state of the two-potential model."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from numpy.typing import NDArray

from dendrion.case import Case
from dendrion.constants import FARADAY
from dendrion.errors import InputError
from dendrion.field.grains import conduction_factors
from dendrion.field.heat import HeatWall
from dendrion.field.heterogeneity import lattice_shape
from dendrion.field.initial import initial_order_parameter
from dendrion.field.interphase import first_layer
from dendrion.field.parameters import (
    Coupling,
    Electrolyte,
    GrainConduction,
    Interface,
    InterphaseNumbers,
    Metal,
    Numerics,
    Parameters,
    Structure,
)
from dendrion.field.properties import number, property_of_state
from dendrion.field.two_potential import State
from dendrion.materials import Material
from dendrion.numerics.grid import Grid

MOBILITY = 3.0
"""Mobility of the regularisation over v_max w [dimensionless].

The tail behind a front that moves at v is less steep than the equilibrium profile, and there the regularisation is
laterally anti-diffusive with ``M/(2 M/(v w) - 1)``: waves of eight cells grow out of round-off on a flat front if M is
below about 0.7 v w times w in cells. At 3 v w they don't for w up to 4 cells, and a front is a few thousandths off its
profile."""

CONSTRAINT = 3.0
"""Pressure under which confined metal flows over its yield strength (Tabor, The Hardness of Metals, 1951)
[dimensionless]."""

SALT_CHANGE = 0.02
"""Change of the salt at the front a step (root mean square) over the reference concentration [dimensionless]."""

GROWTH = 1.5
"""Largest growth of the time step from one step to the next [dimensionless]."""

SUBSTEP_BOUND = 0.8
"""Bound on M dt 2 d / h^2 of a regularisation substep [dimensionless]; explicit diffusion is stable below 1."""


def make_grid(case: Case) -> Grid:
    """The grid of a case: x is never periodic, the lateral axes are if the case says so."""
    lateral = case.domain.lateral == "periodic"
    cells = tuple(case.domain.cells)
    return Grid(cells, tuple(case.domain.spacing), (False,) + (lateral,) * (len(cells) - 1))


def interface_width(case: Case) -> float:
    """Interface width w [m]: given, or two cells."""
    return case.numerics.interface_width or 2.0 * max(case.domain.spacing)


def make_structure(case: Case, grid: Grid) -> Structure:
    """The part of the parameters that a compiled step depends on."""
    smallest, dimension = min(grid.spacing), grid.dimensions
    mobility = case.numerics.step * smallest * MOBILITY * interface_width(case)
    substeps = math.ceil(mobility * 2.0 * sum(1.0 / h**2 for h in grid.spacing) / SUBSTEP_BOUND)
    links = {name: bool(getattr(case.physics.coupling, name)) for name in Coupling.__dataclass_fields__}
    return Structure(
        shape=grid.shape,
        periodic=grid.periodic,
        aspect=tuple(round(h / smallest, 2) for h in grid.spacing),
        binary=is_binary(case),
        heat=bool(case.physics.heat),
        fluctuating=case.physics.noise.kind == "kinetic",
        capillary=dimension > 1,
        substeps=max(1, substeps),
        coupling=Coupling(**links),
        interphase=case.physics.interphase.growth if case.physics.interphase else None,
        breaking=case.physics.interphase is None or bool(case.physics.interphase.breaking),
    )


def is_binary(case: Case) -> bool:
    """Whether the electrolyte holds a salt whose anions move."""
    if case.physics.transport is not None:
        return bool(case.physics.transport == "binary")
    return str(case.electrolyte_material().electrolyte_class).startswith("binary")


def make_parameters(case: Case, grid: Grid) -> Parameters:
    """All numbers of a step, in SI, from the case and its materials."""
    metal, electrolyte = case.metal_material(), case.electrolyte_material()
    temperature = case.conditions.temperature
    binary = is_binary(case)

    def value(material: Material, name: str) -> Array:
        return number(float(material.claim(name).evaluate(temperature)))

    def thermal(material: Material, name: str) -> Array:
        return value(material, name) if case.physics.heat else number(1.0)

    reference = electrolyte.claim("salt_concentration").value if binary else 1.0
    salt_properties = {
        name: property_of_state(electrolyte.claim(name), reference)
        for name in ("salt_diffusivity", "cation_transference_number", "thermodynamic_factor")
        if binary
    }
    nothing = property_of_state(electrolyte.claim("conductivity"), reference)
    anisotropy, width, grains = case.physics.anisotropy, interface_width(case), conduction_factors(case, grid)
    return Parameters(
        structure=make_structure(case, grid),
        spacing=tuple(number(h) for h in grid.spacing),
        metal=Metal(
            molar_volume=value(metal, "molar_volume"),
            surface_energy=value(metal, "surface_energy"),
            surface_anisotropy=number(anisotropy.surface_energy),
            heat_capacity=thermal(metal, "heat_capacity") * thermal(metal, "density"),
            thermal_conductivity=thermal(metal, "thermal_conductivity"),
            entropic_coefficient=thermal(metal, "entropic_coefficient"),
        ),
        electrolyte=Electrolyte(
            conductivity=property_of_state(electrolyte.claim("conductivity"), reference, with_salt=binary),
            salt_diffusivity=salt_properties.get("salt_diffusivity", nothing),
            transference_number=salt_properties.get("cation_transference_number", nothing),
            thermodynamic_factor=salt_properties.get("thermodynamic_factor", nothing),
            reference_concentration=number(reference),
            heat_capacity=thermal(electrolyte, "heat_capacity") * thermal(electrolyte, "density"),
            thermal_conductivity=thermal(electrolyte, "thermal_conductivity"),
        ),
        interface=make_interface(case, reference),
        numerics=Numerics(
            interface_width=number(width),
            travel=number(case.numerics.step),
            mobility=number(MOBILITY),
            tolerance=number(case.numerics.tolerance),
            salt_change=number(SALT_CHANGE),
            growth=number(GROWTH),
            largest_time_step=number(case.numerics.largest_time_step or math.inf),
        ),
        walls=(
            make_wall(case.conditions.heat.anode, temperature),
            make_wall(case.conditions.heat.counter, temperature),
        ),
        imposed_temperature=jnp.asarray(imposed_temperature(case, grid)),
        counter_holds_salt=number(1.0 if case.cell.counter_electrode == "reservoir" else 0.0),
        reference_temperature=number(temperature),
        grains=None if grains is None else GrainConduction(*grains),
        interphase=make_interphase(case, reference),
    )


def make_interphase(case: Case, reference: float) -> InterphaseNumbers | None:
    """Numbers of the layer on the front, None without one; ``reference`` salt concentration [mol/m^3]."""
    chosen = case.physics.interphase
    if chosen is None:
        return None
    sheet, metal, temperature = case.interphase_material(), case.metal_material(), case.conditions.temperature

    def value(name: str, without: float) -> float:
        return float(sheet.claim(name).evaluate(temperature)) if sheet.claims(name) else without

    growth = {"parabolic": "sei_growth_constant", "exponential": "sei_growth_rate"}.get(chosen.growth)
    conductivity = property_of_state(sheet.claim("sei_conductivity"), reference)
    strength = metal.claim("yield_strength").value if metal.claims("yield_strength") else math.inf
    thickness = chosen.thickness if chosen.thickness is not None else value("sei_thickness", 0.0)
    return InterphaseNumbers(
        conductivity=conductivity,
        growth=property_of_state(sheet.claim(growth), reference) if growth else conductivity,
        decay_length=number(value("sei_decay_length", 1.0)),
        first_thickness=number(thickness),
        bare_thickness=number(min(chosen.bare_thickness, thickness)),
        charge_density=number(
            FARADAY * value("sei_electron_number", 1.0) / value("sei_molar_volume", 1.0) if growth else 0.0
        ),
        modulus=number(value("sei_young_modulus", 1.0)),
        strength=number(value("sei_strength", 1.0)),
        fracture_energy=number(value("sei_fracture_energy", 1.0)),
        particle_radius=number(chosen.particle_radius or math.inf),
        flow_pressure=number(CONSTRAINT * strength),
        reference_concentration=number(reference),
    )


def make_interface(case: Case, reference: float) -> Interface:
    """Kinetics of the case: exchange current density, its law in temperature, its spread."""
    interface = case.interface_material()
    claim = interface.claim("exchange_current_density")
    frozen, noise = case.physics.heterogeneity, case.physics.noise
    if frozen is not None and noise.kind == "kinetic":
        raise InputError(
            "frozen heterogeneity and noise can't be used together in this version",
            field="physics.heterogeneity",
            hint="keep one of physics.heterogeneity and physics.noise",
        )
    amplitude = frozen.amplitude if frozen else (noise.amplitude if noise.kind == "kinetic" else 0.0)
    correlation_time = noise.correlation_time if noise.kind == "kinetic" else math.inf
    return Interface(
        exchange_current_density=property_of_state(claim, reference),
        charge_transfer_coefficient=number(
            float(interface.claim("charge_transfer_coefficient").evaluate(case.conditions.temperature))
        ),
        kinetic_anisotropy=number(case.physics.anisotropy.kinetics),
        spread=number(amplitude),
        correlation_time=number(correlation_time or math.inf),
    )


def make_wall(boundary: object, temperature: float) -> HeatWall:
    """An end wall for the temperature rise: what is outside counts from the imposed temperature."""
    if boundary == "fixed":
        return HeatWall(number(math.inf), number(0.0))
    if boundary == "insulated":
        return HeatWall(number(0.0), number(0.0))
    ambient = boundary.ambient if boundary.ambient is not None else temperature  # type: ignore[attr-defined]
    return HeatWall(number(boundary.convective), number(ambient - temperature))  # type: ignore[attr-defined]


def imposed_temperature(case: Case, grid: Grid) -> NDArray[np.float64]:
    """Temperature field [K] that the conditions impose: mean, linear difference across the cell, hot spots."""
    conditions = case.conditions
    axes = np.meshgrid(*[grid.centres(k) for k in range(grid.dimensions)], indexing="ij")
    field = conditions.temperature + conditions.temperature_difference * (axes[0] / grid.size[0] - 0.5)
    rise = np.zeros(grid.shape)
    for spot in conditions.hot_spots:
        rise += spot.rise_at(sum((x - centre) ** 2 for x, centre in zip(axes, spot.at, strict=True)))
    if conditions.hot_spot_normalise == "mean":
        rise -= rise.mean()
    return field + rise


def initial_state(case: Case, parameters: Parameters) -> State:
    """First state: the metal's shape, electrolyte at rest, uniform salt, no temperature rise."""
    xi = jnp.asarray(initial_order_parameter(case, interface_width(case)))
    zero = jnp.zeros_like(xi)
    frozen, noise = case.physics.heterogeneity, case.physics.noise
    size = tuple(case.domain.size)
    if frozen is not None:
        nodes = lattice_shape(size, frozen.correlation_length)
        lattice = jax.random.normal(jax.random.PRNGKey(frozen.seed), nodes)
    elif noise.kind == "kinetic" and noise.correlation_length is not None:
        nodes = lattice_shape(size, noise.correlation_length)
        lattice = jax.random.normal(jax.random.PRNGKey(case.numerics.seed), nodes)
    else:
        lattice = jnp.zeros((2,) * xi.ndim)
    return State(
        order_parameter=xi,
        potential=zero,
        response=(xi > 0.5).astype(xi.dtype),
        electrode_potential=number(0.0),
        concentration=zero + parameters.electrolyte.reference_concentration,
        temperature_rise=zero,
        current_density=zero,
        time=number(0.0),
        time_step=number(1e30),
        counter_charge=number(0.0),
        throughput=number(0.0),
        lattice=lattice,
        key=jax.random.PRNGKey(case.numerics.seed + 1),
        interphase=None if parameters.interphase is None else first_layer(parameters.interphase, zero),
    )


def sand_time_scale(parameters: Parameters, current_density: float, temperature: float) -> float:
    """Sand's time [s] of a binary electrolyte, a yardstick for first time steps; infinite for a single-ion one."""
    if not parameters.structure.binary or current_density == 0.0:
        return math.inf
    concentration = parameters.electrolyte.reference_concentration
    at = (jnp.asarray(temperature), concentration)
    diffusivity = float(parameters.electrolyte.salt_diffusivity(*at))
    anion = 1.0 - float(parameters.electrolyte.transference_number(*at))
    return (
        math.pi
        * diffusivity
        * (FARADAY * float(concentration) / (2.0 * current_density * max(anion, 1e-6))) ** 2
    )
