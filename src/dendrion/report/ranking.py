"""A ranking of strategies as files: JSON, a CSV table and the Pareto figure."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from dendrion.report.pareto import draw_pareto
from dendrion.runs.files import write_json, write_text

if TYPE_CHECKING:
    from dendrion.strategy.rank import Ranking

COLUMNS = (
    "strategies", "gain", "low", "median", "high", "better", "value", "mechanism", "lost", "resistance", "energy_share",
    "power", "complexity", "engine", "front",
)  # fmt: skip


def ranking_table(ranking: Ranking) -> str:
    """The ranking as CSV text, SI, best first."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in ranking.entries:
        writer.writerow([entry.label, *(getattr(entry, name) for name in COLUMNS[1:])])
    return text.getvalue()


def write_ranking(ranking: Ranking, folder: Path) -> list[Path]:
    """Writes ``ranking.json``, ``ranking.csv`` and ``pareto.png`` into the folder and returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / "ranking.json", folder / "ranking.csv", folder / "pareto.png"]
    write_json(paths[0], ranking.as_dict())
    write_text(paths[1], ranking_table(ranking))
    return [*paths[:2], draw_pareto(ranking, paths[2])]
