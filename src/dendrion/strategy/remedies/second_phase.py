"""Particles or fibres that toughen the electrolyte and take up room for ions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...theory import for_cell
from ..base import Strategy
from ..card import SINGLE_ION, Cost, Finding, Treatment, quantity
from ..tools import limit_gain, reference_cell, scaled_claim

if TYPE_CHECKING:
    from ...case import Case


class SecondPhase(Strategy):
    """K → K + 0.22 E eᵀ V_f √h/(1 − ν), and bridges; κ → κ (1 − V_f)^1.5: what blocks ions as well as cracks."""

    name = "second_phase"
    title = "Second phase in the electrolyte"
    changes = "fracture toughness, and the conductivity"
    kind = "published"
    classes = SINGLE_ION
    instead = "compliant_substrate"
    complexity = 2
    twice = "adds"
    parameters = (
        quantity("share", "dimensionless", "volume share of the second phase", least=0.0, below=0.6),
        quantity(
            "dilation", "dimensionless", "dilation of its particles; 0: none transforms", least=0.0, most=0.2
        ),
        quantity("zone_height", "length", "height of the zone that transforms", above=0.0),
        quantity("bridge_stress", "pressure", "stress that a bridge carries", least=0.0, most=1e10),
        quantity("bridge_opening", "length", "opening at which a bridge fails", least=0.0),
    )

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        if values["share"] == 0.0:
            return Treatment()
        answer = for_cell(
            "toughening", electrolyte=case.electrolyte_material(), particle_share=values["share"], dilation=values["dilation"],
            zone_height=values["zone_height"], bridge_share=values["share"], bridge_stress=values["bridge_stress"],
            bridge_opening=values["bridge_opening"],
        ).evaluate()  # fmt: skip
        settings: dict[str, Any] = {
            "materials.electrolyte.fracture_toughness": f"{float(answer['toughness'])!r} Pa*m^0.5",
            **scaled_claim(case, "electrolyte", "conductivity", (1.0 - values["share"]) ** 1.5),
        }
        if case.electrolyte_material().claims("fracture_energy"):
            tough = case.electrolyte_material().evaluate("fracture_toughness", case.conditions.temperature)
            settings |= scaled_claim(
                case, "electrolyte", "fracture_energy", (float(answer["toughness"]) / float(tough)) ** 2
            )
        return Treatment(settings)

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        conductivity = float(
            case.electrolyte_material().evaluate("conductivity", case.conditions.temperature)
        )
        change = (case.cell.thickness or 0.0) / conductivity * ((1.0 - values["share"]) ** -1.5 - 1.0)
        return Cost(change, side="the matrix is in tension between particles that swell; ions go round them")

    def findings(self) -> tuple[Finding, ...]:
        cell = reference_cell("Li", "LPSC")
        flaw = {"flaw_length": self.number("flaw_length")}
        treated = cell.with_settings(self.treat(cell, self.values()).settings)
        value = limit_gain(cell, treated, "crack_growth", flaw, flaw)
        bare = limit_gain(
            cell,
            cell.with_settings(self.treat(cell, self.values({"bridge_stress": 0.0})).settings),
            "crack_growth",
            flaw,
            flaw,
        )
        why = (
            f"crack limit of LPSC with 10 % of fibres that bridge (no transformation): {value:.2f}; without bridges {bare:.2f}, because "
            "ions lose what nothing gives back. Volume share and bridging of the fibres are estimates, not read"
        )
        return (self.judge("fibres", value, why), self.judge("zirconia", value, why))
