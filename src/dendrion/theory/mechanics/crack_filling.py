"""What makes and stops cracks: pores and partial filling, local decomposition, toughening layers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import EDGE_CRACK_FACTOR, FARADAY
from .. import inputs
from ..arrays import Array, bisect
from ..card import SINGLE_ION, Axis, Card, Constraint, Output, Reference, Remark, Threshold, parameter
from ..model import Model
from .griffith_overpotential import _edge_integral
from .metal_creep import MEGAPASCAL, creep_factor


def slit_pressure(
    current: Array, width: Array, length: Array, volume: Array, factor: Array, exponent: Array
) -> Array:
    """Pressure [Pa] to push plated metal out of a slit of Norton fluid, fed on both faces along its length.

    -dp/dx = {(n + 2) q/[2 3^((n+1)/2) A (w/2)^(n+2)]}^(1/n), q = 2 V_M i x/F; ``factor`` A e^(-Q/RT) [1/s at 1 MPa].
    """
    n = exponent
    norm = 2.0 * 3.0 ** (0.5 * (n + 1.0)) * factor * (0.5 * width) ** (n + 2.0)
    slope = ((n + 2.0) * 2.0 * volume * current / FARADAY / norm) ** (1.0 / n) * MEGAPASCAL
    return slope * length ** (1.0 + 1.0 / n) / (1.0 + 1.0 / n)


@dataclass(frozen=True, kw_only=True, eq=False)
class InitiationAndPropagation(Model):
    """Initiation: a pore fills and must extrude metal; propagation: a wedge fills the crack from its mouth."""

    card: ClassVar = Card(
        name="initiation_and_propagation", title="Initiation and propagation (Ning)", field="mechanics", scale="1-D flow, 2-D fracture, pore and crack",
        kind="reconstruction", system="porous sulfide or ceramic with metal in its cracks",
        equations=("−dp/dx = {(n+2)q/[2·3^{(n+1)/2} A (w/2)^{n+2}]}^{1/n}", "p = min(P + ∫|dp/dx|dx, F η/V_M);  cracks at Y p√(πR) ≥ K_IC,gb",
                   "wedge: p_w = min(F η/V_M, p_flow) + χ P;  K(f) = K_IC gives the critical filling f_c"),
        assumptions=("power-law flow through a slit; uniform current on its faces", "edge crack filled from the mouth (weight function)"),
        limits=("a reconstruction", "uniform current along a crack overstates the pressure of long ones",
                "the power law is used far above 3 MPa: an upper bound, capped by the overpotential"),
        conclusion="stack pressure hardly changes initiation, but helps propagation: lower pressure, longer life",
        references=(Reference("Ning 2023", "10.1038/s41586-023-05970-4"), Reference("Virkar 1981", "10.1007/BF01033824")),
        classes=SINGLE_ION, instead="polymer_tip_growth",
        example={"metal": "Li", "electrolyte": "LPSC", "current_density": "1 mA/cm^2", "stack_pressure": "7 MPa", "overpotential": "20 mV"},
        regime=(Axis("slit_width", 1e-8, 1e-6), Axis("slit_length", 1e-6, 1e-4)),
        gradient=("slit_width", "flow_pressure"),
    )  # fmt: skip
    outputs: ClassVar = {
        "pore_pressure": Output("pressure", "pressure in the pore"),
        "flow_pressure": Output("pressure", "pressure that extrusion needs"),
        "electrochemical_pressure": Output("pressure", "largest pressure that the overpotential gives"),
        "initiation_intensity": Output("toughness", "stress intensity at the pore"),
        "critical_filling": Output("dimensionless", "filled share at which the crack runs; above 1: never"),
        "initiation_overpotential": Output("potential", "overpotential at which the pore cracks (no flow)"),
        "cycles": Output("dimensionless", "cycles until the crack runs, (f_c − f₀)/Δf; infinite: never"),
    }

    current_density: Array = inputs.current_density()
    overpotential: Array = inputs.overpotential()
    stack_pressure: Array = inputs.stack_pressure(0.0)
    pore_radius: Array = parameter("length", "radius of the pore", default=3e-6, above=0.0)
    slit_width: Array = parameter(
        "length", "width of the crack that joins it to the surface", default=1e-7, above=0.0
    )
    slit_length: Array = parameter("length", "length of that crack", default=1e-5, above=0.0)
    crack_length: Array = parameter("length", "length of the dry crack", default=1e-4, above=0.0)
    thickness: Array = inputs.thickness(1e-3)
    fracture_toughness: Array = inputs.fracture_toughness()
    boundary_toughness: Array = parameter("toughness", "toughness of grain boundaries", claim="electrolyte.grain_boundary_fracture_toughness",
                                          default=0.15e6, above=0.0)  # fmt: skip
    pressure_share: Array = parameter(
        "dimensionless",
        "share χ of the stack pressure that acts in the crack",
        default=1.0,
        least=0.0,
        most=1.0,
    )
    initial_filling: Array = parameter(
        "dimensionless", "filled share f₀ at the start", default=0.0, least=0.0, below=1.0
    )
    filling_a_cycle: Array = parameter(
        "dimensionless", "share Δf that a cycle fills", default=0.01, above=0.0
    )
    molar_volume: Array = inputs.molar_volume()
    temperature: Array = inputs.temperature()
    melting_temperature: Array = inputs.melting_temperature()
    creep_rate: Array = inputs.creep_rate()
    creep_exponent: Array = inputs.creep_exponent()
    creep_activation_energy: Array = inputs.creep_activation_energy()

    def constraints(self) -> Iterable[Constraint]:
        yield Constraint(
            self.pore_radius <= 0.25 * self.thickness,
            "the pore is a quarter of the electrolyte",
            "pore_radius",
            "up to a quarter of the thickness",
        )
        yield Constraint(
            self.temperature < self.melting_temperature,
            "the metal is molten",
            "temperature",
            "below its melting point",
        )

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        factor = creep_factor(self.creep_rate, self.creep_activation_energy, self.temperature, xp)
        flow = slit_pressure(
            self.current_density,
            self.slit_width,
            self.slit_length,
            self.molar_volume,
            factor,
            self.creep_exponent,
        )
        drive = FARADAY * self.overpotential / self.molar_volume
        pore = xp.minimum(self.stack_pressure + flow, drive)
        wedge = xp.minimum(drive, flow) + self.pressure_share * self.stack_pressure
        needed = self.fracture_toughness / (wedge * xp.sqrt(math.pi * self.crack_length))
        root = xp.sqrt(math.pi * self.pore_radius)
        zero = 0.0 * (pore + wedge)
        whole = _edge_integral(1.0)
        filling = bisect(
            lambda f: whole - _edge_integral(1.0 - f) - xp.minimum(needed, whole), zero, zero + 1.0, xp, 50
        )
        critical = xp.where(needed > whole, xp.inf, filling)
        return {
            "pore_pressure": pore + zero, "flow_pressure": flow + zero, "electrochemical_pressure": drive + zero,
            "initiation_intensity": EDGE_CRACK_FACTOR * pore * root + zero,
            "critical_filling": critical, "cycles": xp.maximum(critical - self.initial_filling, 0.0) / self.filling_a_cycle,
            "initiation_overpotential": self.boundary_toughness / (EDGE_CRACK_FACTOR * root) * self.molar_volume / FARADAY + zero,
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        capped = result["flow_pressure"] > result["electrochemical_pressure"]
        yield Remark(capped, "metal can't flow out of so narrow a crack: the overpotential sets the pressure")

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        k = result["initiation_intensity"]
        return Threshold(
            "crack growth", "toughness", k, self.boundary_toughness + 0.0 * k, k < self.boundary_toughness
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class ExpansionBolt(Model):
    """p_loc = min(K_eff eps x, -dG/(V eps)); K = Y (p_metal - Phi p_loc) sqrt(pi a)."""

    card: ClassVar = Card(
        name="expansion_bolt", title="Expansion bolt (Ye and Li)", field="mechanics", scale="0-D, dendrite in a layer", kind="reconstruction",
        system="less stable inner layer between more stable outer ones (LPSC | LGPS | LPSC)",
        equations=("ΔG' = ΔG_rxn + V K_eff ε_R: stops at p_max = −ΔG_rxn/(V ε_R)", "p_loc = min(K_eff ε_R x, p_max)", "K = Y (p_metal − Φ p_loc)√(πa)"),
        assumptions=("decomposition swells by ε_R under a constraint K_eff", "the swollen zone closes a share Φ of the crack"),
        limits=("a reconstruction: K_eff 5–20 GPa and ε_R 0.05–0.2 are estimates", "multilayers also deflect and block"),
        conclusion="an inner layer that decomposes clamps the dendrite inside it; without swelling it crosses",
        references=(Reference("Ye and Li 2021", "10.1038/s41586-021-03486-3"), Reference("Hu 2024 (multilayers)", "10.1016/j.joule.2024.06.024")),
        classes=SINGLE_ION, instead="monroe_newman",
        example={"metal": "Li", "electrolyte": "LGPS", "overpotential": "20 mV", "flaw_length": "10 um", "reaction_strain": "0.02"},
        regime=(Axis("reaction_strain", 0.01, 0.2, False), Axis("overpotential", 1e-3, 0.2)),
        gradient=("overpotential", "stress_intensity"),
    )  # fmt: skip
    outputs: ClassVar = {
        "stress_intensity": Output("toughness", "stress intensity with the clamp"),
        "clamp_pressure": Output("pressure", "pressure of the swollen zone"),
        "stopping_pressure": Output("pressure", "pressure that stops the decomposition"),
        "free_intensity": Output("toughness", "stress intensity without the clamp"),
    }

    overpotential: Array = inputs.overpotential()
    flaw_length: Array = inputs.flaw_length()
    fracture_toughness: Array = inputs.fracture_toughness()
    molar_volume: Array = inputs.molar_volume()
    reaction_energy: Array = parameter("J/mol", "energy of decomposition (negative)", default=-1e5, below=0.0)
    cell_volume: Array = parameter(
        "molar_volume", "molar volume of the decomposing layer", default=2e-4, above=0.0
    )
    reaction_strain: Array = parameter(
        "dimensionless", "reaction strain ε_R", default=0.1, least=0.0, most=0.5
    )
    constraint_modulus: Array = parameter("pressure", "constraint K_eff", default=1e10, above=0.0)
    extent: Array = parameter("dimensionless", "extent of the reaction", default=1.0, least=0.0, most=1.0)
    closing_share: Array = parameter(
        "dimensionless", "share Φ of the crack that is clamped", default=0.5, least=0.0, most=1.0
    )

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        metal = FARADAY * self.overpotential / self.molar_volume
        stop = -self.reaction_energy / (self.cell_volume * xp.maximum(self.reaction_strain, 1e-300))
        clamp = xp.minimum(self.constraint_modulus * self.reaction_strain * self.extent, stop)
        root = EDGE_CRACK_FACTOR * xp.sqrt(math.pi * self.flaw_length)
        zero = 0.0 * (metal + clamp + root)
        return {"stress_intensity": root * xp.maximum(metal - self.closing_share * clamp, 0.0) + zero, "clamp_pressure": clamp + zero,
                "stopping_pressure": stop + zero, "free_intensity": root * metal + zero}  # fmt: skip

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        k = result["stress_intensity"]
        return Threshold(
            "crack growth", "toughness", k, self.fracture_toughness + 0.0 * k, k < self.fracture_toughness
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Toughening(Model):
    """Gain of toughness by a dilatant zone, bridging, and compression of the surface."""

    card: ClassVar = Card(
        name="toughening", title="Toughening and residual stress", field="mechanics", scale="2-D, linear fracture", kind="published",
        system="particle- or fibre-toughened electrolyte, or one with a compressed surface",
        equations=("dilatant zone: ΔK = 0.22 E e^T V_f √h/(1 − ν)", "bridging: K = √(K_IC² + E' ΔG),  ΔG = 2 f ∫σ_b du ≈ 2 f σ_b u",
                   "surface compression: ΔK = 1.1215 σ_r √(πa)"),
        assumptions=("steady-state zone (McMeeking–Evans)", "bridges at constant stress up to their opening"),
        limits=("additives also change the resistance: compare at equal resistance",),
        conclusion="a few hundred kPa √m are to be had, as much as sulfides have to begin with",
        references=(Reference("transformation toughening, textbook; TiO₂ in NZSP", "10.1002/aenm.202103607"),),
        classes=SINGLE_ION, instead="monroe_newman",
        example={"metal": "Li", "electrolyte": "LPSC", "particle_share": "0.3", "zone_height": "10 um", "dilation": "0.04"},
        regime=(Axis("particle_share", 0.01, 0.5, False), Axis("zone_height", 1e-6, 1e-4)),
        gradient=("zone_height", "gain"),
    )  # fmt: skip
    outputs: ClassVar = {
        "toughness": Output("toughness", "toughness with all that is given"),
        "gain": Output("toughness", "gain over the plain electrolyte"),
        "dilatant_gain": Output("toughness", "gain by the dilatant zone"),
        "residual_gain": Output("toughness", "gain by the compressed surface"),
    }

    fracture_toughness: Array = inputs.fracture_toughness()
    young_modulus: Array = inputs.young_modulus()
    poisson_ratio: Array = inputs.poisson_ratio()
    particle_share: Array = parameter(
        "dimensionless", "volume share of particles", default=0.0, least=0.0, below=1.0
    )
    dilation: Array = parameter("dimensionless", "their dilation e^T", default=0.04, least=0.0)
    zone_height: Array = parameter("length", "height of the zone", default=1e-5, above=0.0)
    bridge_share: Array = parameter("dimensionless", "share f of bridges", default=0.0, least=0.0, below=1.0)
    bridge_stress: Array = parameter("pressure", "stress of a bridge", default=1e8, least=0.0)
    bridge_opening: Array = parameter("length", "opening at which it fails", default=1e-7, least=0.0)
    surface_compression: Array = parameter("pressure", "compression of the surface", default=0.0, least=0.0)
    flaw_length: Array = inputs.flaw_length(1e-5)

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        dilatant = (
            0.22
            * self.young_modulus
            * self.dilation
            * self.particle_share
            * xp.sqrt(self.zone_height)
            / (1.0 - self.poisson_ratio)
        )
        bridged = (
            2.0
            * self.bridge_share
            * self.bridge_stress
            * self.bridge_opening
            * self.young_modulus
            / (1.0 - self.poisson_ratio**2)
        )
        residual = EDGE_CRACK_FACTOR * self.surface_compression * xp.sqrt(math.pi * self.flaw_length)
        whole = xp.sqrt(self.fracture_toughness**2 + bridged) + dilatant + residual
        zero = 0.0 * whole
        return {
            "toughness": whole,
            "gain": whole - self.fracture_toughness,
            "dilatant_gain": dilatant + zero,
            "residual_gain": residual + zero,
        }

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            self.particle_share + self.bridge_share > 0.5, "more than half is filler: its resistance rules"
        )
        yield Remark(
            self.xp.asarray(self.surface_compression > 0.0),
            "compression of the surface is paid with tension inside",
        )
