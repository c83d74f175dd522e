"""Computed claims: what they carry, when they are unusable, and their way into materials and cases."""

import math

import pytest

from dendrion.atoms.result import Check, ComputedClaim, Model, agreement, overlay, write_overlay
from dendrion.errors import InputError
from dendrion.materials import material, material_from_mapping, read_material_file

MODEL = Model("emt", "ase", "3.29.0", "ab" * 32, "a paper", "10.1000/example")


def computed(value=0.47, **changes):
    settings = {
        "material": "Li", "property": "surface_energy", "label": "emt 100", "conditions": "(100) face, 0 K",
        "model": MODEL, "settings": {"face": [1, 0, 0], "thickness_angstrom": 21.0},
    }  # fmt: skip
    return ComputedClaim(value=value, **{**settings, **changes})


def test_a_claim_carries_value_spread_model_and_checks():
    one = computed(variations=(0.45, 0.47), checks=(Check("positive", True, "least 0.45 J/m^2"),))
    claim = one.claim()
    assert (claim.value, claim.unit, claim.tag) == (0.47, "J/m^2", "C")
    assert (claim.spread.low, claim.spread.high) == (0.45, 0.47)
    assert claim.computed["weights_sha256"] == "ab" * 32
    assert claim.computed["version"] == "3.29.0"
    assert claim.computed["checks"] == {"positive": "passed: least 0.45 J/m^2"}
    assert claim.computed["settings"]["face"] == [1, 0, 0]
    assert claim.evaluate(298.15) == 0.47


def test_values_that_agree_to_round_off_have_no_spread():
    assert computed(variations=(0.47, 0.47 * (1 + 1e-9))).spread is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"checks": (Check("relaxed", False, "largest force 0.2"),)}, "relaxed: largest force 0.2"),
        ({"refused": "known to be wrong"}, "known to be wrong"),
        ({"value": -0.1}, "impossible value"),
    ],
)
def test_what_must_not_be_used_says_why_and_is_kept(changes, reason):
    one = computed(**changes)
    assert reason in one.unusable
    claim = _in_sheet(one)
    assert reason in claim.unusable
    assert not claim.default
    with pytest.raises(InputError, match="not to be used"):
        claim.evaluate(298.15)


def _in_sheet(one):
    sheet = material_from_mapping(overlay([one], "Li"))
    return next(claim for claim in sheet.claims("surface_energy") if claim.label == one.label)


def test_an_unusable_claim_leaves_the_shipped_one_in_force():
    sheet = material_from_mapping(overlay([computed(refused="wrong here")], "Li"))
    assert sheet.claim("surface_energy").value == material("Li").claim("surface_energy").value
    assert sheet.claim("surface_energy", "emt 100").unusable == "wrong here"


def test_a_usable_claim_takes_the_place_of_the_shipped_one():
    sheet = material_from_mapping(overlay([computed()], "Li"))
    assert sheet.claim("surface_energy").value == 0.47
    assert sheet.claim("density").value == material("Li").claim("density").value


def test_of_several_faces_the_first_usable_is_the_default():
    faces = [computed(0.9, label="a", refused="wrong"), computed(0.5, label="b"), computed(0.6, label="c")]
    assert material_from_mapping(overlay(faces, "Li")).claim("surface_energy").label == "b"


def test_an_unusable_claim_can_not_be_the_default():
    sheet = overlay([computed(refused="wrong")], "Li")
    sheet["claims"]["surface_energy"][0].update(default=True, why="because")
    with pytest.raises(InputError, match="can't be the default"):
        material_from_mapping(sheet)


def test_a_file_goes_into_a_case(tmp_path):
    import dendrion as dn

    file = write_overlay(tmp_path / "Li-computed.yaml", [computed()], "Li")
    sheet, bare = read_material_file(file)
    assert sheet.claim("surface_energy").value == 0.47
    case = dn.load_case("default").with_settings({"cell.metal": str(file)})
    assert case.metal_material().claim("surface_energy").value == 0.47
    assert case.cell.metal["base"] == bare["base"] == "Li"


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="can't be read"):
        read_material_file(tmp_path / "absent.yaml")


def test_agreement_measures_the_width_over_the_last_value():
    assert agreement("x", [1.0, 1.05], 0.05).passed
    assert not agreement("x", [1.0, 1.06], 0.05).passed
    assert not agreement("x", [1.0, 0.0], 0.5).passed
    assert math.isfinite(computed().value)
