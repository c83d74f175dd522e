"""``dendrion materials``: what is known about metals, electrolytes and interfaces, claim by claim."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..constants import REFERENCE_TEMPERATURE

if TYPE_CHECKING:
    from rich.table import Table

    from ..materials import Claim, Material

materials_app = typer.Typer(
    name="materials",
    help="Materials as claims: values with unit, spread, law and source.",
    no_args_is_help=True,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON (SI units) for machines.")]
_PIPE_WIDTH = 140
_BOUNDS = {"upper": "≤ ", "lower": "≥ "}


@materials_app.command("list")
def list_command(as_json: AsJson = False) -> None:
    """Lists the shipped materials, a line each."""
    from ..materials import list_materials, material

    sheets = [material(name) for name in list_materials()]
    if as_json:
        _print_json([_head(sheet) for sheet in sheets])
        return
    table = _table("name", "kind", "class", "ion", "claims", "title")
    for sheet in sheets:
        head = _head(sheet)
        _add_row(table, *(head[key] for key in ("name", "kind", "class", "ion", "claims", "title")))
    _print(table)


@materials_app.command("show")
def show_command(
    name: Annotated[
        str, typer.Argument(help="A material (LLZO), an interface (Li|LLZO) or a data sheet's file.")
    ],
    property_name: Annotated[
        str | None, typer.Argument(metavar="[PROPERTY]", help="One property: its claims whole.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Shows the claims of a material, or everything about one of its properties."""
    from ..materials import material, read_material_file

    sheet = read_material_file(name)[0] if name.endswith((".yaml", ".yml")) else material(name)
    if property_name is None:
        claims = sheet.all_claims()
    else:
        default = sheet.claim(property_name)
        claims = sheet.claims(default.property)
    if as_json:
        _print_json({**_head(sheet), "claims": [claim.as_dict() for claim in claims]})
    elif property_name is None:
        _show_material(sheet, claims)
    else:
        _show_property(claims)


def _head(sheet: Material) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "title": sheet.title,
        "kind": sheet.kind,
        "class": sheet.electrolyte_class,
        "ion": sheet.ion,
        "claims": sum(len(claims) for claims in sheet.stated.values()),
        "aliases": list(sheet.aliases),
        "base": sheet.base,
        "note": sheet.note,
    }


def _show_material(sheet: Material, claims: Sequence[Claim]) -> None:
    from ..materials import TAGS

    head = " · ".join(part for part in (sheet.kind, sheet.electrolyte_class, sheet.ion) if part)
    lines = [f"{sheet.name}: {sheet.title} ({head})"]
    if sheet.note:
        lines.append(sheet.note)
    table = _table("property and value", "spread", "law", "tag", "source")
    before = None
    for claim in claims:
        if claim.property != before:
            _add_row(table, claim.property, style="bold")
            before = claim.property
        label = f" [{claim.label}]" if claim.label else ""
        value = f"{'*' if claim.default else ' '} {_value(claim)}{label}"
        _add_row(table, value, _spread(claim), _short_law(claim), claim.tag, claim.reference)
    used = sorted({claim.tag for claim in claims}, key=list(TAGS).index)
    legend = "* default, used unless another label is asked for; at 298.15 K where nothing is said"
    _print(*lines, table, legend, *(f"{tag}  {TAGS[tag]}" for tag in used))


def _show_property(claims: Sequence[Claim]) -> None:
    from ..materials import TAGS

    first = claims[0]
    lines = [f"{first.material} {first.property}: {first.definition.meaning} [{first.unit}]"]
    for claim in claims:
        title = f"{_value(claim)}  ({claim.value:.6g} {claim.unit})"
        lines += [
            "",
            f"{'* ' if claim.default else '  '}{title}" + (f"  [{claim.label}]" if claim.label else ""),
        ]
        details = {
            "default": claim.why_default if claim.default else None,
            "spread": _spread(claim, with_distribution=True) or "not stated",
            "at": _state(claim) or "298.15 K",
            "conditions": claim.conditions,
            "law": claim.law.describe(),
            "holds": _holds(claim),
            "law's source": _law_source(claim),
            "tag": f"{claim.tag}: {TAGS[claim.tag]}",
            "source": claim.source,
            "doi": claim.doi if claim.doi and claim.doi not in claim.source else None,
            "read in": claim.via,
            "note": claim.note,
            "unusable": claim.unusable,
            "computed": _computed(claim),
        }
        lines += [f"    {key:<13}{text}" for key, text in details.items() if text]
    _print(*lines)


