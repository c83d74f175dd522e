"""The section of a case about grains, their boundaries, pores and particles, made or read from a label map."""

from __future__ import annotations

import base64
import zlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, ValidationInfo, model_validator

from ..errors import InputError
from .quantities import ArealResistance, Length, QuantityField, Section, refusal
from .sections import Seed

if TYPE_CHECKING:
    from ..microstructure import LabelMap

Factor = Annotated[float, QuantityField("dimensionless", above=0.0, at_most=1e3)]
ElectronicFactor = Annotated[float, QuantityField("dimensionless", above=0.0, at_most=1e8)]
Spread = Annotated[float, QuantityField("dimensionless", at_least=0.0, at_most=1.0)]
Share = Annotated[float, QuantityField("dimensionless", above=0.0, at_most=0.3)]
Angle = Annotated[float, QuantityField("angle", at_least=0.0, at_most=3.2)]
Conductivity = Annotated[float, QuantityField("conductivity", at_least=0.0)]
Modulus = Annotated[float, QuantityField("pressure", above=0.0, example="210 GPa")]
TransformationStrain = Annotated[
    float, QuantityField("dimensionless", above=0.0, at_most=0.1, example="0.04")
]
TransformationTime = Annotated[float, QuantityField("time", above=0.0, example="10 ms")]
FractureEnergy = Annotated[float, QuantityField("surface_energy", above=0.0, example="20 J/m^2")]
Poisson = Annotated[float, QuantityField("dimensionless", above=-1.0, below=0.5)]
Direction = Annotated[tuple[float, ...], Field(min_length=3, max_length=3, strict=False)]
Label = Annotated[int, Field(ge=0, le=2**31 - 1)]


class Boundaries(Section):
    """What grain boundaries are made of; what belongs to an area of boundary is kept, however wide a cell is."""

    resistance: ArealResistance | None = Field(
        None,
        description="resistance of a boundary times its area, at conditions.temperature; default from the claims",
    )
    thickness: Length | None = Field(None, description="thickness of a boundary; default the claim, or 2 nm")
    conductivity_factor: Factor | None = Field(
        None, description="conductivity over the grain's; with the thickness it sets the resistance"
    )
    shear_factor: Factor | None = Field(
        None, description="stiffness over the grain's; default the claim, or 1"
    )
    fracture_factor: Factor | None = Field(
        None, description="fracture energy over the grain's; default the claim, or 1"
    )
    electronic_factor: ElectronicFactor | None = Field(
        None,
        description="electronic conductivity over the grain's, read by the network engine; default the claim, or 1",
    )
    width: Length | None = Field(
        None, description="width of the band in which a boundary is weak; default 2 grid cells"
    )


class Texture(Section):
    """How grains are turned."""

    kind: Literal["random", "fibre", "aligned"] = Field(
        "random", description="random; fibre: one crystal direction along x; aligned: all as the grid"
    )
    axis: Direction = Field((1.0, 0.0, 0.0), description="crystal direction of a fibre that points along x")
    spread: Angle = Field(0.0, description="standard deviation of the tilt of a fibre", examples=["10 deg"])


class Crystal(Section):
    """Anisotropy of a grain, in its own axes."""

    zener_anisotropy: Factor | None = Field(
        None, description="2 C44/(C11 - C12) of the cubic stiffness; default the claim, or 1"
    )
    conductivity_ratio: Factor = Field(
        1.0, description="conductivity along the crystal's third axis over that across it"
    )


class Pores(Section):
    """Empty balls (discs in 2-D)."""

    fraction: Share = Field(description="share of the volume")
    size: Length = Field(description="mean diameter")
    spread: Spread = Field(0.0, description="standard deviation of the logarithm of the diameter")
    seed: Seed = Field(0, description="seed of the random numbers")
    at: Literal["anywhere", "boundaries"] = Field("anywhere", description="where they are placed")


class PhaseProperties(Section):
    """Numbers of a second phase; what is left out is that of the electrolyte."""

    conductivity: Conductivity | None = Field(None, description="ionic conductivity")
    young_modulus: Modulus | None = Field(None, description="Young's modulus")
    poisson_ratio: Poisson | None = Field(None, description="Poisson's ratio")
    fracture_energy: FractureEnergy | None = Field(None, description="fracture energy")
    transformation_strain: TransformationStrain | None = Field(
        None,
        description="change of volume of particles that expand under tension, for good (zirconia: about 0.04, or times "
        "its share of a phase whose particles the grid does not resolve)",
    )
    transformation_stress: Modulus | None = Field(
        None, description="mean stress from which they do", examples=["100 MPa"]
    )
    transformation_time: TransformationTime = Field(
        1e-2,
        description="time in which they do; really nanoseconds, short against a crack's way through a cell is enough",
    )


class Particles(PhaseProperties):
    """Balls (discs in 2-D) of a second phase."""

    fraction: Share = Field(description="share of the volume")
    size: Length = Field(description="mean diameter")
    spread: Spread = Field(0.0, description="standard deviation of the logarithm of the diameter")
    seed: Seed = Field(0, description="seed of the random numbers")
    at: Literal["anywhere", "boundaries"] = Field("anywhere", description="where they are placed")


class ImagePhase(PhaseProperties):
    """What one value of a label map stands for."""

    value: Label = Field(description="value of the pixels")
    phase: Literal["electrolyte", "pore", "particle"] = Field(
        description="electrolyte, pore, or particle with its own numbers"
    )


class SingleCrystal(Section):
    """One uniform electrolyte."""

    kind: Literal["single_crystal"] = "single_crystal"


