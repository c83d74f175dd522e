"""The interphase (SEI) that the front carries: it grows, is stretched, breaks, and resists the current of the metal.

State per front area: thickness ``delta`` [m] and strain ``eps`` of what is there. Along the path of the front

    d(delta)/dt = G(delta, T) - s delta - (breaking),      d(eps)/dt = s - eps G/delta,      s = v kappa + v_+/R

* growth G: ``K(T)/delta`` (parabolic: what reacts crosses the layer) or ``k(T) exp(-delta/l)`` (exponential: electrons
  tunnel through it), both integrated exactly over a step. It takes the charge ``q G``, ``q = z F/Omega``, beside the metal:
  plated plus interphase is what the cycler passes.
* stretch s: the front, moving at v, makes new area where it is convex (curvature kappa), and over particles of radius R
  that the grid does not resolve, if the case names one and their pressure ``min(F eta/V_M, C sigma_y)`` reaches
  ``2 sigma_f delta/R`` (Hu 2021): otherwise their metal flows beneath the layer and grows from its root. Grown material
  is free of strain. The strain is that of area: the hoop strain on a ridge, twice it on a ball.
* breaking: where the stress ``E eps`` would exceed ``min[sigma_f, sqrt(E Gamma/(pi delta))]`` (Singla 2025 as told by the
  survey). A brittle layer then breaks once for every further failure strain ``eps_f``, each time to a bare layer that
  grows again. The grid sees the mean over many such patches, a decay with the rate ``s/eps_f - G/delta``: it leaves
  ``delta = sqrt(2 K eps_f/s)`` of parabolic growth, 22 % above the mean ``(2/3) sqrt(3 K eps_f/s)`` of one saw tooth.
* resistance ``delta/sigma(T)`` in series with the reaction of the metal, implicit in its kinetics; the tension of the layer
  presses on convex metal with ``E eps delta kappa``, as a surface energy does.

Thickness and strain live on cells and are kept constant along the normal (upwind, outwards from the front to both sides;
Aslam 2004, DOI 10.1016/j.jcp.2003.08.001), so what the front meets when it moves on is its own.
Kind: reconstruction of the survey's accounts of Hu 2021, Cao 2023 and Singla 2025; the mean over patches is derived here.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from dendrion.constants import FARADAY
from dendrion.field.charge import ChargeSolution, Electrode
from dendrion.field.curvature import outward_normals
from dendrion.field.front import logarithmic_profile
from dendrion.field.parameters import InterphaseNumbers, Parameters
from dendrion.numerics.operators import closed_faces, divergence, face_arithmetic, face_gradient, take

SWEEPS = 6
"""Passes of the extension along the normal a step [dimensionless]; the front moves a quarter of a cell in it."""

SWEEP_LENGTH = 0.5
"""Way of a pass of the extension [cells]; the explicit upwind scheme is stable below 1/sqrt(3)."""

THINNEST = 1e-30
"""Thickness that stands for none [m]."""

FULLY_WRINKLED = -1.0
"""Strain below which a layer that is pushed together has no memory [dimensionless]: it lies in folds."""

NO_NORMAL = 1e-6
"""Length of a carried normal below which there is no front nearby [dimensionless]."""

CORE = 0.3
"""Area density times interface width from which a cell counts for the extremes of the layer [dimensionless]; the middle
of the front has about 0.6."""

BROKEN = 0.999
"""Share of the failure strain from which the layer counts as breaking [dimensionless]."""


class Layer(NamedTuple):
    """Thickness [m] and strain [dimensionless] on cells; over the cross-section the charge that it took while it grew
    and that of what broke off [C/m^2]."""

    thickness: Array
    strain: Array
    charge: Array
    shed: Array


def first_layer(numbers: InterphaseNumbers, like: Array) -> Layer:
    """An even, unstrained layer [m] on cells shaped as ``like``."""
    zero = jnp.zeros_like(like)
    return Layer(zero + numbers.first_thickness, zero, jnp.zeros(()), jnp.zeros(()))


def grown(numbers: InterphaseNumbers, law: str, thickness: Array, temperature: Array, step: Array) -> Array:
    """Thickness [m] of a layer of ``thickness`` [m] after growing at ``temperature`` [K] for ``step`` [s]; exact.

    Parabolic ``sqrt(delta^2 + 2 K t)``; exponential ``delta + l ln[1 + (k t/l) exp(-delta/l)]``.
    """
    if law == "none":
        return thickness
    rate = numbers.growth(temperature, numbers.reference_concentration)
    if law == "parabolic":
        return jnp.sqrt(thickness**2 + 2.0 * rate * step)
    length = numbers.decay_length
    return thickness + length * jnp.log1p(rate * step / length * jnp.exp(-thickness / length))


def resistance(numbers: InterphaseNumbers, thickness: Array, temperature: Array) -> Array:
    """Areal resistance ``delta/sigma(T)`` [ohm m^2]."""
    return thickness / numbers.conductivity(temperature, numbers.reference_concentration)


def failure_strain(numbers: InterphaseNumbers, thickness: Array) -> Array:
    """Strain at which a layer of ``thickness`` [m] breaks [dimensionless]: of its strength, or of its toughness."""
    tough = jnp.sqrt(numbers.fracture_energy * numbers.modulus / (jnp.pi * thickness))
    return jnp.minimum(numbers.strength, tough) / numbers.modulus


def tension_pressure(p: Parameters, layer: Layer, order_parameter: Array) -> Array:
    """Pressure ``E eps_+ delta kappa`` [Pa] of the stretched layer on the metal, positive where metal protrudes."""
    numbers = p.interphase
    assert numbers is not None
    tension = numbers.modulus * jnp.maximum(layer.strain, 0.0) * layer.thickness
    return tension * curvature(p, order_parameter)


def curvature(p: Parameters, order_parameter: Array) -> Array:
    """Curvature of the front [1/m], positive where metal protrudes, no sharper than the front is wide; 0 in 1-D.

    The divergence of the normals *on* the front, carried off it. That of the normals beside it, which is what capillarity
    takes, is up to 15 % too small on the diagonals of a disc of 32 cells that grows: moving deforms the profile, and by an
    angle; on a front at rest both are exact.
    """
    if order_parameter.ndim == 1:
        return jnp.zeros_like(order_parameter)
    spacing, periodic, width = p.spacing, p.structure.periodic, p.numerics.interface_width
    normals = [
        carried(n, order_parameter, width, spacing, periodic)
        for n in outward_normals(order_parameter, spacing, periodic)
    ]
    norm = jnp.sqrt(sum(n * n for n in normals) + NO_NORMAL**2)
    faces = tuple(face_arithmetic(n / norm, axis, periodic[axis]) for axis, n in enumerate(normals))
    return jnp.clip(divergence(faces, spacing, periodic), -1.0 / width, 1.0 / width)


def particle_stretch(
    numbers: InterphaseNumbers, thickness: Array, velocity: Array, overpotential: Array, volume: Array
) -> Array:
    """Stretch [1/s] over particles below the grid that grow through the layer; 0 where they grow from its root.

    Args: thickness [m], velocity of the front [m/s], overpotential of the reaction [V], molar volume [m^3/mol].
    """
    push = jnp.minimum(FARADAY * jnp.maximum(overpotential, 0.0) / volume, numbers.flow_pressure)
    burst = 2.0 * numbers.strength * thickness / numbers.particle_radius
    return jnp.where(push >= burst, jnp.maximum(velocity, 0.0) / numbers.particle_radius, 0.0)


def stretch(
    p: Parameters, layer: Layer, order_parameter: Array, current: Array, overpotential: Array
) -> Array:
    """Stretch ``s = v kappa + v_+/R`` [1/s] under a front that plates ``current`` [A/m^2] at ``overpotential`` [V]."""
    numbers, volume = p.interphase, p.metal.molar_volume
    assert numbers is not None
    velocity = volume / FARADAY * current
    over_particles = particle_stretch(numbers, layer.thickness, velocity, overpotential, volume)
    return velocity * curvature(p, order_parameter) + over_particles


def behind_layer(p: Parameters, layer: Layer, order_parameter: Array, electrode: Electrode) -> Electrode:
    """The electrode with the resistance of its layer, pressed on by its tension."""
    numbers = p.interphase
    assert numbers is not None
    pressure = tension_pressure(p, layer, order_parameter)
    shift = jnp.where(electrode.area_density > 0.0, p.metal.molar_volume * pressure / FARADAY, 0.0)
    return electrode._replace(
        equilibrium_shift=electrode.equilibrium_shift + shift,
        resistance=resistance(numbers, layer.thickness, electrode.temperature),
    )


def with_side_current(p: Parameters, layer: Layer, electrode: Electrode, expected: Array) -> Electrode:
    """The electrode with what its layer takes to grow, the mean over a step of the ``expected`` length [s]."""
    numbers, law = p.interphase, p.structure.interphase
    assert numbers is not None and law is not None
    if law == "none":
        return electrode
    growth = grown(numbers, law, layer.thickness, electrode.temperature, expected) - layer.thickness
    return electrode._replace(side_current=numbers.charge_density * growth / expected)


def metal_current(electrode: Electrode, charge: ChargeSolution) -> Array:
    """Current density of the metal alone [A/m^2]."""
    side = electrode.side_current
    return charge.current_density if side is None else charge.current_density - side


class Change(NamedTuple):
    """A layer after a step, before it is carried on; the charge an area that its growth took and that broke off [C/m^2]."""

    thickness: Array
    strain: Array
    taken: Array
    shed: Array


def change(
    numbers: InterphaseNumbers, law: str, breaks: bool, layer: Layer, stretch: Array, temperature: Array, step: Array
) -> Change:  # fmt: skip
    """One step [s] of a layer under a ``stretch`` [1/s]: it is stretched, grows, and breaks."""
    stretched = layer.thickness * jnp.exp(-stretch * step)
    bare = jnp.maximum(numbers.bare_thickness, THINNEST)  # at once, on whatever metal comes to light
    full = jnp.maximum(grown(numbers, law, stretched, temperature, step), bare)
    strain = jnp.maximum((layer.strain + stretch * step) * stretched / full, FULLY_WRINKLED)
    left = full
    if breaks:
        limit = failure_strain(numbers, full)
        survived = jnp.exp(-jnp.maximum(strain - limit, 0.0) / limit)
        left, strain = bare + (full - bare) * survived, jnp.minimum(strain, limit)
    charge = numbers.charge_density
    return Change(left, strain, charge * (full - stretched), charge * (full - left))


class LayerMeasures(NamedTuple):
    """Over the area of the front: mean, largest and smallest thickness [m], share that is breaking [dimensionless]."""

    mean: Array
    largest: Array
    smallest: Array
    broken: Array


def measure_layer(numbers: InterphaseNumbers, layer: Layer, area: Array, width: Array) -> LayerMeasures:
    """What the history says of a layer; ``area`` [1/m] and the interface width [m] say where the front is."""
    weight = area / jnp.maximum(jnp.sum(area), THINNEST)
    broken = layer.strain >= BROKEN * failure_strain(numbers, jnp.maximum(layer.thickness, THINNEST))
    core = area * width > CORE
    return LayerMeasures(
        jnp.sum(weight * layer.thickness),
        jnp.max(jnp.where(core, layer.thickness, 0.0)),
        jnp.min(jnp.where(core, layer.thickness, jnp.inf)),
        jnp.sum(weight * broken),
    )


def layer_change(
    p: Parameters,
    layer: Layer,
    order_parameter: Array,
    electrode: Electrode,
    charge: ChargeSolution,
    step: Array,
) -> Change:
    """What a step [s] makes of the layer, at the speed that the front has at its start."""
    numbers, law = p.interphase, p.structure.interphase
    assert numbers is not None and law is not None
    metal = metal_current(electrode, charge)
    drop = 0.0 if electrode.resistance is None else electrode.resistance * metal
    overpotential = charge.potential - charge.electrode_potential - electrode.equilibrium_shift - drop
    # Beside the front nothing is known of its speed: there the layer comes from the front, `carried`.
    on = electrode.area_density > 0.0
    rate = jnp.where(on, stretch(p, layer, order_parameter, metal, overpotential), 0.0)
    return change(numbers, law, p.structure.breaking, layer, rate, electrode.temperature, step)


def carried(
    values: Float[Array, "*cells"],
    order_parameter: Float[Array, "*cells"],
    width: Array,
    spacing: tuple[Array, ...],
    periodic: tuple[bool, ...],
) -> Array:
    """``values`` made constant along the normal of the front: what stands on it spreads to both sides.

    Upwind steps of ``d(u)/d(tau) + S n . grad(u) = 0``, S rising from -1 in the metal to 1 in the electrolyte and 0 on the
    front, whose own values therefore stay.
    """
    smallest = jnp.min(jnp.stack(spacing))
    distance = -0.5 * width * logarithmic_profile(order_parameter)
    side = distance / jnp.sqrt(distance**2 + (0.5 * smallest) ** 2)
    ways = [side * n for n in outward_normals(order_parameter, spacing, periodic)]

    def sweep(_: int, field: Array) -> Array:
        total = jnp.zeros_like(field)
        for axis, (way, h) in enumerate(zip(ways, spacing, strict=True)):
            slopes = closed_faces(face_gradient(field, axis, h, periodic[axis]), axis, periodic[axis])
            total += jnp.maximum(way, 0.0) * take(slopes, axis, 0, -1)
            total += jnp.minimum(way, 0.0) * take(slopes, axis, 1, None)
        return field - SWEEP_LENGTH * smallest * total

    return lax.fori_loop(0, SWEEPS, sweep, values)


def advance_layer(
    p: Parameters,
    layer: Layer,
    order_parameter: Array,
    area: Array,
    moved: Change,
    volume_per_area: Array,
) -> Layer:
    """The layer after a step, carried by the front to where it stands now.

    Args: also the area density at the start of the step [1/m], what `change` made of the layer, and the volume of a cell
    over the cross-section [m].
    """
    periodic, width = p.structure.periodic, p.numerics.interface_width
    thickness, strain = (
        carried(values, order_parameter, width, p.spacing, periodic)
        for values in (moved.thickness, moved.strain)
    )
    return Layer(
        thickness,
        strain,
        layer.charge + volume_per_area * jnp.sum(area * moved.taken),
        layer.shed + volume_per_area * jnp.sum(area * moved.shed),
    )
