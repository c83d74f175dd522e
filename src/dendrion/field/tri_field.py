"""The model of a cell whose electrolyte cracks, as the simulation drives it: charge, heat, stress and fracture."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from dendrion.case import Case
from dendrion.case.segments import Segment
from dendrion.constants import FARADAY
from dendrion.errors import SimulationError
from dendrion.field import two_potential
from dendrion.field.charge import Control
from dendrion.field.connectivity import connected_metal
from dendrion.field.crack_build import initial_crack_state
from dendrion.field.crack_mechanics import (
    CrackState,
    Measures,
    conclude,
    influence_at,
    measure,
    prepare,
)
from dendrion.field.damage import crack_surface
from dendrion.field.filling_step import filling_step
from dendrion.field.mechanical_fields import crack_fields
from dendrion.field.model import FieldMap
from dendrion.field.properties import number
from dendrion.field.stressed_model import MOST_REPEATS, Counts, StressedModel
from dendrion.field.two_potential import Report

ADVANCE = 2.4
"""Advance of a crack in a step over ``numerics.step`` [cells]: 0.6 cells by default, within which the passes of a step
follow it."""

RESOLUTION = 4.0
"""Shortest number of steps, times 1/``numerics.step``, in which the flaws fill up to the point of breaking
[dimensionless]."""

FIRST_SHARE = 1e-2
"""First time step over the time that filling a flaw takes [dimensionless]."""

MANY_PASSES = 20
"""Passes from which the next step is shorter [dimensionless]."""

SHORTER, LONGER = 0.7, 1.5
"""Factors of the time step from one step to the next [dimensionless]."""

LARGEST_ADVANCE = 2.0
"""Advance over the one aimed at above which a step is refused [dimensionless], unless it is at the shortest step."""

TOUCHING = 0.6
"""Distance from the counter electrode at which metal in a crack counts as touching it, over the length l of the damage
[dimensionless]: the damage ahead of its end then meets the electrode, whatever the cells."""

LARGEST_TRAVEL = 1.2
"""Way of the front in a step over the longest one, above which the step is repeated shorter [dimensionless]: the substeps
of the front's explicit update are stable up to 1.25."""

SHORTEST_SHARE = 1e-4
"""Shortest time step over the time that filling a flaw takes [dimensionless]: a crack that still jumps is unstable."""

BESIDE_A_SIDE = 2.0
"""Distance from a side of the box at which a crack has left it, over the length l of the damage [dimensionless]: nearer,
the band of the crack and the straight side share cells, and what it does depends on the box."""

MORE_PASSES = 8
"""Passes of the shortest step over those of others [dimensionless]: a crack that is unstable runs within it, a
fraction of a cell a pass."""

_surface = jax.jit(crack_surface)


class TriState(NamedTuple):
    """Electrochemical and mechanical state, the numbers of the latter, and the largest damage that every cell has had
    [dimensionless]: where the front has swallowed a crack nothing else remembers it."""

    electro: two_potential.State
    solid: CrackState
    measures: Measures
    largest_damage: Any


