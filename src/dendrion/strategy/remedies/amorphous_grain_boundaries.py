"""Grain boundaries that conduct as the grains do: amorphous, doped or wetted ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..base import Strategy
from ..card import SINGLE_ION, Cost, Finding, Treatment, quantity
from ..tools import limit_gain, reference_cell, scaled_claim

if TYPE_CHECKING:
    from ...case import Case


class AmorphousGrainBoundaries(Strategy):
    """Brick layer: of the boundaries' share s of the resistance ``remaining`` stays: κ → κ/[1 − s (1 − remaining)]."""

    name = "amorphous_grain_boundaries"
    title = "Amorphous or low-resistance grain boundaries"
    changes = "resistance of the grain boundaries, and with it the conductivity"
    kind = "published"
    classes = SINGLE_ION
    instead = "transference_number"
    complexity = 2
    twice = "adds"
    parameters = (
        quantity(
            "remaining",
            "dimensionless",
            "share of the boundaries' resistance that stays",
            least=0.0,
            most=1.0,
        ),
    )

    def _share(self, case: Case) -> float:
        claims = case.electrolyte_material().claims("grain_boundary_resistance_share")
        return float(claims[0].value) if claims else self.number("boundary_share")

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        share, left = self._share(case), values["remaining"]
        whole = 1.0 - share * (1.0 - left)
        settings = scaled_claim(case, "electrolyte", "conductivity", 1.0 / whole)
        settings["materials.electrolyte.grain_boundary_resistance_share"] = share * left / whole
        return Treatment(settings)

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        whole = 1.0 - self._share(case) * (1.0 - values["remaining"])
        conductivity = case.electrolyte_material().evaluate("conductivity", case.conditions.temperature)
        change = (case.cell.thickness or 0.0) / float(conductivity) * (whole - 1.0)
        return Cost(change, side="a glassy boundary may be weaker, and conduct electrons")

    def findings(self) -> tuple[Finding, ...]:
        stand_in: dict[str, Any] = {
            "materials__electrolyte__fracture_toughness": "1.44 MPa*m^0.5", "materials__electrolyte__poisson_ratio": 0.26,
            "cell__interface_resistance": "0.1 ohm*cm^2",
        }  # fmt: skip
        cell = reference_cell("Na", "Na5SmSi4O12", **stand_in)
        flaw = {"flaw_length": self.number("flaw_length")}
        treated = cell.with_settings(self.treat(cell, self.values({"remaining": 0.0})).settings)
        value = limit_gain(cell, treated, "crack_growth", flaw, flaw)
        why = (
            "crack limit of Na₅SmSi₄O₁₂ with a flaw of 50 µm and a clean interface: the metal in the flaw is fed through the "
            "electrolyte, so the limit follows the conductivity (2.9 to 5.61 mS/cm). Its toughness is unknown and cancels"
        )
        return (self.judge("silicate", value, why),)
