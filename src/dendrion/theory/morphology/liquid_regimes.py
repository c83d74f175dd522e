"""Shapes of lithium deposits in liquids: by current (Dong), by fronts (Bai), by three rates (Jo)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...constants import FARADAY
from .. import inputs
from ..arrays import Array, words
from ..card import BINARY, Axis, Card, Constraint, Output, Reference, Remark, parameter
from ..model import Model
from ..relations import depletion_time, limiting_current
from ..transport.sand_time import binary_only

_WHERE = "LiPF6 in EC:DEC"


def may_extrapolate() -> Any:
    """Switch that carries thresholds over to another electrolyte, with a warning."""
    return parameter(
        "dimensionless", "use thresholds outside their electrolyte", default="no", choices=("no", "yes")
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class DongRegime(Model):
    """Spheres to 0.2, columns near 1, porous bushes from 5 mA/cm^2; soft boundaries at the geometric means."""

    card: ClassVar = Card(
        name="dong_regime", title="Morphology by current (Dong)", field="morphology", scale="0-D, deposit", kind="published",
        system="lithium in LiPF₆ EC:DEC 1:1", equations=("spherical ≤ 0.2, columnar ≈ 1.0, porous ≥ 5 mA/cm²; boundaries √(0.2·1) and √(1·5) mA/cm²",),
        assumptions=("room temperature, flat copper", "probabilities logistic in the logarithm of the current"),
        limits=("thresholds of one electrolyte, no constants of nature", "sodium and solids have others"),
        conclusion="the faster, the more porous", references=(Reference("Dong 2021 as told by the survey", None, 30),),
        classes=BINARY, instead="ceramic_morphology",
        example={"current_density": "1 mA/cm^2", "electrolyte_name": "LiPF6_EC_DEC"},
        regime=(Axis("current_density", 0.5, 100.0), Axis("sharpness", 1.0, 10.0)), gradient=("current_density", "porous"),
    )  # fmt: skip
    outputs: ClassVar = {
        "label": Output("dimensionless", "spherical, columnar or porous"),
        "spherical": Output("dimensionless", "score of spheres"),
        "columnar": Output("dimensionless", "score of columns"),
        "porous": Output("dimensionless", "score of porous bushes"),
    }

    current_density: Array = parameter("current_density", "plating current density", above=0.0)
    sharpness: Array = parameter(
        "dimensionless", "steepness of the boundaries in ln i", default=4.0, above=0.0
    )
    electrolyte_name: str = parameter(
        "dimensionless", "electrolyte", default="other", choices=("LiPF6_EC_DEC", "other")
    )
    allow_extrapolation: str = may_extrapolate()

    def constraints(self) -> Iterable[Constraint]:
        known = self.electrolyte_name == "LiPF6_EC_DEC" or self.allow_extrapolation == "yes"
        yield Constraint(
            self.xp.asarray(known),
            f"the thresholds were measured in {_WHERE}",
            "electrolyte_name",
            "LiPF6_EC_DEC",
            "allow_extrapolation=yes",
        )

    def compute(self) -> dict[str, Array]:
        xp = self.xp

        def above(edge: float) -> Array:
            return 1.0 / (1.0 + (edge / self.current_density) ** self.sharpness)

        first, second = above(10.0 * math.sqrt(0.2)), above(10.0 * math.sqrt(5.0))
        scores = xp.stack(xp.broadcast_arrays(1.0 - first, first * (1.0 - second), first * second))
        return {"label": words(xp.argmax(scores, axis=0), ("spherical", "columnar", "porous")), "spherical": 1.0 - first,
                "columnar": first * (1.0 - second), "porous": first * second}  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            self.xp.asarray(self.electrolyte_name == "other"), f"thresholds carried over from {_WHERE}"
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class BaiRegime(Model):
    """Root growth where the interphase is faster than the metal; tip growth after depletion; moss between."""

    card: ClassVar = Card(
        name="bai_regime", title="Whiskers, moss, dendrites (Bai)", field="morphology", scale="1-D, electrode gap", kind="published",
        system="lithium in liquids, capillary cells, 1–50 mA/cm²",
        equations=("V_dep = i V_M/F against V_SEI = i_SEI Ω_SEI/(n_SEI F) or a speed given", "i < i_cr (V_dep < V_SEI): whiskers from roots; i_cr < i < i_lim: moss, surface growth; "
                   "i > i_lim and t > τ: dendrites at tips"),
        assumptions=("speed of the interphase is an input", "depletion time of the gap"),
        limits=("thresholds are the electrolyte's own", "local currents exceed the mean"),
        conclusion="moss turns into dendrites at Sand's capacity",
        references=(Reference("Bai 2016 as told by the survey", None, 40), Reference("Bai 2018 as told by the survey", None, 41)),
        classes=BINARY, instead="ceramic_morphology",
        example={"metal": "Li", "electrolyte": "LiPF6-EC-DMC", "current_density": "10 mA/cm^2", "thickness": "10 mm", "duration": "1 h"},
        regime=(Axis("current_density", 0.1, 1e3), Axis("duration", 10.0, 1e5)), gradient=("current_density", "deposition_speed"),
    )  # fmt: skip
    outputs: ClassVar = {
        "label": Output("dimensionless", "whisker, mossy or dendritic"),
        "deposition_speed": Output("velocity", "speed of deposition"),
        "relative_current": Output("dimensionless", "current over limiting current"),
        "depletion_time": Output("time", "time of the switch from moss to dendrites"),
        "critical_current": Output("current_density", "current at which deposition outruns the interphase"),
        "root_score": Output("dimensionless", "score of whiskers from roots"),
        "surface_score": Output("dimensionless", "score of moss, growth on surfaces"),
        "tip_score": Output("dimensionless", "score of dendrites, growth at tips"),
    }

    current_density: Array = inputs.current_density()
    duration: Array = parameter("time", "how long the current flows", default=3600.0, above=0.0)
    thickness: Array = inputs.thickness()
    salt_concentration: Array = inputs.salt_concentration()
    salt_diffusivity: Array = inputs.salt_diffusivity()
    cation_transference_number: Array = inputs.cation_transference_number()
    molar_volume: Array = inputs.molar_volume()
    interphase_speed: Array = parameter(
        "velocity", "speed at which the interphase forms", default=1.35e-9, least=0.0
    )
    interphase_current: Array = parameter(
        "current_density",
        "current that forms the interphase; sets its speed where given",
        default=None,
        above=0.0,
    )
    interphase_molar_volume: Array = parameter(
        "molar_volume", "molar volume of the interphase", default=9.585e-5, above=0.0
    )
    interphase_electrons: Array = parameter(
        "dimensionless", "electrons a formula of the interphase", default=2.0, above=0.0
    )
    sharpness: Array = parameter(
        "dimensionless", "steepness of the scores in the logarithms", default=4.0, above=0.0
    )

    def constraints(self) -> Iterable[Constraint]:
        return (binary_only(self.cation_transference_number, "a limiting current"),)

    def compute(self) -> dict[str, Array]:
        xp, share = self.xp, 1.0 - self.cation_transference_number
        relative = self.current_density / limiting_current(
            self.salt_concentration, self.salt_diffusivity, share, self.thickness
        )
        speed = self.current_density * self.molar_volume / FARADAY
        depletion = depletion_time(relative, xp) * self.thickness**2 / self.salt_diffusivity
        front = self.interphase_speed
        if self.interphase_current is not None:
            front = (
                self.interphase_current * self.interphase_molar_volume / (self.interphase_electrons * FARADAY)
            )
        index = xp.where(speed < front, 0, xp.where(self.duration > depletion, 2, 1))
        outruns = 1.0 / (1.0 + (front / speed) ** self.sharpness)
        depleted = 1.0 / (1.0 + (depletion / self.duration) ** self.sharpness)
        return {
            "label": words(index, ("whisker", "mossy", "dendritic")), "deposition_speed": speed + 0.0 * relative, "relative_current": relative,
            "depletion_time": depletion, "critical_current": front * FARADAY / self.molar_volume + 0.0 * relative,
            "root_score": 1.0 - outruns + 0.0 * relative, "surface_score": outruns * (1.0 - depleted), "tip_score": outruns * depleted,
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class JoRegime(Model):
    """Softmax of three rates: nucleation on the substrate, nucleation on metal, growth."""

    card: ClassVar = Card(
        name="jo_regime", title="Three rates (Jo)", field="morphology", scale="0-D, deposit", kind="reconstruction", system="lithium on Cu and Ti in liquids",
        equations=("columnar: k_het ≫ k_hom, g;  spherical: g largest;  mossy: k_hom and g ≫ k_het", "scores ∝ [k_het, g√(g/k_hom), k_hom√(g/k_het)]^s"),
        assumptions=("rates in one unit, relative to each other",), limits=("the rates are inputs; the softmax is ours",),
        conclusion="substrate, salt and current choose the largest rate", references=(Reference("Jo 2022 as told by the survey", None, 45),),
        example={"substrate_nucleation": "10", "metal_nucleation": "1", "growth": "1"},
        regime=(Axis("substrate_nucleation", 0.01, 100.0), Axis("growth", 0.01, 100.0)), gradient=("growth", "spherical"),
    )  # fmt: skip
    outputs: ClassVar = {
        "label": Output("dimensionless", "columnar, spherical or mossy"),
        "columnar": Output("dimensionless", "score of columns"),
        "spherical": Output("dimensionless", "score of spheres"),
        "mossy": Output("dimensionless", "score of moss"),
    }

    substrate_nucleation: Array = parameter(
        "dimensionless", "rate of nucleation on the substrate k_het", above=0.0
    )
    metal_nucleation: Array = parameter("dimensionless", "rate of nucleation on metal k_hom", above=0.0)
    growth: Array = parameter("dimensionless", "rate of growth g", above=0.0)
    sharpness: Array = parameter("dimensionless", "exponent of the softmax", default=2.0, above=0.0)

    def compute(self) -> dict[str, Array]:
        xp = self.xp
        moss = xp.sqrt(self.metal_nucleation * self.growth)
        # Moss needs nucleation on metal beside growth: growth alone counts for spheres where it is the larger.
        parts = [
            self.substrate_nucleation,
            self.growth * xp.sqrt(self.growth / self.metal_nucleation),
            moss * xp.sqrt(self.metal_nucleation / self.substrate_nucleation),
        ]
        scores = xp.stack(xp.broadcast_arrays(*(p**self.sharpness for p in parts)))
        scores = scores / scores.sum(axis=0)
        label = words(xp.argmax(scores, axis=0), ("columnar", "spherical", "mossy"))
        return {"label": label, "columnar": scores[0], "spherical": scores[1], "mossy": scores[2]}
