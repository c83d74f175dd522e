"""Sand's time of the metal: when stripping empties its surface of atoms (vacancies pile up)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import FARADAY
from .. import inputs
from ..arrays import Array
from ..card import Axis, Card, Output, Reference, Remark, Threshold, parameter
from ..model import Model


@dataclass(frozen=True, kw_only=True, eq=False)
class MetalSideSandTime(Model):
    """tau_M = pi D_M (F c_M)^2/(4 i^2), c_M = 1/V_M: diffusion inside the metal electrode."""

    card: ClassVar = Card(
        name="metal_side_sand_time", title="Sand's time of the metal", field="transport", scale=
            "1-D, closed form, metal electrode",
        kind="derived", system="metal or alloy stripped into a single-ion electrolyte",
        equations=("τ_M = π D_M (F c_M)²/(4 i²),  c_M = 1/V_M",),
        assumptions=("bulk diffusion alone brings atoms to the interface", "no creep, no surface "
                                                                           "diffusion, no stack pressure"),
        limits=("for sodium the measured activation energy (0.13–0.15 eV) is that of the interface, not of "
                "bulk vacancies: "
                "an upper bound", "plating does not deplete the metal"),
        conclusion="sodium lasts some thirty times longer than lithium at the same current",
        references=(Reference("activation of critical stripping currents of sodium", "arXiv:2603.23340"),),
        example={"metal": "Li", "electrolyte": "LLZO", "current_density": "1 mA/cm^2"},
        regime=(Axis("current_density", 0.1, 100.0), Axis("temperature", 260.0, 360.0, log=False)),
        gradient=("current_density", "depletion_time"),
    )  # fmt: skip
    outputs: ClassVar = {
        "depletion_time": Output("time", "time to depletion of the metal surface while stripping"),
        "stripped_capacity": Output("areal_capacity", "charge stripped by then"),
        "invariant": Output("A^2*s/m^4", "i² τ"),
    }

    current_density: Array = inputs.current_density()
    metal_diffusivity: Array = parameter(
        "diffusivity", "self-diffusivity of the metal", claim="metal.self_diffusivity", above=0.0
    )
    molar_volume: Array = inputs.molar_volume()
    duration: Array = inputs.duration()

    def compute(self) -> dict[str, Array]:
        invariant = 0.25 * math.pi * self.metal_diffusivity * (FARADAY / self.molar_volume) ** 2
        time = invariant / self.current_density**2
        return {
            "depletion_time": time,
            "stripped_capacity": self.current_density * time,
            "invariant": invariant + 0.0 * time,
        }

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            self.molar_volume > 2e-5,
            "sodium: the interface limits, not bulk vacancies (activation 0.13 to 0.15 eV); an upper bound",
        )

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["depletion_time"]
        return Threshold("contact loss", "time", self.duration, limit, self.duration < limit)
