"""Sweeps: failures keep their reason, an interrupted one goes on to the same dataset, dead workers lose nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from dendrion.errors import InputError
from dendrion.study.plan import make_plan
from dendrion.study.pool import slurm_options, slurm_script
from dendrion.study.sweep import SweepFolder, run_sweep
from tests import sweep_cases
from tests.sweep_cases import base_case, temperatures

ROOT = Path(__file__).parents[2]


def here(tmp_path, axes, name="sweep", evaluate=sweep_cases.quick, **more):
    """A sweep in this process."""
    kind, count = more.pop("kind", "grid"), more.pop("count", None)
    plan = make_plan(axes, kind, count)
    return run_sweep(base_case(), plan, tmp_path / name, workers=0, evaluate=evaluate, **more)


def process(out, count, *words, workers=2, address="-", evaluate="slow", **more):
    """A sweep in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "tests.sweep_cases",
        str(out),
        str(count),
        str(workers),
        address,
        evaluate,
        *words,
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more
    )


def test_a_grid_becomes_a_dataset(tmp_path):
    axes = ["conditions.temperature=340 K,345 K,350 K", "initial.metal_thickness=1 um,2 um"]
    result = here(tmp_path, axes)
    assert (result.status, result.done, result.bad, result.total) == ("completed", 6, 2, 6)
    data = result.folder.dataset
    assert data.sizes == {"temperature": 3, "metal_thickness": 2}
    assert data.temperature.attrs == {"units": "K", "long_name": "conditions.temperature"}
    assert data.metal_thickness.values.tolist() == [1e-6, 2e-6]
    assert float(data.tip_position_m.sel(temperature=345.0)[0]) == pytest.approx(345e-9)
    assert data.tip_position_m.attrs["units"] == "m"
    assert np.isnan(data.overpotential_V.sel(temperature=350.0)).all()
    assert data.status.sel(temperature=350.0).values.tolist() == ["failed", "failed"]
    assert set(data.reason.sel(temperature=350.0).values) == {"the potential did not converge"}
    assert data.short_circuit.dtype == float and np.isnan(data.short_time_s).all()
    assert "wall_time_s" not in data and "warnings" not in data
    rows = (result.folder.path / "sweep.csv").read_text().splitlines()
    assert len(rows) == 7 and rows[0].startswith(
        "temperature [K],metal_thickness [m],status,reason,tip_position_m [m]"
    )


def test_a_case_that_is_refused_keeps_its_reason(tmp_path):
    result = here(tmp_path, ["conditions.temperature=345 K,-5 K"])
    assert result.bad == 1
    data = result.folder.dataset
    assert data.status.values.tolist() == ["completed", "refused"]
    assert "conditions.temperature" in str(data.reason.values[1])


def test_a_defect_in_one_case_ends_no_sweep(tmp_path):
    result = here(tmp_path, ["conditions.temperature=345 K,350 K"], evaluate=sweep_cases.defect)
    assert result.folder.read_results()[1]["reason"].startswith("ZeroDivisionError")


@pytest.mark.parametrize(
    ("axes", "message"),
    [(["conditions.temprature=340 K"], "temprature"), (["domain.cells=[0],[1]"], "domain.cells")],
)
def test_axes_that_the_case_refuses(tmp_path, axes, message):
    with pytest.raises(InputError, match=message):
        here(tmp_path, axes)
    assert not (tmp_path / "sweep" / "sweep.json").exists()


def test_random_points_lie_along_the_cases(tmp_path):
    data = here(tmp_path, ["conditions.temperature=340 K:349 K"], kind="sobol", count=8).folder.dataset
    assert data.sizes == {"case": 8}
    np.testing.assert_allclose(data.tip_position_m, 1e-9 * data.temperature)


def test_an_interrupted_sweep_goes_on_to_the_same_dataset(tmp_path):
    whole = here(tmp_path, [temperatures(12)], "whole").folder.dataset
    told = []
    stopped = here(
        tmp_path,
        [temperatures(12)],
        "parts",
        on_progress=told.append,
        stop_requested=lambda: told[-1].done >= 5,
    )
    assert (stopped.status, stopped.done) == ("interrupted", 5)
    assert stopped.folder.dataset.status.values.tolist().count("missing") == 7
    result = here(tmp_path, [temperatures(12)], "parts", resume=True)
    assert result.status == "completed"
    xr.testing.assert_identical(result.folder.dataset, whole)


