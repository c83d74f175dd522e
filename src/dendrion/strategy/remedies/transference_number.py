"""A higher transference number of the cation: less salt is needed to carry the current."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...theory import for_cell
from ..base import Strategy
from ..card import BINARY, Cost, Finding, Treatment, quantity
from ..tools import scaled_claim

if TYPE_CHECKING:
    from ...case import Case


class TransferenceNumber(Strategy):
    """t₊ → value, with conductivity and diffusivity times a factor: i_lim ∝ D/(1 − t₊), τ_S ∝ D/(1 − t₊)²."""

    name = "transference_number"
    title = "Higher transference number of the cation"
    changes = "transference number, and what that costs in conductivity and diffusivity"
    kind = "published"
    classes = BINARY
    instead = "amorphous_grain_boundaries: only the metal's ion moves in a single-ion conductor"
    complexity = 2
    twice = "adds"
    parameters = (
        quantity("transference", "dimensionless", "transference number of the cation", above=-1.0, below=1.0),
        quantity("transport_factor", "dimensionless", "factor on conductivity and diffusivity", above=0.0),
    )

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        settings: dict[str, Any] = {
            "materials.electrolyte.cation_transference_number": values["transference"]
        }
        if values["transport_factor"] != 1.0:
            for name in ("conductivity", "salt_diffusivity"):
                settings |= scaled_claim(case, "electrolyte", name, values["transport_factor"])
        return Treatment(settings)

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        conductivity = case.electrolyte_material().evaluate("conductivity", case.conditions.temperature)
        change = (case.cell.thickness or 0.0) / conductivity * (1.0 / values["transport_factor"] - 1.0)
        return Cost(change, side="tethered anions slow everything: the electrolyte conducts less")

    def findings(self) -> tuple[Finding, ...]:
        pair = {"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "current_density": 10.0}
        times = [
            for_cell("sand_time", **pair, **extra).evaluate().value
            for extra in ({}, {"cation_transference_number": self.number("transference")})
        ]
        why = "Sand's time of 1 M LiPF6 at 1 mA/cm² when t₊ goes from 0.38 to 0.73 and nothing else changes"
        return (self.judge("sand", times[1] / times[0], why),)
