"""The other commands: cases, show, export, version; and that help does not load the solver."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import h5py
import numpy as np
import pytest
import xarray

from dendrion import __version__
from dendrion.cli.progress import measurements, sparkline
from dendrion.runs import RunFolder, run_case
from tests.cli.fake_engine import FakeCase, FakeSimulation

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return run_case(FakeCase(), tmp_path_factory.mktemp("runs") / "run", engine=FakeSimulation).folder


def test_version(dendrion):
    answer = dendrion("--version")
    assert (answer.code, answer.out) == (0, f"dendrion {__version__}\n")


def test_help_names_every_command_without_loading_the_solver():
    code = (
        "import sys\nfrom dendrion.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'jax', 'numpy', 'matplotlib', 'h5py', 'xarray', 'pint', 'pydantic'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for command in ("run", "cases", "show", "export", "materials"):
        assert command in done.stdout


def test_python_dash_m_works():
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-m", "dendrion", "--version"], env=environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout == f"dendrion {__version__}\n"


def test_schema_is_json(dendrion):
    schema = json.loads(dendrion("cases", "--schema").out)
    assert "domain" in schema["properties"]


def test_cases_are_listed_and_an_unknown_one_refused(dendrion):
    assert isinstance(json.loads(dendrion("cases", "--json").out), list)
    answer = dendrion("cases", "no-such-case")
    assert answer.code == 2
    assert "no case of that name" in answer.err


def test_show_prints_the_summary_and_draws_what_is_missing(dendrion, run):
    answer = dendrion("show", run.path)
    assert answer.code == 0
    assert "Fake growth" in answer.out
    assert (run.figures / "final.png").is_file()
    before = run.movie.stat().st_mtime_ns
    dendrion("show", run.path)
    assert run.movie.stat().st_mtime_ns == before


def test_show_as_json(dendrion, run):
    content = json.loads(dendrion("show", run.path, "--json", "--no-pictures").out)
    assert content["status"] == "completed"
    assert content["pictures"] == []


def test_show_works_while_the_run_goes_on(dendrion, tmp_path):
    answers = []

    def look(progress):
        if progress.steps == 5:
            answers.append(dendrion("show", tmp_path / "r"))

    result = run_case(FakeCase(), tmp_path / "r", engine=FakeSimulation, on_progress=look)
    assert answers[0].code == 0
    assert "running" in answers[0].out
    assert result.status == "completed"


def test_several_runs_are_compared(dendrion, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    other = run_case(FakeCase(steps=6), tmp_path / "shorter", engine=FakeSimulation).folder
    answer = dendrion("show", run.path, other.path)
    assert answer.code == 0
    assert "protocol.steps" in answer.out
    assert "-50.0%" in answer.out
    assert Path("comparison.png").is_file()
    content = json.loads(dendrion("show", run.path, other.path, "--json", "--no-pictures").out)
    assert content["inputs"] == {"protocol.steps": [12, 6]}


def test_exported_netcdf_equals_the_fields(dendrion, run, tmp_path):
    answer = dendrion("export", run.path, "--format", "nc", "--out", tmp_path / "f.nc")
    assert answer.out == f"{tmp_path / 'f.nc'}\n"
    with xarray.open_dataset(tmp_path / "f.nc", engine="h5netcdf", decode_timedelta=False) as exported:
        xarray.testing.assert_identical(exported.load(), run.fields.load())


def test_exported_pvd_lists_every_frame(dendrion, run):
    path = Path(dendrion("export", run.path, "--format", "pvd").out.strip())
    entries = ElementTree.parse(path).getroot().findall("Collection/DataSet")
    assert [float(entry.get("timestep")) for entry in entries] == list(run.fields.time.values)
    raw = (path.parent / entries[-1].get("file")).read_bytes()
    head, _, data = raw.partition(b'<AppendedData encoding="raw">\n_')
    assert b'WholeExtent="0 24 0 16 0 0"' in head
    names = [part.split(b'"')[0].decode() for part in head.split(b'Name="')[1:]]
    size = int(np.frombuffer(data[:8], "<u8")[0])
    first = np.frombuffer(data[8 : 8 + size], "<f4").reshape(16, 24)
    np.testing.assert_array_equal(first, run.fields[names[0]][-1].values.T)


def test_exported_xdmf_points_to_data_of_the_stated_shape(dendrion, run):
    path = Path(dendrion("export", run.path, "--format", "xdmf").out.strip())
    items = ElementTree.parse(path).getroot().iter("DataItem")
    checked = 0
    for item in items:
        file, _, place = item.text.partition(":")
        with h5py.File(path.parent / file) as stored:
            assert stored[place].shape == tuple(map(int, item.get("Dimensions").split()))
        checked += 1
    assert checked == run.fields.sizes["time"] * (2 + len(run.fields))


def test_export_refuses_what_it_does_not_know_or_lacks(dendrion, run, monkeypatch):
    assert dendrion("export", run.path, "--format", "vtk").code == 2
    monkeypatch.setitem(sys.modules, "zarr", None)
    answer = dendrion("export", run.path, "--format", "zarr")
    assert answer.code == 2
    assert "dendrion[zarr]" in answer.err


def test_sparkline_follows_the_course():
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█"
    assert sparkline([2.0, 2.0]) == "▄▄"
    assert sparkline([1.0]) == ""
    assert sparkline([float("nan"), 0, 1]) == "▁█"


def test_measurements_prefer_the_overpotential():
    row = {"tip_position_m": 1e-5, "cell_voltage_V": -0.05, "overpotential_V": 0.05}
    assert [(name, text) for name, text, _ in measurements(row)] == [
        ("tip", "10 µm"),
        ("overpotential", "50 mV"),
    ]
    assert measurements({"cell_voltage_V": -0.05})[0][:2] == ("cell voltage", "-50 mV")


def test_python_interface_runs_a_mapping(tmp_path, monkeypatch):
    import dendrion as dn
    from dendrion.runs import runner

    monkeypatch.setattr(runner, "_field_engine", lambda: lambda case: FakeSimulation(FakeCase(steps=4)))
    case = dn.Case.from_mapping(
        {
            "cell": {"metal": "Li", "electrolyte": "PEO-LiTFSI"},
            "domain": {"size": ["24 um", "16 um"], "cells": [24, 16]},
            "conditions": {"temperature": "90 degC"},
            "protocol": ["plate at 0.5 mA/cm^2 for 30 min"],
        }
    )
    run = dn.run(case, tmp_path / "r")
    assert run.summary["steps"] == 4
    assert run.history.tip_position_m.sizes == {"time": 4}
    assert run.fields.order_parameter.dims == ("time", "x", "y")
    assert {path.name for path in run.plot()} == {"final.png", "evolution.png", "history.png"}
    assert run.movie() == RunFolder(tmp_path / "r").movie
    assert "completed" in repr(run)
    assert dn.Run(tmp_path / "r").resolved["case"]["domain"]["cells"] == [24, 16]
