"""Pulses against a defect that needs time to fail: metal activity that builds up while the pulse lasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from .. import inputs
from ..arrays import Array
from ..card import Axis, Card, Constraint, Output, Reference, Remark, Threshold, parameter
from ..model import Model


@dataclass(frozen=True, kw_only=True, eq=False)
class PulseActivity(Model):
    """dq/dt = (k i - i_esc)^+ - q/tau; the defect fails at q_c. Gain: mean current under pulses over direct current."""

    card: ClassVar = Card(
        name="pulse_activity", title="Pulses and the build-up of metal activity", field="transport", scale="0-D, defect tip", kind="derived",
        system="defect in a single-ion ceramic under rectangular pulses",
        equations=("dq/dt = (k i − i_esc)⁺ − q/τ,  fails at q_c", "largest q of the periodic state: (k i_p − i_esc) τ (1 − e^{−t_on/τ})/(1 − e^{−T/τ})",
                   "gain = γ i_p,crit/i_dc,crit,  i_dc,crit = (q_c/τ + i_esc)/k,  γ = t_on/T"),
        assumptions=("excess activity escapes at a rate of its own (i_esc) and relaxes with one time constant", "rectangular pulses, periodic state"),
        limits=("the gain in the mean current never exceeds 1 (γ ≤ (1 − e^{−t_on/τ})/(1 − e^{−T/τ}), and rests win nothing back from i_esc): "
                "the six-fold gain of LLZTO at megahertz is not explained by this build-up if it is one of the mean current",
                "experimental: q_c and τ are free numbers"),
        conclusion="short pulses let the peak current rise to 1/γ of the direct limit; the mean current gains nothing",
        references=(Reference("Reisecker 2023 (megahertz pulses in LLZTO)", "10.1038/s41467-023-37476-y"),),
        example={"metal": "Li", "electrolyte": "LLZTO", "on_time": "0.5 us", "period": "5 us", "peak_current": "10 mA/cm^2", "relaxation_time": "20 us",
                 "critical_charge": "2e-3 C/m^2", "escape_current": "500 A/m^2"},
        regime=(Axis("on_time", 1e-8, 1e-3), Axis("escape_current", 1.0, 1e4)), gradient=("on_time", "gain"),
    )  # fmt: skip
    outputs: ClassVar = {
        "gain": Output(
            "dimensionless", "largest mean current under these pulses over the largest direct current"
        ),
        "peak_gain": Output("dimensionless", "largest peak current over the largest direct current"),
        "peak_limit": Output("current_density", "largest peak current"),
        "direct_limit": Output("current_density", "largest direct current"),
        "largest_charge": Output("areal_capacity", "largest excess charge at the peak current asked for"),
        "time_to_failure": Output(
            "time", "time to failure under the peak current held; infinite below the limit"
        ),
    }

    on_time: Array = parameter("time", "time that the pulse lasts", above=0.0)
    period: Array = parameter("time", "period of the pulses", default=1e-5, above=0.0)
    peak_current: Array = parameter(
        "current_density", "mean current density during the pulse", default=10.0, least=0.0
    )
    focusing: Array = parameter(
        "dimensionless", "current at the defect over the mean, k", default=100.0, least=1.0
    )
    escape_current: Array = parameter(
        "current_density", "current that leaves the defect, i_esc", default=100.0, least=0.0
    )
    relaxation_time: Array = parameter("time", "relaxation time τ of the excess", default=1e-5, above=0.0)
    critical_charge: Array = parameter(
        "areal_capacity", "excess charge q_c at failure", default=1e-3, above=0.0
    )
    temperature: Array = inputs.temperature()

    def constraints(self) -> Iterable[Constraint]:
        yield Constraint(
            self.on_time <= self.period, "the pulse is longer than its period", "on_time", "up to the period"
        )

    def compute(self) -> dict[str, Array]:
        xp, tau = self.xp, self.relaxation_time
        build = -xp.expm1(-self.on_time / tau) / -xp.expm1(-self.period / tau)
        direct = (self.critical_charge / tau + self.escape_current) / self.focusing
        peak = (self.critical_charge / (tau * build) + self.escape_current) / self.focusing
        excess = xp.maximum(self.focusing * self.peak_current - self.escape_current, 0.0)
        left = 1.0 - self.critical_charge / (xp.where(excess > 0.0, excess, 1.0) * tau)
        fails = (excess > 0.0) & (left > 0.0)
        zero = 0.0 * (peak + direct + excess)
        return {
            "gain": self.on_time / self.period * peak / direct + zero, "peak_gain": peak / direct + zero, "peak_limit": peak + zero, "direct_limit": direct + zero,
            "largest_charge": excess * tau * build + zero, "time_to_failure": xp.where(fails, -tau * xp.log(xp.where(fails, left, 1.0)), xp.inf) + zero,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            self.xp.asarray(True),
            "experimental: the numbers of the defect are free, and its mean current gains nothing by pulses",
        )

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["peak_limit"]
        return Threshold(
            "internal deposition",
            "current_density",
            self.peak_current + 0.0 * limit,
            limit,
            self.peak_current < limit,
        )
