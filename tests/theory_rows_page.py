"""docs/theory-rows.md from tests/theory_rows.yaml: ``python -m tests.theory_rows_page > docs/theory-rows.md``."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

TESTS = Path(__file__).parent
STATES = ("passes", "differs", "not_reached", "elsewhere")

_HEAD = """# What the theory models are held to

<!-- Written by `python -m tests.theory_rows_page` from tests/theory_rows.yaml; a test holds it to both. -->

Every golden value and validation row of the physics references that belongs to a theory model, with its tolerance, tag,
DOI and test. *Passes*: the test asserts the value. *Differs*: the reference contradicts itself or its own equation; the
test asserts what is right and shows the difference. *Not reached* and *elsewhere* say why.

Tags: C computed, D derived, S source read, W well known, E estimate, R trend check of a reconstruction.
"""


def content() -> dict[str, list[dict[str, Any]]]:
    """The rows and refusals of the list."""
    return YAML(typ="safe").load((TESTS / "theory_rows.yaml").read_text(encoding="utf-8"))


def page() -> str:
    """The page as Markdown."""
    return "\n".join(_lines(content())) + "\n"


def _lines(whole: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    yield _HEAD
    yield "| state | rows | values | refusals |\n|---|---|---|---|"
    for state in STATES:
        rows = [row for row in whole["rows"] if row["state"] == state]
        refusals = [row for row in whole["refusals"] if row["state"] == state]
        yield f"| {state.replace('_', ' ')} | {len(rows)} | {sum(row['values'] for row in rows)} | {len(refusals)} |"
    yield f"| all | {len(whole['rows'])} | {sum(row['values'] for row in whole['rows'])} | {len(whole['refusals'])} |"
    yield "\n## What does not pass, and why\n\n| row | model | what | state | why |\n|---|---|---|---|---|"
    for row in whole["rows"]:
        if row["state"] != "passes":
            yield f"| {row['id']} | {_model(row['model'])} | {row['what']} | {row['state'].replace('_', ' ')} | {row['why']} |"
    for row in whole["refusals"]:
        if row["state"] != "passes":
            yield f"| refusal {row['where']} | {', '.join(map(_model, row['models']))} | {row['what']} | {row['state'].replace('_', ' ')} | {row['why']} |"
    yield "\n## Rows\n\n| row | model | what | values | tolerance | tag | DOI | state | test |\n|---|---|---|---|---|---|---|---|---|"
    for row in whole["rows"]:
        cells = (row["id"], _model(row["model"]), row["what"] + (f" ({row['why']})" if row["state"] == "passes" and "why" in row else ""),
                 row["values"], row.get("tolerance", ""), row["tag"], row.get("doi", ""), row["state"].replace("_", " "), _test(row))  # fmt: skip
        yield "| " + " | ".join(str(cell) for cell in cells) + " |"
    yield "\n## Refusals\n\n| where | models | refused | test |\n|---|---|---|---|"
    for row in whole["refusals"]:
        if row["state"] == "passes":
            yield f"| {row['where']} | {', '.join(map(_model, row['models']))} | {row['what']} | {_test(row)} |"


def _model(name: str) -> str:
    return f"[{name}](theory/{name}.md)"


def _test(row: dict[str, Any]) -> str:
    return f"`{row['test'].partition('::')[2]}`" if "test" in row else ""


if __name__ == "__main__":
    sys.stdout.write(page())
