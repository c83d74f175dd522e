"""dendrion's own small cell: metal | electrolyte | cathode, metal or copper, in a handful of numbers.

    V = U(c_s) + i_F (L/σ + R_cathode + R_film + R_contact) + η_metal + η_counter + ΔΦ_salt

Plating is positive. Butler–Volmer at both electrodes, ohmic electrolyte, salt where the electrolyte is binary (`salt`), particles
(`particle`), contact and stack pressure (`fixture`). The terminal current i splits into the metal's reaction and
electrons through the electrolyte: i = i_F + g V. Derived here from textbook pieces; one temperature at a time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import brentq

from dendrion.cell.fixture import Contact, Fixture, contact_at
from dendrion.cell.kinetics import overpotential
from dendrion.cell.particle import Cathode
from dendrion.cell.salt import SaltColumn
from dendrion.cell.stepper import UNCHANGED, CellLimit, CellState, Feedback
from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.errors import SimulationError

if TYPE_CHECKING:
    from dendrion.cell.properties import Numbers

CURRENT_TOLERANCE = 1e-13
"""Relative accuracy of the split of the current, and of the current that a held voltage drives [dimensionless]."""

DEPLETED = 1e-4
"""Share of the salt at which the metal's surface counts as depleted [dimensionless]."""

EXHAUSTED = 1e4
"""Stands for the voltage of an electrode that is used up, in the search for a current [V]."""

JUMP_TOLERANCE = 1e-6
"""Imbalance [A/m^2 or V, or over the current] above which a change of sign is the jump of a used-up electrode."""

WIDEST_BRACKET = 1e6
"""Largest current that a held voltage is looked for at [A/m^2]."""


@dataclass(frozen=True)
class Design:
    """What a small cell is built from [SI].

    Attributes:
        gap: thickness of the electrolyte [m]; metal, counter_metal: thickness of the electrodes [m].
        copper: the metal plates on bare copper; coalescence: plated thickness at which nuclei have grown together [m].
        spot_radius: of a contact between metal and electrolyte [m].
        flat_contact: contact is full whatever the pressure (polymers, liquids).
        leakage: electrons cross the electrolyte as its claim says.
    """

    gap: float
    fixture: Fixture
    metal: float = 2e-5
    counter_metal: float = 2e-5
    cathode: Cathode | None = None
    column: SaltColumn | None = None
    copper: bool = False
    coalescence: float = 1e-7
    spot_radius: float = 1e-5
    flat_contact: bool = False
    leakage: bool = True


@dataclass(frozen=True)
class _Memory:
    """What a cell remembers between intervals."""

    ion: float = 0.0
    gradient: float = 0.0
    salt: Any = None
    squeezed: float = 0.0


@dataclass(frozen=True)
class _Trial:
    """An interval with one reaction current: the memory after it, the voltage and its parts [V]."""

    memory: _Memory
    voltage: float
    rest: float
    eta: float
    surface_salt: float


