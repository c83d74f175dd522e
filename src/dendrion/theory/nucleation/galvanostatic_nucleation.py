"""Nucleation at held current: the dip of the voltage, how many nuclei it leaves, how large they get."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...constants import BOLTZMANN, FARADAY
from .. import inputs
from ..arrays import Array
from ..card import Axis, Card, Output, Reference, Remark, parameter
from ..elementwise import over_elements
from ..model import Model
from ..relations import inverse_thermal_voltage
from .classical_nucleation import shape_factor

BIRTH = 2.0
"""Radius at birth over the critical one [dimensionless]: at the critical radius itself nothing would ever grow."""


@dataclass(frozen=True, kw_only=True, eq=False)
class GalvanostaticNucleation(Model):
    """C_dl deta/dt + (F v/V_M) S = i with N' = A(eta)(N_s - N)(1 - theta): dip, plateau and nuclei."""

    card: ClassVar = Card(
        name="galvanostatic_nucleation", title="Nucleation at held current", field="nucleation", scale="0-D in time, nuclei", kind="derived",
        system="metal plated on a foreign substrate at held current",
        equations=(
            "N' = A(η)(N_s − N)(1 − θ),  A = A₀ exp(−ΔG*(η)/kT),  ΔG* = 16πγ³V_M²Φ/(3F²η²)",
            "v = (i₀V_M/F)[e^{αfη'} − e^{−(1−α)fη'}],  η' = η − 2γV_M/(F R̄)",
            "θ_x = π ∫₀ᵗ N'(u) R(t,u)² du,  R = ∫_u^t v ds,  θ = 1 − e^{−θ_x},  S = θ + θ_x(1 − θ)",
            "i = C_dl dη/dt + (F v/V_M) S + (F/V_M)(2π/3) R_b³ N'",
        ),
        assumptions=("hemispheres at random sites until they overlap (Avrami): area 2πR² each while alone, one where they cover all", "growth by the interface's kinetics, no depletion",
                     "one Gibbs–Thomson term for the mean radius R̄, born at twice the critical one"),
        limits=("the dip depends on A₀ and Φ, which are fitted: calibrate_shape of classical_nucleation gives Φ from one measured dip",
                "an interphase's resistance is not in η: take it off the measured voltage first"),
        conclusion="a larger current digs a deeper dip and leaves more, smaller nuclei",
        references=(Reference("dip and plateau of Li on substrates, Yan 2016", "10.1038/nenergy.2016.10"),
                    Reference("size ∝ 1/η and density ∝ η³, Pei 2017", "10.1021/acs.nanolett.6b04755")),
        example={"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "current_density": "1 mA/cm^2", "contact_angle": "20 deg"},
        regime=(Axis("current_density", 1.0, 100.0), Axis("contact_angle", 0.2, 0.5, False)), costly=True,
    )  # fmt: skip
    outputs: ClassVar = {
        "dip": Output("potential", "largest overpotential: the bottom of the voltage dip"),
        "dip_time": Output("time", "when it is reached"),
        "plateau": Output("potential", "overpotential when the charge has passed"),
        "nucleation_overpotential": Output("potential", "dip minus plateau, as substrates are tabulated"),
        "nucleus_density": Output("1/m^2", "density of nuclei when the charge has passed"),
        "mean_radius": Output("length", "mean radius of the nuclei then, overlaps not counted"),
        "radius_spread": Output(
            "dimensionless", "standard deviation of the radii over their mean: 0 instantaneous"
        ),
        "coverage": Output("dimensionless", "share of the substrate that is covered then"),
    }

    current_density: Array = parameter("current_density", "plating current density", above=0.0, most=1e6)
    charge: Array = parameter("areal_capacity", "charge that passes", default=3600.0, above=0.0)
    site_density: Array = parameter("1/m^2", "density of sites N_s", default=1e15, above=0.0)
    site_rate: Array = parameter("frequency", "attempts A₀ a site", default=1e10, above=0.0)
    contact_angle: Array = parameter(
        "angle", "effective contact angle", default=0.35, above=0.0, most=math.pi
    )
    double_layer_capacitance: Array = parameter(
        "areal_capacitance",
        "double-layer capacitance",
        claim="interface.double_layer_capacitance",
        default=0.2,
        above=0.0,
    )
    exchange_current_density: Array = inputs.exchange_current_density(10.0)
    charge_transfer_coefficient: Array = inputs.symmetry()
    surface_energy: Array = inputs.surface_energy()
    molar_volume: Array = inputs.molar_volume()
    temperature: Array = inputs.temperature()

    def compute(self) -> dict[str, Array]:
        return over_elements(
            transient_answers, tuple(self.outputs), {name: getattr(self, name) for name in self.parameters()}
        )

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            result["coverage"] < 0.01,
            "less than a hundredth of the substrate is covered when the charge has passed",
        )
        yield Remark(
            result["nucleus_density"] > 0.9 * self.site_density,
            "nearly every site has its nucleus: the site density sets the answer",
        )


