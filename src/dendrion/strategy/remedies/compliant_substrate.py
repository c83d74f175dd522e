"""A soft collector that wrinkles and so relieves the stress of the plated film."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...theory import for_cell
from ..base import Strategy
from ..card import BINARY, Cost, Finding, Treatment, quantity

if TYPE_CHECKING:
    from ...case import Case


class CompliantSubstrate(Strategy):
    """A film on a soft base wrinkles at σ_c = (Ē_f/4)(3Ē_s/Ē_f)^⅔ and carries no more than that."""

    name = "compliant_substrate"
    title = "Compliant substrate"
    changes = "largest compression that the film and its collector keep"
    kind = "published"
    engine = "theory"
    classes = BINARY
    instead = "in_plane_compression: a ceramic holds the metal flat, whatever is behind it"
    complexity = 2
    twice = "sets"
    parameters = (
        quantity("substrate_modulus", "pressure", "Young's modulus of the substrate", above=0.0, most=1e10),
    )

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        return Treatment()

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        return Cost(
            energy_share=self.number("energy_share"),
            side="the collector tears; tension on the crests of its wrinkles",
        )

    def findings(self) -> tuple[Finding, ...]:
        film = {"film_modulus": self.number("film_modulus"), "film_thickness": 4e-7}
        soft = (
            for_cell("wrinkling", **film, substrate_modulus=self.number("substrate_modulus")).evaluate().value
        )
        growth = (
            for_cell("stress_driven_whisker", metal="Li", current_density=10.0, film_thickness=1e-6)
            .evaluate()
            .value
        )
        why = (
            f"whiskers have been seen to grow under up to 130 MPa; copper on a soft base wrinkles at {float(soft) / 1e6:.1f} MPa and "
            f"relieves that. The steady creep stress of the model is only {abs(float(growth)) / 1e6:.2f} MPa at 1 mA/cm², so by it "
            "nothing would need relief; and no limit of the current depends on it: a ranking gives 1"
        )
        return (self.judge("relief", self.number("whisker_stress") / float(soft), why),)