class SmallCell:
    """A cell that advances by ``advance`` (current) and ``hold`` (voltage), see `stepper.Stepper`.

    Args:
        design: its layers; numbers: its material properties over the temperature.
        temperature: at the start [K].

    Raises:
        InputError: a material has no claim that the cell needs (from ``numbers``).
    """

    def __init__(self, design: Design, numbers: Numbers, temperature: float) -> None:
        self.design, self.numbers = design, numbers
        self.has_cathode = design.cathode is not None
        cathode, column = design.cathode, design.column
        ion = cathode.discharged * cathode.maximum if cathode else 0.0
        salt = column.uniform(numbers.salt) if column else None
        self._memory = _Memory(ion=ion, salt=salt)
        self._known_response: tuple[Any, float, float, tuple[Any, Any]] | None = None
        self._first = CellState(
            0.0, temperature, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
            0.0 if design.copper else design.metal, 0.0, 1.0, 0.0, math.nan, 0.0,
        )  # fmt: skip
        self.state = self._first
        trial = self._trial(0.0, temperature, 0.0, UNCHANGED)
        self.state = self._new_state(trial, 0.0, 0.0, temperature, 0.0, UNCHANGED)

    @property
    def capacity(self) -> float:
        """Charge of the cathode, or that of the thinner metal [C/m^2]."""
        design = self.design
        if design.cathode is not None:
            return design.cathode.capacity
        return FARADAY / self.numbers.molar_volume * design.counter_metal

    def advance(
        self, current_density: float, temperature: float, dt: float, feedback: Feedback = UNCHANGED
    ) -> CellState:
        """The cell after ``dt`` [s] at a terminal current density [A/m^2] and temperature [K].

        Raises:
            CellLimit: salt, metal or the cathode is used up within the interval; the state stays what it was.
            SimulationError: no reaction current balances the leakage.
        """
        conductance = self._leakage(temperature, feedback)
        if conductance == 0.0:
            return self._accept(current_density, current_density, temperature, dt, feedback)

        def unbalanced(reaction: float) -> float:
            voltage = self._trial(reaction, temperature, dt, feedback).voltage
            return reaction + conductance * voltage - current_density

        reaction = self._root(unbalanced, current_density, temperature)
        return self._accept(reaction, current_density, temperature, dt, feedback)

    def hold(
        self, voltage: float, temperature: float, dt: float, feedback: Feedback = UNCHANGED
    ) -> CellState:
        """The cell after ``dt`` [s] with the terminals at ``voltage`` [V]; the current follows (see ``advance``)."""

        def missing(reaction: float) -> float:
            return self._trial(reaction, temperature, dt, feedback).voltage - voltage

        reaction = self._root(missing, self.state.plating_current_density, temperature)
        held = self._trial(reaction, temperature, dt, feedback).voltage
        current = reaction + self._leakage(temperature, feedback) * held
        return self._accept(reaction, current, temperature, dt, feedback)

    def snapshot(self) -> tuple[CellState, _Memory]:
        """All that ``restore`` needs; the parts are never changed in place."""
        return self.state, self._memory

    def restore(self, saved: tuple[CellState, _Memory]) -> None:
        """Goes back to a snapshot."""
        self.state, self._memory = saved

    def saved(self) -> dict[str, Any]:
        """The memory as plain data, for a file."""
        memory = self._memory
        salt = None if memory.salt is None else memory.salt.tolist()
        return {"ion": memory.ion, "gradient": memory.gradient, "salt": salt, "squeezed": memory.squeezed}

    def load(self, saved: dict[str, Any], history: Sequence[CellState]) -> None:
        """Goes back to what ``saved`` gave at the end of a history."""
        salt = None if saved["salt"] is None else np.asarray(saved["salt"])
        self.state = history[-1]
        self._memory = _Memory(saved["ion"], saved["gradient"], salt, saved["squeezed"])

    def resistance(self, temperature: float) -> float:
        """Ohmic resistance of electrolyte and cathode [ohm*m^2]."""
        design, conductivity = self.design, self.numbers.conductivity(temperature)
        column, cathode = design.column, design.cathode
        share = column.porosity**column.tortuosity if column else 1.0
        total = design.gap / (conductivity * share)
        if cathode is not None:
            # Current that is handed over evenly along the cathode sees a third of its resistance.
            total += cathode.thickness / (3.0 * conductivity * cathode.electrolyte_fraction**1.5)
        return total

    def contact(self, pressure: float, temperature: float) -> Contact:
        """Contact of metal and electrolyte at a stack pressure [Pa]."""
        if self.design.flat_contact:
            return Contact(1.0, 0.0)
        conductivity = self.numbers.conductivity(temperature)
        return contact_at(pressure, self.numbers.yield_strength, conductivity, self.design.spot_radius)

    def _leakage(self, temperature: float, feedback: Feedback) -> float:
        claimed = self.numbers.electronic_conductivity(temperature) / self.design.gap
        return (claimed if self.design.leakage else 0.0) + feedback.leakage_conductance

    def _root(self, function: Any, guess: float, temperature: float) -> float:
        """The current at which a rising function is zero, bracketed from a guess outwards.

        Where a current would exhaust the cell, its voltage has swung to the far side: the function counts as large there.
        """

        met: list[CellLimit] = []

        def bounded(current: float) -> float:
            try:
                return float(function(current))
            except CellLimit as limit:
                met.append(limit)
                return math.copysign(EXHAUSTED, current)

        start = bounded(guess)
        if start == 0.0:
            return guess
        way = -math.copysign(1.0, start)
        width = max(1e-2 * abs(guess), 1e-4 * self.numbers.exchange(temperature), 1e-6)
        inner = guess
        while width < WIDEST_BRACKET:
            outer = guess + way * width
            if bounded(outer) * start <= 0.0:
                root = float(brentq(bounded, inner, outer, xtol=1e-15, rtol=CURRENT_TOLERANCE))
                if met and abs(bounded(root)) > JUMP_TOLERANCE * max(1.0, abs(guess)):
                    raise met[
                        -1
                    ]  # the sign changes at the jump where an electrode is used up, not at a balance
                return root
            inner, width = outer, 4.0 * width
        raise SimulationError(
            f"no current between ±{WIDEST_BRACKET:g} A/m² balances the cell at t = {self.state.time:.6g} s"
        )

    def _trial(self, reaction: float, temperature: float, dt: float, feedback: Feedback) -> _Trial:
        numbers, design, memory = self.numbers, self.design, self._memory
        scale = GAS_CONSTANT * temperature / FARADAY
        rest = counter_eta = surface = 0.0
        ion, gradient, salt = memory.ion, memory.gradient, memory.salt
        transfer = numbers.transfer
        exchange = numbers.exchange(temperature)
        contact = self.contact(
            self.state.pressure if self.state.time else design.fixture.pressure, temperature
        )
        at_metal = at_counter = math.nan
        salt_factor = counter_factor = 1.0
        diffusion = 0.0
        if design.column is not None:
            diffusivity = numbers.diffusivity(temperature)
            still, per_current = self._salt_response(design.column, diffusivity, dt)
            salt = still + reaction * per_current
            at_metal = design.column.at_metal(salt, reaction, diffusivity)
            at_counter = design.column.at_counter(salt, reaction, diffusivity)
            if min(at_metal, at_counter) <= DEPLETED * numbers.salt:
                where = "metal" if at_metal <= at_counter else "counter electrode"
                raise CellLimit("salt", f"the salt is used up at the {where}", self.state.time + dt)
            salt_factor = (at_metal / numbers.salt) ** (1.0 - transfer)
            counter_factor = (at_counter / numbers.salt) ** (1.0 - transfer)
            diffusion = 2.0 * scale * numbers.anion_share * numbers.factor * math.log(at_counter / at_metal)
        if design.cathode is not None:
            cathode = design.cathode
            ion, gradient, surface = cathode.advanced(
                ion, gradient, reaction, numbers.solid_diffusivity(temperature), dt
            )
            rest = numbers.open_circuit(temperature, self._within(surface, dt))
            local = numbers.cathode_exchange(temperature, surface)
            counter_eta = overpotential(reaction / cathode.surface, local, temperature, 0.5)
        else:
            counter_eta = overpotential(
                reaction, exchange * contact.fraction * counter_factor, temperature, 1.0 - transfer
            )
        active = exchange * contact.fraction * feedback.area_ratio * salt_factor
        eta = overpotential(reaction, active, temperature, transfer) + self._nucleation(reaction, dt)
        series = self.resistance(temperature) + feedback.film_resistance + feedback.contact_resistance
        sides = 1.0 if design.cathode is not None else 2.0
        drop = reaction * (series + sides * contact.constriction)
        return _Trial(
            replace(memory, ion=ion, gradient=gradient, salt=salt),
            rest + drop + eta + counter_eta + diffusion, rest, eta, at_metal,
        )  # fmt: skip

    def _salt_response(self, column: SaltColumn, diffusivity: float, dt: float) -> tuple[Any, Any]:
        """The salt without current and what a current adds; the same for every trial of an interval."""
        known = self._known_response
        if known is None or known[0] is not self._memory.salt or known[1:3] != (diffusivity, dt):
            answer = column.response(self._memory.salt, diffusivity, dt)
            known = self._known_response = (self._memory.salt, diffusivity, dt, answer)
        return known[3]

    def _within(self, surface: float, dt: float) -> float:
        """The concentration at the surface of the particles, refused where there is none [mol/m^3]."""
        cathode, (low, high) = self.design.cathode, self.numbers.cathode_range
        assert cathode is not None
        if low <= surface <= high:
            return surface
        state = "empty" if surface < low else "full"
        raise CellLimit("cathode", f"the surface of the cathode's particles is {state}", self.state.time + dt)

    def _nucleation(self, reaction: float, dt: float) -> float:
        """Overpotential of the first nuclei on copper [V], gone when they have grown together. A reconstruction."""
        if not self.design.copper or reaction <= 0.0:
            return 0.0
        layer = FARADAY * self.design.coalescence / self.numbers.molar_volume
        return self.numbers.nucleation * math.exp(-(self.state.plated + reaction * dt) / layer)

    def _accept(
        self, reaction: float, current: float, temperature: float, dt: float, feedback: Feedback
    ) -> CellState:
        trial = self._trial(reaction, temperature, dt, feedback)
        state = self._new_state(trial, reaction, current, temperature, dt, feedback)
        if state.metal_thickness < 0.0:
            raise CellLimit("metal", "the metal is stripped away", self.state.time + dt)
        counter = self.design.counter_metal - self.numbers.molar_volume * state.plated / FARADAY
        if self.design.cathode is None and counter < 0.0:
            raise CellLimit("metal", "the metal of the counter electrode is used up", self.state.time + dt)
        _, squeezed = self.design.fixture.pressure_after(self._swelling(state.plated), trial.memory.squeezed)
        self.state, self._memory = state, replace(trial.memory, squeezed=squeezed)
        return state

    def _swelling(self, plated: float) -> float:
        """Thickness of the free stack over that at the start [m]: metal gained, metal or cathode lost."""
        cathode = self.design.cathode
        lost = cathode.molar_volume if cathode is not None else self.numbers.molar_volume
        return (self.numbers.molar_volume - lost) * plated / FARADAY

    def _new_state(
        self,
        trial: _Trial,
        reaction: float,
        current: float,
        temperature: float,
        dt: float,
        feedback: Feedback,
    ) -> CellState:
        before, design, numbers = self.state, self.design, self.numbers
        plated = before.plated + reaction * dt
        pressure, _ = design.fixture.pressure_after(self._swelling(plated), trial.memory.squeezed)
        contact = self.contact(pressure, temperature)
        kinetic = GAS_CONSTANT * temperature / (FARADAY * numbers.exchange(temperature))
        interface = kinetic / (contact.fraction * feedback.area_ratio) + contact.constriction
        if design.cathode is not None:
            window = (design.cathode.discharged - design.cathode.charged) * design.cathode.maximum
            share = (design.cathode.discharged * design.cathode.maximum - trial.memory.ion) / window
        else:
            share = plated / self.capacity
        return CellState(
            time=before.time + dt, temperature=temperature, current_density=current, plating_current_density=reaction,
            voltage=trial.voltage, open_circuit_voltage=trial.rest, overpotential=trial.eta,
            charge=before.charge + current * dt, plated=plated, leaked=before.leaked + (current - reaction) * dt,
            metal_thickness=before.metal_thickness + numbers.molar_volume * reaction * dt / FARADAY,
            pressure=pressure, contact_fraction=contact.fraction,
            interface_resistance=interface + feedback.film_resistance + feedback.contact_resistance,
            salt_at_metal=trial.surface_salt, state_of_charge=share,
        )  # fmt: skip


def charge_error(state: CellState) -> float:
    """Charge through the terminals minus plated and leaked, over what passed [dimensionless]."""
    passed = max(abs(state.charge), abs(state.plated), abs(state.leaked), np.finfo(float).tiny)
    return (state.charge - state.plated - state.leaked) / passed
