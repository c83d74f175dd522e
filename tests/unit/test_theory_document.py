"""The theory page is what the registry says."""

from pathlib import Path

from dendrion.theory import models
from dendrion.theory.document import page

PAGE = Path(__file__).parents[2] / "docs" / "theory.md"


def test_the_page_is_current() -> None:
    """Otherwise: python -m dendrion.theory.document > docs/theory.md."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_model_has_its_row_and_section() -> None:
    text = page()
    for name, model in models().items():
        assert f"\n### {name}\n" in text
        assert f"](#{name}), {model.card.kind} |" in text
        for reference in model.card.references:
            assert reference.doi is None or reference.doi in text
