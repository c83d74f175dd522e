"""Edge cracks under the pressure F phi(x)/V_M: stress intensity by a weight function, the flaw that runs, and
the law of growth by mass (mechanics of a crack filled at K = K_c)."""

from __future__ import annotations

import math

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from scipy.optimize import brentq

from dendrion.field.charge import Control
from dendrion.field.filling_step import filling_step
from tests.filling_setup import (
    CONDUCTIVITY,
    PLANE_STRAIN,
    RESISTANCE,
    TOUGHNESS,
    VOLTAGE_PER_PRESSURE,
    edge_flaw,
    make_cell,
)

TOUGH = math.sqrt(PLANE_STRAIN * TOUGHNESS)
"""K_c [Pa √m]."""

FORM = 1.1215
"""Form factor of an edge crack under uniform pressure."""


def stress_intensity(pressure, length):
    """K [Pa √m] of an edge crack from 0 to ``length`` [m] under ``pressure(x)`` [Pa] (three-term weight
    function, 1 %)."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    angle = 0.25 * math.pi * (nodes + 1.0)
    x = length * np.sin(angle) ** 2  # takes the root singularity at the tip out
    s = 1.0 - x / length
    form = 1.0 + 0.6147 * s + 0.2502 * s * s
    root = 2.0 / np.sqrt(2.0 * math.pi * length) * 2.0 * np.sin(angle) * length
    return float(np.sum(0.25 * math.pi * weights * pressure(x) * form * root))


def equilibrium_pressure(x, current_density):
    """F/V_M (i R + i x/sigma) [Pa]: where metal in a crack neither plates nor dissolves."""
    return (current_density * RESISTANCE + current_density * x / CONDUCTIVITY) / VOLTAGE_PER_PRESSURE


def critical_flaw(current_density, factor=lambda length: 1.0, tough=TOUGH, between=(1e-7, 1e-3)):
    """Flaw [m] from which cracks run at ``current_density`` [A/m²]; ``factor`` is K of the box over K of a
    half plane."""
    return brentq(
        lambda a: factor(a) * stress_intensity(lambda x: equilibrium_pressure(x, current_density), a) - tough,
        *between,
    )


def uniform_pressure_volume(shape, size, length, pressure=100e6, **options):
    """Volume [m²] of an edge crack of ``length`` cells under uniform pressure in a box: metal at the
    potential c p."""
    flaw = edge_flaw(shape, length)
    parameters, state = make_cell(
        flaw, size, (0.0, 1.0), conductivity=1e3, electrode=False, toughness=6.2e6, **options
    )
    parameters = eqx.tree_at(lambda p: p.cracks.metal, parameters, jnp.array(flaw))
    state = state._replace(in_contact=jnp.array(flaw))
    control = Control(jnp.array(False), jnp.array(-VOLTAGE_PER_PRESSURE * pressure))
    for step in (1.0, 100.0):
        state, report = filling_step(parameters, state, control, step)
    assert bool(report.converged)
    return float(jnp.sum(state.filling)) * size**2


class BoxCompliance:
    """C(a) = V/p of an edge crack in a box from static solves of the same code; a counts from the wall to the
    tip of the flaw. C = a² times a square polynomial of a."""

    def __init__(self, shape, size, lengths, cells_per_length=2.0, **options):
        pressure, offset = 100e6, 0.67 * cells_per_length * size
        effective = np.array(lengths) * size + offset
        volumes = [
            uniform_pressure_volume(shape, size, n, pressure, cells_per_length=cells_per_length, **options)
            for n in lengths
        ]
        self.offset = offset
        self.fit = np.polynomial.Polynomial.fit(effective, np.array(volumes) / pressure / effective**2, 2)

    def compliance(self, a):
        return a**2 * self.fit(a)

    def slope(self, a):
        return 2.0 * a * self.fit(a) + a**2 * self.fit.deriv()(a)

    def factor(self, a):
        """K of the box over K of the half plane, both under uniform pressure, at the length a + offset."""
        return np.sqrt(0.5 * PLANE_STRAIN * self.slope(a)) / (FORM * np.sqrt(np.pi * a))

    def volume_at_toughness(self, a, toughness=TOUGHNESS):
        """V [m²] of a crack of effective length ``a`` that is about to run under uniform pressure."""
        return self.compliance(a) * np.sqrt(2.0 * toughness / self.slope(a))
