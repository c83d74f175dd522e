"""The model of a cell under stress whose metal grows as a front, as the simulation drives it."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp

from dendrion.case import Case
from dendrion.case.segments import Segment
from dendrion.errors import SimulationError
from dendrion.field import two_potential
from dendrion.field.charge import Control
from dendrion.field.crack_build import INSTANT
from dendrion.field.crack_energy import no_energies
from dendrion.field.crack_mechanics import Measures, influence_at
from dendrion.field.front_mechanics import SolidState, initial_solid_state, solid_step
from dendrion.field.mechanical_fields import front_fields
from dendrion.field.model import FieldMap
from dendrion.field.properties import number
from dendrion.field.stressed_model import MOST_REPEATS, Counts, StressedModel
from dendrion.field.two_potential import Report

SHORTEST_SHARE = 1e-6
"""Share of the step that a front allows, below which a stress that is not found ends the run [dimensionless]."""


class StressState(NamedTuple):
    """Electrochemical and mechanical state, and the numbers of the latter."""

    electro: two_potential.State
    solid: SolidState
    measures: Measures


class StressModel(StressedModel):
    """Front, salt, heat, stress and damage in one step."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        electro = self.electro.initial_state()
        self._start = self._loaded(electro)

    def _loaded(self, electro: two_potential.State) -> StressState:
        """The loaded body before metal flows or grows, where the account of energy begins."""
        p, q = self.parameters, self.solid
        unloaded = initial_solid_state(p, q, electro, no_energies())
        s = two_potential.surface_at(p, electro, jnp.ones(q.shape, bool), self._influence(unloaded))
        solid, _, measures = solid_step(p, q, electro, s, electro, unloaded, number(INSTANT))
        done = solid.energies
        energies = no_energies()._replace(
            stored=done.stored, first_stored=done.stored, fracture=done.fracture, first_fracture=done.fracture
        )
        return StressState(electro, solid._replace(energies=energies), measures)

    def initial_state(self) -> StressState:
        """The state at time zero."""
        return self._start

    def advance(
        self, state: StressState, segment: Segment, elapsed: float, time_left: float
    ) -> tuple[StressState, dict[str, float]]:
        """One accepted step of at most ``time_left`` [s], ``elapsed`` [s] after the start of the segment."""
        taken: dict[str, Any] = {}

        def step(
            p: Any, electro: two_potential.State, control: Control, limit: Any, active: Any
        ) -> tuple[two_potential.State, Report]:
            new, report, solid, measures, counts = self._coupled(
                state._replace(electro=electro), control, limit, active
            )
            if not counts.settled and float(limit) < SHORTEST_SHARE * time_left:
                raise SimulationError(
                    "the balance of forces is not found, however short the step; the metal may be loaded beyond "
                    "what its flow law describes, or physics.fracture may be needed"
                )
            taken.update(solid=solid, measures=measures, counts=counts)
            return new, report._replace(settled=counts.settled)

        electro, row = self.electro.advance(state.electro, segment, elapsed, time_left, step)
        after = StressState(electro, taken["solid"], taken["measures"])
        return after, self.stress_row(row, after.measures, after.solid.energies, taken["counts"])

    def _coupled(
        self, state: StressState, control: Control, limit: Any, active: Any
    ) -> tuple[two_potential.State, Report, SolidState, Measures, Counts]:
        """One step, repeated until what stress and heat do to it stands still."""
        p, q = self.parameters, self.solid
        influence = self._influence(state.solid)
        passes = linear = 0
        for iteration in range(1, MOST_REPEATS + 1):  # noqa: B007
            new, report = two_potential.step(p, state.electro, control, limit, active, influence)
            limit = report.time_step  # repetitions are of the same step
            s = two_potential.surface_at(p, state.electro, active, influence)
            solid, went, measures = solid_step(p, q, state.electro, s, new, state.solid, report.time_step)
            passes, linear = passes + int(went.passes), linear + int(went.linear_iterations)
            following = self._influence(solid)
            settled = bool(went.converged)
            agreed = self.agree(influence, following, s.area_density, float(report.time_step))
            if not settled or not self.strong or agreed:
                break
            influence = following
        return new, report, solid, measures, Counts(settled, iteration, passes, linear)

    def _influence(self, solid: SolidState) -> two_potential.Influence:
        return influence_at(self.parameters, self.solid, solid, solid.damage, None)

    def shorted(self, row: dict[str, float]) -> bool:
        """Whether the front touches the counter electrode."""
        return self.electro.shorted(row)

    def fields(self, state: StressState) -> FieldMap:
        """Cell fields with unit and description."""
        return {**self.electro_fields(state.electro), **front_fields(self.solid, state.solid)}
