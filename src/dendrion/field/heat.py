"""Heat: conduction with Joule, reaction and entropic sources.

    rho c_p dT/dt = div( k grad(T) ) + q
    q = -i_e . grad(phi)  +  a i_n ( phi - V - E_eq ) + a i_n T dE/dT,     i_e = -kappa grad(phi) + kappa_D grad(ln c)

The three sources are the heat of conduction in the electrolyte, irreversible heat of the reaction, and the
reversible (Peltier) heat of the plating electrode, which changes its sign with the current (Newman and
Thomas-Alyea, Electrochemical Systems, 3rd ed., chapter 11). phi is the potential of a metal reference electrode,
so ``-i_e . grad(phi)`` holds the ohmic heat ``i_e^2/kappa`` and the current times the diffusion potential: without
a heat of mixing the whole heat of a cell is current times polarisation but for the entropic term (Bernardi,
Pawlikowski and Newman 1985, DOI 10.1149/1.2113792), and a cell at rest gives none while its salt evens out. Each of the two ends x = 0 and x = L is held at a temperature,
insulated, or convective, ``-k dT/dn = H (T - T_ambient)``; lateral walls are insulated or periodic. Backward
Euler. Kind: published.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from dendrion.field.transport import Conductances, weighted_divergence
from dendrion.numerics.elliptic import build_hierarchy, solve
from dendrion.numerics.operators import closed_faces, face_conductance, face_gradient, take


class HeatWall(NamedTuple):
    """An end wall: heat transfer coefficient H [W/(m^2 K)] (0 insulates, infinity holds the temperature) and the
    temperature outside [K]."""

    transfer: Array
    temperature: Array


def wall_conductance(conductivity: Array, transfer: Array, spacing: Array | float) -> Array:
    """Conductance per cell volume from the first cell to the outside [W/(m^3 K)].

    Half a cell of conductivity k [W/(m K)] in series with the transfer coefficient [W/(m^2 K)].
    """
    resistance = 0.5 * spacing / conductivity + jnp.where(jnp.isinf(transfer), 0.0, 1.0 / transfer)
    return 1.0 / (resistance * spacing)


def heat_step(
    temperature: Float[Array, "*cells"],
    heat_capacity: Float[Array, "*cells"],
    conductivity: Float[Array, "*cells"],
    source: Float[Array, "*cells"],
    walls: tuple[HeatWall, HeatWall],
    time_step: Array,
    spacing: tuple[Array | float, ...],
    periodic: tuple[bool, ...],
    aspect: tuple[float, ...],
    tolerance: float = 1e-9,
) -> tuple[Array, Array]:
    """Temperature [K] after a step, and the linear iterations [dimensionless].

    Args: temperature [K], volumetric heat capacity rho c_p [J/(m^3 K)], conductivity [W/(m K)], source [W/m^3],
    the walls at x = 0 and x = L, time step [s], cell sizes [m]
    and their ratios [dimensionless].
    """
    faces = face_conductance(conductivity, spacing, periodic)
    lower = wall_conductance(conductivity[0], walls[0].transfer, spacing[0])
    upper = wall_conductance(conductivity[-1], walls[1].transfer, spacing[0])
    ends = jnp.zeros_like(temperature).at[0].add(lower).at[-1].add(upper)
    outside = jnp.zeros_like(temperature)
    outside = outside.at[0].add(lower * walls[0].temperature).at[-1].add(upper * walls[1].temperature)
    storage = heat_capacity / time_step
    hierarchy = build_hierarchy(faces, storage + ends, periodic, aspect)
    # Solved for the change, so that a body at rest stays at its temperature to round-off.
    change_source = source + outside - ends * temperature + weighted_divergence(faces, temperature, periodic)
    change, info = solve(hierarchy, change_source, jnp.zeros_like(temperature), tolerance, 60)
    return temperature + change, info.iterations


def conduction_heat(
    conductances: Conductances,
    potential: Float[Array, "*cells"],
    periodic: tuple[bool, ...],
    diffusional: tuple[tuple[Array, ...], Array] | None = None,
) -> Float[Array, "*cells"]:
    """Heat of conduction ``-i . grad(phi)`` [W/m^3]; ``kappa |grad(phi)|^2`` without a diffusion potential.

    Args: conductances of kappa [S/m^3], potential [V], axes' periodicity; with a diffusion potential the face
    conductances of kappa_D [A/m^3] and ln c [dimensionless]. Each face's heat is shared by its two cells and that
    of the half cell at the counter electrode goes to the last ones, so the total equals that of the discrete
    network exactly.
    """
    total = jnp.zeros_like(potential).at[-1].set(conductances.counter * potential[-1] ** 2)
    for axis, conductance in enumerate(conductances.faces):
        slope = face_gradient(potential, axis, 1.0, periodic[axis])
        heat = conductance * slope**2
        if diffusional is not None:
            faces, logarithm = diffusional
            heat = heat - faces[axis] * face_gradient(logarithm, axis, 1.0, periodic[axis]) * slope
        closed = closed_faces(heat, axis, periodic[axis])
        total += 0.5 * (take(closed, axis, 1, None) + take(closed, axis, 0, -1))
    return total
