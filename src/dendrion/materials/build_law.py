"""From the law of an entry to a law: parameters in SI, and everything that a law needs to be there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .laws import LAW_KINDS, ActivationEnergy, Arrhenius, Law, PublishedFunction, VogelTammannFulcher
from .liquid_functions import FUNCTIONS
from .properties import Property

if TYPE_CHECKING:
    from .build import ClaimMaker
    from .schema import ClaimEntry, EnergyEntry, LawEntry

_ENERGY = Property("activation_energy", "J/mol", "activation energy", "activation_energy", "0")
_FUNCTION_TOLERANCE = 5e-3


@dataclass(frozen=True)
class LawMaker:
    """Makes the law of one claim."""

    claim: ClaimMaker
    entry: ClaimEntry

    def make(self, value: float) -> tuple[Law, float]:
        """The law, and the claim's value [SI]: of a published function the one it gives, unrounded."""
        stated, refuse = self.entry.law, self.claim.place.refuse
        if stated is None:
            return Law(), value
        if stated.kind not in LAW_KINDS:
            raise refuse("unknown law", "law", "kind", value=stated.kind, allowed=", ".join(LAW_KINDS))
        common: dict[str, Any] = {
            "temperature_range": self._range(stated.temperature_range, "temperature_range"),
            "concentration_range": self._range(stated.concentration_range, "concentration_range"),
            "tag": stated.tag,
            "source": stated.source,
            "note": stated.note,
        }
        if stated.kind == "constant":
            return Law(**common), value
        if common["temperature_range"] is None:
            hint = "temperature_range: [lowest, highest] in K"
            raise refuse("a law needs the range in which it holds", "law", hint=hint)
        energy = self._energy(stated.activation_energy, "activation_energy")
        if stated.kind in FUNCTIONS:
            return self._published(stated, value, energy, common)
        if stated.kind == "vogel_tammann_fulcher":
            return self._vogel(stated, common), value
        if energy is None:
            hint = "activation_energy: {value: 0.33, unit: eV}"
            raise refuse("this law needs an activation_energy", "law", hint=hint)
        return Arrhenius(kind=stated.kind, activation_energy=energy, **common), value

    def _range(self, ends: list[float] | None, key: str) -> tuple[float, float] | None:
        if ends is None:
            return None
        if not 0.0 <= ends[0] < ends[1]:
            raise self.claim.place.refuse(
                "a range runs from its lowest to its highest value", "law", key, value=ends
            )
        return (ends[0], ends[1])

    def _energy(self, entry: EnergyEntry | None, key: str) -> ActivationEnergy | None:
        if entry is None:
            return None
        maker = replace(self.claim, definition=_ENERGY)
        factor = maker.unit_factor(entry.unit, "law", key)
        return ActivationEnergy(entry.value * factor, maker.spread(entry, entry.value, factor, "law", key))

    def _vogel(self, stated: LawEntry, common: dict[str, Any]) -> VogelTammannFulcher:
        refuse = self.claim.place.refuse
        if stated.activation_temperature is None or stated.vogel_temperature is None:
            raise refuse("this law needs activation_temperature (B) and vogel_temperature (T0)", "law")
        if (stated.melting_temperature is None) != (stated.activation_energy_below is None):
            raise refuse("melting_temperature and activation_energy_below go together", "law")
        lowest = stated.melting_temperature or common["temperature_range"][0]
        if lowest <= stated.vogel_temperature:
            raise refuse(
                "the law has no value at or below vogel_temperature",
                "law",
                "vogel_temperature",
                value=stated.vogel_temperature,
                allowed=f"below {lowest:g} K",
            )
        return VogelTammannFulcher(
            activation_temperature=stated.activation_temperature,
            vogel_temperature=stated.vogel_temperature,
            power=-0.5 if stated.power is None else stated.power,
            melting_temperature=stated.melting_temperature,
            activation_energy_below=self._energy(stated.activation_energy_below, "activation_energy_below"),
            **common,
        )

    def _published(
        self, stated: LawEntry, value: float, energy: ActivationEnergy | None, common: dict[str, Any]
    ) -> tuple[Law, float]:
        import numpy as np

        entry, definition, refuse = self.entry, self.claim.definition, self.claim.place.refuse
        function = FUNCTIONS[stated.kind]
        if definition.name not in function.properties:
            allowed = f"for {' or '.join(function.properties)}"
            raise refuse(
                "this function is about another property", "law", "kind", value=stated.kind, allowed=allowed
            )
        if len(stated.coefficients) != function.coefficients:
            raise refuse(
                "wrong number of coefficients",
                "law",
                "coefficients",
                value=len(stated.coefficients),
                allowed=str(function.coefficients),
            )
        if entry.concentration is None or common["concentration_range"] is None:
            problem = "this function needs the claim's concentration and the law's concentration_range"
            raise refuse(problem, "law")
        law = PublishedFunction(
            kind=stated.kind,
            coefficients=tuple(stated.coefficients),
            activation_energy=energy,
            **common,
        )
        published = float(law.published(entry.temperature, entry.concentration, np))
        exact = published * (stated.factor or 1.0)
        if abs(exact - value) > _FUNCTION_TOLERANCE * abs(exact):
            raise refuse(
                "the value is not what the function gives at the claim's state",
                "value",
                value=f"{value:g}",
                allowed=f"{exact:.5g} {definition.unit}",
            )
        return law, exact
