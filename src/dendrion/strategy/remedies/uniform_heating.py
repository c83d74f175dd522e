"""A warmer cell: everything activated speeds up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...study.limits import limits
from ..base import Strategy
from ..card import Cost, Finding, Treatment, quantity
from ..tools import at_temperature, cell_number, reference_cell

if TYPE_CHECKING:
    from ...case import Case


class UniformHeating(Strategy):
    """T → T + rise, each property by its own law; numbers that the case gives for its own temperature follow theirs."""

    name = "uniform_heating"
    title = "Uniform heating"
    changes = "temperature of the cell"
    twice = "adds"
    parameters = (
        quantity("rise", "temperature_difference", "rise of the temperature", least=0.0, most=200.0),
    )

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        return Treatment(
            at_temperature(case, case.conditions.temperature + values["rise"]) if values["rise"] else {}
        )

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        power = cell_number("heat_loss").value * values["rise"]
        return Cost(
            power=power,
            side="faster side reactions; sodium melts at 98 °C; sulfides are reported to short sooner",
        )

    def findings(self) -> tuple[Finding, ...]:
        cold = reference_cell("Li", "LLZO", "0.05 mA/cm^2", conditions__temperature="303.15 K",
                              cell__interface_resistance=f"{self.number('conditioned')!r} ohm*m^2")  # fmt: skip
        hot = cold.with_settings(at_temperature(cold, 433.15))
        first, second = (limits(case, samples=0)["kinetic_initiation"].value for case in (cold, hot))
        why = (
            f"kinetic limit of the conditioned cell of the report: {first / 10.0:.3g} mA/cm² at 30 °C (measured 0.05) and "
            f"{second / 10.0:.3g} at 160 °C (measured 20). The resistance alone, 0.40 eV, gives less than the 0.52 eV measured: "
            "better contact and creep when hot are missing"
        )
        return (self.judge("garnet", second / first, why),)
