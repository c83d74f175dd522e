"""The comparison with akantu (`benchmarks/fracture_peer.py`), as far as it needs no akantu: refusals and meshes."""

import sys

import numpy as np
import pytest

from benchmarks import fracture_peer
from benchmarks.fracture_peer_runs import check_peer, peer_mesh
from dendrion.errors import InputError


def test_no_peer_is_refused_with_the_way_to_one() -> None:
    with pytest.raises(InputError, match="needs a python of its own") as refusal:
        check_peer(None)
    assert refusal.value.field == "--peer-python"
    assert "pip install akantu" in str(refusal.value)


def test_a_peer_that_is_not_there_is_named(tmp_path) -> None:
    missing = str(tmp_path / "python")
    with pytest.raises(InputError, match="does not start") as refusal:
        check_peer(missing)
    assert refusal.value.value == missing


def test_a_peer_without_akantu_says_what_python_said(tmp_path) -> None:
    bare = tmp_path / "python"
    bare.write_text("#!/bin/sh\necho \"ModuleNotFoundError: No module named 'akantu'\" >&2\nexit 1\n")
    bare.chmod(0o755)
    with pytest.raises(InputError, match="No module named 'akantu'") as refusal:
        check_peer(str(bare))
    assert refusal.value.value == str(bare)


def test_the_script_ends_with_that_message_and_no_traceback(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["fracture_peer", "--peer-python", str(tmp_path / "python")])
    with pytest.raises(SystemExit) as ending:
        fracture_peer.main()
    assert ending.value.code == InputError.exit_code
    assert "--peer-python: this python does not start" in capsys.readouterr().err


@pytest.mark.parametrize("graded", [False, True])
@pytest.mark.parametrize(("cells", "notch"), [(40, "row"), (41, "row"), (40, "slit"), (41, "broken")])
def test_meshes_for_the_peer_are_the_specimen(cells: int, notch: str, graded: bool) -> None:
    """Right-handed cells fill the square but for the notch, all nodes are used, cells at the tip are of the size asked."""
    mesh = peer_mesh(cells, graded, notch)
    corners = mesh["nodes"][mesh["cells"]]
    x, y = corners[..., 0], corners[..., 1]
    areas = 0.5 * np.sum(x * np.roll(y, -1, 1) - np.roll(x, -1, 1) * y, axis=1)
    assert np.min(areas) > 0.0
    notched = (cells // 2 + cells % 2) / cells**2 if notch == "row" else 0.0
    assert np.sum(areas) == pytest.approx(1.0 - notched, abs=1e-12)
    np.testing.assert_array_equal(np.unique(mesh["cells"]), np.arange(len(mesh["nodes"])))
    tip = np.hypot(x.mean(1) - 0.5, y.mean(1) - mesh["middle"]) < 2.5 / cells
    np.testing.assert_allclose(np.ptp(x[tip], axis=1), 1.0 / cells, rtol=0.1)
    np.testing.assert_allclose(np.ptp(y[tip], axis=1), 1.0 / cells, rtol=0.1)
    assert len(mesh["held"]) == (
        2 * np.sum(mesh["nodes"][mesh["bottom"], 0] < 0.5 + 0.6 / cells) if notch == "broken" else 0
    )
    for side, height in (("bottom", 0.0), ("top", 1.0)):
        np.testing.assert_array_equal(mesh["nodes"][mesh[side], 1], height)


def test_a_slit_is_open_along_its_length_and_closed_at_its_tip() -> None:
    """The slit's nodes left of the tip are there twice, each with cells on one side only."""
    cells = 40
    mesh = peer_mesh(cells, False, "slit")
    on_line = np.abs(mesh["nodes"][:, 1] - mesh["middle"]) < 1e-12
    assert np.sum(on_line & (mesh["nodes"][:, 0] < 0.5 - 1e-9)) == 2 * (cells // 2)
    assert np.sum(on_line) == cells + 1 + cells // 2
