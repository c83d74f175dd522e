"""The command line: ``dendrion``, also ``python -m dendrion``.

Exit codes: 0 done; 2 the input is refused; 3 the simulation failed; 130 interrupted, can be resumed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from dendrion.cli.atoms_command import atoms_app
from dendrion.cli.cases_command import cases
from dendrion.cli.ccd_command import ccd
from dendrion.cli.cell_command import cell_app
from dendrion.cli.evidence_command import evidence_app
from dendrion.cli.materials_command import materials_app
from dendrion.cli.report_command import report
from dendrion.cli.run_command import run
from dendrion.cli.show_command import export_fields, show_runs
from dendrion.cli.strategy_command import apply_strategy, list_strategies, rank_strategies
from dendrion.cli.sweep_command import sweep
from dendrion.cli.theory_command import theory_app
from dendrion.errors import DendrionError

app = typer.Typer(
    name="dendrion",
    help="Metal dendrites in solid-state lithium and sodium metal batteries.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run)
app.command("cases")(cases)
app.command("sweep")(sweep)
app.command("ccd")(ccd)
app.command("strategies")(list_strategies)
app.command("apply")(apply_strategy)
app.command("rank")(rank_strategies)
app.command("report")(report)
app.command("show")(show_runs)
app.command("export")(export_fields)
app.add_typer(materials_app, name="materials")
app.add_typer(evidence_app, name="evidence")
app.add_typer(theory_app, name="theory")
app.add_typer(cell_app, name="cell")
app.add_typer(atoms_app, name="atoms")

_REPORT = "this is a defect of dendrion; --debug before the command shows where it happened"


def _print_version(wanted: bool) -> None:
    if wanted:
        from dendrion import __version__

        typer.echo(f"dendrion {__version__}")
        raise typer.Exit


@app.callback()
def _global_options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of defects.")] = False,
) -> None:
    """Options that stand before the command."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and ends the process with its exit code."""
    from dendrion.cli.output import console, print_error

    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json, debug = "--json" in given, given[:1] == ["--debug"]
    try:
        app(args=given, prog_name="dendrion")
    except DendrionError as error:
        if debug:
            console(error=True).print_exception()
        print_error(error, as_json)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        console(error=True).print("interrupted")
        sys.exit(130)
    except Exception as error:  # the last resort: a person gets a sentence, not a traceback
        if debug:
            raise
        first = str(error).partition("\n")[0]
        print_error(DendrionError(f"{type(error).__name__}: {first}\n  {_REPORT}"), as_json)
        sys.exit(3)
