"""Stopping, failing and going on: a resumed run equals the uninterrupted one."""

import errno
import os
import shutil
import signal

import numpy as np
import pytest

from dendrion.errors import InputError, SimulationError
from dendrion.runs import RunFolder, StopOnSignal, run_case
from dendrion.runs.files import held
from dendrion.runs.vtkhdf import FieldsFile
from tests.cli.fake_engine import FakeCase, FakeSimulation

CASE = FakeCase(cells=(24, 12), steps=14, frames=5)


def stop_after(steps):
    """A stop request that comes true after so many steps."""
    count = iter(range(10**6))
    return lambda: next(count) >= steps


def failing(mode, **options):
    return lambda case: FakeSimulation(case, mode, **options)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    return run_case(CASE, tmp_path_factory.mktemp("runs") / "whole", engine=FakeSimulation).folder


def assert_same_run(folder, other):
    assert folder.history_table.read_bytes() == other.history_table.read_bytes()
    assert folder.history.identical(other.history)
    assert folder.fields.identical(other.fields)
    left, right = folder.checkpoints.load()[0], other.checkpoints.load()[0]
    assert left.keys() == right.keys()
    for name in left:
        np.testing.assert_array_equal(left[name], right[name])
    differing = {key for key in folder.summary if folder.summary[key] != other.summary.get(key)}
    assert differing <= {"wall_time_s", "compile_time_s"}


@pytest.mark.parametrize("steps", [0, 1, 5, 13])
@pytest.mark.parametrize("history_every", [1, 4])
def test_resumed_run_equals_the_uninterrupted_one(tmp_path, monkeypatch, steps, history_every):
    monkeypatch.setattr(FakeCase, "output", property(lambda self: _output(self, history_every)), raising=True)
    whole = run_case(CASE, tmp_path / "whole", engine=FakeSimulation).folder
    part = run_case(CASE, tmp_path / "part", engine=FakeSimulation, stop_requested=stop_after(steps))
    assert part.status == "interrupted"
    assert part.summary["steps"] == steps
    resumed = run_case(CASE, tmp_path / "part", engine=FakeSimulation, resume=True)
    assert resumed.status == "completed"
    assert_same_run(resumed.folder, whole)


def _output(case, history_every):
    from types import SimpleNamespace

    return SimpleNamespace(frames=case.frames, history_every=history_every, fields=None)


def test_a_run_killed_between_checkpoints_resumes_from_the_last_one(tmp_path, uninterrupted):
    class PowerCut(BaseException):
        pass

    def cut(progress):
        if progress.steps == 9:
            raise PowerCut

    with pytest.raises(PowerCut):
        run_case(CASE, tmp_path / "r", engine=FakeSimulation, on_progress=cut)
    folder = RunFolder.open(tmp_path / "r")
    assert folder.status["status"] == "running"
    assert folder.checkpoints.load()[1].steps == 0
    run_case(CASE, tmp_path / "r", engine=FakeSimulation, resume=True)
    assert_same_run(folder, uninterrupted)


def test_checkpoints_are_written_on_the_way(tmp_path, uninterrupted):
    seen = []
    out = tmp_path / "r"
    run_case(
        CASE, out, engine=FakeSimulation, checkpoint_interval=0.0,
        on_progress=lambda progress: seen.append(RunFolder(out).checkpoints.load()[1].steps),
    )  # fmt: skip
    assert seen == list(range(1, 15))
    assert_same_run(RunFolder(out), uninterrupted)


def test_a_frame_file_torn_by_a_kill_is_moved_aside(tmp_path):
    out = tmp_path / "r"
    run_case(CASE, out, engine=FakeSimulation, stop_requested=stop_after(7))
    (out / "fields.vtkhdf").write_bytes(b"torn")
    resumed = run_case(CASE, out, engine=FakeSimulation, resume=True)
    assert resumed.status == "completed"
    assert (out / "fields.damaged").read_bytes() == b"torn"
    assert resumed.folder.fields.time[-1] == 14
    assert "was damaged" in (out / "log.txt").read_text()


def test_a_changed_case_is_refused_naming_what_differs(tmp_path):
    out = tmp_path / "r"
    run_case(CASE, out, engine=FakeSimulation, stop_requested=stop_after(2))
    changed = FakeCase(cells=(24, 12), steps=20, frames=5, seed=2)
    with pytest.raises(InputError, match=r"protocol\.steps: 14 → 20; numerics\.seed: 1 → 2"):
        run_case(changed, out, engine=FakeSimulation, resume=True)


def test_a_changed_title_is_no_changed_case(tmp_path):
    out = tmp_path / "r"
    run_case(CASE, out, engine=FakeSimulation, stop_requested=stop_after(2))
    renamed = FakeCase(cells=(24, 12), steps=14, frames=5, title="Another name")
    folder = run_case(renamed, out, engine=FakeSimulation, resume=True).folder
    assert folder.summary["status"] == "completed"
    assert folder.title == CASE.title


def test_resume_needs_a_run_and_a_complete_run_stays_as_it_is(tmp_path, uninterrupted):
    with pytest.raises(InputError, match="no run to resume"):
        run_case(CASE, tmp_path / "r", engine=FakeSimulation, resume=True)
    before = uninterrupted.history_table.stat().st_mtime_ns
    result = run_case(CASE, uninterrupted.path, engine=FakeSimulation, resume=True)
    assert result.message == "this run is complete already"
    assert uninterrupted.history_table.stat().st_mtime_ns == before


