"""``dendrion strategies``, ``dendrion apply`` and ``dendrion rank``: remedies, what they change, cost and gain."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dendrion.cli.theory_output import Values, pairs_of, people, print_machine, print_people, table_of

if TYPE_CHECKING:
    from dendrion.strategy import Strategy
    from dendrion.strategy.rank import Ranking

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON (SI units) for machines.")]
CaseName = Annotated[str, typer.Argument(metavar="CASE", help="A case file or the name of a shipped case.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change the case before; repeatable.")
]


def list_strategies(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="All about one strategy.")] = None, as_json: AsJson = False
) -> None:  # fmt: skip
    """Lists the strategies against dendrites, or says all about one."""
    from dendrion.strategy import strategies, strategy_named

    if name is not None:
        strategy = strategy_named(name)
        if as_json:
            print_machine(strategy.as_dict())
        else:
            _describe(strategy)
        return
    found = strategies()
    if as_json:
        print_machine([strategy.as_dict() for strategy in found.values()])
        return
    table = table_of("strategy", "changes", "for", "acts on", "effort", "the survey's statements")
    for key, strategy in found.items():
        outcomes = ", ".join(finding.outcome for finding in strategy.findings())
        classes = ", ".join(kind.replace("_", " ") for kind in strategy.classes) or "all"
        table.add_row(key, strategy.changes, classes, strategy.engine, str(strategy.complexity), outcomes)
    print_people(table, f"{len(found)} strategies; `dendrion strategies NAME` says all about one")


def _describe(strategy: Strategy) -> None:
    from dendrion.strategy.card import COMPLEXITY, ENGINES

    lines = [
        f"{strategy.name}: {strategy.title} ({strategy.kind})", "", f"changes  {strategy.changes}",
        f"acts on  {strategy.engine}: {ENGINES[strategy.engine]}", f"effort   {COMPLEXITY[strategy.complexity]}",
        f"for      {', '.join(kind.replace('_', ' ') for kind in strategy.classes) or 'all electrolytes'}"
        + (f"; else {strategy.instead}" if strategy.instead else ""),
        f"twice    {strategy.twice}: {'the same as once' if strategy.twice == 'sets' else 'acts on what is there'}", "",
    ]  # fmt: skip
    parameters = table_of("parameter", "default", "allowed", "meaning", "source of the default")
    for about in strategy.parameters:
        number = None if about.choices else strategy.numbers[about.name]
        default = about.choices[0] if number is None else people(number.value, about.kind)
        parameters.add_row(
            about.name, default, about.allowed, about.meaning, number.reference if number else ""
        )
    print_people("\n".join(lines), parameters)
    for finding in strategy.findings():
        one = finding.statement
        size = f"{one.value:g} {one.unit}".removesuffix(" 1") if one.value is not None else "no size"
        print_people(
            f"the survey: {one.text}\n  {one.quantity}: reported {size} ({one.sign}), found {finding.value:.4g}: {finding.outcome}\n"
            f"  {finding.why}\n  {one.source}{f', DOI {one.doi}' if one.doi else ''}, tag {one.tag}{f'; {one.note}' if one.note else ''}\n"
        )  # fmt: skip


def apply_strategy(
    case: CaseName,
    strategy: Annotated[str, typer.Argument(metavar="STRATEGY", help="A strategy of `dendrion strategies`.")],
    values: Values = None,
    settings: Settings = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where the new case goes; default: printed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Writes the case with one strategy; every default comes from a source."""
    from dendrion.case import load_case
    from dendrion.runs.files import write_text
    from dendrion.strategy import apply_strategies
    from dendrion.study.half_cycle import half_cycle

    loaded = load_case(case, settings or [])
    applied = apply_strategies(loaded, [(strategy, pairs_of(values))])
    applied.need_case()
    text = f"{applied.comment()}{applied.case.to_yaml()}"
    if out is not None:
        write_text(out, text)
    used, chosen = applied.steps[0]
    cost = applied.costs[0]
    if as_json:
        print_machine({
            "strategy": used.name, "parameters": dict(chosen), "case": applied.case.given, "file": str(out) if out else None,
            "cost": {**vars(cost), "energy_lost": applied.lost(half_cycle(loaded).mean, 3.7)},
        })  # fmt: skip
        return
    typer.echo(str(out) if out else text, nl=out is not None)
    if out is not None:
        _say_cost(cost)
        for warning in applied.case.warnings:
            typer.echo(f"warning: {warning}", err=True)


