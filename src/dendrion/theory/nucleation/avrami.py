"""Covered share of a surface by nucleation and growth (Avrami)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ..arrays import Array
from ..card import Axis, Card, Fit, Output, Reference, Remark, parameter
from ..model import Model


@dataclass(frozen=True, kw_only=True, eq=False)
class Avrami(Model):
    """X = 1 - exp(-(t/tau)^n); n = 2, 3 in two dimensions and 3, 4 in three (instantaneous, progressive)."""

    card: ClassVar = Card(
        name="avrami", title="Avrami coverage", field="nucleation", scale="0-D in time, nuclei", kind="published",
        system="growing nuclei that overlap", equations=("X = 1 − exp(−K tⁿ) = 1 − exp[−(t/τ)ⁿ],  K = τ⁻ⁿ",),
        assumptions=("nuclei at random, growth at the interface's pace", "n: 2 and 3 in two dimensions, 3 and 4 in three"),
        limits=("the exponent alone does not identify a mechanism",),
        conclusion="the exponent separates instantaneous from progressive nucleation at known dimension",
        references=(Reference("Avrami's equation, textbook"),),
        example={"time": "10 s", "time_constant": "20 s", "exponent": "2"},
        regime=(Axis("time", 1.0, 100.0), Axis("exponent", 1.0, 4.0, False)),
        gradient=("time", "coverage"),
        fit=Fit("time", "coverage", ("time_constant", "exponent"), logarithmic=False, least_rows=4),
    )  # fmt: skip
    outputs: ClassVar = {
        "coverage": Output("dimensionless", "covered share"),
        "rate": Output("frequency", "dX/dt"),
        "half_time": Output("time", "time to half coverage"),
    }

    time: Array = parameter("time", "time", above=0.0)
    time_constant: Array = parameter("time", "time τ to 63 % coverage", above=0.0)
    exponent: Array = parameter("dimensionless", "exponent n", default=3.0, above=0.0, most=6.0)

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        extended = (self.time / self.time_constant) ** self.exponent
        return {
            "coverage": -xp.expm1(-extended), "rate": self.exponent * extended / self.time * xp.exp(-extended),
            "half_time": self.time_constant * xp.log(2.0) ** (1.0 / self.exponent) + 0.0 * self.time,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark((self.exponent < 1.0) | (self.exponent > 4.0), "no mode of nucleation has this exponent")
