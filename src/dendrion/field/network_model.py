"""Metal that forms and spreads inside a polycrystal which leaks electrons: a network of filled boundaries and pores.

In a time step

    potentials of ions and electrons at the total current of the protocol     (network_potentials)
    pieces of metal grow, rest or dissolve; places open; nuclei form          (network_metal)
    until nothing of that changes, then
    metal of each place grows by what its piece takes up                      Faraday's law

Two ways lead to a short. Metal of the plating electrode enters boundaries where ``i R_ct`` exceeds what opens them
(interface-first) and takes its electrons from the electrode. Metal inside forms where the excess potential exceeds that and
the barrier to nucleate (interior-first); it lives on electrons that leak until pieces meet. The cell is shorted when metal
connects both electrodes. Left out: elasticity and cracks (the pressure that opens a place is a number), what a film under
pressure does beyond opening, flow of metal back into the electrode, metal that dissolves at one end of an island and plates at
the other. Charge: metal on the electrode and inside must equal the charge passed less what leaked, which nothing here
enforces: ``faraday_error`` measures it.

Kind: reconstruction of internal deposition (mixed conduction, derived; Han et al. 2019, DOI 10.1038/s41560-018-0312-z) and of
the boundary networks of NASICON (DOI 10.1126/sciadv.adr0676, equations not read).
"""

from __future__ import annotations

import math
from typing import Any

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from dendrion.case import Case
from dendrion.case.segments import Segment
from dendrion.constants import FARADAY
from dendrion.errors import SimulationError
from dendrion.field.connectivity import joined_labels
from dendrion.field.grains import grain_fields
from dendrion.field.network_metal import (
    DISSOLVES,
    GROWS,
    Pieces,
    covered,
    entered,
    find_pieces,
    growth,
    judge,
    nucleated,
)
from dendrion.field.network_potentials import Network, Solution, first_guess, make_network, solve_potentials
from dendrion.field.network_setup import BOUNDARY, COLUMNS, PORE, SUMMARY_COLUMNS, make_setup
from dendrion.microstructure.boundaries import face_pairs
from dendrion.numerics.grid import Grid

Array = NDArray[np.float64]
State = dict[str, NDArray[Any]]

METALLIC = 1e4
"""Conductivity of a full place for electrons over that of the grain for ions [dimensionless]: metal, for all that follows."""

MOST_PASSES = 12
"""Solves of the potentials in a step until pieces, openings and nuclei stand still [dimensionless]."""

YOUNG = 0.25
"""Largest growth of a filament's surface in a step, over itself [dimensionless]."""

TOLERANCE = 1e-4
"""Residual of the potentials over ``numerics.tolerance`` [dimensionless]: electrons carry little of the current."""

WORST_RESIDUAL = 1e-6
"""Relative residual beyond which the run gives up [dimensionless]."""

NEVER = 1e9
"""Current density that stands for none [A/m^2]."""


