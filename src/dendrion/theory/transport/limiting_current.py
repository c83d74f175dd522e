"""Limiting current: the most that salt diffusion carries for ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from .. import inputs
from ..arrays import Array
from ..card import BINARY, Axis, Card, Constraint, Output, Reference, Remark, Threshold, parameter
from ..model import Model
from ..relations import limiting_current
from .sand_time import binary_only


@dataclass(frozen=True, kw_only=True, eq=False)
class LimitingCurrent(Model):
    """i_lim = 2 F D c0/(t_a L) of a closed symmetric cell; half of it over a layer with a reservoir behind."""

    card: ClassVar = Card(
        name="limiting_current", title="Limiting current", field="transport", scale="1-D, closed form, "
                                                                                    "electrode gap",
        kind="published", system="binary liquid or polymer electrolyte, steady state",
        equations=("closed cell: i_lim = 2 F D c₀/(t_a L)", "reservoir or Nernst layer: i_lim = F D "
                                                            "c₀/(t_a δ)",
                   "steady surface concentration c_s = c₀ (1 − i/i_lim)"),
        assumptions=("planar, no convection, 1:1 salt", "D and t₊ constant"),
        limits=("not the critical current density: cells short far below it", "does not exist in "
                                                                              "single-ion conductors"),
        conclusion="any current above it has a Sand's time; thinner gaps raise it as 1/L",
        references=(Reference("with the properties of Valøen and Reimers (2005)", "10.1149/1.1872737"),),
        classes=BINARY, instead="griffith_overpotential or critical_stack_pressure",
        example={"metal": "Li", "electrolyte": "PEO-LiTFSI", "temperature": "90 degC", "thickness": "50 um",
                 "current_density": "1 mA/cm^2"},
        regime=(Axis("thickness", 1e-5, 1e-3), Axis("salt_concentration", 100.0, 3000.0)),
        gradient=("thickness", "limiting_current"),
    )  # fmt: skip
    outputs: ClassVar = {
        "limiting_current": Output("current_density", "limiting current density"),
        "relative_current": Output("dimensionless", "current over limiting current"),
        "surface_concentration": Output(
            "concentration", "steady salt concentration at the plating electrode"
        ),
    }

    thickness: Array = parameter("length", "electrode gap, or thickness of the diffusion layer", above=0.0)
    salt_concentration: Array = inputs.salt_concentration()
    salt_diffusivity: Array = inputs.salt_diffusivity()
    cation_transference_number: Array = inputs.cation_transference_number()
    current_density: Array = parameter("current_density", "plating current density", default=0.0, least=0.0)
    counter: str = parameter(
        "dimensionless", "what is at the far side", default="closed", choices=("closed", "reservoir")
    )

    def constraints(self) -> Iterable[Constraint]:
        return (binary_only(self.cation_transference_number, "a limiting current"),)

    def compute(self) -> dict[str, Array]:
        share = 1.0 - self.cation_transference_number
        limit = limiting_current(self.salt_concentration, self.salt_diffusivity, share, self.thickness)
        limit = limit if self.counter == "closed" else 0.5 * limit
        relative = self.current_density / limit
        return {
            "limiting_current": limit, "relative_current": relative,
            "surface_concentration": self.salt_concentration * self.xp.maximum(1.0 - relative, 0.0),
        }  # fmt: skip

    def remarks(self, result: Mapping[str, Array]) -> Iterable[Remark]:
        yield Remark(
            result["relative_current"] >= 1.0,
            "at or above the limiting current there is no steady state: ask sand_time",
        )

    def threshold(self, result: Mapping[str, Array]) -> Threshold:
        limit = result["limiting_current"]
        return Threshold(
            "salt depletion", "current_density", self.current_density, limit, self.current_density < limit
        )
