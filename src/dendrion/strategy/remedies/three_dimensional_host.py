"""A porous conductor that the metal plates into: more surface, less volume."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...constants import FARADAY, GAS_CONSTANT
from ...errors import InputError
from ..base import Strategy
from ..card import Cost, Finding, Treatment, quantity
from ..tools import resistance_of

if TYPE_CHECKING:
    from ...case import Case


def accessible_depth(
    area: float, exchange: float, solid: float, liquid: float, thickness: float, temperature: float
) -> float:
    """min(L, √{RT/[F a i₀ (1/σ_s + 1/κ)]}): how deep a porous electrode reacts [m] (Newman's porous electrode, linear).

    Arguments:
        area: surface a volume [1/m]; ``exchange``: exchange current density [A/m²]; ``solid``, ``liquid``: conductivities
            of host and electrolyte in it [S/m]; ``thickness`` [m]; ``temperature`` [K].
    """
    resistance = 1.0 / solid + 1.0 / liquid
    return min(thickness, math.sqrt(GAS_CONSTANT * temperature / (FARADAY * area * exchange * resistance)))


class ThreeDimensionalHost(Strategy):
    """The current spreads over a·min(L, ℓ_rz); what the host fills of the volume is lost for metal (derived)."""

    name = "three_dimensional_host"
    title = "Three-dimensional host"
    changes = "area on which the metal plates, and the volume that is left for it"
    engine = "theory"
    complexity = 3
    twice = "sets"
    parameters = (
        quantity("specific_area", "1/m", "surface of the host a volume", above=0.0, most=1e9),
        quantity("thickness", "length", "thickness of the host", above=0.0, most=1e-2),
        quantity(
            "solid_share", "dimensionless", "share of its volume that the host fills", least=0.0, below=1.0
        ),
    )

    def refuse(self, case: Case, values: Mapping[str, Any]) -> None:
        if self._ratio(case, values) < 1.0:
            raise InputError(
                "the host offers less surface than the flat electrode: ions do not reach its depth", field=self.name,
                value=f"{self._ratio(case, values):.3g} of the flat area", hint="a larger specific_area or thickness",
            )  # fmt: skip

    def _ratio(self, case: Case, values: Mapping[str, Any]) -> float:
        temperature = case.conditions.temperature
        pores = (1.0 - values["solid_share"]) ** 1.5
        conductivity = float(case.electrolyte_material().evaluate("conductivity", temperature)) * pores
        exchange = GAS_CONSTANT * temperature / (FARADAY * resistance_of(case))
        return values["specific_area"] * accessible_depth(
            values["specific_area"], exchange, self.number("solid_conductivity"), conductivity, values["thickness"], temperature
        )  # fmt: skip

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        return Treatment(theory={"area_ratio": self._ratio(case, values)})

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        return Cost(
            energy_share=values["solid_share"] * self.number("anode_share"),
            side="metal plates at the host's top where ions reach it first, unless the host guides it",
        )  # fmt: skip

    def findings(self) -> tuple[Finding, ...]:
        depth = accessible_depth(
            1e6, 10.0, self.number("solid_conductivity"), self.number("liquid_conductivity"), 1e-4, 298.15
        )  # fmt: skip
        why = (
            f"1e6 m²/m³ of carbon in a liquid, 100 µm thick: ions reach {depth * 1e6:.1f} µm of it, so that 28 of its 100 "
            "square metres a square metre work; filled with a solid electrolyte of 0.01 S/m it would be 5"
        )
        return (self.judge("local_current", 1e6 * depth, why),)
