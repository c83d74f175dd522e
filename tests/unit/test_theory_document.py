"""The theory pages are what the registry says."""

from pathlib import Path

import pytest

from dendrion.theory import models
from dendrion.theory.document import draw, framed, page

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_current() -> None:
    """Otherwise: python -m dendrion.theory.document > docs/theory.md."""
    assert (DOCS / "theory.md").read_text(encoding="utf-8") == page()


def test_every_model_has_its_row_with_its_code() -> None:
    text = page()
    for name, model in models().items():
        rows = [
            line
            for line in text.splitlines()
            if f"](theory/{name}.md), `{name}`, {model.card.kind} |" in line
        ]
        assert len(rows) == 1
        code = rows[0].rpartition("](")[2].partition(")")[0]
        assert f'name="{name}"' in (DOCS / code).read_text(encoding="utf-8")
        for reference in model.card.references:
            assert reference.doi is None or reference.doi in rows[0]


@pytest.mark.parametrize("name", sorted(models()))
def test_the_frame_holds_all_that_the_card_says(name: str) -> None:
    model, physics = models()[name], (DOCS / "theory" / f"{name}.md").read_text(encoding="utf-8")
    text = framed(name, physics)
    assert physics.strip() in text and f"figures/{name}.png" in text
    for part in (
        *model.card.equations,
        *model.card.assumptions,
        *model.card.limits,
        *model.parameters(),
        *model.outputs,
    ):
        assert part in text
    assert "## Code" in text and f"class {model.__name__}" in text


def test_no_page_is_left_behind() -> None:
    assert {path.stem for path in (DOCS / "theory").glob("*.md")} == set(models())


def test_figures_are_drawn(tmp_path: Path) -> None:
    assert draw("limiting_current", tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")
