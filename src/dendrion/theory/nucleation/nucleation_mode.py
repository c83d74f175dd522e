"""Progressive or instantaneous: one number decides, and it grows with the overpotential."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from .. import inputs
from ..arrays import Array, words
from ..card import BINARY, Axis, Card, Output, Reference, Remark, parameter
from ..model import Model
from ..relations import inverse_thermal_voltage, overpotential_of

_MODES = ("progressive", "mixed", "instantaneous")


@dataclass(frozen=True, kw_only=True, eq=False)
class NucleationMode(Model):
    """psi = A/(N pi k D), A = A0 exp(b F eta/RT), eta(i) by Butler and Volmer."""

    card: ClassVar = Card(
        name="nucleation_mode", title="Nucleation mode of sodium and lithium", field="nucleation", scale="0-D, nuclei", kind="reconstruction",
        system="metal in a liquid electrolyte (sodium in NaTFSI/PC by NMR)",
        equations=("ψ = A/(N π k D),  k = √(8π c V_M)", "A = A₀ e^{b fη},  η from i = 2 i₀ sinh(fη/2)"),
        assumptions=("sites saturate long before or after diffusion zones overlap", "nucleation rate exponential in the overpotential"),
        limits=("A₀ and b are fitted to one observation: progressive at 0.5, instantaneous at 1–2 mA/cm²",),
        conclusion="larger currents turn progressive into instantaneous nucleation",
        references=(Reference("Bayley 2016 as told by the survey", None, 47),),
        classes=BINARY, instead="classical_nucleation",
        example={"metal": "Na", "current_density": "1 mA/cm^2", "nucleus_density": "1e10 1/m^2", "nucleation_prefactor": "0.1 1/s",
                 "sensitivity": "3", "salt_concentration": "1 mol/L", "salt_diffusivity": "1e-10 m^2/s", "exchange_current_density": "10 A/m^2"},
        regime=(Axis("current_density", 0.1, 100.0), Axis("nucleus_density", 1e8, 1e12)),
        gradient=("current_density", "mode_number"),
    )  # fmt: skip
    outputs: ClassVar = {
        "mode": Output("dimensionless", "instantaneous above ψ = 10, progressive below 0.1, mixed between"),
        "mode_number": Output("dimensionless", "ψ: nucleation against overlap of diffusion zones"),
        "probability_instantaneous": Output("dimensionless", "ψ/(1 + ψ)"),
        "overpotential": Output("potential", "overpotential at this current"),
    }

    current_density: Array = inputs.current_density()
    nucleus_density: Array = parameter("1/m^2", "active sites an area", above=0.0)
    nucleation_prefactor: Array = parameter(
        "frequency", "nucleation rate a site at no overpotential", above=0.0
    )
    sensitivity: Array = parameter(
        "dimensionless", "atoms in the critical nucleus plus α", default=3.0, above=0.0
    )
    salt_concentration: Array = inputs.salt_concentration()
    salt_diffusivity: Array = inputs.salt_diffusivity()
    molar_volume: Array = inputs.molar_volume()
    exchange_current_density: Array = inputs.exchange_current_density()
    temperature: Array = inputs.temperature()

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        eta = overpotential_of(self.current_density, self.exchange_current_density, self.temperature, 0.5, xp)
        rate = self.nucleation_prefactor * xp.exp(
            self.sensitivity * inverse_thermal_voltage(self.temperature) * eta
        )
        k = xp.sqrt(8.0 * math.pi * self.salt_concentration * self.molar_volume)
        number = rate / (self.nucleus_density * math.pi * k * self.salt_diffusivity)
        return {
            "mode": words((number > 0.1) * 1 + (number > 10.0) * 1, _MODES), "mode_number": number,
            "probability_instantaneous": number / (1.0 + number), "overpotential": eta + 0.0 * number,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        between = (result["mode_number"] > 0.1) & (result["mode_number"] < 10.0)
        yield Remark(
            between, "between the limits: nuclei appear at distributed times, fit the general transient"
        )
