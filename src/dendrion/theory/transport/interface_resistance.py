"""Resistance of a metal that touches its electrolyte in spots: reaction plus constriction."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from .. import inputs
from ..arrays import Array
from ..card import SINGLE_ION, Axis, Card, Output, Reference, Remark, parameter
from ..model import Model


@dataclass(frozen=True, kw_only=True, eq=False)
class InterfaceResistance(Model):
    """R = R_ct/phi + (1 - sqrt(phi))^1.5/(4 sigma a n), n = phi/(pi a^2) spots an area."""

    card: ClassVar = Card(
        name="interface_resistance", title="Interface resistance of contact spots", field="transport", scale="0-D, contact spots",
        kind="published", system="metal on a solid electrolyte with partial contact",
        equations=("R = R_ct/φ + (1 − √φ)^{3/2}/(4 σ a n),  φ = n π a²", "spot current i/φ;  Wagner number Wa = σ R_ct/a"),
        assumptions=("round spots of one size (flux tubes)", "linear kinetics"),
        limits=("the rim of a gap is singular: the peak is cut off at the Wagner length σ R_ct",),
        conclusion="many small spots constrict less than few large ones at the same contact fraction",
        references=(Reference("Holm's flux tube; R ∝ 1/area and P^−0.5 measured", "arXiv:2501.00600"),),
        classes=SINGLE_ION, instead="the claim of its interface resistance",
        example={"metal": "Li", "electrolyte": "LLZO", "contact_fraction": "0.2", "spot_radius": "5 um"},
        regime=(Axis("contact_fraction", 0.01, 1.0), Axis("spot_radius", 1e-7, 1e-4)),
        gradient=("contact_fraction", "interface_resistance"),
    )  # fmt: skip
    outputs: ClassVar = {
        "interface_resistance": Output(
            "areal_resistance", "resistance of the interface with partial contact"
        ),
        "constriction": Output("areal_resistance", "constriction part of it"),
        "spot_current": Output("current_density", "current density in a spot"),
        "wagner_number": Output("dimensionless", "σ R_ct/a: kinetics against constriction inside a spot"),
    }

    charge_transfer_resistance: Array = parameter(
        "areal_resistance",
        "resistance of the reaction at full contact",
        claim="interface.interface_resistance",
        above=0.0,
    )
    contact_fraction: Array = parameter("dimensionless", "share of the area in contact", above=0.0, most=1.0)
    spot_radius: Array = parameter("length", "radius of a contact spot", above=0.0)
    conductivity: Array = inputs.conductivity()
    current_density: Array = inputs.current_density(10.0)

    def compute(self) -> dict[str, Array]:
        xp, contact = self.xp, self.contact_fraction
        spots = contact / (math.pi * self.spot_radius**2)
        # A root's derivative is infinite at full contact: the small number keeps it finite and changes nothing.
        missing = xp.maximum(1.0 - xp.sqrt(contact), 1e-300)
        constriction = missing**1.5 / (4.0 * self.conductivity * self.spot_radius * spots)
        return {
            "interface_resistance": self.charge_transfer_resistance / contact + constriction,
            "constriction": constriction,
            "spot_current": self.current_density / contact,
            "wagner_number": self.conductivity * self.charge_transfer_resistance / self.spot_radius,
        }

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            result["wagner_number"] < 0.1, "current crowds at the rims of the spots (Wagner number below 0.1)"
        )
