"""Finding materials, refusing bad data sheets by file and line, overriding and sampling claims."""

import subprocess
import sys

import numpy as np
import pytest

from dendrion.errors import InputError, InputErrors
from dendrion.materials import (
    GIVEN,
    Claim,
    interface,
    list_materials,
    material,
    material_from_mapping,
)
from dendrion.materials.sheet import read_sheet, read_yaml

SHEET = """\
name: glass
kind: electrolyte
class: single_ion_sulfide
ion: Li
claims:
  conductivity:
    - {value: 0.05, unit: S/m, low: 0.02, high: 0.09, tag: E, source: a guess}
"""


def read(text: str, *, given: bool = False):
    return read_sheet(read_yaml(text, "glass.yaml"), material, file="glass.yaml", given=given)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("LLZO", "LLZO"), ("llzo", "LLZO"), ("Li7La3Zr2O12", "LLZO"), ("Li₇La₃Zr₂O₁₂", "LLZO"),
        ("PEO_LiTFSI", "PEO-LiTFSI"), ("peo litfsi", "PEO-LiTFSI"), ("PEO", "PEO-LiTFSI"),
        ("Na-β″-Al2O3", "Na-beta-alumina"), ("Na-beta''-Al2O3", "Na-beta-alumina"), ("N5S", "Na5SmSi4O12"),
        ("LiPF6", "LiPF6-EC-DMC"), ("LiPF6 EC:EMC 3:7", "LiPF6-EC-EMC"), ("Li6PS5Cl", "LPSC"),
        ("lithium", "Li"), ("Li|LLZO", "Li|LLZO"), ("li | llzo", "Li|LLZO"), ("Na|N5S", "Na|Na5SmSi4O12"),
    ],
)  # fmt: skip
def test_names_are_forgiving(written: str, name: str) -> None:
    assert material(written).name == name


def test_unknown_material_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"try: +LLZO") as caught:
        material("LLZOO")
    assert caught.value.problem == "unknown material"


def test_kinds_classes_and_ions() -> None:
    assert list_materials("metal") == ["Li", "Na"]
    assert {material(name).electrolyte_class for name in list_materials("electrolyte")} == {
        "single_ion_ceramic", "single_ion_sulfide", "binary_polymer", "binary_liquid",
    }  # fmt: skip
    assert material("NZSP").ion == material("Na").ion == interface("Na", "NZSP").ion == "Na"


@pytest.mark.parametrize(
    ("metal", "electrolyte", "base", "present", "absent"),
    [
        ("Li", "LPS", "metal|solid", "charge_transfer_coefficient", "exchange_current_density"),
        ("Li", "LiFSI-DME", "Li|interphase", "sei_thickness", "exchange_current_density"),
        ("Li", "LiPF6-EC-EMC", "Li|LiPF6-EC-DMC", "exchange_current_density", "adhesion_energy"),
        ("Na", "NZSP-TiO2", "Na|NZSP", "exchange_current_density", "sei_thickness"),
    ],
)
def test_interfaces_without_their_own_sheet(
    metal: str, electrolyte: str, base: str, present: str, absent: str
) -> None:
    pair = interface(metal, electrolyte)
    assert (pair.name, pair.base, pair.kind) == (f"{metal}|{electrolyte}", base, "interface")
    assert pair.claim(present).material == pair.name
    with pytest.raises(InputError, match=f"no claim of {absent}"):
        pair.claim(absent)


def test_interfaces_that_can_not_be() -> None:
    with pytest.raises(InputError, match="conducts Na, it can't plate Li"):
        interface("Li", "NZSP")
    with pytest.raises(InputError, match="this is no metal"):
        interface("LLZO", "LLZO")
    with pytest.raises(InputError, match="this is no electrolyte"):
        interface("Li", "surroundings")


def test_unknown_property_and_label_name_the_nearest() -> None:
    with pytest.raises(InputError, match=r"try: +conductivity"):
        material("LLZO").claim("conductivty")
    with pytest.raises(InputError, match=r"try: +bulk"):
        material("LLZO").claim("conductivity", "blk")
    with pytest.raises(InputError, match=r"cell\.interface_resistance"):
        interface("Li", "LPS").claim("exchange_current_density")


