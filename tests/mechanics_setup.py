"""Fronts, stiffnesses and compiled solves shared by the tests of metal under stress. SI throughout."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np

import dendrion.field
from dendrion.field.creep import Creep
from dendrion.field.curvature import outward_normals
from dendrion.field.electrolyte_response import elastic_solid
from dendrion.field.flow_claims import creep_law
from dendrion.field.growth_strain import metal_volume_fraction
from dendrion.field.mandel import deviatoric_projector, identity
from dendrion.field.mechanical_equilibrium import Grid, Memory, MetalPhase, solve_equilibrium
from dendrion.materials import material

assert dendrion.field.backend  # switches float64 on

BULK, SHEAR = 11.1e9, 2.83e9
YOUNG, POISSON = 150e9, 0.26
ROOM = 298.15
equilibrium = jax.jit(solve_equilibrium, static_argnames=("grid",))


def isotropic(young, poisson, components):
    """Stiffness of an isotropic solid in Mandel notation, (m, m) [Pa]."""
    unit = identity(components)
    bulk, shear = young / 3.0 / (1.0 - 2.0 * poisson), young / 2.0 / (1.0 + poisson)
    return bulk * np.outer(unit, unit) + 2.0 * shear * deviatoric_projector(components)


def ceramic(cells, young=YOUNG):
    """An elastic electrolyte of one stiffness."""
    components = 4 if len(cells) == 2 else 6
    stiffness = isotropic(young, POISSON, components).reshape(components, components, *(1,) * len(cells))
    return elastic_solid(
        jnp.broadcast_to(jnp.asarray(stiffness), (components, components, *cells)),
        jnp.zeros((components, *cells)),
    )


def metal(cells, law: Creep | None = None, growth=None):
    """Lithium at room temperature."""
    components = 4 if len(cells) == 2 else 6
    free = jnp.zeros((components, *cells)) if growth is None else growth
    law = creep_law(material("Li")) if law is None else law
    return MetalPhase(law, jnp.asarray(BULK), jnp.asarray(SHEAR), jnp.full(cells, ROOM), free)


def at_rest(cells, periodic):
    """Memory of a body that has never been loaded."""
    components = 4 if len(cells) == 2 else 6
    nodes = [n if wraps else n + 1 for n, wraps in zip(cells, periodic, strict=True)]
    zero = jnp.zeros(cells)
    return Memory(jnp.zeros((len(cells), *nodes)), zero, jnp.zeros((components, *cells)), zero)


def wave_distance(x, y, place, amplitude, wavenumber):
    """Distance from the curve x = place + amplitude cos(wavenumber y), positive beyond it [m]."""
    foot = y.copy()
    reach = 0.4 * math.pi / wavenumber
    for _ in range(60):
        curve = place + amplitude * np.cos(wavenumber * foot)
        slope = -amplitude * wavenumber * np.sin(wavenumber * foot)
        bend = -amplitude * wavenumber**2 * np.cos(wavenumber * foot)
        error = (foot - y) + (curve - x) * slope
        change = 1.0 + slope**2 + (curve - x) * bend
        foot -= 0.7 * np.clip(error / np.where(np.abs(change) > 0.3, change, 1.0), -reach, reach)
    curve = place + amplitude * np.cos(wavenumber * foot)
    return np.sign(x - place - amplitude * np.cos(wavenumber * y)) * np.hypot(foot - y, curve - x)


class Front:
    """A diffuse front of ``width`` [m] at a signed distance, and the sharp fractions that it says."""

    def __init__(self, distance, width, grid: Grid):
        self.order_parameter = jnp.asarray(0.5 * (1.0 - np.tanh(distance / width)))
        self.width, self.grid = width, grid
        self.normals = outward_normals(self.order_parameter, grid.spacing, grid.periodic)
        self.fraction = metal_volume_fraction(self.order_parameter, width, self.normals, grid.spacing)


def half_wave(cells_per_wave, slope, wavelength=10e-6, width=1.8):
    """Half a wave of metal against electrolyte between mirror planes, its first peak at y = 0: the front, its grid and
    the wave number [1/m]. 0.75 wavelengths of metal, 1.25 of electrolyte; ``width`` in cells."""
    size, wavenumber = wavelength / cells_per_wave, 2.0 * math.pi / wavelength
    grid = Grid((2 * cells_per_wave, cells_per_wave // 2), (size, size), (False, False))
    x, y = np.meshgrid(*[(np.arange(n) + 0.5) * size for n in grid.cells], indexing="ij")
    distance = wave_distance(x, y, 0.75 * wavelength, slope / wavenumber, wavenumber)
    return Front(distance, width * size, grid), grid, wavenumber
