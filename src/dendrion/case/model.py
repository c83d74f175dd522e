"""The case: everything that says what is simulated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, PrivateAttr, ValidationError

from ..errors import InputError, InputErrors
from . import checks
from .contact import Contact
from .documents import Document, apply_settings, plain_copy, to_yaml
from .interphase import interphase_sheet
from .lattice import Lattice
from .material_checks import transport_of
from .materials_choice import KINETICS, MaterialOverrides, chosen, chosen_interface, with_overrides
from .mechanics import Flaw
from .mechanics_checks import SMALLEST_FRACTURE_LENGTH, SOFT
from .microstructure import MicrostructureChoice, SingleCrystal
from .microstructure_checks import bulk_conductivity
from .network import Network, network_on
from .physics import Numerics, Physics
from .protocol import Protocol
from .quantities import Section
from .refusals import input_errors
from .sections import Cell, Conditions, Domain, Initial, Output, Stop
from .texture import Texture

if TYPE_CHECKING:
    from ..materials import Material


class Case(Section):
    """A complete description of a simulation, in SI.

    Made by ``load_case`` or ``Case.from_mapping``; changed by ``with_settings``, never in place.
    """

    title: str = Field("", description="one line for people", examples=["Lithium in PEO-LiTFSI at 90 °C"])
    cell: Cell = Field(description="what the cell is made of")
    domain: Domain = Field(description="the simulated box and its grid")
    microstructure: MicrostructureChoice = Field(
        SingleCrystal(),
        description="grains, boundaries, pores and particles of the electrolyte",
        examples=["{kind: polycrystal, grain_size: 8 um, seed: 3}"],
    )
    initial: Initial = Field(Initial(), description="the metal at the start")
    flaws: Annotated[tuple[Flaw, ...], Field(strict=False)] = Field(
        (),
        description="cracks and pores in the electrolyte at the start",
        examples=["[{kind: notch, at: [0 um, 30 um], length: 4 um}]"],
    )
    conditions: Conditions = Field(Conditions(), description="temperature and surroundings")
    protocol: Protocol = Field(description="what the cell is asked to do")
    materials: MaterialOverrides = Field(MaterialOverrides(), description="numbers that replace claims")
    physics: Physics = Field(Physics(), description="which equations are solved")
    lattice: Lattice = Field(Lattice(), description="numbers of the lattice engine")
    contact: Contact = Field(Contact(), description="numbers of the contact engine")
    network: Network = Field(Network(), description="numbers of the network engine")
    texture: Texture = Field(Texture(), description="numbers of the texture engine")
    numerics: Numerics = Field(Numerics(), description="how they are solved")
    output: Output = Field(Output(), description="what is stored")
    stop: Stop = Field(Stop(), description="what ends the run early")

    _given: dict[str, Any] = PrivateAttr(default_factory=dict)
    _folder: Path = PrivateAttr(default=Path())
    _defaults: dict[str, str] = PrivateAttr(default_factory=dict)
    _warnings: tuple[str, ...] = PrivateAttr(default=())

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any], folder: str | Path = ".") -> Case:
        """A case from nested mappings in the user's words (quantities as text with units).

        Arguments:
            data: the same keys as in a case file.
            folder: where a relative path of the protocol's table starts.

        Raises:
            InputErrors: everything that is wrong, each with its field.
        """
        return cls.from_document(Document(plain_copy(data), folder=Path(folder)))

    @classmethod
    def from_document(cls, document: Document) -> Case:
        """A case from a document that knows lines and columns (see ``from_mapping``)."""
        try:
            case = cls.model_validate(document.data, context={"folder": document.folder})
        except ValidationError as error:
            raise InputErrors(input_errors(error, document, cls)) from None
        completed = case._completed()
        completed._given, completed._folder = document.data, document.folder
        errors, warnings = checks.check(completed)
        if errors:
            raise InputErrors([checks.located(error, document) for error in errors])
        completed._warnings = tuple(warnings)
        return completed

    def with_settings(self, settings: Iterable[str] | Mapping[str, Any]) -> Case:
        """The case with ``path=value`` settings, or a mapping of paths to values, checked again."""
        document = Document(plain_copy(self._given), folder=self._folder)
        apply_settings(document, settings)
        return Case.from_document(document)

    def to_yaml(self) -> str:
        """The case as given, as YAML that stands alone: the table of a protocol file is written into it."""
        given = dict(self._given)
        if (table := self.protocol.table) is not None and isinstance(given.get("protocol"), dict):
            given["protocol"] = {**given["protocol"], "data": table.data}
        if self.initial.surface.kind == "profile":
            surface = {**given["initial"]["surface"], "data": self.initial.surface.data}
            given["initial"] = {**given["initial"], "surface": surface}
        if self.microstructure.kind == "image":
            given["microstructure"] = {**given["microstructure"], "data": self.microstructure.data}
        return to_yaml(given)

    def resolved(self) -> dict[str, Any]:
        """Everything that decides the result, as plain data.

        ``case``: complete, every quantity as SI text, itself a valid case; ``defaults``: path to the reason
        of each value that was left out; ``materials``: every property at the case's temperature with value,
        unit, tag, source and DOI of the claim it is from; ``protocol``: totals; ``warnings``.
        """
        from .resolution import resolved

        return resolved(self)

    @property
    def given(self) -> dict[str, Any]:
        """The case in the user's words, settings included."""
        return self._given

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is allowed but deserves a second look."""
        return self._warnings

    @property
    def defaults(self) -> dict[str, str]:
        """Reasons of the defaults that depend on other values, by dotted path."""
        return dict(self._defaults)

    def metal_material(self) -> Material:
        """The metal with the case's own numbers."""
        return self._with_overrides(chosen(self.cell.metal), "metal")

    def electrolyte_material(self) -> Material:
        """The electrolyte with the case's own numbers."""
        sheet, given = chosen(self.cell.electrolyte), self.overrides("electrolyte")
        bulk = None if "conductivity" in given else bulk_conductivity(self, sheet)
        if bulk is not None:
            given["conductivity"] = bulk
        return with_overrides(sheet, given, self.conditions.temperature)

    def interface_material(self) -> Material:
        """The interface of the two with the case's own numbers, those of ``cell`` included."""
        return self._with_overrides(chosen_interface(self.cell.metal, self.cell.electrolyte), "interface")

    def interphase_material(self) -> Material:
        """The layer on the front with the case's own numbers: of the interface, or of any on this metal."""
        return interphase_sheet(self)

    def overrides(self, kind: str) -> dict[str, Any]:
        """Property to what the case gives instead of the claim, for metal, electrolyte or interface."""
        given = dict(getattr(self.materials, kind))
        if kind == "interface":
            for name in KINETICS:
                value = getattr(self.cell, name)
                if value is not None:
                    given[name] = f"{value!r} {'ohm*m^2' if name == 'interface_resistance' else 'A/m^2'}"
        return given

    def _with_overrides(self, sheet: Material, kind: str) -> Material:
        return with_overrides(sheet, self.overrides(kind), self.conditions.temperature)

    @property
    def interface_width(self) -> float:
        """Length w of the interface's profile tanh(x/w) [m]."""
        if self.physics.model == "hong2018":
            return self.physics.hong2018.interface_width
        width = self.numerics.interface_width
        return 2.0 * max(self.domain.spacing) if width is None else width

    def _with_mechanics(self, reasons: dict[str, str]) -> Case:
        """Fills the defaults of stress and fracture."""
        physics, numerics = self.physics, self.numerics
        fracture = physics.fracture != "none"
        if physics.crack.filling is None:
            fills = fracture and physics.transport == "single_ion"
            reasons["physics.crack.filling"] = (
                "whether the electrolyte can crack and only the metal's ion moves"
            )
            physics = physics.model_copy(
                update={"crack": physics.crack.model_copy(update={"filling": fills})}
            )
        if physics.coupling.growth_to_stress is None:
            soft, reasons["physics.coupling.growth_to_stress"] = self._softness()
            links = physics.coupling.model_copy(update={"growth_to_stress": soft})
            physics = physics.model_copy(update={"coupling": links})
        if fracture and numerics.fracture_length is None:
            length = SMALLEST_FRACTURE_LENGTH * max(self.domain.spacing)
            reasons["numerics.fracture_length"] = f"{SMALLEST_FRACTURE_LENGTH:g} grid cells"
            numerics = numerics.model_copy(update={"fracture_length": length})
        return self.model_copy(update={"physics": physics, "numerics": numerics})

    def _softness(self) -> tuple[bool, str]:
        """Whether the growing front pushes the electrolyte, and why."""
        try:
            modulus = self.electrolyte_material().claims("young_modulus")
        except InputError:  # said with its place by the checks
            return False, "the electrolyte is not known"
        soft = bool(modulus) and modulus[0].value < SOFT
        return soft, f"on below a Young's modulus of {SOFT / 1e9:g} GPa"

    def _completed(self) -> Case:
        """Fills the defaults that depend on other values and notes why."""
        updates: dict[str, Any] = {}
        reasons: dict[str, str] = {}

        def fill(section: str, key: str, value: Any, reason: str) -> None:
            if getattr(getattr(self, section), key) is None and value is not None:
                updates.setdefault(section, {})[key] = value
                reasons[f"{section}.{key}"] = reason

        fill("cell", "thickness", self.domain.size[0], "domain.size[0]")
        if network_on(self):
            fill("initial", "metal_thickness", 0.0, "the electrode is the wall x = 0")
        else:
            fill("initial", "metal_thickness", 0.1 * self.domain.size[0], "a tenth of domain.size[0]")
        reason = "√(2κ/W) of hong2018" if self.physics.model == "hong2018" else "2 grid cells"
        fill("numerics", "interface_width", self.interface_width, reason)
        if self.physics.model == "hong2018":
            fill("physics", "transport", "binary", "the hong2018 model moves a salt")
        else:
            fill("physics", "transport", transport_of(self), "the electrolyte's class")
        sections = {name: getattr(self, name).model_copy(update=update) for name, update in updates.items()}
        completed = self.model_copy(update=sections)
        if completed.physics.mechanics != "none":
            completed = completed._with_mechanics(reasons)
        completed._defaults = reasons
        return completed
