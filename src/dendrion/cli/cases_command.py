"""``dendrion cases``: the cases that come with the package."""

from __future__ import annotations

from typing import Annotated

import typer


def cases(
    name: Annotated[str | None, typer.Argument(help="Print this shipped case as YAML.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of case files.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Lists the shipped cases, or prints one of them to start from."""
    from dendrion.cli.output import print_json, show

    if schema:
        from dendrion.case import json_schema

        print_json(json_schema())
    elif name is not None:
        _print_case(name, as_json)
    else:
        from dendrion.case import shipped_cases

        listed = shipped_cases()
        if as_json:
            print_json([{"name": name, "title": title} for name, title in listed])
            return
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, show_header=False, pad_edge=False)
        table.add_column(style="bold cyan", no_wrap=True)
        table.add_column()
        for case, title in listed:
            table.add_row(case, title)
        show(table, "[bold]dendrion run NAME[/] simulates one; [bold]dendrion cases NAME[/] prints it")


def _print_case(name: str, as_json: bool) -> None:
    from importlib import resources

    from dendrion.case import load_case
    from dendrion.cli.output import print_json
    from dendrion.errors import InputError

    text = resources.files("dendrion.case") / "shipped" / f"{name}.yaml"
    if not text.is_file():
        from difflib import get_close_matches

        from dendrion.case import shipped_cases

        names = [case for case, _ in shipped_cases()]
        near = get_close_matches(name, names, n=1, cutoff=0.4)
        raise InputError(
            "no case of that name is shipped", field="case", value=name,
            allowed=", ".join(names), hint=near[0] if near else None,
        )  # fmt: skip
    if as_json:
        print_json(load_case(name).resolved()["case"])
    else:
        typer.echo(text.read_text(encoding="utf-8"), nl=False)
