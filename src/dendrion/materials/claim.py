"""A claim: one number about one material, with everything needed to judge it."""

from __future__ import annotations

import builtins
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..constants import REFERENCE_TEMPERATURE
from ..errors import InputError
from .laws import Law, State, law_as_dict
from .properties import PROPERTIES, Property
from .spread import Spread

if TYPE_CHECKING:
    import numpy

Array = Any

TAGS = {
    "S": "read in the source itself, or in its public code",
    "Q": "quoted: read in another text that gives the source",
    "W": "well known: recalled, not read again; check before citing",
    "E": "estimate",
    "D": "derived here from other claims",
    "C": "computed here",
    "R": "reconstruction of a published result that was not read in full",
    "G": "given in the case by its author",
}
"""What the one-letter tag of a claim says about how well it is known."""


class ValidityWarning(UserWarning):
    """A law was evaluated outside the range in which it holds."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One value of one property, in SI, with its uncertainty, law, conditions and provenance.

    Attributes:
        value: at ``temperature`` [K] and, where it matters, salt ``concentration`` [mol/m^3]; in ``unit``.
        spread: uncertainty of ``value``.
        bound: "upper" or "lower" where the source gives a bound only.
        tag: a letter of ``TAGS``; ``source`` and ``doi`` say where the number is from, ``via`` where it was
            read.
        default, why_default: whether this claim is used when no label is asked for, and why.
        molten: holds for the molten metal.
        melting_temperature: of the metal the claim is about [K]; laws end there.
        unusable: why the number is kept for the record but never used.
        computed: calculator, version, hash of its parameters, settings and checks of a computed number.
    """

    material: str
    property: str
    value: float
    unit: str
    tag: str
    source: str
    label: str | None = None
    spread: Spread = field(default_factory=Spread)
    law: Law = field(default_factory=Law)
    temperature: float = REFERENCE_TEMPERATURE
    concentration: float | None = None
    conditions: str | None = None
    doi: str | None = None
    via: str | None = None
    note: str | None = None
    bound: str | None = None
    default: bool = False
    why_default: str | None = None
    molten: bool = False
    melting_temperature: float | None = None
    unusable: str | None = None
    computed: Mapping[str, Any] | None = None

    @builtins.property
    def definition(self) -> Property:
        """The property's unit, meaning and limits."""
        return PROPERTIES[self.property]

    @builtins.property
    def name(self) -> str:
        """Material, property and label, for messages."""
        return f"{self.material} {self.property}" + (f" ({self.label})" if self.label else "")

    @builtins.property
    def reference(self) -> str:
        """Source and DOI in one line."""
        parts = [self.source, self.doi if self.doi and self.doi not in self.source else None]
        return ", ".join(part for part in parts if part) + (f" (read in {self.via})" if self.via else "")

    def evaluate(
        self,
        temperature: Array = REFERENCE_TEMPERATURE,
        concentration: Array | None = None,
        *,
        strict: bool = False,
    ) -> Array:
        """The property at a temperature [K] and salt concentration [mol/m^3], in SI.

        Floats give a float; NumPy and JAX arrays (traced too) give an array of the broadcast shape. The
        claim's own concentration is used where none is given. Values that can be looked at are checked; a
        traced array can't be: call ``check`` on the range that is coming before tracing.

        Raises:
            InputError: temperature not above 0 K, above the melting temperature of the metal, or where the
                law gives no possible value, or a claim marked unusable; with ``strict`` also wherever
                ``check`` has something to say.

        Warns:
            ValidityWarning: outside the range of the law (see ``check``).
        """
        if self.unusable:
            raise InputError(f"this claim is not to be used: {self.unusable}", field=self.name)
        concentration = self.concentration if concentration is None else concentration
        for message in self.check(temperature, concentration):
            if strict:
                raise InputError(message, field=self.name)
            warnings.warn(message, ValidityWarning, stacklevel=2)
        xp = _namespace(temperature, concentration)
        with _quiet(xp):
            ratio = self.law.ratio(
                temperature, concentration, State(self.temperature, self.concentration), xp
            )
        result = _broadcast(self.value * ratio, temperature, concentration, xp)
        self._refuse_impossible(result)
        return result

    def check(self, temperature: Array, concentration: Array | None = None) -> list[str]:
        """What lies outside the range of the law, one sentence each; empty where all is well.

        Raises:
            InputError: temperature not above 0 K or above the melting temperature of the metal.
        """
        messages = []
        seen = _concrete(temperature)
        if seen is not None:
            self._refuse_temperature(seen)
            messages += self._outside("temperature", seen, self.law.temperature_range, "K")
        if self.law.needs_concentration and concentration is not None:
            seen = _concrete(concentration)
            if seen is not None:
                messages += self._outside("salt concentration", seen, self.law.concentration_range, "mol/m^3")
        return messages

    def sample(self, generator: numpy.random.Generator, count: int) -> numpy.ndarray:
        """``count`` random values [SI], shape [count], distributed as ``spread.distribution`` says.

        Log-normal (normal where the property can be negative) for a standard deviation; log-uniform for a
        range wider than a factor 3, else uniform. A claim without a spread repeats its value.
        """
        return self.spread.sample(self.value, generator, count)

    def with_value(self, value: float) -> Claim:
        """The same claim with another value [SI] and the same relative uncertainty; the law is kept."""
        return replace(
            self, value=float(value), spread=self.spread.scaled(value / self.value if self.value else 1.0)
        )

    def as_dict(self) -> dict[str, Any]:
        """Everything for machines, SI, without what is not stated."""
        spread = {name: value for name, value in vars(self.spread).items() if value is not None}
        names = ("material", "property", "label", "value", "unit", "bound", "conditions")
        result = {name: getattr(self, name) for name in names}
        result["spread"] = spread or None
        result["temperature_K"] = self.temperature
        result["concentration_mol_per_m3"] = self.concentration
        result["law"] = law_as_dict(self.law)
        names = ("tag", "source", "doi", "via", "note", "default", "why_default")
        result.update({name: getattr(self, name) for name in names})
        result["molten"] = self.molten or None
        result["unusable"] = self.unusable
        result["computed"] = dict(self.computed) if self.computed else None
        return {key: value for key, value in result.items() if value is not None}

    def _outside(
        self, what: str, seen: numpy.ndarray, limits: tuple[float, float] | None, unit: str
    ) -> list[str]:
        if limits is None or seen.size == 0 or (seen.min() >= limits[0] and seen.max() <= limits[1]):
            return []
        values = f"{seen.min():g}" if seen.min() == seen.max() else f"{seen.min():g} to {seen.max():g}"
        return [
            f"{self.name}: {what} {values} {unit} is outside {limits[0]:g} to {limits[1]:g} {unit}, "
            f"where this law holds ({self.law.describe()})"
        ]

    def _refuse_temperature(self, seen: numpy.ndarray) -> None:
        import numpy as np

        if not np.all(np.isfinite(seen)) or np.any(seen <= 0.0):
            bad = seen[~(np.isfinite(seen) & (seen > 0.0))].flat[0]
            raise InputError(
                "impossible temperature", field=self.name, value=f"{bad:g} K", allowed="above 0 K"
            )
        limit = self.melting_temperature
        if limit is not None and not self.molten and np.any(seen > limit):
            raise InputError(
                "the metal is molten at this temperature; the claim is about solid metal",
                field=self.name, value=f"{seen.max():g} K", allowed=f"up to {limit:g} K",
            )  # fmt: skip

    def _refuse_impossible(self, result: Array) -> None:
        import numpy as np

        seen = _concrete(result)
        if seen is None or seen.size == 0:
            return
        negative = self.definition.sign in "+0" and bool(np.any(seen < 0.0))
        if negative or not np.all(np.isfinite(seen)):
            raise InputError(
                "the law gives no possible value here", field=self.name, allowed=_where(self.law),
                hint="stay inside the range of the law",
            )  # fmt: skip