class NetworkModel:
    """Metal inside the electrolyte of a case as the simulation drives it.

    Raises:
        SimulationError: from ``advance``, when the potentials are not found.
    """

    columns = COLUMNS
    summary_columns = (*SUMMARY_COLUMNS, "interface_onset_A_per_m2", "interior_onset_A_per_m2")

    def __init__(self, case: Case) -> None:
        self.case = case
        periodic = case.domain.lateral == "periodic"
        cells = tuple(case.domain.cells)
        self.grid = Grid(cells, tuple(case.domain.spacing), (False,) + (periodic,) * (len(cells) - 1))
        self.setup = make_setup(case, self.grid)
        self.network = make_network(self.setup, self.grid)
        self.per_charge = self.setup.molar_volume / FARADAY
        self.columns = COLUMNS | {
            "interface_onset_A_per_m2": ("A/m^2", "current density from which metal enters from the electrode, at first"),
            "interior_onset_A_per_m2": ("A/m^2", "current density from which metal nucleates inside, at first"),
        }  # fmt: skip
        self.full = 1.0 - 0.5 * case.numerics.step
        self.warnings: list[str] = []
        self.morphology = "no metal inside"
        self._wetted = np.zeros(0, np.int64)
        self._faces: Network = self.network
        self._iterations = 0
        self._shorted = self._young = False

    def initial_state(self) -> State:
        """The state at time zero, with the current densities at which metal would first enter and nucleate."""
        shape, zero = self.grid.shape, np.array(0.0)
        guess = first_guess(self.grid)
        state: State = {
            "metal": np.zeros(shape), "isolated_grown": np.zeros(shape), "held": np.zeros(shape, bool),
            "mode": np.zeros(shape, np.int64), "potentials": guess, "charge": zero, "throughput": zero, "leaked": zero,
            "plated": zero, "first_interface": np.array(-1.0), "first_interior": np.array(-1.0), "time": zero,
            "onsets": np.array([NEVER, NEVER]),
        }  # fmt: skip
        found = self._solve(state, None, 1.0, math.nan)
        state["onsets"] = np.array(self._onsets(found))
        state["potentials"] = guess
        return state

    def _onsets(self, found: Solution) -> tuple[float, float]:
        """Current densities [A/m^2] of the first metal at the interface and inside, from the solution at 1 A/m^2."""
        s = self.setup
        rooms = (s.kind[0] != 0) & (s.kind[0] != PORE)
        with np.errstate(divide="ignore"):
            entry = np.where(rooms, s.opening[0] / (np.asarray(found.anode_ions) * s.resistance), np.inf)
            excess = self._excess(found)
            inside = np.where(excess > 0.0, s.threshold / np.where(excess > 0.0, excess, 1.0), np.inf)
        return min(float(entry.min()), NEVER), min(float(inside.min()), NEVER)

    @staticmethod
    def _excess(found: Solution) -> Array:
        ions, electrons = np.asarray(found.potentials)[:, :-1]
        return np.asarray(ions - electrons)

    def _solve(self, state: State, pieces: Pieces | None, current: float, voltage: float) -> Solution:
        """Potentials with the metal of a state acting as its pieces do."""
        s, shape = self.setup, self.grid.shape
        conductance, stress, metallic = (np.zeros(s.kind.size) for _ in range(3))
        if pieces is not None and pieces.count:
            cover = covered(s, state["metal"], pieces.cells)
            active = pieces.mode[pieces.piece] != 0
            conductance[pieces.cells] = active * cover * s.area.ravel()[pieces.cells] / s.resistance
            stress[pieces.cells] = pieces.stress[pieces.piece]
            metallic[pieces.cells] = cover
            bare = state["metal"][-1] <= 0.0  # an opened place at the counter electrode is no short yet
            metallic.reshape(shape)[-1][bare] = conductance.reshape(shape)[-1][bare] = 0.0
        electronic = s.electronic + METALLIC * s.conductivity * metallic.reshape(shape)
        found = solve_potentials(
            self._with_wetted_pores(state), jnp.asarray(electronic), jnp.asarray(conductance.reshape(shape)),
            jnp.asarray(stress.reshape(shape)), (jnp.asarray(current), jnp.asarray(voltage)), jnp.asarray(state["potentials"]),
            jnp.asarray(TOLERANCE * self.case.numerics.tolerance), spacing=self.grid.spacing, periodic=self.grid.periodic,
        )  # fmt: skip
        self._iterations += int(found.info.iterations)
        if not (bool(found.info.converged) or float(found.info.residual) < WORST_RESIDUAL):
            raise SimulationError(
                f"the potentials were not found (residual {float(found.info.residual):.2g})"
            )
        state["potentials"] = np.array(found.potentials)
        return found

    def _with_wetted_pores(self, state: State) -> Network:
        """The network with ions reaching the metal on the walls of pores."""
        wetted = np.flatnonzero(state["held"] & (self.setup.kind == PORE))
        if np.array_equal(wetted, self._wetted):
            return self._faces
        h, sigma, faces = self.grid.spacing, self.setup.conductivity, []
        pore = self.setup.kind == PORE
        wet = pore & state["held"]
        for axis, plain in enumerate(self.network.ionic_faces):
            periodic = bool(self.grid.periodic[axis])
            (lower, upper), (dry, also) = face_pairs(wet, axis, periodic), face_pairs(pore, axis, periodic)
            reached = (lower & ~also) | (upper & ~dry)
            faces.append(jnp.where(jnp.asarray(reached), 2.0 * sigma / h[axis] ** 2, plain))
        self._wetted, self._faces = wetted, self.network._replace(ionic_faces=tuple(faces))
        return self._faces

    def advance(
        self, state: State, segment: Segment, elapsed: float, time_left: float
    ) -> tuple[State, dict[str, float]]:
        """One step of at most ``time_left`` [s], ``elapsed`` [s] after the start of the segment."""
        state = {name: np.array(value) for name, value in state.items()}  # a checkpoint brings others
        value = segment.value_at(elapsed)
        current, voltage = (math.nan, -value) if segment.kind == "voltage" else (value, math.nan)
        self._iterations = 0
        pieces, found = self._settled(state, current, voltage)
        limit = self.case.conditions.compliance_voltage
        if abs(self._counter(found)) > limit:
            self._warn(f"the largest voltage of {limit:g} V is held: the cell does not carry the current")
            current, voltage = math.nan, math.copysign(limit, self._counter(found))
            pieces, found = self._settled(state, current, voltage)
        step = self._march(state, pieces, np.asarray(found.reaction), time_left)
        measured = float(np.mean(np.asarray(found.counter_ions) + np.asarray(found.counter_electrons)))
        mean = measured if math.isnan(current) else current
        leak = float(np.mean(np.asarray(found.counter_electrons)))
        state["charge"] += mean * step
        state["throughput"] += abs(mean) * step
        state["leaked"] += leak * step
        state["plated"] += float(np.mean(np.asarray(found.anode_ions))) * step * self.per_charge
        return state, self._row(state, found, mean, leak, step)

    def _march(self, state: State, pieces: Pieces, reaction: Array, time_left: float) -> float:
        """Grows the metal by the reaction [A/m^3] found, in ``fills_per_solve`` parts; returns the time it took [s]."""
        passed, parts, solved = 0.0, self.case.network.fills_per_solve, state["metal"] > 0.0
        for part in range(parts):
            potentials = state["potentials"][:, :-1]
            rate = growth(self.setup, pieces, state["metal"], reaction, potentials, self.per_charge)
            isolated = self._isolated(state, pieces)
            step = self._step(state, pieces, rate, isolated, time_left - passed)
            self._note_first(state, pieces, isolated, rate)
            self._grow(state, pieces, rate, step, isolated)
            state["time"] += step
            passed += step
            ended = passed >= time_left * (1.0 - 1e-12) or bool((state["metal"][-1] > 0.0).any())
            if part + 1 == parts or ended or self._young or not (rate > 0.0).any():
                break
            pieces = self._pieces(state)
            electrons = state["potentials"][1, :-1].reshape(-1)
            known = solved.ravel()[pieces.cells].astype(float)
            mean = pieces.sums(electrons[pieces.cells] * known) / np.maximum(pieces.sums(known), 1.0)
            fresh = (known == 0.0) & (pieces.sums(known) > 0.0)[pieces.piece]
            electrons[pieces.cells[fresh]] = mean[pieces.piece[fresh]]  # joined to metal since
            state["potentials"][1, :-1] = electrons.reshape(self.grid.shape)
            self._open(state, self._entered(state, pieces))
            pieces = self._pieces(state)
        return passed

    def _settled(self, state: State, current: float, voltage: float) -> tuple[Pieces, Solution]:
        """Pieces and potentials that agree: repeats until no piece changes what it does and no place opens."""
        s = self.setup
        barred = np.zeros(self.grid.shape, bool)
        self._open(
            state, self._entered(state, self._pieces(state))
        )  # what the last step filled opens the next
        for attempt in range(MOST_PASSES):
            pieces = self._pieces(state)
            found = self._solve(state, pieces, current, voltage)
            excess = self._excess(found)
            mode = judge(s, pieces, state["metal"], excess)
            held, flat_mode = state["held"].ravel(), state["mode"].ravel()
            changed = bool((mode != pieces.mode).any())
            flat_mode[pieces.cells] = mode[pieces.piece]
            empty = pieces.sums(state["metal"].ravel()[pieces.cells]) <= 0.0
            gone = pieces.cells[(empty & (mode != GROWS))[pieces.piece]]
            held[gone], flat_mode[gone], barred.ravel()[gone] = False, 0, True
            opened = self._entered(state, pieces)
            self._open(state, opened[~barred.ravel()[opened]])
            nuclei = nucleated(s, self.grid, state["held"], excess, barred)
            self._open(state, nuclei)
            # Other places wait for the next step; a piece that has none gets one more solve.
            waiting = attempt == 0 and opened.size and not np.isfinite(pieces.weakest).all()
            if not (changed or gone.size or nuclei.size or waiting or (opened.size and not pieces.count)):
                break
        return pieces, found

    def _entered(self, state: State, pieces: Pieces) -> NDArray[np.int64]:
        """Places that metal opens, as the potentials of the state say."""
        ions, electrons = state["potentials"][:, :-1]
        anode = self.grid.spacing[0] * np.asarray(self.network.anode_wall[0]) * ions[0]
        return entered(self.setup, self.grid, pieces, state["held"], ions, electrons, anode)

    @staticmethod
    def _open(state: State, cells: NDArray[np.int64]) -> None:
        """Marks places that metal may now take."""
        state["held"].ravel()[cells], state["mode"].ravel()[cells] = True, GROWS

    def _pieces(self, state: State) -> Pieces:
        return find_pieces(
            self.setup, self.grid.periodic, state["metal"], state["held"], state["mode"], self.full
        )

    @staticmethod
    def _counter(found: Solution) -> float:
        """Potential of the counter electrode [V]."""
        return float(np.asarray(found.potentials)[0, -1].mean())

    def _step(
        self, state: State, pieces: Pieces, rate: Array, isolated: NDArray[np.bool_], time_left: float
    ) -> float:
        """Longest step [s]: no place gains more than ``numerics.step`` of its room or gives more than it has.

        The surface of a young filament, whose uptake grows with it, gains no more than `YOUNG` of itself.
        """
        limit = min(time_left, self.case.numerics.largest_time_step or math.inf)
        if pieces.count == 0:
            return limit
        room, stored = self.setup.capacity.ravel()[pieces.cells], state["metal"].ravel()[pieces.cells]
        with np.errstate(divide="ignore", invalid="ignore"):
            filling = np.where(rate > 0.0, self.case.numerics.step * room / rate, np.inf)
            emptying = np.where(rate < 0.0, stored / -rate, np.inf)
            area = self.setup.area.ravel()[pieces.cells]
            gained = pieces.sums(np.where(isolated, 0.0, area * np.maximum(rate, 0.0) / room))
            surface = pieces.sums(area * covered(self.setup, state["metal"], pieces.cells))
            doubling = np.where(gained > 0.0, YOUNG * surface / gained, np.inf)
        self._young = bool(doubling.min() < filling.min())
        return float(min(limit, filling.min(), emptying.min(), doubling.min()))

    def _isolated(self, state: State, pieces: Pieces) -> NDArray[np.bool_]:
        """Cells of the pieces that have no metal at the plating electrode."""
        first = math.prod(self.grid.shape[1:])
        touching = np.zeros(pieces.count, bool)
        touching[np.unique(pieces.piece[pieces.cells < first])] = True
        return np.asarray(~touching[pieces.piece])

    def _note_first(self, state: State, pieces: Pieces, isolated: NDArray[np.bool_], rate: Array) -> None:
        """When metal first grew at the interface and inside [s]; -1 before."""
        for name, which in (("first_interface", ~isolated), ("first_interior", isolated)):
            if state[name] < 0.0 and bool((rate[which] > 0.0).any()):
                state[name] = state["time"].copy()

    def _grow(
        self, state: State, pieces: Pieces, rate: Array, step: float, isolated: NDArray[np.bool_]
    ) -> None:
        metal, alone = state["metal"].ravel(), state["isolated_grown"].ravel()
        cells = pieces.cells
        before = metal[cells]
        after = before + rate * step
        after = np.where(after <= 1e-12 * self.setup.capacity.ravel()[cells], 0.0, after)
        metal[cells] = after
        shrunk = np.where((rate < 0.0) & (before > 0.0), after / np.where(before > 0.0, before, 1.0), 1.0)
        alone[cells] = alone[cells] * shrunk + np.where(isolated & (rate > 0.0), after - before, 0.0)
        emptied = cells[(after == 0.0) & (pieces.mode[pieces.piece] == DISSOLVES)]
        state["held"].ravel()[emptied] = False
        state["mode"].ravel()[emptied] = 0

    def _connected(self, state: State) -> NDArray[np.bool_]:
        """Cells with metal that hang on the plating electrode."""
        some = state["metal"] > 0.0
        labels = joined_labels(some, (False, *self.grid.periodic[1:]))
        return some & np.isin(labels, np.unique(labels[0][some[0]]))

    def _row(self, state: State, found: Solution, mean: float, leak: float, step: float) -> dict[str, float]:
        s, metal = self.setup, state["metal"]
        length, whole = self.grid.size[0], float(metal.sum())
        connected = self._connected(state)
        to_metres = length / metal.size
        some = metal > 0.0
        throughput = float(state["throughput"])
        grown = (float(state["plated"]) + whole * to_metres) / self.per_charge
        passed = float(state["charge"]) - float(state["leaked"])
        tip = float(self.grid.centres(0)[np.flatnonzero(connected.any(axis=tuple(range(1, metal.ndim))))].max(initial=0.0))  # fmt: skip
        islands = joined_labels(some & ~connected, (False, *self.grid.periodic[1:]))
        self._shorted = bool(connected[-1].any())
        self.morphology = self._morphology(state)
        anode, inside = np.asarray(found.anode_ions), float(np.asarray(found.reaction).mean()) * length
        room = float(s.capacity[(s.kind == BOUNDARY) | (s.kind == PORE)].sum())
        return {
            "time_step_s": step, "current_density_A_per_m2": mean, "charge_C_per_m2": float(state["charge"]),
            "throughput_C_per_m2": throughput, "leaked_charge_C_per_m2": float(state["leaked"]),
            "cell_voltage_V": -self._counter(found), "overpotential_V": float(anode.mean()) * s.resistance,
            "leakage_current_A_per_m2": leak, "inner_current_A_per_m2": inside,
            "faraday_error": (grown - passed) / throughput if throughput > 0.0 else 0.0, "tip_position_m": tip,
            "connected_metal_m": float(metal[connected].sum()) * to_metres,
            "isolated_metal_m": float(metal[some & ~connected].sum()) * to_metres,
            "interior_share": float(state["isolated_grown"].sum()) / whole if whole > 0.0 else 0.0,
            "islands": float(np.unique(islands).size - 1), "excess_potential_max_V": float(self._excess(found).max()),
            "network_share": float(metal[s.kind != 3].sum()) / room if room > 0.0 else 0.0,
            "boundary_share": float(metal[s.kind == BOUNDARY].sum()) / whole if whole > 0.0 else 0.0,
            "solver_iterations": float(self._iterations), "solver_residual": float(found.info.residual),
            "temperature_max_K": s.temperature, "interface_onset_A_per_m2": float(state["onsets"][0]),
            "interior_onset_A_per_m2": float(state["onsets"][1]),
        }  # fmt: skip

    @staticmethod
    def _morphology(state: State) -> str:
        interface, interior = float(state["first_interface"]), float(state["first_interior"])
        if interface < 0.0 and interior < 0.0:
            return "no metal inside"
        if interface < 0.0 or 0.0 <= interior < interface:
            return "interior-first"
        return (
            "interface-first" if interior < 0.0 or interface < interior else "interface and interior at once"
        )

    def shorted(self, row: dict[str, float]) -> bool:
        """Whether metal connects both electrodes."""
        return self._shorted

    def fields(self, state: State) -> dict[str, tuple[Array, str, str]]:
        """Cell fields with unit and description."""
        s = self.setup
        capacity = np.where(s.capacity > 0.0, s.capacity, 1.0)
        filled = np.clip(np.asarray(state["metal"]) / capacity, 0.0, 1.0)
        connected = self._connected({name: np.asarray(value) for name, value in state.items()})
        ions, electrons = np.asarray(state["potentials"])[:, :-1]
        counter = float(np.asarray(state["potentials"])[0, -1].mean())
        return {
            "order_parameter": (filled, "1", "share of the room in a cell that metal fills"),
            "dead_metal": (np.where(connected, 0.0, filled), "1", "the same, not connected with the plating electrode"),
            "electrolyte_potential": (ions - counter, "V", "potential of ions against the counter electrode"),
            "electronic_potential": (electrons - counter, "V", "potential of electrons against the counter electrode"),
            "excess_potential": (ions - electrons, "V", "potential of the metal's ion and electron over bulk metal"),
            "metal_volume": (np.asarray(state["metal"]), "1", "metal, volume over volume"),
            **grain_fields(self.case, self.grid),
        }  # fmt: skip

    def _warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)
