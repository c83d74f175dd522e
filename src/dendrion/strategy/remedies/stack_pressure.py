"""Pressure on the stack: contact while stripping, at the price of what it pushes into flaws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..base import Strategy
from ..card import SINGLE_ION, Cost, Finding, Treatment, quantity
from ..tools import limit_gain, reference_cell, stressed

if TYPE_CHECKING:
    from ...case import Case


class StackPressure(Strategy):
    """P: creep and interface diffusion refill what is stripped; in a flaw the metal carries P as well."""

    name = "stack_pressure"
    title = "Stack pressure"
    changes = "pressure on the counter electrode's side"
    kind = "reconstruction"
    classes = SINGLE_ION
    instead = "compliant_substrate"
    twice = "sets"
    parameters = (quantity("pressure", "pressure", "stack pressure", least=0.0, most=1e9),)

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        if values["pressure"] == case.conditions.stack_pressure:
            return Treatment()
        return Treatment({"conditions.stack_pressure": f"{values['pressure']!r} Pa", **stressed(case)})

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        more = max(values["pressure"] - case.conditions.stack_pressure, 0.0)
        return Cost(
            energy_share=self.number("fixture_share") * more / self.number("fixture_pressure"),
            side="metal is pushed into flaws and, above some 20 MPa in sulfides, through them",
        )  # fmt: skip

    def findings(self) -> tuple[Finding, ...]:
        common = {
            "physics__mechanics": "viscoplastic",
            "conditions__lateral": "free",
            "initial__metal_thickness": "50 um",
        }
        low = reference_cell("Li", "LPSC", conditions__stack_pressure="3 MPa", **common)
        high = low.with_settings({"conditions.stack_pressure": "7 MPa"})
        stripping = limit_gain(low, high, "contact_loss")
        plating = limit_gain(low, high, "crack_growth")
        squeezed = limit_gain(low, low.with_settings({"conditions.stack_pressure": "25 MPa"}), "crack_growth")
        law = "creep as σ^6.6, extrapolated above 3 MPa, overshoots; interface diffusion alone would give 2.3"
        return (
            self.judge("stripping", stripping, f"stripping limit of 50 µm of lithium on LPSC, 7 over 3 MPa: {law}"),
            self.judge("plating", plating, "crack limit, 7 over 3 MPa: a little less, because the metal in a flaw carries the pressure"),
            self.judge("squeezed", squeezed, "crack limit, 25 over 3 MPa: the sign of the report, whose jump between 20 and 25 MPa "
                       "is extrusion, an observation that no model here predicts"),
        )  # fmt: skip
