"""The table of strategies for the documentation: ``python -m dendrion.strategy.document > docs/strategies-table.md``."""

from __future__ import annotations

from .base import Strategy
from .card import COMPLEXITY, Finding
from .registry import strategies

HEAD = """# What the survey says of each strategy, and what dendrion finds

Made by `python -m dendrion.strategy.document`; a test holds it to the code. *reached*: the sign, and the size within a factor
of 1.5. *sign*: the sign alone; where the survey gives no size that is all there is to reach. *not reached*: said, with the
number. How to read and use the strategies: [strategies](strategies.md).

| strategy | what is reported | reported | found | outcome | source |
|---|---|---|---|---|---|
"""


def table() -> str:
    """The whole page."""
    rows = [_row(strategy, finding) for strategy in strategies().values() for finding in strategy.findings()]
    parts = [HEAD + "\n".join(rows), "## Why, what it changes, and what it costs"]
    parts += [_section(strategy) for strategy in strategies().values()]
    return "\n\n".join(parts) + "\n"


def _row(strategy: Strategy, finding: Finding) -> str:
    one = finding.statement
    arrow = {"up": "↑", "down": "↓", "none": "none"}[one.sign]
    unit = "" if one.unit == "1" else f" {one.unit}"
    bound = "at least " if one.bound == "lower" else ""
    reported = f"{arrow} {bound}{one.value:g}{unit}" if one.value is not None else f"{arrow}, no size"
    doi = f" [{one.doi}](https://doi.org/{one.doi})" if one.doi else ""
    return (
        f"| [{strategy.name}](#{strategy.name}) | {one.text} ({one.quantity}) | {reported} | {finding.value:.3g}{unit} | "
        f"{finding.outcome} | {one.source}{doi}, tag {one.tag} |"
    )


def _section(strategy: Strategy) -> str:
    kinds = ", ".join(kind.replace("_", " ") for kind in strategy.classes) or "all electrolytes"
    lines = [
        f"### {strategy.name}", "",
        f"{strategy.title}: changes {strategy.changes}. For {kinds}. {strategy.kind.capitalize()}; acts on the "
        f"{'case' if strategy.engine == 'case' else 'theory alone'}; effort: {COMPLEXITY[strategy.complexity]}.", "",
    ]  # fmt: skip
    lines += [f"- *{finding.statement.name}*: {finding.why}." for finding in strategy.findings()]
    lines += ["", "| number | value | range | source |", "|---|---|---|---|"]
    for number in strategy.numbers.values():
        spread = "" if number.spread.low is None else f"{number.spread.low:g} to {number.spread.high:g}"
        lines.append(
            f"| {number.name} | {number.value:g} {number.unit} | {spread} | {number.reference} |".replace(
                " 1 |", " |"
            )
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(), end="")
