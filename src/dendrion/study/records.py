"""Records of critical-current tests: from measured curves, and from simulated runs, in one format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dendrion.case.documents import plain_copy, to_yaml
from dendrion.errors import InputError
from dendrion.evidence.ccd import SCHEMA, CcdRecord, read_ccd_record
from dendrion.evidence.cycling import CyclingData, read_cycling
from dendrion.evidence.half_cycles import (
    VOLTAGE_DROP,
    HalfCycle,
    half_cycles,
    outcome_of,
    protocol_of,
)
from dendrion.runs.files import file_hash, write_text
from dendrion.units import format_quantity

if TYPE_CHECKING:
    from dendrion.runs import RunFolder


def filled_record(
    template: Mapping[str, Any], data: Path, *, area: float | None = None, positive: str = "plating",
    voltage_drop: float = VOLTAGE_DROP, units: Mapping[str, str] | None = None,
) -> tuple[dict[str, Any], CcdRecord]:  # fmt: skip
    """A measured record: protocol, criterion, outcome and raw data from a curve, the rest from ``template``.

    What the template says of protocol, failure or raw data is kept; outcomes are added to those that it has.

    Raises:
        InputError: the curve can't be read (see ``read_cycling``), or the whole is no valid record.
    """
    cycles = half_cycles(read_cycling(data, area=area, positive=positive, units=units), voltage_drop)
    record = plain_copy(template)
    record.setdefault("schema", SCHEMA)
    record.setdefault("origin", "measured")
    record["protocol"] = {**protocol_of(cycles), **record.get("protocol", {})}
    record.setdefault("failure", {"criterion": "voltage_drop", "threshold": f"{voltage_drop:g}"})
    record["outcomes"] = [*record.get("outcomes", []), {"specimen": data.stem, **outcome_of(cycles)}]
    record.setdefault("raw_data", {"file": data.name, "sha256": file_hash(data)})
    return record, read_ccd_record(record)


def record_of_runs(folders: Sequence[RunFolder]) -> tuple[dict[str, Any], CcdRecord]:
    """A simulated record: one outcome a run, all of the same cell and protocol (seeds may differ).

    A run that ends in a short circuit fails at the step of current in which it does; one that completes is
    censored on the right.

    Raises:
        InputError: no run, a run that did not end, runs of different cells or currents.
    """
    if not folders:
        raise InputError("no run is named", field="run")
    records = [_of_one(folder) for folder in folders]
    first = records[0]
    for folder, other in zip(folders[1:], records[1:], strict=True):
        for part in ("cell", "conditions"):
            if other[part] != first[part]:
                raise InputError(
                    f"the {part} of this run differs from that of the first", field="run", value=str(folder.path),
                    hint="one record holds runs that differ by their seeds",
                )  # fmt: skip
        first["outcomes"] += other["outcomes"]
    longest = max((record["protocol"] for record in records), key=lambda protocol: len(protocol["steps"]))
    for record in records:
        if record["protocol"]["steps"] != longest["steps"][: len(record["protocol"]["steps"])]:
            raise InputError("the runs have different steps of current", field="run")
    first["protocol"] = longest
    return first, read_ccd_record(first)


def write_record(record: Mapping[str, Any], path: Path) -> Path:
    """Writes a record as YAML."""
    write_text(path, to_yaml(record))
    return path


def _of_one(folder: RunFolder) -> dict[str, Any]:
    summary, resolved = folder.summary, folder.resolved
    if summary.get("status") not in ("completed", "shorted"):
        raise InputError(
            f"this run is {summary.get('status')}; only ended runs have an outcome",
            field="run", value=str(folder.path), hint=f"dendrion run {folder.path} --resume",
        )  # fmt: skip
    case = resolved["case"]
    cycles = _simulated_cycles(folder, summary)
    interface = resolved["materials"]["interface"]["properties"].get("interface_resistance")
    resistance = case["cell"].get("interface_resistance")
    if resistance is None and interface:
        resistance = f"{interface['value']!r} {interface['unit']}"
    return {
        "schema": SCHEMA,
        "id": folder.name,
        "title": folder.title,
        "origin": "simulated",
        "source": {"text": f"dendrion {folder.provenance.get('dendrion', '')}".strip()},
        "cell": {
            "metal": resolved["materials"]["metal"]["name"],
            "electrolyte": resolved["materials"]["electrolyte"]["name"],
            "geometry": "simulated",
            "arrangement": "symmetric",
            "thickness": str(case["domain"]["size"][0]),
        },
        **(
            {"interface": {"resistance_before": str(resistance), "how": "claim of the case"}}
            if resistance
            else {}
        ),
        "conditions": conditions_of(case["conditions"]),
        "protocol": protocol_of(cycles),
        "failure": {"criterion": "metal_through", "how": "metal reaches the counter electrode"},
        "outcomes": [{"specimen": f"seed {case['numerics'].get('seed', 0)}", **outcome_of(cycles)}],
        "raw_data": {"file": folder.name, "format": "run folder"},
    }


def conditions_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Conditions as a record has them, from those of a resolved case."""
    pressure = str(given.get("stack_pressure", "0 Pa"))
    gap = given.get("lateral") is None
    conditions = {
        "temperature": str(given["temperature"]),
        "stack_pressure": pressure,
        "pressure_control": "none" if gap else "constant_pressure",
    }
    if difference := given.get("temperature_difference"):
        conditions["temperature_difference"] = str(difference)
    return conditions


def _simulated_cycles(folder: RunFolder, summary: Mapping[str, Any]) -> list[HalfCycle]:
    """Half-cycles of a run's history; the last one is the failing one where metal came through."""
    import numpy as np

    history = folder.history
    ends = history.time.values
    current = np.asarray(history["current_density_A_per_m2"].values)
    # A row stands at the end of its step: its current flowed from the row before.
    time = np.concatenate(([0.0], ends)) if ends[0] > 0.0 else ends
    flowed = np.append(current if ends[0] > 0.0 else current[1:], current[-1])
    cycles = half_cycles(CyclingData(time, flowed, np.zeros_like(time)))
    if summary.get("short_circuit") and cycles:
        last = cycles[-1]
        when = float(summary.get("short_time_s") or last.end)
        cycles[-1] = HalfCycle(
            last.start, last.end, last.current_density, last.charge, when, abs(last.charge)
        )
    return cycles


def record_text(record: CcdRecord) -> list[str]:
    """What a record says of its outcomes, a line each, in units that people use."""
    lines = []
    for number, outcome in enumerate(record.outcomes, start=1):
        low, high = outcome.interval
        name = outcome.specimen or f"specimen {number}"
        ends = format_quantity(low, "current_density"), format_quantity(high, "current_density")
        words = {
            "interval": f"between {ends[0]} and {ends[1]}",
            "right": f"above {ends[0]} (no failure; right-censored)",
            "left": f"below {ends[1]} (failed at the first step; left-censored)",
        }
        lines.append(f"{name}: critical current density {words[outcome.kind]}")
    return lines
