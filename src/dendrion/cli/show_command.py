"""``dendrion show`` and ``dendrion export``: what is in run folders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dendrion.runs import RunFolder


def show_runs(
    runs: Annotated[
        list[Path], typer.Argument(help="One run folder, or several to compare.", metavar="RUN...")
    ],
    out: Annotated[Path, typer.Option("--out", help="Where the figure of a comparison goes.")] = Path(
        "comparison.png"
    ),
    no_pictures: Annotated[bool, typer.Option("--no-pictures", help="Draw nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Shows the summary and figures of a run, finished or not; compares several."""
    from dendrion.runs import RunFolder

    folders = [RunFolder.open(path) for path in runs]
    if len(folders) == 1:
        _show_one(folders[0], pictures=not no_pictures, as_json=as_json)
    else:
        _show_several(folders, None if no_pictures else out, as_json=as_json)


def export_fields(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    target: Annotated[str, typer.Option("--format", help="pvd, xdmf, nc or zarr.")] = "pvd",
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; default RUN/export/fields.FORMAT.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Writes the fields of a run for other tools (ParaView and xarray read fields.vtkhdf as it is)."""
    from dendrion.cli.output import print_json, print_paths
    from dendrion.runs import RunFolder
    from dendrion.runs.export import export

    path = export(RunFolder.open(run), target, out)
    if as_json:
        print_json({"path": str(path)})
    else:
        print_paths([path])


def _show_one(folder: RunFolder, pictures: bool, as_json: bool) -> None:
    from dendrion.cli.output import print_json, print_paths, show

    drawn = _pictures(folder) if pictures else []
    if as_json:
        print_json({"folder": str(folder.path), "pictures": [str(path) for path in drawn], **folder.summary})
        return
    from rich.markup import escape

    from dendrion.report.tables import summary_table

    show(f"[bold]{escape(folder.title)}[/]", summary_table(folder))
    status = folder.status
    if status["status"] == "running":
        show(f"[cyan]running[/]: {status['progress']:.0%} done, last news {status['updated']}")
    elif status["status"] in ("interrupted", "failed"):
        show(f"[yellow]{escape(status['message'])}[/]")
        show(f"to go on: [bold]dendrion run {folder.path} --resume[/]")
    print_paths([folder.path, *drawn])


def _pictures(folder: RunFolder) -> list[Path]:
    """The pictures of a run; drawn where they are missing or older than the fields."""
    if not folder.fields_file.is_file():
        return []
    final, stored = folder.figures / "final.png", folder.fields_file.stat().st_mtime
    if final.is_file() and final.stat().st_mtime >= stored:
        return sorted(folder.figures.glob("*.png")) + [path for path in (folder.movie,) if path.is_file()]
    from dendrion.report import draw_run

    return draw_run(folder, movie=folder.status["status"] != "running")


def _show_several(folders: list[RunFolder], figure: Path | None, as_json: bool) -> None:
    from dendrion.cli.output import print_json, print_paths, show
    from dendrion.runs.compare import compare

    comparison = compare(folders)
    if figure is not None:
        from dendrion.report import draw_comparison

        draw_comparison(folders, figure)
    if as_json:
        print_json(
            {
                "runs": [str(folder.path) for folder in folders],
                "inputs": comparison.inputs,
                "results": comparison.results,
                "figure": str(figure) if figure else None,
            }
        )
        return
    from dendrion.report.tables import comparison_table

    show(comparison_table(comparison))
    print_paths([figure] if figure else [])
