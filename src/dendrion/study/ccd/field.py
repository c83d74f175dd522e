"""The test on the field engine: one run a specimen, all steps of current as segments, until metal is through."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dendrion.errors import DepletionError, InputError, SimulationError
from dendrion.study.ccd.ladder import (
    HalfCycle,
    TestOutcome,
    failed_in,
    half_cycles,
    sentences,
    survived,
)
from dendrion.study.ccd.protocol import TestProtocol
from dendrion.study.plan import Axis, Plan

if TYPE_CHECKING:
    import numpy

    from dendrion.case import Case

MOST_POINTS = 4000
"""Points of a curve that are kept [dimensionless]."""

GROWN = 1.05
"""Growth of the cracks that makes a crack the mechanism of a failure [dimensionless]."""

USED_UP = "the salt is used up"
"""Reason of a failure by depletion that no time step could follow."""

LOST = 0.1
"""Share of the interface that touches below which lost contact is the mechanism [dimensionless]."""

DEPLETED = 0.02
"""Share of the salt left at the worst place that makes depletion the mechanism [dimensionless]."""


def ladder_case(case: Case, protocol: TestProtocol) -> Case:
    """The case with the whole test as its protocol; nothing but the test ends it."""
    return case.with_settings(
        {"protocol": sentences(protocol), "stop": {"short_circuit": True}, "output.frames": 0}
    )


def specimens(case: Case, flaws: numpy.ndarray | None, count: int, seed: int) -> tuple[Plan, list[str]]:
    """A plan of ``count`` specimens, and what the reader should know of it.

    Every specimen has its own seed (``numerics.seed``, and those of a random surface or microstructure) and, with
    ``flaws`` [m], its own length of the first crack of the case, or of one in the middle where the case has none.
    """
    notes: list[str] = []
    seeds = [str(seed + number) for number in range(count)]
    columns: list[tuple[str, list[str]]] = [("numerics.seed", seeds)]
    if case.initial.surface.kind == "random":
        columns.append(("initial.surface.seed", seeds))
    if isinstance(case.given.get("microstructure"), Mapping):
        columns.append(("microstructure.seed", seeds))
    if case.physics.heterogeneity is not None:
        columns.append(("physics.heterogeneity.seed", seeds))
    if flaws is not None and case.physics.engine == "contact":
        columns.append(("contact.flaw_length", _lengths(flaws)))
    elif flaws is not None and case.physics.fracture == "none":
        notes.append("the case has no fracture: flaws do nothing, specimens differ by their seeds alone")
    elif flaws is not None:
        columns.append(_flaw_column(case, flaws))
    axes = tuple(Axis(path, tuple(dict.fromkeys(values))) for path, values in columns)
    rows = tuple(zip(*(values for _, values in columns), strict=True))
    return Plan("random", axes, rows, seed), notes


def _flaw_column(case: Case, flaws: numpy.ndarray) -> tuple[str, list[str]]:
    lengths = _lengths(flaws)
    keys = {"notch": "length", "penny": "radius"}
    for place, flaw in enumerate(case.flaws):
        if flaw.kind in keys:
            return f"flaws[{place}].{keys[flaw.kind]}", lengths
    middle = ", ".join(f"{0.5 * size!r} m" for size in case.domain.size[1:])
    if not middle:
        raise InputError(
            "a flaw needs two dimensions", field="domain.size", hint="--flaws case, or a 2-D case"
        )
    return "flaws", [f"[{{kind: notch, at: [0 m, {middle}], length: {length}}}]" for length in lengths]


def _lengths(flaws: numpy.ndarray) -> list[str]:
    return [f"{float(f'{length:.6g}')!r} m" for length in flaws]


def evaluator(protocol: TestProtocol) -> Callable[[Any, Path | None], Mapping[str, Any]]:
    """What a sweep's workers do with each specimen."""
    return functools.partial(climb, protocol=protocol)


def climb(case: Case, folder: Path | None = None, *, protocol: TestProtocol) -> dict[str, Any]:
    """Leads one specimen up the ladder.

    Returns:
        the summary of the run, ``outcome`` numbers, and the curve of time, current and voltage as lists.

    Raises:
        SimulationError: no step could be accepted, before any failure.
    """
    from dendrion.runs.engines import simulation_of

    simulation = simulation_of(case)
    watch = _Watch(protocol)
    try:
        while not simulation.finished and watch.failing is None:
            watch.take(simulation.advance())
    except DepletionError:
        watch.fail(USED_UP)
    if simulation.status == "failed":
        raise SimulationError(f"{simulation.stop_reason} at t = {simulation.time:.6g} s")
    summary = simulation.summary()
    if watch.failing is None and getattr(simulation.model, "ended", None):
        watch.fail(simulation.stop_reason)
    if simulation.status == "shorted" and watch.failing is None:
        watch.fail("metal reached the counter electrode")
    reference = float(
        case.resolved()["materials"]["electrolyte"]["properties"].get("salt_concentration", {}).get("value")
        or 0.0
    )
    return {
        **summary, "status": "completed" if watch.failing is None else "shorted", "steps": watch.rows,
        "warnings": list(simulation.warnings), **watch.outcome(reference), **watch.curve(),
    }  # fmt: skip


