"""``dendrion atoms``: lists, numbers with verdicts, data sheets, pictures, and refusals with exit code 2."""

import builtins
import json

import pytest

from dendrion.cli import main
from dendrion.materials import read_material_file

pytest.importorskip("ase")


def run(capsys, *arguments):
    code = 0
    try:
        main(["atoms", *arguments])
    except SystemExit as stop:
        code = int(stop.code or 0)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_list_says_what_is_installed(capsys):
    code, out, _ = run(capsys, "list", "--json")
    content = json.loads(out)
    assert code == 0
    assert content["calculators"]["emt"]["version"]
    assert {"lattice", "elastic", "surface"} <= set(content["properties"])
    assert "LLZO" in content["materials"]


def test_compute_writes_a_sheet(capsys, tmp_path):
    file = tmp_path / "Cu.yaml"
    code, out, _ = run(capsys, "compute", "lattice", "-m", "Cu", "-c", "emt", "--out", str(file), "--json")
    claims = json.loads(out)["claims"]
    assert code == 0
    assert claims[0]["value"] == pytest.approx(3.59e-10, rel=1e-3)
    assert claims[0]["usable"] is True
    sheet = read_material_file(file)[0]
    assert sheet.claim("lattice_parameter").value == pytest.approx(claims[0]["value"])


def test_table_for_people_has_verdicts(capsys):
    code, out, _ = run(capsys, "table", "-m", "Cu", "-c", "emt", "-p", "lattice", "--quick")
    assert code == 0
    assert "agrees" in out


def test_nucleation_draws(capsys, tmp_path):
    picture = tmp_path / "nuclei.png"
    code, out, _ = run(
        capsys, "nucleation", "Li", "--overpotential", "100 mV", "--temperature", "298.15:298.15:1",
        "--picture", str(picture), "--json",
    )  # fmt: skip
    assert code == 0
    assert json.loads(out)["radius"][0] == pytest.approx(1.3474e-9, rel=1e-3)
    assert picture.stat().st_size > 1000


def test_penetration_draws(capsys, tmp_path):
    picture = tmp_path / "penetration.png"
    code, out, _ = run(
        capsys, "penetrate", "-c", "emt", "--electrolyte", "Cu", "--metal", "Al", "--count", "2", "--cells",
        "3,1,3", "--cavity", "4.5,4.5", "--picture", str(picture), "--json",
    )  # fmt: skip
    assert code == 0
    assert len(json.loads(out)["stage"]) == 3
    assert picture.stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("compute", "lattice", "-m", "Li", "-c", "emt"), "does not know Li"),
        (("compute", "latice", "-m", "Cu", "-c", "emt"), "unknown property"),
        (("compute", "lattice", "-m", "Cu", "-c", "emt", "--force-tolerance", "0"), "no useful tolerance"),
        (("nucleation", "Li", "--overpotential", "1 V", "--temperature", "300"), "LOW:HIGH:NUMBER"),
        (("nucleation", "Li"), "fix one of the two"),
    ],
)
def test_bad_input_is_refused_with_code_2(capsys, arguments, message):
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert message in err


def test_a_missing_package_says_what_to_install(capsys, monkeypatch):
    """As where dendrion was installed without the extra."""
    found = builtins.__import__

    def without_ase(name, *arguments, **keywords):
        if name.partition(".")[0] == "ase":
            raise ModuleNotFoundError("No module named 'ase'", name="ase")
        return found(name, *arguments, **keywords)

    monkeypatch.setattr("importlib.import_module", without_ase)
    code, _, err = run(capsys, "compute", "lattice", "-m", "Cu", "-c", "emt")
    assert code == 2
    assert "dendrion[atoms]" in err