def test_folders_are_not_mixed_up(tmp_path):
    here(tmp_path, [temperatures(2)])
    with pytest.raises(InputError, match="not an empty folder"):
        here(tmp_path, [temperatures(2)])
    with pytest.raises(InputError, match="the axes have changed"):
        here(tmp_path, [temperatures(3)], resume=True)
    with pytest.raises(InputError, match="there is no sweep"):
        here(tmp_path, [temperatures(2)], "absent", resume=True)
    case = base_case().with_settings(["domain.cells=[32]"])
    with pytest.raises(InputError, match="the case has changed"):
        run_sweep(case, make_plan([temperatures(2)]), tmp_path / "sweep", workers=0, resume=True)


def test_a_sweep_killed_half_way_resumes_to_the_same_dataset(tmp_path):
    """The sweeping process and its workers die at once (kill -9 of the process; the workers notice)."""
    pytest.importorskip("distributed")
    whole = here(tmp_path, [temperatures(20)], "whole").folder.dataset
    killed = process(tmp_path / "parts", 20)
    results = tmp_path / "parts" / "cases"
    deadline = time.monotonic() + 60.0
    while len(list(results.glob("*.json"))) < 6 and time.monotonic() < deadline:
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    stored = len(list(results.glob("*.json")))
    assert 6 <= stored < 20
    result = here(tmp_path, [temperatures(20)], "parts", resume=True)
    assert (result.status, result.done, result.bad) == ("completed", 20, 1)
    xr.testing.assert_identical(SweepFolder(tmp_path / "parts").dataset, whole)


@pytest.mark.slow
def test_ctrl_c_ends_a_sweep_that_goes_on_later(tmp_path):
    """The signal reaches the sweep and its workers alike, as from a terminal."""
    pytest.importorskip("distributed")
    whole = here(tmp_path, [temperatures(30)], "whole").folder.dataset
    running = process(tmp_path / "parts", 30, start_new_session=True)
    results, deadline = tmp_path / "parts" / "cases", time.monotonic() + 60.0
    while len(list(results.glob("*.json"))) < 4 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGINT)
    output, errors = running.communicate(timeout=60)
    assert output.split()[0] == "interrupted" and 4 <= int(output.split()[1]) < 30, errors
    assert "Traceback" not in errors
    result = here(tmp_path, [temperatures(30)], "parts", resume=True)
    xr.testing.assert_identical(result.folder.dataset, whole)


def test_a_worker_killed_by_its_id_loses_nothing(tmp_path, monkeypatch):
    """One worker is killed from outside while it computes, another kills itself; every case has its result."""
    pytest.importorskip("distributed")
    whole = here(tmp_path, [temperatures(9)], "whole").folder.dataset
    marks = tmp_path / "marks"
    marks.mkdir()
    monkeypatch.setenv("SWEEP_TEST_MARK", str(marks))
    killed = []

    def kill_one(progress):
        if progress.done >= 2 and not killed:
            newest = max(marks.iterdir(), key=lambda file: file.stat().st_mtime)
            killed.append(int(newest.read_text()))
            os.kill(killed[0], signal.SIGKILL)

    result = run_sweep(
        base_case(), make_plan([temperatures(9)]), tmp_path / "killed", workers=2,
        evaluate=sweep_cases.tells_its_process, on_progress=kill_one,
    )  # fmt: skip
    assert killed and killed[0] != os.getpid()
    assert (result.status, result.done) == ("completed", 9)
    xr.testing.assert_identical(result.folder.dataset, whole)


