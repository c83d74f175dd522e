"""How large the flaws are: a stated distribution, from the claims of the electrolyte's strength or from the user."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dendrion.constants import EDGE_CRACK_FACTOR
from dendrion.errors import InputError
from dendrion.units import format_quantity, to_si

if TYPE_CHECKING:
    import numpy

    from dendrion.case import Case
    from dendrion.materials import Material

STRENGTHS = ("flexural_strength", "tensile_strength")
"""Claims that a flaw can be inferred from, the preferred one first."""

_FORM = re.compile(r"^\s*([a-z_]+)\s*(?:\((.*)\))?\s*$")
_STREAM = 0x464C4157
"""Keeps the draws of flaws apart from all others of the same seed."""

_EXAMPLE = "lognormal(10 um, 0.5), weibull(10 um, 2), frechet(10 um, 4), uniform(5 um, 20 um), fixed(10 um)"


@dataclass(frozen=True)
class FlawSizes:
    """A distribution of flaw lengths.

    Attributes:
        text: what was asked for; ``how``: where it is from, for people.
        quantile: share [dimensionless, 0 to 1] → length [m].
    """

    text: str
    how: str
    quantile: Callable[[Any], Any]

    @property
    def median(self) -> float:
        """Half of the flaws are smaller [m]."""
        return float(self.quantile(0.5))

    def sample(self, count: int, seed: int = 0) -> numpy.ndarray:
        """``count`` lengths [m], shape [count]; more draws of one seed begin with the same ones."""
        import numpy as np

        shares = np.random.default_rng((seed, _STREAM)).random(count)
        return np.asarray(self.quantile(np.clip(shares, 1e-12, 1.0 - 1e-12)), dtype=float)

    def __str__(self) -> str:
        ends = ", ".join(
            format_quantity(float(self.quantile(share)), "length", 3) for share in (0.05, 0.5, 0.95)
        )
        return f"{self.how} (5, 50 and 95 %: {ends})"


def flaw_sizes(case: Case, text: str = "claims") -> FlawSizes | None:
    """The distribution of flaws of a case.

    Arguments:
        text: ``claims`` infers the flaw from the strength of the electrolyte and its Weibull modulus; ``case``
            takes the case's own flaws as they are (gives None); else a distribution with its numbers,
            ``lognormal(median, deviation of ln a)``, ``weibull(scale, shape)``, ``frechet(scale, shape)``,
            ``uniform(low, high)`` or ``fixed(length)``.

    Raises:
        InputError: no claims to infer it from, an unknown distribution, numbers that make none, no flaws in the case.
    """
    if text == "case":
        if not case.flaws:
            raise InputError("the case has no flaws", field="--flaws", value="case", hint=_EXAMPLE)
        return None
    if text == "claims":
        return _from_claims(case.electrolyte_material())
    return _from_text(text)


def _from_claims(sheet: Material) -> FlawSizes:
    """Griffith: a = (K_IC/(Y S))²/π of a strength S that is Weibull-distributed (derived).

    A bar's strength is the mean of its distribution, S₀ Γ(1 + 1/m); its worst flaw stands for that of the pellet.
    """
    name = next((one for one in STRENGTHS if sheet.claims(one)), None)
    missing = [one for one in ("weibull_modulus", "fracture_toughness") if not sheet.claims(one)]
    if name is None or missing:
        absent = ", ".join([*(["flexural_strength or tensile_strength"] if name is None else []), *missing])
        raise InputError(
            f"no distribution of flaws: {sheet.name} has no claim of {absent}", field="--flaws",
            allowed=f"claims, case, {_EXAMPLE}", hint='--flaws "lognormal(10 um, 0.5)"',
        )  # fmt: skip
    strength, modulus, toughness = (
        sheet.claims(one)[0] for one in (name, "weibull_modulus", "fracture_toughness")
    )
    scale = strength.value / math.gamma(1.0 + 1.0 / modulus.value)

    def quantile(share: Any) -> Any:
        import numpy as np

        # The larger the flaw the weaker the bar: share of smaller flaws = share of stronger bars.
        stress = scale * (-np.log(share)) ** (1.0 / modulus.value)
        return (toughness.value / (EDGE_CRACK_FACTOR * stress)) ** 2 / math.pi

    how = (
        f"inferred from the {name.replace('_', ' ')} {format_quantity(strength.value, 'pressure', 3)}, Weibull modulus "
        f"{modulus.value:g} and toughness {format_quantity(toughness.value, 'toughness', 3)} of {sheet.name}"
    )
    return FlawSizes("claims", how, quantile)


def _lognormal(median: float, deviation: float) -> Callable[[Any], Any]:
    from scipy.special import ndtri

    return lambda share: median * math.e ** (deviation * ndtri(share))


def _weibull(scale: float, shape: float) -> Callable[[Any], Any]:
    import numpy as np

    return lambda share: scale * (-np.log1p(-np.asarray(share))) ** (1.0 / shape)


def _frechet(scale: float, shape: float) -> Callable[[Any], Any]:
    import numpy as np

    return lambda share: scale * (-np.log(share)) ** (-1.0 / shape)


def _uniform(low: float, high: float) -> Callable[[Any], Any]:
    if high <= low:
        raise InputError("the range is empty", field="--flaws", value="uniform", hint="uniform(5 um, 20 um)")
    return lambda share: low + (high - low) * share


def _fixed(length: float) -> Callable[[Any], Any]:
    return lambda share: length + 0.0 * share


_KINDS: dict[str, tuple[Callable[..., Callable[[Any], Any]], tuple[str, ...]]] = {
    "lognormal": (_lognormal, ("length", "dimensionless")),
    "weibull": (_weibull, ("length", "dimensionless")),
    "frechet": (_frechet, ("length", "dimensionless")),
    "uniform": (_uniform, ("length", "length")),
    "fixed": (_fixed, ("length",)),
}


def _from_text(text: str) -> FlawSizes:
    found = _FORM.match(text)
    name = found[1] if found else ""
    if found is None or name not in _KINDS:
        near = difflib.get_close_matches(name or text, _KINDS, 1)
        raise InputError(
            "not a distribution of flaws", field="--flaws", value=text, allowed=f"claims, case, {_EXAMPLE}",
            hint=near[0] if near else None,
        )  # fmt: skip
    make, kinds = _KINDS[name]
    parts = [part.strip() for part in (found[2] or "").split(",") if part.strip()]
    if len(parts) != len(kinds):
        raise InputError(f"{name} takes {len(kinds)} numbers", field="--flaws", value=text, hint=_EXAMPLE)
    numbers = [to_si(part, kind) for part, kind in zip(parts, kinds, strict=True)]
    if min(numbers) <= 0.0:
        raise InputError(
            "the numbers of a distribution are above 0", field="--flaws", value=text, hint=_EXAMPLE
        )
    return FlawSizes(text, f"given: {text}", make(*numbers))
