"""Layers of sulfides whose inner one decomposes at a dendrite, swells and clamps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...theory import for_cell
from ..base import Strategy
from ..card import Cost, Finding, Treatment, quantity
from ..tools import limit_gain, reference_cell

if TYPE_CHECKING:
    from ...case import Case


class ExpansionBolt(Strategy):
    """The swollen zone clamps the share Φ of the crack with min(K_eff ε_R, −ΔG/(V ε_R)) (reconstruction)."""

    name = "expansion_bolt"
    title = "Multilayer expansion bolt"
    changes = "compression of a crack by the decomposed inner layer"
    kind = "reconstruction"
    engine = "theory"
    classes = ("single_ion_sulfide",)
    instead = "in_plane_compression"
    complexity = 3
    twice = "sets"
    parameters = (
        quantity("reaction_strain", "dimensionless", "strain of the decomposition", least=0.0, most=0.5),
        quantity(
            "constraint_modulus", "pressure", "what the surroundings hold against it", least=0.0, most=2e11
        ),
        quantity("closing_share", "dimensionless", "share of the crack that is clamped", least=0.0, most=1.0),
    )

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        if values["reaction_strain"] == 0.0:
            return Treatment(theory={"closing_stress": 0.0})
        answer = for_cell(
            "expansion_bolt", metal=case.metal_material(), electrolyte=case.electrolyte_material(), overpotential=0.01,
            flaw_length=1e-5, **values,
        ).evaluate()  # fmt: skip
        return Treatment(theory={"closing_stress": float(answer["clamp_pressure"]) * values["closing_share"]})

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        conductivity = float(
            case.electrolyte_material().evaluate("conductivity", case.conditions.temperature)
        )
        change = self.number("resistance_share") * (case.cell.thickness or 0.0) / conductivity
        return Cost(
            change,
            self.number("energy_share"),
            side="every repair uses electrolyte up; its products conduct little",
        )

    def findings(self) -> tuple[Finding, ...]:
        cell = reference_cell("Li", "LPSC", "2 mA/cm^2")
        flaw = {"flaw_length": 1e-5}
        theory = self.treat(cell, self.values()).theory
        why = (
            "crack limit of LPSC with a flaw of 10 µm and the clamp of the default numbers, over that without. The constraint "
            "(5 to 20 GPa) and the strain (0.05 to 0.2) are estimates; deflection and blocking of real layers are not in it"
        )
        return (
            self.judge("multilayer", limit_gain(cell, cell, "crack_growth", flaw, {**flaw, **theory}), why),
        )
