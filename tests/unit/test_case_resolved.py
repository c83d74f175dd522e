"""The complete case: defaults with reasons, claims with sources, YAML out, schema, reference, estimate."""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter
from ruamel.yaml import YAML

import dendrion.case
from dendrion.case import Case, estimate, json_schema, load_case, shipped_cases
from dendrion.case.reference import example_of, with_reference
from dendrion.case.refusals import key_paths, models
from dendrion.constants import FARADAY, GAS_CONSTANT

MINIMAL = Path(__file__).parent / "cases" / "minimal.yaml"
CRACKED = Path(dendrion.case.__file__).parent / "shipped" / "default.yaml"
DOCUMENT = Path(__file__).parents[2] / "docs" / "case-file.md"
SETTINGS = [
    [],
    ["cell.electrolyte=LLZO", "physics.heat=on", "conditions.heat.anode={convective: 10 W/m^2/K}"],
    ["initial.surface={kind: random, amplitude: 0.1 um, shortest_wavelength: 8 um, seed: 3}"],
    ["physics.model=hong2018", "protocol=[hold at -1 V for 4 s]", "domain.cells=[150, 75]"],
    ['protocol={data: "time [s],current [A/m2]\\n0,1\\n10,0\\n"}'],
    ["protocol[2]={repeat: 3, steps: ['pulse at 4 mA/cm^2, 1 s on, 3 s off, for 30 s', rest for 1 s]}"],
    ["conditions.hot_spots=[{at: [5 um, 5 um], width: 3.3 um, rise: 7 K}]", "title='a: b # c'"],
    ["materials.electrolyte={conductivity: 0.1 S/m}", "materials.interface.exchange_current_density=3 A/m^2"],
]  # fmt: skip


def same(one: Case, other: Case) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in Case.model_fields)


@pytest.mark.parametrize("settings", SETTINGS)
def test_yaml_out_is_the_case_as_given(settings: list[str], tmp_path: Path) -> None:
    case = load_case(MINIMAL, set=settings)
    path = tmp_path / "case.yaml"
    path.write_text(case.to_yaml(), encoding="utf-8")
    again = load_case(path)
    assert same(case, again)
    assert again.resolved() == case.resolved()


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_resolved_case_is_itself_a_case_with_the_same_values(settings: list[str]) -> None:
    case = load_case(MINIMAL, set=settings)
    resolved = case.resolved()
    json.dumps(resolved, allow_nan=False)
    again = Case.from_mapping(resolved["case"])
    assert same(case, again)
    left_out = set(again.resolved()["defaults"]) - {"initial.surface.longest_wavelength"}
    assert not [
        path for path in left_out if not path.startswith(("physics.hong2018", "numerics.interface_width"))
    ]


def test_defaults_have_reasons_and_given_values_have_none() -> None:
    defaults = load_case(MINIMAL).resolved()["defaults"]
    assert defaults["numerics.interface_width"] == "2 grid cells"
    assert defaults["physics.transport"] == "the electrolyte's class"
    assert defaults["physics.coupling.joule_heat"] == "default"
    assert "conditions.temperature" not in defaults
    assert "domain.cells" not in defaults


def test_material_numbers_come_with_their_claim() -> None:
    case = load_case(MINIMAL, set=["materials.metal.surface_energy=0.4 J/m^2"])
    materials = case.resolved()["materials"]
    conductivity = materials["electrolyte"]["properties"]["conductivity"]
    assert conductivity["unit"] == "S/m"
    assert conductivity["value"] == pytest.approx(
        case.electrolyte_material().claim("conductivity").evaluate(363.15)
    )
    assert conductivity["tag"] and conductivity["source"]
    assert not conductivity["overridden"]
    surface = materials["metal"]["properties"]["surface_energy"]
    assert (surface["value"], surface["tag"], surface["overridden"]) == (0.4, "G", True)


def test_an_interface_resistance_sets_the_exchange_current() -> None:
    case = load_case(MINIMAL, set=["cell.interface_resistance=10 ohm*cm^2"])
    exchange = case.interface_material().claim("exchange_current_density").evaluate(363.15)
    assert exchange == pytest.approx(GAS_CONSTANT * 363.15 / (FARADAY * 1e-3), rel=1e-12)


def test_overrides_keep_the_law_and_can_choose_another_claim() -> None:
    case = load_case(MINIMAL, set=["cell.exchange_current_density=7 A/m^2"])
    claim = case.interface_material().claim("exchange_current_density")
    assert claim.evaluate(363.15) == pytest.approx(7.0)
    assert claim.evaluate(343.15) < 6.0
    ceramic = load_case(
        MINIMAL,
        set=["cell.electrolyte=LLZO", "materials.interface.interface_resistance={claim: conditioned}"],
    )
    resistance = ceramic.interface_material().claim("interface_resistance")
    assert resistance.label == "conditioned"


def test_a_material_can_be_written_inline() -> None:
    mine = "{name: mine, kind: electrolyte, class: binary_polymer, ion: Li, base: PEO-LiTFSI, "
    case = load_case(MINIMAL, set=[f"cell.electrolyte={mine}claims: {{conductivity: 0.3 mS/cm}}}}"])
    assert case.electrolyte_material().claim("conductivity").value == pytest.approx(0.03)
    assert case.interface_material().claim("exchange_current_density").value == 10.0
    assert case.resolved()["materials"]["electrolyte"]["name"] == "mine"


