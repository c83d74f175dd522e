"""Grains of a growing metal film: columns of several orientations compete while a current builds the film up.

Phases share every cell (``numerics.grain_phases``): the electrolyte and one phase a grain. In a time step

    boundaries in the upper layer of the film, h/2 thick, move by curvature, by the gains of ``texture_setup.drive``
    and, where they meet the front, by the surface energies of the two grains (Young's and Herring's balance, which the
    phases obey by themselves);
    the front moves along its normal, such that the metal grown is the charge: V_M i/F a unit of area. Means of its
    height over the levelling length are kept even, as diffusion along the surface does, so that narrow grains are not
    left behind by their grooves; grooves are not filled;
    deeper boundaries stand still: what they were when the front left them is the film's texture.

Only the rows around the front are computed; rows that the front has left are kept as a map of grains. Because a groove is
pulled with Gamma_k - Gamma_j and the moving layer is h/2 thick, energies select as 2 (Gamma_k - Gamma_j)/h does in the
reduced model. Left out: rotation and birth of grains in the film, boundary energies that depend on misorientation,
roughness of the front beyond grooves, stripping.
Kind: reconstruction (Zhang 2025, DOI 10.1016/j.joule.2025.101847, of which the abstract was read).
"""

from __future__ import annotations

import functools
import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

import dendrion.field.backend  # noqa: F401  switches float64 on
from dendrion.case import Case
from dendrion.case.segments import Segment
from dendrion.constants import FARADAY
from dendrion.errors import SimulationError
from dendrion.field.texture_setup import MARGIN, drive, first_phases, make_setup
from dendrion.numerics.grain_phases import STABLE, Pairs, by_class, onto_simplex, relaxed
from dendrion.numerics.grid import Grid

Array = NDArray[np.float64]
State = dict[str, NDArray[Any]]

LARGEST_ADVANCE = 0.1
"""Way of the front or of a boundary in a small step, over a cell [dimensionless]."""

ROWS_AT_ONCE = 1.0
"""Rows that the front passes in a step of the history [dimensionless]."""

ALIVE = 1e-3
"""Share of the front from which a grain counts [dimensionless]."""

BALANCE_LIMIT = 1e-6
"""Metal grown less charge passed, over the charge, from which a step is refused [dimensionless]."""

BASE_COLUMNS: dict[str, tuple[str, str]] = {
    "time_step_s": ("s", "length of the step"),
    "current_density_A_per_m2": ("A/m^2", "mean plating current density, plating positive"),
    "charge_C_per_m2": ("C/m^2", "net charge passed, plating positive"),
    "throughput_C_per_m2": ("C/m^2", "charge passed in either direction"),
    "cell_voltage_V": ("V", "potential of the plating electrode against the counter electrode"),
    "overpotential_V": ("V", "polarisation of an even cell, positive drives plating"),
    "faraday_error": ("1", "metal grown minus charge passed, over the throughput"),
    "tip_position_m": ("m", "highest point of the front"),
    "mean_position_m": ("m", "metal volume over the cross-section"),
    "groove_depth_m": ("m", "highest less lowest point of the front"),
    "grains_at_front": ("1", "grains that reach the front"),
    "column_width_m": ("m", "mean width of the grains at the front"),
    "damkoehler": ("1", "surface diffusion over deposition, mean of the families"),
    "temperature_max_K": ("K", "temperature"),
}
"""Name: (unit, description); a share for every family is added."""


@functools.partial(jax.jit, static_argnames=("periodic",))
def grow(
    phases: jax.Array,
    pairs: Pairs,
    numbers: dict[str, jax.Array],
    speeds: jax.Array,
    count: jax.Array,
    periodic: bool,
) -> jax.Array:
    """Phases after ``count`` small steps of ``numbers["step"]`` [s], in which the front advances by its speed.

    ``numbers``: step [s], width, spacing, depth of the moving layer, target: metal in the window over the cross-section
    [m] when the steps begin, advance a step [m], mobility [m^4/(J s)], levelling: means over the levelling length, (ny, ny).
    """  # fmt: skip
    h, sides = numbers["spacing"], (False, periodic)
    x = (jnp.arange(phases.shape[1]) + 0.5) * h

    def one(k: jax.Array, now: jax.Array) -> jax.Array:
        front = (1.0 - now[0]).sum(axis=0) * h  # of every column: grooves are part of it
        moves = jnp.clip((x[:, None] - front + numbers["depth"]) / h + 0.5, 0.0, 1.0)
        after = relaxed(
            now, pairs, numbers["mobility"] * moves, speeds[:, :, None, None] * moves,
            numbers["step"], numbers["width"], h, sides,
        )  # fmt: skip
        wanted = numbers["target"] + (k + 1.0) * numbers["advance"]
        return _filled(after, wanted, h, numbers["levelling"])

    return jax.lax.fori_loop(0, count, one, phases)


