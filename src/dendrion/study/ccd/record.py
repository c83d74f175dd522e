"""A simulated test in the record format of measured ones, so that both lie side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dendrion.evidence.ccd import SCHEMA, CcdRecord, read_ccd_record
from dendrion.runs.folder import slug
from dendrion.study.ccd.ladder import TestOutcome, current_text
from dendrion.study.ccd.protocol import TestProtocol
from dendrion.study.records import conditions_of
from dendrion.units import format_quantity

if TYPE_CHECKING:
    from dendrion.case import Case

_HOW = {
    "fast": "the current exceeds the smallest limit of the theory's models",
    "field": "the run of the field engine meets the criterion, or metal reaches the counter electrode",
}


def test_record(
    case: Case, protocol: TestProtocol, outcomes: Sequence[TestOutcome], method: str, version: str, flaws: str
) -> tuple[dict[str, Any], CcdRecord]:  # fmt: skip
    """The record of a virtual test, in words and checked.

    Arguments:
        method: "fast" or "field"; ``version``: of dendrion; ``flaws``: the distribution, in words.

    Raises:
        InputError: the whole is no valid record (a defect).
    """
    resolved = case.resolved()
    record: dict[str, Any] = {
        "schema": SCHEMA,
        "id": slug(f"{case.title or case.cell.electrolyte} {protocol.name} {method}"),
        "title": f"{case.title or 'Virtual test'}: {protocol.title}",
        "origin": "simulated",
        "source": {"text": f"dendrion {version}, {'theory models' if method == 'fast' else 'field engine'}"},
        "cell": {
            "metal": resolved["materials"]["metal"]["name"],
            "electrolyte": resolved["materials"]["electrolyte"]["name"],
            "geometry": "simulated",
            "arrangement": "symmetric" if case.cell.counter_electrode == "metal" else "asymmetric",
            "thickness": str(resolved["case"]["domain"]["size"][0]),
        },
        "electrolyte": _ceramic(resolved, outcomes, flaws),
        "conditions": conditions_of(resolved["case"]["conditions"]),
        "protocol": _protocol(protocol),
        "failure": _failure(protocol, method),
        "outcomes": [outcome.entry(protocol.currents) for outcome in outcomes],
        "raw_data": {
            "file": "curve.csv",
            "format": "csv of time, current density and voltage of one specimen",
        },
    }
    if (
        resistance := resolved["materials"]
        .get("interface", {})
        .get("properties", {})
        .get("interface_resistance")
    ):
        record["interface"] = {
            "resistance_before": f"{resistance['value']!r} {resistance['unit']}", "how": "claim of the case",
        }  # fmt: skip
    return record, read_ccd_record(record)


test_record.__test__ = False  # type: ignore[attr-defined]


def _ceramic(resolved: dict[str, Any], outcomes: Sequence[TestOutcome], flaws: str) -> dict[str, Any]:
    found = {}
    if grains := resolved["materials"]["electrolyte"]["properties"].get("grain_size"):
        found["grain_size"] = f"{grains['value']!r} {grains['unit']}"
    lengths = [outcome.flaw for outcome in outcomes if outcome.flaw is not None]
    if lengths:
        found["largest_flaw"] = f"{max(lengths)!r} m"
        found["surface"] = f"flaws {flaws}"
    return found


def _protocol(protocol: TestProtocol) -> dict[str, Any]:
    amount = protocol.half_cycle
    words: dict[str, Any] = {
        "kind": protocol.kind,
        "steps": [current_text(current) for current in protocol.currents],
    }
    if amount.time is not None:
        words["time_per_half_cycle"] = format_quantity(amount.time, "time", 6)
    if amount.capacity is not None:
        words["capacity_per_half_cycle"] = format_quantity(amount.capacity, "areal_capacity", 6)
    words["rest"] = format_quantity(protocol.rest, "time", 6)
    return {**words, "cycles_per_step": protocol.cycles_per_step}


def _failure(protocol: TestProtocol, method: str) -> dict[str, Any]:
    if method == "fast":
        return {"criterion": "other", "how": _HOW[method]}
    words: dict[str, Any] = {"criterion": protocol.failure.criterion, "how": _HOW[method]}
    if protocol.failure.threshold is not None:
        words["threshold"] = f"{protocol.failure.threshold:g}"
    return words
