"""Faster surface diffusion of the metal: a lower barrier of a hop levels the deposit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...theory import for_cell
from ..base import Strategy
from ..card import Cost, Finding, Treatment, quantity
from ..tools import scaled_claim

if TYPE_CHECKING:
    from ...case import Case


class SurfaceDiffusion(Strategy):
    """barrier → share × barrier; levelling B(T) k⁴ grows by exp[(1 − share) E_s/RT] (Mullins)."""

    name = "surface_diffusion"
    title = "Faster surface diffusion of the metal"
    changes = "barrier of a surface hop (lattice engine; theory: self_heating_healing)"
    complexity = 2
    twice = "adds"
    parameters = (
        quantity(
            "barrier_share",
            "dimensionless",
            "barrier with the treatment over that without",
            above=0.0,
            most=1.0,
        ),
    )

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        return Treatment(scaled_claim(case, "metal", "surface_diffusion_barrier", values["barrier_share"]))

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        share = self.number("energy_share") * (values["barrier_share"] < 1.0)
        return Cost(energy_share=share, side="an alloy lowers the voltage and the specific capacity")

    def findings(self) -> tuple[Finding, ...]:
        barrier, share = self.number("barrier_in_cells"), self.number("barrier_share")
        levels = [
            for_cell("self_heating_healing", metal="Li", wavelength=1e-6, barrier=value).evaluate()["mullins_coefficient"]
            for value in (barrier, share * barrier)
        ]  # fmt: skip
        why = (
            "levelling of a wave at 25 °C when the barrier in cells (0.28 eV) falls to that of a clean terrace. No critical "
            "current follows: no limit of a ceramic depends on it, so a ranking by critical current gives 1"
        )
        return (self.judge("smooth", levels[1] / levels[0], why),)
