"""A metal or alloy between anode and electrolyte: the interface resistance falls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...study.limits import limits
from ..base import Strategy
from ..card import SINGLE_ION, Cost, Finding, Treatment, quantity
from ..tools import reference_cell, resistance_of, scaled_resistance

if TYPE_CHECKING:
    from ...case import Case


class AlloyInterlayer(Strategy):
    """R → share × R, and its layer with its own thickness; the kinetic and nucleation limits follow 1/R."""

    name = "alloy_interlayer"
    title = "Metal or alloy interlayer on the anode"
    changes = "interface resistance of the anode"
    classes = SINGLE_ION
    instead = "transference_number"
    complexity = 2
    twice = "adds"
    parameters = (
        quantity(
            "resistance_share",
            "dimensionless",
            "resistance with the interlayer over that without",
            above=0.0,
            most=1.0,
        ),
    )

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        return Treatment(scaled_resistance(case, values["resistance_share"]))

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        change = 2.0 * resistance_of(case) * (values["resistance_share"] - 1.0)
        share = self.number("energy_share") * (values["resistance_share"] < 1.0)
        return Cost(change, share, side="the alloy dissolves or moves away with cycling")

    def findings(self) -> tuple[Finding, ...]:
        cell = reference_cell(
            "Na", "NZSP", cell__interface_resistance=f"{self.number('with_gold')!r} ohm*m^2"
        )
        value = limits(cell, samples=0).critical("plating").value
        why = (
            "smallest limit of Na|NZSP at the measured resistance of 146 ohm cm² (kinetic, factor 1 of 1 to 5). The limit "
            "goes as 1/R; the cell without gold was not reported in the same protocol"
        )
        return (self.judge("gold", value, why, neutral=self.number("without_gold_current")),)
