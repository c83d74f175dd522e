"""The sections of a case that describe the cell: materials, domain, first shape, conditions, output, end."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from .profile import ProfileSurface
from .quantities import (
    ArealResistance,
    ComplianceVoltage,
    CompressiveStress,
    ExchangeCurrentDensity,
    HeatTransferCoefficient,
    Length,
    MaterialChoice,
    Position,
    QuantityField,
    Section,
    Switch,
    Temperature,
    TemperatureDifference,
    TemperatureRise,
    Time,
    refusal,
)

OUTPUT_FIELDS = (
    "order_parameter",
    "electrolyte_potential",
    "salt_concentration",
    "temperature",
    "current_density",
    "ionic_current_density",
    "dead_metal",
    "chemical_potential",
    "displacement_x",
    "displacement_y",
    "displacement_z",
    "pressure",
    "largest_principal_stress",
    "von_mises_stress",
    "plastic_strain",
    "damage",
    "crack_filling",
    "crack_pressure",
    "transformed",
    "grain",
    "grain_boundary",
    "excess_potential",
    "electronic_potential",
    "metal_volume",
    "metal_grain",
    "metal_family",
    "first_family",
)
"""Fields that a run can store; those that a case does not solve are left out."""

Count = Annotated[int, Field(ge=1, le=10_000_000)]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]
Coordinates = Annotated[tuple[Position, ...], Field(min_length=1, max_length=3, strict=False)]


class Cell(Section):
    """What the cell is made of."""

    metal: MaterialChoice = Field(
        description="metal that plates: a name or an inline mapping of claims", examples=["Li"]
    )
    electrolyte: MaterialChoice = Field(
        description="electrolyte: a name or an inline mapping of claims", examples=["LLZO"]
    )
    thickness: Length | None = Field(
        None, description="distance of the electrodes; must equal domain.size[0], which is its default"
    )
    counter_electrode: Literal["metal", "reservoir"] = Field(
        "metal",
        description="metal: gives back the salt that the anode takes (symmetric cell); "
        "reservoir: holds the salt concentration at x = L",
    )
    interface_resistance: ArealResistance | None = Field(
        None, description="charge-transfer resistance R; the exchange current density is then RT/(F R)"
    )
    exchange_current_density: ExchangeCurrentDensity | None = Field(
        None, description="exchange current density instead of the claim; excludes interface_resistance"
    )


class Domain(Section):
    """The box that is simulated, x across the cell from the plating electrode."""

    size: Annotated[tuple[Length, ...], Field(min_length=1, max_length=3, strict=False)] = Field(
        description="edge lengths: one (flat cell), two (2-D) or three (3-D)"
    )
    cells: Annotated[
        tuple[Annotated[int, Field(ge=2, le=100_000)], ...], Field(min_length=1, max_length=3, strict=False)
    ] = Field(description="number of grid cells along each edge", examples=[[256, 256]])
    lateral: Literal["symmetric", "periodic"] = Field(
        "symmetric", description="condition on the lateral sides"
    )

    @model_validator(mode="after")
    def _same_length(self) -> Domain:
        if len(self.size) != len(self.cells):
            raise refusal(
                f"size and cells have {len(self.size)} and {len(self.cells)} entries",
                allowed="the same number of entries in both",
                hint="size: [60 um, 60 um], cells: [256, 256]",
            )
        return self

    @property
    def dimension(self) -> int:
        """Number of space dimensions, 1 to 3 [dimensionless]."""
        return len(self.size)

    @property
    def spacing(self) -> tuple[float, ...]:
        """Edge lengths of a grid cell [m]."""
        return tuple(length / count for length, count in zip(self.size, self.cells, strict=True))

    @property
    def cell_count(self) -> int:
        """Number of grid cells [dimensionless]."""
        return math.prod(self.cells)


class FlatSurface(Section):
    """x = metal_thickness everywhere."""

    kind: Literal["flat"] = "flat"

    def crest(self) -> float:
        """Largest height above the flat layer [m]."""
        return 0.0

    def trough(self) -> float:
        """Largest depth below the flat layer [m]."""
        return 0.0


class SinusoidSurface(Section):
    """x = metal_thickness + amplitude cos(2π y / wavelength), with a crest at y = 0; the same for every z."""

    kind: Literal["sinusoid"]
    amplitude: Length = Field(description="half of the height from trough to crest")
    wavelength: Length = Field(description="distance of the crests")

    def crest(self) -> float:
        """Largest height above the flat layer [m]."""
        return self.amplitude

    def trough(self) -> float:
        """Largest depth below the flat layer [m]."""
        return self.amplitude


class BumpSurface(Section):
    """x = metal_thickness + height exp(−r²/radius²), r the lateral distance from ``at``."""

    kind: Literal["bump"]
    height: Length = Field(description="height of the top above the flat layer")
    radius: Length = Field(description="half-width at 1/e of the height")
    at: Coordinates | None = Field(None, description="lateral position [y] or [y, z]; default the middle")

    def crest(self) -> float:
        """Largest height above the flat layer [m]."""
        return self.height

    def trough(self) -> float:
        """Largest depth below the flat layer [m]."""
        return 0.0


class RandomSurface(Section):
    """x = metal_thickness + band-limited noise of root-mean-square ``amplitude``, the same on every grid."""

    kind: Literal["random"]
    amplitude: Length = Field(description="root mean square of the height")
    shortest_wavelength: Length = Field(description="no component is shorter")
    longest_wavelength: Length | None = Field(
        None, description="no component is longer; default the lateral size"
    )
    seed: Seed = Field(0, description="seed of the random numbers")

    def crest(self) -> float:
        """Height that is not exceeded in practice, four times the root mean square [m]."""
        return 4.0 * self.amplitude

    def trough(self) -> float:
        """Depth that is not exceeded in practice, four times the root mean square [m]."""
        return 4.0 * self.amplitude


Surface = Annotated[
    FlatSurface | SinusoidSurface | BumpSurface | RandomSurface | ProfileSurface, Field(discriminator="kind")
]


class MetalSeed(Section):
    """A half-ellipse (half-ellipsoid) of metal on the electrode."""

    at: Coordinates = Field(description="centre [x, y] or [x, y, z]")
    radius: Annotated[tuple[Length, ...], Field(min_length=1, max_length=3, strict=False)] = Field(
        description="half axes along x, y (and z); one entry for a circle or sphere"
    )


class Initial(Section):
    """The metal at the start."""

    metal_thickness: Annotated[float, QuantityField("length", at_least=0.0, at_most=1.0)] | None = Field(
        None, description="flat metal layer at x = 0; default a tenth of the domain"
    )
    surface: Surface = Field(
        FlatSurface(kind="flat"),
        description="shape of the first surface",
        examples=["{kind: sinusoid, amplitude: 0.5 um, wavelength: 30 um}"],
    )
    seeds: Annotated[tuple[MetalSeed, ...], Field(strict=False)] = Field(
        (), description="further metal on it", examples=["[{at: [0 um, 15 um], radius: [2 um, 4 um]}]"]
    )


class HotSpot(Section):
    """An imposed Gaussian rise: rise · exp(−r²/width²), r the distance from ``at``."""

    at: Coordinates = Field(description="centre [x, y] or [x, y, z]")
    width: Length = Field(description="half-width at 1/e of the rise")
    rise: TemperatureRise = Field(description="rise of temperature at the centre")

    def rise_at(self, distance_squared: Any) -> Any:
        """Rise [K] at a squared distance [m²] (floats or arrays of any library)."""
        return self.rise * math.e ** (-distance_squared / self.width**2)


class ConvectiveBoundary(Section):
    """−k ∂T/∂n = h (T − T_ambient)."""

    convective: HeatTransferCoefficient = Field(description="heat transfer coefficient h")
    ambient: Temperature | None = Field(
        None, description="temperature of the surroundings; default conditions.temperature"
    )


def _boundary_tag(value: object) -> str:
    return "(convective)" if isinstance(value, (Mapping, ConvectiveBoundary)) else "(named)"


HeatBoundary = Annotated[
    Annotated[Literal["fixed", "insulated"], Tag("(named)")]
    | Annotated[ConvectiveBoundary, Tag("(convective)")],
    Discriminator(_boundary_tag),
]


class Heat(Section):
    """Where heat leaves; used when physics.heat is on."""

    anode: HeatBoundary = Field("fixed", description="fixed, insulated or {convective: ..., ambient: ...}")
    counter: HeatBoundary = Field("fixed", description="fixed, insulated or {convective: ..., ambient: ...}")


class Conditions(Section):
    """What surrounds the cell."""

    temperature: Temperature = Field(298.15, description="mean temperature")
    temperature_difference: TemperatureDifference = Field(
        0.0, description="counter side minus anode side, linear across the cell"
    )
    hot_spots: Annotated[tuple[HotSpot, ...], Field(strict=False)] = Field(
        (), description="imposed warm places", examples=["[{at: [5 um, 15 um], width: 5 um, rise: 10 K}]"]
    )
    hot_spot_normalise: Literal["mean", "none"] = Field(
        "mean", description="mean: hot spots keep the mean temperature; none: they add to it"
    )
    heat: Heat = Field(Heat(), description="thermal boundary conditions")
    compliance_voltage: ComplianceVoltage = Field(
        5.0,
        description="largest voltage of the cycler: where it can't drive the current of a step, it holds this "
        "voltage and the current falls",
    )
    stack_pressure: CompressiveStress = Field(
        0.0, description="pressure on the counter electrode's side, along x; needs physics.mechanics"
    )
    lateral: Literal["confined", "free"] | None = Field(
        None,
        description="sides of the box, required with physics.mechanics: confined keeps their distance; free "
        "moves them, straight, until unbroken electrolyte carries only in_plane_compression",
    )
    in_plane_compression: CompressiveStress = Field(
        0.0, description="compression across x in unbroken electrolyte; needs lateral: free"
    )
    bending: Literal["flat", "free"] | None = Field(
        None,
        description="the plate under a temperature difference: held flat, or free to bend; required then",
    )


class Output(Section):
    """What a run stores."""

    frames: Annotated[int, Field(ge=0, le=100_000)] = Field(40, description="number of stored field sets")
    history_every: Count = Field(1, description="steps from one history row to the next")
    fields: (
        Annotated[
            tuple[Literal[OUTPUT_FIELDS], ...],  # type: ignore[valid-type]
            Field(strict=False),
        ]
        | None
    ) = Field(None, description="fields to store; default all that the case solves")


class Stop(Section):
    """What ends a run before its protocol does."""

    short_circuit: Switch = Field(True, description="stop when metal reaches the counter electrode")
    time: Time | None = Field(None, description="stop at this time")
    tip: Length | None = Field(None, description="stop when the tip reaches this x")
