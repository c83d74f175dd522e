"""Pulses of a microsecond on a ceramic: shorter than the interface needs to charge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...theory import for_cell
from ..base import Strategy
from ..card import SINGLE_ION, Cost, Finding, Treatment, quantity

if TYPE_CHECKING:
    from ...case import Case


class MegahertzPulses(Strategy):
    """Mean share γ; of the ripple [1 + (2πf R C)²]^(−1/2) reaches the reaction, so the mean decides as before."""

    name = "megahertz_pulses"
    title = "Pulses at megahertz"
    changes = "the current's time course, faster than the interface charges"
    engine = "theory"
    classes = SINGLE_ION
    instead = "pulsed_current"
    complexity = 4
    twice = "sets"
    parameters = (
        quantity("frequency", "frequency", "frequency of the pulses", above=0.0, most=1e9),
        quantity("duty", "dimensionless", "on-time over period", above=0.0, most=1.0),
    )

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        window = for_cell(
            "pulse_window", metal=case.metal_material(), electrolyte=case.electrolyte_material(),
            frequency=values["frequency"], temperature=case.conditions.temperature,
            interface_resistance=float(case.interface_material().evaluate("interface_resistance", case.conditions.temperature)),
        ).evaluate()  # fmt: skip
        return Treatment(theory={
            "mean_share": values["duty"], "ripple_share": float(window["faradaic_share"]), "frequency": values["frequency"],
        })  # fmt: skip

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        return Cost(
            side="a source of megahertz pulses for every cell; losses in cables and collectors are not counted"
        )

    def findings(self) -> tuple[Finding, ...]:
        period = 1.0 / self.number("frequency")
        answer = for_cell("pulse_activity", on_time=period * self.number("duty"), period=period).evaluate()
        why = (
            "largest mean current under pulses over direct current when failure needs metal activity to build up at a defect: at "
            "most 1 for any build-up that relaxes linearly. If the 6.5 mA/cm² are the peak, the peak may be "
            f"{float(answer['peak_gain']):.2g} times the direct limit; the report must say which current it is"
        )
        return (self.judge("six_fold", answer["gain"], why),)
