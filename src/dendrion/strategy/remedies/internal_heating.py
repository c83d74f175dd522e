"""A metal foil inside the cell that warms it within a minute, only when it is needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...study.half_cycle import half_cycle
from ..base import Strategy
from ..card import Cost, Finding, Treatment, quantity
from ..tools import at_temperature, cell_number

if TYPE_CHECKING:
    from ...case import Case


class InternalHeating(Strategy):
    """T → T + rise by a foil: power C ΔT/t while it warms, heat loss afterwards."""

    name = "internal_heating"
    title = "Internal heating by a foil"
    changes = "temperature of the cell while it works"
    complexity = 3
    twice = "adds"
    parameters = (
        quantity("rise", "temperature_difference", "rise of the temperature", least=0.0, most=200.0),
        quantity("warming_time", "time", "time to get there", above=0.0),
    )

    def power(self, rise: float, time: float) -> float:
        """Power that warms an area of the cell by ``rise`` [K] within ``time`` [s], C ΔT/t [W/m²]."""
        return self.number("areal_heat_capacity") * rise / time

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        return Treatment(
            at_temperature(case, case.conditions.temperature + values["rise"]) if values["rise"] else {}
        )

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        duration = half_cycle(case).duration
        warming = self.power(values["rise"], values["warming_time"]) * min(
            values["warming_time"] / duration, 1.0
        )
        return Cost(
            energy_share=self.number("foil_share") * (values["rise"] > 0.0),
            power=warming + cell_number("heat_loss").value * values["rise"],
            side="the foil's side is hotter; what uniform heating spoils is spoilt here too",
        )  # fmt: skip

    def findings(self) -> tuple[Finding, ...]:
        power = self.power(40.0, 60.0)
        why = (
            f"40 K within a minute take {power:.3g} W/m² of electrode; the cell's own losses at 10 mA/cm² would take {power / self.number('own_losses'):.0f} times "
            "as long. What warmth does to the critical current is the same as by uniform heating"
        )
        return (self.judge("fast", power / self.number("own_losses"), why),)
