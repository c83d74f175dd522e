"""The section of a case about the interphase (SEI) on the front, what it needs and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from ..errors import InputError
from .quantities import Length, Section, Switch

if TYPE_CHECKING:
    from ..materials import Material
    from .model import Case

MECHANICAL_CLAIMS = ("sei_young_modulus", "sei_strength", "sei_fracture_energy")
"""What the layer must claim to be stretched and to break."""

GROWTH_CLAIMS = {
    "none": (),
    "parabolic": ("sei_growth_constant", "sei_molar_volume", "sei_electron_number"),
    "exponential": ("sei_growth_rate", "sei_decay_length", "sei_molar_volume", "sei_electron_number"),
}
"""What a law of growth must claim."""


class Interphase(Section):
    """A resistive, breakable layer (SEI) between the metal and the electrolyte, carried by the front."""

    growth: Literal["none", "parabolic", "exponential"] = Field(
        "none",
        description="none; parabolic: dδ/dt = K/δ; exponential: dδ/dt = k exp(−δ/ℓ), as where electrons tunnel. "
        "Growth takes charge that plates no metal",
    )
    thickness: Length | None = Field(
        None, description="thickness at the start; default the claim of it", examples=["20 nm"]
    )
    breaking: Switch = Field(True, description="it breaks where its stress exceeds its strength")
    bare_thickness: Length = Field(
        1e-9, description="what covers the metal right after a break (estimate: a nanometre)"
    )
    particle_radius: Length | None = Field(
        None,
        description="radius of metal particles below the grid, which stretch the layer where their pressure bursts it "
        "and grow from their root where not; default none",
    )


def interphase_on(case: Case) -> bool:
    """Whether the front carries a layer."""
    return case.physics.interphase is not None


def interphase_sheet(case: Case) -> Material:
    """Claims of the layer: those of the interface, else those of any interphase on the case's metal."""
    from ..materials import material
    from .materials_choice import with_overrides

    own, metal = case.interface_material(), case.metal_material()
    if own.claims("sei_thickness") and own.claims("sei_strength"):
        return own
    general = material(f"{metal.ion}|interphase")
    given = {name: value for name, value in case.overrides("interface").items() if name.startswith("sei_")}
    return with_overrides(general, given, case.conditions.temperature)


def interphase_errors(case: Case) -> Iterator[InputError]:
    """What the layer can't be combined with in this version."""
    if not interphase_on(case):
        return
    physics = case.physics
    asked = {
        "physics.engine": physics.engine != "field",
        "physics.model": physics.model != "two_potential",
        "physics.crack.filling": physics.fracture != "none" and bool(physics.crack.filling),
    }
    for field in (field for field, wrong in asked.items() if wrong):
        yield InputError(
            "an interphase goes with the two-potential front, and cracks that metal fills have none in this version",
            field=field, hint="leave out physics.interphase, or this",
        )  # fmt: skip


def interphase_warnings(case: Case, ends: tuple[float, float]) -> Iterator[str]:
    """Laws of the layer that are asked beyond their range, at the lowest and highest temperature [K]."""
    import numpy as np

    if not interphase_on(case) or case.physics.interphase is None:
        return
    sheet = interphase_sheet(case)
    for name in ("sei_conductivity", *GROWTH_CLAIMS[case.physics.interphase.growth][:1]):
        for claim in sheet.claims(name)[:1]:
            yield from claim.check(np.unique(ends), claim.concentration)


def interphase_material_errors(case: Case) -> Iterator[InputError]:
    """Numbers of the layer that nobody claims."""
    if not interphase_on(case) or case.physics.engine != "field":
        return
    from ..materials import PROPERTIES

    chosen, sheet = case.physics.interphase, interphase_sheet(case)
    assert chosen is not None
    needed = ["sei_conductivity", *MECHANICAL_CLAIMS, *GROWTH_CLAIMS[chosen.growth]]
    needed += [] if chosen.thickness else ["sei_thickness"]
    for name in needed:
        if not sheet.claims(name):
            yield InputError(
                f"{sheet.name} has no claim of {name}, which this case needs", field=f"materials.interface.{name}",
                hint=f'materials: {{interface: {{{name}: "... {PROPERTIES[name].unit}"}}}}',
            )  # fmt: skip