def _computed(claim: Claim) -> str | None:
    """Model, version, hash and checks of a computed number, in a line."""
    made = claim.computed
    if not made:
        return None
    weights = made.get("weights_sha256")
    checks = "; ".join(f"{name} {result}" for name, result in made.get("checks", {}).items())
    parts = [
        f"{made['calculator']} {made.get('version', '')}".strip(),
        f"weights {weights[:12]}" if weights else None,
    ]
    return ", ".join(part for part in [*parts, checks or None] if part)


def _value(claim: Claim) -> str:
    """The value in a unit that people use."""
    return _BOUNDS.get(claim.bound or "", "") + _people(claim, claim.value)


def _people(claim: Claim, value: float) -> str:
    from ..materials.build import quantity_kind
    from ..materials.laws import JOULE_PER_MOLE_OF_EV
    from ..units import format_quantity

    if claim.definition.kind == "activation_energy":
        return f"{value / JOULE_PER_MOLE_OF_EV:.3g} eV"
    return format_quantity(value, quantity_kind(claim.definition))


def _spread(claim: Claim, *, with_distribution: bool = False) -> str:
    spread = claim.spread
    if spread.low is not None and spread.high is not None:
        low, high = _people(claim, spread.low), _people(claim, spread.high)
        same_unit = low.partition(" ")[2] == high.partition(" ")[2]
        text = f"{low.partition(' ')[0]} – {high}" if same_unit else f"{low} – {high}"
    elif spread.sigma is not None and claim.value:
        text = f"± {100.0 * abs(spread.sigma / claim.value):.3g} %"
    elif spread.log10_sigma is not None:
        text = f"x/÷ {10.0**spread.log10_sigma:.3g}"
    else:
        return ""
    shape = (spread.distribution or "").replace("_", "-")
    return f"{text} ({shape})" if with_distribution else text


def _state(claim: Claim) -> str:
    """Temperature where it is not the usual one, and salt concentration where it matters."""
    parts = [f"{claim.temperature:g} K"] if claim.temperature != REFERENCE_TEMPERATURE else []
    if claim.concentration is not None:
        parts.append(f"{claim.concentration:g} mol/m³")
    return ", ".join(parts)


def _short_law(claim: Claim) -> str:
    law, energy = claim.law, claim.law.activation
    words = {"constant": "", "vogel_tammann_fulcher": "VTF", "reciprocal_kinetics": "R T/(F ·)"}
    text = words.get(law.kind, law.kind.replace("_", " "))
    if energy is not None and law.kind.startswith("arrhenius"):
        text += f" {energy}"
    state = _state(claim)
    return "; ".join(part for part in (text, f"at {state}" if state else "") if part)


def _holds(claim: Claim) -> str | None:
    limits = [(claim.law.temperature_range, "K"), (claim.law.concentration_range, "mol/m³")]
    return ", ".join(f"{ends[0]:g}–{ends[1]:g} {unit}" for ends, unit in limits if ends is not None) or None


def _law_source(claim: Claim) -> str | None:
    law = claim.law
    parts = [f"tag {law.tag}" if law.tag else None, law.source, law.note]
    return "; ".join(part for part in parts if part) or None


def _table(*columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in ("name", "property and value", "tag"))
    return table


def _add_row(table: Table, *cells: Any, style: str = "") -> None:
    """Cells as they are: brackets in them are no markup."""
    from rich.text import Text

    table.add_row(*(Text("" if cell is None else str(cell), style) for cell in cells))


def _print(*parts: Any) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPE_WIDTH
    for part in parts:
        console.print(Text(part) if isinstance(part, str) else part)


def _print_json(data: Any) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
