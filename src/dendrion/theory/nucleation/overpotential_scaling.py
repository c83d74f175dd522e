"""Size and number of nuclei against the overpotential (Pei): size as its inverse, density as its cube."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from .. import inputs
from ..arrays import Array
from ..card import Axis, Card, Fit, Output, Reference, Remark, parameter
from ..model import Model


@dataclass(frozen=True, kw_only=True, eq=False)
class OverpotentialScaling(Model):
    """r = r0 eta0/eta, N = N0 (eta/eta0)^3."""

    card: ClassVar = Card(
        name="overpotential_scaling", title="Nuclei against overpotential (Pei)", field="nucleation", scale="0-D, nuclei",
        kind="published", system="lithium nuclei on copper in a liquid electrolyte",
        equations=("r = r₀ (η₀/η)", "N = N₀ (η/η₀)³", "with linear kinetics η = R i: the same in the current"),
        assumptions=("the exponents −1 and 3 of the abstract", "one reference point, measured by the user"),
        limits=("the survey's form in the current density holds only where overpotential and current are proportional: η, not i, "
                "is the variable", "r₀ and N₀ are not predicted"),
        conclusion="doubling the overpotential halves the nuclei and makes eight times as many",
        references=(Reference("Pei 2017", "10.1021/acs.nanolett.6b04755"),),
        example={"overpotential": "100 mV", "reference_overpotential": "50 mV", "reference_radius": "200 nm",
                 "reference_density": "1e12 1/m^2"},
        regime=(Axis("overpotential", 0.01, 0.5), Axis("reference_radius", 1e-8, 1e-6)),
        gradient=("overpotential", "nucleus_density"),
        fit=Fit("overpotential", "radius", ("reference_radius",)),
    )  # fmt: skip
    outputs: ClassVar = {
        "radius": Output("length", "radius of the nuclei"),
        "nucleus_density": Output("1/m^2", "nuclei an area"),
        "invariant": Output("length", "N r³, constant"),
    }

    overpotential: Array = inputs.overpotential()
    reference_overpotential: Array = parameter(
        "potential", "overpotential of the reference point", default=0.05, above=0.0
    )
    reference_radius: Array = parameter("length", "radius at the reference point", above=0.0)
    reference_density: Array = parameter(
        "1/m^2", "nuclei an area at the reference point", default=1e12, above=0.0
    )

    def compute(self) -> dict[str, Array]:
        ratio = self.overpotential / self.reference_overpotential
        radius, density = self.reference_radius / ratio, self.reference_density * ratio**3
        return {"radius": radius, "nucleus_density": density, "invariant": density * radius**3}

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(result["invariant"] > 1.0 * result["radius"], "the nuclei overlap at this density")
