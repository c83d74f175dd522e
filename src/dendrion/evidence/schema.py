"""The schema of an evidence record as it stands in a data file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from ..materials import TAGS
from .reading import Entry, refusal
from .vocabulary import CONDITIONS, QUANTITIES

RecordType = Literal["experiment", "model", "exact", "benchmark"]
Sign = Literal["up", "down", "none", "mixed"]

TYPES = {
    "experiment": "measured",
    "model": "result of somebody's published model or simulation",
    "exact": "follows from a formula that is stated",
    "benchmark": "computed by public codes for a problem that is stated",
}


def _known(words: dict[str, Any], what: str) -> BeforeValidator:
    def check(name: Any) -> Any:
        if name not in words:
            from difflib import get_close_matches

            near = get_close_matches(str(name), words, 2, 0.5)
            raise refusal(f"unknown {what}", allowed=", ".join(words), hint=" or ".join(near) or None)
        return name

    return BeforeValidator(check)


QuantityName = Annotated[str, _known(QUANTITIES, "quantity")]
ConditionName = Annotated[str, _known(CONDITIONS, "condition")]
TagName = Annotated[str, _known(TAGS, "tag")]
Text = Annotated[str, Field(min_length=1)]


class PointEntry(Entry):
    """One value, as text with its unit; a range without a value is a value too."""

    value: Text | None = Field(None, description="number with its unit", examples=["0.05 mA/cm^2"])
    low: Text | None = Field(None, description="low end of what was found")
    high: Text | None = Field(None, description="high end of what was found")
    sigma: Text | None = Field(None, description="one standard deviation")
    bound: Literal["upper", "lower"] | None = Field(
        None, description="upper: at most the value; lower: at least"
    )
    at: dict[ConditionName, Text] = Field(default_factory=dict, description="conditions of this value")
    label: Text | None = Field(None, description="tells it from the other values")


class TrendEntry(Entry):
    """How a quantity goes with a condition."""

    of: QuantityName
    with_: ConditionName = Field(alias="with")
    sign: Sign


class RecordEntry(Entry):
    """A record: what was found, where it is published, how well it is known, what to be wary of."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    title: Text
    type: RecordType
    metal: Literal["Li", "Na"] | None = None
    electrolyte: Text | None = Field(None, description="name of a shipped material where there is one")
    system: Text | None = Field(None, description="the cell in words")
    quantity: QuantityName
    values: list[PointEntry] = Field(default_factory=list)
    finding: Text | None = Field(None, description="what was found, where it is no number")
    trends: list[TrendEntry] = Field(default_factory=list)
    conditions: Text | None = None
    protocol: Text | None = None
    mechanism: Text | None = None
    morphology: Text | None = None
    source: Text | None = None
    doi: Text | None = None
    via: Text | None = Field(None, description="where the number was read, if not in the source")
    tag: TagName
    confidence: Literal["high", "medium", "low"] | None = None
    accept: Text | None = Field(None, description="how near a computation should come")
    caution: Text | None = Field(None, description="what to be wary of")
    correction: Text | None = Field(None, description="what other texts have wrong about it")
    models: list[Text] = Field(default_factory=list, description="models that it speaks about")
    listed: list[Text] = Field(min_length=1, description="lists that the record stands in, with its row")
    usable: bool = Field(True, description="false: known to be wrong, not to be compared with")


class RecordsFile(Entry):
    """A data file: records about one subject."""

    subject: Text
    records: list[RecordEntry]
