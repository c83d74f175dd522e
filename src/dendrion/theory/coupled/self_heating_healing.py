"""Levelling by surface diffusion in a cell that warms itself: how long it takes, and from which current it heals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import AVOGADRO, BOLTZMANN, FARADAY, GAS_CONSTANT
from .. import inputs
from ..arrays import Array
from ..card import Axis, Card, Output, Reference, Remark, parameter
from ..model import Model

SCAN = (0.1, 1e5, 400)
"""Currents [A/m^2] over which the healing current is looked for: from, to, how many."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SelfHeatingHealing(Model):
    """dA/dt = -B k^4 A, B = D_s gamma Omega^2 n_s/kT: surface diffusion that levels dendrites when warm."""

    card: ClassVar = Card(
        name="self_heating_healing", title="Self-heating healing (Mullins)", field="coupled", scale="2-D, linear, wavelength", kind="derived",
        system="rough metal surface warmed by the cell's own losses",
        equations=("τ = 1/(B k⁴),  B = D_s γ Ω² n_s/(k_B T)", "D_s = (ν₀a²/4) e^{−E_s/RT} m,  n_s = a⁻²", "healed wavelength λ_h = 2π(B t)^{1/4}",
                   "ΔT = i η/h", "heals while it grows: B(T + iη/h) k⁴ > V_M i k/F"),
        assumptions=("growth at its upper bound (diffusion-limited front)", "bcc (001), small slopes", "an interphase slows adatoms by the mobility factor m", "lumped cell for ΔT"),
        limits=("50 ps of molecular dynamics heal nanometres: τ ∝ λ⁴, never carry them to micrometres", "m is an estimate (1e-3)"),
        conclusion="healing reaches submicrometre features in minutes; the published tens of kelvin need small heat loss",
        references=(Reference("Li 2018", "10.1126/science.aap8787"), Reference("Jäckle and Groß 2014 (barriers)", "10.1063/1.4901055")),
        example={"metal": "Li", "wavelength": "1 um", "temperature": "80 degC", "mobility_factor": "1"},
        regime=(Axis("wavelength", 1e-8, 1e-5), Axis("temperature", 280.0, 380.0, False)),
        gradient=("wavelength", "healing_time"),
    )  # fmt: skip
    outputs: ClassVar = {
        "healing_time": Output("time", "time in which a wave falls to 1/e"),
        "mullins_coefficient": Output("m^4/s", "B"),
        "surface_diffusivity": Output("diffusivity", "surface diffusivity"),
        "healed_wavelength": Output("length", "wave that is healed in the time given"),
        "temperature_rise": Output("temperature_difference", "warming by the cell's own losses"),
        "required_heat_transfer": Output(
            "heat_transfer_coefficient", "heat transfer at which the cell warms by 40 K"
        ),
        "healing_ratio": Output(
            "dimensionless",
            "levelling over growth of the wave at the current, B(T + ΔT)k⁴ over V_M i k/F; above 1 it heals",
        ),
        "healing_current": Output(
            "current_density", "current above which its own heat heals the wave; infinite: none below melting"
        ),
    }

    wavelength: Array = parameter("length", "wavelength of the roughness", least=1e-9)
    temperature: Array = inputs.temperature()
    surface_energy: Array = inputs.surface_energy()
    molar_volume: Array = inputs.molar_volume()
    barrier: Array = parameter(
        "activation_energy",
        "barrier of a surface hop",
        claim="metal.surface_diffusion_barrier",
        default=0.14 * FARADAY,
        least=0.0,
    )
    lattice_parameter: Array = parameter(
        "length", "edge of the cubic cell", claim="metal.lattice_parameter", default=3.51e-10, above=0.0
    )
    attempt_frequency: Array = parameter(
        "frequency", "attempt frequency", claim="metal.surface_hop_frequency", default=1e13, above=0.0
    )
    mobility_factor: Array = parameter(
        "dimensionless",
        "slowing by the interphase",
        claim="metal.interphase_mobility_factor",
        default=1e-3,
        above=0.0,
        most=1.0,
    )
    duration: Array = parameter("time", "time to heal", default=600.0, above=0.0)
    melting_temperature: Array = inputs.melting_temperature()
    current_density: Array = inputs.current_density(0.0)
    overpotential: Array = parameter("potential", "total polarisation of the cell", default=0.15, least=0.0)
    heat_transfer: Array = parameter(
        "heat_transfer_coefficient", "heat transfer to the surroundings", default=10.0, above=0.0
    )

    def _mullins(self, temperature: Array) -> tuple[Array, Array]:
        """D_s [m^2/s] and B [m^4/s]."""
        xp, a = self.xp, self.lattice_parameter
        hop = xp.exp(-self.barrier / (GAS_CONSTANT * temperature))
        diffusivity = self.mobility_factor * self.attempt_frequency * a**2 / 4.0 * hop
        volume = self.molar_volume / AVOGADRO
        return diffusivity, diffusivity * self.surface_energy * volume**2 / a**2 / (BOLTZMANN * temperature)

    def _healing(self, current: Array) -> Array:
        """B k^4 at the temperature that the losses of ``current`` give, over V_M i k/F [dimensionless]."""
        k = 2.0 * math.pi / self.wavelength
        warm = self.temperature + current * self.overpotential / self.heat_transfer
        return self._mullins(self.xp.minimum(warm, 1e4))[1] * k**3 * FARADAY / (self.molar_volume * current)

    def _healing_current(self, zero: Array) -> Array:
        """The last current [A/m^2] of a scan at which the wave grows; infinite where the metal melts first."""
        xp = self.xp
        scan = xp.geomspace(*SCAN).reshape(-1, *(1,) * xp.ndim(zero)) + zero
        grows = self._healing(scan) < 1.0
        melts = self.temperature + scan * self.overpotential / self.heat_transfer >= self.melting_temperature
        last = xp.max(xp.where(grows, scan, 0.0), axis=0)
        molten = xp.min(xp.where(melts, scan, xp.inf), axis=0)
        return xp.where((last >= molten) | (last >= SCAN[1]), xp.inf, last)

    def compute(self) -> dict[str, Array]:
        diffusivity, b = self._mullins(self.temperature)
        loss = self.current_density * self.overpotential
        zero = 0.0 * (b + loss)
        return {
            "healing_time": (self.wavelength / (2.0 * math.pi)) ** 4 / b + zero, "mullins_coefficient": b + zero, "surface_diffusivity": diffusivity + zero,
            "healed_wavelength": 2.0 * math.pi * (b * self.duration) ** 0.25 + zero, "temperature_rise": loss / self.heat_transfer + zero,
            "required_heat_transfer": loss / 40.0 + zero,
            "healing_ratio": self._healing(self.xp.where(self.current_density > 0.0, self.current_density, 1e-300)) + zero,
            "healing_current": self._healing_current(zero),
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            self.xp.asarray(self.mobility_factor == 1.0),
            "bare metal: an interphase slows healing a thousandfold or so",
        )
