"""The lattice model as the simulation drives it: one step is the events between two updates of the ions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dendrion.case import Case
from dendrion.case.segments import Segment
from dendrion.case.shapes import signed_distance
from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.lattice.events import COUNTS, LOST, UNDONE, Control, run_events
from dendrion.lattice.history import COLUMNS, SUMMARY_COLUMNS
from dendrion.lattice.ions import Answer, Ions, carry_into_metal
from dendrion.lattice.properties import make_properties
from dendrion.lattice.random import first_state
from dendrion.lattice.rates import DEPOSITION, DISSOLUTION, IONS, SURFACE, Rates, fill_trees
from dendrion.lattice.shape import Form, describe, heights, morphology
from dendrion.lattice.sites import (
    ELECTROLYTE,
    ION,
    METAL,
    count_bonds,
    find_connected,
    make_frame,
    make_lattice,
)
from dendrion.lattice.thermal import Thermal
from dendrion.numerics.grid import Grid

State = dict[str, NDArray[Any]]

MOST_EVENTS = 2_000_000
"""Events after which a step ends in any case [dimensionless]."""

CATCH_UP = 4.0
"""How many steps' worth of charge is made up at most in one, over what is owed [dimensionless]."""


class LatticeModel:
    """Kinetic Monte Carlo of coarse particles (a reconstruction after Vishnugopi et al. 2020).

    Raises:
        SimulationError: from ``advance``, when no metal is left or the transport of ions does not converge.
    """

    columns = COLUMNS
    summary_columns = SUMMARY_COLUMNS

    def __init__(self, case: Case) -> None:
        self.case, numbers = case, case.lattice
        cells, periodic = tuple(case.domain.cells), case.domain.lateral == "periodic"
        self.grid = Grid(cells, tuple(case.domain.spacing), (False,) + (periodic,) * (len(cells) - 1))
        self.properties = make_properties(case)
        self.frame = make_frame(cells, periodic)
        reservoir = case.cell.counter_electrode == "reservoir"
        self.ions = Ions(self.frame, self.properties, case.conditions.compliance_voltage, reservoir)
        self.thermal = Thermal(case, self.properties, self.ions)
        self.averaged = numbers.ions == "averaged"
        self.warnings: list[str] = []
        self.morphology = "flat"
        self._queue = np.empty(self.frame.links.shape[0], dtype=np.int64)
        self._lattice = make_lattice(self.frame, self._first_sites())

    def _first_sites(self) -> NDArray[np.uint8]:
        """Metal where the case has it, ions at random where they are particles."""
        metal = signed_distance(self.case) < 0.0
        site = np.where(metal, METAL, ELECTROLYTE).astype(np.uint8)
        if not self.averaged:
            draw = np.random.default_rng(self.case.numerics.seed).random(metal.shape)
            site[~metal & (draw < self.properties.filling)] = ION
        return site

    def initial_state(self) -> State:
        """The state at time zero."""
        lattice = self._lattice
        unknown = np.ones(lattice.site.size) if self.properties.binary else np.zeros(lattice.site.size)
        return {
            "site": lattice.site.copy(), "origin": lattice.origin.copy(), "age": lattice.age.copy(),
            "unknown": unknown, "response": np.zeros(unknown.size), "random": first_state(self.case.numerics.seed), "overpotential": np.array(0.0),
            "counts": np.zeros(COUNTS, dtype=np.int64), "charge": np.array(0.0), "throughput": np.array(0.0),
            "time": np.array(0.0), "rate": np.array(0.0), "tip": np.array(self._tip(lattice.site)),
        }  # fmt: skip

    def _tip(self, site: NDArray[np.uint8]) -> float:
        return float(heights(site.reshape(self.grid.shape) == METAL, self.properties.spacing).max())

    @property
    def _per_area(self) -> float:
        """Charge a cross-section that one particle carries [C/m^2]."""
        return self.properties.particle_charge / (self.frame.layer * self.properties.spacing**2)

    def advance(
        self, state: State, segment: Segment, elapsed: float, time_left: float
    ) -> tuple[State, dict[str, float]]:
        """One step of at most ``time_left`` [s], ``elapsed`` [s] after the start of the segment."""
        old = {name: np.array(value) for name, value in state.items()}
        lattice = self._lattice
        for name in ("site", "origin", "age"):
            getattr(lattice, name)[:] = old[name]
        count_bonds(self.frame, lattice)
        find_connected(self.frame, lattice, self._queue)
        current = None
        if segment.kind != "voltage":
            current = segment.value_at(elapsed) / self._per_area
        duration = self._duration(current, float(old["rate"]), time_left)
        mean_height = float(np.count_nonzero(lattice.connected)) / self.frame.layer * self.properties.spacing
        field = self.thermal.at(lattice, float(old["rate"]) * self._per_area, float(old["overpotential"]))
        answer = self._solve_ions(old, current, segment, elapsed, duration, field, mean_height)
        rates = self._rates(answer, field)
        fill_trees(self.frame, lattice, rates)
        if not self.averaged:
            answer, rates = self._match(answer, rates, field, current)
        control = self._control(old, current, answer, duration)
        counts = np.zeros(COUNTS, dtype=np.int64)
        passed, expected = run_events(self.frame, lattice, rates, control, old["random"], counts)
        new = self._next(old, answer, counts, passed, expected, current, control)
        return new, self._row(new, old, answer, counts, passed, field, control, mean_height)

    def _duration(self, current: float | None, rate: float, time_left: float) -> float:
        """Time in which a share of a layer deposits [s]."""
        wanted = abs(rate if current is None else current)
        share = self.case.lattice.layer_share * self.frame.layer
        limit = self.case.numerics.largest_time_step or math.inf
        first = 0.01 * share / float(self.thermal.exchange.mean()) / self.frame.layer
        return min(
            time_left, limit, share / wanted if wanted > 0.0 else (first if current is None else math.inf)
        )

    def _solve_ions(
        self, old: State, current: float | None, segment: Segment, elapsed: float, duration: float, field: Any,
        mean_height: float,
    ) -> Answer:  # fmt: skip
        eta = float(old["overpotential"])
        if current is None:
            drop = self.thermal.resistance(mean_height) * float(old["rate"]) * self._per_area
            eta = -segment.value_at(elapsed) - drop
        if not self.averaged:
            return Answer(old["unknown"], old["response"], eta, False, 0)
        answer = self.ions.solve(
            self._lattice, field.exchange, field.temperature, field.conductance, old["unknown"],
            old["response"], eta, current, duration,
        )  # fmt: skip
        if answer.held:
            self._warn(
                f"the largest voltage of {self.ions.compliance:g} V is held: the current can't be driven"
            )
        carry_into_metal(self.frame, self._lattice, answer.unknown)
        return answer

    def _rates(self, answer: Answer, field: Any) -> Rates:
        p, numbers = self.properties, self.case.lattice
        cathodic, anodic = self.ions.reaction(field.exchange, field.temperature, answer.unknown, answer.eta)
        if not self.averaged:
            cathodic = cathodic / p.filling
        charge, bond, edge, warm = p.bonds()
        ion = field.ion_hop if not self.averaged else np.zeros(1)
        return Rates(
            cathodic, anodic, field.attempt, ion, field.cold, charge, bond, edge, int(warm),
            int(numbers.exchange == "net"), int(not self.averaged), int(self.ions.reservoir), p.filling,
            p.salt_share, numbers.longest_hop,
        )  # fmt: skip

    def _match(self, answer: Answer, rates: Rates, field: Any, current: float | None) -> tuple[Answer, Rates]:
        """The overpotential at which the rates of the ions that are there sum up to the current."""
        if current is None:
            return answer, rates
        f, alpha = (
            FARADAY / (GAS_CONSTANT * self.properties.temperature),
            self.properties.charge_transfer_coefficient,
        )
        eta = answer.eta
        for _ in range(2):
            grows, goes = (
                float(self._lattice.trees[DEPOSITION, 1]),
                float(self._lattice.trees[DISSOLUTION, 1]),
            )
            if grows <= 0.0:
                break
            low, high = -2.0, 2.0
            for _ in range(60):
                middle = 0.5 * (low + high)
                total = grows * math.exp(alpha * f * middle) - goes * math.exp(-(1.0 - alpha) * f * middle)
                low, high = (middle, high) if total < current else (low, middle)
            eta = min(eta + 0.5 * (low + high), self.ions.compliance)
            answer = Answer(answer.unknown, answer.response, eta, eta >= self.ions.compliance, 0)
            rates = self._rates(answer, field)
            fill_trees(self.frame, self._lattice, rates)
        return answer, rates

    def _control(self, old: State, current: float | None, answer: Answer, duration: float) -> Control:
        """What the events are to do; fast hops are slowed so that they do not starve the deposition."""
        lattice, numbers = self._lattice, self.case.lattice
        grows, goes = float(lattice.trees[DEPOSITION, 1]), float(lattice.trees[DISSOLUTION, 1])
        pace = max(abs(grows - goes), abs(current or 0.0))
        slow = [1.0, 1.0]
        for n, (kind, limit) in enumerate(
            ((SURFACE, numbers.hops_per_deposit), (IONS, numbers.ion_hops_per_deposit))
        ):
            rate = float(lattice.trees[kind, 1])
            if pace > 0.0 and current != 0.0 and rate > limit * pace:
                slow[n] = limit * pace / rate
                what = "surface hops" if kind == SURFACE else "ion hops"
                self._warn(f"{what} are slowed to {limit:g} a deposited particle (lattice.{'' if kind == SURFACE else 'ion_'}hops_per_deposit)")  # fmt: skip
        controlled = current is not None and not answer.held
        grown = int(old["counts"][DEPOSITION] - old["counts"][DISSOLUTION])
        owed = float(old["charge"]) / self._per_area - grown if controlled else 0.0
        change = int(CATCH_UP * numbers.layer_share * self.frame.layer) + 8
        return Control(
            int(controlled), float(current or 0.0), owed, 1.0 / duration if math.isfinite(duration) else 0.0,
            slow[0], slow[1], float(old["time"]), duration, MOST_EVENTS, change,
        )  # fmt: skip

    def _next(
        self, old: State, answer: Answer, counts: NDArray[np.int64], passed: float, expected: float,
        current: float | None, control: Control,
    ) -> State:  # fmt: skip
        lattice = self._lattice
        moved = (
            current * passed if control.controlled and current is not None else expected
        ) * self._per_area
        return {
            "site": lattice.site.copy(), "origin": lattice.origin.copy(), "age": lattice.age.copy(),
            "unknown": answer.unknown, "response": answer.response, "random": old["random"], "overpotential": np.array(answer.eta),
            "counts": old["counts"] + counts, "charge": old["charge"] + moved,
            "throughput": old["throughput"] + abs(moved), "time": old["time"] + passed,
            "rate": np.array(expected / passed if passed > 0.0 else 0.0), "tip": np.array(self._tip(lattice.site)),
        }  # fmt: skip

    def _row(
        self, new: State, old: State, answer: Answer, counts: NDArray[np.int64], passed: float, field: Any,
        control: Control, mean_height: float,
    ) -> dict[str, float]:  # fmt: skip
        lattice, p, shape = self._lattice, self.properties, self.grid.shape
        find_connected(self.frame, lattice, self._queue)
        connected = lattice.connected.reshape(shape) > 0
        form = describe(lattice.site.reshape(shape) == METAL, connected, p.spacing, self.grid.periodic[1])
        self.morphology = morphology(form, p.spacing)
        grown = int(new["counts"][DEPOSITION] - new["counts"][DISSOLUTION]) * self._per_area
        throughput = float(new["throughput"])
        current = (float(new["charge"]) - float(old["charge"])) / passed if passed > 0.0 else 0.0
        drop = self.thermal.resistance(mean_height) * current
        events = int(counts[:4].sum())
        useful = events - 2 * int(counts[UNDONE]) - int(counts[IONS])
        if counts[LOST]:
            self._warn("ions found no place in the electrolyte and were dropped")
        electrolyte = lattice.site < METAL
        salt = float(answer.unknown[electrolyte].min()) * p.salt_concentration if p.binary else math.nan
        return {
            "time_step_s": passed, "current_density_A_per_m2": current, "charge_C_per_m2": float(new["charge"]),
            "throughput_C_per_m2": throughput, "cell_voltage_V": -(answer.eta + drop),
            "overpotential_V": answer.eta + (0.0 if p.binary else self._front_potential(answer)),
            "faraday_error": (grown - float(new["charge"])) / throughput if throughput > 0.0 else 0.0,
            **self._form_row(form, passed, float(old["tip"])),
            "current_peak_to_valley": self._peak_to_valley(connected),
            "salt_concentration_min_mol_per_m3": salt,
            "temperature_max_K": float(field.temperature.max()),
            "depositions": float(counts[DEPOSITION]), "dissolutions": float(counts[DISSOLUTION]),
            "surface_hops": float(counts[SURFACE]), "ion_hops": float(counts[IONS]),
            "undone_hops": float(counts[UNDONE]), "useful_events": max(useful, 0) / events if events else 1.0,
            "surface_slowdown": control.slow_hops, "ion_slowdown": control.slow_ions,
            "linear_iterations": float(answer.iterations),
        }  # fmt: skip

    @staticmethod
    def _form_row(form: Form, passed: float, tip: float) -> dict[str, float]:
        return {
            "tip_position_m": form.tip, "tip_velocity_m_per_s": (form.tip - tip) / passed if passed > 0.0 else 0.0,
            "base_position_m": form.base, "mean_position_m": form.mean, "roughness_m": form.roughness,
            "front_area_ratio": form.area_ratio, "branches": float(form.branches), "dead_metal_m": form.dead,
            "aspect_ratio": form.aspect_ratio, "porosity": form.porosity, "surface_dimension": form.dimension,
        }  # fmt: skip

    def _front_potential(self, answer: Answer) -> float:
        front = (self._lattice.site < METAL) & (self._lattice.bonds > 0)
        return float(answer.unknown[front].mean()) if front.any() else 0.0

    def _peak_to_valley(self, connected: NDArray[np.bool_]) -> float:
        """Deposition on the highest column over that on the lowest [dimensionless]."""
        leaves = self._lattice.trees.shape[1] // 2
        rate = self._lattice.trees[DEPOSITION, leaves : leaves + connected.size].reshape(connected.shape)
        column, height = rate.sum(axis=0).ravel(), heights(connected, 1.0).ravel()
        high, low = column[height == height.max()].mean(), column[height == height.min()].mean()
        return float(high / low) if low > 0.0 else math.nan

    def shorted(self, row: dict[str, float]) -> bool:
        """Whether metal stands in the last layer before the counter electrode."""
        return row["tip_position_m"] >= self.grid.size[0] - 0.5 * self.properties.spacing

    def fields(self, state: State) -> dict[str, tuple[NDArray[Any], str, str]]:
        """Cell fields with unit and description."""
        shape, p = self.grid.shape, self.properties
        site = np.asarray(state["site"]).reshape(shape)
        metal = site == METAL
        connected = make_lattice(self.frame, site, trees=False).connected.reshape(shape) > 0
        unknown = np.asarray(state["unknown"]).reshape(shape)
        temperature = self.thermal.field(
            float(state["rate"]) * self._per_area, float(state["overpotential"]), metal
        )
        fields: dict[str, tuple[NDArray[Any], str, str]] = {
            "order_parameter": (metal.astype(float), "1", "1 metal, 0 electrolyte"),
            "dead_metal": (
                (metal & ~connected).astype(float),
                "1",
                "metal that is not connected with the electrode",
            ),
            "temperature": (temperature.reshape(shape), "K", "temperature"),
            "deposition_time": (
                np.asarray(state["age"]).reshape(shape),
                "s",
                "time at which the metal was deposited",
            ),
        }
        if not p.binary:
            fields["electrolyte_potential"] = (unknown, "V", "potential against the counter electrode")
        elif self.averaged:
            fields["salt_concentration"] = (
                np.where(metal, 0.0, unknown) * p.salt_concentration,
                "mol/m^3",
                "salt",
            )
        else:
            fields["salt_concentration"] = (
                (site == ION) / p.molar_volume,
                "mol/m^3",
                "salt in its particles",
            )
        return fields

    def _warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)
