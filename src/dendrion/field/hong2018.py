"""The published grand-potential Allen–Cahn/Butler–Volmer model as the simulation drives it.

Kind: published (Hong and Viswanathan 2018, DOI 10.1021/acsenergylett.8b01009). One potential is both the
drive of the reaction and the ohmic drop, and no anion opposes the field: it shows no Sand's time. It is here
because the literature runs it; `two_potential` is the model to draw conclusions from.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from numpy.typing import NDArray

from dendrion.case import Case
from dendrion.case.segments import Segment
from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.errors import InputError, SimulationError
from dendrion.field import hong2018_functions as functions
from dendrion.field.connectivity import connected_metal
from dendrion.field.diagnostics import describe_shape, height_profile
from dendrion.field.front import electrolyte_fraction, reaction_area_density
from dendrion.field.hong2018_step import Numbers, Report, Structure, step, storage
from dendrion.field.initial import initial_order_parameter
from dendrion.field.properties import number
from dendrion.numerics.grid import Grid

FIRST_STEP = 1e-4
"""Time step [s] after the potential changes: the published first profile is not the one it grows with."""

LARGEST_CHANGE = 0.1
"""Largest change of ξ that a step aims at [dimensionless]; a step with twice that is done again, shorter."""

GROWTH, LARGEST_CUTS = 1.5, 30
"""Largest growth of the time step from step to step, and halvings before giving up [dimensionless]."""

LARGEST_RELAXATION = 0.9
"""Largest time step times L_σ W unless the case says otherwise [dimensionless]: up to 1 the linearised double
well keeps the operator definite on any grid; a resolved front stays exact beyond."""

Columns = dict[str, tuple[str, str]]
State = dict[str, Array]

COLUMNS: Columns = {
    "time_step_s": ("s", "length of the step"),
    "current_density_A_per_m2": ("A/m^2", "mean plating current density, F C_s times the growth of metal"),
    "counter_current_density_A_per_m2": ("A/m^2", "conduction current density at the counter electrode"),
    "charge_C_per_m2": ("C/m^2", "charge that conduction left in the cell, counter electrode minus metal"),
    "cell_voltage_V": ("V", "potential of the plating electrode against the counter electrode"),
    "overpotential_V": ("V", "polarisation of the cell, positive drives plating"),
    "faraday_error": ("1", "metal grown minus charge left, over the charge"),
    "salt_error": ("1", "ions in metal and electrolyte minus those that entered, over those that entered"),
    "metal_ion_deficit": ("1", "share of the metal's sites without an ion: the double well outruns the ions"),
    "tip_position_m": ("m", "highest point of connected metal"),
    "tip_velocity_m_per_s": ("m/s", "speed of the highest point over the step"),
    "base_position_m": ("m", "lowest point of the front"),
    "mean_position_m": ("m", "mean height of the front"),
    "metal_thickness_m": ("m", "integral of the order parameter over the cross-section"),
    "roughness_m": ("m", "root mean square of the height"),
    "front_area_ratio": ("1", "front area over cross-section (arc length ratio in 2-D)"),
    "branches": ("1", "separate metal branches at half height"),
    "dead_metal_m": ("m", "volume of metal cut off from the anode over the cross-section"),
    "salt_concentration_min_mol_per_m3": ("mol/m^3", "lowest ion concentration outside the metal"),
    "order_parameter_change": ("1", "largest change of the order parameter in the step"),
    "newton_iterations": ("1", "Newton iterations of the ion balance"),
    "linear_iterations": ("1", "conjugate-gradient iterations of the step"),
}


@dataclass(frozen=True)
class Setup:
    """What the model needs of a case: grid, numbers, first order parameter [dimensionless], temperature [K],
    seed, tolerance of the solves [dimensionless], largest time step [s] and change of ξ a step."""

    grid: Grid
    parameters: functions.Hong2018Parameters
    order_parameter: NDArray[np.float64]
    temperature: float = 298.15
    seed: int = 0
    tolerance: float = 1e-6
    largest_time_step: float | None = None
    largest_change: float = LARGEST_CHANGE


def setup_from_case(case: Case) -> Setup:
    """The setup of a case."""
    parameters = functions.parameters_from(case.physics.hong2018)
    lateral = case.domain.lateral == "periodic"
    cells = tuple(case.domain.cells)
    return Setup(
        grid=Grid(cells, tuple(case.domain.spacing), (False,) + (lateral,) * (len(cells) - 1)),
        parameters=parameters,
        order_parameter=initial_order_parameter(case, 0.5 * parameters.interface_thickness),
        temperature=case.conditions.temperature,
        seed=case.numerics.seed,
        tolerance=case.numerics.tolerance,
        largest_time_step=case.numerics.largest_time_step,
    )


def _numbers(setup: Setup) -> Numbers:
    """Traced numbers of the step."""
    p, grid = setup.parameters, setup.grid
    dimensions, volume = grid.dimensions, grid.cell_volume
    scales = {
        "uniform": float(functions.uniform_noise_scale(p, volume, dimensions, 1.0)),
        "uniform_per_step": p.noise_amplitude,
        "thermal": float(functions.thermal_noise_scale(p, volume, dimensions, setup.temperature, 1.0)),
        "none": 0.0,
    }
    return Numbers(
        spacing=grid.spacing,
        relaxation=p.interface_mobility,
        well=p.barrier_height,
        gradient=p.gradient_energy,
        reaction=p.reaction_constant,
        transfer=p.charge_transfer_coefficient,
        diffusivity=p.salt_diffusivity,
        conductivity=p.electrolyte_conductivity,
        metal_conductivity=p.electrolyte_conductivity * p.conductivity_ratio,
        metal_charge=FARADAY * p.metal_concentration,
        site_ratio=p.site_density_ratio,
        salt_fraction=p.salt_fraction,
        metal_energy=p.metal_energy,
        electrolyte_energy=p.electrolyte_energy,
        inverse_thermal_voltage=FARADAY / (GAS_CONSTANT * setup.temperature),
        noise_scale=scales[p.noise_kind],
        tolerance=setup.tolerance,
    )


class _Totals(NamedTuple):
    """Metal [m] and ions over the sites of the electrolyte [m], both per cross-section; empty share of the
    metal's sites [dimensionless]."""

    metal: float
    ions: float
    deficit: float


