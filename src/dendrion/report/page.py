"""One self-contained HTML page about a run, a sweep or a virtual test: question, answer, inputs with their sources, pictures."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dendrion.errors import InputError
from dendrion.report.tables import label, readable
from dendrion.runs import RunFolder
from dendrion.runs.files import write_text
from dendrion.study.ccd import CcdFolder
from dendrion.study.sweep import BAD, SweepFolder
from dendrion.units import format_quantity, to_si

if TYPE_CHECKING:
    import xarray

_LARGEST_PICTURE = 8_000_000
MOST_ROWS = 300
"""Rows of a table on the page [dimensionless]."""

_FARADAY_GOOD = 1e-2
_SKIPPED = ("warnings", "status", "stop_reason")
CAPTIONS = {
    "final": "The last stored state",
    "evolution": "The front over time",
    "history": "History of the run",
    "movie": "The growth",
    "curve": "Current and voltage of the specimen in the middle",
    "distribution": "Share of specimens that failed, and the distribution through it",
    "sensitivity": "Sensitivity of the results to the axes, with 95 % intervals",
}


@dataclass(frozen=True)
class Picture:
    """A picture inside the page."""

    caption: str
    kind: str
    data: str


@dataclass(frozen=True)
class Table:
    """A table of the page."""

    title: str
    heads: list[str]
    rows: list[list[str]]
    note: str = ""
    folded: bool = False


@dataclass
class Page:
    """What stands on the page; texts, never markup."""

    title: str
    subtitle: str
    status: str
    question: list[str]
    answer: str
    numbers: list[tuple[str, str]]
    warnings: list[str]
    validity: list[str]
    pictures: list[Picture]
    tables: list[Table]
    commands: list[str]
    case: str
    provenance: list[tuple[str, str]] = field(default_factory=list)


def write_report(source: str | Path, out: str | Path | None = None, *, draw: bool = True) -> Path:
    """Writes the page about a run, a sweep or a virtual test.

    Arguments:
        source: folder of a run, a sweep or a virtual test.
        out: the page; default ``report.html`` in the folder; it loads nothing from elsewhere. Its path is returned.
        draw: draw pictures that are missing or old.

    Raises:
        InputError: there is no run, sweep or virtual test in the folder.
    """
    path = Path(source)
    if (path / "sweep.json").is_file():
        page = page_of_sweep(SweepFolder.open(path), draw=draw)
    elif (path / "ccd.json").is_file():
        from dendrion.report.ccd_page import page_of_ccd

        page = page_of_ccd(CcdFolder.open(path), draw=draw)
    elif (path / "status.json").is_file() or not path.is_dir():
        page = page_of_run(RunFolder.open(path), draw=draw)
    else:
        raise InputError(
            "there is no run, sweep or virtual test in this folder", field="source", value=str(path)
        )
    target = Path(out) if out is not None else path / "report.html"
    if not target.parent.is_dir():
        raise InputError("there is no such folder", field="--out", value=str(target.parent))
    write_text(target, render(page))
    return target


def render(page: Page) -> str:
    """The page as HTML; every text is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("dendrion.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("page.html.j2").render(page=page)


def page_of_run(folder: RunFolder, *, draw: bool = True) -> Page:
    """The page about a run."""
    summary, resolved, provenance = folder.summary, folder.resolved, folder.provenance
    case = resolved["case"]
    return Page(
        title=folder.title or folder.name,
        subtitle=f"{_cell(resolved)} · {' × '.join(map(str, case['domain']['cells']))} cells",
        status=summary.get("status", "running"),
        question=_question(case, resolved),
        answer=_answer(summary),
        numbers=[
            (label(key), _plain(readable(key, value))) for key, value in summary.items()
            if key not in _SKIPPED and value not in (None, "", [])
        ],
        warnings=list(dict.fromkeys([*resolved.get("warnings", []), *summary.get("warnings", [])])),
        validity=_validity(summary, case, provenance),
        pictures=pictures_of(_run_pictures(folder, draw)),
        tables=[claims_table(provenance), _evidence(resolved), _defaults(resolved)],
        commands=["dendrion run case.yaml"],
        case=folder.case_file.read_text(encoding="utf-8"),
        provenance=made_by(provenance),
    )  # fmt: skip


def page_of_sweep(folder: SweepFolder, *, draw: bool = True) -> Page:
    """The page about a sweep."""
    dataset, head = folder.dataset, folder.head
    statuses = dataset.status.values.ravel().tolist()
    bad = sum(status in BAD for status in statuses)
    missing = statuses.count("missing")
    axes = [[axis.path, _values(axis)] for axis in folder.plan.axes]
    over = " ".join(f"--over '{axis.path}={_written(axis)}'" for axis in folder.plan.axes)
    sampled = folder.plan.kind != "grid"
    points = f" --{folder.plan.kind} {len(folder.plan)} --seed {folder.plan.seed}" if sampled else ""
    return Page(
        title=folder.title or folder.path.name,
        subtitle=f"sweep of {len(folder.plan)} cases ({folder.plan.kind})",
        status="interrupted" if missing else "completed",
        question=[f"How do the results depend on {' and '.join(folder.plan.names).replace('_', ' ')}?"],
        answer=f"{len(statuses) - bad - missing} of {len(statuses)} cases have a result"
        + (f", {bad} failed or were refused" if bad else "") + (f", {missing} are not computed" if missing else "") + ".",
        numbers=_ranges(dataset),
        warnings=[f"{count} × {reason}" for reason, count in _reasons(dataset)],
        validity=["Every case is one run of the same model; its own warnings are in cases/*.json."]
        + (["The response surface is a fit; the share of variance that it predicts stands above it."] if points else []),
        pictures=pictures_of(_sweep_pictures(folder, dataset, draw)),
        tables=[
            Table("Axes", ["path", "values"], axes),
            *_sensitivities(folder.path),
            _results(dataset),
            claims_table(head["provenance"]),
        ],
        commands=[f"dendrion sweep case.yaml {over}{points}"],
        case=folder.case_file.read_text(encoding="utf-8"),
        provenance=made_by(head["provenance"]),
    )  # fmt: skip


def _cell(resolved: Mapping[str, Any]) -> str:
    materials = resolved["materials"]
    return " | ".join(
        str(materials[part]["name"]) for part in ("metal", "electrolyte") if "name" in materials.get(part, {})
    )


def _question(case: Mapping[str, Any], resolved: Mapping[str, Any]) -> list[str]:
    conditions = case.get("conditions", {})
    parts = [f"What does {_cell(resolved) or 'the cell'} do"]
    if "temperature" in conditions:
        parts.append(f"at {format_quantity(to_si(conditions['temperature'], 'temperature'), 'temperature')}")
    if "stack_pressure" in conditions and not str(conditions["stack_pressure"]).startswith("0"):
        parts.append(f"under {conditions['stack_pressure']}")
    protocol = case.get("protocol")
    steps = protocol if isinstance(protocol, list) else [protocol] if isinstance(protocol, str) else []
    text = "; ".join(map(str, steps[:8])) + (" …" if len(steps) > 8 else "")
    return [" ".join(parts) + "?", *([f"Protocol: {text}"] if text else [])]


def _answer(summary: Mapping[str, Any]) -> str:
    words = {"completed": "The protocol was carried out", "shorted": "The cell shorted"}
    text = words.get(summary.get("status", ""), f"The run is {summary.get('status', 'under way')}")
    if summary.get("short_time_s") is not None:
        text += f" after {format_quantity(summary['short_time_s'], 'time')}"
    if summary.get("tip_position_m") is not None:
        text += f"; the furthest metal is {format_quantity(summary['tip_position_m'], 'length')} from the electrode"
    return f"{text}." + (f" ({summary['stop_reason']})" if summary.get("stop_reason") else "")


def _validity(
    summary: Mapping[str, Any], case: Mapping[str, Any], provenance: Mapping[str, Any]
) -> list[str]:
    lines = []
    error = summary.get("faraday_error")
    if error is not None:
        verdict = "within" if abs(error) <= _FARADAY_GOOD else "OUTSIDE"
        lines.append(
            f"Metal grown against charge passed: {100 * error:.2g} %, {verdict} the {100 * _FARADAY_GOOD:g} % taken as good."
        )
    physics = case.get("physics", {})
    if physics:
        on = ", ".join(f"{key} {value}" for key, value in physics.items() if isinstance(value, str | bool))
        lines.append(f"Physics: {on}.")
    tags = [claim.get("tag") for claim in provenance.get("claims", [])]
    unsure = sum(tag in ("W", "E") for tag in tags)
    if tags:
        lines.append(
            f"{unsure} of {len(tags)} material numbers are recalled or estimated (tags W and E below)."
        )
    lines.append(
        "One run is one grid and one seed: repeat it on a finer grid and with other seeds before you rely on shapes."
    )
    return lines


def claims_table(provenance: Mapping[str, Any]) -> Table:
    """The claims that were used, with their sources."""
    from dendrion.materials import TAGS

    rows = [
        [
            str(claim["used_for"]).removeprefix("materials.").replace(".properties", ""), f"{claim.get('value', '')!s} {claim.get('unit', '')}",
            str(claim.get("tag", "")), str(claim.get("source") or ""), str(claim.get("doi") or ""),
        ]
        for claim in provenance.get("claims", [])
    ]  # fmt: skip
    used = sorted({row[2] for row in rows} & set(TAGS))
    note = "Tags: " + "; ".join(f"{tag} {TAGS[tag]}" for tag in used) if used else ""
    return Table(
        "Material numbers and where they are from", ["number", "value", "tag", "source", "doi"], rows, note
    )


def _evidence(resolved: Mapping[str, Any]) -> Table:
    """What is on record about this electrolyte."""
    from dendrion.evidence import shipped_records

    name = resolved["materials"].get("electrolyte", {}).get("name")
    rows = []
    for record in shipped_records().values():
        if name is None or record.electrolyte != name or not record.usable:
            continue
        values = "; ".join(record.write(point.middle) for point in record.points if point.is_number)
        what = f"{record.quantity.replace('_', ' ')}: {values}" if values else record.finding or ""
        rows.append([record.title, what, record.source or "", record.doi or ""])
    heads = ["record", "found", "source", "doi"]
    return Table(
        f"What is on record about {name}",
        heads,
        rows,
        "Measured and modelled by others; dendrion evidence show.",
        True,
    )


def _defaults(resolved: Mapping[str, Any]) -> Table:
    rows = [[str(path), str(reason)] for path, reason in resolved.get("defaults", {}).items()]
    return Table("Defaults that the case left open", ["path", "reason"], rows, folded=True)


def made_by(provenance: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Versions, seed, hash and machine."""
    libraries = ", ".join(f"{name} {version}" for name, version in provenance.get("dependencies", {}).items())
    machine = provenance.get("machine", {})
    return [
        ("dendrion", str(provenance.get("dendrion", ""))),
        ("Python and libraries", f"{provenance.get('python', '')}; {libraries}"),
        ("seed", str(provenance.get("seed", ""))),
        ("SHA-256 of the case", str(provenance.get("case_sha256", ""))),
        (
            "machine",
            f"{machine.get('processor', '')}, {machine.get('cores', '')} cores, {machine.get('system', '')}",
        ),
    ]


def _run_pictures(folder: RunFolder, draw: bool) -> list[Path]:
    if draw and folder.fields_file.is_file():
        final, stored = folder.figures / "final.png", folder.fields_file.stat().st_mtime
        if not final.is_file() or final.stat().st_mtime < stored:
            from dendrion.report import draw_run

            draw_run(folder, movie=folder.status["status"] != "running")
    names = [folder.figures / f"{name}.png" for name in ("final", "evolution", "history")]
    return [path for path in (*names, folder.movie) if path.is_file()]


def _sweep_pictures(folder: SweepFolder, dataset: xarray.Dataset, draw: bool) -> list[Path]:
    if draw:
        from dendrion.report.surfaces import draw_sweep

        drawn = draw_sweep(dataset, folder.figures)
    else:
        drawn = sorted(folder.figures.glob("sweep_*.png"))
    return [*drawn, *folder.figures.glob("sensitivity.png")]


def pictures_of(paths: list[Path]) -> list[Picture]:
    """Pictures to stand inside the page."""
    found = []
    for path in paths:
        if path.stat().st_size > _LARGEST_PICTURE:
            continue
        name = path.stem
        caption = CAPTIONS.get(name) or label(name.removeprefix("sweep_"))
        kind = "image/gif" if path.suffix == ".gif" else "image/png"
        found.append(Picture(caption, kind, base64.b64encode(path.read_bytes()).decode("ascii")))
    return found


def _values(axis: Any) -> str:
    return _written(axis).replace(",", ", ")


def _written(axis: Any) -> str:
    """The axis as ``--over`` takes it."""
    if axis.values:
        inside = ",".join(axis.values)
    else:
        more = [str(axis.count)] if axis.count is not None else []
        more += [flag for flag, on in (("log", axis.logarithmic), ("int", axis.integer)) if on]
        inside = ":".join([f"{axis.low:.12g}", f"{axis.high:.12g} {axis.unit}".strip(), *more])
    return f"{axis.before}{{{inside}}}{axis.after}" if axis.before or axis.after else inside


def _ranges(dataset: xarray.Dataset) -> list[tuple[str, str]]:
    """Smallest to largest of every result that varies."""
    import numpy as np

    from dendrion.study.sensitivity import varying

    found = []
    for name in varying(dataset, most=20):
        values = dataset[name].values
        low, high = (_plain(readable(name, float(end))) for end in (np.nanmin(values), np.nanmax(values)))
        found.append((label(name), f"{low} to {high}"))
    return found


def _reasons(dataset: xarray.Dataset) -> list[tuple[str, int]]:
    from collections import Counter

    pairs = zip(dataset.status.values.ravel(), dataset.reason.values.ravel(), strict=True)
    return Counter(
        f"{status}: {str(reason).partition(chr(10))[0]}" for status, reason in pairs if reason
    ).most_common(10)


def _sensitivities(folder: Path) -> list[Table]:
    from dendrion.runs.files import read_json

    file = folder / "sensitivity.json"
    if not file.is_file():
        return []
    rows = [
        [label(quantity), axis, f"{one['first_order']:.2f} ± {one['first_order_95']:.2f}", f"{one['delta']:.2f} ± {one['delta_95']:.2f}"]
        for quantity, found in read_json(file).items() for axis, one in found["axes"].items()
    ]  # fmt: skip
    return [
        Table("Global sensitivity", ["result", "axis", "first order", "delta"], rows, "With 95 % intervals.")
    ]


def _results(dataset: xarray.Dataset) -> Table:
    from dendrion.study.dataset import table_of

    heads, rows = table_of(dataset)
    shown = [
        [f"{cell:.6g}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows[:MOST_ROWS]
    ]
    note = (
        f"The first {MOST_ROWS} of {len(rows)} cases; all are in sweep.csv." if len(rows) > MOST_ROWS else ""
    )
    return Table("Every case", heads, shown, note, folded=True)


def _plain(markup: str) -> str:
    from rich.text import Text

    return Text.from_markup(markup).plain
