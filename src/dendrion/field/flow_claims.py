"""Flow laws of a metal from its claims, for the size of the sample that the case is about."""

from __future__ import annotations

from jaxtyping import Array

from dendrion.constants import REFERENCE_TEMPERATURE
from dendrion.errors import InputError
from dendrion.field.creep import Anand, Creep, herring_fluidity, strength_factor, yielding
from dendrion.field.properties import number
from dendrion.materials import Material, material

SMALLEST_DIAMETER = 20e-9
"""Diameter below which the size law is an extrapolation and refused [m]."""

_SIZE_LAW = ("size_law_strength", "size_law_diameter", "size_law_exponent", "size_law_cap")


def check_solid(metal: Material, temperature: float) -> None:
    """Refuses a temperature [K] at which the metal is molten.

    Raises:
        InputError: at or above the melting temperature.
    """
    melting = metal.claim("melting_temperature").value
    if temperature >= melting:
        raise InputError(
            "the metal is molten: it does not creep",
            field="conditions.temperature",
            value=f"{temperature:g} K",
            allowed=f"below {melting:g} K for {metal.name}",
        )


def strength_of_size(metal: Material, diameter: float | None) -> Array:
    """Strength of a sample of that diameter [m] over that of the bulk [dimensionless]; 1 without a diameter.

    A metal without a size law of its own uses lithium's, scaled by its claim ``size_law_scale``.

    Raises:
        InputError: a diameter below 20 nm, or a metal without a size law.
    """
    if diameter is None:
        return number(1.0)
    if not diameter >= SMALLEST_DIAMETER:
        raise InputError(
            "the size law of the strength is not known there",
            field="diameter",
            value=f"{diameter:g} m",
            allowed=f"{SMALLEST_DIAMETER:g} m or more",
        )
    own = bool(metal.claims("size_law_strength"))
    source = metal if own else material("Li")
    scale = 1.0 if own else metal.claim("size_law_scale").value
    strength, reference, exponent, cap = (source.claim(name).value for name in _SIZE_LAW)
    bulk = metal.claim("yield_strength").value
    return strength_factor(
        number(diameter), number(scale * strength), number(reference), number(exponent), number(scale * cap), number(bulk)
    )  # fmt: skip


def creep_law(
    metal: Material,
    *,
    label: str | None = None,
    breakdown: bool = True,
    diameter: float | None = None,
    grain_size: float | None = None,
    temperature: float = REFERENCE_TEMPERATURE,
) -> Creep:
    """Creep law of a metal.

    Args: the metal; the label of its rate and exponent if not the default (a law measured at room temperature only
    has no activation energy); whether the power law breaks down; diameter of the sample [m] for its strength; grain
    diameter [m] for diffusional creep; temperature [K] at which the last is taken.

    Raises:
        InputError: a claim is missing, the metal is molten, or the diameter is out of range.
    """
    check_solid(metal, temperature)
    rate = metal.claim("creep_rate", label)
    at_room = rate.conditions is not None and "room temperature only" in rate.conditions
    labels = [claim.label for claim in metal.claims("creep_exponent")]
    fluidity = number(0.0)
    if grain_size is not None:
        diffusivity = float(metal.claim("self_diffusivity").evaluate(temperature))
        volume = metal.claim("molar_volume").value
        fluidity = herring_fluidity(
            number(diffusivity), number(volume), number(grain_size), number(temperature)
        )
    return Creep(
        rate=number(rate.value),
        exponent=number(metal.claim("creep_exponent", label if label in labels else None).value),
        activation_energy=number(0.0 if at_room else metal.claim("creep_activation_energy").value),
        breakdown=number(1.0 / metal.claim("creep_breakdown_stress").value if breakdown else 0.0),
        strength=strength_of_size(metal, diameter),
        fluidity=fluidity,
    )


def anand_law(
    metal: Material, *, diameter: float | None = None, temperature: float = REFERENCE_TEMPERATURE
) -> Anand:
    """Anand's law of a metal; the diameter of the sample [m] scales its strength.

    Raises:
        InputError: a claim is missing, the metal is molten at the temperature [K], or the diameter is out of range.
    """
    check_solid(metal, temperature)

    def claim(name: str) -> Array:
        return number(metal.claim(f"anand_{name}").value)

    return Anand(
        rate=claim("rate"),
        activation_energy=claim("activation_energy"),
        rate_exponent=claim("rate_exponent"),
        saturation_strength=claim("saturation_strength"),
        saturation_exponent=claim("saturation_exponent"),
        hardening_modulus=claim("hardening_modulus"),
        hardening_exponent=claim("hardening_exponent"),
        initial_resistance=claim("initial_strength"),
        strength=strength_of_size(metal, diameter),
    )


def electrolyte_yield(electrolyte: Material) -> Creep:
    """Flow law of an electrolyte with a claim of its yield strength (polymers); one without it never flows."""
    claims = electrolyte.claims("yield_strength")
    return yielding(number(claims[0].value)) if claims else never_flows()


def never_flows() -> Creep:
    """The law of a solid that stays elastic: no rate at any stress."""
    zero, one = number(0.0), number(1.0)
    return Creep(zero, one, zero, zero, one, zero)
