"""``dendrion evidence validate``, ``import``, ``export`` and ``schema``: records of critical-current tests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .theory_output import AsJson, print_machine, print_people

OutFile = Annotated[Path | None, typer.Option("--out", help="File to write (YAML); default: print it.")]


def validate_command(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Records in YAML or JSON.")],
    as_json: AsJson = False,
) -> None:
    """Checks records of critical-current tests; says what is wrong, where, and exits with 2."""
    from ..evidence.ccd import load_ccd_record
    from ..study.records import record_text

    records = [(file, load_ccd_record(file)) for file in files]
    if as_json:
        print_machine(
            [{"file": str(file), "id": record.id, "outcomes": _intervals(record)} for file, record in records]
        )
        return
    for file, record in records:
        print_people(
            f"{file}: valid ({record.schema_}, {record.origin})",
            *(f"  {line}" for line in record_text(record)),
        )


def schema_command() -> None:
    """Prints the JSON schema of such records."""
    from ..evidence.ccd import ccd_schema

    print_machine(ccd_schema())


def import_command(
    data: Annotated[Path, typer.Argument(help="Curve: CSV, Battery Data Format, or a vendor's file.")],
    template: Annotated[
        Path | None, typer.Argument(help="Record without protocol and outcomes; none: show the half-cycles.")
    ] = None,
    area: Annotated[str | None, typer.Option("--area", help='Electrode area: "1.13 cm^2".')] = None,
    positive: Annotated[str, typer.Option("--positive", help="What a positive current does: plating or stripping.")] = "plating",
    drop: Annotated[float, typer.Option("--voltage-drop", help="Share of the voltage that a short takes.")] = 0.5,
    unit: Annotated[
        list[str] | None, typer.Option("--unit", metavar="COLUMN=UNIT", help="Unit of a column without one: time=s.")
    ] = None,
    out: OutFile = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Reads measured cycling data: half-cycles and the short, or a whole record with a template."""
    from ..errors import InputError
    from ..evidence.cycling import read_cycling
    from ..evidence.half_cycles import half_cycles, outcome_of
    from ..evidence.reading import read_mapping, read_text
    from ..study.records import filled_record
    from ..units import to_si
    from .theory_output import pairs_of

    if positive not in ("plating", "stripping"):
        raise InputError(
            "not one of the choices", field="--positive", value=positive, allowed="plating, stripping"
        )
    size = to_si(area, "area") if area is not None else None
    units = pairs_of(unit)
    if template is not None:
        given = read_mapping(read_text(template), str(template))
        record, _ = filled_record(given, data, area=size, positive=positive, voltage_drop=drop, units=units)
        _give(record, out, as_json)
        return
    cycles = half_cycles(read_cycling(data, area=size, positive=positive, units=units), drop)
    outcome = outcome_of(cycles)
    if as_json:
        print_machine({"half_cycles": [vars(cycle) for cycle in cycles], "outcome": outcome})
    else:
        _show_cycles(cycles, outcome)


def export_command(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Run folders of one cell; seeds may differ.")
    ],
    out: OutFile = None,
    as_json: AsJson = False,
) -> None:
    """Writes simulated runs as a record, so that it stands beside measured ones."""
    from ..runs import RunFolder
    from ..study.records import record_of_runs

    record, _ = record_of_runs([RunFolder.open(path) for path in runs])
    _give(record, out, as_json)


def _give(record: dict[str, Any], out: Path | None, as_json: bool) -> None:
    from ..case.documents import to_yaml
    from ..study.records import write_record

    if out is not None:
        write_record(record, out)
    if as_json:
        print_machine(record)
    elif out is not None:
        print_people(str(out))
    else:
        typer.echo(to_yaml(record), nl=False)


def _intervals(record: Any) -> list[dict[str, Any]]:
    found = []
    for outcome in record.outcomes:
        low, high = outcome.interval
        found.append({"low_A_per_m2": low, "high_A_per_m2": high, "censoring": outcome.kind})
    return found


def _show_cycles(cycles: Any, outcome: dict[str, Any]) -> None:
    from .theory_output import people, table_of

    table = table_of("half-cycle", "start", "current density", "charge", "short")
    for number, cycle in enumerate(cycles, start=1):
        short = people(cycle.short_time, "time") if cycle.short_time is not None else ""
        table.add_row(
            str(number), people(cycle.start, "time"), people(cycle.current_density, "current_density"),
            people(cycle.charge, "areal_capacity"), short,
        )  # fmt: skip
    print_people(table, *(f"{key.replace('_', ' ')}: {value}" for key, value in outcome.items()))
