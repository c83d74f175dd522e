"""How fine a deposit is, from the share of metal that radio waves see in NMR."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ..arrays import Array
from ..card import Axis, Card, Constraint, Output, Reference, Remark, parameter
from ..model import Model

_PERMEABILITY = 1.25663706212e-6


@dataclass(frozen=True, kw_only=True, eq=False)
class FractionOfHighSurfaceArea(Model):
    """FHSA = (S/S_full - f_flat)/(1 - f_flat), f_flat = (delta/h)(1 - exp(-h/delta))."""

    card: ClassVar = Card(
        name="fhsa", title="Share of high surface area from NMR", field="nucleation", scale="0-D, deposit", kind="derived",
        system="sodium or lithium deposits in an NMR cell",
        equations=("δ = √(2ρ/(2πν μ₀))", "f_flat(h) = (δ/h)(1 − e^{−h/δ})", "share = (S/S_full − f_flat)/(1 − f_flat)"),
        assumptions=("one-sided penetration of a flat film of thickness h = V_M q/F", "microstructure much finer than δ is wholly seen"),
        limits=("noise takes the share out of 0 to 1: it is reported as it is", "susceptibility shifts are ignored"),
        conclusion="a share near 1 means a mossy or dendritic deposit, near 0 a flat film",
        references=(Reference("Bayley 2016 as told by the survey", None, 47),),
        example={"frequency": "132.3 MHz", "resistivity": "4.77e-8 ohm*m", "film_thickness": "30 um", "signal_share": "0.9", "metal": "Na"},
        regime=(Axis("film_thickness", 1e-6, 1e-4), Axis("signal_share", 0.0, 1.0, False)),
        gradient=("film_thickness", "flat_share"),
    )  # fmt: skip
    outputs: ClassVar = {
        "high_area_share": Output("dimensionless", "share of the metal in fine structures"),
        "skin_depth": Output("length", "skin depth"),
        "flat_share": Output("dimensionless", "share seen of a flat film"),
    }

    frequency: Array = parameter("frequency", "radio frequency", above=0.0)
    resistivity: Array = parameter(
        "resistivity", "resistivity of the metal", claim="metal.resistivity", above=0.0
    )
    film_thickness: Array = parameter("length", "thickness of the metal as a flat film", above=0.0)
    signal_share: Array = parameter(
        "dimensionless", "measured signal over that of full penetration", least=0.0
    )

    def constraints(self) -> Iterable[Constraint]:
        yield Constraint(
            self.signal_share <= 1.5,
            "more signal than metal: check the calibration",
            "signal_share",
            "at most 1.5",
        )

    def compute(self) -> dict[str, Array]:
        depth = self.xp.sqrt(2.0 * self.resistivity / (2.0 * math.pi * self.frequency * _PERMEABILITY))
        ratio = self.film_thickness / depth
        flat = -self.xp.expm1(-ratio) / ratio
        return {
            "high_area_share": (self.signal_share - flat) / (1.0 - flat),
            "skin_depth": depth,
            "flat_share": flat,
        }

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        share = result["high_area_share"]
        yield Remark(
            (share < 0.0) | (share > 1.0), "outside 0 to 1: noise, or a deposit that is neither flat nor fine"
        )
