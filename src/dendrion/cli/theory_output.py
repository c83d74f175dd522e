"""What the theory commands share: options, reading ``key=value``, tables and people's units."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON (SI units) for machines.")]
ModelName = Annotated[str, typer.Argument(metavar="MODEL", help="A model of `dendrion theory list`.")]
Metal = Annotated[str | None, typer.Option("--metal", help="Its claims supply inputs, for instance Li.")]
Electrolyte = Annotated[str | None, typer.Option("--electrolyte", help="Likewise, for instance LLZO.")]
Values = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KEY=VALUE]...", help='Inputs with units: current_density="1 mA/cm^2".'),
]
Uncertainty = Annotated[
    int, typer.Option("--uncertainty", help="Draw that many samples of the claims' spreads.")
]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the samples.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Where the figure (.png) goes; the table (.csv) beside it.")
]
PIPE_WIDTH = 150


def pairs_of(texts: list[str] | None) -> dict[str, str]:
    """``key=value`` texts as a mapping.

    Raises:
        InputError: no equals sign, or a key given twice.
    """
    found: dict[str, str] = {}
    for text in texts or []:
        key, equals, value = text.partition("=")
        if not equals or not key.strip() or not value.strip():
            raise InputError("an input is written key=value", value=text, hint='current_density="1 mA/cm^2"')
        if key.strip() in found:
            raise InputError("this input is given twice", field=key.strip(), value=value.strip())
        found[key.strip()] = value.strip()
    return found


def people(value: Any, kind: str) -> str:
    """An SI value in a unit that people use; words as they are."""
    from ..units import format_quantity

    if isinstance(value, str) or (getattr(value, "dtype", None) is not None and value.dtype.kind in "USb"):
        return str(value)
    return format_quantity(float(value), kind)


def table_of(*columns: str) -> Table:
    """An empty table with these column heads; the first column is never broken."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=place == 0)
    return table


def print_people(*parts: Any) -> None:
    """Prints texts and tables for a person, wide enough for a pipe."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPE_WIDTH
    for part in parts:
        console.print(Text(part) if isinstance(part, str) else part)


def print_machine(content: Any) -> None:
    """Prints plain data as JSON."""
    from .output import print_json

    print_json(content)
