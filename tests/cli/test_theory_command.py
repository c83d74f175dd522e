"""``dendrion theory``: list, show, eval, map, fit and compare, for people and for machines."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dendrion.cli.theory_command import theory_app
from dendrion.errors import InputError
from dendrion.theory import models


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "160"}).invoke(theory_app, list(arguments))


def refused(*arguments: str) -> InputError:
    result = run(*arguments)
    assert isinstance(result.exception, InputError), result.output
    return result.exception


SAND = ("eval", "sand_time", "--metal", "Li", "--electrolyte", "LiPF6-EC-DMC", "current_density=1 mA/cm^2")


def test_list_names_every_model() -> None:
    lines = [line.split()[0] for line in run("list").output.splitlines() if line.strip()]
    assert set(models()) <= set(lines)
    heads = json.loads(run("list", "--json").output)
    assert {head["name"] for head in heads} == set(models())
    assert {"field", "kind", "scale", "unit"} <= set(heads[0])


def test_show_says_what_a_model_is() -> None:
    output = run("show", "sand_time", "--metal", "Li", "--electrolyte", "LiPF6-EC-DMC").output
    for text in (
        "τ_S = π D",
        "what it can't say",
        "10.1149/1.1872737",
        "published",
        "dendrion theory eval sand_time",
    ):
        assert text in output
    about = json.loads(run("show", "sand_time", "--json").output)
    assert about["inputs"]["salt_diffusivity"]["claim"] == "electrolyte.salt_diffusivity"


def test_eval_as_json_has_the_contract() -> None:
    content = json.loads(run(*SAND, "--json", "--uncertainty", "50").output)
    assert set(content) >= {"model", "value", "unit", "quantities", "validity", "messages", "provenance"}
    assert content["value"] == pytest.approx(61299.0, rel=1e-3)
    assert content["quantities"]["sand_time"] == {"value": content["value"], "unit": "s"}
    assert content["provenance"] == {"kind": "published", "doi": ["10.1149/1.1872737"]}
    low, middle, high = content["uncertainty"]["quantiles_5_50_95"]["sand_time"]
    assert low < middle < high
    assert content["inputs"]["salt_diffusivity"]["from"].startswith("LiPF6-EC-DMC salt_diffusivity")


def test_eval_for_people() -> None:
    output = run(*SAND).output
    for text in ("17.03 h", "1 mA/cm²", "given", "it can't say"):
        assert text in output


def test_map_writes_figure_and_table(tmp_path: Path) -> None:
    out = tmp_path / "sand.png"
    result = run(
        "map", "sand_time", "--electrolyte", "LiPF6-EC-DMC", "current_density=0.1 mA/cm^2:10 mA/cm^2:5",
        "salt_concentration=0.5 mol/L:2 mol/L:4", "--out", str(out),
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert out.read_bytes().startswith(b"\x89PNG")
    assert len((tmp_path / "sand.csv").read_text().splitlines()) == 21


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("eval", "sandtime"), "unknown model"),
        (("eval", "sand_time", "current_density"), "key=value"),
        (("eval", "sand_time", "current=1 mA/cm^2", "current=2 mA/cm^2"), "given twice"),
        (
            ("eval", "sand_time", "--metal", "Li", "--electrolyte", "LLZO", "current=1 mA/cm^2"),
            "does not apply to LLZO",
        ),
        (
            ("eval", "sand_time", "--metal", "Na", "--electrolyte", "LLZO", "current=1 mA/cm^2"),
            "can't plate Na",
        ),
        (("map", "sand_time", "current=1 mA/cm^2:2 mA/cm^2:4"), "two axes"),
        (("map", "sand_time", "current=1:2", "thickness=1 um:1 mm:4:lin"), "two axes"),
        (("map", "sand_time", "current=2 mA/cm^2:1 mA/cm^2:4", "thickness=1 um:1 mm:4"), "rise"),
    ],
)
def test_refusals(arguments: tuple[str, ...], message: str) -> None:
    assert message in str(refused(*arguments))


CSV = "current_density [mA/cm^2],initiation_time [h]\n0.5,1\n1,0.5\n10,0.04\n100,0.0009\n"


def test_fit_writes_parameters_and_figure(tmp_path: Path) -> None:
    data, out = tmp_path / "times.csv", tmp_path / "fit.png"
    data.write_text(CSV)
    result = run(
        "fit", "modified_sand_time", str(data), "form=competing_risks", "--metal", "Li", "--electrolyte", "LiPF6-EC-DMC",
        "--out", str(out), "--json",
    )  # fmt: skip
    content = json.loads(result.output)
    charge = content["parameters"]["kinetic_charge"]
    assert charge["unit"] == "C/m^2" and charge["low"] < charge["value"] < charge["high"]
    assert out.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("current_density [mA/cm^2],time [h]\n1,1\n", "initiation_time"),
        (CSV + "1000,abc\n", "row 6"),
        (CSV.replace("[mA/cm^2]", ""), "unit is missing"),
        (CSV.replace("[h]", "[m]"), "time"),
    ],
)
def test_bad_tables_are_refused(tmp_path: Path, text: str, message: str) -> None:
    data = tmp_path / "times.csv"
    data.write_text(text)
    error = refused(
        "fit",
        "modified_sand_time",
        str(data),
        "form=competing_risks",
        "--metal",
        "Li",
        "--electrolyte",
        "LiPF6-EC-DMC",
    )
    assert message in str(error)


def test_compare_a_pair_of_materials(tmp_path: Path) -> None:
    out = tmp_path / "compare.png"
    cell = (
        "--metal",
        "Li",
        "--electrolyte",
        "LLZO",
        "current=1 mA/cm^2",
        "thickness=0.5 mm",
        "flaw_length=10 um",
    )
    content = json.loads(run("compare", *cell, "--samples", "20", "--out", str(out), "--json").output)
    assert {v["model"] for v in content["verdicts"]} | set(content["inapplicable"]) == set(models())
    assert content["contradictions"] and out.read_bytes().startswith(b"\x89PNG")
    output = run("compare", *cell, "--samples", "0").output
    for text in (
        "griffith_overpotential",
        "UNSAFE",
        "contradictions:",
        "not applicable:",
        "sand_time: speaks of",
    ):
        assert text in output


def test_compare_a_case() -> None:
    content = json.loads(run("compare", "default", "--samples", "0", "--json").output)
    assert content["cell"].startswith("Li") and content["inputs"]["current_density"] > 0.0


def test_compare_needs_a_cell() -> None:
    assert "name a case" in str(refused("compare", "current=1 mA/cm^2"))
