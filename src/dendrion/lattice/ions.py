"""The averaged ions of a lattice and the overpotential that goes with them, once a step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.errors import SimulationError
from dendrion.lattice.compiled import COMPILE
from dendrion.lattice.properties import Properties
from dendrion.lattice.rates import touches_connected
from dendrion.lattice.sites import METAL, Frame, Lattice
from dendrion.lattice.transport import LARGEST_UPDATE, Array, Network, Solver

TOLERANCE = 1e-4
"""Relative residual of the linear solves, and imbalance of the current [dimensionless]."""

SETTLED = 1e-5
"""Newton update at which the potentials count as solved [V]."""

_NEWTON = 60
_LARGEST_EXPONENT = 60.0


@dataclass(frozen=True)
class Answer:
    """unknown: c/c_0 [dimensionless] or phi [V] of every site; eta: overpotential of the metal [V], positive plates;
    response: its slope with eta, where the next solve starts; held: whether the largest voltage is held instead of the
    current; iterations: of the linear solves."""

    unknown: Array
    response: Array
    eta: float
    held: bool
    iterations: int


@njit(**COMPILE)
def mark_front(frame: Frame, lattice: Lattice, mark: NDArray[np.bool_]) -> None:
    """Marks the sites of the electrolyte that touch connected metal."""
    for site in range(mark.size):
        mark[site] = (
            lattice.site[site] != METAL
            and lattice.bonds[site] > 0
            and touches_connected(frame, lattice, site)
        )


@njit(**COMPILE)
def carry_into_metal(frame: Frame, lattice: Lattice, values: Array) -> None:
    """Gives exposed metal the mean of the electrolyte beside it."""
    for site in range(values.size):
        if lattice.site[site] != METAL or lattice.bonds[site] == frame.faces:
            continue
        total, count = 0.0, 0
        for m in range(frame.faces):
            other = frame.links[site, m]
            if other >= 0 and lattice.site[other] != METAL:
                total += values[other]
                count += 1
        if count:
            values[site] = total / count


class Ions:
    """Solves for the ions between two updates of the metal (see ``transport`` for the equations)."""

    def __init__(self, frame: Frame, properties: Properties, compliance: float, reservoir: bool) -> None:
        self.frame, self.properties = frame, properties
        self.compliance, self.reservoir = compliance, reservoir
        self.solver = Solver(frame, TOLERANCE)
        self._mark = np.zeros(frame.links.shape[0], dtype=bool)
        self._response = np.zeros(frame.links.shape[0])

    def conductance(self, temperature: Array) -> Array:
        """Conductance of a site [1/s a unit of the unknown]: of salt D/l^2 x_0/(1 - t_plus), of charge sigma l/q."""
        p = self.properties
        if p.binary:
            diffusivity = p.claimed("electrolyte", "salt_diffusivity", temperature)
            return diffusivity / p.spacing**2 * p.filling / p.salt_share
        return p.claimed("electrolyte", "conductivity", temperature) * p.spacing / p.particle_charge

    def reaction(
        self, exchange: Array, temperature: Array, unknown: Array, eta: float
    ) -> tuple[Array, Array]:
        """Forward and backward rates C (with c/c_0 in it) and A of sites [1/s]."""
        p = self.properties
        f, alpha = FARADAY / (GAS_CONSTANT * temperature), p.charge_transfer_coefficient
        drive = f * (eta if p.binary else eta + unknown)
        drive = np.clip(drive, -_LARGEST_EXPONENT, _LARGEST_EXPONENT)
        forward = exchange * np.exp(alpha * drive)
        return forward * unknown if p.binary else forward, exchange * np.exp(-(1.0 - alpha) * drive)

    def solve(
        self, lattice: Lattice, exchange: Array, temperature: Array, conductance: Array, before: Array, response: Array,
        eta: float, current: float | None, duration: float,
    ) -> Answer:  # fmt: skip
        """Unknown at the end of a time [s], and eta [V]: solved for a total rate ``current`` [1/s], or given (None).

        Raises:
            SimulationError: no metal faces the electrolyte, or the iterations did not converge.
        """
        mark_front(self.frame, lattice, self._mark)
        front = np.flatnonzero(self._mark)
        if front.size == 0:
            raise SimulationError("no metal that is connected with the electrode faces the electrolyte")
        p, layer = self.properties, self.frame.layer
        binary = p.binary
        storage = p.filling / (p.salt_share * duration) if binary else 0.0
        far = 2.0 * float(conductance[-layer:].mean()) if self.reservoir or not binary else 0.0
        network = Network(conductance, far, storage)
        right = storage * before
        right[-layer:] += far * (1.0 if binary else 0.0)
        held, started = False, self.solver.iterations
        self._response = response
        v = before.copy()
        for _ in range(_NEWTON):
            given = right
            if binary and not self.reservoir:
                given = right.copy()
                given[-layer:] += self._total(exchange, temperature, v, eta, front, current) / layer
            wanted = None if held else current
            new, change = self._step(lattice, network, given, exchange, temperature, v, eta, front, wanted)
            settled = p.binary or float(np.abs(new - v).max()) < SETTLED
            v, eta = new, eta + change
            if current is not None and not held and eta >= self.compliance and current > 0.0:
                eta, held = self.compliance, True
                continue
            if settled and abs(change) < SETTLED:
                return Answer(v, self._response, eta, held, self.solver.iterations - started)
        raise SimulationError("the overpotential of the lattice did not converge")

    def _total(self, exchange: Array, temperature: Array, v: Array, eta: float, front: NDArray[np.int64], current: float | None) -> float:  # fmt: skip
        """What the counter electrode gives back [1/s]: the current, known or as it stands."""
        if current is not None:
            return current
        c, a = self.reaction(exchange[front], temperature[front], v[front], eta)
        return float((c - a).sum())

    def _step(
        self, lattice: Lattice, network: Network, right: Array, exchange: Array, temperature: Array, v: Array,
        eta: float, front: NDArray[np.int64], current: float | None,
    ) -> tuple[Array, float]:  # fmt: skip
        """One Newton step of the bordered system: the new unknown and the change of eta."""
        p = self.properties
        f, alpha = FARADAY / (GAS_CONSTANT * temperature[front]), p.charge_transfer_coefficient
        c, a = self.reaction(exchange[front], temperature[front], v[front], eta)
        with_eta = f * (alpha * c + (1.0 - alpha) * a)
        # Not c/u: where the salt is used up it would be 0/0.
        slope = (
            self.reaction(exchange[front], temperature[front], np.ones(front.size), eta)[0]
            if p.binary
            else with_eta
        )
        diagonal = np.full(v.size, network.storage)
        diagonal[front] += slope
        rest = right.copy()
        rest[front] += slope * v[front] - (c - a)
        new = self.solver.solve(lattice, network, diagonal, rest, v)
        if current is None:
            return self._physical(new), 0.0
        push = np.zeros(v.size)
        push[front] = -with_eta
        response = self.solver.solve(lattice, network, diagonal, push, self._response)
        self._response = response
        total = float((c - a + slope * (new[front] - v[front])).sum())
        gain = float((with_eta + slope * response[front]).sum())
        change = float(np.clip((current - total) / gain, -LARGEST_UPDATE, LARGEST_UPDATE))
        return self._physical(new + change * response), change

    def _physical(self, v: Array) -> Array:
        return np.maximum(v, 0.0) if self.properties.binary else v