def _say_cost(cost: Any) -> None:
    parts = [
        f"resistance {people(cost.resistance, 'areal_resistance')}" if cost.resistance else "",
        f"energy density {-100.0 * cost.energy_share:.3g} %" if cost.energy_share else "",
        f"power {people(cost.power, 'heat_flux')}" if cost.power else "", f"side: {cost.side}",
    ]  # fmt: skip
    typer.echo("costs " + "; ".join(part for part in parts if part), err=True)


def rank_strategies(
    case: CaseName,
    by: Annotated[str, typer.Option("--by", help="ccd or time_to_short.")] = "ccd",
    pairs: Annotated[bool, typer.Option("--pairs", help="Also every two that apply together.")] = False,
    only: Annotated[list[str] | None, typer.Option("--only", metavar="NAME", help="Only this strategy; repeatable.")] = None,
    engine: Annotated[str, typer.Option("--engine", help="fast: theory with its spread; field: a simulation each.")] = "fast",
    protocol: Annotated[
        str, typer.Option("--protocol", help="The test, for --by ccd --engine field.")
    ] = "unidirectional_plating",
    samples: Annotated[int, typer.Option("--samples", help="Draws of the claims' spreads (fast).")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the draws.")] = 0,
    workers: Annotated[int, typer.Option("--workers", help="Processes (field); 0: this one.")] = 0,
    settings: Settings = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for table, JSON and figure.")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Ranks all applicable strategies by gain against cost, with the uncertainty of the claims."""
    from dendrion.case import load_case
    from dendrion.errors import InputError
    from dendrion.report.ranking import write_ranking
    from dendrion.strategy.field_rank import rank_by_simulation
    from dendrion.strategy.rank import rank

    if engine not in ("fast", "field"):
        raise InputError("unknown engine", field="--engine", value=engine, allowed="fast, field")
    loaded = load_case(case, settings or [])
    if engine == "fast":
        found = rank(loaded, by=by, pairs=pairs, only=only, samples=samples, seed=seed)
    else:

        def show(done: int, total: int) -> None:
            if not as_json:
                typer.echo(f"{done} of {total} cases", err=True)

        found = rank_by_simulation(
            loaded, by=by, pairs=pairs, only=only, workers=workers, protocol=protocol, on_progress=show
        )
    written = write_ranking(found, out) if out is not None else []
    if as_json:
        print_machine({**found.as_dict(), "files": [str(path) for path in written]})
        return
    _table(found)
    for path in written:
        typer.echo(str(path))


def _table(found: Ranking) -> None:
    kind = "current_density" if found.by == "ccd" else "time"

    def shown(value: float) -> str:
        return "never" if math.isinf(value) else people(value, kind)

    table = table_of(
        "strategy", "gain", "5–95 %", "treated", "limited by", "energy lost", "effort", "acts on", "front"
    )
    for entry in found.entries:
        table.add_row(
            entry.label, _gain(entry.median), f"{_gain(entry.low)} – {_gain(entry.high)}", shown(entry.value), entry.mechanism,
            f"{100.0 * entry.lost:.2g} %", str(entry.complexity), entry.engine, "●" if entry.front else "",
        )  # fmt: skip
    low, _, high = found.base_quantiles
    print_people(
        f"{found.title}: untreated {shown(found.base)} ({shown(low)} – {shown(high)}), limited by {found.mechanism}", table,
        *(f"assumed: {text}" for text in found.assumptions),
        *(f"doubted: {one.label}: {text}" for one in found.entries if len(one.names) == 1 for text in one.warnings),
        *(f"not here: {name}: {why.removeprefix(f'{name}: ')}" for name, why in found.refused.items()),
    )  # fmt: skip


def _gain(value: float) -> str:
    return "no short" if math.isinf(value) else f"{value:.3g}"
