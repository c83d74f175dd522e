"""Cycles of a metal under an interphase that breaks while plating, heals, comes off and leaves gaps while stripping."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...constants import FARADAY
from .. import inputs
from ..arrays import Array
from ..card import Axis, Card, Output, Reference, Remark, parameter
from ..model import Model
from ..relations import inverse_thermal_voltage

NEWTON_STEPS = 12
"""Steps for the overpotential behind the layer, from above [dimensionless]; six reach round-off."""

CYCLES = 30
"""Cycles after which layer and contact repeat themselves [dimensionless]."""


def current_behind(drive: Array, exchange: Array, resistance: Array, inverse: Array, xp: Any) -> Array:
    """Current density i [A/m^2] of ``i = 2 i_0 sinh[f (drive - R i)/2]`` for ``drive`` >= 0 [V].

    Args: also exchange current density [A/m^2], resistance [ohm m^2], f = F/RT [1/V]. Newton's method for the overpotential
    from the smaller of two bounds that lie above it: the whole drive, and what the reaction alone would need.
    """
    strength = 2.0 * exchange * resistance
    x = xp.minimum(drive, 2.0 / inverse * xp.arcsinh(drive / strength))
    for _ in range(NEWTON_STEPS):
        half = 0.5 * inverse * x
        x = x - (x + strength * xp.sinh(half) - drive) / (1.0 + 0.5 * inverse * strength * xp.cosh(half))
    return 2.0 * exchange * xp.sinh(0.5 * inverse * x)


@dataclass(frozen=True, kw_only=True, eq=False)
class SodiumInterphase(Model):
    """Plating and stripping at one |overpotential|, cycle after cycle: layer, contact, dead metal, charge."""

    card: ClassVar = Card(
        name="sodium_interphase", title="Cycles of sodium under its interphase (Singla)", field="coupled",
        scale="0-D, interphase shell, cycles", kind="reconstruction",
        system="metal features of width h_w under an interphase, cycled at equal |η|",
        equations=(
            "ε = V_M q/(F h_w);  ε_f = min[σ_f/E, √(Γ/(π δ E))]",
            "plating leaves δ_c = δ_b + (δ − δ_b) exp[−⟨ε − ε_f⟩/ε_f], healing δ² = δ_c² + 2Kt up to δ",
            "comes off: share d = ⟨1 − Γ_int/G_d⟩,  G_d = E ε² δ/2",
            "θ lost while stripping: exp[−(q/q_v)⟨1 − i_heal/i⟩](1 − d), regained while plating: 1 − (1 − θ) e^{−q/q_h}",
            "i = θ·2i₀ sinh[f(|η| ∓ η_m − iδ/(θσ))/2],  A_s = (|i_s| − |i_p|)/(|i_s| + |i_p|)",
            "plated = stripped + dead + interphase;  dead = d(1 − θ)",
        ),
        assumptions=(
            "currents are those at the start of a half-cycle, in the cycle that repeats itself",
            "brittle layer: one break for each failure strain beyond the first", "it is compressed by the whole swing when stripped",
            "metal is dead where its layer came off and its contact is lost (our closure)", "symmetric kinetics",
        ),
        limits=("a reconstruction: closures for contact and debonding are ours, and interphase data are estimates",),
        conclusion="a tough layer with fast transport cycles evenly; a weak one strips more easily than it plates, and a weak "
        "bond leaves dead metal",
        references=(Reference("Singla 2025 as told by the survey", "10.1002/adfm.202418033"),),
        example={"metal": "Na", "electrolyte": "NZSP", "overpotential": "20 mV", "capacity": "0.1 mAh/cm^2", "feature_width": "5 um",
                 "exchange_current_density": "10 A/m^2"},
        regime=(Axis("interphase_strength", 1e6, 1e9), Axis("healing_current", 0.01, 100.0)),
        gradient=("overpotential", "asymmetry"),
    )  # fmt: skip
    outputs: ClassVar = {
        "asymmetry": Output("dimensionless", "A_s at equal |η|: above 0 stripping is easier"),
        "dead_fraction": Output("dimensionless", "plated charge that a cycle leaves dead, over it"),
        "interphase_fraction": Output(
            "dimensionless", "plated charge that a cycle spends on the layer, over it"
        ),
        "coulombic_efficiency": Output("dimensionless", "stripped over plated charge"),
        "contact_fraction": Output("dimensionless", "contact at the end of stripping"),
        "broken_fraction": Output("dimensionless", "share of the layer that plating breaks"),
        "strain": Output("dimensionless", "hoop strain of a half-cycle over the failure strain"),
        "release": Output("surface_energy", "energy G_d that comes free where the layer comes off"),
        "plating_current": Output("current_density", "current density at the start of plating"),
        "stripping_current": Output("current_density", "current density at the start of stripping"),
    }

    overpotential: Array = inputs.overpotential()
    capacity: Array = parameter(
        "areal_capacity", "charge plated in a cycle, per area of the features", above=0.0
    )
    feature_width: Array = parameter("length", "width h_w of the metal's features", default=5e-6, above=0.0)
    exchange_current_density: Array = inputs.exchange_current_density()
    molar_volume: Array = inputs.molar_volume()
    interphase_modulus: Array = parameter(
        "pressure",
        "Young's modulus of the interphase",
        claim="interface.sei_young_modulus",
        default=1e9,
        above=0.0,
    )
    interphase_strength: Array = parameter(
        "pressure", "strength of the interphase", claim="interface.sei_strength", default=4e7, above=0.0
    )
    interphase_energy: Array = parameter(
        "surface_energy",
        "fracture energy of the interphase",
        claim="interface.sei_fracture_energy",
        default=0.5,
        above=0.0,
    )
    interphase_thickness: Array = parameter(
        "length", "thickness of the interphase", claim="interface.sei_thickness", default=3e-8, above=0.0
    )
    interphase_conductivity: Array = parameter(
        "conductivity",
        "conductivity of the interphase",
        claim="interface.sei_conductivity",
        default=5e-6,
        above=0.0,
    )
    growth_constant: Array = parameter(
        "diffusivity",
        "K of its parabolic growth",
        claim="interface.sei_growth_constant",
        default=1e-21,
        least=0.0,
    )
    charge_density: Array = parameter(
        "C/m^3", "charge that a volume of interphase takes", default=1.93e9, least=0.0
    )
    bare_thickness: Array = parameter(
        "length", "what covers bare metal right after a break", default=1e-9, above=0.0
    )
    bond_energy: Array = parameter(
        "surface_energy",
        "energy Γ_int that holds it to the metal",
        claim="interface.interface_fracture_energy",
        default=0.4,
        above=0.0,
    )
    healing_current: Array = parameter(
        "current_density", "current density i_heal up to which transport in the metal keeps contact",
        default=1.0, least=0.0,
    )  # fmt: skip
    loss_capacity: Array = parameter(
        "areal_capacity", "charge q_v over which contact falls by e without healing", default=36e3, above=0.0
    )
    regain_capacity: Array = parameter(
        "areal_capacity", "charge q_h over which plating regains lost contact by e", default=3.6e3, above=0.0
    )
    traction: Array = parameter(
        "pressure", "compression of the metal by its interphase, η_m = V_M t/F", default=0.0, least=0.0
    )
    temperature: Array = inputs.temperature()

    def failure_strain(self) -> Array:
        """Strain at which the layer breaks [dimensionless]."""
        by_energy = self.xp.sqrt(
            self.interphase_energy / (math.pi * self.interphase_thickness * self.interphase_modulus)
        )
        return self.xp.minimum(self.interphase_strength / self.interphase_modulus, by_energy)

    def _current(self, drive: Array, thickness: Array, contact: Array) -> Array:
        """Magnitude of the current density through what touches, per area of the whole [A/m^2]."""
        xp = self.xp
        inverse = inverse_thermal_voltage(self.temperature)
        resistance = thickness / self.interphase_conductivity
        return contact * current_behind(
            xp.maximum(drive, 0.0), self.exchange_current_density, resistance, inverse, xp
        )

    def _healed(self, thickness: Array, time: Array) -> Array:
        """Thickness [m] after growing for ``time`` [s], at most the whole one."""
        xp = self.xp
        grown = xp.sqrt(thickness**2 + 2.0 * self.growth_constant * time)
        return xp.minimum(grown, self.interphase_thickness)

    def compute(self) -> dict[str, Array]:
        xp, charge, whole = self.xp, self.capacity, self.interphase_thickness
        strain, limit = self.molar_volume * charge / (FARADAY * self.feature_width), self.failure_strain()
        survived = xp.exp(-xp.maximum(strain / limit - 1.0, 0.0))
        release = 0.5 * self.interphase_modulus * strain**2 * whole
        off = xp.maximum(1.0 - self.bond_energy / xp.where(release > 0.0, release, 1e-300), 0.0)
        held = self.molar_volume * self.traction / FARADAY
        bare = xp.minimum(self.bare_thickness, whole)
        thickness, contact = whole, 1.0 + 0.0 * (strain + held)
        for _ in range(CYCLES):
            plating = self._current(self.overpotential - held, thickness, contact)
            broken = bare + (thickness - bare) * survived
            regained = 1.0 - (1.0 - contact) * xp.exp(-charge / self.regain_capacity)
            stripping = self._current(self.overpotential + held, broken, regained)
            excess = xp.maximum(1.0 - self.healing_current / stripping, 0.0)
            contact = regained * xp.exp(-charge / self.loss_capacity * excess) * (1.0 - off)
            thickness = self._healed(broken, charge / stripping)
        dead = off * (1.0 - contact)
        spent = self.charge_density * (thickness - broken) / charge
        zero = 0.0 * (stripping + plating)
        return {
            "asymmetry": (stripping - plating) / (stripping + plating), "dead_fraction": dead + zero,
            "interphase_fraction": spent + zero, "coulombic_efficiency": 1.0 - dead - spent + zero,
            "contact_fraction": contact + zero, "broken_fraction": 1.0 - survived + zero, "strain": strain / limit + zero,
            "release": release + zero, "plating_current": plating, "stripping_current": stripping,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            result["dead_fraction"] > 0.0, "the layer comes off: each cycle leaves metal without contact"
        )
        yield Remark(
            result["coulombic_efficiency"] <= 0.0, "nothing is left to strip: the cycle ends", refused=True
        )
        yield Remark(self.xp.asarray(result["plating_current"] <= 0.0), "the traction stops plating")