def _filled(phases: jax.Array, wanted: jax.Array, spacing: jax.Array, levelling: jax.Array) -> jax.Array:
    """Phases with the front moved along its normal until the window holds ``wanted`` metal [m], where it is missing."""
    for _ in range(2):  # the second mends what the first cut off at empty electrolyte
        weight = jnp.sqrt(phases[0] * phases[1:])
        missing = levelling @ (wanted - (1.0 - phases[0]).sum(axis=0) * spacing)
        share = missing / (weight.sum(axis=(0, 1)) * spacing)
        gained = share * weight
        phases = onto_simplex(jnp.concatenate([phases[:1] - gained.sum(axis=0), phases[1:] + gained]))
    return phases


class TextureModel:
    """The film of a case as the simulation drives it.

    Raises:
        SimulationError: from ``advance``, when the film has outgrown the domain before the step began.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.setup = make_setup(case)
        self.periodic = case.domain.lateral == "periodic"
        cells = tuple(case.domain.cells)
        self.grid = Grid(cells, tuple(case.domain.spacing), (False, self.periodic))
        s = self.setup
        self.pairs = Pairs(jnp.asarray(s.classes), jnp.asarray(s.energies))
        self.names = tuple(f"share_{name}" for name in s.families.names)
        shares = {name: ("1", f"share of the front that is of family {name[6:]}") for name in self.names}
        self.columns = BASE_COLUMNS | shares
        self.summary_columns = (*self.names, "grains_at_front", "column_width_m", "groove_depth_m", "damkoehler")  # fmt: skip
        self.warnings: list[str] = []
        self.morphology = "film"
        self.ended: str | None = None

    def initial_state(self) -> State:
        """The state at time zero."""
        phases = first_phases(self.case, self.setup)
        metal = float((1.0 - phases[0]).mean(axis=1).sum() * self.setup.spacing)
        return {
            "phases": phases, "below": np.array(0), "left": np.full(self.grid.shape, -1, dtype=np.int32),
            "first_metal": np.array(metal), "charge": np.array(0.0), "current": np.array(0.0),
        }  # fmt: skip

    def advance(
        self, state: State, segment: Segment, elapsed: float, time_left: float
    ) -> tuple[State, dict[str, float]]:
        """One step of at most ``time_left`` [s], ``elapsed`` [s] after the start of the segment."""
        state = {name: np.asarray(value) for name, value in state.items()}
        current = segment.value_at(elapsed)
        if current == 0.0:
            new = state | {"current": np.array(0.0)}
            return new, self._row(new, time_left)
        s, driven = self.setup, drive(self.setup, current)
        if self._room(state) <= 0.0:
            raise SimulationError("the film has filled the domain")
        step = min(time_left, ROWS_AT_ONCE * s.spacing / driven.front_speed)
        step = min(step, max(self._room(state), 1e-3 * s.spacing) / driven.front_speed)
        fastest = max(driven.front_speed, float(np.abs(driven.gains).max()))
        small = min(
            STABLE * s.spacing**2 / (driven.mobility * float(s.energies.max())),
            LARGEST_ADVANCE * s.spacing / fastest,
        )
        count = max(1, math.ceil(step / small))
        speeds = np.zeros_like(s.energies)
        speeds[1:, 1:] = driven.gains
        charge = float(state["charge"]) + current * step
        before = float(state["first_metal"]) + s.molar_volume * float(state["charge"]) / FARADAY
        numbers = {
            "step": step / count, "width": s.width, "spacing": s.spacing, "depth": s.active_depth,
            "target": before - float(state["below"]) * s.spacing,
            "advance": driven.front_speed * step / count, "mobility": driven.mobility, "levelling": s.levelling,
        }  # fmt: skip
        phases = grow(
            jnp.asarray(state["phases"]), self.pairs, {k: jnp.asarray(v) for k, v in numbers.items()},
            jnp.asarray(speeds), jnp.asarray(count), self.periodic,
        )  # fmt: skip
        new = state | {"phases": np.array(phases), "charge": np.array(charge), "current": np.array(current)}
        new = self._shifted(new)
        row = self._row(new, step)
        if not abs(row["faraday_error"]) < BALANCE_LIMIT:
            raise SimulationError(
                "the front has left the rows that are computed: a groove reaches below the moving layer"
            )
        if self._room(new) <= 1e-6 * s.spacing:
            self.ended = "the film fills the domain"
        return new, row

    def _room(self, state: State) -> float:
        """How far the front may still go in the domain [m]."""
        s = self.setup
        return float(self.grid.size[0] - s.width - MARGIN * s.spacing - self._front(state))

    def _front(self, state: State) -> float:
        """Metal volume over the cross-section [m]."""
        metal = float((1.0 - state["phases"][0]).mean(axis=1).sum())
        return (metal + float(state["below"])) * self.setup.spacing

    def _shifted(self, state: State) -> State:
        """The window moved up by the rows that the front has left for good."""
        s = self.setup
        state = dict(state)
        while True:
            below = int(state["below"])
            inside = self._front(state) / s.spacing - below
            if inside < s.rows - MARGIN - 0.75 * s.width / s.spacing or below + s.rows >= self.grid.shape[0]:
                return state
            phases, left = state["phases"], state["left"].copy()
            if float(phases[0, 0].max()) > 0.0:
                return state
            left[below] = phases[1:, 0].argmax(axis=0)
            fresh = np.zeros_like(phases[:, :1])
            fresh[0] = 1.0
            state |= {
                "phases": np.concatenate([phases[:, 1:], fresh], axis=1), "left": left, "below": np.array(below + 1)
            }  # fmt: skip

    def shares(self, state: State) -> Array:
        """Share of the front of every grain, sum 1 [dimensionless]."""
        phases = state["phases"]
        weight = (phases[0] * phases[1:]).sum(axis=(1, 2))
        return np.asarray(weight / weight.sum())

    def _heights(self, state: State) -> Array:
        """Position of the front over the cross-section [m]."""
        metal = (1.0 - state["phases"][0]).sum(axis=0)
        return np.asarray((metal + float(state["below"])) * self.setup.spacing)

    def _row(self, new: State, step: float) -> dict[str, float]:
        s, current, charge = self.setup, float(new["current"]), float(new["charge"])
        grown = (self._front(new) - float(new["first_metal"])) * FARADAY / s.molar_volume
        grains, heights = self.shares(new), self._heights(new)
        alive = int(np.count_nonzero(grains > ALIVE))
        reaction = 2.0 * s.thermal_voltage * math.asinh(0.5 * current / s.exchange_current_density)
        rest = (self.grid.size[0] - self._front(new)) * current / s.conductivity
        families = [float(grains[s.classes[1:] == n + 1].sum()) for n in range(len(self.names))]
        return {
            "time_step_s": step, "current_density_A_per_m2": current, "charge_C_per_m2": charge,
            "throughput_C_per_m2": charge, "cell_voltage_V": -(reaction + rest), "overpotential_V": reaction + rest,
            "faraday_error": (grown - charge) / charge if charge > 0.0 else 0.0,
            "tip_position_m": float(heights.max()), "mean_position_m": float(heights.mean()),
            "groove_depth_m": float(np.ptp(heights)), "grains_at_front": float(alive),
            "column_width_m": self.grid.size[1] / max(alive, 1),
            "damkoehler": drive(s, current).damkoehler if current > 0.0 else math.inf,
            "temperature_max_K": self.case.conditions.temperature,
            **dict(zip(self.names, families, strict=True)),
        }  # fmt: skip

    def shorted(self, row: dict[str, float]) -> bool:
        """False: the film ends where the domain does."""
        return False

    def fields(self, state: State) -> dict[str, tuple[NDArray[Any], str, str]]:
        """Cell fields with unit and description."""
        s, below, phases = self.setup, int(state["below"]), state["phases"]
        metal = np.zeros(self.grid.shape)
        metal[:below] = 1.0
        metal[below : below + s.rows] = 1.0 - phases[0]
        grain = np.array(state["left"], dtype=float)
        grain[below : below + s.rows] = phases[1:].argmax(axis=0)
        grain[metal < 0.5] = -1.0
        family = np.where(grain < 0.0, -1.0, s.classes[1:][grain.astype(int)] - 1.0)
        by_families = np.asarray(by_class(jnp.asarray(phases), self.pairs.classes, s.energies.shape[0]))
        share = np.zeros(self.grid.shape)
        share[:below] = family[:below] == 0.0
        share[below : below + s.rows] = by_families[1]
        first = s.families.names[0]
        return {
            "order_parameter": (metal, "1", "1 metal, 0 electrolyte"),
            "metal_grain": (grain, "1", "number of the metal's grain, -1 where there is none"),
            "metal_family": (family, "1", "family of orientations, from 0; -1 where there is no metal"),
            "first_family": (share, "1", f"share of the cell that is of family {first}"),
        }