def test_a_good_sheet_reads() -> None:
    glass = read(SHEET)
    assert glass.claim("conductivity").value == 0.05
    assert glass.claim("conductivity").spread.distribution == "log_uniform"


BAD = [
    ("value: 0.05", 'value: "0.05"', r"glass\.yaml:7:8: .*value: must be a number, not text"),
    ("value: 0.05", 'value: "7.69e4"', "not text"),
    ("value: 0.05", "value: yes", "not text"),
    ("value: 0.05", "value: .inf", "finite"),
    ("value: 0.05, ", "", "'value' is missing"),
    ("unit: S/m, ", "", "'unit' is missing"),
    ("tag: E, ", "", "'tag' is missing"),
    (", source: a guess", "", "'source' is missing"),
    ("tag: E", "tag: Z", "not one of the choices"),
    ("unit: S/m", "unit: W/m/K", r"glass\.yaml:7:21: .*is a thermal conductivity, a conductivity is needed"),
    ("unit: S/m", "unit: nonsense", "unknown unit"),
    ("value: 0.05", "value: -0.05", "impossible value"),
    ("low: 0.02", "low: 0.07", r"outside its own range\n +got: +low 0\.07, value 0\.05, high 0\.09"),
    ("low: 0.02", "low: -0.02", "beyond what is possible"),
    ("low: 0.02, ", "", "a range has both ends"),
    ("low: 0.02, high: 0.09", "low: 0.02, high: 0.09, sigma: 0.01", "more than one uncertainty"),
    ("tag: E", "tag: E, temperatur: 300", "try: +temperature"),
    ("tag: E", "tag: E, temperature: 0", "greater than 0"),
    ("tag: E", "tag: E, distribution: normal", "does not go with this uncertainty"),
    ("tag: E", "tag: E, law: {kind: arhenius}", "unknown law"),
    ("tag: E", "tag: E, law: {kind: arrhenius}", "needs the range in which it holds"),
    ("tag: E", "tag: E, law: {kind: arrhenius, temperature_range: [200, 400]}", "needs an activation_energy"),
    (
        "tag: E",
        "tag: E, law: {kind: valoen_reimers_conductivity, temperature_range: [200, 400], "
        "concentration_range: [0, 4000]}, concentration: 1000",
        r"not what the function gives.*\n.*\n +allowed: 1\.1943",
    ),
    (
        "tag: E",
        "tag: E, law: {kind: vogel_tammann_fulcher, activation_temperature: 1000, vogel_temperature: 210, "
        "temperature_range: [200, 400]}",
        "no value at or below vogel_temperature",
    ),
    ("  conductivity:", "  conductivities:", "unknown property"),
    ("ion: Li", "ion: K", "not one of the choices"),
    ("class: single_ion_sulfide\n", "", "'class' is missing: every electrolyte has one"),
    ("kind: electrolyte", "base: LLZOO\nkind: electrolyte", r"glass\.yaml:2:1: base: unknown material"),
    ("kind: electrolyte", "base: Li\nkind: electrolyte", "of another kind"),
    ("ion: Li", "ion: Li\nion: Na", r"glass\.yaml:5:1"),
    ("ion: Li", "ion: [Li", r"glass\.yaml:\d+:\d+"),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD)
def test_bad_sheets_are_refused(old: str, new: str, message: str) -> None:
    assert old in SHEET
    with pytest.raises(InputError, match=message) as caught:
        read(SHEET.replace(old, new))
    assert "glass.yaml:" in str(caught.value)


def test_all_errors_of_a_sheet_come_together() -> None:
    with pytest.raises(InputErrors) as caught:
        read(SHEET.replace("unit: S/m, ", "").replace("tag: E", "tag: Z"))
    assert len(caught.value.errors) == 2


