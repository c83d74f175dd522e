"""Voids between a metal and a stiff electrolyte: stripping opens them, pressure and surface diffusion close them.

The state is the gap g(y) of the interface. In a time step

    theta = exp(-g/delta), none on insulating places        share of the face that touches (roughness delta)
    i(y)                                                    currents of the slab and its kinetics (contact_currents),
                                                            hindered where the metal is pressed (V_M p/F)
    g -> g - V_M i dt/F + Mullins' flow along open surface  metal leaves where it is stripped
    p >= 0, g >= 0, p g = 0, <p> = stack pressure           the metal creeps under what carries the pressure
                                                            (contact_flow, bounded_quadratic)

The metal as a whole drifts towards the electrolyte as it is consumed: an even interface stripped evenly opens nothing
at any pressure (Shishvan et al. 2023: voids from vacancies piling up in a whole electrode are an artefact of holding its
far end). What opens voids is unevenness, and what plates or strips at their rims is larger than elsewhere. The metal
under a void carries no pressure and rises, the more the softer it is. Pressure also moves current: what stands proud
plates less (7 MPa are a millivolt), and even at rest metal goes through the electrolyte from where it is pressed to where
it is not. This is what gives fingers of plated metal a width; without it they are as thin as the grid. Left out: elasticity (nanometres), diffusion of
vacancies through the metal, cracks. Charge: drift and gap together must equal the
charge passed, which nothing here enforces: ``faraday_error`` measures it.

Kind: reconstruction of what mechanics of contact, Butler-Volmer kinetics and published creep say together; the picture of
contact falling with the gap is Persson's (DOI 10.1103/PhysRevLett.99.125502).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dendrion.case import Case
from dendrion.case.segments import Segment
from dendrion.constants import FARADAY
from dendrion.errors import SimulationError
from dendrion.field.contact_currents import redistribute, slab_potential, slab_response, solve_currents
from dendrion.field.contact_flow import flow_wavenumber, layer_compliance, secant_viscosity
from dendrion.field.contact_setup import COLUMNS, SUMMARY_COLUMNS, make_setup, open_flow
from dendrion.numerics.bounded_quadratic import Contact, solve_contact
from dendrion.numerics.grid import Grid

Array = NDArray[np.float64]
State = dict[str, NDArray[Any]]

LARGEST_CHANGE = 0.25
"""Change of a small gap in a step, over the roughness [dimensionless]."""

GROWTH = 1.5
"""A time step is at most this many times the one before [dimensionless]."""

LONGEST = 1e30
"""Time step before the first one [s]."""

SMALLEST_STEP = 1e-6
"""Time step below which the run gives up [s]."""

NEAR = 1e-3
"""Contact above which a change of the gap changes the currents [dimensionless]."""

VISCOSITY_TOLERANCE, MOST_VISCOSITIES = 1e-3, 30
"""Agreement of the metal's viscosity with its flow, and most trials of it [dimensionless]."""

FEWEST_TOUCHING, OPEN_CONTACT = 4, 0.1
"""Cells that must touch for the grid to resolve what happens there, and the contact from which one does [dimensionless]."""

SMALLEST_GAP = 1e-9
"""Gap that counts as none, over the roughness [dimensionless]."""

CONTACT_TOLERANCE, MOVED_TOLERANCE = 1e-7, 1e-11
"""Relative accuracy of the gap, and of the currents that pressure moves within it, which must be finer [dimensionless]."""

OPEN = 1.0
"""Gap over the roughness from which a place counts as void [dimensionless]."""


