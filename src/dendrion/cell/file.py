"""A cell file: YAML with units, like a case, about a whole cell and what holds and drives it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, ValidationError, model_validator

from dendrion.case.documents import (
    Document,
    apply_settings,
    dotted,
    parse_path,
    plain_copy,
    read_document,
)
from dendrion.case.materials_choice import MaterialOverrides, chosen, chosen_interface, with_overrides
from dendrion.case.protocol import Protocol
from dendrion.case.quantities import (
    Area,
    ArealResistance,
    CompressiveStress,
    ExchangeCurrentDensity,
    Fraction,
    Length,
    MaterialChoice,
    QuantityField,
    Section,
    Switch,
    Temperature,
    Time,
    refusal,
)
from dendrion.case.refusals import input_errors
from dendrion.cell.experiment import read_protocol
from dendrion.cell.fixture import Fixture, series_stiffness, slab_pressure
from dendrion.cell.particle import Cathode
from dendrion.cell.properties import Numbers, numbers_of
from dendrion.cell.salt import SaltColumn
from dendrion.cell.small import Design, SmallCell
from dendrion.errors import InputError, InputErrors

Stiffness = Annotated[float, QuantityField("areal_stiffness", above=0.0, example="10 MPa/mm")]
Capacity = Annotated[float, QuantityField("areal_capacity", above=0.0, at_most=1e7)]


class CellSection(Section):
    """What the cell is made of, from the plating electrode on."""

    metal: MaterialChoice = Field(description="metal that plates", examples=["Li"])
    electrolyte: MaterialChoice = Field(description="electrolyte between the electrodes", examples=["LLZO"])
    thickness: Length = Field(description="thickness of the electrolyte")
    area: Area = Field(1e-4, description="electrode area")
    counter: Literal["cathode", "metal"] = Field("cathode", description="what the metal is cycled against")
    collector: Literal["metal", "copper"] = Field(
        "metal", description="what is plated on: metal that is there, or bare copper"
    )
    metal_thickness: Length = Field(2e-5, description="metal there at the start")
    counter_thickness: Length = Field(5e-5, description="metal of the counter electrode at the start")
    cathode: MaterialChoice = Field("NMC811", description="active material of the cathode")
    cathode_file: str | None = Field(
        None, description="a BPX file whose positive electrode replaces the claims", examples=["cell.json"]
    )
    cathode_capacity: Capacity = Field(
        1.08e5, description="areal capacity of the cathode, which sets its thickness"
    )
    porosity: Fraction = Field(1.0, description="electrolyte share of the separator")
    interface_resistance: ArealResistance | None = Field(None, description="instead of the claim")
    exchange_current_density: ExchangeCurrentDensity | None = Field(None, description="instead of the claim")
    spot_radius: Length = Field(1e-5, description="radius of a contact between metal and electrolyte")
    leakage: Switch = Field(True, description="electrons cross the electrolyte as its claim says")


class FixtureSection(Section):
    """What holds the stack together."""

    kind: Literal["constant_pressure", "constant_gap", "spring"] = Field(
        "constant_pressure", description="a weight or gas, bolted plates, or a spring"
    )
    pressure: CompressiveStress = Field(5e6, description="stack pressure at the start")
    stiffness: Stiffness | None = Field(None, description="of the spring, pressure a length")
    width: Length = Field(1e-2, description="width of the electrode, over which the metal is squeezed out")


class ConditionsSection(Section):
    """What surrounds the cell."""

    temperature: Temperature = Field(298.15, description="temperature of the cell")


class LimitsSection(Section):
    """What the dendrite limits need to know of the cell."""

    flaw_length: Length = Field(1e-5, description="longest flaw of the electrolyte's surface")
    flaw_log10_sigma: Annotated[float, QuantityField("dimensionless", at_least=0.0, at_most=3.0)] = Field(
        0.2, description="spread of that length from cell to cell, of its decimal logarithm"
    )
    samples: Annotated[int, Field(ge=0, le=100_000)] = Field(
        200, description="draws from the claims' spreads; 0 for none"
    )
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = Field(0, description="seed of the draws")


class CouplingSection(Section):
    """A field run that grows the dendrite of this cell (two-way)."""

    case: str = Field(
        description="case file or shipped case; its protocol is not used", examples=["dendrite.yaml"]
    )
    interval: Time = Field(60.0, description="time between two exchanges")
    current_factor: Annotated[float, QuantityField("dimensionless", above=0.0, at_most=1e3)] = Field(
        1.0, description="local over mean current density, where the case is a hot spot of the cell"
    )


class PackCell(Section):
    """One cell of a pack, where it differs from the others."""

    name: str = Field(description="what results call it", examples=["hot"])
    temperature: Temperature | None = Field(None, description="instead of conditions.temperature")
    pressure: CompressiveStress | None = Field(None, description="instead of fixture.pressure")


class PackSection(Section):
    """Cells of this kind beside each other, and such groups in a row."""

    cells: Annotated[tuple[PackCell, ...], Field(min_length=2, max_length=10_000, strict=False)] = Field(
        description="every cell; the first group first", examples=["[{name: a}, {name: b}]"]
    )
    parallel: Annotated[int, Field(ge=1)] = Field(description="cells in a group", examples=[4])
    contact_resistance: Annotated[float, QuantityField("resistance", at_least=0.0)] = Field(
        0.0, description="of the tab of one cell"
    )
    busbar_resistance: Annotated[float, QuantityField("resistance", at_least=0.0)] = Field(
        0.0, description="of the bar between neighbours of a group, in both leads together"
    )

    @model_validator(mode="after")
    def _whole(self) -> PackSection:
        if len(self.cells) % self.parallel:
            raise refusal(
                f"{len(self.cells)} cells make no whole groups of {self.parallel}", key="parallel",
                allowed="a divisor of the number of cells",
            )  # fmt: skip
        if len({cell.name for cell in self.cells}) < len(self.cells):
            raise refusal("two cells have the same name", key="cells")
        return self


class CellFile(Section):
    """A cell, in SI; made by ``load_cell`` or ``CellFile.from_mapping``."""

    title: str = Field("", description="one line for people")
    engine: Literal["small", "pybamm"] = Field("small", description="dendrion's own model, or PyBaMM's")
    cell: CellSection = Field(description="what the cell is made of")
    fixture: FixtureSection = Field(FixtureSection(), description="what holds it")
    conditions: ConditionsSection = Field(ConditionsSection(), description="what surrounds it")
    materials: MaterialOverrides = Field(MaterialOverrides(), description="numbers that replace claims")
    protocol: Annotated[tuple[Any, ...], Field(min_length=1, strict=False)] = Field(
        description="steps of dendrion (plate, strip, rest, hold, pulse) or of PyBaMM (Charge at 1C until 4.2 V)"
    )
    limits: LimitsSection = Field(LimitsSection(), description="for the dendrite limits")
    coupling: CouplingSection | None = Field(None, description="a field run inside the cell")
    pack: PackSection | None = Field(None, description="several such cells")

    _folder: Path = PrivateAttr(default=Path())
    _given: dict[str, Any] = PrivateAttr(default_factory=dict)

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any], folder: str | Path = ".") -> CellFile:
        """A cell from nested mappings in the user's words (quantities as text with units).

        Raises:
            InputErrors: everything that is wrong, each with its field.
        """
        return cls.from_document(Document(plain_copy(data), folder=Path(folder)))

    @classmethod
    def from_document(cls, document: Document) -> CellFile:
        """A cell from a document that knows lines and columns."""
        try:
            cell = cls.model_validate(document.data)
        except ValidationError as error:
            raise InputErrors(input_errors(error, document, cls)) from None
        cell._folder, cell._given = document.folder, document.data
        try:
            cell.build()
            cell.steps()
        except InputError as error:
            path = parse_path(error.field) if error.field in _known(document) else ("cell",)
            raise InputErrors([InputError(
                error.problem, field=error.field, value=error.value, allowed=error.allowed, hint=error.hint,
                location=error.location or document.locate(path),
            )]) from None  # fmt: skip
        return cell

    @property
    def given(self) -> dict[str, Any]:
        """The file in the user's words."""
        return self._given

    @property
    def folder(self) -> Path:
        """Where relative paths start."""
        return self._folder

    def numbers(self) -> Numbers:
        """The numbers of the cell's materials, the file's own in place of claims."""
        warm, given = self.conditions.temperature, self.cell
        interface = dict(self.materials.interface)
        if given.interface_resistance is not None:
            interface["interface_resistance"] = f"{given.interface_resistance!r} ohm*m^2"
        if given.exchange_current_density is not None:
            interface["exchange_current_density"] = f"{given.exchange_current_density!r} A/m^2"
        sheets = (
            with_overrides(chosen(given.metal), self.materials.metal, warm),
            with_overrides(chosen(given.electrolyte), self.materials.electrolyte, warm),
            with_overrides(chosen_interface(given.metal, given.electrolyte), interface, warm),
        )
        return numbers_of(*sheets, chosen(given.cathode) if given.counter == "cathode" else None)

    def build(self, *, temperature: float | None = None, pressure: float | None = None) -> SmallCell:
        """The small cell, or one of a pack with its own temperature [K] and stack pressure [Pa].

        Raises:
            InputError: a claim that the cell needs is missing.
        """
        numbers, given = self.numbers(), self.cell
        cathode = self._cathode() if given.counter == "cathode" else None
        numbers = self._with_cathode_file(numbers)
        electrolyte = chosen(given.electrolyte)
        soft = not (electrolyte.electrolyte_class or "").startswith("single_ion")
        column = None
        if soft:
            column = SaltColumn(
                given.thickness, numbers.anion_share, given.porosity, cathode.thickness if cathode else 0.0,
                cathode.electrolyte_fraction if cathode else 1.0,
            )  # fmt: skip
        design = Design(
            gap=given.thickness, fixture=self._fixture(numbers, pressure), metal=given.metal_thickness,
            counter_metal=given.counter_thickness, cathode=cathode, column=column,
            copper=given.collector == "copper", spot_radius=given.spot_radius, flat_contact=soft,
            leakage=given.leakage,
        )  # fmt: skip
        return SmallCell(design, numbers, temperature or self.conditions.temperature)

    def steps(self, capacity: float | None = None) -> Protocol:
        """The protocol; C-rates refer to ``capacity`` [C/m^2], by default the cathode's.

        Raises:
            InputError: a step is not understood.
        """
        if capacity is None:
            capacity = self.cell.cathode_capacity if self.cell.counter == "cathode" else None
        return read_protocol(self.protocol, area=self.cell.area, capacity=capacity)

    def _cathode(self) -> Cathode:
        """The cathode whose thickness gives the capacity asked for."""
        from dendrion.cell.bpx import read_bpx

        if self.cell.cathode_file is not None:
            thin = read_bpx(self._folder / self.cell.cathode_file).cathode
        else:
            sheet = chosen(self.cell.cathode)

            def value(name: str) -> float:
                return sheet.claim(name).value

            thin = Cathode(
                1e-6, value("active_volume_fraction"), value("electrolyte_volume_fraction"), value("particle_radius"),
                value("maximum_concentration"), value("lowest_stoichiometry"), value("highest_stoichiometry"),
                value("partial_molar_volume") if sheet.claims("partial_molar_volume") else 0.0,
            )  # fmt: skip
        thickness = thin.thickness * self.cell.cathode_capacity / thin.capacity
        return Cathode(**{**vars(thin), "thickness": thickness})

    def _with_cathode_file(self, numbers: Numbers) -> Numbers:
        """The numbers with the positive electrode of a BPX file in place of the claims."""
        if self.cell.cathode_file is None or self.cell.counter != "cathode":
            return numbers
        from dendrion.cell.bpx import read_bpx

        return read_bpx(self._folder / self.cell.cathode_file).into(numbers)

    def _fixture(self, numbers: Numbers, pressure: float | None) -> Fixture:
        given, cell = self.fixture, self.cell
        metal, electrolyte = chosen(cell.metal), chosen(cell.electrolyte)
        layers = [
            (thickness, sheet.claim("young_modulus").value)
            for thickness, sheet in ((cell.thickness, electrolyte), (cell.metal_thickness, metal))
            if sheet.claims("young_modulus")
        ]
        largest = slab_pressure(numbers.yield_strength, given.width, cell.metal_thickness)
        if given.kind == "spring" and given.stiffness is None:
            raise InputError(
                "a spring needs its stiffness", field="fixture.stiffness", hint="stiffness: 10 MPa/mm"
            )
        return Fixture(
            given.kind, given.pressure if pressure is None else pressure, given.stiffness or float("inf"),
            series_stiffness(layers), largest,
        )  # fmt: skip


def _known(document: Document) -> set[str]:
    """Paths that the document has, as messages write them."""
    return {dotted(path) for path in document.values}


def load_cell(source: str | Path, set: Iterable[str] | Mapping[str, Any] = ()) -> CellFile:
    """Reads and checks a cell file.

    Raises:
        InputError: the file is absent or malformed, or everything that is wrong in it with line and column.
    """
    path = Path(source)
    if not path.is_file():
        raise InputError("there is no such file", field="cell", value=str(source), allowed="a YAML file")
    document = read_document(path)
    apply_settings(document, [set] if isinstance(set, str) else set)
    return CellFile.from_document(document)