def transient(cell: Mapping[str, float]) -> tuple[Any, Any]:
    """Times [s] and states of the transient, shape [5, n]: overpotential [V] and the four scaled moments.

    State: eta; N/N_s; l, the growth since the start over the scale a = 1/sqrt(pi N_s); M1 = int N' m du/N_s and M2 =
    int N' m^2 du/N_s, where m = l - (radius at birth)/a, so that the radius is l - m and theta_x = l^2 N - 2 l M1 + M2.
    """
    import numpy as np
    from scipy.integrate import solve_ivp

    f, alpha = float(inverse_thermal_voltage(cell["temperature"])), cell["charge_transfer_coefficient"]
    volume, gamma, sites = cell["molar_volume"], cell["surface_energy"], cell["site_density"]
    size = 1.0 / math.sqrt(math.pi * sites)
    barrier = 16.0 * math.pi * gamma**3 * volume**2 * float(shape_factor(cell["contact_angle"], np))
    barrier = barrier / (3.0 * FARADAY**2 * BOLTZMANN * cell["temperature"])

    def change(_: float, y: Any) -> Any:
        eta, nuclei, grown, first, second = y
        extended = max(grown**2 * nuclei - 2.0 * grown * first + second, 0.0)
        covered = -math.expm1(-extended)
        rate = (
            cell["site_rate"]
            * math.exp(-min(barrier / max(eta, 1e-6) ** 2, 700.0))
            * (1.0 - nuclei)
            * (1.0 - covered)
        )
        birth = BIRTH * 2.0 * gamma * volume / (FARADAY * max(eta, 1e-4))
        radius = size * (grown - first / nuclei) if nuclei > 1e-20 else birth
        drive = min(max(f * (eta - 2.0 * gamma * volume / (FARADAY * max(radius, 1e-10))), -100.0), 500.0)
        speed = cell["exchange_current_density"] * (
            math.exp(alpha * drive) - math.exp(-(1.0 - alpha) * drive)
        )
        area = covered + extended * (1.0 - covered)
        born = FARADAY / volume * 2.0 * math.pi / 3.0 * birth**3 * sites * rate
        slope = (cell["current_density"] - speed * area - born) / cell["double_layer_capacitance"]
        mark = grown - birth / size
        return [slope, rate, speed * volume / FARADAY / size, rate * mark, rate * mark**2]

    ends = cell["charge"] / cell["current_density"]
    found = solve_ivp(
        change,
        (0.0, ends),
        [0.0] * 5,
        "LSODA",
        rtol=1e-7,
        atol=[1e-8, 1e-16, 1e-10, 1e-16, 1e-18],
        max_step=ends / 50.0,
    )
    return found.t, found.y


def transient_answers(**cell: float) -> dict[str, float]:
    """The answers of one cell; keys are the inputs of ``GalvanostaticNucleation``, SI."""
    import numpy as np

    times, states = transient(cell)
    eta, nuclei, grown, first, second = states
    top = int(np.argmax(eta))
    count, size = max(float(nuclei[-1]), 1e-300), 1.0 / math.sqrt(math.pi * cell["site_density"])
    mean = float(grown[-1] - first[-1] / count)
    square = float(grown[-1] ** 2 - 2.0 * grown[-1] * first[-1] / count + second[-1] / count)
    return {
        "dip": float(eta[top]), "dip_time": float(times[top]), "plateau": float(eta[-1]), "nucleation_overpotential": float(eta[top] - eta[-1]),
        "nucleus_density": count * cell["site_density"], "mean_radius": mean * size,
        "radius_spread": math.sqrt(max(square - mean**2, 0.0)) / mean if mean > 0.0 else 0.0,
        "coverage": -math.expm1(-count * max(square, 0.0)),
    }  # fmt: skip
