"""A virtual critical-current test from end to end: specimens, outcomes, distribution, record, one folder."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dendrion.errors import InputError
from dendrion.runs.files import held, read_json, write_json, write_text
from dendrion.runs.provenance import case_hash, provenance
from dendrion.study.ccd import field as field_test
from dendrion.study.ccd.curve import Curve, theory_curve
from dendrion.study.ccd.fast import LimitFunction, TheoryLimits, climb_theory
from dendrion.study.ccd.flaws import FlawSizes, flaw_sizes
from dendrion.study.ccd.ladder import TestOutcome
from dendrion.study.ccd.protocol import TestProtocol, named_protocol
from dendrion.study.ccd.record import test_record
from dendrion.study.records import write_record
from dendrion.study.sweep import BAD, SweepFolder, SweepProgress, run_sweep
from dendrion.study.weibull import WeibullFit, fit_weibull

if TYPE_CHECKING:
    import numpy

    from dendrion.case import Case

FAST_SPECIMENS, FIELD_SPECIMENS = 200, 5
"""Specimens where nobody says how many: on the theory's models and on the field engine [dimensionless]."""

MOST_SPECIMENS = 100_000
"""Specimens of one test [dimensionless]."""


class CcdFolder:
    """Paths and content of a test's folder (docs/virtual-ccd.md lists the files)."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.result_file = self.path / "ccd.json"
        self.case_file = self.path / "case.yaml"
        self.record_file = self.path / "record.yaml"
        self.outcomes_file = self.path / "outcomes.csv"
        self.curve_file = self.path / "curve.csv"
        self.sweep = self.path / "sweep"
        self.figures = self.path / "figures"
        self.lock_file = self.path / ".lock"

    @classmethod
    def open(cls, path: str | Path) -> CcdFolder:
        """An existing test.

        Raises:
            InputError: there is none in this folder.
        """
        folder = cls(path)
        if not folder.result_file.is_file():
            raise InputError("there is no virtual test in this folder", field="ccd", value=str(path))
        return folder

    @cached_property
    def content(self) -> dict[str, Any]:
        """The content of ``ccd.json``."""
        return read_json(self.result_file)

    @property
    def protocol(self) -> TestProtocol:
        """The protocol of the test, its ladder as it was climbed."""
        return TestProtocol.model_validate(self.content["protocol"])

    @property
    def outcomes(self) -> list[TestOutcome]:
        """One a specimen."""
        return [TestOutcome(**one) for one in self.content["outcomes"]]

    @property
    def curve(self) -> Curve | None:
        """Current and voltage of the specimen in the middle, where there is one."""
        return Curve.read(self.curve_file) if self.curve_file.is_file() else None


@dataclass(frozen=True)
class Test:
    """What is asked for: everything that decides the result.

    Attributes:
        method: "fast" (theory models) or "field" (field engine).
        count: specimens; ``seed``: the first one's; ``flaws``: see ``flaw_sizes``.
    """

    __test__ = False

    protocol: TestProtocol
    method: str
    count: int
    seed: int
    flaws: str

    def as_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "protocol": protocol_data(self.protocol), "method": self.method, "specimens": self.count, "seed": self.seed,
            "flaws": self.flaws,
        }  # fmt: skip


@dataclass(frozen=True)
class CcdResult:
    """How a test ended.

    Attributes:
        status: "completed" or "interrupted".
        fit: the distribution, or None; ``no_fit`` then says why.
        lost: specimens without an outcome, reason → number.
    """

    folder: CcdFolder
    status: str
    outcomes: tuple[TestOutcome, ...]
    fit: WeibullFit | None
    no_fit: str
    lost: Mapping[str, int]


def run_ccd(
    case: Case,
    protocol: str | Path | TestProtocol,
    out: str | Path,
    *,
    fast: bool = False,
    seeds: int | None = None,
    seed: int = 0,
    flaws: str = "claims",
    workers: int | None = None,
    resume: bool = False,
    limits_at: LimitFunction | None = None,
    on_progress: Callable[[SweepProgress], None] | None = None,
    on_cost: Callable[[float, float], None] | None = None,
    stop_requested: Callable[[], bool] = lambda: False,
) -> CcdResult:
    """Tests specimens of a case up to failure and leaves a folder.

    Arguments:
        protocol: name of a shipped one, a YAML file, or the protocol itself.
        fast: on the theory's models instead of the field engine.
        seeds: number of specimens, each with its own flaw, microstructure and (fast) draw of the claims.
        flaws: distribution of the flaws (``flaw_sizes``).
        workers: processes of the field engine; 0 computes here.
        resume: go on with the test in ``out``.
        limits_at: limits of the specimens instead of the theory's.
        on_cost: told the least and the most time [s] that the field engine will take, before it starts.

    Raises:
        InputError: an unknown protocol, no distribution of flaws, a folder that is taken, a case that is refused.
    """
    method = "fast" if fast else "field"
    count = seeds if seeds is not None else FAST_SPECIMENS if fast else FIELD_SPECIMENS
    if not 1 <= count <= MOST_SPECIMENS:
        raise InputError("out of range", field="--seeds", value=count, allowed=f"1 to {MOST_SPECIMENS}")
    test = Test(named_protocol(protocol), method, count, seed, flaws)
    sizes = _sizes(case, flaws)
    folder = CcdFolder(out)
    _prepare(folder, case, test, resume)
    with held(folder.lock_file) as free:
        if not free:
            raise InputError(
                "another process is testing in this folder", field="--out", value=str(folder.path)
            )
        if fast:
            found = _fast(case, test, sizes, limits_at)
        else:
            found = _field(case, test, sizes, folder, workers, on_progress, on_cost, stop_requested)
        return _conclude(folder, case, test, sizes, found)


@dataclass(frozen=True)
class _Found:
    outcomes: list[TestOutcome]
    curve: Curve | None
    notes: list[str]
    lost: Mapping[str, int]
    status: str = "completed"
    limits: Mapping[str, float] | None = None


def _sizes(case: Case, text: str) -> FlawSizes | None:
    """The distribution; an electrolyte whose salt moves fails by depletion and needs none."""
    if text == "claims" and case.physics.transport == "binary" and case.physics.fracture == "none":
        return None
    return flaw_sizes(case, text)


def _prepare(folder: CcdFolder, case: Case, test: Test, resume: bool) -> None:
    """Makes the folder, or checks that the test in it is this one."""
    if resume:
        old = CcdFolder.open(folder.path).content
        if old["case_sha256"] != case_hash(case.resolved()):
            raise InputError(
                "the case has changed since this test began", field="--resume", value=str(folder.path)
            )
        changed = [name for name, value in test.as_dict().items() if old["test"].get(name) != value]
        if changed:
            raise InputError(
                f"{' and '.join(changed)} changed since this test began", field="--resume", value=str(folder.path),
                hint=f"dendrion ccd {folder.path} --resume takes everything from the folder",
            )  # fmt: skip
        return
    if folder.path.exists() and (not folder.path.is_dir() or any(folder.path.iterdir())):
        raise InputError(
            "this is not an empty folder",
            field="--out",
            value=str(folder.path),
            hint="--resume, or another folder",
        )
    if test.method == "field":
        field_test.ladder_case(
            case, test.protocol
        )  # a case that can't climb is refused before anything is written
    folder.path.mkdir(parents=True, exist_ok=True)
    write_text(folder.case_file, case.to_yaml())
    write_json(folder.result_file, {"status": "running", "outcomes": [], **_head(case, test)})


def _head(case: Case, test: Test) -> dict[str, Any]:
    resolved = case.resolved()
    return {
        "title": case.title, "case_sha256": case_hash(resolved), "test": test.as_dict(), "protocol": protocol_data(test.protocol),
        "provenance": provenance(resolved, test.seed),
    }  # fmt: skip


def _fast(case: Case, test: Test, sizes: FlawSizes | None, limits_at: LimitFunction | None) -> _Found:
    import numpy as np

    drawn = sizes.sample(test.count, test.seed) if sizes is not None else None
    theory = TheoryLimits(case, drawn, sizes.median if sizes is not None else None, test.count, test.seed)
    lengths = drawn if drawn is not None else np.full(test.count, np.nan)
    outcomes = climb_theory(test.protocol, limits_at or theory, lengths, test.seed)
    middle = outcomes[_middle(outcomes)]
    notes = ["claims and flaws are drawn for each specimen; the voltage is that of nominal resistances"]
    notes += [f"assumed: {one}" for one in theory.assumptions]
    notes += [f"{name} says nothing here: {why}" for name, why in theory.inapplicable.items()]
    return _Found(outcomes, theory_curve(case, test.protocol, middle), notes, {}, limits=theory.nominal)


def _field(
    case: Case, test: Test, sizes: FlawSizes | None, folder: CcdFolder, workers: int | None,
    on_progress: Callable[[SweepProgress], None] | None, on_cost: Callable[[float, float], None] | None,
    stop_requested: Callable[[], bool],
) -> _Found:  # fmt: skip
    climbing = field_test.ladder_case(case, test.protocol)
    drawn = sizes.sample(test.count, test.seed) if sizes is not None else None
    plan, notes = field_test.specimens(climbing, drawn, test.count, test.seed)
    if on_cost is not None:
        on_cost(
            *field_test.cost(climbing, test.count, workers if workers is not None else os.cpu_count() or 1)
        )
    swept = run_sweep(
        climbing, plan, folder.sweep, workers=workers, resume=SweepFolder(folder.sweep).plan_file.is_file(),
        evaluate=field_test.evaluator(test.protocol), on_progress=on_progress, stop_requested=stop_requested,
    )  # fmt: skip
    results = swept.folder.read_results()
    good = {number: result["summary"] for number, result in results.items() if result["status"] not in BAD}
    outcomes = [
        field_test.outcome_of(test.protocol, number, test.seed, _flaw(drawn, number, notes), summary)
        for number, summary in sorted(good.items())
    ]
    lost = Counter(
        f"{result['status']}: {result['reason'].partition(chr(10))[0]}" for result in results.values() if result["status"] in BAD
    )  # fmt: skip
    warnings = dict.fromkeys(warning for summary in good.values() for warning in summary["warnings"])
    curve = None
    if outcomes:
        curve = Curve.of(
            list(good[sorted(good)[_middle(outcomes)]].items()), outcomes[_middle(outcomes)].specimen
        )
    return _Found(outcomes, curve, [*notes, *warnings], dict(lost), swept.status)


def _flaw(drawn: numpy.ndarray | None, number: int, notes: Sequence[str]) -> float | None:
    """The flaw of a specimen; where flaws do nothing there is none."""
    return None if drawn is None or notes else float(drawn[number])


def _middle(outcomes: Sequence[TestOutcome]) -> int:
    """The specimen in the middle of the order of failure."""
    order = sorted(range(len(outcomes)), key=lambda place: _rank(outcomes[place]))
    return order[(len(order) - 1) // 2]


def _rank(outcome: TestOutcome) -> float:
    return float("inf") if outcome.half_cycle is None else float(outcome.half_cycle)


def _conclude(folder: CcdFolder, case: Case, test: Test, sizes: FlawSizes | None, found: _Found) -> CcdResult:
    import dendrion

    fit, no_fit = None, ""
    currents, outcomes = test.protocol.currents, [_plain(one) for one in found.outcomes]
    try:
        fit = fit_weibull([one.interval(currents) for one in outcomes])
    except InputError as error:
        no_fit = error.problem
    content = {
        "status": found.status, **_head(case, test), "flaws": str(sizes) if sizes else "those of the case, or none",
        "outcomes": [one.as_dict() for one in outcomes], "fit": fit.as_dict() if fit else None, "no_fit": no_fit,
        "mechanisms": dict(Counter(one.mechanism for one in outcomes if one.mechanism)), "lost": found.lost,
        "limits_A_per_m2": found.limits, "notes": found.notes, "warnings": list(case.warnings),
        "middle": outcomes[_middle(outcomes)].specimen if outcomes else None,
    }  # fmt: skip
    write_json(folder.result_file, content)
    if outcomes:
        write_text(folder.outcomes_file, _table(outcomes, currents))
        words, _ = test_record(
            case, test.protocol, outcomes, test.method, dendrion.__version__, content["flaws"]
        )
        write_record(words, folder.record_file)
    if found.curve is not None:
        found.curve.write(folder.curve_file)
    return CcdResult(CcdFolder(folder.path), found.status, tuple(outcomes), fit, no_fit, found.lost)


def _plain(outcome: TestOutcome) -> TestOutcome:
    return replace(outcome, plated=float(outcome.plated))


def _table(outcomes: Sequence[TestOutcome], currents: tuple[float, ...]) -> str:
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(
        ["specimen", "seed", "flaw [m]", "last surviving [A/m^2]", "first failing [A/m^2]", "half-cycle", "time [s]",
         "charge in it [C/m^2]", "plated [C/m^2]", "mechanism", "note"]
    )  # fmt: skip
    for one in outcomes:
        low, high = one.interval(currents)
        ends = low or "", "" if high == float("inf") else high
        row = [
            one.specimen,
            one.seed,
            one.flaw,
            *ends,
            one.half_cycle,
            one.time,
            one.charge,
            one.plated,
            one.mechanism,
            one.note,
        ]
        writer.writerow(["" if cell is None else cell for cell in row])
    return stream.getvalue()


def protocol_data(protocol: TestProtocol) -> dict[str, Any]:
    """A protocol as data that ``TestProtocol.model_validate`` reads."""
    data = protocol.model_dump(exclude_none=True)
    units = {
        "start": "A/m^2",
        "increment": "A/m^2",
        "end": "A/m^2",
        "time": "s",
        "capacity": "C/m^2",
        "voltage": "V",
    }
    for part in ("current", "half_cycle", "failure"):
        data[part] = {
            key: f"{value!r} {units[key]}" if key in units else value for key, value in data[part].items()
        }
    return {**data, "rest": f"{protocol.rest!r} s"}
