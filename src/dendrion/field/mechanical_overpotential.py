"""Kinetics and conduction under stress: the mechanical overpotential with both of its terms.

    eta_m = (V_+ p - V_M t_n)/F,   p = -tr(sigma)/3 in the electrolyte,   t_n = -n.sigma.n in the metal

V_+ is the partial molar volume of the cation in the electrolyte, V_M the molar volume of the metal. Compressing the
metal hinders plating, compressing the electrolyte promotes it; one term alone has the wrong sign in one of the two.
eta_m > 0 drives plating: the equilibrium potential of the electrode shifts by -eta_m. Within the diffuse front the
stress is that of a mixture, so both are sampled outside of it and carried along the normal (`carried_to_front`).
This overpotential *is* the mechanical work of the reaction: a front that is also driven by the work of its growth
strain would count it twice; a run's `energy_error` shows it (`stressed_model.UNACCOUNTED`).

Conduction: kappa + (d kappa/d sigma_h) sigma_h where a claim gives the slope (DOI 10.1103/4783-dkt8: 9e-10 S/(m Pa)).
Kind: published (Larché–Cahn potentials); sampling derived here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

import jax.numpy as jnp
from jaxtyping import Array, Float

from dendrion.constants import FARADAY
from dendrion.errors import InputError
from dendrion.field.growth_strain import normal_dyad
from dendrion.field.mandel import mean_stress
from dendrion.field.properties import number
from dendrion.materials import Material
from dendrion.numerics.operators import mirrored, take

PURE = 0.05
"""Share of the other phase up to which a cell counts as lying outside the diffuse zone [dimensionless]."""

SOUND = 0.3
"""Share of a sample's interpolation weights that must lie in cells of its own phase [dimensionless]."""

LARGEST_CHANGE = 0.5
"""Bound on the relative change of the conductivity by stress [dimensionless]: its slope is known for tens of
megapascals, and linear extrapolation to gigapascals would make it negative."""


def cation_molar_volume(electrolyte: Material, label: str | None = None) -> Array:
    """V_+ of an electrolyte [m^3/mol], the least known number of the coupling: it has no default.

    Raises:
        InputError: the electrolyte has no claim of it.
    """
    if not electrolyte.claims("partial_molar_volume"):
        raise InputError(
            "stress acts on the kinetics only with the partial molar volume of the cation, and there is no claim of it",
            field=f"{electrolyte.name}.partial_molar_volume",
            allowed="0 (rigid lattice) to the molar volume of the metal in ceramics; about 1.5e-4 m^3/mol in polymers",
            hint="materials: {electrolyte: {partial_molar_volume: 3.5e-6 m^3/mol}}, and its sensitivity",
        )
    return number(electrolyte.claim("partial_molar_volume", label).value)


def conductivity_stress_slope(electrolyte: Material) -> Array:
    """d kappa/d sigma_h of an electrolyte [S/(m Pa)]; zero where it has no claim."""
    claims = electrolyte.claims("conductivity_stress_slope")
    return number(claims[0].value if claims else 0.0)


def mechanical_overpotential(
    electrolyte_pressure: Array, normal_pressure: Array, cation_volume: Array, metal_volume: Array
) -> Array:
    """(V_+ p - V_M t_n)/F [V].

    Args: pressure in the electrolyte [Pa]; compressive normal traction of the metal [Pa]; partial molar volume of the
    cation [m^3/mol]; molar volume of the metal [m^3/mol].
    """
    return (cation_volume * electrolyte_pressure - metal_volume * normal_pressure) / FARADAY


def stressed_conductivity(conductivity: Array, slope: Array, mean_stress: Array) -> Array:
    """kappa + slope sigma_h [S/m], from the conductivity [S/m], its slope [S/(m Pa)] and the mean stress of the
    electrolyte [Pa, tension positive]; the change is bounded to half of the conductivity."""
    change = slope * mean_stress / conductivity
    return conductivity * (1.0 + jnp.clip(change, -LARGEST_CHANGE, LARGEST_CHANGE))


def smoothed(values: Array, weight: Float[Array, "*cells"], periodic: Sequence[bool]) -> Array:
    """Mean over two cells along every axis, (1 2 1)/4, among the cells that have weight [unit of the values].

    Args: values (k, *cells); weight of each cell [dimensionless]; one flag an axis. Cells without a weighted neighbour
    keep their value.
    """

    def blur(array: Array) -> Array:
        for axis, wraps in enumerate(periodic):
            along = axis + array.ndim - len(periodic)
            ghosted = mirrored(array, along, wraps)
            lower, upper = take(ghosted, along, 0, -2), take(ghosted, along, 2, None)
            array = 0.5 * array + 0.25 * (lower + upper)
        return array

    total = blur(weight)
    return jnp.where(total > 0.0, blur(values * weight) / jnp.where(total > 0.0, total, 1.0), values)


