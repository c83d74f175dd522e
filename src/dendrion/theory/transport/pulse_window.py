"""Time scales that a current pulse meets in a cell: one number each, one mechanism each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import FARADAY, GAS_CONSTANT, VACUUM_PERMITTIVITY
from .. import inputs
from ..arrays import Array
from ..card import Axis, Card, Output, Reference, Remark, parameter
from ..model import Model
from ..relations import sand_time


@dataclass(frozen=True, kw_only=True, eq=False)
class PulseWindow(Model):
    """R_ct C_dl, lambda_D L/D, eps/sigma, Sand's times and vacancy relaxation, with the faradaic share of a ripple."""

    card: ClassVar = Card(
        name="pulse_window", title="Pulse windows", field="transport", scale="0-D, time scales", kind=
            "derived",
        system="any electrolyte under pulsed current",
        equations=("interface R_ct C_dl;  cell double layer λ_D L/D;  dielectric ε/σ;  planar and tip "
                   "Sand's time;  "
                   "metal vacancies ℓ²/D_M", "i_F/i = [1 + (2π f R_ct C_dl)²]^{−1/2}"),
        assumptions=("each scale alone; λ_D = √(ε RT/(2F²c₀))",),
        limits=("no single window holds for all cells: the 20 ms of liquids is a tip value at 1.7 A/cm², "
                "megahertz pulses in LLZTO lie outside it",),
        conclusion="above 1/(2π R_ct C_dl) a pulse does not reach the reaction; the direct-current average "
                   "does",
        references=(Reference("Reisecker 2023 (megahertz pulses)", "10.1038/s41467-023-37476-y"),
                    Reference("pulse experiments in liquids", "10.1021/jz500207a")),
        example={"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "frequency": "1 kHz", "current_density": "1 "
                                                                                     "mA/cm^2",
                 "thickness": "25 um"},
        regime=(Axis("frequency", 1.0, 1e7), Axis("interface_resistance", 1e-5, 1e-1)),
        gradient=("frequency", "faradaic_share"),
    )  # fmt: skip
    outputs: ClassVar = {
        "interface_charging": Output("time", "charging of the interface, R_ct C_dl"),
        "faradaic_share": Output("dimensionless", "share of a ripple that reaches the reaction"),
        "dielectric_relaxation": Output("time", "ε/σ"),
        "cell_double_layer": Output(
            "time", "charging of the double layer through the cell, λ_D L/D (salts only)"
        ),
        "planar_sand_time": Output("time", "Sand's time of the flat electrode (salts only)"),
        "tip_sand_time": Output("time", "Sand's time at a tip with its larger current (salts only)"),
        "vacancy_relaxation": Output("time", "ℓ²/D of vacancies in the metal"),
    }

    interface_resistance: Array = inputs.interface_resistance()
    double_layer_capacitance: Array = parameter(
        "areal_capacitance", "double-layer capacitance", claim="interface.double_layer_capacitance", above=0.0
    )
    frequency: Array = parameter("frequency", "frequency of the pulses", least=0.0)
    conductivity: Array = inputs.conductivity()
    relative_permittivity: Array = parameter(
        "dimensionless",
        "relative permittivity",
        claim="electrolyte.relative_permittivity",
        default=30.0,
        least=1.0,
    )
    metal_diffusivity: Array = parameter(
        "diffusivity", "self-diffusivity of the metal", claim="metal.self_diffusivity", above=0.0
    )
    current_density: Array = inputs.current_density(10.0)
    tip_amplification: Array = parameter(
        "dimensionless", "current at a tip over the mean", default=1e3, least=1.0
    )
    depth: Array = parameter("length", "depth ℓ of the metal", default=1e-6, above=0.0)
    thickness: Array = inputs.thickness(25e-6)
    temperature: Array = inputs.temperature()
    salt_concentration: Array = parameter(
        "concentration",
        "salt concentration",
        claim="electrolyte.salt_concentration",
        default=math.inf,
        above=0.0,
    )
    salt_diffusivity: Array = parameter(
        "diffusivity",
        "diffusivity of the salt",
        claim="electrolyte.salt_diffusivity",
        default=math.inf,
        above=0.0,
    )
    cation_transference_number: Array = inputs.cation_transference_number()

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        charging = self.interface_resistance * self.double_layer_capacitance
        permittivity = self.relative_permittivity * VACUUM_PERMITTIVITY
        thermal = GAS_CONSTANT * self.temperature / (2.0 * FARADAY**2 * self.salt_concentration)
        share = 1.0 - self.cation_transference_number
        salt = (share > 0.0) & xp.isfinite(xp.asarray(self.salt_concentration, dtype=float))
        concentration, diffusivity = (
            xp.where(salt, x, 1.0) for x in (self.salt_concentration, self.salt_diffusivity)
        )
        planar = sand_time(self.current_density, concentration, diffusivity, xp.where(salt, share, 1.0))
        layer = xp.sqrt(permittivity * thermal) * self.thickness / diffusivity
        return {
            "interface_charging": charging,
            "faradaic_share": 1.0 / xp.sqrt(1.0 + (2.0 * math.pi * self.frequency * charging) ** 2),
            "dielectric_relaxation": permittivity / self.conductivity,
            "cell_double_layer": xp.where(salt, layer, xp.inf),
            "planar_sand_time": xp.where(salt, planar, xp.inf),
            "tip_sand_time": xp.where(salt, planar / self.tip_amplification**2, xp.inf),
            "vacancy_relaxation": self.depth**2 / self.metal_diffusivity,
        }

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            result["faradaic_share"] < 0.1,
            "less than a tenth of the ripple reaches the reaction: only the mean current acts",
        )
        yield Remark(
            self.xp.isinf(result["planar_sand_time"]),
            "no salt: the scales of salt diffusion do not exist (infinite)",
        )
