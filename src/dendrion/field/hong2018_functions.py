"""Numbers and pointwise functions of the grand-potential Allen–Cahn/Butler–Volmer model, and its refusals.

Kind: published, Hong and Viswanathan 2018 (DOI 10.1021/acsenergylett.8b01009) from its public input; the
second set of numbers is the standard electrolyte of Ahmad, Hong and Viswanathan 2020 (DOI
10.1073/pnas.2008841117). The inputs count lengths in µm, time in s and energy in 2.5 MJ/m³ (2018) or
2.527 MJ/m³ (2020).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array

from dendrion.constants import BOLTZMANN, FARADAY, GAS_CONSTANT
from dendrion.errors import InputError

NOISE_KINDS = ("uniform", "uniform_per_step", "thermal", "none")

RESOLUTIONS = ("resolved", "as_published")

PUBLISHED = "10.1021/acsenergylett.8b01009, public input"


def _number(default: float, unit: str, source: str = PUBLISHED) -> Any:
    return field(default=default, metadata={"unit": unit, "source": source})


@dataclass(frozen=True)
class Hong2018Parameters:
    """Numbers of the model in SI; unit and source of each stand in its field metadata.

    Attributes:
        gradient_energy: κ of the energy density κ|∇ξ|²/2 [J/m].
        barrier_height: W of the double well W ξ²(1 − ξ)² [J/m³].
        interface_mobility: L_σ [m³/(J s)].
        reaction_constant: L_η [1/s].
        charge_transfer_coefficient: α of the cathodic exponent [dimensionless].
        salt_diffusivity: D of the ions in the electrolyte [m²/s].
        electrolyte_conductivity, metal_conductivity: σ_l and σ_s [S/m].
        largest_conductivity_ratio: σ_s is cut to this multiple of σ_l [dimensionless].
        metal_concentration: C_s, sites of the metal [mol/m³].
        site_density_ratio: sites of the metal over those of the electrolyte [dimensionless].
        salt_fraction: bulk share of the electrolyte's sites that ions occupy, the reference of the kinetics.
        metal_energy, electrolyte_energy: ε_s and ε_l over RT [dimensionless].
        diffusion_power: power of the electrolyte share in the mobility of diffusion, 2 (2018) or 1 (2020);
            migration has 2 in both [dimensionless].
        noise_amplitude: half-width of the uniform noise on ∂ξ/∂t [1/s].
        noise_kind: uniform (the strength in time and volume that the published noise has at its own step and
            cell, whatever the grid), uniform_per_step (the bare amplitude a step and a cell, as the input is
            written), thermal (fluctuation–dissipation, on the interface only, no net metal) or none.
        noise_time_step, noise_cell: the published step [s] and cell [m]; noise_cell is also the thickness of
            a two-dimensional (and the side of a one-dimensional) system for thermal noise.
        interface_resolution: resolved (refuses cells above half the interface thickness) or as_published.
    """

    gradient_energy: float = _number(7.5e-7, "J/m")
    barrier_height: float = _number(6.0e6, "J/m^3")
    interface_mobility: float = _number(2.5e-6, "m^3/(J s)")
    reaction_constant: float = _number(1e-3, "1/s")
    charge_transfer_coefficient: float = _number(0.5, "1")
    salt_diffusivity: float = _number(3.179e-10, "m^2/s")
    electrolyte_conductivity: float = _number(1.19, "S/m")
    metal_conductivity: float = _number(1e6, "S/m")
    largest_conductivity_ratio: float = _number(1e4, "1", "ours: moves the front by less than 0.1 %")
    metal_concentration: float = _number(7.64e4, "mol/m^3")
    site_density_ratio: float = _number(5.5, "1")
    salt_fraction: float = _number(1.0 / 14.89, "1")
    metal_energy: float = _number(-13.8, "1")
    electrolyte_energy: float = _number(2.631, "1")
    diffusion_power: int = _number(2, "1")
    noise_amplitude: float = _number(0.04, "1/s")
    noise_kind: str = field(default="uniform", metadata={"unit": "", "source": PUBLISHED})
    noise_time_step: float = _number(0.02, "s")
    noise_cell: float = _number(1e-6, "m")
    interface_resolution: str = field(default="resolved", metadata={"unit": "", "source": "ours"})

    @property
    def interface_thickness(self) -> float:
        """δ = √(8κ/W), where the profile is [1 − tanh(2x/δ)]/2 [m]."""
        return math.sqrt(8.0 * self.gradient_energy / self.barrier_height)

    @property
    def surface_energy(self) -> float:
        """γ = √(κW/18) [J/m²]."""
        return math.sqrt(self.gradient_energy * self.barrier_height / 18.0)

    @property
    def exchange_current_density(self) -> float:
        """i₀ = L_η F C_s κ/γ, the sharp-interface value that these numbers mean [A/m²]."""
        charge = FARADAY * self.metal_concentration
        return self.reaction_constant * charge * self.gradient_energy / self.surface_energy

    @property
    def conductivity_ratio(self) -> float:
        """Metal over electrolyte as computed [dimensionless]."""
        return min(self.metal_conductivity / self.electrolyte_conductivity, self.largest_conductivity_ratio)


AHMAD2020 = Hong2018Parameters(
    gradient_energy=0.33e-12 * 2.527e6,
    barrier_height=2.64 * 2.527e6,
    interface_mobility=6.318 / 2.527e6,
    reaction_constant=0.1347,
    salt_diffusivity=3.197e-10,
    metal_conductivity=1e7,
    site_density_ratio=5.342,
    salt_fraction=0.067083438,
    metal_energy=-13.64 / 0.987,
    electrolyte_energy=2.598 / 0.987,
    diffusion_power=1,
    noise_time_step=0.01,
)
"""Standard electrolyte of the released two-dimensional runs of 2020 (their input 'liqcrys_K0'), -0.2 V."""


def parameters_from(section: object) -> Hong2018Parameters:
    """Parameters from the section ``physics.hong2018`` of a case, whose keys are the same."""
    return Hong2018Parameters(
        **{item.name: getattr(section, item.name) for item in fields(Hong2018Parameters)}
    )


def interpolation(order_parameter: Array) -> Array:
    """h = ξ³(6ξ² − 15ξ + 10), the share of metal [dimensionless]."""
    xi = order_parameter
    return xi**3 * (6.0 * xi * xi - 15.0 * xi + 10.0)


def interpolation_slope(order_parameter: Array) -> Array:
    """h' = 30 ξ²(1 − ξ)² [dimensionless]."""
    return 30.0 * (order_parameter * (1.0 - order_parameter)) ** 2


