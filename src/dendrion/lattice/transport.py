"""What averaged ions do between two updates of the metal: salt by diffusion, or the ionic potential by Ohm's law.

Ions hop some 1e5 times for each particle that deposits, so the slow events see their mean (slow-scale stochastic
simulation, Cao, Gillespie & Petzold 2005, DOI 10.1063/1.1824902). In an electrolyte site, u = c/c_0:

    binary:     du/dt = div(D grad u) - (1 - t_plus) (C u - A)/x_0        x_0 = c_0 V_M
    single ion: 0 = l div(sigma grad phi) - q [C e^{alpha f phi} - A e^{-(1 - alpha) f phi}]/l^2 ...

both written as  sum_j g_ij (v_j - v_i) + g_0 (v_0 - v_i) - s(v_i) = (v_i - v_old)/dt, with the sink s only where the
site touches connected metal, and linearised in v (Newton). The overpotential eta is solved with it, so that the
sum of the net rates is the current (a bordered system). Derived here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dendrion.errors import SimulationError
from dendrion.lattice.compiled import COMPILE
from dendrion.lattice.sites import METAL, Frame, Lattice

LARGEST_UPDATE = 0.1
"""Bound on a Newton update of the overpotential [V]."""

ITERATIONS = 20_000
"""Most iterations of conjugate gradients [dimensionless]."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Network:
    """Conductances between sites: g_ij is the mean of ``conductance`` [1/s] at both; ``far`` [1/s] is the one from the
    last layer to the value beyond it, ``storage`` [1/s] that of time, 1/dt."""

    conductance: Array
    far: float
    storage: float


@njit(**COMPILE)
def apply(
    frame: Frame, lattice: Lattice, conductance: Array, far: float, diagonal: Array, v: Array, out: Array
) -> None:
    """out = (diagonal - network) v on the sites of the electrolyte, 0 on metal."""
    last = v.size - frame.layer
    for i in range(v.size):
        if lattice.site[i] == METAL:
            out[i] = 0.0
            continue
        total = diagonal[i] * v[i]
        for m in range(frame.faces):
            j = frame.links[i, m]
            if j >= 0 and lattice.site[j] != METAL:
                total += 0.5 * (conductance[i] + conductance[j]) * (v[i] - v[j])
        if i >= last:
            total += far * v[i]
        out[i] = total


@njit(**COMPILE)
def main_diagonal(
    frame: Frame, lattice: Lattice, conductance: Array, far: float, diagonal: Array, out: Array
) -> None:
    """Diagonal of the same operator; 1 on metal."""
    last = out.size - frame.layer
    for i in range(out.size):
        if lattice.site[i] == METAL:
            out[i] = 1.0
            continue
        total = diagonal[i]
        for m in range(frame.faces):
            j = frame.links[i, m]
            if j >= 0 and lattice.site[j] != METAL:
                total += 0.5 * (conductance[i] + conductance[j])
        if i >= last:
            total += far
        out[i] = total if total > 0.0 else 1.0


@njit(**COMPILE)
def iterate(
    frame: Frame, lattice: Lattice, conductance: Array, far: float, diagonal: Array, right: Array, v: Array,
    work: Array, tolerance: float, most: int,
) -> int:  # fmt: skip
    """Conjugate gradients with the diagonal as preconditioner on ``v`` in place; ``work``: shape [4, sites].

    Returns the iterations; ends when the preconditioned residual is below ``tolerance`` times the right-hand side's.
    """
    r, p, q, d = work[0], work[1], work[2], work[3]
    main_diagonal(frame, lattice, conductance, far, diagonal, d)
    apply(frame, lattice, conductance, far, diagonal, v, q)
    square, reference = 0.0, 0.0
    for i in range(v.size):
        if lattice.site[i] == METAL:
            r[i], p[i] = 0.0, 0.0
            continue
        r[i] = right[i] - q[i]
        p[i] = r[i] / d[i]
        square += r[i] * p[i]
        reference += right[i] * right[i] / d[i]
    bound = tolerance * tolerance * reference
    for n in range(most):
        if square <= bound:
            return n
        apply(frame, lattice, conductance, far, diagonal, p, q)
        slope = 0.0
        for i in range(v.size):
            slope += p[i] * q[i]
        length = square / slope
        new = 0.0
        for i in range(v.size):
            v[i] += length * p[i]
            r[i] -= length * q[i]
            new += r[i] * r[i] / d[i]
        for i in range(v.size):
            p[i] = r[i] / d[i] + new / square * p[i]
        square = new
    return most


@dataclass
class Sink:
    """Reaction of the sites at the front: rate [1/s], and its slopes with the unknown and with eta [1/s, 1/(V s)]."""

    value: Array
    with_unknown: Array
    with_eta: Array


class Solver:
    """Solves for the unknown of every site and, if asked, for the overpotential that makes the rates sum up.

    Raises:
        SimulationError: conjugate gradients did not converge.
    """

    def __init__(self, frame: Frame, tolerance: float) -> None:
        self.frame, self.tolerance = frame, tolerance
        self._work = np.empty((4, frame.links.shape[0]))
        self.iterations = 0

    def solve(self, lattice: Lattice, network: Network, diagonal: Array, right: Array, start: Array) -> Array:
        """The solution of one linear system from a first guess; all shape [sites]."""
        v = start.copy()
        count = iterate(
            self.frame, lattice, network.conductance, network.far, diagonal, right, v, self._work,
            self.tolerance, ITERATIONS,
        )  # fmt: skip
        if count >= ITERATIONS:
            raise SimulationError("the transport of ions in the lattice did not converge")
        self.iterations += count
        return v
