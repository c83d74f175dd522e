"""What the engines beside the field engine leave out: one list of what a case may ask for, one refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..errors import InputError

if TYPE_CHECKING:
    from .model import Case

ASKED: dict[str, Callable[[Case], bool]] = {
    "physics.model": lambda case: case.physics.model != "two_potential",
    "physics.noise": lambda case: case.physics.noise.kind != "none",
    "physics.heterogeneity": lambda case: case.physics.heterogeneity is not None,
    "physics.anisotropy": lambda case: (
        case.physics.anisotropy.surface_energy > 0.0 or case.physics.anisotropy.kinetics > 0.0
    ),
    "physics.mechanics": lambda case: case.physics.mechanics != "none",
    "physics.fracture": lambda case: case.physics.fracture != "none",
    "physics.heat": lambda case: case.physics.heat,
    "conditions.hot_spots": lambda case: bool(case.conditions.hot_spots),
    "conditions.temperature_difference": lambda case: case.conditions.temperature_difference != 0.0,
    "initial.surface": lambda case: case.initial.surface.kind != "flat",
    "initial.seeds": lambda case: bool(case.initial.seeds),
    "initial.metal_thickness": lambda case: (case.initial.metal_thickness or 0.0) > 0.0,
    "flaws": lambda case: bool(case.flaws),
    "stop.tip": lambda case: case.stop.tip is not None,
}
"""Entries of a case that not every engine answers, and whether a case asks for them."""

ISOTHERMAL_AND_FLAT = (
    "physics.model", "physics.noise", "physics.anisotropy", "physics.mechanics", "physics.fracture", "physics.heat",
    "conditions.hot_spots", "initial.surface", "initial.seeds", "flaws",
)  # fmt: skip
"""What engines that start from an even electrode at one temperature leave out."""


def left_out(case: Case, engine: str, reason: str, *fields: str) -> Iterator[InputError]:
    """A refusal for each of the ``fields`` that the case asks for; ``reason`` says what the engine has instead."""
    for field in (field for field in fields if ASKED[field](case)):
        yield InputError(
            f"the {engine} engine does not have this: {reason}", field=field,
            hint="leave it out, or use physics.engine: field",
        )  # fmt: skip