def test_an_inline_material_without_a_base_takes_its_kinetics_from_the_case() -> None:
    claims = "claims: {conductivity: 0.1 S/m}"
    mine = f"{{name: mine, kind: electrolyte, class: single_ion_sulfide, ion: Li, {claims}}}"
    case = load_case(
        MINIMAL,
        set=[
            f"cell.electrolyte={mine}",
            "cell.interface_resistance=10 ohm*cm^2",
            "physics.transport=single_ion",
        ],
    )
    interface = case.interface_material()
    assert interface.claim("exchange_current_density").evaluate(363.15) == pytest.approx(31.29, rel=1e-3)
    assert interface.claim("charge_transfer_coefficient").value == 0.5


def test_the_protocol_is_summed_up() -> None:
    protocol = load_case(MINIMAL).resolved()["protocol"]
    assert protocol["duration_s"] == 2100.0
    assert protocol["plated_C_per_m2"] == 9000.0
    assert protocol["flat_growth_m"] == pytest.approx(1.3e-5 * 9000.0 / FARADAY, rel=1e-3)
    assert (protocol["steps"], protocol["segments"], protocol["holds_voltage"]) == (2, 2, False)


def test_a_protocol_without_an_end_has_no_duration_and_is_still_json() -> None:
    case = load_case(MINIMAL, set=["protocol=[plate at 1 mA/cm^2 until 1 V]", "stop.time=1 h"])
    protocol = case.resolved()["protocol"]
    assert (protocol["duration_s"], protocol["plated_C_per_m2"]) == (None, None)
    json.dumps(case.resolved(), allow_nan=False)


def test_cases_travel_between_processes() -> None:
    case = load_case(MINIMAL, set=SETTINGS[5])
    again = pickle.loads(pickle.dumps(case))
    assert same(case, again)
    assert again.to_yaml() == case.to_yaml()
    assert list(again.protocol.segments) == list(case.protocol.segments)


def test_the_schema_knows_every_key_and_is_strict() -> None:
    schema = json_schema()
    text = json.dumps(schema)
    for path in key_paths(Case):
        assert f'"{path.rsplit(".", 1)[-1]}"' in text
    sections = schema["$defs"]
    assert all(definition.get("additionalProperties") is False for name, definition in sections.items()
               if "properties" in definition), "unknown keys must be errors in editors too"  # fmt: skip
    temperature = sections["Conditions"]["properties"]["temperature"]
    assert temperature["type"] == "string"
    assert temperature["x-range"].startswith("a temperature above 0 K")
    assert temperature["default"] == "25 °C"
    assert "default" not in sections["Conditions"]["properties"]["heat"]
    assert "on" in json.dumps(sections["Physics"]["properties"]["heat"])


def test_the_page_about_case_files_is_up_to_date() -> None:
    page = DOCUMENT.read_text(encoding="utf-8")
    assert page == with_reference(page), "run python -m dendrion.case.reference docs/case-file.md"


def blocks() -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("block", blocks())
def test_every_case_on_the_page_loads(block: str, tmp_path: Path) -> None:
    (tmp_path / "cycler.csv").write_text("Test_Time(s),Current(mA)\n0,1\n60,0\n")
    (tmp_path / "surface.csv").write_text("y [um], height [um]\n0, 0\n30, 0.2\n")
    given = YAML(typ="safe", pure=True).load(block)
    cracks = "flaws" in given or "fracture" in given.get("physics", {})
    base = CRACKED if cracks else MINIMAL
    data: dict[str, Any] = YAML(typ="safe", pure=True).load(base.read_text(encoding="utf-8"))
    if "interface" in given.get("materials", {}):
        data["cell"]["electrolyte"] = "LLZO"
    assert Case.from_mapping({**data, **given}, folder=tmp_path)


def test_every_example_of_the_reference_is_accepted() -> None:
    seen = 0
    pending: list[Any] = [Case]
    done: set[Any] = set()
    while pending:
        model = pending.pop()
        if model in done:
            continue
        done.add(model)
        for name, info in model.model_fields.items():
            pending += models(info.annotation)
            line = example_of(name, info) if name != "root" else ""
            if line:
                value = YAML(typ="safe", pure=True).load(line)[name]
                annotation: Any = info.annotation
                for item in info.metadata:
                    annotation = Annotated[annotation, item]
                TypeAdapter(annotation).validate_python(value)
                seen += 1
    assert seen > 60


def test_the_estimate_grows_with_the_case() -> None:
    small = estimate(load_case(MINIMAL))
    large = estimate(load_case(MINIMAL, set=["domain.cells=[256, 128]", "physics.heat=on"]))
    assert small["cells"] == 2048
    assert large["memory_bytes"] - small["memory_bytes"] == 8 * 150 * (256 * 128 - 2048)
    assert large["steps_high"] > small["steps_high"]
    for one in (small, large):
        assert one["seconds_low"] < one["seconds_high"]
        assert one["steps_low"] <= one["steps_high"]
    assert large["seconds_high"] > 16 * (small["seconds_high"] - 25.0)


@pytest.mark.parametrize(
    "settings",
    [
        ["protocol=[hold at -0.1 V for 1 h]"],
        ["protocol=[plate at 1 mA/cm^2 until 1 V]", "stop.time=1 h", "numerics.largest_time_step=0.1 s"],
        ["protocol=['pulse at 4 mA/cm^2, 1 s on, 3 s off, for 10 h']"],
        ["protocol=[strip at 0.1 mA/cm^2 for 1 h]"],
    ],
)
def test_the_estimate_is_finite(settings: list[str]) -> None:
    cost = estimate(load_case(MINIMAL, set=settings))
    assert 0 < cost["steps_low"] <= cost["steps_high"] < 1e9
    assert cost["steps_low"] >= (
        18_000 if "pulse" in settings[0] else 36_000 if "stop.time" in str(settings) else 1
    )


def test_shipped_cases_have_names_and_titles() -> None:
    listed = shipped_cases()
    assert [name for name, _ in listed] == sorted(name for name, _ in listed)
    assert all(title and len(title) <= 110 for _, title in listed)
