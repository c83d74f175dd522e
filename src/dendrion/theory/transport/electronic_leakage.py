"""Metal inside the electrolyte: electrons that leak and the local lithium (sodium) potential they meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import FARADAY
from .. import inputs
from ..arrays import Array
from ..card import SINGLE_ION, Axis, Card, Constraint, Output, Reference, Remark, Threshold, parameter
from ..model import Model


@dataclass(frozen=True, kw_only=True, eq=False)
class ElectronicLeakage(Model):
    """V(x) = i R_ct (1 - 2x/L) in a symmetric cell, plus i l/sigma where electrons reach a depth l."""

    card: ClassVar = Card(
        name="electronic_leakage", title="Electronic leakage and internal deposition", field="transport", scale="1-D, closed form",
        kind="derived", system="mixed conductor between two metal electrodes",
        equations=("V(x) = φ_ion − φ_el = i R_ct (1 − 2x/L)  (uniform, σ_e ≪ σ)", "behind a layer ℓ that conducts electrons: i R_ct + i ℓ/σ",
                   "deposition inside where V ≥ η_nuc + p V_M/F", "leakage i_e = σ_e U/L"),
        assumptions=("one-dimensional, uniform conductivities", "symmetric cell"),
        limits=("where electrons travel (boundaries, surfaces of pores) is an input, not a result",),
        conclusion="a uniform electrolyte deposits inside only where i R_ct exceeds the nucleation overpotential",
        references=(Reference("Han 2019 (electronic conductivities)", "10.1038/s41560-018-0312-z"),),
        classes=SINGLE_ION, instead="space_charge_growth",
        example={"metal": "Li", "electrolyte": "LLZO", "current_density": "1 mA/cm^2", "thickness": "0.5 mm"},
        regime=(Axis("current_density", 0.1, 1e3), Axis("leaky_depth", 1e-6, 4e-4)),
        gradient=("current_density", "peak_potential"),
    )  # fmt: skip
    outputs: ClassVar = {
        "peak_potential": Output("potential", "largest excess potential of the metal inside the electrolyte"),
        "potential": Output("potential", "excess potential at the position asked for, uniform electrolyte"),
        "leakage_current": Output("current_density", "electronic leakage at the cell voltage"),
        "critical_current": Output("current_density", "current at which metal deposits inside"),
    }

    current_density: Array = inputs.current_density()
    thickness: Array = inputs.thickness()
    conductivity: Array = inputs.conductivity()
    electronic_conductivity: Array = parameter(
        "conductivity", "electronic conductivity", claim="electrolyte.electronic_conductivity", above=0.0
    )
    interface_resistance: Array = inputs.interface_resistance()
    position: Array = parameter("length", "distance from the plating electrode", default=0.0, least=0.0)
    leaky_depth: Array = parameter("length", "depth to which electrons come easily", default=0.0, least=0.0)
    nucleation_overpotential: Array = parameter(
        "potential", "overpotential to nucleate inside", default=0.04, least=0.0
    )
    back_pressure: Array = parameter("pressure", "pressure on a nucleus inside", default=0.0, least=0.0)
    molar_volume: Array = inputs.molar_volume()

    def constraints(self) -> Iterable[Constraint]:
        yield Constraint(
            self.electronic_conductivity < self.conductivity, "electrons conduct better than ions: this is no electrolyte",
            "electronic_conductivity", "below the ionic conductivity",
        )  # fmt: skip
        for name in ("position", "leaky_depth"):
            yield Constraint(
                getattr(self, name) <= self.thickness,
                "lies outside the electrolyte",
                name,
                "at most the thickness",
            )

    def compute(self) -> dict[str, Array]:
        i, r = self.current_density, self.interface_resistance
        resistance = r + self.leaky_depth / self.conductivity
        barrier = self.nucleation_overpotential + self.back_pressure * self.molar_volume / FARADAY
        voltage = i * (2.0 * r + self.thickness / self.conductivity)
        return {
            "peak_potential": i * resistance,
            "potential": i * r * (1.0 - 2.0 * self.position / self.thickness),
            "leakage_current": self.electronic_conductivity * voltage / self.thickness,
            "critical_current": barrier / resistance,
        }

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            result["leakage_current"] > 0.01 * self.current_density,
            "more than 1 % of the current leaks: σ_e ≪ σ fails",
        )

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["critical_current"]
        return Threshold(
            "internal deposition",
            "current_density",
            self.current_density,
            limit,
            self.current_density < limit,
        )
