"""Classical nucleation: critical radius, barrier and rate with temperature, stress and contact angle."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...constants import AVOGADRO, BOLTZMANN, ELEMENTARY_CHARGE, FARADAY, GAS_CONSTANT, REFERENCE_TEMPERATURE
from .. import inputs
from ..arrays import Array, bisect
from ..card import Axis, Card, Constraint, Output, Reference, Remark, parameter
from ..model import Model
from ..relations import inverse_thermal_voltage, overpotential_of

ATOMISTIC = 10.0


def shape_factor(angle: Array, xp: Any) -> Array:
    """Phi = (2 + cos)(1 - cos)^2/4 of a cap with that contact angle [rad]; 1 at 180 degrees [dimensionless]."""
    cosine = xp.cos(angle)
    return (2.0 + cosine) * (1.0 - cosine) ** 2 / 4.0


def contact_angle(shape: Array, xp: Any) -> Array:
    """The contact angle [rad] whose shape factor is ``shape``, in (0, 1)."""
    return bisect(lambda a: shape_factor(a, xp) - shape, 0.0 * shape, math.pi + 0.0 * shape, xp)


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassicalNucleation(Model):
    """Delta G* = 16 pi gamma^3 Phi/(3 Delta G_v^2), Delta G_v = F(eta + dU)/V_M + sigma_t; J = Z beta N0 exp(-Delta G*/kT)."""

    card: ClassVar = Card(
        name="classical_nucleation", title="Classical nucleation", field="nucleation", scale="0-D, nucleus", kind="published",
        system="metal on a substrate or inside an electrolyte",
        equations=("ΔG_v = F(η + ΔU)/V_M + σ_t", "r* = 2γ/ΔG_v,  ΔG* = (16πγ³/3ΔG_v²) Φ(ϑ),  Φ = (2 + cos ϑ)(1 − cos ϑ)²/4",
                   "J = Z β N₀ exp(−ΔG*/kT),  Z = (1/n*)√(ΔG*/3πkT),  β = (i₀/e)e^{αfη} 2πr*²(1 − cos ϑ)", "γ(T) = γ − γ'(T − 298.15 K)"),
        assumptions=("η is against bulk metal, without iR or interphase drops", "spherical cap, surface energy of the bulk"),
        limits=("with the surface energy against vacuum the rate at measured overpotentials is zero: fit the angle, not the prefactor",
                "below some ten atoms the continuum fails", "at fixed current heat gives fewer, larger nuclei, at fixed overpotential "
                "more: say which is held"),
        conclusion="real nucleation needs small effective Φγ³: defects, interphases, alloying",
        references=(Reference("classical theory; substrate overpotentials of Yan 2016", "10.1038/nenergy.2016.10"),),
        example={"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "overpotential": "40 mV", "contact_angle": "23 deg"},
        regime=(Axis("overpotential", 0.01, 0.3), Axis("contact_angle", 0.1, 3.1, False)),
        gradient=("overpotential", "barrier"),
    )  # fmt: skip
    outputs: ClassVar = {
        "barrier_over_kT": Output("dimensionless", "barrier over k_B T"),
        "barrier": Output("energy", "barrier ΔG*"),
        "critical_radius": Output("length", "critical radius"),
        "atoms": Output("dimensionless", "atoms in the critical nucleus"),
        "rate": Output("1/(m^2*s)", "nucleation rate an area"),
        "shape": Output("dimensionless", "shape factor Φ"),
        "held_overpotential": Output(
            "potential", "overpotential that was held, or that the held current needs"
        ),
    }

    overpotential: Array = inputs.overpotential(None, "overpotential against bulk metal, held")
    current_density: Array = parameter(
        "current_density",
        "current density, held: the overpotential follows from the kinetics",
        default=None,
        above=0.0,
    )
    surface_energy: Array = inputs.surface_energy()
    molar_volume: Array = inputs.molar_volume()
    temperature: Array = inputs.temperature()
    contact_angle: Array = parameter("angle", "contact angle", default=math.pi, above=0.0, most=math.pi)
    tensile_stress: Array = parameter(
        "pressure", "tension on the nucleus (negative: compression)", default=0.0
    )
    alloying_potential: Array = parameter("potential", "gain by alloying with the substrate", default=0.0)
    surface_energy_slope: Array = parameter(
        "J/m^2/K", "decrease of the surface energy a kelvin", default=0.0, least=0.0
    )
    site_density: Array = parameter("1/m^2", "sites an area", default=1e19, above=0.0)
    exchange_current_density: Array = inputs.exchange_current_density(10.0)
    exchange_activation_energy: Array = parameter(
        "activation_energy",
        "activation energy of the exchange current (held current)",
        default=0.55 * FARADAY,
        least=0.0,
    )
    charge_transfer_coefficient: Array = inputs.symmetry()

    def _exchange(self) -> Array:
        """Exchange current density [A/m^2], given at 298.15 K, at the temperature."""
        slope = self.exchange_activation_energy / GAS_CONSTANT
        return self.exchange_current_density * self.xp.exp(
            -slope * (1.0 / self.temperature - 1.0 / REFERENCE_TEMPERATURE)
        )

    def _eta(self) -> Array:
        """The overpotential [V]: as given, or from the current by Butler–Volmer kinetics at the temperature."""
        if self.overpotential is not None:
            return self.overpotential
        if self.current_density is None:
            return self.xp.asarray(0.0)
        return overpotential_of(
            self.current_density,
            self._exchange(),
            self.temperature,
            self.charge_transfer_coefficient,
            self.xp,
        )

    def _gamma(self) -> Array:
        return self.surface_energy - self.surface_energy_slope * (self.temperature - 298.15)

    def _drive(self) -> Array:
        return FARADAY * (self._eta() + self.alloying_potential) / self.molar_volume + self.tensile_stress

    def constraints(self) -> Iterable[Constraint]:
        one = self.overpotential is not None or self.current_density is not None
        yield Constraint(
            self.xp.asarray(one),
            "say which is held",
            "overpotential",
            "either overpotential or current_density",
            "overpotential=40 mV",
        )
        drive, atom = self._drive(), (self.molar_volume / AVOGADRO) ** (1.0 / 3.0)
        yield Constraint(
            self._gamma() > 0.0, "the surface energy vanishes at this temperature", "temperature"
        )
        yield Constraint(
            drive > 0.0,
            "compression undoes the overpotential: nothing nucleates",
            "tensile_stress",
            "a positive total drive",
        )
        yield Constraint(
            2.0 * self._gamma() / drive >= atom, "the critical radius is below one atom: this theory ends here", "overpotential",
            "lower overpotentials", "the atomistic form: the slope of ln J over F eta/RT gives the atoms",
        )  # fmt: skip

    def compute(self) -> dict[str, Array]:
        xp, gamma, drive = self.xp, self._gamma(), self._drive()
        shape, thermal = shape_factor(self.contact_angle, self.xp), BOLTZMANN * self.temperature
        radius = 2.0 * gamma / drive
        barrier = 16.0 * math.pi * gamma**3 * shape / (3.0 * drive**2)
        atoms = 4.0 * math.pi / 3.0 * radius**3 * AVOGADRO / self.molar_volume * shape
        zeldovich = xp.sqrt(barrier / (3.0 * math.pi * thermal)) / atoms
        f = inverse_thermal_voltage(self.temperature)
        arrivals = (
            (self.exchange_current_density if self.overpotential is not None else self._exchange())
            / ELEMENTARY_CHARGE
            * xp.exp(self.charge_transfer_coefficient * f * self._eta())
        )
        arrivals = arrivals * 2.0 * math.pi * radius**2 * (1.0 - xp.cos(self.contact_angle))
        return {
            "barrier_over_kT": barrier / thermal, "barrier": barrier, "critical_radius": radius, "atoms": atoms,
            "held_overpotential": self._eta() + 0.0 * barrier, "rate": zeldovich * arrivals * self.site_density * xp.exp(-barrier / thermal), "shape": shape,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        both = self.overpotential is not None and self.current_density is not None
        yield Remark(
            self.xp.asarray(both), "both are given: the overpotential is held, the current is not used"
        )
        yield Remark(result["barrier_over_kT"] > 100.0, "the barrier is above 100 kT: the rate is zero for every purpose; "
                     "real surfaces nucleate with a smaller effective shape factor (calibrate_shape)")  # fmt: skip
        yield Remark(
            result["atoms"] < ATOMISTIC, "fewer than ten atoms in the nucleus: take the atomistic form"
        )


def calibrate_shape(model: ClassicalNucleation, rate: Array = 1e10) -> Array:
    """The contact angle [rad] at which ``model`` nucleates at ``rate`` [1/(m^2 s)]: an effective angle.

    Use it to go from one measured nucleation overpotential to other overpotentials and temperatures.
    """
    xp = model.xp
    values = {name: getattr(model, name) for name in model.parameters()}

    def excess(angle: Array) -> Array:
        result = ClassicalNucleation.unchecked(**{**values, "contact_angle": angle}).compute()
        return xp.log(rate) - xp.log(xp.maximum(result["rate"], 1e-300))

    start = 1e-3 + 0.0 * (model._eta() + model.temperature)
    return bisect(excess, start, math.pi + 0.0 * start, xp)
