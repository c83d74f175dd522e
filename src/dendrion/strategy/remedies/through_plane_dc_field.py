"""Direct field through the electrolyte."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...errors import InputError
from ...theory import Parameter
from ..base import Strategy
from ..card import BINARY, Cost, Finding, Treatment, quantity

if TYPE_CHECKING:
    from ...case import Case


class ThroughPlaneDcField(Strategy):
    """An insulated field is screened within ε/σ and a Debye length; auxiliary electrodes only add their current."""

    name = "through_plane_dc_field"
    title = "Direct field across the electrolyte"
    changes = "nothing inside a conductor, unless auxiliary electrodes pass current"
    kind = "derived"
    engine = "theory"
    classes = BINARY
    instead = "no strategy: a solid conductor screens the field within nanometres"
    complexity = 4
    parameters = (
        Parameter(
            "electrodes",
            "dimensionless",
            "what makes the field",
            choices=("auxiliary", "insulated"),
            default="auxiliary",
        ),
        quantity("field", "electric_field", "strength of the field", least=0.0),
    )

    def refuse(self, case: Case, values: Mapping[str, Any]) -> None:
        if values["electrodes"] == "insulated" and values["field"] > 0.0:
            raise InputError(
                "an insulated field is screened: it does not act inside the electrolyte", field=f"{self.name}.electrodes",
                value="insulated", allowed="auxiliary (electrodes that pass current)",
            )  # fmt: skip

    def treat(self, case: Case, values: Mapping[str, Any]) -> Treatment:
        return Treatment()

    def cost(self, case: Case, values: Mapping[str, Any]) -> Cost:
        conductivity = float(
            case.electrolyte_material().evaluate("conductivity", case.conditions.temperature)
        )
        power = conductivity * values["field"] ** 2 * (case.cell.thickness or 0.0)
        return Cost(power=power, side="the auxiliary current plates somewhere")

    def findings(self) -> tuple[Finding, ...]:
        why = (
            "the current of auxiliary electrodes adds to the cell's and obeys the same limiting current: no gain in the current "
            "that the anode bears. The five-fold life is of both fields together and is kept as data"
        )
        return (self.judge("life", 1.0, why),)
