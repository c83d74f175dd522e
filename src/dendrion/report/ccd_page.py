"""The page about a virtual test of the critical current density."""

from __future__ import annotations

from pathlib import Path

from dendrion.report.ccd_tables import answer_lines, outcome_rows
from dendrion.report.page import MOST_ROWS, Page, Table, claims_table, made_by, pictures_of
from dendrion.study.ccd import CcdFolder
from dendrion.units import format_quantity


def page_of_ccd(folder: CcdFolder, *, draw: bool = True) -> Page:
    """The page about a test, whole or interrupted."""
    content, protocol = folder.content, folder.protocol
    first, *more = answer_lines(folder)
    heads, rows = outcome_rows(folder)
    note = f"The first {MOST_ROWS} of {len(rows)}; all are in outcomes.csv." if len(rows) > MOST_ROWS else ""
    method = "theory models" if content["test"]["method"] == "fast" else "field engine"
    limits = [
        [name.replace("_", " "), format_quantity(value, "current_density", 3)]
        for name, value in (content.get("limits_A_per_m2") or {}).items()
    ]
    return Page(
        title=content["title"] or folder.path.name,
        subtitle=f"virtual test of {content['test']['specimens']} specimens ({method})",
        status=content["status"],
        question=[
            "Which current density does this cell stand, by this protocol?",
            f"Protocol: {protocol.title} ({protocol.kind.replace('_', ' ')}), {len(protocol.currents)} steps.",
        ],
        answer=". ".join(more) + "." if more else first,
        numbers=_numbers(folder),
        warnings=[*content.get("warnings", []), *(f"{number} × {reason}" for reason, number in content.get("lost", {}).items())],
        validity=_validity(folder),
        pictures=pictures_of(_drawn(folder, draw)),
        tables=[
            *([Table("Nominal limits", ["limit", "current density"], limits, "In the half-cycles looked at last.")] if limits else []),
            Table("Every specimen", heads, rows[:MOST_ROWS], note, folded=True),
            claims_table(content["provenance"]),
        ],
        commands=[_command(folder)],
        case=folder.case_file.read_text(encoding="utf-8"),
        provenance=made_by(content["provenance"]),
    )  # fmt: skip


def _numbers(folder: CcdFolder) -> list[tuple[str, str]]:
    content = folder.content
    numbers = [("specimens", str(len(folder.outcomes))), ("flaws", str(content.get("flaws", "")))]
    if (fit := content.get("fit")) is not None:
        for name, key in (("median", "median_A_per_m2"), ("Weibull scale", "scale_A_per_m2")):
            numbers.append((name, format_quantity(fit[key], "current_density", 3)))
        numbers.append(("Weibull shape", f"{fit['shape']:.3g}"))
    return numbers


def _validity(folder: CcdFolder) -> list[str]:
    content = folder.content
    lines = [
        "A critical current density belongs to its protocol, flaws, interface, temperature and pressure; compare like with like.",
        *content.get("notes", []),
    ]
    if content["test"]["method"] == "fast":
        lines.append(
            "A specimen fails in the first half-cycle of the step that exceeds its smallest limit; nothing accumulates."
        )
    else:
        lines.append("One grid: repeat some specimens on a finer one before you rely on the numbers.")
    if content.get("no_fit"):
        lines.append(f"No distribution: {content['no_fit']}")
    return lines


def _command(folder: CcdFolder) -> str:
    test, ladder = folder.content["test"], folder.content["protocol"]["current"]
    step = (
        f"--factor {ladder['factor']}"
        if "factor" in ladder
        else f'--increment "{ladder["increment"]}"'
        if "increment" in ladder
        else ""
    )
    fast = " --fast" if test["method"] == "fast" else ""
    return (
        f"dendrion ccd case.yaml --protocol {test['protocol']['name']}{fast} --seeds {test['specimens']} --seed {test['seed']} "
        f'--flaws "{test["flaws"]}" --start "{ladder["start"]}" {step} --end "{ladder["end"]}"'
    )


def _drawn(folder: CcdFolder, draw: bool) -> list[Path]:
    if draw:
        from dendrion.report.ccd_figures import draw_ccd

        return draw_ccd(folder)
    return sorted(folder.figures.glob("*.png"))
