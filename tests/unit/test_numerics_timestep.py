"""Step controller and the clipping of steps to events."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dendrion.errors import InputError
from dendrion.numerics.timestep import StepController, clipped_step

CONTROLLER = StepController(smallest=1e-6, largest=10.0, order=2.0)


def test_converges_to_the_step_whose_error_is_the_aim():
    step, previous = 1e-3, None
    for _ in range(60):
        error = 4.0 * step**2
        accepted = CONTROLLER.accepts(error)
        step, previous = CONTROLLER.next_step(step, error, previous), error if accepted else previous
    assert 4.0 * step**2 == pytest.approx(0.9, rel=0.05)


@given(step=st.floats(1e-6, 10.0), error=st.floats(0.0, 1e6), previous=st.none() | st.floats(0.0, 1.0))
def test_next_step_stays_within_limits(step, error, previous):
    following = CONTROLLER.next_step(step, error, previous)
    assert CONTROLLER.smallest <= following <= CONTROLLER.largest
    assert following <= CONTROLLER.growth * step * (1.0 + 1e-12)
    if not CONTROLLER.accepts(error) and step > 2e-6:
        assert following < step


def test_a_step_that_failed_is_rejected_and_cut():
    for error in (math.nan, math.inf):
        assert not CONTROLLER.accepts(error)
        assert CONTROLLER.next_step(1.0, error) == pytest.approx(0.2)
    assert CONTROLLER.exhausted(1e-6) and not CONTROLLER.exhausted(2e-6)


def test_clipped_steps_meet_the_end_exactly_without_slivers():
    time, steps = 0.0, []
    while time < 1.0:
        steps.append(clipped_step(time, 0.3, 1.0))
        time = 1.0 if steps[-1] == 1.0 - time else time + steps[-1]
    assert sum(steps) == pytest.approx(1.0, rel=1e-15)
    assert min(steps) > 0.15 and len(steps) == 4


@pytest.mark.parametrize(
    "settings",
    [
        {"smallest": 0.0, "largest": 1.0},
        {"smallest": 2.0, "largest": 1.0},
        {"smallest": 0.1, "largest": 1.0, "growth": 0.9},
    ],
)
def test_contradictory_limits_are_refused(settings):
    with pytest.raises(InputError):
        StepController(**settings)
