"""Where the command line writes: results to standard output, progress and errors to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from dendrion.errors import DendrionError


def console(error: bool = False, quiet: bool = False) -> Console:
    """A rich console; without colours where the output is no terminal."""
    from rich.console import Console as RichConsole

    return RichConsole(stderr=error, quiet=quiet, highlight=False)


def show(*items: RenderableType) -> None:
    """Prints to standard output."""
    target = console()
    for item in items:
        target.print(item)


def print_json(content: Any) -> None:
    """Prints strict JSON to standard output."""
    from dendrion.runs.files import to_json

    sys.stdout.write(to_json(content) + "\n")


def print_paths(paths: Iterable[Path]) -> None:
    """Prints one path a line, unbroken, so that it can be copied."""
    for path in paths:
        sys.stdout.write(f"{path}\n")


def print_error(error: DendrionError, as_json: bool = False) -> None:
    """Prints a refusal or failure for people, or as JSON."""
    if as_json:
        print_json({"error": _parts(error)})
        return
    from rich.text import Text

    first, _, rest = str(error).partition("\n")
    word = "refused" if error.exit_code == 2 else "failed"
    console(error=True).print(Text.assemble((f"{word}: ", "bold red"), (first, "bold")), soft_wrap=True)
    if rest:
        console(error=True).print(Text(rest), soft_wrap=True)


def _parts(error: DendrionError) -> dict[str, Any]:
    """What programs want to know of an error; several refusals are listed one by one."""
    several = getattr(error, "errors", None)
    if several:
        return {"kind": type(error).__name__, "errors": [_parts(one) for one in several]}
    names = ("problem", "field", "value", "allowed", "hint", "location")
    parts = {name: getattr(error, name, None) for name in names}
    return {
        "kind": type(error).__name__,
        "message": str(error),
        **{name: str(part) for name, part in parts.items() if part is not None},
    }
