"""PyBaMM's half cell (a metal anode, a liquid or polymer, a porous cathode) behind the interface of `stepper`.

Our feedback enters by inputs: the front's area multiplies the exchange current density of the metal, film and contact
are PyBaMM's contact resistance, leakage is taken from the current before PyBaMM sees it. PyBaMM has no solid single-ion
electrolyte, no stack pressure and no counter electrode of metal: cells with those are refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dendrion.cell.extras import pybamm
from dendrion.cell.stepper import UNCHANGED, CellLimit, CellState, Feedback
from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.errors import InputError, SimulationError

if TYPE_CHECKING:
    from dendrion.cell.file import CellFile
    from dendrion.cell.properties import Numbers

MODEL = "SPMe"
"""PyBaMM's model: one particle and the salt in the electrolyte."""

AREA_INPUT, CONTACT_INPUT = "Front area ratio", "Contact resistance [Ohm]"

VOLTAGE_ITERATIONS = 40
"""Secant steps in the search for the current of a held voltage [dimensionless]."""

VOLTAGE_TOLERANCE = 1e-7
"""Accuracy of a held voltage [V]."""


def parameters_of(file: CellFile, numbers: Numbers) -> Any:
    """PyBaMM's parameter values of a cell file: constant electrolyte, the cathode's own potential.

    Raises:
        InputError: PyBaMM is missing, or has no such cell.
    """
    library = pybamm()
    _require_possible(file, numbers)
    small = file.build()
    cathode, column = small.design.cathode, small.design.column
    assert cathode is not None and column is not None
    warm, given = file.conditions.temperature, file.cell
    side = math.sqrt(given.area)
    exchange = numbers.exchange(warm)
    potential = _tabulated(library, lambda x: numbers.open_circuit(warm, x * cathode.maximum), cathode)
    local = _tabulated(library, lambda x: numbers.cathode_exchange(warm, x * cathode.maximum), cathode)
    values = library.ParameterValues("Xu2019")
    values.update(
        {
            "Separator thickness [m]": column.gap, "Separator porosity": column.porosity,
            "Separator Bruggeman coefficient (electrolyte)": column.tortuosity,
            "Positive electrode thickness [m]": cathode.thickness,
            "Positive electrode porosity": cathode.electrolyte_fraction,
            "Positive electrode active material volume fraction": cathode.active_fraction,
            "Positive electrode Bruggeman coefficient (electrolyte)": column.tortuosity,
            "Positive particle radius [m]": cathode.radius,
            "Maximum concentration in positive electrode [mol.m-3]": cathode.maximum,
            "Initial concentration in positive electrode [mol.m-3]": cathode.discharged * cathode.maximum,
            "Positive particle diffusivity [m2.s-1]": numbers.solid_diffusivity(warm),
            "Positive electrode OCP [V]": potential,
            "Positive electrode exchange-current density [A.m-2]": lambda c_e, c_s, c_max, T: local(c_s / c_max),
            "Positive electrode conductivity [S.m-1]": 1e4,
            "Exchange-current density for lithium metal electrode [A.m-2]": (
                lambda c_e, c_m, T: exchange * library.InputParameter(AREA_INPUT) * (c_e / numbers.salt) ** 0.5
            ),
            "Electrolyte diffusivity [m2.s-1]": numbers.diffusivity(warm),
            "Electrolyte conductivity [S.m-1]": numbers.conductivity(warm),
            "Cation transference number": 1.0 - numbers.anion_share,
            "Thermodynamic factor": numbers.factor,
            "Initial concentration in electrolyte [mol.m-3]": numbers.salt,
            "Electrode height [m]": side, "Electrode width [m]": side,
            "Nominal cell capacity [A.h]": cathode.capacity * given.area / 3600.0,
            "Lower voltage cut-off [V]": 0.0, "Upper voltage cut-off [V]": 10.0,
            "Ambient temperature [K]": warm, "Initial temperature [K]": warm, "Reference temperature [K]": warm,
            "Current function [A]": "[input]", CONTACT_INPUT: "[input]",
        },
        check_already_exists=False,
    )  # fmt: skip
    return values