def _where(law: Law) -> str | None:
    limits = [(law.temperature_range, "K"), (law.concentration_range, "mol/m^3")]
    return ", ".join(f"{r[0]:g} to {r[1]:g} {unit}" for r, unit in limits if r is not None) or None


def _is_jax(value: Array) -> bool:
    return type(value).__module__.partition(".")[0] in ("jax", "jaxlib")


def _namespace(*values: Array) -> Any:
    """jax.numpy where an argument is JAX's, else NumPy. JAX is then loaded: it is never imported here."""
    if any(_is_jax(value) for value in values):
        return sys.modules["jax"].numpy
    import numpy as np

    return np


def _quiet(xp: Any) -> Any:
    """Overflow outside a law's range is refused by name afterwards, not warned about by NumPy."""
    import numpy as np

    return np.errstate(all="ignore")


def _concrete(value: Array) -> numpy.ndarray | None:
    """The numbers in ``value``, or None where JAX is tracing and there are none to look at."""
    import numpy as np

    if _is_jax(value) and isinstance(value, sys.modules["jax"].core.Tracer):
        return None
    return np.asarray(value, dtype=float)


def _broadcast(result: Array, temperature: Array, concentration: Array | None, xp: Any) -> Array:
    arrays = [
        value for value in (temperature, concentration) if value is not None and hasattr(value, "shape")
    ]
    if not arrays:
        return float(result)
    dtype = xp.result_type(float, *arrays) if xp.__name__ == "numpy" else xp.result_type(1.0, *arrays)
    return xp.broadcast_to(
        xp.asarray(result, dtype=dtype), xp.broadcast_shapes(*(value.shape for value in arrays))
    )