class Grains(Section):
    """What every microstructure has."""

    boundary: Boundaries = Field(Boundaries(), description="what grain boundaries are made of")
    texture: Texture = Field(Texture(), description="how grains are turned")
    crystal: Crystal = Field(Crystal(), description="anisotropy of a grain")
    seed: Seed = Field(0, description="seed of the random numbers")
    pores: Pores | None = Field(None, description="empty balls", examples=["{fraction: 0.05, size: 1 um}"])
    particles: Annotated[tuple[Particles, ...], Field(strict=False)] = Field(
        (),
        description="balls of further phases",
        examples=["[{fraction: 0.1, size: 2 um, conductivity: 0 S/m, young_modulus: 210 GPa}]"],
    )


class Polycrystal(Grains):
    """Grains of log-normal size, the same on every grid."""

    kind: Literal["polycrystal"]
    grain_size: Length = Field(description="mean equivalent diameter of the grains", examples=["8 um"])
    spread: Spread = Field(0.3, description="standard deviation of the logarithm of the diameter")


class ImageMap(Grains):
    """Grains or phases from a label map: PNG, TIFF, DREAM3D or Neper raster; x to the right, y upwards."""

    kind: Literal["image"]
    file: str | None = Field(None, description="path of the label map, relative to the case file")
    data: str | None = Field(None, description="the label map itself, written by the program", repr=False)
    pixel_size: Annotated[tuple[Length, ...], Field(min_length=1, max_length=3, strict=False)] = Field(
        description="edge length of a pixel, or one an axis", examples=["[0.5 um]"]
    )
    contents: Literal["grains", "phases"] = Field(
        "grains", description="grains: every value is a grain; phases: values as listed in phases"
    )
    boundary_value: Label | None = Field(
        None, description="value of pixels that draw a boundary; they go to the nearest grain"
    )
    phases: Annotated[tuple[ImagePhase, ...], Field(strict=False)] = Field(
        (),
        description="what each value stands for",
        examples=["[{value: 0, phase: pore}, {value: 255, phase: electrolyte}]"],
    )

    @model_validator(mode="before")
    @classmethod
    def _with_data(cls, given: Any, info: ValidationInfo) -> Any:
        if not isinstance(given, dict):
            return given
        sizes = given.get("pixel_size")
        given = {**given, "pixel_size": [sizes]} if isinstance(sizes, str) else given
        if given.get("data") is not None or not isinstance(given.get("file"), str):
            return given
        from ..microstructure import read_label_map

        folder = Path((info.context or {}).get("folder", "."))
        try:
            labels = read_label_map(folder / given["file"]).labels
        except InputError as error:
            raise refusal(error.problem, allowed=error.allowed, hint=error.hint, key="file") from None
        return {**given, "data": packed(labels)}

    @model_validator(mode="after")
    def _readable(self) -> ImageMap:
        if self.data is None:
            raise refusal("a file is needed", hint="{kind: image, file: grains.png, pixel_size: 0.5 um}")
        try:
            present = self.label_map.labels
        except (ValueError, zlib.error):
            raise refusal("this is no label map", hint="give a file instead", key="data") from None
        if len(self.pixel_size) not in (1, present.ndim):
            raise refusal(
                f"the label map has {present.ndim} axes",
                allowed=f"1 or {present.ndim} entries",
                key="pixel_size",
            )
        if self.contents == "phases":
            self._check_phases(present)
        return self

    def _check_phases(self, present: Any) -> None:
        import numpy as np

        known = {phase.value for phase in self.phases} | {self.boundary_value}
        unknown = [int(value) for value in np.unique(present)[:1000] if int(value) not in known]
        if unknown:
            raise refusal(
                f"the label map has values that no phase names: {', '.join(map(str, unknown[:8]))}",
                allowed="every value named in phases",
                hint=f"phases: [{{value: {unknown[0]}, phase: electrolyte}}]",
                key="phases" if self.phases else None,
            )

    @cached_property
    def label_map(self) -> LabelMap:
        """The labels, with the pixel size of the case [m]."""
        from ..microstructure import LabelMap

        labels = unpacked(self.data or "")
        sizes = self.pixel_size if len(self.pixel_size) > 1 else self.pixel_size * labels.ndim
        return LabelMap(labels, sizes)


def packed(labels: Any) -> str:
    """Labels as text: their shape and the compressed numbers in base 64."""
    import numpy as np

    kind = "<u2" if labels.max(initial=0) < 2**16 and labels.min(initial=0) >= 0 else "<i8"
    content = base64.b64encode(zlib.compress(np.ascontiguousarray(labels, kind).tobytes(), 9)).decode()
    return f"{','.join(map(str, labels.shape))} {kind} {content}"


def unpacked(text: str) -> Any:
    """Labels of `packed` text.

    Raises:
        ValueError, zlib.error: not such a text.
    """
    import numpy as np

    shape, kind, content = text.split()
    if kind not in {"<u2", "<i8"}:
        raise ValueError(kind)
    raw = np.frombuffer(zlib.decompress(base64.b64decode(content)), kind)
    return raw.reshape([int(count) for count in shape.split(",")]).astype(np.int64)


def _named(value: object) -> object:
    return {"kind": value} if isinstance(value, str) else value


Microstructure = Annotated[
    Annotated[SingleCrystal, Tag("single_crystal")]
    | Annotated[Polycrystal, Tag("polycrystal")]
    | Annotated[ImageMap, Tag("image")],
    Discriminator("kind"),
]
"""``single_crystal``, a polycrystal or a label map, by its ``kind``."""

MicrostructureChoice = Annotated[Microstructure, BeforeValidator(_named)]
"""The same, or the word ``single_crystal``."""
