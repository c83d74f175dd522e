"""The command line with the small growing field in place of the engine."""

import contextlib
import io
from dataclasses import dataclass

import pytest

from dendrion.cli import main
from dendrion.runs import runner
from tests.cli.fake_engine import FakeCase, FakeSimulation

CASE = """\
title: Lithium in a polymer
cell: {metal: Li, electrolyte: PEO-LiTFSI}
domain: {size: [24 um, 16 um], cells: [24, 16]}
conditions: {temperature: 90 degC}
protocol: ["plate at 0.5 mA/cm^2 for 30 min"]
output: {frames: 3}
"""


@dataclass
class Answer:
    """What a command wrote and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def case_file(tmp_path, monkeypatch):
    """A case file in an otherwise empty working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(runner, "_field_engine", lambda: small_engine)
    file = tmp_path / "polymer.yaml"
    file.write_text(CASE)
    return file


def small_engine(case):
    """The small growing field on the case's grid."""
    return FakeSimulation(FakeCase(cells=case.domain.cells, steps=12))


@pytest.fixture
def dendrion():
    """Calls the command line in this process."""

    def call(*arguments: object) -> Answer:
        out, err = io.StringIO(), io.StringIO()
        redirected = contextlib.redirect_stdout(out), contextlib.redirect_stderr(err)
        with redirected[0], redirected[1], pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        return Answer(end.value.code or 0, out.getvalue(), err.getvalue())

    return call
