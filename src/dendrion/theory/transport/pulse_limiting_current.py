"""Pulsed plating: the peak current that a diffusion layer bears, and why the mean current gains nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from .. import inputs
from ..arrays import Array
from ..card import BINARY, Axis, Card, Constraint, Output, Reference, Remark, parameter
from ..model import Model
from ..relations import limiting_current
from .sand_time import binary_only

_TERMS = 1500


@dataclass(frozen=True, kw_only=True, eq=False)
class PulseLimitingCurrent(Model):
    """Periodic pulses in a Nernst layer (exact series) and the two-layer estimate."""

    card: ClassVar = Card(
        name="pulse_limiting_current", title="Pulse limiting current", field="transport", scale=
            "1-D, series, diffusion layer",
        kind="published", system="binary electrolyte under rectangular current pulses",
        equations=(
            "i_p/i_lim = {1 − (8/π²) Σ (2m−1)⁻² e^{−b t_on}(1 − e^{−b t_off})/(1 − e^{−b T})}⁻¹,"
            "  b = (2m−1)² π² D/(4δ²)",
            "two layers: i_p/i_lim ≈ [γ + (δ_p/δ)(1 − γ)]⁻¹,  δ_p = √(4 D t_on/π),  γ = t_on/T",
        ),
        assumptions=("periodic state, planar Nernst layer δ with the bulk behind it", "zero current "
                                                                                      "between pulses"),
        limits=("the mean current still obeys the limiting current: γ i_p never exceeds it",
                "says nothing of megahertz pulses in ceramics: another mechanism (pulse_window)"),
        conclusion="pulsing controls the ripple layer √(D t_on) only; compare at equal mean current",
        references=(Reference("exact periodic series (Cheh) and two-layer model (Ibl), textbook"),),
        classes=BINARY, instead="pulse_window",
        example={"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "on_time": "1 ms", "period": "4 ms",
            "diffusion_layer": "100 um"},
        regime=(Axis("on_time", 1e-3, 1.0), Axis("diffusion_layer", 1e-5, 1e-3)),
        gradient=("on_time", "peak_ratio"),
    )  # fmt: skip
    outputs: ClassVar = {
        "peak_ratio": Output("dimensionless", "largest peak current over the limiting current"),
        "mean_ratio": Output("dimensionless", "mean of that current over the limiting current, at most 1"),
        "two_layer_ratio": Output("dimensionless", "the two-layer estimate of the peak ratio"),
        "peak_current": Output("current_density", "largest peak current"),
        "duty": Output("dimensionless", "on-time over period"),
        "ripple_layer": Output("length", "thickness √(4 D t_on/π) that feels the pulse"),
    }

    on_time: Array = parameter("time", "time the current flows in a period", above=0.0)
    period: Array = parameter("time", "period of the pulses", above=0.0)
    diffusion_layer: Array = parameter("length", "thickness of the diffusion layer", above=0.0)
    salt_concentration: Array = inputs.salt_concentration()
    salt_diffusivity: Array = inputs.salt_diffusivity()
    cation_transference_number: Array = inputs.cation_transference_number()

    def constraints(self) -> Iterable[Constraint]:
        yield binary_only(self.cation_transference_number, "a limiting current")
        yield Constraint(
            self.on_time <= self.period, "a pulse is longer than its period", "on_time", "at most the period"
        )

    def compute(self) -> dict[str, Array]:
        xp, d = self.xp, self.diffusion_layer
        odd = xp.arange(1.0, 2.0 * _TERMS, 2.0)
        rate = math.pi**2 * self.salt_diffusivity / (4.0 * d**2)
        on, off, whole = (
            xp.asarray(rate * t)[..., None] * odd**2
            for t in (self.on_time, self.period - self.on_time, self.period)
        )
        terms = xp.exp(-on) * -xp.expm1(-off) / -xp.expm1(-whole) / odd**2
        ratio = 1.0 / (1.0 - 8.0 / math.pi**2 * terms.sum(-1))
        duty = self.on_time / self.period
        layer = xp.sqrt(4.0 * self.salt_diffusivity * self.on_time / math.pi)
        share = 1.0 - self.cation_transference_number
        limit = 0.5 * limiting_current(self.salt_concentration, self.salt_diffusivity, share, d)
        return {
            "peak_ratio": ratio, "mean_ratio": duty * ratio,
            "two_layer_ratio": 1.0 / (duty + layer / d * (1.0 - duty)),
            "peak_current": ratio * limit, "duty": duty, "ripple_layer": layer,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            result["ripple_layer"] > self.diffusion_layer,
            "the pulse fills the whole diffusion layer: it acts as direct current",
        )
