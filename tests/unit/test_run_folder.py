"""The run folder: what is in it, that it opens elsewhere, that nothing is overwritten or disclosed."""

import getpass
import json
import platform
import warnings
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray

from dendrion.errors import InputError
from dendrion.runs import RunFolder, default_folder, newest_unfinished, run_case
from dendrion.runs.checkpoint import Checkpoints, Position
from dendrion.runs.files import replacing, to_json
from dendrion.runs.provenance import differences
from tests.cli.fake_engine import CELL, FakeCase, FakeSimulation


def position(steps: int) -> Position:
    return Position(steps, float(steps), steps, 1, [2, 2], 0.0, 3.0, 0.5)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A completed small run."""
    out = tmp_path_factory.mktemp("runs") / "run"
    return run_case(FakeCase(), out, engine=FakeSimulation).folder


def test_folder_has_every_file_of_the_contract(run):
    names = {item.name for item in run.path.iterdir()}
    assert names == {
        "case.yaml", "resolved.yaml", "summary.json", "status.json", "history.nc", "history.csv",
        "fields.vtkhdf", "checkpoint", "log.txt", "provenance.json",
    }  # fmt: skip


def test_summary_has_the_contract_keys(run):
    summary = json.loads(run.summary_file.read_text())
    assert summary["status"] == "completed"
    assert summary["steps"] == 12
    assert summary["time_s"] == 12.0
    assert summary["compile_time_s"] == 0.25
    assert summary["wall_time_s"] > 0
    assert summary["warnings"] == ["the interface is thin"]


def test_history_is_the_same_in_both_files_and_has_units(run):
    table = np.genfromtxt(run.history_table, delimiter=",", names=True)
    history = run.history
    assert history.sizes == {"time": 12}
    assert history.time.attrs["units"] == "s"
    np.testing.assert_array_equal(history.tip_position_m, table["tip_position_m"])
    assert history.tip_position_m.attrs["units"] == "m"
    assert run.history_table.read_text().startswith("time_s,cell_voltage_V,")


def test_frames_are_spaced_over_the_protocol_with_the_first_and_last_state(run):
    np.testing.assert_array_equal(run.fields.time, [0, 3, 6, 9, 12])


def test_fields_have_dimensions_coordinates_and_units(run):
    fields = run.fields
    assert fields.order_parameter.dims == ("time", "x", "y")
    assert fields.order_parameter.shape == (5, 24, 16)
    assert fields.salt_concentration.attrs["units"] == "mol/m^3"
    assert fields.x.attrs["units"] == "m"
    np.testing.assert_allclose(fields.x, (np.arange(24) + 0.5) * CELL)
    assert fields.order_parameter[0, 0].min() > 0.95
    assert fields.order_parameter[0, -1].max() < 0.05


def test_xarray_opens_the_fields_without_a_warning(run):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tree = xarray.open_datatree(run.fields_file, engine="h5netcdf", decode_timedelta=False)
    assert tree["VTKHDF/CellData"].to_dataset().order_parameter.dims == ("time", "y", "x")
    tree.close()


@pytest.mark.parametrize("cells", [(16, 5), (16, 5, 4)])
def test_layout_is_that_of_the_vtkhdf_specification(tmp_path, cells):
    folder = run_case(FakeCase(cells=cells, steps=2, frames=2), tmp_path / "r", engine=FakeSimulation).folder
    with h5py.File(folder.fields_file) as file:
        root = file["VTKHDF"]
        assert root.attrs["Type"] == b"ImageData"
        assert list(root.attrs["Version"]) == [2, 0]
        assert list(root.attrs["WholeExtent"]) == [0, 16, 0, 5, 0, 4 if len(cells) == 3 else 0]
        np.testing.assert_allclose(root.attrs["Spacing"], CELL)
        assert root["Steps"].attrs["NSteps"] == 3
        assert list(root["Steps/Values"]) == [0.0, 1.0, 2.0]
        assert list(root["Steps/CellDataOffsets/order_parameter"]) == [0, 1, 2]
        assert root["CellData/order_parameter"].shape == (3, *reversed(cells))


def test_a_reader_that_keeps_the_file_open_does_not_stop_the_simulation(tmp_path):
    held = []

    def open_it(progress):
        held.append(RunFolder(tmp_path / "r").fields)

    result = run_case(FakeCase(), tmp_path / "r", engine=FakeSimulation, on_progress=open_it)
    assert result.status == "completed"
    assert result.folder.fields.sizes["time"] == 5
    for dataset in held:
        dataset.close()


def test_only_chosen_fields_and_the_front_are_stored(tmp_path):
    case = FakeCase(fields=("temperature", "dead_metal"), steps=2)
    fields = run_case(case, tmp_path / "r", engine=FakeSimulation).folder.fields
    assert set(fields) == {"order_parameter", "temperature"}


def test_frames_follow_progress_where_that_runs_ahead_of_time(tmp_path):
    class Early(FakeSimulation):
        total_time = float("inf")

        def progress(self):
            return self.time / 12

    fields = run_case(FakeCase(), tmp_path / "r", engine=Early).folder.fields
    np.testing.assert_array_equal(fields.time, [0, 3, 6, 9, 12])


def test_frames_are_no_more_than_asked_for_where_time_and_progress_differ(tmp_path):
    class Uneven(FakeSimulation):
        def progress(self):
            return min(1.0, (self.time / 12) ** 0.5)

    fields = run_case(FakeCase(), tmp_path / "r", engine=Uneven).folder.fields
    assert fields.sizes["time"] == 5
    np.testing.assert_array_equal(fields.time, [0, 1, 3, 7, 12])


def test_no_frames_means_the_first_and_the_last_state(tmp_path):
    fields = run_case(FakeCase(frames=0, steps=5), tmp_path / "r", engine=FakeSimulation).folder.fields
    np.testing.assert_array_equal(fields.time, [0, 5])


def test_provenance_names_versions_claims_and_machine_but_no_person_host_or_path(run):
    provenance = run.provenance
    assert provenance["claims"][0]["doi"] == "10.1000/example"
    assert provenance["claims"][0]["used_for"] == "materials.electrolyte.properties.conductivity"
    assert provenance["machine"]["cores"] >= 1
    assert provenance["dependencies"]["numpy"] == np.__version__
    everything = "".join(p.read_text() for p in run.path.iterdir() if p.suffix in (".json", ".yaml", ".txt"))
    assert str(run.path) not in everything
    assert str(Path.home()) + "/" not in everything
    words = set(everything.replace('"', " ").split())
    assert platform.node() not in words
    assert getpass.getuser() not in words


def test_an_existing_run_is_not_overwritten_unless_told(run, tmp_path):
    with pytest.raises(InputError, match="--overwrite"):
        run_case(FakeCase(), run.path, engine=FakeSimulation)
    stranger = tmp_path / "thesis"
    stranger.mkdir()
    (stranger / "chapter.tex").write_text("precious")
    with pytest.raises(InputError, match="not an empty folder"):
        run_case(FakeCase(), stranger, engine=FakeSimulation)
    run_case(FakeCase(steps=2), stranger, engine=FakeSimulation, overwrite=True)
    again = run_case(FakeCase(steps=3), stranger, engine=FakeSimulation, overwrite=True)
    assert again.summary["steps"] == 3
    assert (stranger / "chapter.tex").read_text() == "precious"


def test_opening_what_is_no_run_folder_is_refused_and_suggests_the_nearest(run):
    with pytest.raises(InputError, match="no such folder") as refusal:
        RunFolder.open(run.path.parent / "runn")
    assert refusal.value.hint == str(run.path)
    with pytest.raises(InputError, match=r"no status\.json"):
        RunFolder.open(run.path.parent)


def test_default_folder_is_named_after_the_case_and_never_taken(tmp_path):
    first = default_folder("Lithium in PEO, 90 °C", tmp_path)
    assert first.name.startswith("lithium-in-peo-90-c-20")
    first.mkdir()
    assert default_folder("Lithium in PEO, 90 °C", tmp_path) != first


def test_newest_unfinished_run_of_a_case_is_found(tmp_path):
    for name, status in [("a-20250101-000000", "interrupted"), ("a-20250102-000000", "completed")]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "status.json").write_text(json.dumps({"status": status}))
    assert newest_unfinished("A", tmp_path).name == "a-20250101-000000"
    with pytest.raises(InputError, match="no unfinished run"):
        newest_unfinished("b", tmp_path)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    file = tmp_path / "status.json"
    file.write_text("old")
    with pytest.raises(RuntimeError), replacing(file) as temporary:
        temporary.write_text("half of the n")
        raise RuntimeError
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_json_is_strict():
    assert json.loads(to_json({"a": np.float64("nan"), "b": np.arange(2), "c": float("inf")})) == {
        "a": None, "b": [0, 1], "c": None,
    }  # fmt: skip


def test_checkpoint_slots_alternate_and_a_broken_one_is_passed_over(tmp_path):
    checkpoints = Checkpoints(tmp_path / "checkpoint")
    assert checkpoints.load() is None
    for steps in (1, 2, 3):
        checkpoints.save({"field": np.full(3, float(steps)), "note": "n", "count": steps}, position(steps))
    assert sorted(p.name for p in checkpoints.directory.iterdir()) == [
        "even.json", "even.npz", "odd.json", "odd.npz",
    ]  # fmt: skip
    state, where = checkpoints.load()
    assert where == position(3)
    assert state["count"] == 3
    np.testing.assert_array_equal(state["field"], 3.0)

    (checkpoints.directory / "even.npz").write_bytes(b"torn")
    assert checkpoints.load()[1] == position(2)
    checkpoints.save({"field": np.zeros(3)}, position(4))
    (checkpoints.directory / "even.npz").write_bytes(b"torn again")
    assert checkpoints.load()[1] == position(2)


def test_differences_name_path_and_both_values():
    old = {"a": {"b": 1, "c": [1, 2]}, "d": "x"}
    new = {"a": {"b": 1, "c": [1, 3]}, "e": None}
    assert differences(old, new) == {"a.c[1]": (2, 3), "d": ("x", None)}
    assert differences({"case": old, "more": 1}, {"case": old, "more": 2}) == {"more": (1, 2)}
    assert differences({"case": old, "more": 1}, {"case": new, "more": 2}).keys() == {"a.c[1]", "d"}