def test_several_claims_need_one_default_with_a_reason() -> None:
    second = "    - {value: 0.06, unit: S/m, tag: E, source: another guess}\n"
    with pytest.raises(InputError, match="exactly one is the default"):
        read(SHEET + second)
    with pytest.raises(InputError, match="does not say why"):
        read(SHEET + second.replace("tag", "default: true, tag"))
    both = read(SHEET + second.replace("tag", "default: true, why: newer, tag"))
    assert [claim.value for claim in both.claims("conductivity")] == [0.06, 0.05]
    labelled = SHEET.replace("tag", "label: a, tag") + second.replace("tag", "label: a, tag")
    with pytest.raises(InputError, match="same label"):
        read(labelled)


def test_other_units_of_the_right_dimension_become_si() -> None:
    glass = read(
        SHEET.replace("value: 0.05, unit: S/m, low: 0.02, high: 0.09", "value: 0.5, unit: mS/cm, sigma: 0.1")
    )
    claim = glass.claim("conductivity")
    assert (claim.value, claim.unit) == (pytest.approx(0.05), "S/m")
    assert claim.spread.sigma == pytest.approx(0.01)


def test_inline_material_from_a_case() -> None:
    inline = material_from_mapping(
        {
            "name": "my glass", "kind": "electrolyte", "class": "single_ion_sulfide", "ion": "Li",
            "claims": {"conductivity": "0.3 mS/cm", "density": {"value": 1900.0, "unit": "kg/m^3"}},
        }
    )  # fmt: skip
    claim = inline.claim("conductivity")
    assert (claim.value, claim.tag, claim.source) == (pytest.approx(0.03), "G", GIVEN)
    assert inline.claim("density").source == GIVEN
    assert inline.origin == GIVEN


def test_inline_material_on_a_base() -> None:
    inline = material_from_mapping({"name": "my LLZO", "base": "LLZO", "claims": {"conductivity": "1 mS/cm"}})
    assert (inline.kind, inline.electrolyte_class, inline.ion) == ("electrolyte", "single_ion_ceramic", "Li")
    assert inline.claim("conductivity").value == pytest.approx(0.1)
    assert inline.claim("density").value == 5100.0
    assert inline.claim("density").material == "my LLZO"


def test_inline_errors_name_the_property() -> None:
    with pytest.raises(InputError, match=r"claims\.conductivity: unit is missing"):
        material_from_mapping({"name": "x", "base": "LLZO", "claims": {"conductivity": "0.3"}})
    with pytest.raises(InputError, match="a claim is a mapping"):
        material_from_mapping({"name": "x", "base": "LLZO", "claims": {"conductivity": [None]}})


def test_overrides_replace_a_claim_and_say_so() -> None:
    base = material("LLZO")
    changed = base.with_overrides({"conductivity": 0.08, "thermal_conductivity": "1.1 W/(m K)"})
    claim = changed.claim("conductivity")
    assert (claim.value, claim.tag, claim.source, claim.why_default) == (0.08, "G", GIVEN, GIVEN)
    assert claim.evaluate(350.0) == 0.08
    assert changed.claim("thermal_conductivity").value == 1.1
    assert base.claim("conductivity").value == 0.04


def test_an_override_at_a_temperature_keeps_the_law() -> None:
    changed = material("LLZO").with_overrides({"conductivity": "0.8 mS/cm"}, temperature=333.15)
    claim, original = changed.claim("conductivity"), material("LLZO").claim("conductivity")
    assert claim.evaluate(333.15) == pytest.approx(0.08)
    ratio = original.evaluate(350.0) / original.evaluate(333.15)
    assert claim.evaluate(350.0) / claim.value == pytest.approx(ratio, rel=1e-12)
    assert "law is that of the replaced claim" in (claim.note or "")


def test_an_overridden_resistance_decides_the_exchange_current() -> None:
    pair = interface("Li", "PEO-LiTFSI").with_overrides(
        {"interface_resistance": "10 ohm*cm^2"}, temperature=363.15
    )
    assert pair.exchange_current_density(363.15) == pytest.approx(31.294, rel=1e-4)
    original = interface("Li", "PEO-LiTFSI")
    ratio = original.exchange_current_density(350.0) / original.exchange_current_density(363.15)
    assert pair.exchange_current_density(350.0) == pytest.approx(31.29385 * ratio, rel=1e-6)
    with pytest.raises(InputError, match="not both"):
        pair.with_overrides({"interface_resistance": 1e-3, "exchange_current_density": 1.0})


