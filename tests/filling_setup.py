"""Cells with a flaw for the tests and benchmarks of metal in cracks; lithium in LLZO with the numbers of the
trial that found the formulation (E 150 GPa, nu 0.26, G_c 6.2 J/m², sigma 0.05 S/m, R_ct 1e-5 Ω m²)."""

from __future__ import annotations

import math

import jax.numpy as jnp
import numpy as np

import dendrion.field.backend  # noqa: F401
from dendrion.constants import FARADAY, GAS_CONSTANT
from dendrion.field.charge import Control
from dendrion.field.damage import build_damage
from dendrion.field.filling_charge import Front
from dendrion.field.filling_step import initial_state
from dendrion.field.filling_system import Body, Cracks, FillingParameters, Numerics
from dendrion.field.transport import conductances

YOUNG, POISSON, TOUGHNESS = 150e9, 0.26, 6.2
PLANE_STRAIN = YOUNG / (1.0 - POISSON**2)
MOLAR_VOLUME, TEMPERATURE = 12.97e-6, 298.15
VOLTAGE_PER_PRESSURE = MOLAR_VOLUME / FARADAY
CONDUCTIVITY, RESISTANCE = 0.05, 1e-5


def isotropic(dimensions, young=YOUNG, poisson=POISSON):
    """In-plane (plane strain) or 3-D Mandel stiffness of one cell [Pa]."""
    shear = young / (2.0 * (1.0 + poisson))
    lame = young * poisson / ((1.0 + poisson) * (1.0 - 2.0 * poisson))
    size = 3 if dimensions == 2 else 6
    matrix = 2.0 * shear * np.eye(size)
    matrix[:dimensions, :dimensions] += lame
    return matrix


CONFINED = ((0, True), (1, False), (1, True))
FREE_SIDES = ((0, True),)
"""Walls held along their normal. With the back held and free sides a box of twice the width is a strip with
two edge cracks, whose K is that of the half plane within 1.5 % up to a third of its width."""


def rollers(nodes, sides):
    """Flags of prescribed displacements: the normal component on each (axis, upper) wall of ``sides``, and
    one node of the back wall along axes that are free on both sides."""
    fixed = np.zeros((len(nodes), *nodes), bool)
    for axis, upper in sides:
        index = [slice(None)] * len(nodes)
        index[axis] = -1 if upper else 0
        fixed[(axis, *index)] = True
    for axis in range(1, len(nodes)):
        if not any(side[0] == axis for side in sides):
            fixed[(axis, -1, *(n // 2 for n in nodes[1:]))] = True
    return fixed


def make_cell(
    flaw,
    size,
    normal,
    *,
    cells_per_length=2.0,
    gate=0.26,
    conductivity=CONDUCTIVITY,
    resistance=RESISTANCE,
    toughness=TOUGHNESS,
    passes=60,
    tolerance=1e-6,
    relaxation=1.6,
    sides=CONFINED,
    electrode=True,
    anode_wall=True,
    linear=False,
):
    """Parameters and first state of a cell between an anode wall x = 0 and a counter electrode.

    Args: cells broken from the start; cell size [m], the same along every axis; unit normal of the flaw.
    """
    shape = flaw.shape
    dimensions = len(shape)
    periodic = (False,) * dimensions
    spacing = (size,) * dimensions
    nodes = tuple(n + 1 for n in shape)
    matrix = isotropic(dimensions).reshape(*([3 if dimensions == 2 else 6] * 2), *(1,) * dimensions)
    ones = np.ones(shape)
    if dimensions == 3:
        sides = (*sides, (2, False), (2, True))  # plane strain along the front of a straight crack
    body = Body(
        jnp.array(matrix * ones),
        jnp.zeros((matrix.shape[0], *shape)),
        jnp.zeros((dimensions, *nodes)),
        jnp.array(rollers(nodes, sides)),
    )
    ones = jnp.array(ones)
    # A huge temperature makes Butler-Volmer linear; the exchange current keeps the resistance.
    temperature = TEMPERATURE * (1e4 if linear else 1.0)
    exchange = GAS_CONSTANT * temperature / (FARADAY * resistance)
    wall = jnp.zeros(shape).at[0].set(1.0 / size if anode_wall and electrode else 0.0)
    front = Front(
        wall,
        exchange * ones,
        0.0 * ones,
        jnp.array(0.5),
        temperature * ones,
        0.5 * size / conductivity * ones,
    )
    cracks = Cracks(
        exchange * ones,
        0.0 * ones,
        jnp.array(0.5),
        temperature * ones,
        jnp.array(MOLAR_VOLUME),
        ones,
        jnp.zeros(shape, bool),
        jnp.array(gate),
        jnp.array(1e-6),
    )
    damage = build_damage(
        toughness * ones, cells_per_length * size, spacing, periodic, "at2", held=jnp.array(flaw)
    )
    numerics = Numerics(*(jnp.array(v) for v in (tolerance, 1e-3, 1e-4, passes, relaxation)))
    parameters = FillingParameters(
        periodic,
        spacing,
        anode_wall,
        max(1, round(cells_per_length)),
        body,
        conductances(ones, conductivity * ones, spacing, periodic),
        front,
        cracks,
        damage,
        numerics,
    )
    direction = jnp.array(normal).reshape(dimensions, *(1,) * dimensions) * ones
    return parameters, initial_state(parameters, direction)


def edge_flaw(shape, length):
    """A row of cells from the wall x = 0 into the middle of the cell, ``length`` cells long."""
    flaw = np.zeros(shape, bool)
    index = (slice(0, length), shape[1] // 2)
    flaw[index] = True
    return flaw


def galvanostatic(current_density):
    return Control(jnp.array(True), jnp.array(float(current_density)))


def metal_in_cracks(parameters, state):
    """Charge of the metal in the cracks over the cross-section [C/m²]."""
    volume = math.prod(parameters.spacing)
    area = state.filling[0].size * volume / parameters.spacing[0]
    return float(jnp.sum(state.filling)) * volume / VOLTAGE_PER_PRESSURE / area
