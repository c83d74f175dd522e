"""The theory page of the documentation, made from the registry: ``python -m dendrion.theory.document``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from .card import FIELDS, KINDS_OF_MODEL, SURVEY, Card
from .describe import example_command, reference_text
from .model import Model
from .registry import models

_HEAD = f"""# Theory models

<!-- Written by `python -m dendrion.theory.document`; a test holds it to the code. Change the models, not this page. -->

Closed-form and one-dimensional models of metal dendrites after {SURVEY}. Every row is code:
`dendrion theory show MODEL` says all about one, `eval` evaluates it with the claims of a pair of materials,
`map` draws it over two inputs, `fit` fits it to a table, `compare` asks all of them about one cell and names
their contradictions. In Python: `dendrion.theory.for_cell("sand_time", metal="Li", electrolyte="LiPF6-EC-DMC",
current_density="1 mA/cm^2").evaluate()`. Inputs are SI; arrays, NumPy's or JAX's, give arrays.

What the kinds mean:

"""


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD.rstrip("\n")
    yield ""
    for kind, meaning in KINDS_OF_MODEL.items():
        yield f"- **{kind}**: {meaning}."
    yield from _table("Electrochemical and nucleation models (the survey's Table 2)", FIELDS[:4])
    yield from _table("Stress and coupled models (the survey's Table 3)", FIELDS[4:])
    for section in FIELDS:
        yield f"\n## {section.capitalize()}"
        for model in models().values():
            if model.card.field == section:
                yield from _model(model)


def _table(title: str, sections: tuple[str, ...]) -> Iterator[str]:
    yield f"\n## {title}\n"
    yield "| system | model | parameters | assumptions | scale | limits | conclusion | reference |"
    yield "|---|---|---|---|---|---|---|---|"
    for model in models().values():
        card = model.card
        if card.field in sections:
            name = f"[{card.title}](#{card.name}), {card.kind}"
            needed = ", ".join(p.name for p in model.parameters().values() if p.required)
            cells = (card.system, name, needed, "; ".join(card.assumptions), card.scale, "; ".join(card.limits), card.conclusion,
                     "; ".join(reference_text(r) for r in card.references))  # fmt: skip
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _model(model: type[Model]) -> Iterator[str]:
    card = model.card
    yield f"\n### {card.name}\n"
    yield f"{card.title} ({card.kind}; {card.scale}; [code](../{_path(model)})). {_sentence(card.conclusion)}\n"
    yield from (f"- {equation}" for equation in card.equations)
    yield f"\nAssumes: {'; '.join(card.assumptions)}.\n\nCan't say: {'; '.join(card.limits)}.\n"
    yield "| input | unit | meaning | allowed | claim or default |"
    yield "|---|---|---|---|---|"
    for about in model.parameters().values():
        default = (
            ""
            if about.required
            else f"{about.default:g}"
            if isinstance(about.default, float)
            else str(about.default)
        )
        source = " or ".join(part for part in (f"`{about.claim}`" if about.claim else "", default) if part)
        yield f"| `{about.name}` | {about.unit} | {about.meaning} | {about.allowed} | {source or 'required'} |"
    yield "\n| answer | unit | meaning |\n|---|---|---|"
    yield from (f"| `{name}` | {out.unit} | {out.meaning} |" for name, out in model.outputs.items())
    yield f"\n{_extras(card)}`{example_command(card)}`"


def _extras(card: Card) -> str:
    references = "; ".join(reference_text(item) for item in card.references)
    fit = f"Fits {', '.join(card.fit.free)} to {card.fit.output} over {card.fit.over}. " if card.fit else ""
    return f"References: {references}. {fit}Example: "


def _path(model: type[Model]) -> str:
    return "src/" + model.__module__.replace(".", "/") + ".py"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


if __name__ == "__main__":
    sys.stdout.write(page())
