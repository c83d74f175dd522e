"""Much more salt: more ions at the electrode, but a thicker liquid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...theory import for_cell
from ..base import Strategy
from ..card import BINARY, Cost, Finding, Treatment, quantity

if TYPE_CHECKING:
    from ...case import Case


class SaltRichElectrolyte(Strategy):
    """c₀, D, t₊ and κ of a salt-rich electrolyte: i_lim ∝ D c₀/(1 − t₊), τ_S ∝ D c₀²/(1 − t₊)²."""

    name = "salt_rich_electrolyte"
    title = "Salt-rich electrolyte"
    changes = "salt concentration, diffusivity, transference number and conductivity"
    kind = "published"
    classes = BINARY
    instead = "amorphous_grain_boundaries"
    complexity = 2
    parameters = (
        quantity("concentration", "concentration", "salt concentration", above=0.0, most=1e4),
        quantity(
            "diffusivity", "diffusivity", "diffusivity of the salt in it at the case's temperature", above=0.0
        ),
        quantity("transference", "dimensionless", "transference number of the cation", above=-1.0, below=1.0),
        quantity("conductivity", "conductivity", "its conductivity at the case's temperature", above=0.0),
    )

    def refuse(self, case: Case, values: Mapping[str, Any]) -> None:
        if case.electrolyte_material().electrolyte_class == "binary_polymer":
            from ...errors import InputError

            raise InputError(
                "its numbers are of a liquid; for a polymer give them in the case", field=self.name,
                hint="materials.electrolyte.salt_concentration and salt_diffusivity",
            )  # fmt: skip

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        return Treatment({
            "materials.electrolyte.salt_concentration": f"{values['concentration']!r} mol/m^3",
            "materials.electrolyte.salt_diffusivity": f"{values['diffusivity']!r} m^2/s",
            "materials.electrolyte.cation_transference_number": values["transference"],
            "materials.electrolyte.conductivity": f"{values['conductivity']!r} S/m",
        })  # fmt: skip

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        thickness = case.cell.thickness or 0.0
        now = case.electrolyte_material().evaluate("conductivity", case.conditions.temperature)
        return Cost(
            thickness / values["conductivity"] - thickness / now, self.number("energy_share"),
            side="viscous, dear, and worse below room temperature",
        )  # fmt: skip

    def findings(self) -> tuple[Finding, ...]:
        rich = {
            "salt_concentration": self.number("concentration"), "salt_diffusivity": self.number("diffusivity"),
            "cation_transference_number": self.number("transference"),
        }  # fmt: skip
        pair = {"metal": "Li", "electrolyte": "LiPF6-EC-DMC"}
        steady = [
            for_cell("limiting_current", **pair, thickness=25e-6, **x).evaluate().value for x in ({}, rich)
        ]
        dilute = {"metal": "Li", "electrolyte": "LiFSI-DME", "current_density": 10.0}
        times = [for_cell("sand_time", **dilute, salt_concentration=c).evaluate().value for c in (1e3, 4e3)]
        return (
            self.judge("suppresses", steady[1] / steady[0], "limiting current of 5 M LiTFSI against 1 M LiPF6: the slower salt "
                       "takes back almost all that the larger amount gives; Sand's time gains more"),
            self.judge("negative_control", times[1] / times[0], "Sand's time of LiFSI in DME with four times the salt and all else "
                       "equal. The measured onset does not follow Sand's law (i²t is not constant): dendrites there are not made by depletion"),
        )  # fmt: skip
