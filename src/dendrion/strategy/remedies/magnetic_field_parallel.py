"""A magnetic field along the current."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...study.half_cycle import half_cycle
from ..base import Strategy
from ..card import Cost, Finding, Treatment, quantity
from ..stirring import joined_layer, layer_at_protrusion

if TYPE_CHECKING:
    from ...case import Case


class MagneticFieldParallel(Strategy):
    """J × B acts only where the current bends around protrusions of size a: a swirl u = s J B a²/μ."""

    name = "magnetic_field_parallel"
    title = "Magnetic field along the current"
    changes = "flow of a liquid electrolyte around protrusions, and with it the diffusion layer"
    kind = "reconstruction"
    engine = "theory"
    classes = ("binary_liquid",)
    instead = "no strategy: without a liquid there is nothing that a magnetic field could stir; single ions turn by 1e-8"
    complexity = 4
    parameters = (quantity("field", "T", "magnetic flux density", least=0.0, most=50.0),)

    def layer(self, force: float, viscosity: float, diffusivity: float, still: float) -> float:
        """Diffusion layer [m] under the force J B [N/m³]; ``still``: without it [m]."""
        size, share = self.number("protrusion"), self.number("swirl_share")
        return joined_layer(still, layer_at_protrusion(force, size, viscosity, diffusivity, share))

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        gap, temperature = case.cell.thickness or 0.0, case.conditions.temperature
        sheet = case.electrolyte_material()
        viscosity = (
            float(sheet.evaluate("viscosity", temperature))
            if sheet.claims("viscosity")
            else self.number("viscosity")
        )
        still = gap if case.cell.counter_electrode == "reservoir" else 0.5 * gap
        # The swirl mixes a layer as thick as the protrusion is high; it leaves the rest of the gap as it is.
        reach = min(self.number("protrusion"), still)
        force = half_cycle(case).mean * values["field"]
        diffusivity = float(sheet.evaluate("salt_diffusivity", temperature))
        stirred = self.layer(force, viscosity, diffusivity, reach)
        return Treatment(theory={"diffusion_layer": still - reach + stirred})

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        return Cost(
            energy_share=self.number("energy_share"), side="uneven flow can make the deposit less even"
        )

    def findings(self) -> tuple[Finding, ...]:
        still, reach = 5e-4, self.number("protrusion")
        gain = still / (still - reach + self.layer(100.0 * 0.5, 3.5e-3, 3.2e-10, reach))
        why = (
            "limiting current with 0.5 T at 10 mA/cm² in an open gap of 1 mm, stirred around protrusions of 10 µm alone: "
            f"{gain:.6f} times; in a separator and in solids nothing"
        )
        return (self.judge("suppresses", gain, why),)
