"""``dendrion report``: one page about a run, a sweep or a virtual test."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    source: Annotated[
        Path, typer.Argument(metavar="RUN|SWEEP|CCD", help="Folder of a run, a sweep or a virtual test.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="The page; default report.html in the folder.")
    ] = None,
    no_pictures: Annotated[bool, typer.Option("--no-pictures", help="Draw nothing new.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Writes one self-contained HTML page: question, answer, warnings, figures, sources, how to reproduce it."""
    from dendrion.cli.output import print_json, print_paths
    from dendrion.report.page import write_report

    path = write_report(source, out, draw=not no_pictures)
    if as_json:
        print_json({"path": str(path), "bytes": path.stat().st_size})
    else:
        print_paths([path])
