"""What remedies share: settings written as a user would, reference cells for the findings, gains of limits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..materials import PROPERTIES
from ..study.numbers import Number, read_numbers

if TYPE_CHECKING:
    from ..case import Case


def cell_number(name: str) -> Number:
    """A number of ``data/cell.yaml``: what every cell is assumed to be, for the costs."""
    return read_numbers(Path(__file__).parent / "data" / "cell.yaml")[name]


def scaled_claim(case: Case, kind: str, name: str, factor: float) -> dict[str, Any]:
    """The setting that multiplies a property of metal, electrolyte or interface; its law is kept.

    Raises:
        InputError: the material has no claim of it.
    """
    claim = getattr(case, f"{kind}_material")().claim(name)
    value = _now(case, claim) * factor
    unit = PROPERTIES[name].unit
    return {f"materials.{kind}.{name}": value if unit == "1" else f"{value!r} {unit}"}


def scaled_resistance(case: Case, factor: float) -> dict[str, Any]:
    """The setting that multiplies the interface resistance, wherever the case gives its kinetics."""
    interface = case.interface_material()
    if case.cell.exchange_current_density is not None:
        return {"cell.exchange_current_density": f"{case.cell.exchange_current_density / factor!r} A/m^2"}
    if "exchange_current_density" in case.materials.interface:
        return scaled_claim(case, "interface", "exchange_current_density", 1.0 / factor)
    if "interface_resistance" in case.materials.interface:
        return scaled_claim(case, "interface", "interface_resistance", factor)
    value = _now(case, interface.claim("interface_resistance")) * factor
    return {"cell.interface_resistance": f"{value!r} ohm*m^2"}


def resistance_of(case: Case) -> float:
    """Interface resistance of the case [ohm m²]."""
    return _now(case, case.interface_material().claim("interface_resistance"))


def cell_resistance(case: Case) -> float:
    """Electrolyte and both interfaces [ohm m²]."""
    conductivity = _now(case, case.electrolyte_material().claim("conductivity"))
    return (case.cell.thickness or 0.0) / conductivity + 2.0 * resistance_of(case)


def at_temperature(case: Case, temperature: float) -> dict[str, Any]:
    """Settings that warm a case: numbers that the case gives for its own temperature follow their laws.

    Raises:
        InputError: the metal melts.
    """
    metal = case.metal_material()
    melting = metal.claims("melting_temperature")
    if melting and temperature >= melting[0].value:
        raise InputError(
            f"{metal.name} melts", field="temperature", value=f"{temperature:.4g} K", allowed=f"below {melting[0].value:g} K"
        )  # fmt: skip
    settings: dict[str, Any] = {"conditions.temperature": f"{temperature!r} K"}
    for kind in ("metal", "electrolyte", "interface"):
        sheet = getattr(case, f"{kind}_material")()
        for name, given in getattr(case.materials, kind).items():
            if not isinstance(given, Mapping):
                settings |= _moved(f"materials.{kind}.{name}", sheet.claim(name), temperature)
    for name in ("interface_resistance", "exchange_current_density"):
        if getattr(case.cell, name) is not None:
            settings |= _moved(f"cell.{name}", case.interface_material().claim(name), temperature)
    return settings


def stressed(case: Case) -> dict[str, Any]:
    """Settings that switch stress on where a case is without; pellets are free sideways unless it says more."""
    if case.physics.mechanics != "none":
        return {}
    return {"physics.mechanics": "viscoplastic", "conditions.lateral": "free"}


def reference_cell(metal: str, electrolyte: str, current: str = "1 mA/cm^2", **settings: Any) -> Case:
    """A plain cell of half a millimetre for findings; ``settings`` by dotted path with ``__`` for the dots."""
    from ..case import Case as CaseModel

    data: dict[str, Any] = {
        "cell": {"metal": metal, "electrolyte": electrolyte, "thickness": "500 um"},
        "domain": {"size": ["500 um", "500 um"], "cells": [40, 40]},
        "protocol": [f"plate at {current} for 1 h"],
    }
    for path, value in settings.items():
        *sections, last = path.split("__")
        place = data
        for section in sections:
            place = place.setdefault(section, {})
        place[last] = value
    return CaseModel.from_mapping(data)


def limit_gain(before: Case, after: Case, name: str, before_theory: Mapping[str, Any] | None = None,
               after_theory: Mapping[str, Any] | None = None) -> float:  # fmt: skip
    """Nominal limit of the treated cell over that of the untreated one [dimensionless]."""
    from ..study.limits import limits

    first = limits(before, samples=0, theory=before_theory)[name].value
    return limits(after, samples=0, theory=after_theory, reference=before)[name].value / first


def _now(case: Case, claim: Any) -> float:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the checks of the case have said it
        return float(claim.evaluate(case.conditions.temperature))


def _moved(path: str, claim: Any, temperature: float) -> dict[str, Any]:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = float(claim.evaluate(temperature))
    return {path: value if claim.unit == "1" else f"{value!r} {claim.unit}"}
