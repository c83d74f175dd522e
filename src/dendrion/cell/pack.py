"""Cells of a pack that share a current: groups in parallel on two bars, and groups in a row.

In a group every cell k lies behind its tab and the bars from the terminals to it, V_g = V_k(i_k) + A i_k R_tab plus the
drops along the bars; currents add up to the pack's. Newton's method on (i_1 … i_n) with the cells' own voltages, whose
slopes come from two trials each. Kirchhoff's laws, no published code: liionpack does not run beside the current PyBaMM.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dendrion.cell.stepper import CellLimit, CellState, Stepper
from dendrion.errors import SimulationError

VOLTAGE_TOLERANCE = 1e-10
"""Difference of the voltages in a group at which the split of the current is done [V]."""

MOST_ITERATIONS = 50
"""Newton iterations of a group before it is given up [dimensionless]."""

SMALLEST_STEP = 1e-3
"""Shortest damped Newton step, as a share of the full one [dimensionless]."""


@dataclass(frozen=True)
class Wiring:
    """Resistances of a pack [ohm]: of the tab of a cell, and of both bars together between neighbours."""

    tab: float = 0.0
    bar: float = 0.0

    def matrix(self, count: int) -> NDArray[np.float64]:
        """Voltage that currents make on the way to each cell of a group, shape [count, count] [ohm].

        The terminals are at the first cell: the bar before cell m carries what flows to m and beyond.
        """
        places = np.arange(count)
        return self.bar * np.minimum(places[:, None], places[None, :]) + self.tab * np.eye(count)


@dataclass(frozen=True)
class Split:
    """How a group shares a current: current densities of the cells [A/m^2], voltage of the group [V], iterations."""

    current_densities: NDArray[np.float64]
    voltage: float
    iterations: int


def split(
    cells: Sequence[Stepper], current: float, area: float, temperatures: Sequence[float], dt: float,
    wiring: Wiring | None = None, guess: NDArray[np.float64] | None = None,
) -> Split:  # fmt: skip
    """The current density of each cell of a group, such that all show one voltage after ``dt`` [s].

    Arguments:
        cells: of the group; they are left as they are. current: of the group [A]; area: of one cell [m^2].
        temperatures: of the cells [K]. guess: current densities to start from [A/m^2].

    Raises:
        SimulationError: no split is found; the message says how far the voltages are apart.
        CellLimit: a cell can't carry its share.
    """
    count = len(cells)
    lines = (wiring or Wiring()).matrix(count) * area
    density = np.full(count, current / (count * area)) if guess is None else np.array(guess, float)
    density += (current / area - density.sum()) / count
    scale = max(abs(current) / (count * area), 1e-3)

    def voltages(at: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([
            _voltage(cell, value, heat, dt) for cell, value, heat in zip(cells, at, temperatures, strict=True)
        ])  # fmt: skip

    own = voltages(density)
    for iteration in range(1, MOST_ITERATIONS + 1):
        shown = own + lines @ density
        apart = shown - shown.mean()
        if np.max(np.abs(apart)) <= VOLTAGE_TOLERANCE:
            return Split(density, float(shown.mean()), iteration - 1)
        small = 1e-6 * scale
        slopes = (voltages(density + small) - own) / small
        system = np.zeros((count + 1, count + 1))
        system[:count, :count] = np.diag(slopes) + lines
        system[:count, count], system[count, :count] = -1.0, 1.0
        change = np.linalg.solve(system, np.append(-shown, current / area - density.sum()))[:count]
        density, own = _damped(voltages, lines, density, change, np.max(np.abs(apart)))
    raise SimulationError(
        f"the current does not split: voltages of the cells are {np.ptp(own + lines @ density):.1e} V apart after "
        f"{MOST_ITERATIONS} iterations, at t = {cells[0].state.time:.6g} s"
    )


def _damped(
    voltages: Callable[[NDArray[np.float64]], NDArray[np.float64]], lines: NDArray[np.float64], density: NDArray[np.float64], change: NDArray[np.float64], before: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:  # fmt: skip
    """The Newton step, shortened until no cell is exhausted and the voltages come nearer."""
    share, last = 1.0, None
    while share >= SMALLEST_STEP:
        trial = density + share * change
        try:
            own = voltages(trial)
        except CellLimit as limit:
            last = limit
        else:
            shown = own + lines @ trial
            if np.max(np.abs(shown - shown.mean())) < before or share <= 2.0 * SMALLEST_STEP:
                return trial, own
        share *= 0.5
    if last is not None:
        raise last
    raise SimulationError("the current of a pack does not split")


def _voltage(cell: Stepper, density: float, temperature: float, dt: float) -> float:
    before = cell.snapshot()
    try:
        return cell.advance(float(density), temperature, dt).voltage
    finally:
        cell.restore(before)


@dataclass
class Pack:
    """Groups of cells in a row; each group in parallel.

    Attributes:
        cells: the first group first; parallel: cells in a group; area: of one cell [m^2].
        temperatures: of the cells [K]; wiring: resistances.
    """

    cells: list[Stepper]
    parallel: int
    area: float
    temperatures: list[float]
    wiring: Wiring = Wiring()

    def __post_init__(self) -> None:
        self._guesses: list[NDArray[np.float64] | None] = [None] * (len(self.cells) // self.parallel)
        self.voltage = sum(self.cells[k].state.voltage for k in range(0, len(self.cells), self.parallel))
        self.iterations = 0

    @property
    def states(self) -> list[CellState]:
        """States of the cells."""
        return [cell.state for cell in self.cells]

    def advance(self, current: float, dt: float) -> list[CellState]:
        """All cells after ``dt`` [s] with ``current`` [A] through the pack.

        Raises:
            SimulationError, CellLimit: see ``split``; the cells stay what they were.
        """
        found = []
        for k in range(len(self._guesses)):
            group = slice(k * self.parallel, (k + 1) * self.parallel)
            found.append(
                split(
                    self.cells[group],
                    current,
                    self.area,
                    self.temperatures[group],
                    dt,
                    self.wiring,
                    self._guesses[k],
                )
            )
        self.voltage, self.iterations = 0.0, 0
        for k, one in enumerate(found):
            self._guesses[k] = one.current_densities
            self.voltage += one.voltage
            self.iterations += one.iterations
            for j, density in enumerate(one.current_densities):
                n = k * self.parallel + j
                self.cells[n].advance(float(density), self.temperatures[n], dt)
        return self.states

    def snapshot(self) -> tuple[list[object], float]:
        """All that ``restore`` needs."""
        return [cell.snapshot() for cell in self.cells], self.voltage

    def restore(self, saved: tuple[list[object], float]) -> None:
        """Goes back to a snapshot."""
        for cell, one in zip(self.cells, saved[0], strict=True):
            cell.restore(one)
        self.voltage = saved[1]
