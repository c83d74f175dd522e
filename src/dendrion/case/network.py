"""The section of a case about the network engine (metal inside a polycrystal), and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from ..errors import InputError
from ..units import format_quantity
from .engine_limits import ISOTHERMAL_AND_FLAT, left_out
from .microstructure_checks import grains_of
from .quantities import Length, QuantityField, Section, Switch

if TYPE_CHECKING:
    from ..materials import Material
    from .model import Case

Pressure = Annotated[float, QuantityField("pressure", at_least=0.0, example="100 MPa")]
Overpotential = Annotated[float, QuantityField("potential", at_least=0.0, at_most=5.0, example="40 mV")]

NUCLEATION = {
    "nucleation_overpotential": "boundary_nucleation_overpotential",
    "pore_nucleation_overpotential": "pore_nucleation_overpotential",
}
"""Entry of the section to the interface's claim that it replaces."""


class Network(Section):
    """Numbers of the network engine: where metal may form inside an electrolyte and how thick it is there."""

    film_thickness: Length = Field(
        5e-8,
        description="thickness of the metal that fills an opened boundary (estimate; 50 to 150 nm are seen)",
    )
    opening_pressure: Pressure | None = Field(
        None,
        description="pressure at which metal opens a dense boundary; default that of a flaw as long as a grain, "
        "K_IC √(fracture factor)/(1.12 √(π d))",
    )
    nucleation_overpotential: Overpotential | None = Field(
        None, description="excess potential at which metal nucleates in a boundary; default the claim"
    )
    pore_nucleation_overpotential: Overpotential | None = Field(
        None, description="the same at the wall of a pore; default the claim"
    )
    leaky_depth: Length | None = Field(
        None,
        description="depth from the plating electrode to which boundaries and pores conduct electrons better than "
        "grains, by boundary.electronic_factor; default the whole thickness",
    )
    nucleus_spacing: Length = Field(
        2e-6, description="no nucleus forms nearer than this to metal or another nucleus"
    )
    fills_per_solve: Annotated[int, Field(ge=1, le=16)] = Field(
        1, description="parts in which metal grows before the potentials are solved anew: faster, less exact"
    )
    through_grains: Switch = Field(
        False, description="metal may open grains too, at the toughness of the grain"
    )


def network_on(case: Case) -> bool:
    """Whether the network engine answers the case."""
    return case.physics.engine == "network"


def nucleation(case: Case, interface: Material, name: str) -> float:
    """Overpotential to nucleate inside [V]: given, claimed, or 0; ``name`` is the entry of the section."""
    given = getattr(case.network, name)
    if given is not None:
        return float(given)
    claims = interface.claims(NUCLEATION[name])
    return float(claims[0].value) if claims else 0.0


def needed_claims(case: Case) -> list[str]:
    """What the electrolyte must claim beside its ionic conductivity."""
    opening = grains_of(case) is not None and case.network.opening_pressure is None
    return ["electronic_conductivity", *(["fracture_toughness"] if opening else [])]


def network_errors(case: Case) -> Iterator[InputError]:
    """What the network engine can't do."""
    if not network_on(case):
        return
    physics, numbers = case.physics, case.network
    yield from left_out(
        case, "network", "the electrodes are the walls of the box, the electrolyte is rigid and one temperature holds",
        *ISOTHERMAL_AND_FLAT, "physics.heterogeneity", "conditions.temperature_difference", "initial.metal_thickness",
    )  # fmt: skip
    if physics.transport == "binary":
        yield InputError(
            "metal forms inside solids in which only its own ion moves", field="physics.transport",
            value="binary", allowed="single_ion",
        )  # fmt: skip
    if numbers.leaky_depth is not None and numbers.leaky_depth > case.domain.size[0]:
        yield InputError(
            "the leaky layer is thicker than the electrolyte", field="network.leaky_depth",
            value=format_quantity(numbers.leaky_depth, "length"),
            allowed=f"at most {format_quantity(case.domain.size[0], 'length')}",
        )  # fmt: skip
    if grains_of(case) is not None and numbers.film_thickness > 0.5 * min(case.domain.spacing):
        yield InputError(
            "the metal's film is thicker than half a grid cell", field="network.film_thickness",
            value=format_quantity(numbers.film_thickness, "length"),
            allowed=f"at most {format_quantity(0.5 * min(case.domain.spacing), 'length')}", hint="larger cells or a thinner film",
        )  # fmt: skip
