"""``dendrion theory``: closed-form and one-dimensional models, evaluated, mapped, fitted and compared."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from ..theory import Evaluation, Inputs, Spreads

theory_app = typer.Typer(
    name="theory", help="Closed-form and one-dimensional models of metal dendrites.", no_args_is_help=True
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON (SI units) for machines.")]
ModelName = Annotated[str, typer.Argument(metavar="MODEL", help="A model of `dendrion theory list`.")]
Metal = Annotated[str | None, typer.Option("--metal", help="Its claims supply inputs, for instance Li.")]
Electrolyte = Annotated[str | None, typer.Option("--electrolyte", help="Likewise, for instance LLZO.")]
Values = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KEY=VALUE]...", help='Inputs with units: current_density="1 mA/cm^2".'),
]
Uncertainty = Annotated[
    int, typer.Option("--uncertainty", help="Draw that many samples of the claims' spreads.")
]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the samples.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Where the figure (.png) goes; the table (.csv) beside it.")
]
_PIPE_WIDTH = 150


@theory_app.command("list")
def list_command(as_json: AsJson = False) -> None:
    """Lists the models: field, kind, scale, one line each."""
    from ..theory import models
    from ..theory.describe import head

    heads = [head(model) for model in models().values()]
    if as_json:
        _print_json(heads)
        return
    table = _table("model", "field", "kind", "scale", "answers")
    for item in heads:
        table.add_row(
            item["name"], item["field"], item["kind"], item["scale"], f"{item['answers']} [{item['unit']}]"
        )
    _print(table, f"{len(heads)} models; `dendrion theory show MODEL` says all about one")


@theory_app.command("show")
def show_command(
    name: ModelName, metal: Metal = None, electrolyte: Electrolyte = None, as_json: AsJson = False
) -> None:
    """Shows a model: equations, assumptions, inputs with their claims, references, what it can't say."""
    from ..theory import Pair, model_named
    from ..theory.describe import reference_text, whole

    model = model_named(name)
    about = whole(model, Pair.of(metal, electrolyte))
    if as_json:
        _print_json(about)
        return
    _print(
        f"{about['name']}: {about['title']}",
        f"{about['kind']}: {about['kind_means']}",
        f"system: {about['system']}; {about['scale']}",
        "",
    )
    for title in ("equations", "assumptions", "limits"):
        _print(title.replace("limits", "what it can't say"), *(f"  {line}" for line in about[title]))
    table = _table("input", "unit", "meaning", "allowed", "default", "from")
    for key, row in about["inputs"].items():
        default = (
            row["default"]
            if isinstance(row["default"], str) or row["default"] is None
            else f"{row['default']:.6g}"
        )
        table.add_row(
            key,
            row["unit"],
            row["meaning"],
            row["allowed"],
            default or "",
            row["from"] or (row["claim"] or ""),
        )
    answers = _table("answer", "unit", "meaning")
    for key, row in about["outputs"].items():
        answers.add_row(key, row["unit"], row["meaning"])
    _print(table, answers, f"concludes: {about['conclusion']}")
    _print(
        *(f"reference: {reference_text(item)}" for item in model.card.references), f"try: {about['example']}"
    )


