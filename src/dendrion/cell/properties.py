"""The numbers of a cell from the claims about its materials, as functions of the temperature."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from dendrion.errors import InputError
from dendrion.materials import Claim, Material

Law = Callable[[float], float]


@dataclass(frozen=True)
class Numbers:
    """Properties of metal, electrolyte, interface and cathode [SI]; functions take the temperature [K].

    ``origins`` has the claim that each number is from.
    """

    conductivity: Law
    exchange: Law
    electronic_conductivity: Law
    molar_volume: float
    yield_strength: float
    transfer: float = 0.5
    nucleation: float = 0.0
    salt: float = math.nan
    diffusivity: Law = field(default=lambda _: math.nan)
    anion_share: float = 0.0
    factor: float = 1.0
    solid_diffusivity: Law = field(default=lambda _: math.nan)
    open_circuit: Callable[[float, float], float] = field(default=lambda _, __: 0.0)
    cathode_exchange: Callable[[float, float], float] = field(default=lambda _, __: math.nan)
    cathode_range: tuple[float, float] = (0.0, math.inf)
    origins: Mapping[str, Claim] = field(default_factory=dict, repr=False)


def numbers_of(
    metal: Material, electrolyte: Material, interface: Material, cathode: Material | None = None
) -> Numbers:
    """The numbers of a cell of these materials.

    Raises:
        InputError: a needed property has no claim; names it and what to give.
    """
    origins: dict[str, Claim] = {}

    def claim(sheet: Material, name: str) -> Claim:
        origins[f"{sheet.kind}.{name}"] = found = sheet.claim(name)
        return found

    def law(sheet: Material, name: str, concentration: float | None = None) -> Law:
        found = claim(sheet, name)
        return lru_cache(maxsize=256)(lambda temperature: float(found.evaluate(temperature, concentration)))

    def optional(sheet: Material, name: str, default: float) -> float:
        return claim(sheet, name).value if sheet.claims(name) else default

    binary = not (electrolyte.electrolyte_class or "").startswith("single_ion")
    salt = claim(electrolyte, "salt_concentration").value if binary else math.nan
    given = salt if binary else None
    numbers: dict[str, Any] = {}
    if binary:
        transference = float(claim(electrolyte, "cation_transference_number").value)
        numbers |= {
            "salt": salt,
            "diffusivity": law(electrolyte, "salt_diffusivity", given),
            "anion_share": 1.0 - transference,
            "factor": optional(electrolyte, "thermodynamic_factor", 1.0),
        }
    if cathode is not None:
        numbers |= _cathode_numbers(cathode, claim)
    electrons = (
        law(electrolyte, "electronic_conductivity", given)
        if electrolyte.claims("electronic_conductivity")
        else lambda _: 0.0
    )
    return Numbers(
        conductivity=law(electrolyte, "conductivity", given),
        exchange=law(interface, "exchange_current_density", given),
        electronic_conductivity=electrons,
        molar_volume=claim(metal, "molar_volume").value,
        yield_strength=claim(metal, "yield_strength").value,
        transfer=optional(interface, "charge_transfer_coefficient", 0.5),
        nucleation=optional(metal, "nucleation_overpotential", 0.0),
        origins=origins,
        **numbers,
    )


def _cathode_numbers(cathode: Material, claim: Callable[[Material, str], Claim]) -> dict[str, Any]:
    if cathode.kind != "cathode":
        raise InputError(
            f"{cathode.name} is no cathode", field="cell.cathode", value=cathode.name, hint="NMC811"
        )
    potential, exchange = claim(cathode, "open_circuit_potential"), claim(cathode, "exchange_current_density")
    diffusivity = claim(cathode, "solid_diffusivity")
    return {
        "open_circuit": lambda temperature, ion: float(potential.evaluate(temperature, ion)),
        "cathode_exchange": lambda temperature, ion: float(exchange.evaluate(temperature, ion)),
        "solid_diffusivity": lru_cache(maxsize=256)(
            lambda temperature: float(diffusivity.evaluate(temperature))
        ),
        "cathode_range": potential.law.concentration_range or (0.0, math.inf),
    }
