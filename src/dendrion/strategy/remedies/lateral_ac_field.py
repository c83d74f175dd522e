"""Lateral alternating field."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..base import Strategy
from ..card import BINARY, Cost, Finding, Treatment, quantity

if TYPE_CHECKING:
    from ...case import Case


class LateralAcField(Strategy):
    """Ions swing along the anode by x = μE/(2πf); it levels what is closer together than that (reconstruction)."""

    name = "lateral_ac_field"
    title = "Alternating field along the anode"
    changes = "lateral motion of ions in the electrolyte"
    kind = "reconstruction"
    engine = "theory"
    classes = BINARY
    instead = "no strategy: a single-ion conductor screens a lateral field and has no salt to mix"
    complexity = 4
    parameters = (
        quantity("field", "electric_field", "amplitude of the field", least=0.0),
        quantity("frequency", "frequency", "frequency of the field", above=0.0),
    )

    def swing(self, field: float, frequency: float) -> float:
        """Amplitude of an ion's motion μE/(2πf) [m]."""
        return self.number("mobility") * field / (2.0 * math.pi * frequency)

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        return Treatment()

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        return Cost(energy_share=0.0, side="electrodes at the rim of the cell, which may plate themselves")

    def findings(self) -> tuple[Finding, ...]:
        swing, spacing = self.swing(self.number("field"), self.number("frequency")), self.number("spacing")
        why = (
            f"at {self.number('field'):g} V/m and {self.number('frequency'):g} Hz an ion swings {swing * 1e9:.0f} nm, "
            f"{swing / spacing:.2g} of the distance of protrusions: nothing is levelled, and no limit of the mean current "
            f"depends on lateral motion. Levelling would need less than {self.number('frequency') * swing / (0.5 * spacing):.2g} Hz"
        )
        return (self.judge("life", 1.0, why),)
