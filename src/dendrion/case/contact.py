"""The section of a case about the contact engine (voids between metal and a stiff electrolyte), and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from ..errors import InputError
from ..units import format_quantity
from .adatoms import Adatoms
from .engine_limits import ISOTHERMAL_AND_FLAT, left_out
from .quantities import Length, Position, Section, Switch

if TYPE_CHECKING:
    from .model import Case

FEWEST_ACROSS = 16
"""Fewest cells along the interface [dimensionless]."""

FEWEST_IN_SPOT = 2.0
"""Cells in the radius of a void or an insulating spot [dimensionless]."""

CREEP_CLAIMS = ("creep_rate", "creep_exponent", "creep_activation_energy", "creep_breakdown_stress")
"""What the metal must claim for its gaps to close."""

Place = Annotated[tuple[Position, ...], Field(min_length=1, max_length=2, strict=False)]


class Spot(Section):
    """A round place (in 2-D a strip) of the interface that conducts nothing: an impurity, a pore of the electrolyte."""

    at: Place = Field(description="centre [y] or [y, z]", examples=["[50 um]"])
    radius: Length = Field(description="half of its width")


class InterfaceVoid(Section):
    """A void at the start: depth·(1 − r²/radius²), r the distance from ``at`` along the interface."""

    at: Place = Field(description="centre [y] or [y, z]", examples=["[50 um]"])
    radius: Length = Field(description="half of its width")
    depth: Length = Field(description="its depth in the middle")


class Contact(Adatoms):
    """Numbers of the contact engine: where the metal touches the electrolyte."""

    roughness: Length = Field(
        2e-7, description="gap over which the share of touching face falls by e (estimate)"
    )
    voids: Annotated[tuple[InterfaceVoid, ...], Field(strict=False)] = Field(
        (), description="voids at the start", examples=["[{at: [50 um], radius: 15 um, depth: 2 um}]"]
    )
    insulating: Annotated[tuple[Spot, ...], Field(strict=False)] = Field(
        (), description="places that conduct nothing", examples=["[{at: [50 um], radius: 10 um}]"]
    )
    surface_diffusion: Switch = Field(True, description="metal diffuses along the surface of a void")
    flaw_length: Length | None = Field(
        None,
        description="length of the electrolyte's surface flaws: the run ends where the pressure F η/V_M of metal "
        "plated into one reaches what it withstands; default none",
    )


def contact_on(case: Case) -> bool:
    """Whether the contact engine answers the case."""
    return case.physics.engine == "contact"


def contact_errors(case: Case) -> Iterator[InputError]:
    """What the contact engine can't do."""
    if not contact_on(case):
        return
    domain, physics = case.domain, case.physics
    if domain.dimension == 1:
        yield InputError(
            "the contact engine looks along the interface",
            field="domain.size",
            allowed="two or three entries",
        )
        return
    if min(domain.cells[1:]) < FEWEST_ACROSS:
        yield InputError("too few cells along the interface", field="domain.cells", value=str(list(domain.cells)), allowed=f"at least {FEWEST_ACROSS} across")  # fmt: skip
    yield from _places(case)
    yield from left_out(
        case, "contact", "the metal creeps, the electrolyte is rigid and one temperature holds",
        *ISOTHERMAL_AND_FLAT, "stop.tip",
    )  # fmt: skip
    if physics.transport == "binary":
        yield InputError(
            "voids form under solids in which only the metal's ion moves", field="physics.transport",
            value="binary", allowed="single_ion",
        )  # fmt: skip


def _places(case: Case) -> Iterator[InputError]:
    sides, spacing = case.domain.size[1:], max(case.domain.spacing[1:])
    for name in ("voids", "insulating"):
        for n, spot in enumerate(getattr(case.contact, name)):
            field = f"contact.{name}[{n}]"
            if len(spot.at) != len(sides):
                yield InputError("the place has not as many entries as the interface has directions", field=f"{field}.at",
                                 value=f"{len(spot.at)}", allowed=f"{len(sides)}")  # fmt: skip
            elif any(not 0.0 <= y <= side for y, side in zip(spot.at, sides, strict=True)):
                yield InputError("this is outside the interface", field=f"{field}.at",
                                 allowed=" and ".join(f"0 to {format_quantity(side, 'length')}" for side in sides))  # fmt: skip
            if spot.radius < FEWEST_IN_SPOT * spacing:
                yield InputError(
                    "the grid does not resolve it", field=f"{field}.radius",
                    value=format_quantity(spot.radius, "length"),
                    allowed=f"at least {FEWEST_IN_SPOT:g} cells, {format_quantity(FEWEST_IN_SPOT * spacing, 'length')}",
                )  # fmt: skip
