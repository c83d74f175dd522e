"""``dendrion run``: exit codes, what is printed where, interruption and resuming."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dendrion.runs import RunFolder, runner
from tests.cli.conftest import small_engine
from tests.cli.fake_engine import FakeCase, FakeSimulation

ROOT = Path(__file__).parents[2]


def test_run_prints_summary_and_paths_and_ends_with_zero(dendrion, case_file):
    answer = dendrion("run", case_file, "--out", "r")
    assert answer.code == 0
    assert "Lithium in a polymer" in answer.err
    assert "24 × 16 cells   protocol 30 min" in answer.err
    assert "tip position" in answer.out
    assert "end of the protocol" in answer.out
    paths = answer.out.splitlines()[-5:]
    assert paths == [
        "r",
        "r/figures/final.png",
        "r/figures/evolution.png",
        "r/figures/history.png",
        "r/movie.gif",
    ]
    assert all(Path(path).exists() for path in paths)


def test_default_folder_is_named_after_the_file(dendrion, case_file):
    answer = dendrion("run", case_file, "--quiet", "--no-pictures")
    assert answer.code == 0
    assert answer.err == ""
    (line,) = answer.out.splitlines()
    assert line.startswith("runs/polymer-20")
    assert RunFolder.open(line).status["status"] == "completed"


def test_json_is_all_that_is_printed(dendrion, case_file):
    answer = dendrion("run", case_file, "--out", "r", "--json", "--no-pictures")
    content = json.loads(answer.out)
    assert answer.err == ""
    assert content["folder"] == "r"
    assert content["status"] == "completed"
    assert content["steps"] == 12


def test_set_changes_the_case_and_is_kept_in_the_folder(dendrion, case_file):
    arguments = ["--set", "output.frames=1", "--set", "title=Changed", "--out", "r", "--no-pictures"]
    assert dendrion("run", case_file, *arguments).code == 0
    folder = RunFolder.open("r")
    assert folder.title == "Changed"
    assert "title: Changed" in folder.case_file.read_text()
    assert folder.fields.sizes["time"] == 2


def test_refused_input_ends_with_two_and_no_traceback(dendrion, case_file):
    case_file.write_text(case_file.read_text().replace("24 um, 16 um", "24, 16 um"))
    answer = dendrion("run", case_file)
    assert answer.code == 2
    assert answer.err.startswith("refused: ")
    assert "polymer.yaml:3:" in answer.err
    assert "Traceback" not in answer.err
    assert not Path("runs").exists()


def test_refused_input_as_json(dendrion, case_file):
    answer = dendrion("run", case_file, "--json", "--set", "output.fraames=3")
    assert answer.code == 2
    (error,) = json.loads(answer.out)["error"]["errors"]
    assert error["field"] == "output.fraames"
    assert answer.err == ""


@pytest.mark.parametrize(
    "arguments", [["run", "polymer.yml"], ["run", "--bogus"], ["run"], ["show", "nowhere"]]
)
def test_misuse_ends_with_two(dendrion, case_file, arguments):
    answer = dendrion(*arguments)
    assert answer.code == 2
    assert "Traceback" not in answer.err


def test_a_misspelt_case_suggests_the_nearest(dendrion, case_file):
    answer = dendrion("run", "polymr.yaml")
    assert answer.code == 2
    assert "polymer.yaml" in answer.err


def test_a_taken_folder_is_refused_unless_overwritten(dendrion, case_file):
    arguments = ["run", case_file, "--out", "r", "--quiet", "--no-pictures"]
    assert dendrion(*arguments).code == 0
    answer = dendrion(*arguments)
    assert answer.code == 2
    assert "--overwrite" in answer.err
    assert dendrion(*arguments, "--overwrite").code == 0


def test_failed_simulation_ends_with_three_and_says_what_was_saved(dendrion, case_file, monkeypatch):
    monkeypatch.setattr(
        runner, "_field_engine",
        lambda: lambda case: FakeSimulation(FakeCase(cells=case.domain.cells, steps=12), "nan"),
    )  # fmt: skip
    answer = dendrion("run", case_file, "--out", "r", "--quiet")
    assert answer.code == 3
    assert "failed: order_parameter is not a finite number at t = 6 s" in answer.err
    assert "saved:" in answer.err
    assert answer.out == ""
    assert Path("r/figures/final.png").is_file()
    assert "failed" in dendrion("show", "r", "--no-pictures").out


def test_pictures_that_cannot_be_written_leave_the_run_and_say_so(dendrion, case_file, monkeypatch):
    def full(figure, path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dendrion.report._save", full)
    answer = dendrion("run", case_file, "--out", "r")
    assert answer.code == 3
    assert "the run is saved in r, but not its pictures" in answer.err
    assert RunFolder.open("r").status["status"] == "completed"


def test_a_defect_ends_with_three_and_points_to_the_log(dendrion, case_file, monkeypatch):
    class Broken(FakeSimulation):
        def advance(self):
            raise KeyError("oops")

    monkeypatch.setattr(runner, "_field_engine", lambda: lambda case: Broken(FakeCase()))
    answer = dendrion("run", case_file, "--out", "r", "--no-pictures")
    assert answer.code == 3
    assert "the traceback is in r/log.txt" in answer.err
    assert "Traceback" not in answer.err
    assert "Traceback" in Path("r/log.txt").read_text()


def test_a_defect_outside_a_run_gives_a_sentence(dendrion, case_file, monkeypatch):
    def broken(case):
        raise RuntimeError("no engine\nfor this")

    monkeypatch.setattr(runner, "_field_engine", lambda: broken)
    answer = dendrion("run", case_file, "--out", "r")
    assert answer.code == 3
    assert "failed: RuntimeError: no engine\n" in answer.err
    assert "Traceback" not in answer.err


def test_interrupt_ends_with_130_and_each_way_of_resuming_works(dendrion, case_file, monkeypatch):
    class Interrupted(FakeSimulation):
        def advance(self):
            if self._steps == 4:
                os.kill(os.getpid(), signal.SIGINT)
            return super().advance()

    def engine(case):
        return Interrupted(FakeCase(cells=case.domain.cells, steps=12))

    monkeypatch.setattr(runner, "_field_engine", lambda: engine)
    arguments = ["run", case_file, "--no-pictures"]
    for name in ("first", "second"):
        answer = dendrion(*arguments, "--out", name)
        assert answer.code == 130
        assert f"to go on: dendrion run {name} --resume" in answer.out
    answer = dendrion(*arguments)
    assert answer.code == 130
    monkeypatch.setattr(runner, "_field_engine", lambda: small_engine)

    assert dendrion("run", "first", "--resume", "--quiet", "--no-pictures").out == "first\n"
    assert dendrion(*arguments, "--resume", "--quiet", "--out", "second").code == 0
    found = dendrion(*arguments, "--resume", "--quiet").out.strip()
    assert found.startswith("runs/polymer-")
    tables = {RunFolder(name).history_table.read_text() for name in ("first", "second", found)}
    assert len(tables) == 1
    assert len(tables.pop().splitlines()) == 13


def test_a_changed_case_is_not_resumed(dendrion, case_file, monkeypatch):
    monkeypatch.setattr(
        runner, "_field_engine",
        lambda: lambda case: FakeSimulation(FakeCase(cells=case.domain.cells, steps=12), "raises"),
    )  # fmt: skip
    assert dendrion("run", case_file, "--out", "r", "--quiet", "--no-pictures").code == 3
    answer = dendrion("run", case_file, "--out", "r", "--resume", "--set", "conditions.temperature=80 degC")
    assert answer.code == 2
    assert "the case has changed" in answer.err
    assert "conditions.temperature" in answer.err


def test_a_run_folder_needs_resume(dendrion, case_file):
    assert dendrion("run", case_file, "--out", "r", "--quiet", "--no-pictures").code == 0
    answer = dendrion("run", "r")
    assert answer.code == 2
    assert "--resume" in answer.err


def test_resuming_what_never_ran_is_refused(dendrion, case_file):
    answer = dendrion("run", case_file, "--resume")
    assert answer.code == 2
    assert "no unfinished run" in answer.err


SCRIPT = """
import sys, time
from dendrion.cli import main
from dendrion.runs import runner
from tests.cli.fake_engine import FakeCase, FakeSimulation
class Slow(FakeSimulation):
    def advance(self):
        time.sleep(0.02)
        return super().advance()
runner._field_engine = lambda: lambda case: Slow(FakeCase(cells=case.domain.cells, steps=400))
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c_in_a_process_of_its_own(case_file):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "run", str(case_file), "--out", "r", "--no-pictures"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert "Lithium" in process.stderr.readline()
    while "step" not in process.stderr.readline():
        pass
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "stopped on request; to go on: dendrion run r --resume" in out
    assert RunFolder.open("r").status["status"] == "interrupted"
