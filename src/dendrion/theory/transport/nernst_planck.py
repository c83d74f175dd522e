"""Poisson–Nernst–Planck equations of a 1:1 salt between two electrodes that pass cations alone, marched in time.

Scaled: lengths by the gap L, time by L^2/D of the salt, concentrations by c0, potentials by RT/F.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from ...errors import InputError
from ..grids import both_ends

UNKNOWNS = 3
"""Cations, anions and potential in every cell."""

NEWTON_STEPS = 12
"""Newton iterations before a time step is halved."""

NEWTON_TOLERANCE = 1e-8
"""Largest change of an unknown at which Newton stops [dimensionless]."""

SMALLEST_STEP = 1e-6
"""Time step, over the end of the march, at which a concentration that still turns negative counts as used up."""


@dataclass(frozen=True)
class Fall:
    """When the anions at the plating electrode fell to the level asked for.

    Attributes:
        time: over L^2/D; infinite where they never do. ``state``: shape [cells, 3], the last one.
        exhausted: the cations were used up first, at ``time``: without surface charge the electrode can't pass the
            current any longer.
    """

    time: float
    state: Any
    exhausted: bool = False


def bernoulli(u: Any) -> tuple[Any, Any]:
    """B(u) = u/(e^u - 1) of Scharfetter and Gummel, and dB/du [dimensionless]; series near zero."""
    import numpy as np

    small = np.abs(u) < 1e-3
    safe = np.where(small, 1.0, np.clip(u, -700.0, 700.0))
    grown = np.expm1(safe)
    value = np.where(small, 1.0 - u / 2.0 + u**2 / 12.0, safe / grown)
    # B' = B/u - B - B^2/u, which keeps its digits for large u.
    slope = np.where(small, -0.5 + u / 6.0, value / safe - value - value**2 / safe)
    return value, slope


@dataclass
class NernstPlanckCell:
    """A symmetric cell at constant current; zero field at both electrodes (no surface charge).

    Attributes:
        current: i L/(F D c0) [dimensionless]; ``anion_share``: t_a = 1 - t+.
        screening: Debye length over the gap, eps_lambda, with lambda_D^2 = eps R T/(2 F^2 c0).
        finest: cell at the electrodes over the gap; cells: number of cells.
        bounded: stop where a concentration would turn negative; else march on, to show what that does.
    """

    current: float
    anion_share: float
    screening: float
    finest: float
    cells: int
    bounded: bool = True
    _grid: tuple[Any, Any, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        import numpy as np

        if self.finest > self.screening:
            raise InputError(
                "the first cell is wider than the Debye length: space charge is not resolved", field="poisson_nernst_planck_1d.finest_cell",
                value=f"{self.finest / self.screening:.3g} Debye lengths", allowed="up to 1 Debye length",
            )  # fmt: skip
        faces = both_ends(self.cells, self.finest)
        middles = 0.5 * (faces[1:] + faces[:-1])
        self._grid = np.diff(faces), np.diff(middles), middles

    def start(self) -> Any:
        """Uniform salt, no potential: shape [cells, 3]."""
        import numpy as np

        state = np.ones((self.cells, UNKNOWNS))
        state[:, 2] = 0.0
        return state

    def _flux(self, state: Any, charge: int) -> tuple[Any, Any, Any, Any]:
        """Scharfetter–Gummel flux through the inner faces and its derivatives by c left, c right and phi right."""
        import numpy as np

        c, phi = state[:, 0 if charge > 0 else 1], state[:, 2]
        pace = (0.5 / self.anion_share if charge > 0 else 0.5 / (1.0 - self.anion_share)) / self._grid[1]
        up, slope_up = bernoulli(charge * np.diff(phi))
        down, slope_down = bernoulli(-charge * np.diff(phi))
        flux = pace * (up * c[:-1] - down * c[1:])
        return flux, pace * up, -pace * down, pace * charge * (slope_up * c[:-1] + slope_down * c[1:])

    def step(self, history: tuple[Any, Any], weights: tuple[float, float, float], guess: Any) -> Any:
        """One implicit step: (w0 c + w1 c_old + w2 c_older) h = fluxes, with Poisson's equation; None where Newton fails."""
        import numpy as np
        from scipy.linalg import LinAlgError, solve_banded

        sizes = self._grid[0]
        state = guess.copy()
        for _ in range(NEWTON_STEPS):
            residual, bands = self._system(state, history, weights, sizes)
            try:
                change = solve_banded((5, 5), bands, -residual.ravel()).reshape(state.shape)
            except (LinAlgError, ValueError):
                return None
            largest = np.abs(change).max()
            # Potentials move by a few RT/F a pass, or the exponentials overshoot.
            state = state + change * min(1.0, 4.0 / max(np.abs(change[:, 2]).max(), 1e-300))
            if not np.isfinite(largest):
                return None
            if largest < NEWTON_TOLERANCE * max(1.0, np.abs(state[:, 2]).max()):
                return state
        return None

    def _system(
        self, state: Any, history: tuple[Any, Any], weights: tuple[float, float, float], sizes: Any
    ) -> tuple[Any, Any]:
        """Residual [cells, 3] and banded Jacobian [11, 3 cells]; band 5 + row - column."""
        import numpy as np

        residual = np.zeros_like(state)
        bands = np.zeros((11, state.size))

        def put(rows: Any, row: int, columns: Any, column: int, values: Any) -> None:
            bands[5 + UNKNOWNS * (rows - columns) + row - column, UNKNOWNS * columns + column] += values

        every, inner = np.arange(self.cells), np.arange(self.cells - 1)
        for kind, charge in ((0, 1), (1, -1)):
            flux, by_left, by_right, by_potential = self._flux(state, charge)
            edge = -self.current if charge > 0 else 0.0
            stored = (
                weights[0] * state[:, kind]
                + weights[1] * history[0][:, kind]
                + weights[2] * history[1][:, kind]
            )
            residual[:, kind] = stored * sizes + np.diff(flux, prepend=edge, append=edge)
            put(every, kind, every, kind, weights[0] * sizes)
            for cell, sign in ((inner, 1.0), (inner + 1, -1.0)):
                put(cell, kind, inner, kind, sign * by_left)
                put(cell, kind, inner + 1, kind, sign * by_right)
                put(cell, kind, inner + 1, 2, sign * by_potential)
                put(cell, kind, inner, 2, -sign * by_potential)
        stiff = 2.0 * self.screening**2 / self._grid[1]
        field = stiff * np.diff(state[:, 2])
        residual[:, 2] = np.diff(field, prepend=0.0, append=0.0) + (state[:, 0] - state[:, 1]) * sizes
        put(every, 2, every, 0, sizes)
        put(every, 2, every, 1, -sizes)
        for cell, sign in ((inner, 1.0), (inner + 1, -1.0)):
            put(cell, 2, inner + 1, 2, sign * stiff)
            put(cell, 2, inner, 2, -sign * stiff)
        # The total charge stays zero: the last balance follows from the others, and the potential is zero there.
        last = self.cells - 1
        residual[last, 2] = state[last, 2]
        for column in range(UNKNOWNS):
            for place in (last - 1, last):
                bands[5 + UNKNOWNS * (last - place) + 2 - column, UNKNOWNS * place + column] = 0.0
        bands[5, UNKNOWNS * last + 2] = 1.0
        return residual, bands

    def march(self, ends: float, steps: int, level: float) -> Fall:
        """Marches until the anions at the plating electrode fall to ``level`` of c0, or to ``ends`` [L^2/D].

        Variable-step BDF2 over times that grow as a square; a step whose Newton iteration fails or that leaves a
        negative concentration is halved, never clipped.

        Raises:
            InputError: Newton's method does not converge at the smallest step.
        """
        times, states = [0.0], [self.start()]
        wanted = [ends * (j / steps) ** 2 for j in range(1, steps + 1)]
        step, converged = wanted[0], True
        while times[-1] < ends * (1.0 - 1e-12):
            aim = next((t for t in wanted if t > times[-1] * (1.0 + 1e-12)), ends)
            step = min(step, aim - times[-1])
            new = self._advance(times, states, step)
            converged = new is not None
            if new is None or (self.bounded and new[:, :2].min() < 0.0):
                step *= 0.5
                if step < SMALLEST_STEP * ends:
                    break
                continue
            times, states = [*times[-1:], times[-1] + step], [*states[-1:], new]
            before, after = states[0][0, 1], new[0, 1]
            if after <= level:
                part = (before - level) / (before - after)
                return Fall(times[0] + part * (times[1] - times[0]), states[0] + part * (new - states[0]))
            step *= 2.0
        else:
            return Fall(math.inf, states[-1])
        if not converged:
            raise InputError(
                "the march does not converge",
                field="poisson_nernst_planck_1d",
                hint="a larger screening_ratio",
            )
        return Fall(times[-1], states[-1], exhausted=True)

    def _advance(self, times: list[float], states: list[Any], step: float) -> Any:
        if len(times) < 2:
            return self.step((states[-1], states[-1]), (1.0 / step, -1.0 / step, 0.0), states[-1])
        ratio = step / (times[-1] - times[-2])
        weights = (
            (1.0 + 2.0 * ratio) / (1.0 + ratio) / step,
            -(1.0 + ratio) / step,
            ratio**2 / (1.0 + ratio) / step,
        )
        return self.step((states[-1], states[-2]), weights, states[-1] + ratio * (states[-1] - states[-2]))