def test_two_processes_never_share_a_folder(tmp_path):
    out = tmp_path / "r"
    out.mkdir()
    with held(out / ".lock") as free:
        assert free
        with pytest.raises(InputError, match="another process"):
            run_case(CASE, out, engine=FakeSimulation, overwrite=True)


def test_nan_fails_naming_field_and_time_and_keeps_the_last_good_checkpoint(tmp_path):
    with pytest.raises(SimulationError) as failure:
        run_case(CASE, tmp_path / "r", engine=failing("nan"), checkpoint_interval=0.0)
    assert "order_parameter is not a finite number at t = 6 s" in str(failure.value)
    assert "first in cell (2, 2)" in str(failure.value)
    assert "checkpoint at t = 5 s (step 5)" in str(failure.value)
    folder = RunFolder.open(tmp_path / "r")
    assert folder.summary["status"] == folder.status["status"] == "failed"
    assert folder.checkpoints.load()[1].steps == 5
    assert np.isfinite(folder.fields.order_parameter).all()


def test_an_engine_that_gives_up_is_reported_and_its_folder_loads(tmp_path):
    with pytest.raises(SimulationError, match=r"did not converge[^\n]*\n  saved: +checkpoint at t = 0 s"):
        run_case(CASE, tmp_path / "r", engine=failing("raises"))
    folder = RunFolder.open(tmp_path / "r")
    assert folder.status["message"].startswith("the potential did not converge")
    assert folder.history.sizes["time"] == 5
    assert "failed: the potential did not converge" in (tmp_path / "r" / "log.txt").read_text()


def test_a_defect_is_reported_with_its_traceback_in_the_log(tmp_path):
    class Broken(FakeSimulation):
        def advance(self):
            raise ZeroDivisionError("division by zero")

    with pytest.raises(SimulationError, match=r"unexpected ZeroDivisionError: division by zero"):
        run_case(CASE, tmp_path / "r", engine=Broken)
    assert "Traceback (most recent call last)" in (tmp_path / "r" / "log.txt").read_text()
    assert RunFolder.open(tmp_path / "r").status["status"] == "failed"


def test_full_disk_is_reported_with_what_was_saved_and_resumes_later(tmp_path, monkeypatch, uninterrupted):
    whole, out = FieldsFile.append, tmp_path / "r"

    def append(self, time, fields):
        if time > 6:
            raise OSError(errno.ENOSPC, "No space left on device")
        whole(self, time, fields)

    monkeypatch.setattr(FieldsFile, "append", append)
    with pytest.raises(SimulationError) as failure:
        run_case(CASE, out, engine=FakeSimulation, checkpoint_interval=0.0)
    assert "the disk is full (No space left on device), at t = 9 s" in str(failure.value)
    assert "checkpoint at t = 8 s (step 8), 8 history rows" in str(failure.value)
    monkeypatch.undo()
    assert_same_run(run_case(CASE, out, engine=FakeSimulation, resume=True).folder, uninterrupted)


def test_a_frame_that_would_not_fit_is_not_begun(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(SimulationError, match="the disk is full"):
        run_case(CASE, tmp_path / "r", engine=FakeSimulation)


def test_a_folder_that_vanishes_is_reported(tmp_path):
    out = tmp_path / "r"

    def remove(progress):
        if progress.steps == 4:
            shutil.rmtree(out)

    with pytest.raises(
        SimulationError, match=r"run folder .* is gone, at t = 6 s\n  saved: +nothing is left"
    ):
        run_case(CASE, out, engine=FakeSimulation, on_progress=remove)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_first_signal_finishes_the_step_and_checkpoints(tmp_path, uninterrupted, number):
    def send(progress):
        if progress.steps == 4:
            os.kill(os.getpid(), number)

    before = signal.getsignal(number)
    with StopOnSignal() as stop:
        result = run_case(CASE, tmp_path / "r", engine=FakeSimulation, on_progress=send, stop_requested=stop)
    assert signal.getsignal(number) == before
    assert (result.status, result.at_once) == ("interrupted", False)
    assert result.folder.checkpoints.load()[1].steps == 4
    assert_same_run(run_case(CASE, tmp_path / "r", engine=FakeSimulation, resume=True).folder, uninterrupted)


def test_second_signal_stops_at_once_and_leaves_a_folder_that_loads_and_resumes(tmp_path, uninterrupted):
    class Impatient(FakeSimulation):
        def advance(self):
            if self._steps == 5:
                os.kill(os.getpid(), signal.SIGINT)
                os.kill(os.getpid(), signal.SIGINT)
            return super().advance()

    with StopOnSignal() as stop:
        result = run_case(CASE, tmp_path / "r", engine=Impatient, stop_requested=stop)
    assert (result.status, result.at_once) == ("interrupted", True)
    assert result.folder.summary["status"] == "interrupted"
    assert result.folder.history.sizes["time"] == 5
    resumed = run_case(CASE, tmp_path / "r", engine=FakeSimulation, resume=True)
    assert_same_run(resumed.folder, uninterrupted)


def test_a_second_signal_waits_for_the_end_of_a_write():
    done = []
    with StopOnSignal() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt), stop.shield():
            os.kill(os.getpid(), signal.SIGINT)
            done.append("written")
    assert done == ["written"]
