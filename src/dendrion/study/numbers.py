"""Numbers that are neither claims about one material nor numerics: value, spread, tag and source, from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import InputError
from ..materials.claim import TAGS
from ..materials.spread import Spread, choose_distribution

if TYPE_CHECKING:
    import numpy


class _Entry(BaseModel):
    """One number of such a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float
    unit: str = Field(description='SI; "1" for a pure number')
    low: float | None = None
    high: float | None = None
    sigma: float | None = Field(None, gt=0)
    tag: str
    source: str = Field(min_length=3)
    doi: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Number:
    """A number in SI with its uncertainty and provenance.

    Attributes:
        value: in ``unit``; ``spread``: its uncertainty in the same unit.
        tag: a letter of ``materials.TAGS``; ``source``, ``doi``, ``note``: where it is from.
    """

    name: str
    value: float
    unit: str
    spread: Spread
    tag: str
    source: str
    doi: str | None = None
    note: str | None = None

    @property
    def reference(self) -> str:
        """Source, DOI and tag in one line."""
        return ", ".join(part for part in (self.source, self.doi, f"tag {self.tag}") if part)

    def sample(self, generator: numpy.random.Generator, count: int) -> numpy.ndarray:
        """``count`` draws [``unit``], shape [count]; the value itself where no spread is stated."""
        return self.spread.sample(self.value, generator, count)

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            "value": self.value, "unit": self.unit, "low": self.spread.low, "high": self.spread.high,
            "sigma": self.spread.sigma, "tag": self.tag, "source": self.source, "doi": self.doi, "note": self.note,
        }  # fmt: skip


def number_from(name: str, data: Mapping[str, Any]) -> Number:
    """One number from a mapping of the file's form.

    Raises:
        InputError: unknown key, missing unit, tag or source, an empty range.
    """
    try:
        entry = _Entry.model_validate(dict(data))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join([name, *(str(step) for step in first["loc"])])
        raise InputError(first["msg"], field=where, value=first.get("input")) from None
    if entry.tag not in TAGS:
        raise InputError("unknown tag", field=f"{name}.tag", value=entry.tag, allowed=", ".join(TAGS))
    if (entry.low is None) != (entry.high is None) or (
        entry.low is not None and entry.high is not None and entry.low > entry.high
    ):
        raise InputError("a range has a low and a high end", field=name, value=f"{entry.low} to {entry.high}")
    kind = choose_distribution(entry.sigma, None, entry.low, entry.high, positive=entry.value > 0.0)
    spread = Spread(entry.sigma, None, entry.low, entry.high, kind)
    return Number(name, entry.value, entry.unit, spread, entry.tag, entry.source, entry.doi, entry.note)


@cache
def read_numbers(path: Path) -> dict[str, Number]:
    """Every number of a YAML file by name.

    Raises:
        InputError: see ``number_from``.
    """
    from ruamel.yaml import YAML

    document = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return {name: number_from(f"{path.name}:{name}", entry) for name, entry in document.items()}
