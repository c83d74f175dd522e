"""A temperature difference across a plate that is held flat: its hot side is compressed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...errors import InputError
from ...theory import for_cell
from ..base import Strategy
from ..card import SINGLE_ION, Cost, Finding, Treatment, quantity
from ..tools import cell_number, limit_gain, reference_cell, stressed

if TYPE_CHECKING:
    from ...case import Case


class ThermalGradient(Strategy):
    """σ = ∓EαΔT/[2(1 − ν)] on the faces of a flat plate; the sign of the difference says which side is compressed."""

    name = "thermal_gradient"
    title = "Temperature difference across the electrolyte"
    changes = "temperature and stress across the electrolyte"
    classes = SINGLE_ION
    instead = "uniform_heating"
    complexity = 4
    twice = "sets"
    parameters = (
        quantity(
            "difference",
            "temperature_difference",
            "counter electrode less anode; negative: hot anode",
            least=-200.0,
            most=200.0,
        ),
    )

    def refuse(self, case: Case, values: Mapping[str, Any]) -> None:
        if values["difference"] == 0.0:
            return
        sheet = case.electrolyte_material()
        for_cell(
            "thermal_gradient_plate", metal=case.metal_material(), electrolyte=sheet, constraint="flat",
            temperature_difference=abs(values["difference"]), temperature=case.conditions.temperature,
        )  # fmt: skip
        if case.conditions.hot_spots:
            raise InputError("the case has its own temperature field", field="conditions.hot_spots")

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        if values["difference"] == case.conditions.temperature_difference:
            return Treatment()
        settings = {"conditions.temperature_difference": f"{values['difference']!r} K", **stressed(case)}
        if values["difference"]:
            settings["conditions.bending"] = "flat"
        return Treatment(settings)

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        """Heat flows through one electrolyte of a stack: only its outside is lost."""
        power = cell_number("heat_loss").value * abs(values["difference"])
        return Cost(
            power=power,
            side="the cold side is in tension, as much as the hot one is compressed, and conducts worse",
        )

    def findings(self) -> tuple[Finding, ...]:
        cell = reference_cell(
            "Li", "LLZTO", physics__mechanics="viscoplastic", conditions__lateral="free", cell__interface_resistance="25 ohm*cm^2"
        )  # fmt: skip
        flaw = {"flaw_length": self.number("flaw_length")}
        hot, cold = (
            limit_gain(cell, cell.with_settings(self.treat(cell, self.values({"difference": value})).settings), "crack_growth", flaw, flaw)
            for value in (-20.0, 20.0)
        )  # fmt: skip
        why = (
            f"crack limit of LLZTO held flat, flaw of 20 µm, 20 K: {hot:.2f} with a hot anode, {cold:.2f} with a cold one; stress "
            "alone gives 1.2 to 1.9, the rest is the warmer anode. A plate that may bend has no stress. The report does not say "
            "which side was hot in these words, so the better one is compared"
        )
        return (self.judge("three_fold", hot, why),)
