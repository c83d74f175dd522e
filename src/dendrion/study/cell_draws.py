"""A case's inputs to the theory, drawn from the spreads of their claims: one draw serves every model and every variant."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..constants import GAS_CONSTANT
from ..errors import InputError
from ..theory import Model, Pair, model_named
from .numbers import Number

if TYPE_CHECKING:
    import numpy

    from ..case import Case
    from ..materials import Claim

Array = Any


class CellDraws:
    """Inputs of theory models for one case: arrays of shape [1 + count], nominal values first, then draws.

    The relative spreads are those of ``reference``, the untreated case: a number that a treatment sets keeps the
    doubt of the one that it replaces, and a ratio of two variants compares like with like. A number that the
    reference itself gives (tag G) has no spread. The same claim has the same draws in every model; draws depend on
    ``seed`` and the claim's name alone.

    Attributes:
        case: the case in question; ``pair``: its materials; ``given``: its thickness [m] and
            temperature [K].
    """

    def __init__(
        self, case: Case, *, count: int = 200, seed: int = 0, reference: Case | None = None, temperature: float | None = None
    ) -> None:  # fmt: skip
        if count < 0:
            raise InputError("negative number of draws", field="samples", value=count, allowed="0 or more")
        self.case, self.count, self.seed = case, count, seed
        self.given = {"temperature": case.conditions.temperature, "thickness": case.cell.thickness or 0.0}
        self.pair = _pair(case)
        self.reference = self.pair if reference is None else _pair(reference)
        self.temperature = self.given["temperature"] if temperature is None else temperature
        self._kept: dict[str, Array] = {}

    def claim(self, where: str) -> Claim | None:
        """The claim at ``"electrolyte.conductivity"``, if the case has one."""
        return self.pair.claim(where)

    def value(self, where: str, default: float | None = None) -> Array:
        """The property [SI] at the case's temperature, shape [1 + count].

        Raises:
            InputError: no claim and no default.
        """
        if where in self._kept:
            return self._kept[where]
        claim = self.claim(where)
        if claim is None:
            if default is None:
                raise InputError(f"no claim of {where}", field=self.pair.name)
            return default
        base = self.reference.claim(where) or claim
        self._kept[where] = _evaluated(claim, self.temperature) * self._factors(where, base)
        return self._kept[where]

    def number(self, number: Number) -> Array:
        """A number of a file [its unit], shape [1 + count]."""
        import numpy as np

        drawn = number.sample(self._generator(number.name), self.count)
        return np.concatenate(([number.value], drawn))

    def evaluate(
        self, name: str, given: Mapping[str, Any], *, lenient: bool = False
    ) -> tuple[Mapping[str, Array], Model]:
        """Every answer of a theory model, shape [1 + count], nan where a draw is refused; and the nominal model.

        Arguments:
            given: inputs by name [SI, scalar or shape [1 + count]]; the rest are claims, then the model's defaults.
            lenient: a nominal input that the model refuses gives nan as the draws do, instead of an error.

        Raises:
            InputError: the model does not speak of this electrolyte, lacks an input, or refuses the nominal one.
        """
        import numpy as np

        model = model_named(name)
        sheet, card = self.pair.electrolyte, model.card
        if sheet is not None and card.classes and sheet.electrolyte_class not in card.classes:
            raise InputError(
                f"speaks of {' and '.join(card.classes)}, not of a {sheet.electrolyte_class}", field=name
            )
        values: dict[str, Any] = {}
        for key, about in model.parameters().items():
            if key in given:
                values[key] = given[key]
            elif key == "temperature":
                values[key] = self.temperature
            elif key == "thickness" and about.required:
                values[key] = self.given["thickness"]
            elif about.claim and self.claim(about.claim) is not None:
                values[key] = self.value(about.claim)
            elif about.required:
                raise InputError(f"needs {key}", field=name)
            else:
                values[key] = about.default
        nominal = (model.unchecked if lenient else model)(
            **{key: _first(value) for key, value in values.items()}
        )
        drawn = model.unchecked(**{key: self._shaped(value) for key, value in values.items()})
        with np.errstate(all="ignore"):
            allowed = np.broadcast_to(drawn.admissible(), (1 + self.count,))
            answers = drawn.compute()
        return {
            key: np.where(allowed, np.broadcast_to(answer, (1 + self.count,)), np.nan)
            for key, answer in answers.items() if not isinstance(answer, str) and np.asarray(answer).dtype.kind in "fiub"
        }, nominal  # fmt: skip

    def _shaped(self, value: Any) -> Any:
        import numpy as np

        if value is None or isinstance(value, str):
            return value
        return np.broadcast_to(np.asarray(value, dtype=float), (1 + self.count,))

    def _factors(self, where: str, claim: Claim) -> numpy.ndarray:
        """Draws over the value, the drawn activation energy included; 1 first."""
        import numpy as np

        factors = np.ones(1 + self.count)
        if claim.value != 0.0 and claim.spread.distribution is not None:
            factors[1:] = claim.sample(self._generator(where), self.count) / claim.value
        energy = claim.law.activation
        if energy is not None and energy.spread.distribution is not None:
            drawn = energy.spread.sample(energy.value, self._generator(f"{where}/energy"), self.count)
            slope = -1.0 if claim.law.kind == "arrhenius_inverse" else 1.0
            inverse = 1.0 / self.temperature - 1.0 / claim.temperature
            factors[1:] *= np.exp(-slope * (drawn - energy.value) / GAS_CONSTANT * inverse)
        return factors

    def _generator(self, name: str) -> numpy.random.Generator:
        import numpy as np

        return np.random.default_rng((self.seed, zlib.crc32(name.encode())))


def _pair(case: Case) -> Pair:
    return Pair(case.metal_material(), case.electrolyte_material(), case.interface_material())


def _evaluated(claim: Claim, temperature: float) -> float:
    """The claim at a temperature; what its law doubts is told by the check of the case."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(claim.evaluate(temperature))


def _first(value: Any) -> Any:
    """The nominal entry of an input."""
    import numpy as np

    return (
        value
        if value is None or isinstance(value, str)
        else float(np.ravel(np.asarray(value, dtype=float))[0])
    )