class CrackModel(StressedModel):
    """Front, cracks that metal fills, stress, damage and heat in one step."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.ended: str | None = None
        self._metal: Any = None
        electro = self.electro.initial_state()
        solid, body, f = initial_crack_state(case, self.parameters, self.solid, electro)
        measures = measure(self.parameters, self.solid, body, f, solid)
        self._start = TriState(electro, solid, measures, solid.filling.damage)
        self._whole = f.damage
        self._sides = self._sides_reached(solid)

    def initial_state(self) -> TriState:
        """The state at time zero."""
        return self._start

    def filling_time(self, current_density: float) -> float:
        """Time [s] in which metal fills the flaws of the box to the point of breaking, a yardstick for steps.

        The volume 2 sqrt(pi) K a^(3/2)/E' of a crack at its toughness over the current 2 i a of its faces (mechanics
        dossier 3.2).
        """
        solids = self.solid.solids
        length = max(float(self._start.measures.crack_surface) / self.depth, 5.0 * self.grid.spacing[0])
        bulk, shear = float(solids.electrolyte.bulk), float(solids.electrolyte.shear)
        plane = 4.0 * shear * (3.0 * bulk + shear) / (3.0 * bulk + 4.0 * shear)
        toughness = math.sqrt(float(jnp.mean(solids.toughness)) * plane)
        volume = 2.0 * math.sqrt(math.pi) * toughness * length**1.5 / plane
        rate = float(solids.metal_volume) / FARADAY * 2.0 * max(abs(current_density), 1e-3) * length
        return volume / rate

    def advance(
        self, state: TriState, segment: Segment, elapsed: float, time_left: float
    ) -> tuple[TriState, dict[str, float]]:
        """One accepted step of at most ``time_left`` [s], ``elapsed`` [s] after the start of the segment."""
        scale = self.filling_time(segment.mean_value if segment.kind == "current" else 100.0)
        if elapsed == 0.0:
            first = number(min(FIRST_SHARE * scale, time_left))
            state = state._replace(electro=state.electro._replace(time_step=first))
        longest = scale * self.case.numerics.step / RESOLUTION
        taken: dict[str, Any] = {}

        def step(
            p: Any, electro: two_potential.State, control: Control, limit: Any, active: Any
        ) -> tuple[two_potential.State, Report]:
            wanted = min(float(electro.time_step), longest, self.largest_time_step)
            length = _without_sliver(wanted, float(limit))
            unstable = length <= SHORTEST_SHARE * scale
            new, report, solid, measures, counts = self._coupled(
                state._replace(electro=electro), control, length, active, MORE_PASSES if unstable else 1
            )
            advance = float(measures.crack_surface - state.measures.crack_surface) / self.depth
            aim = ADVANCE * self.case.numerics.step * self.grid.spacing[0]
            travel = float(report.largest_front_speed) * length / float(two_potential.longest_travel(p))
            hasty = travel > LARGEST_TRAVEL or (advance > LARGEST_ADVANCE * aim and not unstable)
            if not counts.settled and unstable:
                raise SimulationError(
                    f"stress, charge and damage do not agree within {counts.passes} passes, however short the "
                    "step; loosen numerics.coupling_tolerance or allow more numerics.coupling_iterations"
                )
            taken.update(solid=solid, measures=measures, counts=counts)
            following = _next_step(length, max(advance / aim, travel), counts.passes)
            following = max(following, min(SHORTEST_SHARE * scale, length))
            settled = counts.settled and not hasty
            return new._replace(time_step=number(following)), report._replace(settled=settled)

        electro, row = self.electro.advance(state.electro, segment, elapsed, time_left, step)
        largest = jnp.maximum(state.largest_damage, taken["solid"].filling.damage)
        after = TriState(electro, taken["solid"], taken["measures"], largest)
        if reached := self._sides_reached(after.solid) - self._sides:
            self.ended = (
                f"a crack reached the side {', '.join(sorted(reached))} of the box: what follows depends on the box; "
                "widen domain.size to follow it"
            )
        return after, self._row(state, after, row, taken["counts"])

    def _coupled(
        self, state: TriState, control: Control, length: float, active: Any, patience: int
    ) -> tuple[two_potential.State, Report, CrackState, Measures, Counts]:
        """One step of ``length`` [s], repeated until what stress and heat do to it stands still.

        ``patience`` multiplies the most passes.
        """
        p, q, step = self.parameters, self.solid, number(length)
        metal = self._connected(state.electro)
        influence, around = self._influence(state.solid), state.solid.filling.displacement
        passes = linear = 0
        for iteration in range(1, MOST_REPEATS + 1):  # noqa: B007
            s, body, f = prepare(p, q, state.electro, state.solid, around, influence, active, metal, step)
            f = eqx.tree_at(lambda f: f.numerics.most_passes, f, replace_fn=lambda most: patience * most)
            solved, went = filling_step(f, state.solid.filling, control, step)
            passes, linear = passes + int(went.passes), linear + int(went.linear_iterations)
            new, report, solid, measures = conclude(
                p, q, state.electro, state.solid, s, body, f, solved, went, control, active, influence, step
            )
            following = self._influence(solid)
            settled = bool(went.converged) and bool(went.finite)
            if not settled or not self.strong or self.agree(influence, following, s.area_density, length):
                break
            influence, around = following, solved.displacement
        return new, report, solid, measures, Counts(settled, iteration, passes, linear)

    def _sides_reached(self, solid: CrackState) -> set[str]:
        """Free sides of the box, such as "y = 0", that a crack has come to. Confined sides are planes of symmetry, in which
        it meets its image; nor does a flaw count that lies at a side from the start."""
        if self.case.conditions.lateral != "free":
            return set()
        open_cells = np.asarray(solid.filling.damage > self.solid.gate)
        found = set()
        for axis in range(1, open_cells.ndim):
            if self.grid.periodic[axis]:
                continue
            near = math.ceil(BESIDE_A_SIDE * float(self.solid.length) / self.grid.spacing[axis])
            ends = {f"{'xyz'[axis]} = 0": slice(0, near), f"{'xyz'[axis]} = its end": slice(-near, None)}
            for name, cells in ends.items():
                if open_cells[(slice(None),) * axis + (cells,)].any():
                    found.add(name)
        return found

    def _influence(self, solid: CrackState) -> two_potential.Influence:
        filling = solid.filling
        return influence_at(self.parameters, self.solid, solid, filling.damage, filling.normal)

    def _connected(self, electro: two_potential.State) -> Any:
        if self._metal is None or self._metal[0] is not electro.order_parameter:
            cells = connected_metal(np.asarray(electro.order_parameter), self.grid.periodic)
            self._metal = (electro.order_parameter, jnp.asarray(cells))
        return self._metal[1]

    def _row(
        self, before: TriState, after: TriState, row: dict[str, float], counts: Counts
    ) -> dict[str, float]:
        filled = float(after.measures.filling_charge)
        moving = self.parameters.structure.coupling.front_motion
        if row["throughput_C_per_m2"] > 0.0 and moving:
            row["faraday_error"] += filled / row["throughput_C_per_m2"]
        row["front_position_m"] = row["tip_position_m"]
        reached = float(after.measures.filled_position)
        if reached > row["tip_position_m"]:
            row["tip_position_m"] = reached
            row["tip_velocity_m_per_s"] = (reached - float(before.measures.filled_position)) / row[
                "time_step_s"
            ]
        # The step control watches the cracks that are left; the length is that of all, in what was electrolyte at first.
        measures = after.measures._replace(crack_surface=_surface(self._whole, after.largest_damage))
        row = self.stress_row(row, measures, after.solid.energies, counts)
        dead = float(after.measures.dead_filling_charge)
        return {**row, "filling_charge_C_per_m2": filled, "dead_filling_C_per_m2": dead}

    def shorted(self, row: dict[str, float]) -> bool:
        """Whether the front's diffuse edge or metal in a crack touches the counter electrode."""
        front = self.electro.shorted({"tip_position_m": row["front_position_m"]})
        return front or row["tip_position_m"] >= self.grid.size[0] - TOUCHING * float(self.solid.length)

    def fields(self, state: TriState) -> FieldMap:
        """Cell fields with unit and description."""
        return {**self.electro_fields(state.electro), **crack_fields(self.solid, state.solid)}


def _without_sliver(wanted: float, limit: float) -> float:
    """A step [s] that leaves no sliver at the end of a protocol step."""
    if wanted >= limit:
        return limit
    return 0.5 * limit if wanted > 0.5 * limit else wanted


def _next_step(length: float, reached: float, passes: int) -> float:
    """The time step to try next [s]; ``reached`` is how far crack or front moved over what a step aims at."""
    factor = LONGER if passes <= MANY_PASSES else SHORTER
    return length * min(factor, max(1.0 / max(reached, 1e-300), 0.1))
