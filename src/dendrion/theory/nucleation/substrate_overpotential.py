"""Nucleation overpotentials of lithium on substrates, and the effective contact angle that each amounts to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...materials import material
from .. import inputs
from ..arrays import Array
from ..card import Axis, Card, Output, Reference, Remark, parameter
from ..model import Model
from .classical_nucleation import ClassicalNucleation, contact_angle

_SUBSTRATES = ("Cu", "Ni", "C", "Al", "Pt", "Sn", "Si", "Au", "Ag", "Zn", "Mg")


@dataclass(frozen=True, kw_only=True, eq=False)
class SubstrateOverpotential(Model):
    """Tabulated eta_n, and the shape factor Phi = B kT/Delta G*(180 deg) that a barrier of B kT needs at eta_n."""

    card: ClassVar = Card(
        name="substrate_overpotential", title="Nucleation overpotential of substrates", field="nucleation", scale="0-D, nucleus",
        kind="published", system="lithium on metals and carbon in a liquid electrolyte, about 10 µA/cm²",
        equations=("η_n from the table", "Φ = B k_B T/ΔG*_hom(η_n), ϑ from Φ"),
        assumptions=("dip minus plateau of the voltage is the nucleation overpotential", "metals that dissolve lithium before it "
                     "plates show none"),
        limits=("the numbers were recalled, not read: check them against the figure of the source",
                "other electrolytes and currents give other values"),
        conclusion="solubility in the substrate, not its surface energy, separates zero from tens of millivolts",
        references=(Reference("Yan 2016", "10.1038/nenergy.2016.10"),),
        example={"metal": "Li", "substrate": "Cu"},
        regime=(Axis("temperature", 260.0, 360.0, False), Axis("barrier_height", 10.0, 60.0, False)),
        gradient=("temperature", "effective_shape"),
    )  # fmt: skip
    outputs: ClassVar = {
        "effective_shape": Output("dimensionless", "effective shape factor; 0: no barrier"),
        "effective_angle": Output("angle", "effective contact angle"),
        "nucleation_overpotential": Output("potential", "nucleation overpotential on this substrate"),
    }

    substrate: str = parameter("dimensionless", "substrate", default="Cu", choices=_SUBSTRATES)
    surface_energy: Array = inputs.surface_energy()
    molar_volume: Array = inputs.molar_volume()
    temperature: Array = inputs.temperature()
    barrier_height: Array = parameter(
        "dimensionless",
        "barrier that is crossed in the time of the test, over k_B T",
        default=30.0,
        above=0.0,
    )

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        eta = material("Li").claim("nucleation_overpotential", self.substrate).value
        zero = 0.0 * (self.temperature + self.barrier_height + self.surface_energy + self.molar_volume)
        if eta == 0.0:
            return {"nucleation_overpotential": zero, "effective_shape": zero, "effective_angle": zero}
        whole = ClassicalNucleation.unchecked(
            overpotential=eta,
            surface_energy=self.surface_energy,
            molar_volume=self.molar_volume,
            temperature=self.temperature,
        ).compute()["barrier_over_kT"]
        shape = xp.minimum(self.barrier_height / whole, 1.0)
        return {
            "nucleation_overpotential": eta + zero,
            "effective_shape": shape,
            "effective_angle": contact_angle(shape, xp),
        }

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        claim = material("Li").claim("nucleation_overpotential", self.substrate)
        confidence = claim.note or "recalled value"
        yield Remark(
            self.xp.asarray(True),
            f"{self.substrate}: {confidence} (tag {claim.tag}); check it in the source before citing",
        )
