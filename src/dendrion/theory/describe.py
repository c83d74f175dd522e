"""A model in words: for the command line and the documentation."""

from __future__ import annotations

from typing import Any

from .card import KINDS_OF_MODEL, Card, Parameter, Reference
from .model import Model
from .resolve import Pair


def head(model: type[Model]) -> dict[str, Any]:
    """One line about a model, for lists."""
    card = model.card
    return {
        "name": card.name, "field": card.field, "kind": card.kind, "scale": card.scale, "title": card.title,
        "answers": next(iter(model.outputs)), "unit": next(iter(model.outputs.values())).unit,
    }  # fmt: skip


def whole(model: type[Model], pair: Pair | None = None) -> dict[str, Any]:
    """Everything about a model, with the claims of a pair as its defaults where one is named."""
    card = model.card
    return {
        **head(model), "system": card.system, "kind_means": KINDS_OF_MODEL[card.kind],
        "equations": list(card.equations), "assumptions": list(card.assumptions), "limits": list(card.limits),
        "conclusion": card.conclusion, "electrolyte_classes": list(card.classes) or ["all"],
        "inputs": {p.name: _input(p, pair or Pair()) for p in model.parameters().values()},
        "outputs": {name: {"unit": out.unit, "meaning": out.meaning} for name, out in model.outputs.items()},
        "references": [{"text": r.text, "doi": r.doi, "survey": r.survey} for r in card.references],
        "example": example_command(card),
        "fit": None if card.fit is None else {"over": card.fit.over, "output": card.fit.output,
            "free": card.fit.free},
    }  # fmt: skip


def example_command(card: Card) -> str:
    """The command line that evaluates the model's example."""
    words = [f"dendrion theory eval {card.name}"]
    for key, value in card.example.items():
        text = f'"{value}"' if " " in str(value) else str(value)
        words.append(f"--{key} {text}" if key in ("metal", "electrolyte") else f"{key}={text}")
    return " ".join(words)


def reference_text(reference: Reference) -> str:
    """Text, DOI and number in the survey's list."""
    doi = reference.doi and (f"doi:{reference.doi}" if reference.doi.startswith("10.") else reference.doi)
    number = f"survey [{reference.survey}]" if reference.survey else None
    return ", ".join(part for part in (reference.text, doi, number) if part)


def _input(about: Parameter, pair: Pair) -> dict[str, Any]:
    claim = pair.claim(about.claim) if about.claim else None
    default = None if about.required else about.default
    return {
        "unit": about.unit, "meaning": about.meaning, "allowed": about.allowed, "claim": about.claim,
        "default": claim.value if claim is not None else default,
        "from": claim.reference if claim is not None else None if about.required else "default of the model",
    }  # fmt: skip
