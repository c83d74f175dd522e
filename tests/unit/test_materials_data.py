"""The shipped data sheets: nothing lost, SI throughout, defaults that say why, numbers that agree."""

import math
import re
from importlib import resources

import pytest
from ruamel.yaml import YAML

from dendrion.constants import FARADAY
from dendrion.materials import PROPERTIES, TAGS, Claim, list_materials, material

COUNTS = {
    "Li": 76, "Na": 44, "LGPS": 16, "LiFSI-DME": 4, "LiPF6-EC-DEC": 2, "LiPF6-EC-DMC": 16, "LiPF6-EC-EMC": 6,
    "NMC811": 11, "LiTFSI-SIS": 4, "LLZO": 29, "LLZTO": 23, "LPS": 17, "LPSC": 22, "Na-beta-alumina": 19, "Na5SmSi4O12": 9,
    "NZSP": 25, "NZSP-TiO2": 6, "PEO-LiTFSI": 15, "Li|interphase": 14, "Li|LGPS": 1, "Li|LiPF6-EC-DMC": 7,
    "Li|LLZO": 10, "Li|LLZTO": 5, "Li|LPSC": 10, "Li|PEO-LiTFSI": 1, "metal|solid": 4, "Na|hydroborate": 4,
    "Na|interphase": 12, "Na|Na-beta-alumina": 5, "Na|Na5SmSi4O12": 2, "Na|NZSP": 6, "surroundings": 3,
}  # fmt: skip
"""Claims stated in each sheet: a claim that is dropped by mistake changes a count."""

GOLDEN = [
    ("Li", "molar_volume", None, 1.300e-5),
    ("Li", "molar_volume", "mechanics", 1.297e-5),
    ("Li", "surface_energy", None, 0.50),
    ("Li", "surface_energy", "ahmad", 0.556),
    ("Li", "creep_exponent", None, 6.6),
    ("Li", "anand_hardening_modulus", None, 1.0e7),
    ("Li", "nucleation_overpotential", "Ni", 0.030),
    ("Na", "surface_energy", None, 0.22),
    ("Na", "melting_temperature", None, 370.95),
    ("Na", "young_modulus", "other", 3.9e9),
    ("LLZO", "thermal_conductivity", None, 1.45),
    ("LLZO", "thermal_conductivity", "mechanics", 1.3),
    ("LLZO", "electronic_conductivity", None, 5.5e-6),
    ("LLZTO", "conductivity", "hot_pressed", 0.118),
    ("LGPS", "conductivity", None, 1.2),
    ("PEO-LiTFSI", "cation_transference_number", None, 0.20),
    ("PEO-LiTFSI", "partial_molar_volume", "monroe_newman", 1.674e-4),
    ("LiPF6-EC-DMC", "salt_concentration", None, 1000.0),
    ("LiFSI-DME", "salt_diffusivity", None, 1.47e-9),
    ("LiTFSI-SIS", "cation_transference_number", None, 0.73),
    ("NZSP", "conductivity", "Na3.4_bulk", 1.5),
    ("NZSP-TiO2", "shear_modulus", "without_TiO2", 3.5e9),
    ("NZSP-TiO2", "young_modulus", None, 80.0e9),
    ("Na-beta-alumina", "conductivity", "high_temperature", 25.0),
    ("Na5SmSi4O12", "electronic_conductivity", None, 9.47e-8),
    ("Li|LLZO", "interface_resistance", "as_pressed", 0.5822),
    ("Li|LLZO", "critical_current_density", "molten", 5300.0),
    ("Li|LLZTO", "critical_current_density", "MHz_pulses", 65.0),
    ("Li|LPSC", "critical_stripping_current_density", "7MPa", 10.0),
    ("Li|PEO-LiTFSI", "exchange_current_density", None, 10.0),
    ("Na|NZSP", "interface_resistance", None, 0.2708),
    ("Na|Na-beta-alumina", "critical_current_density", None, 120.0),
    ("Na|hydroborate", "extrusion_stack_pressure", None, 3.0e7),
    ("Na|interphase", "sei_strength", None, 40.0e6),
    ("surroundings", "heat_transfer_coefficient", "fixture", 316.0),
]


def all_claims() -> list[Claim]:
    return [claim for name in list_materials() for claim in material(name).all_claims()]


def sheets() -> list[tuple[str, dict]]:
    root = resources.files("dendrion.materials") / "data"
    files = [item for folder in root.iterdir() for item in folder.iterdir()]
    return [(item.name, YAML(typ="safe", pure=True).load(item.read_text(encoding="utf-8"))) for item in files]


