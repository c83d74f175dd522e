"""The theory pages of the documentation, made from the registry.

``python -m dendrion.theory.document`` prints the index ``docs/theory.md`` (checked in; a test holds it to the code).
``docs/theory/MODEL.md`` has a model's physics, written by hand; ``framed`` puts equations, inputs, answers, references,
figure and code around it when the site is built.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

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
current_density="1 mA/cm^2").evaluate()`. Inputs are SI; arrays, NumPy's or JAX's, give arrays. Models marked
numerical are marched in NumPy, a cell at a time, and can't be traced by JAX.

What the kinds mean:

"""
_COARSE, _FINE = 6, 40


def page() -> str:
    """The index: both tables of the survey, and where the counted checks are."""
    return "\n".join(_index()) + "\n"


def framed(name: str, physics: str) -> str:
    """The page of one model: ``physics``, written by hand, between what the registry knows."""
    return "\n".join(_page(models()[name], physics.strip())) + "\n"


def draw(name: str, path: Path) -> Path:
    """Draws the regime map of a model's example; coarse where the model is solved numerically."""
    from .figures import draw_map
    from .regime_map import regime_map
    from .resolve import Pair

    model = models()[name]
    if model.card.regime is None:
        raise ValueError(f"{name} has no regime map")
    axes = model.card.regime
    given = {
        key: value for key, value in model.card.example.items() if key not in {axis.name for axis in axes}
    }
    pair = Pair.of(given.pop("metal", None), given.pop("electrolyte", None))
    count = _COARSE if model.card.costly else _FINE
    return draw_map(regime_map(model, given, axes, (count, count), pair), path)


def _index() -> Iterator[str]:
    yield _HEAD.rstrip("\n")
    yield ""
    for kind, meaning in KINDS_OF_MODEL.items():
        yield f"- **{kind}**: {meaning}."
    yield ("\nWhich golden values and validation rows each model is held to, how many pass and which do not and why: "
           "[theory-rows.md](theory-rows.md).")  # fmt: skip
    yield from _table("Electrochemical and nucleation models (the survey's Table 2)", FIELDS[:4])
    yield from _table("Stress and coupled models (the survey's Table 3)", FIELDS[4:])


def _table(title: str, sections: tuple[str, ...]) -> Iterator[str]:
    yield f"\n## {title}\n"
    yield "| system | model | parameters | assumptions | scale | limits | conclusion | reference | code |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for model in models().values():
        card = model.card
        if card.field in sections:
            name = f"[{card.title}](theory/{card.name}.md), `{card.name}`, {card.kind}"
            needed = ", ".join(p.name for p in model.parameters().values() if p.required)
            cells = (card.system, name, needed, "; ".join(card.assumptions), card.scale, "; ".join(card.limits), card.conclusion,
                     "; ".join(reference_text(r) for r in card.references), f"[{Path(_path(model)).name}](../{_path(model)})")  # fmt: skip
            yield "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _page(model: type[Model], physics: str) -> Iterator[str]:
    card = model.card
    yield f"# {card.title}\n"
    yield f"`{card.name}`: {card.field}, **{card.kind}** ({KINDS_OF_MODEL[card.kind]}). {card.scale}. {_sentence(card.system)}\n"
    yield f"{_sentence(card.conclusion)}\n"
    yield from (f"- {_no_link(equation)}" for equation in card.equations)
    yield f"\n## Physics\n\n{physics}\n"
    yield f"Assumes: {'; '.join(card.assumptions)}.\n\nCan't say: {'; '.join(card.limits)}.\n"
    yield f"## Map\n\n![Regime map of {card.name}](figures/{card.name}.png)\n"
    yield f"`{example_command(card)}` evaluates the example; `dendrion theory map {card.name}` draws this map.\n"
    yield from _numbers(model)
    yield f"\n## References\n\n{_extras(card)}"
    yield f"\n## Code\n\n`{_path(model)}`\n\n```python\n{inspect.getsource(model).rstrip()}\n```"


def _numbers(model: type[Model]) -> Iterator[str]:
    yield "## Inputs\n\n| input | unit | meaning | allowed | claim or default |"
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
        yield f"| `{about.name}` | {about.unit} | {_cell(about.meaning)} | {about.allowed} | {source or 'required'} |"
    yield "\n## Answers\n\n| answer | unit | meaning |\n|---|---|---|"
    yield from (f"| `{name}` | {out.unit} | {_cell(out.meaning)} |" for name, out in model.outputs.items())


def _extras(card: Card) -> str:
    references = "\n".join(f"- {reference_text(item)}" for item in card.references)
    fit = (
        f"\n\nFits {', '.join(card.fit.free)} to {card.fit.output} over {card.fit.over}: `dendrion theory fit {card.name} DATA.csv`."
        if card.fit
        else ""
    )
    return references + fit


def _path(model: type[Model]) -> str:
    return "src/" + model.__module__.replace(".", "/") + ".py"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _no_link(equation: str) -> str:
    """Brackets that touch in an equation are no link."""
    return equation.replace("](", "]\\(").replace("][", "]\\[")


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


if __name__ == "__main__":
    sys.stdout.write(page())
