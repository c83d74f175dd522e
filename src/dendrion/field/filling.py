"""Metal in a crack of a ceramic: a filling far thinner than a cell, its pressure and its growth.

theta is metal volume per volume of a cell (times the cell size: the opening, tens of nm), d the damage, and

    g = (1 - k)(1 - d)² + k,  r = 1 - g                 what is left and what is lost of the ligament
    gamma = theta where filled, r e where open          crack strain along the normal n; ligament and metal
    act in parallel p = M (theta/r - e) >= 0                            pressure of the metal, dpsi/dtheta:
    its work appears nowhere else d(theta)/dt = (V_M/F) a i_n(phi - V - (V_M/F) p),   a = (2 d²/l) S((d -
    d_c)/(1 - d_c)), connected with the anode

with the strain e of `crack_band`. Two faces plate; d²/l integrates to one across a crack. Because p stands in
the affinity, metal is plated where the pressure is low and stripped where it is high: this carries it along
the crack and ends growth at p = F eta/V_M. Linearised, the law is that of a Maxwell element, eliminated cell
by cell within the step (explicit steps would have to be below 1 ms):

    theta = Theta - dt B c p,   Theta = theta_old + dt [A + B (phi - V)],   c = V_M/F
    p = M omega (Theta/r - e),  omega = 1/(1 + M c dt B/r)

Damage is driven by (M/2) max(e, theta/r, 0)² and the energy of sliding: metal that fills the crack goes on
breaking it. Kind: derived here; the ligament-and-metal law and its limits were found by trial (plane strain,
sparse direct solves).
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from dendrion.constants import FARADAY
from dendrion.field.crack_band import Band, normal_strain, shear_energy, without_sliding
from dendrion.field.kinetics import plating_current_density

SMALLEST_LOST = 1e-9
"""Floor of the lost share r in divisions [dimensionless]; there is no metal where r is that small."""

LARGEST_CHANGE = 0.15
"""Bound on the change of the overpotential about which the kinetics are linearised, from pass to pass [V]."""

HAND_OVER = 0.5
"""Filling above which a crack is open enough to be resolved by the grid, so that its metal is given to the
front [dimensionless]."""


class CrackFaces(NamedTuple):
    """Kinetics of the crack faces on cells: reaction area per volume [1/m], exchange current density [A/m²],
    equilibrium shift beside the pressure [V]; transfer coefficient [dimensionless], temperature [K], V_M
    [m³/mol]."""

    area_density: Array
    exchange_current_density: Array
    equilibrium_shift: Array
    charge_transfer_coefficient: Array
    temperature: Array
    molar_volume: Array

    @property
    def voltage_per_pressure(self) -> Array:
        """c = V_M/F [V/Pa]."""
        return self.molar_volume / FARADAY


class Growth(NamedTuple):
    """Linear growth within a step on cells: theta = offset + rate (phi - V) - rate c p. offset Theta_0 =
    theta_old + dt A [dimensionless], rate dt B [1/V], and whether all metal of the cell is stripped in this
    step (theta = 0)."""

    offset: Array
    rate: Array
    emptied: Array


class Elimination(NamedTuple):
    """What is left of the metal once theta is eliminated, all on cells.

    lost r and omega [dimensionless], in_contact (p > 0), opened d(gamma)/de = r (1 - omega) in contact and r
    in an open crack [dimensionless], wedged d(gamma)/d(Theta) = omega in contact and 0 in an open crack
    [dimensionless].
    """

    lost: Array
    omega: Array
    in_contact: Array
    opened: Array
    wedged: Array


def remaining_ligament(damage: Float[Array, "*cells"], residual: float | Array) -> Float[Array, "*cells"]:
    """g = (1 - k)(1 - d)² + k [dimensionless], k the ``residual`` stiffness."""
    return (1.0 - residual) * (1.0 - damage) ** 2 + residual


def reaction_area(
    damage: Float[Array, "*cells"], plane: Float[Array, "*cells"], threshold: float | Array
) -> Float[Array, "*cells"]:
    """Area of both crack faces per volume, 2 a_c S((d - d_c)/(1 - d_c)) with S(x) = x²(3 - 2x) [1/m].

    Args: damage d, area a_c of the crack plane per volume (`crack_plane.plane_density`) [1/m], damage d_c below which
    no metal gets in [dimensionless].
    """
    x = jnp.clip((damage - threshold) / (1.0 - threshold), 0.0, 1.0)
    return 2.0 * plane * x * x * (3.0 - 2.0 * x)


def linear_growth(
    faces: CrackFaces,
    overpotential: Float[Array, "*cells"],
    old_filling: Float[Array, "*cells"],
    emptied: Array,
    time_step: Array,
) -> Growth:
    """Tangent of the growth law at ``overpotential`` eta = phi - V - shift - c p [V].

    A cell with ``emptied`` gives up all of its metal in this step and nothing more: the current is then that
    of the metal it had, whatever the potential.
    """
    current, slope = plating_current_density(
        overpotential, faces.exchange_current_density, faces.charge_transfer_coefficient, faces.temperature
    )
    per_current = time_step * faces.voltage_per_pressure * faces.area_density
    rate = per_current * slope
    offset = per_current * (current - slope * (overpotential + faces.equilibrium_shift))
    return Growth(jnp.where(emptied, 0.0, old_filling + offset), jnp.where(emptied, 0.0, rate), emptied)


def eliminate(
    modulus: Float[Array, "*cells"],
    lost: Float[Array, "*cells"],
    rate: Float[Array, "*cells"],
    in_contact: Array,
    voltage_per_pressure: Array,
) -> Elimination:
    """omega and the derivatives of the crack strain; ``modulus`` M [Pa], ``rate`` dt B [1/V]."""
    omega = 1.0 / (1.0 + modulus * voltage_per_pressure * rate / jnp.maximum(lost, SMALLEST_LOST))
    return Elimination(
        lost,
        omega,
        in_contact,
        jnp.where(in_contact, lost * (1.0 - omega), lost),
        jnp.where(in_contact, omega, 0.0),
    )


def filled_stress(
    band: Band,
    intact_stress: Float[Array, "m ..."],
    elimination: Elimination,
    available: Float[Array, "*cells"],
) -> Float[Array, "m ..."]:
    """Stress of a cell whose crack holds metal [Pa]: sigma = C eps + sigma_0 - q gamma - sliding.

    ``available`` is Theta = offset + rate (phi - V) [dimensionless]; linear in (eps, Theta) for a given
    contact.
    """
    strain = normal_strain(band, intact_stress)
    opening = elimination.opened * strain + elimination.wedged * available
    return without_sliding(band, intact_stress, elimination.lost) - band.normal_stress * opening


def excess(
    elimination: Elimination, strain: Float[Array, "*cells"], available: Float[Array, "*cells"]
) -> Float[Array, "*cells"]:
    """Theta/r - e [dimensionless]: the crack is in contact with its metal (or its own other face) where it is
    positive."""
    return available / jnp.maximum(elimination.lost, SMALLEST_LOST) - strain


def metal_pressure(
    band: Band, elimination: Elimination, strain: Float[Array, "*cells"], available: Float[Array, "*cells"]
) -> Float[Array, "*cells"]:
    """p = M omega (Theta/r - e) in contact, else zero [Pa]."""
    return elimination.wedged * band.modulus * excess(elimination, strain, available)


def grown_filling(
    growth: Growth,
    potential: Float[Array, "*cells"],
    pressure: Float[Array, "*cells"],
    voltage_per_pressure: Array,
) -> Float[Array, "*cells"]:
    """theta at the end of the step from phi - V [V] and p [Pa]; may be negative where the crack runs
    empty."""
    return growth.offset + growth.rate * (potential - voltage_per_pressure * pressure)


def driving_energy(
    band: Band,
    intact_stress: Float[Array, "m ..."],
    lost: Float[Array, "*cells"],
    filling: Float[Array, "*cells"],
) -> Float[Array, "*cells"]:
    """(M/2) max(e, theta/r, 0)² plus the energy of sliding [J/m³]: -d(psi)/d(g) of the energy of ligament and
    metal."""
    strain = normal_strain(band, intact_stress)
    wedge = jnp.where(filling > 0.0, filling / jnp.maximum(lost, SMALLEST_LOST), 0.0)
    stretch = jnp.maximum(jnp.maximum(strain, wedge), 0.0)
    return 0.5 * band.modulus * stretch**2 + shear_energy(band, intact_stress)


def hand_over(
    filling: Float[Array, "*cells"],
    order_parameter: Float[Array, "*cells"],
    opening: Float[Array, "*cells"],
    beside: Array,
    swallowed: Array,
) -> tuple[Array, Array, Array]:
    """Give metal in cracks to the front: all of it in cells that the front has ``swallowed``, wide openings ``beside`` it.

    Where theta exceeds ``HAND_OVER`` in a cell that touches metal of the electrode the metal goes into xi: the front
    climbs into the mouth of the crack. Deeper down it waits: an island of one cell is no front. Metal theta + xi of every
    cell is the same before and after; what is more than the cell holds (xi above one) the front spreads to its
    neighbours.

    Args: theta, xi, crack strain gamma [dimensionless].
    Returns: theta, xi, and the crack strain that is to go on as a strain at which the cell is free of stress
    [dimensionless].
    """
    moved = jnp.where(swallowed | (beside & (filling > HAND_OVER)), filling, 0.0)
    return filling - moved, order_parameter + moved, jnp.where(swallowed, opening, moved)