def test_every_sheet_has_as_many_claims_as_were_collected() -> None:
    stated = {sheet["name"]: sum(len(group) for group in sheet["claims"].values()) for _, sheet in sheets()}
    assert stated == COUNTS
    assert set(list_materials()) == set(COUNTS)


@pytest.mark.parametrize(("name", "property_name", "label", "value"), GOLDEN)
def test_golden_values(name: str, property_name: str, label: str | None, value: float) -> None:
    assert material(name).claim(property_name, label).value == pytest.approx(value, rel=1e-12)


def test_values_are_written_in_si() -> None:
    energies = ("eV", "J/mol")
    for file, sheet in sheets():
        for name, group in sheet["claims"].items():
            for entry in group:
                allowed = energies if PROPERTIES[name].unit == "J/mol" else (PROPERTIES[name].unit,)
                assert entry["unit"] in allowed, (file, name)


def test_every_file_is_named_after_its_material() -> None:
    for file, sheet in sheets():
        assert file == sheet["name"].replace("|", "_on_") + ".yaml"


def test_every_property_has_one_default_that_says_why() -> None:
    for name in list_materials():
        sheet = material(name)
        for property_name in sheet.properties():
            chosen = [claim for claim in sheet.claims(property_name) if claim.default]
            assert len(chosen) == 1
            assert chosen[0].why_default
            assert sheet.claim(property_name) == chosen[0]


def test_every_claim_has_a_known_tag_and_a_source() -> None:
    doi = re.compile(r"10\.\d{4,5}/\S+")
    for claim in all_claims():
        assert claim.tag in TAGS
        assert claim.source.strip()
        assert claim.doi is None or doi.fullmatch(claim.doi)
    assert len({claim.doi for claim in all_claims() if claim.doi}) >= 40


@pytest.mark.parametrize("name", ["LLZO", "LLZTO", "LPSC", "LGPS", "LPS", "NZSP", "Na-beta-alumina"])
def test_fracture_energy_follows_from_toughness(name: str) -> None:
    toughness, poisson, young, energy = (
        material(name).claim(key).value
        for key in ("fracture_toughness", "poisson_ratio", "young_modulus", "fracture_energy")
    )
    assert toughness**2 * (1.0 - poisson**2) / young == pytest.approx(energy, rel=0.03)


@pytest.mark.parametrize("name", ["Li", "Na"])
def test_the_numbers_of_a_metal_agree(name: str) -> None:
    def value(key: str) -> float:
        return material(name).claim(key).value

    assert value("molar_mass") / value("density") == pytest.approx(value("molar_volume"), rel=1e-3)
    assert 1.0 / value("molar_concentration") == pytest.approx(value("molar_volume"), rel=1e-3)
    assert value("molar_volume") / FARADAY == pytest.approx(value("plated_thickness_per_charge"), rel=5e-3)
    assert FARADAY / value("molar_mass") == pytest.approx(value("specific_capacity"), rel=1e-3)
    assert FARADAY / value("molar_volume") == pytest.approx(value("volumetric_capacity"), rel=1e-3)
    shear, poisson, young = value("shear_modulus"), value("poisson_ratio"), value("young_modulus")
    assert 2.0 * shear * (1.0 + poisson) == pytest.approx(young, rel=0.05)


def test_the_two_lithium_creep_laws_agree_where_both_hold() -> None:
    def rate(label: str, stress_in_mega_pascal: float, energy: float) -> float:
        lithium = material("Li")
        exponent = lithium.claim("creep_exponent", label).value
        activated = math.exp(-energy / (8.314462618 * 298.15))
        return lithium.claim("creep_rate", label).value * stress_in_mega_pascal**exponent * activated

    energy = material("Li").claim("creep_activation_energy").value
    assert rate("lepage", 0.75, energy) == pytest.approx(1.0e-3, rel=5e-3)
    for stress in (0.2, 0.6, 1.0):
        assert rate("lepage", stress, energy) == pytest.approx(rate("masias", stress, 0.0), rel=0.2)


def test_ranges_of_unknown_volumes_are_log_uniform() -> None:
    for name in ("LLZO", "LLZTO", "LPSC", "LGPS", "LPS", "NZSP", "Na-beta-alumina"):
        assert material(name).claim("partial_molar_volume").spread.distribution == "log_uniform"
