"""Contact under stack pressure: what stripping needs, what a rough contact gives, where pressure does harm."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...constants import EDGE_CRACK_FACTOR, FARADAY
from .. import inputs
from ..arrays import Array
from ..card import SINGLE_ION, Axis, Card, Constraint, Fit, Output, Reference, Remark, Threshold, parameter
from ..model import Model
from .metal_creep import MEGAPASCAL, POWER_LAW_END, creep_factor


def _metal_thickness() -> Any:
    return parameter("length", "thickness of the metal electrode", default=1e-4, above=0.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class CriticalStackPressure(Model):
    """P_crit = C [V_M i/(F h A e^(-Q/RT))]^(1/n): creep that refills what stripping takes."""

    card: ClassVar = Card(
        name="critical_stack_pressure", title="Stack pressure against voids", field="mechanics", scale="0-D, metal electrode", kind="derived",
        system="metal stripped into a solid electrolyte",
        equations=("i/F = h ε̇(P/C, T)/V_M + J_surf", "P_crit = C [V_M i/(F h A e^{−Q/RT})]^{1/n}",
                   "slab that sticks: C ≈ (2/√3)(1 + w/4h)"),
        assumptions=("power-law creep refills the interface alone, unless a surface flux is given", "bulk vacancies carry nothing in a drifting electrode"),
        limits=("measured pressures are often linear in the current and ten times higher: constraint C, wetting", "voids, not dendrites: CCS, not CCP"),
        conclusion="a free column needs a fraction of a megapascal, a thin foil that sticks five to fifteen times more",
        references=(Reference("Wang 2019 (0.4 MPa, Li|LLZO)", "10.1016/j.joule.2019.06.017"),
                    Reference("Kasemchainan 2019 (stripping limits, LPSC)", "10.1038/s41563-019-0438-9"),
                    Reference("Na|β″-alumina (linear, above 9 MPa at 2.5 mA/cm²)", "10.1021/acsami.9b17786")),
        classes=SINGLE_ION, instead="sand_time",
        example={"metal": "Li", "electrolyte": "LLZO", "current_density": "1 mA/cm^2", "stack_pressure": "1 MPa"},
        regime=(Axis("current_density", 0.1, 100.0), Axis("temperature", 260.0, 380.0, False)),
        gradient=("current_density", "critical_pressure"),
        fit=Fit("current_density", "critical_pressure", ("constraint_factor", "creep_exponent")),
    )  # fmt: skip
    outputs: ClassVar = {
        "critical_pressure": Output("pressure", "stack pressure below which voids grow"),
        "critical_current": Output(
            "current_density", "largest stripping current at the stack pressure given"
        ),
        "slab_constraint": Output("dimensionless", "constraint factor of a sticking slab of this width"),
    }

    current_density: Array = inputs.current_density()
    stack_pressure: Array = inputs.stack_pressure(0.0)
    metal_thickness: Array = _metal_thickness()
    metal_width: Array = parameter("length", "width of the electrode", default=1e-2, above=0.0)
    constraint_factor: Array = parameter(
        "dimensionless", "constraint C: pressure over von Mises stress", default=1.0, least=1.0
    )
    surface_current: Array = parameter(
        "current_density", "current that surface diffusion refills", default=0.0, least=0.0
    )
    molar_volume: Array = inputs.molar_volume()
    temperature: Array = inputs.temperature()
    melting_temperature: Array = inputs.melting_temperature()
    creep_rate: Array = inputs.creep_rate()
    creep_exponent: Array = inputs.creep_exponent()
    creep_activation_energy: Array = inputs.creep_activation_energy()

    def constraints(self) -> Iterable[Constraint]:
        yield Constraint(
            self.temperature < self.melting_temperature,
            "the metal is molten: it makes no voids",
            "temperature",
            "below its melting point",
        )

    def compute(self) -> dict[str, Array]:
        xp, n = self.xp, self.creep_exponent
        factor = creep_factor(self.creep_rate, self.creep_activation_energy, self.temperature, xp)
        scale = FARADAY * self.metal_thickness * factor / self.molar_volume
        left = xp.maximum(self.current_density - self.surface_current, 0.0)
        pressure = self.constraint_factor * MEGAPASCAL * (left / scale) ** (1.0 / n)
        current = (
            scale * (self.stack_pressure / (MEGAPASCAL * self.constraint_factor)) ** n + self.surface_current
        )
        slab = 2.0 / math.sqrt(3.0) * (1.0 + self.metal_width / (4.0 * self.metal_thickness))
        zero = 0.0 * (pressure + current)
        return {
            "critical_pressure": pressure + zero,
            "critical_current": current + zero,
            "slab_constraint": slab + zero,
        }

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        stress = self.xp.maximum(self.stack_pressure, result["critical_pressure"]) / self.constraint_factor
        yield Remark(
            stress > POWER_LAW_END,
            "above some 3 MPa the power law of creep is extrapolated: currents are too high",
        )

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["critical_current"]
        return Threshold(
            "contact loss", "current_density", self.current_density, limit, self.current_density < limit
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Contact(Model):
    """theta = min(1, P/(3 sigma_y)); R = R_ct/theta + (pi a/(4 sigma theta))(1 - sqrt(theta))^1.5; rim law."""

    card: ClassVar = Card(
        name="contact", title="Contact under pressure", field="mechanics", scale="0-D, contact spots", kind="published",
        system="soft metal pressed on a rough electrolyte",
        equations=("θ = min(1, P/3σ_y)", "R = R_ct/θ + [πa/(4σθ)](1 − √θ)^{3/2}", "rim of a void: i/i∞ ≈ (r/a − 1)^{−1/2}, cut off at σR_ct"),
        assumptions=("fully plastic asperities (Bowden–Tabor)", "round spots of one size"),
        limits=("measured: R ∝ P^−0.5, not P^−1", "no creep in time: pressure held longer gives more contact"),
        conclusion="contact, not the reaction, makes most of the interface resistance at low pressure",
        references=(Reference("R ∝ 1/A and P^−0.5", "arXiv:2501.00600"), Reference("current at void rims", "arXiv:2001.06276")),
        classes=SINGLE_ION, instead="interface_resistance",
        example={"metal": "Li", "electrolyte": "LLZO", "stack_pressure": "0.5 MPa"},
        regime=(Axis("stack_pressure", 1e4, 1e7), Axis("spot_radius", 1e-7, 1e-4)),
        gradient=("stack_pressure", "interface_resistance"),
    )  # fmt: skip
    outputs: ClassVar = {
        "contact_fraction": Output("dimensionless", "share of the area in contact"),
        "interface_resistance": Output("areal_resistance", "resistance of the interface"),
        "rim_amplification": Output(
            "dimensionless", "current at the rim of a void over the mean, kinetically cut off"
        ),
        "spot_current": Output("current_density", "mean current density in the contacts"),
    }

    stack_pressure: Array = parameter("pressure", "stack pressure", above=0.0, most=1e11)
    yield_strength: Array = parameter(
        "pressure", "yield strength of the metal", claim="metal.yield_strength", above=0.0
    )
    charge_transfer_resistance: Array = parameter(
        "areal_resistance",
        "resistance of the reaction at full contact",
        claim="interface.interface_resistance",
        above=0.0,
    )
    conductivity: Array = inputs.conductivity()
    spot_radius: Array = parameter("length", "radius of a contact spot", default=1e-5, above=0.0)
    void_radius: Array = parameter("length", "radius of a void", default=1e-5, above=0.0)
    current_density: Array = inputs.current_density(10.0)

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        theta = xp.minimum(self.stack_pressure / (3.0 * self.yield_strength), 1.0)
        missing = xp.maximum(1.0 - xp.sqrt(theta), 1e-300)
        constriction = math.pi * self.spot_radius / (4.0 * self.conductivity * theta) * missing**1.5
        wagner = self.conductivity * self.charge_transfer_resistance
        rim = xp.maximum((wagner / self.void_radius) ** -0.5, 1.0)
        zero = 0.0 * (theta + constriction)
        return {"contact_fraction": theta + zero, "interface_resistance": self.charge_transfer_resistance / theta + constriction,
                "rim_amplification": rim + zero, "spot_current": self.current_density / theta + zero}  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(result["contact_fraction"] < 0.1, "less than a tenth is in contact: single spots rule")


@dataclass(frozen=True, kw_only=True, eq=False)
class PressureWindow(Model):
    """Lower end: creep against voids; upper end: extrusion and cracks that stack pressure opens."""

    card: ClassVar = Card(
        name="pressure_window", title="Window of stack pressure", field="mechanics", scale="0-D, cell", kind="derived",
        system="metal cell with a solid electrolyte",
        equations=("P_low = C [V_M i/(F h A e^{−Q/RT})]^{1/n}", "P_high = min(P_extrusion, χ⁻¹ K_IC/(Y√πa), strength)"),
        assumptions=("metal in a flaw that is connected to the anode carries the share χ of the stack pressure",),
        limits=("extrusion pressure is an observation (Li|LPSC: shorts between 20 and 25 MPa), not a result", "no fatigue, no time"),
        conclusion="too little loses contact, too much pushes metal into flaws: an optimum of some megapascals",
        references=(Reference("Doux 2020 (Li|LPSC)", "10.1002/aenm.201903253"), Reference("sodium hydroborate", "10.1002/admi.202101254")),
        classes=SINGLE_ION, instead="critical_stack_pressure",
        example={"metal": "Li", "electrolyte": "LPSC", "current_density": "1 mA/cm^2", "stack_pressure": "5 MPa", "extrusion_pressure": "22 MPa"},
        regime=(Axis("current_density", 0.1, 100.0), Axis("flaw_length", 1e-6, 1e-3)),
        gradient=("current_density", "lowest_pressure"),
    )  # fmt: skip
    outputs: ClassVar = {
        "lowest_pressure": Output("pressure", "below it voids grow"),
        "highest_pressure": Output("pressure", "above it metal enters flaws or is extruded"),
        "inside": Output("dimensionless", "1: the stack pressure lies inside"),
        "width": Output("dimensionless", "highest over lowest pressure; below 1 no pressure will do"),
    }

    current_density: Array = inputs.current_density()
    stack_pressure: Array = inputs.stack_pressure(5e6)
    metal_thickness: Array = _metal_thickness()
    constraint_factor: Array = parameter("dimensionless", "constraint C", default=1.0, least=1.0)
    molar_volume: Array = inputs.molar_volume()
    temperature: Array = inputs.temperature()
    creep_rate: Array = inputs.creep_rate()
    creep_exponent: Array = inputs.creep_exponent()
    creep_activation_energy: Array = inputs.creep_activation_energy()
    fracture_toughness: Array = inputs.fracture_toughness()
    flaw_length: Array = inputs.flaw_length(2e-5)
    pressure_share: Array = parameter(
        "dimensionless", "share χ of the stack pressure in a flaw", default=1.0, above=0.0, most=1.0
    )
    extrusion_pressure: Array = parameter(
        "pressure",
        "pressure that extrudes the metal",
        claim="interface.extrusion_stack_pressure",
        default=math.inf,
        above=0.0,
    )
    strength: Array = parameter(
        "pressure",
        "strength of the electrolyte",
        claim="electrolyte.flexural_strength",
        default=math.inf,
        above=0.0,
    )

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        names = ("current_density", "metal_thickness", "constraint_factor", "molar_volume", "temperature", "creep_rate", "creep_exponent",
                 "creep_activation_energy")  # fmt: skip
        low = CriticalStackPressure.unchecked(**{n: getattr(self, n) for n in names}).compute()[
            "critical_pressure"
        ]
        crack = (
            self.fracture_toughness
            / (EDGE_CRACK_FACTOR * xp.sqrt(math.pi * self.flaw_length))
            / self.pressure_share
        )
        high = xp.minimum(xp.minimum(crack, self.extrusion_pressure), self.strength)
        inside = (self.stack_pressure >= low) & (self.stack_pressure <= high)
        zero = 0.0 * (low + crack)
        return {
            "lowest_pressure": low + zero,
            "highest_pressure": high + zero,
            "inside": inside * 1.0 + zero,
            "width": high / low + zero,
        }

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(result["width"] < 1.0, "no stack pressure both keeps contact and spares the flaws")

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        xp, p = self.xp, self.stack_pressure
        low, high = result["lowest_pressure"], result["highest_pressure"]
        # The nearer end decides: too low a pressure is turned into a demand of P_low against what there is.
        demand, limit = xp.where(p < low, low, p), xp.where(p < low, p, high)
        return Threshold("contact loss", "pressure", demand, limit, result["inside"] > 0.5)


@dataclass(frozen=True, kw_only=True, eq=False)
class PressureModulus(Model):
    """P_crit = sigma_y/alpha_d, alpha_d = F_s (1 - 2 nu)/(1 - nu): pressure that flattens a protrusion."""

    card: ClassVar = Card(
        name="pressure_modulus", title="Pressure and modulus (Shen)", field="mechanics", scale="0-D, protrusion", kind="reconstruction",
        system="metal protrusion in a confined electrolyte",
        equations=("σ_vM = α_d P,  α_d = F_s (1 − 2ν)/(1 − ν)", "P_crit = σ_y/α_d"),
        assumptions=("laterally confined electrolyte", "shape factor F_s from finite elements, 1 by default"),
        limits=("a reconstruction: the published diagram needs F_s(aspect ratio, E_s/E_M)", "an incompressible electrolyte can't make the metal yield"),
        conclusion="enough pressure makes the metal yield and flattens it; near ν = 1/2 no pressure does",
        references=(Reference("Shen 2021", "10.1002/aenm.202003416"),),
        example={"metal": "Li", "electrolyte": "PEO-LiTFSI", "stack_pressure": "1 MPa"},
        regime=(Axis("stack_pressure", 1e4, 1e8), Axis("poisson_ratio", 0.1, 0.499, False)),
        gradient=("poisson_ratio", "critical_pressure"),
    )  # fmt: skip
    outputs: ClassVar = {
        "critical_pressure": Output("pressure", "stack pressure at which the protrusion yields"),
        "von_mises_stress": Output("pressure", "von Mises stress in the protrusion"),
        "share": Output("dimensionless", "α_d: von Mises stress over stack pressure"),
    }

    stack_pressure: Array = inputs.stack_pressure()
    poisson_ratio: Array = inputs.poisson_ratio()
    yield_strength: Array = parameter(
        "pressure", "yield strength of the metal", claim="metal.yield_strength", above=0.0
    )
    shape_factor: Array = parameter("dimensionless", "shape factor F_s", default=1.0, above=0.0)

    def compute(self) -> dict[str, Array]:
        share = self.shape_factor * (1.0 - 2.0 * self.poisson_ratio) / (1.0 - self.poisson_ratio)
        zero = 0.0 * (share + self.stack_pressure)
        return {
            "critical_pressure": self.yield_strength / share + zero,
            "von_mises_stress": share * self.stack_pressure,
            "share": share + zero,
        }

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            result["share"] < 0.05,
            "nearly incompressible: the stress is hydrostatic and can't make the metal yield",
        )

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        # Safe where the stack pressure exceeds what yielding needs: the need is the demand.
        need = result["critical_pressure"]
        return Threshold(
            "front roughening", "pressure", need, self.stack_pressure + 0.0 * need, self.stack_pressure > need
        )
