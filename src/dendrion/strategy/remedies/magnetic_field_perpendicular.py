"""A magnetic field across the current."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...study.half_cycle import half_cycle
from ...theory import Parameter
from ..base import Strategy
from ..card import Cost, Finding, Treatment, quantity
from ..stirring import joined_layer, layer_in_open_gap, layer_in_separator

if TYPE_CHECKING:
    from ...case import Case


class MagneticFieldPerpendicular(Strategy):
    """The force J × B drives a flow; the diffusion layer thins to D/k (Lévêque), or of the plug flow in a separator."""

    name = "magnetic_field_perpendicular"
    title = "Magnetic field across the current"
    changes = "flow of a liquid electrolyte, and with it the diffusion layer"
    kind = "reconstruction"
    engine = "theory"
    classes = ("binary_liquid",)
    instead = "no strategy: without a liquid there is nothing that a magnetic field could stir; single ions turn by 1e-8"
    complexity = 4
    parameters = (
        quantity("field", "T", "magnetic flux density", least=0.0, most=50.0),
        Parameter(
            "path", "dimensionless", "where the liquid is", choices=("separator", "open"), default="separator"
        ),
    )

    def layer(
        self, force: float, path: str, gap: float, viscosity: float, diffusivity: float, still: float
    ) -> float:
        """Diffusion layer [m] under the force J B [N/m³]; ``still``: without it [m]."""
        height = self.number("electrode_height")
        if path == "open":
            stirred = layer_in_open_gap(force, gap, viscosity, diffusivity, height)
        else:
            stirred = layer_in_separator(force, self.number("permeability"), viscosity, diffusivity, height)
        return joined_layer(still, stirred)

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        gap, temperature = case.cell.thickness or 0.0, case.conditions.temperature
        sheet = case.electrolyte_material()
        viscosity = (
            float(sheet.evaluate("viscosity", temperature))
            if sheet.claims("viscosity")
            else self.number("viscosity")
        )
        still = gap if case.cell.counter_electrode == "reservoir" else 0.5 * gap
        force = half_cycle(case).mean * values["field"]
        diffusivity = float(sheet.evaluate("salt_diffusivity", temperature))
        return Treatment(
            theory={"diffusion_layer": self.layer(force, values["path"], gap, viscosity, diffusivity, still)}
        )

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        return Cost(
            energy_share=self.number("energy_share"), side="uneven flow can make the deposit less even"
        )

    def findings(self) -> tuple[Finding, ...]:
        still, force = 5e-4, 100.0 * 0.5
        gains = {
            path: still / self.layer(force, path, 1e-3, 3.5e-3, 3.2e-10, still)
            for path in ("open", "separator")
        }
        why = (
            f"limiting current with 0.5 T at 10 mA/cm² in an open gap of 1 mm: {gains['open']:.1f} times; in a separator "
            f"{gains['separator']:.6f} times: no effect. Stirring does it, not spirals of single ions (Hall angle 6e-9)"
        )
        return (self.judge("suppresses", gains["open"], why), self.judge("in_cells", gains["separator"], why))