def _interpolated(values: Array, places: Sequence[Array], periodic: Sequence[bool]) -> Array:
    """Multilinear interpolation of (k, *cells) at places counted in cells; walls hold the value of the last cell."""
    shape = values.shape[1:]
    corners = []
    for place, size, wraps in zip(places, shape, periodic, strict=True):
        bounded = place if wraps else jnp.clip(place, 0.0, size - 1.0)
        below = jnp.floor(bounded)
        index = below.astype(jnp.int32)
        pair = (index % size, (index + 1) % size) if wraps else (index, jnp.minimum(index + 1, size - 1))
        share = bounded - below
        corners.append(((pair[0], 1.0 - share), (pair[1], share)))
    total = jnp.zeros((values.shape[0], *places[0].shape))
    for corner in product(*corners):
        weight = math.prod(share for _, share in corner)
        total = total + weight * values[(slice(None), *(index for index, _ in corner))]
    return total


def carried_to_front(
    values: Array,
    inside: Float[Array, "*cells"],
    distance: Float[Array, "*cells"],
    direction: Sequence[Array],
    depths: tuple[Array, Array],
    spacing: Sequence[Array],
    periodic: Sequence[bool],
) -> Array:
    """Values of one phase at the front, from two samples outside the diffuse zone [unit of the values].

    On the normal through every cell the phase is sampled at two depths s_1 < s_2 from the front and continued
    linearly to the front itself. A sample of which too little lies in the phase is not used; where none is left (a
    thin filament), the cell keeps its own value.

    Args: values (k, *cells) of the phase; 1 in the cells of the pure phase, else 0; distance of the cell from the front
    *into* the phase [m]; components of the unit vector into the phase; depths s_1, s_2 [m]; cell sizes [m]; one flag
    an axis.
    """
    cells = jnp.meshgrid(*[jnp.arange(n, dtype=values.dtype) for n in inside.shape], indexing="ij")
    weighted = jnp.concatenate([values * inside, inside[None]])
    samples, sound = [], []
    for depth in depths:
        places = [
            cell + (depth - distance) * n / h for cell, n, h in zip(cells, direction, spacing, strict=True)
        ]
        sampled = _interpolated(weighted, places, periodic)
        share = sampled[-1]
        samples.append(sampled[:-1] / jnp.where(share > 0.0, share, 1.0))
        sound.append(share >= SOUND)
    near, far = samples
    continued = near + (near - far) * depths[0] / (depths[1] - depths[0])
    one = jnp.where(sound[0], near, jnp.where(sound[1], far, values))
    return jnp.where(sound[0] & sound[1], continued, one)


def front_stresses(
    electrolyte_stress: Array,
    metal_stress: Array,
    fraction: Float[Array, "*cells"],
    distance: Float[Array, "*cells"],
    normals: Sequence[Array],
    depths: tuple[Array, Array],
    spacing: Sequence[Array],
    periodic: Sequence[bool],
) -> tuple[Array, Array]:
    """p of the electrolyte and t_n of the metal at the front, on cells [Pa]; smoothed over two cells along the front
    only, because the carried fields do not vary across it.

    Args: stress of the electrolyte's and of the metal's part of every cell, Mandel vectors (4 or 6, *cells) [Pa];
    metal fraction [dimensionless]; distance from the front, positive in the electrolyte [m]; components of the normal
    out of the metal [dimensionless]; the two depths of the samples [m]; cell sizes [m]; one flag an axis.
    """
    electrolyte = (fraction <= PURE).astype(fraction.dtype)
    metal = (fraction >= 1.0 - PURE).astype(fraction.dtype)
    back = [-n for n in normals]
    pressure = -mean_stress(electrolyte_stress)[None]
    outside = carried_to_front(pressure, electrolyte, distance, normals, depths, spacing, periodic)
    inside = carried_to_front(metal_stress, metal, -distance, back, depths, spacing, periodic)
    everywhere = jnp.ones_like(fraction)
    outside, inside = smoothed(outside, everywhere, periodic), smoothed(inside, everywhere, periodic)
    return outside[0], -jnp.sum(normal_dyad(normals) * inside, axis=0)