class Hong2018Model:
    """Grand-potential Allen–Cahn/Butler–Volmer model under potential control, in one to three dimensions.

    Raises:
        InputError: from the constructor, when parameters or grid are refused; from ``advance``, for a
            protocol step that is not a negative potential.
    """

    columns = COLUMNS

    def __init__(self, case: Case | Setup) -> None:
        self.setup = case if isinstance(case, Setup) else setup_from_case(case)
        parameters, grid = self.setup.parameters, self.setup.grid
        functions.check_parameters(parameters)
        self.grid, self.parameters = grid, parameters
        self.warnings = functions.check_resolution(parameters, max(grid.spacing), max(grid.size))
        self.morphology = "flat"
        relaxation = parameters.interface_mobility * parameters.barrier_height
        self.largest_time_step = self.setup.largest_time_step or LARGEST_RELAXATION / relaxation
        if self.largest_time_step * relaxation > 1.0:
            self.warnings.append(
                f"numerics.largest_time_step: above 1/(L_σ W) = {1.0 / relaxation:.3g} s a step is exact "
                "on a resolved front only and may fail elsewhere"
            )
        self.structure = Structure(
            grid.shape, grid.periodic, int(parameters.diffusion_power), parameters.noise_kind
        )
        self.numbers = _numbers(self.setup)
        if isinstance(case, Case):  # refuse a step of the protocol now, not when the run comes to it
            for segment in case.protocol.segments:
                self._applied(segment, 0.0)
        first = np.asarray(self.setup.order_parameter)
        connected = connected_metal(first, grid.periodic)
        self._first_tip = float(height_profile(first, connected, grid.spacing[0]).max())
        self._first = self._totals(self.initial_state())

    def initial_state(self) -> State:
        """The state at time zero: ions at their bulk chemical potential, no potential yet."""
        xi = jnp.asarray(self.setup.order_parameter)
        zero = number(0.0)
        return {
            "order_parameter": xi,
            "chemical_potential": jnp.zeros_like(xi),
            "electrolyte_potential": jnp.zeros_like(xi),
            "applied_potential": zero,
            "time": zero,
            "time_step": number(FIRST_STEP),
            "charge": zero,
            "ions_entered": zero,
            "tip_position": number(self._first_tip),
            "key": jax.random.PRNGKey(self.setup.seed),
        }

    def advance(
        self, state: State, segment: Segment, elapsed: float, time_left: float
    ) -> tuple[State, dict[str, float]]:
        """One accepted step of at most ``time_left`` [s], ``elapsed`` [s] after the start of the segment."""
        applied = self._applied(segment, elapsed)
        wanted = float(state["time_step"])
        if applied != float(state["applied_potential"]) and segment.end_value is None:
            wanted = FIRST_STEP
        length = _without_sliver(min(wanted, self.largest_time_step), time_left)
        for cut in range(LARGEST_CUTS):
            new, report = step(self.structure, self.numbers, state, number(applied), number(length))
            change = float(report.largest_change)
            if bool(report.converged) and change <= 2.0 * self.setup.largest_change:
                following = length * min(GROWTH, self.setup.largest_change / max(change, 1e-12))
                if cut == 0 and length == time_left:  # cut short by the protocol, not by the fields
                    following = max(following, wanted)
                return self._accept(state, new, report, length, min(following, self.largest_time_step))
            length *= 0.5
        raise SimulationError(
            f"no time step down to {length:.2e} s is accepted at t = {float(state['time']):.6g} s (largest "
            f"change of the order parameter {change:.3g}, solves converged: {bool(report.converged)})"
        )

    def _applied(self, segment: Segment, elapsed: float) -> float:
        if segment.kind != "voltage":
            raise InputError(
                "the published model runs at a given potential; it has no current control and no rest",
                field="protocol",
                value=segment.label or segment.kind,
                hint='use a step such as "hold at -0.45 V for 400 s", or physics.model: two_potential',
            )
        applied = segment.value_at(elapsed)
        for warning in functions.check_drive(self.parameters, applied, self.setup.temperature):
            if warning not in self.warnings:
                self.warnings.append(warning)
        return applied

    def _accept(
        self, old: State, new: State, report: Report, length: float, following: float
    ) -> tuple[State, dict[str, float]]:
        net = float(report.counter_current) - float(report.metal_current)
        xi = np.asarray(new["order_parameter"])
        connected = connected_metal(xi, self.grid.periodic)
        shape = describe_shape(
            xi,
            connected,
            height_profile(xi, connected, self.grid.spacing[0]),
            np.asarray(_area_density(self.grid, new["order_parameter"])),
            self.grid.spacing,
            self.grid.periodic,
            0.5 * self.parameters.interface_thickness,
        )
        self.morphology = shape.morphology
        state = {
            **new,
            "time_step": number(following),
            "charge": new["charge"] + net * length,
            "ions_entered": new["ions_entered"] + report.ions_entering * length,
            "tip_position": number(shape.tip),
        }
        totals = self._totals(state)
        charge, entered = float(state["charge"]), float(state["ions_entered"])
        p = self.parameters
        bulk = p.salt_fraction * p.metal_concentration / p.site_density_ratio
        metal_charge = self.numbers.metal_charge
        grown = metal_charge * (totals.metal - self._first.metal)
        applied = float(state["applied_potential"])
        return state, {
            "time_step_s": length,
            "current_density_A_per_m2": metal_charge * float(report.growth),
            "counter_current_density_A_per_m2": float(report.counter_current),
            "charge_C_per_m2": charge,
            "cell_voltage_V": applied,
            "overpotential_V": -applied,
            "faraday_error": (grown - charge) / max(abs(charge), 1e-300),
            "salt_error": (totals.ions - self._first.ions - entered)
            / max(abs(entered), 1e-6 * self._first.ions),
            "metal_ion_deficit": totals.deficit,
            "tip_position_m": shape.tip,
            "tip_velocity_m_per_s": (shape.tip - float(old["tip_position"])) / length,
            "base_position_m": shape.base,
            "mean_position_m": shape.mean,
            "metal_thickness_m": totals.metal,
            "roughness_m": shape.roughness,
            "front_area_ratio": shape.area_ratio,
            "branches": float(shape.branches),
            "dead_metal_m": shape.dead,
            "salt_concentration_min_mol_per_m3": float(report.smallest_salt) * bulk,
            "order_parameter_change": float(report.largest_change),
            "newton_iterations": float(report.newton_iterations),
            "linear_iterations": float(report.linear_iterations),
        }

    def _totals(self, state: State) -> _Totals:
        amounts = _amounts(self.numbers, state["order_parameter"], state["chemical_potential"])
        return _Totals(*(float(amount) for amount in amounts))

    def shorted(self, row: dict[str, float]) -> bool:
        """Whether the metal, or the edge of its interface, has reached the counter electrode."""
        reach = max(2.0 * self.parameters.interface_thickness, 2.0 * self.grid.spacing[0])
        return row["tip_position_m"] >= self.grid.size[0] - reach

    def fields(self, state: State) -> dict[str, tuple[NDArray[Any], str, str]]:
        """Cell fields with unit and description."""
        p, xi = self.parameters, np.asarray(state["order_parameter"])
        metal = np.asarray(functions.interpolation(state["order_parameter"]))
        share = np.asarray(functions.occupation(state["chemical_potential"], p.electrolyte_energy))
        sites = p.metal_concentration / p.site_density_ratio
        energy = GAS_CONSTANT * self.setup.temperature
        dead = np.where((xi >= 0.5) & ~connected_metal(xi, self.grid.periodic), xi, 0.0)
        return {
            "order_parameter": (xi, "1", "order parameter: 1 metal, 0 electrolyte"),
            "electrolyte_potential": (np.asarray(state["electrolyte_potential"]), "V", "the one potential"),
            "salt_concentration": (share * (1.0 - metal) * sites, "mol/m^3", "ions of the electrolyte"),
            "chemical_potential": (
                energy * np.asarray(state["chemical_potential"]), "J/mol", "chemical potential of the ions",
            ),
            "dead_metal": (dead, "1", "metal that is not connected with the plating electrode"),
        }  # fmt: skip


def _without_sliver(length: float, time_left: float) -> float:
    """A step that leaves nothing or at least half of itself of the time left [s]."""
    if length >= time_left:
        return time_left
    return 0.5 * time_left if length > 0.5 * time_left else length


@jax.jit
def _amounts(n: Numbers, xi: Array, mu: Array) -> tuple[Array, Array, Array]:
    """What ``_Totals`` holds."""
    per_area, metal = n.spacing[0] / xi[0].size, functions.interpolation(xi)
    empty = jnp.sum(metal * (1.0 - functions.occupation(mu, n.metal_energy))) / jnp.sum(metal)
    return per_area * jnp.sum(xi), per_area * jnp.sum(storage(n, mu, xi)), empty


@partial(jax.jit, static_argnums=0)
def _area_density(grid: Grid, xi: Array) -> Array:
    """Front area per volume [1/m]."""
    return reaction_area_density(electrolyte_fraction(xi), grid.spacing, grid.periodic)
