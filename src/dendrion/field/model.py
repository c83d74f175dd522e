"""The two-potential model as the simulation drives it: one accepted step at a time, with its history row."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from dendrion.case import Case
from dendrion.case.segments import Segment
from dendrion.constants import FARADAY
from dendrion.errors import DepletionError, SimulationError
from dendrion.field import observables, two_potential
from dendrion.field.build import (
    initial_state,
    interface_width,
    make_grid,
    make_parameters,
    sand_time_scale,
)
from dendrion.field.charge import Control
from dendrion.field.connectivity import METAL_THRESHOLD, active_region, connected_metal
from dendrion.field.diagnostics import describe_shape, height_profile, peak_to_valley
from dendrion.field.grains import grain_fields
from dendrion.field.properties import number
from dendrion.numerics.grid import Grid

Stepper = Callable[..., tuple[two_potential.State, two_potential.Report]]
"""Parameters, state, control, longest step [s] and active front in; the state after one step and its report out."""

FieldMap = dict[str, tuple[NDArray[Any], str, str]]
Columns = dict[str, tuple[str, str]]

FIRST_STEP_SHARE = 1e-3
"""First time step after a change of the protocol, as a share of Sand's time [dimensionless]."""

BALANCE_LIMIT = 1e-3
"""Relative imbalance of the charge above which a step is refused [dimensionless]."""

SALT_TOLERANCE = 1e-5
"""Negative salt concentration that passes for the round-off of the linear solve, over the reference [dimensionless]."""

LARGEST_CUTS = 25
"""Halvings of a time step before the simulation gives up [dimensionless]."""


class Model(Protocol):
    """What the simulation needs of a model of the front; `TwoPotentialModel` and `Hong2018Model` are the two."""

    columns: Columns
    grid: Grid
    warnings: list[str]

    def initial_state(self) -> Any: ...
    def advance(
        self, state: Any, segment: Segment, elapsed: float, time_left: float
    ) -> tuple[Any, dict[str, float]]: ...
    def fields(self, state: Any) -> FieldMap: ...
    def shorted(self, row: dict[str, float]) -> bool: ...


COLUMNS: Columns = {
    "time_step_s": ("s", "length of the step"),
    "current_density_A_per_m2": ("A/m^2", "mean plating current density, plating positive"),
    "charge_C_per_m2": ("C/m^2", "net charge passed through the counter electrode, plating positive"),
    "throughput_C_per_m2": ("C/m^2", "charge passed in either direction"),
    "cell_voltage_V": ("V", "potential of the plating electrode against the counter electrode"),
    "overpotential_V": ("V", "polarisation of the cell, positive drives plating"),
    "faraday_error": ("1", "metal (and interphase) grown minus charge passed, over the throughput"),
    "tip_position_m": ("m", "highest point of connected metal"),
    "tip_velocity_m_per_s": ("m/s", "speed of the highest point over the step"),
    "base_position_m": ("m", "lowest point of the front"),
    "mean_position_m": ("m", "mean height of the front"),
    "roughness_m": ("m", "root mean square of the height"),
    "front_area_ratio": ("1", "front area over cross-section (arc length ratio in 2-D)"),
    "branches": ("1", "separate metal branches at half height"),
    "dead_metal_m": ("m", "volume of metal cut off from the anode over the cross-section"),
    "current_peak_to_valley": (
        "1",
        "current density at the highest over that at the lowest point of the front",
    ),
    "salt_concentration_min_mol_per_m3": ("mol/m^3", "lowest salt concentration in the electrolyte"),
    "salt_error": ("1", "relative change of the amount of salt in a closed cell"),
    "temperature_max_K": ("K", "highest temperature"),
    "charge_residual": ("1", "relative imbalance of the charge in the worst norm"),
    "newton_iterations": ("1", "Newton iterations of the charge balance"),
    "linear_iterations": ("1", "multigrid-preconditioned conjugate-gradient iterations of the step"),
}


INTERPHASE_COLUMNS: Columns = {
    "interphase_thickness_mean_m": ("m", "mean thickness of the interphase over the area of the front"),
    "interphase_thickness_max_m": ("m", "largest thickness of the interphase"),
    "interphase_thickness_min_m": ("m", "smallest thickness of the interphase"),
    "interphase_broken_share": ("1", "share of the front whose interphase is breaking"),
    "interphase_charge_C_per_m2": ("C/m^2", "charge that the growth of the interphase took"),
    "interphase_shed_C_per_m2": ("C/m^2", "charge of the interphase that broke off"),
}


