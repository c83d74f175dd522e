"""``dendrion materials list`` and ``show``, for people and for machines."""

import json

import pytest
from typer.testing import CliRunner, Result

from dendrion.cli.materials_command import materials_app
from dendrion.errors import InputError
from dendrion.materials import list_materials, material


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "160"}).invoke(materials_app, list(arguments))


def test_list_shows_every_material() -> None:
    result = run("list")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    for name in list_materials():
        assert sum(line.split()[:1] == [name] for line in lines) == 1
    assert any("single_ion_ceramic" in line and line.split()[:1] == ["LLZO"] for line in lines)


def test_list_as_json() -> None:
    sheets = {sheet["name"]: sheet for sheet in json.loads(run("list", "--json").output)}
    assert set(sheets) == set(list_materials())
    assert sheets["PEO-LiTFSI"]["class"] == "binary_polymer"
    assert sheets["Na|NZSP"]["ion"] == "Na"
    lithium = material("Li")
    assert sheets["Li"]["claims"] == sum(len(lithium.claims(name)) for name in lithium.properties())


def test_show_a_material() -> None:
    output = run("show", "LLZO").output
    expected = (
        "* 400 µS/cm [pellet]",
        "600 µS/cm [bulk]",
        "200 – 600 µS/cm",
        "arrhenius times temperature 0.33",
        "10.1038/s41560-018-0312-z",
        "* default",
        "W  well known",
    )
    for text in expected:
        assert text in output


def test_show_an_interface_derives_its_exchange_current() -> None:
    output = run("show", "Li|LLZO", "exchange_current_density").output
    assert "49.99 µA/cm²" in output
    assert "derived from 0.0514 ohm*m^2 (tag W)" in output


def test_show_a_property_tells_everything() -> None:
    output = run("show", "li", "surface_energy").output
    expected = (
        "energy of the surface [J/m^2]",
        "(0.5 J/m^2)  [handbook]",
        "default      middle of the published range",
        "450 – 560 mJ/m² (uniform)",
        "10.1021/acscentsci.8b00229",
        "read in      the authors' code",
        "three times what first principles give",
    )
    for text in expected:
        assert text in output
    liquid = run("show", "LiPF6", "conductivity").output
    for text in ("263.15–333.15 K, 0–3900 mol/m³", "measured in PC:EC:DMC", "inside a polymer matrix"):
        assert text in liquid


def test_show_as_json_is_si_with_provenance() -> None:
    data = json.loads(run("show", "Na", "surface_energy", "--json").output)
    assert [claim["value"] for claim in data["claims"]] == [0.22, 0.23]
    assert data["claims"][0]["why_default"]
    assert len(json.loads(run("show", "Li|LPSC", "--json").output)["claims"]) == 15


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["LLZOO"], "unknown material"),
        (["LLZO", "conductivty"], "unknown property"),
        (["LLZO", "viscosity"], "no claim of viscosity"),
    ],
)
def test_what_is_unknown_is_refused(arguments: list[str], message: str) -> None:
    result = run("show", *arguments)
    assert isinstance(result.exception, InputError)
    assert message in str(result.exception)
