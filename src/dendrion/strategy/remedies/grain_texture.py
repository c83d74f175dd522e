"""A seed or a load that chooses the orientation of the metal's grains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...theory import for_cell
from ..base import Strategy
from ..card import Cost, Finding, Treatment, quantity

if TYPE_CHECKING:
    from ...case import Case


class GrainTexture(Strategy):
    """s = (ΔF_B − ΔF_A)/[F(1 + Da)] + [Da/(1 + Da)](D_A − D_B)/(D_A + D_B): load favours the low-energy family."""

    name = "grain_texture"
    title = "Grain texture of the metal"
    changes = "share of the orientation with the lower surface energy"
    kind = "reconstruction"
    engine = "theory"
    complexity = 2
    twice = "sets"
    parameters = (
        quantity("seed_pressure", "pressure", "load under which the metal grows", least=0.0, most=1e9),
    )

    def share(self, current: float, pressure: float, temperature: float) -> float:
        """Share of the low-energy family after growth [dimensionless]."""
        answer = for_cell(
            "grain_selection", metal="Li", current_density=current, stack_pressure=pressure, temperature=temperature
        ).evaluate()  # fmt: skip
        return float(answer["share_of_a"])

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        return Treatment()

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        return Cost(
            energy_share=self.number("seed_share"),
            side="a texture is lost when the metal is stripped to the collector",
        )

    def findings(self) -> tuple[Finding, ...]:
        loaded, free = (self.share(10.0, pressure, 270.0) for pressure in (self.number("seed_pressure"), 0.0))
        why = (
            f"share of the low-energy family at 270 K and 1 mA/cm²: {free:.2f} without and {loaded:.2f} under 20 MPa. The parameters "
            "are illustrative, and what a texture does to the critical current is in no model here: a ranking gives 1"
        )
        return (self.judge("texture", loaded / free, why),)
