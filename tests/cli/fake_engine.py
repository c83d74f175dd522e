"""A small growing field with the interface of the field engine, for tests of what stands above it.

Solidification into an undercooled liquid: explicit, deterministic from its state, cheap enough for tests
and branched enough for pictures. The numbers have no physical meaning.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from dendrion.errors import SimulationError

CELL = 0.5e-6  # [m]
STEP = 1.0  # [s]
COLUMNS = {
    "time_s": ("s", "simulated time"),
    "cell_voltage_V": ("V", "potential of the plating electrode against the counter electrode"),
    "overpotential_V": ("V", "polarisation of the cell, positive while plating"),
    "current_density_A_per_m2": ("A/m^2", "mean current density, positive while plating"),
    "tip_position_m": ("m", "furthest metal from the plating electrode"),
    "roughness_m": ("m", "standard deviation of the front's position"),
    "charge_C_per_m2": ("C/m^2", "charge passed"),
    "step_index": ("1", "protocol step"),
}


@dataclass
class FakeCase:
    """What the runner needs of a case."""

    cells: tuple[int, ...] = (24, 16)
    steps: int = 12
    title: str = "Fake growth"
    frames: int = 4
    fields: tuple[str, ...] | None = None
    seed: int = 1
    extra: dict = field(default_factory=dict)

    @property
    def output(self):
        return SimpleNamespace(frames=self.frames, history_every=1, fields=self.fields)

    @property
    def numerics(self):
        return SimpleNamespace(seed=self.seed)

    def to_yaml(self) -> str:
        return f"title: {self.title}\n"

    def resolved(self) -> dict:
        claim = {"value": 1e-4, "unit": "S/m", "tag": "measured", "doi": "10.1000/example", "default": True}
        return {
            "case": {
                "title": self.title,
                "domain": {"cells": list(self.cells), "size": [n * CELL for n in self.cells]},
                "protocol": {"steps": self.steps},
                "numerics": {"seed": self.seed},
            },
            "materials": {"electrolyte": {"properties": {"conductivity": claim}}},
            **self.extra,
        }


class FakeSimulation:
    """Metal growing from x = 0; ``mode`` picks how it ends: completes, shorts, "nan", "raises"."""

    history_columns = COLUMNS
    compile_time = 0.25

    def __init__(self, case, mode: str = "", fail_at: int = 6) -> None:
        self.case, self.mode, self.fail_at = case, mode, fail_at
        shape = tuple(case.cells)
        self.grid = SimpleNamespace(shape=shape, spacing=(CELL,) * len(shape), periodic=(False,) * len(shape))
        x = np.arange(shape[0]).reshape(-1, *[1] * (len(shape) - 1))
        start = 3 + np.random.default_rng(case.seed).random(shape[1:])
        self._phase = 0.5 * (1 - np.tanh((x - start) / 1.5))
        self._heat = np.zeros(shape)
        self._steps, self.status, self.stop_reason, self.warnings = 0, "running", "", []

    @property
    def time(self) -> float:
        return self._steps * STEP

    @property
    def total_time(self) -> float:
        return self.case.steps * STEP

    @property
    def finished(self) -> bool:
        return self.status != "running"

    def progress(self) -> float:
        return self.time / self.total_time

    def advance(self) -> dict[str, float]:
        for _ in range(10):
            self._update()
        self._steps += 1
        if self._steps == self.fail_at and self.mode == "nan":
            self._phase[2, 2] = np.nan
        if self._steps == self.fail_at and self.mode == "raises":
            self.status = "failed"
            raise SimulationError("the potential did not converge (residual 3e-2 after 200 iterations)")
        if self._steps == 3:
            self.warnings.append("the interface is thin")
        row = self._row()
        if row["tip_position_m"] > (self.grid.shape[0] - 3) * CELL:
            self.status, self.stop_reason = "shorted", "metal reaches the counter electrode"
        elif self._steps >= self.case.steps:
            self.status, self.stop_reason = "completed", "end of the protocol"
        return row

    def _update(self) -> None:
        h, sharpness, latent = 0.03, 0.012, 1.7
        dt = 4e-4 / self._phase.ndim * 0.7
        phase, heat = self._phase, self._heat
        drive = 0.9 / np.pi * np.arctan(10 * (1 - heat))
        change = sharpness**2 * _laplacian(phase) / h**2 + phase * (1 - phase) * (phase - 0.5 + drive)
        rate = change / 3e-4
        self._heat = heat + dt * (_laplacian(heat) / h**2 + latent * rate)
        self._phase = phase + dt * rate

    def _row(self) -> dict[str, float]:
        front = self._phase.sum(axis=0) * CELL
        metal = np.nonzero((self._phase > 0.5).any(axis=tuple(range(1, self._phase.ndim))))[0]
        tip = (metal[-1] + 1) * CELL if metal.size else 0.0
        overpotential = 0.05 + 0.02 * np.exp(-self.time / 5) + 0.02 * tip / (self.grid.shape[0] * CELL)
        return {
            "time_s": self.time,
            "cell_voltage_V": -overpotential,
            "overpotential_V": overpotential,
            "current_density_A_per_m2": 10.0,
            "tip_position_m": tip,
            "roughness_m": float(np.std(front)),
            "charge_C_per_m2": 10.0 * self.time,
            "step_index": float(self.time > 0.6 * self.total_time),
        }

    def fields(self) -> dict:
        return {
            "order_parameter": (self._phase, "1", "1 in metal, 0 in electrolyte"),
            "electrolyte_potential": (-0.08 * (1 - 0.9 * self._heat), "V", "potential of the electrolyte"),
            "salt_concentration": (1000 * (1.3 - self._heat), "mol/m^3", "salt in the electrolyte"),
            "temperature": (np.full(self.grid.shape, 363.15), "K", "temperature"),
        }

    def summary(self) -> dict:
        row = self._row()
        return {
            "status": self.status,
            "stop_reason": self.stop_reason,
            "time_s": self.time,
            "charge_C_per_m2": row["charge_C_per_m2"],
            "faraday_error": 2e-5,
            "short_circuit": self.status == "shorted",
            "short_time_s": self.time if self.status == "shorted" else None,
            "tip_position_m": row["tip_position_m"],
            "tip_velocity_m_per_s": 1e-9,
            "cell_voltage_V": row["cell_voltage_V"],
            "overpotential_V": row["overpotential_V"],
            "temperature_max_K": 363.15,
            "current_peak_to_valley": 1.5,
            "steps": self._steps,
            "warnings": list(self.warnings),
        }

    def checkpoint(self) -> dict:
        return {
            "phase": self._phase,
            "heat": self._heat,
            "steps": self._steps,
            "status": self.status,
            "stop_reason": self.stop_reason,
            "warnings": json.dumps(self.warnings),
            "time": self.time,
        }

    def restore(self, state: dict) -> None:
        self._phase, self._heat = np.array(state["phase"]), np.array(state["heat"])
        self._steps, self.status, self.stop_reason = state["steps"], state["status"], state["stop_reason"]
        self.warnings = json.loads(state["warnings"])


def _laplacian(values: np.ndarray) -> np.ndarray:
    padded = np.pad(values, 1, mode="edge")
    total = np.zeros_like(values)
    inner = (slice(1, -1),) * values.ndim
    for axis in range(values.ndim):
        for shift in (slice(0, -2), slice(2, None)):
            window = list(inner)
            window[axis] = shift
            total = total + padded[tuple(window)] - values
    return total