class _Watch:
    """Looks for the failure row by row, as a cycler would."""

    def __init__(self, protocol: TestProtocol) -> None:
        self.protocol, self.cycles = protocol, list(half_cycles(protocol))
        self.failing: HalfCycle | None = None
        self.why = ""
        self.rows = 0
        self._stride = 2 if protocol.rest else 1
        self._place, self._largest = -1, 0.0
        self._first: dict[str, float] = {}
        self._row: dict[str, float] = {}
        self._points: list[tuple[float, float, float]] = []

    def take(self, row: dict[str, float]) -> None:
        """One accepted step of the engine."""
        self.rows += 1
        self._row, self._first = row, self._first or row
        self._points.append((row["time_s"], row["current_density_A_per_m2"], -row["cell_voltage_V"]))
        place = int(row["step_index"])
        if place % self._stride:
            return
        voltage, criterion = abs(row["cell_voltage_V"]), self.protocol.failure
        self._largest = max(voltage, self._largest) if place == self._place else voltage
        self._place = place
        if criterion.voltage is not None and voltage > criterion.voltage:
            self.fail(f"the voltage passed {criterion.voltage:g} V")
        elif (
            criterion.criterion == "voltage_drop"
            and voltage < (1.0 - (criterion.threshold or 1.0)) * self._largest
        ):
            self.fail("the voltage fell")

    def fail(self, why: str) -> None:
        """The specimen fails in the half-cycle under way."""
        self.failing, self.why = self.cycles[max(self._place, 0) // self._stride], why

    def outcome(self, salt: float) -> dict[str, Any]:
        """Numbers of the failure, None where there is none."""
        if self.failing is None:
            return {"failing_half_cycle": None, "failing_elapsed_s": None, "mechanism": None, "failure": None}
        elapsed = min(max(self._row["time_s"] - self.failing.start, 0.0), self.failing.duration)
        return {
            "failing_half_cycle": self.failing.number, "failing_elapsed_s": elapsed,
            "mechanism": self._mechanism(salt), "failure": self.why,
        }  # fmt: skip

    def _mechanism(self, salt: float) -> str:
        assert self.failing is not None
        before, now = (row.get("crack_length_m", 0.0) for row in (self._first, self._row))
        left = self._row.get("salt_concentration_min_mol_per_m3", math.nan)
        if self.why == USED_UP or (salt > 0.0 and left < DEPLETED * salt):
            return "depletion"
        if self._row.get("flaw_drive", 0.0) >= 1.0 or (now > GROWN * before and math.isfinite(now)):
            return "crack"
        if self._row.get("contact_fraction", 1.0) < LOST:
            return "void"
        return (
            "void"
            if self.failing.side == "stripping" and self.protocol.failure.voltage is not None
            else "growth"
        )

    def curve(self) -> dict[str, list[float]]:
        """Time [s], current density [A/m^2] and voltage [V] of the run, thinned."""
        stride = max(1, math.ceil(len(self._points) / MOST_POINTS))
        kept = self._points[::-1][::stride][::-1]
        names = ("curve_time_s", "curve_current_A_per_m2", "curve_voltage_V")
        return {name: [point[place] for point in kept] for place, name in enumerate(names)}


def outcome_of(
    protocol: TestProtocol, number: int, seed: int, flaw: float | None, summary: Mapping[str, Any]
) -> TestOutcome:
    """The outcome of a specimen from the summary of its run."""
    about: dict[str, Any] = {"specimen": f"specimen {number + 1}", "seed": seed + number, "flaw": flaw}
    if summary.get("failing_half_cycle") is None:
        return survived(protocol, **about)
    failing = next(one for one in half_cycles(protocol) if one.number == summary["failing_half_cycle"])
    return failed_in(
        protocol, failing, float(summary["failing_elapsed_s"]), mechanism=summary["mechanism"], note=summary.get("failure"),
        **about,
    )  # fmt: skip


def cost(case: Case, count: int, workers: int) -> tuple[float, float]:
    """Least and most time that a test will take [s], by the estimate of its case; most: no specimen fails early."""
    from dendrion.case.estimate import estimate

    one, rounds = estimate(case), math.ceil(count / max(workers, 1))
    return one["seconds_low"] * rounds, one["seconds_high"] * rounds
