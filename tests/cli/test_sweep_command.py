"""``dendrion sweep``: a grid in this process, resumption, refusals, the job script."""

import json
from pathlib import Path

import pytest

from dendrion.study.dataset import read_dataset
from dendrion.study.sweep import run_sweep
from tests.sweep_cases import base_case, quick

AXIS = "conditions.temperature=341 K,345 K,350 K"


@pytest.fixture
def cheap(tmp_path, monkeypatch):
    """A case file, and a formula in place of the simulation."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(run_sweep.__kwdefaults__, "evaluate", quick)
    (tmp_path / "case.yaml").write_text(base_case().to_yaml())
    return tmp_path


def test_a_sweep_and_its_paths(dendrion, cheap):
    answer = dendrion(
        "sweep",
        "case.yaml",
        "--over",
        AXIS,
        "--over",
        "initial.metal_thickness=1 um,2 um",
        "--workers",
        "0",
        "--out",
        "s",
    )
    assert answer.code == 0, answer.err
    assert "6 of 6 cases, 2 without a result" in answer.out
    assert "2 × failed: the potential did not converge" in answer.out
    paths = answer.out.split()[-3:]
    assert paths[0] == "s/sweep.zarr" and all(Path(path).exists() for path in paths)
    assert read_dataset(Path("s/sweep.zarr")).sizes == {"temperature": 3, "metal_thickness": 2}


def test_json_and_resumption(dendrion, cheap):
    first = dendrion(
        "sweep", "case.yaml", "--over", AXIS, "--workers", "0", "--out", "s", "--json", "--no-pictures"
    )
    assert json.loads(first.out)["done"] == 3
    Path("s/cases/000001.json").unlink()
    again = dendrion("sweep", "s", "--resume", "--workers", "0", "--json", "--no-pictures")
    assert json.loads(again.out)["done"] == 3
    assert Path("s/cases/000001.json").is_file()


def test_random_points_have_sensitivities(dendrion, cheap):
    pytest.importorskip("SALib")
    axes = ("--over", "conditions.temperature=341 K:349 K", "--over", "initial.metal_thickness=1 um:5 um")
    answer = dendrion("sweep", "case.yaml", *axes, "--sobol", "64", "--workers", "0", "--out", "s")
    assert answer.code == 0, answer.err
    indices = json.loads(Path("s/sensitivity.json").read_text())["tip_position_m"]["axes"]
    assert indices["temperature"]["first_order"] > 0.8
    assert indices["metal_thickness"]["first_order"] < 0.2
    assert Path("s/figures/sensitivity.png").is_file()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["case.yaml"], "a sweep needs an axis"),
        (["case.yaml", "--over", "conditions.temprature=1 K,2 K"], "temperature"),
        (["case.yaml", "--over", AXIS, "--random", "3", "--sobol", "4"], "exclude each other"),
        (["case.yaml", "--over", AXIS, "--resume"], "there is no sweep in this folder"),
        (["absent.yaml", "--over", AXIS], "no such file"),
        (["case.yaml", "--over", AXIS, "--slurm", "que=x"], "unknown option of Slurm"),
        (
            ["case.yaml", "--over", AXIS, "--scheduler", "tcp://127.0.0.1:9", "--workers", "2"],
            "leave --workers out",
        ),
        (["case.yaml", "--over", "domain.cells=[0],[1]"], "domain.cells"),
    ],
)
def test_refusals_exit_with_2(dendrion, cheap, words, message):
    answer = dendrion("sweep", *words, "--out", "s")
    assert answer.code == 2, answer.out + answer.err
    assert message in answer.err


def test_the_job_script_is_printed(dendrion, cheap):
    pytest.importorskip("dask_jobqueue")
    answer = dendrion(
        "sweep", "case.yaml", "--slurm", "queue=long", "--slurm", "interface=lo", "--print-script"
    )
    assert answer.code == 0 and "#SBATCH -p long" in answer.out
