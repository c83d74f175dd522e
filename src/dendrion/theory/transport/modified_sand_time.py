"""Sand's time with the interface: a threshold, diffusion through the interphase, competing clocks, amplification."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import FARADAY
from .. import inputs
from ..arrays import Array
from ..card import BINARY, Axis, Card, Constraint, Fit, Output, Reference, Remark, Threshold, parameter
from ..growth.electrodeposition_stability import ElectrodepositionStability
from ..model import Model
from ..relations import (
    closed_cell_depletion,
    depletion_time,
    inverse_thermal_voltage,
    limiting_current,
    sand_time,
)
from .sand_time import binary_only

QUADRATURE = 160
"""Times at which the growth rate is taken (stability)."""

STEADY = 3.0
"""Diffusion times L^2/D after which the salt below the limiting current stands still [dimensionless]."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ModifiedSandTime(Model):
    """t_i = tau_S (1 - theta)^2 (threshold) or 1/t_i = 1/t_K + 1/tau_S (competing risks)."""

    card: ClassVar = Card(
        name="modified_sand_time", title="Modified Sand's time", field="transport", scale="1-D, closed "
                                                                                          "form", kind=
                                                                                              "reconstruction",
        system="binary electrolyte with interfacial kinetics and an interphase",
        equations=(
            "threshold: t_i = τ_S (1 − θ_c − i/i_SEI)²,  θ_c = [i/i₀ + e^{−(1−α)fη_c}] e^{−αfη_c}",
            "stability: ∫₀^{t_i} ω_max(i, c_s(t)) dt = ln(A_c/A₀), ω_max of electrodeposition_stability, c_s of the gap or of Sand",
            "competing risks: 1/t_i = 1/t_K + 1/τ_S,  t_K = (Q_K/i)(i₀/i)^m,  i_× = π D (Fc₀)²/(4 t_a² Q_K)",
        ),
        assumptions=(
            "mass-action Butler–Volmer kinetics", "threshold: initiation where the interface needs η_c to "
                                                  "carry the current",
            "competing risks: kinetic and diffusive clocks are independent", "i_SEI = F D_SEI K c₀/δ: "
                                                                             "quasi-steady interphase",
        ),
        limits=("stability: clean metal, an upper bound: real fronts start rougher and earlier", "the published formula was not read: these forms share its description only",
                "Q_K is a fitted number, not a property", "the overpotential η_c must not contain iR of "
                                                          "the cell"),
        conclusion="kinetics rules at low current (slope −1), diffusion at high current (slope −2), "
                   "non-linear between",
        references=(Reference("Yang 2025 (bridge of kinetics and diffusion)",
            "10.1021/acsenergylett.5c02663", 78),
                    Reference("Ma, Akolkar et al., J. Electrochem. Soc. 172 (2025) 030506 (interphase "
                              "form)")),
        classes=BINARY, instead="metal_side_sand_time",
        example={"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "current_density": "10 mA/cm^2",
            "form": "competing_risks",
                 "kinetic_charge": "0.5 mAh/cm^2"},
        regime=(Axis("current_density", 1.0, 1e4), Axis("kinetic_charge", 1e3, 1e5)),
        gradient=("current_density", "initiation_time"),
        fit=Fit("current_density", "initiation_time", ("kinetic_charge",), least_decades=0.5),
    )  # fmt: skip
    outputs: ClassVar = {
        "initiation_time": Output("time", "time to initiation"),
        "sand_time": Output("time", "Sand's time"),
        "correction": Output("dimensionless", "initiation time over Sand's time"),
        "kinetic_current": Output(
            "current_density", "current at which the threshold is met at once, i₀(e^{αfη_c} − e^{−(1−α)fη_c})"
        ),
        "crossover_current": Output(
            "current_density", "current at which both clocks are equal (competing risks)"
        ),
        "slope": Output("dimensionless", "−d ln t/d ln i (competing risks): 1 kinetic, 2 diffusive"),
    }

    current_density: Array = inputs.current_density()
    salt_concentration: Array = inputs.salt_concentration()
    salt_diffusivity: Array = inputs.salt_diffusivity()
    cation_transference_number: Array = inputs.cation_transference_number()
    exchange_current_density: Array = inputs.exchange_current_density()
    charge_transfer_coefficient: Array = inputs.symmetry()
    temperature: Array = inputs.temperature()
    critical_overpotential: Array = parameter(
        "potential", "overpotential at which initiation happens", default=math.inf, above=0.0
    )
    interphase_limiting_current: Array = parameter(
        "current_density", "F D_SEI K c₀/δ", default=math.inf, above=0.0
    )
    kinetic_charge: Array = parameter(
        "areal_capacity", "charge Q_K of kinetic incubation", default=math.inf, above=0.0
    )
    kinetic_order: Array = parameter("dimensionless", "exponent m of the kinetic clock", default=0.0)
    duration: Array = inputs.duration()
    thickness: Array = inputs.thickness(math.inf, "electrode gap (stability); infinite: one electrode alone")
    surface_energy: Array = parameter(
        "surface_energy",
        "surface energy of the metal (stability)",
        claim="metal.surface_energy",
        default=0.5,
        above=0.0,
        most=2.0,
    )
    molar_volume: Array = parameter(
        "molar_volume",
        "molar volume of the metal (stability)",
        claim="metal.molar_volume",
        default=1.3e-5,
        above=0.0,
    )
    amplification: Array = parameter(
        "dimensionless", "A_c/A₀ that counts as initiation (stability)", default=100.0, above=1.0
    )
    form: str = parameter(
        "dimensionless",
        "which form",
        default="threshold",
        choices=("threshold", "competing_risks", "stability"),
    )

    def constraints(self) -> Iterable[Constraint]:
        return (binary_only(self.cation_transference_number, "Sand's time"),)

    def compute(self) -> dict[str, Array]:
        xp, share, i = self.xp, 1.0 - self.cation_transference_number, self.current_density
        sand = sand_time(i, self.salt_concentration, self.salt_diffusivity, share)
        exponent = inverse_thermal_voltage(self.temperature) * self.critical_overpotential
        forward = xp.exp(-self.charge_transfer_coefficient * exponent)
        backward = xp.exp(-(1.0 - self.charge_transfer_coefficient) * exponent)
        used = (i / self.exchange_current_density + backward) * forward + i / self.interphase_limiting_current
        incubation = self.kinetic_charge / i * (self.exchange_current_density / i) ** self.kinetic_order
        product = FARADAY * self.salt_concentration / share
        crossover = math.pi * self.salt_diffusivity * product**2 / (4.0 * self.kinetic_charge)
        if self.form == "stability":
            time = self._amplified(sand, share)
        elif self.form == "threshold":
            time = sand * xp.maximum(1.0 - used, 0.0) ** 2
        else:
            time = 1.0 / (1.0 / incubation + 1.0 / sand)
        return {
            "initiation_time": time, "sand_time": sand, "correction": time / sand,
            "kinetic_current": self.exchange_current_density * (xp.exp(self.charge_transfer_coefficient * exponent) - backward),
            "crossover_current": crossover,
            "slope": (1.0 + self.kinetic_order) + (1.0 - self.kinetic_order) / (1.0 + sand / incubation),
        }  # fmt: skip

    def _amplified(self, sand: Array, share: Array) -> Array:
        """Time [s] at which the fastest waves, with the salt there was at the front at each moment, are amplified."""
        xp = self.xp
        finite = xp.isfinite(xp.asarray(self.thickness, dtype=float))
        gap = xp.where(finite, self.thickness, 1.0)
        relative = self.current_density / limiting_current(
            self.salt_concentration, self.salt_diffusivity, share, gap
        )
        unit = gap**2 / self.salt_diffusivity
        depletes = xp.where(finite, relative > 1.0, True)
        scaled = depletion_time(xp.where(depletes & finite, relative, 2.0), xp)
        ends = xp.where(finite, xp.where(depletes, scaled, STEADY) * unit, sand)
        # t = t_end (1 - w^2)^2 makes the integrand finite at depletion, where the rate goes as c_s^(-1/2).
        w = xp.linspace(1.0, 0.0, QUADRATURE).reshape(-1, *(1,) * xp.ndim(ends))
        times = ends * (1.0 - w**2) ** 2
        alone = 1.0 - xp.sqrt(xp.minimum(times / sand, 1.0))
        within = 1.0 - relative * closed_cell_depletion(xp.minimum(times / unit, 2.0 * STEADY), xp)
        rate = self._fastest_rate(xp.maximum(xp.where(finite, within, alone), 1e-6))
        pieces = 0.5 * (rate[1:] + rate[:-1]) * (times[1:] - times[:-1])
        grown = xp.cumsum(xp.concatenate([0.0 * pieces[:1], pieces]), axis=0)
        asked = xp.log(self.amplification) + 0.0 * ends
        step = xp.clip(xp.sum(grown < asked, axis=0), 1, QUADRATURE - 1)[None]

        def at(values: Array, index: Array) -> Array:
            return xp.take_along_axis(xp.broadcast_to(values, grown.shape), index, axis=0)[0]

        part = (asked - at(grown, step - 1)) / (at(grown, step) - at(grown, step - 1))
        inside = at(times, step - 1) + part * (at(times, step) - at(times, step - 1))
        late = xp.where(depletes, ends, ends + (asked - grown[-1]) / rate[-1])
        return xp.where(grown[-1] >= asked, inside, late)

    def _fastest_rate(self, salt: Array) -> Array:
        """Growth rate [1/s] of the fastest wave; ``salt``: c_s/c0."""
        names = ("current_density", "surface_energy", "molar_volume", "temperature", "charge_transfer_coefficient", "exchange_current_density",
                 "salt_concentration", "salt_diffusivity", "cation_transference_number")  # fmt: skip
        given = {name: getattr(self, name) for name in names}
        model = ElectrodepositionStability.unchecked(
            **given, form="binary", surface_concentration=salt * self.salt_concentration
        )
        return model.compute()["fastest_rate"]

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        xp = self.xp
        if self.form == "stability":
            yield Remark(xp.asarray(True), "clean-metal theory: an upper bound of the time to initiation")
        elif self.form == "threshold":
            nothing = xp.isinf(xp.asarray(self.critical_overpotential)) & xp.isinf(
                xp.asarray(self.interphase_limiting_current)
            )
            yield Remark(
                nothing,
                "neither critical_overpotential nor interphase_limiting_current is given: this is Sand's "
                "time",
            )
            yield Remark(
                result["initiation_time"] == 0.0, "above the kinetic current: initiation is immediate"
            )
        else:
            yield Remark(
                xp.isinf(xp.asarray(self.kinetic_charge)), "no kinetic_charge is given: this is Sand's time"
            )

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["initiation_time"]
        return Threshold("dendrite initiation", "time", self.duration, limit, self.duration < limit)
