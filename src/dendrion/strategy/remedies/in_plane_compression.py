"""Compression in the plane of the electrolyte: it closes the cracks that a dendrite opens, and turns them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...theory import for_cell
from ..base import Strategy
from ..card import SINGLE_ION, Cost, Finding, Treatment, quantity
from ..tools import stressed

if TYPE_CHECKING:
    from ...case import Case


class InPlaneCompression(Strategy):
    """K = Y (p − S)√(πa); T = S − P > 0 turns the crack: applied or residual compression S across it."""

    name = "in_plane_compression"
    title = "In-plane compression, applied or residual"
    changes = "compression across a crack through the electrolyte"
    kind = "published"
    classes = SINGLE_ION
    instead = "compliant_substrate"
    complexity = 3
    twice = "sets"
    parameters = (quantity("compression", "pressure", "in-plane compression", least=0.0, most=2e9),)

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        if values["compression"] == case.conditions.in_plane_compression:
            return Treatment()
        return Treatment({
            **stressed(case), "conditions.in_plane_compression": f"{values['compression']!r} Pa", "conditions.lateral": "free",
        })  # fmt: skip

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        share = self.number("frame_share") * values["compression"] / self.number("compression")
        tension = values["compression"] / self.number("layer_ratio")
        return Cost(
            energy_share=share, side=f"residual compression of a surface layer leaves some {tension / 1e6:.0f} MPa of tension below it"
        )  # fmt: skip

    def findings(self) -> tuple[Finding, ...]:
        answer = for_cell(
            "dendrite_deflection", electrolyte="LLZTO", in_plane_compression=0.0, thickness=5e-4, flaw_length=self.number("flaw_length")
        ).evaluate()  # fmt: skip
        why = (
            "pressure of a running dendrite, K/(Y√πa), in LLZTO with a flaw of 10 µm: compression of that order holds it. To turn "
            f"a kink within half a millimetre {float(answer['required_compression']) / 1e6:.0f} MPa would do"
        )
        return (self.judge("averts", answer["dendrite_pressure"], why, neutral=0.0),)
