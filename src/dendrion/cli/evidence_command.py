"""``dendrion evidence``: published experiments, models and exact results, and records of tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .evidence_record_command import export_command, import_command, schema_command, validate_command
from .theory_output import AsJson, print_machine, print_people, table_of

if TYPE_CHECKING:
    from ..evidence import Evidence, Point

evidence_app = typer.Typer(
    name="evidence",
    help="Published experiments, models and exact results; records of measured and simulated tests.",
    no_args_is_help=True,
)
evidence_app.command("validate")(validate_command)
evidence_app.command("import")(import_command)
evidence_app.command("export")(export_command)
evidence_app.command("schema")(schema_command)

_BOUNDS = {"upper": "≤ ", "lower": "≥ "}

MaterialFilter = Annotated[
    str | None, typer.Option("--material", "-m", help="Metal or electrolyte, for instance LLZO.")
]
QuantityFilter = Annotated[
    str | None, typer.Option("--quantity", "-q", help="A quantity, for instance critical_current_density.")
]
ConditionFilter = Annotated[
    list[str] | None,
    typer.Option(
        "--condition", "-c", metavar="NAME[=LOW[:HIGH]]",
        help='Values that state a condition, or lie in a range: "temperature=20 degC:80 degC". Repeatable.',
    ),
]  # fmt: skip
TypeFilter = Annotated[str | None, typer.Option("--type", help="experiment, model, exact or benchmark.")]
TextFilter = Annotated[str | None, typer.Option("--text", help="Stands somewhere in the record.")]


@evidence_app.command("list")
def list_command(
    material: MaterialFilter = None, quantity: QuantityFilter = None, condition: ConditionFilter = None,
    kind: TypeFilter = None, text: TextFilter = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Lists the records that fit every filter, a line each."""
    found = _found(material, quantity, condition, kind, text)
    if as_json:
        print_machine([record.as_dict() for record in found])
        return
    table = table_of("id", "type", "values", "source")
    for record in found:
        table.add_row(
            record.id, record.type, _values(record) or record.finding or "", record.source or record.doi
        )
    values = sum(len(record.points) for record in found)
    print_people(table, f"{len(found)} records with {values} values; dendrion evidence show ID")


@evidence_app.command("show")
def show_command(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="A record of `dendrion evidence list`.")],
    as_json: AsJson = False,
) -> None:
    """Shows a record whole: values with conditions, source, tag, what to be wary of."""
    from ..evidence import evidence
    from ..materials import TAGS

    record = evidence(identifier)
    if as_json:
        print_machine(record.as_dict())
        return
    lines = [f"{record.id}: {record.title}", ""]
    lines += [f"  {record.quantity:<14}" + _value(record, point) + _where(point) for point in record.points]
    trends = [f"{t.of} {t.sign} with {t.with_}" for t in record.trends]
    details = {
        "finding": record.finding,
        "trend": "; ".join(trends).replace("_", " "),
        "system": record.system or " on ".join(part for part in (record.metal, record.electrolyte) if part),
        "conditions": record.conditions,
        "protocol": record.protocol,
        "mechanism": record.mechanism,
        "morphology": record.morphology,
        "accept": record.accept,
        "be wary": record.caution,
        "correction": record.correction,
        "not usable": None if record.usable else "known to be wrong",
        "source": record.reference,
        "tag": f"{record.tag}: {TAGS[record.tag]}",
        "confidence": record.confidence,
        "models": ", ".join(record.models),
        "listed in": "; ".join(record.listed),
    }
    lines += ["", *(f"  {key:<14}{value}" for key, value in details.items() if value)]
    print_people(*lines)


@evidence_app.command("plot")
def plot_command(
    quantity: Annotated[str, typer.Argument(help="A quantity, for instance critical_current_density.")],
    against: Annotated[
        str | None, typer.Option("--against", "-x", help="A condition as the other axis; none: rows.")
    ] = None,
    material: MaterialFilter = None, condition: ConditionFilter = None, kind: TypeFilter = None,
    text: TextFilter = None,
    out: Annotated[Path | None, typer.Option("--out", help="The figure; default evidence_QUANTITY.png.")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Draws the values of a quantity with their spread, limits as arrows."""
    from ..report.evidence_plot import draw_evidence

    conditions = [*(condition or []), *([against] if against else [])]
    found = _found(material, quantity, conditions, kind, text)
    path = draw_evidence(found, out or Path(f"evidence_{quantity}.png"), against)
    if as_json:
        print_machine({"path": str(path), "records": [record.id for record in found]})
    else:
        print_people(str(path))


def _found(
    material: str | None,
    quantity: str | None,
    condition: list[str] | None,
    kind: str | None,
    text: str | None,
) -> list[Evidence]:
    from ..evidence import find_evidence

    return find_evidence(
        material=material, quantity=quantity, conditions=condition or (), kind=kind, text=text
    )


def _values(record: Evidence) -> str:
    shown = [_value(record, point) for point in record.points[:4]]
    more = f" … {len(record.points)} in all" if len(record.points) > 4 else ""
    quantity = record.quantity.replace("_", " ")
    return f"{quantity} {'; '.join(shown)}{more}" if shown else ""


def _value(record: Evidence, point: Point) -> str:
    if not point.is_number:
        return str(point.label)
    low, high = point.ends
    if point.value is None:
        return f"{record.write(low)} to {record.write(high)}"
    text = _BOUNDS.get(point.bound or "", "") + record.write(point.value)
    if point.sigma is not None:
        return f"{text} ± {record.write(point.sigma)}"
    return f"{text} ({record.write(low)} to {record.write(high)})" if low != high else text


def _where(point: Point) -> str:
    from ..evidence import CONDITIONS
    from ..units import format_quantity

    parts: list[Any] = [
        f"{name.replace('_', ' ')} {format_quantity(value, CONDITIONS[name].kind)}"
        for name, value in point.at.items()
    ]
    if point.label and point.is_number:
        parts.insert(0, point.label)
    return f"   at {', '.join(parts)}" if parts else ""
