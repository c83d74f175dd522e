"""``dendrion theory``: closed-form and one-dimensional models, evaluated, mapped, fitted and compared."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import InputError
from .theory_data_command import compare_command, fit_command
from .theory_output import (
    AsJson,
    Electrolyte,
    Metal,
    ModelName,
    Out,
    Seed,
    Uncertainty,
    Values,
    pairs_of,
    people,
    print_machine,
    print_people,
    table_of,
)

if TYPE_CHECKING:
    from ..theory import Evaluation, Inputs, Spreads

theory_app = typer.Typer(
    name="theory", help="Closed-form and one-dimensional models of metal dendrites.", no_args_is_help=True
)

theory_app.command("fit")(fit_command)
theory_app.command("compare")(compare_command)


@theory_app.command("list")
def list_command(as_json: AsJson = False) -> None:
    """Lists the models: field, kind, scale, one line each."""
    from ..theory import models
    from ..theory.describe import head

    heads = [head(model) for model in models().values()]
    if as_json:
        print_machine(heads)
        return
    table = table_of("model", "field", "kind", "scale", "answers")
    for item in heads:
        table.add_row(
            item["name"], item["field"], item["kind"], item["scale"], f"{item['answers']} [{item['unit']}]"
        )
    print_people(table, f"{len(heads)} models; `dendrion theory show MODEL` says all about one")


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
        print_machine(about)
        return
    print_people(
        f"{about['name']}: {about['title']}",
        f"{about['kind']}: {about['kind_means']}",
        f"system: {about['system']}; {about['scale']}",
        "",
    )
    for title in ("equations", "assumptions", "limits"):
        print_people(title.replace("limits", "what it can't say"), *(f"  {line}" for line in about[title]))
    table = table_of("input", "unit", "meaning", "allowed", "default", "from")
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
    answers = table_of("answer", "unit", "meaning")
    for key, row in about["outputs"].items():
        answers.add_row(key, row["unit"], row["meaning"])
    print_people(table, answers, f"concludes: {about['conclusion']}")
    print_people(
        *(f"reference: {reference_text(item)}" for item in model.card.references), f"try: {about['example']}"
    )


@theory_app.command("eval")
def eval_command(
    name: ModelName, values: Values = None, metal: Metal = None, electrolyte: Electrolyte = None,
    uncertainty: Uncertainty = 0, seed: Seed = 0, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Evaluates a model: claims of a pair of materials, and your own numbers in their place."""
    from ..theory import Pair, model_named, resolve, sample

    inputs = resolve(model_named(name), pairs_of(values), Pair.of(metal, electrolyte))
    evaluation = inputs.build().evaluate()
    spreads = sample(inputs, uncertainty, seed) if uncertainty else None
    if as_json:
        print_machine(_as_json(evaluation, inputs, spreads))
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
    given = pairs_of([text for text in texts if text.count(":") < 2])
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
        print_machine(
            {"model": model.card.name, "x": found.x_name, "y": found.y_name, "files": [str(f) for f in files]}
        )
    else:
        sys.stdout.writelines(f"{file}\n" for file in files)


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
    given = table_of("input", "value", "from")
    for name, value in inputs.values.items():
        if value is not None:
            given.add_row(
                name, people(value, inputs.model.parameters()[name].kind), str(inputs.origins[name])
            )
    columns = ("answer", "value", "5 % – 95 %", "meaning") if spreads else ("answer", "value", "meaning")
    table = table_of(*columns)
    for name, answer in evaluation.answers.items():
        row = [name, people(answer.value, answer.kind)]
        if spreads:
            ends = spreads.quantiles.get(name)
            row.append(f"{people(ends[0], answer.kind)} – {people(ends[2], answer.kind)}" if ends else "")
        table.add_row(*row, answer.meaning)
    kind = evaluation.provenance["kind"]
    notes = [f"{evaluation.validity}: {text}" for text in (*evaluation.messages, *inputs.messages)]
    limits = [f"it can't say: {text}" for text in inputs.model.card.limits]
    print_people(f"{evaluation.model} ({kind})", given, table, *notes, *limits)
