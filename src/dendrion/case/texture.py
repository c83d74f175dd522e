"""The section of a case about the texture engine (grains of the growing metal), and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from ..errors import InputError
from ..units import format_quantity
from .engine_limits import ISOTHERMAL_AND_FLAT, left_out
from .quantities import Length, QuantityField, Section
from .sections import Seed

if TYPE_CHECKING:
    from .model import Case

FEWEST_IN_BOUNDARY = 6.0
"""Cells across a boundary, below which its motion depends on the grid [dimensionless]."""

WIDTHS_IN_COLUMN = 2.0
"""Fewest widths of a boundary in the mean column of the start [dimensionless]."""

SurfaceEnergy = Annotated[float, QuantityField("surface_energy", above=0.0, example="0.46 J/m^2")]
Barrier = Annotated[float, QuantityField("activation_energy", at_least=0.0, example="30 kJ/mol")]
Diffusivity = Annotated[float, QuantityField("diffusivity", above=0.0, example="1e-13 m^2/s")]
Miller = Annotated[
    tuple[
        Annotated[int, Field(ge=-9, le=9)],
        Annotated[int, Field(ge=-9, le=9)],
        Annotated[int, Field(ge=-9, le=9)],
    ],
    Field(strict=False),
]


class Family(Section):
    """Grains of one orientation: the crystal direction along the film's normal, and what its surface is like."""

    name: Annotated[str, Field(min_length=1, max_length=24, pattern=r"^[A-Za-z0-9_]+$")] = Field(
        description="letters, digits and underscores; its share is `share_NAME` in the history"
    )
    normal: Miller = Field(description="Miller index of the film's normal", examples=["[0, 0, 1]"])
    fast_axis: Miller = Field(
        description="Miller index of the in-plane axis of fast diffusion", examples=["[1, 0, 0]"]
    )
    surface_energy: SurfaceEnergy = Field(description="energy of its surface without pressure")
    barrier: Barrier = Field(description="barrier of diffusion on its surface")
    diffusivity: Diffusivity = Field(description="effective surface diffusivity at 298.15 K")
    pressure_sign: Annotated[float, QuantityField("dimensionless", at_least=-1.0, at_most=1.0)] = Field(
        0.0, description="s of the surface energy γ(1 + s P/P₀): -1 where pressure lowers it"
    )


FAMILIES = tuple(
    Family.model_validate(family)
    for family in (
        {
            "name": "A", "normal": [0, 0, 1], "fast_axis": [1, 0, 0], "surface_energy": "0.46 J/m^2",
            "barrier": "30 kJ/mol", "diffusivity": "3e-14 m^2/s", "pressure_sign": -1.0,
        },
        {
            "name": "B", "normal": [1, 0, 0], "fast_axis": [0, 0, 1], "surface_energy": "0.50 J/m^2",
            "barrier": "25 kJ/mol", "diffusivity": "1e-13 m^2/s", "pressure_sign": 1.0,
        },
    )
)  # fmt: skip
"""Two families with the illustrative numbers of the reduced model; they are names in the sample's frame."""


class Texture(Section):
    """Numbers of the texture engine: families of grains, and what moves their boundaries (illustrative)."""

    frame: Literal["crystal", "sample"] = Field(
        "sample",
        description="whether the indices are those of crystals, whose cubic equals must have equal numbers, or names in "
        "the sample's frame",
    )
    families: Annotated[tuple[Family, ...], Field(strict=False, min_length=1, max_length=6)] = Field(
        FAMILIES, description="families of orientations"
    )
    column_width: Length = Field(1e-6, description="mean distance of the grains that the film starts with")
    seed: Seed = Field(0, description="seed of their places and of who is of which family")
    boundary_energy: SurfaceEnergy = Field(0.2, description="energy of a grain boundary (estimate)")
    boundary_width: Length | None = Field(
        None, description="width of a boundary on the grid; default eight cells"
    )
    film_thickness: Length = Field(
        1e-6, description="thickness h of 2γ/h; half of it is the layer in which the metal still rearranges"
    )
    levelling_length: Length | None = Field(
        None, description="length over which diffusion keeps the front even; default the column width"
    )
    diffusion_length: Length = Field(1e-5, description="length to be diffused over")
    pressure_scale: Annotated[float, QuantityField("pressure", above=0.0, example="500 MPa")] = Field(
        5e8, description="P₀ of the surface energies γ(1 + s P/P₀)"
    )
    reference_energy: Annotated[float, QuantityField("energy_density", above=0.0, example="1e5 J/m^3")] = (
        Field(1e5, description="F_ref: difference of energies at which a boundary leans by 45 degrees")
    )
    growth_strain: Annotated[float, QuantityField("dimensionless", at_least=0.0, at_most=0.1)] = Field(
        1e-4, description="intrinsic strain of growth that diffusion does not relax"
    )


def texture_on(case: Case) -> bool:
    """Whether the texture engine answers the case."""
    return case.physics.engine == "texture"


def boundary_width(case: Case) -> float:
    """Width of a boundary on the grid [m]."""
    given = case.texture.boundary_width
    return 8.0 * max(case.domain.spacing) if given is None else given


def texture_errors(case: Case) -> Iterator[InputError]:
    """What the texture engine can't do."""
    if not texture_on(case):
        return
    if case.domain.dimension != 2:
        yield InputError("the texture engine looks at a section of the film", field="domain.size", allowed="two entries")  # fmt: skip
        return
    yield from left_out(
        case, "texture", "a film of grains grows evenly, at one temperature",
        *ISOTHERMAL_AND_FLAT, "physics.heterogeneity", "conditions.temperature_difference",
    )  # fmt: skip
    if case.protocol.has_voltage or case.protocol.charges()[1] > 0.0:
        yield InputError(
            "the texture engine grows metal: currents that plate, and rests", field="protocol",
            allowed='"plate at ..." and "rest for ..."',
        )  # fmt: skip
    yield from _resolution(case)
    yield from _families(case)
    yield from _junctions(case)