def interpolation_curvature(order_parameter: Array) -> Array:
    """h'' = 60 ξ(1 − ξ)(1 − 2ξ) [dimensionless]."""
    return 60.0 * order_parameter * (1.0 - order_parameter) * (1.0 - 2.0 * order_parameter)


def well_slope(order_parameter: Array) -> Array:
    """Slope of ξ²(1 − ξ)² [dimensionless]."""
    return 2.0 * order_parameter * (1.0 - order_parameter) * (1.0 - 2.0 * order_parameter)


def well_curvature(order_parameter: Array) -> Array:
    """Second derivative of ξ²(1 − ξ)² [dimensionless]."""
    return 2.0 - 12.0 * order_parameter * (1.0 - order_parameter)


def occupation(chemical_potential: Array, energy: float | Array) -> Array:
    """Share of sites that ions occupy, e^(µ − ε)/(1 + e^(µ − ε)), µ and ε over RT [dimensionless]."""
    return jax.nn.sigmoid(chemical_potential - energy)


def grand_potential(chemical_potential: Array, energy: float | Array) -> Array:
    """Grand potential density over RT and sites, relative to µ = 0 [dimensionless]."""
    return jax.nn.softplus(-jnp.asarray(energy)) - jax.nn.softplus(chemical_potential - energy)


def uniform_noise_scale(
    p: Hong2018Parameters, cell_volume: float, dimensions: int, time_step: float | Array
) -> float | Array:
    """Half-width of the uniform noise on ∂ξ/∂t for this cell and step [1/s]."""
    volumes = p.noise_cell**dimensions / cell_volume
    return p.noise_amplitude * jnp.sqrt(volumes * p.noise_time_step / time_step)