@pytest.mark.slow
def test_a_case_that_kills_every_worker_is_lost_and_the_others_are_not(tmp_path, monkeypatch):
    """Not even when Dask gives up every case that waits at a dead worker at once."""
    pytest.importorskip("distributed")
    monkeypatch.setattr("dendrion.study.pool._ALLOWED_FAILURES", 0)
    result = run_sweep(
        base_case(),
        make_plan([temperatures(6)]),
        tmp_path / "sweep",
        workers=2,
        evaluate=sweep_cases.dies_always,
    )
    data = result.folder.dataset
    assert data.status.values.tolist() == ["completed"] * 4 + ["lost", "completed"]
    assert "its worker died again and again" in str(data.reason.values[4])


@pytest.mark.slow
def test_two_processes_on_one_scheduler_by_its_address(tmp_path):
    """A scheduler and two workers of their own; two sweeps at once; each has all of its results."""
    pytest.importorskip("distributed")
    whole = here(tmp_path, [temperatures(10)], "whole").folder.dataset
    file = tmp_path / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    common = {"env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    module = [sys.executable, "-m"]
    started = [
        subprocess.Popen(
            [*module, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
             "--scheduler-file", str(file)], **common,
        )
    ]  # fmt: skip
    try:
        deadline = time.monotonic() + 30.0
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        import json

        address = json.loads(file.read_text())["address"]
        worker = [*module, "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
        started += [subprocess.Popen([*worker, "--name", name], cwd=tmp_path, **common) for name in "ab"]
        both = [process(tmp_path / name, 10, address=address) for name in ("first", "second")]
        for running in both:
            output, errors = running.communicate(timeout=120)
            assert output.split() == ["completed", "10", "1"], errors
    finally:
        for one in started:
            one.terminate()
        for one in started:
            one.wait(timeout=30)
    for name in ("first", "second"):
        xr.testing.assert_identical(SweepFolder(tmp_path / name).dataset, whole)


def test_no_scheduler_at_the_address(tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("dendrion.study.pool._CONNECT_TIMEOUT", 0.5)
    with pytest.raises(InputError, match="no Dask scheduler answers"):
        run_sweep(
            base_case(), make_plan([temperatures(2)]), tmp_path / "sweep", scheduler="tcp://127.0.0.1:9"
        )


def test_without_dask_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"dendrion\[sweep\]"):
        run_sweep(base_case(), make_plan([temperatures(2)]), tmp_path / "sweep", workers=2)


def test_the_script_of_a_slurm_job():
    pytest.importorskip("dask_jobqueue")
    options = slurm_options(
        {"queue": "long", "walltime": "02:00:00", "memory": "8GB", "interface": "lo", "extra": "--exclusive"}
    )
    lines = slurm_script(options).splitlines()
    assert {"#SBATCH -p long", "#SBATCH -t 02:00:00", "#SBATCH --mem=8G", "#SBATCH --exclusive"} <= set(lines)
    assert "export OMP_NUM_THREADS='1'" in lines
    assert "distributed.cli.dask_worker tcp://127.0.0.1" in lines[-1] and "--nthreads 1" in lines[-1]


@pytest.mark.parametrize(
    ("key", "text", "message"), [("que", "x", "queue, account"), ("cores", "two", "whole number")]
)
def test_options_of_slurm_that_make_no_sense(key, text, message):
    with pytest.raises(InputError, match=message):
        slurm_options({key: text})


@pytest.mark.slow
def test_the_engine_in_a_sweep_killed_and_resumed(tmp_path):
    """Simulations on two workers, killed half-way and resumed, against the same in this process."""
    pytest.importorskip("distributed")
    (tmp_path / "case.yaml").write_text(base_case().to_yaml())
    whole = run_sweep(
        base_case(), make_plan([temperatures(12)]), tmp_path / "whole", workers=0
    ).folder.dataset
    assert (whole.status == "completed").all()
    killed = process(tmp_path / "parts", 12, evaluate="engine")
    results, deadline = tmp_path / "parts" / "cases", time.monotonic() + 240.0
    while len(list(results.glob("*.json"))) < 4 and time.monotonic() < deadline:
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    resumed = process(tmp_path / "parts", 12, "--resume", evaluate="engine")
    output, errors = resumed.communicate(timeout=240)
    assert output.split() == ["completed", "12", "0"], errors
    xr.testing.assert_identical(SweepFolder(tmp_path / "parts").dataset, whole)
