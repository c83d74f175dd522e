"""``dendrion theory fit`` and ``compare``: models against measured points, and all models about one cell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import InputError
from .theory_output import (
    AsJson,
    Electrolyte,
    Metal,
    ModelName,
    Out,
    Seed,
    Values,
    pairs_of,
    people,
    print_machine,
    print_people,
    table_of,
)

if TYPE_CHECKING:
    from ..theory import Comparison, FitResult


def fit_command(
    name: ModelName,
    data: Annotated[Path, typer.Argument(metavar="DATA.csv", help="Columns with units in their heads.")],
    values: Values = None, metal: Metal = None, electrolyte: Electrolyte = None, out: Out = None,
    free: Annotated[str | None, typer.Option("--free", metavar="A,B", help="Parameters to find, in place of the model's own choice.")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Fits a model to measured points: parameters with 95 % intervals, and a figure with the residuals."""
    from ..theory import Pair, fit, model_named, read_columns
    from ..theory.figures import draw_fit

    model = model_named(name)
    x, y = read_columns(data, model)
    chosen = None if free is None else tuple(name.strip() for name in free.split(","))
    result = fit(model, x, y, pairs_of(values), Pair.of(metal, electrolyte), free=chosen)
    rule = model.card.fit
    if rule is None:
        raise InputError("has no fitter", field=name)
    units = model.parameters()[rule.over].unit, model.outputs[rule.output].unit
    labels = (f"{rule.over} [{units[0]}]", f"{rule.output} [{units[1]}]")
    picture = draw_fit(
        x,
        y,
        result.fitted,
        labels,
        (out or Path(f"{model.card.name}_fit.png")).with_suffix(".png"),
        rule.logarithmic,
    )
    if as_json:
        print_machine(_fit_as_json(result, picture))
        return
    table = table_of("parameter", "value", "95 % interval")
    for key, item in result.parameters.items():
        kind = model.parameters()[key].kind
        table.add_row(key, people(item.value, kind), f"{people(item.low, kind)} – {people(item.high, kind)}")
    residual = f"root mean square residual {result.root_mean_square:.3g}" + (
        " of the logarithm" if rule.logarithmic else ""
    )
    print_people(
        f"{model.card.name} ({model.card.kind}), {x.size} points",
        table,
        residual,
        *(f"note: {m}" for m in result.messages),
        str(picture),
    )


def compare_command(
    case: Annotated[str | None, typer.Argument(metavar="[CASE]", help="A case file or shipped case; or use --metal.")] = None,
    values: Values = None, metal: Metal = None, electrolyte: Electrolyte = None, out: Out = None,
    samples: Annotated[int, typer.Option("--samples", help="Draws of the claims' spreads; 0: none.")] = 200,
    seed: Seed = 0, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Asks every model about one cell: answers, verdicts, spread, reasons for silence, contradictions."""
    from ..theory import Pair, cell_of, compare
    from ..theory.figures import draw_comparison

    texts = list(values or [])
    if case is not None and "=" in case:
        texts, case = [case, *texts], None
    if case is not None:
        from ..case import load_case

        given, pair = cell_of(load_case(case))
        if metal or electrolyte:
            raise InputError("name a case or a pair of materials, not both", field="compare", value=case)
    elif metal and electrolyte:
        given, pair = {}, Pair.of(metal, electrolyte)
    else:
        raise InputError(
            "name a case, or --metal and --electrolyte", field="compare", hint="--metal Li --electrolyte LLZO"
        )
    typed: dict[str, Any] = {**given, **_full_names(pairs_of(texts))}
    result = compare(typed, pair, samples=samples, seed=seed)
    picture = draw_comparison(result.decisions, out.with_suffix(".png")) if out is not None else None
    if as_json:
        print_machine(
            result.as_dict() | {"inputs": typed, "figure": None if picture is None else str(picture)}
        )
    else:
        _show_comparison(result)
        if picture is not None:
            print_people(str(picture))


def _full_names(given: dict[str, str]) -> dict[str, str]:
    """``current`` stands for ``current_density`` here; other names are whole."""
    return {"current_density" if key == "current" else key: value for key, value in given.items()}


def _fit_as_json(result: FitResult, picture: Path) -> dict[str, Any]:
    return {
        "model": result.model.card.name,
        "parameters": {n: {"value": p.value, "low": p.low, "high": p.high, "unit": p.unit} for n, p in result.parameters.items()},
        "root_mean_square": result.root_mean_square, "slope": result.slope.tolist(), "residuals": result.residuals.tolist(),
        "messages": list(result.messages), "figure": str(picture), "kind": result.model.card.kind,
    }  # fmt: skip


def _show_comparison(result: Comparison) -> None:
    decisions = table_of("model", "kind", "question", "demand", "limit", "verdict", "safe in", "validity")
    for item in result.decisions:
        kind = item.threshold_kind or "dimensionless"
        share = "" if item.safe_share is None else f"{100.0 * item.safe_share:.0f} %"
        decisions.add_row(
            item.model, item.kind, item.question, people(item.demand, kind), people(item.limit, kind), "safe" if item.safe else "UNSAFE", share,
            item.validity,
        )  # fmt: skip
    others = table_of("model", "kind", "answer", "value", "5 % – 95 %", "unit", "validity")
    for item in result.verdicts:
        if item.question is None:
            value = item.value if isinstance(item.value, str) else f"{item.value:.4g}"
            ends = item.answer_spread
            others.add_row(
                item.model, item.kind, item.answer, value, f"{ends[0]:.3g} – {ends[1]:.3g}" if ends else "", item.unit, item.validity
            )  # fmt: skip
    silent = [f"  {name}: {reason}" for name, reason in result.inapplicable.items()]
    against = [f"  {text}" for text in result.contradictions] or ["  none"]
    print_people(
        result.cell,
        decisions,
        "describe only:",
        others,
        "contradictions:",
        *against,
        "not applicable:",
        *silent,
    )