def _resolution(case: Case) -> Iterator[InputError]:
    spacing, width, numbers = case.domain.spacing, boundary_width(case), case.texture
    if max(spacing) > 1.001 * min(spacing):
        yield InputError("the texture engine needs square cells", field="domain.cells", value=str(list(case.domain.cells)))  # fmt: skip
    if width < FEWEST_IN_BOUNDARY * max(spacing) * (1.0 - 1e-9):
        yield InputError(
            "the grid does not resolve a boundary", field="texture.boundary_width",
            value=format_quantity(width, "length"),
            allowed=f"at least {FEWEST_IN_BOUNDARY:g} cells, {format_quantity(FEWEST_IN_BOUNDARY * max(spacing), 'length')}",
        )  # fmt: skip
    if numbers.column_width < WIDTHS_IN_COLUMN * width:
        yield InputError(
            "the first grains are too narrow for their boundaries", field="texture.column_width",
            value=format_quantity(numbers.column_width, "length"),
            allowed=f"at least {format_quantity(WIDTHS_IN_COLUMN * width, 'length')}, twice a boundary's width",
        )  # fmt: skip
    if round(case.domain.size[1] / numbers.column_width) < 2:
        yield InputError("fewer than two grains fit", field="texture.column_width", value=format_quantity(numbers.column_width, "length"))  # fmt: skip
    if (case.initial.metal_thickness or 0.0) < width * (1.0 - 1e-9):
        yield InputError(
            "the film must start thicker than a boundary is wide", field="initial.metal_thickness",
            value=format_quantity(case.initial.metal_thickness or 0.0, "length"),
            allowed=f"at least {format_quantity(width, 'length')}",
        )  # fmt: skip


def _families(case: Case) -> Iterator[InputError]:
    families = case.texture.families
    names = [family.name for family in families]
    if len(set(names)) < len(names):
        yield InputError("two families have one name", field="texture.families", value=", ".join(names))
    for n, family in enumerate(families):
        for key in ("normal", "fast_axis"):
            if not any(getattr(family, key)):
                yield InputError("a direction has no zero index alone", field=f"texture.families[{n}].{key}", value="[0, 0, 0]")  # fmt: skip
        if sum(a * b for a, b in zip(family.normal, family.fast_axis, strict=True)) != 0:
            yield InputError(
                "the in-plane axis is not at a right angle to the normal",
                field=f"texture.families[{n}].fast_axis", value=str(list(family.fast_axis)),
            )  # fmt: skip
        for other in families[:n]:
            if case.texture.frame == "crystal" and _cubic(family) == _cubic(other) and _unlike(family, other):
                yield InputError(
                    f"{other.name} and {family.name} are one direction of a cubic crystal and can't have different numbers",
                    field=f"texture.families[{n}].normal", value=str(list(family.normal)),
                    hint="give them the same numbers, or texture: {frame: sample} where the names are the sample's",
                )  # fmt: skip


def surface_energies(case: Case) -> tuple[float, ...]:
    """Gamma_j(P) = gamma_j (1 + s_j P/P_0) of the families under the stack pressure [J/m^2]."""
    load = case.conditions.stack_pressure / case.texture.pressure_scale
    return tuple(f.surface_energy * (1.0 + f.pressure_sign * load) for f in case.texture.families)


def _junctions(case: Case) -> Iterator[InputError]:
    """Three energies meet at an angle only where each is less than the other two together (Young)."""
    energies, boundary = surface_energies(case), case.texture.boundary_energy
    low, high = min(energies), max(energies)
    if low <= 0.0:
        yield InputError(
            "under this load a surface would have no energy: the law γ(1 + s P/P₀) holds for small loads",
            field="conditions.stack_pressure", value=format_quantity(case.conditions.stack_pressure, "pressure"),
            allowed=f"below {format_quantity(_largest_load(case), 'pressure')}", hint="less load, or a larger texture.pressure_scale",
        )  # fmt: skip
    elif high - low >= boundary:
        yield InputError(
            "surfaces that differ by more than a boundary costs have no angle at which they meet: one would wet the other",
            field="texture.boundary_energy", value=format_quantity(boundary, "surface_energy"),
            allowed=f"more than {format_quantity(high - low, 'surface_energy')}, the difference under this load",
            hint="less stack pressure, or surface energies that are nearer to each other",
        )  # fmt: skip
    elif 2.0 * low <= boundary:
        yield InputError(
            "a boundary that costs as much as two surfaces opens: there is no angle of a groove",
            field="texture.boundary_energy", value=format_quantity(boundary, "surface_energy"),
            allowed=f"less than {format_quantity(2.0 * low, 'surface_energy')}, twice the lowest surface energy under this load",
        )  # fmt: skip


def _largest_load(case: Case) -> float:
    """Stack pressure at which the first surface has no energy [Pa]."""
    return case.texture.pressure_scale / max(-family.pressure_sign for family in case.texture.families)


def _cubic(family: Family) -> tuple[int, ...]:
    """The same for all directions that a cubic crystal makes equal."""
    divisor = gcd(*family.normal) or 1
    return tuple(sorted(abs(index) // divisor for index in family.normal))


def _unlike(one: Family, other: Family) -> bool:
    keys = ("surface_energy", "barrier", "diffusivity", "pressure_sign")
    return any(getattr(one, key) != getattr(other, key) for key in keys)