def test_a_claim_of_another_label_can_be_chosen() -> None:
    pair = interface("Li", "LLZO")
    chosen = pair.with_overrides({"interface_resistance": pair.claim("interface_resistance", "conditioned")})
    assert chosen.exchange_current_density(298.15) == pytest.approx(0.49986, rel=1e-4)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"conductivity": -1.0}, "impossible value"), ({"conductivity": True}, "a conductivity is needed"),
        ({"conductivty": 1.0}, "unknown property"), ({"conductivity": "3 mm"}, "a conductivity is needed"),
    ],
)  # fmt: skip
def test_bad_overrides_are_refused(given: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        material("LLZO").with_overrides(given)


def sampled(claim: Claim) -> np.ndarray:
    return claim.sample(np.random.default_rng(7), 20_000)


def test_samples_follow_the_stated_spread() -> None:
    draws = sampled(material("Li").claim("self_diffusivity"))
    assert draws.min() > 0.0
    assert draws.mean() == pytest.approx(5.6e-15, rel=0.01)
    assert draws.std() == pytest.approx(0.3 * 5.6e-15, rel=0.03)
    decades = np.log10(sampled(material("Li").claim("self_diffusivity", "mechanics")))
    assert decades.mean() == pytest.approx(np.log10(6.0e-15), abs=0.01)
    assert decades.std() == pytest.approx(0.3, rel=0.03)
    wide = np.log(sampled(material("LLZO").claim("partial_molar_volume")))
    assert wide.mean() == pytest.approx(0.5 * (np.log(1e-6) + np.log(1.3e-5)), abs=0.02)
    assert wide.min() == pytest.approx(np.log(1e-6), abs=1e-2)
    assert wide.max() == pytest.approx(np.log(1.3e-5), abs=1e-2)
    narrow = sampled(material("LLZO").claim("conductivity"))
    assert narrow.mean() == pytest.approx(0.04, rel=0.01)
    assert narrow.std() == pytest.approx(0.04 / np.sqrt(12.0), rel=0.02)
    signed = sampled(material("PEO").claim("cation_transference_number"))
    assert signed.min() < 0.0
    assert np.all(sampled(material("LLZO").claim("cation_transference_number")) == 1.0)


@pytest.mark.parametrize(
    ("name", "property_name", "label"),
    [("Li", "density", None), ("LLZO", "partial_molar_volume", None), ("LLZO", "conductivity", None),
     ("Li", "self_diffusivity", "mechanics")],
)  # fmt: skip
def test_relative_sigma_is_that_of_the_samples(name: str, property_name: str, label: str | None) -> None:
    claim = material(name).claim(property_name, label)
    draws = claim.sample(np.random.default_rng(3), 400_000)
    assert claim.spread.relative_sigma(claim.value) == pytest.approx(draws.std() / claim.value, rel=0.03)


def test_a_sampled_value_keeps_law_and_relative_spread() -> None:
    claim = material("LLZO").claim("conductivity")
    doubled = claim.with_value(0.08)
    assert doubled.evaluate(350.0) == pytest.approx(2.0 * claim.evaluate(350.0), rel=1e-12)
    assert doubled.spread.high == pytest.approx(0.12)


def test_claims_as_dicts_carry_provenance() -> None:
    claim = interface("Li", "LLZO").claim("interface_resistance").as_dict()
    assert claim["doi"] == "10.1016/j.joule.2019.06.013"
    assert claim["tag"] == "W"
    assert claim["spread"] == {"low": 1e-5, "high": 2e-4, "distribution": "log_uniform"}
    assert claim["law"]["activation_energy_J_per_mol"] == pytest.approx(0.40 * 96485.33, rel=1e-6)


def test_materials_import_neither_jax_nor_pint() -> None:
    code = (
        "import sys; from dendrion.materials import material;"
        "material('LLZO').claim('conductivity').evaluate(300.0);"
        "print(any(name in sys.modules for name in ('jax', 'pint', 'matplotlib')))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"
