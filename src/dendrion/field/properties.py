"""Materials claims as pytrees: their numbers are traced, so a run with other numbers compiles nothing anew."""

from __future__ import annotations

import dataclasses
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from dendrion.materials import Claim
from dendrion.materials.laws import ActivationEnergy, Law, State
from dendrion.materials.spread import Spread


class PropertyOfState(eqx.Module):
    """A property as a function of temperature [K] and salt concentration [mol/m^3]; value in its SI unit.

    ``with_salt`` marks a transport property of a binary electrolyte whose claim does not know the concentration:
    it is scaled with ``min(c / c_ref, 1)``, so that conduction ends where the salt ends.
    """

    law: Law = eqx.field(static=True)
    numbers: dict[str, Any]
    value: Array
    temperature: Array
    concentration: Array
    with_salt: bool = eqx.field(static=True)

    def __call__(self, temperature: Array, concentration: Array) -> Array:
        """The property at a temperature [K] and a salt concentration [mol/m^3], in SI."""
        at = State(self.temperature, self.concentration)  # type: ignore[arg-type]  # traced numbers
        law = _restore(self.law, self.numbers)
        result = self.value * law.ratio(temperature, concentration, at, jnp)
        if self.with_salt:
            result = result * jnp.minimum(concentration / self.concentration, 1.0)
        return result


def property_of_state(
    claim: Claim, reference_concentration: float, with_salt: bool = False
) -> PropertyOfState:
    """A claim made traceable; ``reference_concentration`` [mol/m^3] stands in where the claim states none."""
    concentration = claim.concentration if claim.concentration is not None else reference_concentration
    skeleton, numbers = _split(claim.law)
    scaled = with_salt and not claim.law.needs_concentration
    return PropertyOfState(
        law=skeleton,
        numbers=numbers,
        value=number(claim.value),
        temperature=number(claim.temperature),
        concentration=number(reference_concentration if scaled else concentration),
        with_salt=scaled,
    )


def number(value: float) -> Array:
    """A strongly typed float64 scalar, unit of the value: a weak one would compile the step a second time."""
    return jnp.asarray(np.float64(value))


def _split(law: Law) -> tuple[Law, dict[str, Any]]:
    """The law with its numbers taken out, and the numbers by field name."""
    numbers: dict[str, Any] = {}
    blank: dict[str, Any] = {"temperature_range": None, "concentration_range": None}
    blank |= {"tag": None, "source": None, "note": None}
    for item in dataclasses.fields(law):
        value = getattr(law, item.name)
        if isinstance(value, ActivationEnergy):
            numbers[item.name] = number(value.value)
            blank[item.name] = ActivationEnergy(0.0, Spread())
        elif isinstance(value, Law):
            blank[item.name], numbers[item.name] = _split(value)
        elif isinstance(value, float):
            numbers[item.name] = number(value)
            blank[item.name] = 0.0
    return dataclasses.replace(law, **blank), numbers


def _restore(law: Law, numbers: dict[str, Any]) -> Law:
    changes: dict[str, Any] = {}
    for name, value in numbers.items():
        old = getattr(law, name)
        if isinstance(old, ActivationEnergy):
            changes[name] = ActivationEnergy(value, Spread())
        elif isinstance(old, Law):
            changes[name] = _restore(old, value)
        else:
            changes[name] = value
    return dataclasses.replace(law, **changes)
