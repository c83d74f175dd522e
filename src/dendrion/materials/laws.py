"""How a claim's value changes with temperature and salt concentration.

Every law gives the ratio of the property to its value where the claim was stated; the claim multiplies. A law
also says where it holds: ``outside`` names what lies beyond, it never extrapolates in silence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..constants import AVOGADRO, ELEMENTARY_CHARGE, GAS_CONSTANT
from .liquid_functions import FUNCTIONS
from .spread import Spread

Array = Any
Range = tuple[float, float]

JOULE_PER_MOLE_OF_EV = ELEMENTARY_CHARGE * AVOGADRO
"""One electronvolt a particle [J/mol]."""


@dataclass(frozen=True)
class ActivationEnergy:
    """An Arrhenius energy with its own uncertainty and provenance [J/mol]."""

    value: float
    spread: Spread = field(default_factory=Spread)

    def __str__(self) -> str:
        text = f"{self.value / JOULE_PER_MOLE_OF_EV:.3g} eV"
        if self.spread.low is not None and self.spread.high is not None:
            ends = (self.spread.low / JOULE_PER_MOLE_OF_EV, self.spread.high / JOULE_PER_MOLE_OF_EV)
            text += f" ({ends[0]:.3g}–{ends[1]:.3g})"
        return text


@dataclass(frozen=True)
class State:
    """Where a claim was stated: temperature [K] and salt concentration [mol/m^3] or None."""

    temperature: float
    concentration: float | None


@dataclass(frozen=True, kw_only=True)
class Law:
    """A property that does not change: the base of all laws, and the law ``constant``.

    Attributes:
        temperature_range: where the law holds [K], None where no limit is known.
        concentration_range: the same for the salt concentration [mol/m^3].
        tag, source, note: provenance of the law where it is not that of the value.
    """

    temperature_range: Range | None = None
    concentration_range: Range | None = None
    tag: str | None = None
    source: str | None = None
    note: str | None = None
    kind: str = "constant"

    needs_concentration: ClassVar[bool] = False

    def ratio(self, temperature: Array, concentration: Array, at: State, xp: Any) -> Array:
        """Property at (temperature [K], concentration [mol/m^3]) over that at the claim's state."""
        return 1.0

    def describe(self) -> str:
        """The law in a few words."""
        return "constant"

    @property
    def activation(self) -> ActivationEnergy | None:
        """The Arrhenius energy, where the law has one."""
        return None


@dataclass(frozen=True, kw_only=True)
class Arrhenius(Law):
    """X0 exp[-(E/R)(1/T - 1/T0)], on X or on X·T, falling (``inverse``: rising) with 1/T.

    ``arrhenius``: conductances, rates, diffusivities. ``arrhenius_times_temperature``: X·T is activated, as
    for hopping conduction in ceramics. ``arrhenius_inverse``: resistances, X0 exp[+(E/R)(1/T - 1/T0)].
    """

    activation_energy: ActivationEnergy
    kind: str = "arrhenius"

    def ratio(self, temperature: Array, concentration: Array, at: State, xp: Any) -> Array:
        sign = -1.0 if self.kind == "arrhenius_inverse" else 1.0
        slope = sign * self.activation_energy.value / GAS_CONSTANT
        activated = xp.exp(-slope * (1.0 / temperature - 1.0 / at.temperature))
        return (
            activated * at.temperature / temperature
            if self.kind == "arrhenius_times_temperature"
            else activated
        )

    def describe(self) -> str:
        what = {"arrhenius_times_temperature": "Arrhenius (X·T)", "arrhenius_inverse": "Arrhenius (1/X)"}
        return f"{what.get(self.kind, 'Arrhenius')}, {self.activation_energy}"

    @property
    def activation(self) -> ActivationEnergy:
        return self.activation_energy