def _require_possible(file: CellFile, numbers: Numbers) -> None:
    if file.cell.counter != "cathode" or file.cell.collector != "metal":
        raise InputError(
            "PyBaMM has no cell of metal against metal or bare copper",
            field="engine",
            value="pybamm",
            allowed="small",
        )
    if math.isnan(numbers.salt):
        raise InputError(
            "PyBaMM has no single-ion solid electrolyte: its salt moves", field="engine", value="pybamm",
            allowed="small, or an electrolyte with a salt",
        )  # fmt: skip
    if numbers.transfer != 0.5:
        raise InputError(
            "PyBaMM's metal has a symmetric reaction", field="engine", value="pybamm", allowed="small"
        )


def _tabulated(library: Any, function: Callable[[float], float], cathode: Any) -> Callable[[Any], Any]:
    """A function of the stoichiometry that PyBaMM can differentiate: 200 points, linear between them."""
    import numpy as np

    x = np.linspace(0.24, 0.98, 400)
    y = np.array([function(float(at)) for at in x])
    return lambda at: library.Interpolant(x, y, at, name="table", interpolator="cubic")


@dataclass
class PybammCell:
    """A cell of PyBaMM, interval by interval.

    Attributes:
        numbers: of dendrion's claims; area [m^2]; capacity [C/m^2]; leakage: of the electrolyte [S/m^2];
            salt_slope: gradient of the salt at the metal a unit of current [mol/m^4 per A/m^2].
    """

    numbers: Numbers
    area: float
    capacity: float
    leakage: float
    gap: float
    metal: float
    simulation: Any = field(repr=False)
    salt_slope: float = 0.0
    has_cathode: bool = True
    replay: list[tuple[float, float, float, float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = CellState(
            0.0, 298.15, 0.0, 0.0, math.nan, math.nan, 0.0, 0.0, 0.0, 0.0, self.metal, math.nan, math.nan, math.nan,
            self.numbers.salt, 0.0,
        )  # fmt: skip
        self._solution: Any = None

    def advance(
        self, current_density: float, temperature: float, dt: float, feedback: Feedback = UNCHANGED
    ) -> CellState:
        """One interval at a terminal current density [A/m^2]; see `stepper.Stepper`.

        Raises:
            CellLimit: the salt is used up; SimulationError: PyBaMM's solver does not converge.
        """
        conductance = self.leakage + feedback.leakage_conductance
        # The leakage follows the voltage of the interval before: it changes by little from one to the next.
        before = 0.0 if math.isnan(self.state.voltage) else self.state.voltage
        reaction = current_density - conductance * before
        return self._accept(reaction, current_density, temperature, dt, feedback)

    def hold(
        self, voltage: float, temperature: float, dt: float, feedback: Feedback = UNCHANGED
    ) -> CellState:
        """One interval at a terminal voltage [V], its constant current found by secants."""
        saved = self.snapshot()
        low = self.state.current_density
        tried: list[tuple[float, float]] = []
        current = low
        for _ in range(VOLTAGE_ITERATIONS):
            self.restore(saved)
            missing = self.advance(current, temperature, dt, feedback).voltage - voltage
            if abs(missing) <= VOLTAGE_TOLERANCE:
                return self.state
            tried.append((current, missing))
            if len(tried) == 1:
                current += 0.01 * max(abs(current), 1.0) * (1.0 if missing < 0.0 else -1.0)
            else:
                (a, fa), (b, fb) = tried[-2:]
                current = b - fb * (b - a) / (fb - fa)
        self.restore(saved)
        raise SimulationError(
            f"no current of PyBaMM's cell holds {voltage:g} V at t = {self.state.time:.6g} s"
        )

    def _accept(
        self, reaction: float, current: float, temperature: float, dt: float, feedback: Feedback
    ) -> CellState:
        contact = (feedback.film_resistance + feedback.contact_resistance) / self.area
        inputs = {
            AREA_INPUT: feedback.area_ratio,
            CONTACT_INPUT: contact,
            "Current function [A]": -reaction * self.area,
        }
        library = pybamm()
        try:
            solution = self.simulation.step(dt, starting_solution=self._solution, inputs=inputs, save=False)
        except library.SolverError as error:
            first = str(error).partition("\n")[0]
            raise SimulationError(
                f"PyBaMM does not converge at t = {self.state.time:.6g} s: {first}"
            ) from error
        state = self._read(solution, reaction, current, temperature, dt, feedback)
        if state.salt_at_metal <= 1e-3 * self.numbers.salt:
            raise CellLimit("salt", "the salt is used up at the metal", self.state.time + dt)
        self._solution, self.state = solution, state
        self.replay.append((reaction, current, temperature, dt, feedback.area_ratio))
        return state

    def _read(
        self,
        solution: Any,
        reaction: float,
        current: float,
        temperature: float,
        dt: float,
        feedback: Feedback,
    ) -> CellState:
        def last(name: str) -> float:
            return float(solution[name].entries[-1])

        before, numbers = self.state, self.numbers
        # PyBaMM stores the salt at its nodes: from the first of them along the gradient that the current makes.
        mesh = self.simulation.mesh["separator"]
        distance = float(mesh.nodes[0] - mesh.edges[0])
        beside = float(solution["Electrolyte concentration [mol.m-3]"].entries[0, -1])
        salt = beside - self.salt_slope * reaction * distance
        plated = before.plated + reaction * dt
        kinetic = GAS_CONSTANT * temperature / (FARADAY * numbers.exchange(temperature) * feedback.area_ratio)
        return CellState(
            time=before.time + dt, temperature=temperature, current_density=current, plating_current_density=reaction,
            voltage=last("Voltage [V]"), open_circuit_voltage=last("Bulk open-circuit voltage [V]"),
            overpotential=-last("Lithium metal interface reaction overpotential [V]"),
            charge=before.charge + current * dt, plated=plated, leaked=before.leaked + (current - reaction) * dt,
            metal_thickness=before.metal_thickness + numbers.molar_volume * reaction * dt / FARADAY,
            pressure=math.nan, contact_fraction=1.0,
            interface_resistance=kinetic + feedback.film_resistance + feedback.contact_resistance,
            salt_at_metal=salt, state_of_charge=plated / self.capacity,
        )  # fmt: skip

    def snapshot(self) -> Any:
        """All that ``restore`` needs."""
        return self.state, self._solution, len(self.replay)

    def restore(self, saved: Any) -> None:
        """Goes back to a snapshot."""
        self.state, self._solution = saved[0], saved[1]
        del self.replay[saved[2] :]

    def saved(self) -> list[list[float]]:
        """The inputs of every interval: PyBaMM's solution is made again from them."""
        return [list(row) for row in self.replay]

    def load(self, saved: list[list[float]], history: Sequence[CellState]) -> None:
        """Plays the inputs again; film and contact don't change the state, only the voltage."""
        for reaction, current, temperature, dt, ratio in saved:
            self._accept(reaction, current, temperature, dt, Feedback(area_ratio=ratio))
        self.state = history[-1]


def pybamm_cell(file: CellFile) -> PybammCell:
    """The cell of a file in PyBaMM.

    Raises:
        InputError: PyBaMM is not installed, or has no such cell.
    """
    library = pybamm()
    numbers = file.numbers()
    values = parameters_of(file, numbers)
    options = {"working electrode": "positive", "contact resistance": "true"}
    model = getattr(library.lithium_ion, MODEL)(options)
    warm, cell = file.conditions.temperature, file.build()
    simulation = library.Simulation(model, parameter_values=values)
    leakage = numbers.electronic_conductivity(warm) / file.cell.thickness if file.cell.leakage else 0.0
    column = cell.design.column
    assert column is not None
    mobility = numbers.diffusivity(warm) * column.porosity**column.tortuosity
    return PybammCell(
        numbers, file.cell.area, cell.capacity, leakage, file.cell.thickness, file.cell.metal_thickness, simulation,
        numbers.anion_share / (FARADAY * mobility),
    )  # fmt: skip