@theory_app.command("eval")
def eval_command(
    name: ModelName, values: Values = None, metal: Metal = None, electrolyte: Electrolyte = None,
    uncertainty: Uncertainty = 0, seed: Seed = 0, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Evaluates a model: claims of a pair of materials, and your own numbers in their place."""
    from ..theory import Pair, model_named, resolve, sample

    inputs = resolve(model_named(name), _pairs(values), Pair.of(metal, electrolyte))
    evaluation = inputs.build().evaluate()
    spreads = sample(inputs, uncertainty, seed) if uncertainty else None
    if as_json:
        _print_json(_as_json(evaluation, inputs, spreads))
    else:
        _show_evaluation(evaluation, inputs, spreads)


@theory_app.command("map")
def map_command(
    name: ModelName, values: Values = None, metal: Metal = None, electrolyte: Electrolyte = None,
    out: Out = None, answer: Annotated[str | None, typer.Option("--answer", help="Which answer to draw.")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Maps a model over two inputs: x=low:high:count y=low:high:count draw a figure and a table.

    Without axes the model's own regime map is drawn.
    """
    from ..theory import Pair, model_named, parse_axis, regime_map
    from ..theory.figures import draw_map

    model = model_named(name)
    texts = values or []
    axes = [parse_axis(text, model) for text in texts if text.count(":") >= 2]
    given = _pairs([text for text in texts if text.count(":") < 2])
    if not axes and model.card.regime:
        axes = [(axis, 60) for axis in model.card.regime]
        given = given or {k: v for k, v in model.card.example.items() if k not in ("metal", "electrolyte")}
        given = {k: v for k, v in given.items() if k not in {axis.name for axis, _ in axes}}
        metal, electrolyte = (
            metal or model.card.example.get("metal"),
            electrolyte or model.card.example.get("electrolyte"),
        )
    if len(axes) != 2:
        raise InputError(
            "a map has two axes",
            field=name,
            value=f"{len(axes)} given",
            hint="current_density=0.1 mA/cm^2:10 mA/cm^2:50",
        )
    if answer is not None and answer not in model.outputs:
        raise InputError("unknown answer", field=name, value=answer, allowed=", ".join(model.outputs))
    found = regime_map(
        model, given, (axes[0][0], axes[1][0]), (axes[0][1], axes[1][1]), Pair.of(metal, electrolyte)
    )
    picture = out or Path(f"{model.card.name}_map.png")
    files = [
        draw_map(found, picture.with_suffix(".png"), answer),
        found.write_csv(picture.with_suffix(".csv")),
    ]
    if as_json:
        _print_json(
            {"model": model.card.name, "x": found.x_name, "y": found.y_name, "files": [str(f) for f in files]}
        )
    else:
        sys.stdout.writelines(f"{file}\n" for file in files)


def _pairs(texts: list[str] | None) -> dict[str, str]:
    """``key=value`` texts as a mapping.

    Raises:
        InputError: no equals sign, or a key given twice.
    """
    found: dict[str, str] = {}
    for text in texts or []:
        key, equals, value = text.partition("=")
        if not equals or not key.strip() or not value.strip():
            raise InputError("an input is written key=value", value=text, hint='current_density="1 mA/cm^2"')
        if key.strip() in found:
            raise InputError("this input is given twice", field=key.strip(), value=value.strip())
        found[key.strip()] = value.strip()
    return found


def _as_json(evaluation: Evaluation, inputs: Inputs, spreads: Spreads | None) -> dict[str, Any]:
    content = evaluation.as_dict()
    content["messages"] += list(inputs.messages)
    content["inputs"] = {
        name: {"value": value if isinstance(value, str) or value is None else float(value),
               "unit": inputs.model.parameters()[name].unit, "from": str(inputs.origins[name])}
        for name, value in inputs.values.items()
    }  # fmt: skip
    if spreads is not None:
        content["uncertainty"] = {
            "samples": spreads.count, "sampled": list(spreads.sampled), "refused_share": spreads.refused,
            "quantiles_5_50_95": {name: list(q) for name, q in spreads.quantiles.items()},
        }  # fmt: skip
    return content


def _show_evaluation(evaluation: Evaluation, inputs: Inputs, spreads: Spreads | None) -> None:
    given = _table("input", "value", "from")
    for name, value in inputs.values.items():
        if value is not None:
            given.add_row(
                name, _people(value, inputs.model.parameters()[name].kind), str(inputs.origins[name])
            )
    columns = ("answer", "value", "5 % – 95 %", "meaning") if spreads else ("answer", "value", "meaning")
    table = _table(*columns)
    for name, answer in evaluation.answers.items():
        row = [name, _people(answer.value, answer.kind)]
        if spreads:
            ends = spreads.quantiles.get(name)
            row.append(f"{_people(ends[0], answer.kind)} – {_people(ends[2], answer.kind)}" if ends else "")
        table.add_row(*row, answer.meaning)
    kind = evaluation.provenance["kind"]
    notes = [f"{evaluation.validity}: {text}" for text in (*evaluation.messages, *inputs.messages)]
    limits = [f"it can't say: {text}" for text in inputs.model.card.limits]
    _print(f"{evaluation.model} ({kind})", given, table, *notes, *limits)


def _people(value: Any, kind: str) -> str:
    """An SI value in a unit that people use; words as they are."""
    from ..units import format_quantity

    if isinstance(value, str) or (getattr(value, "dtype", None) is not None and value.dtype.kind in "USb"):
        return str(value)
    return format_quantity(float(value), kind)


def _table(*columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=place == 0)
    return table


def _print(*parts: Any) -> None:
    import os

    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPE_WIDTH
    for part in parts:
        console.print(Text(part) if isinstance(part, str) else part)


def _print_json(content: Any) -> None:
    from .output import print_json

    print_json(content)
