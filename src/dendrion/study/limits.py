"""The current densities that one cell can't bear, each with its mechanism, from the theory's models: no simulation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .cell_draws import CellDraws
from .limit_rules import RULES, THEORY_INPUTS, Cell, Rule
from .numbers import read_numbers

if TYPE_CHECKING:
    import numpy

    from ..case import Case

QUANTILES = (0.05, 0.5, 0.95)
"""Quantiles that are reported of every limit and estimate [dimensionless]."""


@dataclass(frozen=True)
class Limit:
    """One limit of a cell's current density.

    Attributes:
        name, mechanism: what happens beyond it; ``side``: "plating" or "stripping"; ``model``: of the theory.
        value: nominal [A/m²], infinite where this can't happen; ``draws``: the same for draws of the claims'
            spreads, shape [samples], nan where the model refuses a draw.
        kind: published, derived or reconstruction; ``doi``; ``messages``: what the model doubts.
    """

    name: str
    mechanism: str
    side: str
    model: str
    value: float
    draws: numpy.ndarray
    kind: str
    doi: tuple[str, ...]
    messages: tuple[str, ...] = ()

    @property
    def quantiles(self) -> tuple[float, float, float]:
        """5, 50 and 95 % of the draws [A/m²]; the value itself where nothing was drawn."""
        return quantiles(self.draws, self.value)

    def as_dict(self) -> dict[str, Any]:
        """For machines, SI."""
        low, middle, high = self.quantiles
        return {
            "name": self.name, "mechanism": self.mechanism, "side": self.side, "model": self.model,
            "value_A_per_m2": self.value, "low_A_per_m2": low, "median_A_per_m2": middle, "high_A_per_m2": high,
            "kind": self.kind, "doi": list(self.doi), "messages": list(self.messages),
        }  # fmt: skip


@dataclass(frozen=True)
class Estimate:
    """The critical current density as the smallest limit of the sides asked for.

    Attributes:
        value: nominal [A/m²]; ``draws``: shape [samples]; ``limit``: name of the limit that sets the nominal value.
        shares: name → share of the draws in which this limit is the smallest [dimensionless].
    """

    value: float
    draws: numpy.ndarray
    limit: str
    mechanism: str
    shares: Mapping[str, float]

    @property
    def quantiles(self) -> tuple[float, float, float]:
        """5, 50 and 95 % [A/m²]."""
        return quantiles(self.draws, self.value)

    def as_dict(self) -> dict[str, Any]:
        """For machines, SI."""
        low, middle, high = self.quantiles
        return {
            "value_A_per_m2": self.value, "low_A_per_m2": low, "median_A_per_m2": middle, "high_A_per_m2": high,
            "limit": self.limit, "mechanism": self.mechanism, "shares": dict(self.shares),
        }  # fmt: skip


class Limits(Mapping[str, Limit]):
    """The limits of one cell by name; ``inapplicable``: name → why a limit says nothing here."""

    def __init__(
        self, found: Mapping[str, Limit], inapplicable: Mapping[str, str], assumptions: tuple[str, ...]
    ) -> None:
        self._found, self.inapplicable, self.assumptions = dict(found), dict(inapplicable), assumptions

    def __getitem__(self, name: str) -> Limit:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def critical(self, *sides: str) -> Estimate:
        """The smallest limit of these sides ("plating", "stripping"; both where none is named), draw by draw.

        Raises:
            InputError: no model limits this cell on these sides.
        """
        import numpy as np

        asked = [limit for limit in self.values() if not sides or limit.side in sides]
        if not asked:
            raise InputError(
                "no theory model limits the current of this cell", field="limits", value=", ".join(sides) or None,
                allowed="; ".join(f"{name}: {why}" for name, why in self.inapplicable.items()),
            )  # fmt: skip
        smallest = min(asked, key=lambda limit: limit.value)
        table = np.stack([np.where(np.isnan(limit.draws), np.inf, limit.draws) for limit in asked])
        which = table.argmin(axis=0)
        shares = {
            limit.name: float(np.mean(which == index)) for index, limit in enumerate(asked) if which.size
        }
        return Estimate(
            smallest.value, table.min(axis=0), smallest.name, smallest.mechanism,
            {name: share for name, share in shares.items() if share > 0.0},
        )  # fmt: skip


def limits(
    case: Case, *, samples: int = 200, seed: int = 0, theory: Mapping[str, Any] | None = None, reference: Case | None = None
) -> Limits:  # fmt: skip
    """Every limit that the theory's models know for this cell, with the spread that the claims' spreads give it.

    Arguments:
        samples: draws of the claims' spreads; ``seed``: of the draws, which are the same for every case and model.
        theory: inputs that no case has (``limit_rules.THEORY_INPUTS``): name → SI number or array [1 + samples].
        reference: the untreated case whose spreads hold, see ``CellDraws``; default the case itself.

    Returns:
        ``Limits``. Plating limits concern ``CCP``, stripping limits ``CCS``; ``critical()`` takes the smallest of
        the sides that a protocol uses. It is no property of the material: flaw, interface, thickness, temperature,
        pressure and the duration of a half-cycle are the case's.

    Raises:
        InputError: a name in ``theory`` that no rule reads.
    """
    cell = cell_of_limits(case, samples=samples, seed=seed, theory=theory, reference=reference)
    found, inapplicable = {}, {}
    for name, rule in RULES.items():
        before = list(cell.assumptions)
        try:
            found[name] = _limit(name, rule, cell)
        except InputError as error:
            inapplicable[name] = error.problem
            cell.assumptions[:] = before
    return Limits(found, inapplicable, tuple(dict.fromkeys(cell.assumptions)))


def cell_of_limits(
    case: Case, *, samples: int, seed: int, theory: Mapping[str, Any] | None, reference: Case | None
) -> Cell:  # fmt: skip
    """The drawn inputs of the limits; the anode's temperature is that of all of them (arguments as ``limits``).

    Raises:
        InputError: a name in ``theory`` that no rule reads.
    """
    for name in theory or {}:
        if name not in THEORY_INPUTS:
            raise InputError(
                "no limit reads this input", field="theory", value=name, allowed=", ".join(THEORY_INPUTS)
            )
    anode = case.conditions.temperature - 0.5 * case.conditions.temperature_difference
    anode += (theory or {}).get("temperature_rise", 0.0)
    draws = CellDraws(case, count=samples, seed=seed, reference=reference, temperature=anode)
    numbers = read_numbers(Path(__file__).parent / "data" / "limits.yaml")
    return Cell(draws, numbers, dict(theory or {}))


def _limit(name: str, rule: Rule, cell: Cell) -> Limit:
    import numpy as np

    values, nominal = rule.compute(cell)
    values = np.broadcast_to(np.asarray(values, dtype=float), (1 + cell.draws.count,))
    card = nominal.card
    return Limit(
        name, rule.mechanism, rule.side, card.name, float(values[0]), values[1:].copy(), card.kind,
        tuple(reference.doi for reference in card.references if reference.doi), nominal.evaluate().messages,
    )  # fmt: skip


def quantiles(draws: numpy.ndarray, value: float) -> tuple[float, float, float]:
    """5, 50 and 95 % of the draws that are numbers; the value itself where there are none."""
    import numpy as np

    seen = draws[~np.isnan(draws)]
    if seen.size == 0:
        return (value, value, value)
    low, middle, high = np.quantile(seen, QUANTILES, method="inverted_cdf")
    return float(low), float(middle), float(high)
