"""Plating in pulses with the same mean current: the layer at the electrode recovers in the pauses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...errors import InputError
from ...study.half_cycle import half_cycle
from ...theory import for_cell
from ..base import Strategy
from ..card import BINARY, Cost, Finding, Treatment, quantity

if TYPE_CHECKING:
    from ...case import Case


class PulsedCurrent(Strategy):
    """Every plating half-cycle becomes a pulse train of the same mean: peak i/γ, on-time γT; the mean keeps its limit."""

    name = "pulsed_current"
    title = "Pulsed current of the same mean"
    changes = "the protocol: peaks of mean/duty"
    kind = "published"
    classes = BINARY
    instead = "megahertz_pulses: a ceramic has no salt that could recover"
    parameters = (
        quantity("on_time", "time", "time that a pulse lasts", above=0.0),
        quantity("duty", "dimensionless", "on-time over period", above=0.0, most=1.0),
    )

    def refuse(self, case: Case, values: Mapping[str, Any]) -> None:
        found = half_cycle(case)
        if not found.mean > 0.0 or found.mean_share < 1.0 - 1e-9 or case.protocol.step_count != 1:
            raise InputError(
                "needs a protocol of one plating step with direct current", field=self.name,
                value="; ".join(dict.fromkeys(segment.label for segment in case.protocol.block.walk()))[:80],
            )  # fmt: skip
        if values["on_time"] / values["duty"] > found.duration:
            raise InputError(
                "the period is longer than the step", field=self.name, value=f"{values['on_time']:g} s on"
            )

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        if values["duty"] == 1.0:
            return Treatment()
        found = half_cycle(case)
        on, off = values["on_time"], values["on_time"] * (1.0 / values["duty"] - 1.0)
        peak = found.mean / values["duty"]
        step = f"pulse at {peak!r} A/m^2, {on!r} s on, {off!r} s off, for {found.duration!r} s"
        return Treatment({"protocol": [step]})

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        return Cost(side="peaks of the mean over the duty load kinetics and cracks")

    def findings(self) -> tuple[Finding, ...]:
        on = self.number("on_time")
        pair = {"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "diffusion_layer": 1e-4}
        answer = for_cell(
            "pulse_limiting_current", **pair, on_time=on, period=on / self.number("duty")
        ).evaluate()
        why = (
            "mean limiting current under these pulses over that of direct current (exact series, layer of 100 µm): at most 1, as "
            f"everywhere. The peak may be {float(answer['peak_ratio']):.2f} times the limit. The shorter dendrites must come "
            "from what happens between the pulses at the tips, which no limit of a cell here contains"
        )
        return (self.judge("shorter", answer["mean_ratio"], why),)
