"""Heat between cycles: the contact and the surface mend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...errors import InputError
from ...study.limits import limits
from ...theory import for_cell
from ..base import Strategy
from ..card import SINGLE_ION, Cost, Finding, Treatment, quantity
from ..tools import reference_cell, resistance_of, scaled_resistance

if TYPE_CHECKING:
    from ...case import Case


class Annealing(Strategy):
    """R → share × R after a hold at the annealing temperature; roughness up to λ = 2π(B t)^¼ heals (Mullins)."""

    name = "annealing"
    title = "Annealing repair"
    changes = "interface resistance after a hold at a high temperature"
    classes = SINGLE_ION
    instead = "uniform_heating"
    twice = "adds"
    parameters = (
        quantity("temperature", "temperature", "temperature of the hold", above=273.15, most=600.0),
        quantity("duration", "time", "duration of the hold", above=0.0),
        quantity(
            "resistance_share", "dimensionless", "resistance afterwards over before", above=0.0, most=1.0
        ),
    )

    def refuse(self, case: Case, values: Mapping[str, Any]) -> None:
        melting = case.metal_material().claims("melting_temperature")
        if melting and values["temperature"] >= melting[0].value:
            raise InputError(
                "the metal melts during the hold", field=f"{self.name}.temperature", value=f"{values['temperature']:g} K",
                allowed=f"below {melting[0].value:g} K",
            )  # fmt: skip

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        clean = self.number("clean_resistance")
        share = max(values["resistance_share"], min(clean / resistance_of(case), 1.0))
        return Treatment(scaled_resistance(case, share) if share < 1.0 else {})

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        energy = self.number("areal_heat_capacity") * (values["temperature"] - case.conditions.temperature)
        share = max(energy, 0.0) / self.number("energy_between_holds")
        return Cost(
            energy_share=share, side="the cell stands still meanwhile; reactions of the interface go on"
        )

    def findings(self) -> tuple[Finding, ...]:
        before = reference_cell(
            "Li", "LLZO", cell__interface_resistance=f"{self.number('as_pressed')!r} ohm*m^2"
        )
        after = before.with_settings(self.treat(before, self.values()).settings)
        gain = (
            limits(after, samples=0).critical("plating").value
            / limits(before, samples=0).critical("plating").value
        )
        healed = for_cell("self_heating_healing", metal="Li", wavelength=1e-6, temperature=self.number("temperature"),
                          duration=self.number("duration")).evaluate()["healed_wavelength"]  # fmt: skip
        why = (
            "smallest limit of Li|LLZO when 175 °C takes the interface from 5822 to 514 ohm cm²; meanwhile waves up to "
            f"{float(healed) * 1e6:.1f} µm heal under an interphase. Densification of the pellet itself was not quantified by the survey"
        )
        return (self.judge("repair", gain, why),)
