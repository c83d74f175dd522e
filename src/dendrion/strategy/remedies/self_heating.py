"""A current so high that the cell's own losses warm it and the metal levels itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...errors import InputError
from ...study.half_cycle import half_cycle
from ...theory import for_cell
from ..base import Strategy
from ..card import Cost, Finding, Treatment, quantity
from ..tools import cell_resistance

if TYPE_CHECKING:
    from ...case import Case


class SelfHeating(Strategy):
    """ΔT = i η/h with η = i R of the whole cell; below melting the metal levels faster (Mullins) and reacts faster."""

    name = "self_heating"
    title = "Self-heating at high current"
    changes = "temperature by the cell's own losses, by keeping them in"
    engine = "theory"
    twice = "sets"
    parameters = (
        quantity(
            "heat_transfer", "heat_transfer_coefficient", "heat transfer to the surroundings", above=0.0
        ),
    )

    def rise(self, case: Case, values: Mapping[str, Any]) -> float:
        """Steady warming at the case's current [K]."""
        current = half_cycle(case).mean
        answer = for_cell(
            "joule_temperature", metal=case.metal_material(), electrolyte=case.electrolyte_material(), current_density=current,
            overpotential=current * cell_resistance(case), heat_transfer=values["heat_transfer"], thickness=case.cell.thickness,
        ).evaluate()  # fmt: skip
        return float(answer["lumped_rise"])

    def refuse(self, case: Case, values: Mapping[str, Any]) -> None:
        melting = case.metal_material().claims("melting_temperature")
        reached = case.conditions.temperature + self.rise(case, values)
        if melting and reached >= melting[0].value:
            raise InputError(
                "the cell's own losses melt the metal", field=f"{self.name}.heat_transfer",
                value=f"{reached - case.conditions.temperature:.3g} K of warming", hint="a larger heat_transfer",
            )  # fmt: skip

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        return Treatment(theory={"temperature_rise": self.rise(case, values)})

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        return Cost(side="the heat is lost energy anyway; a cell that keeps it in can run away")

    def findings(self) -> tuple[Finding, ...]:
        model = for_cell(
            "self_heating_healing", metal="Li", wavelength=self.number("wavelength"), barrier=self.number("barrier_in_cells"),
            mobility_factor=1.0, heat_transfer=self.number("heat_transfer"), current_density=150.0,
        )  # fmt: skip
        answer = model.evaluate()
        needed = float(answer["required_heat_transfer"])
        why = (
            f"healing over growth of a wave of 1 µm under bare lithium, 15 mA/cm² and 10 W/m²/K: the cell warms by "
            f"{float(answer['temperature_rise']):.1f} K and the ratio is {float(answer['healing_ratio']):.2g}; above 1 it heals. For 40 K "
            f"of warming the cooling must be as weak as {needed:.2g} W/m²/K, or the polarisation larger: the reported healing "
            "at 9 mA/cm² is not reached with these numbers"
        )
        return (self.judge("healing", answer["healing_ratio"], why),)
