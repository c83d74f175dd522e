"""Sand's time: when a constant current empties the salt at the plating electrode."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import FARADAY
from ...errors import InputError
from .. import inputs
from ..arrays import Array, concrete
from ..card import BINARY, Axis, Card, Constraint, Output, Reference, Remark, Threshold, parameter
from ..model import Model
from ..relations import depletion_time, limiting_current, sand_time


def binary_only(transference: Array, name: str) -> Constraint:
    """The refusal of every model that needs anions: t+ = 1 is not "a long time", it is another physics."""
    return Constraint(
        transference < 1.0, f"{name} does not exist where only the cation moves (t+ = 1): no salt is "
                            f"depleted",
        "cation_transference_number", "below 1",
        "metal_side_sand_time, electronic_leakage or griffith_overpotential for a single-ion electrolyte",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class SandTime(Model):
    """tau_S = pi D [F c0/(2 i t_a)]^2 and its finite-gap form, from g(theta) of a closed symmetric cell."""

    card: ClassVar = Card(
        name="sand_time", title="Sand's time", field="transport", scale="1-D, closed form, electrode gap", kind="published",
        system="binary liquid or polymer electrolyte under constant current",
        equations=(
            "τ_S = π D [F c₀ / (2 i t_a)]²,  t_a = 1 − t₊",
            "finite gap: c_s/c₀ = 1 − (i/i_lim) g(Dt/L²),  i_lim = 2FDc₀/(t_a L),"
            "  g(θ) = 1 − (8/π²) Σ_odd n⁻² exp(−n²π²θ)",
        ),
        assumptions=(
            "planar electrode, no convection, 1:1 salt", "D (of the salt) and t₊ constant",
            "bare electrode: no interphase resists transport", "symmetric cell: the counter electrode returns the salt",
        ),
        limits=(
            "not a dendrite criterion below the limiting current, and not the critical current density",
            "does not exist in single-ion conductors",
        ),
        conclusion="a separator 25 µm thick at 1–10 mA/cm² is far from depletion; thick, dilute or polymer electrolytes are not",
        references=(Reference("Sand's time with the properties of Valøen and Reimers (2005)", "10.1149/1.1872737"),),
        classes=BINARY, instead="metal_side_sand_time",
        example={"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "current_density": "10 mA/cm^2", "thickness": "2 mm"},
        regime=(Axis("current_density", 1.0, 1e3), Axis("salt_concentration", 100.0, 3000.0)),
        gradient=("current_density", "sand_time"),
    )  # fmt: skip
    outputs: ClassVar = {
        "sand_time": Output("time", "Sand's time of a semi-infinite electrolyte"),
        "depletion_time": Output("time", "time to depletion in the gap; infinite below the limiting current"),
        "sand_capacity": Output("areal_capacity", "charge passed until Sand's time, i τ_S"),
        "relative_current": Output("dimensionless", "current over limiting current of the gap"),
        "diffusion_length": Output("length", "√(D τ_S)"),
    }

    current_density: Array = inputs.current_density()
    salt_concentration: Array = inputs.salt_concentration()
    salt_diffusivity: Array = inputs.salt_diffusivity()
    cation_transference_number: Array = inputs.cation_transference_number()
    thickness: Array = parameter(
        "length", "electrode gap; infinite: one electrode alone", default=math.inf, above=0.0
    )
    duration: Array = inputs.duration()

    def constraints(self) -> Iterable[Constraint]:
        return (binary_only(self.cation_transference_number, "Sand's time"),)

    def compute(self) -> dict[str, Array]:
        xp, share = self.xp, 1.0 - self.cation_transference_number
        time = sand_time(self.current_density, self.salt_concentration, self.salt_diffusivity, share)
        finite = xp.isfinite(xp.asarray(self.thickness, dtype=float))
        gap = xp.where(finite, self.thickness, 1.0)
        relative = self.current_density / limiting_current(
            self.salt_concentration, self.salt_diffusivity, share, gap
        )
        # Finding the root costs a hundred times the rest: it is left out where every gap is infinite.
        seen = concrete(finite)
        bounded = seen is None or bool(seen.any())
        scaled = depletion_time(xp.where(finite, relative, 2.0), xp) if bounded else 0.0 * relative
        return {
            "sand_time": time,
            "depletion_time": xp.where(finite, scaled * gap**2 / self.salt_diffusivity, time),
            "sand_capacity": self.current_density * time,
            "relative_current": xp.where(finite, relative, xp.inf),
            "diffusion_length": xp.sqrt(self.salt_diffusivity * time),
        }

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        below = result["relative_current"] <= 1.0
        yield Remark(below, "the current is below the limiting current of the gap: the salt never runs out")
        long = (result["diffusion_length"] > 0.5 * self.thickness) & ~below
        yield Remark(long, "the diffusion length exceeds half the gap: read depletion_time, not sand_time")

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["depletion_time"]
        return Threshold(
            "salt depletion", "time", self.duration, limit, (self.duration < limit) | self.xp.isinf(limit)
        )


def surface_concentration(
    times: Array, currents: Array, concentration: float, diffusivity: float, anion_share: float, at: Array
) -> Array:
    """c_s(t) of a semi-infinite electrolyte under any stepwise current, by superposition of steps [mol/m^3].

    c_s = c0 - (2 t_a/(F sqrt(pi D))) sum_k Delta i_k sqrt(t - t_k).

    Arguments:
        times, currents: shape [n]; from ``times[k]`` [s] on the current is ``currents[k]`` [A/m^2].
        anion_share: t_a = 1 - t+ [dimensionless]; ``at``: times asked for [s], shape [m].

    Raises:
        InputError: times that do not rise, or not as many currents.
    """
    import numpy as np

    times, currents, at = (np.asarray(x, dtype=float) for x in (times, currents, at))
    if times.shape != currents.shape or np.any(np.diff(times) <= 0.0):
        raise InputError("times must rise, with one current each", field="times")
    steps = np.diff(currents, prepend=0.0)
    roots = np.sqrt(np.clip(at[..., None] - times, 0.0, None))
    return concentration - 2.0 * anion_share / (FARADAY * np.sqrt(np.pi * diffusivity)) * (steps * roots).sum(
        -1
    )