def thermal_noise_scale(
    p: Hong2018Parameters, cell_volume: float, dimensions: int, temperature: float, time_step: float | Array
) -> float | Array:
    """Standard deviation √(2 L_σ k_B T/(ΔV Δt)) of the fluctuation–dissipation noise on ∂ξ/∂t [1/s]."""
    volume = cell_volume * p.noise_cell ** (3 - dimensions)
    return jnp.sqrt(2.0 * p.interface_mobility * BOLTZMANN * temperature / (volume * time_step))


def check_parameters(p: Hong2018Parameters) -> None:
    """Refuses numbers that mean nothing.

    Raises:
        InputError: a number is not positive, or a choice is unknown.
    """
    for item in fields(p):
        value = getattr(p, item.name)
        signed = item.name in ("metal_energy", "electrolyte_energy", "noise_amplitude")
        if isinstance(value, int | float) and not signed and not value > 0.0:
            raise InputError("must be positive", field=f"physics.hong2018.{item.name}", value=value)
    for name, choices in (("noise_kind", NOISE_KINDS), ("interface_resolution", RESOLUTIONS)):
        if getattr(p, name) not in choices:
            raise InputError(
                "unknown choice",
                field=f"physics.hong2018.{name}",
                value=getattr(p, name),
                allowed=", ".join(choices),
            )
    if p.diffusion_power not in (1, 2):
        raise InputError(
            "the mobility of diffusion falls with the first or second power of the electrolyte share",
            field="physics.hong2018.diffusion_power",
            value=p.diffusion_power,
            allowed="1 or 2",
        )


def check_resolution(p: Hong2018Parameters, largest_cell: float, longest: float) -> list[str]:
    """Refuses cells that cannot hold the interface; returns the warnings about those that barely can.

    Args:
        p: parameters.
        largest_cell: edge of a cell [m].
        longest: longest edge of the domain [m].
    Raises:
        InputError: cells above δ/2, unless the interface is asked for as published.
    """
    thickness = p.interface_thickness
    if largest_cell <= thickness / 5.0 * (1.0 + 1e-9):
        return []
    cells = math.ceil(longest / (thickness / 5.0))
    described = f"{largest_cell * 1e6:.3g} µm cells under an interface {thickness * 1e6:.3g} µm thick"
    if largest_cell <= thickness / 2.0 * (1.0 + 1e-9):
        return [f"{described}: speed and shape are off by some per cent; {cells} cells would resolve it"]
    if p.interface_resolution != "as_published":
        raise InputError(
            f"{described}: the grid pins the front and decides its morphology",
            field="domain.cells",
            value=f"{largest_cell * 1e6:.3g} µm a cell",
            allowed=f"at most {thickness / 2.0 * 1e6:.3g} µm a cell; {cells} cells along the longest edge "
            "resolve the interface",
            hint="refine the grid, or set physics.hong2018.interface_resolution: as_published",
        )
    return [
        f"{described}, as published: the lattice pins a weakly driven front (its speed is exactly zero below "
        "about 0.2 V) and shapes a strongly driven one; take morphology from a resolved run"
    ]


def check_drive(p: Hong2018Parameters, potential: float, temperature: float) -> list[str]:
    """Refuses potentials that do not plate; warns where the interface leaves its sharp limit.

    Raises:
        InputError: the potential is not negative.
    """
    if potential >= 0.0:
        raise InputError(
            "the published model plates under a negative potential only",
            field="protocol",
            value=f"{potential:g} V",
            allowed="below 0 V (potential of the plating electrode)",
            hint="hold at -0.45 V, or use physics.model: two_potential, which also strips and rests",
        )
    exponent = -p.charge_transfer_coefficient * FARADAY * potential / (GAS_CONSTANT * temperature)
    reaction = p.reaction_constant * math.exp(exponent)
    relaxation = p.interface_mobility * p.barrier_height
    if reaction <= 0.1 * relaxation:
        return []
    return [
        f"strong drive: L_η R = {reaction:.3g}/s exceeds a tenth of L_σ W = {relaxation:.3g}/s, so the "
        "interface does not keep its profile and the speed is not that of Butler–Volmer kinetics"
    ]
