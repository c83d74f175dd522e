"""Brick layers: conductivity of a polycrystal from grains, boundaries and pores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from ..arrays import Array
from ..card import SINGLE_ION, Axis, Card, Constraint, Output, Reference, parameter
from ..model import Model


@dataclass(frozen=True, kw_only=True, eq=False)
class EffectiveConductivity(Model):
    """1/sigma = 1/sigma_b + delta/(d sigma_gb), times (1 - p)^1.5 for pores."""

    card: ClassVar = Card(
        name="effective_conductivity", title="Effective conductivity", field="transport", scale=
            "0-D, grains", kind="published",
        system="polycrystalline electrolyte",
        equations=("1/σ = 1/σ_b + δ/(d σ_gb)", "σ_eff = σ (1 − p)^{1.5}", "boundary share = [δ/(d σ_gb)] σ"),
        assumptions=("serial brick layer: current crosses every boundary", "isolated pores (Bruggeman "
                                                                           "exponent 1.5)"),
        limits=("no current along boundaries: grain_boundary_focusing", "no space-charge layers of their "
                                                                        "own"),
        conclusion="small grains with poor boundaries can take most of the resistance",
        references=(Reference("brick-layer model; amorphous boundaries of Na5SmSi4O12",
            "10.1021/acs.nanolett.4c01743"),),
        classes=SINGLE_ION, instead="the claim of its conductivity",
        example={"bulk_conductivity": "0.8 mS/cm", "boundary_conductivity": "1e-7 S/cm", "grain_size": "3 um",
                 "boundary_thickness": "2 nm"},
        regime=(Axis("grain_size", 1e-7, 1e-4), Axis("boundary_conductivity", 1e-6, 1e-2)),
        gradient=("grain_size", "conductivity"),
    )  # fmt: skip
    outputs: ClassVar = {
        "conductivity": Output("conductivity", "effective conductivity"),
        "boundary_share": Output("dimensionless", "share of the resistance in grain boundaries"),
    }

    bulk_conductivity: Array = parameter(
        "conductivity", "conductivity of the grains", claim="electrolyte.conductivity#bulk", above=0.0
    )
    boundary_conductivity: Array = parameter("conductivity", "conductivity of the boundaries", above=0.0)
    grain_size: Array = parameter("length", "grain diameter", claim="electrolyte.grain_size", above=0.0)
    boundary_thickness: Array = parameter(
        "length",
        "electrical thickness of a boundary",
        claim="electrolyte.grain_boundary_thickness",
        above=0.0,
    )
    porosity: Array = parameter("dimensionless", "share of pores", default=0.0, least=0.0, below=1.0)

    def constraints(self) -> Iterable[Constraint]:
        yield Constraint(
            self.boundary_thickness < self.grain_size,
            "a boundary is thicker than its grain",
            "boundary_thickness",
            "less than grain_size",
        )

    def compute(self) -> dict[str, Array]:
        boundary = self.boundary_thickness / (self.grain_size * self.boundary_conductivity)
        dense = 1.0 / (1.0 / self.bulk_conductivity + boundary)
        return {
            "conductivity": dense * (1.0 - self.porosity) ** 1.5,
            "boundary_share": boundary * dense + 0.0 * self.porosity,
        }
