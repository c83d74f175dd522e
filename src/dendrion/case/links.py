"""Which links between the fields a case has: on, off by choice, or without meaning in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .mechanics_checks import fracture_on, mechanics_on
from .microstructure_checks import particles_transform

if TYPE_CHECKING:
    from .model import Case


def _binary(case: Case) -> bool:
    return case.physics.transport == "binary"


def _uneven_temperature(case: Case) -> bool:
    conditions = case.conditions
    return case.physics.heat or conditions.temperature_difference != 0.0 or bool(conditions.hot_spots)


def _heat(case: Case) -> bool:
    return case.physics.heat


def _flows(case: Case) -> bool:
    return case.physics.mechanics == "viscoplastic"


def _fills(case: Case) -> bool:
    return fracture_on(case) and bool(case.physics.crack.filling)


MEANING: dict[str, Callable[[Case], bool]] = {
    "temperature_to_kinetics": _uneven_temperature,
    "temperature_to_transport": _uneven_temperature,
    "salt_to_kinetics": _binary,
    "salt_to_conduction": _binary,
    "curvature_to_kinetics": lambda case: case.domain.dimension > 1,
    "front_motion": lambda _: True,
    "heat_of_reaction": _heat,
    "joule_heat": _heat,
    "stress_to_kinetics": mechanics_on,
    "stress_to_conduction": lambda case: (
        mechanics_on(case) and bool(case.electrolyte_material().claims("conductivity_stress_slope"))
    ),
    "growth_to_stress": mechanics_on,
    "temperature_to_stress": lambda case: mechanics_on(case) and _uneven_temperature(case),
    "temperature_to_flow": lambda case: _flows(case) and _uneven_temperature(case),
    "pressure_to_kinetics": _fills,
    "filling_to_stress": _fills,
    "filling_to_front": lambda case: _fills(case) and bool(case.physics.coupling.front_motion),
    "flow_to_heat": lambda case: _flows(case) and _heat(case),
    "transformation_to_stress": particles_transform,
}
"""Every link, and whether it means anything in a case."""


def links(case: Case) -> dict[str, str]:
    """Every link of ``physics.coupling``: "on", "off", or "none" where the case does not solve what it links."""
    if case.physics.model == "hong2018":
        return dict.fromkeys(MEANING, "none")
    switches = case.physics.coupling
    return {
        name: ("on" if getattr(switches, name) else "off") if means(case) else "none"
        for name, means in MEANING.items()
    }
