"""Case files: places of errors, settings, files that are absent or malformed, shipped cases."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dendrion.case import Case, load_case, shipped_cases
from dendrion.case.documents import parse_path
from dendrion.errors import InputError, InputErrors

MINIMAL = Path(__file__).parent / "cases" / "minimal.yaml"


def minimal() -> dict[str, object]:
    return {
        "cell": {"metal": "Li", "electrolyte": "PEO-LiTFSI"},
        "domain": {"size": ["60 um", "30 um"], "cells": [64, 32]},
        "conditions": {"temperature": "90 degC"},
        "protocol": ["plate at 0.5 mA/cm^2 for 30 min", "rest for 5 min"],
    }


def write(folder: Path, text: str, name: str = "case.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path | str, **more: object) -> InputError:
    with pytest.raises(InputError) as error:
        load_case(path, **more)  # type: ignore[arg-type]
    return error.value


def test_a_minimal_case_is_complete_in_si() -> None:
    case = load_case(MINIMAL)
    assert case.domain.size == (60e-6, 30e-6)
    assert case.domain.spacing == (60e-6 / 64, 30e-6 / 32)
    assert (case.domain.dimension, case.domain.cell_count) == (2, 2048)
    assert case.conditions.temperature == 363.15
    assert case.cell.thickness == 60e-6
    assert case.initial.metal_thickness == pytest.approx(6e-6)
    assert case.numerics.interface_width == case.interface_width == pytest.approx(2 * 60e-6 / 64)
    assert case.physics.transport == "binary"
    assert case.defaults["numerics.interface_width"] == "2 grid cells"


def test_a_case_does_not_change_in_place() -> None:
    case = load_case(MINIMAL)
    with pytest.raises(ValueError, match="frozen"):
        case.title = "another"  # type: ignore[misc]
    changed = case.with_settings({"conditions.temperature": "60 degC"})
    assert (case.conditions.temperature, changed.conditions.temperature) == (363.15, 333.15)


def test_a_mapping_from_python_is_copied() -> None:
    data = minimal()
    case = Case.from_mapping(data)
    data["protocol"].append("rest for 1 s")  # type: ignore[attr-defined]
    assert len(case.given["protocol"]) == 2


def test_errors_carry_line_and_column(tmp_path: Path) -> None:
    text = MINIMAL.read_text(encoding="utf-8").replace("[64, 32]", "[64, 1]").replace("90 degC", "90 um")
    path = write(tmp_path, text + "numerics:\n  tolerence: 1e-6\n")
    error = refused(path)
    assert isinstance(error, InputErrors)
    places = {one.field: (one.location.line, one.location.column) for one in error.errors if one.location}
    assert places == {
        "domain.cells[1]": (3, 44),
        "conditions.temperature": (4, 27),
        "numerics.tolerence": (7, 3),
    }
    assert f"{path}:7:3: numerics.tolerence: unknown key" in str(error)
    assert "did you mean 'tolerance'?" in str(error)


def test_missing_sections_are_named_with_an_example(tmp_path: Path) -> None:
    error = refused(write(tmp_path, "title: nothing else\n"))
    assert "'cell' is missing" in str(error)
    assert "domain: {size: [60 um, 60 um], cells: [256, 256]}" in str(error)
    assert "'protocol' is missing" in str(error)


@pytest.mark.parametrize(
    ("text", "parts", "line"),
    [
        ("cell: {metal: Li\ndomain: 3\n", ["this is not YAML"], 2),
        ("cell:\n\tmetal: Li\n", ["this is not YAML", "spaces, not tabs"], 2),
        ("title: a\ntitle: b\n", ["'title' is given twice"], 2),
        ("- a\n- b\n", ["a case is a mapping"], 1),
        ("", ["the file is empty"], 1),
        ("title: !python/object:os.system x\n", ["no value of a case"], 1),
        ("title: 2024-05-01\n", ["no value of a case"], 1),
        ("3: a\n", ["is not text"], None),
        ("a: " + "[" * 60 + "]" * 60, ["too deep"], None),
        ("title: a: b\n", ["this is not YAML", "quotes"], 1),
    ],
)
def test_malformed_files_are_refused_with_their_line(
    tmp_path: Path, text: str, parts: list[str], line: int | None
) -> None:
    path = write(tmp_path, text)
    error = refused(path)
    for part in parts:
        assert part in str(error)
    assert error.location is not None
    assert error.location.file == str(path)
    if line is not None:
        assert error.location.line == line


def test_yaml_1_2_reads_what_people_mean(tmp_path: Path) -> None:
    text = MINIMAL.read_text(encoding="utf-8") + "numerics: {tolerance: 1e-4}\nphysics: {heat: on}\n"
    case = load_case(write(tmp_path, text))
    assert case.numerics.tolerance == 1e-4
    assert case.physics.heat is True


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_bytes(b"title: \xff\xfe\x00")
    assert "not UTF-8 text" in str(refused(path))


def test_absent_files_name_the_nearest(tmp_path: Path) -> None:
    write(tmp_path, "title: a", "lithium.yaml")
    error = refused(tmp_path / "lithum.yaml")
    assert "there is no such file" in str(error)
    assert "lithium.yaml" in str(error)
    assert "this is a folder" in str(refused(tmp_path))


def test_every_shipped_case_loads() -> None:
    for name, title in shipped_cases():
        case = load_case(name)
        assert case.title == title
        assert title


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("domain.cells=[128, 128]", (128, 128)),
        ("cell.electrolyte=LLZO", "LLZO"),
        ("protocol[0]=strip at 5 A/m^2 for 1 s", -5.0),
        ("protocol[2]=rest for 1 s", 3),
        ("numerics.largest_time_step=1 s", 1.0),
        ("materials.electrolyte.conductivity=0.1 S/m", 0.1),
        ("physics.coupling.joule_heat=off", False),
        ("conditions.hot_spots[0].at=[5 um, 5 um]", 5e-6),
    ],
)
def test_settings_take_any_path(setting: str, value: object) -> None:
    more = ["conditions.hot_spots[0].width=2 um", "conditions.hot_spots[0].rise=3 K"]
    case = load_case(MINIMAL, set=[setting, *(more if "hot" in setting else [])])
    seen = {
        "domain.cells": case.domain.cells,
        "cell.electrolyte": case.cell.electrolyte,
        "protocol[0]": case.protocol.segments[0].value,
        "protocol[2]": len(case.protocol.segments),
        "numerics.largest_time_step": case.numerics.largest_time_step,
        "materials.electrolyte.conductivity": case.electrolyte_material().claim("conductivity").value,
        "physics.coupling.joule_heat": case.physics.coupling.joule_heat,
        "conditions.hot_spots[0].at": case.conditions.hot_spots[0].at[0]
        if case.conditions.hot_spots
        else None,
    }
    assert seen[setting.partition("=")[0]] == value


@pytest.mark.parametrize(
    ("setting", "parts"),
    [
        ("domain.cels=[8, 8]", ["domain.cels", "unknown key 'cels' in domain", "did you mean 'cells'?"]),
        ("temperature=60 degC", ["it belongs elsewhere: conditions.temperature"]),
        ("electrolite=LLZO", ["did you mean cell.electrolyte?"]),
        ("protocol[7]=rest for 1 s", ["protocol has 2 entries", "0 to 2"]),
        ("cell.metal.density=3 g/cm^3", ["cell.metal is 'Li'", "no entry 'density'"]),
        ("protocol.file=a.csv", ["protocol is a list"]),
        ("domain.cells", ["a setting is path=value"]),
        ("domain.cells=", ["a setting is path=value"]),
        ("domain..cells=3", ["this is not a path"]),
        ("domain.cells=[3", ["is not a YAML value"]),
    ],
)
def test_wrong_settings_are_refused(setting: str, parts: list[str]) -> None:
    error = refused(MINIMAL, set=[setting])
    for part in ["--set", *parts]:
        assert part in str(error)


def test_settings_of_a_shared_node_leave_the_other_alone(tmp_path: Path) -> None:
    spots = "hot_spots: [&spot {at: [5 um, 5 um], width: 2 um, rise: 3 K}, *spot]"
    text = MINIMAL.read_text(encoding="utf-8").replace("90 degC}", f"90 degC, {spots}}}")
    case = load_case(write(tmp_path, text), set=["conditions.hot_spots[0].width=4 um"])
    assert [spot.width for spot in case.conditions.hot_spots] == [4e-6, 2e-6]


def test_paths_are_read() -> None:
    assert parse_path("protocol[0].steps[1]") == ("protocol", 0, "steps", 1)


@settings(max_examples=50)
@given(
    section=st.sampled_from(
        ["", "cell", "domain", "conditions", "initial", "physics", "numerics", "output", "stop"]
    ),
    key=st.text("abcdefghijklmnopqrstuvwxyz_", min_size=3, max_size=12),
    value=st.one_of(st.integers(), st.text(max_size=5), st.booleans(), st.lists(st.integers(), max_size=2)),
)
def test_one_unknown_key_is_refused_by_name(section: str, key: str, value: object) -> None:
    data = minimal()
    model = Case if not section else Case.model_fields[section].annotation
    if key in model.model_fields:  # type: ignore[union-attr]
        return
    if section:
        data[section] = {**data.get(section, {}), key: value}  # type: ignore[dict-item]
    else:
        data[key] = value
    with pytest.raises(InputErrors) as error:
        Case.from_mapping(data)
    assert [one.field for one in error.value.errors] == [f"{section}.{key}".removeprefix(".")]
    assert f"unknown key '{key}'" in str(error.value)