@dataclass(frozen=True, kw_only=True)
class VogelTammannFulcher(Law):
    """A T^p exp[-B/(T - T0)] above the melting temperature of a polymer, Arrhenius below it (crystalline).

    A follows from the claim's value at its own temperature. p is -1/2 for conductivity, +1/2 for the
    diffusivity that goes with it by the Nernst–Einstein relation. The two branches meet at the melting
    temperature.
    """

    activation_temperature: float
    vogel_temperature: float
    power: float = -0.5
    melting_temperature: float | None = None
    activation_energy_below: ActivationEnergy | None = None
    kind: str = "vogel_tammann_fulcher"

    def ratio(self, temperature: Array, concentration: Array, at: State, xp: Any) -> Array:
        if self.melting_temperature is None or self.activation_energy_below is None:
            return self._amorphous(temperature, xp) / self._amorphous(at.temperature, xp)
        # Each branch sees only temperatures at which it is finite, so that gradients stay finite too.
        amorphous = self._amorphous(xp.maximum(temperature, self.melting_temperature), xp)
        crystalline = xp.minimum(temperature, self.melting_temperature)
        slope = self.activation_energy_below.value / GAS_CONSTANT
        frozen = xp.exp(-slope * (1.0 / crystalline - 1.0 / self.melting_temperature))
        return amorphous * frozen / self._amorphous(at.temperature, xp)

    def _amorphous(self, temperature: Array, xp: Any) -> Array:
        mobile = xp.exp(-self.activation_temperature / (temperature - self.vogel_temperature))
        return xp.power(temperature, self.power) * mobile

    def describe(self) -> str:
        text = f"VTF, B {self.activation_temperature:g} K, T0 {self.vogel_temperature:g} K"
        if self.activation_energy_below is not None:
            text += f"; Arrhenius {self.activation_energy_below} below {self.melting_temperature:g} K"
        return text

    @property
    def activation(self) -> ActivationEnergy | None:
        return self.activation_energy_below


@dataclass(frozen=True, kw_only=True)
class PublishedFunction(Law):
    """A function of temperature and concentration from the literature, ``FUNCTIONS[kind]``.

    An activation energy multiplies it with exp[-(E/R)(1/T - 1/T0)] where the function itself has no
    temperature.
    """

    coefficients: tuple[float, ...] = ()
    activation_energy: ActivationEnergy | None = None

    needs_concentration: ClassVar[bool] = True

    def ratio(self, temperature: Array, concentration: Array, at: State, xp: Any) -> Array:
        ratio = self.published(temperature, concentration, xp) / self.published(
            at.temperature, at.concentration, xp
        )
        if self.activation_energy is not None:
            slope = self.activation_energy.value / GAS_CONSTANT
            ratio = ratio * xp.exp(-slope * (1.0 / temperature - 1.0 / at.temperature))
        return ratio

    def published(self, temperature: Array, concentration: Array, xp: Any) -> Array:
        """The function itself [SI unit of the property]."""
        return FUNCTIONS[self.kind].evaluate(temperature, concentration, self.coefficients, xp)

    def describe(self) -> str:
        text = self.kind.replace("_", " ")
        return f"{text}, {self.activation_energy}" if self.activation_energy else text

    @property
    def activation(self) -> ActivationEnergy | None:
        return self.activation_energy


@dataclass(frozen=True, kw_only=True)
class ReciprocalKinetics(Law):
    """Exchange current density R T/(F R_ct) from the interface resistance R_ct, or the other way round.

    ``of`` is the law of the quantity that is known, stated at the same temperature.
    """

    of: Law
    kind: str = "reciprocal_kinetics"

    @property
    def needs_concentration(self) -> bool:  # type: ignore[override]
        """Whether the known quantity depends on the salt concentration."""
        return self.of.needs_concentration

    def ratio(self, temperature: Array, concentration: Array, at: State, xp: Any) -> Array:
        return temperature / at.temperature / self.of.ratio(temperature, concentration, at, xp)

    def describe(self) -> str:
        return f"T over {self.of.describe()}" if self.of.kind != "constant" else "proportional to T"

    @property
    def activation(self) -> ActivationEnergy | None:
        return self.of.activation


LAW_KINDS = (
    "constant",
    "arrhenius",
    "arrhenius_times_temperature",
    "arrhenius_inverse",
    "vogel_tammann_fulcher",
    *FUNCTIONS,
)
"""Laws that a data file may name."""


def law_as_dict(law: Law) -> dict[str, Any]:
    """The law for machines: kind, parameters (SI), range, provenance."""
    result: dict[str, Any] = {"kind": law.kind}
    if law.activation is not None:
        result["activation_energy_J_per_mol"] = law.activation.value
        result["activation_energy_low"] = law.activation.spread.low
        result["activation_energy_high"] = law.activation.spread.high
        result["activation_energy_sigma"] = law.activation.spread.sigma
    if isinstance(law, VogelTammannFulcher):
        names = ("activation_temperature", "vogel_temperature", "power", "melting_temperature")
        result.update({name: getattr(law, name) for name in names})
    if isinstance(law, PublishedFunction):
        result["coefficients"] = list(law.coefficients)
    if isinstance(law, ReciprocalKinetics):
        result["of"] = law_as_dict(law.of)
    for name in ("temperature_range", "concentration_range", "tag", "source", "note"):
        value = getattr(law, name)
        if value is not None:
            result[name] = list(value) if isinstance(value, tuple) else value
    return {key: value for key, value in result.items() if value is not None}
