"""Shapes of metal in and on solids: the four of ceramics (Kazyak), islands or layers on NASICON (Ortmann)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...constants import EDGE_CRACK_FACTOR, FARADAY
from .. import inputs
from ..arrays import Array, words
from ..card import SINGLE_ION, Axis, Card, Constraint, Output, Reference, Remark, parameter
from ..mechanics.griffith_overpotential import stress_intensity
from ..model import Model
from .liquid_regimes import may_extrapolate

BRANCHING = math.sqrt(2.0)
"""K/K_IC from which the energy released feeds two crack tips, G >= 2 G_c [dimensionless]."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CeramicMorphology(Model):
    """Rules on K/K_IC, T-stress, depth below a face, and the lithium potential inside: five labels."""

    card: ClassVar = Card(
        name="ceramic_morphology", title="Four shapes in ceramics (Kazyak)", field="morphology", scale="0-D, flaw", kind="reconstruction",
        system="metal that penetrates a ceramic electrolyte",
        equations=(
            "p = min(F i R/V_M, p_flow),  K = Y (p − S_x)√(πa)", "no crack (K < K_IC): diffuse where V_Li = i(R + ℓ/σ) ≥ η_nuc, else none",
            "K ≥ K_IC: spalling where the crack turns within the thickness (T = S_x − P > 0, ℓ_T ln(1/θ₀) < H, ℓ_T = K²/8T²) "
            "or is longer than its depth below a face; else branched where K ≥ √2 K_IC, else linear",
        ),
        assumptions=("linear filaments open cracks with metal pressure (Griffith)", "a crack branches where the energy it releases feeds two tips",
                     "a flake comes off where the crack runs along the face", "diffuse metal nucleates inside, fed by leaking electrons"),
        limits=("the paper names the four shapes and that the common one opens cracks; which conditions give which is our reading of mechanisms",
                "the boundaries are not fitted to its observations; several shapes occur in one cell"),
        conclusion="with rising current nothing, then linear, then branched cracks; compression along the plane turns them to spalls; leakage makes diffuse metal",
        references=(Reference("Kazyak 2020 (four morphologies, crack opening)", "10.1016/j.matt.2020.02.008"), Reference("Porz 2017", "10.1002/aenm.201701003"),
                    Reference("Fincher 2022 (path)", "10.1016/j.joule.2022.10.011")),
        classes=SINGLE_ION, instead="bai_regime",
        example={"metal": "Li", "electrolyte": "LLZO", "current_density": "3 mA/cm^2", "flaw_length": "10 um", "thickness": "1 mm", "local_resistance": "10 ohm*cm^2"},
        regime=(Axis("current_density", 1.0, 1e3), Axis("in_plane_compression", 1e6, 3e8)), gradient=("current_density", "crack_drive"),
    )  # fmt: skip
    outputs: ClassVar = {
        "label": Output("dimensionless", "none, linear, branched, spalling or diffuse"),
        "crack_drive": Output("dimensionless", "K/K_IC at the flaw: cracks from 1, branches from √2"),
        "turning_share": Output(
            "dimensionless",
            "length over which the crack turns, over the thickness; infinite where it stays straight",
        ),
        "inner_drive": Output(
            "dimensionless",
            "lithium potential inside over the nucleation overpotential: diffuse metal from 1",
        ),
    }

    current_density: Array = inputs.current_density()
    local_resistance: Array = parameter(
        "areal_resistance",
        "resistance between reference plane and flaw",
        claim="interface.interface_resistance",
        above=0.0,
    )
    flaw_length: Array = inputs.flaw_length(1e-5)
    thickness: Array = inputs.thickness()
    fracture_toughness: Array = inputs.fracture_toughness()
    molar_volume: Array = inputs.molar_volume()
    shape: Array = parameter(
        "dimensionless", "crack shape factor Y", default=EDGE_CRACK_FACTOR, above=0.0, most=2.0
    )
    flow_pressure: Array = parameter(
        "pressure", "pressure at which the metal flows out", default=math.inf, above=0.0
    )
    in_plane_compression: Array = parameter("pressure", "in-plane compression", default=0.0, least=0.0)
    stack_pressure: Array = inputs.stack_pressure(0.0)
    initial_kink: Array = parameter(
        "angle", "first kink of the crack", default=math.radians(2.0), above=0.0, below=1.0
    )
    face_depth: Array = parameter(
        "length", "depth of the crack below a face that it runs along", default=math.inf, above=0.0
    )
    conductivity: Array = inputs.conductivity()
    leaky_depth: Array = parameter("length", "depth ℓ in which electrons leak", default=0.0, least=0.0)
    nucleation_overpotential: Array = parameter(
        "potential", "lithium potential at which metal nucleates inside", default=0.05, above=0.0
    )

    def compute(self) -> dict[str, Array]:
        xp, i = self.xp, self.current_density
        pressure = xp.minimum(FARADAY * i * self.local_resistance / self.molar_volume, self.flow_pressure)
        intensity = stress_intensity(pressure - self.in_plane_compression, self.flaw_length, self.shape, xp)
        drive = intensity / self.fracture_toughness
        tension = self.in_plane_compression - self.stack_pressure
        turning = (
            self.fracture_toughness**2
            / (8.0 * xp.where(tension > 0.0, tension, 1.0) ** 2)
            * xp.log(1.0 / self.initial_kink)
        )
        turning = xp.where(tension > 0.0, turning / self.thickness, xp.inf)
        inner = (
            i * (self.local_resistance + self.leaky_depth / self.conductivity) / self.nucleation_overpotential
        )
        leaks = (inner >= 1.0) & (self.leaky_depth > 0.0)
        spalls = (turning < 1.0) | (self.flaw_length > self.face_depth)
        cracked = xp.where(spalls, 3, xp.where(drive >= BRANCHING, 2, 1))
        index = xp.where(drive >= 1.0, cracked, xp.where(leaks, 4, 0))
        zero = 0.0 * (drive + tension + inner)
        return {"label": words(index, ("none", "linear", "branched", "spalling", "diffuse")), "crack_drive": drive + zero,
                "turning_share": turning + zero, "inner_drive": inner + zero}  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        leaks = (result["inner_drive"] >= 1.0) & (self.leaky_depth > 0.0)
        yield Remark(
            leaks & (result["crack_drive"] >= 1.0),
            "metal nucleates inside as well: cracks and diffuse metal together",
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class OrtmannRegime(Model):
    """Sodium on Cu|NZSP: islands and whiskers at 100 uA/cm^2, a dense layer at 1000 uA/cm^2."""

    card: ClassVar = Card(
        name="ortmann_regime", title="Sodium on NASICON by current (Ortmann)", field="morphology", scale="0-D, deposit", kind="published",
        system="sodium plated at Cu|NZSP", equations=("islands, whiskers at 100 µA/cm²; dense layer at 1000 µA/cm²; boundary √(100·1000) µA/cm²",),
        assumptions=("probability logistic in the logarithm of the current",),
        limits=("two currents of one system: no constants of nature", "liquids go the other way (dong_regime)"),
        conclusion="in this solid more current makes more nuclei and a denser layer", references=(Reference("Ortmann 2024 as told by the survey", None, 69),),
        classes=SINGLE_ION, instead="dong_regime", example={"current_density": "0.5 mA/cm^2", "electrolyte_name": "NZSP"},
        regime=(Axis("current_density", 0.1, 100.0), Axis("sharpness", 1.0, 10.0)), gradient=("current_density", "dense_layer"),
    )  # fmt: skip
    outputs: ClassVar = {
        "label": Output("dimensionless", "islands or dense_layer"),
        "islands": Output("dimensionless", "score of islands and whiskers"),
        "dense_layer": Output("dimensionless", "score of a dense layer"),
    }

    current_density: Array = parameter("current_density", "plating current density", above=0.0)
    sharpness: Array = parameter("dimensionless", "steepness of the boundary in ln i", default=4.0, above=0.0)
    electrolyte_name: str = parameter(
        "dimensionless", "electrolyte", default="other", choices=("NZSP", "other")
    )
    allow_extrapolation: str = may_extrapolate()

    def constraints(self) -> Iterable[Constraint]:
        known = self.electrolyte_name == "NZSP" or self.allow_extrapolation == "yes"
        yield Constraint(
            self.xp.asarray(known),
            "the thresholds were measured at Cu|NZSP",
            "electrolyte_name",
            "NZSP",
            "allow_extrapolation=yes",
        )

    def compute(self) -> dict[str, Array]:
        dense = 1.0 / (1.0 + (math.sqrt(10.0) / self.current_density) ** self.sharpness)
        return {
            "label": words((dense > 0.5) * 1, ("islands", "dense_layer")),
            "islands": 1.0 - dense,
            "dense_layer": dense,
        }

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            self.xp.asarray(self.electrolyte_name == "other"), "thresholds carried over from Cu|NZSP"
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class InterphaseDiffusion(Model):
    """Da = i delta/(F D_SEI c): ions that the interphase can't bring fast enough end in whiskers."""

    card: ClassVar = Card(
        name="interphase_diffusion", title="Diffusion against reaction through the interphase (Chen)", field="morphology", scale="0-D, interphase",
        kind="reconstruction", system="lithium under a solid-electrolyte interphase in a liquid",
        equations=("Da = i δ/(F D_SEI c_SEI)", "Da > 1: whiskers;  Da < 1: even growth"),
        assumptions=("steady diffusion across a uniform interphase",), limits=("D_SEI c_SEI is known to an order of magnitude at best",),
        conclusion="a thick or slow interphase starves the surface and whiskers break out", references=(Reference("Chen X-R 2020 as told by the survey", None, 44),),
        example={"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "current_density": "1 mA/cm^2", "interphase_diffusivity": "1e-16 m^2/s",
                 "interphase_concentration": "1e4 mol/m^3"},
        regime=(Axis("current_density", 0.1, 1e3), Axis("interphase_diffusivity", 1e-18, 1e-13)), gradient=("current_density", "damkoehler"),
    )  # fmt: skip
    outputs: ClassVar = {
        "label": Output("dimensionless", "even or whiskers"),
        "damkoehler": Output("dimensionless", "reaction over diffusion through the interphase"),
        "interphase_limit": Output("current_density", "largest current that the interphase carries, F D c/δ"),
    }

    current_density: Array = inputs.current_density()
    interphase_diffusivity: Array = parameter(
        "diffusivity", "diffusivity of ions in the interphase", above=0.0
    )
    interphase_concentration: Array = parameter("concentration", "ions in the interphase", above=0.0)
    interphase_thickness: Array = parameter(
        "length", "thickness of the interphase", claim="interface.sei_thickness", default=2e-8, above=0.0
    )

    def compute(self) -> dict[str, Array]:
        limit = (
            FARADAY * self.interphase_diffusivity * self.interphase_concentration / self.interphase_thickness
        )
        ratio = self.current_density / limit
        return {
            "label": words((ratio > 1.0) * 1, ("even", "whiskers")),
            "damkoehler": ratio,
            "interphase_limit": limit + 0.0 * ratio,
        }