class TwoPotentialModel:
    """Electroneutral two-potential model with the velocity-exact front (variant D of the physics dossier)."""

    columns = COLUMNS
    summary_columns: tuple[str, ...] = ()

    def __init__(self, case: Case) -> None:
        self.case = case
        if case.physics.interphase is not None:
            self.columns = COLUMNS | INTERPHASE_COLUMNS
            self.summary_columns = tuple(INTERPHASE_COLUMNS)
        self.grid = make_grid(case)
        self.parameters = make_parameters(case, self.grid)
        self.width = interface_width(case)
        self.warnings: list[str] = []
        self.morphology = "flat"
        self._reference_salt = float(self.parameters.electrolyte.reference_concentration)
        self._start = initial_state(case, self.parameters)
        self._grains = grain_fields(case, self.grid)
        self._first_metal = self._metal_thickness(np.asarray(self._start.order_parameter))
        self._first_salt = float(observables.measure(self.parameters, self._start).salt)
        self._known: tuple[Any, NDArray[np.bool_], NDArray[np.float64]] | None = None
        self._reach = math.ceil(4.0 * self.width / min(self.grid.spacing))

    def initial_state(self) -> two_potential.State:
        """The state at time zero."""
        return self._start

    def first_time_step(self, current_density: float) -> float:
        """A time step [s] that resolves the start of a protocol step at this current density [A/m^2]."""
        return FIRST_STEP_SHARE * sand_time_scale(
            self.parameters, abs(current_density), self.case.conditions.temperature
        )

    def advance(
        self,
        state: two_potential.State,
        segment: Segment,
        elapsed: float,
        time_left: float,
        step: Stepper = two_potential.step,
    ) -> tuple[two_potential.State, dict[str, float]]:
        """One accepted step of at most ``time_left`` [s], ``elapsed`` [s] after the start of the segment.

        ``step`` takes it; a model with more fields brings its own.
        """
        if elapsed == 0.0:
            first = self.first_time_step(segment.mean_value if segment.kind == "current" else 1.0)
            start = min(first, time_left, float(self.parameters.numerics.largest_time_step))
            state = state._replace(time_step=number(start))
        before = np.asarray(state.order_parameter)
        connected, _ = self._geometry(state)
        if not connected.any():
            raise SimulationError(
                "no metal is connected with the plating electrode any more: the protocol strips more than there was; "
                "start with a thicker metal layer (initial.metal_thickness) or strip less"
            )
        active = jnp.asarray(active_region(connected, before, self.grid.periodic, self._reach))
        control, limit = self._control(segment, elapsed, state), time_left
        for _ in range(LARGEST_CUTS):
            new, report = step(self.parameters, state, control, number(limit), active)
            if not bool(report.settled):
                limit = 0.5 * float(report.time_step)
                continue
            other = self._other_control(segment, elapsed, control, float(new.electrode_potential), report)
            if other is not None:
                control = other
                continue
            if not bool(report.finite):
                raise SimulationError("a field is not a finite number after the step")
            if float(report.charge_residual) > BALANCE_LIMIT:
                raise SimulationError(
                    f"the charge balance does not converge (imbalance {float(report.charge_residual):.2e}); "
                    "the current can't be carried by this cell"
                )
            if float(report.smallest_concentration) >= -SALT_TOLERANCE * self._reference_salt:
                return new, self._row(state, new, report)
            limit = 0.5 * float(report.time_step)
        raise DepletionError(
            "the salt is used up at the front and no time step is short enough to follow it; lower the current "
            "density or give the step a voltage limit"
        )

    def _control(self, segment: Segment, elapsed: float, state: two_potential.State) -> Control:
        """What the cycler holds at the start of a step: it stays at its largest voltage if it was there."""
        wanted, largest = segment.value_at(elapsed), self.case.conditions.compliance_voltage
        if segment.kind == "voltage":
            return Control(jnp.asarray(False), number(wanted))
        if wanted != 0.0 and float(state.electrode_potential) * -math.copysign(1.0, wanted) >= largest:
            return Control(jnp.asarray(False), number(-math.copysign(largest, wanted)))
        return Control(jnp.asarray(True), number(wanted))

    def _other_control(
        self, segment: Segment, elapsed: float, control: Control, voltage: float, report: two_potential.Report
    ) -> Control | None:
        """The control to repeat the step with, if the cycler has reached its largest voltage or left it again."""
        wanted, largest = segment.value_at(elapsed), self.case.conditions.compliance_voltage
        if segment.kind != "current" or wanted == 0.0:
            return None
        if bool(control.galvanostatic):
            if abs(voltage) <= largest and float(report.charge_residual) <= BALANCE_LIMIT:
                return None
            self.warn(
                f"the cycler's largest voltage ({largest:g} V) could not drive the wanted current density for some "
                "of the time; it was held and the current fell"
            )
            return Control(jnp.asarray(False), number(-math.copysign(largest, wanted)))
        if abs(float(report.mean_current_density)) > abs(wanted) * (1.0 + 1e-6):
            return Control(jnp.asarray(True), number(wanted))
        return None

    def warn(self, text: str) -> None:
        """Tells the user of this run, once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def _metal_thickness(self, order_parameter: NDArray[np.float64]) -> float:
        """Metal volume over cross-section [m]."""
        return float(order_parameter.sum()) * self.grid.spacing[0] / order_parameter[0].size

    def _geometry(self, state: two_potential.State) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Connected metal and height profile [m] of a state; those of the last state asked for are kept."""
        if self._known is None or self._known[0] is not state.order_parameter:
            xi = np.asarray(state.order_parameter)
            connected = connected_metal(xi, self.grid.periodic)
            self._known = (
                state.order_parameter,
                connected,
                height_profile(xi, connected, self.grid.spacing[0]),
            )
        return self._known[1:]

    def _row(
        self, old: two_potential.State, new: two_potential.State, report: two_potential.Report
    ) -> dict[str, float]:
        grid, xi = self.grid, np.asarray(new.order_parameter)
        tip_before = float(self._geometry(old)[1].max())
        connected, height = self._geometry(new)
        measured = observables.measure(self.parameters, new)
        area = np.asarray(measured.area_density)
        shape = describe_shape(xi, connected, height, area, grid.spacing, grid.periodic, self.width)
        self.morphology = shape.morphology
        molar_volume = float(self.parameters.metal.molar_volume)
        grown = (self._metal_thickness(xi) - self._first_metal) * FARADAY / molar_volume
        layer = self._layer_row(new, measured)
        grown += layer.get("interphase_charge_C_per_m2", 0.0)
        charge, throughput = float(new.counter_charge), float(new.throughput)
        length = float(report.time_step)
        binary = self.parameters.structure.binary
        closed = binary and float(self.parameters.counter_holds_salt) == 0.0
        moving = self.parameters.structure.coupling.front_motion
        return {
            "time_step_s": length,
            "current_density_A_per_m2": float(report.mean_current_density),
            "charge_C_per_m2": charge,
            "throughput_C_per_m2": throughput,
            "cell_voltage_V": float(new.electrode_potential),
            "overpotential_V": -float(new.electrode_potential),
            "faraday_error": (grown - charge) / throughput if throughput > 0.0 and moving else 0.0,
            "tip_position_m": shape.tip,
            "tip_velocity_m_per_s": (shape.tip - tip_before) / length,
            "base_position_m": shape.base,
            "mean_position_m": shape.mean,
            "roughness_m": shape.roughness,
            "front_area_ratio": shape.area_ratio,
            "branches": float(shape.branches),
            "dead_metal_m": shape.dead,
            "current_peak_to_valley": peak_to_valley(np.asarray(new.current_density), area, height),
            "salt_concentration_min_mol_per_m3": float(report.smallest_concentration)
            if binary
            else float("nan"),
            "salt_error": float(measured.salt) / self._first_salt - 1.0 if closed else 0.0,
            "temperature_max_K": float(measured.hottest),
            "charge_residual": float(report.charge_residual),
            "newton_iterations": float(report.newton_iterations),
            "linear_iterations": float(report.linear_iterations),
            **layer,
        }

    @staticmethod
    def _layer_row(new: two_potential.State, measured: observables.Measured) -> dict[str, float]:
        """What the history says of the layer on the front."""
        layer, found = new.interphase, measured.layer
        if layer is None or found is None:
            return {}
        values = (found.mean, found.largest, found.smallest, found.broken, layer.charge, layer.shed)
        return {name: float(value) for name, value in zip(INTERPHASE_COLUMNS, values, strict=True)}

    def shorted(self, row: dict[str, float]) -> bool:
        """Whether the front's diffuse edge touches the counter electrode (tip within two interface widths)."""
        return row["tip_position_m"] >= self.grid.size[0] - 2.0 * self.width

    def fields(self, state: two_potential.State) -> FieldMap:
        """Cell fields with unit and description."""
        xi = np.asarray(state.order_parameter)
        connected = connected_metal(xi, self.grid.periodic)
        dead = np.where((xi >= METAL_THRESHOLD) & ~connected, xi, 0.0)
        temperature = np.asarray(self.parameters.imposed_temperature + state.temperature_rise)
        fields: FieldMap = {
            "order_parameter": (xi, "1", "order parameter: 1 metal, 0 electrolyte"),
            "electrolyte_potential": (
                np.asarray(state.potential),
                "V",
                "potential against the counter electrode",
            ),
            "current_density": (
                np.asarray(state.current_density),
                "A/m^2",
                "plating current density of the front",
            ),
            "ionic_current_density": (
                np.asarray(observables.ionic_current_density(self.parameters, state)),
                "A/m^2",
                "magnitude of the ionic current density in the electrolyte",
            ),
            "temperature": (temperature, "K", "temperature"),
            "dead_metal": (dead, "1", "metal that is not connected with the plating electrode"),
        }
        if state.interphase is not None:
            layer = state.interphase
            fields["interphase_thickness"] = (
                np.asarray(layer.thickness), "m", "thickness of the interphase, on the front",
            )  # fmt: skip
            fields["interphase_strain"] = (
                np.asarray(layer.strain),
                "1",
                "strain of the interphase, on the front",
            )
        if self.parameters.structure.binary:
            fields["salt_concentration"] = (
                np.asarray(state.concentration), "mol/m^3", "salt concentration in the electrolyte",
            )  # fmt: skip
        return {**fields, **self._grains}