class ContactModel:
    """The interface of a case as the simulation drives it.

    Raises:
        SimulationError: from ``advance``, when currents, pressure or viscosity do not settle.
    """

    columns = COLUMNS
    summary_columns = SUMMARY_COLUMNS

    def __init__(self, case: Case) -> None:
        self.case = case
        periodic = case.domain.lateral == "periodic"
        cells = tuple(case.domain.cells)
        self.grid = Grid(cells, tuple(case.domain.spacing), (False,) + (periodic,) * (len(cells) - 1))
        self.setup = make_setup(case)
        s = self.setup
        self.response = slab_response(s.modes, s.thickness, s.conductivity)
        self.compliance = layer_compliance(s.modes, s.metal_thickness)
        self.per_pascal = s.molar_volume / FARADAY if case.physics.coupling.stress_to_kinetics else 0.0
        self.warnings: list[str] = []
        self.morphology = "touching"
        self.ended: str | None = None

    def initial_state(self) -> State:
        """The state at time zero."""
        gap = self.setup.first_gap
        zero = np.zeros_like(gap)
        return {
            "gap": gap - gap.min(), "pressure": zero + self.setup.pressure, "potential": zero, "current": zero,
            "viscosity": np.array(0.0), "drift": np.array(0.0), "charge": np.array(0.0), "mean_current": np.array(0.0),
            "throughput": np.array(0.0), "time_step": np.array(LONGEST), "first_gap": np.array(float(gap.mean() - gap.min())),
        }  # fmt: skip

    def advance(
        self, state: State, segment: Segment, elapsed: float, time_left: float
    ) -> tuple[State, dict[str, float]]:
        """One step of at most ``time_left`` [s], ``elapsed`` [s] after the start of the segment."""
        s = self.setup
        state = {name: np.asarray(value) for name, value in state.items()}  # a checkpoint brings others
        contact = s.conducting * np.exp(-state["gap"] / s.roughness)
        shift = self.per_pascal * state["pressure"]
        potential, current, mean = self._currents(contact, shift, segment, elapsed, state["potential"])
        opening = -s.molar_volume / FARADAY * current
        slope = contact * s.kinetics.slope(potential - shift)
        step = self._first_step(state, contact, opening, time_left)
        while True:
            undeformed = state["gap"] + step * opening
            if s.surface_mobility > 0.0:
                undeformed = open_flow(s, undeformed, state["gap"] > 0.0, step)
            found, viscosity = self._press(state, undeformed, slope, step)
            change = float(np.abs(found.gap - state["gap"])[contact > NEAR].max(initial=0.0))
            if change <= 2.0 * LARGEST_CHANGE * s.roughness or time_left <= SMALLEST_STEP:
                break
            step *= 0.5
            if step < SMALLEST_STEP:
                raise SimulationError("the gaps of the interface change too fast for any time step")
        current = current - self._moved(slope, found.pressure - state["pressure"])
        new: State = {
            "gap": found.gap, "pressure": found.pressure, "potential": potential, "current": current,
            "viscosity": np.array(viscosity), "drift": state["drift"] + found.approach,
            "charge": state["charge"] + mean * step, "mean_current": np.array(mean),
            "throughput": state["throughput"] + abs(mean) * step, "time_step": np.array(step), "first_gap": state["first_gap"],
        }  # fmt: skip
        return new, self._row(new, contact, step)

    def _currents(
        self, contact: Array, shift: Array, segment: Segment, elapsed: float, guess: Array
    ) -> tuple[Array, Array, float]:
        """Potential on the interface [V], current density [A/m^2] and its mean, as the cycler can drive it."""
        limit = self.case.conditions.compliance_voltage
        if segment.kind == "voltage":
            return self._held(contact, shift, segment.value_at(elapsed), guess)
        mean = segment.value_at(elapsed)
        potential, current = self._driven(contact, shift, mean, guess)
        if abs(self._voltage(potential, mean)) > limit:
            self._warn(
                f"the largest voltage of {limit:g} V is held: contact is too small to drive the current"
            )
            return self._held(contact, shift, -math.copysign(limit, mean), potential)
        return potential, current, mean

    def _driven(self, contact: Array, shift: Array, mean: float, guess: Array) -> tuple[Array, Array]:
        s = self.setup
        return solve_currents(s.modes, self.response, s.kinetics, contact, shift, mean, guess)

    def _moved(self, slope: Array, pressure: Array) -> Array:
        """Current density [A/m^2] that a change of pressure [Pa] takes from each cell, of zero mean."""
        if self.per_pascal == 0.0:
            return np.zeros_like(pressure)
        shift = self.per_pascal * pressure
        return redistribute(self.setup.modes, self.response, slope, shift, MOVED_TOLERANCE)

    def _voltage(self, potential: Array, mean: float) -> float:
        """Potential of the metal against the counter electrode [V]."""
        return -(float(potential.mean()) + mean * self.setup.thickness / self.setup.conductivity)

    def _held(self, contact: Array, shift: Array, voltage: float, guess: Array) -> tuple[Array, Array, float]:
        """The same at a cell voltage [V]: the mean current that has it, by bisection and secants."""
        from scipy.optimize import brentq

        found: dict[str, Array] = {"potential": guess}

        def excess(mean: float) -> float:
            found["potential"], found["current"] = self._driven(contact, shift, mean, found["potential"])
            return self._voltage(found["potential"], mean) - voltage

        # With no resistance but the slab's, and with what pressure alone drives.
        far = (abs(voltage) + float(np.ptp(shift)) + 1e-6) * self.setup.conductivity / self.setup.thickness
        mean = float(brentq(excess, -far, far, xtol=1e-9 * far, rtol=1e-9))
        excess(mean)
        return found["potential"], found["current"], mean

    def _first_step(self, state: State, contact: Array, opening: Array, time_left: float) -> float:
        limit = self.case.numerics.largest_time_step or math.inf
        near = contact > NEAR
        uneven = float(np.abs(opening - opening.mean())[near].max(initial=0.0))
        by_opening = LARGEST_CHANGE * self.setup.roughness / uneven if uneven > 0.0 else math.inf
        return min(time_left, limit, by_opening, GROWTH * float(state["time_step"]))

    def _press(self, state: State, undeformed: Array, slope: Array, step: float) -> tuple[Contact, float]:
        """Gap and pressure after the metal has crept for a step [s], and the viscosity [Pa s] at which it did.

        The viscosity that the flow asks for falls with the viscosity assumed; the two are brought together by the
        secant rule in their logarithms, within the bracket known so far.
        """
        s = self.setup
        moves = step * s.molar_volume / FARADAY
        undeformed = undeformed - moves * self._moved(slope, state["pressure"])

        def trial(log: float) -> tuple[Contact, float]:
            rise = self.compliance * (step / math.exp(log))

            def lift(pressure: Array) -> Array:
                return s.modes.multiply(pressure, rise) + moves * self._moved(slope, pressure)

            found = solve_contact(
                lift, undeformed, s.pressure, state["pressure"], CONTACT_TOLERANCE, SMALLEST_GAP * s.roughness
            )
            velocity = s.modes.multiply(found.pressure, rise) / step
            k, amplitude = flow_wavenumber(s.modes, self.compliance, velocity)
            return found, math.log(secant_viscosity(s.creep, k, amplitude, s.temperature)) - log

        log = math.log(float(state["viscosity"]) or self._first_viscosity(undeformed, step))
        found, miss = trial(log)
        before, missed, low, high = log, miss, -math.inf, math.inf
        for _ in range(MOST_VISCOSITIES):
            if abs(miss) <= VISCOSITY_TOLERANCE or s.pressure == 0.0 or np.ptp(undeformed) == 0.0:
                return found, math.exp(log)
            low, high = (log, high) if miss > 0.0 else (low, log)
            if high - low <= VISCOSITY_TOLERANCE:  # contact opens or closes in between: both sides are right
                return found, math.exp(log)
            gain = (miss - missed) / (log - before) if log != before else -1.0
            before, missed = log, miss
            log += float(np.clip(-miss / gain if gain < -1e-3 else miss, -5.0, 5.0))
            if not low < log < high:
                log = 0.5 * (low + high)
            found, miss = trial(log)
        raise SimulationError(
            f"the metal's viscosity did not settle in {MOST_VISCOSITIES} trials ({miss:.2g} in its logarithm)"
        )

    def _first_viscosity(self, undeformed: Array, step: float) -> float:
        s = self.setup
        velocity = max(float(undeformed.std()) / step if math.isfinite(step) else 0.0, 1e-15)
        return secant_viscosity(s.creep, math.pi / max(s.sides), velocity, s.temperature)

    def _row(self, new: State, contact: Array, step: float) -> dict[str, float]:
        s = self.setup
        mean, current, gap = float(new["mean_current"]), new["current"], new["gap"]
        throughput = float(new["throughput"])
        removed = float(new["drift"]) + float(gap.mean()) - float(new["first_gap"])
        grown = -removed * FARADAY / s.molar_volume
        strongest = float(np.abs(current).max())
        overpotential = float(new["potential"].max())
        drive = 0.0
        if s.flaw_pressure is not None:
            drive = max(FARADAY * overpotential / s.molar_volume, 0.0) / s.flaw_pressure
            if drive >= 1.0:
                self.ended = "a crack starts where the current crowds: the metal's pressure opens the flaws of the electrolyte"
        if 0.0 < float(np.count_nonzero(contact > OPEN_CONTACT)) < FEWEST_TOUCHING:
            self._warn(
                "the metal touches on fewer cells than the grid resolves: currents and pressure there depend on it"
            )
        void = gap > OPEN * s.roughness
        self.morphology = "voids" if bool(void.any()) else "touching"
        return {
            "time_step_s": step, "current_density_A_per_m2": mean, "charge_C_per_m2": float(new["charge"]),
            "throughput_C_per_m2": throughput, "cell_voltage_V": self._voltage(new["potential"], mean),
            "overpotential_V": float((current * new["potential"]).mean() / mean) if mean else 0.0,
            "faraday_error": (grown - float(new["charge"])) / throughput if throughput > 0.0 else 0.0,
            "contact_fraction": float(contact.mean()), "void_fraction": float(void.mean()), "void_depth_max_m": float(gap.max()),
            "void_volume_m": float(gap.mean()), "current_focusing": strongest / abs(mean) if mean else 1.0,
            "overpotential_max_V": overpotential, "contact_pressure_max_Pa": float(new["pressure"].max()),
            "metal_viscosity_Pa_s": float(new["viscosity"]),
            "metal_thickness_m": s.metal_thickness + float(new["charge"]) * s.molar_volume / FARADAY, "flaw_drive": drive,
            "temperature_max_K": s.temperature,
        }  # fmt: skip

    def shorted(self, row: dict[str, float]) -> bool:
        """False: this engine ends where a crack starts."""
        return False

    def fields(self, state: State) -> dict[str, tuple[Array, str, str]]:
        """Cell fields with unit and description: metal and voids below the interface, the slab above it."""
        s, shape = self.setup, self.grid.shape
        x = self.grid.centres(0)
        lifted = x.reshape(-1, *[1] * (len(shape) - 1))
        metal = (lifted < s.metal_thickness - state["gap"]).astype(float)
        void = ((lifted < s.metal_thickness) & (metal == 0.0)).astype(float)
        inside = x >= s.metal_thickness
        mean, potential = float(state["mean_current"]), np.zeros(shape)
        shown = slab_potential(
            s.modes, state["potential"], mean, x[inside] - s.metal_thickness, s.thickness, s.conductivity
        )
        top = float(state["potential"].mean()) + mean * s.thickness / s.conductivity
        potential[inside] = shown - top

        def layer(values: Array) -> Array:
            field = np.zeros(shape)
            field[int(np.argmax(inside))] = values
            return field

        return {
            "order_parameter": (metal, "1", "1 metal, 0 electrolyte or void"),
            "void": (void, "1", "1 where the metal has left the electrolyte"),
            "electrolyte_potential": (potential, "V", "potential against the counter electrode"),
            "gap": (layer(state["gap"]), "m", "gap of the interface, in the cells at it"),
            "contact_pressure": (layer(state["pressure"]), "Pa", "pressure on the interface, in the cells at it"),
            "interface_current_density": (layer(state["current"]), "A/m^2", "plating current density, in the cells at the interface"),
        }  # fmt: skip

    def _warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)
